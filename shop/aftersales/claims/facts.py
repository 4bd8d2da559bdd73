"""What is to be known of a claim: for the person who decides about it at the desk, and for the customer on its page."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from shop.aftersales.claims.keeping import (
    DOOR,
    KIND_TITLES,
    NOTICED,
    SAFETY,
    Claimable,
    claimable,
    earlier_claims,
    photos_of,
)
from shop.aftersales.claims.photos import SHOWN
from shop.aftersales.entitlement import bought_by
from shop.aftersales.guarantee_words import guarantee_view
from shop.aftersales.models import Case, CaseEvent, CaseLine
from shop.aftersales.remedies import WISHES
from shop.base.i18n import N_, Tongue
from shop.checkout.models import Order
from shop.ground.errors import found
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.policies.library import PolicyLibrary


def claim_facts(
    db: Session, case: Case, policies: PolicyLibrary, tongue: Tongue, *, now: datetime, path: str, staff: bool = False
) -> dict[str, Any] | None:
    """Everything about a claim in words, for `desk/_claim.html` and `aftersales/_claimed.html`; None at any other door.

    What holds is told as of the day it was filed, for that is when it was told; only the months left run on. `path` is
    where the case's page is, below which its photos are; the `staff` read every source.
    """
    if case.door != DOOR:
        return None
    order, market = found(db.get(Order, case.order_number)), db.get_one(Market, case.market)
    at_door = claimable(db, bought_by(db, order, policies), policies, but=case.number)
    events = {each.kind: each.note for each in db.exec(select(CaseEvent).where(CaseEvent.case == case.number)).all()}
    lines = list(db.exec(select(CaseLine).where(CaseLine.case == case.number)).all())
    noticed = date.fromisoformat(events[NOTICED]) if events.get(NOTICED) else None
    filed = day_in(market, case.filed_at)
    return {
        "kind": tongue.say(KIND_TITLES[case.kind]),
        "wish": tongue.say(WISHES[case.wish]) if case.wish in WISHES else "",
        "hurt": SAFETY in events,
        "noticed": tongue.date(noticed) if noticed else "",
        "lines": [
            _line(at_door, case, each, tongue, noticed=noticed, filed=filed, staff=staff)
            for each in lines
            if each.sku in at_door.pieces
        ],
        "photos": [
            {"url": f"{path}/photos/{name}", "shown": kind in SHOWN, "number": tongue.number(place)}
            for place, (name, kind) in enumerate(photos_of(db, case), 1)
        ],
        "earlier": [
            {
                "number": each.number,
                "kind": tongue.say(KIND_TITLES[each.kind]),
                "day": tongue.date(day_in(market, each.filed_at)),
                "remedy": each.remedy,
            }
            for each in earlier_claims(db, case, [line.sku for line in lines])
        ],
        "later": day_in(market, now) > filed,
    }


def _line(
    at_door: Claimable, case: Case, line: CaseLine, tongue: Tongue, *, noticed: date | None, filed: date, staff: bool
) -> dict[str, Any]:
    piece = at_door.pieces[line.sku]
    holds = at_door.holding(line.sku, today=filed, serial=line.serial, noticed=noticed)
    strange = bool(line.serial and piece.serials and line.serial not in piece.serials)
    return {
        "name": at_door.bought.names[line.sku],
        "sku": line.sku,
        "pieces": tongue.number(line.quantity),
        "serial": line.serial,
        "strange": tongue.say(N_("We packed no piece with this serial into this order.")) if strange else "",
        "holds": guarantee_view(holds.guarantee, holds.verdict(case.kind), holds.ladder, tongue, staff=staff),
    }
