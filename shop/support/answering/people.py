"""The people of the roster as routing sees them at one instant: who speaks a language, who is there, until when."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Float, String, bindparam, case, cast, func, literal, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col

from shop.ground.duty import Interval, merged
from shop.staff.may import PARTNER
from shop.staff.models import Person
from shop.support.answering import routing
from shop.support.answering.languages import variant_rank
from shop.support.answering.leaving import BACK_SOON
from shop.support.answering.routing import LEVELS, Tier
from shop.support.known.training import trained
from shop.support.requests.models import Request
from shop.support.shifts.models import Agent, AgentLanguage, DutyInterval

FIRST = 20  # so many are read for a single decision: enough for any who declined, lack a skill, or leave soon
LEAVING = timedelta(minutes=10)  # whoever is there for less stands behind
INSTANT = timedelta(seconds=1)  # of hours to come only the beginning is known here

_FACTS: tuple[Any, ...] = (
    *(Agent.id, Agent.skills, Agent.capacity, Agent.available, Agent.idle_since),
    *(AgentLanguage.language, AgentLanguage.level),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an agent stands: on duty until when (None: not on duty), next on duty, there or away and since when."""

    until: datetime | None
    next_at: datetime | None
    available: bool
    since: datetime | None

    @property
    def there(self) -> bool:
        """On duty, and not away."""
        return self.until is not None and self.available


def speakers(db: Session, market: str, language: str, *, now: datetime) -> list[routing.Agent]:
    """Who answers the market's customers in the language or a variant of it, with their duty of now and the next.

    Partners who have not signed what they must know are left out.
    """
    tags = [tag for tag in spoken_tags(db) if variant_rank(tag, language, True) is not None]
    return _agents(db, market, db.connection().execute(_speakers(market, tags, now)).all(), now)


def standings(db: Session, agents: Collection[str], *, now: datetime) -> dict[str, Standing]:
    """How each of these agents stands at `now`."""
    wanted: tuple[Any, ...] = (Agent.id, Agent.available, Agent.idle_since, *_times(now))
    query = columns(*wanted).where(col(Agent.id).in_(set(agents)))
    return {
        row.id: Standing(_later(row.until, now), row.next_at, row.available, row.idle_since)
        for row in db.connection().execute(query).all()
    }


def back_at(standing: Standing, *, now: datetime) -> datetime | None:
    """From when an owner has a request that is opened again: now, or soon; None for one who is too long in coming."""
    if standing.there:
        return now
    return standing.next_at if standing.next_at is not None and standing.next_at <= now + BACK_SOON else None


def hours_of(db: Session, agents: Iterable[str], known: Interval) -> tuple[Interval, ...]:
    """When at least one of these agents is on duty, of what is stored."""
    query = columns(col(DutyInterval.starts_at), col(DutyInterval.ends_at)).where(
        col(DutyInterval.agent).in_(set(agents)),
        col(DutyInterval.ends_at) > known.start,
        col(DutyInterval.starts_at) < known.end,
    )
    return merged(Interval(start, end) for start, end in db.connection().execute(query).all())


def spoken_tags(db: Session) -> list[str]:
    """Every language tag that somebody speaks: one look into the index for each, however many people speak it."""
    tag = col(AgentLanguage.language)
    found = columns(func.min(tag).label("tag")).cte("spoken", recursive=True)
    following = columns(func.min(tag)).where(tag > found.c.tag).scalar_subquery()
    found = found.union_all(columns(following).where(found.c.tag.is_not(None)))
    return [each for (each,) in db.connection().execute(columns(found.c.tag)).all() if each is not None]


def first_free(db: Session, market: str, tier: Tier, *, previous: str, now: datetime) -> list[routing.Agent]:
    """The first of a tier who are there and have room, in the order in which routing chooses, with their duty of now.

    Routing chooses among these as among all. `previous` is one of them if they are there; a partner who has not signed
    what they must know is none.
    """
    ranks = {tag: near for tag in spoken_tags(db) if (near := variant_rank(tag, tier.language, True)) is not None}
    if not ranks:
        return []
    levels = tuple(name for name, level in LEVELS.items() if level >= tier.min_level)
    query = _first_free(tuple(sorted(ranks.items())), levels)
    given = {"market": f"% {market} %", "previous": previous, "now": now, "soon": now + LEAVING}
    return _agents(db, market, db.connection().execute(query, given).all(), now)


def skilled(db: Session, skills: Iterable[str]) -> bool:
    """Whether anybody of the roster has all of these skills."""
    theirs = literal(" ").concat(col(Agent.skills)).concat(" ")
    some = columns(col(Agent.id)).where(col(Agent.skills) != "", *(theirs.like(f"% {each} %") for each in skills))
    return db.connection().execute(some.limit(1)).first() is not None


@cache
def _first_free(ranks: tuple[tuple[str, int], ...], levels: tuple[str, ...]) -> Any:
    """The query of `first_free`, made once for each tier: making it costs more than asking it."""
    instant = DutyInterval.__table__.c.starts_at.type  # type: ignore[attr-defined]
    now, soon = bindparam("now", type_=instant), bindparam("soon", type_=instant)
    start, end = col(DutyInterval.starts_at), col(DutyInterval.ends_at)
    load: Any = _load()
    wanted: tuple[Any, ...] = (*_FACTS, Agent.person, load.label("load"), end.label("until"))
    # Materialised: else the load is counted again wherever it is named.
    there = (
        _people(columns(*wanted), bindparam("market", type_=String()), [tag for tag, _rank in ranks])
        .join(DutyInterval, (col(DutyInterval.agent) == col(Agent.id)) & (start <= now) & (end > now))
        .where(col(AgentLanguage.level).in_(levels), col(Agent.available).is_(True))
        .cte("there")
        .prefix_with("MATERIALIZED")
    )
    order = (
        *(there.c.id != bindparam("previous", type_=String()), there.c.until < soon),
        *(case(dict(ranks), value=there.c.language), cast(there.c.load, Float) / there.c.capacity),
        *(there.c.idle_since.asc().nulls_last(), there.c.id),
    )
    first = columns(there).where(there.c.load < there.c.capacity).order_by(*order).limit(FIRST).subquery()
    # Only of these few it matters who they are.
    return columns(*first.c, col(Person.role)).join(Person, col(Person.id) == first.c.person)


def _speakers(market: str, tags: Collection[str], now: datetime) -> Any:
    wanted: tuple[Any, ...] = (*_FACTS, Person.role, _load().label("load"), *_times(now))
    return _people(columns(*wanted), f"% {market} %", tags).join(Person, col(Person.id) == col(Agent.person))


def _people(query: Any, market: Any, tags: Collection[str]) -> Any:
    markets = literal(" ").concat(col(Agent.markets)).concat(" ")
    return (
        query.select_from(AgentLanguage)
        .join(Agent, col(Agent.id) == col(AgentLanguage.agent))
        .where(col(AgentLanguage.language).in_(tags))
        .where(or_(col(Agent.markets) == "", markets.like(market)))
        .where(col(Agent.person).not_in(columns(col(Person.id)).where(col(Person.deactivated).is_(True))))
    )


def _load() -> Any:
    theirs = (col(Request.agent) == Agent.id, col(Request.state) == "assigned")
    return columns(func.count()).select_from(Request).where(*theirs).scalar_subquery()


def _times(now: datetime) -> tuple[Any, Any]:
    """The end of the last hours that have begun, which may be over, and the beginning of the next."""
    theirs, start = col(DutyInterval.agent) == Agent.id, col(DutyInterval.starts_at)
    begun = columns(col(DutyInterval.ends_at)).where(theirs, start <= now).order_by(start.desc()).limit(1)
    coming = columns(start).where(theirs, start > now).order_by(start).limit(1)
    return begun.scalar_subquery().label("until"), coming.scalar_subquery().label("next_at")


def _agents(db: Session, market: str, rows: Sequence[Any], now: datetime) -> list[routing.Agent]:
    """Rows of people, one for each of their languages, as routing takes them."""
    allowed = trained(db, market) if any(row.role == PARTNER for row in rows) else set()
    languages: defaultdict[str, dict[str, routing.Level]] = defaultdict(dict)
    for row in rows:
        languages[row.id][row.language] = LEVELS[row.level]
    return [
        routing.Agent(
            row.id,
            languages[row.id],
            _duty(row.until, getattr(row, "next_at", None), now),
            frozenset(row.skills.split()),
            row.capacity,
            row.load,
            row.available,
            row.idle_since,
        )
        for row in {each.id: each for each in rows}.values()
        if row.role != PARTNER or row.id in allowed
    ]


def _duty(until: datetime | None, next_at: datetime | None, now: datetime) -> tuple[Interval, ...]:
    there = (Interval(now, until),) if until is not None and until > now else ()
    return (*there, Interval(next_at, next_at + INSTANT)) if next_at is not None else there


def _later(instant: datetime | None, now: datetime) -> datetime | None:
    return instant if instant is not None and instant > now else None
