"""`import.yaml`: what it means, its problems, and the customers' accounts that follow from it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from beancount.core import account
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from beancount_factoring.importers.entries.customers import Customers
from beancount_factoring.importers.entries.entries import document_entry
from beancount_factoring.importers.mapping.mapping_reader import read_mapping
from beancount_factoring.importers.mapping.parties import account_component
from beancount_factoring.importers.mapping.parties import identifier_keys
from beancount_factoring.importers.mapping.parties import legal_identity
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Party
from beancount_factoring.importers.reading.documents import VatLine
from tests.importers.firm import DUPONT
from tests.importers.firm import FACTOR
from tests.importers.firm import INVOICE
from tests.importers.firm import SHARED
from tests.importers.firm import Books


def test_the_receivables_root_is_the_contracts(books: Books) -> None:
    assert books.mapping().receivables == "Assets:Clients"


def test_bank_accounts_are_found_however_their_iban_is_written(books: Books) -> None:
    books.edit("import.yaml", f"{SHARED}:", '"FR14 2004 1010 0505 0001 3M02 606":')
    assert books.mapping().banks[SHARED] == "Assets:Bank:Shared"


def test_the_factor_is_known_by_the_contracts_name_and_by_what_is_listed(books: Books) -> None:
    mapping = books.mapping()
    assert set(mapping.factors_by_iban) == {FACTOR}
    assert set(mapping.factors_by_name) == {"bpce factor", "natixis factor"}


def test_every_problem_is_told_with_its_line(books: Books) -> None:
    books.mapping_path.write_text(
        "seller: {name: Atelier}\n"
        "sales: {default: Sales}\n"
        "vat: {twenty: Liabilities:VAT}\n"
        "factors: {natixis: [X]}\n"
        "debtors: {dupont: [X]}\n"
        "colour: blue\n"
    )
    problems = [f"{p.line}: {p.key}" for p in read_mapping(books.mapping_path).problems]
    assert problems == [
        "1: seller.identifiers",
        "1: suspense",
        "2: sales.default",
        "3: vat.twenty",
        "4: factors.natixis",
        "5: debtors.dupont",
        "6: colour",
    ]


def test_the_contract_files_problems_are_told_too(books: Books) -> None:
    books.edit("contracts.yaml", "currency: EUR", "currency: euros")
    file = read_mapping(books.mapping_path)
    assert file.mapping is None
    assert [str(p).rpartition("contracts.yaml:")[2] for p in file.problems] == [
        '4: contracts.bpce.currency: "euros" is not a currency: expected a currency such as EUR'
    ]


def test_a_missing_file_is_one_problem(books: Books) -> None:
    books.mapping_path.unlink()
    problems = read_mapping(books.mapping_path).problems
    assert len([p for p in problems if p.filename == str(books.mapping_path)]) == 1


def test_one_identifier_for_two_debtors_is_a_problem(books: Books) -> None:
    books.edit("import.yaml", '["C-0042"]', '["c 0042", "404 833 048"]')
    (problem,) = read_mapping(books.mapping_path).problems
    assert problem.text == 'debtors.MARTIN: "404 833 048" is DUPONT already'


@pytest.mark.parametrize(
    ("category", "rate", "sales", "vat"),
    [
        ("S", "20.00", "Income:Sales", "Liabilities:VAT:20"),
        ("S", "5.5", "Income:Sales", "Liabilities:VAT:55"),
        ("K", "0", "Income:Sales:Europe", None),
        ("S", "8.5", "Income:Sales", None),
    ],
)
def test_accounts_by_rate(
    books: Books, category: str, rate: str, sales: str, vat: str | None
) -> None:
    mapping = books.mapping()
    line = VatLine(category, Decimal(rate), Decimal(100), Decimal(0))
    assert mapping.sales.find(line) == sales
    assert mapping.vat.find(line) == vat


def test_a_seller_is_known_by_any_identifier_that_implies_its_own(books: Books) -> None:
    seller = books.mapping().seller
    assert seller.is_party(Party("X", ("55210055400013",)))
    assert seller.is_party(Party("X", (), "FR 80 552100554"))
    assert not seller.is_party(Party("Atelier du Marais", ("404833048",)))


def test_a_seller_without_identifiers_is_known_by_its_name(books: Books) -> None:
    seller = books.mapping().seller
    assert seller.is_party(Party("ATELIER DU MARAIS"))
    assert not seller.is_party(Party("Atelier du Temple"))


@pytest.mark.parametrize(
    ("buyer", "debtor"),
    [
        (DUPONT, "DUPONT"),
        (Party("Quelqu'un", ("C0042",)), "MARTIN"),
        (Party("dupont & fils"), "DUPONT"),
        (Party("Café des Arts, SARL"), "CAFE-DES-ARTS-SARL"),
        (Party("3M France"), "3M-FRANCE"),
        (Party("Ἀθῆναι"), "ΑΘΗΝΑΙ"),
        (Party("東京商事"), "X-東京商事"),
    ],
)
def test_a_buyers_account(books: Books, buyer: Party, debtor: str) -> None:
    assert Customers(books.mapping()).account(buyer) == f"Assets:Clients:{debtor}"


def test_an_establishment_listed_by_its_siret_is_a_debtor_of_its_own(books: Books) -> None:
    books.edit("import.yaml", "  MARTIN:", '  DUPONT-LYON: ["40483304800022"]\n  MARTIN:')
    assert Customers(books.mapping()).account(DUPONT) == "Assets:Clients:DUPONT-LYON"
    other = replace(DUPONT, identifiers=("40483304800014",))
    assert Customers(books.mapping()).account(other) == "Assets:Clients:DUPONT"


def test_a_buyer_that_is_two_debtors_is_refused(books: Books) -> None:
    buyer = Party("Dupont", ("404833048", "C-0042"))
    with pytest.raises(DocumentRefusedError, match="which is DUPONT and MARTIN by its ident"):
        Customers(books.mapping()).account(buyer)


def test_two_companies_of_one_name_do_not_share_an_account(books: Books) -> None:
    mapping = books.mapping()
    first, second = Party("Durand", ("732829320",)), Party("DURAND", ("443061841",))
    entry = document_entry(replace(INVOICE, buyer=first), mapping, Customers(mapping), "f")
    customers = Customers(mapping, [entry])
    assert customers.account(replace(first, name="durand")) == "Assets:Clients:DURAND"
    with pytest.raises(DocumentRefusedError, match=r"DURAND is Durand \(732829320\)") as refusal:
        customers.account(second)
    assert "import.yaml, line 4" in str(refusal.value)


def test_a_name_does_not_fall_upon_a_listed_debtor(books: Books) -> None:
    with pytest.raises(DocumentRefusedError, match="a debtor of other identifiers"):
        Customers(books.mapping()).account(Party("Martin", ("732829320",)))


@given(st.text())
@example("²")
@example("Ⅻ ½")
@example("ŉ")
def test_whatever_the_name_its_account_is_valid(name: str) -> None:
    component = account_component(name)
    assert component is None or account.is_valid(f"Assets:Clients:{component}")


def test_a_siren_is_read_from_siret_and_vat_number() -> None:
    assert legal_identity(Party("X", ("55210055400013",))) == "552100554"
    assert legal_identity(Party("X", (), "FR80552100554", "FR")) == "552100554"
    assert legal_identity(Party("X", ("123456789",), "BE0404616494", "BE")) == "BE0404616494"
    assert legal_identity(Party("X", ("C-1",))) is None


def test_nine_digits_that_are_no_siren_imply_none() -> None:
    assert identifier_keys(Party("X", ("552100555", "12345678900011"))) == (
        "552100555",
        "12345678900011",
    )


def test_several_contract_files_are_read(books: Books) -> None:
    text = (books.folder / "contracts.yaml").read_text()
    (books.folder / "old ones.yaml").write_text(text.replace("bpce:", "old:"))
    books.edit("import.yaml", "seller:", "contract: contracts.yaml 'old ones.yaml'\nseller:")
    assert [contract.name for contract in books.mapping().contracts] == ["bpce", "old"]


def test_a_quotation_mark_that_is_never_closed_is_a_problem(books: Books) -> None:
    books.edit("import.yaml", "seller:", "contract: it's.yaml\nseller:")
    problems = read_mapping(books.mapping_path).problems
    assert problems[0].key == "contract"
    assert "expected one file name or several" in problems[0].message
