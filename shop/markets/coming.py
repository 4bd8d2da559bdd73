"""Markets that are announced and not open yet: the chooser names them, and only their waiting list answers."""

from dataclasses import dataclass

from shop.base.i18n import N_, Languages
from shop.markets.directory import Snapshot
from shop.markets.gate import Visitor, seeing
from shop.markets.models import Market

NOT_OPEN_YET = ("draft", "ready", "soft")


@dataclass(frozen=True, slots=True)
class Coming:
    """One coming market as the chooser shows it, in its own words, with the way to its waiting list."""

    name: str
    tag: str
    direction: str
    words: str
    label: str
    url: str


def is_coming(snapshot: Snapshot, market: Market) -> bool:
    """Whether everybody is told that the market is coming. One that the chooser offers already is there."""
    if not market.announced or market.state not in NOT_OPEN_YET:
        return False
    return not seeing(snapshot.facts(market), Visitor()).chooser


def is_waited_for(snapshot: Snapshot, market: Market) -> bool:
    """Whether one may ask to be told when everybody can order: the market is coming, or sells no more for a while.

    Not in a safety pause: nobody can say that what was dangerous will be sold again.
    """
    return is_coming(snapshot, market) or (market.state == "paused" and market.pause_mode != "safety")


def coming(snapshot: Snapshot, languages: Languages, language: str) -> list[Coming]:
    """The coming markets in the exporter's order, each in the visitor's language where it will be spoken there."""
    announced = [each for each in snapshot.markets.values() if is_coming(snapshot, each)]
    return [_coming(each, languages, language) for each in sorted(announced, key=lambda each: each.position)]


def _coming(market: Market, languages: Languages, language: str) -> Coming:
    offered = market.languages.split()
    own = languages.tongue(language if language in offered else offered[0], market.country)
    return Coming(
        own.territory(market.country),
        own.tag,
        own.direction,
        own.say(N_("We are preparing to deliver here.")),
        own.say(N_("Tell me when it begins")),
        f"/{market.id}/{own.language}/waitlist",
    )
