"""Reading `factor_statements` of `import.yaml`: the factor's accounts and its words."""

from __future__ import annotations

from collections.abc import Sequence

from beancount_factoring.contract.terms import Contract
from beancount_factoring.importers.mapping.factor_words import FactorWord
from beancount_factoring.importers.mapping.factor_words import LineKind
from beancount_factoring.importers.mapping.mapping import FactorStatements
from beancount_factoring.importers.mapping.parties import identifier_key
from beancount_factoring.importers.mapping.parties import name_key
from beancount_factoring.yaml_kinds import TEXT
from beancount_factoring.yaml_kinds import choice_of
from beancount_factoring.yaml_kinds import none_or
from beancount_factoring.yaml_source import Section

_OWN = "import.yaml"


def read_factor_statements(
    section: Section, contracts: Sequence[Contract], *, known: bool
) -> dict[str, FactorStatements]:
    """Return the factors' statements by contract; `known` tells whether all contracts are."""
    names = {contract.name for contract in contracts}
    found: dict[str, FactorStatements] = {}
    accounts: dict[str, str] = {}
    for name in section.names():
        expected = " or ".join(sorted(names)) or "a contract of the contract file"
        section.check(name in names or not known, name, f"is no contract: expected {expected}")
        own = section.section(name)
        current = identifier_key(own.required("current", TEXT))
        written = own.optional("financing", none_or(TEXT), None)
        financing = None if written is None else identifier_key(written)
        for key, account in (("current", current), ("financing", financing)):
            first = accounts.setdefault(account, f"{name}.{key}") if account else f"{name}.{key}"
            own.check(first == f"{name}.{key}", key, f"is the account of {first} already")
        found[name] = FactorStatements(name, current, financing, _words(own.section("words")))
    return found


def _words(section: Section) -> tuple[FactorWord, ...]:
    """Return the factor's further words with their kinds."""
    words = []
    for text in section.names():
        key = name_key(text)
        section.check(bool(key), text, "has no word: expected some words of the factor's labels")
        kind = section.required(text, choice_of(LineKind))
        words.append(FactorWord(key, kind, "", _OWN))
    return tuple(words)
