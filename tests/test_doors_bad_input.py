"""What clients send that no page of ours does: every door answers it with a clear no, and nothing half-written."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, update
from sqlmodel import col, select

from shop.app import build
from shop.base import limits
from shop.base.till import TillSession
from shop.base.web import BODY_LIMIT
from shop.catalogue.models import Listing, Stock
from shop.checkout.models import Order
from shop.house import assemble
from shop.launches.changing.invitations import make_invitation
from shop.policies.drafting import begin
from shop.staff.models import SignedIn
from tests.aftersales import withdrawn
from tests.doors import (
    BLENDER,
    Answer,
    Door,
    ask,
    cookies_of,
    doors,
    fill_cart,
    fresh_world,
    pay,
    place,
    question,
    to_review,
)
from tests.programs import program
from tests.world import ANNA, ORIGIN, PASSWORD, TAMA, World, text

SHOP = "/de/de/"
SLUG = "tasman-1000-standmixer-230v"
STREAM = "/desk/queue/stream"  # has no end; its beginning is looked at in test_doors_roles
COOKIELESS = "/webhooks/stripe"
SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Town:
    """Germany with an order and a request, the staff's browser, and real names for every door."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.mere = world.signed_in("mere")
        self.holder = world.browser("de")
        self.order = place(self.holder, SHOP, ANNA)
        pay(world, self.holder, SHOP, self.order)
        waiting = world.browser("de")
        place(waiting, SHOP, ANNA)
        with world.house.database.writing() as db:
            token = make_invitation(db, "jp", person="mere", uses=5, days=9, note="", now=world.clock.now).token
            draft = begin(db, "de", "returns", None, languages=["de"], person="mere", now=world.clock.now)
        with world.house.database.reading() as db:
            session = db.exec(select(TillSession.id).where(TillSession.status == "open")).one()
            slug = world.browser("de").get(SHOP).text.partition(f'href="{SHOP}products/')[2].partition('"')[0]
        self.ref = question(self.holder, SHOP)
        self.case = withdrawn(self.holder, SHOP, self.order)
        world.work()
        self.names: dict[str, object] = {
            "version": world.house.assets.version,
            "name": "style.css",
            "token": token,
            "market": "de",
            "lang": "de",
            "kind": "returns",
            "day": "2027-05-01",
            "agent": "lena",
            "calendar": "DE-HH",
            "slug": slug,
            "plate": "kitchen",
            "file": "de.xml",
            "hash": "0",
            "sku": BLENDER,
            "number": self.order,
            "session": session,
            "ref": self.ref,
            "recall": "RC-NONE",
            "rotation": "world",
            "card": "allergic_reaction",
            "step": 0,
            "order": self.order,
            "path": "pause",
            "key": "cleaning",
            "question": "withdrawal",
            "language": "en",
            "draft": draft,
            "checklist": "return",
            "procedure": "return",
            "proposal": 1,
            "person": "fabio",
            "deed": "sign-out",
            "secret": "0",
            "topic": "water",
            "webhook": 1,
            "delivery": 1,
            "tag": "de",
            "paper": "manual",
            "position": 1,
            "document": "procedures",
            "edition": 1,
            "change": 1,
            "sheet": "listings",
            "upload": "0",
        }
        self.program = f"Bearer {program(world).token}"

    def url(self, door: Door, **names: object) -> str:
        """The door's address with real names, or these."""
        own = dict(self.names)
        if door.path.startswith("/console/mail"):
            own["name"] = self.world.house.mailer.kept()[0][0]  # type: ignore[attr-defined]
        if "/policy-drafts/" in door.path:
            own["language"] = "de"
        if "policies" in door.path:
            own["version"] = "2026-10-01"
        if "/cases/" in door.path or "/receipts/" in door.path:
            own["number"] = self.case
        if "{number:int}" in door.path:
            own["number"] = 1
        if "{token:int}" in door.path:
            own["token"] = 1
        return door.at(**(own | names))

    def cookies(self, door: Door) -> Any:
        """Who stands at this door: the staff's browser, or the holder's."""
        staffed = door.path.startswith(("/desk", "/console"))
        return self.mere.cookies if staffed else self.holder.cookies

    def ask(self, door: Door, target: str = "", **given: Any) -> Answer:
        """Knock at the door, with its visitor's cookies, or a token where a program stands."""
        if door.path.startswith("/api/v1/"):
            given["headers"] = {"authorization": self.program} | dict(given.get("headers") or {})
        return ask(self.world, door.method, target or self.url(door), cookies=self.cookies(door), **given)

    def german(self, message: str, **values: object) -> str:
        """A sentence as the German shop says it."""
        return " ".join(self.world.house.languages.tongue("de", "DE").say(message, **values).split())

    def written(self) -> tuple[int, ...]:
        """What an order would leave behind."""
        with self.world.house.database.reading() as db:
            stock = db.get_one(Stock, BLENDER)
            counts = [db.exec(select(func.count()).select_from(table)).one() for table in (Order, TillSession)]
            return (*counts, stock.held, stock.sold)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[Town]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("town")) as world:
        yield Town(world)


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[Town]:
    """A town where what is sent by chance may do what it happens to mean."""
    with fresh_world(demo_file, tmp_path_factory.mktemp("wild")) as world:
        yield Town(world)


@pytest.fixture(autouse=True)
def _another_window(town: Town) -> None:
    """Each test has its own windows of every limit."""
    town.world.clock.now += timedelta(minutes=10)
    if town.mere.get("/desk").status_code != 200:
        town.mere = town.world.signed_in("mere")


def posts(town: Town) -> list[Door]:
    return [door for door in doors(town.world) if door.method == "POST"]


def gets(town: Town) -> list[Door]:
    return [door for door in doors(town.world) if door.method == "GET" and door.path != STREAM]


# From elsewhere, of the wrong kind, too large.


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"origin": f"{ORIGIN}.elsewhere.example"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "SAME-ORIGIN"},
    ],
    ids=str,
)
def test_no_form_is_taken_from_another_site(town: Town, headers: Mapping[str, str]) -> None:
    before = town.written()
    for door in posts(town):
        answer = town.ask(
            door,
            headers={"authorization": "", **headers},
            body=b"accept=yes&text=x&kind=note",
            origin="" if "origin" in headers else ORIGIN,
        )
        if door.path == COOKIELESS:
            assert answer.status == 400  # not signed, wherever it comes from
        elif door.opt.get("cookieless"):
            assert answer.status == 401  # no cookie opens the API, whoever sends it along
        else:
            assert answer.status == 403, door
            assert not cookies_of(answer)
    assert town.written() == before


def test_a_form_of_our_own_is_taken_with_either_header(town: Town) -> None:
    body = urlencode({"market": "de", "language": "de"}).encode()
    for headers, origin in (
        ({"sec-fetch-site": "same-origin"}, ""),
        ({}, ORIGIN),
        ({"sec-fetch-site": "same-origin"}, "null"),
    ):
        assert ask(town.world, "POST", "/choice", body=body, headers=headers, origin=origin).status == 303


def test_looking_is_never_refused_by_where_one_comes_from(town: Town) -> None:
    for door in gets(town):
        plain = town.ask(door).status
        foreign = town.ask(door, headers={"sec-fetch-site": "cross-site"}, origin="https://elsewhere.example").status
        assert foreign == plain, door


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", "", "application/xml", "a/b;" * 900]
)
def test_a_body_of_another_type_is_not_read(town: Town, kind: str) -> None:
    for door in posts(town):
        if door.reads:
            answer = town.ask(door, form=False, headers={"content-type": kind}, body=b'{"accept": "yes"}')
            assert answer.status == 415, (door, answer.status)


def test_a_body_too_large_is_not_read(town: Town) -> None:
    body = b"text=" + b"a" * BODY_LIMIT
    for door in posts(town):
        if door.reads or door.path == COOKIELESS:
            assert town.ask(door, body=body).status == 413, door
            assert town.ask(door, body=body, headers={"content-length": "3"}).status in (400, 413), door


# Bytes.

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
NAMES = (
    "sku quantity act key accept money policies email name street_address postal_code city country_area phone text kind "
    "question category subject order others outcome market language then password version reason mode audience percent "
    "order_cap daily_cap value_cap customer_cap minutes_per_contact in_chooser gate until max_uses days note carrier tracking "
    "owner presence everywhere"
).split()
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


# The cart.


@pytest.mark.parametrize(
    ("quantity", "status"),
    [
        ("1", 303),
        ("3", 303),
        ("٣", 303),
        ("３", 303),
        (" 2 ", 303),
        ("4", 422),
        ("-1", 422),
        ("0", 422),
        ("1000000000", 422),
        ("1e2", 422),
        ("1.5", 422),
        ("", 422),
        ("two", 422),
        ("+1", 422),
        ("1 2", 422),
        ("²", 422),
        ("\u202e1", 422),
        ("1" * 400, 422),
    ],
)
def test_only_a_whole_number_of_pieces_up_to_the_most_is_taken(town: Town, quantity: str, status: int) -> None:
    browser = town.world.browser("de")
    answer = browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": quantity})
    assert answer.status_code == status
    if status == 422:
        assert "cart-de" not in browser.cookies
        assert town.german("Please enter a whole number from 1 to %(most)s.", most="3") in text(answer.text)


def test_an_arabic_three_is_three(town: Town) -> None:
    browser = town.world.browser("de")
    page = browser.follow(browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "٣"}))
    assert 'value="3"' in page.text


@pytest.mark.parametrize("sku", ["", "HB-NO-THING", "HB-BL-100", "HB-GM-230", "hb-bl-230", "' OR 1=1--", "a" * 5000])
def test_what_this_market_does_not_sell_is_not_put_into_its_cart(town: Town, sku: str) -> None:
    browser = town.world.browser("de")
    answer = browser.post(f"{SHOP}cart/lines", {"sku": sku, "quantity": "1"})
    assert answer.status_code == 404
    assert "cart-de" not in browser.cookies
    assert browser.post(f"{SHOP}cart/lines/{quote(sku or 'x', safe='')}", {"quantity": "2"}).status_code == 303
    assert BLENDER not in browser.get(f"{SHOP}cart").text


@pytest.mark.parametrize("quantity", ["-1", "1e2", "", "x", "100"])
def test_a_line_is_changed_only_to_a_number(town: Town, quantity: str) -> None:
    browser = town.world.browser("de")
    fill_cart(browser, SHOP, quantity="2")
    before = browser.cookies["cart-de"]
    assert browser.post(f"{SHOP}cart/lines/{BLENDER}", {"quantity": quantity}).status_code == 422
    assert browser.cookies["cart-de"] == before


def test_more_different_things_than_a_cart_holds_are_refused(town: Town) -> None:
    browser = town.world.browser("de")
    fill_cart(browser, SHOP)
    cart = {"mark": "a mark", "lines": [[f"SKU-{number}", 1, ""] for number in range(30)]}
    browser.cookies.set("cart-de", town.world.house.signer.signed("cart-de", cart))
    assert browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code == 409


CART_LOST = "We could not read your cart any more, so it starts empty. Nothing was ordered."


def _tampered(value: str) -> list[str]:
    body, _, signature = value.partition(".")
    other = base64.urlsafe_b64encode(json.dumps([[BLENDER, 99]]).encode()).decode().rstrip("=")
    return [
        f"{other}.{signature}",
        f"{body}.",
        body,
        f".{signature}",
        "x",
        value[:-1],
        value + "A",
        "é." + signature,
        "a" * 4000,
    ]


def test_a_cart_that_was_tampered_with_is_empty_and_says_so(town: Town) -> None:
    browser = town.world.browser("de")
    fill_cart(browser, SHOP)
    for value in _tampered(browser.cookies["cart-de"]):
        page = ask(town.world, "GET", f"{SHOP}cart", headers={"cookie": f"cart-de={value}"})
        assert page.status == 200
        words = text(page.text)
        assert town.german("Your cart is empty.") in words and town.german(CART_LOST) in words, words


def test_another_markets_cart_is_no_cart_here(town: Town) -> None:
    browser = town.world.browser()
    fill_cart(browser, "/nz/en/")
    page = ask(town.world, "GET", f"{SHOP}cart", headers={"cookie": f"cart-de={browser.cookies['cart-nz']}"})
    assert BLENDER not in page.text and town.german(CART_LOST) in text(page.text)
    assert browser.get(f"{SHOP}cart").headers["location"] == f"{SHOP}cart/switch"  # told before anything is taken over


# What belongs to its holder.


def test_a_tampered_or_foreign_holders_cookie_opens_nothing(town: Town) -> None:
    ours = town.holder.cookies[f"order-{town.order}"]
    for value in [*_tampered(ours), town.holder.cookies[f"request-{town.ref}"]]:
        answer = ask(town.world, "GET", f"{SHOP}orders/{town.order}", headers={"cookie": f"order-{town.order}={value}"})
        assert answer.status == 404, value
        paid = ask(
            town.world, "GET", f"{SHOP}orders/{town.order}/paid", headers={"cookie": f"order-{town.order}={value}"}
        )
        assert paid.status == 404, value


@pytest.mark.parametrize("secret", ["", "0" * 40, "x", "é", "a" * 5000, "%00", "%ff"])
def test_a_guessed_number_or_secret_opens_nothing(town: Town, secret: str) -> None:
    for path in (f"orders/{town.order}", "orders/DE-26-AAAAAA", f"support/{town.ref}", "support/R-AAAAAA"):
        answer = ask(town.world, "GET", f"{SHOP}{path}?secret={quote(secret, safe='%')}")
        assert answer.status in (400, 404), path
        assert not cookies_of(answer)


def test_a_link_opens_any_number_of_times_and_in_its_own_market_only(town: Town) -> None:
    secret = town.world.house.holders.secret("order", town.order, now=town.world.clock.now)
    for _again in range(2):
        browser = town.world.browser("de")
        page = browser.follow(browser.get(f"{SHOP}orders/{town.order}?secret={secret}"))
        assert page.status_code == 200 and secret not in str(page.url)
    other = town.world.browser()
    assert other.follow(other.get(f"/nz/en/orders/{town.order}?secret={secret}")).status_code == 404


# The order form.


def test_without_the_tick_the_form_comes_back_in_the_visitors_language(town: Town) -> None:
    browser, before = town.world.browser("de"), town.written()
    to_review(browser, SHOP, ANNA)
    answer = browser.submit("/orders")
    assert answer.status_code == 303  # so that Back and reload never send the form again
    answer = browser.follow(answer)
    assert answer.status_code == 422 and browser.get(str(answer.url)).status_code == 422
    words = text(answer.text)
    assert "Elbchaussee 5" in words and "Zahlungspflichtig bestellen" in words
    assert town.german("Please tick that you agree, or leave without ordering. Nothing has been ordered yet.") in words
    assert town.written() == before
    assert browser.submit("/orders", accept="yes").status_code == 303


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("money", "The price has changed"),
        ("policies", "Nothing was charged."),
    ],
)
def test_what_differs_from_what_was_shown_is_told_and_nothing_is_written(town: Town, field: str, words: str) -> None:
    browser, before = town.world.browser("de"), town.written()
    to_review(browser, SHOP, ANNA)
    for value in ("", "0" * 24, "x" * 3000):
        review = browser.page
        answer = browser.submit("/orders", accept="yes", **{field: value})
        assert answer.status_code == 409 and town.german(words) in text(answer.text)
        assert town.written() == before
        browser.page = review


def test_a_price_raised_meanwhile_is_told_before_it_is_paid(town: Town) -> None:
    browser = town.world.browser("de")
    to_review(browser, SHOP, ANNA)
    review, before = browser.page, town.written()
    _set_price(town, 239_00)
    browser.page = review
    answer = browser.submit("/orders", accept="yes")
    assert answer.status_code == 409 and "239,00" in text(answer.text)
    assert town.written() == before
    _set_price(town, 229_00)


def _set_price(town: Town, price: int) -> None:
    with town.world.house.database.writing() as db:
        mine = update(Listing).where(col(Listing.market) == "de", col(Listing.sku) == BLENDER)
        db.connection().execute(mine.values(price=price))


def test_the_same_form_with_other_content_is_refused(town: Town) -> None:
    browser = town.world.browser("de")
    to_review(browser, SHOP, ANNA)
    review = browser.page
    assert browser.submit("/orders", accept="yes").status_code == 303
    before = town.written()
    browser.post(f"{SHOP}checkout", {**ANNA, "street_address": "Anderswo 1"})
    browser.page = review
    answer = browser.submit("/orders", accept="yes")
    assert answer.status_code == 409
    assert town.written() == before


@pytest.mark.parametrize("key", ["", "x", "A" * 32, "0" * 31, "0" * 33, "g" * 32, "٣" * 32])
def test_a_key_that_we_did_not_make_begins_again(town: Town, key: str) -> None:
    browser = town.world.browser("de")
    to_review(browser, SHOP, ANNA)
    before = town.written()
    answer = browser.submit("/orders", accept="yes", key=key)
    assert answer.status_code == 303 and answer.headers["location"] == f"{SHOP}checkout"
    assert town.written() == before


def test_the_order_button_without_cart_or_address_leads_back(town: Town) -> None:
    fields = {"key": "0" * 32, "accept": "yes", "money": "", "policies": ""}
    browser = town.world.browser("de")
    assert browser.post(f"{SHOP}orders", fields).headers["location"] == f"{SHOP}cart"
    fill_cart(browser, SHOP)
    assert browser.post(f"{SHOP}orders", fields).headers["location"] == f"{SHOP}checkout"


# Too often.


@pytest.mark.parametrize(
    ("limit", "path", "status"),
    [
        (limits.SIGN_IN, "/sign-in", 422),
        (limits.SUPPORT, f"{SHOP}support", 422),
        (limits.INVITE, "/invite/x", 409),
    ],
    ids=lambda each: each.what if isinstance(each, limits.Limit) else None,
)
def test_too_many_are_refused_until_the_window_is_over(town: Town, limit: limits.Limit, path: str, status: int) -> None:
    world = town.world
    for _use in range(limit.times - 1):
        limits.spend(world.house.database, limit, "127.0.0.1", now=world.clock.now)
    browser = world.browser("de")
    assert browser.post(path, {"accept": "yes"}).status_code == status
    refused = browser.post(path, {"accept": "yes"})
    assert refused.status_code == 429
    wait = int(refused.headers["retry-after"])
    assert 0 < wait <= limit.seconds and str(-(-wait // 60)) in text(refused.text)  # told in minutes
    world.clock.now += timedelta(seconds=wait)
    assert browser.post(path, {"accept": "yes"}).status_code == status


# Signing in.


@pytest.mark.parametrize(
    "then",
    [
        "//elsewhere.example",
        "https://elsewhere.example/",
        "/desk.elsewhere.example",
        "/desk@elsewhere.example",
        "\\\\elsewhere.example",
        "/desk/\r\nset-cookie: x=1",
        "javascript:alert(1)",
        "/deskx",
        "/console/../..//elsewhere.example",
    ],
)
def test_signing_in_never_leads_off_the_site(town: Town, then: str) -> None:
    browser = town.world.browser()
    browser.get(f"/sign-in?then={quote(then)}")
    answer = browser.submit("", email="mere@harbourbench.example", password=PASSWORD)
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert location in ("/console", "/desk") or location.startswith(("/desk/", "/console/"))
    assert urljoin(f"{ORIGIN}/sign-in", location).startswith(f"{ORIGIN}/")
    assert "\r" not in location and "x=1" not in cookies_of(answer)


def test_after_signing_in_one_is_where_one_wanted_to_go(town: Town) -> None:
    browser = town.world.browser()
    browser.follow(browser.get("/console/markets/de"))
    answer = browser.submit("/sign-in", email="MERE@harbourbench.example", password=PASSWORD)
    assert answer.headers["location"] == "/console/markets/de"


def test_a_token_known_before_the_sign_in_is_worth_nothing_after_it(town: Town) -> None:
    browser = town.world.browser()
    browser.cookies.set("staff", "chosen-by-somebody-else")
    fields = {"email": "mere@harbourbench.example", "password": PASSWORD}
    tokens = []
    for _again in range(2):
        [line] = [line for line in cookies_of(browser.post("/sign-in", fields)) if line.startswith("staff=")]
        tokens.append(line.partition("=")[2].partition(";")[0])
    assert len({"chosen-by-somebody-else", *tokens}) == 3
    for token, status in (("chosen-by-somebody-else", 303), (tokens[0], 303), (tokens[1], 200)):
        assert ask(town.world, "GET", "/desk", headers={"cookie": f"staff={token}"}).status == status
    with town.world.house.database.reading() as db:
        assert not any(token in row.token_hash for row in db.exec(select(SignedIn)).all() for token in tokens)


def test_signing_out_ends_the_token_not_only_the_cookie(town: Town) -> None:
    browser = town.world.signed_in("mere")
    token = next(cookie.value for cookie in browser.cookies.jar if cookie.name == "staff")
    assert browser.post("/sign-out").status_code == 303
    assert ask(town.world, "GET", "/desk", headers={"cookie": f"staff={token}"}).status == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("mere@harbourbench.example", "wrong"),
        ("nobody@harbourbench.example", PASSWORD),
        ("", ""),
        ("a\0b", "\0"),
        ("x" * 5000, "y" * 5000),
    ],
)
def test_a_wrong_sign_in_tells_nothing_and_keeps_no_password(town: Town, email: str, password: str) -> None:
    answer = town.world.browser().post("/sign-in", {"email": email, "password": password})
    assert answer.status_code == 422 and not cookies_of(answer)
    assert "do not belong together" in text(answer.text)
    assert not password or f'value="{password}"' not in answer.text


# What every answer carries, and what none may.


def test_every_answer_carries_the_security_headers(town: Town) -> None:
    targets = [(door.method, town.url(door)) for door in doors(town.world) if door.path != STREAM]
    targets += [
        ("GET", "/nowhere"),
        ("GET", "/de/de/%00"),
        ("PUT", "/"),
        ("GET", "/static/x/nothing.css"),
        ("GET", f"{SHOP}?x=1"),
    ]
    for method, target in targets:
        answer = ask(town.world, method, target, cookies=town.holder.cookies)
        sent = dict(answer.headers)
        assert SECURITY.items() <= sent.items(), target
        policy = sent["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert "form-action 'self' https://checkout.stripe.com" in policy
        assert len([name for name, _value in answer.headers if name == "content-security-policy"]) == 1
        assert "strict-transport-security" not in sent and "server" not in sent
        assert not [name for name in sent if name in ("x-store", "x-admission")]


def test_looking_sets_no_cookie(town: Town) -> None:
    for door in gets(town):
        if door.path.endswith("/paid"):
            continue  # the way back from paying is the one GET that writes: it empties the cart
        for browser in (town.world.browser(), town.holder, town.mere):
            answer = ask(town.world, "GET", town.url(door), cookies=browser.cookies)
            assert not cookies_of(answer), door


def test_a_head_is_the_get_without_its_body(town: Town) -> None:
    for door in gets(town):
        for _again in range(2 * (door.path != "/metrics")):  # drawn, and out of the cache; metrics count themselves
            whole = town.ask(door)
            head = town.ask(replace(door, method="HEAD"))
            assert head.body == b"" and head.status == whole.status, door
            assert _lasting(head) == _lasting(whole), door


def _lasting(answer: Answer) -> list[tuple[str, str]]:
    return sorted(pair for pair in answer.headers if pair[0] != "x-request-id")


def test_what_is_the_visitors_own_is_stored_by_nobody(town: Town) -> None:
    for door in gets(town):
        cache = town.ask(door).header("cache-control")
        shown_to_all = ("/static", "/pictures", "/healthz", "/readyz", "/metrics")
        if not door.path.startswith(shown_to_all) and cache != "public, max-age=0, must-revalidate":
            assert cache == "private, no-store", (door, cache)
    public = {door.path for door in gets(town) if "public" in town.ask(door).header("cache-control")}
    assert public <= {
        "/",
        "/{market:str}/{lang:str}",
        "/{market:str}/{lang:str}/products/{slug:str}",
        "/static/{version:str}/{name:path}",
        "/{market:str}/{lang:str}/policies/{kind:str}",
        "/{market:str}/{lang:str}/policies/{kind:str}/{version:str}",
        "/{market:str}/{lang:str}/policies/{kind:str}/form",
        "/{market:str}/{lang:str}/recalls",
        "/pictures/{hash:str}",
        "/{market:str}/{lang:str}/categories/{plate:str}",
        "/{market:str}/{lang:str}/support/answers",
        "/feeds/{market:str}/{file:str}",
        "/sitemap.xml",
        "/robots.txt",
        "/openapi.json",
    }


@pytest.mark.parametrize(
    ("method", "target", "given", "status"),
    [
        ("GET", "/nowhere", {}, 404),
        ("GET", "/de/fr/", {}, 404),
        ("POST", "/choice", {"origin": "https://elsewhere.example"}, 403),
        ("POST", "/choice", {"form": False, "headers": {"content-type": "application/json"}}, 415),
        ("POST", "/choice", {"body": b"a" * (BODY_LIMIT + 1)}, 413),
        ("POST", "/choice", {"body": b"\xff"}, 400),
        ("POST", "/invite/x", {}, 409),
        ("PUT", "/", {}, 405),
    ],
)
def test_a_program_is_told_in_problem_details(
    town: Town, method: str, target: str, given: dict[str, Any], status: int
) -> None:
    headers = {"accept": "application/problem+json", **given.get("headers", {})}
    answer = ask(town.world, method, target, **{**given, "headers": headers})
    assert answer.status == status
    assert answer.header("content-type").startswith("application/problem+json")
    told = json.loads(answer.body)
    assert told["status"] == status and told["title"] and told["type"].startswith("/problems/")


def test_an_error_speaks_the_language_of_its_address(town: Town) -> None:
    for path, language, tag in (
        ("/de/de/nowhere/at/all", "ja", "de"),
        ("/jp/ja/", "de", "ja"),
        ("/nowhere", "ar", "ar"),
        ("/xx/yy/", "fr", "fr"),
    ):
        page = town.world.browser(language).get(path)
        assert page.status_code == 404 and f'<html lang="{tag}' in page.text, path
        assert "Deutschland" not in page.text


@pytest.fixture(scope="module")
def over_https(town: Town) -> World:
    """The same town behind https."""
    parts = replace(town.world.house.settings, base_url="https://shop.example")
    house = assemble(parts, clock=town.world.clock)
    house.revisions.refresh()
    return World(house, build(house, jobs_inside=False), town.world.portal, town.world.clock)


def test_over_https_every_cookie_is_secure_and_bound_to_the_host(town: Town, over_https: World) -> None:
    def sent(path: str, **fields: str) -> Answer:
        return ask(over_https, "POST", path, body=urlencode(fields).encode(), origin="https://shop.example")

    answers = [
        sent("/choice", market="de", language="de"),
        sent(f"{SHOP}cart/lines", sku=BLENDER, quantity="1"),
        sent(f"{SHOP}checkout", **ANNA),
        sent("/sign-in", email="mere@harbourbench.example", password=PASSWORD),
        sent("/sign-out"),
    ]
    secret = over_https.house.holders.secret("order", town.order, now=over_https.clock.now)
    answers.append(ask(over_https, "GET", f"{SHOP}orders/{town.order}?secret={secret}"))
    lines = [line for answer in answers for line in cookies_of(answer)]
    assert len(lines) == 8
    for line in lines:
        assert "Secure" in line and "SameSite=lax" in line and "Domain" not in line
        if not line.startswith("cart_count="):  # a number for the page's own script
            assert line.startswith("__Host-") and "HttpOnly" in line and "Path=/;" in f"{line};"
    assert all(answer.header("strict-transport-security") for answer in answers)


def test_over_https_the_chooser_remembers_each_visitors_own_place(over_https: World) -> None:
    def chooser(place: str) -> str:
        cookie = {"cookie": f"__Host-place={place}"} if place else {}
        return ask(over_https, "GET", "/", headers={"accept-language": "en", **cookie}).text

    assert '<html lang="de"' in chooser("de-de")
    assert '<html lang="en"' in chooser("")
    assert '<html lang="ja"' in chooser("jp-ja")


def test_over_plain_http_every_cookie_is_hidden_from_script(town: Town) -> None:
    browser = town.world.browser("de")
    lines = cookies_of(browser.post("/choice", {"market": "de", "language": "de"}))
    lines += cookies_of(browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "1"}))
    lines += cookies_of(browser.post(f"{SHOP}checkout", ANNA))
    assert len(lines) == 4
    for line in lines:
        assert "SameSite=lax" in line and ("HttpOnly" in line or line.startswith("cart_count="))


@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"market": "de"},
        {"market": "de", "language": "fr"},
        {"market": "jp", "language": "ja"},  # by invitation: a choice must not tell that it is there
        {"market": "//x", "language": "de"},
        {"market": "de", "language": "de\r\nx: y"},
    ],
)
def test_a_choice_of_what_is_not_offered_is_not_remembered(town: Town, choice: dict[str, str]) -> None:
    answer = town.world.browser().post("/choice", choice)
    assert answer.status_code == 404 and not cookies_of(answer)


def test_marks_that_turn_the_direction_of_a_line_are_left_out(town: Town) -> None:
    browser = town.world.browser()
    number = place(browser, "/nz/en/", {**TAMA, "name": "Tama\u202egnorw\u2066 Reweti"})
    assert "Tamagnorw Reweti" in town.mere.get(f"/desk/orders/{number}").text


def test_hostile_names_stay_text_on_every_page_that_shows_them(town: Town) -> None:
    hostile = '"><script>alert(1)</script>{{ 7*7 }}'
    browser = town.world.browser()
    number = place(browser, "/nz/en/", {**TAMA, "name": hostile, "street_address": hostile})
    pay(town.world, browser, "/nz/en/", number)
    for page in (
        browser.get(f"/nz/en/orders/{number}"),
        town.mere.get(f"/desk/orders/{number}"),
        town.mere.get("/desk/orders"),
    ):
        assert (
            page.status_code == 200
            and "<script>alert" not in page.text
            and "49" not in page.text.partition("7*7")[0][-6:]
        )
    town.world.work()
    [mail] = town.world.mails(TAMA["email"])
    body = mail.get_body(("html",))
    assert body is not None and "<script>alert" not in body.get_content()
