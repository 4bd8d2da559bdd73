"""Which markets the chooser shows, and which of them is likely the visitor's. A hint orders the list, never decides."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any

import iptocc
from litestar import Request
from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.base.i18n import N_, Languages, Tongue, own_name
from shop.base.web import Cookies
from shop.markets.answering import NO_PROMISE
from shop.markets.directory import Snapshot
from shop.markets.gate import Visitor, seeing
from shop.markets.models import AnswerHours, Market

PLACE = "place"  # the cookie that remembers a choice: market and language


@dataclass(frozen=True, slots=True)
class Choice:
    """One market as the chooser shows it: its own name for itself, its currency, who answers, its doors."""

    market: Market
    name: str
    tag: str
    direction: str
    currency: str
    answers: str
    doors: tuple[tuple[str, str, str], ...]  # language tag, the language's own name, address
    likely: bool
    open: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """By market, the languages in which questions will be answered; `until` is the next instant at which a shift ends."""

    languages: Mapping[str, frozenset[str]]
    until: datetime | None


def answered(db: Session, *, now: datetime) -> Answered:
    """In which languages each market has hours ahead of it."""
    ahead = col(AnswerHours.ends_at) > now
    query = select(AnswerHours.market, AnswerHours.language, func.min(AnswerHours.ends_at)).where(ahead)
    spoken: dict[str, set[str]] = defaultdict(set)
    ends = []
    for market, language, end in db.exec(query.group_by(col(AnswerHours.market), col(AnswerHours.language))).all():
        spoken[market].add(language)
        ends.append(end)
    return Answered({market: frozenset(each) for market, each in spoken.items()}, min(ends, default=None))


def choices(
    snapshot: Snapshot, languages: Languages, spoken: Mapping[str, frozenset[str]], *, hint: str, language: str
) -> list[Choice]:
    """The markets one may know of, the likely one first. `hint` is a country code or empty."""
    known = [each for each in snapshot.markets.values() if seeing(snapshot.facts(each), Visitor()).chooser]
    likely = _likely(known, hint, language)
    ordered = sorted(known, key=lambda each: (each is not likely, each.position))
    return [
        _choice(each, languages, spoken.get(each.id, frozenset()), language=language, likely=each is likely)
        for each in ordered
    ]


def remembered(request: Request[Any, Any, Any], jar: Cookies, languages: Languages) -> tuple[str, str]:
    """The market that the visitor chose once, empty for none, and the language to speak outside every market.

    That is the language of the choice, or else what the browser asks for.
    """
    market, _, language = jar.read(request, PLACE).partition("-")
    if language not in languages.tags:
        language = languages.from_header(request.headers.get("accept-language", ""))
    return market, language


def country_of(address: str) -> str:
    """The country an address is registered in, or an empty text for a private or unknown one."""
    try:
        ip_address(address)
    except ValueError:
        return ""
    return iptocc.country_code(address) or ""


def _likely(known: list[Market], hint: str, language: str) -> Market | None:
    by_country = next((each for each in known if each.country == hint), None)
    return by_country or next((each for each in known if language in each.languages.split()), None)


def _choice(market: Market, languages: Languages, spoken: frozenset[str], *, language: str, likely: bool) -> Choice:
    offered = sorted(market.languages.split(), key=lambda each: each != language)  # what the visitor reads comes first
    own = languages.tongue(offered[0], market.country)
    doors = tuple((each, own_name(each), f"/{market.id}/{each}/") for each in offered)
    currency = own.locale.currencies.get(market.currency, market.currency)
    return Choice(
        market,
        own.territory(market.country),
        own.tag,
        own.direction,
        currency[:1].upper() + currency[1:],  # it stands alone; many languages write it small within a sentence
        _answers(own, [each for each in offered if each in spoken]),
        doors,
        likely,
        market.state in ("open", "soft"),
    )


def _answers(tongue: Tongue, spoken: list[str]) -> str:
    if not spoken:
        return tongue.say(NO_PROMISE)
    names = tongue.list([tongue.language_name(each) for each in spoken])
    return tongue.say(N_("Questions are answered in: %(languages)s"), languages=names)
