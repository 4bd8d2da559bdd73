"""What every answer carries and what none may: headers, cookies, what is stored, an error's form, words that stay words."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from shop.app import build
from shop.base.web import BODY_LIMIT
from shop.house import assemble
from tests.doors import BLENDER, SECURITY, Answer, ask, cookies_of, doors, pay, place
from tests.town import SHOP, STREAM, Town, another_window, gets, town
from tests.world import ANNA, PASSWORD, TAMA, World

__all__ = ["another_window", "town"]  # fixtures


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
