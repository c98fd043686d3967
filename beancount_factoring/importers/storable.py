"""What an importer gives beangulp and Fava: entries that are known marked, and all storable."""

from __future__ import annotations

from collections.abc import Iterable

from beancount.core import data
from beangulp.extract import DUPLICATE

from beancount_factoring.importers.entries.statement_entries import Extracted
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.mapping import factor_account
from beancount_factoring.ledger.notes import note_of


def storable(extracted: Iterable[Extracted], mapping: ImportMapping) -> data.Entries:
    """Return the entries, those that the ledger has with beangulp's mark.

    Fava's import page stores no `custom` directives: a factor's figure becomes a note.
    """
    accounts = {contract.name: factor_account(contract) for contract in mapping.contracts}
    entries: data.Entries = []
    for entry, known, _remark in extracted:
        if known is not None:
            entry.meta[DUPLICATE] = known
        if isinstance(entry, data.Custom):
            entries.append(note_of(entry, accounts[entry.values[1].value]))
        else:
            entries.append(entry)
    return entries
