"""Who pays: the customers that a receipt's IBAN and name speak for, as the ledger has taught it.

An IBAN is learnt from the metadata of receipts that were settled, a name from the documents and
the account. Nothing is kept outside the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from decimal import InvalidOperation
from typing import Final

from beancount.core import data

from beancount_factoring.matching.names import name_words
from beancount_factoring.matching.names import plain_text
from beancount_factoring.matching.receipt import Receipt

IBAN: Final = "counterparty-iban"
"""The metadata key of a bank movement's other side."""

CONFIDENCE: Final = "confidence"
"""The metadata key of how sure a match is."""

_TEACHING: Final = Decimal("0.998")
_IBAN_OFTEN: Final = Decimal("0.01")
_IBAN_ONCE: Final = Decimal("0.1")
_IBAN_OF_SEVERAL: Final = Decimal("0.2")
_NAME: Final = Decimal("0.02")
_NAME_OF_SEVERAL: Final = Decimal("0.3")
_NAME_NEARLY: Final = Decimal("0.05")
_NAME_IN_TEXT: Final = Decimal("0.05")
_AGAINST: Final = Decimal(10)
_UNLIKE: Final = Decimal(3)
_ALIKE: Final = Decimal("0.5")

_LEAST_SCORE: Final = 90.0
_LEAST_LEAD: Final = 4.0
_LEAST_CUT: Final = 12
_TELLING_WORD: Final = 4


@dataclass(frozen=True, slots=True)
class Payer:
    """What is known of who paid: customers' accounts with the doubt of each, and in what words."""

    accounts: Mapping[str, Decimal] = field(default_factory=dict)
    how: Mapping[str, str] = field(default_factory=dict)
    alike: frozenset[str] = frozenset()
    is_told: bool = False

    def doubt(self, account: str) -> Decimal:
        """Return what the payer makes of the doubt that a customer's document is paid.

        Below 1 it speaks for the customer, above 1 against it.
        """
        known = self.accounts.get(account)
        if known is not None:
            return known
        if self.accounts:
            return _AGAINST
        if account in self.alike:
            return _ALIKE
        return _UNLIKE if self.is_told else Decimal(1)

    def words(self, account: str) -> str:
        """Say how the payer is known, if it speaks for a customer."""
        return self.how.get(account, "")


_NOBODY: Final = Payer()


class Payers:
    """The customers by the IBANs and names of those who paid."""

    def __init__(self, receivables: Iterable[str]) -> None:
        """Know nobody yet; customers' accounts stand below the roots `receivables`."""
        self._below = tuple(f"{root}:" for root in receivables)
        self._ibans: dict[str, Counter[str]] = {}
        self._names: dict[tuple[str, ...], set[str]] = {}
        self._seen: set[tuple[str, str | None]] = set()
        self._cached: dict[str, dict[str, Decimal]] = {}
        self._alike_words: dict[str, set[str]] = {}
        self._index: _NameIndex | None = None

    def learn(self, transaction: data.Transaction) -> None:
        """Take in a transaction: a document's name, or the IBAN of a settled receipt."""
        accounts = {p.account for p in transaction.postings if p.account.startswith(self._below)}
        if len(accounts) != 1:
            return
        (account,) = accounts
        iban = transaction.meta.get(IBAN)
        if isinstance(iban, str):
            if _teaches(transaction):
                self._ibans.setdefault(iban_key(iban), Counter())[account] += 1
            return
        seen = (account, transaction.payee)
        if seen not in self._seen:
            self._seen.add(seen)
            self._learn_name(account.rpartition(":")[2].replace("-", " "), account)
            if transaction.payee and _is_document(transaction):
                self._learn_name(transaction.payee, account)

    def _learn_name(self, name: str, account: str) -> None:
        words = name_words(name)
        if words and account not in self._names.setdefault(words, set()):
            self._names[words].add(account)
            self._cached.clear()
            self._index = None
            for word in words:
                if len(word) >= _TELLING_WORD and not word.isdigit():
                    self._alike_words.setdefault(word, set()).add(account)

    def of(self, receipt: Receipt) -> Payer:
        """Return what a receipt's IBAN and name, or its text where it has no name, speak for."""
        by_iban, how_iban = self._by_iban(receipt.iban)
        by_name = self._by_name(receipt.name) if receipt.name else self._in_text(receipt.text)
        is_told = bool(receipt.name or receipt.iban)
        if not (by_iban or by_name):
            return Payer(alike=self._alike(receipt), is_told=is_told) if is_told else _NOBODY
        return self._both(receipt, by_iban, how_iban, by_name)

    def accounts_of(self, receipt: Receipt) -> Iterable[str]:
        """Return the customers that a receipt's IBAN and name speak for, however surely."""
        by_iban, _how = self._by_iban(receipt.iban)
        by_name = self._by_name(receipt.name) if receipt.name else self._in_text(receipt.text)
        return by_iban.keys() | by_name.keys() if by_iban else by_name

    def _both(
        self,
        receipt: Receipt,
        by_iban: dict[str, Decimal],
        how_iban: str,
        by_name: dict[str, Decimal],
    ) -> Payer:
        """Put together what IBAN and name say; where they contradict, neither is sure."""
        accounts: dict[str, Decimal] = {}
        how: dict[str, str] = {}
        contradict = bool(by_iban and by_name and by_iban.keys().isdisjoint(by_name))
        for account in by_iban.keys() | by_name.keys():
            one, other = by_iban.get(account), by_name.get(account)
            words = []
            doubt = Decimal(1)
            if one is not None:
                # What was paid once by somebody of the customer's name is no accident.
                doubt *= one
                words.append(how_iban)
            if other is not None:
                doubt *= other
                words.append("by name" if receipt.name else "by a name in the text")
            if contradict:
                doubt = max(doubt, _NAME_OF_SEVERAL)
            accounts[account] = doubt
            how[account] = " and ".join(words)
        return Payer(accounts, how, self._alike(receipt), is_told=True)

    def _by_iban(self, iban: str | None) -> tuple[dict[str, Decimal], str]:
        """Return the customers for whom an IBAN paid before."""
        earlier = self._ibans.get(iban_key(iban)) if iban else None
        if not earlier:
            return {}, ""
        if len(earlier) > 1:
            return dict.fromkeys(earlier, _IBAN_OF_SEVERAL), "by IBAN, which pays for several"
        ((account, count),) = earlier.items()
        return {account: _IBAN_OFTEN if count > 1 else _IBAN_ONCE}, "by IBAN"

    def _by_name(self, name: str) -> dict[str, Decimal]:
        """Return the customers of a name, written like it or nearly so."""
        found = self._cached.get(name)
        if found is None:
            if len(self._cached) > 50_000:
                self._cached.clear()
            found = self._cached[name] = self._like(name_words(name))
        return found

    def _like(self, words: tuple[str, ...]) -> dict[str, Decimal]:
        if not words:
            return {}
        accounts = self._names.get(words)
        if accounts is None:
            accounts = self._indexed().by_words.get(tuple(sorted(words)))
        if accounts:
            return dict.fromkeys(accounts, _NAME if len(accounts) == 1 else _NAME_OF_SEVERAL)
        text = " ".join(words)
        cut = {
            account
            for known, accounts in self._indexed().texts.items()
            if min(len(known), len(text)) >= _LEAST_CUT
            and (known.startswith(text) or text.startswith(known))
            for account in accounts
        }
        if cut:
            return dict.fromkeys(cut, _NAME_NEARLY if len(cut) == 1 else _NAME_OF_SEVERAL)
        return self._nearly(text)

    def _nearly(self, text: str) -> dict[str, Decimal]:
        """Return the customer whose misspelt name this must be; none without rapidfuzz."""
        try:
            from rapidfuzz import fuzz
            from rapidfuzz import process
        except ImportError:
            return {}
        index = self._indexed()
        scored = process.extract(
            text, index.choices, scorer=fuzz.token_sort_ratio, score_cutoff=80.0, limit=8
        )
        if not scored or scored[0][1] < _LEAST_SCORE:
            return {}
        best, score, _place = scored[0]
        accounts = index.texts[best]
        others = [other for name, other, _ in scored if index.texts[name] != accounts]
        if len(accounts) > 1 or any(other > score - _LEAST_LEAD for other in others):
            return {}
        # `Agence 12` and `Agence 13` are two.
        if _digits(best) != _digits(text):
            return {}
        return dict.fromkeys(accounts, _NAME_NEARLY)

    def _in_text(self, text: str) -> dict[str, Decimal]:
        """Return the customer whose whole name stands in a text; the longest name counts."""
        words = name_words(plain_text(text[:2_000]))
        by_first_word = self._indexed().by_first_word
        best: tuple[str, ...] = ()
        for place, word in enumerate(words):
            for name in by_first_word.get(word, ()):
                if len(name) > len(best) and words[place : place + len(name)] == name:
                    best = name
        if not best or (len(best) == 1 and len(best[0]) < _TELLING_WORD):
            return {}
        accounts = self._names[best]
        return dict.fromkeys(accounts, _NAME_IN_TEXT if len(accounts) == 1 else _NAME_OF_SEVERAL)

    def _indexed(self) -> _NameIndex:
        """Return the index of the names known now."""
        if self._index is None:
            self._index = _NameIndex(self._names)
        return self._index

    def _alike(self, receipt: Receipt) -> frozenset[str]:
        """Return the customers that share a rare word of their name with the payer's."""
        words = name_words(receipt.name or "")
        found: set[str] = set()
        for word in words:
            accounts = self._alike_words.get(word, set())
            if len(accounts) <= 3:
                found |= accounts
        return frozenset(found)


class _NameIndex:
    """The known names as a text, by their words in alphabetical order, and by their first word."""

    def __init__(self, names: Mapping[tuple[str, ...], set[str]]) -> None:
        self.texts = {" ".join(words): accounts for words, accounts in names.items()}
        self.choices = list(self.texts)
        self.by_words: dict[tuple[str, ...], set[str]] = {}
        self.by_first_word: dict[str, list[tuple[str, ...]]] = {}
        for words, accounts in names.items():
            self.by_words.setdefault(tuple(sorted(words)), set()).update(accounts)
            self.by_first_word.setdefault(words[0], []).append(words)


def iban_key(iban: str) -> str:
    """Return an IBAN as it is compared."""
    return "".join(filter(str.isalnum, iban)).upper()


def _teaches(transaction: data.Transaction) -> bool:
    """Tell whether a settled receipt says whose IBAN it is: booked by a person, or hardly in doubt.

    What rests on a name alone would teach what it took for granted.
    """
    if not any(p.meta and "settles" in p.meta for p in transaction.postings):
        return False
    stated = transaction.meta.get(CONFIDENCE)
    if stated is None:
        return True
    try:
        return Decimal(str(stated)) >= _TEACHING
    except InvalidOperation:
        return False


def _is_document(transaction: data.Transaction) -> bool:
    """Tell whether a transaction is an invoice or a credit note, whose payee is the customer."""
    metas = (transaction.meta, *(p.meta or {} for p in transaction.postings))
    if any("settles" in meta for meta in metas):
        return False
    return any("invoice" in meta or "credit-note" in meta for meta in metas)


def _digits(text: str) -> list[str]:
    return ["".join(filter(str.isdigit, word)) for word in text.split() if not word.isalpha()]
