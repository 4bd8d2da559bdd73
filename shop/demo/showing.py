"""What `softlaunch demo` loads and shows: the demo exporter's set-up, its passwords, fresh invitations, every address.

The demo is loaded by the ordinary import, once. It refuses a database that belongs to somebody else, whose people must
never get a published password.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from babel import Locale
from sqlmodel import Session, select

from shop.base.db import Database
from shop.launches.changing.invitations import make_invitation
from shop.launches.changing.table import STATE_WORDS
from shop.markets.in_order import markets_in_order
from shop.markets.models import Exporter, Market
from shop.policies.library import PolicyLibrary
from shop.staff.may import ROLES
from shop.staff.models import Person
from shop.staff.signin import password_hash
from shop.upkeep.importing import Told, import_setup

FOLDER = Path(__file__).parent / "exporter"
LEGAL_NAME = "Harbourbench Ltd"
PASSWORD = "harbour-demo"  # noqa: S105 - of people who do not exist, and printed by the command
INVITED, DAYS = 100, 30
NOTE = "softlaunch demo"

_ENGLISH = Locale("en")


class NotTheDemo(Exception):
    """The database belongs to another exporter, whom the message names."""


@dataclass(frozen=True, slots=True)
class Showing:
    """The demo as it stands: its markets, an invitation for each that is in its soft launch, and its people."""

    exporter: str
    markets: tuple[Market, ...]
    invitations: dict[str, str]  # market -> the secret of a fresh link
    people: tuple[Person, ...]


def is_loaded(database: Database) -> bool:
    """Whether the demo is in the database already; raises NotTheDemo when somebody else is."""
    with database.reading() as db:
        exporter = db.get(Exporter, 1)
    if exporter is not None and exporter.legal_name != LEGAL_NAME:
        raise NotTheDemo(exporter.name)
    return exporter is not None


def load(database: Database, policies: PolicyLibrary, *, now: datetime, told: Told = lambda *_: None) -> None:
    """Import the demo exporter and give all its people the demo's password."""
    import_setup(database, FOLDER, policies, now=now, told=told)
    hashed = password_hash(PASSWORD)
    with database.writing() as db:
        for person in db.exec(select(Person)).all():
            person.password_hash = hashed
            db.add(person)


def showing(database: Database, *, now: datetime) -> Showing:
    """What is to be shown, with fresh invitations: those of an earlier demo can no longer be read."""
    with database.writing() as db:
        markets = tuple(markets_in_order(db))
        people = tuple(db.exec(select(Person).where(Person.password_hash != "")).all())
        exporter = db.get_one(Exporter, 1)
        by = next(each.id for each in people if each.role == "exporter")
        links = {each.id: _invitation(db, each.id, by, now) for each in markets if each.state == "soft"}
    return Showing(exporter.name, markets, links, people)


def shown(demo: Showing, base_url: str) -> Iterator[str]:
    """The lines that the command prints."""
    yield f"{demo.exporter}, the demo exporter. All of it is made up, and its till takes no real money."
    yield ""
    yield f"The shop           {base_url}/"
    for market in demo.markets:
        yield from _market(market, demo.invitations.get(market.id), base_url)
    yield ""
    yield f"Sign in            {base_url}/sign-in   password for all: {PASSWORD}"
    for person in sorted(demo.people, key=lambda each: (ROLES.index(each.role), each.email)):
        yield f"  {person.email:<34} {person.role:<11} {person.title}"


def _market(market: Market, token: str | None, base_url: str) -> Iterator[str]:
    name = _ENGLISH.territories[market.country]
    yield f"{name} ({market.id}): {STATE_WORDS[market.state].lower()}{_audience(market)}"
    for language in market.languages.split():
        yield f"  {_ENGLISH.languages[language.partition('-')[0]]:<16} {base_url}/{market.id}/{language}/"
    if token is not None:
        yield f"  Invitation       {base_url}/invite/{token}"


def _audience(market: Market) -> str:
    if market.state in ("draft", "ready"):
        return ", staff may look ahead"
    if market.state != "soft":
        return ""
    return (
        ", by invitation" if market.audience == "invitation" else f", {market.percent_bp / 100:g} % of visitors may buy"
    )


def _invitation(db: Session, market: str, person: str, now: datetime) -> str:
    return make_invitation(db, market, person=person, uses=INVITED, days=DAYS, note=NOTE, now=now).token
