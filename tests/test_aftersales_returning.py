"""Returns and exchanges: for the holder of the order alone, with what holds said before, and each no told clearly."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from shop.base.outbox import Effect
from tests.aftersales import (
    DE,
    NZ,
    arrived,
    body,
    bought,
    cases,
    change_case,
    change_line,
    change_order,
    history,
    mails_of,
    pieces,
)
from tests.buying import set_stock
from tests.doors import BLENDER, change_market, fill_cart
from tests.world import ANNA, TAMA, Browser, World, text

CREAM, OTHER = "HB-CO-HB", "HB-KT-230"
TAKE = {f"take-{BLENDER}": "yes"}
Bought = tuple[World, Browser, str]


@pytest.fixture
def order(sqlite_world: World) -> Bought:
    browser = sqlite_world.browser()
    fill_cart(browser, NZ, CREAM)
    number = bought(sqlite_world, browser, NZ, TAMA)
    arrived(sqlite_world, number)
    return sqlite_world, browser, number


def test_what_holds_is_said_before_anything_is_sent(order: Bought) -> None:
    world, browser, number = order
    shown = text(browser.get(f"{NZ}orders/{number}/return").text)
    assert "In time until 24 December 2026" in shown and "You pay for the way back." in shown
    assert "Only while its seal is unbroken" in shown and "This is our own promise" in shown
    change_line(world, number, CREAM, return_class="perishable")
    page = browser.get(f"{NZ}orders/{number}/return").text
    assert "It does not keep for long." in text(page) and f'name="take-{CREAM}"' not in page


def test_a_return_is_kept_and_confirmed(world: World) -> None:
    browser = world.browser()
    number = bought(world, browser, NZ, TAMA)
    arrived(world, number)
    assert f"{NZ}orders/{number}/return" in browser.get(f"{NZ}orders/{number}").text
    browser.get(f"{NZ}orders/{number}/return")
    answer = browser.submit("/return", reason="changed_mind", words="Too loud.\r\nSorry", **TAKE)
    [case] = cases(world)
    assert answer.status_code == 303 and case.number in answer.headers["location"]
    assert (case.door, case.kind, case.statement) == ("return", "changed_mind", "Too loud.\nSorry")
    assert case.verdict == "in_time" and case.window_ends == date(2026, 12, 24) and case.refund_due is None
    assert case.email == TAMA["email"] and pieces(world, case.number) == {BLENDER: 1}
    [mail] = mails_of(world, TAMA["email"], case.number)
    assert mail["Content-Language"] == "en-NZ" and "12 Boathouse Lane" in body(mail)
    assert case.number in browser.get(f"{NZ}orders/{number}").text
    assert "Too loud" in browser.follow(answer).text
    assert "Too loud" not in body(mail)


def test_sent_twice_it_is_one_and_changed_it_is_refused(order: Bought) -> None:
    world, browser, number = order
    browser.get(f"{NZ}orders/{number}/return")
    form = browser.page
    first = browser.submit("/return", **TAKE).headers["location"]
    browser.page = form
    assert browser.submit("/return", **TAKE).headers["location"] == first
    browser.page = form
    answer = browser.submit("/return", words="something else", **TAKE)
    assert answer.status_code == 409 and cases(world)[0].number in answer.text
    assert len(cases(world)) == 1 and history(world, cases(world)[0].number) == ["filed"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Please choose at least one product"),
        ({"take-HB-NONE": "yes"}, "not part of this order"),
        (TAKE | {f"pieces-{BLENDER}": "2"}, "You bought 1 piece of this."),
        (TAKE | {f"pieces-{BLENDER}": "0"}, "as a whole number"),
        (TAKE | {f"pieces-{BLENDER}": "many"}, "as a whole number"),
        (TAKE | {f"pieces-{BLENDER}": "1" * 40}, "as a whole number"),
        (TAKE | {"words": "x" * 2001}, "at most 2,000 characters"),
        (TAKE | {"words": "x" * 90_000}, "at most 2,000 characters"),
    ],
)
@pytest.mark.parametrize("door", ["return", "exchange"])
def test_what_cannot_be_taken_comes_back_with_the_form(
    order: Bought, door: str, fields: dict[str, str], said: str
) -> None:
    world, browser, number = order
    browser.get(f"{NZ}orders/{number}/{door}")
    page = browser.submit(f"/{door}", **fields)
    assert page.status_code == 422 and said in text(page.text) and "summary-errors" in page.text
    assert len(page.text) < 60_000 and cases(world) == []


def test_a_reason_that_nobody_offered_is_not_taken(order: Bought) -> None:
    world, browser, number = order
    browser.get(f"{NZ}orders/{number}/return")
    page = browser.submit("/return", reason="none of these", **TAKE)
    assert page.status_code == 422 and "Please choose one of these reasons" in text(page.text)
    assert cases(world) == []


@pytest.mark.parametrize("door", ["return", "exchange"])
def test_outside_the_window_it_is_refused_with_the_way_of_goodwill(order: Bought, door: str) -> None:
    world, browser, number = order
    browser.get(f"{NZ}orders/{number}/{door}")
    world.at(datetime(2026, 12, 24, 11, 0, tzinfo=UTC))  # midnight in Nelson: the first day too late
    page = browser.submit(f"/{door}", wish=OTHER, **TAKE)
    shown = text(page.text)
    assert page.status_code == 422 and "The last day for this was 24 December 2026." in shown
    assert "Ask us all the same" in shown and f"{NZ}support?order={number}" in page.text
    assert cases(world) == []
    assert f"{NZ}orders/{number}/{door}" not in browser.get(f"{NZ}orders/{number}").text


def test_what_was_returned_already_cannot_be_returned_again(order: Bought) -> None:
    world, browser, number = order
    browser.get(f"{NZ}orders/{number}/return")
    early = browser.page
    browser.submit("/return", **TAKE)
    browser.get(f"{NZ}orders/{number}/return")
    page = browser.submit("/return", **TAKE)
    assert page.status_code == 422 and "part of another case already" in text(page.text)
    browser.page = early
    assert browser.post(f"{NZ}orders/{number}/return", {"key": "another", **TAKE}).status_code == 422
    assert len(cases(world)) == 1
    change_case(world, cases(world)[0].number, state="refused")
    browser.get(f"{NZ}orders/{number}/return")
    assert browser.submit("/return", **TAKE).status_code == 303


def test_some_pieces_now_and_some_later(order: Bought) -> None:
    world, browser, number = order
    change_line(world, number, quantity=3)
    browser.get(f"{NZ}orders/{number}/return")
    assert browser.submit("/return", **TAKE, **{f"pieces-{BLENDER}": "2"}).status_code == 303
    browser.get(f"{NZ}orders/{number}/return")
    page = browser.submit("/return", **TAKE, **{f"pieces-{BLENDER}": "2"})
    assert page.status_code == 422 and "1 piece of this is left" in text(page.text)
    browser.get(f"{NZ}orders/{number}/return")
    assert browser.submit("/return", **TAKE).status_code == 303
    assert sorted(pieces(world, each.number)[BLENDER] for each in cases(world)) == [1, 2]


@pytest.mark.parametrize("door", ["return", "exchange"])
def test_only_the_holder_gets_in(order: Bought, door: str) -> None:
    world, _browser, number = order
    stranger = world.browser()
    assert stranger.get(f"{NZ}orders/{number}/{door}").status_code == 404
    assert stranger.post(f"{NZ}orders/{number}/{door}", {"key": "k", **TAKE}).status_code == 404
    assert stranger.get(f"{NZ}orders/NZ-26-AAAAAA/{door}").status_code == 404
    assert cases(world) == []


def test_the_holder_of_an_order_cannot_open_it_in_another_market(order: Bought) -> None:
    _world, browser, number = order
    assert browser.get(f"{DE}orders/{number}/return").status_code == 404


def test_an_unpaid_order_has_nothing_to_send_back(order: Bought) -> None:
    world, browser, number = order
    change_order(world, number, state="cancelled")
    page = browser.get(f"{NZ}orders/{number}/return")
    assert page.status_code == 200 and "Nothing of this order can be sent back" in text(page.text)
    assert f"{number}/return" not in browser.get(f"{NZ}orders/{number}").text


@pytest.mark.parametrize("state", ["paused", "winding_down", "closed"])
def test_returns_go_on_in_every_state_of_the_market(order: Bought, state: str) -> None:
    world, browser, number = order
    change_market(world, "nz", state=state, pause_mode="hidden" if state == "paused" else "")
    browser.get(f"{NZ}orders/{number}/return")
    assert browser.submit("/return", **TAKE).status_code == 303


def test_where_one_withdraws_by_law_the_door_of_returns_leads_there(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    number = bought(sqlite_world, browser)
    arrived(sqlite_world, number)
    page = browser.get(f"{DE}orders/{number}/return")
    assert page.status_code == 200 and f"{DE}orders/{number}/withdrawal" in page.text
    assert browser.post(f"{DE}orders/{number}/return", {"key": "k", **TAKE}).status_code == 422
    assert cases(sqlite_world) == []


def test_an_exchange_asks_for_goods_that_are_there(world: World) -> None:
    browser = world.browser()
    number = bought(world, browser, NZ, TAMA)
    arrived(world, number)
    set_stock(world, 0, "HB-YM-UNI")
    page = browser.get(f"{NZ}orders/{number}/exchange")
    assert f'value="{OTHER}"' in page.text and "HB-YM-UNI" not in page.text and "HB-SV" not in page.text
    for wish, said in (("HB-YM-UNI", "It must be there now"), (BLENDER, "what you send back"), ("", "Please choose")):
        browser.get(f"{NZ}orders/{number}/exchange")
        refused = browser.submit("/exchange", wish=wish, **TAKE)
        assert refused.status_code == 422 and said in text(refused.text)
    answer = browser.submit("/exchange", wish=OTHER, **TAKE)
    [case] = cases(world)
    assert answer.status_code == 303 and (case.door, case.wish) == ("exchange", OTHER)
    assert OTHER in browser.follow(answer).text and case.refund_due is None
    assert len(mails_of(world, TAMA["email"], case.number)) == 1


def test_a_market_that_sells_nothing_exchanges_nothing(order: Bought) -> None:
    world, browser, number = order
    change_market(world, "nz", state="winding_down")
    page = browser.get(f"{NZ}orders/{number}/exchange")
    assert page.status_code == 200 and "Nothing of this order can be exchanged now." in text(page.text)
    assert browser.post(f"{NZ}orders/{number}/exchange", {"key": "k", "wish": OTHER, **TAKE}).status_code == 422


def test_names_of_another_script_and_their_words_stay_what_they_are(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    number = bought(sqlite_world, browser, person=ANNA | {"name": '<b>"Änna" & Co</b>'})
    arrived(sqlite_world, number)
    browser.get(f"{DE}orders/{number}/exchange")
    answer = browser.submit("/exchange", wish=CREAM, words="<script>1</script> ليلى", **TAKE)
    assert answer.status_code == 303, text(answer.text)
    page = browser.follow(answer)
    assert "<script>1" not in page.text and "ليلى" in page.text
    sqlite_world.work()
    with sqlite_world.house.database.reading() as db:
        mails = db.exec(select(Effect).where(Effect.kind == "case mail")).all()
    assert mails and all(each.done_at for each in mails)
