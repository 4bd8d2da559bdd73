"""Routing over what is stored: a market's tiers, its people with their duty and load, and what may be promised."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.ground.duty import HoursRunOut, Interval, merged
from shop.markets.models import Market
from shop.staff.models import Person
from shop.support import routing
from shop.support.hours import display_name
from shop.support.models import Request
from shop.support.roster_models import Agent, AgentLanguage, DutyInterval
from shop.support.routing import LEVELS, Ask, Level, Routed, Tier, language_rank, promised_at, route


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """All that routing must know of a request; `others` is the consent to an answer in another language."""

    market: Market
    language: str
    others: bool = False

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
    """The routing of a request at one instant, and the span in which an answer may be promised; no span, no promise."""

    routed: Routed
    tier: Tier | None
    on_duty_at: datetime | None
    promised_at: datetime | None


def other_languages(market: Market, language: str) -> list[str]:
    """The languages besides their own in which the market's customers may agree to be answered."""
    return [each for each in market.other_languages.split() if each != language]


def what_is_asked(request: Request, market: Market) -> Asked:
    """What routing must know of a stored request."""
    return Asked(market=market, language=request.language, others=request.other_languages)


def answer_language(request: Request, market: Market) -> str:
    """The language in which the request is to be answered: the customer's, or one they agreed to and routing chose."""
    tiers = what_is_asked(request, market).tiers
    return tiers[request.tier].language if request.tier is not None and request.tier < len(tiers) else request.language


def outlook(db: Session, asked: Asked, *, now: datetime) -> Outlook:
    """Who would take it now, or when somebody is there. Looking changes nothing."""
    people = team(db, asked.market.id, now=now)
    return outlook_among(asked, people, people, now=now)


def outlook_among(
    asked: Asked, candidates: Collection[routing.Agent], pool: Iterable[routing.Agent], *, now: datetime
) -> Outlook:
    """The outlook when only `candidates` may take it, promised in the business time of the whole `pool`."""
    routed = route(Ask(asked.language), asked.tiers, candidates, now, accept_variants=True)
    if routed.tier is None:
        return Outlook(routed, None, None, None)
    tier, start = asked.tiers[routed.tier], routed.on_duty_at or now
    speakers = [agent for agent in pool if language_rank(agent, tier, accept_variants=True) is not None]
    hours = merged(interval for agent in speakers for interval in agent.duty)
    try:
        end = promised_at(start, asked.market.first_answer_minutes, hours)
    except HoursRunOut:
        return Outlook(routed, tier, None, None)
    return Outlook(routed, tier, start, end)


def team(db: Session, market: str, *, now: datetime) -> list[routing.Agent]:
    """Everybody who answers the market's customers, as routing sees them at `now`."""
    agents = [agent for agent in db.exec(select(Agent)).all() if market in (agent.markets.split() or [market])]
    ids = [agent.id for agent in agents]
    languages, hours, loads = _languages(db, ids), _duty(db, ids, now=now), _loads(db, ids)
    return [
        routing.Agent(
            agent.id,
            languages[agent.id],
            tuple(hours[agent.id]),
            frozenset(agent.skills.split()),
            agent.capacity,
            loads.get(agent.id, 0),
            agent.available,
            agent.idle_since,
        )
        for agent in agents
    ]


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


def _languages(db: Session, ids: list[str]) -> defaultdict[str, dict[str, Level]]:
    spoken: defaultdict[str, dict[str, Level]] = defaultdict(dict)
    for each in db.exec(select(AgentLanguage).where(col(AgentLanguage.agent).in_(ids))).all():
        spoken[each.agent][each.language] = LEVELS[each.level]
    return spoken


def _duty(db: Session, ids: list[str], *, now: datetime) -> defaultdict[str, list[Interval]]:
    hours: defaultdict[str, list[Interval]] = defaultdict(list)
    query = select(DutyInterval).where(col(DutyInterval.agent).in_(ids), col(DutyInterval.ends_at) > now)
    for each in db.exec(query.order_by(col(DutyInterval.starts_at))).all():
        hours[each.agent].append(Interval(each.starts_at, each.ends_at))
    return hours


def _loads(db: Session, ids: list[str]) -> dict[str, int]:
    query = select(Request.agent, func.count()).where(col(Request.agent).in_(ids), Request.state == "assigned")
    return {agent: load for agent, load in db.exec(query.group_by(col(Request.agent))).all() if agent}
