"""Who answers a market's customers in a language, and when: read from AnswerHours, said in the customer's own time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.ground.instants import local, minute_of, next_day
from shop.markets.models import AnswerHours, Market

DAY = timedelta(days=1)
NO_PROMISE = N_("We cannot promise a time for an answer at the moment.")


def who_answers(tongue: Tongue, language: str, *, native: bool, names: Sequence[str]) -> str:
    """In which language somebody answers, on which level, and who."""
    spoken = tongue.language_name(language)
    if not names:
        return tongue.say(N_("You are answered in this language: %(language)s"), language=spoken)
    said = (
        N_("Answered in %(language)s by a native speaker: %(names)s")
        if native
        else N_("Answered in %(language)s by a fluent speaker: %(names)s")
    )
    return tongue.say(said, language=spoken, names=tongue.list(names))


def moment(tongue: Tongue, instant: datetime, zone: str, *, now: datetime) -> str:
    """The clock time in `zone`, with the day when it is not today's."""
    day, today, clock = local(instant, zone).date(), local(now, zone).date(), tongue.time(instant, zone)
    if day == today:
        return clock
    if day == today + DAY:
        return tongue.say(N_("tomorrow, %(clock)s"), clock=clock)
    return tongue.say(N_("%(day)s, %(clock)s"), day=tongue.day(day), clock=clock)


@dataclass(frozen=True, slots=True)
class Answering:
    """The coming answer hours of one market and language, and the instant at which this will read differently."""

    hours: tuple[AnswerHours, ...]
    now: datetime
    next_change: datetime | None

    @property
    def open_now(self) -> AnswerHours | None:
        """The hours that run now: native ones before fluent ones."""
        running = [each for each in self.hours if each.starts_at <= self.now < each.ends_at]
        return min(running, key=lambda each: (each.level != "native", each.ends_at), default=None)

    def following(self) -> AnswerHours | None:
        """The native hours that begin next; without any, the fluent ones."""
        ahead = [each for each in self.hours if each.starts_at > self.now]
        native = [each for each in ahead if each.level == "native"]
        return min(native or ahead, key=lambda each: each.starts_at, default=None)

    def panel(self, tongue: Tongue, zone: str, *, ask_url: str) -> dict[str, Any]:
        """The promise panel in the customer's tongue and zone: who, in which language, when, and the day line of today."""
        return {
            "headline": self.headline(tongue),
            "detail": self.detail(tongue, zone),
            "day": self._day(tongue, zone),
            "ask_url": ask_url,
        }

    def headline(self, tongue: Tongue) -> str:
        """In which language somebody answers, and who."""
        nearest = self.open_now or self.following()
        if nearest is None:
            return tongue.say(NO_PROMISE)
        names = nearest.names_in(tongue.language)
        return who_answers(tongue, tongue.language, native=nearest.level == "native", names=names)

    def detail(self, tongue: Tongue, zone: str) -> str:
        """Until when today, or from when next, in the time of the market."""
        running, following = self.open_now, self.following()
        if running is not None and following is not None:
            return tongue.say(
                N_("Now, until %(end)s; then from %(start)s (your time)"),
                end=tongue.time(running.ends_at, zone),
                start=moment(tongue, following.starts_at, zone, now=self.now),
            )
        if running is not None:
            return tongue.say(N_("Now, until %(end)s (your time)"), end=tongue.time(running.ends_at, zone))
        if following is not None:
            start = moment(tongue, following.starts_at, zone, now=self.now)
            return tongue.say(N_("From %(start)s (your time)"), start=start)
        return ""

    def _day(self, tongue: Tongue, zone: str) -> dict[str, Any] | None:
        if not self.hours:
            return None
        native = self._minutes("native", zone)
        fluent = self._minutes("fluent", zone)
        said = {"first": self.headline(tongue), "second": self.detail(tongue, zone)}
        return {"native": native, "fluent": fluent, "label": tongue.say(N_("%(first)s %(second)s"), **said)}

    def _minutes(self, level: str, zone: str) -> list[tuple[int, int]]:
        """Today's hours of this level as minutes of the local day, cut at midnight."""
        today = local(self.now, zone).date()
        shown = []
        for each in self.hours:
            start, end = local(each.starts_at, zone), local(each.ends_at, zone)
            if each.level == level and start.date() <= today <= end.date():
                first = 0 if start.date() < today else minute_of(start)
                last = 1440 if end.date() > today else minute_of(end)
                shown += [(first, last)] if last > first else []
        return sorted(shown)


def answering(
    db: Session,
    market: Market,
    language: str,
    *,
    now: datetime,
    kept: dict[tuple[str, str], Answering] | None = None,
) -> Answering:
    """The coming answer hours of a market in a language; from `kept`, a snapshot's, as long as they read the same.

    Whoever changes hours raises the market's revision, so that a snapshot never knows old ones.
    """
    key = (market.id, language)
    known = kept.get(key) if kept else None
    if known is not None and known.next_change is not None and known.now <= now < known.next_change:
        return known
    query = select(AnswerHours).where(AnswerHours.market == market.id, AnswerHours.language == language)
    window = query.where(col(AnswerHours.ends_at) > now - DAY, col(AnswerHours.starts_at) < now + 14 * DAY)
    hours = tuple(db.exec(window.order_by(col(AnswerHours.starts_at))).all())
    edges = [edge for each in hours for edge in (each.starts_at, each.ends_at) if edge > now]
    found = Answering(hours, now, min([*edges, next_day(now, market.zone)]))
    if kept is not None:
        kept[key] = found
    return found
