"""CAMT.053 statements (ISO 20022, camt.053.001.08)."""

from __future__ import annotations

import datetime

from lxml import etree

from beancount_factoring.example.bank import Movement
from beancount_factoring.example.bank import NumberedMovement
from beancount_factoring.example.bank import Statement
from beancount_factoring.example.customers import bank_text
from beancount_factoring.example.firm import BankAccount
from beancount_factoring.example.invoicing import euros

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_CURRENCY = "EUR"


def camt_statement(statement: Statement) -> bytes:
    """Return a statement as CAMT.053, the same bytes each time."""
    root = etree.fromstring(f'<Document xmlns="{_NAMESPACE}"/>')
    message = _add(root, "BkToCstmrStmt")
    identifier = f"{statement.account.number}-{statement.first:%Y%m}"
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", identifier)
    _add(header, "CreDtTm", _end_of(statement.last))
    element = _add(message, "Stmt")
    _add(element, "Id", identifier)
    _add(element, "ElctrncSeqNb", str(statement.number))
    _add(element, "CreDtTm", _end_of(statement.last))
    period = _add(element, "FrToDt")
    _add(period, "FrDtTm", f"{statement.first}T00:00:00")
    _add(period, "ToDtTm", _end_of(statement.last))
    _account(element, statement.account)
    _balance(element, "OPBD", statement.opening, statement.first)
    _balance(element, "CLBD", statement.closing, statement.last)
    for line in statement.lines:
        _entry(element, line, statement.account)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _account(statement: etree._Element, account: BankAccount) -> None:
    """Write the account with its owner and bank."""
    element = _add(statement, "Acct")
    _add(_add(element, "Id"), "IBAN", account.iban)
    _add(element, "Ccy", _CURRENCY)
    _add(_add(element, "Ownr"), "Nm", account.owner)
    servicer = _add(_add(element, "Svcr"), "FinInstnId")
    _add(servicer, "BICFI", account.bic)
    _add(servicer, "Nm", account.bank_name)


def _balance(statement: etree._Element, code: str, cents: int, day: datetime.date) -> None:
    """Write a booked balance: `OPBD` opens the day, `CLBD` closes it."""
    balance = _add(statement, "Bal")
    _add(_add(_add(balance, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(balance, cents)
    _add(_add(balance, "Dt"), "Dt", str(day))


def _entry(statement: etree._Element, line: NumberedMovement, account: BankAccount) -> None:
    """Write one movement: an entry with one transaction."""
    movement = line.movement
    reference = f"{account.number}-{line.number:06d}"
    entry = _add(statement, "Ntry")
    _add(entry, "NtryRef", str(line.number))
    _amount(entry, movement.amount)
    _add(_add(entry, "Sts"), "Cd", "BOOK")
    _add(_add(entry, "BookgDt"), "Dt", str(movement.date))
    _add(_add(entry, "ValDt"), "Dt", str(movement.date))
    _add(entry, "AcctSvcrRef", reference)
    domain = _add(_add(entry, "BkTxCd"), "Domn")
    _add(domain, "Cd", "PMNT")
    family = _add(domain, "Fmly")
    _add(family, "Cd", movement.operation.family)
    _add(family, "SubFmlyCd", movement.operation.sub_family)
    transaction = _add(_add(entry, "NtryDtls"), "TxDtls")
    references = _add(transaction, "Refs")
    _add(references, "AcctSvcrRef", reference)
    _add(references, "EndToEndId", movement.end_to_end_id)
    _amount(transaction, movement.amount)
    _other_party(transaction, movement)
    _add(_add(transaction, "RmtInf"), "Ustrd", bank_text(movement.reference))
    _add(entry, "AddtlNtryInf", bank_text(movement.label))


def _other_party(transaction: etree._Element, movement: Movement) -> None:
    """Write who paid, or who was paid."""
    role = "Dbtr" if movement.amount > 0 else "Cdtr"
    parties = _add(transaction, "RltdPties")
    _add(_add(_add(parties, role), "Pty"), "Nm", bank_text(movement.name))
    _add(_add(_add(parties, f"{role}Acct"), "Id"), "IBAN", movement.iban)


def _amount(parent: etree._Element, cents: int) -> None:
    """Write an amount without a sign, then whether it was credited or debited."""
    amount = _add(parent, "Amt", str(euros(abs(cents))))
    amount.set("Ccy", _CURRENCY)
    _add(parent, "CdtDbtInd", "DBIT" if cents < 0 else "CRDT")


def _end_of(day: datetime.date) -> str:
    """Return the last second of a day."""
    return f"{day}T23:59:59"


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    """Add a child with its text."""
    child = etree.SubElement(parent, f"{{{_NAMESPACE}}}{tag}")
    child.text = text
    return child
