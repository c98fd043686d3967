"""Documents' lives in the formats of the commands: a table as text or CSV, and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Any
from typing import Final

import click

if TYPE_CHECKING:
    from beancount_factoring.reports.explain_document import DocumentLife
    from beancount_factoring.reports.explain_document import LifeStep

_BALANCES: Final = ("open", "factor", "in_hand", "in_transit", "doubtful", "guarantee")
# Shown as text only where a document ever has them.
_SELDOM: Final = ("doubtful", "guarantee")
_COLUMNS: Final = (
    *("contract", "document", "date", "event", "amount", "beyond", "text", "places"),
    *("remittance", "commission", "transactions", *_BALANCES),
)
_HEADINGS: Final = {
    "open": "open",
    "factor": "factor holds",
    "in_hand": "in hand",
    "in_transit": "in transit",
    "doubtful": "doubtful",
    "guarantee": "in the fund",
}


def echo_lives(lives: Sequence[DocumentLife], output_format: str, folder: str) -> None:
    """Print documents' lives in one of the formats; paths are shown from `folder`."""
    from beancount_factoring.cli.tables import echo_csv
    from beancount_factoring.cli.tables import echo_json

    if output_format == "json":
        echo_json([_as_json(life, folder) for life in lives])
    elif output_format == "csv":
        echo_csv(_COLUMNS, (row for life in lives for row in _rows(life, folder)))
    else:
        for place, life in enumerate(lives):
            if place > 0:
                click.echo()
            _echo_life(life, folder)


def _as_json(life: DocumentLife, folder: str) -> dict[str, Any]:
    from beancount_factoring.cli.explained import term_as_json
    from beancount_factoring.reports.plain import plain

    return {
        "contract": life.contract,
        "date": plain(life.date),
        "currency": life.currency,
        "document": life.document,
        "debtor": life.debtor,
        "type": plain(life.type),
        "steps": [_step_as_json(step, folder) for step in life.steps],
        "items": [item.as_json() for item in life.items],
        "not_funded": [term_as_json(term, folder) for term in life.not_funded],
        "taken_off": [term_as_json(term, folder) for term in life.taken_off],
    }


def _step_as_json(step: LifeStep, folder: str) -> dict[str, Any]:
    from beancount_factoring.cli.explained import place_as_json
    from beancount_factoring.reports.plain import plain

    return {
        "date": plain(step.date),
        "event": plain(step.event),
        "amount": plain(step.amount),
        "beyond": plain(step.beyond),
        "text": step.text,
        "places": [place_as_json(place, folder) for place in step.places],
        "remittance": step.remittance,
        "commission": plain(step.commission),
        "transactions": list(step.transactions),
        **{key: plain(getattr(step, key)) for key in _BALANCES},
    }


def _rows(life: DocumentLife, folder: str) -> Iterator[list[Any]]:
    """Yield a row for each step."""
    from beancount_factoring.spreadsheets import harmless

    for step in life.steps:
        yield [
            *(harmless(life.contract), harmless(life.document), step.date, step.event.value),
            *(step.amount, step.beyond, harmless(step.text)),
            harmless("; ".join(_places(step, folder))),
            *(harmless(step.remittance or ""), step.commission),
            harmless("; ".join(step.transactions)),
            *(getattr(step, key) for key in _BALANCES),
        ]


def _places(step: LifeStep, folder: str) -> list[str]:
    from beancount_factoring.cli.explained import place_text

    return [place_text(place, folder) for place in step.places]


def _echo_life(life: DocumentLife, folder: str) -> None:
    """Print a life as a table, then what is left at the end and why it is not funded."""
    from beancount_factoring.cli.explained import echo_terms
    from beancount_factoring.cli.tables import echo_table
    from beancount_factoring.cli.tables import one_line

    what = one_line(f"{life.document}, {life.type} of {life.debtor}")
    click.echo(f"{life.contract} on {life.date}, {life.currency}: {what}\n")
    shown = [
        key
        for key in _BALANCES
        if key not in _SELDOM or any(getattr(step, key) for step in life.steps)
    ]
    rows = [
        [
            *(str(step.date), f"{step.amount:f}", *(f"{getattr(step, key):f}" for key in shown)),
            *(_told(step), ", ".join([*_places(step, folder), *step.transactions])),
        ]
        for step in life.steps
    ]
    header = ("date", "amount", *(_HEADINGS[key] for key in shown), "what happened", "where")
    echo_table(header, rows, right=range(1, len(shown) + 2))
    click.echo()
    for item in life.items:
        due = f", due {item.due}" if item.due else ""
        click.echo(f"{item.state}: {item.open:f} of {item.amount:f} open{due}")
    if not life.items:
        click.echo("not dated yet")
    if life.not_funded:
        click.echo("not funded:\n")
        echo_terms(life.not_funded, folder)
    if life.taken_off:
        click.echo("\nnot funded either, without a reason, as it lowers the outstanding too:\n")
        echo_terms(life.taken_off, folder)


def _told(step: LifeStep) -> str:
    """Say what happened, with the remittance's number and its commission."""
    remittance = f", remittance {step.remittance}" if step.remittance else ""
    commission = f", commission {step.commission:f}" if step.commission else ""
    return f"{step.text}{remittance}{commission}"
