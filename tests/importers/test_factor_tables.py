"""A factor's own statement as CSV or XLSX goes the way of one in CFONB 120."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core import data
from beangulp.extract import DUPLICATE

from beancount_factoring.importers.config import importers_from
from tests.importers.factor_firm import BANK
from tests.importers.factor_firm import WEEKS
from tests.importers.factor_firm import balance
from tests.importers.factor_firm import factor_files
from tests.importers.factor_firm import imported
from tests.importers.factor_firm import new_firm
from tests.importers.factor_firm import position
from tests.importers.firm import Books
from tests.importers.tables import with_table
from tests.importers.tables import workbook

PORTAL = """\
kind: factor
dates: year-first
columns:
  account: Compte
  date: Date
  event: Opération
  text: Libellé
  amount: Montant
  balance: Solde
"""
HEADER = ("Compte", "Date", "Opération", "Libellé", "Montant", "Solde")
ACCOUNTS = ("18020 00001 00410TEST01", "18020 00001 00410TEST11")


def rows() -> Iterator[tuple[str, ...]]:
    """Yield four weeks of both accounts as the factor's portal lists them, day by day."""
    balances = [Decimal(0), Decimal(0)]
    for week, _since, _until in WEEKS:
        for event in week:
            for place, amount in enumerate((event.current, event.financing)):
                if amount:
                    balances[place] += Decimal(amount)
                    number, label = str(event.number), event.label
                    after = f"{balances[place]:.2f}"
                    yield ACCOUNTS[place], event.day, number, label, amount, after


def as_csv() -> str:
    return "".join(";".join(row) + "\n" for row in (HEADER, *rows()))


@pytest.fixture
def firm(tmp_path: Path) -> Books:
    return with_table(new_firm(tmp_path), PORTAL, "portail")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_four_weeks_in_a_table_agree_with_the_factor_to_the_cent(firm: Books, ending: str) -> None:
    if ending == "csv":
        firm.add("portail.csv", as_csv())
    else:
        numbers = [(*row[:4], Decimal(row[4]), Decimal(row[5])) for row in rows()]
        (firm.documents / "portail.xlsx").write_bytes(workbook([HEADER, *numbers]))
    result = imported(firm, {"bank.xml": BANK})
    assert result.exit_code == 0, result.output
    entries, errors = firm.load()
    assert errors == []
    assert position(firm)["current_account"] == "82.48"
    assert balance(entries, "Assets:Factor:Current") == Decimal("82.48")
    assert balance(entries, "Assets:Bank:Transit") == 0
    # The last day, 3 February, may go on: the balance of the one before is proved.
    (proved,) = [
        (str(entry.date), str(entry.amount))
        for entry in entries
        if isinstance(entry, data.Balance) and entry.account == "Assets:Factor:Current"
    ]
    assert proved == ("2026-02-03", "4182.48 EUR")


@pytest.mark.parametrize("first", ["table", "CFONB 120"])
def test_what_came_in_one_format_is_known_in_the_other(firm: Books, first: str) -> None:
    files = {"table": {"portail.csv": as_csv()}, "CFONB 120": factor_files()}
    (other,) = files.keys() - {first}
    imported(firm, files[first])
    before = balance(firm.load()[0], "Assets:Factor:Current")
    result = imported(firm, files[other], *files[other])
    assert result.exit_code == 0, result.output
    entries, errors = firm.load()
    assert errors == []
    assert balance(entries, "Assets:Factor:Current") == before == Decimal("82.48")
    # New are the balances alone, of other days than the ledger has.
    new = sum(row["new"] for row in json.loads(result.stdout))
    assert new == {"table": 3, "CFONB 120": 1}[first]
    assert sum(row["known"] for row in json.loads(result.stdout)) == 12


def test_beangulp_and_fava_get_the_figures_as_notes(firm: Books) -> None:
    path = str(firm.add("portail.csv", as_csv()))
    (importer,) = (i for i in importers_from(firm.mapping_path) if i.identify(path))
    assert importer.account(path) == "Assets:Factor:Current"
    kinds = {type(entry) for entry in importer.extract(path, firm.load()[0])}
    assert kinds == {data.Note, data.Transaction, data.Balance}
    imported(firm, {})
    again = importer.extract(path, firm.load()[0])
    assert again
    assert all(entry.meta[DUPLICATE] for entry in again)
