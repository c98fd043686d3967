"""A document's life, by example: each day with its amounts, and why it is not funded."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from beancount_factoring.reports.explain_document import DocumentLife
from beancount_factoring.reports.explain_document import document_life
from beancount_factoring.reports.explain_document import lives
from beancount_factoring.reports.source import report_source
from tests.conftest import ACCOUNTS
from tests.conftest import CONTRACT
from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import contract_with
from tests.ledger_text import credit_note
from tests.ledger_text import invoice
from tests.ledger_text import line_of
from tests.ledger_text import payment
from tests.ledger_text import text
from tests.ledger_text import until
from tests.reports.ledgers import DURAND
from tests.reports.ledgers import EVENTFUL
from tests.reports.ledgers import OTHER_ACCOUNTS
from tests.reports.ledgers import OTHER_CONTRACT
from tests.reports.ledgers import TERMS


def life_of(
    loaded: Loaded, number: str, day: str | None = None, *, errors: int = 0
) -> DocumentLife:
    assert len(loaded.messages) == errors, loaded.messages
    source = report_source(loaded.entries, loaded.options)
    (on,) = source.on(None if day is None else datetime.date.fromisoformat(day))
    return document_life(source, on, number)


def written(life: DocumentLife) -> str:
    """Write the steps: date, what happened, amount; open, with the factor, in hand, in transit."""
    return "\n".join(
        f"{step.date} {step.text} {step.amount}: {step.open:.0f} {step.factor:.0f}"
        f" {step.in_hand:.0f} {step.in_transit:.0f}"
        for step in life.steps
    )


@pytest.fixture
def eventful(load: Load) -> Loaded:
    return load(EVENTFUL, TERMS, accounts=ACCOUNTS + DURAND)


def test_an_invoice_paid_in_two_parts_less_a_credit_note_and_a_discount(eventful: Loaded) -> None:
    assert written(life_of(eventful, "F1")) == text("""
        2026-01-05 invoice, due 2026-01-10 1000.00: 1000 0 0 0
        2026-01-05 invoice, due 2026-02-10 2000.00: 3000 0 0 0
        2026-01-09 remitted to the factor 3000.00: 3000 3000 0 0
        2026-01-12 lowered by credit note A1 200.00: 2800 3000 0 200
        2026-01-13 received 500.00: 2300 3000 500 200
        2026-01-14 swept by the factor 500.00: 2300 2500 0 200
        2026-01-16 credit notes and reductions on it remitted -200.00: 2300 2300 0 0
        2026-01-27 reduced without cash 10.00: 2290 2300 0 10
        2026-01-30 credit notes and reductions on it remitted -10.00: 2290 2290 0 0
    """)


def test_each_step_has_its_line_its_transactions_and_its_cost(eventful: Loaded) -> None:
    steps = life_of(eventful, "F0").steps
    assert [step.transactions for step in steps] == [
        (),
        ("bpce/2026-01/remittance", "bpce/2026-01/commission"),
        ("bpce/2026-01-20/collection/F0",),
        ("bpce/2026-01-21/sweep",),
    ]
    remitted = steps[1]
    assert (remitted.remittance, remitted.commission) == ("bpce/2026-01", Decimal("3.20"))
    assert remitted.places[0].key == "remittance"
    booked, received = line_of(eventful, "Before the contract"), line_of(eventful, "More than it")
    assert [steps[place].places[0].line for place in (0, 2)] == [booked, received]


def test_a_dispute_a_default_and_what_came_later(eventful: Loaded) -> None:
    life = life_of(eventful, "F2")
    assert written(life) == text("""
        2026-01-06 invoice, due 2026-01-16 5000.00: 5000 0 0 0
        2026-01-09 remitted to the factor 5000.00: 5000 5000 0 0
        2026-01-14 disputed 5000.00: 5000 5000 0 0
        2026-01-21 received 1000.00: 4000 5000 1000 0
        2026-01-22 swept by the factor 1000.00: 4000 4000 0 0
        2026-02-04 in default: the seller bears 1600.00 4000.00: 4000 0 0 0
        2026-02-10 received after the default: 1600.00 to the seller's share 2500.00: 1500 900 900 0
        2026-02-11 swept by the factor 900.00: 1500 0 0 0
    """)
    assert [step.doubtful for step in life.steps[5:7]] == [Decimal("1600.00"), Decimal("0.00")]
    (reason,) = life.not_funded
    assert (reason.amount, reason.text) == (Decimal("1500.00"), "in default since 2026-02-04")


def test_a_refused_dispute_is_no_part_of_its_life_and_no_reason(load: Load) -> None:
    disputes = """
2026-01-07 custom "factoring" "resolve" "bpce" "F1"
2026-01-08 custom "factoring" "dispute" "bpce" "F1" ; the true one
2026-01-09 custom "factoring" "dispute" "bpce" "F1"
"""
    loaded = load(invoice("2026-01-06", "F1", "1000.00") + disputes)
    life = life_of(loaded, "F1", errors=2)
    assert written(life) == text("""
        2026-01-06 invoice, due 2026-02-05 1000.00: 1000 0 0 0
        2026-01-08 disputed 1000.00: 1000 0 0 0
        2026-01-09 remitted to the factor 1000.00: 1000 1000 0 0
    """)
    (reason,) = life.not_funded
    assert reason.text == "disputed: disputed since 2026-01-08"
    assert [place.line for place in reason.places] == [line_of(loaded, "the true one")]


def test_a_dispute_before_the_invoice_s_date_is_refused(load: Load) -> None:
    dispute = '\n2026-01-06 custom "factoring" "dispute" "bpce" "F1"\n'
    life = life_of(load(dispute + invoice("2026-01-08", "F1", "1000.00")), "F1", errors=1)
    assert written(life) == "2026-01-08 invoice, due 2026-02-07 1000.00: 1000 0 0 0"


def test_a_dispute_that_ends_and_begins_again(load: Load) -> None:
    disputes = """
2026-01-12 custom "factoring" "dispute" "bpce" "F1"
2026-01-14 custom "factoring" "resolve" "bpce" "F1"
2026-01-16 custom "factoring" "dispute" "bpce" "F1"
"""
    loaded = load(invoice("2026-01-06", "F1", "1000.00") + disputes)
    life = life_of(loaded, "F1")
    assert [f"{step.date} {step.text}" for step in life.steps[2:]] == [
        "2026-01-12 disputed",
        "2026-01-14 the dispute is over",
        "2026-01-16 disputed",
    ]
    assert [reason.text for reason in life.not_funded] == ["disputed: disputed since 2026-01-16"]
    assert life_of(loaded, "F1", "2026-01-13").not_funded[0].places[0].line == line_of(
        loaded, '"dispute"'
    )


def test_what_comes_before_a_document_s_date_settles_it_then_and_a_return(eventful: Loaded) -> None:
    assert written(life_of(eventful, "F6")) == text("""
        2026-01-08 150.00 received before its date: a credit of MARTIN until then 0.00: 0 0 0 0
        2026-01-26 invoice, due 2026-02-02 450.00: 450 0 0 0
        2026-01-26 settled by what came before its date 150.00: 300 0 0 0
        2026-01-30 remitted to the factor 300.00: 300 300 0 0
        2026-02-03 returned by the factor: the claim is the firm's again 300.00: 300 0 0 0
        2026-02-18 received 300.00: 0 0 0 0
    """)


def test_an_overpayment_that_bounces(eventful: Loaded) -> None:
    assert written(life_of(eventful, "F7")).splitlines()[3:] == [
        "2026-02-12 received; 100.00 beyond it is a credit of DUPONT 1100.00: 0 1100 1100 0",
        "2026-02-13 swept by the factor 1100.00: 0 0 0 0",
        (
            "2026-02-17 taken back; 100.00 beyond it lowers the credits of DUPONT -1100.00:"
            " 1100 0 -1100 0"
        ),
        "2026-02-18 the factor gives back -1100.00: 1100 1100 0 0",
    ]


def test_a_second_payment_of_a_settled_invoice_is_seen(load: Load) -> None:
    paid = payment("2026-01-12", "F1", "1000.00") + payment("2026-01-19", "F1", "1000.00")
    life = life_of(load(invoice("2026-01-06", "F1", "1000.00") + paid), "F1")
    assert written(life).splitlines()[-1] == (
        "2026-01-19 received; 1000.00 beyond it is a credit of DUPONT 0.00: 0 0 0 0"
    )


def test_credit_notes_have_lives_too(eventful: Loaded) -> None:
    assert written(life_of(eventful, "A1")) == text("""
        2026-01-12 credit note on F1 200.00: 0 0 0 0
        2026-01-12 lowers F1 200.00: 0 0 0 200
        2026-01-16 remitted -200.00: 0 0 0 0
    """)
    assert written(life_of(eventful, "A2")) == text("""
        2026-01-14 credit note 400.00: 400 0 0 400
        2026-01-16 remitted -400.00: 400 -400 0 0
        2026-01-21 used 400.00: 0 -400 -400 0
        2026-01-22 the factor gives back -400.00: 0 0 0 0
    """)
    assert written(life_of(eventful, "A3")) == text("""
        2026-01-09 credit note on F7, dated 2026-01-28: a credit of DUPONT until then 100.00:\
 0 0 0 0
        2026-01-28 lowers F7 100.00: 0 0 0 0
    """)


def test_a_document_keeps_its_share_of_a_revolving_fund(load: Load) -> None:
    paid = invoice("2026-01-06", "F1", "1000.00") + payment("2026-01-13", "F1", "600.00")
    loaded = load(paid + until("2026-01-14"), "guarantee_fund: {rate: 0.10, build: revolving}")
    life = life_of(loaded, "F1")
    assert [(step.text, step.guarantee) for step in life.steps[2:]] == [
        ("guarantee fund: retained", Decimal("100.00")),
        ("received", Decimal("100.00")),
        ("swept by the factor", Decimal("100.00")),
        ("guarantee fund: released", Decimal("40.00")),
    ]


def test_a_posted_reserve_names_the_documents_that_enter_and_leave_it(load: Load) -> None:
    contract = contract_with("reserve: Assets:Factor:Reserve") + "    funding: {reserve: posted}\n"
    disputed = """
2026-01-13 custom "factoring" "dispute" "bpce" "F1"
2026-01-15 custom "factoring" "resolve" "bpce" "F1"
"""
    ledger = invoice("2026-01-06", "F1", "1000.00") + disputed + until("2026-01-15")
    life = life_of(load(ledger, contract=contract), "F1")
    assert [(str(step.date), step.text) for step in life.steps[2:]] == [
        ("2026-01-13", "disputed"),
        ("2026-01-13", "reserve: retained"),
        ("2026-01-15", "the dispute is over"),
        ("2026-01-15", "reserve: released"),
    ]


def test_the_close_gives_an_open_claim_back(load: Load) -> None:
    closed = '\n2026-01-20 custom "factoring" "close" "bpce"\n'
    life = life_of(load(invoice("2026-01-06", "F1", "1000.00") + closed), "F1")
    last = life.steps[-1]
    assert (last.text, last.transactions) == (
        "back to the firm at the close",
        ("bpce/2026-01-20/close",),
    )
    (term,) = life.not_funded
    assert (term.text, term.rule) == (
        "the firm's again since 2026-01-20",
        "rules.md, section 3, Close",
    )


class TestWhyItIsNotFunded:
    def why(self, loaded: Loaded, number: str, day: str | None = None) -> list[str]:
        life = life_of(loaded, number, day)
        return [f"{term.amount} {term.text}" for term in life.not_funded]

    def test_reasons_of_an_assigned_invoice(self, eventful: Loaded) -> None:
        assert self.why(eventful, "F7") == [
            (
                "50.00 unallocated: of 1100.00 open; DUPONT: 50.00 of credits settle no document;"
                " before that 3100.00 eligible: 3390.00 open less 290.00 overdue"
            ),
            (
                "550.00 over limit: of 1100.00 open less 50.00 of credits that settle no document,"
                " under today's limit, 2000.00 of it used by documents before; DUPONT: a limit of"
                " 2500.00; before that 3050.00 eligible: 3390.00 open less 290.00 overdue, 50.00 of"
                " credits that settle no document"
            ),
        ]
        assert self.why(eventful, "F2", "2026-01-15") == [
            "5000.00 disputed: disputed since 2026-01-14"
        ]

    def test_what_the_factor_gave_back_cites_the_line_that_says_so(self, load: Load) -> None:
        ledger = (
            invoice("2026-01-06", "F1", "1000.00")
            + invoice("2026-01-06", "F2", "200.00")
            + invoice("2026-01-06", "F3", "30.00")
            + invoice("2026-01-06", "F4", "4.00")
            + payment("2026-01-13", "F4", "4.00")
            + text("""
                2026-01-19 custom "factoring" "default" "bpce" "F1"
                2026-01-20 custom "factoring" "return" "bpce" "F2"
                2026-01-21 custom "factoring" "close" "bpce"
            """)
            + payment("2026-01-22", "F4", "-4.00")
        )
        loaded = load(ledger)
        for number, why, kind in (
            ("F1", "in default since 2026-01-19", "default"),
            ("F2", "the firm's again since 2026-01-20", "return"),
            ("F3", "the firm's again since 2026-01-21", "close"),
            # Paid before the close; the payment bounces after it.
            ("F4", "the contract was closed on 2026-01-21", "close"),
        ):
            (term,) = life_of(loaded, number).not_funded
            assert term.text == why
            assert [place.line for place in term.places] == [line_of(loaded, f'"{kind}"')]

    def test_funded_in_full_or_settled(self, eventful: Loaded) -> None:
        assert self.why(eventful, "F0", "2026-01-12") == []
        assert self.why(eventful, "F0") == []

    def test_a_debtor_that_is_never_assigned(self, eventful: Loaded) -> None:
        assert self.why(eventful, "F3") == [
            "300.00 DURAND is not assigned under this contract",
        ]

    def test_an_unused_credit_note_of_its_debtor_is_no_reason(self, load: Load) -> None:
        ledger = (
            invoice("2026-01-06", "F1", "1000.00")
            + invoice("2026-01-07", "F2", "150.00")
            + credit_note("2026-01-12", "A9", "200.00")
        )
        loaded = load(ledger)
        for number, amount in (("F1", "50.00"), ("F2", "150.00")):
            life = life_of(loaded, number)
            assert life.not_funded == ()
            (term,) = life.taken_off
            assert str(term.amount) == amount
            assert term.text == (
                "credit notes of DUPONT that are not used yet (A9), taken off its last documents"
                " first"
            )
            assert [place.line for place in term.places] == [line_of(loaded, "Credit note A9")]
        assert life_of(loaded, "F2", "2026-01-11").taken_off == ()

    def test_before_its_remittance(self, eventful: Loaded) -> None:
        assert self.why(eventful, "F1", "2026-01-08") == [
            "1000.00 waits for the remittance of 2026-01-09",
            "2000.00 waits for the remittance of 2026-01-09",
        ]

    def test_under_declared_remittances(self, load: Load) -> None:
        loaded = load(invoice("2026-01-06", "F1", "1000.00"), "remittance: {every: declared}")
        assert self.why(loaded, "F1") == ["1000.00 waits for a remittance"]

    def test_after_the_contract_s_end(self, load: Load) -> None:
        ledger = invoice("2026-01-20", "F1", "1000.00")
        assert self.why(load(ledger, "end: 2026-01-16"), "F1") == [
            "1000.00 dated after the contract's end, 2026-01-16"
        ]

    def test_not_dated_yet(self, eventful: Loaded) -> None:
        life = life_of(eventful, "F7", "2026-01-20")
        assert (life.steps, life.items, life.not_funded) == ((), (), ())


def test_two_contracts_in_turn_each_tell_their_part(load: Load) -> None:
    first = CONTRACT.format(start="2026-01-05", treatment="derecognition", source="generated")
    ledger = invoice("2026-01-06", "F1", "1000.00") + (
        '\n2026-01-20 custom "factoring" "close" "bpce"\n' + until("2026-02-09")
    )
    loaded = load(
        ledger,
        contract=first + OTHER_CONTRACT.format(start="2026-01-21"),
        accounts=ACCOUNTS + OTHER_ACCOUNTS,
    )
    assert loaded.messages == []
    source = report_source(loaded.entries, loaded.options)
    told = {life.contract: written(life) for life in lives(source, source.on(), "F1")}
    assert "remitted to the factor" in told["other"]
    (one,) = lives(source, source.on(name="bpce"), "F1")
    assert (
        written(one).splitlines()[-1]
        == "2026-01-20 back to the firm at the close 1000.00: 1000 0 0 0"
    )
