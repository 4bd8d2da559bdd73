"""The shop's own books against the payment provider's ledger: every charge and every refund of some days, both ways.

The ledger is read page by page. What stands in our books and not on those pages (a payment begun earlier and settled late)
is asked for one by one before it is said to be missing. Nothing is changed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlmodel import Session, col, or_, select

from shop.base.db import Database
from shop.base.payments import Charge, GivenBack, PaymentRefused, Payments, PaymentState
from shop.checkout.models import Order, PaymentAttempt, Refund
from shop.ground.money import Money

T = TypeVar("T")
PAGE = 100
STRANGER = "stranger"  # the one kind that breaks nothing: an account may take money for something else, too

# kind -> what it is, and what to do
KINDS = {
    "no_order": (
        "The provider took money for an order that is not here.",
        "Restore the order, or give the money back.",
    ),
    "not_paid": ("The provider has the money of an order that is not paid here.", "See that the periodic work runs."),
    "amount": ("The provider took another amount than the order asked for.", "Give back what is too much."),
    "no_charge": ("An order is paid here, and the provider has no such money.", "Look the order up at the provider."),
    "unknown_refund": (
        "The provider gave money back that no order knows of.",
        "Note it with the order, as given by hand.",
    ),
    "refund_amount": (
        "The provider gave another amount back than stands here.",
        "Compare the order with the provider.",
    ),
    "no_refund": ("A refund is done here that the provider has not made.", "Look the refund up at the provider."),
    STRANGER: ("The account took money that this shop never asked for.", "Find out whose it is."),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the books and the ledger do not say alike; amounts are written out with their currency."""

    kind: str
    subject: str
    values: dict[str, str]


@dataclass(slots=True)
class Sums:
    """Of one currency, in minor units: the ledger's, and ours of the same payments."""

    charged_there: int = 0
    paid_here: int = 0
    given_back_there: int = 0
    given_back_here: int = 0


@dataclass(slots=True)
class Compared:
    """What was looked at, and what differs."""

    charges: int = 0
    refunds: int = 0
    sums: dict[str, Sums] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether nothing of this shop's own differs."""
        return all(each.kind == STRANGER for each in self.differences)

    def of(self, currency: str) -> Sums:
        """The sums of a currency."""
        return self.sums.setdefault(currency, Sums())

    def differs(self, kind: str, subject: str, **values: Money | str) -> None:
        """Note a difference."""
        shown = {
            name: f"{each.plain} {each.currency}" if isinstance(each, Money) else each for name, each in values.items()
        }
        self.differences.append(Difference(kind, subject, shown))


def compare(
    database: Database,
    payments: Payments,
    *,
    since: datetime,
    until: datetime,
    told: Callable[[str, int, int], None] = lambda _step, _done, _total: None,
) -> Compared:
    """Compare all that was begun, paid or given back in that time. Raises PaymentsAway, PaymentRefused."""
    made = Compared()
    charged: set[str] = set()
    for page in _by_pages(payments.charges(since, until)):
        told("charges", made.charges, made.charges + len(page))
        charged |= {each.payment for each in page}
        made.charges += len(page)
        with database.reading() as db:
            _charges(db, page, made)
    for attempt, order in _paid(database, payments.name, since, until):
        if attempt.payment not in charged:
            _asked_alone(payments, attempt, order, made)
    refunded: set[str] = set()
    for refunds in _by_pages(payments.given_back(since, until)):
        told("refunds", made.refunds, made.refunds + len(refunds))
        refunded |= {each.state.id for each in refunds}
        made.refunds += len(refunds)
        with database.reading() as db:
            _refunds(db, refunds, made)
    for refund, payment, currency in _done(database, payments.name, since, until):
        if refund.provider_id not in refunded:
            _refund_asked_alone(payments, refund, Money(refund.minor, currency), payment=payment, made=made)
    return made


def _charges(db: Session, page: list[Charge], made: Compared) -> None:
    payments = [each.payment for each in page]
    query = select(PaymentAttempt, Order).join(Order, col(Order.number) == col(PaymentAttempt.order_number))
    known = {
        attempt.payment: (attempt, order)
        for attempt, order in db.exec(query.where(_in(PaymentAttempt.payment, payments)))
    }
    numbers = {*db.exec(select(Order.number).where(_in(Order.number, [each.reference for each in page]))).all()}
    for each in page:
        made.of(each.amount.currency).charged_there += each.amount.minor
        attempt, order = known.get(each.payment, (None, None))
        if attempt is not None and order is not None and attempt.state == "paid":
            _same_amount(each.payment, each.amount, order, made)
        elif each.reference in numbers:
            state = attempt.state if attempt else "unknown"
            made.differs("not_paid", each.reference, payment=each.payment, amount=each.amount, state=state)
        else:
            kind = "no_order" if each.reference else STRANGER
            made.differs(kind, each.reference or each.payment, payment=each.payment, amount=each.amount)


def _same_amount(payment: str, amount: Money, order: Order, made: Compared) -> None:
    due = Money(order.due_now, order.currency)
    made.of(due.currency).paid_here += due.minor
    if amount != due:
        made.differs("amount", order.number, payment=payment, there=amount, here=due)


def _paid(
    database: Database, provider: str, since: datetime, until: datetime
) -> Iterator[tuple[PaymentAttempt, Order]]:
    query = select(PaymentAttempt, Order).join(Order, col(Order.number) == col(PaymentAttempt.order_number))
    query = query.where(PaymentAttempt.provider == provider, PaymentAttempt.state == "paid")
    query = query.where(col(Order.paid_at) >= since, col(Order.paid_at) < until)
    yield from _rows(database, query, col(PaymentAttempt.key), lambda row: row[0].key)


def _asked_alone(payments: Payments, attempt: PaymentAttempt, order: Order, made: Compared) -> None:
    made.charges += 1
    state = _state(payments, attempt.session or "")
    if state is not None and state.status == "paid" and state.amount is not None:
        made.of(state.amount.currency).charged_there += state.amount.minor
        return _same_amount(attempt.payment, state.amount, order, made)
    due = Money(order.due_now, order.currency)
    made.of(due.currency).paid_here += due.minor
    made.differs("no_charge", order.number, payment=attempt.payment, amount=due)


def _state(payments: Payments, session: str) -> PaymentState | None:
    try:
        return payments.state(session)
    except PaymentRefused:  # there is none
        return None


def _refunds(db: Session, page: list[GivenBack], made: Compared) -> None:
    ids, keys = [each.state.id for each in page], [each.state.key for each in page if each.state.key]
    found = db.exec(select(Refund).where(or_(_in(Refund.provider_id, ids), _in(Refund.key, keys)))).all()
    known = {each.provider_id: each for each in found} | {each.key: each for each in found}
    for each in page:
        there = each.state
        ours = known.get(there.id) or known.get(there.key)
        if there.status == "failed":
            if ours is not None and ours.state == "done":
                made.of(there.amount.currency).given_back_here += ours.minor
                made.differs("no_refund", ours.order_number, refund=there.id, amount=there.amount, there="failed")
            continue
        sums = made.of(there.amount.currency)
        sums.given_back_there += there.amount.minor
        if ours is None or ours.state == "refused":
            made.differs("unknown_refund", there.key or there.id, payment=each.payment, amount=there.amount)
            continue
        sums.given_back_here += ours.minor
        if ours.minor != there.amount.minor:
            here = Money(ours.minor, there.amount.currency)
            made.differs("refund_amount", ours.order_number, refund=there.id, there=there.amount, here=here)


def _done(database: Database, provider: str, since: datetime, until: datetime) -> Iterator[tuple[Refund, str, str]]:
    """Refunds that the provider made by our books: not those that a person gave by hand."""
    of = col(PaymentAttempt.order_number) == col(Refund.order_number)
    query = select(Refund, PaymentAttempt.payment, Order.currency).join(PaymentAttempt, of)
    query = query.join(Order, col(Order.number) == col(Refund.order_number))
    query = query.where(PaymentAttempt.provider == provider, PaymentAttempt.state == "paid")
    query = query.where(Refund.state == "done", Refund.provider_id != "")
    query = query.where(col(Refund.done_at) >= since, col(Refund.done_at) < until)
    yield from _rows(database, query, col(Refund.key), lambda row: row[0].key)


def _refund_asked_alone(payments: Payments, refund: Refund, amount: Money, *, payment: str, made: Compared) -> None:
    made.refunds += 1
    made.of(amount.currency).given_back_here += amount.minor
    for there in _refunds_of(payments, payment):
        if there.id == refund.provider_id and there.status == "done":
            made.of(there.amount.currency).given_back_there += there.amount.minor
            if there.amount != amount:
                made.differs("refund_amount", refund.order_number, refund=there.id, there=there.amount, here=amount)
            return
    made.differs("no_refund", refund.order_number, refund=refund.provider_id, amount=amount, there="unknown")


def _refunds_of(payments: Payments, payment: str) -> Iterable[Any]:
    try:
        return payments.refunds(payment)
    except PaymentRefused:  # it knows no such payment
        return ()


def _rows(database: Database, query: Any, key: Any, of: Callable[[Any], str]) -> Iterator[Any]:
    """The rows, a page at a time: no transaction stays open while the provider is asked."""
    last = ""
    while True:
        with database.reading() as db:
            page = db.exec(query.where(key > last).order_by(key).limit(PAGE)).all()
        yield from page
        if len(page) < PAGE:
            return
        last = of(page[-1])


def _by_pages(found: Iterator[T]) -> Iterator[list[T]]:
    while page := list(islice(found, PAGE)):
        yield page


def _in(column: Any, values: list[str]) -> Any:
    return col(column).in_(values)
