"""Who answers each market's customers now, and who is next: the hours that support wrote, read for the board."""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.launches.words import LEVELS, clock
from shop.markets.models import AnswerHours

AHEAD = timedelta(days=14)


def hours_ahead(db: Session, *, now: datetime) -> dict[str, list[AnswerHours]]:
    """By market, the hours that run now or begin within two weeks, the earliest first."""
    coming = select(AnswerHours).where(col(AnswerHours.ends_at) > now, col(AnswerHours.starts_at) < now + AHEAD)
    ahead: dict[str, list[AnswerHours]] = defaultdict(list)
    for each in db.exec(coming.order_by(col(AnswerHours.starts_at), col(AnswerHours.language))).all():
        ahead[each.market].append(each)
    return ahead


def on_duty(hours: list[AnswerHours], tongue: Tongue, *, now: datetime) -> list[str]:
    """Who answers now, one entry a language: name, language, level. Fluent speakers only where no native one is there."""
    running = sorted((each for each in hours if each.starts_at <= now), key=lambda each: each.level != "native")
    best: dict[str, AnswerHours] = {}
    for each in running:
        best.setdefault(each.language, each)
    return [
        tongue.say(
            N_("%(names)s (%(language)s, %(level)s)"),
            names=tongue.list(each.names_in(tongue.language)),
            language=tongue.language_name(each.language),
            level=tongue.say(LEVELS.get(each.level, each.level)),
        )
        for each in best.values()
    ]


def next_on_duty(hours: list[AnswerHours], zone: str, tongue: Tongue, *, now: datetime) -> str:
    """Who is next and when, on the clock of `zone`; empty when nobody is within two weeks."""
    following = next((each for each in hours if each.starts_at > now), None)
    if following is None:
        return ""
    return tongue.say(
        N_("%(names)s, %(moment)s"),
        names=tongue.list(following.names_in(tongue.language)),
        moment=clock(following.starts_at, zone, tongue),
    )


def native_within(hours: list[AnswerHours], language: str, until: datetime) -> bool:
    """Whether a native speaker of the language answers before `until`."""
    return any((each.language, each.level) == (language, "native") and each.starts_at < until for each in hours)
