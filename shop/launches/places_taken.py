"""How much of what each market may take is taken: invitations used, orders ever and today, and what they come to.

Counted from kept rows, in one query for each kind of them, however many orders there are.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, tuple_
from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.ground.money import Money
from shop.launches.words import who_may_buy
from shop.markets.calendar import day_in
from shop.markets.exposure_models import Capacity, Exposure, ExposureDay, Invitation
from shop.markets.models import Market


@dataclass(frozen=True, slots=True)
class Taken:
    """Of one market: places by invitation that still count, orders paid or being paid, and their totals.

    `orders_left` is how many more its native agents have the time for, None where that is not known.
    """

    invited: int = 0
    places: int = 0
    orders: int = 0
    today: int = 0
    value: int = 0
    orders_left: int | None = None


def taken_by(db: Session, markets: Sequence[Market], *, now: datetime) -> dict[str, Taken]:
    """What is taken in each market, the day being the market's own."""
    exposure = {each.market: each for each in db.exec(select(Exposure)).all()}
    days = [(each.id, day_in(each, now)) for each in markets]
    on_day = select(ExposureDay).where(tuple_(col(ExposureDay.market), col(ExposureDay.day)).in_(days))
    today = {each.market: each.held + each.paid for each in db.exec(on_day).all()}
    left = {each.market: each.orders_left for each in db.exec(select(Capacity)).all()}
    invited = _invited(db, now=now)
    found = {}
    for market in markets:
        counted = exposure.get(market.id) or Exposure(market=market.id)
        used, places = invited[market.id]
        found[market.id] = Taken(
            used,
            places,
            counted.orders,
            today.get(market.id, 0),
            counted.value,
            left.get(market.id),
        )
    return found


def _invited(db: Session, *, now: datetime) -> dict[str, tuple[int, int]]:
    """By market, places taken and places given out by invitations; of an expired one only those taken still count."""
    used, most = func.sum(col(Invitation.used)), func.sum(col(Invitation.max_uses))
    living = col(Invitation.expires_at) > now
    query = select(Invitation.market, living, used, most).where(col(Invitation.revoked_at).is_(None))
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for market, lives, taken, places in db.exec(query.group_by(col(Invitation.market), living)).all():
        before = found[market]
        found[market] = (before[0] + taken, before[1] + (places if lives else taken))
    return found


def exposure_words(market: Market, taken: Taken, tongue: Tongue) -> list[str]:
    """To whom the market is open and how much of each cap is taken, a short sentence each."""
    said = [who_may_buy(market, tongue)]
    if market.state in ("soft", "paused") and market.audience == "invitation" and taken.places:
        said.append(_of(N_("Invited: %(used)s of %(cap)s"), taken.invited, taken.places, tongue))
    said += [
        _of(words, used, cap, tongue)
        for words, used, cap in (
            (N_("Orders: %(used)s of %(cap)s"), taken.orders, market.order_cap),
            (N_("Orders today: %(used)s of %(cap)s"), taken.today, market.daily_cap),
        )
        if cap is not None
    ]
    if market.order_cap is None and (market.ever_sold or taken.orders):
        said.append(tongue.say(N_("Orders: %(number)s"), number=tongue.number(taken.orders)))
    if market.value_cap is not None:
        used, cap = (tongue.money(Money(each, market.currency)) for each in (taken.value, market.value_cap))
        said.append(tongue.say(N_("Value: %(used)s of %(cap)s"), used=used, cap=cap))
    if market.minutes_per_contact and taken.orders_left is not None:
        left = tongue.number(max(taken.orders_left, 0))
        said.append(tongue.say(N_("Orders our native speakers still have time for: %(number)s"), number=left))
    return said


def _of(words: str, used: int, cap: int, tongue: Tongue) -> str:
    return tongue.say(words, used=tongue.number(used), cap=tongue.number(cap))
