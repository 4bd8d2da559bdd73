"""The demo's shop after very many orders and requests, written straight into its tables: what figures of pages are taken over.

Every row is the same for the same numbers. Few orders and requests are under way, as in a shop that does its work.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import SQLModel, col, select

from shop.aftersales.models import Case
from shop.base.canonical import canonical
from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.outbox import Effect
from shop.base.settings import ROOT
from shop.base.till import TillSession
from shop.catalogue.models import Listing
from shop.checkout.models import Hold, Order, OrderEvent, OrderLine, Parcel, PaymentAttempt, Refund
from shop.markets.models import Market
from shop.policies.keys import ACCEPTED
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.models import Acceptance, AcceptedText
from shop.support.requests.models import Message, Request, RequestPromise
from tests.bench.many import MESSAGE, REQUEST
from tests.bench.rows import Row, loading, write

AT_WORK, CASED = 400, 0.05  # orders and requests under way, cases per order
HISTORY = timedelta(days=700)

_ORDER = (
    *("number", "market", "language", "currency", "state", "key", "content", "email", "name", "address"),
    *("goods", "shipping", "net", "tax", "total", "days_min", "days_max", "placed_at", "paid_at", "dispatched_at"),
    "delivered_at",
)
_LINE = ("order_number", "sku", "name", "quantity", "unit", "tax_e5", "net", "tax", "gross")
_EVENT = ("order_number", "kind", "at")
_ATTEMPT = ("key", "order_number", "provider", "session", "state", "payment", "expires_at", "ask_at", "created_at")
_HOLD = ("order_number", "state", "expires_at")
_ACCEPTANCE = ("order_number", "market", "kind", "version", "hash", "language", "wording", "at")
_TEXT = ("hash", "language", "market", "kind", "version", "rules", "text")
_PARCEL = (
    *("order_number", "carrier", "tracking", "dispatched_at", "person", "expected_from", "expected_until"),
    "delivered_at",
)
_TILL = (
    *("id", "key", "fingerprint", "reference", "amount", "currency", "lines", "language", "return_url", "cancel_url"),
    *("expires_at", "status", "payment", "refunded", "created_at"),
)
_CASE = ("number", "door", "market", "language", "order_number", "name", "email", "key", "content", "state", "filed_at")
_REFUND = ("key", "order_number", "ground", "minor", "state", "asked_at", "done_at")
_EFFECT = ("kind", "key", "payload", "due_at", "created_at", "attempts", "done_at")
_PROMISE = ("request", "market", "given_at", "on_duty_at", "promised_at", "kept", "judged_at")


@dataclass(frozen=True, slots=True)
class Sold:
    """How many orders were written, and as many requests; `agent` owns those that are under way in Germany."""

    orders: int
    now: datetime
    places: Sequence[tuple[str, str, str, str]]  # market, language, currency, a SKU that is listed there
    agent: str

    def at(self, number: int) -> datetime:
        """When an order was placed: they lie evenly over the history, the newest first; the days are few."""
        return self.now - timedelta(hours=3) - HISTORY * number / self.orders

    def state(self, number: int) -> str:
        """The newest are under way."""
        return "paid" if number < AT_WORK else "delivered"


def number_of(number: int) -> str:
    """The order's number."""
    return f"DE-26-{number:07}"


def ref_of(number: int) -> str:
    """The request's ref."""
    return f"R-{number:07}"


def sell(database: Database, orders: int, *, now: datetime, agent: str = "lena") -> Sold:
    """Write so many orders with all that hangs on them, and as many requests, into a database that holds the demo."""
    with database.reading() as db:
        markets = {each.id: each for each in db.exec(select(Market)).all()}
        listed = db.exec(select(Listing.market, Listing.sku).order_by(col(Listing.market), col(Listing.position))).all()
    first = dict(reversed(listed))
    places = [(id, markets[id].languages.split()[0], markets[id].currency, sku) for id, sku in sorted(first.items())]
    sold = Sold(orders, now, places, agent)
    models = [model for model, _columns, _rows in TABLES]
    with loading(database, models) as connection:
        for model, columns, rows in TABLES:
            write(connection, model, columns, rows(sold))
    return sold


def _orders(sold: Sold) -> Iterator[Row]:
    for number in range(sold.orders):
        market, language, currency, _sku = sold.places[number % len(sold.places)]
        at, state = sold.at(number), sold.state(number)
        yield (
            *(number_of(number), market, language, currency, state, f"key-{number}", "c"),
            *(f"customer{number}@example.com", f"Customer {number}", "{}", 20_00, 0, 17_00, 3_00, 20_00, 1, 3),
            *(at, at, *((at, at + timedelta(days=4)) if state == "delivered" else (None, None))),
        )


def _lines(sold: Sold) -> Iterator[Row]:
    for number in range(sold.orders):
        sku = sold.places[number % len(sold.places)][3]
        yield number_of(number), sku, "Blender", 1, 20_00, 17_647, 17_00, 3_00, 20_00


def _events(sold: Sold) -> Iterator[Row]:
    for number in range(sold.orders):
        at = sold.at(number)
        there = ("dispatched", "delivered") if sold.state(number) == "delivered" else ()
        for kind in ("placed", "paid", *there):
            yield number_of(number), kind, at + timedelta(days=4) if kind == "delivered" else at


def _attempts(sold: Sold) -> Iterator[Row]:
    for number in range(sold.orders):
        at, this = sold.at(number), number_of(number)
        yield f"{this}-1", this, "till", f"till_{number}", "paid", f"tillpi_{number}", at, at, at


def _holds(sold: Sold) -> Iterator[Row]:
    for number in range(sold.orders):
        yield number_of(number), "sold", sold.at(number)


def _acceptances(sold: Sold) -> Iterator[Row]:
    accepted = [_versions(place[0]) for place in sold.places]
    for number in range(sold.orders):
        market, language, _currency, _sku = sold.places[number % len(sold.places)]
        for each in accepted[number % len(sold.places)]:
            yield (
                *(number_of(number), market, each.kind, each.name, each.hash, language, "I accept."),
                sold.at(number),
            )


def _texts(sold: Sold) -> Iterator[Row]:
    languages = Languages(ROOT / "locales")
    for market, language, _currency, _sku in sold.places:
        tongue = languages.tongue(language, market.upper())
        for each in _versions(market):
            yield each.hash, language, market, each.kind, each.name, canonical(each.rules), each.text(tongue)


def _versions(market: str) -> list[PolicyVersion]:
    """What a market's orders accept: the newest version of each kind."""
    library = PolicyLibrary(ROOT / "policies")
    return [each[-1] for kind in ACCEPTED if (each := library.versions(market, kind))]


def _parcels(sold: Sold) -> Iterator[Row]:
    for number in range(AT_WORK, sold.orders):
        at = sold.at(number)
        day = (at + timedelta(days=4)).date()
        yield number_of(number), "dhl", f"T{number}", at, "mere", day, day, at + timedelta(days=4)


def _tills(sold: Sold) -> Iterator[Row]:
    for number in range(sold.orders):
        at, this = sold.at(number), number_of(number)
        yield (
            *(f"till_{number}", f"{this}-1", "f", this, 20_00, sold.places[number % len(sold.places)][2], "[]", "en"),
            *("http://localhost/", "http://localhost/", at, "paid", f"tillpi_{number}", 0, at),
        )


def _cases(sold: Sold) -> Iterator[Row]:
    for number in range(int(sold.orders * CASED)):
        market, language, _currency, _sku = sold.places[number % len(sold.places)]
        state = "received" if number < AT_WORK // 4 else "done"
        yield (
            *(f"C-{number:08}", "return", market, language, number_of(number), f"Customer {number}"),
            *(f"customer{number}@example.com", f"case-{number}", "c", state, sold.at(number)),
        )


def _refunds(sold: Sold) -> Iterator[Row]:
    for number in range(int(sold.orders * CASED)):
        yield f"refund-{number}", number_of(number), "return", 1_00, "done", sold.at(number), sold.at(number)


def _effects(sold: Sold) -> Iterator[Row]:
    for number in range(sold.orders):
        at = sold.at(number)
        yield "order mail", f"order:{number_of(number)}:confirmed", "{}", at, at, 1, at


def _requests(sold: Sold) -> Iterator[Row]:
    for number in range(sold.orders):
        market, language, _currency, _sku = sold.places[number % len(sold.places)]
        at, waits = sold.at(number), number < AT_WORK
        due = at + timedelta(days=2)
        owner = sold.agent if waits and market == "de" else None
        state = ("assigned" if owner else "waiting") if waits else "closed"
        yield (
            *(ref_of(number), market, language, False, "use", f"Question {number}", f"Customer {number}"),
            *(f"customer{number}@example.com", number_of(number), f"asked-{number}", "", "{}", "page", "web", ""),
            *(2, state, owner, 0, "[]", at, due, due, due if waits else None),
            *(None if waits else at, at if waits else None, "", 0, 0, None if waits else at, False, at, at),
        )


def _messages(sold: Sold) -> Iterator[Row]:
    for number in range(sold.orders):
        language = sold.places[number % len(sold.places)][1]
        yield ref_of(number), "customer", f"Customer {number}", "", "How do I clean it?", language, sold.at(number)


def _promises(sold: Sold) -> Iterator[Row]:
    for number in range(sold.orders):
        at = sold.at(number)
        answered = None if number < AT_WORK else at
        market, kept = sold.places[number % len(sold.places)][0], None if answered is None else True
        yield ref_of(number), market, at, at, at + timedelta(days=2), kept, answered


TABLES: tuple[tuple[type[SQLModel], tuple[str, ...], Callable[[Sold], Iterator[Row]]], ...] = (
    (Order, _ORDER, _orders),
    (OrderLine, _LINE, _lines),
    (OrderEvent, _EVENT, _events),
    (PaymentAttempt, _ATTEMPT, _attempts),
    (Hold, _HOLD, _holds),
    (Acceptance, _ACCEPTANCE, _acceptances),
    (AcceptedText, _TEXT, _texts),
    (Parcel, _PARCEL, _parcels),
    (TillSession, _TILL, _tills),
    (Case, _CASE, _cases),
    (Refund, _REFUND, _refunds),
    (Effect, _EFFECT, _effects),
    (Request, REQUEST, _requests),
    (Message, MESSAGE, _messages),
    (RequestPromise, _PROMISE, _promises),
)
