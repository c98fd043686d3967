"""Reading `import.yaml`: every problem with file, line and key, and all of them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from beancount_factoring.contract.reader import read_contract_files
from beancount_factoring.contract.terms import Contract
from beancount_factoring.importers.mapping.factor_mapping import read_factor_statements
from beancount_factoring.importers.mapping.mapping import AccountsByRate
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.mapping import Seller
from beancount_factoring.importers.mapping.mapping import TextRule
from beancount_factoring.importers.mapping.parties import identifier_key
from beancount_factoring.importers.mapping.parties import implied_siren
from beancount_factoring.importers.mapping.parties import name_key
from beancount_factoring.importers.mapping.parties import with_implied
from beancount_factoring.importers.mapping.table_map_reader import read_tables
from beancount_factoring.importers.mapping.take_up_map import read_take_up
from beancount_factoring.matching.terms import Deduction
from beancount_factoring.matching.terms import MatchingTerms
from beancount_factoring.yaml_kinds import ACCOUNT
from beancount_factoring.yaml_kinds import AMOUNT
from beancount_factoring.yaml_kinds import BELOW_ACCOUNT
from beancount_factoring.yaml_kinds import TEXT
from beancount_factoring.yaml_kinds import Kind
from beancount_factoring.yaml_kinds import none_or
from beancount_factoring.yaml_kinds import rate
from beancount_factoring.yaml_source import Problem
from beancount_factoring.yaml_source import Section
from beancount_factoring.yaml_source import YamlSource

CONTRACT_FILE = "contracts.yaml"
"""The contract file's name where `contract:` is not written."""

_RATE = re.compile(r"(\d{1,2}(?:\.\d{1,4})?)\s*%?", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")
_DEFAULT = "default"
_MOST_DISCOUNT = rate("0", "0.1")

# `shlex.split` raises ValueError("No closing quotation").
_SHELL_WORDS = replace(
    TEXT,
    expected="one file name or several, as a shell splits words",
    convert=lambda text: shlex.join(shlex.split(TEXT.convert(text))),
)

# UNCL 5305: the categories that charge no VAT.
_CATEGORIES = frozenset({"Z", "E", "AE", "K", "G", "O"})

_RATE_OR_CATEGORY = (
    "a VAT rate in percent (20, 5.5), a category without VAT (AE, E, G, K, O, Z) or default"
)


@dataclass(frozen=True, slots=True)
class MappingFile:
    """What `import.yaml` says, `None` if there are problems; all problems, the contracts' too."""

    mapping: ImportMapping | None
    problems: tuple[Problem, ...]


def read_mapping(path: Path) -> MappingFile:
    """Read `import.yaml` and the contract files that it names; nothing is raised.

    Several are split as a shell splits words, as on the plugin's line.
    """
    if not path.exists():
        message = "is not there, beside the contract file: `bean-factor init` writes one"
        return MappingFile(None, (Problem(str(path), 1, "", f"{path.name} {message}"),))
    source = YamlSource(path)
    root = source.root
    contract_paths = shlex.split(root.optional("contract", _SHELL_WORDS, CONTRACT_FILE))
    contract_file = read_contract_files(path.parent / name for name in contract_paths)
    contracts = contract_file.contracts
    ibans, names = _factors(root, contracts, known=not contract_file.problems)
    identifiers, debtor_names = _debtors(root.section("debtors"))
    into = root.optional("into", none_or(TEXT), None)
    mapping = ImportMapping(
        filename=str(path),
        contracts=contracts,
        seller=_seller(root.section("seller")),
        receivables=_receivables(root, contracts, known=not contract_file.problems),
        debtors_by_identifier=MappingProxyType(identifiers),
        debtors_by_name=MappingProxyType(debtor_names),
        sales=_by_rate(root, "sales"),
        vat=_by_rate(root, "vat"),
        banks=MappingProxyType(_banks(root.section("banks"))),
        factors_by_iban=MappingProxyType(ibans),
        factors_by_name=MappingProxyType(names),
        texts=_texts(root.section("texts")),
        suspense=root.required("suspense", ACCOUNT),
        prepaid=root.optional("prepaid", none_or(ACCOUNT), None),
        rounding=root.optional("rounding", none_or(ACCOUNT), None),
        third_parties=root.optional("third_parties", none_or(ACCOUNT), None),
        charges=root.optional("charges", none_or(ACCOUNT), None),
        into=None if into is None else path.parent / into,
        tables=read_tables(root.section("tables")),
        take_up=read_take_up(root),
        matching=_matching(root.section("matching")),
        lines=MappingProxyType(root.lines()),
        factor_statements=MappingProxyType(
            read_factor_statements(
                root.section("factor_statements"),
                contracts,
                known=not contract_file.problems,
            )
        ),
    )
    root.finish()
    problems = (*source.problems(), *contract_file.problems)
    return MappingFile(None if problems else mapping, problems)


def _seller(section: Section) -> Seller:
    """Read the firm's own identifiers."""
    identifiers = section.listed("identifiers", TEXT) or ()
    section.check(
        bool(identifiers),
        "identifiers",
        "is missing: expected a list of the firm's own, such as its SIREN and VAT number",
    )
    return Seller(
        identifiers=frozenset(with_implied(map(identifier_key, identifiers))),
        name=section.optional("name", TEXT, None),
    )


def _receivables(root: Section, contracts: tuple[Contract, ...], *, known: bool) -> str:
    """Read the root of the customers' accounts, by default the one that all contracts share."""
    roots = list(dict.fromkeys(contract.accounts.receivables for contract in contracts))
    if "receivables" in root or len(roots) > 1:
        return root.required("receivables", ACCOUNT)
    root.check(
        bool(roots) or not known, "receivables", "is missing: expected the root of the customers'"
    )
    return roots[0] if roots else ""


def _debtors(section: Section) -> tuple[dict[str, str], dict[str, str]]:
    """Read what the documents call each debtor: debtors by identifier, and by name."""
    identifiers: dict[str, str] = {}
    names: dict[str, str] = {}
    for debtor in section.names():
        section.check_name(debtor, BELOW_ACCOUNT)
        for text in section.listed(debtor, TEXT) or ():
            key = identifier_key(text)
            for keys, each in (
                (identifiers, key),
                (identifiers, implied_siren(key) if not key.isdigit() else None),
                (names, name_key(text)),
            ):
                if not each:
                    continue
                first = keys.setdefault(each, debtor)
                section.check(first == debtor, debtor, f'"{text}" is {first} already')
    return identifiers, names


def _by_rate(root: Section, key: str) -> AccountsByRate:
    """Read accounts by VAT rate, category and `default`."""
    section = root.section(key)
    rates: dict[Decimal, str] = {}
    categories: dict[str, str] = {}
    default = None
    for name in section.names():
        account = section.required(name, ACCOUNT)
        if name == _DEFAULT:
            default = account
        elif name in _CATEGORIES:
            categories[name] = account
        else:
            rate = _RATE.fullmatch(name)
            section.check(rate is not None, name, f"is no rate: expected {_RATE_OR_CATEGORY}")
            if rate:
                rates[Decimal(rate[1])] = account
    section.check(
        bool(section.names()),
        "",
        f"is missing: expected, each with an account, {_RATE_OR_CATEGORY}",
    )
    return AccountsByRate(key, MappingProxyType(rates), MappingProxyType(categories), default)


def _banks(section: Section) -> dict[str, str]:
    """Read the ledger accounts of the firm's own bank accounts, by IBAN or account number."""
    banks: dict[str, str] = {}
    for number in section.names():
        key = identifier_key(number)
        section.check(bool(key), number, "is no IBAN and no account number")
        section.check(key not in banks, number, "stands twice, written differently")
        banks[key] = section.required(number, ACCOUNT)
    return banks


def _factors(
    root: Section, contracts: tuple[Contract, ...], *, known: bool
) -> tuple[dict[str, tuple[Contract, ...]], dict[str, tuple[Contract, ...]]]:
    """Read the factors' IBANs and names; the name in the contract counts without being listed."""
    section = root.section("factors")
    by_name = {contract.name: contract for contract in contracts}
    listed: dict[str, tuple[str, ...]] = {}
    for name in section.names():
        section.check(
            name in by_name or not known, name, f"is no contract: expected {_one_of(by_name)}"
        )
        listed[name] = section.listed(name, TEXT) or ()
    ibans: dict[str, tuple[Contract, ...]] = {}
    names: dict[str, tuple[Contract, ...]] = {}
    for contract in contracts:
        for text in dict.fromkeys((contract.factor, *listed.get(contract.name, ()))):
            iban = identifier_key(text)
            if _IBAN.fullmatch(iban):
                ibans[iban] = (*ibans.get(iban, ()), contract)
            else:
                key = name_key(text)
                names[key] = (*names.get(key, ()), contract)
    return ibans, names


def _texts(section: Section) -> tuple[TextRule, ...]:
    """Read the accounts of bank texts, the longest text first."""
    rules = []
    for text in section.names():
        words = name_key(text)
        section.check(bool(words), text, "has no word: expected some words of a bank's text")
        rules.append(TextRule(words, section.required(text, ACCOUNT)))
    return tuple(sorted(rules, key=lambda rule: (-len(rule.words), rule.words)))


def _matching(section: Section) -> MatchingTerms:
    """Read what payers may deduct from what they owe, each up to a bound."""
    return MatchingTerms(
        discount=_deduction(section, "discount", _MOST_DISCOUNT),
        charges=_deduction(section, "charges", AMOUNT),
        rounding=_deduction(section, "rounding", AMOUNT),
    )


def _deduction(section: Section, key: str, bound: Kind[Decimal]) -> Deduction | None:
    """Read the bound and the account of a deduction; `None` where it is not written."""
    if key not in section:
        return None
    inner = section.section(key)
    return Deduction(inner.required("at_most", bound), inner.required("account", ACCOUNT))


def _one_of(names: Iterable[str]) -> str:
    """Return the names of contracts as a message lists them."""
    return " or ".join(names) or "a contract of the contract file"
