"""`people.csv`: who signs in, and as what. How they sign in is nobody's file: it holds no password and no second factor.

Roles in single markets, who must have a second factor and who is deactivated are taken for new people only; of those
who are known already, `/console/people` alone changes them.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from shop.base.i18n import N_
from shop.staff.last_exporter import LastExporter
from shop.staff.may import EXPORTER, ROLES, as_read, give_further_roles
from shop.staff.models import Person
from shop.staff.people import AddressTaken, change, facts_of, mark_of
from shop.upkeep.cells import choice, email, flag, language, market_id, optional, text, word, words, zone_name
from shop.upkeep.reading import BadSetup, Columns, Complaint, Row
from shop.upkeep.wrong import Wrong

OF_THE_NEW = ("roles", "second_factor", "deactivated")


def role_in_market(given: object) -> str:
    """A role that somebody has in one market: `nz:exporter`."""
    market, _, role = str(given).partition(":")
    return f"{market_id(market)}:{choice(*ROLES)(role)}"


_words_of_roles = words(role_in_market)


def further_roles(given: object) -> str:
    """Roles in single markets, one in each: `ch:agent nz:exporter`."""
    roles = str(_words_of_roles(given))
    if len(as_read(roles)) != len(roles.split()):
        raise Wrong(N_("names two roles for the same market"))
    return roles


PEOPLE: Columns = {
    "id": word, "email": email, "name": text, "role": choice(*ROLES), "language": language, "zone": zone_name,
    "markets": optional(words(), ""), "title": optional(text, ""), "roles": optional(further_roles, ""),
    "second_factor": optional(flag, False), "deactivated": optional(flag, False),
}  # fmt: skip


def store_people(db: Session, rows: Iterable[Row], *, now: datetime) -> None:
    """Write people; nobody ever leaves by an import, and what changes of those who are known stands in their history.

    Raises BadSetup when nobody would be left who may do everything, or an address is somebody else's.
    """
    for row in sorted(rows, key=_exporters_first):
        known = db.get(Person, row["id"])
        if known is None:
            person = Person(**{name: cell for name, cell in row.cells.items() if name != "roles"})
            give_further_roles(person, as_read(row["roles"]))
            db.add(person)
        else:
            _change(db, known, row, now=now)


def _exporters_first(row: Row) -> bool:
    """Whoever takes over is there before the one who hands over."""
    return bool(row["role"] != EXPORTER or row["markets"])


def _change(db: Session, known: Person, row: Row, *, now: datetime) -> None:
    given = {name: cell for name, cell in row.cells.items() if name not in ("id", *OF_THE_NEW)}
    facts = replace(facts_of(known), **given)
    if facts == facts_of(known):
        return
    try:
        change(db, known.id, facts, seen=mark_of(known), by="", now=now)
    except LastExporter:
        left = Wrong(N_("nobody would be left who may do everything in every market and can sign in"))
        raise BadSetup([Complaint(row.file, row.place, left, row.key, "role")]) from None
    except AddressTaken:
        taken = Wrong(N_("somebody else signs in with this address"))
        raise BadSetup([Complaint(row.file, row.place, taken, row.key, "email")]) from None
