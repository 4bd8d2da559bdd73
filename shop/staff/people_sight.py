"""What the console shows of people: a line each, one person's sign-in, and what was done about them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, func, select

from shop.base.i18n import N_, NP_, Tongue
from shop.staff.arrival import ROLE_LABELS, Staff
from shop.staff.deeds import WORDS, deeds_about
from shop.staff.may import further_roles
from shop.staff.models import Person, SignedIn
from shop.staff.names import names_of
from shop.staff.second_factor import has_factor, with_factor

ACTIVE = ("good", "disc-full", NP_("who signs in", "Active"))
INVITED = ("wait", "clock", NP_("who signs in", "No password yet"))
OUT = ("calm", "square-crossed", NP_("who signs in", "Deactivated"))


def person_rows(db: Session, staff: Staff, markets: Mapping[str, str]) -> list[dict[str, Any]]:
    """A line for everybody, those who are deactivated last."""
    tongue = staff.tongue
    everybody = sorted(db.exec(select(Person)).all(), key=lambda each: (each.deactivated, each.name.casefold()))
    factors = set(db.exec(with_factor()).all())
    return [
        {
            "url": f"/console/people/{each.id}",
            "name": each.name,
            "email": each.email,
            "role": tongue.say(ROLE_LABELS[each.role]),
            "where": tongue.list([_name(tongue, markets, one) for one in each.markets.split()]) if each.markets else "",
            "further": [
                f"{_name(tongue, markets, market)}: {tongue.say(ROLE_LABELS[role])}"
                for market, role in further_roles(each).items()
            ],
            "chip": _chip(each, tongue),
            "factor": each.id in factors,
            "last": tongue.moment(each.signed_in_at, staff.person.zone) if each.signed_in_at else "",
        }
        for each in everybody
    ]


def person_sheet(db: Session, row: Person, staff: Staff, *, names: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """One person's sign-in and history."""
    theirs = SignedIn.person_id == row.id, SignedIn.expires_at > now
    number = db.exec(select(func.count()).select_from(SignedIn).where(*theirs)).one()
    tongue = staff.tongue
    return {
        "id": row.id,
        "chip": _chip(row, tongue),
        "deactivated": row.deactivated,
        "invited": not row.password_hash and not row.deactivated,
        "own": row.id == staff.person.id,
        "factor": has_factor(db, row.id),
        "open": tongue.count("%(num)s open sign-in", "%(num)s open sign-ins", number) if number else "",
        "deeds": _deeds(db, staff, names, row.id),
    }


def deed_rows(db: Session, staff: Staff) -> list[dict[str, Any]]:
    """What was done about all people, the newest first."""
    return _deeds(db, staff, names_of(db), None)


def _deeds(db: Session, staff: Staff, names: Mapping[str, str], person: str | None) -> list[dict[str, Any]]:
    tongue = staff.tongue
    return [
        {
            "when": tongue.moment(each.at, staff.person.zone),
            "what": tongue.say(WORDS[each.deed]),
            "whom": names.get(each.person, each.person) if person is None else "",
            "by": names.get(each.by, each.by) if each.by else tongue.say(N_("From the command line")),
            "detail": each.detail,
        }
        for each in deeds_about(db, person)
    ]


def _chip(person: Person, tongue: Tongue) -> tuple[str, str, str]:
    tone, glyph, word = OUT if person.deactivated else ACTIVE if person.password_hash else INVITED
    return tone, glyph, tongue.say(word)


def _name(tongue: Tongue, markets: Mapping[str, str], market: str) -> str:
    return tongue.territory(markets[market]) if market in markets else market
