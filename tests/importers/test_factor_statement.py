"""A factor's own statement, line by line: its words, its events, the real files."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core import data
from hypothesis import given
from hypothesis import strategies as st

from beancount_factoring.importers.banks.cfonb120 import read_cfonb120
from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.entries.statement_entries import StatementFile
from beancount_factoring.importers.mapping.factor_words import KNOWN_WORDS
from beancount_factoring.importers.mapping.factor_words import FactorWord
from beancount_factoring.importers.mapping.factor_words import FactorWords
from beancount_factoring.importers.mapping.factor_words import LineKind
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.mapping_reader import read_mapping
from beancount_factoring.importers.mapping.parties import name_key
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine
from beancount_factoring.importers.run import formatted
from tests.importers.factor_firm import CONTRACTS
from tests.importers.firm import IMPORT
from tests.importers.firm import LEDGER
from tests.importers.firm import Books
from tests.importers.firm import new_books
from tests.importers.real_files import RealFiles
from tests.importers.real_files import refusal

_FILES = RealFiles("cfonb120")

# As the factor's own statements have them: joined without a blank, cut at 31 and at 62 characters.
_LABELS = {
    "ACHAT REMISE DE FACTURES  REMISE N 2793426": (LineKind.PURCHASE, False, "2793426"),
    "ACHAT REMISE D AVOIRS REMISE N 2715010": (LineKind.CREDIT_NOTES, False, "2715010"),
    "COMMISSION D AFFACTURAGE SUR REMISE N 2793426": (LineKind.COMMISSION, False, "2793426"),
    "COMMISSION SUR REMISE D AVOIRS REMISE N 2715010": (LineKind.COMMISSION, False, "2715010"),
    "TVA SUR COMMISSION D AFFACTURAGE SUR REMISE N 1": (LineKind.COMMISSION, True, "1"),
    "TVA SUR COMMISSION SUR REMISE D AVOIRS REMISE N 2": (LineKind.COMMISSION, True, "2"),
    "PRELEVEMENT DE FG 20.00P SUR REMISE N 2793426": (LineKind.GUARANTEE, False, "2793426"),
    "RESTITUTION FONDS DE GARANTIE": (LineKind.GUARANTEE, False, None),
    "REPRISE DE FACTURES INDISPONIBLES  REMISE N 27934": (LineKind.RESERVE, False, "27934"),
    "FACTURE F1 GARANTIE DEVENANT FINANCABLE GARANTIE": (LineKind.RESERVE, False, None),
    "FACTURE 86 NON GARANTIE DEVENANT FINANCABLE NON G": (LineKind.RESERVE, False, None),
    "PRECOMPTE DE COMM. DE FINANCEMENT   VIREMENT N 5": (LineKind.INTEREST, False, None),
    "TVA SUR PRECOMPTE DE COMM. DE FINANCEMENT": (LineKind.INTEREST, True, None),
    "COMM. DE FINANCEMENT COMPLEMENTAIRE ARRETES DE LA": (LineKind.INTEREST, False, None),
    "FRAIS D AVIS DE LITIG MOIS DE JUIN 2023": (LineKind.CHARGE, False, None),
    "TVA SUR FRAIS D AVIS DE LITIG MOIS DE JUIN 2023": (LineKind.CHARGE, True, None),
    "FRAIS DEMANDE D AGREMENT PERIODE   JUIN 2023": (LineKind.CHARGE, False, None),
    "FRAIS DE GESTION DE CONTRAT EN LIGNE": (LineKind.CHARGE, False, None),
    "VIREMENT BANCAIRE EN VOTRE FAVEURN 5441552    VIREMENT N 54415": (LineKind.DRAW, False, None),
    "MONTANT FINANCE  PAR VIREMENT 5441552": (LineKind.FINANCED, False, None),
    "MONTANT AVIS DE CREDIT  PAYE PAR VIREMENT  5295341": (LineKind.FINANCED, False, None),
    "MONTANT AVIS DE DEBIT  SOUSTRAIT DU FINANCEMENT": (LineKind.FINANCED, False, None),
    "VIREMENT RECU  FACTURE N F2023-0335": (LineKind.PAYMENT, False, None),
    "RESTITUTION REGLEMENT VIR CLIENT 777 571.60": (LineKind.RETURNED, False, None),
}


@pytest.mark.parametrize("label", _LABELS)
def test_the_factors_words_are_known(label: str) -> None:
    said = FactorWords().said(label)
    assert said is not None
    assert (said.kind, said.is_vat, said.remittance) == _LABELS[label]


def test_every_known_word_is_written_as_it_is_compared_and_says_where_it_is_from() -> None:
    assert len({word.words for word in KNOWN_WORDS}) == len(KNOWN_WORDS)
    for word in KNOWN_WORDS:
        assert name_key(word.words) == word.words
        assert word.meaning
        assert word.source in {"EBICS", "GLOSSARY"}


@pytest.mark.parametrize("label", ["", "PRIME EXCEPTIONNELLE", "RECOMMISSION D AFFACTURAGE", "TVA"])
def test_other_words_are_not(label: str) -> None:
    said = FactorWords().said(label)
    assert said is None or said.kind is None


def test_a_factors_own_words_go_before_the_known_ones() -> None:
    own = FactorWord("virement recu nivellement", LineKind.SWEPT, "", "import.yaml")
    said = FactorWords([own]).said("VIREMENT REÇU - NIVELLEMENT DU 12")
    assert said is not None
    assert said.kind is LineKind.SWEPT


STATEMENTS = """\
factor_statements:
  bnp:
    current: {}
    financing: {}
"""
OPENING = """
2020-01-01 open Assets:Factor:Reserve EUR
2020-01-01 open Liabilities:Factor:Borrowing EUR
2020-01-01 open Equity:Opening EUR

2023-03-02 * "What the factor owed before"
  Assets:Factor:Current  77317.88 EUR
  Equity:Opening
"""


@pytest.fixture
def firm(tmp_path: Path) -> Books:
    """Return books of 2023 with the accounts of the real statements."""
    books = new_books(tmp_path)
    (tmp_path / "contracts.yaml").write_text(CONTRACTS.replace("2026-01-05", "2023-01-02"))
    accounts = STATEMENTS.format("18020 00001 00410GXLT01", "18020 00001 00410GXLT11")
    (tmp_path / "import.yaml").write_text(IMPORT.replace("bpce: [", "bnp: [") + accounts)
    (tmp_path / "main.beancount").write_text(LEDGER.replace("2026-01-01", "2020-01-01") + OPENING)
    return books


def columns(path: Path) -> dict[str, dict[str, list[tuple[str, Decimal]]]]:
    """Return a file's movements by account and entry number: label and amount, by columns alone."""
    found: dict[str, dict[str, list[tuple[str, Decimal]]]] = defaultdict(lambda: defaultdict(list))
    for row in path.read_text().split("\n"):
        if row.startswith("04"):
            amount = row[90:104]
            sign = -1 if amount[-1] in "}JKLMNOPQR" else 1
            last = ("}JKLMNOPQR" if sign < 0 else "{ABCDEFGHI").index(amount[-1])
            cents = sign * int(amount[:-1] + str(last))
            found[row[21:32]][row[81:88]].append((row[48:79], Decimal(cents) / 100))
    return found


def test_the_real_file_of_two_accounts_gives_each_event_once(firm: Books) -> None:
    path = _FILES.path("bnp-paribas-factor-two-accounts.txt")
    movements = columns(path)["00410GXLT01"]["2059801"]
    by_label = {label[:9]: amount for label, amount in movements}
    assert len(movements) == 3
    entries, _errors = firm.load()
    file = StatementFile(str(path), "CFONB 120", read_cfonb120(path))
    extracted = [each.entry for each in Booking(firm.mapping(), entries).statements(file)]
    draw, interest, balance = extracted
    assert isinstance(interest, data.Custom)
    assert [str(value.value) for value in interest.values] == [
        "interest",
        "bnp",
        f"{-by_label['PRECOMPTE']} EUR",
    ]
    assert str(interest.meta["vat"]) == f"{-by_label['TVA SUR P']} EUR"
    assert interest.meta["event"] == "2059801"
    assert isinstance(draw, data.Transaction)
    assert [(posting.account, str(posting.units)) for posting in draw.postings] == [
        ("Assets:Factor:Current", f"{by_label['VIREMENT ']} EUR"),
        ("Assets:Bank:Transit", f"{-by_label['VIREMENT ']} EUR"),
    ]
    assert draw.date == interest.date == datetime.date(2023, 3, 6)
    assert draw.meta["value-date"] == datetime.date(2023, 3, 4)
    assert isinstance(balance, data.Balance)
    assert (balance.date, str(balance.amount)) == (datetime.date(2023, 3, 7), "0.00 EUR")


def test_the_real_file_proves_the_ledgers_balance(firm: Books) -> None:
    path = _FILES.path("bnp-paribas-factor-two-accounts.txt")
    entries, _errors = firm.load()
    file = StatementFile(str(path), "CFONB 120", read_cfonb120(path))
    booking = Booking(firm.mapping(), entries)
    with (firm.folder / "imported.beancount").open("w") as ledger:
        ledger.write(formatted([each.entry for each in booking.statements(file)]))
    _entries, errors = firm.load()
    assert errors == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bnp-paribas-factor-does-not-balance.txt", "does not add up: opening -1225.85 + 2 lines"),
        ("bnp-paribas-factor-malformed-no-footer.txt", "is no CFONB 120 record"),
    ],
)
def test_the_other_real_files_are_refused_in_one_line(name: str, reason: str) -> None:
    assert reason in refusal(read_cfonb120, _FILES.path(name))


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("  bnx: {current: A1}", "bnx: is no contract: expected bnp"),
        ("  bnp: {financing: A1}", "bnp.current: is missing"),
        ("  bnp: {current: A1, financing: a-1}", "is the account of bnp.current already"),
        ("  bnp: {current: A1, words: {prime: bonus}}", 'prime: "bonus" is not known: expected'),
        ("  bnp: {current: A1, words: {'--': charge}}", "has no word"),
    ],
)
def test_what_is_wrong_in_the_mapping_is_told_with_its_line(
    firm: Books, written: str, problem: str
) -> None:
    text = IMPORT.replace("bpce: [", "bnp: [") + f"factor_statements:\n{written}\n"
    firm.mapping_path.write_text(text)
    problems = [str(each) for each in read_mapping(firm.mapping_path).problems]
    assert any(problem in each for each in problems), problems


_AMOUNTS = st.decimals(-(10**7), 10**7, places=2)
_TEXTS = st.sampled_from([*_LABELS, "PRIME", "TVA", "", "TVA SUR PRIME"]) | st.text(max_size=40)
_LINES = st.builds(
    StatementLine,
    date=st.dates(datetime.date(2023, 1, 2), datetime.date(2023, 1, 6)),
    value_date=st.none(),
    amount=_AMOUNTS,
    text=_TEXTS,
    entry_number=st.none() | st.sampled_from(["1", "2"]),
    position=st.integers(1, 99),
)


def mapping_with(folder: Path, financing: str) -> ImportMapping:
    books = new_books(folder)
    (books.folder / "contracts.yaml").write_text(CONTRACTS.replace("2026-01-05", "2023-01-02"))
    accounts = STATEMENTS.format("18020 00001 00410GXLT01", financing)
    books.mapping_path.write_text(IMPORT.replace("bpce: [", "bnp: [") + accounts)
    return books.mapping()


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> ImportMapping:
    return mapping_with(tmp_path_factory.mktemp("firm"), "none")


@pytest.fixture(scope="module")
def mapping_of_two(tmp_path_factory: pytest.TempPathFactory) -> ImportMapping:
    return mapping_with(tmp_path_factory.mktemp("firm"), "18020 00001 00410GXLT11")


@given(lines=st.lists(_LINES, max_size=12))
def test_whatever_a_current_account_shows_is_booked_to_the_cent_or_refused(
    mapping: ImportMapping, lines: list[StatementLine]
) -> None:
    """Directives and transactions together move the account by the sum of the lines."""
    total = sum((line.amount for line in lines), Decimal(0))
    statement = Statement(
        "18020 00001 00410GXLT01",
        "EUR",
        None,
        Decimal(0),
        datetime.date(2023, 1, 1),
        total,
        datetime.date(2023, 1, 6),
        tuple(lines),
    )
    file = StatementFile("factor.txt", "table", (statement,))
    try:
        extracted = Booking(mapping).statements(file)
    except DocumentRefusedError as refused:
        assert "\n" not in str(refused)  # noqa: PT017
        return
    assert sum((_moved(each.entry) for each in extracted), Decimal(0)) == total


@given(current=st.lists(_LINES, max_size=6), financing=st.lists(_LINES, max_size=6))
def test_whatever_two_accounts_show_is_read_or_refused(
    mapping_of_two: ImportMapping, current: list[StatementLine], financing: list[StatementLine]
) -> None:
    statements = tuple(
        Statement(
            f"18020 00001 00410GXLT{account}",
            "EUR",
            None,
            None,
            None,
            None,
            None,
            tuple(lines),
        )
        for account, lines in (("01", current), ("11", financing))
    )
    try:
        Booking(mapping_of_two).statements(StatementFile("factor.txt", "table", statements))
    except DocumentRefusedError as refused:
        assert "\n" not in str(refused)  # noqa: PT017


def _moved(entry: data.Directive) -> Decimal:
    """Return what an entry moves on the current account, as the plugin books it."""
    if isinstance(entry, data.Transaction):
        return sum(
            (
                posting.units.number or Decimal(0)
                for posting in entry.postings
                if posting.account == "Assets:Factor:Current" and posting.units
            ),
            Decimal(0),
        )
    if not isinstance(entry, data.Custom):
        return Decimal(0)
    figures = {key: entry.meta[key].number for key in _FIGURES if key in entry.meta}
    if entry.values[0].value == "remit":
        return Decimal(figures.pop("assigned") - sum(figures.values()))
    return Decimal(-entry.values[-1].value.number - figures.get("vat", 0))


_FIGURES = ("assigned", "commission", "vat", "guarantee")
