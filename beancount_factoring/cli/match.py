"""`bean-factor match`: receipts in suspense with their candidates; the choice, written."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

from beancount_factoring.cli.options import format_option
from beancount_factoring.cli.options import ledger_argument
from beancount_factoring.cli.options import no_cache_option

if TYPE_CHECKING:
    from beancount_factoring.importers.mapping.mapping import ImportMapping
    from beancount_factoring.importers.suspense import Suspended
    from beancount_factoring.importers.suspense import Suspense
    from beancount_factoring.matching.receipt import Explanation

_KEYS = ("receipt", "file", "line", "date", "amount", "currency", "payee", "text", "reason", "sure")
_CANDIDATE = ("choice", "documents", "debtor", "match", "confidence")


@click.command()
@ledger_argument
@click.option(
    "--choose",
    "choices",
    multiple=True,
    metavar="RECEIPT=CHOICE",
    help="Settle a receipt (its link, or line) by a candidate's number, or by document numbers"
    " with commas between them. May be repeated.",
)
@click.option("--sure", is_flag=True, help="Settle the receipts whose match leaves no doubt.")
@format_option
@no_cache_option
def match(
    ledger: Path, choices: tuple[str, ...], sure: bool, output_format: str, no_cache: bool
) -> None:
    """List receipts in suspense with their candidates, and write the choice into the ledger.

    On a terminal each receipt is asked for. Only the lines of the chosen receipts change.
    """
    from beancount_factoring.cli.ledgers import load_ledger
    from beancount_factoring.cli.match_writing import write_choices
    from beancount_factoring.importers.mapping.mapping_reader import read_mapping
    from beancount_factoring.importers.run import mapping_path_of
    from beancount_factoring.importers.suspense import Suspense

    loaded = load_ledger(ledger, no_cache=no_cache)
    file = read_mapping(mapping_path_of(ledger, loaded.options))
    if file.mapping is None:
        for problem in file.problems:
            click.echo(str(problem), err=True)
        click.get_current_context().exit(1)
    suspense = Suspense(loaded.entries, file.mapping)
    chosen = _chosen(suspense, choices)
    if sure:
        _add_sure(chosen, suspense)
    asked = output_format == "text" and not choices and not sure and _is_terminal()
    if asked:
        chosen = _asked(suspense, file.mapping)
    elif not chosen:
        _echo(suspense.receipts, file.mapping, output_format)
    if chosen:
        write_choices(loaded, file.mapping, list(chosen.values()))
    loaded.finish()


_Chosen = dict[str, "tuple[Suspended, Explanation, bool]"]


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _chosen(suspense: Suspense, choices: Sequence[str]) -> _Chosen:
    """Return what the options choose; anything that cannot be is wrong usage."""
    chosen: _Chosen = {}
    for choice in choices:
        name, equals, what = choice.rpartition("=")
        suspended = suspense.named(name.strip())
        if not equals or not what.strip():
            message = f"{choice!r} chooses nothing: write RECEIPT=1 or RECEIPT=F2026-0001"
            raise click.BadParameter(message, param_hint="--choose")
        if suspended is None:
            message = f"{name!r} is no receipt in suspense: the list has their names"
            raise click.BadParameter(message, param_hint="--choose")
        if suspended.name in chosen:
            raise click.BadParameter(f"{name} is chosen twice", param_hint="--choose")
        try:
            found = _explanation(suspense, suspended, what)
        except ValueError as error:
            raise click.BadParameter(f"{choice}: {error}", param_hint="--choose") from None
        chosen[suspended.name] = (suspended, found, True)
    return chosen


def _add_sure(chosen: _Chosen, suspense: Suspense) -> None:
    """Add the matches that leave no doubt; where two settle the same document, the first."""
    taken = {number for _each, found, _by in chosen.values() for number in found.numbers}
    for each in suspense.receipts:
        if (
            each.is_sure
            and each.name not in chosen
            and taken.isdisjoint(each.candidates[0].numbers)
        ):
            chosen[each.name] = (each, each.candidates[0], False)
            taken.update(each.candidates[0].numbers)


def _explanation(suspense: Suspense, suspended: Suspended, what: str) -> Explanation:
    """Return the candidate of a number, or the settlement of the documents that are named.

    Raises `ValueError` where it is neither.
    """
    numbers = [part.strip() for part in what.split(",") if part.strip()]
    if len(numbers) == 1 and numbers[0].isdigit():
        place = int(numbers[0])
        if 1 <= place <= len(suspended.candidates):
            return suspended.candidates[place - 1]
    return suspense.choose(suspended, numbers)


def _asked(suspense: Suspense, mapping: ImportMapping) -> _Chosen:
    """Ask for each receipt."""
    chosen: _Chosen = {}
    for suspended in suspense.receipts:
        _echo_receipt(suspended, mapping)
        while True:
            answer = click.prompt(
                "candidate, document numbers, Enter to leave it, q to end",
                default="",
                show_default=False,
            ).strip()
            if answer in {"", "q"}:
                break
            try:
                found = _explanation(suspense, suspended, answer)
            except ValueError as error:
                click.echo(f"{error}")
                continue
            chosen[suspended.name] = (suspended, found, True)
            break
        if answer == "q":
            break
    if not suspense.receipts:
        click.echo("no receipt waits in suspense")
    return chosen


def _echo(receipts: Sequence[Suspended], mapping: ImportMapping, output_format: str) -> None:
    """Print the receipts with their candidates."""
    from beancount_factoring.cli.tables import counted
    from beancount_factoring.cli.tables import echo_csv
    from beancount_factoring.cli.tables import echo_json
    from beancount_factoring.spreadsheets import harmless

    rows = [_row(each, mapping) for each in receipts]
    if output_format == "json":
        echo_json(rows)
    elif output_format == "csv":
        lines = []
        for row in rows:
            cells = [row[key] for key in _KEYS]
            for candidate in row["candidates"] or [{}]:
                documents = "; ".join(
                    f"{part['document']} {part['amount']}"
                    for part in candidate.get("documents", ())
                )
                debtors = "; ".join(
                    dict.fromkeys(part["debtor"] for part in candidate.get("documents", ()))
                )
                told = (candidate.get("choice"), documents, debtors)
                more = (candidate.get("match"), candidate.get("confidence"))
                line = [*cells, *told, *more]
                lines.append([harmless(c) if isinstance(c, str) else c for c in line])
        echo_csv((*_KEYS, *_CANDIDATE), lines)
    else:
        for each in receipts:
            _echo_receipt(each, mapping)
        count = counted(len(receipts), "receipt")
        sure = sum(each.is_sure for each in receipts)
        click.echo(f"{count} in suspense" + (f", {sure} without doubt (--sure)" if sure else ""))


def _row(suspended: Suspended, mapping: ImportMapping) -> dict[str, Any]:
    """Return a receipt as JSON has it."""
    from beancount_factoring.currencies import with_decimals
    from beancount_factoring.importers.matched import debtor_of

    entry, receipt = suspended.entry, suspended.waiting.receipt
    currency = receipt.currency

    def money(amount: Any) -> str:
        return str(with_decimals(amount, currency))

    return {
        "receipt": suspended.name,
        "file": entry.meta["filename"],
        "line": entry.meta["lineno"],
        "date": entry.date.isoformat(),
        "amount": money(receipt.amount),
        "currency": currency,
        "payee": entry.payee,
        "text": entry.narration,
        "reason": suspended.reason,
        "sure": suspended.is_sure,
        "candidates": [
            {
                "choice": place,
                "documents": [
                    {
                        "document": part.number,
                        "debtor": debtor_of(part.account, mapping),
                        "amount": money(part.amount),
                    }
                    for part in each.settlements
                ],
                "discounts": [
                    {"document": part.number, "amount": money(part.amount)}
                    for part in each.discounts
                ],
                "differences": [
                    {"kind": part.kind, "account": part.account, "amount": money(part.amount)}
                    for part in each.differences
                ],
                "match": each.how,
                "confidence": str(each.confidence),
            }
            for place, each in enumerate(suspended.candidates, 1)
        ],
    }


def _echo_receipt(suspended: Suspended, mapping: ImportMapping) -> None:
    """Print a receipt and its candidates as text."""
    from beancount_factoring.cli.tables import one_line
    from beancount_factoring.importers.matched import candidate_text

    row = _row(suspended, mapping)
    payee = f"{row['payee']}: " if row["payee"] else ""
    head = f"{row['date']}  {row['amount']} {row['currency']}  {payee}{row['text']}"
    click.echo(one_line(head))
    click.echo(one_line(f"    {row['receipt']} ({Path(row['file']).name}:{row['line']})"))
    click.echo(one_line(f"    {'sure' if suspended.is_sure else 'waits'}: {row['reason']}"))
    for place, each in enumerate(suspended.candidates, 1):
        text = candidate_text(each, mapping)
        click.echo(one_line(f"    {place}  {each.confidence}  {text}"))
