"""Abuse of a customer's link: guessed numbers, changed secrets, and what opens one order used on another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.aftersales import withdrawn
from tests.doors import Door, ask, cookies_of, doors, fresh_world, pay, place, question
from tests.world import ANNA, Browser, World

SHOP = "/de/de/"
OWNED = ("/{market:str}/{lang:str}/orders/", "/{market:str}/{lang:str}/cases/", "/{market:str}/{lang:str}/support/{ref")


@dataclass
class Two:
    """Two customers, each with an order, a case and a question of their own."""

    world: World
    anna: Browser
    bert: Browser
    names: dict[str, str]  # of Anna's


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[Two]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("links")) as world:
        anna, bert = world.browser("de"), world.browser("de")
        for browser, email in ((bert, "bert@example.com"), (anna, ANNA["email"])):
            order = place(browser, SHOP, {**ANNA, "email": email})
            pay(world, browser, SHOP, order)
            ref = question(browser, SHOP, email=email)
            case = withdrawn(browser, SHOP, order)
        yield Two(world, anna, bert, {"order": order, "ref": ref, "case": case})


def at(two: Two, door: Door, number: str = "", ref: str = "") -> str:
    case = "/cases/" in door.path
    named = {
        "market": "de",
        "lang": "de",
        "number": number or two.names["case" if case else "order"],
        "ref": ref or two.names["ref"],
    }
    rest = {name: "1" for name in re.findall(r"{(\w+)", door.path) if name not in named}
    return door.at(**named, **rest)


def owned(two: Two) -> list[Door]:
    found = [door for door in doors(two.world) if door.path.startswith(OWNED)]
    assert len(found) > 15
    return found


def test_with_what_one_holds_nobody_elses_order_case_or_question_opens(two: Two) -> None:
    for door in owned(two):
        answer = ask(
            two.world, door.method, at(two, door), cookies=two.bert.cookies, body=b"text=x&key=k&kind=note&name=x"
        )
        assert answer.status == 404, (door.method, door.path, answer.status)
        assert not [each for each in cookies_of(answer) if two.names["order"] in each or two.names["ref"] in each]


def test_anothers_cookie_under_ones_own_name_opens_nothing(two: Two) -> None:
    held = {name: value for name, value in two.bert.cookies.items() if name.startswith(("order-", "request-"))}
    for kind, number in (("order", two.names["order"]), ("request", two.names["ref"])):
        value = next(value for name, value in held.items() if name.startswith(f"{kind}-"))
        path = f"{SHOP}{'orders' if kind == 'order' else 'support'}/{number}"
        assert ask(two.world, "GET", path, headers={"cookie": f"{kind}-{number}={value}"}).status == 404


def test_a_number_that_there_is_looks_like_one_that_there_is_not(two: Two) -> None:
    stranger = two.world.browser("de")
    there, nowhere = two.names["order"], two.names["order"][:-6] + "ZZZZZZ"
    for door in [door for door in owned(two) if door.method == "GET" and "/orders/" in door.path]:
        one, other = (
            ask(two.world, "GET", at(two, door, number), cookies=stranger.cookies) for number in (there, nowhere)
        )
        assert one.status == other.status == 404, door.path
        assert one.text.replace(there, "N") == other.text.replace(nowhere, "N"), door.path


def _changed(secret: str) -> dict[str, str]:
    flipped = "".join(chr(ord(each) ^ 1) if place == len(secret) // 2 else each for place, each in enumerate(secret))
    return {
        "one bit": flipped,
        "cut": secret[:-1],
        "longer": secret + "A",
        "empty": "",
        "case": secret.swapcase(),
        "ten kilobytes": secret * 300,
        "like": "%25",
        "all": "_" * len(secret),
        "twice": f"{secret}&secret={secret[:-1]}",
    }


@pytest.mark.parametrize("how", list(_changed("x")), ids=lambda each: f"abuse 26: {each}")
def test_a_secret_that_is_changed_opens_nothing(two: Two, how: str) -> None:
    secret = two.world.house.holders.secret("order", two.names["order"], now=two.world.clock.now)
    target = f"{SHOP}orders/{two.names['order']}?secret="
    assert ask(two.world, "GET", target + secret).status == 303
    answer = ask(two.world, "GET", target + _changed(secret)[how])
    if how == "twice":
        assert answer.status in (303, 400, 404)
        assert len(cookies_of(answer)) <= 1
        return
    assert answer.status == 404 and not cookies_of(answer)


def test_the_secret_of_one_thing_opens_no_other(two: Two) -> None:
    now = two.world.clock.now
    of_request = two.world.house.holders.secret("request", two.names["ref"], now=now)
    of_order = two.world.house.holders.secret("order", two.names["order"], now=now)
    for path in (f"orders/{two.names['order']}?secret={of_request}", f"support/{two.names['ref']}?secret={of_order}"):
        answer = ask(two.world, "GET", SHOP + path)
        assert answer.status == 404 and not cookies_of(answer)
