"""What routing must know of a request: its market's tiers, its skills, who had it before; and who is told by name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from shop.markets.models import Market
from shop.staff.models import Person
from shop.support.answering.routing import Level, Routed, Tier
from shop.support.requests.models import Request
from shop.support.severity import CRISIS
from shop.support.shifts.models import Agent
from shop.support.shifts.speakers import display_name

# What a category asks for in whoever answers, besides what the request itself asks for.
SKILLS = {"returns": frozenset({"returns"}), "integration": frozenset({"electrical"})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """All that routing must know of a request; `others` is the consent to an answer in another language.

    `previous` is who answered this customer last, `without` are those who just declined it.
    """

    market: Market
    language: str
    others: bool = False
    skills: frozenset[str] = frozenset()
    previous: str = ""
    without: frozenset[str] = frozenset()
    crisis: bool = False

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """Who may answer: native speakers, after a wait fluent ones, and other languages only where that is agreed."""
        market, other = self.market, timedelta(minutes=self.market.other_language_after_minutes)
        own = (
            Tier(self.language, Level.NATIVE),
            Tier(self.language, Level.FLUENT, timedelta(minutes=market.fluent_after_minutes)),
        )
        if not self.others:
            return own
        return own + tuple(Tier(each, Level.FLUENT, other) for each in other_languages(market, self.language))


@dataclass(frozen=True, slots=True)
class Outlook:
    """The routing of a request at one instant, and the span in which an answer may be promised; no span, no promise.

    `look_at` is when this is to be decided again without anybody's doing: duty begins or ends.
    """

    routed: Routed
    tier: Tier | None
    on_duty_at: datetime | None
    promised_at: datetime | None
    look_at: datetime | None = None


def other_languages(market: Market, language: str) -> list[str]:
    """The languages besides their own in which the market's customers may agree to be answered."""
    return [each for each in market.other_languages.split() if each != language]


def what_is_asked(
    request: Request, market: Market, *, previous: str = "", without: frozenset[str] = frozenset()
) -> Asked:
    """What routing must know of a stored request."""
    return Asked(
        market=market,
        language=request.language,
        others=request.other_languages,
        skills=SKILLS.get(request.category, frozenset()) | frozenset(request.skills.split()),
        previous=previous,
        without=without,
        crisis=request.severity == CRISIS,
    )


def answer_language(request: Request, market: Market) -> str:
    """The language in which the request is to be answered: the customer's, or one they agreed to and routing chose."""
    tiers = what_is_asked(request, market).tiers
    return tiers[request.tier].language if request.tier is not None and request.tier < len(tiers) else request.language


def names(db: Session, agents: Iterable[str], language: str) -> list[str]:
    """How readers of the language are told of these agents, in the order given; one who is gone is left out."""
    wanted = list(agents)
    known = names_by_id(db, wanted, language)
    return [known[agent] for agent in wanted if agent in known]


def names_by_id(db: Session, agents: Iterable[str], language: str) -> dict[str, str]:
    """How readers of the language are told of these agents, by their ids."""
    query = (
        select(Agent, Person).join(Person, col(Person.id) == col(Agent.person)).where(col(Agent.id).in_(set(agents)))
    )
    return {agent.id: display_name(person, agent, language) for agent, person in db.exec(query).all()}
