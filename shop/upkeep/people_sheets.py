"""`people.csv`: who signs in, and as what. How they sign in is nobody's file: it holds no password and no second factor.

Roles in single markets, who must have a second factor and who is deactivated are taken for new people only; of those
who are known already, `/console/people` alone changes them.
"""

from collections.abc import Iterable

from sqlmodel import Session

from shop.staff.may import ROLES
from shop.staff.models import Person
from shop.upkeep.cells import choice, email, flag, language, market_id, optional, text, word, words, zone_name
from shop.upkeep.reading import Columns, Row

OF_THE_NEW = ("roles", "second_factor", "deactivated")


def role_in_market(given: object) -> str:
    """A role that somebody has in one market: `nz:exporter`."""
    market, _, role = str(given).partition(":")
    return f"{market_id(market)}:{choice(*ROLES)(role)}"


PEOPLE: Columns = {
    "id": word, "email": email, "name": text, "role": choice(*ROLES), "language": language, "zone": zone_name,
    "markets": optional(words(), ""), "title": optional(text, ""), "roles": optional(words(role_in_market), ""),
    "second_factor": optional(flag, False), "deactivated": optional(flag, False),
}  # fmt: skip


def store_people(db: Session, rows: Iterable[Row]) -> None:
    """Write people; nobody ever leaves by an import."""
    for row in rows:
        known = db.get(Person, row["id"])
        if known is None:
            db.add(Person(**row.cells))
        else:
            known.sqlmodel_update({name: cell for name, cell in row.cells.items() if name not in OF_THE_NEW})
