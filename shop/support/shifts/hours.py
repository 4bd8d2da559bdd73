"""The answer hours that customers are shown: per market, language and level, when somebody is on duty, and who.

Duty and presence must both hold: of somebody who is away, the hours that have begun do not count, those to come do.
A partner who has not signed what they must know of a market is not counted there.
Written as a whole after a whole rebuild; after one person's change only the windows that it touches are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, delete
from sqlalchemy import select as columns
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, or_, select

from shop.base.revisions import market_scope, raise_revision
from shop.ground.duty import Interval
from shop.markets.models import AnswerHours, Exporter, Market
from shop.staff.models import Person
from shop.support.answering.languages import variant_rank
from shop.support.known.training import untrained_by
from shop.support.shifts.models import Agent, AgentLanguage, DutyInterval
from shop.support.shifts.speakers import LEVELS, Speaker, Topic, speaker, windows

SHOWN = timedelta(days=14)  # no page looks further ahead
FEW = 1_000  # names in one statement; of more, all are read

COLUMNS = ("market", "language", "level", "starts_at", "ends_at", "names", "local_names")
Row = tuple[str, str, str, datetime, datetime, str, str]  # the columns of AnswerHours in this order
Duty = Mapping[str, Iterable[Interval]]


def rewrite_hours(db: Session, *, now: datetime, duty: Duty | None = None) -> None:
    """Write all answer hours anew from duty (all of it, if the caller has it at hand) and presence.

    Raises the revision of every market whose pages now read differently; writes nothing when all stands there already.
    """
    hold_hours(db)
    by_topic: defaultdict[tuple[str, str, str], list[Speaker]] = defaultdict(list)
    markets = db.exec(select(Market)).all()
    left_out = untrained_by(db, [market.id for market in markets])
    for each in _speakers(db, _duty(db) if duty is None else duty, now=now):
        for market in each.markets or left_out:
            if each.agent in left_out.get(market, ()):
                continue
            for tag, level in each.languages.items():
                by_topic[market, tag, level].append(each)
    tags = {tag for _market, tag, _level in by_topic}
    rows: list[Row] = []
    for topic in _topics(markets):
        spoken = [tag for tag in tags if variant_rank(tag, topic.language, True) is not None]
        answering = {id(each): each for tag in spoken for each in by_topic.get((topic.market, tag, topic.level), ())}
        rows += [(*topic, *window) for window in windows(answering.values())]
    _store(db, _written(db), rows, now=now)


def follow(db: Session, topics: Iterable[Topic], span: Interval, *, now: datetime) -> None:
    """Write anew what duty and presence say of these topics within the span, and of the windows that reach into it."""
    hold_hours(db)
    topics = sorted(topics)
    left_out = untrained_by(db, {each.market for each in topics})
    for topic in topics:
        standing, whole, touched = _written(db, topic), None, span
        while touched != whole:
            whole = touched
            written = [each for each in standing if each[3] <= whole.end and whole.start <= each[4]]
            rows: list[Row] = [
                (*topic, *window) for window in windows(_speakers_of(db, topic, whole, left_out[topic.market], now=now))
            ]
            ends = [each[3:5] for each in (*written, *rows)]
            touched = Interval(
                min([whole.start, *(each[0] for each in ends)]), max([whole.end, *(each[1] for each in ends)])
            )
        _store(db, written, rows, now=now)


def topics_of(db: Session, agents: Collection[str]) -> set[Topic]:
    """What these agents answer, as they stand now."""
    db.flush()
    topics = list(_topics(db.exec(select(Market)).all()))
    query = (
        columns(col(Agent.markets), col(AgentLanguage.language), col(AgentLanguage.level))
        .join(AgentLanguage, col(AgentLanguage.agent) == col(Agent.id))
        .where(col(Agent.id).in_(agents))
        .distinct()
    )
    return {
        topic
        for markets, tag, level in db.connection().execute(query).all()
        for topic in topics
        if (not markets or topic.market in markets.split())
        and topic.level == level
        and variant_rank(tag, topic.language, True) is not None
    }


def hold_hours(db: Session) -> None:
    """Wait until nobody else writes answer hours: they are made of everybody's presence."""
    db.connection().execute(select(Exporter.id).with_for_update(key_share=True))


def there_now(db: Session, *, now: datetime) -> list[Speaker]:
    """Everybody who is on duty at `now` and has not said "away", the first to come first."""
    running = col(DutyInterval.starts_at) <= now, col(DutyInterval.ends_at) > now
    found = _speakers(db, _duty(db, *running), now=now)
    there = [(each.duty[0].start, each.name, each) for each in found if each.duty]
    return [each for _start, _name, each in sorted(there, key=itemgetter(0, 1))]


def _topics(markets: Iterable[Market]) -> Iterable[Topic]:
    for market in markets:
        for language in market.languages.split():
            yield from (Topic(market.id, language, level) for level in LEVELS)


def _store(db: Session, written: Collection[Row], rows: Collection[Row], *, now: datetime) -> None:
    gone, new = set(written) - set(rows), set(rows) - set(written)
    if gone:
        key = [column == bindparam(f"{column.key}_") for column in AnswerHours.__table__.primary_key]  # type: ignore[attr-defined]
        names = [f"{name}_" for name in COLUMNS[:4]]
        rowwise = [dict(zip(names, row[:4], strict=True)) for row in gone]
        db.connection().execute(delete(AnswerHours).where(*key), rowwise)
    if new:
        db.connection().execute(insert(AnswerHours), [dict(zip(COLUMNS, row, strict=True)) for row in new])
    before, after = _shown(written, now=now), _shown(rows, now=now)
    changed = [market_scope(market) for market in before.keys() | after.keys() if before[market] != after[market]]
    if changed:
        raise_revision(db, *changed)


def _written(db: Session, topic: Topic | None = None) -> list[Row]:
    query = columns(*(getattr(AnswerHours, name) for name in COLUMNS))
    if topic is not None:
        query = query.where(
            col(AnswerHours.market) == topic.market,
            col(AnswerHours.language) == topic.language,
            col(AnswerHours.level) == topic.level,
        )
    return [tuple(each) for each in db.connection().execute(query).all()]


def _speakers_of(
    db: Session, topic: Topic, span: Interval, left_out: Collection[str], *, now: datetime
) -> list[Speaker]:
    """Who answers in the topic, with their hours that touch the span."""
    language = topic.language.partition("-")[0]
    speaks = (
        columns(col(AgentLanguage.agent))
        .join(Agent, col(Agent.id) == col(AgentLanguage.agent))
        .where(
            col(AgentLanguage.level) == topic.level,
            or_(
                col(AgentLanguage.language) == language,
                col(AgentLanguage.language).like(f"{language}-%"),
            ),
            or_(Agent.markets == "", (" " + col(Agent.markets) + " ").like(f"% {topic.market} %")),
        )
    )
    touching = col(DutyInterval.starts_at) <= span.end, col(DutyInterval.ends_at) >= span.start
    duty = _duty(db, col(DutyInterval.agent).in_(speaks), *touching)
    return [each for each in _speakers(db, duty, now=now) if each.agent not in left_out and each.answers(*topic)]


def _duty(db: Session, *which: Any) -> Duty:
    found: defaultdict[str, list[Interval]] = defaultdict(list)
    query = columns(col(DutyInterval.agent), col(DutyInterval.starts_at), col(DutyInterval.ends_at)).where(*which)
    for agent, start, end in db.connection().execute(query.order_by(col(DutyInterval.starts_at))).all():
        found[agent].append(Interval(start, end))
    return found


def _speakers(db: Session, duty: Duty, *, now: datetime) -> list[Speaker]:
    """Those who have hours in `duty`, as customers are told of them."""
    db.flush()
    who = list(duty)
    spoken, people = _SPOKEN, _PEOPLE
    if len(who) < FEW:
        spoken, people = spoken.where(col(AgentLanguage.agent).in_(who)), people.where(col(Agent.id).in_(who))
    languages: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for agent, language, level in db.connection().execute(spoken).all():
        languages[agent][language] = level
    return [
        speaker(each, languages[each.id], duty[each.id], now=now)
        for each in db.connection().execute(people).all()
        if each.id in duty
    ]


_SPOKEN = columns(col(AgentLanguage.agent), col(AgentLanguage.language), col(AgentLanguage.level))
# Columns, not rows of the session: presence is changed past it, and thousands are read at once.
_PEOPLE = columns(
    *(col(Agent.id), col(Agent.person), col(Person.name), col(Agent.place), col(Agent.places)),
    *(col(Agent.markets), col(Agent.available)),
).join(Person, col(Person.id) == col(Agent.person))


def _shown(rows: Iterable[Row], *, now: datetime) -> defaultdict[str, set[Row]]:
    """What pages read of these rows now, by market: yesterday's rows come and go without anybody seeing it."""
    shown: defaultdict[str, set[Row]] = defaultdict(set)
    for row in rows:
        if row[4] > now and row[3] < now + SHOWN:
            shown[row[0]].add(row)
    return shown
