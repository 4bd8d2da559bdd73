"""Coverage of the markets as the roster stands: the waking hours of the coming weeks against the written answer hours.

Begins with each market's own tomorrow, so that who is away just now changes nothing. Beyond what the roster has written
down, hours come from what was agreed with everybody. Nothing here tells of single agents.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from shop.ground.duty import Interval, merged
from shop.ground.instants import local
from shop.markets.models import AnswerHours, Market
from shop.support.answering.languages import variant_rank
from shop.support.answering.routing import Level
from shop.support.known.training import untrained_by
from shop.support.shifts.models import Agent, AgentLanguage, RosterBuild
from shop.support.shifts.schedules import agreed
from shop.support.staffed.coverage import Covered, Span, by_week, cover, minutes
from shop.support.staffed.spans import Week, weekly
from shop.support.staffed.what_if import Imagined

WEEKS, MOST_WEEKS = 4, 8

Spoken = tuple[str, str, str]  # market, language, level


PARTS = ("waking", "native", "fluent", "holes")  # of Covered


@dataclass(frozen=True, slots=True)
class Heard:
    """How one of a market's languages is covered over a span, and how much of a week may be without anybody."""

    market: Market
    language: str
    span: Span
    covered: Covered

    @property
    def holes(self) -> Week:
        """The waking hours without anybody: those of every week, and those of single dates."""
        return weekly(self.covered.holes, self.span)

    @property
    def uncovered_by_week(self) -> list[float]:
        """Minutes without anybody in each week."""
        return by_week(self.covered.holes, self.span)

    @property
    def worst_week(self) -> float:
        """Minutes without anybody in the week that has most of them."""
        return max(self.uncovered_by_week)

    @property
    def in_bounds(self) -> bool:
        """Whether no week has more of them than the market allows."""
        return self.worst_week <= self.market.uncovered_minutes

    @property
    def minutes(self) -> dict[str, float]:
        """How many minutes of the span somebody is awake, is answered natively or fluently, and has nobody (`holes`)."""
        return {part: minutes(getattr(self.covered, part)) for part in PARTS}

    @property
    def a_week(self) -> dict[str, float]:
        """The same in the mean of the weeks."""
        return {part: found / max(1, self.span.days // 7) for part, found in self.minutes.items()}


def heard(
    db: Session,
    markets: Sequence[Market],
    *,
    weeks: int = WEEKS,
    imagined: Collection[Imagined] = (),
    now: datetime,
) -> list[Heard]:
    """The coverage of every language of these markets over so many weeks, with these imagined hours in addition."""
    spans = {market.id: span_of(market, weeks, now=now) for market in markets}
    ends = [window.end for span in spans.values() for window in span.windows()[-1:]]
    hours = _hours(db, markets, max(ends, default=now), now=now)
    found = []
    for market in markets:
        span = spans[market.id]
        for language in market.languages.split():
            native, fluent = (
                [*hours[market.id, language, level.name.lower()], *_imagined(imagined, language, level, span)]
                for level in (Level.NATIVE, Level.FLUENT)
            )
            found.append(Heard(market, language, span, cover(span, native, fluent)))
    return found


def span_of(market: Market, weeks: int, *, now: datetime) -> Span:
    """So many whole weeks of the market's calendar from its tomorrow on, with the hours its customers are awake."""
    tomorrow = local(now, market.zone).date() + timedelta(days=1)
    return Span(market.zone, tomorrow, 7 * weeks, market.waking)


def places(db: Session) -> dict[str, str]:
    """The zones of the places where agents sit, by the places' names in every language that is known."""
    named = [
        (name, each.zone)
        for each in db.exec(select(Agent)).all()
        for name in (each.place, *(each.place_in(language) for language in each.languages_of_place))
    ]
    return {" ".join(name.split()): zone for name, zone in named if name.strip()}


def _imagined(added: Iterable[Imagined], language: str, level: Level, span: Span) -> Iterable[Interval]:
    windows = span.windows()
    if windows:
        known = Interval(windows[0].start, windows[-1].end)
        yield from merged(hours for each in added if each.answers(language, level) for hours in each.duty(known))


def _hours(
    db: Session, markets: Collection[Market], until: datetime, *, now: datetime
) -> Mapping[Spoken, list[Interval]]:
    found: defaultdict[Spoken, list[Interval]] = defaultdict(list)
    query = columns(
        *(col(AnswerHours.market), col(AnswerHours.language), col(AnswerHours.level)),
        *(col(AnswerHours.starts_at), col(AnswerHours.ends_at)),
    )
    wanted = query.where(col(AnswerHours.market).in_([each.id for each in markets]), col(AnswerHours.ends_at) > now)
    for market, language, level, start, end in db.connection().execute(wanted).all():
        found[market, language, level].append(Interval(start, end))
    build = db.get(RosterBuild, 1)
    if build is not None and build.known_until < until:
        _beyond(db, markets, Interval(build.known_until, until), found)
    return found


def _beyond(
    db: Session, markets: Collection[Market], known: Interval, found: defaultdict[Spoken, list[Interval]]
) -> None:
    """Add what was agreed for later than the answer hours are written."""
    speaks: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for each in db.exec(select(AgentLanguage)).all():
        speaks[each.agent].append((each.language, each.level))
    answers = dict(db.exec(select(Agent.id, Agent.markets)).all())
    left_out = untrained_by(db, [market.id for market in markets])
    for agent, hours in agreed(db, None, known).items():
        duty = hours.duty(known)
        for market in markets:
            if market.id not in (answers[agent].split() or [market.id]) or agent in left_out[market.id]:
                continue
            for language in market.languages.split():
                for tag, level in speaks[agent]:
                    if variant_rank(tag, language, True) is not None:
                        found[market.id, language, level].extend(duty)
