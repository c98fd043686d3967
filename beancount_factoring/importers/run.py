"""One import: from files and folders to the entries that the ledger lacks, and into the ledger.

Documents come before statements and each in the order of their dates, so that a receipt finds its
invoice whatever the files are called. A file that is refused leaves no trace; the others count.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any
from typing import NamedTuple

from beancount import loader
from beancount.core import data
from beancount.loader import LoadError
from beancount.parser import printer
from beancount.parser.grammar import DeprecatedError

from beancount_factoring.collector import paused_collector
from beancount_factoring.files import write_whole
from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.entries.chart import Chart
from beancount_factoring.importers.entries.statement_entries import Extracted
from beancount_factoring.importers.entries.statement_entries import StatementFile
from beancount_factoring.importers.entries.statement_entries import line_on
from beancount_factoring.importers.fec.fec import Fec
from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.formats import Content
from beancount_factoring.importers.invoices.invoice_header import HeaderShapes
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.mapping_reader import read_mapping
from beancount_factoring.importers.matched import match_receipts
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceList
from beancount_factoring.ledger.contracts import contract_paths
from beancount_factoring.ledger.marks import PLUGIN
from beancount_factoring.yaml_source import Problem

MAPPING_FILE = "import.yaml"
"""The mapping's name; it stands beside the contract file."""

_AUTO_ACCOUNTS = "beancount.plugins.auto_accounts"

Progress = Callable[[Path], None]


class ImportedFile(NamedTuple):
    """What became of one file.

    `what` is its format, empty where no reader knows it. `new` and `known` count its entries, those
    that the ledger lacked and those it had; `in_suspense` the new ones that a person must look at.
    `refused` is why nothing of it was taken. `remarks` are what a person should look at: what its
    documents say, what nothing proves, what is left out or in doubt though it is not written as
    the ledger has it. `left_out` lists all that is known, one line each.
    """

    path: Path
    what: str
    new: int = 0
    known: int = 0
    in_suspense: int = 0
    refused: str | None = None
    remarks: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportRun:
    """The outcome of an import: what became of each file, and the new entries in order.

    `opened` are `open` directives for the new customers among `entries`. With `problems` of
    `import.yaml` or the contract file nothing was read. `errors` are those the ledger has already,
    as Beancount reports them. `into` is the file that `write_entries` appends to. Nothing was read
    either if `is_incomplete`: Beancount left out entries of the ledger, perhaps the very ones that
    the documents would give again.
    """

    files: tuple[ImportedFile, ...]
    opened: tuple[data.Open, ...]
    entries: tuple[data.Directive, ...]
    problems: tuple[Problem, ...]
    errors: tuple[Any, ...]
    into: Path
    is_incomplete: bool = False


class _Document(NamedTuple):
    """A file that was read."""

    path: Path
    what: str
    content: Content

    def order(self) -> tuple[int, datetime.date, str]:
        """Return what documents are sorted by: what earlier books left, invoices, statements.

        Each by its date, then its path. Notifications come before statements: they tell the
        payments of a batch, which a statement may have as one sum.
        """
        content = self.content
        match content:
            case Fec():
                place, days = 0, iter([content.last])
            case InvoiceDocument():
                place, days = 1, iter([content.date])
            case InvoiceList():
                place, days = 1, (document.date for document in content.documents)
            case _:
                place = 2 if all(statement.is_partial for statement in content) else 3
                days = (line.date for statement in content for line in statement.lines)
        return place, min(days, default=datetime.date.max), str(self.path)


@dataclass(slots=True)
class _Outcome:
    """What the run has found so far."""

    files: dict[Path, ImportedFile] = field(default_factory=dict)
    new: dict[Path, list[data.Directive]] = field(default_factory=dict)

    @property
    def entries(self) -> list[data.Directive]:
        """All new entries, in order."""
        return [entry for new in self.new.values() for entry in new]

    def match(self, existing: Iterable[data.Directive], mapping: ImportMapping) -> None:
        """Match the receipts that wait in suspense, now that every document is known."""
        batches = match_receipts(list(self.new.values()), existing, mapping)
        for path, batch in zip(list(self.new), batches, strict=True):
            waiting = sum(isinstance(e, data.Transaction) and e.flag == "!" for e in batch)
            self.new[path] = batch
            self.files[path] = self.files[path]._replace(in_suspense=waiting)


def run_import(
    ledger: Path, paths: Iterable[Path], progress: Progress = lambda _path: None
) -> ImportRun:
    """Extract what the ledger lacks from files and folders; nothing is written.

    `progress` is told each file before it is read. Raises nothing on account of what the files
    hold.
    """
    entries, errors, options = loader.load_file(str(ledger))
    if any(map(_leaves_out, errors)):
        return ImportRun((), (), (), (), tuple(errors), ledger, is_incomplete=True)
    mapping_path = mapping_path_of(ledger, options)
    mapping_file = read_mapping(mapping_path)
    mapping = mapping_file.mapping
    problems = mapping_file.problems
    into = ledger if mapping is None or mapping.into is None else mapping.into
    if mapping is not None:
        problems = tuple(_not_included(mapping, options))
    if mapping is None or problems:
        return ImportRun((), (), (), problems, tuple(errors), into)
    own = [*map(Path, options["include"]), mapping_path, ledger]
    own += (Path(contract.filename) for contract in mapping.contracts)
    plugins = {name for name, _config in options["plugin"]}
    chart = Chart(entries, as_needed=True if _AUTO_ACCOUNTS in plugins else None)
    outcome = _Outcome()
    with paused_collector():
        documents = _read(walked(paths, own), mapping, outcome, progress)
        _book(Booking(mapping, entries, chart), documents, outcome)
        outcome.match(entries, mapping)
    return ImportRun(
        files=tuple(outcome.files.values()),
        opened=tuple(_opened(mapping, chart, outcome.entries)),
        entries=tuple(outcome.entries),
        problems=(),
        errors=tuple(errors),
        into=into,
    )


def _leaves_out(error: Any) -> bool:
    """Tell whether what an error is about is missing from the loaded ledger.

    So it is with what cannot be parsed or booked, with files and plugins that are not there;
    balances, validation and plugins find fault with what is.
    """
    if isinstance(error, DeprecatedError):
        return False
    return isinstance(error, LoadError) or type(error).__module__.startswith("beancount.parser.")


def mapping_path_of(ledger: Path, options: dict[str, Any]) -> Path:
    """Return where a ledger's `import.yaml` is: beside its first contract file."""
    for name, config in options["plugin"]:
        files, _wrong = contract_paths(ledger, config) if name == PLUGIN else ([], "")
        if files:
            return files[0].with_name(MAPPING_FILE)
    return ledger.with_name(MAPPING_FILE)


def walked(paths: Iterable[Path], own: Iterable[Path] = ()) -> Iterator[Path]:
    """Yield files, and the files of folders in order, each once; hidden ones of folders are not.

    `own` are files that are not documents: the ledger's own.
    """
    seen = {_identity(path) for path in own}
    for path in paths:
        for file in _files(path):
            identity = _identity(file)
            if identity not in seen:
                seen.add(identity)
                yield file


def _identity(path: Path) -> tuple[int, int] | Path:
    """Return what is the same for a file under all its names; the path where there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return path
    return status.st_dev, status.st_ino


def formatted(entries: Iterable[data.Directive]) -> str:
    """Return entries as Beancount's own printer writes them, a blank line between transactions."""
    render = printer.EntryPrinter()
    parts: list[str] = []
    previous: type | None = None
    for entry in entries:
        if parts and (previous is not type(entry) or isinstance(entry, data.Transaction)):
            parts.append("\n")
        previous = type(entry)
        parts.append(render(entry))
    return "".join(parts)


def write_entries(path: Path, entries: Sequence[data.Directive]) -> None:
    """Append entries to a ledger file; what stands in it stays, byte for byte.

    The file is replaced by the longer one in one step. Without entries it is not touched.
    """
    if not entries:
        return
    before = path.read_bytes() if path.exists() else b""
    gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
    write_whole(path, before + gap + formatted(entries).encode())


def _files(path: Path) -> Iterator[Path]:
    """Yield a file, or the files below a folder in the order of their names."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield Path(folder, name)


def _read(
    paths: Iterable[Path], mapping: ImportMapping, outcome: _Outcome, progress: Progress
) -> list[_Document]:
    """Read the files, in the order in which they are booked; refusals go to the outcome."""
    documents: list[_Document] = []
    shapes = HeaderShapes()
    for path in paths:
        progress(path)
        candidate = Candidate(path, mapping)
        what = candidate.what
        outcome.files[path] = ImportedFile(path, what)
        try:
            documents.append(_Document(path, what, candidate.read(shapes)))
        except DocumentRefusedError as refusal:
            outcome.files[path] = ImportedFile(path, what, refused=str(refusal))
    return sorted(documents, key=_Document.order)


def _book(booking: Booking, documents: Iterable[_Document], outcome: _Outcome) -> None:
    """Book the documents one after the other."""
    for document in documents:
        path = document.path
        try:
            extracted = _extracted(booking, document)
            remarks = _remarks(booking, document)
        except DocumentRefusedError as refusal:
            outcome.files[path] = ImportedFile(path, document.what, refused=str(refusal))
            continue
        new: list[data.Directive] = [each.entry for each in extracted if each.known is None]
        outcome.new[path] = new
        outcome.files[path] = ImportedFile(
            path,
            document.what,
            new=len(new),
            known=len(extracted) - len(new),
            remarks=(*remarks, *(line_on(each) for each in extracted if each.remark)),
            left_out=tuple(line_on(each) for each in extracted if each.known is not None),
        )


def _extracted(booking: Booking, document: _Document) -> Sequence[Extracted]:
    """Return the entries of a document, or refuse it."""
    content, filename = document.content, str(document.path)
    match content:
        case InvoiceDocument():
            return [booking.document(content, filename)]
        case InvoiceList():
            return booking.documents(content, filename)
        case Fec():
            return booking.take_up(content, filename)
        case _:
            return booking.statements(StatementFile(filename, document.what, content))


def _remarks(booking: Booking, document: _Document) -> list[str]:
    """Return what is to be said of statements just booked: what proves nothing, what they lack."""
    content = document.content
    if isinstance(content, InvoiceDocument | InvoiceList | Fec):
        return []
    return [remark for statement in content for remark in statement.remarks] + booking.lacking


def _opened(
    mapping: ImportMapping, chart: Chart, entries: Iterable[data.Directive]
) -> Iterator[data.Open]:
    """Yield the `open` directives of new customers, from the day on which the books begin."""
    below = f"{mapping.receivables}:"
    first: dict[str, datetime.date] = {}
    for entry in entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                account = posting.account
                if account.startswith(below) and chart.is_missing(account):
                    first[account] = min(first.get(account, entry.date), entry.date)
    for account in sorted(first):
        day = min(first[account], chart.first_day or first[account])
        meta = data.new_metadata(mapping.filename, 0)
        yield data.Open(meta, day, account, [], None)


def _not_included(mapping: ImportMapping, options: dict[str, Any]) -> Iterator[Problem]:
    """Yield the problem of a file to write to that the ledger does not include."""
    into = mapping.into
    if into is None:
        return
    included = {Path(name).resolve() for name in options["include"]}
    if into.resolve() not in included:
        line = mapping.lines.get("into", 1)
        message = (
            f'"{into.name}" is no file that the ledger includes: create it, and write'
            f' include "{into.name}" in the ledger'
        )
        yield Problem(mapping.filename, line, "into", message)
