"""Odd bytes in addresses, queries, forms and headers: no door has a fault over them."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.doors import ask, cookies_of, doors
from tests.town import NAMES, SHOP, STREAM, Town, another_window, gets, posts, town, wild
from tests.world import World

__all__ = ["another_window", "town", "wild"]  # fixtures

PIECES = [
    "%00",
    "%zz",
    "%ff%ED%A0%80",
    "%0d%0aset-cookie:%20x=1",
    "..%2f..%2fetc%2fpasswd",
    "-1",
    "9" * 25,
    "9" * 5000,
    "a" * 10_000,
    "%D9%A3",
]
QUERIES = [
    "%",
    "secret=%00&done=%00",
    "secret=%ff",
    "secret=a&secret=b",
    "secret=" + "a" * 10_000,
    "a[b][c]=1&=&&",
    "&".join(f"a{number}=1" for number in range(400)),
    "before=nan~1&tab=x&after=%ff~&done=%3Cscript%3Ea",
    "before=1e308~%F0&after=1~2~3&tab=waiting",
    "before=-1e12~x&order=%27&then=//elsewhere.example",
    "order=%C3%A9&after=~",
]
VALUES = [
    "",
    " ",
    "\0",
    "a\0b",
    "\r\nset-cookie: x=1",
    "-1",
    "0",
    "1e9",
    "1e2",
    "NaN",
    "٣",
    "²",
    "9" * 30,
    "😀" * 50,
    "\u202e\u2066x",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "' OR 1=1--",
    "%s %(x)s %",
    "a" * 3000,
    "2026-02-30",
    "yes",
    "\ufeff",
    "\ud7ff\uffff",
]
BODIES = [
    b"",
    b"\xff\xfe",
    b"a=%ff",
    b"a=%ED%A0%80",
    b"%00=%00",
    b"=",
    b"&&&",
    b"a",
    b"[]",
    b"&".join([b"a=1"] * 301),
    b"\0" * 50,
]


def test_no_piece_of_an_address_makes_a_fault(wild: Town) -> None:
    wrong = []
    for door in doors(wild.world):
        names = [part.strip("{}").partition(":")[0] for part in door.path.split("/") if part.startswith("{")]
        for name in names if door.path != "/static/{version:str}/{name:path}" else ["name"]:
            for piece in PIECES:
                answer = wild.ask(door, wild.url(door, **{name: piece}))
                if answer.status >= 500 or (
                    door.method == "GET" and name != "version" and answer.status not in (303, 400, 404, 409)
                ):
                    wrong.append((door.method, door.path, name, piece[:20], answer.status))
                assert "x=1" not in cookies_of(answer)
    assert wrong == []


def test_no_query_makes_a_fault(town: Town) -> None:
    wrong = []
    for door in gets(town):
        for query in QUERIES:
            answer = town.ask(door, f"{town.url(door)}?{query}")
            if answer.status >= 500:
                wrong.append((door.path, query[:30], answer.status))
            assert b"<script>a" not in answer.body
            assert not [name for name, _value in answer.headers if name in ("x-store", "x-admission")]
    assert wrong == []


def test_no_form_makes_a_fault(wild: Town) -> None:
    wrong = []
    for door in posts(wild):
        # Each body gives every field another of the values; an odd byte is read by one function for all doors.
        mixed = [
            {name: VALUES[(place * 5 + turn) % len(VALUES)] for place, name in enumerate(NAMES)} for turn in range(8)
        ]
        bodies = [*(BODIES if door.path == "/choice" else BODIES[:1]), *(urlencode(each).encode() for each in mixed)]
        for body in bodies if door.path != "/sign-in" else bodies[:3]:
            wild.world.clock.now += timedelta(seconds=20)
            answer = wild.ask(door, body=body)
            if answer.status >= 500:
                wrong.append((door.path, body[:40], answer.status))
            assert b"<script>alert" not in answer.body
    wild.world.signed_in("mere")
    assert wrong == []


@pytest.mark.parametrize(
    "headers",
    [
        {"accept-language": "x" * 9000},
        {"accept-language": b"\xff\xfe"},
        {"accept-language": "de;q=nan,fr;q=inf,en;q=-1,;q=,,"},
        {"cookie": b"cart-de=\xff\xfe; visitor=\xe9"},
        {"cookie": "cart-de=.; visitor=.; admission-de=a.b; staff=x"},
        {"cookie": "=;;;=; cart-de; =x"},
        {"cookie": "cart-de=" + "a" * 9000},
        {"cookie": 'place="de-de'},
        {"cookie": "place=de"},
        {"cookie": "place=xx-yy; cart_count=<script>"},
        {"if-none-match": b"\xff"},
        {"accept-encoding": b"\xff;q=x"},
        {"accept": b"\xff"},
        {"host": "elsewhere.example"},
        {"host": b"\xff:x"},
        {"host": "127.0.0.1:8000/desk?"},
        {"host": "[::1"},
        {"x-forwarded-for": "not an address"},
        {"content-length": "abc"},
    ],
    ids=lambda each: f"{next(iter(each))}: {str(next(iter(each.values())))[:20]}",
)
def test_no_header_makes_a_fault(town: Town, headers: Mapping[str, str | bytes]) -> None:
    for door in doors(town.world):
        if door.path != STREAM and not (door.path == "/sign-in" and door.method == "POST"):
            answer = ask(town.world, door.method, town.url(door), headers=headers)
            assert answer.status < 500, (door, answer.status)
            assert b"elsewhere.example" not in answer.body


@pytest.mark.postgres
def test_on_postgresql_no_odd_text_makes_a_fault(postgres_world: World) -> None:
    town = Town(postgres_world)
    wrong = []
    for door in [door for door in doors(town.world) if door.path != STREAM]:
        names = [part.strip("{}").partition(":")[0] for part in door.path.split("/") if part.startswith("{")]
        targets = [town.url(door, **{name: piece}) for name in names for piece in ("%00", "%ff", "9" * 25)]
        targets += [
            f"{town.url(door)}?{query}"
            for query in ("secret=%00&tab=%00&before=1~%00&after=1~%00", "before=1e308~%27", "after=9~%ff")
        ]
        bodies = (
            [b""]
            if door.method == "GET"
            else [urlencode(dict.fromkeys(NAMES, value)).encode() for value in ("\0", "a\0b", "9" * 30, "\ud7ff\uffff")]
        )
        for target in targets if door.method == "GET" or door.path == "/sign-in" else [*targets, town.url(door)]:
            for body in bodies if target == town.url(door) else bodies[:1]:
                town.world.clock.now += timedelta(seconds=20)
                answer = town.ask(door, target, body=body)
                if answer.status >= 500:
                    wrong.append((door.method, target[:60], body[:30], answer.status))
    assert wrong == []


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(data=st.data())
def test_no_bytes_make_a_fault(wild: Town, data: st.DataObject) -> None:
    known = [door for door in doors(wild.world) if door.path not in (STREAM, "/sign-in", "/sign-out")]
    door = data.draw(st.sampled_from(known))
    words = st.binary(max_size=30).map(lambda drawn: quote(drawn, safe=""))
    names = [part.strip("{}").partition(":")[0] for part in door.path.split("/") if part.startswith("{")]
    odd = {name: data.draw(words) for name in names if data.draw(st.booleans())}
    query = data.draw(
        st.one_of(
            st.just(""),
            st.lists(st.tuples(st.sampled_from(NAMES), words)).map(
                lambda found: "&".join(f"{a}={b}" for a, b in found)
            ),
        )
    )
    body = data.draw(
        st.one_of(
            st.binary(max_size=200),
            st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40)).map(
                lambda drawn: urlencode(drawn, errors="replace").encode()
            ),
        )
    )
    wild.world.clock.now += timedelta(seconds=30)
    answer = wild.ask(door, f"{wild.url(door, **odd)}?{query}" if query else wild.url(door, **odd), body=body)
    assert answer.status < 500


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/%ff",
        "/%",
        "/de/de/%2e%2e/",
        "/elsewhere.example/",
        "/de/de/../../desk",
        "/" + "a/" * 500,
        "/de/" + "a" * 10_000 + "/",
        "/de/de-" + "-".join(["abcdefgh"] * 900) + "/",
        "/static/x/..%2f..%2fpyproject.toml",
        "/static/x/%2e%2e/app.py",
        "/console/mail/..%2f..%2fsecret-key",
    ],
)
def test_an_address_of_no_door_is_not_found(town: Town, path: str) -> None:
    answer = ask(town.world, "GET", path, cookies=town.mere.cookies)
    assert answer.status == 404 and "location" not in dict(answer.headers)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO"])
def test_a_method_of_no_door_is_refused(town: Town, method: str) -> None:
    for path in ("/", SHOP, f"{SHOP}cart/lines", "/desk", "/static/x/style.css"):
        assert ask(town.world, method, path).status in (404, 405), path
