"""Declined cards and disputed payments: what Stripe and the demo till tell of them is kept, once, and believed if asked."""

import pytest
from sqlmodel import select

from shop.checkout.models import Dispute, PaymentAttempt
from shop.markets.models import Exporter
from tests.aftersales import body
from tests.doors import ask, place
from tests.stripe_purchase import Purchase, purchase
from tests.world import ANNA, ORIGIN, World, text

__all__ = ["purchase"]


def told(purchase: Purchase, event: tuple[bytes, str]) -> int:
    headers = {"stripe-signature": event[1], "content-type": "application/json"}
    return ask(purchase.world, "POST", "/webhooks/stripe", body=event[0], headers=headers, form=False, origin="").status


def disputes(world: World) -> list[tuple[str, str, str, int]]:
    with world.house.database.reading() as db:
        return [(each.order_number, each.state, each.reason, each.minor) for each in db.exec(select(Dispute)).all()]


def declined(world: World, number: str) -> bool:
    with world.house.database.reading() as db:
        attempt = db.exec(select(PaymentAttempt).where(PaymentAttempt.order_number == number)).one()
        return attempt.declined_at is not None


def paid(purchase: Purchase) -> str:
    number = purchase.press()
    purchase.stripe.complete(purchase.session)
    assert purchase.notice() == 200
    return number


def test_a_dispute_is_kept_once_and_ends_as_the_bank_decides(purchase: Purchase) -> None:
    number = paid(purchase)
    event = purchase.stripe.dispute(purchase.session)
    assert [told(purchase, event) for _again in range(3)] == [200, 200, 200]
    assert disputes(purchase.world) == [(number, "open", "product_not_received", 229_00)]
    assert told(purchase, purchase.stripe.dispute(purchase.session, "under_review")) == 200
    assert disputes(purchase.world)[0][1] == "open"
    lost = purchase.stripe.dispute(purchase.session, "lost")
    assert told(purchase, lost) == 200 and disputes(purchase.world)[0][1] == "lost"
    assert told(purchase, event) == 200 and disputes(purchase.world)[0][1] == "lost"  # the first notice comes late
    purchase.world.work()
    with purchase.world.house.database.reading() as db:
        exporter = db.get_one(Exporter, 1).email
    mails = [mail for mail in purchase.world.mails(exporter) if "disput" in mail["Subject"]]
    assert sorted(mail["Subject"].endswith("lost") for mail in mails) == [False, True]
    assert all(number in mail["Subject"] and "€229.00" in body(mail) for mail in mails)
    page = text(purchase.world.signed_in("mere").get(f"/desk/orders/{number}").text)
    assert "The payment is disputed at the bank €229.00: Lost The bank's reason: product_not_received" in page


def test_a_bank_that_only_asks_has_disputed_nothing(purchase: Purchase) -> None:
    paid(purchase)
    assert told(purchase, purchase.stripe.dispute(purchase.session, "warning_needs_response")) == 200
    assert told(purchase, purchase.stripe.dispute(purchase.session, "warning_closed")) == 200
    assert disputes(purchase.world) == []


def test_a_dispute_of_a_payment_that_is_not_ours_is_told_again_later(purchase: Purchase) -> None:
    paid(purchase)
    event = purchase.stripe.dispute(purchase.session)
    [dispute] = purchase.stripe.disputes.values()
    dispute["payment_intent"] = "pi_of_somebody_else"
    assert told(purchase, event) == 404 and disputes(purchase.world) == []


def test_a_signed_notice_of_a_dispute_is_not_believed_without_asking(purchase: Purchase) -> None:
    paid(purchase)
    event = purchase.stripe.dispute(purchase.session)
    purchase.stripe.disputes.clear()
    assert told(purchase, event) == 503 and disputes(purchase.world) == []


def test_a_declined_card_is_remembered_and_the_order_can_still_be_paid(purchase: Purchase) -> None:
    number = purchase.press()
    assert not declined(purchase.world, number)
    assert told(purchase, purchase.stripe.declined(purchase.session)) == 200
    assert declined(purchase.world, number)
    purchase.stripe.complete(purchase.session)
    assert purchase.notice() == 200 and declined(purchase.world, number)


@pytest.mark.parametrize("then", ["", "dispute"])
def test_the_till_declines_pays_and_disputes_like_a_bank(sqlite_world: World, then: str) -> None:
    browser = sqlite_world.browser("de")
    number = place(browser, "/de/de/", ANNA)
    page = browser.get(f"/de/de/orders/{number}")
    till = next(part for part in page.text.split('"') if "/till/" in part).removeprefix(ORIGIN)
    assert browser.post(till, {"outcome": "decline"}).status_code == 402
    assert declined(sqlite_world, number)
    assert browser.post(till, {"outcome": "pay", "then": then}).status_code == 303
    assert disputes(sqlite_world) == ([(number, "open", "fraudulent", 229_00)] if then else [])
