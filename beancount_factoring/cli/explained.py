"""Explanations in the formats of the commands: sums as indented text, JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Any
from typing import Final

import click

if TYPE_CHECKING:
    from beancount_factoring.reports.explain_terms import Explanation
    from beancount_factoring.reports.explain_terms import Place
    from beancount_factoring.reports.explain_terms import Term

# As many lines of text are read without losing the thread.
_EASILY_READ: Final = 250

_COLUMNS: Final = (
    *("contract", "date", "currency", "what", "sum", "level", "amount", "text", "rule", "places"),
    *("term_date", "remittance", "transactions", "explained_by"),
)


def echo_explanations(
    told: Sequence[Explanation], output_format: str, folder: str, depth: int | None = None
) -> None:
    """Print explanations in one of the formats; paths are shown from `folder`.

    Text has `depth` levels of sums, by default as many as are easily read.
    """
    from beancount_factoring.cli.tables import echo_csv
    from beancount_factoring.cli.tables import echo_json

    if output_format == "json":
        echo_json([_as_json(each, folder) for each in told])
    elif output_format == "csv":
        echo_csv(_COLUMNS, (row for each in told for row in _rows(each, folder)))
    else:
        for place, each in enumerate(told):
            if place > 0:
                click.echo()
            _echo_sum(each, folder, depth)


def _as_json(told: Explanation, folder: str) -> dict[str, Any]:
    from beancount_factoring.reports.plain import plain

    return {
        "contract": told.contract,
        "date": plain(told.date),
        "currency": told.currency,
        "what": told.what,
        "amount": plain(told.amount),
        "terms": [term_as_json(term, folder) for term in told.terms],
        "check": [term_as_json(term, folder) for term in told.check],
    }


def term_as_json(term: Term, folder: str) -> dict[str, Any]:
    """Return a term for JSON, with those below it."""
    from beancount_factoring.reports.plain import plain

    return {
        "amount": plain(term.amount),
        "text": term.text,
        "rule": term.rule or None,
        "places": [place_as_json(place, folder) for place in term.places],
        "date": plain(term.date),
        "remittance": term.remittance,
        "transactions": list(term.transactions),
        "what": term.what,
        "terms": [term_as_json(inner, folder) for inner in term.terms],
    }


def place_as_json(place: Place, folder: str) -> dict[str, Any]:
    """Return a place for JSON; its path is relative to a folder."""
    from beancount_factoring.ledger.marks import relative_path

    file = relative_path(place.filename, folder)
    key = place.key or None
    return {"file": file, "line": place.line, "key": key, "default": place.default}


def place_text(place: Place, folder: str) -> str:
    """Write a place as `contracts.yaml:14 (guarantee_fund.rate)`."""
    from beancount_factoring.ledger.marks import relative_path

    text = f"{relative_path(place.filename, folder)}:{place.line}"
    default = ", default" if place.default else ""
    return f"{text} ({place.key}{default})" if place.key else text


def _rows(told: Explanation, folder: str) -> Iterator[list[Any]]:
    """Yield a row for each term: `level` 0 is the figure itself, 1 the terms it is the sum of."""
    from beancount_factoring.spreadsheets import harmless

    begin = [harmless(told.contract), told.date, told.currency, told.what]
    yield [*begin, "terms", 0, told.amount, told.what, *[""] * 6]
    for name, terms in (("terms", told.terms), ("check", told.check)):
        for level, term in _walk(terms):
            yield [
                *(*begin, name, level, term.amount, harmless(term.text), term.rule),
                harmless("; ".join(place_text(place, folder) for place in term.places)),
                term.date,
                harmless(term.remittance or ""),
                harmless("; ".join(term.transactions)),
                harmless(term.what or ""),
            ]


def _walk(
    terms: Iterable[Term], depth: int | None = None, level: int = 1
) -> Iterator[tuple[int, Term]]:
    """Yield terms from the top down to a depth, each with its level."""
    for term in terms:
        yield level, term
        if depth is None or level < depth:
            yield from _walk(term.terms, depth, level + 1)


def _echo_sum(told: Explanation, folder: str, depth: int | None) -> None:
    """Print a figure and its terms, then the other sum that gives it, in one level."""
    from beancount_factoring.cli.tables import one_line
    from beancount_factoring.reports.explain import ACCRUED
    from beancount_factoring.reports.explain import KEYS

    click.echo(f"{told.contract} on {told.date}, {told.currency}\n")
    amount = "none" if told.amount is None else f"{told.amount:f}"
    # A remittance's number and an event's identifier stand as they are.
    is_key = told.what in {*KEYS, ACCRUED}
    name = told.what.replace("_", " ").replace(".", ": ") if is_key else told.what
    click.echo(f"{one_line(name)}  {amount}\n")
    echo_terms(told.terms, folder, _depth(told.terms) if depth is None else depth)
    if told.check:
        click.echo("\nthe same figure, otherwise\n")
        echo_terms(told.check, folder, depth or 1)


def _depth(terms: Sequence[Term]) -> int:
    """Return how many levels of sums are easily read: one at least."""
    depth = lines = 0
    level = list(terms)
    while level and (depth == 0 or lines + len(level) <= _EASILY_READ):
        depth += 1
        lines += len(level)
        level = [inner for term in level for inner in term.terms]
    return max(1, depth)


def echo_terms(terms: Sequence[Term], folder: str, depth: int | None = None) -> None:
    """Print terms to a depth, those of a term indented below it, and say what is left out.

    A rule is named where it changes.
    """
    from beancount_factoring.cli.tables import counted
    from beancount_factoring.cli.tables import one_line

    listed = list(_walk(terms, depth))
    if not listed:
        click.echo("  nothing")
    width = max((len(_amount(term)) for _level, term in listed), default=0)
    rule = ""
    for level, term in listed:
        details = [place_text(place, folder) for place in term.places]
        if term.rule and term.rule != rule:
            details.append(term.rule)
            rule = term.rule
        details += term.transactions
        date = f"{term.date}  " if term.date else ""
        end = f"  [{', '.join(details)}]" if details else ""
        amount = f"{_amount(term):>{width}}"
        click.echo(one_line(f"{'  ' * level}{amount}  {date}{term.text}{end}"))
    hidden = sum(1 for _each in _walk(terms)) - len(listed)
    if hidden:
        click.echo(f"\n{counted(hidden, 'more term')} below these: --depth {(depth or 0) + 1}")


def _amount(term: Term) -> str:
    return "none" if term.amount is None else f"{term.amount:f}"
