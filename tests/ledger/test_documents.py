"""Which documents a ledger's postings are, whatever way they were written (interface.md, 1)."""

from __future__ import annotations

import datetime
from textwrap import dedent
from typing import Any

import pytest
from beancount import loader

from beancount_factoring.contract.reader import read_contracts
from beancount_factoring.engine.history import CustomerEntry
from beancount_factoring.engine.history import Document
from beancount_factoring.ledger.reader import opened_accounts
from beancount_factoring.ledger.reader import read_ledger
from tests.ledger_text import contract_with


class Read:
    """What was read of a ledger's text for one contract."""

    def __init__(self, text: str, folder: Any) -> None:
        path = folder / "contracts.yaml"
        path.write_text(contract_with("banks: [Assets:Bank:Other]"))
        file = read_contracts(path)
        assert not file.problems
        entries, errors, _options = loader.load_string(dedent(text))
        assert not [e for e in errors if "unknown account" not in e.message]
        read = read_ledger(entries, file.contracts, opened_accounts(entries))
        self.documents: tuple[Document, ...] = read.histories[0].documents
        self.entries: tuple[CustomerEntry, ...] = read.histories[0].entries
        self.errors = [(e.source["lineno"], e.message) for e in read.errors]

    @property
    def shown(self) -> list[tuple[str, str, str, str, int]]:
        return [
            (d.kind.value, d.debtor, d.number or "", str(d.due or ""), d.amount)
            for d in self.documents
        ]

    @property
    def legs(self) -> list[tuple[str, str | None, int]]:
        return [(leg.debtor, leg.number, leg.amount) for e in self.entries for leg in e.legs]


@pytest.fixture
def read(tmp_path: Any) -> Any:
    return lambda text: Read(text, tmp_path)


INVOICE = ("invoice", "DUPONT", "F1", "2026-02-05", 120000)


def test_an_invoice_by_the_postings_metadata(read: Any) -> None:
    book = read("""
        2026-01-06 * "Invoice"
          Assets:Clients:DUPONT  1200.00 EUR
            invoice: "F1"
          Income:Sales
    """)
    assert book.shown == [INVOICE]
    assert book.errors == []


def test_an_invoice_by_the_transactions_metadata(read: Any) -> None:
    book = read("""
        2026-01-06 * "Invoice"
          invoice: "F1"
          due: 2026-03-01
          Assets:Clients:DUPONT  1200.00 EUR
          Income:Sales
    """)
    assert book.shown == [(*INVOICE[:3], "2026-03-01", 120000)]


def test_the_postings_metadata_wins_over_the_transactions(read: Any) -> None:
    book = read("""
        2026-01-06 * "Invoice"
          invoice: "X"
          due: 2026-03-01
          Assets:Clients:DUPONT  1200.00 EUR
            invoice: "F1"
          Income:Sales
    """)
    assert book.shown == [(*INVOICE[:3], "2026-03-01", 120000)]


def test_the_transactions_metadata_does_not_count_for_two_debits(read: Any) -> None:
    book = read("""
        2026-01-06 * "Two customers"
          invoice: "F1"
          Assets:Clients:DUPONT  1200.00 EUR
          Assets:Clients:MARTIN   300.00 EUR
          Income:Sales
    """)
    assert book.documents == ()
    assert book.legs == [("DUPONT", None, -120000), ("MARTIN", None, -30000)]


def test_the_transactions_metadata_counts_for_one_credit_beside_two_debits(read: Any) -> None:
    book = read("""
        2026-01-06 * "Set off"
          settles: "F1"
          Assets:Clients:DUPONT  100.00 EUR
            invoice: "D1"
          Assets:Clients:DUPONT  200.00 EUR
            invoice: "D2"
          Assets:Clients:DUPONT -300.00 EUR
    """)
    assert [(d.number, d.amount) for d in book.documents] == [("D1", 10000), ("D2", 20000)]
    assert book.legs == [("DUPONT", "F1", 30000)]


def test_without_metadata_the_only_link_is_the_number(read: Any) -> None:
    book = read("""
        2026-01-06 * "Invoice" ^F1
          Assets:Clients:DUPONT  1200.00 EUR
          Income:Sales
    """)
    assert book.shown == [INVOICE]


def test_of_two_links_neither_is_the_number(read: Any) -> None:
    book = read("""
        2026-01-06 * "Invoice" ^F1 ^order-7
          Assets:Clients:DUPONT  1200.00 EUR
          Income:Sales
    """)
    assert book.documents == ()
    assert book.legs == [("DUPONT", None, -120000)]


def test_a_link_of_a_transaction_on_a_bank_is_no_number(read: Any) -> None:
    book = read("""
        2026-01-06 * "Refund" ^bank-1
          Assets:Clients:DUPONT  1200.00 EUR
          Assets:Bank:Shared
    """)
    assert book.documents == ()
    assert book.entries[0].bank == "Assets:Bank:Shared"
    assert book.entries[0].cash == -120000


@pytest.mark.parametrize("due", ["2026-02-04", '"2026-02-04"', '" 2026-02-04 "'])
def test_a_due_date_may_be_a_date_or_its_text(read: Any, due: str) -> None:
    book = read(f"""
        2026-01-06 * "Invoice"
          Assets:Clients:DUPONT  1200.00 EUR
            invoice: "F1"
            due: {due}
          Income:Sales
    """)
    assert book.documents[0].due == datetime.date(2026, 2, 4)
    assert book.errors == []


def test_a_number_written_without_quotes_is_a_number(read: Any) -> None:
    book = read("""
        2026-01-06 * "Invoice"
          Assets:Clients:DUPONT  1200.00 EUR
            invoice: 20260001
          Income:Sales
    """)
    assert book.documents[0].number == "20260001"


def test_instalments_share_their_number_and_have_their_own_due_dates(read: Any) -> None:
    book = read("""
        2026-01-06 * "Two instalments"
          Assets:Clients:DUPONT  600.00 EUR
            invoice: "F1"
            due: 2026-03-06
          Assets:Clients:DUPONT  400.00 EUR
            invoice: "F1"
            due: 2026-02-06
          Income:Sales
    """)
    assert [(d.number, str(d.due), d.amount) for d in book.documents] == [
        ("F1", "2026-02-06", 40000),
        ("F1", "2026-03-06", 60000),
    ]
    assert book.errors == []


def test_instalments_by_the_transactions_only_link(read: Any) -> None:
    book = read("""
        2026-01-06 * "Two instalments" ^F1
          Assets:Clients:DUPONT  600.00 EUR
            due: 2026-03-06
          Assets:Clients:DUPONT  400.00 EUR
            due: 2026-02-06
          Income:Sales
    """)
    assert [d.number for d in book.documents] == ["F1", "F1"]


@pytest.mark.parametrize("key", ["credit-note", "invoice"])
def test_a_credit_note_is_a_credit_with_a_number(read: Any, key: str) -> None:
    book = read(f"""
        2026-01-06 * "Credit note"
          Assets:Clients:DUPONT  -200.00 EUR
            {key}: "A1"
            credits: "F1"
          Income:Sales
    """)
    assert book.shown == [("credit-note", "DUPONT", "A1", "", 20000)]
    assert book.documents[0].credits == "F1"


def test_a_credit_without_metadata_is_no_document_even_with_a_link(read: Any) -> None:
    book = read("""
        2026-01-06 * "Rebate" ^F1
          Assets:Clients:DUPONT  -200.00 EUR
          Income:Sales
    """)
    assert book.documents == ()
    assert book.legs == [("DUPONT", None, 20000)]


def test_a_payment_settles_and_a_debit_takes_it_back(read: Any) -> None:
    book = read("""
        2026-01-06 * "Payment"
          Assets:Bank:Shared  200.00 EUR
          Assets:Clients:DUPONT
            settles: "F1"
        2026-01-09 * "Bounced" ^bank-9
          settles: "F1"
          Assets:Clients:DUPONT  200.00 EUR
          Assets:Bank:Shared
    """)
    assert book.legs == [("DUPONT", "F1", 20000), ("DUPONT", "F1", -20000)]
    assert [entry.cash for entry in book.entries] == [20000, -20000]


def test_the_order_of_a_transactions_postings_does_not_matter(read: Any) -> None:
    settles = '  Assets:Clients:DUPONT  -200.00 EUR\n    settles: "F1"\n'
    bounces = '  Assets:Clients:DUPONT   150.00 EUR\n    settles: "F2"\n'
    other = '  Assets:Clients:MARTIN  -100.00 EUR\n    settles: "M1"\n'
    bank = "  Assets:Bank:Shared      150.00 EUR\n"
    head = '2026-01-06 * "Several"\n'
    legs = read(head + settles + bounces + other + bank).legs
    assert legs == [("DUPONT", "F1", 20000), ("MARTIN", "M1", 10000), ("DUPONT", "F2", -15000)]
    assert read(head + bank + other + bounces + settles).legs == legs


def test_an_invoice_paid_at_once(read: Any) -> None:
    book = read("""
        2026-01-06 * "Invoice and payment"
          Assets:Clients:DUPONT  200.00 EUR
            invoice: "F1"
          Income:Sales  -200.00 EUR
          Assets:Bank:Shared  200.00 EUR
          Assets:Clients:DUPONT  -200.00 EUR
            settles: "F1"
    """)
    assert [d.number for d in book.documents] == ["F1"]
    assert book.legs == [("DUPONT", "F1", 20000)]


def test_accounts_below_a_debtors_account_are_debtors_of_their_own(read: Any) -> None:
    book = read("""
        2026-01-06 * "Invoice" ^F1
          Assets:Clients:DUPONT:Lyon  1200.00 EUR
          Income:Sales
    """)
    assert book.documents[0].debtor == "DUPONT:Lyon"


def test_the_root_itself_and_its_neighbours_are_no_customers(read: Any) -> None:
    book = read("""
        2026-01-06 * "Invoice" ^F1
          Assets:Clients  1200.00 EUR
          Assets:ClientsOther:DUPONT  1200.00 EUR
          Income:Sales
    """)
    assert book.documents == ()
    assert book.entries == ()


def test_documents_in_another_currency_are_the_firms_own(read: Any) -> None:
    book = read("""
        2026-01-06 * "Invoice" ^F1
          Assets:Clients:DUPONT  1200.00 USD
          Income:Sales
    """)
    assert book.documents == ()
    assert book.errors == []


def test_a_price_on_a_customers_posting_changes_nothing(read: Any) -> None:
    book = read("""
        2026-01-06 * "Invoice" ^F1
          Assets:Clients:DUPONT  1200.00 EUR @ 1.10 USD
          Income:Sales
    """)
    assert book.documents[0].amount == 120000


def test_a_zero_posting_is_nothing(read: Any) -> None:
    book = read("""
        2026-01-06 * "Nothing" ^F1
          Assets:Clients:DUPONT  0.00 EUR
          Income:Sales
    """)
    assert book.documents == ()
    assert book.entries == ()


def test_money_on_an_account_below_a_further_bank_is_a_receipt(read: Any) -> None:
    book = read("""
        2026-01-06 * "Payment"
          Assets:Bank:Other:Savings  200.00 EUR
          Assets:Clients:DUPONT
            settles: "F1"
    """)
    assert book.entries[0].bank == "Assets:Bank:Other:Savings"


def test_a_number_belongs_to_one_debtor(read: Any) -> None:
    book = read("""
        2026-01-06 * "Two customers"
          Assets:Clients:DUPONT  600.00 EUR
            invoice: "F1"
          Assets:Clients:MARTIN  400.00 EUR
            invoice: "F1"
          Income:Sales
    """)
    assert [(line, message.split(":")[0]) for line, message in book.errors] == [
        (2, "the number F1 is used twice, first at <string>")
    ]


def test_a_credit_note_on_a_debit_is_an_error(read: Any) -> None:
    book = read("""
        2026-01-06 * "Wrong side"
          Assets:Clients:DUPONT  600.00 EUR
            credit-note: "A1"
          Income:Sales
    """)
    assert book.errors == [
        (
            2,
            (
                "credit-note: stands on a debit: a credit note credits the customer; write it on"
                " the credit, or invoice: here"
            ),
        )
    ]


def test_a_credit_note_that_settles_is_an_error(read: Any) -> None:
    book = read("""
        2026-01-06 * "Both"
          Assets:Clients:DUPONT  -600.00 EUR
            credit-note: "A1"
            settles: "F1"
          Income:Sales
    """)
    assert book.errors == [
        (
            2,
            (
                "credit-note: and settles: stand on one posting: it is a credit note or settles a"
                " document; write one of them"
            ),
        )
    ]


@pytest.mark.parametrize("key", ["invoice", "settles"])
@pytest.mark.parametrize("value", ["2026-01-01", "TRUE", '""', '"  "'])
def test_a_number_that_is_none_is_an_error(read: Any, key: str, value: str) -> None:
    book = read(f"""
        2026-01-06 * "Number?"
          Assets:Clients:DUPONT  600.00 EUR
            {key}: {value}
          Income:Sales
    """)
    ((line, message),) = book.errors
    assert line == 2
    assert message.startswith(f"{key}: ")
    assert message.endswith(f'is no document number: write it as text, {key}: "F-1"')
