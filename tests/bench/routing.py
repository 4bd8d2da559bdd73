"""Figures of routing: a decision in memory, one with its assignment written, and many people leaving at once.

python -m tests.bench.routing [URL of an empty database; SQLite in a folder of its own without]
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter

from sqlmodel import col, delete, func, select, update

from shop.base.db import Database
from shop.ground.duty import Interval
from shop.markets.models import Market
from shop.migrations.migrate import migrate
from shop.support.answering import routing
from shop.support.answering.assignment import place
from shop.support.answering.deciding import Pool, decide
from shop.support.answering.handover import duty_changed
from shop.support.answering.people import standings
from shop.support.answering.promises import promise
from shop.support.answering.routing import Ask, Level, Tier
from shop.support.answering.waiting import route_due
from shop.support.requests.models import Request
from shop.support.shifts.models import Agent, DutyInterval
from tests.bench.many import NOW, fill

REQUESTS, AGENTS, LEAVING, EACH, DECISIONS = 1_000_000, 10_000, 500, 5, 200


def lines(url: str = "", requests: int = REQUESTS) -> Iterator[tuple[str, float, str, str]]:
    """What was measured: what, the figure, its aim, and how it was made up."""
    yield "a routing decision in memory (us)", in_memory(), "<= 50", f"{AGENTS:,} agents in two tiers"
    with tempfile.TemporaryDirectory(prefix="softlaunch-routing-") as folder:
        database = Database(url or f"sqlite:///{folder}/routing.db")
        engine = "SQLite" if database.sqlite else "PostgreSQL"
        migrate(database)
        fill(database, requests=requests, agents=AGENTS)
        detail = f"{requests:,} requests, {AGENTS:,} agents; {engine}"
        yield "decided and the assignment written (ms)", written(database) * 1000, "<= 5", detail
        moved, seconds = leaving(database)
        yield "many go off duty at once (s)", seconds, "<= 5", f"{LEAVING} agents, {moved:,} requests moved; {engine}"
        database.close()


def in_memory() -> float:
    """Microseconds of one decision on prepared pools, with the load that it changes."""
    chance = random.Random(3)
    people = [_person(number, chance) for number in range(AGENTS)]
    tiers = Tier("de", Level.NATIVE), Tier("de", Level.FLUENT, timedelta(hours=2))
    pools = {tier: Pool(tier, people, NOW) for tier in tiers}
    loads, took = {each.id: each.load for each in people}, []
    for number in range(2000):
        started = perf_counter()
        routed = decide(Ask("de", previous=f"a{number:05}"), tiers, pools.__getitem__, NOW)
        if routed.assign_to:
            loads[routed.assign_to] += 1
            for pool in pools.values():
                pool.change(routed.assign_to, loads[routed.assign_to])
        took.append(perf_counter() - started)
    return median(took) * 1e6


def written(database: Database) -> float:
    """Seconds of one decision, from the open transaction to the assignment, the promise and the commit."""
    with database.reading() as db:
        refs = db.exec(select(Request.ref).where(Request.state == "waiting").limit(DECISIONS)).all()
    took = []
    for ref in refs:
        with database.writing() as db:
            request = db.get_one(Request, ref)
            market = db.get_one(Market, request.market)
            started = perf_counter()
            promise(db, ref, place(db, request, market, now=NOW), now=NOW)
            took.append(perf_counter() - started)
    return median(took)


def leaving(database: Database) -> tuple[int, float]:
    """How many requests were decided anew, and in how many seconds, when so many agents leave at this instant."""
    gone = _those_who_leave(database)
    with database.writing() as db:
        db.connection().execute(update(Request).values(look_at=None).where(col(Request.look_at) <= NOW))
        ended = delete(DutyInterval).where(col(DutyInterval.agent).in_(gone), col(DutyInterval.ends_at) > NOW)
        db.connection().execute(ended)
    started = perf_counter()
    with database.writing() as db:
        duty_changed(db, gone, now=NOW)
        waits = update(Request).where(col(Request.state) == "waiting", col(Request.look_at) == NOW)
        db.connection().execute(waits.values(look_at=None))  # only those who lose their owner are measured
    with database.reading() as db:
        count = db.exec(select(func.count()).select_from(Request).where(col(Request.look_at) <= NOW)).one()
    route_due(database, now=NOW)
    return count, perf_counter() - started


def _those_who_leave(database: Database) -> list[str]:
    """Agents who are on duty now, each with a few open requests whose answer is due soon."""
    with database.writing() as db:
        everybody = standings(db, db.exec(select(Agent.id)).all(), now=NOW)
        gone = [agent for agent, each in everybody.items() if each.there][:LEAVING]
        usual = col(Request.state) == "closed", col(Request.severity) == 2
        open_ones = select(Request.ref).where(*usual).limit(LEAVING * EACH)
        for place_in, ref in enumerate(db.exec(open_ones).all()):
            values = {"state": "assigned", "agent": gone[place_in % len(gone)], "promised_at": NOW + timedelta(hours=1)}
            db.connection().execute(update(Request).where(col(Request.ref) == ref).values(**values, look_at=None))
    return gone


def _person(number: int, chance: random.Random) -> routing.Agent:
    start = NOW + timedelta(hours=chance.randrange(-8, 16))
    level = Level.NATIVE if number % 2 else Level.FLUENT
    return routing.Agent(f"a{number:05}", {"de": level}, (_shift(start),), load=chance.randrange(4))


def _shift(start: datetime) -> Interval:
    return Interval(start, start + timedelta(hours=8))


if __name__ == "__main__":
    for what, value, aim, detail in lines(*sys.argv[1:2], *map(int, sys.argv[2:3])):
        print(f"{what:<52} {value:9.2f}   aim {aim:<6} {detail}")
