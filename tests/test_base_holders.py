"""Secret links: random, kept as hashes, good until they expire; and the cookies that they are exchanged for."""

from datetime import timedelta

from sqlmodel import select

from shop.base.holders import COOKIE_LASTS, MOST_COOKIES, ORDER_LASTS, REQUEST_LASTS, SecretLink, forget_old_links
from tests.doors import place, question
from tests.world import ANNA, Browser, World

SHOP = "/de/de/"


def opens(browser: Browser, number: str, secret: str) -> int:
    """The status that the order's link ends at."""
    return browser.follow(browser.get(f"{SHOP}orders/{number}?secret={secret}")).status_code


def test_each_link_has_a_secret_of_its_own_and_the_database_knows_none(sqlite_world: World) -> None:
    holders = sqlite_world.house.holders
    secrets = {holders.secret("order", "DE-26-AAAAAA", now=sqlite_world.clock.now) for _link in range(3)}
    with sqlite_world.house.database.reading() as db:
        kept = db.exec(select(SecretLink)).all()
    assert len(secrets) == len(kept) == 3 and {each.subject for each in kept} == {"order:DE-26-AAAAAA"}
    assert not any(secret in repr(kept) for secret in secrets)


def test_a_link_opens_until_its_last_day_and_nothing_but_its_own(world: World) -> None:
    number, other = place(world.browser("de"), SHOP, ANNA), place(world.browser("de"), SHOP, ANNA)
    secret = world.house.holders.secret("order", number, now=world.clock.now)
    assert [opens(world.browser("de"), number, secret) for _again in range(2)] == [200, 200]
    assert opens(world.browser("de"), other, secret) == 404
    world.clock.now += ORDER_LASTS - timedelta(seconds=1)
    assert opens(world.browser("de"), number, secret) == 200
    world.clock.now += timedelta(seconds=1)
    assert opens(world.browser("de"), number, secret) == 404


def test_a_cookie_never_outlives_its_link_nor_its_own_time(sqlite_world: World) -> None:
    first, late = sqlite_world.browser("de"), sqlite_world.browser("de")
    number = place(first, SHOP, ANNA)
    secret = sqlite_world.house.holders.secret("order", number, now=sqlite_world.clock.now)
    path, jar = f"{SHOP}orders/{number}", dict(first.cookies)
    sqlite_world.clock.now += COOKIE_LASTS
    again = sqlite_world.browser("de")
    again.cookies.update(jar)  # one who keeps a cookie longer than it was meant to last
    assert again.get(path).status_code == 404
    sqlite_world.clock.now += ORDER_LASTS - COOKIE_LASTS - timedelta(hours=1)
    assert opens(late, number, secret) == 200
    sqlite_world.clock.now += timedelta(hours=1)
    again.cookies.update(late.cookies)
    assert again.get(path).status_code == 404


def test_a_browser_keeps_the_newest_of_very_many(sqlite_world: World) -> None:
    browser, world = sqlite_world.browser("de"), sqlite_world
    for number in range(MOST_COOKIES + 5):
        world.clock.now += timedelta(minutes=1)
        cookie = world.house.holders.cookie("order", f"DE-26-{number:06}", now=world.clock.now)
        browser.cookies.set(cookie.key, cookie.value or "", domain="127.0.0.1", path="/")
    secret = world.house.holders.secret("order", "DE-26-999999", now=world.clock.now)
    browser.get(f"{SHOP}orders/DE-26-999999?secret={secret}")
    names = sorted(name for name in browser.cookies if name.startswith("order-"))
    assert len(names) == MOST_COOKIES and names[0] == "order-DE-26-000006" and names[-1] == "order-DE-26-999999"


def test_what_opens_nothing_any_more_is_forgotten(sqlite_world: World) -> None:
    holders, database = sqlite_world.house.holders, sqlite_world.house.database
    holders.secret("order", "DE-26-AAAAAA", now=sqlite_world.clock.now)
    holders.secret("request", "R-AAAAAA", now=sqlite_world.clock.now)
    sqlite_world.clock.now += REQUEST_LASTS
    with database.writing() as db:
        forget_old_links(db, now=sqlite_world.clock.now)
        assert [each.subject for each in db.exec(select(SecretLink)).all()] == ["order:DE-26-AAAAAA"]


def test_a_requests_mail_holds_a_link_that_opens_it_anywhere(sqlite_world: World) -> None:
    ref = question(sqlite_world.browser("de"), SHOP)
    sqlite_world.work()
    body = sqlite_world.mails("anna@example.com")[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = next(word for word in body.split() if "?secret=" in word)
    stranger = sqlite_world.browser("de")
    assert stranger.get(f"{SHOP}support/{ref}").status_code == 404
    assert stranger.follow(stranger.get(link)).status_code == 200
