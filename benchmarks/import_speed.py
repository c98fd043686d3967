"""Imports against the bare parser: what reading, recognising and booking add to its work.

The bare parser is lxml for XML, OFX 2 among it, the mt-940 library for MT940, Python's own for CSV
and openpyxl for XLSX. Where a payment is a short text (within a batch, in OFX), lxml has little to
do, and booking is most of the work. Time is that of the processor, as other programs may run.
"""

from __future__ import annotations

import csv
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import mt940
from lxml import etree
from openpyxl import load_workbook

from beancount_factoring.example.writer import write_example
from beancount_factoring.importers.invoices.invoice_xml import parse_invoice
from beancount_factoring.importers.run import run_import
from benchmarks import tables
from benchmarks.report import Figure
from benchmarks.runs import medians
from benchmarks.ubl_writer import ubl

_SHARED_ACCOUNT = "FR7699901000440001234567932"
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def figures(folder: Path, invoices: int = 1_000, entries: int = 50_000) -> list[Figure]:
    """Return the ratios of each format; an import is a whole one, less the ledger's own load."""
    shutil.rmtree(folder, ignore_errors=True)
    ledger = folder / "main.beancount"
    write_example(folder)
    xml = _invoices(folder, invoices)
    statement = _statement(folder / "statement.xml", entries)
    notification = _notification(statement, folder / "notification.xml")
    batches = _batches(folder / "batches.xml", entries // 50)
    swift = _mt940(folder / "statement.sta", entries)
    ofx = _ofx(folder / "statement.ofx", entries)
    many = f"{entries:,} entries"
    measured = [
        _ratio(f"{invoices:,} Factur-X XML files", ledger, xml, invoices, 3),
        _ratio(f"{invoices:,} UBL files", ledger, _ubl(folder, xml), invoices, 3),
        _ratio(f"a CAMT.053 of {many}", ledger, [statement], entries, 6),
        _ratio(f"a CAMT.054 of {many}", ledger, [notification], entries, 6),
        _ratio(f"a CAMT.054 of batches of {many}", ledger, [batches], entries // 50, 15),
        _ratio(f"an MT940 of {many}", ledger, [swift], entries, 6, _parse_mt940),
        _ratio(f"an OFX 2 of {many}", ledger, [ofx], entries, 20),
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


def _parse_xml(file: Path) -> object:
    return etree.parse(str(file))


def _parse_mt940(file: Path) -> object:
    return mt940.parse_statements(file.read_bytes(), options=mt940.Options.all())


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
    parser: Callable[[Path], object] = _parse_xml,
) -> Figure:
    """Measure an import of files beside parsing them."""

    def parse() -> None:
        for file in files:
            parser(file)

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
        begin = time.process_time()
        action()
        return time.process_time() - begin

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


def _ubl(folder: Path, originals: list[Path]) -> list[Path]:
    """Return the same invoices as UBL, under other numbers, with one to four lines a rate."""
    target = folder / "bench-ubl"
    target.mkdir()
    files = []
    for count, original in enumerate(originals):
        document = parse_invoice(original.read_bytes())
        number = f"U2025-{count:05d}"
        files.append(target / f"{number}.xml")
        text = ubl(document, number, lines=1 + count % 4)
        files[-1].write_text(text, encoding="utf-8")
    return files


def _cents(entries: int) -> list[int]:
    return [10_000 + 7 * number % 90_000 for number in range(entries)]


def _statement(path: Path, entries: int) -> Path:
    """Write a statement of so many payments to the shared account, of about 600 bytes each."""
    cents = _cents(entries)
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


def _notification(statement: Path, path: Path) -> Path:
    """Write the entries of a statement as a notification."""
    text = statement.read_text().replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")
    text = re.sub("<Bal>.*</Bal>", "", text).replace("Stmt>", "Ntfctn>")
    path.write_text(text)
    return path


def _batches(path: Path, batches: int, payments: int = 50) -> Path:
    """Write a notification of batches with their payments, together as many as the others have."""
    with path.open("w", encoding="utf-8") as file:
        file.write(
            f'<Document xmlns="{_NAMESPACE.replace("053", "054")}"><BkToCstmrDbtCdtNtfctn><Ntfctn>'
            f"<Id>N</Id><Acct><Id><IBAN>{_SHARED_ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n"
        )
        for batch in range(batches):
            cents = [10_000 + 7 * number % 90_000 for number in range(payments)]
            day = f"2025-01-{1 + batch % 28:02d}"
            file.write(
                f"<Ntry>{_money(sum(cents))}<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt>"
                f"<Dt>{day}</Dt></BookgDt><AcctSvcrRef>B{batch:08d}</AcctSvcrRef><NtryDtls>"
            )
            file.writelines(_payment(batch, number, each) for number, each in enumerate(cents))
            file.write("</NtryDtls></Ntry>\n")
        file.write("</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>\n")
    return path


def _payment(batch: int, number: int, cents: int) -> str:
    return (
        f"<TxDtls><Refs><EndToEndId>E2E-{batch:05d}-{number:03d}</EndToEndId></Refs>{_money(cents)}"
        f"<CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Nm>CLIENT {number} SARL</Nm></Dbtr>"
        f"</RltdPties><RmtInf><Ustrd>FACTURE Z2025-{batch:05d}-{number}</Ustrd></RmtInf></TxDtls>"
    )


def _mt940(path: Path, entries: int) -> Path:
    """Write the statement's payments as MT940, a statement with structured details for each day."""
    cents = _cents(entries)
    reached, written = 0, []
    for place in range(28):
        day = f"{place + 1:02d}"
        of_day = list(enumerate(cents))[place::28]
        written.append(
            f":20:STARTUMS\n:25:{_SHARED_ACCOUNT}\n:28C:{day}/1\n"
            f":60F:C2501{day}EUR{_comma(reached)}\n"
        )
        for number, amount in of_day:
            written.append(
                f":61:2501{day}01{day}C{_comma(amount)}NTRFNONREF//2025{number:012d}\n"
                f":86:166?00VIR SEPA RECU?20EREF+E2E-{number:08d}?21SVWZ+FACTURE "
                f"Z2025-{number:05d}?32CLIENT {number % 500} SARL\n"
            )
        reached += sum(amount for _number, amount in of_day)
        written.append(f":62F:C2501{day}EUR{_comma(reached)}\n-\n")
    path.write_text("".join(written))
    return path


def _comma(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def _ofx(path: Path, entries: int) -> Path:
    """Write the statement's payments as OFX 2."""
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'
            "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR</CURDEF><BANKACCTFROM>"
            f"<ACCTID>{_SHARED_ACCOUNT}</ACCTID></BANKACCTFROM><BANKTRANLIST>\n"
        )
        for number, amount in enumerate(_cents(entries)):
            file.write(
                f"<STMTTRN>\n<TRNTYPE>CREDIT</TRNTYPE>\n<DTPOSTED>202501{1 + number % 28:02d}"
                f"</DTPOSTED>\n<DTUSER>202501{1 + number % 28:02d}</DTUSER>\n"
                f"<TRNAMT>{amount // 100}.{amount % 100:02d}</TRNAMT>\n<FITID>2025{number:012d}"
                f"</FITID>\n<NAME>VIR DE CLIENT {number % 500} SARL</NAME>\n"
                f"<MEMO>VIR SEPA RECU FACTURE Z2025-{number:05d}</MEMO>\n</STMTTRN>\n"
            )
        file.write("</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n")
    return path
