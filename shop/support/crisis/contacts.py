"""Whom to tell on the bad day: contacts by the roles that cards name, for one market or for all, each with a deputy."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from shop.markets.models import Market
from shop.staff.may import ALL_MARKETS
from shop.staff.names import names_of
from shop.support.crisis.models import CrisisCard, CrisisContact, OnCallRotation
from shop.support.crisis.rotations import deactivated
from shop.support.severity import CRISIS

EMERGENCY = "emergency"  # the number that anybody there calls when somebody is in danger


@dataclass(frozen=True, slots=True)
class Readiness:
    """How a market stands for the bad day: its contacts, the roles that nobody fills, and whether somebody is on call.

    `vacant` are the names of who would be in turn but is deactivated, so that their turns are gaps. `held` are the
    contacts themselves, `needed` the roles that crisis cards tell.
    """

    contacts: int = 0
    lacking: tuple[str, ...] = ()
    on_call: bool = False
    vacant: tuple[str, ...] = ()
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
    markets = db.exec(select(Market.id).where(Market.id == only) if only else select(Market.id)).all()
    turns = _turns(db)
    return {
        each: _standing(
            [*by_market[each], *by_market[ALL_MARKETS]], needed, in_turn=turns.get(each, turns[ALL_MARKETS])
        )
        for each in markets
    }


def _turns(db: Session) -> dict[str, dict[str, str]]:
    """Who is in turn by market (empty: all), as `rotation_of` chooses; of the deactivated the names, else nothing."""
    gone = deactivated(db)
    names = names_of(db, gone)
    rotations = db.exec(select(OnCallRotation).order_by(col(OnCallRotation.id).desc())).all()
    return {ALL_MARKETS: {}} | {
        row.market: {each: names.get(each, "") for each in row.people.split()} for row in rotations
    }


def _standing(theirs: Sequence[CrisisContact], needed: tuple[str, ...], *, in_turn: Mapping[str, str]) -> Readiness:
    filled = {each.role for each in theirs if each.email or each.phone}
    return Readiness(
        contacts=len(theirs),
        lacking=tuple(role for role in needed if role not in filled),
        on_call=not all(in_turn.values()),
        vacant=tuple(filter(None, in_turn.values())),
        held=tuple(theirs),
        needed=needed,
    )


def _needed_roles(cards: Iterable[CrisisCard]) -> tuple[str, ...]:
    """Without any card nothing is known of whom to tell, so that no list can be whole."""
    roles = [role for card in sorted(cards, key=lambda each: each.number) for role in tells(card)]
    return (*dict.fromkeys(roles), EMERGENCY)
