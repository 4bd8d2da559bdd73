"""The check as people and programs ask for it: its page at the console, the work behind it, and the command."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.outbox import Effect
from shop.catalogue.models import Stock
from shop.staff.models import Person
from shop.upkeep import check_runs
from shop.upkeep.models import Proof
from shop.upkeep.personal.invariants import nowhere
from tests.commands import Softlaunch, database, imported, loaded, softlaunch
from tests.doors import BLENDER
from tests.world import TUESDAY, World, text

__all__ = ["database", "imported", "loaded", "softlaunch"]  # fixtures

URL = "/console/check"


@pytest.fixture(autouse=True)
def in_one_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, a check is done in one turn."""
    monkeypatch.setattr(check_runs, "TURN", 3600.0)


def proofs(world: World) -> list[Proof]:
    with world.house.database.reading() as db:
        return list(db.exec(select(Proof).order_by(col(Proof.id))).all())


def break_stock(world: World) -> None:
    with world.house.database.writing() as db:
        db.connection().execute(update(Stock).where(col(Stock.sku) == BLENDER).values(sold=2))


def test_the_page_names_what_is_wrong_what_to_do_and_when_it_was_checked(world: World) -> None:
    mere = world.signed_in("mere")
    assert "Nothing has been checked yet." in text(mere.get(URL).text)
    break_stock(world)

    assert mere.post(URL).headers["location"] == URL
    assert 'http-equiv="refresh"' in mere.get(URL).text
    world.work()

    shown = text(mere.get(URL).text)
    assert "Something is wrong" in shown and "1 entry is affected" in shown
    assert f"{BLENDER} sold 2, in_orders 0" in shown
    assert "The pieces counted as sold are exactly those that were paid for and not yet sent." in shown
    assert "Count the pieces on the shelf" in shown and "Last checked: " in shown
    assert "The database is intact." in shown and "launches:de" in shown


def test_a_shop_in_which_everything_holds_says_so(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    mere.post(URL)
    sqlite_world.work()

    assert "Everything holds" in text(mere.get(URL).text)


def test_who_asks_twice_has_it_checked_once_and_another_time_anew(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    for _twice in range(2):
        mere.post(URL)
    sqlite_world.work()
    assert [(each.state, each.person) for each in proofs(sqlite_world)] == [("done", "mere")]

    mere.post(URL)
    sqlite_world.later(minutes=1)
    assert [each.state for each in proofs(sqlite_world)] == ["done", "done"]


def test_a_long_check_goes_on_in_the_next_turn(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_runs, "TURN", 0.0)
    house = sqlite_world.house
    sqlite_world.signed_in("mere").post(URL)

    def goes_on() -> bool:
        return check_runs.work_due(house.database, house.policies, now=sqlite_world.clock.now, left_mails=nowhere)

    for turn in (1, 2, 3):
        assert goes_on()
        [proof] = proofs(sqlite_world)
        assert (proof.state, proof.step) == ("running", turn)
    while goes_on():
        pass

    [proof] = proofs(sqlite_world)
    assert (proof.state, proof.step) == ("done", proof.steps)


def test_a_check_that_nobody_ended_is_given_up_and_another_can_be_asked_for(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        asked = sqlite_world.clock.now - timedelta(hours=2)
        db.add(Proof(person="mere", asked_at=asked, state="running", step=3, steps=9))
    sqlite_world.work()

    mere = sqlite_world.signed_in("mere")
    assert "did not finish" in text(mere.get(URL).text)
    mere.post(URL)
    sqlite_world.later(minutes=1)
    assert [each.state for each in proofs(sqlite_world)] == ["failed", "done"]


def test_it_is_for_exporters_of_all_markets(sqlite_world: World) -> None:
    ruth, lena = sqlite_world.signed_in("ruth"), sqlite_world.signed_in("lena")
    with sqlite_world.house.database.writing() as db:
        db.connection().execute(update(Person).where(col(Person.id) == "ruth").values(role="exporter", markets="nz"))

    for each in (ruth, lena):
        assert each.get(URL).status_code == 404 and each.post(URL).status_code == 404
    assert proofs(sqlite_world) == [] and URL not in ruth.get("/console").text


def test_the_command_says_what_holds(loaded: Softlaunch) -> None:
    answer = loaded("check")
    assert answer.code == 0 and "0 broken" in answer.out and "launches:de" in answer.out
    assert "The database is intact." not in answer.out and "The database is intact." in loaded("check", "--all").out


def test_the_command_names_what_is_broken_and_ends_with_one(loaded: Softlaunch, database: Database) -> None:
    with database.writing() as db:
        db.connection().execute(update(Stock).where(col(Stock.sku) == BLENDER).values(sold=2))

    answer = loaded("check")
    assert answer.code == 1 and f"{BLENDER}: sold 2, in_orders 0" in answer.err and "1 broken" in answer.err
    told = loaded("check", "--json")
    assert told.code == 1 and not told.json["holds"]
    [broken] = [each for each in told.json["invariants"] if each["result"] != "ok"]
    assert broken == {
        "invariant": "stock.sold",
        "group": "I2",
        "result": "broken",
        "number": 1,
        "first": [{"subject": BLENDER, "values": {"sold": 2, "in_orders": 0}}],
    }
    assert len(told.json["heads"]["launches:de"]["hash"]) == 64


def test_what_a_person_should_look_at_is_no_no(loaded: Softlaunch, database: Database) -> None:
    with database.writing() as db:
        at = TUESDAY
        db.add(Effect(kind="refund", key="r", payload="{}", due_at=at, created_at=at, dead_at=at, error="away"))

    answer = loaded("check")
    assert answer.code == 0 and "look" in answer.out and "1 to look at" in answer.out
