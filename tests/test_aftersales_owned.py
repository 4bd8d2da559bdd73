"""What a customer owns: guarantees, parts that fit exactly their serials, and reminders only for who asked."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from shop.aftersales.care import ask_reminder, care_of
from shop.aftersales.models import CareReminder
from shop.catalogue.serials import check_letter
from shop.checkout.orders import order_view
from tests.aftersales import change_order
from tests.buying import buy, paid_state, settled, the_order, visit
from tests.doors import change_market, pay, place
from tests.packing import arrive, send
from tests.world import ANNA, TUESDAY, Browser, World, forms, text

SHOP = "/de/de/"
BLENDER, BLADES, COUPLING = "HB-BL-230", "HB-SP-BS", "HB-SP-CP"


def serial(week: str = "2634") -> str:
    body = f"HBBL{week}00417"
    return f"{body[:8]}-{body[8:]}-{check_letter(body)}"


def owner(world: World, number_week: str = "2634", sku: str = BLENDER) -> tuple[Browser, str]:
    """Anna with a delivered order; its serial is of that week."""
    browser = world.browser("en")
    number = place(browser, SHOP, ANNA, sku)
    pay(world, browser, SHOP, number)
    desk = world.signed_in("mere")
    given = {f"serial-{sku}-1": serial(number_week)} if sku == BLENDER else {}
    assert send(desk, number, **given).status_code == 303
    assert arrive(desk, number).status_code == 303
    world.work()
    return browser, number


def test_the_order_page_tells_serial_and_guarantees_by_the_accepted_rules(sqlite_world: World) -> None:
    browser, number = owner(sqlite_world)
    page = text(browser.get(f"{SHOP}orders/{number}").text)
    assert serial() in page and "24. November 2028" in page  # 24 months from 24 November 2026: BGB § 438(1) no. 3


def test_parts_fit_the_serial_that_was_sent(sqlite_world: World) -> None:
    old, old_number = owner(sqlite_world, "2520")  # made before the coupling was changed
    page = old.get(f"{SHOP}orders/{old_number}/parts").text
    assert f'value="{BLADES}"' in page and f'value="{COUPLING}"' not in page


def test_a_part_goes_into_the_cart_with_its_serial(sqlite_world: World) -> None:
    browser, number = owner(sqlite_world)
    page = browser.get(f"{SHOP}orders/{number}/parts")
    wanted = next(each for each in forms(page.text) if each.fields.get("sku") == COUPLING)
    assert wanted.fields["serial"] == serial()
    assert browser.post(wanted.action, wanted.fields).status_code == 303
    assert serial() in browser.get(f"{SHOP}cart").text


@pytest.mark.parametrize("state", ["paused", "winding_down", "closed"])
def test_years_later_and_with_the_shop_closed_it_says_what_is_possible(sqlite_world: World, state: str) -> None:
    browser, number = owner(sqlite_world)
    change_market(sqlite_world, "de", state=state, pause_mode="hidden" if state == "paused" else "")
    sqlite_world.clock.now += timedelta(days=80)
    page = browser.get(f"{SHOP}orders/{number}/parts")
    assert page.status_code == 200 and serial() in page.text and "2036" in page.text
    assert 'name="serial"' not in page.text and f"{SHOP}support?order={number}" in page.text


def test_nobody_else_sees_what_is_owned(sqlite_world: World) -> None:
    _browser, number = owner(sqlite_world)
    stranger = sqlite_world.browser()
    assert stranger.get(f"{SHOP}orders/{number}/parts").status_code == 404
    assert stranger.post(f"{SHOP}orders/{number}/reminders", {"choice": f"{BLENDER} {BLADES}"}).status_code == 404
    assert stranger.get(f"{SHOP}reminders/1").status_code == 404


def reminders(world: World) -> list[CareReminder]:
    with world.house.database.reading() as db:
        return list(db.exec(select(CareReminder).order_by(col(CareReminder.id))).all())


def test_a_reminder_is_asked_for_told_once_a_day_it_is_due_and_ended_by_its_link(sqlite_world: World) -> None:
    browser, number = owner(sqlite_world)
    assert reminders(sqlite_world) == []
    page = browser.get(f"{SHOP}orders/{number}")
    choice = f"{BLENDER} {BLADES}"
    assert f'value="{choice}"' in page.text
    for _twice in range(2):
        assert browser.submit("/reminders", choice=choice).status_code == 303
        browser.get(f"{SHOP}orders/{number}")
        browser.page = page
    assert [(each.part, each.every_months, each.next_on) for each in reminders(sqlite_world)] == [
        (BLADES, 12, date(2027, 11, 24))
    ]
    before = len(sqlite_world.mails(ANNA["email"]))
    sqlite_world.later(days=364)
    assert len(sqlite_world.mails(ANNA["email"])) == before
    sqlite_world.later(hours=16)  # half past two in the night of the day
    assert len(sqlite_world.mails(ANNA["email"])) == before
    sqlite_world.later(hours=8)
    for _again in range(3):
        sqlite_world.later(days=1)
    [mail] = sqlite_world.mails(ANNA["email"])[before:]
    assert mail["Content-Language"] == "de-DE"
    assert reminders(sqlite_world)[0].next_on == date(2028, 11, 24)
    body = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = next(word for word in body.split() if "/reminders/" in word)
    reader = sqlite_world.browser()
    assert reader.follow(reader.get(link)).status_code == 200 and reminders(sqlite_world)[0].ended_at is None
    assert reader.submit("/end").status_code == 303
    assert reminders(sqlite_world)[0].ended_at is not None
    sqlite_world.later(days=400)
    assert len(sqlite_world.mails(ANNA["email"])) == before + 1


def test_a_plan_brings_its_yearly_check_within_its_year(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1", {"HB-SV-MC12": 1})
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    with sqlite_world.house.database.writing() as db:
        view, at = order_view(db, attempt.order_number), visit(sqlite_world)
        [check] = care_of(db, view, at, [], today=TUESDAY.date())
        assert (check.part, check.first_on) == ("", date(2027, 10, 24))
        ask_reminder(db, view, [check], check.choice, now=TUESDAY)
    sqlite_world.at(TUESDAY.replace(year=2027, month=10, day=24, hour=8))
    [_confirmed, mail] = sqlite_world.mails(ANNA["email"])
    assert "HB-SV" not in mail["Subject"] and reminders(sqlite_world)[0].next_on == date(2028, 10, 24)


def test_nobody_is_reminded_of_what_they_have_given_back(sqlite_world: World) -> None:
    browser, number = owner(sqlite_world)
    assert browser.post(f"{SHOP}orders/{number}/reminders", {"choice": f"{BLENDER} {BLADES}"}).status_code == 303
    before = len(sqlite_world.mails(ANNA["email"]))
    change_order(sqlite_world, number, state="refunded")
    sqlite_world.later(days=800)
    assert len(sqlite_world.mails(ANNA["email"])) == before


def test_nobody_is_reminded_of_what_is_not_of_the_order(sqlite_world: World) -> None:
    browser, number = owner(sqlite_world)
    answer = browser.post(f"{SHOP}orders/{number}/reminders", {"choice": "HB-KT-230 HB-CN-FL"})
    assert answer.status_code == 409 and reminders(sqlite_world) == []


def test_an_ended_reminder_can_be_asked_for_again(sqlite_world: World) -> None:
    browser, number = owner(sqlite_world)
    choice = f"{BLENDER} {BLADES}"
    for fields in ({"choice": choice}, {"end": choice}, {"choice": choice}):
        assert browser.post(f"{SHOP}orders/{number}/reminders", fields).status_code == 303
    [one] = reminders(sqlite_world)
    assert one.ended_at is None
