"""Ending a request and saying how it was: by its holder, once, and never about a person."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select, update

from shop.markets.models import Market
from shop.support.requests import rating
from shop.support.requests.ending import customer_close
from shop.support.requests.models import Rating, Request, RequestPromise
from tests.asking import ask
from tests.support_world import MORNING, asked, stored, support_house
from tests.world import World, text, world


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    with support_house(tmp_path) as database, world(tmp_path, str(database.engine.url)) as built:
        built.clock.now = MORNING
        yield built


def ratings(house: World) -> list[Rating]:
    with house.house.database.reading() as db:
        return list(db.exec(select(Rating)).all())


def request_of(house: World, path: str) -> Request:
    return stored(house.house.database, path.rpartition("/")[2])


def closed(house: World, **values: str) -> tuple[Any, str]:
    browser, path = ask(house, **values)
    browser.get(path)
    assert browser.submit("/ending").status_code == 303
    return browser, path


def test_the_customer_says_that_it_is_answered_and_it_is_closed(house: World) -> None:
    browser, path = closed(house)
    request = request_of(house, path)
    assert (request.state, request.closed_at, request.waiting_since) == ("closed", MORNING, None)
    page = browser.get(f"{path}?told=ended")
    assert "jederzeit" in text(page.text) and "/ending" not in page.text
    with house.house.database.reading() as db:
        assert db.exec(select(RequestPromise.kept)).one() is True


def test_ending_twice_is_once_and_writing_again_opens_it(house: World) -> None:
    browser, path = closed(house)
    assert browser.post(f"{path}/ending").status_code == 303
    browser.get(path)
    assert browser.submit("/messages", text="Doch noch etwas.").status_code == 303
    request = request_of(house, path)
    assert request.state in ("assigned", "waiting") and request.closed_at is None
    assert request.waiting_since == MORNING


def test_an_answer_that_came_just_before_the_end_is_counted_as_what_waited_for_the_customer(house: World) -> None:
    ref = asked(house.house.database, now=MORNING).ref
    with house.house.database.writing() as db:
        request = db.get_one(Request, ref)
        answered = {"state": "answered", "paused_since": MORNING, "paused_for": "customer"}
        db.connection().execute(update(Request).values(answered))  # by somebody else, since it was read
        assert customer_close(db, request, now=MORNING + timedelta(seconds=90))
    assert stored(house.house.database, ref).customer_seconds == 90


def test_how_it_was_is_asked_once_after_closing_and_kept_without_request_and_person(house: World) -> None:
    browser, path = closed(house)
    browser.get(path)
    for _press in range(2):
        assert browser.post(f"{path}/rating", {"score": "4", "words": "Gut <b>erklärt</b>"}).status_code == 303
    [kept] = ratings(house)
    assert (kept.market, kept.language, kept.category) == ("de", "de", "use")
    assert (kept.score, kept.words, kept.day) == (4, "Gut <b>erklärt</b>", MORNING.date())
    assert not {"request", "agent", "person"} & set(Rating.model_fields)
    assert request_of(house, path).rated_at == MORNING
    assert "/rating" not in browser.get(path).text


@pytest.mark.parametrize(
    "fields", [{}, {"score": "0"}, {"score": "6"}, {"score": "٥"}, {"score": "5", "words": "x" * 1001}]
)
def test_what_is_no_rating_is_told_on_its_field(house: World, fields: dict[str, str]) -> None:
    browser, path = closed(house)
    answer = browser.post(f"{path}/rating", fields)
    wrong = "words" if "words" in fields else "score"
    assert (
        answer.status_code == 422 and f'href="#rating-{wrong}"' in answer.text and f'id="rating-{wrong}"' in answer.text
    )
    assert ratings(house) == []


def test_an_open_request_is_not_rated(house: World) -> None:
    browser, path = ask(house)
    assert "/rating" not in browser.get(path).text
    assert browser.post(f"{path}/rating", {"score": "5"}).status_code == 303
    assert ratings(house) == []


def test_nobody_else_ends_or_rates_it(house: World) -> None:
    _browser, path = ask(house)
    stranger = house.browser("de")
    assert stranger.post(f"{path}/ending").status_code == 404
    assert stranger.post(f"{path}/rating", {"score": "1"}).status_code == 404
    assert request_of(house, path).state == "assigned"


def test_of_two_at_once_one_is_kept(tmp_path: Path) -> None:
    with support_house(tmp_path) as database:
        request = asked(database, now=MORNING)
        with database.writing() as db:
            db.get_one(Request, request.ref).state = "closed"
        for kept in (True, False):
            with database.writing() as db:
                market = db.get_one(Market, "de")
                assert rating.rate(db, request, 5, "", market=market, now=MORNING) is kept
