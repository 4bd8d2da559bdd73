"""Who answers customers, as customers are told of them, and the windows in which somebody of a language is there."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, Protocol

from sqlmodel import Session, select

from shop.ground.duty import Interval
from shop.staff.models import Person
from shop.support.answering.languages import variant_rank
from shop.support.shifts.models import Agent

LEVELS = ("native", "fluent")
MOST_NAMES = 3


class Topic(NamedTuple):
    """What answer hours are kept for: a market's customers, one of its languages, and how well it is spoken."""

    market: str
    language: str
    level: str


class Window(NamedTuple):
    """When somebody is there without a break, and who comes first: as written, and by language of the reader."""

    start: datetime
    end: datetime
    names: str
    local_names: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """One agent as customers are told of them: the name, whom they answer, what they speak, and when.

    `local_names` are the names in languages that write them otherwise; no markets are all of them.
    """

    name: str
    local_names: Mapping[str, str]
    markets: frozenset[str]
    languages: Mapping[str, str]
    duty: tuple[Interval, ...]
    agent: str = ""

    def name_in(self, language: str) -> str:
        """The name as readers of the language are told it."""
        return self.local_names.get(language, self.name)

    def answers(self, market: str, language: str, level: str) -> bool:
        """Whether the market's customers are answered by this person in the language, spoken at just this level."""
        return (not self.markets or market in self.markets) and any(
            spoken == level and variant_rank(tag, language, True) is not None for tag, spoken in self.languages.items()
        )


class Told(Protocol):
    """What must be known of an agent to tell customers of them."""

    id: str
    person: str
    name: str
    place: str
    places: str
    markets: str
    available: bool


def speaker(agent: Told, languages: Mapping[str, str], duty: Iterable[Interval], *, now: datetime) -> Speaker:
    """The agent as customers are told of them at `now`: of who is away, hours that have begun do not count."""
    name, places = _first(agent.name, agent.person), _places(agent.places)
    return Speaker(
        _with_place(name, agent.place),
        {language: _with_place(name, place) for language, place in places.items()},
        frozenset(agent.markets.split()),
        languages,
        tuple(duty) if agent.available else tuple(each for each in duty if each.start > now),
        agent.id,
    )


def windows(speakers: Iterable[Speaker]) -> list[Window]:
    """The hours in which one of them is there; those that touch are one, with the names of who comes first."""
    people = list(speakers)
    hours = [(each.start, who.name, each.end, place) for place, who in enumerate(people) for each in who.duty]
    hours.sort(key=lambda each: each[:2])
    found: list[Window] = []
    start = end = None
    there: dict[int, None] = {}
    for begins, _name, ends, place in hours:
        if start is None or end is None or begins > end:
            if start is not None and end is not None:
                found.append(_window(start, end, [people[each] for each in there]))
            start, end, there = begins, ends, {}
        end = max(end, ends)
        if len(there) < MOST_NAMES:
            there[place] = None
    if start is not None and end is not None:
        found.append(_window(start, end, [people[each] for each in there]))
    return found


def agent_of(db: Session, person: str) -> Agent | None:
    """The person as an agent; None for one who is not on the roster."""
    return db.exec(select(Agent).where(Agent.person == person)).first()


def display_name(person: Person, agent: Agent, language: str) -> str:
    """How readers of the language are told of an agent: `Lena (Hamburg)`, `Lena (ハンブルク)`."""
    return _with_place(first_name(person), agent.place_in(language))


def first_name(person: Person) -> str:
    """How customers are told of somebody who is no agent: `Mere`."""
    return _first(person.name, person.id)


def _first(name: str, id: str) -> str:
    return (name.split() or [id])[0]


def _with_place(name: str, place: str) -> str:
    place = " ".join(place.split())
    return f"{name} ({place})" if place else name


@lru_cache(maxsize=1 << 14)
def _places(text: str) -> Mapping[str, str]:
    places: dict[str, str] = json.loads(text)
    return places


def _window(start: datetime, end: datetime, there: list[Speaker]) -> Window:
    languages = sorted({language for each in there for language in each.local_names})
    local = {language: "\n".join(each.name_in(language) for each in there) for language in languages}
    return Window(start, end, "\n".join(each.name for each in there), json.dumps(local, ensure_ascii=False))
