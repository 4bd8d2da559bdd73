"""Whoever writes in the very moment of an erasure on PostgreSQL: nothing of theirs comes through, and nobody dead-locks."""

import threading
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlmodel import col, select

from shop import jobs
from shop.aftersales.models import Case
from shop.base.outbox import Effect, enqueue
from shop.catalogue.waitlist import CONFIRM
from shop.ground.errors import Busy
from shop.markets.exposure_models import Denial, Invitation
from shop.support.requests.models import Message, Request
from shop.upkeep.personal import erasing, holding
from shop.upkeep.personal.acting import erase_person
from shop.upkeep.personal.erasing import NotFinished
from tests.buying import until_it_waits
from tests.erasing import ASKED
from tests.personal import MAIL, NAME, Left, broken, finish, keeper_of, leave_data, rows
from tests.world import World

pytestmark = pytest.mark.postgres
TWO = ("one of two", "two of two")


@pytest.fixture
def world(postgres_world: World) -> World:
    return postgres_world


@pytest.fixture
def left(world: World) -> Left:
    done = leave_data(world)
    finish(world, done)
    return done


class Erasing(threading.Thread):
    """Their erasure, begun in a thread of its own; `begin` returns when it has to wait for somebody, or is done."""

    def __init__(self, world: World) -> None:
        super().__init__(daemon=True)
        self._world = world
        self._raised: Exception | None = None

    def begin(self) -> None:
        self.start()
        until_it_waits(self._world, self)

    def run(self) -> None:
        try:
            erase_person(keeper_of(self._world), MAIL, **ASKED, now=self._world.clock.now)
        except Exception as raised:  # noqa: BLE001 - raised again in the test's own thread
            self._raised = raised

    def end(self) -> None:
        """Wait for it; raises what it raised."""
        self.join(timeout=30)
        assert not self.is_alive()
        if self._raised is not None:
            raise self._raised


def test_a_name_that_is_just_being_written_where_it_did_not_stand_is_blotted_out(world: World, left: Left) -> None:
    erasure, now = Erasing(world), world.clock.now
    with world.house.database.writing() as db:
        token = {"token_hash": "j" * 64, "created_at": now, "expires_at": now}
        db.add(Invitation(market="nz", note="for a friend", person="mere", **token))
    with world.house.database.writing() as db:
        friends = update(Invitation).where(col(Invitation.note) == "for a friend")
        db.connection().execute(friends.values(note=f"{NAME} knows who"))
        db.add(Denial(market="nz", customer="another", reason=f"{NAME} again", person="mere", at=now))
        db.flush()
        erasure.begin()
    erasure.end()

    assert "… knows who" in {each.note for each in rows(world, Invitation)}
    assert {each.reason for each in rows(world, Denial)} == {"… again", "… never pays"}
    assert broken(world) == []


def test_who_holds_the_shop_up_for_too_long_is_not_waited_for_and_nothing_is_erased(
    world: World, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "LOCK_SECONDS", 0.05)
    before = rows(world, Request)
    with world.house.database.writing() as db:
        db.add(Denial(market="nz", customer="another", reason="again", person="mere", at=world.clock.now))
        db.flush()
        with pytest.raises(Busy):
            erase_person(keeper_of(world), MAIL, **ASKED, now=world.clock.now)

    assert rows(world, Request) == before


def test_a_mail_that_is_caused_in_the_last_moment_of_an_erasure_is_not_sent(
    world: World, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = erasing._note
    outbox = keeper_of(world).outbox

    def work() -> None:
        with world.house.database.writing() as db:
            payload = {"mail": CONFIRM, "entry": "w" * 64}
            enqueue(db, "waitlist mail", f"waitlist:{'w' * 32}:late", payload, now=world.clock.now)
        jobs.run_effects(world.house)

    worker = threading.Thread(target=work, daemon=True)

    def last(*given: Any, **named: Any) -> None:
        note(*given, **named)
        worker.start()
        until_it_waits(world, worker)

    monkeypatch.setattr(erasing, "_note", last)
    erase_person(keeper_of(world), MAIL, **ASKED, now=world.clock.now)
    worker.join(timeout=30)

    assert not worker.is_alive()
    assert [name for name, mail in outbox.kept() if MAIL in str(mail["To"]).lower()] == []
    assert [each.key for each in rows(world, Effect) if each.done_at is None] == []


def test_a_mail_that_is_just_being_caused_is_let_go_with_the_mark_of_their_address(world: World, left: Left) -> None:
    erasure = Erasing(world)
    [asked] = [each for each in rows(world, Effect) if each.key.startswith("link:")]
    with world.house.database.writing() as db:
        enqueue(db, "link mail", f"{asked.key}-again", {"order": left.order}, now=world.clock.now)
        erasure.begin()
    erasure.end()

    assert [each.key for each in rows(world, Effect) if each.key.startswith("link:")] == []


def test_what_the_desk_writes_about_a_request_that_it_holds_is_emptied_and_nobody_dead_locks(
    world: World, left: Left
) -> None:
    erasure, now = Erasing(world), world.clock.now
    with world.house.database.writing() as db:
        db.exec(select(Request.ref).where(Request.ref == left.request).with_for_update()).one()
        erasure.begin()
        said = update(Message).where(col(Message.request) == left.request)
        db.connection().execute(said.values(text=f"{NAME} wrote this."))
        note = {"request": left.request, "kind": "note", "author": "Mere", "language": "en", "at": now}
        db.add(Message(text=f"{NAME} has called.", **note))
    erasure.end()

    assert {each.text for each in rows(world, Message) if each.request == left.request} == {""}


def test_a_case_that_is_just_being_filed_is_waited_for_and_is_to_be_finished_first(world: World, left: Left) -> None:
    erasure = Erasing(world)
    [known] = rows(world, Case)
    filed = {**known.model_dump(), "number": "C-JUST-NOW", "key": "just now", "state": "received"}
    with world.house.database.writing() as db:
        db.connection().execute(text("SELECT 1 FROM orders WHERE number = :it FOR UPDATE"), {"it": left.order})
        db.add(Case(**filed))
        db.flush()
        erasure.begin()
    with pytest.raises(NotFinished) as refused:
        erasure.end()

    assert refused.value.values == {"what": "case", "number": "C-JUST-NOW"}


def test_rows_are_held_in_their_order_so_that_nobody_who_takes_them_so_dead_locks(world: World, left: Left) -> None:
    now, said = world.clock.now, f"{NAME} refused"
    with world.house.database.writing() as db:
        for key in TWO:
            enqueue(db, "market mail", key, {}, now=now)
        done = {"done_at": now, "error": said}
        db.connection().execute(update(Effect).where(col(Effect.key).in_(TWO)).values(done))
    with world.house.database.writing() as db:  # now the first lies behind the second, as a scan finds them
        db.connection().execute(update(Effect).where(col(Effect.key) == TWO[0]).values(attempts=1))
    erasure = Erasing(world)
    with world.house.database.writing() as db:
        for key in TWO:
            db.connection().execute(update(Effect).where(col(Effect.key) == key).values(attempts=2))
            if key == TWO[0]:
                erasure.begin()
    erasure.end()

    assert [(each.attempts, each.error) for each in rows(world, Effect) if each.key in TWO] == [(2, "… refused")] * 2
