"""What a generated transaction carries, for readers, for Fava and for importers."""

from __future__ import annotations

from decimal import Decimal

from beancount import loader
from beancount.core import data
from beancount.core import flags

from tests.conftest import ACCOUNTS
from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import contract_with
from tests.ledger_text import invoice
from tests.ledger_text import line_of
from tests.ledger_text import payment
from tests.ledger_text import until

YEAR = (
    '2026-01-05 custom "factoring" "index" "EURIBOR3M" 2.00\n'
    + "".join(
        invoice(f"2026-{month:02d}-06", f"F{month}", "1000.00", due=f"2026-{month + 1:02d}-06")
        + payment(f"2026-{month + 1:02d}-06", f"F{month}", "1000.00")
        for month in range(1, 6)
    )
    + payment("2026-06-08", "F1", "100.00") * 2
    + '2026-06-09 custom "factoring" "charge" "bpce" "audit" 25.00 EUR\n' * 2
    + until("2026-06-30")
)
TERMS = """
commission: {rate: 0.0040, vat: 0.20, per_year: 100}
guarantee_fund: {rate: 0.10}
interest: {index: EURIBOR3M, margin: 0.01, vat: 0}
charges: [{name: line, amount: 30, every: month, vat: 0.20}]
"""


def year(load: Load) -> Loaded:
    loaded = load(YEAR, TERMS)
    assert loaded.messages == []
    assert len(loaded.generated) > 40
    return loaded


def test_payee_flag_and_tag(load: Load) -> None:
    for txn in year(load).generated:
        assert txn.payee == "BPCE Factor"
        assert txn.flag == flags.FLAG_OKAY
        assert txn.tags == frozenset({"factoring"})
        assert txn.narration


def test_each_balances_to_the_cent(load: Load) -> None:
    for txn in year(load).generated:
        numbers = [p.units.number or Decimal(0) for p in txn.postings if p.units]
        assert sum(numbers) == 0
        assert all(numbers)
        assert all(number.as_tuple().exponent == -2 for number in numbers)
        assert all(posting.cost is None for posting in txn.postings)


def test_identifiers_are_unique_and_name_contract_and_event(load: Load) -> None:
    loaded = year(load)
    identifiers = [txn.meta["factoring-id"] for txn in loaded.generated]
    assert len(set(identifiers)) == len(identifiers)
    assert {txn.meta["factoring"] for txn in loaded.generated} == {"bpce"}
    assert all(identifier.startswith("bpce/") for identifier in identifiers)
    assert "bpce/2026-01/commission" in identifiers
    assert "bpce/2026-06-09/charge/audit-2" in identifiers


def test_numbers_that_look_like_a_second_one_keep_identifiers_apart(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + invoice("2026-01-06", "F1-2", "1000.00")
        + payment("2026-01-14", "F1", "100.00") * 2
        + payment("2026-01-14", "F1-2", "100.00")
    )
    identifiers = [txn.meta["factoring-id"] for txn in loaded.of("collection")]
    assert len(set(identifiers)) == 3


def test_identifiers_stay_when_the_ledger_grows(load: Load) -> None:
    before = [txn.meta["factoring-id"] for txn in year(load).generated]
    grown = load(YEAR + invoice("2026-07-01", "G1", "5.00") + until("2026-07-31"), TERMS)
    after = [txn.meta["factoring-id"] for txn in grown.generated]
    assert after[: len(before)] == before
    assert len(after) > len(before)


def test_links_are_those_of_the_documents_concerned(load: Load) -> None:
    loaded = load("""
        2026-01-06 * "DUPONT" "Invoice" ^F1 ^order-7
          Assets:Clients:DUPONT  1000.00 EUR
            invoice: "F1"
          Income:Sales

        2026-01-06 * "DUPONT" "Invoice" ^F2
          Assets:Clients:DUPONT  500.00 EUR
          Income:Sales

        2026-01-14 * "DUPONT" "Payment" ^bank-1
          Assets:Bank:Shared  1000.00 EUR
          Assets:Clients:DUPONT
            settles: "F1"

        2026-01-15 event "period" "week"
    """)
    both = frozenset({"F1", "order-7", "F2"})
    assert {txn.meta["factoring-event"]: txn.links for txn in loaded.generated} == {
        "remittance": both,
        "draw": frozenset(),
        "transfer": frozenset(),
        "collection": frozenset({"F1", "order-7"}),
        "sweep": frozenset({"F1", "order-7"}),
    }


def test_the_cause_of_a_collection_is_the_receipt(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + payment("2026-01-14", "F1", "1000.00")
        + until("2026-01-15")
    )
    line = line_of(loaded, "Payment of F1")
    for kind in ("collection", "sweep"):
        (txn,) = loaded.of(kind)
        assert txn.meta["factoring-source"] == f"main.beancount:{line}"
        assert txn.meta["filename"] == f"{loaded.folder}/main.beancount#factoring"
        assert txn.meta["lineno"] == line


def test_the_cause_of_what_the_contract_schedules_is_its_line_there(load: Load) -> None:
    loaded = load(invoice("2026-01-06", "F1", "1000.00") + until("2026-01-31"), TERMS_SPREAD)
    contract = (loaded.folder / "contracts.yaml").read_text().splitlines()
    causes = {
        txn.meta["factoring-event"]: contract[txn.meta["lineno"] - 1].strip()
        for txn in loaded.generated
        if txn.meta["filename"].endswith("contracts.yaml#factoring")
    }
    assert causes["guarantee"] == "guarantee_fund:"
    assert causes["interest"] == "interest:"
    assert causes["charge"].startswith("- {name: line")
    (guarantee,) = loaded.of("guarantee")
    assert guarantee.meta["factoring-source"].startswith("contracts.yaml:")


TERMS_SPREAD = """
guarantee_fund:
  rate: 0.10
interest:
  margin: 0.01
  vat: 0
charges:
  - {name: line, amount: 30, every: month, vat: 0.20}
"""


def test_the_path_of_a_cause_in_an_included_file_is_from_the_top_ledgers_folder(load: Load) -> None:
    folder = load("").folder
    (folder / "2026").mkdir()
    (folder / "2026" / "sales.beancount").write_text(invoice("2026-01-06", "F1", "1000.00"))
    (folder / "2026" / "bank.beancount").write_text(payment("2026-01-14", "F1", "1000.00"))
    loaded = load('include "2026/sales.beancount"\ninclude "2026/bank.beancount"')
    (collection,) = loaded.of("collection")
    assert collection.meta["factoring-source"] == "2026/bank.beancount:2"
    assert collection.meta["filename"] == f"{folder}/2026/bank.beancount#factoring"


def test_generated_entries_come_after_their_cause_on_the_same_day(load: Load) -> None:
    loaded = year(load)
    place = {id(entry): number for number, entry in enumerate(loaded.entries)}
    own = {
        (entry.meta["filename"], entry.meta["lineno"]): place[id(entry)]
        for entry in loaded.entries
        if "factoring-id" not in entry.meta
    }
    checked = 0
    for txn in loaded.of("collection") + loaded.of("charge"):
        cause = own.get((txn.meta["filename"].removesuffix("#factoring"), txn.meta["lineno"]))
        if cause is not None:
            assert cause < place[id(txn)]
            checked += 1
    assert checked >= 5


def test_metadata_has_only_types_that_beancount_prints(load: Load) -> None:
    for txn in year(load).generated:
        shown = {k: v for k, v in txn.meta.items() if k not in {"filename", "lineno"}}
        assert all(isinstance(value, str) for value in shown.values())
        assert set(shown) <= {
            "factoring",
            "factoring-event",
            "factoring-id",
            "factoring-source",
            "remittance",
        }


def test_generated_cash_is_no_duplicate_for_importers(load: Load) -> None:
    for txn in year(load).generated:
        for posting in txn.postings:
            is_cash = posting.account.startswith("Assets:Bank")
            assert bool(posting.meta and posting.meta.get("__automatic__")) is is_cash


def test_what_the_user_wrote_is_never_changed(load: Load) -> None:
    loaded = year(load)
    ledger = loaded.folder / "main.beancount"
    bare = ledger.read_text().split("\n", 2)
    plain = loaded.folder / "plain.beancount"
    plain.write_text("\n".join([bare[0], "", bare[2]]))
    entries, _errors, _options = loader.load_file(str(plain))
    own = [entry for entry in loaded.entries if entry not in loaded.generated]
    assert [without_filename(entry) for entry in own] == [without_filename(e) for e in entries]


def without_filename(entry: data.Directive) -> data.Directive:
    meta = {key: value for key, value in entry.meta.items() if key != "filename"}
    if isinstance(entry, data.Transaction):
        postings = [
            p._replace(meta={k: v for k, v in (p.meta or {}).items() if k != "filename"})
            for p in entry.postings
        ]
        entry = entry._replace(postings=postings)
    return entry._replace(meta=meta)


def test_a_currency_without_decimals_is_booked_without_decimals(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000").replace("EUR", "JPY") + until("2026-01-13"),
        contract=contract_with().replace("EUR", "JPY") + "    commission: {rate: 0.0045, vat: 0}\n",
        accounts=ACCOUNTS.replace("EUR", "JPY"),
    )
    assert loaded.messages == []
    (commission,) = loaded.of("commission")
    assert [p.units.number for p in commission.postings if p.units] == [Decimal(5), Decimal(-5)]
    assert str(commission.postings[0].units) == "5 JPY"
