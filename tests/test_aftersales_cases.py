"""The customer's page of a case, what they can do there, and the mails about it in the case's language."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session

from shop.aftersales.cases.filing import note, tell
from shop.aftersales.cases.mails import NAMES
from shop.aftersales.models import Case
from shop.checkout.models import Refund
from tests.aftersales import (
    DE,
    NZ,
    arrived,
    body,
    bought,
    cases,
    change_case,
    history,
    mails_of,
    pieces,
    withdrawn,
)
from tests.doors import BLENDER, change_market
from tests.world import ANNA, LAYLA, TAMA, Browser, World, text

AE = "/ae/ar/"
TAKE = {f"take-{BLENDER}": "yes"}


@pytest.fixture
def case(sqlite_world: World) -> tuple[World, Browser, str]:
    """A whole order withdrawn in Germany by who holds it."""
    browser = sqlite_world.browser("de")
    number = bought(sqlite_world, browser)
    arrived(sqlite_world, number)
    return sqlite_world, browser, withdrawn(browser, order=number)


Filed = tuple[World, Browser, str]


def put(world: World, number: str, mail: str, event: str = "", **values: Any) -> None:
    """What the desk does: a new state, an entry, a mail."""
    change_case(world, number, **values)
    with world.house.database.writing() as db:
        found = db.get_one(Case, number)
        if event:
            note(db, found, event, now=world.clock.now)
        tell(db, found, mail, now=world.clock.now)


def refunded(db: Session, case: Case, minor: int, key: str, state: str = "done") -> None:
    db.add(
        Refund(
            key=key, order_number=case.order_number, case=case.number, ground=case.door, minor=minor, state=state,
            asked_at=case.filed_at,
        )
    )  # fmt: skip


def link_in(mail: Any, path: str) -> str:
    return next(word for word in body(mail).split() if path in word and "?secret=" in word)


def test_the_page_says_what_was_declared_when_and_where_it_stands(case: Filed) -> None:
    _world, browser, number = case
    page = browser.get(f"{DE}cases/{number}")
    shown = text(page.text)
    assert page.status_code == 200 and page.headers["cache-control"] == "private, no-store"
    assert "24. November 2026, 10:30" in shown and "Sie widerrufen die ganze Bestellung." in shown
    assert "spätestens am 8. Dezember 2026" in shown and "Die Kosten der Rücksendung tragen Sie." in shown
    assert "Wir dürfen mit der Erstattung warten" in shown and "20457 Hamburg" in shown and ANNA["email"] in shown


def test_it_is_open_to_the_holder_of_the_order_or_of_the_mails_link_alone(case: Filed) -> None:
    world, browser, number = case
    stranger, friend = world.browser("de"), world.browser("de")
    for path in (f"cases/{number}", f"cases/{number}?secret=wrong", "cases/WD-22222222", f"cases/{number}/taking-back"):
        assert stranger.get(f"{DE}{path}").status_code == 404, path
    for path in ("sending", "taking-back"):
        assert stranger.post(f"{DE}cases/{number}/{path}", {"sent_on": "2026-11-24"}).status_code == 404
    assert browser.get(f"{NZ}cases/{number}").status_code == 404
    [mail] = mails_of(world, ANNA["email"], number)
    opened = friend.follow(friend.get(link_in(mail, "/cases/")))
    assert opened.status_code == 200 and "secret" not in str(opened.url)
    assert f"/orders/{cases(world)[0].order_number}" not in opened.text  # the order has a link of its own


def test_the_link_lasts_as_long_as_an_orders(case: Filed) -> None:
    world, _browser, number = case
    link = link_in(mails_of(world, ANNA["email"], number)[0], "/cases/")
    world.later(days=399)
    late = world.browser("de")
    assert late.follow(late.get(link)).status_code == 200
    world.later(days=2)
    assert world.browser("de").get(link).status_code == 404


def test_a_lost_link_is_sent_again_to_the_cases_own_address(case: Filed) -> None:
    world, _browser, number = case
    for email in (ANNA["email"], "eve@example.com"):
        stranger = world.browser("de")
        stranger.get(f"{DE}link?number={number}")
        assert stranger.submit("/link", email=email).status_code == 303
    mails = mails_of(world, ANNA["email"], number)
    assert len(mails) == 2 and world.mails("eve@example.com") == []
    again = world.browser("de")
    newest = next(mail for mail in mails if "Neuer Link" in mail["Subject"])
    assert again.follow(again.get(link_in(newest, "/cases/"))).status_code == 200


@pytest.mark.parametrize("state", ["paused", "winding_down", "closed"])
def test_it_is_open_in_every_state_of_the_market(case: Filed, state: str) -> None:
    world, browser, number = case
    change_market(world, "de", state=state, pause_mode="hidden" if state == "paused" else "")
    assert browser.get(f"{DE}cases/{number}").status_code == 200
    assert browser.post(f"{DE}cases/{number}/sending", {"sent_on": "2026-11-24"}).status_code == 303


def test_the_order_lists_its_cases(case: Filed) -> None:
    world, browser, number = case
    page = browser.get(f"{DE}orders/{cases(world)[0].order_number}")
    assert f"{DE}cases/{number}" in page.text


def test_on_its_way_back_with_proof_and_the_money_waits_no_more(case: Filed) -> None:
    world, browser, number = case
    world.at(datetime(2026, 12, 12, 11, tzinfo=UTC))
    browser.get(f"{DE}cases/{number}")
    page = browser.follow(browser.submit("/sending", sent_on="2026-12-10", tracking=" 0034 0434 1234 "))
    [kept] = cases(world)
    assert kept.sent_back_at == datetime(2026, 12, 9, 23, tzinfo=UTC)  # midnight in Hamburg
    assert kept.refund_due == date(2026, 12, 12)  # the fourteen days are over: from the proof on it is due
    shown = text(page.text)
    assert "Von Ihnen zurückgesandt: 0034 0434 1234" in shown and "Wir dürfen mit der Erstattung warten" not in shown
    assert "Ich habe die Ware zurückgesandt" not in shown and history(world, number) == ["filed", "sent_back"]
    assert browser.post(f"{DE}cases/{number}/sending", {"sent_on": "2026-12-10"}).status_code == 409
    assert history(world, number) == ["filed", "sent_back"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"sent_on": ""},
        {"sent_on": "yesterday"},
        {"sent_on": "2026-13-40"},
        {"sent_on": "2026-11-25"},
        {"sent_on": "1999-01-01"},
        {"sent_on": "2026-11-24", "tracking": "x" * 61},
    ],
)
def test_a_day_that_cannot_be_is_asked_for_again(case: Filed, fields: dict[str, str]) -> None:
    world, browser, number = case
    page = browser.post(f"{DE}cases/{number}/sending", fields)
    assert page.status_code == 422 and "summary-errors" in page.text
    assert cases(world)[0].sent_back_at is None


def test_taken_back_while_nothing_is_decided(case: Filed) -> None:
    world, browser, number = case
    page = browser.get(f"{DE}cases/{number}/taking-back")
    assert page.status_code == 200 and cases(world)[0].state == "received"
    answer = browser.submit("/taking-back")
    assert answer.status_code == 303 and cases(world)[0].state == "taken_back"
    assert "Von Ihnen zurückgezogen" in text(browser.follow(answer).text)
    assert browser.post(f"{DE}cases/{number}/taking-back").status_code == 303  # sent twice
    assert history(world, number) == ["filed", "taken_back"]
    again = withdrawn(browser, order=cases(world)[0].order_number)
    assert pieces(world, again) == {BLENDER: 1}


@pytest.mark.parametrize("state", ["accepted", "refused", "goods_back", "done"])
def test_what_is_decided_is_not_taken_back(case: Filed, state: str) -> None:
    world, browser, number = case
    change_case(world, number, state=state)
    assert browser.get(f"{DE}cases/{number}/taking-back").status_code == 303
    answer = browser.post(f"{DE}cases/{number}/taking-back")
    assert answer.status_code == 409 and cases(world)[0].state == state and history(world, number) == ["filed"]


def test_what_is_on_its_way_is_not_taken_back(case: Filed) -> None:
    world, browser, number = case
    browser.post(f"{DE}cases/{number}/sending", {"sent_on": "2026-11-24"})
    assert browser.post(f"{DE}cases/{number}/taking-back").status_code == 409
    assert cases(world)[0].state == "received"


def test_the_whole_way_of_a_case_in_mails(case: Filed) -> None:
    world, browser, number = case
    put(world, number, "accepted", "accepted", state="accepted", decision="entitled", grounds="BGB § 355")
    put(world, number, "goods_back", "goods_back", state="goods_back", goods_back_at=world.clock.now)
    with world.house.database.writing() as db:
        found = db.get_one(Case, number)
        refunded(db, found, 30000, "one")
        refunded(db, found, 4900, "two")
        refunded(db, found, 100, "three", "refused")
    put(world, number, "refunded", "refunded", state="done")
    told = {mail["Subject"].partition(":")[0]: body(mail) for mail in mails_of(world, ANNA["email"], number)}
    assert set(told) == {
        "Eingangsbestätigung zu Ihrem Widerruf",
        "Anerkannt",
        "Ihr Paket ist wieder bei uns",
        "Ihr Geld ist unterwegs",
    }
    assert "BGB § 355" in told["Anerkannt"] and "Sie sind im Recht" in told["Anerkannt"]
    assert "Legen Sie diese Nummer in das Paket" in told["Anerkannt"] and "8. Dezember 2026" in told["Anerkannt"]
    assert "349,00" in told["Ihr Geld ist unterwegs"]
    shown = text(browser.get(f"{DE}cases/{number}").text)
    assert "Geld erstattet" in shown and "349,00" in shown


def test_a_refusal_names_its_reason_and_goodwill_does_not_call_itself_a_right(case: Filed) -> None:
    world, browser, number = case
    put(world, number, "refused", "refused", state="refused", decision="refused", grounds="Too late, BGB § 355(2)")
    [mail] = [each for each in mails_of(world, ANNA["email"], number) if "Unsere Antwort" in each["Subject"]]
    assert "Too late, BGB § 355(2)" in body(mail) and "/support" in body(mail)
    assert "Too late, BGB § 355(2)" in text(browser.get(f"{DE}cases/{number}").text)
    put(world, number, "accepted", state="accepted", decision="goodwill", grounds="")
    [mail] = [each for each in mails_of(world, ANNA["email"], number) if "Anerkannt" in each["Subject"]]
    assert "tun das gern für Sie" in body(mail) and "Sie sind im Recht" not in body(mail)


@pytest.mark.parametrize("remedy", ["repair", "replacement"])
def test_what_is_mended_or_replaced_is_told(case: Filed, remedy: str) -> None:
    world, _browser, number = case
    put(world, number, "repaired_or_replaced", state="done", remedy=remedy)
    [mail] = [each for each in mails_of(world, ANNA["email"], number) if "Unterwegs zu Ihnen" in each["Subject"]]
    assert ("repariert" in body(mail)) == (remedy == "repair")


@pytest.mark.parametrize("mail", NAMES)
def test_every_mail_is_in_the_cases_language_and_from_right_to_left_where_that_is(world: World, mail: str) -> None:
    change_market(world, "ae", state="open", ever_sold=True)
    browser = world.browser("ar")
    number = bought(world, browser, AE, LAYLA)
    arrived(world, number)
    browser.get(f"{AE}orders/{number}/return")
    assert browser.submit("/return", **TAKE).status_code == 303
    [case] = cases(world)
    with world.house.database.writing() as db:
        refunded(db, case, 1000, "one")
    put(world, case.number, mail, grounds="<b>نعم</b>")
    mails = mails_of(world, LAYLA["email"], case.number)
    assert len(mails) == (1 if mail == "received" else 2)
    for each in mails:
        drawn = each.get_body(("html",)).get_content()
        assert each["Content-Language"] == "ar-AE" and 'dir="rtl"' in drawn and "<b>" not in drawn
        assert "Harbourbench Ltd" in body(each) and "/ae/ar/cases/" in body(each)


def test_a_mail_is_sent_once_however_often_it_is_asked_for(case: Filed) -> None:
    world, _browser, number = case
    for _again in range(3):
        put(world, number, "accepted", state="accepted", decision="entitled")
    assert sum("Anerkannt" in mail["Subject"] for mail in mails_of(world, ANNA["email"], number)) == 1


def test_times_are_those_of_the_market(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    number = bought(sqlite_world, browser, NZ, TAMA)
    arrived(sqlite_world, number)
    browser.get(f"{NZ}orders/{number}/return")
    page = browser.follow(browser.submit("/return", **TAKE))
    assert re.search("24 November 2026.{1,4}10:30.pm", text(page.text))  # in Nelson, half past nine in Greenwich
