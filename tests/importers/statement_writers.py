"""Writers of bank statements for tests, and strategies for the statements they can write.

They share nothing with the readers: each format is written from its description.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine

IBAN = "FR7630006000011234567890189"
_DATES = st.dates(datetime.date(1970, 1, 1), datetime.date(2069, 12, 31))
_CENTS = st.integers(-(10**12), 10**12)
_WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcé0123456789<&>'\"./-", min_size=1, max_size=20)
_TEXTS = st.lists(_WORDS, max_size=4).map(" ".join)
_IDS = st.none() | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/", min_size=1, max_size=20)
_IBANS = st.none() | st.sampled_from(["DE79370400440123619900", "NL20INGB0001234567"])


def money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


@st.composite
def statements(
    draw: st.DrawFn, lines: Callable[[st.DrawFn], StatementLine], account: str, number: str | None
) -> Statement:
    """A statement that adds up."""
    drawn = tuple(lines(draw) for _ in range(draw(st.integers(0, 5))))
    opening = money(draw(_CENTS))
    return Statement(
        account=account,
        currency=draw(st.sampled_from(["EUR", "USD"])),
        number=number,
        opening=opening,
        opening_date=draw(_DATES),
        closing=opening + sum((line.amount for line in drawn), Decimal(0)),
        closing_date=draw(_DATES),
        lines=drawn,
    )


def without_positions(statement: Statement) -> Statement:
    """Return the statement without its places in the file."""
    lines = tuple(line._replace(position=0) for line in statement.lines)
    return replace(statement, lines=lines, position=0)


def camt_line(draw: st.DrawFn) -> StatementLine:
    counterparty = draw(_TEXTS) or None
    return StatementLine(
        date=draw(_DATES),
        value_date=draw(st.none() | _DATES),
        amount=money(draw(_CENTS)),
        text=draw(_TEXTS),
        counterparty=counterparty,
        counterparty_iban=draw(_IBANS),
        end_to_end_id=draw(_IDS.filter(lambda given: given != "NONREF")),
        reference=draw(_IDS),
        bank_id=draw(_IDS),
        code=draw(st.none() | st.sampled_from(["PMNT-RCDT-ESCT", "NTRF+020"])),
        reversal=draw(st.booleans()),
    )


def camt(statement: Statement, *, namespace: str, party: str, status: str, date: str) -> str:
    """Write a statement as CAMT.053; the versions differ in the places that are named.

    `party` and `status` are the elements that hold name and status below their own element, or
    nothing; `date` is `Dt` or `DtTm`.
    """
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(amount, statement)}"
        f"{_date('Dt', day, date)}</Bal>"
        for kind, amount, day in (
            ("OPBD", statement.opening, statement.opening_date),
            ("CLBD", statement.closing, statement.closing_date),
        )
    )
    entries = "\n".join(
        _camt_entry(line, statement, party, status, date) for line in statement.lines
    )
    space = f' xmlns="{namespace}"' if namespace else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document{space}><BkToCstmrStmt><GrpHdr>'
        f"<MsgId>M</MsgId></GrpHdr><Stmt><Id>{statement.number}</Id><Acct><Id>"
        f"<IBAN>{statement.account}</IBAN></Id><Ccy>{statement.currency}</Ccy></Acct>"
        f"{balances}{entries}</Stmt></BkToCstmrStmt></Document>"
    )


def _camt_entry(
    line: StatementLine, statement: Statement, party: str, status: str, date: str
) -> str:
    role = "Dbtr" if (line.amount > 0) is not line.reversal else "Cdtr"
    name = _within(party, _leaf("Nm", line.counterparty))
    account = _within("Id", _leaf("IBAN", line.counterparty_iban))
    code = line.code or ""
    domain = code.split("-")
    family = f"<Cd>{domain[1]}</Cd><SubFmlyCd>{domain[2]}</SubFmlyCd>" if domain[1:] else ""
    coded = (
        f"<Domn><Cd>{domain[0]}</Cd><Fmly>{family}</Fmly></Domn>"
        if family
        else _within("Prtry", _leaf("Cd", code))
    )
    return (
        f"<Ntry>{_amount(line.amount, statement)}<RvslInd>{str(line.reversal).lower()}</RvslInd>"
        f"<Sts>{_leaf(status, 'BOOK') if status else 'BOOK'}</Sts>"
        f"{_date('BookgDt', line.date, date)}{_date('ValDt', line.value_date, date)}"
        f"{_leaf('AcctSvcrRef', line.bank_id)}<BkTxCd>{coded}</BkTxCd><NtryDtls><TxDtls>"
        f"<Refs>{_leaf('EndToEndId', line.end_to_end_id or 'NOTPROVIDED')}</Refs><RltdPties>"
        f"{_within(role, name)}{_within(role + 'Acct', account)}</RltdPties><RmtInf>"
        f"{_leaf('Ustrd', line.text)}"
        f"{_within('Strd', _within('CdtrRefInf', _leaf('Ref', line.reference)))}"
        "</RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def _amount(amount: Decimal | None, statement: Statement) -> str:
    assert amount is not None
    side = "DBIT" if amount < 0 else "CRDT"
    return f'<Amt Ccy="{statement.currency}">{abs(amount)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _date(name: str, day: datetime.date | None, kind: str) -> str:
    if day is None:
        return ""
    time = "T00:00:00+01:00" if kind == "DtTm" else ""
    return _within(name, _leaf(kind, f"{day.isoformat()}{time}"))


def _leaf(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _within(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>" if name and inner else inner


# CFONB 120: a record's fields by their first column, counted from 1.
_CFONB_WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZé0123456789/.-", min_size=1, max_size=9)


def _cfonb_text(width: int) -> st.SearchStrategy[str]:
    return st.lists(_CFONB_WORDS, max_size=6).map(lambda words: " ".join(words)[:width].strip())


def cfonb_line(draw: st.DrawFn) -> StatementLine:
    amount = money(draw(_CENTS))
    return StatementLine(
        date=draw(_DATES),
        value_date=draw(st.none() | _DATES),
        amount=amount,
        text=draw(_cfonb_text(62)),
        counterparty=draw(_cfonb_text(70)) or None,
        counterparty_iban=draw(_IBANS),
        end_to_end_id=draw(_cfonb_text(35)) or None,
        reference=draw(_cfonb_text(16)) or None,
        code=draw(st.none() | st.sampled_from(["18", "B1"])),
        entry_number=draw(st.none() | st.sampled_from(["2059801"])),
        reversal=draw(st.booleans()),
    )


def cfonb(statement: Statement, account: tuple[str, str, str]) -> list[str]:
    """Write a statement as CFONB 120; `account` is bank, branch and account number."""
    records = [_cfonb_balance("01", statement.opening, statement.opening_date, statement, account)]
    for line in statement.lines:
        start = _cfonb_start("04", statement, account, line.code or "")
        cents = _cents(line.amount)
        records.append(
            start
            + _day(line.date)
            + ("12" if line.reversal else "  ")
            + _day(line.value_date)
            + f"{line.text[:31]:<31}  {line.entry_number or '0000000'}  "
            + overpunched(cents)
            + f"{line.reference or '':<16}"
        )
        payer = (line.amount > 0) is not line.reversal
        complements = [
            (f"  {_day(line.value_date)}", line.text[31:]),
            ("     NPY" if payer else "     NBE", line.counterparty),
            ("     CPY" if payer else "     CBE", line.counterparty_iban),
            ("     RCN", line.end_to_end_id),
        ]
        start = _cfonb_start("05", statement, account, line.code or "") + _day(line.date)
        records.extend(f"{start}{place}{text:<70}  " for place, text in complements if text)
    records.append(
        _cfonb_balance("07", statement.closing, statement.closing_date, statement, account)
    )
    assert {len(record) for record in records} == {120}
    return records


def _cfonb_start(
    code: str, statement: Statement, account: tuple[str, str, str], operation: str
) -> str:
    bank, branch, number = account
    return f"{code}{bank}    {branch}{statement.currency}2 {number}{operation:<2}"


def _cfonb_balance(
    code: str,
    amount: Decimal | None,
    day: datetime.date | None,
    statement: Statement,
    account: tuple[str, str, str],
) -> str:
    assert amount is not None
    start = _cfonb_start(code, statement, account, "")
    return f"{start}{_day(day)}{'':50}{overpunched(_cents(amount))}{'':16}"


def _day(day: datetime.date | None) -> str:
    return day.strftime("%d%m%y") if day else "      "


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def overpunched(cents: int) -> str:
    signs = "}JKLMNOPQR" if cents < 0 else "{ABCDEFGHI"
    digits, last = divmod(abs(cents), 10)
    return f"{digits:013}{signs[last]}"


# MT940: the letters of SWIFT's set x, without what would be read as structure.
_MT940_WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,'()+-", min_size=1, max_size=9)


def mt940_line(draw: st.DrawFn) -> StatementLine:
    date = draw(st.dates(datetime.date(2001, 1, 1), datetime.date(2069, 12, 30)))
    reference = draw(st.none() | st.from_regex(r"[A-Z]{2}[0-9]{6,12}", fullmatch=True))
    return StatementLine(
        date=date,
        value_date=date + datetime.timedelta(days=draw(st.integers(0, 1) | st.integers(-20, 40))),
        amount=money(draw(_CENTS)),
        text=draw(
            st.lists(_MT940_WORDS, max_size=6).map(lambda words: " ".join(words)[:60].strip())
        ),
        reference=reference,
        bank_id=draw(st.none() | st.from_regex(r"[0-9]{8,16}", fullmatch=True)),
        code=draw(st.sampled_from(["NTRF", "NMSC", "S103"])),
        reversal=draw(st.booleans()),
    )


def mt940(statement: Statement, line_end: str = "\r\n") -> str:
    """Write a statement as MT940, each movement with its text in one line of field 86."""
    assert statement.opening_date is not None
    assert statement.closing_date is not None
    fields = [
        "{1:F01BANKFRPPXXXX0000000000}{2:I940BANKFRPPXXXXN}{4:",
        ":20:STARTUMSE",
        f":25:{statement.account}",
        f":28C:{statement.number}",
        f":60F:{_mt940_balance(statement.opening, statement.opening_date, statement)}",
    ]
    for line in statement.lines:
        assert line.value_date is not None
        mark = ("C" if line.amount < 0 else "D") if line.reversal else _side(line.amount)
        fields += [
            f":61:{line.value_date:%y%m%d}{line.date:%m%d}{'R' * line.reversal}{mark}"
            f"{_mt940_number(line.amount)}{line.code}{line.reference or 'NONREF'}"
            + (f"//{line.bank_id}" if line.bank_id else ""),
            f":86:{line.text}",
        ]
    fields += [
        f":62F:{_mt940_balance(statement.closing, statement.closing_date, statement)}",
        "-}",
    ]
    return line_end.join(fields) + line_end


def _side(amount: Decimal) -> str:
    return "D" if amount < 0 else "C"


def _mt940_number(amount: Decimal) -> str:
    return f"{abs(amount):.2f}".replace(".", ",")


def _mt940_balance(amount: Decimal | None, day: datetime.date, statement: Statement) -> str:
    assert amount is not None
    return f"{_side(amount)}{day:%y%m%d}{statement.currency}{_mt940_number(amount)}"


def ofx_line(draw: st.DrawFn) -> StatementLine:
    return StatementLine(
        date=draw(_DATES),
        value_date=draw(st.none() | _DATES),
        amount=money(draw(_CENTS)),
        text=draw(_TEXTS),
        counterparty=draw(_TEXTS) or None,
        counterparty_iban=draw(_IBANS),
        reference=draw(st.none() | st.sampled_from(["R-4711", "0012"])),
        bank_id=draw(st.none() | st.from_regex(r"[A-Z][0-9]{5,20}", fullmatch=True)),
        code=draw(st.sampled_from(["OTHER", "XFER", "CHECK"])),
    )


def _digits(day: datetime.date | None) -> str | None:
    return day.isoformat().replace("-", "") if day else None


def ofx(statement: Statement, *, version: int, between: str = "\n") -> str:
    """Write a statement as OFX 1, leaves without closing tags, or as OFX 2."""
    is_xml = version == 2

    def leaf(name: str, text: str | None) -> list[str]:
        return [f"<{name}>{escape(text)}{f'</{name}>' if is_xml else ''}"] if text else []

    def group(name: str, *inner: list[str]) -> list[str]:
        return [f"<{name}>", *(each for part in inner for each in part), f"</{name}>"]

    movements = [
        group(
            "STMTTRN",
            leaf("TRNTYPE", line.code),
            leaf("DTPOSTED", f"{line.date.isoformat().replace('-', '')}120000[+1:CET]"),
            leaf("DTAVAIL", _digits(line.value_date)),
            leaf("TRNAMT", str(line.amount)),
            leaf("FITID", line.bank_id),
            leaf("REFNUM", line.reference),
            group("PAYEE", leaf("NAME", line.counterparty)) if line.counterparty else [],
            group("BANKACCTTO", leaf("ACCTID", line.counterparty_iban))
            if line.counterparty_iban
            else [],
            leaf("MEMO", line.text),
        )
        for line in statement.lines
    ]
    balance = group(
        "LEDGERBAL",
        leaf("BALAMT", None if statement.closing is None else str(statement.closing)),
        leaf("DTASOF", _digits(statement.closing_date)),
    )
    answer = group(
        "STMTRS",
        leaf("CURDEF", statement.currency),
        group("BANKACCTFROM", leaf("ACCTID", statement.account), leaf("ACCTTYPE", "CHECKING")),
        group("BANKTRANLIST", *movements),
        balance if statement.closing is not None else [],
    )
    whole = group("OFX", group("BANKMSGSRSV1", group("STMTTRNRS", leaf("TRNUID", "1"), answer)))
    header = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'
        if is_xml
        else "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
    )
    return header + between.join(whole)
