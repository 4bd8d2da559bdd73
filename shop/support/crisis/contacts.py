"""Whom to tell on the bad day: contacts by the roles that cards name, for one market or for all, each with a deputy."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from shop.markets.models import Market
from shop.support.crisis.models import CrisisCard, CrisisContact, OnCallRotation
from shop.support.severity import CRISIS

EMERGENCY = "emergency"  # the number that anybody there calls when somebody is in danger
ALL_MARKETS = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """How a market stands for the bad day: its contacts, the roles that nobody fills, and whether somebody is on call.

    `held` are the contacts themselves, `needed` the roles that crisis cards tell.
    """

    contacts: int = 0
    lacking: tuple[str, ...] = ()
    on_call: bool = False
    held: tuple[CrisisContact, ...] = field(default=(), compare=False)
    needed: tuple[str, ...] = field(default=(), compare=False)


def emergency_number(db: Session, market: str) -> str:
    """The market's emergency number; empty where it is not known."""
    query = select(CrisisContact.phone).where(CrisisContact.role == EMERGENCY, CrisisContact.market == market)
    return db.exec(query.order_by(col(CrisisContact.position))).first() or ""


def contacts_for(db: Session, markets: Collection[str]) -> list[CrisisContact]:
    """The contacts for these markets and for all, in the order of the list, deputies after those they stand in for."""
    query = select(CrisisContact).where(col(CrisisContact.market).in_({*markets, ALL_MARKETS}))
    return list(db.exec(query.order_by(col(CrisisContact.deputy), col(CrisisContact.position))).all())


def tells(card: CrisisCard) -> list[str]:
    """The roles that the card tells, in its order."""
    roles: list[str] = json.loads(card.tell)
    return roles


def ready_for_crisis(db: Session, *, only: str = "") -> dict[str, Readiness]:
    """Each market's standing, or that of `only`: asked for are the roles that crisis cards tell, and an emergency number."""
    needed = _needed_roles(db.exec(select(CrisisCard).where(CrisisCard.severity == CRISIS)).all())
    by_market: defaultdict[str, list[CrisisContact]] = defaultdict(list)
    for each in db.exec(select(CrisisContact)).all():
        by_market[each.market].append(each)
    rotations = db.exec(select(OnCallRotation)).all()
    turns = {each.market for each in rotations if each.people.split()}
    markets = db.exec(select(Market.id).where(Market.id == only) if only else select(Market.id)).all()
    return {each: _standing(each, needed, by_market, turns) for each in markets}


def _standing(
    market: str, needed: Iterable[str], by_market: Mapping[str, list[CrisisContact]], turns: Collection[str]
) -> Readiness:
    theirs = [*by_market.get(market, ()), *by_market.get(ALL_MARKETS, ())]
    filled = {each.role for each in theirs if each.email or each.phone}
    lacking = tuple(role for role in needed if role not in filled)
    on_call = market in turns or ALL_MARKETS in turns
    return Readiness(len(theirs), lacking, on_call, tuple(theirs), tuple(needed))


def _needed_roles(cards: Iterable[CrisisCard]) -> tuple[str, ...]:
    """Without any card nothing is known of whom to tell, so that no list can be whole."""
    roles = [role for card in sorted(cards, key=lambda each: each.number) for role in tells(card)]
    return (*dict.fromkeys(roles), EMERGENCY)
