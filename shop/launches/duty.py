"""Who answers each market's customers now, and who is next, said for the board.

Now are those whose shift it is and who have not said "away"; hours to come are those that support wrote.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.launches.words import LEVEL_WORDS, clock
from shop.markets.models import AnswerHours, Market
from shop.support.shifts.speakers import LEVELS, MOST_NAMES, Speaker

AHEAD = timedelta(days=14)


def hours_ahead(db: Session, *, now: datetime) -> dict[str, list[AnswerHours]]:
    """By market, the hours that run now or begin within two weeks, the earliest first."""
    coming = select(AnswerHours).where(col(AnswerHours.ends_at) > now, col(AnswerHours.starts_at) < now + AHEAD)
    ahead: dict[str, list[AnswerHours]] = defaultdict(list)
    for each in db.exec(coming.order_by(col(AnswerHours.starts_at), col(AnswerHours.language))).all():
        ahead[each.market].append(each)
    return ahead


def answering(market: str, there: Sequence[Speaker], untrained: Collection[str]) -> list[Speaker]:
    """Those that are there for the market, without the agents who have not learnt yet what they must know of it."""
    theirs = [each for each in there if not each.markets or market in each.markets]
    return [each for each in theirs if each.agent not in untrained]


def on_duty(market: Market, there: Sequence[Speaker], tongue: Tongue) -> list[str]:
    """Who of those that are there answers the market, one entry a language: names, language, level.

    Fluent speakers only where no native one is there.
    """
    said = []
    for language in market.languages.split():
        level, answering = _best(market, there, language)
        if answering:
            said.append(
                tongue.say(
                    N_("%(names)s (%(language)s, %(level)s)"),
                    names=tongue.list([each.name_in(tongue.language) for each in answering[:MOST_NAMES]]),
                    language=tongue.language_name(language),
                    level=tongue.say(LEVEL_WORDS[level]),
                )
            )
    return said


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


def _best(market: Market, there: Sequence[Speaker], language: str) -> tuple[str, list[Speaker]]:
    answering = ((level, [each for each in there if each.answers(market.id, language, level)]) for level in LEVELS)
    return next((each for each in answering if each[1]), ("", []))
