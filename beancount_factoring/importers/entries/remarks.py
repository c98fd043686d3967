"""What a person should know of a document that is booked all the same."""

from __future__ import annotations

from collections.abc import Iterator

from beancount_factoring.importers.invoices.invoice_codes import CORRECTIVE_CODES
from beancount_factoring.importers.invoices.invoice_codes import PREPAYMENT_CODES
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.parties import name_key
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceKind
from beancount_factoring.importers.reading.documents import Party
from beancount_factoring.importers.reading.safe_xml import shown


def remarks(document: InvoiceDocument, mapping: ImportMapping) -> Iterator[str]:
    """Yield the remarks on a document, each a part of a sentence whose subject is the document.

    To whom the customer pays is looked at where the customer owes something: a payment that does
    not come to the shared account has to be passed on to the factor.
    """
    if document.payee is not None:
        yield from _of_payee(document.payee, document, mapping)
    is_invoice = document.kind is InvoiceKind.INVOICE
    if is_invoice and document.payable > 0:
        yield from _of_account(document, mapping)
    if document.type_code in PREPAYMENT_CODES:
        vat = document.total - document.net
        yield (
            f"is for a prepayment (type code {document.type_code}), booked on {mapping.prepaid}:"
            f" its VAT, {vat} {document.currency}, is booked with the final invoice"
        )
    if is_invoice and document.type_code in CORRECTIVE_CODES:
        corrected = " and ".join(shown(number) for number in document.corrects)
        if corrected:
            yield f"corrects {corrected}: cancel what it replaces"
        else:
            yield (
                f"is a corrected invoice (type code {document.type_code}) that does not say of"
                " which: cancel what it replaces"
            )


def _of_payee(payee: Party, document: InvoiceDocument, mapping: ImportMapping) -> Iterator[str]:
    """Yield the remark on a payee that is not the firm itself."""
    name = name_key(payee.name)
    contracts = mapping.factors_by_name.get(name)
    if contracts:
        names = " and ".join(dict.fromkeys(contract.name for contract in contracts))
        yield f"names the factor of {names} as payee, {shown(payee.name)}"
    elif not mapping.seller.is_party(payee) and name != name_key(document.seller.name):
        yield f"names another payee, {shown(payee.name)}"


def _of_account(document: InvoiceDocument, mapping: ImportMapping) -> Iterator[str]:
    """Yield the remark on an account that is not the shared one of a contract in its currency."""
    if document.iban is None:
        return
    contracts = mapping.contracts
    shared = {c.accounts.shared: None for c in contracts if c.currency == document.currency}
    account = mapping.banks.get(document.iban)
    others = [mapping.banks.get(iban) for iban in document.other_ibans]
    if not shared or account in shared or not shared.keys().isdisjoint(others):
        return
    expected = " or ".join(shared)
    if account is not None:
        yield f"asks to be paid to {document.iban} ({account}), not to {expected}"
    elif factors := mapping.factors_by_iban.get(document.iban):
        names = " and ".join(dict.fromkeys(contract.name for contract in factors))
        yield f"asks to be paid to {document.iban}, the factor's of {names}, not to {expected}"
    elif not shared.keys().isdisjoint(mapping.banks.values()):
        yield f"asks to be paid to {document.iban}, which `banks:` does not list, not to {expected}"
