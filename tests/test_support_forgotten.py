"""Nobody who waits is forgotten: whatever happens in whatever order, and at every instant between."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlmodel import col, func, select

from shop.markets.models import Market
from shop.staff.models import Person
from shop.support.answering.assignment import take
from shop.support.answering.forgotten import forgotten
from shop.support.answering.handover import decline
from shop.support.answering.waiting import route_due
from shop.support.requests.models import Assignment, Handover, Request, RequestPromise
from shop.support.requests.replies import Answerer, answer, close, customer_reply
from shop.support.shifts.models import Absence, Agent
from shop.support.shifts.presence import note_presence
from shop.support.shifts.roster import rebuild, rebuild_agent
from tests.support_world import MORNING, asked, support_house

MOMENT = timedelta(seconds=1)
AGENTS = ("lena", "maricel")


class Desk(RuleBasedStateMachine):
    """Customers ask and write again, agents answer, decline, leave and come back, and the clock goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.house = support_house(Path(self.folder.name))
        self.database = self.house.__enter__()
        self.now, self.number = MORNING, 0

    def teardown(self) -> None:
        self.house.__exit__(None, None, None)
        self.folder.cleanup()

    @rule(others=st.booleans(), french=st.booleans(), crisis=st.booleans())
    def ask(self, others: bool, french: bool, crisis: bool) -> None:
        self.number += 1
        place = {"market": "fr", "language": "fr"} if french and not others else {}
        request = asked(self.database, now=self.now, text=str(self.number), others=others, **place)
        if crisis and self.number % 3 == 0:
            with self.database.writing() as db:
                found = db.get_one(Request, request.ref)
                found.severity, found.look_at = 0, self.now

    @rule(minutes=st.sampled_from([5, 25, 70, 300, 900, 2900]))
    def time_goes_on(self, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes)
        while (due := self._next_due()) is not None and due <= until:
            if due > self.now:
                self._holds(due - MOMENT)
            self.now = max(due, self.now)
            route_due(self.database, now=self.now)
            self._holds(self.now)
        self.now = until
        with self.database.writing() as db:
            rebuild(db, now=self.now)

    @rule(agent=st.sampled_from(AGENTS), there=st.booleans())
    def presence(self, agent: str, there: bool) -> None:
        with self.database.writing() as db:
            note_presence(db, db.get_one(Agent, agent), there=there, now=self.now)

    @rule(agent=st.sampled_from(AGENTS), hours=st.sampled_from([2, 30]))
    def absence(self, agent: str, hours: int) -> None:
        until = self.now + timedelta(hours=hours)
        with self.database.writing() as db:
            zone = {"starts": _wall(self.now), "ends": _wall(until)}
            db.add(Absence(agent=agent, starts_at=self.now, ends_at=until, **zone))
            db.flush()
            rebuild_agent(db, agent, now=self.now)

    @precondition(lambda self: self._refs("assigned"))
    @rule(data=st.data(), closing=st.booleans())
    def answered(self, data: st.DataObject, closing: bool) -> None:
        ref = data.draw(st.sampled_from(self._refs("assigned")))
        with self.database.writing() as db:
            request = db.get_one(Request, ref)
            owner = db.get_one(Agent, request.agent)
            who = Answerer(db.get_one(Person, owner.person), owner)
            if closing:
                close(db, request, who, now=self.now)
            else:
                answer(db, request, who, "So.", key=str(self.now), now=self.now)

    @precondition(lambda self: self._refs("assigned"))
    @rule(data=st.data())
    def declined(self, data: st.DataObject) -> None:
        ref = data.draw(st.sampled_from(self._refs("assigned")))
        with self.database.writing() as db:
            request = db.get_one(Request, ref)
            decline(db, request, db.get_one(Agent, request.agent), "Nicht mein Fach.", now=self.now)

    @precondition(lambda self: self._refs("answered", "closed"))
    @rule(data=st.data())
    def written_again(self, data: st.DataObject) -> None:
        ref = data.draw(st.sampled_from(self._refs("answered", "closed")))
        with self.database.writing() as db:
            request = db.get_one(Request, ref)
            market = db.get_one(Market, request.market)
            customer_reply(db, request, f"Und {self.now}?", market=market, key=str(self.now), now=self.now)

    @precondition(lambda self: self._refs("waiting", "assigned"))
    @rule(data=st.data(), agent=st.sampled_from(AGENTS))
    def taken(self, data: st.DataObject, agent: str) -> None:
        ref = data.draw(st.sampled_from(self._refs("waiting", "assigned")))
        with self.database.writing() as db:
            request = db.get_one(Request, ref)
            take(db, request, db.get_one(Agent, agent), seen_owner=request.agent or "", now=self.now)

    @invariant()
    def nobody_is_forgotten(self) -> None:
        self._holds(self.now)

    @invariant()
    def every_open_request_has_an_instant_at_which_it_is_looked_at(self) -> None:
        with self.database.reading() as db:
            open_ones = col(Request.state).in_(("waiting", "assigned", "referred"))
            assert not db.exec(select(Request.ref).where(open_ones, col(Request.look_at).is_(None))).all()

    @invariant()
    def the_last_assignment_is_the_owner(self) -> None:
        with self.database.reading() as db:
            given = select(Assignment.request, Assignment.agent).order_by(col(Assignment.number))
            last = dict(db.exec(given).all())
            owned = db.exec(select(Request.ref, Request.agent).where(col(Request.agent).is_not(None))).all()
        assert {ref: agent for ref, agent in owned if last.get(ref) != agent} == {}

    def _holds(self, instant: datetime) -> None:
        with self.database.reading() as db:
            assert forgotten(db, now=instant, soon=timedelta(0)) == []

    def _refs(self, *states: str) -> list[str]:
        with self.database.reading() as db:
            found = select(Request.ref).where(col(Request.state).in_(states)).order_by(col(Request.created_at))
            return list(db.exec(found.order_by(col(Request.key))).all())

    def _next_due(self) -> datetime | None:
        with self.database.reading() as db:
            return db.exec(select(func.min(Request.look_at))).one()


def _wall(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M")


TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=10,
    stateful_step_count=20,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def database(tmp_path: Path):
    with support_house(tmp_path) as house:
        yield house


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, False),
        ({"promised_at": None}, False),
        ({"agent": "maricel", "promised_at": MORNING}, False),
        ({"agent": None, "state": "waiting", "promised_at": MORNING}, True),
        ({"agent": None, "state": "waiting", "promised_at": None}, True),
        ({"agent": None, "state": "waiting", "promised_at": None, "exporter_told": True}, False),
        ({"agent": None, "state": "waiting", "promised_at": MORNING, "overdue_told_at": MORNING}, False),
        ({"agent": None, "state": "closed", "promised_at": MORNING}, False),
    ],
)
def test_what_is_forgotten_is_found(database, changed, found) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        request = db.get_one(Request, ref)
        for name, value in ({"look_at": MORNING} | changed).items():
            setattr(request, name, value)
    later = MORNING + timedelta(minutes=10)
    with database.reading() as db:
        assert (forgotten(db, now=later) == [ref]) is found


def test_an_owner_who_is_away_is_not_there(database) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        request = db.get_one(Request, ref)
        request.promised_at = request.look_at = MORNING
        db.get_one(Agent, "lena").available = False
    with database.reading() as db:
        assert forgotten(db, now=MORNING + timedelta(minutes=2)) == [ref]
        assert db.exec(select(Handover)).all() == []
        assert len(db.exec(select(RequestPromise)).all()) == 1
