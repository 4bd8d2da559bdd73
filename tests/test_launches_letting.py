"""Letting visitors in and keeping them out: caps set at the console, a percentage drawn anew, mailboxes that may not order."""

from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from shop.checkout.models import Order
from shop.launches.changing.denying import denials, end_denial
from shop.launches.changing.denying import deny as keep_out
from shop.launches.changing.exposure import widens
from shop.launches.changing.table import Exposed
from shop.markets.exposure_models import Admission, Capacity, Denial, ExposureCustomer, ExposureDay
from shop.markets.models import LaunchEvent, Market
from tests.buying import at_once
from tests.doors import BLENDER, change_market, fill_cart, pay, place, question, to_review
from tests.world import TAMA, Browser, World, text

SHOP = "/nz/en/"
CONSOLE = "/console/markets/nz"


@pytest.fixture
def mere(sqlite_world: World) -> Browser:
    return sqlite_world.signed_in("mere")


def market(world: World, market_id: str = "nz") -> Market:
    with world.house.database.reading() as db:
        return db.get_one(Market, market_id)


def all_of(world: World, model: Any) -> list[Any]:
    with world.house.database.reading() as db:
        return list(db.exec(select(model)).all())


def last_event(world: World, market_id: str = "nz") -> LaunchEvent:
    with world.house.database.reading() as db:
        query = select(LaunchEvent).where(LaunchEvent.market == market_id).order_by(col(LaunchEvent.id).desc())
        found = db.exec(query).first()
        assert found is not None
        return found


def soft(world: World, percent_bp: int) -> None:
    change_market(world, "nz", state="soft", audience="percentage", percent_bp=percent_bp, ever_sold=True)


def adds(browser: Browser) -> int:
    return browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code


CAPS = {
    "order_cap": "9", "daily_cap": "3", "value_cap": "12500.50", "customer_cap": "2", "minutes_per_contact": "12",
}  # fmt: skip


def test_every_cap_is_set_at_the_console_and_counts_what_was_ordered_before(sqlite_world: World, mere: Browser) -> None:
    browser = sqlite_world.browser()
    pay(sqlite_world, browser, SHOP, place(browser, SHOP, TAMA))
    version = str(market(sqlite_world).version)
    assert mere.post(f"{CONSOLE}/exposure", {"version": version, **CAPS}).status_code == 303
    now = market(sqlite_world)
    assert (now.order_cap, now.daily_cap, now.value_cap, now.customer_cap, now.minutes_per_contact) == (
        9,
        3,
        1_250_050,
        2,
        12,
    )
    assert [(each.market, each.paid) for each in all_of(sqlite_world, ExposureDay)] == [("nz", 1)]
    assert [(each.market, each.orders) for each in all_of(sqlite_world, ExposureCustomer)] == [("nz", 1)]
    assert [each.market for each in all_of(sqlite_world, Capacity)] == ["nz"]
    event = last_event(sqlite_world)
    assert event.action == "exposure" and '"daily_cap": [null, 3]' in event.details
    page = mere.get(CONSOLE).text
    assert 'value="12500.50"' in page and 'name="minutes_per_contact"' in page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("daily_cap", "0"),
        ("daily_cap", "many"),
        ("value_cap", "-5"),
        ("value_cap", "ten"),
        ("customer_cap", "1.5"),
        ("minutes_per_contact", "601"),
    ],
)
def test_a_cap_that_cannot_be_read_changes_nothing(sqlite_world: World, mere: Browser, name: str, value: str) -> None:
    before = market(sqlite_world).version
    answer = mere.post(f"{CONSOLE}/exposure", {"version": str(before), name: value})
    assert answer.status_code == 422 and f'href="#exposure-{name}"' in answer.text
    assert market(sqlite_world).version == before


LIMITED = Exposed("", 10_000, 10, True, 5, 100, 2, 10)


@pytest.mark.parametrize("cap", ["order_cap", "daily_cap", "value_cap", "customer_cap"])
def test_a_higher_cap_or_none_is_wider_and_a_lower_one_is_not(cap: str) -> None:
    def with_cap(value: int | None) -> Exposed:
        return Exposed(**{**{each: getattr(LIMITED, each) for each in LIMITED.__slots__}, cap: value})

    now = getattr(LIMITED, cap)
    assert [widens(LIMITED, with_cap(value)) for value in (now - 1, now, now + 1, None)] == [False, False, True, True]
    assert not widens(with_cap(None), LIMITED)


def test_less_time_for_each_question_is_wider() -> None:
    wider = [
        widens(Exposed("", minutes_per_contact=before), Exposed("", minutes_per_contact=after))
        for before, after in ((10, 5), (10, 0), (10, 10), (10, 20), (0, 10))
    ]
    assert wider == [True, True, False, False, False]


def test_drawing_anew_warns_asks_why_and_is_kept_with_both_numbers(sqlite_world: World, mere: Browser) -> None:
    soft(sqlite_world, 3_000)
    page = mere.get(f"{CONSOLE}/redraw")
    assert "could have ordered may be told that they cannot" in text(page.text)
    assert mere.submit("/redraw").status_code == 422 and market(sqlite_world).draw == 1
    assert mere.submit("/redraw", reason="All from one office").status_code == 303
    event = last_event(sqlite_world)
    assert (event.action, event.reason, event.person) == ("redraw", "All from one office", "mere")
    assert market(sqlite_world).draw == 2 and '"draw": [1, 2]' in event.details
    assert "Draw visitors anew" in mere.get(CONSOLE).text
    stale = mere.post(f"{CONSOLE}/redraw", {"version": str(market(sqlite_world).version - 1), "reason": "again"})
    assert stale.status_code == 409 and market(sqlite_world).draw == 2


@pytest.mark.parametrize(("state", "audience"), [("open", ""), ("soft", "invitation"), ("closed", "percentage")])
def test_nothing_is_drawn_where_no_percentage_decides(
    sqlite_world: World, mere: Browser, state: str, audience: str
) -> None:
    change_market(sqlite_world, "nz", state=state, audience=audience)
    assert mere.get(f"{CONSOLE}/redraw").status_code == 409
    version = str(market(sqlite_world).version)
    assert mere.post(f"{CONSOLE}/redraw", {"version": version, "reason": "x"}).status_code == 409
    assert market(sqlite_world).draw == 1


def test_neither_a_smaller_percentage_nor_another_draw_puts_out_who_was_let_in(
    sqlite_world: World, mere: Browser
) -> None:
    soft(sqlite_world, 10_000)
    cart, buyer, asker, invited = (sqlite_world.browser() for _ in range(4))
    mere.post(f"{CONSOLE}/invitations", {"note": "", "max_uses": "1", "days": "7"})
    assert mere.page is not None
    link = next(word for word in text(mere.page.text).split() if "/invite/" in word)
    invited.get(link)
    assert invited.submit(link.partition("8000")[2]).status_code == 303
    fill_cart(cart, SHOP)
    pay(sqlite_world, buyer, SHOP, place(buyer, SHOP, TAMA))
    fill_cart(asker, SHOP)
    question(asker, SHOP)
    soft(sqlite_world, 0)
    mere.get(f"{CONSOLE}/redraw")
    assert mere.submit("/redraw", reason="no fair sample").status_code == 303
    assert adds(sqlite_world.browser()) == 409
    for browser in (cart, buyer, asker, invited):
        assert adds(browser) == 303
    assert len(all_of(sqlite_world, Admission)) == 4
    to_review(cart, SHOP, {**TAMA, "email": "hine@example.com"})
    assert cart.submit("/orders", accept="yes").status_code == 303


def test_who_was_drawn_before_being_invited_stays_in_when_the_invitation_is_revoked(
    sqlite_world: World, mere: Browser
) -> None:
    soft(sqlite_world, 10_000)
    drawn, only_invited = sqlite_world.browser(), sqlite_world.browser()
    fill_cart(drawn, SHOP)
    mere.post(f"{CONSOLE}/invitations", {"note": "", "max_uses": "2", "days": "7"})
    assert mere.page is not None
    link = next(word for word in text(mere.page.text).split() if "/invite/" in word)
    for browser in (drawn, only_invited):
        browser.get(link)
        assert browser.submit(link.partition("8000")[2]).status_code == 303
    soft(sqlite_world, 0)
    assert (adds(drawn), adds(only_invited)) == (303, 303)
    assert mere.post(f"{CONSOLE}/invitations/1/revocation").status_code == 303
    assert (adds(drawn), adds(only_invited)) == (303, 409)


def deny(browser: Browser, email: str = TAMA["email"], **more: str) -> int:
    browser.get(f"{CONSOLE}/denials")
    return browser.submit("/denials", email=email, reason="Parcels never fetched", **more).status_code


def test_a_mailbox_that_may_not_order_is_told_so_at_the_review_and_at_the_order(
    sqlite_world: World, mere: Browser
) -> None:
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    review = browser.page
    assert deny(mere, "Tama+shop@EXAMPLE.com") == 303
    sqlite_world.house.revisions.refresh()
    browser.page = review
    refused = browser.submit("/orders", accept="yes")
    assert refused.status_code == 409
    assert "We cannot take an order from this e-mail address" in text(refused.text)
    page = browser.get(f"{SHOP}checkout/review")
    assert "We cannot take an order from this e-mail address" in text(page.text) and ">Place order" not in page.text
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(func.count()).select_from(Order)).one() == 0
    other = sqlite_world.browser()
    to_review(other, SHOP, {**TAMA, "email": "hine@example.com"})
    assert other.submit("/orders", accept="yes").status_code == 303


def test_a_denial_is_kept_without_the_address_listed_and_ended(sqlite_world: World, mere: Browser) -> None:
    assert deny(mere) == 303 and deny(mere) == 303  # twice is once
    [row] = all_of(sqlite_world, Denial)
    assert (row.market, row.person, row.ended_at) == ("nz", "mere", None)
    assert "tama" not in repr(row.model_dump()).lower() and len(row.customer) == 64
    page = mere.get(f"{CONSOLE}/denials")
    assert "Parcels never fetched" in page.text and TAMA["email"] not in page.text
    assert (last_event(sqlite_world).action, last_event(sqlite_world).reason) == ("deny", "Parcels never fetched")
    assert mere.post(f"{CONSOLE}/denials/{row.id}/ending").status_code == 303
    assert mere.post(f"{CONSOLE}/denials/{row.id}/ending").status_code == 404
    assert last_event(sqlite_world).action == "undeny"
    assert "Nobody is kept from ordering." in mere.get(f"{CONSOLE}/denials").text
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    assert browser.submit("/orders", accept="yes").status_code == 303


def test_a_denial_for_every_market_holds_everywhere_and_is_for_those_who_work_for_all(
    sqlite_world: World, mere: Browser
) -> None:
    assert deny(mere, everywhere="yes") == 303
    [row] = all_of(sqlite_world, Denial)
    assert row.market == ""
    snapshot = sqlite_world.house.directory.now()
    assert snapshot.denies("de", row.customer) and snapshot.denies("nz", row.customer)
    assert not snapshot.denies("nz", "") and not snapshot.denies("nz", "somebody else")
    assert mere.post(f"/console/markets/de/denials/{row.id}/ending").status_code == 303


@pytest.mark.parametrize(
    "form", [{"email": "no address", "reason": "x"}, {"email": "a@b.example", "reason": ""}, {"reason": "x"}]
)
def test_a_denial_without_address_or_reason_is_none(sqlite_world: World, mere: Browser, form: dict[str, str]) -> None:
    assert mere.post(f"{CONSOLE}/denials", form).status_code == 422 and all_of(sqlite_world, Denial) == []


def test_only_the_exporters_people_keep_somebody_from_ordering(sqlite_world: World) -> None:
    for person in ("lena", "haruka"):
        browser = sqlite_world.signed_in(person)
        assert browser.get("/console/markets/de/denials").status_code == 404
        assert browser.post("/console/markets/de/denials", {"email": "a@b.example", "reason": "x"}).status_code == 404
    assert all_of(sqlite_world, Denial) == []


def test_a_mailbox_denied_by_several_at_once_is_let_order_again_by_one_word(world: World) -> None:
    database, now = world.house.database, world.clock.now

    def denied(_place: int) -> None:
        with database.writing() as db:
            keep_out(db, "nz", "mailbox", everywhere=False, reason="a test", person="mere", now=now)

    assert at_once(4, denied) == [None] * 4
    with database.reading() as db:
        [denial] = denials(db, "nz")
    with database.writing() as db:
        end_denial(db, "nz", denial.id or 0, person="mere", now=now)
    with database.reading() as db:
        assert denials(db, "nz") == []
