"""What a step asks besides the readiness gates: a GO, a second person, a market without orders, nothing left to owe.

Each raises its own refusal, which says what would do instead.
"""

from datetime import date, datetime

from sqlmodel import Session, col, select

from shop.checkout.models import Order
from shop.ground.errors import Refusal
from shop.launches.changing.obligations import obligations
from shop.launches.changing.touched import touched
from shop.launches.models import WindDown
from shop.launches.readying.gathering import Sources
from shop.markets.calendar import day_in
from shop.markets.gate import SELLING
from shop.markets.models import LaunchEvent, Market
from shop.scorecard.overriding import GO, override
from shop.scorecard.reading import reading


class NotYetGo(Refusal):
    """The scorecard does not say GO, and nobody has said in writing why the market is opened all the same.

    `recommended` is what it says, `reasons` why, as codes.
    """


class SecondPersonNeeded(Refusal):
    """This step waits for a second person, who is not the one who asks for it. It may be proposed."""


class OrderTaken(Refusal):
    """A market that has taken an order is never a draft again: its customers are owed what they were promised."""


class StillOwed(Refusal):
    """A market cannot be closed while `orders`, `requests`, `cases`, `refunds` or `recalls` are not done with."""


class DutiesLast(Refusal):
    """A market cannot be closed before its duties are over (`last_day`; `endless` orders have none), nor without a handover."""


def check_go(db: Session, market: Market, *, word: str, seen: str, person: str, approved: bool, now: datetime) -> None:
    """Raises NotYetGo unless the scorecard says GO, or an override stands, or `word` is one: then it is kept.

    `seen` is what the scorecard said to who gave the word, empty where nobody was shown it: a word against a HOLD is
    none against a STOP. Of a step that still waits for a second person nothing is kept yet.
    """
    read = reading(db, market, now=now)
    if read.may_open:
        return
    said, reasons = read.recommendation, list(read.recommendation.reasons)
    if not word.strip() or seen not in ("", said.decision):
        raise NotYetGo(recommended=said.decision, reasons=reasons)
    if approved:
        override(
            db, market.id, recommended=said.decision, reasons=reasons, decided=GO, person=person, reason=word, now=now
        )


def pausers(db: Session, market: Market) -> frozenset[str]:
    """Who put the market into a safety pause since it last sold, also if it is paused otherwise or a draft by now.

    Nobody while it sells, or where the system did.
    """
    if market.state in SELLING:
        return frozenset()
    sold = select(LaunchEvent.id).where(LaunchEvent.market == market.id, col(LaunchEvent.to_state).in_(SELLING))
    last_sold = db.exec(sold.order_by(col(LaunchEvent.id).desc())).first() or 0
    query = select(LaunchEvent.id, LaunchEvent.person).where(LaunchEvent.market == market.id)
    query = query.where(LaunchEvent.action == "pause", LaunchEvent.mode == "safety")
    found = db.exec(query.order_by(col(LaunchEvent.id).desc())).all()
    # The pause that holds began before the market last sold if resuming was undone.
    latest = found[:1] if market.pause_mode == "safety" else []
    since = [each for each in found if (each[0] or 0) > last_sold]
    return frozenset(person for _id, person in (*latest, *since) if person)


def needs_second(db: Session, market: Market, *, seconded: bool, person: str) -> bool:
    """Whether a step of `person` waits for somebody else's word.

    Of those that widen (`seconded`) all where two are asked, and always one that would end, by whatever way, the safety
    pause that they began themselves.
    """
    return seconded and (market.four_eyes or person in pausers(db, market))


def check_no_orders(db: Session, market: Market) -> None:
    """Raises OrderTaken once a customer has ordered; test orders count nowhere."""
    ordered = select(Order.number).where(Order.market == market.id, col(Order.test).is_(False))
    if db.exec(ordered.where(Order.state != "cancelled").limit(1)).first() is not None:
        raise OrderTaken(market=market.id)


def check_owed(db: Session, market: Market, sources: Sources, *, handover: str, now: datetime) -> None:
    """Raises StillOwed while something is under way, DutiesLast while more may be asked for and nobody takes that over."""
    owed = touched(db, market.id, now=now).owed
    if any(owed.values()):
        raise StillOwed(**owed)
    left = obligations(db, market, sources.policies, now=now)
    if not handover.strip() and not left.over(day_in(market, now)):
        raise DutiesLast(last_day=left.last_day or date.min, endless=left.endless)


def keep_handover(db: Session, market: str, handover: str) -> None:
    """Note to whom the duties pass that outlast the closing."""
    written = db.get(WindDown, market)
    if written is not None and handover.strip():
        written.handover = handover.strip()
        db.add(written)
        db.flush()
