"""Waiting lists: joined with one address, confirmed by its owner, told once when anybody may buy, and forgotten."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.base import limits
from shop.base.outbox import Effect
from shop.catalogue import waitlist
from shop.catalogue.models import Listing, ProductText, WaitingListEntry
from shop.checkout.stopping import lift_stop, stop_sale
from shop.markets.models import StopSale
from tests.buying import at_once, set_stock
from tests.doors import BLENDER, change_market
from tests.waitlist import EVE, confirmed, joined, links, subjects
from tests.world import ORIGIN, TUESDAY, Browser, World, path_of, text

OPEN: dict[str, Any] = {"state": "open", "audience": "", "in_chooser": True, "ever_sold": True}
COMING: dict[str, Any] = {"state": "draft", "audience": "", "ever_sold": False, "announced": True}


def product(world: World, market: str = "nz", language: str = "en", sku: str = BLENDER) -> str:
    """The path of a product's page."""
    with world.house.database.reading() as db:
        return f"/{market}/{language}/products/{db.get_one(ProductText, (sku, language)).slug}"


def sell_out(world: World, on_hand: int = 0, market: str = "nz") -> None:
    set_stock(world, on_hand)
    change_market(world, market, **OPEN)


def entries(world: World) -> list[WaitingListEntry]:
    with world.house.database.reading() as db:
        return list(db.exec(select(WaitingListEntry).order_by(col(WaitingListEntry.email))).all())


def test_who_waits_for_a_product_is_told_once_when_it_is_back(world: World) -> None:
    path = product(world)
    sell_out(world)
    page = world.browser().get(path)
    assert f'href="{path}/waitlist"' in page.text and "Tell me when it is back" in page.text
    entry = confirmed(world, path)
    world.later(minutes=2)
    assert len(world.mails(EVE)) == 1
    set_stock(world, 3)
    for _again in range(3):
        world.later(minutes=2)
    assert [subject.split(":")[0] for subject in subjects(world)] == ["Waiting list", "You can order it now"]
    assert links(world) == [f"{ORIGIN}{path}", f"{ORIGIN}{entry}"]
    assert all("not reserved" in part.get_content() for part in world.mails(EVE)[-1].iter_parts())


def test_two_workers_tell_nobody_twice_and_forget_nobody(world: World) -> None:
    house = world.house
    with house.database.writing() as db:
        for number in range(waitlist.AT_ONCE + 30):
            db.add(
                WaitingListEntry(
                    market="nz",
                    sku=BLENDER,
                    email=f"a{number}@example.com",
                    language="en",
                    hash=f"{number:064d}"[::-1],
                    asked_at=TUESDAY,
                    confirmed_at=TUESDAY,
                )
            )
    sell_out(world, 1)

    def tell(_number: int) -> int:
        return waitlist.tell_due(house.database, house.directory, house.languages, now=TUESDAY)

    assert sum(at_once(4, tell)) == waitlist.AT_ONCE + 30
    with house.database.reading() as db:
        keys = db.exec(select(Effect.key).where(Effect.kind == waitlist.MAIL)).all()
    assert len(keys) == len(set(keys)) == waitlist.AT_ONCE + 30
    assert all(each.told_at == TUESDAY for each in entries(world))


def test_looking_at_the_link_confirms_nothing_and_the_button_does(sqlite_world: World) -> None:
    sell_out(sqlite_world)
    joined(sqlite_world, product(sqlite_world))
    entry, browser = path_of(links(sqlite_world)[-1]), sqlite_world.browser()
    for _scanner in range(2):
        page = browser.get(entry)
        assert page.status_code == 200 and page.headers["cache-control"] == "private, no-store"
    assert entries(sqlite_world)[0].confirmed_at is None
    browser.submit("/confirmation")
    assert "You are on the list" in text(browser.get(entry).text) and entries(sqlite_world)[0].confirmed_at == TUESDAY


def test_nobody_is_told_who_has_not_confirmed(sqlite_world: World) -> None:
    sell_out(sqlite_world)
    joined(sqlite_world, product(sqlite_world))
    set_stock(sqlite_world, 5)
    sqlite_world.later(minutes=2)
    assert len(sqlite_world.mails(EVE)) == 1


def test_the_answer_never_tells_whether_the_address_is_known(sqlite_world: World) -> None:
    path = product(sqlite_world)
    sell_out(sqlite_world)
    confirmed(sqlite_world, path)
    answers = set()
    for email in (EVE, EVE.upper(), "anna@example.com"):
        browser = sqlite_world.browser()
        answer = browser.post(f"{path}/waitlist", {"email": email})
        answers.add((answer.status_code, answer.headers["location"], text(browser.follow(answer).text)))
    sqlite_world.work()
    assert len(answers) == 1 and "anna" not in str(answers)
    assert len(sqlite_world.mails(EVE)) == 1 and len(sqlite_world.mails("anna@example.com")) == 1
    with sqlite_world.house.database.reading() as db:
        effects = db.exec(select(Effect).where(Effect.kind == waitlist.MAIL)).all()
    secret = path_of(links(sqlite_world)[-1]).rpartition("/")[2]
    assert effects and not any("@" in each.payload + each.key or secret in each.payload for each in effects)


def test_asked_for_again_it_is_one_mail_until_a_while_has_passed(sqlite_world: World) -> None:
    path = product(sqlite_world)
    sell_out(sqlite_world)
    for _again in range(3):
        joined(sqlite_world, path)
    assert len(sqlite_world.mails(EVE)) == len(entries(sqlite_world)) == 1
    sqlite_world.later(minutes=10)
    joined(sqlite_world, path)
    assert len(sqlite_world.mails(EVE)) == 2
    assert len({each["Message-ID"] for each in sqlite_world.mails(EVE)}) == 2


def test_who_was_told_may_wait_again_and_confirms_again(sqlite_world: World) -> None:
    path = product(sqlite_world)
    sell_out(sqlite_world)
    confirmed(sqlite_world, path)
    sell_out(sqlite_world, 1)
    sqlite_world.later(minutes=2)
    sell_out(sqlite_world)
    sqlite_world.later(minutes=15)
    confirmed(sqlite_world, path)
    sell_out(sqlite_world, 1)
    sqlite_world.later(minutes=2)
    assert [subject.split(":")[0] for subject in subjects(sqlite_world)] == ["Waiting list", "You can order it now"] * 2


def change_listing(world: World, **values: Any) -> None:
    with world.house.database.writing() as db:
        mine = update(Listing).where(col(Listing.market) == "nz", col(Listing.sku) == BLENDER)
        db.connection().execute(mine.values(**values))
    change_market(world, "nz", position=1)


def test_who_waits_for_a_first_day_of_sale_is_told_on_it(sqlite_world: World) -> None:
    sell_out(sqlite_world, 5)
    change_listing(sqlite_world, buyable_from=TUESDAY + timedelta(days=1))
    path = product(sqlite_world)
    assert "Tell me when I can order it" in sqlite_world.browser().get(path).text
    confirmed(sqlite_world, path)
    sqlite_world.later(hours=23)
    assert len(sqlite_world.mails(EVE)) == 1
    sqlite_world.later(hours=1)
    assert len(sqlite_world.mails(EVE)) == 2


@pytest.mark.parametrize(
    "shut",
    [
        {"state": "paused", "pause_mode": "sell_stop"},
        {"state": "soft", "audience": "invitation"},
        {"state": "soft", "audience": "percentage", "percent_bp": 5_000},
        {"state": "winding_down"},
        {"order_cap": 0},
    ],
    ids=str,
)
def test_nobody_is_told_before_anybody_may_buy(sqlite_world: World, shut: dict[str, Any]) -> None:
    sell_out(sqlite_world)
    confirmed(sqlite_world, product(sqlite_world))
    change_market(sqlite_world, "nz", **shut)
    set_stock(sqlite_world, 5)
    sqlite_world.later(minutes=2)
    assert len(sqlite_world.mails(EVE)) == 1
    change_market(sqlite_world, "nz", **OPEN, order_cap=None, pause_mode="")
    sqlite_world.later(minutes=2)
    assert len(sqlite_world.mails(EVE)) == 2


def test_nobody_is_told_of_what_is_stopped(sqlite_world: World) -> None:
    sell_out(sqlite_world)
    confirmed(sqlite_world, product(sqlite_world))
    with sqlite_world.house.database.writing() as db:
        stop_sale(db, sku=BLENDER, market="", reason="a test", person="mere", now=TUESDAY)
    sell_out(sqlite_world, 5)
    sqlite_world.later(minutes=2)
    assert len(sqlite_world.mails(EVE)) == 1
    with sqlite_world.house.database.writing() as db:
        number = db.exec(select(StopSale.id)).one()
        assert number is not None
        lift_stop(db, number, now=TUESDAY)
    sqlite_world.later(minutes=2)
    assert len(sqlite_world.mails(EVE)) == 2


def test_a_market_that_opens_tells_who_waited_in_their_language(world: World) -> None:
    change_market(world, "ae", **COMING)
    confirmed(world, "/ae/ar")
    confirmed(world, "/ae/en", "anna@example.com")
    change_market(world, "ae", state="soft", audience="percentage", percent_bp=10_000, in_chooser=False)
    world.later(minutes=2)
    assert len(world.mails(EVE)) == 1
    change_market(world, "ae", **OPEN)
    world.later(minutes=2)
    world.later(minutes=2)
    assert len(world.mails(EVE)) == len(world.mails("anna@example.com")) == 2
    html = world.mails(EVE)[-1].get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert 'dir="rtl"' in html and f'href="{ORIGIN}/ae/ar/"' in html
    assert world.mails("anna@example.com")[-1]["Content-Language"] == "en-AE"


@pytest.fixture
def announced(sqlite_world: World) -> Iterator[Browser]:
    """A stranger before Switzerland, which is announced and a draft."""
    change_market(sqlite_world, "ch", **COMING)
    yield sqlite_world.browser("fr")


def test_an_announced_market_answers_with_its_waiting_list_alone(sqlite_world: World, announced: Browser) -> None:
    for language in ("de", "fr", "it"):
        page = announced.get(f"/ch/{language}/waitlist")
        assert page.status_code == 200 and page.headers["x-robots-tag"] == "noindex"
        assert f'href="/ch/{language}/"' not in page.text and "/cart" not in page.text
    shown = product(sqlite_world, "ch", "de")
    for path in ("/ch/de/", shown, f"{shown}/waitlist", "/ch/de/support", "/ch/de/cart", "/ch/en/waitlist"):
        assert announced.get(path).status_code == 404, path
    assert announced.post(f"{shown}/waitlist", {"email": EVE}).status_code == 404


def test_the_chooser_names_it_as_coming_with_the_way_to_its_list(sqlite_world: World, announced: Browser) -> None:
    change_market(sqlite_world, "nz", **OPEN)
    page = announced.get("/").text
    assert 'href="/ch/fr/waitlist"' in page and 'value="ch"' not in page
    assert page.index('value="nz"') < page.index("/ch/fr/waitlist")
    assert 'href="/ch/de/waitlist"' in sqlite_world.browser("ja").get("/").text
    change_market(sqlite_world, "ch", **OPEN)
    page = announced.get("/").text
    assert "waitlist" not in page and 'value="ch"' in page
    assert announced.get("/ch/fr/waitlist").headers["location"] == "/ch/fr/"


@pytest.mark.parametrize(
    "row",
    [
        {"announced": False},
        {"state": "soft", "audience": "invitation", "announced": False},
        {"state": "paused", "audience": "invitation", "pause_mode": "sell_stop"},
    ],
    ids=str,
)
def test_a_market_that_is_not_announced_has_no_list_for_strangers(sqlite_world: World, row: dict[str, Any]) -> None:
    change_market(sqlite_world, "ch", **(COMING | row))
    browser = sqlite_world.browser("de")
    unknown = browser.get("/xx/de/waitlist")
    for path in ("/ch/de/waitlist", f"{product(sqlite_world, 'ch', 'de')}/waitlist"):
        page = browser.get(path)
        assert page.status_code == 404 and page.text == unknown.text
        assert browser.post(path, {"email": EVE}).status_code == 404
    assert "waitlist" not in browser.get("/").text and entries(sqlite_world) == []


@pytest.mark.parametrize(
    "email", ["", "eve", "a@b", "a@b.example, c@d.example", "<eve>@x.example", "x" * 300, "\r\n@x"]
)
@pytest.mark.parametrize("list_of", ["product", "market"])
def test_what_is_no_address_comes_back_with_the_form(sqlite_world: World, email: str, list_of: str) -> None:
    sell_out(sqlite_world)
    change_market(sqlite_world, "ch", **COMING)
    path = product(sqlite_world) if list_of == "product" else "/ch/fr"
    answer = sqlite_world.browser().post(f"{path}/waitlist", {"email": email})
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text and "<eve>" not in answer.text
    assert email[:10].strip().replace("<eve>", "&lt;eve&gt;") in answer.text and entries(sqlite_world) == []


def test_a_product_that_can_be_bought_has_no_list(sqlite_world: World) -> None:
    sell_out(sqlite_world, 5)
    path, browser = product(sqlite_world), sqlite_world.browser()
    assert "waitlist" not in browser.get(path).text
    assert browser.get(f"{path}/waitlist").headers["location"] == path
    assert browser.post(f"{path}/waitlist", {"email": EVE}).headers["location"] == path
    assert entries(sqlite_world) == []
    assert browser.get("/nz/en/products/no-such-thing/waitlist").status_code == 404


def test_who_asks_too_often_waits_from_one_place_and_for_one_address(sqlite_world: World) -> None:
    sell_out(sqlite_world)
    path, browser = f"{product(sqlite_world)}/waitlist", sqlite_world.browser()
    times = limits.WAITLIST_TO.times
    answers = [browser.post(path, {"email": EVE}).status_code for _ask in range(times + 1)]
    assert answers == [303] * times + [429]
    others = [browser.post(path, {"email": f"a{number}@example.com"}).status_code for number in range(20)]
    assert others == [303] * (limits.WAITLIST.times - times - 1) + [429] * (21 - limits.WAITLIST.times + times)


def test_the_link_in_each_mail_takes_the_address_off_the_list(sqlite_world: World) -> None:
    path = product(sqlite_world)
    sell_out(sqlite_world)
    entry, browser = confirmed(sqlite_world, path), sqlite_world.browser("ja")
    browser.get(entry)
    assert entries(sqlite_world) != []
    answer = browser.submit("/removal")
    assert answer.status_code == 303 and "Your address is off the list" in text(browser.follow(answer).text)
    assert entries(sqlite_world) == []
    for again in (browser.get(entry), browser.post(f"{entry}/removal"), browser.post(f"{entry}/confirmation")):
        assert again.status_code == 404
    set_stock(sqlite_world, 5)
    sqlite_world.later(minutes=2)
    assert len(sqlite_world.mails(EVE)) == 1


def test_who_leaves_before_the_mail_is_written_gets_none(sqlite_world: World) -> None:
    sell_out(sqlite_world)
    entry, house = confirmed(sqlite_world, product(sqlite_world)), sqlite_world.house
    sell_out(sqlite_world, 5)
    assert waitlist.tell_due(house.database, house.directory, house.languages, now=TUESDAY) == 1
    assert sqlite_world.browser().post(f"{entry}/removal").status_code == 303
    sqlite_world.later(minutes=2)
    assert len(sqlite_world.mails(EVE)) == 1


@pytest.mark.parametrize("token", ["x", "0" * 64, "%00", "..%2f", "a" * 5_000])
def test_a_secret_that_is_nobodys_opens_nothing(sqlite_world: World, token: str) -> None:
    assert sqlite_world.browser().get(f"/waitlist/{token}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "place", "spoken"),
    [("ja", "", "ja"), ("fr-CA, en;q=0.5", "", "fr"), ("ja", "ch-it", "it"), ("ja", "ch-xx", "ja"), ("xx", "", "en")],
)
def test_whoever_has_no_entry_is_told_so_in_their_own_language(
    sqlite_world: World, asked: str, place: str, spoken: str
) -> None:
    browser = sqlite_world.browser(asked)
    if place:
        browser.cookies.set("place", place)
    for answer in (
        browser.get("/waitlist/x"),
        browser.post("/waitlist/x/removal"),
        browser.post("/waitlist/x/confirmation"),
    ):
        assert answer.status_code == 404 and f'<html lang="{spoken}"' in answer.text
    assert f'<html lang="{spoken}"' in browser.get("/waitlist/removed").text
    assert '<html lang="de"' in browser.get("/waitlist/removed?language=de").text


def test_a_mail_names_the_shops_country_in_its_own_language(sqlite_world: World) -> None:
    sell_out(sqlite_world, market="de")
    joined(sqlite_world, product(sqlite_world, "de", "de"))
    [mail] = sqlite_world.mails(EVE)
    for kind in ("plain", "html"):
        body = mail.get_body((kind,)).get_content()  # type: ignore[union-attr]
        assert "Neuseeland" in body and "New Zealand" not in body


def test_a_secret_opens_its_page_in_every_state_of_the_market(sqlite_world: World) -> None:
    change_market(sqlite_world, "ch", **COMING)
    entry = confirmed(sqlite_world, "/ch/fr")
    for state in ({"state": "draft", "announced": False}, {"state": "closed"}):
        change_market(sqlite_world, "ch", **state)
        page = sqlite_world.browser("de").get(entry)
        assert page.status_code == 200 and '<html lang="fr-CH"' in page.text


def test_addresses_are_forgotten_in_time(world: World) -> None:
    sell_out(world)
    path = product(world)
    joined(world, path, "unconfirmed@example.com")
    confirmed(world, path, "told@example.com")
    sell_out(world, 1)
    world.later(minutes=2)
    sell_out(world)
    world.clock.now = TUESDAY + timedelta(minutes=20)
    confirmed(world, path, "waiting@example.com")
    for days, left in ((6, "told unconfirmed waiting"), (8, "told waiting"), (29, "told waiting"), (31, "waiting")):
        world.at(TUESDAY + timedelta(days=days))
        assert [each.email.partition("@")[0] for each in entries(world)] == left.split(), days
