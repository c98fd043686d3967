"""Documents that are booked, with something a person should know: whom the customer is to pay."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from beancount_factoring.importers.entries.remarks import remarks
from beancount_factoring.importers.reading.documents import Instalment
from beancount_factoring.importers.reading.documents import InvoiceKind
from beancount_factoring.importers.reading.documents import Party
from beancount_factoring.importers.run import run_import
from beancount_factoring.importers.run import write_entries
from tests.importers.firm import FACTOR
from tests.importers.firm import INVOICE
from tests.importers.firm import OPERATING
from tests.importers.firm import SELLER
from tests.importers.firm import SHARED
from tests.importers.firm import Books
from tests.importers.firm import ubl

CORRECTED = (
    "is a corrected invoice (type code 472) that does not say of which: cancel what it replaces"
)
OTHER = "DE02120300000000202051"


def remarked(books: Books, **changes: Any) -> list[str]:
    return list(remarks(replace(INVOICE, **changes), books.mapping()))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"iban": SHARED}, []),
        ({"iban": OTHER, "other_ibans": (SHARED,)}, []),
        ({"iban": OPERATING},
         [f"asks to be paid to {OPERATING} (Assets:Bank:Operating), not to Assets:Bank:Shared"]),
        ({"iban": FACTOR},
         [f"asks to be paid to {FACTOR}, the factor's of bpce, not to Assets:Bank:Shared"]),
        ({"iban": OTHER},
         [f"asks to be paid to {OTHER}, which `banks:` does not list, not to Assets:Bank:Shared"]),
        ({"payee": Party("BPCE FACTOR")}, ["names the factor of bpce as payee, BPCE FACTOR"]),
        ({"payee": Party("Natixis Factor", ("1",)), "iban": SHARED},
         ["names the factor of bpce as payee, Natixis Factor"]),
        ({"payee": Party("Autre SA", ("732829320",))}, ["names another payee, Autre SA"]),
        ({"payee": SELLER}, []),
        ({"payee": Party("Marais", ("552100554",))}, []),
        ({"payee": Party("ATELIER DU MARAIS SARL")}, []),
        ({"type_code": "384", "corrects": ("F1", "F2")},
         ["corrects F1 and F2: cancel what it replaces"]),
        ({"type_code": "472"},
         [CORRECTED]),
    ],
)  # fmt: skip
def test_remarks(books: Books, changes: dict[str, Any], expected: list[str]) -> None:
    assert remarked(books, **changes) == expected


def test_nobody_is_to_pay_a_credit_note(books: Books) -> None:
    credit = {"kind": InvoiceKind.CREDIT_NOTE, "type_code": "381", "iban": OTHER}
    assert remarked(books, **credit) == []
    assert remarked(books, **credit, credits=("F1",)) == []
    assert remarked(books, **{**credit, "type_code": "384"}) == []


def test_nobody_is_to_pay_what_is_paid(books: Books) -> None:
    paid = {"prepaid": Decimal(1200), "payable": Decimal(0), "instalments": ()}
    assert remarked(books, iban=OTHER, **paid) == []
    part = {"payable": Decimal(1), "instalments": (Instalment(None, Decimal(1)),)}
    assert remarked(books, iban=OTHER, **part) != []


def test_nothing_is_said_of_another_currency_than_the_contracts(books: Books) -> None:
    assert remarked(books, iban=OTHER, currency="USD") == []


def test_nothing_is_said_where_no_iban_of_the_shared_account_is_known(books: Books) -> None:
    books.edit("import.yaml", f"  {SHARED}: Assets:Bank:Shared\n", "")
    assert remarked(books, iban=OTHER) == []
    assert remarked(books, iban=OPERATING) != []


def test_the_import_tells_of_it_and_the_entry_keeps_it(books: Books) -> None:
    books.add("1.xml", ubl("F1", iban=OPERATING))
    books.add("2.xml", ubl("F2", iban=SHARED))
    run = run_import(books.ledger, [books.documents])
    remark = f"asks to be paid to {OPERATING} (Assets:Bank:Operating), not to Assets:Bank:Shared"
    assert [(file.new, file.refused, file.remarks) for file in run.files] == [
        (1, None, (f"2026-01-05 1200.00 EUR Invoice F1: {remark}",)),
        (1, None, ()),
    ]
    assert [entry.meta.get("remark") for entry in run.entries] == [remark, None]
    write_entries(run.into, [*run.opened, *run.entries])
    assert not books.load()[1]
    again = run_import(books.ledger, [books.documents])
    assert [(file.new, file.known, file.remarks) for file in again.files] == [
        (0, 1, ()),
        (0, 1, ()),
    ]


def test_remarks_are_one_printable_line(books: Books, tmp_path: Path) -> None:
    payee = Party("x\u202e\x1b[31m\n" + "y" * 500)
    (remark,) = remarked(books, payee=payee)
    assert remark.isprintable()
    assert len(remark) < 120
