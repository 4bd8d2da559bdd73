"""Asking the gate about a visitor: for a page, from what is known anyway; and once more from the database before a sale."""

from dataclasses import replace

from sqlalchemy import bindparam
from sqlmodel import Session, select

from shop.checkout.closed_words import gate_sentence
from shop.ground.errors import Refusal
from shop.markets.admission import keep_draw, visitor_for_buying
from shop.markets.gate import REASONS, Gate, MarketFacts, Visitor, may_buy
from shop.markets.models import Market
from shop.markets.standing import standing
from shop.markets.visit import Visit

NONE_SHORT: frozenset[str] = frozenset()
OF_CAPS = REASONS[REASONS.index("order_cap") :]


class NotForSale(Refusal):
    """The gate is closed for this visitor now; `reason` is its code."""


def ask_gate(
    db: Session,
    visit: Visit,
    skus: frozenset[str],
    *,
    customer: str = "",
    value: int = 0,
    short: frozenset[str] = NONE_SHORT,
) -> Gate:
    """What a page is told of the gate for buying these SKUs; `let_in` asks again before anything is sold.

    `customer` is the keyed hash of the mailbox once it is given, `value` what the SKUs come to in minor units, `short`
    those of which there are not enough. The page's own view of the market, which may be a second old, will do where
    nothing is counted nor visitors chosen.
    """
    if not is_limited(visit.market):
        denied = visit.snapshot.denies(visit.market.id, customer)
        visitor = Visitor(id=visit.keeps.visitor, staff=visit.staff, denied=denied)
        return may_buy(visit.snapshot.facts(visit.market), visitor, skus, short=short)
    return _asked(db, visit, skus, customer, value=value, short=short)[0]


def is_limited(market: Market) -> bool:
    """Whether visitors are chosen there, or orders counted against a cap."""
    caps = (market.order_cap, market.daily_cap, market.value_cap, market.customer_cap)
    return bool(market.audience or market.minutes_per_contact) or any(each is not None for each in caps)


def look_in(db: Session, visit: Visit, skus: frozenset[str]) -> None:
    """Raises NotForSale when the gate is closed as far as a page is told."""
    gate = ask_gate(db, visit, skus)
    if not gate.open:
        raise closed(visit, gate.reason)


def let_in(db: Session, visit: Visit, skus: frozenset[str], *, customer: str = "") -> tuple[Gate, Market]:
    """The open gate, and the market as it stands; raises NotForSale when it is closed. A yes by percentage is kept.

    A change of the market waits for this transaction.
    """
    if db.get_bind().dialect.name != "sqlite":  # first and by itself: what was committed meanwhile is then seen
        db.connection().execute(_KEPT_STILL, {"market": visit.market.id}).one()
    gate, market = _asked(db, visit, skus, customer)
    if not gate.open:
        raise closed(visit, gate.reason)
    keep_draw(db, visit.market, visit.keeps.visitor, gate, now=visit.now)
    return gate, market


_KEPT_STILL = select(Market.id).where(Market.id == bindparam("market")).with_for_update(read=True)


def let_on(db: Session, visit: Visit, skus: frozenset[str], *, customer: str = "") -> None:
    """Raises NotForSale when an order that is placed already may no longer be paid; its own place in the caps it has."""
    gate, _market = _asked(db, visit, skus, customer)
    if not gate.open and gate.reason not in OF_CAPS:
        raise closed(visit, gate.reason)


def closed(visit: Visit, reason: str) -> NotForSale:
    """The refusal for a reason code of the gate."""
    url, support_url = visit.url(), visit.url("/support")
    return NotForSale(reason=reason, words=gate_sentence(reason), url=url, support_url=support_url)


def _asked(
    db: Session,
    visit: Visit,
    skus: frozenset[str],
    customer: str,
    *,
    value: int = 0,
    short: frozenset[str] = NONE_SHORT,
) -> tuple[Gate, Market]:
    now = standing(db, visit.market, now=visit.now, customer=customer)
    visitor = visitor_for_buying(db, now.market, visit.keeps, staff=visit.staff, denied=now.denied, orders=now.orders)
    facts = _as_supposed(now.facts, visit.market) if visit.snapshot.supposed else now.facts
    return may_buy(facts, visitor, skus, value=value, short=short), now.market


def _as_supposed(facts: MarketFacts, market: Market) -> MarketFacts:
    """What is counted in the market, in the launch state that a dry run takes it for."""
    state = {each: getattr(market, each) for each in ("state", "pause_mode", "audience", "percent_bp")}
    return replace(facts, **state)
