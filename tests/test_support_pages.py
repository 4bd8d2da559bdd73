"""The customer's door to support: told before and after, refused kindly, and open only to who holds it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.markets.models import Market
from shop.support.requests.models import Request
from tests import doors
from tests.asking import ASK, ask, order
from tests.support_world import EVENING, MORNING, support_house
from tests.world import World, text, world


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    with support_house(tmp_path) as database, world(tmp_path, str(database.engine.url)) as built:
        built.clock.now = MORNING
        yield built


@pytest.fixture
def database(house: World) -> Database:
    return house.house.database


@pytest.mark.parametrize(
    ("now", "who", "when"),
    [
        (MORNING, "Lena (Hamburg)", ("10:30", "11:30")),
        (EVENING, "Maricel (Manila)", ("04:00", "05:00")),
    ],
)
def test_who_answers_and_when_is_told_before_and_after(
    house: World, now: datetime, who: str, when: tuple[str, str]
) -> None:
    house.clock.now = now
    before = house.browser("de").get("/de/de/support")
    browser, path = ask(house)
    after = browser.get(path)
    for page in (before, after):
        panel = text(page.text.partition('class="promise')[2].partition("</section>")[0])
        assert all(word in panel for word in (who, "Deutsch", *when)), panel
        assert page.headers["cache-control"] == "private, no-store"


def test_the_receipt_repeats_the_promise_and_its_link_opens_the_request_anywhere(house: World) -> None:
    _browser, path = ask(house)
    house.work()
    mail = house.mails("anna@example.com")[0]
    body = mail.get_body(("plain",)).get_content()
    assert mail["Content-Language"] == "de-DE" and "Lena (Hamburg)" in body
    link = next(word for word in body.split() if path in word)
    other = house.browser("de")
    assert other.get(path).status_code == 404
    opened = other.get(link)
    assert (opened.status_code, opened.headers["location"]) == (303, path)
    assert other.get(path).status_code == 200


def test_a_guessed_request_or_secret_is_not_there(house: World) -> None:
    _browser, path = ask(house)
    stranger = house.browser("de")
    for guess in (path, f"{path}?secret=wrong", f"{path}?secret=%C3%A4", "/de/de/support/R-222222", "/de/de/support/x"):
        assert stranger.get(guess).status_code == 404
    assert stranger.post(f"{path}/messages", {"text": "Hallo"}).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"question": ""}, "question"),
        ({"question": "  \n "}, "question"),
        ({"question": "\u200b\u200d\n\ufeff"}, "question"),
        ({"question": "x" * 5001}, "question"),
        ({"category": "nonsense"}, "category"),
        ({"category": ""}, "category"),
        ({"email": "a@b.c, d@e.f"}, "email"),
        ({"email": "Anna <anna@example.com>"}, "email"),
        ({"name": ""}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"subject": "x" * 151}, "subject"),
        ({"order": "DE-NOBODY"}, "order"),
    ],
)
def test_a_bad_field_is_told_and_the_form_comes_back_filled(house: World, wrong: dict[str, str], field: str) -> None:
    browser = house.browser("de")
    browser.get("/de/de/support")
    answer = browser.submit("/support", **(ASK | wrong))
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    if field != "email":
        assert "anna@example.com" in answer.text
    with house.house.database.reading() as db:
        assert db.exec(select(Request)).first() is None


def test_a_subject_of_signs_that_are_not_seen_is_none(house: World, database: Database) -> None:
    ask(house, subject="\u200b", question="\u200b\nWie reinige ich den Becher?")
    with database.reading() as db:
        assert db.exec(select(Request.subject)).one() == "Wie reinige ich den Becher?"


def test_hostile_text_stays_text(house: World) -> None:
    browser, path = ask(house, question="<script>alert(1)</script>\r\n{{ 7*7 }}", name='"><b>x')
    shown = browser.get(path).text
    assert "<script>alert" not in shown and "&lt;script&gt;" in shown and "{{ 7*7 }}" in shown


def test_a_text_of_a_megabyte_is_too_long_and_all_the_rest_stays(house: World) -> None:
    answer = house.browser("de").post("/de/de/support", ASK | {"question": "x" * 1_000_000})
    assert answer.status_code == 422 and 'href="#f-question"' in answer.text
    assert 'value="Anna Beck"' in answer.text and len(answer.text) < 60_000


def test_pressing_send_twice_asks_once(house: World) -> None:
    browser = house.browser("de")
    browser.get("/de/de/support")
    places = {browser.submit("/support", **ASK).headers["location"] for _press in range(2)}
    assert len(places) == 1


def test_too_many_questions_are_refused_for_a_while(house: World) -> None:
    browser = house.browser("de")
    answers = [browser.post("/de/de/support", {}).status_code for _press in range(13)]
    assert answers == [422] * 12 + [429]


def test_a_flood_from_one_address_delays_nobody_else(house: World) -> None:
    answers = [doors.ask(house, "POST", "/de/de/support", client="198.51.100.7").status for _press in range(14)]
    assert answers[-1] == 429
    assert doors.ask(house, "POST", "/de/de/support", client="198.51.100.8").status == 422


def test_a_strangers_address_is_not_flooded_with_receipts_and_every_question_is_kept(
    house: World, database: Database
) -> None:
    for number in range(24):
        if number % 10 == 0:
            house.later(minutes=10)
        ask(house, question=f"Nr. {number}", email=("anna@example.com", "ANNA@example.com")[number % 2])
    ask(house, email="claire@example.com")
    house.work()
    assert len([*house.mails("anna@example.com"), *house.mails("ANNA@example.com")]) == 20
    assert len(house.mails("claire@example.com")) == 1
    with database.reading() as db:
        assert len(db.exec(select(Request)).all()) == 25


def test_where_nobody_can_be_promised_it_is_said_and_the_exporter_told(house: World) -> None:
    browser = house.browser("fr")
    page = browser.get("/fr/fr/support")
    assert "Between" not in page.text
    sent = browser.submit("/support", **(ASK | {"email": "jon@example.com"}))
    assert sent.status_code == 303, text(sent.text)
    assert "Between" not in browser.follow(sent).text
    house.work()
    assert len(house.mails("care@example.com")) == len(house.mails("jon@example.com")) == 1


@pytest.mark.parametrize(
    ("state", "mode"),
    [
        ("paused", "sell_stop"),
        ("paused", "hidden"),
        ("paused", "safety"),
        ("closed", ""),
    ],
)
def test_a_market_that_sells_no_more_still_answers(house: World, database: Database, state: str, mode: str) -> None:
    browser, path = ask(house)
    with database.writing() as db:
        market = db.get_one(Market, "de")
        market.state, market.pause_mode = state, mode
    house.house.directory._kept = None
    assert browser.get(path).status_code == 200
    assert house.browser("de").get("/de/de/support").status_code == 200
    ask(house, question="Und jetzt?")


def test_a_market_that_never_sold_has_no_support(house: World, database: Database) -> None:
    with database.writing() as db:
        market = db.get_one(Market, "fr")
        market.state, market.ever_sold = "draft", False
    house.house.directory._kept = None
    assert house.browser("fr").get("/fr/fr/support").status_code == 404


@pytest.mark.parametrize(
    ("email", "holds", "status"),
    [
        ("anna@example.com", False, 303),
        ("ANNA@example.com", False, 303),
        ("x@example.com", True, 303),
        ("x@example.com", False, 422),
    ],
)
def test_an_order_is_attached_only_for_who_may_see_it(
    house: World, database: Database, email: str, holds: bool, status: int
) -> None:
    with database.writing() as db:
        db.add(order())
    browser = house.browser("de")
    if holds:
        cookie = house.house.holders.cookie("order", "DE-7K2M9Q", now=house.clock.now)
        browser.cookies.set(cookie.key, cookie.value)
    page = browser.get("/de/de/support?order=DE-7K2M9Q")
    assert 'value="DE-7K2M9Q"' in page.text
    assert ("Anna Beck" in page.text) is holds
    assert browser.submit("/support", **(ASK | {"email": email})).status_code == status


@pytest.mark.parametrize(
    ("bought_with", "email", "status"),
    [
        ("anna@straße.example", "anna@strasse.example", 422),
        ("anna@strasse.example", "anna@straße.example", 422),
        ("anna@straße.example", "anna@xn--strae-oqa.example", 303),
    ],
)
def test_another_mailbox_attaches_no_order_however_alike_it_looks(
    house: World, database: Database, bought_with: str, email: str, status: int
) -> None:
    with database.writing() as db:
        db.add(order(email=bought_with))
    browser = house.browser("de")
    browser.get("/de/de/support?order=DE-7K2M9Q")
    assert browser.submit("/support", **(ASK | {"email": email})).status_code == status


def test_the_customer_writes_again_and_it_is_shown_once(house: World) -> None:
    browser, path = ask(house)
    browser.get(path)
    fields = {"text": "Ich habe noch etwas vergessen."}
    for _press in range(2):
        assert browser.submit("/messages", **fields).status_code == 303
    assert browser.get(path).text.count("noch etwas vergessen") == 1
    browser.get(path)
    assert browser.submit("/messages", text="").status_code == 422
