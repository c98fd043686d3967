"""The three ways in: beangulp's own command, Fava's import page, and `run_import`."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import beangulp
import pytest
from beancount.core import data
from beangulp.archive import filepath as archive_path
from click.testing import CliRunner
from click.testing import Result
from fava.core import FavaLedger
from fava.core.ingest import FileImportInfo
from fava.serialisation import deserialise
from fava.serialisation import serialise

from beancount_factoring.importers.config import hooks_from
from beancount_factoring.importers.config import importers_from
from beancount_factoring.importers.live import MappingProblemsError
from beancount_factoring.importers.run import ImportedFile
from beancount_factoring.importers.run import ImportRun
from beancount_factoring.importers.run import formatted
from beancount_factoring.importers.run import run_import
from beancount_factoring.importers.run import walked
from beancount_factoring.importers.run import write_entries
from tests.importers.firm import OPERATING
from tests.importers.firm import Books
from tests.importers.firm import camt
from tests.importers.firm import cfonb
from tests.importers.firm import cii
from tests.importers.firm import line
from tests.importers.firm import statement
from tests.importers.firm import ubl

RECEIPTS = statement(
    line("2026-01-15", "900.00", "FINANCEMENT", counterparty="BPCE Factor"),
    line("2026-01-15", "-900.00", "VIR", counterparty_iban=OPERATING),
    line("2026-02-03", "1200.00", "VIR DUPONT F2026-0001"),
    line("2026-02-03", "15.00", "VIR DURAND"),
)


def imported(books: Books, *paths: Path, write: bool = True) -> ImportRun:
    """Run an import of files, or of the folder of documents, into the books."""
    run = run_import(books.ledger, paths or [books.documents])
    assert not run.problems
    if write:
        write_entries(run.into, [*run.opened, *run.entries])
    return run


def outcome(run: ImportRun) -> dict[str, tuple[int, int, int, str | None]]:
    """Return, by file name, the counts of new, known and waiting entries, and the refusal."""
    return {f.path.name: (f.new, f.known, f.in_suspense, f.refused) for f in run.files}


# bean-factor import


def test_a_weeks_documents_give_books_that_check(books: Books) -> None:
    books.add("a-statement.xml", camt(RECEIPTS))
    books.add("invoices/z.xml", cii())
    run = imported(books)
    assert outcome(run) == {"a-statement.xml": (5, 0, 1, None), "z.xml": (1, 0, 0, None)}
    entries, errors = books.load()
    assert not errors
    settled = [
        posting.account
        for entry in entries
        if isinstance(entry, data.Transaction)
        for posting in entry.postings
        if posting.meta and posting.meta.get("settles") == "F2026-0001"
    ]
    assert "Assets:Clients:DUPONT" in settled


def test_a_second_import_adds_nothing(books: Books) -> None:
    books.add("1.xml", camt(RECEIPTS))
    books.add("2.xml", cii())
    books.add("3.txt", cfonb(RECEIPTS))
    first = imported(books)
    assert outcome(first)["3.txt"] == (0, 5, 0, None)
    before = (books.folder / "imported.beancount").read_bytes()
    again = imported(books)
    assert (again.entries, again.opened) == ((), ())
    assert [f.new for f in again.files] == [0, 0, 0]
    assert (books.folder / "imported.beancount").read_bytes() == before


def test_an_invoice_is_known_in_whatever_syntax_it_comes(books: Books) -> None:
    books.add("1.xml", cii())
    books.add("2.xml", ubl())
    books.add(
        "3.xml", ubl("A1", "100.00", document="CreditNote", code="381", credited="F2026-0001")
    )
    run = imported(books)
    assert outcome(run) == {
        "1.xml": (1, 0, 0, None),
        "2.xml": (0, 1, 0, None),
        "3.xml": (1, 0, 0, None),
    }
    entries, errors = books.load()
    assert not errors
    (credit,) = [
        posting
        for entry in entries
        if isinstance(entry, data.Transaction)
        for posting in entry.postings
        if posting.meta and posting.meta.get("credit-note") == "A1"
    ]
    assert credit.account == "Assets:Clients:DUPONT"
    assert credit.units is not None
    assert credit.units.number == Decimal("-120.00")
    assert credit.meta is not None
    assert credit.meta["credits"] == "F2026-0001"


def test_an_overlapping_statement_adds_only_its_new_lines(books: Books) -> None:
    imported(books, books.add("1.xml", camt(RECEIPTS)))
    more = line("2026-02-04", "3.00", "VIR MARTIN")
    longer = statement(*RECEIPTS.lines, more)
    run = imported(books, books.add("2.xml", camt(longer)))
    assert outcome(run) == {"2.xml": (2, 4, 1, None)}
    assert not books.load()[1]


def test_a_refused_file_leaves_no_trace_and_the_others_are_imported(books: Books) -> None:
    wrong = replace(RECEIPTS, closing=Decimal("1.00"))
    good = cii()
    for name, content in {
        "good.xml": good,
        "foreign-seller.xml": cii("F9", seller="732829320"),
        "truncated.xml": good[:-60],
        "wrong-sum.xml": camt(wrong),
        "empty.xml": "",
        "notes.txt": "buy milk",
        "other-account.xml": camt(statement(*RECEIPTS.lines, account="DE89370400440532013000")),
    }.items():
        books.add(name, content)
    run = imported(books)
    refused = {name: reason for name, (_, _, _, reason) in outcome(run).items() if reason}
    assert set(refused) == {path.name for path in books.documents.iterdir()} - {"good.xml"}
    assert all("\n" not in reason for reason in refused.values())
    assert refused["empty.xml"] == "is empty"
    assert refused["notes.txt"].startswith("is of no format that is read here")
    assert "does not add up" in refused["wrong-sum.xml"]
    assert [entry.links for entry in run.entries if isinstance(entry, data.Transaction)] == [
        {"invoice-F2026-0001-1200.00-EUR"}
    ]
    assert not books.load()[1]


def test_a_path_that_is_not_there_is_refused(books: Books) -> None:
    run = imported(books, books.folder / "nothing.xml")
    assert outcome(run) == {"nothing.xml": (0, 0, 0, "cannot be read: No such file or directory")}


def test_a_new_customers_account_is_opened_when_the_books_begin(books: Books) -> None:
    books.add("1.xml", cii("F1", buyer="Café Durand", siren="732829320"))
    run = imported(books)
    assert [(o.account, o.date) for o in run.opened] == [
        ("Assets:Clients:CAFE-DURAND", datetime.date(2026, 1, 1))
    ]
    books.add("2.xml", cii("F2", buyer="CAFE DURAND", siren="732829320"))
    assert imported(books).opened == ()
    assert not books.load()[1]


def test_an_account_that_is_not_opened_refuses_what_needs_it(books: Books) -> None:
    books.edit("main.beancount", "2026-01-01 open Income:Sales\n", "")
    books.add("1.xml", cii())
    books.add("2.xml", camt(statement(line("2026-02-03", "1.00"))))
    run = imported(books)
    assert outcome(run)["1.xml"][3] == (
        "books EUR on 2026-01-05 on Income:Sales (import.yaml, line 8), which is not opened in"
        " the ledger"
    )
    assert outcome(run)["2.xml"][0] == 2


def test_a_currency_that_the_account_does_not_hold_refuses_the_statement(books: Books) -> None:
    dollars = replace(statement(line("2026-02-03", "1.00")), currency="USD")
    books.add("1.xml", camt(dollars))
    reason = outcome(imported(books))["1.xml"][3]
    assert reason is not None
    assert reason.endswith("which holds only EUR")


def test_a_document_before_its_account_was_opened_is_refused(books: Books) -> None:
    books.add("1.xml", cii(date="20251231", due="20260131"))
    reason = outcome(imported(books))["1.xml"][3]
    assert reason is not None
    assert reason.endswith("which is opened on 2026-01-01 only")


def test_with_auto_accounts_nothing_must_be_opened(books: Books) -> None:
    books.edit("main.beancount", "2026-01-01 open Income:Sales\n", "")
    plugin = 'plugin "beancount_factoring.plugins.factoring" "contracts.yaml"\n'
    books.edit("main.beancount", plugin, plugin + 'plugin "beancount.plugins.auto_accounts"\n')
    books.add("1.xml", cii())
    run = imported(books)
    assert run.opened == ()
    assert outcome(run)["1.xml"] == (1, 0, 0, None)
    assert not books.load()[1]


def test_problems_of_the_mapping_stop_the_import(books: Books) -> None:
    books.edit("import.yaml", "suspense: Assets:Suspense", "suspense: 471")
    run = run_import(books.ledger, [books.documents])
    assert [problem.line for problem in run.problems] == [20]
    assert run.files == ()


def test_entries_go_only_to_a_file_that_the_ledger_includes(books: Books) -> None:
    books.edit("main.beancount", 'include "imported.beancount"\n', "")
    (problem,) = run_import(books.ledger, [books.documents]).problems
    assert problem.text == (
        'into: "imported.beancount" is no file that the ledger includes: create it, and write'
        ' include "imported.beancount" in the ledger'
    )


def test_without_a_file_to_write_to_it_is_the_ledger(books: Books) -> None:
    books.edit("import.yaml", "into: imported.beancount\n", "")
    books.add("1.xml", cii())
    before = books.ledger.read_text()
    imported(books)
    assert books.ledger.read_text().startswith(before + "\n2026-01-01 open Assets:Clients:DUPONT")
    assert not books.load()[1]


def test_what_the_user_wrote_stays_byte_for_byte(books: Books) -> None:
    target = books.folder / "imported.beancount"
    written = "; mine, without a line break at the end\r\n* Größe".encode()
    target.write_bytes(written)
    books.add("1.xml", cii())
    imported(books)
    assert target.read_bytes().startswith(written + b"\n\n2026-01-01 open")


def test_the_ledgers_own_files_are_no_documents(books: Books) -> None:
    books.add("1.xml", cii())
    run = imported(books, books.folder, write=False)
    assert [file.path.name for file in run.files] == ["1.xml"]


def test_folders_are_walked_in_order_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "a", ".git/x", "b/.hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [str(p.relative_to(tmp_path)) for p in walked([tmp_path, tmp_path / "a"])]
    assert found == ["a", "b/1", "b/2"]


def test_the_same_number_with_another_total_is_refused(books: Books) -> None:
    imported(books, books.add("1.xml", cii()))
    run = imported(books, books.add("2.xml", cii(net="2000.00")))
    assert run.files == (
        ImportedFile(
            books.documents / "2.xml",
            "CII invoice",
            refused="is another document with the number F2026-0001: imported.beancount, line 3,"
            " has one of 2026-01-05",
        ),
    )


def test_progress_is_told_before_each_file(books: Books) -> None:
    paths = [books.add("1.xml", cii()), books.add("2.xml", "")]
    told: list[Path] = []
    run_import(books.ledger, paths, told.append)
    assert told == paths


# beangulp's own command


def config(books: Books) -> beangulp.Ingest:
    importers, hooks = importers_from(books.mapping_path), hooks_from(books.mapping_path)
    return beangulp.Ingest(importers, hooks)  # type: ignore[no-untyped-call]


def invoke(books: Books, *arguments: str) -> Result:
    return CliRunner().invoke(config(books).cli, list(arguments))


def test_beangulp_identifies_every_document(books: Books) -> None:
    books.add("1.xml", cii())
    books.add("2.xml", camt(RECEIPTS))
    books.add("3.txt", cfonb(RECEIPTS))
    books.add("4.txt", "nothing")
    result = invoke(books, "identify", str(books.documents))
    assert result.exit_code == 0
    names = [row.strip() for row in result.output.splitlines() if row.startswith("  ")]
    assert sorted(names) == [
        "factoring.invoices",
        "factoring.statements.camt053",
        "factoring.statements.cfonb120",
    ]


def test_beangulp_extracts_what_bean_factor_does(books: Books) -> None:
    path = books.add("1.xml", camt(RECEIPTS))
    result = invoke(books, "extract", "-q", "-e", str(books.ledger), str(path))
    assert result.exit_code == 0, result.output
    expected = imported(books, path, write=False).entries
    for entry in expected:
        assert formatted([entry]) in result.output


def test_beangulp_comments_out_what_is_known(books: Books) -> None:
    books.add("1.xml", cii())
    books.add("2.xml", camt(RECEIPTS))
    imported(books)
    result = invoke(books, "extract", "-q", "-e", str(books.ledger), str(books.documents))
    assert result.exit_code == 0
    rows = [row for row in result.output.splitlines() if row and row[0] not in ";*"]
    assert rows == []
    assert "; duplicate of " in result.output


def test_a_generated_draw_never_hides_the_banks_line(books: Books) -> None:
    books.edit("contracts.yaml", "source: statement", "source: generated")
    horizon = '2026-03-01 note Assets:Bank:Shared "the books go on until here"\n'
    books.ledger.write_text(books.ledger.read_text() + horizon)
    imported(books, books.add("1.xml", cii()))
    generated = [
        entry
        for entry in books.load()[0]
        if isinstance(entry, data.Transaction) and entry.meta.get("factoring-event") == "draw"
    ]
    bank = generated[0].postings[0]
    assert bank.account == "Assets:Bank:Shared"
    assert bank.units is not None
    receipt = line(str(generated[0].date), str(bank.units.number), "VIR DURAND")
    path = books.add("2.xml", camt(statement(receipt)))
    result = invoke(books, "extract", "-q", "-e", str(books.ledger), str(path))
    assert "duplicate" not in result.output
    assert '"VIR DURAND" ^bank-' in result.output


def test_a_refusal_is_one_line_of_beangulps_command(books: Books) -> None:
    path = books.add("1.xml", cii(seller="732829320"))
    result = invoke(books, "extract", str(path))
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    (reason,) = [row for row in result.output.splitlines() if "is an invoice of" in row]
    assert "(732829320), not of the seller in import.yaml, line 1" in reason


def test_beangulp_files_documents_by_account_date_and_number(books: Books) -> None:
    invoices, camts, _notifications, cfonbs, *_others = importers_from(books.mapping_path)
    path = str(books.add("2026-01-05.xml", cii("F/2026 0001")))
    assert archive_path(invoices, path) == "Assets/Clients/2026-01-05.invoice-F_2026_0001.xml"
    credit = ubl("A1", document="CreditNote", code="381")
    path = str(books.add("4.xml", credit))
    assert archive_path(invoices, path) == "Assets/Clients/2026-01-05.credit-note-A1.xml"
    path = str(books.add("2.xml", camt(RECEIPTS)))
    assert archive_path(camts, path) == (
        f"Assets/Bank/Shared/2026-02-03.CAMT.053-{RECEIPTS.account}-1.xml"
    )
    path = str(books.add("3.txt", cfonb(RECEIPTS)))
    assert archive_path(cfonbs, path).startswith("Assets/Bank/Shared/2026-02-03.CFONB_120-FR14")


def test_an_import_configuration_tells_all_problems(books: Books) -> None:
    books.edit("import.yaml", "suspense: Assets:Suspense", "colour: blue")
    with pytest.raises(MappingProblemsError) as error:
        importers_from(books.mapping_path)
    missing, unknown = str(error.value).splitlines()
    assert missing == (
        f"{books.mapping_path}:1: suspense: is missing: expected an account name such as"
        " Assets:Clients"
    )
    assert unknown.startswith(f"{books.mapping_path}:20: colour: is not a key here")


def test_an_edit_of_the_mapping_counts_for_the_next_document(books: Books) -> None:
    invoices, *_ = importers_from(books.mapping_path)
    path = str(books.add("1.xml", cii()))
    assert "Assets:Clients:DUPONT " in formatted(invoices.extract(path, []))
    books.edit("import.yaml", "DUPONT:", "DUPONT-FILS:")
    assert "Assets:Clients:DUPONT-FILS " in formatted(invoices.extract(path, []))


# Fava's import page


@pytest.fixture
def fava(books: Books) -> FavaLedger:
    (books.folder / "import_config.py").write_text(
        "from pathlib import Path\n"
        "from beancount_factoring.importers.config import hooks_from\n"
        "from beancount_factoring.importers.config import importers_from\n"
        'CONFIG = importers_from(Path(__file__).with_name("import.yaml"))\n'
        'HOOKS = hooks_from(Path(__file__).with_name("import.yaml"))\n'
    )
    options = (
        '2026-01-01 custom "fava-option" "import-config" "import_config.py"\n'
        '2026-01-01 custom "fava-option" "import-dirs" "documents"\n'
        '2026-01-01 custom "fava-option" "insert-entry" ".*"\n'
    )
    books.ledger.write_text(books.ledger.read_text() + options)
    return FavaLedger(str(books.ledger), poll_watcher=True)


def test_fava_lists_the_documents_with_their_importers(books: Books, fava: FavaLedger) -> None:
    books.add("1.xml", cii())
    books.add("2.xml", camt(RECEIPTS))
    books.add("3.xml", cii(seller="732829320"))
    books.add("4.xml", cii()[:-60])
    books.add("5.xml", ubl("F2"))
    assert not fava.ingest.errors
    listed = {file.basename: file.importers for file in fava.ingest.import_data()}
    name = "factoring.invoices"
    assert listed["1.xml"] == [
        FileImportInfo(name, "Assets:Clients", datetime.date(2026, 1, 5), "invoice-F2026-0001.xml")
    ]
    assert [info.account for info in listed["2.xml"]] == ["Assets:Bank:Shared"]
    assert listed["5.xml"] == [
        FileImportInfo(name, "Assets:Clients", datetime.date(2026, 1, 5), "invoice-F2.xml")
    ]
    assert [info.importer_name for info in listed["3.xml"] + listed["4.xml"]] == [name, name]


def test_what_fava_saves_is_what_bean_factor_writes(books: Books, fava: FavaLedger) -> None:
    path = books.add("1.xml", camt(RECEIPTS))
    extracted = fava.ingest.extract(str(path), "factoring.statements.camt053")
    expected = imported(books, path, write=False).entries
    saved = [deserialise(_as_json(serialise(entry))) for entry in extracted]
    assert formatted(saved) == formatted(expected)  # type: ignore[arg-type]  # Fava's own classes


def _as_json(entry: object) -> object:
    """Return an entry as the browser sends it back: dates have become text."""

    def plain(value: object) -> object:
        return sorted(value) if isinstance(value, frozenset) else str(value)

    return json.loads(json.dumps(entry, default=plain))


def test_fava_greys_what_is_known(books: Books, fava: FavaLedger) -> None:
    path = books.add("1.xml", camt(RECEIPTS))
    imported(books)
    fava.load_file()
    entries = fava.ingest.extract(str(path), "factoring.statements.camt053")
    assert len(entries) == len(RECEIPTS.lines) + 1
    assert all("__duplicate__" in entry.meta for entry in entries)
