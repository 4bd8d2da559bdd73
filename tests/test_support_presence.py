"""Presence: whoever goes away leaves every page that says who answers, at once, and comes back the same way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.revisions import Revision
from shop.markets.models import AnswerHours
from shop.support.shifts.models import Agent
from shop.support.shifts.presence import note_presence, take_out_who_did_not_come
from shop.support.shifts.roster import rebuild
from tests.asking import promise
from tests.buying import at_once
from tests.support_world import MORNING, agent, support_house
from tests.world import Browser, World, text

BLENDER = "/de/de/products/"
NEXT_DAY = MORNING + timedelta(days=1)


@pytest.fixture
def database(tmp_path: Path):
    with support_house(tmp_path) as house:
        yield house


def presence(database: Database, name: str, *, there: bool, now: datetime = MORNING) -> None:
    with database.writing() as db:
        note_presence(db, db.get_one(Agent, name), there=there, now=now)


def hours(database: Database, level: str = "native", market: str = "de") -> list[AnswerHours]:
    with database.reading() as db:
        query = select(AnswerHours).where(AnswerHours.level == level, AnswerHours.market == market)
        query = query.where(AnswerHours.language == market)
        return list(db.exec(query.order_by(col(AnswerHours.starts_at))).all())


def on_duty(database: Database, level: str = "native", *, now: datetime = MORNING) -> list[str]:
    return [
        name for each in hours(database, level) if each.starts_at <= now < each.ends_at for name in each.names_in("")
    ]


def revision(database: Database, market: str = "de") -> int:
    with database.reading() as db:
        row = db.get(Revision, f"market:{market}")
        return row.number if row else 0


def product_page(browser: Browser) -> str:
    """The German page of the first product."""
    catalogue = browser.get("/de/de/").text
    path = BLENDER + catalogue.partition(f'href="{BLENDER}')[2].partition('"')[0]
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.text


def test_the_pages_follow_who_goes_away_and_comes_back_at_once(world: World) -> None:
    customer, lena, mere = world.browser("de"), world.signed_in("lena"), world.signed_in("mere")
    before = product_page(customer)
    assert "Lena (Hamburg)" in promise(before) and "17:30" in promise(before)
    assert promise(product_page(customer)) == promise(before)

    assert lena.post("/desk/presence", {"presence": "away"}).status_code == 303
    away = product_page(customer)
    assert "Lena" not in promise(away) and "Maricel (Manila)" in promise(away)
    assert "Lena" not in promise(customer.get("/de/de/support").text)
    board = mere.get("/console").text
    assert "Lena (Hamburg)" not in board and "Maricel (Manila) (German" in text(board)

    assert lena.post("/desk/presence", {"presence": "available"}).status_code == 303
    assert promise(product_page(customer)) == promise(before)
    assert "Lena (Hamburg) (German" in text(mere.get("/console").text)


def test_away_takes_the_hours_that_have_begun_and_leaves_those_to_come(database: Database) -> None:
    whole = [(each.starts_at, each.ends_at) for each in hours(database)]
    presence(database, "lena", there=False)
    assert on_duty(database) == []
    left = [(each.starts_at, each.ends_at) for each in hours(database)]
    assert left == [each for each in whole if each[0] > MORNING] and left[0][0].date() == NEXT_DAY.date()
    presence(database, "lena", there=True, now=MORNING + timedelta(hours=1))
    assert [(each.starts_at, each.ends_at) for each in hours(database)] == whole


def test_a_colleague_in_the_same_hours_keeps_them_without_the_name(database: Database) -> None:
    with database.writing() as db:  # Jonas answers from 8:00 to 12:00 in Hamburg, before and beside Lena
        agent(db, "jonas", "Jonas Rieck", "Europe/Berlin", {"de": "native"}, (480, 720), place="Kiel", markets="de")
    presence(database, "jonas", there=True)
    assert sorted(on_duty(database)) == ["Lena (Hamburg)"]  # his duty is not known before the roster is rebuilt
    with database.writing() as db:
        rebuild(db, now=MORNING)
    assert sorted(on_duty(database)) == ["Jonas (Kiel)", "Lena (Hamburg)"]
    presence(database, "lena", there=False)
    assert on_duty(database) == ["Jonas (Kiel)"]
    assert next(each.ends_at.hour for each in hours(database) if each.starts_at <= MORNING < each.ends_at) == 11


def test_only_the_markets_that_read_differently_are_drawn_anew(database: Database) -> None:
    before = revision(database), revision(database, "fr")
    presence(database, "lena", there=True)
    assert (revision(database), revision(database, "fr")) == before
    presence(database, "lena", there=False)
    assert (revision(database), revision(database, "fr")) == (before[0] + 1, before[1])


def test_away_outside_ones_hours_changes_nothing_until_they_begin(database: Database) -> None:
    before, evening = revision(database), MORNING.replace(hour=19)
    presence(database, "lena", there=False, now=evening)
    take_out_who_did_not_come(database, now=evening)
    assert revision(database) == before

    begun = datetime(2026, 11, 25, 8, 0, 10, tzinfo=UTC)
    assert on_duty(database, now=begun) == ["Lena (Hamburg)"]
    take_out_who_did_not_come(database, now=begun)
    assert on_duty(database, now=begun) == []
    assert revision(database) == before + 1
    take_out_who_did_not_come(database, now=begun + timedelta(minutes=5))
    assert revision(database) == before + 1


def test_the_change_of_presence_and_of_the_hours_is_one(database: Database) -> None:
    before, shown = revision(database), hours(database)
    with pytest.raises(ZeroDivisionError), database.writing() as db:
        note_presence(db, db.get_one(Agent, "lena"), there=False, now=MORNING)
        raise ZeroDivisionError
    assert (revision(database), hours(database)) == (before, shown)
    with database.reading() as db:
        assert db.get_one(Agent, "lena").available


@pytest.mark.postgres
def test_all_may_go_away_in_the_same_moment(postgres_world: World) -> None:
    database, now = postgres_world.house.database, postgres_world.clock.now
    agents = ["lena", "camille", "giulia", "haruka", "omar", "tane", "maricel"]
    came = at_once(len(agents), lambda place: presence(database, agents[place], there=False, now=now))
    assert came == [None] * len(agents)
    with database.reading() as db:
        assert not db.exec(select(AnswerHours).where(AnswerHours.starts_at <= now, AnswerHours.ends_at > now)).all()


def test_the_house_sees_by_itself_who_did_not_come(sqlite_world: World) -> None:
    customer, evening = sqlite_world.browser("de"), sqlite_world.clock.now.replace(hour=19)
    sqlite_world.at(evening)
    lena = sqlite_world.signed_in("lena")
    assert lena.post("/desk/presence", {"presence": "away"}).status_code == 303
    sqlite_world.at(evening.replace(day=25, hour=8, minute=1))
    assert "Lena" not in promise(product_page(customer))
    sqlite_world.at(evening.replace(day=25, hour=9))
    assert sqlite_world.signed_in("lena").post("/desk/presence", {"presence": "available"}).status_code == 303
    assert "Lena (Hamburg)" in promise(product_page(customer))
