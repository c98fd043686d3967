"""A whole page: the views' names, what it is as of, what is wrong, and the view itself."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import Final

from fava.core import FavaLedger

from beancount_factoring.engine.history import Cause
from beancount_factoring.fava_ext import aged_page
from beancount_factoring.fava_ext import cost_page
from beancount_factoring.fava_ext import debtor_page
from beancount_factoring.fava_ext import links
from beancount_factoring.fava_ext import position_page
from beancount_factoring.fava_ext import remittance_page
from beancount_factoring.fava_ext import words
from beancount_factoring.fava_ext.figures import Figures
from beancount_factoring.fava_ext.loaded import LoadedFactoring
from beancount_factoring.fava_ext.pages import Asked
from beancount_factoring.fava_ext.pages import Link
from beancount_factoring.fava_ext.pages import Section
from beancount_factoring.fava_ext.tables import Table
from beancount_factoring.fava_ext.texts import _
from beancount_factoring.fava_ext.texts import said
from beancount_factoring.fava_ext.view import Filters
from beancount_factoring.fava_ext.view import View
from beancount_factoring.fava_ext.view import ViewName
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.marks import PLUGIN

_SECTIONS: Final = {
    ViewName.POSITION: position_page.sections,
    ViewName.AGED: aged_page.sections,
    ViewName.REMITTANCES: remittance_page.sections,
    ViewName.DEBTORS: debtor_page.sections,
    ViewName.COST: cost_page.sections,
}
_ERRORS: Final = 20


@dataclass(frozen=True, slots=True)
class Notice:
    """A line above the view: what a reader must know of it; `style` is `error` or `note`."""

    style: str
    text: str
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the template draws it; `begin` are the lines that a ledger begins with."""

    view: View
    figures: Figures
    views: Sequence[Link]
    contracts: Sequence[Link]
    as_of: str
    notices: Sequence[Notice]
    sections: Sequence[Section]
    begin: Sequence[str] = ()


def page_of(
    factoring: LoadedFactoring,
    ledger: FavaLedger,
    arguments: Mapping[str, str],
    *,
    hidden: bool,
) -> Page:
    """Return the page that a request asks for. Raises Fava's own errors for a wrong filter."""
    view, filters = View.of(arguments), filters_of(arguments)
    figures = Figures.of(ledger, hidden=hidden)
    notices = [*_errors(factoring)]
    if not factoring.source.contracts:
        begin = () if factoring.errors else _begin(ledger)
        return Page(view, figures, (), (), "", notices, (), begin)
    asked = Asked(factoring, figures, view, factoring.reports(filters))
    notices += _remarks(asked, filters)
    return Page(
        view,
        figures,
        [
            Link(words.view_name(name), links.view(name, contract=view.contract), name is view.name)
            for name in ViewName
        ],
        _contracts(asked),
        _as_of(asked),
        notices,
        _SECTIONS[view.name](asked),
    )


def table_of(
    factoring: LoadedFactoring, ledger: FavaLedger, arguments: Mapping[str, str]
) -> Table[Any] | None:
    """Return the table that a download asks for; `None` if the view has none of that name."""
    view, filters = View.of(arguments), filters_of(arguments)
    if not factoring.source.contracts:
        return None
    figures = Figures.of(ledger, hidden=False)
    asked = Asked(factoring, figures, view, factoring.reports(filters))
    for section in _SECTIONS[view.name](asked):
        for block in section.blocks:
            if isinstance(block, Table) and block.name == view.table:
                return block
    return None


def filters_of(arguments: Mapping[str, str]) -> Filters:
    """Return Fava's filters of an address."""
    return Filters(
        time=arguments.get("time", ""),
        account=arguments.get("account", ""),
        text=arguments.get("filter", "").strip(),
    )


def _contracts(asked: Asked) -> Sequence[Link]:
    """Return the contracts to choose from; the position shows them all."""
    if len(asked.reports) < 2 or asked.view.name is ViewName.POSITION:
        return ()
    chosen = asked.chosen
    return [
        Link(each.name, links.view(asked.view.name, contract=each.name), each is chosen)
        for each in asked.reports
    ]


def _as_of(asked: Asked) -> str:
    period, figures = asked.chosen.period, asked.figures
    day = figures.date(period.day)
    if period.since is None or asked.view.name in {ViewName.POSITION, ViewName.AGED}:
        return said(_("On {day}"), {"day": day})
    return said(_("From {since} to {day}"), {"since": figures.date(period.since), "day": day})


def _errors(factoring: LoadedFactoring) -> Iterator[Notice]:
    for error in factoring.errors[:_ERRORS]:
        yield _error(factoring, error)
    more = len(factoring.errors) - _ERRORS
    if more > 0:
        yield Notice("error", said(_("{count} more errors."), {"count": more}))


def _error(factoring: LoadedFactoring, error: FactoringError) -> Notice:
    cause = Cause(str(error.source["filename"]), int(error.source["lineno"]))
    path = Path(cause.filename)
    name = path.relative_to(factoring.folder) if path.is_relative_to(factoring.folder) else path
    href = links.source(cause)
    text = f"{name}:{cause.line}"
    if href is None:
        return Notice("error", f"{text}: {error.message}")
    return Notice("error", error.message, [Link(text, href)])


def _remarks(asked: Asked, filters: Filters) -> Iterator[Notice]:
    """Yield what a reader may not expect of the figures below."""
    period, horizon = asked.chosen.period, asked.factoring.source.horizon
    if period.day > horizon:
        last = asked.figures.date(horizon)
        until = links.until(asked.view, f"{horizon.replace(day=1)} to {last}")
        text = _("The ledger ends on {last}: nothing is generated after that day.")
        show = said(_("Show {last}"), {"last": last})
        yield Notice("note", said(text, {"last": last}), [Link(show, until)])
    if filters.selects and asked.view.name is ViewName.POSITION:
        yield Notice(
            "note", _("A position is the whole contract's: only the time filter changes it.")
        )
    elif filters.selects:
        yield Notice("note", _("Only what the account and text filters keep is shown."))


def _begin(ledger: FavaLedger) -> Sequence[str]:
    """Return the command and the line with which a ledger's contract begins."""
    name = Path(ledger.beancount_file_path).name
    return (f"bean-factor init {name}", f'plugin "{PLUGIN}" "contracts.yaml"')
