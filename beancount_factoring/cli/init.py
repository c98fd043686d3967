"""`bean-factor init`: a contract, an import mapping and the accounts, for a ledger without one."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

from beancount_factoring.cli.existing import ExistingLedger
from beancount_factoring.cli.existing import existing_ledger
from beancount_factoring.cli.existing import index_of
from beancount_factoring.cli.options import LEDGER_VARIABLE
from beancount_factoring.cli.options import AskedOption

if TYPE_CHECKING:
    from beancount_factoring.cli.new_contract import NewContract

_ROOTS = ("name_assets", "name_liabilities", "name_equity", "name_income", "name_expenses")


def _rate(value: str) -> str:
    """Return a rate as it is written, as the contract file takes it; what is none is refused."""
    from beancount_factoring.yaml_kinds import rate

    kind = rate()
    text = value.strip()
    try:
        kind.convert(text)
    except ValueError as error:
        raise click.BadParameter(f'"{text}" {error}: expected {kind.expected}') from None
    return text


def _without_contract(
    ctx: click.Context, _param: click.Parameter, path: Path | None
) -> ExistingLedger | None:
    """Load the ledger before anything is asked, and end where nothing would be written."""
    from beancount_factoring.cli.new_contract import ACCOUNTS
    from beancount_factoring.cli.new_contract import CONTRACTS
    from beancount_factoring.cli.new_contract import IMPORT
    from beancount_factoring.ledger.marks import PLUGIN

    if path is None or ctx.resilient_parsing:
        return None
    for other in (path.with_name(name) for name in (CONTRACTS, IMPORT, ACCOUNTS)):
        if other.exists():
            raise click.UsageError(f"{other} is there already: nothing is written over.")
    ledger = existing_ledger(ctx, path)
    if any(module == PLUGIN for module, _config in ledger.options["plugin"]):
        raise click.UsageError(f"{path} has a factoring contract already: nothing is written.")
    return ledger


@click.command()
@click.argument(
    "ledger",
    envvar=LEDGER_VARIABLE,
    type=click.Path(dir_okay=False, path_type=Path),
    is_eager=True,
    callback=_without_contract,
)
@click.option("--factor", cls=AskedOption, prompt="The factor's name", help="The factor's name.")
@click.option("--name", help="The contract's name; by default the factor's first word.")
@click.option(
    "--start",
    cls=AskedOption,
    metavar="YYYY-MM-DD",
    type=click.DateTime(["%Y-%m-%d"]),
    prompt="The contract's first day (YYYY-MM-DD)",
    help="The contract's first day.",
)
@click.option(
    "--currency",
    cls=AskedOption,
    prompt="The contract's currency",
    default="EUR",
    help="The contract's currency.",
)
@click.option(
    "--treatment",
    cls=AskedOption,
    type=click.Choice(("derecognition", "borrowing")),
    prompt="Do assigned claims leave the receivables (derecognition), or is it a borrowing",
    default="derecognition",
    help="What the firm's books show.",
)
@click.option(
    "--source",
    cls=AskedOption,
    type=click.Choice(("statement", "generated")),
    prompt="Are draws and sweeps imported with the bank's statement, or generated",
    default="statement",
    help="Where draws and sweeps come from.",
)
@click.option(
    "--commission",
    cls=AskedOption,
    type=_rate,
    metavar="RATE",
    prompt="Commission on what is assigned",
    default="0.40 %",
    help="Its rate.",
)
@click.option(
    "--vat",
    cls=AskedOption,
    type=_rate,
    metavar="RATE",
    prompt="VAT on the commission",
    default="20 %",
    help="Its rate.",
)
@click.option(
    "--guarantee-fund",
    cls=AskedOption,
    type=_rate,
    metavar="RATE",
    prompt="Share that the factor retains as guarantee fund",
    default="10 %",
    help="Its rate.",
)
@click.option(
    "--margin",
    cls=AskedOption,
    type=_rate,
    metavar="RATE",
    prompt="Interest: margin, on the index where there is one",
    default="1.50 %",
    help="Its rate.",
)
@click.option(
    "--index",
    metavar="NAME",
    help="The index that interest follows; by default the one whose values the ledger has.",
)
@click.option(
    "--seller",
    "sellers",
    cls=AskedOption,
    multiple=True,
    prompt="The firm's own SIREN or VAT number, as its invoices give it",
    help="The firm's own SIREN or VAT number, as its invoices give it; may be repeated.",
)
@click.option(
    "--iban",
    "ibans",
    multiple=True,
    metavar="KEY=NUMBER",
    help="A bank account's number: shared=FR76..., operating=FR76...",
)
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="KEY=ACCOUNT",
    help="An account other than the usual one: shared=Assets:Banque:Affacturage",
)
@click.pass_context
def init(ctx: click.Context, /, ledger: ExistingLedger, **answers: Any) -> None:
    """Write a contract file and what belongs to it, for a ledger without one.

    Written are contracts.yaml, import.yaml and the accounts' open directives; LEDGER may be a new
    file. What is not given is asked for. Nothing is written over.
    """
    from beancount.core import data
    from beancount.parser.options import OPTIONS_DEFAULTS

    from beancount_factoring.cli.ledgers import print_errors
    from beancount_factoring.cli.new_contract import ACCOUNTS
    from beancount_factoring.cli.new_contract import CONTRACTS
    from beancount_factoring.cli.new_contract import IMPORT
    from beancount_factoring.cli.new_contract import ledger_lines

    path, options = ledger.path, ledger.options
    contract = _contract({**answers, "index": answers["index"] or index_of(ledger)}, options)
    opened = {entry.account: entry for entry in ledger.entries if isinstance(entry, data.Open)}
    day = min(
        (entry.date for entry in opened.values()), default=contract.start.replace(month=1, day=1)
    )
    day = min(day, contract.start, *(error.entry.date for error in ledger.unknown))
    new = contract.missing(opened)
    left = [error for account, error in ledger.unopened().items() if account not in new]
    if left:
        print_errors(left, path)
        ctx.exit(1)
    problems = list(contract.problems(opened, day))
    for problem in problems:
        click.echo(f"{path}:1: nothing is written: {problem}", err=True)
    if problems:
        ctx.exit(1)
    before = path.read_bytes().rstrip(b"\r\n") + b"\n\n" if path.exists() else b""
    roots = {key: options[key] for key in _ROOTS if options[key] != OPTIONS_DEFAULTS[key]}
    lines = ledger_lines(None if before else contract.currency)
    _write(
        {
            path.with_name(CONTRACTS): contract.contract_file().encode(),
            path.with_name(IMPORT): contract.import_file().encode(),
            path.with_name(ACCOUNTS): contract.accounts_file(opened, day, roots).encode(),
            # The last one: until it is written the ledger is as it was.
            path: before + lines.encode(),
        }
    )


def _contract(answers: Mapping[str, Any], options: Mapping[str, Any]) -> NewContract:
    """Return the contract that the answers describe."""
    from beancount_factoring.cli.new_contract import DEFAULT_ACCOUNTS
    from beancount_factoring.cli.new_contract import NewContract
    from beancount_factoring.contract.terms import SharedAccountSource
    from beancount_factoring.contract.terms import Treatment

    accounts = {key: _localised(name, options) for key, name in DEFAULT_ACCOUNTS.items()}
    accounts |= _pairs("--account", answers["accounts"], DEFAULT_ACCOUNTS)
    numbers = _pairs("--iban", answers["ibans"], ("shared", "operating"))
    factor: str = answers["factor"].strip()
    words = re.findall(r"[a-z0-9]+", factor.lower())
    start: datetime.datetime = answers["start"]
    return NewContract(
        name=answers["name"] or next(iter(words), "factor"),
        factor=factor,
        currency=answers["currency"],
        start=start.date(),
        treatment=Treatment(answers["treatment"]),
        source=SharedAccountSource(answers["source"]),
        accounts=accounts,
        guarantee_rate=answers["guarantee_fund"],
        commission_rate=answers["commission"],
        margin=answers["margin"],
        index=answers["index"],
        vat_rate=answers["vat"],
        identifiers=answers["sellers"],
        ibans={number: accounts[key] for key, number in numbers.items()},
    )


def _localised(account: str, options: Mapping[str, Any]) -> str:
    """Return an account below the ledger's own name of its root."""
    root, _colon, rest = account.partition(":")
    return f"{options[f'name_{root.lower()}']}:{rest}"


def _pairs(option: str, texts: Iterable[str], keys: Collection[str]) -> dict[str, str]:
    """Return KEY=VALUE texts as a mapping; another key is wrong usage."""
    pairs = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or key not in keys or not value:
            message = f"{text}: expected KEY=..., KEY one of {', '.join(keys)}"
            raise click.BadParameter(message, param_hint=option)
        pairs[key] = value
    return pairs


def _write(contents: Mapping[Path, bytes]) -> None:
    """Write all files, or none."""
    from beancount_factoring.files import write_together

    write_together(contents)
    for path in contents:
        click.echo(f"{path} written")
    click.echo("Next: read the contract file and fill in what is yours; then bean-factor check.")
