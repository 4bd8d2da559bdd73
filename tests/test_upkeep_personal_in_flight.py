"""An erasure while a mail is on its way: they shut each other out, and whatever slips through is found and removed."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select
from typer.testing import CliRunner

from shop import cli, jobs
from shop.aftersales.models import CareReminder
from shop.base.mail import FolderMailer, Mail
from shop.base.outbox import LEASE, Effect, enqueue
from shop.markets.exposure_models import Invitation
from shop.upkeep.personal import erasing
from shop.upkeep.personal.acting import erase_again, erase_person, look, sweep_after
from shop.upkeep.personal.erasing import NotFinished
from shop.upkeep.personal.waiting_effects import being_done
from tests.aftersales import DE, bought
from tests.buying import until_it_waits
from tests.personal import MAIL, MARKED, NAME, Left, broken, finish, keeper_of, leave_data, rows
from tests.world import World

ASKED = {"ground": "asked", "person": "mere"}


@pytest.fixture
def left(world: World) -> Left:
    done = leave_data(world)
    finish(world, done)
    return done


@contextmanager
def sending(world: World, left: Left, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A mail about their order is written by another thread, and on its way until the block ends."""
    begun, go, keep = threading.Event(), threading.Event(), FolderMailer.send

    def send(mailer: FolderMailer, mail: Mail, *, now: datetime) -> None:
        begun.set()
        assert go.wait(timeout=30)
        keep(mailer, mail, now=now)

    with world.house.database.writing() as db:
        payload = {"order": left.order, "mail": "confirmed"}
        enqueue(db, "order mail", f"order:{left.order}:held", payload, now=world.clock.now)
    monkeypatch.setattr(FolderMailer, "send", send)
    worker = threading.Thread(target=jobs.run_effects, args=(world.house,), daemon=True)
    worker.start()
    assert begun.wait(timeout=30)
    try:
        yield
    finally:
        go.set()
        worker.join(timeout=30)
    assert not worker.is_alive()


def theirs(world: World) -> list[str]:
    return [name for name, mail in keeper_of(world).outbox.kept() if MAIL in str(mail["To"])]


def erase(world: World) -> None:
    erase_person(keeper_of(world), MAIL, **ASKED, now=world.clock.now)


def commanded(world: World, clock: Path, *words: str) -> Any:
    """What the command answers in this house, now."""
    clock.write_text(world.clock.now.isoformat())
    own = world.house.settings
    settings = {
        "DATABASE_URL": own.database_url,
        "DATA_DIR": str(own.data_dir),
        "SECRET_KEY": base64.b64encode(own.secret_key).decode(),
        "TESTING": "1",
        "TEST_CLOCK_FILE": str(clock),
    }
    return CliRunner().invoke(cli.app, words, env={f"SOFTLAUNCH_{name}": each for name, each in settings.items()})


def test_nobody_is_erased_while_a_mail_to_them_is_on_its_way(
    world: World, left: Left, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock = tmp_path_factory.mktemp("clock") / "now"
    with sending(world, left, monkeypatch):
        with pytest.raises(NotFinished) as refused:
            erase(world)
        told = commanded(world, clock, "person", "erase", MAIL)
        assert theirs(world)

    assert refused.value.values == {"what": "mail", "number": left.order}
    assert told.exit_code == 1 and f"{left.order}: " in told.stderr and "Try again" in told.stderr
    erase(world)
    assert theirs(world) == [] and broken(world) == []


@pytest.mark.postgres
def test_what_waits_is_not_begun_while_the_erasure_is_under_way(
    postgres_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over SQLite nobody can begin anything then: to do so they must write."""
    world, plan = postgres_world, erasing.planned
    left = leave_data(world)
    finish(world, left)
    with world.house.database.writing() as db:
        payload = {"order": left.order, "mail": "confirmed"}
        enqueue(db, "order mail", f"order:{left.order}:waits", payload, now=world.clock.now)
    tried = []

    def meanwhile(*given: Any, **named: Any) -> erasing.Plan:
        tried.append(jobs.run_effects(world.house))
        return plan(*given, **named)

    monkeypatch.setattr(erasing, "planned", meanwhile)
    erase(world)

    assert tried == [0] and theirs(world) == [] and broken(world) == []
    assert [each for each in rows(world, Effect) if each.done_at is None] == []


@pytest.mark.postgres
def test_what_staff_write_in_the_moment_of_an_erasure_stays_without_the_name(postgres_world: World) -> None:
    world = postgres_world
    finish(world, leave_data(world))
    [note] = [each for each in rows(world, Invitation) if NAME in each.note]
    erasing = threading.Thread(target=erase, args=(world,))
    with world.house.database.writing() as db:
        said = update(Invitation).where(col(Invitation.id) == note.id).values(note=f"{NAME} asked for a second one.")
        db.connection().execute(said)
        erasing.start()
        until_it_waits(world, erasing)
    erasing.join()

    assert [each.note for each in rows(world, Invitation) if each.id == note.id] == ["… asked for a second one."]


def test_a_mail_that_is_written_after_its_time_ran_out_is_found_and_removed(
    world: World, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sending(world, left, monkeypatch):
        world.clock.now += LEASE * 2
        erase(world)
        assert theirs(world) == []

    assert theirs(world) and [key for key, _first in broken(world)] == ["erased.mails"]
    world.later(minutes=2)  # the periodic work sweeps
    assert theirs(world) == [] and broken(world) == []


def test_a_mail_that_comes_after_the_sweep_is_removed_by_erasing_again(
    world: World, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sending(world, left, monkeypatch):
        world.clock.now += LEASE * 2
        erase(world)
        sweep_after(keeper_of(world), now=world.clock.now)
    world.later(minutes=2)
    assert theirs(world)

    erase_again(keeper_of(world), now=world.clock.now)

    assert theirs(world) == [] and broken(world) == []


def test_whoever_is_back_keeps_the_mails_about_what_they_asked_since(world: World, left: Left) -> None:
    keeper = keeper_of(world)
    erase(world)
    bought(world, world.browser("de"), DE, MARKED)
    world.work()
    about = Mail(to=MAIL, subject="Hm", text=f"Order {left.order}.", html="", language="en", key="of-before")
    keeper.outbox.send(about, now=world.clock.now)
    since = [name for name in theirs(world) if "of-before" not in name]

    world.later(minutes=2)

    assert since and sorted(theirs(world)) == sorted(since)


def test_whatever_waits_about_them_is_let_go_also_where_its_key_names_another_thing(world: World, left: Left) -> None:
    with world.house.database.writing() as db:
        [reminder] = db.exec(select(CareReminder.id).where(CareReminder.order_number == left.order)).all()
        for key in (f"care:{reminder}:2027-01-01", f"care:{reminder}0:2027-01-01"):
            enqueue(db, "care mail", key, {"reminder": reminder, "day": "2027-01-01"}, now=world.clock.now)

    erase(world)

    assert [each.key for each in rows(world, Effect) if each.done_at is None] == [f"care:{reminder}0:2027-01-01"]


def test_what_is_just_being_done_is_known_by_every_kind_of_key(world: World, left: Left) -> None:
    with world.house.database.writing() as db:
        until = world.clock.now + LEASE
        leased: dict[str, Any] = {"done_at": None, "dead_at": None, "leased_until": until}
        db.connection().execute(update(Effect).where(col(Effect.key).like("link:%")).values(leased))
    subject = look(keeper_of(world), MAIL, now=world.clock.now).subject

    with world.house.database.reading() as db:
        assert being_done(db, subject, now=world.clock.now) == [left.order]
        assert being_done(db, subject, now=until + LEASE) == []
