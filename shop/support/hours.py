"""The answer hours that customers are shown: per market, language and level, when somebody is on duty, and who.

Duty and presence must both hold: of somebody who is away, the hours that have begun do not count, those to come do.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.pagecache import market_scope, raise_revision
from shop.ground.duty import BY_START, Interval, merged
from shop.markets.models import AnswerHours, Exporter, Market
from shop.staff.models import Person
from shop.support.languages import variant_rank
from shop.support.roster_models import Agent, AgentLanguage, DutyInterval

LEVELS = ("native", "fluent")
SHOWN = timedelta(days=14)  # no page looks further ahead
MOST_NAMES = 3

COLUMNS = ("market", "language", "level", "starts_at", "ends_at", "names", "local_names")
Row = tuple[str, str, str, datetime, datetime, str, str]  # the columns of AnswerHours in this order


@dataclass(frozen=True, slots=True)
class Speaker:
    """One agent as customers are told of them: the name, whom they answer, what they speak, and when.

    `local_names` are the names in languages that write them otherwise.
    """

    name: str
    local_names: Mapping[str, str]
    markets: frozenset[str]
    languages: Mapping[str, str]
    duty: tuple[Interval, ...]

    def name_in(self, language: str) -> str:
        """The name as readers of the language are told it."""
        return self.local_names.get(language, self.name)

    def answers(self, market: str, language: str, level: str) -> bool:
        """Whether the market's customers are answered by this person in the language, spoken at just this level."""
        return (not self.markets or market in self.markets) and any(
            spoken == level and variant_rank(tag, language, True) is not None for tag, spoken in self.languages.items()
        )


def rewrite_hours(db: Session, *, now: datetime) -> None:
    """Write all answer hours anew from duty and presence.

    Raises the revision of every market whose pages now read differently; writes nothing when all stands there already.
    """
    hold_hours(db)
    rows, written = _wanted(db, now=now), _written(db)
    if set(rows) == set(written):
        return
    db.connection().execute(delete(AnswerHours))
    if rows:
        db.connection().execute(insert(AnswerHours), [dict(zip(COLUMNS, row, strict=True)) for row in rows])
    before, after = _shown(written, now=now), _shown(rows, now=now)
    changed = [market_scope(market) for market in before.keys() | after.keys() if before[market] != after[market]]
    if changed:
        raise_revision(db, *changed)


def hold_hours(db: Session) -> None:
    """Wait until nobody else writes answer hours: they are made of everybody's presence and written as a whole."""
    db.connection().execute(select(Exporter.id).with_for_update(key_share=True))


def hours_are_true(db: Session, *, now: datetime) -> bool:
    """Whether the answer hours are what duty and presence say at `now`."""
    return set(_wanted(db, now=now)) == set(_written(db))


def there_now(db: Session, *, now: datetime) -> list[Speaker]:
    """Everybody who is on duty at `now` and has not said "away", the first to come first."""
    there = [
        (interval.start, each.name, each)
        for each in _speakers(db, now=now)
        for interval in each.duty
        if interval.start <= now < interval.end
    ]
    return [each for _start, _name, each in sorted(there, key=itemgetter(0, 1))]


def answer_hours(market: Market, speakers: Iterable[Speaker]) -> list[Row]:
    """The market's answer hours in each of its languages; windows that touch are one, with the names of all in it."""
    speakers = list(speakers)
    return [
        (market.id, language, level, window.start, window.end, *_names(window, answering))
        for language in market.languages.split()
        for level in LEVELS
        if (answering := [each for each in speakers if each.answers(market.id, language, level)])
        for window in merged(interval for each in answering for interval in each.duty)
    ]


def display_name(person: Person, agent: Agent, language: str) -> str:
    """How readers of the language are told of an agent: `Lena (Hamburg)`, `Lena (ハンブルク)`."""
    first, place = first_name(person), " ".join(agent.place_in(language).split())
    return f"{first} ({place})" if place else first


def first_name(person: Person) -> str:
    """How customers are told of somebody who is no agent: `Mere`."""
    return (person.name.split() or [person.id])[0]


def _names(window: Interval, answering: Sequence[Speaker]) -> tuple[str, str]:
    """Who is on duty in the window, the first to come first: as written, and by language of the reader."""
    there = []
    for each in answering:
        inside = [interval for interval in each.duty if interval.start < window.end and window.start < interval.end]
        if inside:
            there.append((min(inside, key=BY_START).start, each.name, each.local_names))
    shown = sorted(there, key=itemgetter(0, 1))[:MOST_NAMES]
    languages = sorted({language for _start, _name, local_names in shown for language in local_names})
    local = {
        language: "\n".join(local_names.get(language, name) for _start, name, local_names in shown)
        for language in languages
    }
    return "\n".join(name for _start, name, _local in shown), json.dumps(local, ensure_ascii=False)


def _wanted(db: Session, *, now: datetime) -> list[Row]:
    speakers = _speakers(db, now=now)
    return [row for market in db.exec(select(Market)).all() for row in answer_hours(market, speakers)]


def _written(db: Session) -> list[Row]:
    return [
        (each.market, each.language, each.level, each.starts_at, each.ends_at, each.names, each.local_names)
        for each in db.exec(select(AnswerHours).execution_options(populate_existing=True)).all()
    ]


def _speakers(db: Session, *, now: datetime) -> list[Speaker]:
    languages: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for spoken in db.exec(select(AgentLanguage)).all():
        languages[spoken.agent][spoken.language] = spoken.level
    duty: defaultdict[str, list[Interval]] = defaultdict(list)
    for each in db.exec(select(DutyInterval).order_by(col(DutyInterval.starts_at))).all():
        duty[each.agent].append(Interval(each.starts_at, each.ends_at))
    query = select(Agent, Person).join(Person, col(Person.id) == col(Agent.person))
    people = db.exec(query.execution_options(populate_existing=True)).all()  # presence is changed past the session
    return [
        Speaker(
            display_name(person, agent, ""),
            {language: display_name(person, agent, language) for language in agent.languages_of_place},
            frozenset(agent.markets.split()),
            languages[agent.id],
            tuple(each for each in duty[agent.id] if agent.available or each.start > now),
        )
        for agent, person in people
    ]


def _shown(rows: Iterable[Row], *, now: datetime) -> defaultdict[str, set[Row]]:
    """What pages read of these rows now, by market: yesterday's rows come and go without anybody seeing it."""
    shown: defaultdict[str, set[Row]] = defaultdict(set)
    for row in rows:
        if row[4] > now and row[3] < now + SHOWN:
            shown[row[0]].add(row)
    return shown
