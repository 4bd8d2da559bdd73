"""The answer hours that customers are shown: per market, language and level, when somebody is on duty, and who."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.pagecache import market_scope, raise_revision
from shop.ground.duty import BY_START, Interval, merged
from shop.markets.models import AnswerHours, Market
from shop.staff.models import Person
from shop.support.languages import variant_rank
from shop.support.models import Agent, AgentLanguage, DutyInterval

LEVELS = ("native", "fluent")
SHOWN = timedelta(days=14)  # no page looks further ahead
MOST_NAMES = 3

Row = tuple[str, str, str, datetime, datetime, str]  # in the order of the columns of AnswerHours


@dataclass(frozen=True, slots=True)
class Speaker:
    """One agent as customers are told of them: the name, whom they answer, what they speak, and when."""

    name: str
    markets: frozenset[str]
    languages: Mapping[str, str]
    duty: tuple[Interval, ...]

    def answers(self, market: str, language: str, level: str) -> bool:
        """Whether the market's customers are answered by this person in the language, spoken at just this level."""
        return (not self.markets or market in self.markets) and any(
            spoken == level and variant_rank(tag, language, True) is not None for tag, spoken in self.languages.items()
        )


def rewrite_hours(db: Session, *, now: datetime) -> None:
    """Write all answer hours anew from duty, raising the revision of every market whose pages now read differently."""
    speakers = _speakers(db)
    rows = [row for market in db.exec(select(Market)).all() for row in answer_hours(market, speakers)]
    before = _shown([_row(each) for each in db.exec(select(AnswerHours)).all()], now=now)
    db.connection().execute(delete(AnswerHours))
    if rows:
        db.connection().execute(insert(AnswerHours), [_columns(row) for row in rows])
    after = _shown(rows, now=now)
    changed = [market_scope(market) for market in before.keys() | after.keys() if before[market] != after[market]]
    if changed:
        raise_revision(db, *changed)


def answer_hours(market: Market, speakers: Iterable[Speaker]) -> list[Row]:
    """The market's answer hours in each of its languages; windows that touch are one, with the names of all in it."""
    speakers = list(speakers)
    return [
        (market.id, language, level, window.start, window.end, _names(window, answering))
        for language in market.languages.split()
        for level in LEVELS
        if (answering := [each for each in speakers if each.answers(market.id, language, level)])
        for window in merged(interval for each in answering for interval in each.duty)
    ]


def display_name(person: Person, agent: Agent) -> str:
    """How customers are told of an agent: `Lena (Hamburg)`."""
    first = (person.name.split() or [person.id])[0]
    return f"{first} ({agent.place})" if agent.place else first


def _names(window: Interval, answering: Sequence[Speaker]) -> str:
    """Who is on duty in the window, the first to come first."""
    there = []
    for each in answering:
        inside = [interval for interval in each.duty if interval.start < window.end and window.start < interval.end]
        if inside:
            there.append((min(inside, key=BY_START).start, each.name))
    return ", ".join(name for _start, name in sorted(there)[:MOST_NAMES])


def _speakers(db: Session) -> list[Speaker]:
    languages: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for spoken in db.exec(select(AgentLanguage)).all():
        languages[spoken.agent][spoken.language] = spoken.level
    duty: defaultdict[str, list[Interval]] = defaultdict(list)
    for each in db.exec(select(DutyInterval).order_by(col(DutyInterval.starts_at))).all():
        duty[each.agent].append(Interval(each.starts_at, each.ends_at))
    people = db.exec(select(Agent, Person).join(Person, col(Person.id) == col(Agent.person))).all()
    markets = {agent.id: frozenset(agent.markets.split()) for agent, _person in people}
    return [
        Speaker(display_name(person, agent), markets[agent.id], languages[agent.id], tuple(duty[agent.id]))
        for agent, person in people
    ]


def _shown(rows: Iterable[Row], *, now: datetime) -> defaultdict[str, set[Row]]:
    """What pages read of these rows now, by market: yesterday's rows come and go without anybody seeing it."""
    shown: defaultdict[str, set[Row]] = defaultdict(set)
    for row in rows:
        if row[4] > now and row[3] < now + SHOWN:
            shown[row[0]].add(row)
    return shown


def _row(each: AnswerHours) -> Row:
    return each.market, each.language, each.level, each.starts_at, each.ends_at, each.names


def _columns(row: Row) -> dict[str, Any]:
    return dict(zip(("market", "language", "level", "starts_at", "ends_at", "names"), row, strict=True))
