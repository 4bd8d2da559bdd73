"""The console's pages of coverage and of the record over HTTP: who sees what, what-if, staffing, periods."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from shop.base.db import Database
from shop.markets.models import AnswerHours, Market
from shop.staff.models import Person
from shop.staff.signin import password_hash
from shop.support.requests.models import Rating, RequestPromise
from tests.support_world import EVENING, MORNING, asked, person, support_house
from tests.world import PASSWORD, World, text, world

HASHED = password_hash(PASSWORD)
PAGE = "/console/coverage/de"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    with support_house(tmp_path) as database:
        with database.writing() as db:
            db.add(person("annika", "Annika Petersen", role="specialist", markets="de"))
            db.flush()
            for each in db.exec(select(Person)).all():
                each.password_hash = HASHED
        with world(tmp_path, str(database.engine.url)) as built:
            built.clock.now = MORNING
            yield built


@pytest.fixture
def database(house: World) -> Database:
    return house.house.database


def read(page: str) -> str:
    return text(page).replace("\u202f", " ")


def test_coverage_is_for_who_answers_for_markets_and_of_their_own_only(house: World) -> None:
    mere, annika, lena = (house.signed_in(name) for name in ("mere", "annika", "lena"))
    assert "Germany" in mere.get("/console/coverage").text and "France" in mere.get("/console/coverage").text
    assert "France" not in annika.get("/console/coverage").text
    for path in ("/console/coverage/fr", "/console/coverage/xx"):
        assert annika.get(path).status_code == 404
    assert mere.get("/console/coverage/xx").status_code == 404
    for path in ("/console/coverage", PAGE, "/console/record"):
        assert lena.get(path).status_code == 404
        assert house.browser().get(path).headers["location"].startswith("/sign-in")


def test_uncovered_hours_are_named_and_held_against_the_limit(house: World, database: Database) -> None:
    mere = house.signed_in("mere")
    page = read(mere.get("/console/coverage").text)
    assert "Mon–Fri, 5:30 PM–10:00 PM" in page and "Above the limit" in page and "Within the limit" not in page
    with database.writing() as db:
        for each in db.exec(select(Market)).all():
            each.uncovered_minutes = 7 * 14 * 60
    page = read(mere.get("/console/coverage").text)
    assert "Within the limit" in page and "Above the limit" not in page


def test_the_table_of_hours_says_in_words_what_it_shows_in_signs(house: World) -> None:
    page = house.signed_in("mere").get(PAGE).text
    table = re.search(r'<table class="hours">.*?</table>', page, re.DOTALL)
    assert table
    cells = re.findall(r"<td(.*?)>(.*?)</td>", table[0])
    assert len(cells) == 14 * 7
    assert all('class="hidden"' in inside for _class, inside in cells)
    words = {inside.split('class="hidden">')[1].removesuffix("</span>") for _class, inside in cells}
    assert {"native", "fluent", "nobody"} <= words
    assert table[0].count('scope="col"') == 8 and table[0].count('scope="row"') == 14


def test_a_what_if_shows_the_change_and_stores_nothing(house: World, database: Database) -> None:
    mere = house.signed_in("mere")
    with database.reading() as db:
        before = len(db.exec(select(AnswerHours)).all())
    page = read(mere.get(f"{PAGE}?add=Hamburg+17:30-22:00+de&weeks=2").text)
    assert "Nothing has been stored." in page and re.search(r"Nobody there [\d.]+ instead of [\d.]+", page)
    assert "Mon–Fri, 5:30 PM–10:00 PM" not in page
    assert "Mon–Fri, 5:30 PM–10:00 PM" in read(mere.get(PAGE).text)
    with database.reading() as db:
        assert len(db.exec(select(AnswerHours)).all()) == before


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("add=Atlantis+9-13", "Please begin with a place"),
        ("add=Hamburg", "Please write hours such as 9-13"),
        ("add=Hamburg+9-13;Hamburg+9-25", "This is no time of the day: 25:00"),
        ("add=Hamburg+9-13+%3Cscript%3E", "This is neither days, nor a language"),
        ("weeks=0", "Please choose from 1 to 8 weeks."),
        ("weeks=99999999999999999999", "Please choose from 1 to 8 weeks."),
        ("weeks=%C2%B2", "Please choose from 1 to 8 weeks."),
        ("contacts=many", "Please enter a number."),
        ("contacts=nan", "Please enter a number."),
        ("contacts=1e3", "Please enter a number."),
        ("contacts=-1", "Please enter a number."),
        ("contacts=1_000", "Please enter a number."),
        ("shrinkage=101", "Please enter a number."),
        ("handle=0", "Please enter more than 0 minutes."),
        ("service_level=100", "No number of people answers every contact in time. Please enter less than 100 percent."),
        ("contacts=1000000&handle=1000000&period=0.001", "That would keep more people busy"),
    ],
)
def test_what_cannot_be_reckoned_is_said_and_the_rest_is_drawn(house: World, query: str, sentence: str) -> None:
    answer = house.signed_in("mere").get(f"{PAGE}?{query}")
    assert answer.status_code == 422
    assert sentence in read(answer.text) and "Covered by native speakers" in answer.text
    assert "<script>" not in answer.text


def test_the_staffing_estimate_takes_what_is_entered_and_begins_with_what_came_in(
    house: World, database: Database
) -> None:
    mere = house.signed_in("mere")
    for number in range(8):
        asked(database, now=EVENING - timedelta(minutes=number), text=f"Frage {number}")
    house.clock.now = EVENING + timedelta(hours=1)
    page = mere.get(PAGE).text
    assert "The busiest hour of the week so far: Tue 7:00" in read(page)
    assert re.search(r'name="contacts"[^>]*value="1.75"', page)
    asked_for = "contacts=100&period=30&handle=3&target_wait=0.5&service_level=80&max_occupancy=85&shrinkage=25"
    for written in (asked_for, asked_for.replace("0.5", "0,5"), asked_for.replace("0.5", "٠٫٥")):
        page = read(mere.get(f"{PAGE}?{written}").text)
        assert "On duty at once 13" in page and "On the roster for it 18" in page and "Answered in time 82.7%" in page


def test_requests_that_had_to_wait_are_counted_by_hour(house: World, database: Database) -> None:
    asked(database, now=MORNING, text="eins")
    asked(database, now=EVENING, text="zwei")
    house.clock.now = EVENING + timedelta(hours=1)
    page = read(house.signed_in("mere").get(PAGE).text)
    assert "Came in: 2. Had to wait until somebody came on duty: 1." in page
    assert "Most of these: Tue 8:00 PM (1)" in page


def test_the_record_is_of_markets_and_never_of_persons(house: World, database: Database) -> None:
    refs = [asked(database, now=MORNING, text=f"Frage {number}").ref for number in range(3)]
    with database.writing() as db:
        for ref, late in zip(refs, (0, 35, 125), strict=True):
            of_request = update(RequestPromise).where(col(RequestPromise.request) == ref)
            judged = {"kept": not late, "promised_at": MORNING, "judged_at": MORNING + timedelta(minutes=late)}
            db.connection().execute(of_request.values(**judged))
        for score in (5, 5, 4, 4, 4):
            db.add(Rating(market="de", language="de", category="use", score=score, day=MORNING.date()))
        db.add(Rating(market="fr", language="fr", category="use", score=1, day=MORNING.date()))
    house.clock.now = MORNING + timedelta(days=1)
    mere = house.signed_in("mere")
    page = read(mere.get("/console/record").text)
    assert "Germany 1 33% 2 1 h 20 min 2 h 5 min" in page
    assert "Germany German 4.4 unsure, for few have answered 5" in page
    assert "France French not shown below 5 ratings 1" in page
    assert not any(name in page for name in ("Lena", "Maricel"))
    annika = read(house.signed_in("annika").get("/console/record").text)
    assert "Germany" in annika and "France" not in annika


@pytest.mark.parametrize(("days", "empty"), [("7", True), ("28", False), ("nonsense", False), ("365", False)])
def test_the_period_is_chosen(house: World, database: Database, days: str, empty: bool) -> None:
    asked(database, now=MORNING)
    house.clock.now = MORNING + timedelta(days=20)
    page = house.signed_in("mere").get(f"/console/record?days={days}").text
    assert ("No promise fell due in this period." in page) == empty
    assert page.count('aria-current="page"') >= 2
