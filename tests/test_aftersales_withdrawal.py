"""The withdrawal function: found on every page, two steps, a receipt at once, and never a word about whose order it is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shop.aftersales.withdrawal import declare, order_named, read_declaration
from shop.base import limits
from shop.base.web import Form
from shop.ground.figures import as_typed
from shop.markets.models import Market
from tests.aftersales import (
    DE,
    NZ,
    arrived,
    body,
    bought,
    bought_now,
    cases,
    change_case,
    change_line,
    history,
    pieces,
    withdrawn,
)
from tests.buying import at_once
from tests.doors import BLENDER, change_market, fill_cart, place
from tests.world import ANNA, TAMA, World, forms, text

BR = "/br/pt-BR/"
EVE = "eve@example.com"
CREAM = "HB-CO-HB"
FIELDS = {"name": "Anna Beck", "contract": "DE-26-AAAAAA", "email": ANNA["email"]}
RECEIVED = "Eingegangen am 24. November 2026, 10:30"


@pytest.mark.parametrize(("shop", "words"), [(DE, "Vertrag widerrufen"), (BR, "Desistir do contrato aqui")])
def test_every_page_leads_to_it_in_the_laws_words(sqlite_world: World, shop: str, words: str) -> None:
    change_market(sqlite_world, "br", state="open", ever_sold=True)
    browser = sqlite_world.browser()
    for path in ("", "support", "policies/returns", "cart", "link", "withdraw"):
        page = browser.get(f"{shop}{path}")
        assert page.status_code == 200 and f'<a href="{shop}withdraw">{words}</a>' in page.text, path


def test_it_leads_to_the_form_on_paper_where_the_law_has_one(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    page = browser.get(f"{DE}withdraw")
    assert f'href="{DE}policies/returns/form"' in page.text and f'href="{DE}policies/returns"' in page.text
    assert browser.get(f"{DE}policies/returns/form").status_code == 200
    change_market(sqlite_world, "br", state="open", ever_sold=True)
    assert "returns/form" not in browser.get(f"{BR}withdraw").text


def test_where_the_rules_ask_for_none_there_is_none(sqlite_world: World) -> None:
    holder = sqlite_world.browser()
    number = place(holder, NZ, TAMA)
    assert "withdraw" not in holder.get(NZ).text
    for path in ("withdraw", f"orders/{number}/withdrawal"):
        assert holder.get(f"{NZ}{path}").status_code == 404
    for path in ("withdraw", "withdraw/confirmation"):
        assert holder.post(f"{NZ}{path}", FIELDS | {"key": "k"}).status_code == 404
    assert cases(sqlite_world) == []


@pytest.mark.parametrize("state", ["paused", "winding_down", "closed"])
def test_it_is_open_in_every_state_of_the_market(sqlite_world: World, state: str) -> None:
    change_market(sqlite_world, "de", state=state, pause_mode="hidden" if state == "paused" else "", ever_sold=True)
    assert withdrawn(sqlite_world.browser()).startswith("WD-")


def test_two_steps_and_a_receipt_without_an_account_or_a_reason(world: World) -> None:
    browser = world.browser("de")
    browser.get(f"{DE}withdraw")
    second = browser.submit("/withdraw", **FIELDS)
    shown = text(second.text)
    assert all(each in shown for each in FIELDS.values()) and "Widerruf bestätigen" in shown
    assert cases(world) == []
    answer = browser.submit("/confirmation")
    [case] = cases(world)
    page = browser.follow(answer)
    assert answer.status_code == 303 and page.status_code == 200
    assert case.number in page.text and RECEIVED in text(page.text) and case.filed_at == world.clock.now
    world.work()
    [mail] = world.mails(ANNA["email"])
    told = body(mail)
    assert mail["Content-Language"] == "de-DE" and case.number in mail["Subject"]
    assert all(each in told for each in (*FIELDS.values(), "24. November 2026, 10:30", "Hiermit widerrufe ich"))
    assert "Harbourbench Ltd" in told and "anerkannt" not in told.casefold()


def test_the_receipt_page_is_the_declarers_alone(sqlite_world: World) -> None:
    browser, stranger = sqlite_world.browser("de"), sqlite_world.browser("de")
    number = withdrawn(browser)
    path = f"{DE}withdraw/receipts/{number}"
    assert browser.get(path).status_code == 200 and stranger.get(path).status_code == 404
    assert browser.get(f"/br/pt-BR/withdraw/receipts/{number}").status_code == 404
    assert browser.get(f"{DE}cases/{number}").status_code == 404  # only by the mail's link: the address is not proven


def test_the_answer_never_tells_whether_there_is_such_an_order(sqlite_world: World) -> None:
    number = bought(sqlite_world, sqlite_world.browser("de"))
    arrived(sqlite_world, number)
    asked = ((number, ANNA["email"]), (number, EVE), ("DE-26-AAAAAA", ANNA["email"]), ("DE-26-AAAAAA", EVE))
    seen = set()
    for contract, email in asked:
        browser = sqlite_world.browser("de")
        case = withdrawn(browser, contract=contract, email=email)
        second = browser.get(f"{DE}withdraw/receipts/{case}").text
        for each, plain in ((case, "WD"), (contract, "N"), (email, "E")):
            second = second.replace(each, plain)
        seen.add(text(second))
    assert len(seen) == 1


def test_only_number_and_address_together_match_an_order(world: World) -> None:
    number = bought(world, world.browser("de"))
    for contract, email in (
        (number, EVE),
        ("DE-26-AAAAAA", ANNA["email"]),
        (f"Order {number.lower()}", "ANNA@example.com"),
    ):
        withdrawn(world.browser("de"), contract=contract, email=email)
    assert sorted(each.order_number for each in cases(world)) == ["", "", number]
    [mine] = [each for each in cases(world) if each.order_number]
    assert pieces(world, mine.number) == {BLENDER: 1} and mine.verdict == "in_time"
    other = next(each for each in cases(world) if each.email == EVE)
    assert pieces(world, other.number) == {} and other.verdict == "" and other.contract == number


def test_an_order_of_another_market_is_not_matched(sqlite_world: World) -> None:
    number = bought(sqlite_world, sqlite_world.browser(), NZ, TAMA)
    withdrawn(sqlite_world.browser("de"), contract=number, email=TAMA["email"])
    assert cases(sqlite_world)[0].order_number == ""


def test_the_order_leads_there_filled_in_and_its_goods_can_be_picked(world: World) -> None:
    browser = world.browser("de")
    fill_cart(browser, DE, CREAM)
    number = bought(world, browser, sku=BLENDER)
    arrived(world, number)
    assert f"{DE}orders/{number}/withdrawal" in browser.get(f"{DE}orders/{number}").text
    page = browser.follow(browser.get(f"{DE}orders/{number}/withdrawal"))
    filled = next(each for each in forms(page.text) if each.action.endswith("/withdraw"))
    assert filled.fields["contract"] == number and filled.fields["email"] == ANNA["email"]
    assert f'name="take-{CREAM}"' in page.text and f'name="take-{BLENDER}"' in page.text
    case = withdrawn(browser, order=number, **{f"take-{CREAM}": "yes"})
    [kept] = cases(world)
    assert kept.number == case and kept.kind == "part" and pieces(world, case) == {CREAM: 1}
    assert kept.order_number == number and kept.window_ends == date(2026, 12, 8)
    assert kept.refund_due == date(2026, 12, 8) and "1 ×" in kept.statement
    receipt = browser.get(f"{DE}withdraw/receipts/{case}").text
    assert text(kept.statement) in text(receipt) and f"{DE}cases/{case}" in receipt


def test_a_stranger_is_not_led_from_an_order_nor_shown_its_goods(sqlite_world: World) -> None:
    number = bought(sqlite_world, sqlite_world.browser("de"))
    stranger = sqlite_world.browser("de")
    assert stranger.get(f"{DE}orders/{number}/withdrawal").status_code == 404
    page = stranger.get(f"{DE}withdraw?order={number}")
    assert page.status_code == 200 and "take-" not in page.text and ANNA["email"] not in page.text


def test_goods_in_words_for_who_does_not_hold_the_order(sqlite_world: World) -> None:
    case = withdrawn(sqlite_world.browser("de"), goods="Nur die Creme\r\n<b>nicht</b> den Mixer")
    [kept] = cases(sqlite_world)
    assert kept.kind == "part" and kept.statement == "Nur die Creme\n<b>nicht</b> den Mixer"
    sqlite_world.work()
    mail = sqlite_world.mails(ANNA["email"])[-1]
    assert "Nur die Creme" in body(mail) and "<b>" not in mail.get_body(("html",)).get_content()
    assert case in mail["Subject"]


def test_too_late_is_kept_too_with_what_holds_for_it(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    number = bought(sqlite_world, browser)
    arrived(sqlite_world, number)
    sqlite_world.at(datetime(2026, 12, 8, 23, tzinfo=UTC))  # midnight in Hamburg: the ninth
    withdrawn(browser, order=number)
    [kept] = cases(sqlite_world)
    assert kept.verdict == "late" and kept.window_ends == date(2026, 12, 8) and kept.refund_due is None
    assert kept.state == "received" and pieces(sqlite_world, kept.number) == {BLENDER: 1}


def test_excluded_goods_are_kept_too(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    fill_cart(browser, DE, CREAM)
    number = bought(sqlite_world, browser)
    arrived(sqlite_world, number)
    change_line(sqlite_world, number, CREAM, return_class="perishable")
    withdrawn(browser, order=number)
    assert cases(sqlite_world)[0].verdict == f"{BLENDER}=in_time {CREAM}=excluded"


def test_an_order_that_was_never_paid_is_kept_too(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    number = place(browser, DE, ANNA)
    withdrawn(browser, order=number)
    [kept] = cases(sqlite_world)
    assert kept.order_number == number and kept.verdict == "excluded" and pieces(sqlite_world, kept.number) == {}


def test_sent_twice_it_is_one(world: World) -> None:
    browser = world.browser("de")
    number = bought(world, browser)
    browser.get(f"{DE}withdraw?order={number}")
    browser.submit("/withdraw", **{f"take-{BLENDER}": "yes"})
    second = browser.page
    first = browser.submit("/confirmation").headers["location"]
    browser.page = second
    assert browser.submit("/confirmation").headers["location"] == first
    world.work()
    assert len(cases(world)) == 1 and history(world, cases(world)[0].number) == ["filed"]
    assert sum("WD-" in mail["Subject"] for mail in world.mails(ANNA["email"])) == 1


def test_two_clicks_at_the_very_same_moment_are_one(world: World) -> None:
    house = world.house
    tongue = house.languages.tongue("de", "DE")
    with house.database.reading() as db:
        market = db.get_one(Market, "de")
    told = read_declaration(Form(FIELDS | {"key": "one"}), tongue, None)
    now = world.clock.now
    came = at_once(4, lambda _place: declare(house.database, house.policies, market, told, language="de", now=now))
    assert len({each.number for each in came}) == 1, came
    assert len(cases(world)) == 1


def test_another_declaration_from_the_same_form_is_kept_as_well(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    browser.get(f"{DE}withdraw")
    first = browser.page
    browser.submit("/withdraw", **FIELDS)
    assert browser.submit("/confirmation").status_code == 303
    browser.page = first
    browser.submit("/withdraw", **(FIELDS | {"contract": "DE-26-BBBBBB"}))
    assert browser.submit("/confirmation").status_code == 303
    assert {each.contract for each in cases(sqlite_world)} == {"DE-26-AAAAAA", "DE-26-BBBBBB"}


def test_pieces_that_another_case_keeps_are_not_taken_again(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    number = bought(sqlite_world, browser)
    withdrawn(browser, order=number)
    withdrawn(sqlite_world.browser("de"), contract=number)
    kept = [pieces(sqlite_world, each.number) for each in cases(sqlite_world)]
    assert sorted(kept, key=len) == [{}, {BLENDER: 1}]
    assert bought_now(sqlite_world, number).left == {}
    change_case(sqlite_world, cases(sqlite_world)[0].number, state="taken_back")
    change_case(sqlite_world, cases(sqlite_world)[1].number, state="taken_back")
    assert bought_now(sqlite_world, number).left == {BLENDER: 1}


def test_change_something_leads_back_with_everything_filled_in(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    number = bought(sqlite_world, browser)
    browser.get(f"{DE}withdraw?order={number}")
    browser.submit("/withdraw", **{f"take-{BLENDER}": "yes"})
    page = browser.submit("/withdraw", act="change")
    assert page.status_code == 200 and "checked" in page.text
    assert next(each for each in forms(page.text) if each.action.endswith("/withdraw")).fields["name"] == "Anna Beck"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": "", "contract": "", "email": ""},
        {"email": "no address"},
        {"email": "a@b.example, c@d.example"},
        {"name": "x" * 121},
        {"contract": "x" * 201},
        {"goods": "x" * 2001},
        {"goods": "x" * 100_000},
    ],
)
def test_what_is_missing_is_asked_for_with_the_form_refilled(sqlite_world: World, fields: dict[str, str]) -> None:
    given = (FIELDS | fields | {"key": "k"}) if fields else {}
    for path in ("withdraw", "withdraw/confirmation"):
        page = sqlite_world.browser("de").post(f"{DE}{path}", given)
        assert page.status_code == 422 and "summary-errors" in page.text
        assert fields.get("name", "")[:50] in page.text and len(page.text) < 40_000
    assert cases(sqlite_world) == []


@pytest.mark.parametrize("number", ["0", "-1", "2", "1.5", "x", "9" * 30, "²"])
def test_a_holder_cannot_pick_more_than_there_is(sqlite_world: World, number: str) -> None:
    browser = sqlite_world.browser("de")
    order = bought(sqlite_world, browser)
    given = FIELDS | {"contract": order, "key": "k", f"take-{BLENDER}": "yes", f"pieces-{BLENDER}": number}
    assert browser.post(f"{DE}withdraw", given).status_code == 422
    assert browser.post(f"{DE}withdraw", given | {"take-HB-XX": "yes"}).status_code == 422


def test_a_number_of_pieces_without_its_tick_is_asked_about(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    order = bought(sqlite_world, browser)
    change_line(sqlite_world, order, quantity=2)
    browser.get(f"{DE}withdraw?order={order}")
    page = browser.submit("/withdraw", **{f"pieces-{BLENDER}": "1"})  # it would else be the whole order
    assert page.status_code == 422 and "Bitte wählen Sie den Artikel auch aus." in page.text
    assert browser.submit("/withdraw", **{f"pieces-{BLENDER}": "2"}).status_code == 200


def test_a_form_without_its_key_is_shown_once_more(sqlite_world: World) -> None:
    assert sqlite_world.browser("de").post(f"{DE}withdraw/confirmation", FIELDS).status_code == 422


def test_whoever_declares_very_often_waits(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    for turn in range(limits.WITHDRAWAL_TO.times):
        given = FIELDS | {"key": f"k{turn}"}
        assert browser.post(f"{DE}withdraw/confirmation", given).status_code == 303
    assert browser.post(f"{DE}withdraw/confirmation", FIELDS | {"key": "last"}).status_code == 429
    assert len(cases(sqlite_world)) == limits.WITHDRAWAL_TO.times


def test_strangers_cannot_shut_out_who_holds_the_order(sqlite_world: World) -> None:
    holder = sqlite_world.browser("de")
    order = bought(sqlite_world, holder)
    stranger = sqlite_world.browser("de")
    for turn in range(limits.WITHDRAWAL_TO.times):
        stranger.post(f"{DE}withdraw/confirmation", FIELDS | {"key": f"k{turn}"})
    sqlite_world.clock.now += timedelta(minutes=20)
    assert stranger.post(f"{DE}withdraw/confirmation", FIELDS | {"key": "last"}).status_code == 429
    assert pieces(sqlite_world, withdrawn(holder, order=order)) == {BLENDER: 1}
    other = FIELDS | {"key": "other", "contract": order, "email": EVE}
    for turn in range(limits.WITHDRAWAL_TO.times + 1):
        answer = holder.post(f"{DE}withdraw/confirmation", other | {"key": f"o{turn}"})
    assert answer.status_code == 429, "only to the order's own address"


def test_the_function_accepted_with_an_order_stays_open_when_the_rules_of_today_have_none(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = sqlite_world.browser("de")
    order = bought(sqlite_world, holder)
    for module in ("withdrawal_pages", "order_doors"):
        monkeypatch.setattr(f"shop.aftersales.{module}.withdrawal_words", lambda *_asked: None)
    assert sqlite_world.browser("de").get(f"{DE}withdraw").status_code == 404
    assert f"{DE}orders/{order}/withdrawal" in holder.get(f"{DE}orders/{order}").text
    assert holder.get(f"{DE}orders/{order}/withdrawal").headers["location"] == f"{DE}withdraw?order={order}"
    assert pieces(sqlite_world, withdrawn(holder, order=order)) == {BLENDER: 1}


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("DE-26-7K2M9Q", "DE-26-7K2M9Q"),
        ("nr. de-26-7k2m9q!", "DE-26-7K2M9Q"),
        ("DE 26 7K2M9Q", "DE-26-7K2M9Q"),
        ("de267k2m9q", "DE-26-7K2M9Q"),
        ("DE–26–7K2M9Q", "DE-26-7K2M9Q"),
        ("注文番号ＪＰ－２６－７Ｋ２Ｍ９Ｑ", "JP-26-7K2M9Q"),
        ("am 24 Januar: DE-26-7K2M9Q", "DE-26-7K2M9Q"),
        ("ブレンダーAEー26ーUPUYA5です", "AE-26-UPUYA5"),
        *((each, "AE-26-UPUYA5") for each in as_typed("AE-26-UPUYA5")),
        ("the blender, in May", ""),
        ("", ""),
    ],
)
def test_an_order_number_is_found_in_words(written: str, number: str) -> None:
    assert order_named(written) == number
