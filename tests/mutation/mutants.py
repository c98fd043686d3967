"""One fact changed: dropped, doubled, or one of its words altered."""

from __future__ import annotations

import datetime
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.mutation.facts import CLIENTS
from tests.mutation.facts import Fact
from tests.mutation.facts import facts_of
from tests.mutation.ledgers import TOP
from tests.mutation.ledgers import Ledger
from tests.oracle.model import DIGITS
from tests.oracle.model import Dated
from tests.oracle.model import always

UNKNOWN = "F-UNKNOWN"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A ledger with one fact changed: of which kind, how, and the fact's text before and after."""

    kind: str
    how: str
    ledger: Ledger
    before: str = ""
    after: str = ""
    file: str = TOP
    start: int = 0

    @property
    def lines(self) -> range:
        """The lines of the changed fact in its file, what stands below it included."""
        first = self.ledger.files[self.file].count("\n", 0, self.start) + 1
        return range(first, first + max(2, self.after.count("\n") + 1))


def mutants_of(
    ledger: Ledger, fact: Fact, known: list[Fact], rng: random.Random
) -> Iterator[Mutant]:
    """Yield every mutation of a fact; what takes its place is chosen among other facts' words."""
    changes = {"dropped": "", "doubled": f"{fact.text.rstrip()}\n\n{fact.text}"}
    changes |= dict(_altered(ledger, fact, known, rng))
    for how, text in changes.items():
        if text == fact.text:
            continue
        whole = ledger.files[fact.file]
        changed = whole[: fact.start] + text + whole[fact.start + len(fact.text) :]
        files = {**ledger.files, fact.file: changed}
        yield Mutant(
            fact.kind, how, replace(ledger, files=files), fact.text, text, fact.file, fact.start
        )


def chosen(ledger: Ledger, each: int, seed: int) -> list[Mutant]:
    """Return the mutants of some facts of each kind, and of the contract's terms."""
    rng = random.Random(seed)
    known = list(facts_of(ledger.files))
    kinds: dict[str, list[Fact]] = {}
    for fact in known:
        kinds.setdefault(fact.kind, []).append(fact)
    mutants = [*mutants_of_terms(ledger)]
    for facts in kinds.values():
        for fact in rng.sample(facts, min(each, len(facts))):
            mutants += mutants_of(ledger, fact, known, rng)
    return mutants


def _altered(
    ledger: Ledger, fact: Fact, known: list[Fact], rng: random.Random
) -> Iterator[tuple[str, str]]:
    text = fact.text
    day = datetime.date.fromisoformat(text[:10])
    for days in (1, -1, 40):
        yield f"date {days:+d}", f"{day + datetime.timedelta(days=days)}{text[10:]}"
    yield "amount", _amount(ledger, fact)
    yield "debtor", _debtor(fact, known, rng)
    numbers = [number for other in known for number in other.numbers if number not in text]
    others = [number for number in numbers if number.startswith("F")]
    for key in ("invoice", "credit-note"):
        yield f"{key} unknown", _named(text, key, UNKNOWN)
        yield f"{key} another's", _named(text, key, rng.choice(numbers))
    for key in ("settles", "credits"):
        yield f"{key} unknown", _named(text, key, UNKNOWN)
        yield f"{key} another", _named(text, key, rng.choice(others))
        yield f"{key} left out", _without(text, rf'{key}: ".*"')
    yield "document", _event(text, rng.choice(others))
    for days in (-5, 30):
        yield f"due {days:+d}", _due(text, days)
    yield "due left out", _without(text, "due: .*")
    if fact.kind == "remit":
        yield "figures left out", text.partition("\n")[0] + "\n"


def _amount(ledger: Ledger, fact: Fact) -> str:
    """Raise a fact's amount by one minor unit, its other side with it; a balance's by 1.

    Beancount lets a balance pass that is wrong by a minor unit.
    """
    unit = (
        Decimal(1)
        if fact.kind == "balance"
        else Decimal(1).scaleb(-DIGITS[ledger.contract.currency])
    )
    if not (postings := fact.postings):
        return (
            re.sub(
                r"(-?\d+(?:\.\d+)?)( [A-Z]{3})?$",
                lambda m: f"{Decimal(m[1]) + (unit if m[2] else Decimal('0.001'))}{m[2] or ''}",
                fact.text.rstrip("\n"),
                count=1,
                flags=re.MULTILINE,
            )
            + "\n"
        )
    first = next((posting for posting in postings if posting.is_customers), postings[0])
    other = next((posting for posting in reversed(postings) if posting is not first), None)
    delta = -unit if first.is_negative else unit
    text = fact.text
    changes = [(first, delta)] + ([(other, -delta)] if other else [])
    for posting, delta in sorted(changes, key=lambda change: -change[0].start):
        line = text[posting.start : posting.end]
        changed = line.replace(posting.amount, str(Decimal(posting.amount) + delta))
        text = text[: posting.start] + changed + text[posting.end :]
    return text


def _debtor(fact: Fact, known: list[Fact], rng: random.Random) -> str:
    """Move a fact to another customer's account."""
    found = re.search(rf"{CLIENTS}:(\S+)", fact.text)
    if found is None or fact.kind == "balance":
        return fact.text
    accounts = {p.account for other in known for p in other.postings if p.is_customers}
    other = rng.choice(sorted(accounts - {found[0]}))
    return fact.text.replace(found[0], other)


def _without(text: str, metadata: str) -> str:
    return re.sub(rf"^[ \t]+{metadata}\n", "", text, count=1, flags=re.MULTILINE)


def _named(text: str, key: str, number: str) -> str:
    return re.sub(rf'^([ \t]+{key}): ".*"', rf'\1: "{number}"', text, count=1, flags=re.MULTILINE)


def _event(text: str, number: str) -> str:
    names = "dispute|resolve|return|default"
    return re.sub(rf'^(\S+ custom "factoring" "(?:{names})" "\w+") ".*"', rf'\1 "{number}"', text)


def _due(text: str, days: int) -> str:
    def moved(match: re.Match[str]) -> str:
        due = datetime.date.fromisoformat(match[2]) + datetime.timedelta(days=days)
        return f"{match[1]}{due}"

    return re.sub(r"^([ \t]+due: )(\S+)", moved, text, count=1, flags=re.MULTILINE)


def mutants_of_terms(ledger: Ledger) -> Iterator[Mutant]:
    """Yield a ledger for each term of its contract, changed by a little."""
    contract, unit = ledger.contract, 10 ** DIGITS[ledger.contract.currency]
    little = Fraction(1, 100)
    changed: dict[str, Any] = {
        "recourse": _each(contract.recourse, lambda rate: rate / 2),
        "fund_rate": _each(contract.fund_rate, lambda rate: rate + little),
        "commission_rate": _each(contract.commission_rate, lambda rate: rate + little),
        "commission_vat": _each(contract.commission_vat, lambda rate: rate + little),
        "margin": _each(contract.margin, lambda rate: rate + little),
        "interest_vat": _each(contract.interest_vat, lambda rate: rate + little),
        "per_document": _each(contract.per_document, lambda least: least + unit),
        "per_year": _each(contract.per_year, lambda least: least + 1000 * unit),
        "ceiling": always(20000 * unit),
        "overdue": always(5),
        "concentration": always(Fraction(1, 8)),
        "default_limit": always(5000 * unit),
        "terms": contract.terms + 7,
        "basis": 725 - contract.basis,
        "funding_days": contract.funding_days + 1,
        "sweep": contract.sweep + 1,
        "exclude": (*contract.exclude, "HOTELAZUR", "ALPHA"),
        "model": "advance-rate" if contract.model == "guarantee-fund" else "guarantee-fund",
        "base": "funds-in-use" if contract.base == "draws" else "draws",
        "start": contract.start + datetime.timedelta(days=7),
    }
    for name, value in changed.items():
        yield Mutant(
            "contract",
            name,
            replace(ledger, contract=replace(contract, **{name: value}), terms=None),
        )


def _each(dated: Dated[Any], change: Any) -> Dated[Any]:
    return Dated(tuple((day, change(value)) for day, value in dated.steps))
