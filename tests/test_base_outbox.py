"""The outbox: an effect is written with its cause, carried out once, tried again after longer and longer, never lost."""

from collections.abc import Iterator
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.outbox import ATTEMPTS, LEASE, LONGEST_PAUSE, Effect, carry_out_due, dead, enqueue
from tests.buying import at_once
from tests.world import StoppedClock, World

HOUR = timedelta(hours=1)


class Outside:
    """The outside world: what arrived there, and whether it takes anything."""

    def __init__(self, database: Database, clock: StoppedClock) -> None:
        self.database, self.clock = database, clock
        self.arrived: list[str] = []
        self.fault: Exception | None = None

    def __call__(self, payload: dict[str, Any], _now: Any) -> None:
        if self.fault is not None:
            raise self.fault
        self.arrived.append(payload["name"])

    def cause(self, *names: str, key: str = "") -> None:
        with self.database.writing() as db:
            for name in names:
                enqueue(db, "tell", key or name, {"name": name}, now=self.clock.now)

    def work(self) -> int:
        return carry_out_due(self.database, {"tell": self}, clock=self.clock)

    def effect(self) -> Effect:
        with self.database.reading() as db:
            return db.exec(select(Effect).order_by(col(Effect.id).desc())).all()[0]


@pytest.fixture
def outside(sqlite_world: World) -> Iterator[Outside]:
    yield Outside(sqlite_world.house.database, sqlite_world.clock)


def test_an_effect_is_carried_out_once_in_the_order_of_its_causes(outside: Outside) -> None:
    outside.cause("first", "second")
    outside.cause("third")
    assert outside.work() == 3 and outside.work() == 0
    assert outside.arrived == ["first", "second", "third"]
    assert outside.effect().done_at == outside.clock.now


def test_one_key_is_one_effect_however_often_it_is_caused(outside: Outside) -> None:
    outside.cause("a", "b", key="same")
    outside.cause("c", key="same")
    outside.work()
    outside.cause("d", key="same")  # also after it was carried out
    outside.work()
    assert outside.arrived == ["a"]


def test_what_is_rolled_back_causes_nothing(outside: Outside) -> None:
    with pytest.raises(ZeroDivisionError), outside.database.writing() as db:
        enqueue(db, "tell", "a", {"name": "a"}, now=outside.clock.now)
        raise ZeroDivisionError
    assert outside.work() == 0


def test_a_failure_is_tried_again_after_longer_and_longer_and_then_given_up_visibly(outside: Outside) -> None:
    outside.cause("a")
    outside.fault = ConnectionRefusedError("nobody listens " * 200)
    pauses = []
    for attempt in range(1, ATTEMPTS + 1):
        assert outside.work() == 1 and outside.work() == 0
        effect = outside.effect()
        assert effect.attempts == attempt and effect.leased_until is None and 0 < len(effect.error) <= 500
        pauses.append(effect.due_at - outside.clock.now)
        outside.clock.now = effect.due_at
    assert pauses == sorted(pauses) and pauses[0] == timedelta(seconds=30) and pauses[-1] == LONGEST_PAUSE
    assert outside.work() == 0
    with outside.database.reading() as db:
        [given_up] = dead(db)
    assert given_up.key == "a" and "nobody listens" in given_up.error


def test_whom_a_mail_server_refuses_stands_in_no_log_and_no_row(
    outside: Outside, capfd: pytest.CaptureFixture[str]
) -> None:
    outside.cause("first")
    outside.fault = SMTPRecipientsRefused({"anna@example.com": (550, b"<anna@example.com> is nobody here")})

    outside.work()

    said = capfd.readouterr()
    assert "anna" not in outside.effect().error + said.out + said.err
    assert "is nobody here" in outside.effect().error and "effect failed" in said.out + said.err


def test_what_works_again_is_done(outside: Outside) -> None:
    outside.cause("a")
    outside.fault = ConnectionRefusedError()
    outside.work()
    outside.fault, outside.clock.now = None, outside.clock.now + HOUR
    assert outside.work() == 1 and outside.arrived == ["a"]
    assert (outside.effect().error, outside.effect().dead_at) == ("", None)


def test_one_that_fails_holds_up_no_other(outside: Outside) -> None:
    with outside.database.writing() as db:
        enqueue(db, "of no kind we know", "x", {}, now=outside.clock.now)
    outside.cause("a")
    assert outside.work() == 2 and outside.arrived == ["a"]


def test_a_worker_that_dies_loses_nothing_and_nobody_takes_what_it_holds(outside: Outside) -> None:
    outside.cause("a")
    outside.fault = KeyboardInterrupt()  # type: ignore[assignment] # the process ends in the middle
    with pytest.raises(KeyboardInterrupt):
        outside.work()
    outside.fault = None
    assert outside.work() == 0
    outside.clock.now += LEASE + timedelta(seconds=1)
    assert outside.work() == 1 and outside.arrived == ["a"] and outside.effect().attempts == 2


def test_whoever_was_too_slow_does_not_undo_what_the_next_one_did(outside: Outside) -> None:
    outside.cause("a")

    def slow(_payload: dict[str, Any], _now: Any) -> None:
        outside.clock.now += LEASE + timedelta(seconds=1)
        assert outside.work() == 1  # the lease ran out: another worker does it
        raise TimeoutError

    carry_out_due(outside.database, {"tell": slow}, clock=outside.clock)
    assert (
        outside.arrived == ["a"]
        and outside.effect().done_at is not None
        and outside.effect().due_at < outside.clock.now
    )


def test_what_is_not_due_waits(outside: Outside) -> None:
    outside.cause("a")
    outside.clock.now -= HOUR
    assert outside.work() == 0


def test_many_workers_at_once_carry_each_out_once(world: World) -> None:
    outside = Outside(world.house.database, world.clock)
    outside.cause(*(f"e{number}" for number in range(25)))
    tried = at_once(6, lambda _place: outside.work())
    assert sum(tried) == 25 and sorted(outside.arrived) == sorted(f"e{number}" for number in range(25))


def test_what_a_clock_put_off_that_was_a_day_ahead_is_done_when_it_is_set_right(outside: Outside) -> None:
    right = outside.clock.now
    outside.clock.now = right + 24 * HOUR
    outside.cause("a")
    outside.clock.now = right
    assert outside.work() == 1 and outside.arrived == ["a"]


def test_a_failure_that_lasts_a_day_gives_nothing_up(outside: Outside) -> None:
    outside.cause("a")
    outside.fault = ConnectionRefusedError()
    over = outside.clock.now + 24 * HOUR
    while outside.clock.now < over:
        assert outside.work() == 1
        outside.clock.now = outside.effect().due_at
    outside.fault = None
    assert outside.work() == 1 and outside.arrived == ["a"]
    assert outside.clock.now <= over + LONGEST_PAUSE
