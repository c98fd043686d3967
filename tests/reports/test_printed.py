"""The printed ledger: it loads without the plugin, and with it books nothing twice."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data

from beancount_factoring.reports.printed import printed_ledger
from tests.conftest import ACCOUNTS
from tests.conftest import Load
from tests.conftest import Loaded
from tests.reports.ledgers import DURAND
from tests.reports.ledgers import EVENTFUL
from tests.reports.ledgers import TERMS

PLUGIN = 'plugin "beancount_factoring.plugins.factoring" "contracts.yaml"\n'


def printed(loaded: Loaded, **how: Any) -> str:
    return "".join(printed_ledger(loaded.entries, loaded.options, **how))


def bean_check(path: Path) -> str:
    """Return what bean-check says of a ledger; nothing where it is right."""
    bean = Path(sys.executable).with_name("bean-check")
    done = subprocess.run([bean, "--no-cache", path], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def content(entries: data.Directives) -> list[str]:
    """Return what entries say, without where they stand."""

    def facts(value: Any) -> Any:
        if isinstance(value, dict):
            kept = {k: v for k, v in value.items() if k not in {"filename", "lineno"}}
            return {k: v for k, v in kept.items() if not k.startswith("__")} or None
        if isinstance(value, list):
            return [facts(item) for item in value]
        if isinstance(value, data.Posting):
            return [facts(item) for item in value]
        if isinstance(value, frozenset):
            return sorted(value)
        return None if value is None else str(value)

    return sorted(
        f"{entry.date} {type(entry).__name__} {[facts(field) for field in entry]}"
        for entry in entries
    )


def test_it_loads_without_the_plugin_as_the_same_ledger(load: Load, tmp_path: Path) -> None:
    loaded = load(EVENTFUL, TERMS, accounts=ACCOUNTS + DURAND)
    copy = tmp_path / "printed.beancount"
    copy.write_text(printed(loaded))
    assert bean_check(copy) == ""
    entries, errors, options = loader.load_file(str(copy))
    assert errors == []
    assert content(entries) == content(loaded.entries)
    assert options["operating_currency"] == ["EUR"]
    assert options["plugin"] == []


@pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])
def test_with_the_plugin_it_books_nothing_twice(load: Load, tmp_path: Path, treatment: str) -> None:
    loaded = load(EVENTFUL, TERMS, treatment=treatment, accounts=ACCOUNTS + DURAND)
    assert len(loaded.generated) > 15
    copy = tmp_path / "printed.beancount"
    copy.write_text(PLUGIN + printed(loaded))
    assert bean_check(copy) == ""
    entries, _errors, _options = loader.load_file(str(copy))
    assert content(entries) == content(loaded.entries)


def test_generated_amounts_have_the_currencys_decimals_and_the_users_stay(load: Load) -> None:
    loaded = load(
        """
    2026-01-05 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT        1200 EUR
        invoice: "F1"
        due: 2026-02-04
      Income:Sales                -1200 EUR
    2026-01-09 note Assets:Clients:DUPONT "Friday"
""",
        "commission: {rate: 0.50 %, vat: 0.20}",
    )
    text = printed(loaded)
    assert re.search(r"Assets:Clients:DUPONT +1200 EUR\n", text)
    assert "-1200.00 EUR" in text
    assert 'invoice: "F1"\n    due: 2026-02-04\n' in text
    assert 'factoring-id: "bpce/2026-01/commission"' in text


def test_options_stand_in_front(load: Load) -> None:
    loaded = load("""
option "title" "Say \\"cheese\\""
option "inferred_tolerance_default" "*:0.01"
option "booking_method" "FIFO"
option "render_commas" "TRUE"
    """)
    assert printed(loaded).startswith(
        'option "title" "Say \\"cheese\\""\n'
        'option "inferred_tolerance_default" "*:0.01"\n'
        'option "operating_currency" "EUR"\n'
        'option "render_commas" "TRUE"\n'
        'option "booking_method" "FIFO"\n'
        "\n2026-01-01 open"
    )


def test_texts_with_quotes_and_what_pad_made_survive(load: Load, tmp_path: Path) -> None:
    loaded = load(
        r"""
    2026-01-01 open Equity:Opening
    2026-01-02 pad Assets:Bank:Operating Equity:Opening
    2026-01-05 balance Assets:Bank:Operating  100.1 EUR
    2026-01-05 note Assets:Bank:Operating "a \"note\" with a \\"
    2026-01-05 event "place" "the \"office\""
    2026-01-05 query "who" "SELECT account WHERE account ~ \"Bank\""
    2026-01-05 custom "budget" Assets:Bank:Operating "said \"no\"" 10.5 TRUE 2026-01-05 7 EUR
    2026-01-06 price EUR 0.00000012 USD
    2026-01-07 * "Pay \"ee\"" "Two \\ backslashes"
      key: "a \"value\""
      Assets:Bank:Operating  -10 EUR @ 1.234567891 USD
      Assets:Bank:Other       12.34567891 USD
    """,
        accounts=ACCOUNTS.replace("Assets:Bank:Other EUR", "Assets:Bank:Other"),
    )
    assert loaded.messages == []
    copy = tmp_path / "printed.beancount"
    copy.write_text(printed(loaded))
    assert bean_check(copy) == ""
    entries, _errors, _options = loader.load_file(str(copy))
    assert content(entries) == content(loaded.entries)


def test_until_a_day_and_for_one_contract(load: Load) -> None:
    loaded = load(EVENTFUL, TERMS, accounts=ACCOUNTS + DURAND)
    text = printed(loaded, until=datetime.date(2026, 1, 9))
    assert "2026-01-09 *" in text
    assert "2026-01-12" not in text
    assert "factoring-id" not in printed(loaded, contract="another")
    assert printed(loaded, contract="bpce") == printed(loaded)


def test_numbers_are_never_rounded_to_what_the_ledger_mostly_shows(load: Load) -> None:
    loaded = load(
        """
    2026-01-05 * "Many round numbers"
      Assets:Bank:Other  1 EUR
      Assets:Bank:Other  1 EUR
      Assets:Bank:Other  1 EUR
      Income:Sales
    2026-01-06 * "One that is not"
      Assets:Bank:Other  0.25 EUR
      Income:Sales
    """
    )
    assert loaded.balance("Assets:Bank:Other") == Decimal("3.25")
    assert "0.25 EUR" in printed(loaded)


def test_what_other_plugins_made_is_printed_and_they_are_not(load: Load, tmp_path: Path) -> None:
    loaded = load("""
plugin "beancount.plugins.auto_accounts"
plugin "beancount.plugins.implicit_prices"

    2026-01-07 * "Dollars"
      Assets:Bank:Other:Dollars  10.00 USD @ 0.90 EUR
      Assets:Bank:Other          -9.00 EUR
    """)
    copy = tmp_path / "printed.beancount"
    copy.write_text(printed(loaded))
    assert bean_check(copy) == ""
    entries, _errors, _options = loader.load_file(str(copy))
    assert content(entries) == content(loaded.entries)
    assert any(isinstance(entry, data.Price) for entry in entries)
