"""Who is let in: by the link or cookie of a holder, by signing in, and how often one may try."""

from datetime import timedelta
from urllib.parse import quote, urljoin

import pytest
from sqlmodel import select

from shop.base import limits
from shop.staff.models import SignedIn
from tests.doors import ask, cookies_of
from tests.town import SHOP, Town, another_window, tampered, town
from tests.world import ORIGIN, PASSWORD, text

__all__ = ["another_window", "town"]  # fixtures


def test_a_tampered_or_foreign_holders_cookie_opens_nothing(town: Town) -> None:
    ours = town.holder.cookies[f"order-{town.order}"]
    for value in [*tampered(ours), town.holder.cookies[f"request-{town.ref}"]]:
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
