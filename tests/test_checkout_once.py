"""One cart, one unpaid order: back from the till, pressed twice, reloaded, changed meanwhile, or pressed by many at once."""

import pytest
from sqlmodel import select

from shop.base.payments import PaymentRefused, PaymentSession, SessionAsk
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.pay import remember_session, session_ask
from shop.checkout.settling import lines_of
from shop.markets.models import MarketConsent
from tests.aftersales import change_order
from tests.buying import BLENDER, at_once, buy, exposure, stock_of, the_order
from tests.doors import fill_cart, pay, to_review
from tests.world import TAMA, Browser, World

SHOP = "/nz/en/"


def orders(world: World) -> list[tuple[str, str]]:
    with world.house.database.reading() as db:
        return [(each.number, each.state) for each in db.exec(select(Order).order_by(Order.placed_at)).all()]  # type: ignore[arg-type]


def states(world: World) -> list[str]:
    return sorted(state for _number, state in orders(world))


def press(browser: Browser, **ticked: str) -> str:
    browser.get(f"{SHOP}checkout/review")
    answer = browser.submit("/orders", accept="yes", **ticked)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_back_from_the_till_the_same_cart_is_the_same_order(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    assert len({press(browser) for _time in range(3)}) == 1
    assert states(sqlite_world) == ["placed"] and stock_of(sqlite_world)[1] == 1


def test_a_changed_cart_ends_the_unpaid_order_before(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    first = press(browser)
    fill_cart(browser, SHOP)
    second = press(browser)
    assert first != second and states(sqlite_world) == ["cancelled", "placed"]
    assert stock_of(sqlite_world)[1] == 2 and exposure(sqlite_world, "nz") == (1, 0)
    assert browser.get(first).status_code == 409  # the till of the first is closed
    browser.post(f"{SHOP}checkout", {**TAMA, "city": "Napier"})
    press(browser)
    assert states(sqlite_world) == ["cancelled", "cancelled", "placed"] and stock_of(sqlite_world)[1] == 2


def test_another_box_ticked_after_coming_back_is_no_dead_end(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        db.merge(MarketConsent(market="nz", key="news", language="en", text="Write me.", required=False))
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    review = browser.page
    first = press(browser)
    browser.page = review
    ticked = browser.submit("/orders", **{"accept": "yes", "consent-news": "yes"})
    assert ticked.status_code == 303 and ticked.headers["location"] not in ("", first)
    assert states(sqlite_world) == ["cancelled", "placed"]


def test_an_order_paid_in_another_tab_is_led_to_and_not_placed_again(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    first = press(browser)
    with sqlite_world.house.database.reading() as db:
        session = db.exec(select(PaymentAttempt)).one().session
    assert session is not None and first.endswith(session)
    sqlite_world.house.payments.pay(session, now=sqlite_world.clock.now)  # type: ignore[attr-defined] # notice lost
    browser.post(f"{SHOP}cart/lines/{BLENDER}", {"quantity": "2"})
    [(number, _state)] = orders(sqlite_world)
    assert press(browser) == f"{SHOP}orders/{number}" and states(sqlite_world) == ["paid"]


def test_so_is_a_service_which_is_there_as_soon_as_it_is_paid(sqlite_world: World) -> None:
    browser, terms = sqlite_world.browser(), {"terms-HB-SV-MC12": "yes"}
    browser.post(f"{SHOP}cart/lines", {"sku": "HB-SV-MC12", "quantity": "1", "not_at_hand": "yes"})
    browser.post(f"{SHOP}checkout", dict(TAMA))
    session = press(browser, **terms).rpartition("/")[2]
    sqlite_world.house.payments.pay(session, now=sqlite_world.clock.now)  # type: ignore[attr-defined] # notice lost
    browser.post(f"{SHOP}checkout", {**TAMA, "city": "Napier"})
    [(number, _state)] = orders(sqlite_world)
    assert press(browser, **terms) == f"{SHOP}orders/{number}" and states(sqlite_world) == ["delivered"]


def test_once_paid_or_given_up_the_same_goods_are_a_new_order(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    press(browser)
    [(number, _state)] = orders(sqlite_world)
    browser.get(f"{SHOP}orders/{number}")
    browser.submit("/cancellation")
    press(browser)
    assert states(sqlite_world) == ["cancelled", "placed"]
    number = next(each for each, state in orders(sqlite_world) if state == "placed")
    pay(sqlite_world, browser, SHOP, number)
    assert "cart-nz" not in browser.cookies
    to_review(browser, SHOP, TAMA)
    press(browser)
    assert states(sqlite_world) == ["cancelled", "paid", "placed"]


def test_paying_does_not_empty_a_cart_that_was_filled_since(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    press(browser)
    [(number, _state)] = orders(sqlite_world)
    browser.post(f"{SHOP}cart/lines/{BLENDER}", {"act": "remove"})
    fill_cart(browser, SHOP, "HB-TM-CC")
    pay(sqlite_world, browser, SHOP, number)
    assert "HB-TM-CC" in browser.get(f"{SHOP}cart").text


def test_an_order_asks_the_provider_the_same_however_its_lines_come(sqlite_world: World) -> None:
    attempt = buy(sqlite_world, "k1", {"HB-TM-CC": 1, BLENDER: 1})
    order, house = the_order(sqlite_world, attempt), sqlite_world.house
    with house.database.reading() as db:
        lines = lines_of(db, order)
    first, again = (
        session_ask(order, each, attempt, base_url="https://shop.example", languages=house.languages)
        for each in (lines, lines[::-1])
    )
    assert first == again and len(first.lines) == 2


def test_fifty_at_once_with_one_key_are_one_order(sqlite_world: World) -> None:
    came = at_once(50, lambda _place: buy(sqlite_world, "the-same"))
    assert all(isinstance(each, PaymentAttempt) for each in came), came
    assert len({each.order_number for each in came}) == 1 and stock_of(sqlite_world)[1] == 1


def test_two_tabs_at_once_leave_one_unpaid_order(sqlite_world: World) -> None:
    browser, other = sqlite_world.browser(), sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    other.cookies.update(browser.cookies)
    fill_cart(other, SHOP)  # the same customer in another tab, with another cart
    other.get(f"{SHOP}checkout/review")
    answers = at_once(2, lambda place: (browser, other)[place].submit("/orders", accept="yes"))
    assert [getattr(each, "status_code", each) for each in answers] == [303, 303]
    assert states(sqlite_world) == ["cancelled", "placed"]


def test_a_refusal_that_comes_after_the_same_form_was_led_to_pay_ends_nothing(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, till = sqlite_world.browser(), sqlite_world.house.payments
    to_review(browser, SHOP, TAMA)
    led: list[str] = []
    opened = till.open_session

    def refuse(ask: SessionAsk) -> PaymentSession:
        session = opened(ask)
        remember_session(sqlite_world.house.database, ask.key, session.id, session.url)  # the other press was quicker
        led.append(session.url)
        raise PaymentRefused("asked twice")

    monkeypatch.setattr(till, "open_session", refuse)
    assert [press(browser)] == led and states(sqlite_world) == ["placed"]


def test_a_refused_payment_ends_the_order(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_ask: SessionAsk) -> PaymentSession:
        raise PaymentRefused("no such currency")

    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    monkeypatch.setattr(sqlite_world.house.payments, "open_session", refuse)
    assert browser.submit("/orders", accept="yes").status_code == 409
    assert states(sqlite_world) == ["cancelled"] and stock_of(sqlite_world)[1] == 0


@pytest.mark.postgres
def test_twenty_at_once_with_one_key_are_one_order_there_too(postgres_world: World) -> None:
    came = at_once(20, lambda _place: buy(postgres_world, "the-same"))
    assert all(isinstance(each, PaymentAttempt) for each in came), came
    assert len({each.order_number for each in came}) == 1 and stock_of(postgres_world)[1] == 1


@pytest.mark.parametrize("why", ["another market", "erased"])
def test_neither_paying_nor_giving_up_is_done_where_the_order_is_not_shown(sqlite_world: World, why: str) -> None:
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    session = press(browser).rpartition("/")[2]
    [(number, _state)] = orders(sqlite_world)
    sqlite_world.house.payments.pay(session, now=sqlite_world.clock.now)  # type: ignore[attr-defined] # notice lost
    if why == "erased":
        change_order(sqlite_world, number, email="")
    order = f"{SHOP if why == 'erased' else '/de/de/'}orders/{number}"
    assert browser.get(f"{order}/paid").status_code == browser.post(f"{order}/cancellation").status_code == 404
    assert states(sqlite_world) == ["placed"]
