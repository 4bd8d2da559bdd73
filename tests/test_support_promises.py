"""Promises: given anew only by rule, overdue told to people, and nobody left without an answer to "when"."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.outbox import Effect
from shop.markets.models import Exporter, Market
from shop.support.answering import overdue_mails
from shop.support.answering.board import Board
from shop.support.answering.promises import promise, promise_anew
from shop.support.answering.routing import Routed
from shop.support.answering.team import Asked, Outlook
from shop.support.answering.waiting import route_due
from shop.support.requests.models import Request, RequestPromise
from shop.support.shifts.models import Agent, AgentLanguage
from tests.support_world import EVENING, MORNING, asked, effects, person, stored, support_house
from tests.world import World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(tmp_path: Path):
    with support_house(tmp_path) as house:
        yield house


def anew(database: Database, ref: str, state: str, minutes: int) -> bool:
    """Whether a promise so many minutes after the first is given, when routing answers `state`."""
    with database.writing() as db:
        request = db.get_one(Request, ref)
        assert request.promised_at is not None
        end = request.promised_at + minutes * MINUTE
        seen = Outlook(Routed(state, (), tier=0, on_duty_at=end - 60 * MINUTE), None, end - 60 * MINUTE, end)  # type: ignore[arg-type]
        promise_anew(db, request, seen, now=MORNING)
    with database.reading() as db:
        return len(db.exec(select(RequestPromise)).all()) == 2


@pytest.mark.parametrize(
    ("state", "minutes", "given"),
    [
        ("queued", 15, False),
        ("queued", 16, True),
        ("queued", -60, False),
        ("queued", -61, True),
        ("assigned", 16, False),
        ("assigned", -61, True),
        ("queued_at_capacity", 500, False),
    ],
)
def test_a_promise_is_given_anew_only_where_it_says_something_new(database, state: str, minutes: int, given) -> None:
    ref = asked(database, now=EVENING).ref
    assert anew(database, ref, state, minutes) is given
    assert (len(effects(database)) == 2) is given


def test_in_a_crisis_the_hour_is_of_the_clock_and_never_moves(database: Database) -> None:
    with database.reading() as db:
        asks = Asked(market=db.get_one(Market, "de"), language="de", crisis=True)
        seen = Board(db, now=EVENING).outlook(asks)
    assert (seen.on_duty_at, seen.promised_at) == (EVENING, EVENING + 60 * MINUTE)
    ref = asked(database, now=EVENING).ref
    with database.writing() as db:
        db.get_one(Request, ref).severity = 0
    assert not anew(database, ref, "queued", 400)


def test_a_promise_is_looked_at_when_it_passes(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    assert stored(database, ref).look_at == MORNING + 60 * MINUTE
    with database.writing() as db:
        end = MORNING + 20 * MINUTE
        promise(db, ref, Outlook(Routed("assigned", ()), None, MORNING, end), now=MORNING)
    assert stored(database, ref).look_at == end


def test_a_new_promise_is_not_overdue_yet(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        db.get_one(Request, ref).overdue_told_at = MORNING
        db.flush()
        promise(db, ref, Outlook(Routed("assigned", ()), None, EVENING, EVENING), now=MORNING)
    assert stored(database, ref).overdue_told_at is None


def test_the_specialist_of_the_market_is_told_too_and_nobody_twice(database: Database) -> None:
    with database.writing() as db:
        db.add(person("sina", "Sina Wolf", role="specialist", language="de"))
        db.get_one(Market, "de").specialist = "sina"
    ref = asked(database, now=MORNING).ref
    route_due(database, now=MORNING + 60 * MINUTE)
    told = [each.rsplit(":", 1)[1] for each in effects(database) if ":overdue:" in each]
    assert told == ["lena", "sina", "exporter"]
    with database.reading() as db:
        kinds = {each.kind for each in db.exec(select(Effect).where(col(Effect.key).contains("overdue"))).all()}
    assert kinds == {"overdue mail"} and stored(database, ref).agent == "maricel"


def test_what_nobody_can_answer_is_told_once_until_it_was_promised_in_between(database: Database) -> None:
    ref = asked(database, now=MORNING, market="fr", language="fr").ref
    at = MORNING
    for speaks in (False, True, False):
        at += 30 * MINUTE
        with database.writing() as db:
            lena = db.get_one(Agent, "lena")
            lena.markets, lena.capacity = "de fr", 5
            known = db.get(AgentLanguage, ("lena", "fr"))
            if speaks:
                db.add(AgentLanguage(agent="lena", language="fr", level="native"))
            elif known is not None:
                db.delete(known)
            request = db.get_one(Request, ref)
            request.state, request.agent, request.look_at = "waiting", None, at
        route_due(database, now=at)
    told = [each for each in effects(database) if "unroutable" in each]
    assert told == [f"request:{ref}:unroutable", f"request:{ref}:unroutable:1"]


def test_the_mail_about_what_is_overdue_names_the_time_and_who_has_it(sqlite_world: World) -> None:
    ref = asked(sqlite_world.house.database, now=sqlite_world.clock.now).ref
    sqlite_world.later(minutes=61)
    sqlite_world.work()
    request = stored(sqlite_world.house.database, ref)
    assert request.overdue_told_at == sqlite_world.clock.now
    (mail,) = [each for each in sqlite_world.mails("lena@harbourbench.example") if ref in each["Subject"]]
    plain = mail.get_body(("plain",)).get_content()
    assert "11:30" in plain and f"/desk/requests/{ref}" in plain
    with sqlite_world.house.database.reading() as db:
        mailbox = db.get_one(Exporter, 1).email
    assert any(ref in each["Subject"] for each in sqlite_world.mails(mailbox))


def test_nobody_is_written_to_about_what_was_answered_meanwhile(sqlite_world: World) -> None:
    house = sqlite_world.house
    ref = asked(house.database, now=sqlite_world.clock.now).ref
    with house.database.writing() as db:
        request = db.get_one(Request, ref)
        request.state = "answered"
    payload = {"ref": ref, "person": "", "promised": sqlite_world.clock.now.isoformat(), "at": 0}
    overdue_mails.send(house.database, house.post, payload, now=sqlite_world.clock.now)
    assert not any("overdue" in name for name, _mail in house.mailer.kept())
