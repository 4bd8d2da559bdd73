"""Many agents reach for the same requests at once: each request has one owner, the others are told, none is lost."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.markets.models import Market
from shop.support.answering.assignment import TAKEN
from shop.support.requests.intake import Question, open_request
from shop.support.requests.models import Assignment, Request
from tests.faults.browsers import Answer, expected, together
from tests.faults.colleagues import Colleague, colleagues, more_agents
from tests.faults.fault import Fault, Place, Size
from tests.faults.looking import looking
from tests.faults.processes import serving_many, standing_clock

EVENING = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)  # 20:00 in Hamburg: nobody is on duty, so that every request waits
PROCESSES = {"sqlite": 1, "postgres": 2}
TAKERS = 5  # of each request

Claim = tuple[Colleague, str]


def run(place: Place, size: Size) -> str:
    """Every request is reached for by five agents, all at the same time."""
    number, people = size.of(8, 100), size.of(6, 20)
    clock = standing_clock(place, EVENING)
    refs, agents = _waiting(place, number, people, now=clock())
    with serving_many(place, PROCESSES[place.engine]) as shops:
        desk = colleagues([shop.port for shop in shops], agents)
        claims = _claims(size.random(), desk, refs)
        came = asyncio.run(_reach(desk, claims))
    for shop in shops:
        assert "Traceback" not in shop.said(), shop.said()[-4000:]
    winners = _winners(came)
    assert winners.keys() == set(refs), set(refs) - winners.keys()
    _kept(place, winners)
    place.prove(now=clock())
    refused = sum(answer.status == 409 for _claim, answer in came)
    return f"{len(claims)} claims of {number} requests by {people} agents: {len(winners)} owners, {refused} told of another"


def _waiting(place: Place, number: int, people: int, *, now: datetime) -> tuple[list[str], list[str]]:
    """So many requests that wait, and so many agents to take them."""
    database = Database(place.url)
    with database.writing() as db:
        agents, market = more_agents(db, people), db.get_one(Market, "de")
        refs = [_asked(db, market, each, now=now) for each in range(number)]
    database.close()
    return refs, agents


def _asked(db: Session, market: Market, number: int, *, now: datetime) -> str:
    question = Question(
        market=market,
        language="de",
        category="use",
        subject="Reinigung",
        text=f"Wie reinige ich den Mixbehälter? ({number})",
        name="Anna Beck",
        email=f"customer-{number}@example.com",
        key=f"form-{number}",
    )
    request = open_request(db, question, now=now)
    assert (request.state, request.agent) == ("waiting", None), (request.state, request.agent)
    return request.ref


def _claims(chance: random.Random, desk: Sequence[Colleague], refs: Sequence[str]) -> list[Claim]:
    claims = [(agent, ref) for ref in refs for agent in chance.sample(desk, TAKERS)]
    chance.shuffle(claims)
    return claims


async def _reach(desk: Sequence[Colleague], claims: Sequence[Claim]) -> list[tuple[Claim, Answer]]:
    """Everybody signs in and has the page open that says the request is nobody's; then all press at once.

    An agent presses with one hand: a browser of theirs has one connection, and there are as many as there are agents.
    """
    await together(desk, Colleague.arrives, parallel=len(desk))
    page = expected(await desk[0].asks("GET", f"/desk/requests/{claims[0][1]}"), 200)
    shown = page.form("/assignment").fields
    assert shown["owner"] == "", shown

    async def press(agent: Colleague) -> list[tuple[Claim, Answer]]:
        mine = [claim for claim in claims if claim[0] is agent]
        answers = [
            (claim, await agent.insists("POST", f"/desk/requests/{claim[1]}/assignment", shown)) for claim in mine
        ]
        await agent.leaves()
        return answers

    pressed = await together(desk, press, parallel=len(desk))
    return [one for _agent, answers in pressed for one in answers]


def _winners(came: Sequence[tuple[Claim, Answer]]) -> dict[str, str]:
    """By request, the one agent who was told that it is theirs."""
    told = defaultdict(list)
    for (agent, ref), answer in came:
        assert answer.status in (303, 409), f"{answer.path} answered {answer.status}: {answer.text[:1000]}"
        if answer.status == 303:
            told[ref].append(agent.person)
    several = {ref: people for ref, people in told.items() if len(people) != 1}
    assert not several, several
    return {ref: people[0] for ref, people in told.items()}


def _kept(place: Place, winners: dict[str, str]) -> None:
    """The request is whose the answer said, and it was given once."""
    with looking(place) as db:
        refs = list(winners)
        owners = dict(db.exec(select(Request.ref, Request.agent).where(col(Request.ref).in_(refs))).all())
        taken = select(Assignment.request).where(col(Assignment.request).in_(refs), Assignment.reasons == TAKEN)
        given = Counter(db.exec(taken).all())
    assert owners == winners, {ref: (owners[ref], winners[ref]) for ref in refs if owners[ref] != winners[ref]}
    assert given == Counter(refs), given - Counter(refs)


FAULT = Fault("claims", "500 parallel claims of 100 requests by 20 agents", run)
