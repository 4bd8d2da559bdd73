"""What the log and the browser are told when somebody signs in, fails to, and leaves: who and when, and nothing entered."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from shop.base.logs import set_up_logs
from tests.doors import fresh_world
from tests.second_factor import LENA, code, set_up
from tests.world import PASSWORD, World

EVENTS = ("signed in", "sign-in refused", "code refused", "confirmed", "confirmation refused")


@pytest.fixture
def house(tmp_path: Path, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path) as world:
        structlog.reset_defaults()  # the world was told to be quiet
        yield world
        set_up_logs("off")


def told(lines: list[Any]) -> list[tuple[str, str, str]]:
    return [(each["event"], each["person"], each["log_level"]) for each in lines if each["event"] in EVENTS]


def test_each_try_to_sign_in_is_logged_with_its_person_and_without_what_was_entered(house: World) -> None:
    set_up(house, house.signed_in("lena"), "lena")
    house.clock.now += timedelta(hours=1)
    browser = house.browser()
    with structlog.testing.capture_logs() as lines:
        browser.post("/sign-in", {"email": "SECRET@example.com", "password": "SECRET one"})
        browser.post("/sign-in", {"email": LENA, "password": "SECRET two"})
        browser.post("/sign-in", {"email": LENA, "password": PASSWORD})
        browser.post("/sign-in/code", {"code": "000000"})
        assert browser.post("/sign-in/code", {"code": code(house, "lena")}).headers["location"] == "/desk"
    assert told(lines) == [
        ("sign-in refused", "", "warning"),
        ("sign-in refused", "", "warning"),
        ("code refused", "lena", "warning"),
        ("signed in", "lena", "info"),
    ]
    assert "SECRET" not in str(lines) and PASSWORD not in str(lines)
    assert all(each["id"] for each in lines if each["event"] in EVENTS)


def test_being_asked_again_is_logged_either_way(house: World) -> None:
    mere = house.signed_in("mere")
    house.clock.now += timedelta(hours=1)
    mere.shows_again = False
    asked = mere.post("/console/tokens", {"name": "a test", "days": "30"})
    assert asked.status_code == 422 and 'action="/sign-in/again"' in asked.text
    with structlog.testing.capture_logs() as lines:
        assert mere.submit("/sign-in/again", **{"again.password": "another one"}).status_code == 422
        assert mere.submit("/sign-in/again", **{"again.password": PASSWORD}).status_code == 307
    assert told(lines) == [("confirmation refused", "mere", "warning"), ("confirmed", "mere", "info")]


def test_who_signs_out_leaves_nothing_in_the_browser(house: World) -> None:
    answer = house.signed_in("mere").post("/sign-out")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
