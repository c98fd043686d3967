"""What README.md shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest
from beancount.parser import printer
from click.testing import CliRunner

from beancount_factoring.cli.main import main
from tests.conftest import ACCOUNTS
from tests.conftest import Load

README = Path(__file__).parents[1] / "README.md"


def block(beginning: str) -> str:
    """Return the indented block of the page that begins with a text."""
    page = README.read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", page, re.MULTILINE)
    (found,) = [text for text in map(dedent, blocks) if text.strip().startswith(beginning)]
    return found.strip() + "\n"


LEDGER = block("2026-01-01 open")
OTHER_ACCOUNTS = re.sub(r"(?m)^.*Assets:Clients:DUPONT.*\n", "", ACCOUNTS)


def test_the_example_ledger_books_what_the_page_shows(load: Load) -> None:
    loaded = load(LEDGER, contract=block("contracts:"), accounts=OTHER_ACCOUNTS)
    assert loaded.messages == []
    (commission,) = loaded.of("commission")
    assert squeezed(printer.format_entry(commission)) == squeezed(block("2026-01-09"))


def test_the_example_s_days_are_those_the_page_tells(load: Load) -> None:
    end = '2026-02-28 note Assets:Clients:DUPONT "the month\'s end"\n'
    loaded = load(LEDGER + end, contract=block("contracts:"), accounts=OTHER_ACCOUNTS)
    events = [f"{txn.date} {txn.meta['factoring-event']}" for txn in loaded.generated]
    assert set(events) == {
        "2026-01-09 remittance",
        "2026-01-09 commission",
        "2026-01-09 guarantee",
        "2026-01-13 draw",
        "2026-01-13 transfer",
        "2026-01-31 interest",
        "2026-02-03 collection",
        "2026-02-04 guarantee",
        "2026-02-04 sweep",
        "2026-02-10 draw",
        "2026-02-10 transfer",
        "2026-02-28 interest",
    }


INIT = (
    *("--factor", "BPCE Factor", "--start", "2026-01-05", "--currency", "EUR"),
    *("--treatment", "derecognition", "--source", "generated", "--commission", "0.40 %"),
    *("--vat", "20 %", "--guarantee-fund", "10 %", "--margin", "1.50 %", "--seller", "552100554"),
)


@pytest.mark.parametrize("example_first", [True, False])
def test_the_page_s_steps_in_an_empty_folder(tmp_path: Path, example_first: bool) -> None:
    """Whether the example's entries stand in the ledger before `init` or come after it."""
    ledger = tmp_path / "books.beancount"
    if example_first:
        ledger.write_text(LEDGER)
    begun = CliRunner().invoke(main, ["init", str(ledger), *INIT])
    assert (begun.exit_code, begun.stderr) == (0, "")
    if not example_first:
        ledger.write_text(ledger.read_text() + "\n" + LEDGER)
    checked = CliRunner().invoke(main, ["check", str(ledger)])
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert checked.stdout.startswith("bpce on 2026-02-03, EUR: outstanding 0.00, ")


def squeezed(text: str) -> str:
    """Return a text with every run of blanks made one."""
    return re.sub(r"[ \t]+", " ", text).strip()
