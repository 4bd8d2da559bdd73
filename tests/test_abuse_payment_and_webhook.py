"""Abuse of paying: notices told again or by another account, a way back without paying, and odd sums to give back."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shop.checkout.models import Refund
from tests.aftersales import arrived, bought, withdrawn
from tests.buying import stock_of
from tests.doors import ask, fresh_world
from tests.stripe_purchase import Purchase, purchase
from tests.world import Browser, World

__all__ = ["purchase"]


def tell(purchase: Purchase, body: bytes, signature: str) -> int:
    headers = {"stripe-signature": signature, "content-type": "application/json"}
    return ask(purchase.world, "POST", "/webhooks/stripe", body=body, headers=headers, form=False, origin="").status


def signed(purchase: Purchase, **changed: Any) -> tuple[bytes, str]:
    """The event of the present session with other content, rightly signed."""
    body, _signature = purchase.stripe.signed_event("checkout.session.completed", purchase.session)
    told = json.loads(body)
    for name, value in changed.items():
        where = told if name in told or name == "account" else told["data"]["object"]
        where[name] = value
    body, stamp = json.dumps(told).encode(), int(purchase.world.clock.now.timestamp())
    key = purchase.stripe.webhook_secret.encode()
    return body, f"t={stamp},v1={hmac.new(key, b'%d.' % stamp + body, hashlib.sha256).hexdigest()}"


def test_a_notice_told_again_late_is_refused_and_in_time_changes_nothing_more(purchase: Purchase) -> None:
    purchase.press()
    purchase.stripe.complete(purchase.session)
    told = purchase.stripe.signed_event("checkout.session.completed", purchase.session)
    assert tell(purchase, *told) == 200
    after = stock_of(purchase.world)
    purchase.world.clock.now += timedelta(minutes=4)
    assert tell(purchase, *told) == 200
    purchase.world.clock.now += timedelta(minutes=2)
    assert tell(purchase, *told) == 400
    purchase.world.clock.now -= timedelta(minutes=20)
    assert tell(purchase, *told) == 400, "it comes from the future"
    assert stock_of(purchase.world) == after


@pytest.mark.parametrize(
    "changed",
    [
        {"livemode": True},
        {"account": "acct_of_somebody_else"},
        {"amount_total": 1},
        {"currency": "irr"},
        {"payment_status": "paid", "status": "complete"},
    ],
    ids=lambda each: f"abuse 19: {next(iter(each))}",
)
def test_what_a_signed_notice_says_of_money_is_asked_about_and_not_believed(
    purchase: Purchase, changed: dict[str, Any]
) -> None:
    number = purchase.press()
    before = stock_of(purchase.world)
    assert tell(purchase, *signed(purchase, **changed)) in (200, 400)
    assert stock_of(purchase.world) == before, "nobody has paid"
    purchase.stripe.complete(purchase.session)
    assert tell(purchase, *signed(purchase, **changed)) in (200, 400)
    purchase.browser.follow(purchase.browser.get(f"/de/de/orders/{number}/paid"))
    assert stock_of(purchase.world)[1:] == (0, 1), "what was paid was the order's own sum"


@pytest.mark.parametrize(
    "query",
    ["success=1&session_id=guess", "session_id={mine}", "paid=yes&state=paid"],
    ids=lambda each: f"abuse 21: {each}",
)
def test_coming_back_without_having_paid_is_not_paying(purchase: Purchase, query: str) -> None:
    number = purchase.press()
    mine = purchase.session
    answer = purchase.browser.get(f"/de/de/orders/{number}/paid?{query.format(mine=mine)}")
    assert purchase.browser.follow(answer).status_code == 200
    assert stock_of(purchase.world)[1:] == (1, 0)
    stranger = purchase.world.browser("de")
    assert stranger.get(f"/de/de/orders/{number}/paid?session_id={mine}").status_code == 404


@pytest.fixture(scope="module")
def withdrawal(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[tuple[World, Browser, str]]:
    """The exporter's browser, and the page of a withdrawal for which nothing was given back: so no refusal leaves it."""
    with fresh_world(demo_file, tmp_path_factory.mktemp("withdrawal")) as world:
        customer, mere = world.browser("de"), world.signed_in("mere")
        number = bought(world, customer)
        arrived(world, number)
        page = f"/desk/cases/{withdrawn(customer, order=number)}"
        assert mere.get(page).status_code == 200
        yield world, mere, page


@pytest.mark.parametrize(
    "amount",
    ["0", "0,00", "-1", "-0.01", "1e9", "999999999999", "NaN", "", "٠", "1 EUR; 2"],
    ids=lambda each: f"abuse 24: {each[:12]}",
)
def test_an_odd_sum_is_not_given_back(withdrawal: tuple[World, Browser, str], amount: str) -> None:
    world, mere, page = withdrawal
    sent = {"key": "k", "seen": "1", "amount": amount, "refund_reason": "a test"}
    assert mere.post(f"{page}/refunds", sent).status_code in (409, 422)
    with world.house.database.reading() as db:
        assert db.exec(select(Refund)).all() == []
