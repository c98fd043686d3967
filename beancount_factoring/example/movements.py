"""What the year's receipts and the factor's payments do to the firm's two bank accounts."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator

from beancount_factoring.example.bank import Movement
from beancount_factoring.example.bank import Operation
from beancount_factoring.example.factor import FactorEvent
from beancount_factoring.example.factor import FactorPayment
from beancount_factoring.example.firm import FACTOR_ACCOUNT
from beancount_factoring.example.firm import OPERATING_ACCOUNT
from beancount_factoring.example.firm import SHARED_ACCOUNT
from beancount_factoring.example.firm import BankAccount
from beancount_factoring.example.year import Receipt


def shared_movements(
    receipts: Iterable[Receipt], payments: Iterable[FactorPayment]
) -> Iterator[Movement]:
    """Yield what happens on the shared account: receipts, draws moved up, sweeps."""
    for receipt in receipts:
        yield Movement(
            date=receipt.date,
            amount=receipt.amount,
            operation=Operation.TRANSFER_RECEIVED,
            label=f"VIR SEPA RECU DE {receipt.customer.bank_name}",
            name=receipt.customer.company.name,
            iban=receipt.customer.iban,
            reference=receipt.reference,
            end_to_end_id=receipt.end_to_end_id,
        )
    for payment in payments:
        match payment.event:
            case FactorEvent.DRAW:
                yield _received(payment, FACTOR_ACCOUNT, "FINANCEMENT")
                yield _sent(payment, OPERATING_ACCOUNT, "REMONTEE DE FONDS")
            case FactorEvent.SWEEP:
                yield _sent(payment, FACTOR_ACCOUNT, "NIVELLEMENT")


def operating_movements(payments: Iterable[FactorPayment]) -> Iterator[Movement]:
    """Yield what comes to the operating account: the draws, moved up on their day."""
    for payment in payments:
        if payment.event is FactorEvent.DRAW:
            yield _received(payment, SHARED_ACCOUNT, "REMONTEE DE FONDS")


def _received(payment: FactorPayment, payer: BankAccount, purpose: str) -> Movement:
    """Return the movement on the account that receives a payment."""
    label = f"VIR SEPA RECU DE {payer.owner}"
    return _movement(payment.amount, Operation.TRANSFER_RECEIVED, label, payer, purpose, payment)


def _sent(payment: FactorPayment, payee: BankAccount, purpose: str) -> Movement:
    """Return the movement on the account that makes a payment."""
    label = f"VIR SEPA EMIS {payee.owner}"
    return _movement(-payment.amount, Operation.TRANSFER_SENT, label, payee, purpose, payment)


def _movement(
    amount: int,
    operation: Operation,
    label: str,
    other: BankAccount,
    purpose: str,
    payment: FactorPayment,
) -> Movement:
    """Return a movement between an account and another one."""
    return Movement(
        date=payment.date,
        amount=amount,
        operation=operation,
        label=label,
        name=other.owner,
        iban=other.iban,
        reference=f"{purpose} DU {payment.date:%d/%m/%Y}",
        end_to_end_id=f"{purpose[:3]}-{payment.date:%Y%m%d}",
    )
