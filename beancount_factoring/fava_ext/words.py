"""The words of the field, as the pages show them; the keys are those of the interface."""

from __future__ import annotations

from beancount_factoring.engine.eligibility import Reason
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.engine.life import Happening
from beancount_factoring.fava_ext.texts import _
from beancount_factoring.fava_ext.view import ViewName
from beancount_factoring.fava_ext.view import Whose
from beancount_factoring.reports.aged import BUCKETS
from beancount_factoring.reports.items import ItemState
from beancount_factoring.reports.waterfall import StepKind


def view_name(name: ViewName) -> str:
    """Return a view's name."""
    return {
        ViewName.POSITION: _("Position"),
        ViewName.AGED: _("Aged balance"),
        ViewName.REMITTANCES: _("Remittances"),
        ViewName.DEBTORS: _("Debtors"),
        ViewName.COST: _("Cost"),
    }[name]


def whose(name: Whose) -> str:
    """Return whose documents the aged balance shows."""
    return {
        Whose.ALL: _("All documents"),
        Whose.ASSIGNED: _("Assigned"),
        Whose.FIRM: _("Not assigned"),
    }[name]


def figure(key: str) -> str:
    """Return the name of a figure of the position, or of a line of the aged balance."""
    return {
        "outstanding": _("Outstanding"),
        "factor_outstanding": _("In the factor's hands"),
        "collections_in_hand": _("Collections in hand"),
        "credit_notes_in_transit": _("Credit notes in transit"),
        "eligible": _("Eligible"),
        "guarantee_fund": _("Guarantee fund"),
        "reserve": _("Reserve"),
        "ceiling": _("Ceiling"),
        "funds_in_use": _("Funds in use"),
        "available": _("Available"),
        "current_account": _("Current account"),
        "shared_account": _("Shared account"),
        "commission_to_date": _("Commission to date"),
        "charges_to_date": _("Charges to date"),
        "interest_to_date": _("Interest to date"),
        "vat_to_date": _("VAT to date"),
        "unallocated": _("Unallocated"),
        "total": _("Total"),
        "assigned": _("Assigned"),
    }[key]


def reason(name: Reason) -> str:
    """Return why something is not funded."""
    return {
        Reason.DISPUTED: _("Disputed"),
        Reason.OVERDUE: _("Overdue"),
        Reason.UNALLOCATED: _("Unallocated credits"),
        Reason.OVER_LIMIT: _("Over the limit"),
        Reason.CONCENTRATION: _("Concentration"),
    }[name]


def step(kind: StepKind, because: Reason | None) -> str:
    """Return what a bar of the waterfall is."""
    if because is not None:
        return reason(because)
    return {
        StepKind.OUTSTANDING: _("Outstanding"),
        StepKind.INELIGIBLE: _("Not eligible"),
        StepKind.ELIGIBLE: _("Eligible"),
        StepKind.GUARANTEE_FUND: _("Guarantee fund"),
        StepKind.NOT_ADVANCED: _("Beyond the advance rate"),
        StepKind.OVER_CEILING: _("Over the ceiling"),
        StepKind.CAPACITY: _("May be in use"),
        StepKind.FUNDS_IN_USE: _("Funds in use"),
        StepKind.AVAILABLE: _("Available"),
    }[kind]


def bucket(key: str) -> str:
    """Return the name of an age: days past the due date."""
    return {
        BUCKETS[0]: _("Not due"),
        BUCKETS[1]: _("1–30 days"),
        BUCKETS[2]: _("31–60 days"),
        BUCKETS[3]: _("61–90 days"),
        BUCKETS[4]: _("91+ days"),
    }[key]


def document_kind(kind: DocumentKind) -> str:
    """Return what a document is."""
    return {
        DocumentKind.INVOICE: _("Invoice"),
        DocumentKind.CREDIT_NOTE: _("Credit note"),
        DocumentKind.ITEM: _("Debit without a number"),
        DocumentKind.CREDIT: _("Unallocated credit"),
    }[kind]


def state(name: ItemState) -> str:
    """Return where a document is in its life."""
    return {
        ItemState.OPEN: _("open"),
        ItemState.ASSIGNED: _("assigned"),
        ItemState.DISPUTED: _("disputed"),
        ItemState.COLLECTED: _("collected"),
        ItemState.SETTLED: _("settled"),
        ItemState.RETURNED: _("returned"),
        ItemState.DEFAULTED: _("in default"),
    }[name]


def happening(what: Happening, *, is_back: bool, is_note: bool) -> str:
    """Return what happened to a document; `is_back` takes something back."""
    backwards = {
        Happening.RECEIVED: _("Receipt taken back"),
        Happening.REDUCED: _("Reduction taken back"),
        Happening.USED: _("Use taken back"),
        Happening.SWEPT: _("Given back by the factor"),
        Happening.RETAINED: _("Guarantee fund: released"),
        Happening.RESERVED: _("Reserve: released"),
    }
    if is_back and what in backwards:
        return backwards[what]
    return {
        Happening.BOOKED: _("Booked"),
        Happening.CORRECTED: _("Lowers an invoice") if is_note else _("Lowered by a credit note"),
        Happening.SETTLED: _("Settled by what came before its date"),
        Happening.RECEIVED: _("Received"),
        Happening.REDUCED: _("Reduced without cash"),
        Happening.USED: _("Used"),
        Happening.DISPUTED: _("Disputed"),
        Happening.RESOLVED: _("The dispute is over"),
        Happening.REMITTED: _("Remitted to the factor"),
        Happening.TAKEN: _("Remitted") if is_note else _("Credit notes and reductions remitted"),
        Happening.SWEPT: _("Swept by the factor"),
        Happening.RETAINED: _("Guarantee fund: retained"),
        Happening.RESERVED: _("Reserve: retained"),
        Happening.RETURNED: _("Returned by the factor"),
        Happening.DEFAULTED: _("In default"),
        Happening.CLOSED: _("Back to the firm at the close"),
    }[what]
