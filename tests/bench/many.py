"""Very many requests and agents, written straight into the tables of an empty database: what the figures are taken over.

Of the requests few are open, as on a desk that does its work; every row is the same for the same numbers.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shop.base.db import Database
from shop.markets.models import Exporter, Market
from shop.staff.models import Person
from shop.staff.signin import password_hash
from shop.support.requests.models import Message, Request, RequestPromise
from shop.support.shifts.models import Agent, AgentLanguage, DutyInterval
from tests.bench.rows import Row, loading, write
from tests.world import PASSWORD

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
OPEN, ANSWERED = 0.015, 0.01  # shares of all requests; the rest is closed
HISTORY, DUTY_DAYS = timedelta(days=1000), 35
MARKETS = {
    "de": ("Europe/Berlin", "de", "en"),
    "at": ("Europe/Vienna", "de", "en"),
    "ch": ("Europe/Zurich", "de fr it", "en"),
    "fr": ("Europe/Paris", "fr", "en"),
    "jp": ("Asia/Tokyo", "ja", ""),
    "ae": ("Asia/Dubai", "ar en", "en"),
    "br": ("America/Sao_Paulo", "pt-BR", ""),
    "nz": ("Pacific/Auckland", "en", ""),
}
PLACES = [(market, language) for market, (_zone, tags, _other) in MARKETS.items() for language in tags.split()]
CATEGORIES = ("transit_damage", "spare_parts", "use", "certification", "repair", "quality", "returns", "other")

Drawn = tuple[str, int, int, datetime, datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Many:
    """How much was written: `agent` is one of Germany's, who can sign in as `<agent>@example.com`."""

    requests: int
    agents: int
    agent: str
    exporter: str = "mere"


def fill(
    database: Database,
    *,
    requests: int,
    agents: int,
    now: datetime = NOW,
    open_share: float = OPEN,
    sign_in: bool = False,
) -> Many:
    """Write so many requests, and agents with five weeks of duty, into a migrated database that holds nothing yet.

    With `sign_in` the exporter and the first agent can sign in with the demo's password.
    """
    drawn = list(_drawn(requests, now, open_share))
    with database.writing() as db:
        db.add(_exporter())
        for place, (id, (zone, languages, others)) in enumerate(MARKETS.items()):
            db.add(_market(id, zone, languages, others, place))
        db.add(Person(id="mere", email="mere@example.com", name="Mere T", role="exporter", language="en", zone="UTC"))
    names = [f"a{number:05}" for number in range(agents)]
    with loading(database, (Request, Message, RequestPromise)) as connection:
        write(connection, Person, ("id", "email", "name", "role", "language", "zone", "markets"), _people(names))
        write(connection, Agent, _AGENT, _agents(names))
        write(connection, AgentLanguage, ("agent", "language", "level"), _languages(names))
        write(connection, DutyInterval, ("agent", "starts_at", "ends_at"), _duty(names, now))
        write(connection, Request, REQUEST, _requests(drawn, names, now))
        write(connection, Message, MESSAGE, _messages(drawn))
        write(connection, RequestPromise, _PROMISE, _promises(drawn))
    if sign_in:
        with database.writing() as db:
            for person in ("mere", names[0]):
                db.get_one(Person, person).password_hash = password_hash(PASSWORD)
    return Many(requests, agents, names[0])


_AGENT = ("id", "person", "zone", "skills", "markets", "place", "places", "holidays", "capacity", "available")
REQUEST = (
    *("ref", "market", "language", "other_languages", "category", "subject", "name", "email", "order_number", "key"),
    *("serial", "details", "language_from", "via", "skills", "severity", "state", "agent", "tier", "reasons"),
    *("on_duty_at", "promised_at", "due_at", "look_at", "first_answered_at", "waiting_since", "paused_for"),
    *("customer_seconds", "exporter_seconds", "closed_at", "exporter_told", "created_at", "updated_at"),
)
MESSAGE = ("request", "kind", "author", "person", "text", "language", "at")
_PROMISE = ("request", "given_at", "on_duty_at", "promised_at")


def ref_of(number: int) -> str:
    """The ref of the request with this number; every 64th is open or so."""
    return f"R-{number:07}"


def _people(names: Sequence[str]) -> Iterator[Row]:
    for number, name in enumerate(names):
        market, language = PLACES[number % len(PLACES)]
        yield name, f"{name}@example.com", f"Person {number}", "agent", language, MARKETS[market][0], market


def _agents(names: Sequence[str]) -> Iterator[Row]:
    for number, name in enumerate(names):
        market, _language = PLACES[number % len(PLACES)]
        yield name, name, MARKETS[market][0], "", market, "", "{}", "", 20, True


def _languages(names: Sequence[str]) -> Iterator[Row]:
    for number, name in enumerate(names):
        _market_id, language = PLACES[number % len(PLACES)]
        yield name, language, "native"
        if language != "en":
            yield name, "en", "fluent"


def _duty(names: Sequence[str], now: datetime) -> Iterator[Row]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for number, name in enumerate(names):
        start = midnight - timedelta(days=1) + timedelta(hours=number % 24)
        for day in range(DUTY_DAYS):
            yield name, start + timedelta(days=day), start + timedelta(days=day, hours=8)


def _requests(drawn: Sequence[Drawn], names: Sequence[str], now: datetime) -> Iterator[Row]:
    owners = [names[at :: len(PLACES)] or names for at in range(len(PLACES))]
    for number, (state, place, severity, at, due, told) in enumerate(drawn):
        market, language = PLACES[place]
        owner = owners[place][number % len(owners[place])] if state != "waiting" else None
        waits = state in ("waiting", "assigned")
        customer = number % max(1, len(drawn) // 3)
        yield (
            *(ref_of(number), market, language, number % 2 == 0, CATEGORIES[number % len(CATEGORIES)]),
            *(f"Question {number}", f"Customer {customer}", f"customer{customer}@example.com"),
            *(f"{market.upper()}-{number}" if number % 3 == 0 else "", f"key-{number}", "", "{}", "page", "web", ""),
            *(severity, state, owner, 0, "[]", at, told, due, due if waits else None),
            *(None if waits else at, at if waits else None, "", 0, 0, at if state == "closed" else None, False, at, at),
        )


def _messages(drawn: Iterable[Drawn]) -> Iterator[Row]:
    for number, (state, place, _severity, at, _due, _told) in enumerate(drawn):
        if state != "closed":
            yield ref_of(number), "customer", f"Customer {number}", "", "How do I clean it?", PLACES[place][1], at


def _promises(drawn: Iterable[Drawn]) -> Iterator[Row]:
    for number, (state, _place, _severity, at, _due, told) in enumerate(drawn):
        if state in ("waiting", "assigned") and told is not None:
            yield ref_of(number), at, at, told


def _drawn(count: int, now: datetime, share: float) -> Iterator[Drawn]:
    """State, place, severity, when it came, when it is due and what was promised, of each request."""
    chance = random.Random(count)
    for _ in range(count):
        drawn, place = chance.random(), chance.randrange(len(PLACES))
        severity = (0, 1, 2)[(drawn * 7919 % 1 > 0.01) + (drawn * 7919 % 1 > 0.1)]
        if drawn < share:
            state = ("waiting", "assigned", "referred")[(drawn > share * 0.3) + (drawn > share * 0.9)]
            at = now - timedelta(seconds=chance.randrange(2 * 86_400))
            due = at + timedelta(seconds=chance.randrange(3_600, 3 * 86_400))
            told = due if chance.random() > 0.02 else None
            yield state, place, severity, at, due if told else at, told
        else:
            at = now - timedelta(seconds=chance.randrange(int(HISTORY.total_seconds())))
            state = "answered" if drawn < share + ANSWERED * share / OPEN else "closed"
            yield state, place, severity, at, at + timedelta(hours=1), at + timedelta(hours=1)


def _exporter() -> Exporter:
    return Exporter(
        name="Harbourbench",
        legal_name="Harbourbench Ltd",
        brand="Harbourbench",
        home_market="nz",
        zone="UTC",
        address="Nelson",
        email="care@example.com",
        phone="1",
    )


def _market(id: str, zone: str, languages: str, others: str, position: int) -> Market:
    return Market(
        id=id,
        country=id.upper(),
        currency="EUR",
        zone=zone,
        languages=languages,
        other_languages=others,
        position=position,
        state="open",
        ever_sold=True,
    )
