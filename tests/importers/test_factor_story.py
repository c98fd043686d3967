"""Four weeks of a factor's own statement, imported, proved to the cent."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core import data
from click.testing import CliRunner
from fava.core import FavaLedger
from fava.serialisation import deserialise
from fava.serialisation import serialise

from beancount_factoring.cli.main import main
from beancount_factoring.importers.run import formatted
from tests.importers.factor_firm import BANK
from tests.importers.factor_firm import WEEK_1
from tests.importers.factor_firm import WEEKS
from tests.importers.factor_firm import altered
from tests.importers.factor_firm import balance
from tests.importers.factor_firm import factor_files
from tests.importers.factor_firm import imported
from tests.importers.factor_firm import new_firm
from tests.importers.factor_firm import position
from tests.importers.factor_firm import told
from tests.importers.firm import Books


@pytest.fixture
def firm(tmp_path: Path) -> Books:
    return new_firm(tmp_path)


def test_four_weeks_agree_with_the_factor_to_the_cent(firm: Books) -> None:
    result = imported(firm, {**factor_files(), "bank.xml": BANK})
    assert result.exit_code == 0, result.output
    entries, errors = firm.load()
    assert errors == []
    proved = [
        (str(entry.date), str(entry.amount), str(entry.tolerance))
        for entry in entries
        if isinstance(entry, data.Balance) and entry.account == "Assets:Factor:Current"
    ]
    assert proved == [
        ("2026-01-13", "104.96 EUR", "0.00"),
        ("2026-01-22", "4244.88 EUR", "0.00"),
        ("2026-02-04", "82.48 EUR", "0.00"),
    ]
    found = position(firm)
    assert {key: found[key] for key in ("guarantee_fund", "reserve", "current_account")} == {
        "guarantee_fund": "250.00",
        "reserve": "0.00",
        "current_account": "82.48",
    }
    assert found["factor_outstanding"] == found["outstanding"] == "2500.00"
    # The financing account ends with −2417.52, which is −(funds in use + guarantee fund).
    assert Decimal(found["funds_in_use"]) + Decimal(found["guarantee_fund"]) == Decimal("2417.52")
    assert found["commission_to_date"] == "47.60"
    assert found["interest_to_date"] == "52.00"
    assert found["charges_to_date"] == "40.00"
    assert balance(entries, "Assets:Bank:Transit") == 0
    assert balance(entries, "Liabilities:Factor:Collections") == 0
    assert balance(entries, "Assets:Suspense") == 0
    assert balance(entries, "Assets:Bank:Shared") == 15500


def test_only_interest_differs_from_the_contract_and_is_explained(firm: Books) -> None:
    """It was charged in advance: the contract counts the days that have passed."""
    imported(firm, {**factor_files(), "bank.xml": BANK})
    differing = told(firm)
    assert len(differing) == 2
    assert all("interest on" in text for text in differing)


def test_each_event_is_one_directive_with_the_factors_figures(firm: Books) -> None:
    imported(firm, {**factor_files(), "bank.xml": BANK})
    text = (firm.folder / "imported.beancount").read_text()
    remits = re.findall(
        r'^(\S+) custom "factoring" "remit" "bnp"\n((?:  .*\n)+)', text, re.MULTILINE
    )
    assert [(day, _figures(below)) for day, below in remits] == [
        (
            "2026-01-09",
            [
                'number: "2793426"',
                "assigned: 14000.00 EUR",
                "commission: 39.20 EUR",
                "vat: 7.84 EUR",
                "guarantee: 1400.00 EUR",
            ],
        ),
        (
            "2026-01-16",
            [
                'number: "2793500+2793501"',
                "assigned: 2000.00 EUR",
                "commission: 8.40 EUR",
                "vat: 1.68 EUR",
                "guarantee: 250.00 EUR",
            ],
        ),
    ]
    events = re.findall(r'^(\S+) custom "factoring" "(?!remit)(.*)$', text, re.MULTILINE)
    assert sorted(events) == [
        ("2026-01-09", 'reserve" "bnp" 1000.00 EUR'),
        ("2026-01-12", 'interest" "bnp" 40.00 EUR'),
        ("2026-01-16", 'guarantee" "bnp" -1000.00 EUR'),
        ("2026-01-20", 'reserve" "bnp" -1000.00 EUR'),
        ("2026-01-21", 'guarantee" "bnp" -400.00 EUR'),
        ("2026-02-02", 'charge" "bnp" "frais de gestion de contrat en ligne" 40.00 EUR'),
        ("2026-02-02", 'interest" "bnp" 12.00 EUR'),
    ]


def _figures(below: str) -> list[str]:
    keys = ("number", "assigned", "commission", "vat", "guarantee")
    return [text.strip() for text in below.splitlines() if text.strip().startswith(keys)]


def test_a_second_import_adds_nothing(firm: Books) -> None:
    files = {**factor_files(), "bank.xml": BANK}
    imported(firm, files)
    before = (firm.folder / "imported.beancount").read_bytes()
    result = imported(firm, {})
    assert (firm.folder / "imported.beancount").read_bytes() == before
    assert {row["new"] for row in json.loads(result.stdout)} == {0}


def test_the_weeks_one_by_one_give_the_same_books(firm: Books) -> None:
    files = {**factor_files(), "bank.xml": BANK}
    for name in sorted(files, reverse=True):
        imported(firm, {name: files[name]}, name)
    entries, errors = firm.load()
    assert errors == []
    assert balance(entries, "Assets:Factor:Current") == Decimal("82.48")
    assert balance(entries, "Assets:Bank:Transit") == 0


@pytest.mark.parametrize(
    ("start", "amount", "difference"),
    [
        ("COMMISSION D", "-39.21", "commission on 2793426: 39.21 EUR stated, 39.20 EUR computed"),
        (
            "TVA SUR COMMISSION D",
            "-7.85",
            "VAT on the commission on 2793426: 7.85 EUR stated, 7.84 EUR computed",
        ),
        (
            "PRELEVEMENT DE FG",
            "-1399.00",
            "guarantee fund on 2026-01-09: 1399.00 EUR stated, 1400.00 EUR computed",
        ),
    ],
)
def test_an_altered_figure_is_named_at_its_line(
    firm: Books, start: str, amount: str, difference: str
) -> None:
    week = altered(WEEK_1, start, current=amount, financing=amount)
    assert imported(firm, factor_files([(week, *WEEKS[0][1:])])).exit_code == 0
    _entries, errors = firm.load()
    assert errors == []
    rows = (firm.folder / "imported.beancount").read_text().splitlines()
    row = next(number for number, row in enumerate(rows, 1) if '"remit"' in row)
    assert [text for text in told(firm) if "interest" not in text] == [
        f"{difference} ({firm.folder / 'imported.beancount'}:{row})"
    ]


def test_an_altered_reserve_is_named_at_its_line(firm: Books) -> None:
    week = altered(WEEK_1, "REPRISE", current="-1000.01")
    imported(firm, factor_files([(week, *WEEKS[0][1:])]))
    (found,) = [text for text in told(firm) if "interest" not in text]
    assert found.startswith("reserve on 2026-01-09: 1000.01 EUR stated, 1000.00 EUR computed")


def test_an_amount_assigned_that_differs_is_an_error_at_its_line(firm: Books) -> None:
    week = altered(WEEK_1, "ACHAT", current="13999.99")
    result = imported(firm, factor_files([(week, *WEEKS[0][1:])]))
    assert result.exit_code == 1
    _entries, errors = firm.load()
    assert any(
        message.startswith("assigned: 13999.99 EUR is stated, but the documents of remittance")
        for message in errors
    )
    # The balance is proved without a tolerance: a cent is an error too.
    assert any("Balance failed for 'Assets:Factor:Current'" in message for message in errors)


def test_under_borrowing_the_same_statement_gives_the_same_figures(firm: Books) -> None:
    firm.edit("contracts.yaml", "figures: stated", "figures: stated\n    treatment: borrowing")
    result = imported(firm, {**factor_files(), "bank.xml": BANK})
    assert result.exit_code == 0, result.output
    entries, errors = firm.load()
    assert errors == []
    found = position(firm)
    assert found["current_account"] == "82.48"
    assert found["guarantee_fund"] == "250.00"
    # −2417.52 on the financing account, without the fund.
    assert balance(entries, "Liabilities:Factor:Borrowing") == Decimal("-2167.52")
    assert balance(entries, "Assets:Bank:Transit") == 0


def test_a_period_with_the_factors_figures_can_be_closed(firm: Books) -> None:
    imported(firm, {**factor_files(), "bank.xml": BANK})
    result = CliRunner().invoke(main, ["freeze", str(firm.ledger), "2026-01-31"])
    assert result.exit_code == 0, result.output
    assert firm.load()[1] == []
    firm.edit("imported.beancount", '"guarantee" "bnp" -400.00', '"guarantee" "bnp" -399.00')
    changed = "guarantee stated of 2026-01-21 changed (-400.00, now -399.00: imported.beancount:"
    assert any(changed in message for message in firm.load()[1])
    firm.edit("imported.beancount", '"guarantee" "bnp" -399.00', '"guarantee" "bnp" -400.00')
    firm.edit("contracts.yaml", "figures: stated", "figures: computed")
    gone = "figures went (stated: contracts.yaml:"
    assert any(gone in message for message in firm.load()[1])


def test_what_favas_import_page_stores_is_the_same_story(firm: Books) -> None:
    """It has no `custom` directives: the figures come as notes, which the plugin reads too."""
    imported(firm, {"bank.xml": BANK}, "bank.xml")
    (firm.folder / "import_config.py").write_text(
        "from pathlib import Path\n"
        "from beancount_factoring.importers.config import importers_from\n"
        'CONFIG = importers_from(Path(__file__).with_name("import.yaml"))\n'
    )
    options = '2026-01-01 custom "fava-option" "import-config" "import_config.py"\n'
    firm.ledger.write_text(firm.ledger.read_text() + options)
    fava = FavaLedger(str(firm.ledger), poll_watcher=True)
    for name, content in factor_files().items():
        path = str(firm.add(name, content))
        extracted = fava.ingest.extract(path, "factoring.statements.cfonb120")
        assert {type(entry).__name__ for entry in extracted} == {"Note", "Transaction", "Balance"}
        saved = [deserialise(_as_json(serialise(entry))) for entry in extracted]
        with (firm.folder / "imported.beancount").open("a") as ledger:
            ledger.write("\n" + formatted(saved))  # type: ignore[arg-type]  # Fava's own classes
        fava.load_file()
        again = fava.ingest.extract(path, "factoring.statements.cfonb120")
        assert all("__duplicate__" in entry.meta for entry in again)
    entries, errors = firm.load()
    assert errors == []
    assert position(firm)["current_account"] == "82.48"
    assert balance(entries, "Assets:Factor:Current") == Decimal("82.48")
    result = imported(firm, {})
    assert {row["new"] for row in json.loads(result.stdout)} == {0}


def _as_json(entry: object) -> object:
    """Return an entry as the browser sends it back: dates have become text."""

    def plain(value: object) -> object:
        return sorted(value) if isinstance(value, frozenset) else str(value)

    return json.loads(json.dumps(entry, default=plain))
