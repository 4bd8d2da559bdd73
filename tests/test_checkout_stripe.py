"""A whole purchase over HTTP with the real Stripe library, its API and its webhooks played by the stand-in."""

from typing import Any

import pytest

from shop.checkout.booking import SESSION_LASTS
from shop.checkout.models import Order, Refund
from shop.checkout.refunds import ask_refund
from shop.markets.models import Exporter
from tests.buying import set_stock, stock_of
from tests.doors import ask, to_review
from tests.stripe_purchase import Purchase, purchase
from tests.world import ANNA, path_of

__all__ = ["purchase"]


def test_a_customer_pays_at_stripe_and_the_notice_settles_it(purchase: Purchase) -> None:
    number = purchase.press()
    asked = purchase.stripe.asked[-1][2]
    assert asked["client_reference_id"] == number and asked["metadata"] == {"order": number, "market": "de"}
    assert asked["line_items"][0]["price_data"]["unit_amount"] == "22900"
    purchase.stripe.complete(purchase.session)
    assert [purchase.notice() for _again in range(3)] == [200, 200, 200]
    purchase.world.work()
    [mail] = purchase.world.mails(ANNA["email"])
    assert number in mail["Subject"] and stock_of(purchase.world)[1:] == (0, 1)
    assert number in purchase.page(number)


def test_the_return_page_settles_when_the_notice_is_late(purchase: Purchase) -> None:
    number = purchase.press()
    purchase.stripe.complete(purchase.session)
    returned = path_of(purchase.stripe.asked[-1][2]["success_url"])
    answer = purchase.browser.get(returned)
    assert answer.status_code == 303 and answer.headers["location"] == f"/de/de/orders/{number}"
    assert stock_of(purchase.world)[1:] == (0, 1)
    assert purchase.notice() == 200 and stock_of(purchase.world)[1:] == (0, 1)


def test_a_notice_that_says_paid_is_not_believed_without_asking(purchase: Purchase) -> None:
    purchase.press()
    assert purchase.notice() == 200  # signed, but the session is still open at Stripe
    assert stock_of(purchase.world)[1:] == (1, 0)


@pytest.mark.parametrize("signature", ["", "x", "t=1,v1=00", "t=99999999999,v1=" + "0" * 64, "é"])
def test_an_unsigned_notice_does_nothing(purchase: Purchase, signature: str) -> None:
    purchase.press()
    purchase.stripe.complete(purchase.session)
    assert purchase.notice(signature=signature) == 400
    assert stock_of(purchase.world)[1:] == (1, 0)


def test_a_notice_of_another_kind_is_taken_and_does_nothing(purchase: Purchase) -> None:
    purchase.press()
    assert purchase.notice("customer.created") == 200 and stock_of(purchase.world)[1:] == (1, 0)


def test_a_notice_of_a_session_that_is_not_ours_is_told_again_later(purchase: Purchase) -> None:
    purchase.press()
    foreign = dict(purchase.stripe.sessions[purchase.session], id="cs_of_somebody_else")
    purchase.stripe.sessions["cs_of_somebody_else"] = foreign
    assert purchase.notice() == 404


def test_while_stripe_is_away_the_notice_is_put_off_and_the_order_told_so(purchase: Purchase) -> None:
    purchase.press()
    purchase.stripe.complete(purchase.session)
    purchase.stripe.away = True
    assert purchase.notice() == 503
    purchase.stripe.away = False
    assert purchase.notice() == 200 and stock_of(purchase.world)[1:] == (0, 1)


def test_when_stripe_cannot_be_reached_the_same_form_works_a_moment_later(purchase: Purchase) -> None:
    to_review(purchase.browser, "/de/de/", ANNA)
    review = purchase.browser.page
    purchase.stripe.away = True
    refused = purchase.browser.submit("/orders", accept="yes")
    assert refused.status_code == 409 and int(refused.headers["retry-after"]) > 0
    purchase.stripe.away = False
    purchase.browser.page = review
    assert purchase.browser.submit("/orders", accept="yes").status_code == 303
    assert len(purchase.stripe.sessions) == 1 and stock_of(purchase.world)[1:] == (1, 0)


def test_an_answer_that_was_lost_opens_no_second_session(purchase: Purchase) -> None:
    to_review(purchase.browser, "/de/de/", ANNA)
    purchase.stripe.drop = True
    assert purchase.browser.submit("/orders", accept="yes").status_code == 303
    assert len(purchase.stripe.sessions) == 1


def test_an_abandoned_session_is_closed_and_its_pieces_come_back(purchase: Purchase) -> None:
    number = purchase.press()
    purchase.world.at(purchase.world.clock.now + SESSION_LASTS)
    assert purchase.stripe.sessions[purchase.session]["status"] == "expired"
    assert stock_of(purchase.world)[1:] == (0, 0)
    assert purchase.notice("checkout.session.expired") == 200
    assert number in purchase.page(number)


def test_money_for_what_is_gone_is_given_back_at_stripe_once(purchase: Purchase) -> None:
    purchase.press()
    with purchase.world.house.database.writing() as db:  # as if the hold had been given back before
        db.connection().exec_driver_sql("UPDATE hold SET state = 'released'")
    set_stock(purchase.world, 0)
    purchase.stripe.complete(purchase.session)
    assert [purchase.notice() for _again in range(2)] == [200, 200]
    purchase.world.work()
    [refund] = purchase.stripe.refunds.values()
    assert refund["amount"] == 229_00
    [mail] = purchase.world.mails(ANNA["email"])
    assert mail["Subject"]


def _given_back(purchase: Purchase, minor: int) -> str:
    """A paid order of which so much is asked to be given back."""
    number = purchase.press()
    purchase.stripe.complete(purchase.session)
    assert purchase.notice() == 200
    with purchase.world.house.database.writing() as db:
        order, now = db.get_one(Order, number), purchase.world.clock.now
        ask_refund(db, order, minor, ground="withdrawal", key="r1", person="mere", now=now)
    return number


def _refund(purchase: Purchase) -> tuple[str, int]:
    with purchase.world.house.database.reading() as db:
        refund = db.get_one(Refund, "r1")
        return refund.state, db.get_one(Order, refund.order_number).given_back


def test_an_answer_that_was_lost_gives_nothing_back_twice(purchase: Purchase, monkeypatch: pytest.MonkeyPatch) -> None:
    _given_back(purchase, 29_00)
    create = purchase.stripe._create_refund

    def act_and_go(asked: dict[str, Any]) -> dict[str, Any]:
        purchase.stripe.drop = purchase.stripe.away = True
        return create(asked)

    monkeypatch.setattr(purchase.stripe, "_create_refund", act_and_go)
    purchase.world.work()
    assert _refund(purchase) == ("unknown", 29_00) and len(purchase.stripe.refunds) == 1
    purchase.stripe.away = False
    purchase.world.later(hours=1)
    [refund] = purchase.stripe.refunds.values()
    assert refund["metadata"] == {"key": "r1"} and _refund(purchase) == ("done", 29_00)


def test_while_stripe_is_away_a_refund_is_unknown_and_then_looked_up(purchase: Purchase) -> None:
    _given_back(purchase, 29_00)
    purchase.stripe.away = True
    purchase.world.work()
    assert _refund(purchase) == ("unknown", 29_00) and not purchase.stripe.refunds
    purchase.stripe.away = False
    purchase.world.later(hours=1)
    assert _refund(purchase) == ("done", 29_00) and len(purchase.stripe.refunds) == 1
    assert [path for method, path, _asked in purchase.stripe.asked if (method, path) == ("GET", "/v1/refunds")]


def test_a_refund_that_a_bank_sends_back_is_told_by_a_notice_and_counts_no_longer(purchase: Purchase) -> None:
    _given_back(purchase, 29_00)
    purchase.world.later(minutes=1)
    [refund] = purchase.stripe.refunds
    body, signature = purchase.stripe.lose(refund)
    headers = {"stripe-signature": signature, "content-type": "application/json"}
    for _again in range(2):
        answer = ask(purchase.world, "POST", "/webhooks/stripe", body=body, headers=headers, form=False, origin="")
        assert answer.status == 200
    assert _refund(purchase) == ("refused", 0)
    with purchase.world.house.database.reading() as db:
        exporter = db.get_one(Exporter, 1).email
    purchase.world.work()
    assert len([mail for mail in purchase.world.mails(exporter) if "refund" in mail["Subject"]]) == 1
