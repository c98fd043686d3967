"""Imports against the bare parser: what reading, recognising and booking add to its work."""

from __future__ import annotations

import csv
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree
from openpyxl import load_workbook

from beancount_factoring.example.writer import write_example
from beancount_factoring.importers.run import run_import
from benchmarks import tables
from benchmarks.report import Figure
from benchmarks.runs import medians

_SHARED_ACCOUNT = "FR7699901000440001234567932"
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def figures(folder: Path, invoices: int = 1_000, entries: int = 50_000) -> list[Figure]:
    """Return the ratios of each format; an import is a whole one, less the ledger's own load."""
    shutil.rmtree(folder, ignore_errors=True)
    ledger = folder / "main.beancount"
    write_example(folder)
    xml = _invoices(folder, invoices)
    statement = _statement(folder / "statement.xml", entries)
    measured = [
        _ratio(f"{invoices:,} Factur-X XML files", ledger, xml, invoices, 3),
        _ratio(f"a CAMT.053 of {entries:,} entries", ledger, [statement], entries, 6),
    ]
    with (folder / "import.yaml").open("a", encoding="utf-8") as mapping:
        mapping.write(tables.MAPPING)
    return [
        *measured,
        _ratio(
            f"a CSV of {entries:,} invoices",
            ledger,
            [tables.sales_csv(folder / "ventes.csv", entries)],
            entries,
            None,
            _parse_csv,
        ),
        _ratio(
            f"a CSV of {entries:,} movements",
            ledger,
            [tables.bank_csv(folder / "banque.csv", entries)],
            entries,
            None,
            _parse_csv,
        ),
        _ratio(
            f"an XLSX of {entries // 5:,} invoices",
            ledger,
            [tables.sales_xlsx(folder / "ventes.xlsx", entries // 5)],
            entries // 5,
            3,
            _parse_xlsx,
        ),
        _ratio(
            f"a FEC of {4 * entries:,} lines",
            ledger,
            [tables.fec(folder / "999000011FEC20241231.txt", 4 * entries)],
            entries // 25,
            None,
            _parse_csv,
        ),
    ]


def _parse_xml(file: Path) -> None:
    etree.parse(str(file))


def _parse_csv(file: Path) -> None:
    with file.open(encoding="latin-1", newline="") as lines:
        for _row in csv.reader(lines, delimiter="|" if "FEC" in file.name else ";"):
            pass


def _parse_xlsx(file: Path) -> None:
    book = load_workbook(file, read_only=True)
    for sheet in book.worksheets:
        for _row in sheet.iter_rows():
            pass


def _ratio(
    name: str,
    ledger: Path,
    files: list[Path],
    new: int,
    bound: float | None,
    parse_file: Callable[[Path], None] = _parse_xml,
) -> Figure:
    """Measure an import of files beside parsing them."""

    def parse() -> None:
        for file in files:
            parse_file(file)

    def extract() -> None:
        run = run_import(ledger, files)
        found = sum(file.new for file in run.files)
        if found < new:
            refused = [file.refused for file in run.files]
            raise RuntimeError(f"{name}: {found} entries, expected {new} ({refused[:1]})")

    def load() -> None:
        run_import(ledger, [])

    taken = medians({"parse": _timed(parse), "extract": _timed(extract), "load": _timed(load)})
    extracting = taken["extract"] - taken["load"]
    return Figure(
        f"extracting {name} / only parsing them",
        extracting / taken["parse"],
        bound,
        f"{extracting:.3f} s / {taken['parse']:.3f} s (the ledger's load, {taken['load']:.3f} s,"
        " apart)",
    )


def _timed(action: Callable[[], None]) -> Callable[[], float]:
    def measure() -> float:
        begin = time.perf_counter()
        action()
        return time.perf_counter() - begin

    return measure


def _invoices(folder: Path, wanted: int) -> list[Path]:
    """Return so many invoices: the example's, and the same ones under other numbers."""
    target = folder / "bench"
    target.mkdir()
    originals = sorted((folder / "documents" / "invoices").rglob("F*.xml"))
    files = []
    for count in range(wanted):
        original = originals[count % len(originals)]
        number = original.stem
        text = original.read_bytes().replace(number.encode(), b"B2025-%05d" % count)
        files.append(target / f"B2025-{count:05d}.xml")
        files[-1].write_bytes(text)
    return files


def _statement(path: Path, entries: int) -> Path:
    """Write a statement of so many payments to the shared account, of about 600 bytes each."""
    cents = [10_000 + 7 * number % 90_000 for number in range(entries)]
    total = sum(cents)
    with path.open("w", encoding="utf-8") as file:
        file.write(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{_NAMESPACE}">'
            "<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId><CreDtTm>2025-02-01T00:00:00</CreDtTm></GrpHdr>"
            f"<Stmt><Id>S</Id><Acct><Id><IBAN>{_SHARED_ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
            f"{_balance('OPBD', 0, '2025-01-01')}{_balance('CLBD', total, '2025-01-31')}\n"
        )
        for number, amount in enumerate(cents):
            file.write(_entry(number, amount))
        file.write("</Stmt></BkToCstmrStmt></Document>\n")
    return path


def _money(cents: int) -> str:
    return f'<Amt Ccy="EUR">{cents // 100}.{cents % 100:02d}</Amt>'


def _balance(code: str, cents: int, day: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_money(cents)}"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _entry(number: int, cents: int) -> str:
    day = f"2025-01-{1 + number % 28:02d}"
    return (
        f"<Ntry><NtryRef>{number}</NtryRef>{_money(cents)}<CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        f"<AcctSvcrRef>2025{number:012d}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
        "<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>"
        f"<EndToEndId>E2E-{number:08d}</EndToEndId></Refs><RltdPties><Dbtr><Pty>"
        f"<Nm>CLIENT {number % 500} SARL</Nm></Pty></Dbtr></RltdPties><RmtInf>"
        f"<Ustrd>VIR SEPA RECU DE CLIENT {number % 500} SARL FACTURE Z2025-{number:05d}</Ustrd>"
        "</RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )
