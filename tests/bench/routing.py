"""Figures of routing: a decision in memory, one with its assignment written, and many people leaving at once."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter, process_time

from sqlalchemy import TextClause, bindparam, text
from sqlmodel import col, delete, func, select, update

from shop.base.db import Database
from shop.ground.duty import Interval
from shop.markets.models import Market
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
from tests.bench.many import NOW, Many
from tests.bench.spent import spent

AGENTS, LEAVING, EACH, DECISIONS = 10_000, 500, 5, 100

Line = tuple[str, float, str, str]


def memory_lines() -> Iterator[Line]:
    """What needs no database."""
    yield "a routing decision in memory (us)", in_memory(), "<= 50", f"{AGENTS:,} agents in two tiers"


def lines(database: Database, known: Many) -> Iterator[Line]:
    """What was measured on a filled database: what, the figure, its aim, and how it was made up."""
    detail = f"{known.requests:,} requests, {known.agents:,} agents; {'SQLite' if database.sqlite else 'PostgreSQL'}"
    refs = _waiting(database, 2 * DECISIONS)
    bare, commit = (median(each) * 1000 for each in zip(*bare_writes(database, refs[DECISIONS:]), strict=True))
    ours = median(written(database, refs[:DECISIONS])) * 1000
    yield "decided and the assignment written (ms)", ours, "<= 5", f"a commit is {commit:.1f} more; {detail}"
    yield "the same / its bare statements", ours / bare, "", f"{bare:.2f} ms of statements without any decision"
    moved, seconds = leaving(database)
    yield "many go off duty at once (s)", seconds, "<= 5", f"{LEAVING} agents, {moved:,} requests moved; {detail}"


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


def written(database: Database, refs: Sequence[str]) -> list[float]:
    """Seconds of each decision, from the open transaction to all that is written; the commit is the disk's.

    On SQLite, where all is done in this process, seconds of its processor: others may use the machine, too.
    """
    took = []
    for ref in refs:
        with database.writing() as db:
            request = db.get_one(Request, ref)
            market = db.get_one(Market, request.market)
            started = _clock(database)
            promise(db, ref, place(db, request, market, now=NOW), now=NOW)
            took.append(_clock(database) - started)
    return took


def bare_writes(database: Database, refs: Sequence[str]) -> list[tuple[float, float]]:
    """Seconds of the same rows written by somebody who has nothing to decide, and of the commit after them."""
    took = []
    at = {"now": NOW, "later": NOW + timedelta(hours=4), "owner": f"a{0:05}"}
    for ref in refs:
        with database.engine.execution_options(writing=True).connect() as connection:
            began = connection.begin()
            started = _clock(database)
            for statement in BARE:
                connection.execute(statement, {"ref": ref, **at})
            done, asked = _clock(database), perf_counter()
            began.commit()
            took.append((done - started, perf_counter() - asked))
    return took


def _statement(words: str) -> TextClause:
    instant = Request.__table__.c.due_at.type  # type: ignore[attr-defined]
    names = [each for each in ("now", "later") if f":{each}" in words]
    return text(words).bindparams(*(bindparam(each, type_=instant) for each in names))


BARE = [
    _statement(words)
    for words in (
        "SELECT * FROM request WHERE ref = :ref",
        "UPDATE request SET state = 'assigned', agent = :owner, updated_at = :now, look_at = :later WHERE ref = :ref",
        "INSERT INTO assignment (request, number, agent, by, reasons, at) VALUES (:ref, 1, :owner, '', '[]', :now)",
        "UPDATE request SET on_duty_at = :now, promised_at = :later, due_at = :later WHERE ref = :ref",
        "INSERT INTO request_promise (request, given_at, on_duty_at, promised_at) VALUES (:ref, :now, :now, :later)",
    )
]


def _clock(database: Database) -> float:
    return process_time() if database.sqlite else perf_counter()


def _waiting(database: Database, at_most: int) -> Sequence[str]:
    with database.reading() as db:
        usual = Request.state == "waiting", Request.severity == 2
        return db.exec(select(Request.ref).where(*usual).order_by(col(Request.key)).limit(at_most)).all()


def leaving(database: Database) -> tuple[int, float]:
    """How many requests were decided anew, and in how many seconds, when so many agents leave at this instant."""
    gone = _those_who_leave(database)
    with database.writing() as db:
        db.connection().execute(update(Request).values(look_at=None).where(col(Request.look_at) <= NOW))
        ended = delete(DutyInterval).where(col(DutyInterval.agent).in_(gone), col(DutyInterval.ends_at) > NOW)
        db.connection().execute(ended)
    started = spent(database)
    with database.writing() as db:
        duty_changed(db, gone, now=NOW)
        waits = update(Request).where(col(Request.state) == "waiting", col(Request.look_at) == NOW)
        db.connection().execute(waits.values(look_at=None))  # only those who lose their owner are measured
    with database.reading() as db:
        count = db.exec(select(func.count()).select_from(Request).where(col(Request.look_at) <= NOW)).one()
    route_due(database, now=NOW)
    return count, spent(database) - started


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
