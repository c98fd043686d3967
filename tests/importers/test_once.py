"""Each bank movement once and only once: whatever the formats, the cuts and the order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from beancount.core import data

from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.entries.statement_entries import Extracted
from beancount_factoring.importers.entries.statement_entries import StatementFile
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.run import run_import
from beancount_factoring.importers.run import write_entries
from tests.importers import statement_writers as write
from tests.importers.firm import INVOICE
from tests.importers.firm import Books
from tests.importers.firm import camt
from tests.importers.firm import cfonb
from tests.importers.firm import day
from tests.importers.firm import line
from tests.importers.firm import statement


class Ledger:
    """Books into which statements are imported one after the other, in any format."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.entries: list[data.Directive] = []
        self.lacking: list[str] = []

    def take(self, source: str, *statements: Statement) -> list[Extracted]:
        """Import a file; return what it gives, its balances left aside."""
        booking = Booking(self._books.mapping(), self.entries)
        extracted = booking.statements(StatementFile(f"{source}.txt", source, statements))
        self.lacking = booking.lacking
        self.entries += [each.entry for each in extracted if each.known is None]
        return [each for each in extracted if isinstance(each.entry, data.Transaction)]

    def booked(self) -> int:
        return sum(isinstance(entry, data.Transaction) for entry in self.entries)


@pytest.fixture
def ledger(books: Books) -> Ledger:
    return Ledger(books)


def new(extracted: Iterable[Extracted]) -> list[data.Transaction]:
    return [
        each.entry
        for each in extracted
        if each.known is None and isinstance(each.entry, data.Transaction)
    ]


def hows(extracted: Iterable[Extracted]) -> list[str]:
    return [each.remark for each in extracted]


def partial(found: Statement) -> Statement:
    """Return the statement as a notification: without balances, and of a part of the day."""
    return replace(
        found,
        opening=None, opening_date=None, closing=None, closing_date=None, is_partial=True,
    )  # fmt: skip


DUPONT = line("2026-01-09", "50.00", "VIR DUPONT", end_to_end_id="E2E-0001")
MARTIN = line("2026-01-09", "50.00", "VIR MARTIN", end_to_end_id="E2E-0002")


def test_three_formats_of_which_each_lacks_something(ledger: Ledger) -> None:
    ledger.take("CAMT.054", partial(statement(DUPONT)))
    assert len(new(ledger.take("CAMT.053", statement(DUPONT, MARTIN)))) == 1
    cfonb_lines = (line("2026-01-09", "50.00", "A"), line("2026-01-09", "50.00", "B"))
    assert new(ledger.take("CFONB 120", statement(*cfonb_lines))) == []
    assert new(ledger.take("OFX", statement(*reversed(cfonb_lines)))) == []
    assert ledger.booked() == 2


def test_what_another_format_has_is_listed_with_where(ledger: Ledger) -> None:
    ledger.take("CAMT.053", statement(line("2026-01-09", "50.00", "A")))
    (known,) = ledger.take("OFX", statement(line("2026-01-09", "50.00", "B")))
    assert known.known is ledger.entries[0]
    assert known.remark == "CAMT.053 has it"


def test_identifiers_tell_which_of_two_equal_movements_it_is(ledger: Ledger) -> None:
    ledger.take("CAMT.053", statement(DUPONT, MARTIN))
    (known,) = ledger.take("CFONB 120", partial(statement(MARTIN._replace(text="X"))))
    assert known.known is ledger.entries[1]
    assert known.remark == "CAMT.053 has its identifier"


def test_a_cut_identifier_is_the_same_one(ledger: Ledger) -> None:
    whole = DUPONT._replace(end_to_end_id="E2E-000000000001-SEPTEMBER")
    ledger.take("CAMT.053", statement(whole))
    cut = DUPONT._replace(text="X", end_to_end_id="E2E-000000000001")
    assert new(ledger.take("CFONB 120", statement(cut))) == []


@pytest.mark.parametrize(
    "other",
    [
        {"end_to_end_id": "E2E-0009"},
        {"end_to_end_id": "", "counterparty_iban": "DE79370400440123619900"},
    ],
)
def test_contradicting_identifiers_are_in_doubt(ledger: Ledger, other: dict[str, str]) -> None:
    own = DUPONT._replace(counterparty_iban="FR7610011000201234567890188")
    ledger.take("CAMT.053", statement(own))
    extracted = ledger.take("CFONB 120", statement(own._replace(text="X", **other)))  # type: ignore[arg-type]  # texts alone
    (entry,) = new(extracted)
    assert entry.flag == "!"
    assert entry.postings[1].account == "Assets:Suspense"
    assert entry.postings[1].meta is not None
    what = "end-to-end id" if other["end_to_end_id"] else "counterparty"
    reason = f"perhaps the movement of CAMT.053.txt, line 0 (CAMT.053): another {what}"
    assert entry.postings[1].meta["reason"] == reason
    assert hows(extracted) == [reason]


def test_a_movement_in_doubt_settles_nothing(books: Books, ledger: Ledger) -> None:
    ledger.entries.append(Booking(books.mapping()).document(INVOICE, "invoice.xml").entry)
    receipt = line("2026-02-01", "700.00", "F2026-0001", end_to_end_id="E2E-0001")
    ledger.take("CAMT.053", statement(receipt))
    other = receipt._replace(text="X F2026-0001", end_to_end_id="E2E-0002")
    (entry,) = new(ledger.take("CFONB 120", statement(other)))
    assert [posting.account for posting in entry.postings[1:]] == ["Assets:Suspense"]


def test_notifications_with_other_identifiers_are_other_movements(ledger: Ledger) -> None:
    ledger.take("CAMT.054", partial(statement(DUPONT)))
    (entry,) = new(ledger.take("CAMT.054", partial(statement(MARTIN))))
    assert entry.narration == "VIR MARTIN"
    assert new(ledger.take("CAMT.053", statement(DUPONT, MARTIN))) == []


def test_the_notifications_of_a_file_hold_different_parts_of_a_day(ledger: Ledger) -> None:
    fee = partial(statement(line("2026-01-09", "-1.00", "FRAIS")))
    other = partial(statement(line("2026-01-09", "-1.00", "FRAIS"), DUPONT))
    assert len(new(ledger.take("CAMT.054", fee, other))) == 3
    assert new(ledger.take("CAMT.054", other, other)) == []
    named = partial(statement(line("2026-01-10", "-1.00", "FRAIS", bank_id="B7")))
    again = replace(named, lines=(*named.lines, DUPONT))
    assert len(new(ledger.take("CAMT.054", named, again))) == 1


def test_another_day_with_an_identifier_is_the_same_movement(ledger: Ledger) -> None:
    booked = DUPONT._replace(value_date=day("2026-01-08"))
    ledger.take("CAMT.053", statement(booked))
    valued = DUPONT._replace(date=day("2026-01-08"), text="X")
    (known,) = ledger.take("MT940", statement(valued))
    assert known.remark == "CAMT.053 has its identifier"


def test_another_day_without_an_identifier_is_in_doubt(ledger: Ledger) -> None:
    lines = [line("2026-01-08", "1.00"), line("2026-01-12", "2.00")]
    booked = line("2026-01-10", "50.00", "VIR")._replace(value_date=day("2026-01-09"))
    ledger.take("CAMT.053", statement(lines[0], booked, lines[1]))
    valued = line("2026-01-09", "50.00", "X")
    extracted = ledger.take("MT940", statement(lines[0], valued, lines[1]))
    (entry,) = new(extracted)
    assert entry.flag == "!"
    assert (
        hows(extracted)[1]
        == "perhaps the movement of CAMT.053.txt, line 0 (CAMT.053): on 2026-01-10"
    )


def test_equal_movements_of_neighbouring_days_are_no_doubt(ledger: Ledger) -> None:
    fees = [
        line(f"2026-01-{number:02}", "-10.00", "FRAIS")._replace(
            value_date=day(f"2026-01-{number + 1:02}")
        )
        for number in (8, 9, 10, 11)
    ]
    ledger.take("CAMT.053", statement(*fees))
    others = [fee._replace(text="COMMISSION", value_date=None) for fee in fees]
    assert new(ledger.take("CFONB 120", statement(*others))) == []


def test_a_corrected_text_is_the_same_movement(ledger: Ledger) -> None:
    daily = statement(DUPONT, line("2026-01-09", "7.00", "FRAIS"))
    ledger.take("CAMT.053", daily)
    corrected = (DUPONT._replace(text="VIR DUPONT SARL"), daily.lines[1])
    extracted = ledger.take("CAMT.053", replace(daily, lines=corrected))
    assert new(extracted) == []
    assert hows(extracted) == ["written anew", ""]


def test_a_corrected_statement_of_one_movement_is_told_by_its_balance(ledger: Ledger) -> None:
    ledger.take("CAMT.053", statement(line("2026-01-09", "50.00", "VIR DUPNT")))
    extracted = ledger.take("CAMT.053", statement(line("2026-01-09", "50.00", "VIR DUPONT")))
    assert hows(extracted) == ["written anew"]


def test_the_next_page_is_no_correction(ledger: Ledger) -> None:
    ledger.take("CAMT.053", statement(line("2026-01-09", "50.00", "VIR DUPONT")))
    page = statement(line("2026-01-09", "50.00", "VIR MARTIN"), opening="50.00")
    assert len(new(ledger.take("CAMT.053", page))) == 1


def test_a_corrected_amount_is_new_and_the_wrong_one_is_told(ledger: Ledger) -> None:
    before, after = line("2026-01-08", "1.00"), line("2026-01-10", "2.00")
    ledger.take("CAMT.053", statement(before, line("2026-01-09", "50.00", "VIR"), after))
    corrected = statement(before, line("2026-01-09", "55.00", "VIR"), after)
    (entry,) = new(ledger.take("CAMT.053", corrected))
    assert str(entry.postings[0].units) == "55.00 EUR"
    assert ledger.lacking == [
        "CAMT.053.txt, line 0 has 2026-01-09 50.00 EUR VIR, and this file has not"
    ]


def test_another_balance_of_a_day_is_told(books: Books, ledger: Ledger) -> None:
    ledger.take("CAMT.053", statement(DUPONT))
    booking = Booking(books.mapping(), ledger.entries)
    other = statement(DUPONT, line("2026-01-09", "7.00"))
    extracted = booking.statements(StatementFile("b.xml", "CAMT.053", (other,)))
    assert extracted[-1].remark == "the ledger has 50.00 EUR (CAMT.053.txt, line 0)"


def test_generated_transactions_are_no_movements(ledger: Ledger) -> None:
    (entry,) = new(ledger.take("CAMT.053", statement(DUPONT)))
    generated = entry._replace(meta={**entry.meta, "factoring-id": "bpce/2026-01/sweep"})
    ledger.entries = [generated]
    assert len(new(ledger.take("CFONB 120", statement(DUPONT)))) == 1


BATCH = line("2026-01-09", "1250.00", "REMISE", bank_id="B7")._replace(
    details=(
        line("2026-01-09", "1200.00", "F2026-0001", end_to_end_id="E1", counterparty="DUPONT"),
        line("2026-01-09", "50.00", "inconnu", reference="RF18", counterparty="MARTIN"),
    )
)


def test_a_batch_is_one_transaction_with_a_posting_for_each_payment(
    books: Books, ledger: Ledger
) -> None:
    ledger.entries.append(Booking(books.mapping()).document(INVOICE, "invoice.xml").entry)
    (entry,) = new(ledger.take("CAMT.053", statement(BATCH)))
    assert entry.flag == "!"
    assert [(posting.account, str(posting.units), posting.meta) for posting in entry.postings] == [
        ("Assets:Bank:Shared", "1250.00 EUR", None),
        (
            "Assets:Clients:DUPONT",
            "-1200.00 EUR",
            {
                "settles": "F2026-0001",
                "counterparty": "DUPONT",
                "end-to-end-id": "E1",
                "text": "F2026-0001",
                "match": "number F2026-0001",
                "confidence": "0.9999",
            },
        ),
        (
            "Assets:Suspense",
            "-50.00 EUR",
            {
                "reason": "no open invoice named",
                "counterparty": "MARTIN",
                "reference": "RF18",
                "text": "inconnu",
            },
        ),
    ]


def test_a_batch_is_known_where_its_sum_was_booked(ledger: Ledger) -> None:
    ledger.take("MT940", statement(line("2026-01-09", "1250.00", "SAMMLER")))
    assert new(ledger.take("CAMT.053", statement(BATCH))) == []
    assert new(ledger.take("CAMT.054", partial(statement(BATCH)))) == []


def test_charges_within_a_payment_go_to_their_account(books: Books, ledger: Ledger) -> None:
    ledger.entries.append(Booking(books.mapping()).document(INVOICE, "invoice.xml").entry)
    paid = line("2026-02-01", "1195.00", "F2026-0001")
    receipt = paid._replace(charges=-(INVOICE.total - paid.amount))
    (waiting,) = new(Ledger(books).take("CAMT.053", statement(receipt)))
    assert waiting.postings[1].meta == {
        "reason": "charges of 5.00 EUR taken off: no `charges:` in import.yaml"
    }
    books.edit("import.yaml", "suspense:", "charges: Expenses:Bank\nsuspense:")
    (entry,) = new(ledger.take("CAMT.053", statement(receipt)))
    assert [(posting.account, str(posting.units)) for posting in entry.postings] == [
        ("Assets:Bank:Shared", "1195.00 EUR"),
        ("Expenses:Bank", "5.00 EUR"),
        ("Assets:Clients:DUPONT", "-1200.00 EUR"),
    ]
    assert str(entry.meta["charges"]) == "5.00 EUR"


def test_one_run_reads_four_formats_of_one_week_once(books: Books) -> None:
    week = statement(
        line("2026-01-08", "20.00", "VIR A", bank_id="0000011111"),
        line("2026-01-09", "50.00", "VIR B", bank_id="0000022222"),
        line("2026-01-09", "50.00", "VIR C", bank_id="0000033333"),
        line("2026-01-12", "-7.00", "FRAIS TENUE DE COMPTE", bank_id="0000044444"),
    )
    valued = replace(
        week,
        number="1",
        lines=tuple(each._replace(value_date=each.date, code="NTRF") for each in week.lines),
    )
    notification = camt(week).replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")
    notification = notification.replace("<Stmt>", "<Ntfctn>").replace("</Stmt>", "</Ntfctn>")
    start, end = notification.index("<Bal>"), notification.rindex("</Bal>") + len("</Bal>")
    books.add("week.xml", camt(week))
    books.add("notification.xml", notification[:start] + notification[end:])
    books.add("week.cfonb", cfonb(week))
    books.add("week.sta", write.mt940(valued, "\n"))
    books.add("week.ofx", write.ofx(replace(week, closing=None, closing_date=None), version=1))
    run = run_import(books.ledger, [books.documents])
    assert [file.refused for file in run.files if file.refused] == []
    assert sum(isinstance(entry, data.Transaction) for entry in run.entries) == 4
    files = {file.path.name: file for file in run.files}
    assert files["notification.xml"].new == 4
    assert {name: len(file.left_out) for name, file in files.items() if file.known} == {
        "week.xml": 5,
        "week.cfonb": 4,
        "week.sta": 5,
        "week.ofx": 4,
    }
    (first, *_others) = files["week.cfonb"].remarks
    assert first.endswith("left out, notification.xml, line 2 has it (CAMT.054 has it)")
    write_entries(run.into, run.entries)
    again = run_import(books.ledger, [books.documents])
    assert again.entries == ()
    assert all(file.new == 0 for file in again.files)
