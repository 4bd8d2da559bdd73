"""Orders of several goods that are cancelled bit by bit: what is owed, what still leaves, and when the order is over."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.aftersales.cases.overdue import overdue
from shop.checkout.dispatch import dispatch
from shop.checkout.giving_back import refuse
from shop.checkout.models import Order, OrderEvent, Refund
from shop.checkout.settling import lines_of
from shop.markets.models import Market
from shop.scorecard.counting_orders import cancelled_by_us
from shop.scorecard.funnel import orders_reached
from shop.scorecard.scope import scope_of
from tests.aftersales import bought_now, cases
from tests.buying import stock_of
from tests.doors import change_market, pay
from tests.personal import broken
from tests.world import YUKI, Browser, World, text

JAPAN = "/jp/ja/"
FROTHER, BRUSH, PLAN = "HB-FR-USB", "HB-CN-BR", "HB-SV-MC12"


@dataclass
class Bought:
    """An order in Japan, the customer's browser that holds it, and the exporter at the desk."""

    world: World
    browser: Browser
    desk: Browser
    number: str

    @property
    def order(self) -> Order:
        with self.world.house.database.reading() as db:
            return db.get_one(Order, self.number)

    @property
    def page(self) -> str:
        """What its customer reads of it."""
        return text(self.browser.get(f"{JAPAN}orders/{self.number}").text)

    def say(self, message: str, **values: str) -> str:
        """The message as the customer reads it."""
        return text(self.world.house.languages.tongue("ja", "JP").say(message, **values))

    def cancel(self, pieces: Mapping[str, int], **fields: str) -> Any:
        """Send the form for these pieces."""
        self.world.later(minutes=5)
        self.browser.get(f"{JAPAN}orders/{self.number}/return")
        return self.again(pieces, **fields)

    def again(self, pieces: Mapping[str, int], **fields: str) -> Any:
        """Send the form that the browser shows."""
        chosen = {f"take-{sku}": "yes" for sku in pieces} | {f"pieces-{sku}": str(n) for sku, n in pieces.items()}
        return self.browser.submit("/return", **chosen, **fields)

    def cancelled(self, pieces: Mapping[str, int]) -> str:
        """The number of the case that came of it."""
        answer = self.cancel(pieces)
        assert answer.status_code == 303, text(answer.text)
        return cases(self.world)[-1].number

    def claimed(self, pieces: Mapping[str, int]) -> str:
        """The number of a claim about them."""
        self.browser.get(f"{JAPAN}orders/{self.number}/claim")
        said = {"kind": "defect", "words": "It smells and stops after a minute."}
        assert self.browser.submit("/claim", **{f"take-{sku}": "yes" for sku in pieces}, **said).status_code == 303
        return cases(self.world)[-1].number

    def decide(self, case: str, act: str = "accept") -> int:
        """What the exporter decides."""
        fields = {"act": act, "remedy": "refund", "refuse_reason": "Es ist schon unterwegs."}
        return self.desk.post(f"/desk/cases/{case}/decision", fields).status_code

    def pay_back(self, case: str) -> None:
        """The exporter gives back what is proposed."""
        self.desk.get(f"/desk/cases/{case}")
        assert self.desk.submit("/refunds").status_code == 303
        self.world.later(minutes=2)

    def send(self, pieces: Mapping[str, int] | None = None) -> None:
        """These pieces of it leave, or all that is left."""
        with self.world.house.database.writing() as db:
            order = db.get_one(Order, self.number)
            market = db.get_one(Market, "jp")
            told = {"carrier": "Yamato", "tracking": "1234", "person": "mere", "now": self.world.clock.now}
            dispatch(db, order, market, pieces=pieces, **told)

    def broken(self) -> list[tuple[str, Any]]:
        """What does not hold of the whole house, but that its market was opened by hand."""
        return [each for each in broken(self.world) if each[0] != "market.state"]

    def events(self) -> list[str]:
        """What stands on its timeline."""
        with self.world.house.database.reading() as db:
            return list(db.exec(select(OrderEvent.kind).where(OrderEvent.order_number == self.number)).all())


def buys(world: World, lines: Mapping[str, int]) -> Bought:
    """Yuki buys so much of each."""
    change_market(world, "jp", state="open", audience="")
    browser = world.browser("ja")
    for sku, quantity in lines.items():
        line = {"sku": sku, "quantity": str(quantity), "not_at_hand": "yes"}
        assert browser.post(f"{JAPAN}cart/lines", line).status_code == 303
    review = browser.follow(browser.post(f"{JAPAN}checkout", dict(YUKI))).text
    boxes = [box for box in re.findall("<input[^>]*>", review) if 'type="checkbox"' in box]
    answer = browser.submit("/orders", **dict.fromkeys(re.findall('name="([^"]+)"', " ".join(boxes)), "yes"))
    assert answer.status_code == 303, text(answer.text)
    number = next(name.removeprefix("order-") for name in browser.cookies if name.startswith("order-"))
    pay(world, browser, JAPAN, number)
    world.work()
    return Bought(world, browser, world.signed_in("mere"), number)


def test_cancelled_bit_by_bit_everything_is_given_back_with_the_delivery(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1, BRUSH: 2})
    for piece in (FROTHER, BRUSH, BRUSH):
        case = it.cancelled({piece: 1})
        assert it.decide(case) == 303
        it.pay_back(case)
    assert it.order.given_back == it.order.total and it.order.state == "refunded"
    assert it.say("The whole sum goes back the way it came.") in it.page
    assert {each.state for each in cases(it.world)} == {"done"} and not it.broken()


def test_while_money_is_owed_on_another_part_the_order_is_not_over(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1, BRUSH: 1})
    first, second = it.cancelled({FROTHER: 1}), it.cancelled({BRUSH: 1})
    assert it.decide(first) == it.decide(second) == 303
    it.pay_back(first)
    assert it.order.state == "paid" and "refunded" not in it.events()
    page = it.page
    assert it.say("Nothing of this order will be sent") in page and it.say("Handed to the carrier") not in page
    assert it.say("The whole payment is returned") not in page
    assert "To be paid back" in text(it.desk.get(f"/desk/orders/{it.number}").text)
    assert "To be paid back" in text(it.desk.get("/desk/orders").text)
    it.pay_back(second)
    assert it.order.state == "refunded" and it.order.given_back == it.order.total and not it.broken()


def test_a_service_is_cancelled_with_the_goods(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1, PLAN: 1})
    sold = stock_of(it.world, FROTHER)[2], stock_of(it.world, PLAN)[2]
    case = it.cancelled({FROTHER: 1, PLAN: 1})
    assert cases(it.world)[-1].kind == "unsent" and it.decide(case) == 303
    it.pay_back(case)
    assert it.order.given_back == it.order.total and it.order.state == "refunded"
    assert (stock_of(it.world, FROTHER)[2], stock_of(it.world, PLAN)[2]) == (sold[0] - 1, sold[1] - 1)
    assert not it.broken()


def test_a_service_that_is_kept_is_there_once_nothing_more_is_sent(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1, PLAN: 1})
    case = it.cancelled({FROTHER: 1})
    assert it.decide(case) == 303 and it.order.given_up
    it.pay_back(case)
    it.world.later(minutes=2)
    assert it.order.state == "delivered" and it.order.never_sent
    items = bought_now(it.world, it.number).items
    assert items[FROTHER].window.source == "unknown" and items[PLAN].window.source == "service"
    assert it.say("Your payment has arrived. Nothing is sent: this order needs no parcel.") in it.page
    with it.world.house.database.reading() as db:
        plan = next(each for each in lines_of(db, it.order) if each.sku == PLAN)
    assert it.order.given_back == it.order.total - plan.gross > 0  # the delivery, too: there is no parcel
    assert not it.broken()


@pytest.mark.parametrize("first", [FROTHER, PLAN])
def test_goods_and_service_cancelled_one_by_one_are_all_given_back(sqlite_world: World, first: str) -> None:
    it = buys(sqlite_world, {FROTHER: 1, PLAN: 1})
    sold = stock_of(it.world, PLAN)
    both = [it.cancelled({sku: 1}) for sku in sorted((FROTHER, PLAN), key=lambda sku: sku != first)]
    for case in both:
        assert it.decide(case) == 303
        it.world.later(minutes=2)
        page = it.browser.get(f"{JAPAN}cases/{case}").text
        assert it.say("Sending it back") not in text(page) and "/label" not in page
    for case in both:
        it.pay_back(case)
    assert it.order.state == "refunded" and it.order.given_back == it.order.total
    assert {each.state for each in cases(it.world)} == {"done"} and not it.broken()
    assert stock_of(it.world, PLAN) == (sold[0], sold[1], sold[2] - 1)


def test_a_refund_that_bounced_is_still_owed(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1, BRUSH: 1})
    both = [it.cancelled({FROTHER: 1}), it.cancelled({BRUSH: 1})]
    for case in both:
        assert it.decide(case) == 303
        it.pay_back(case)
    with it.world.house.database.writing() as db:
        mine = update(Refund).where(col(Refund.case) == both[1]).returning(col(Refund.key))
        [key] = db.connection().execute(mine.values(state="asked")).scalars().all()
        order = update(Order).where(col(Order.number) == it.number)
        db.connection().execute(order.values(state="paid"))
        refuse(db, key, "card closed", now=it.world.clock.now)
    it.world.later(minutes=3)
    assert it.order.state == "paid" and it.order.given_back < it.order.total
    it.desk.get(f"/desk/cases/{both[1]}")
    assert it.desk.submit("/refunds", by_hand="yes").status_code == 303
    assert it.order.state == "refunded" and it.order.given_back == it.order.total


def test_what_still_lies_here_is_not_refused_because_other_goods_have_left(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1, BRUSH: 1})
    case = it.cancelled({BRUSH: 1})
    it.send({FROTHER: 1})
    page = it.browser.get(f"{JAPAN}cases/{case}").text
    assert it.say("Sending it back") not in text(page) and "/label" not in page
    assert it.decide(case, "refuse") == 409 and it.decide(case) == 303 and it.order.state == "dispatched"
    it.pay_back(case)
    assert cases(it.world)[0].state == "done" and not it.broken()


def test_what_was_cancelled_is_not_asked_back_when_the_rest_has_left(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1, BRUSH: 1})
    case = it.cancelled({BRUSH: 1})
    assert it.decide(case) == 303
    it.send()
    page = it.browser.get(f"{JAPAN}cases/{case}")
    assert it.say("Sending it back") not in text(page.text) and "/label" not in page.text
    assert it.browser.get(f"{JAPAN}cases/{case}/label").status_code == 404
    assert not any("/sending" in str(mail.get_body(("plain",)).get_content()) for mail in it.world.mails(YUKI["email"]))
    it.pay_back(case)
    assert cases(it.world)[0].state == "done" and it.order.state == "dispatched" and not it.broken()


def test_the_money_for_what_never_left_is_due_from_the_cancellation(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1})
    case = it.cancelled({FROTHER: 1})
    assert it.decide(case) == 303
    due = cases(it.world)[0].refund_due
    assert due is not None
    database, policies, now = it.world.house.database, it.world.house.policies, it.world.clock.now
    for days, late in ((0, []), (60, [case])):
        with database.reading() as db:
            found = overdue(db, policies, now=now + timedelta(days=days))
        assert [each.case.number for each in found] == late


def test_a_form_whose_goods_are_all_cancelled_says_so_and_not_that_they_were_sent(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1})
    it.browser.get(f"{JAPAN}orders/{it.number}/return")
    shown = it.browser.page
    it.cancelled({FROTHER: 1})
    it.browser.page = shown
    page = text(it.again({FROTHER: 1}, key="another").text)
    assert it.say("Nothing of this is left: it is part of another case already.") in page
    assert it.say("It has been sent meanwhile. You can send it back once it is there.") not in page


def test_what_may_be_cancelled_is_cancelled_whatever_the_form_calls_it(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1})
    assert it.cancel({FROTHER: 1}, cancels="", reason="changed_mind").status_code == 303
    assert cases(it.world)[0].kind == "unsent"


def test_a_return_may_not_call_itself_a_cancellation(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1})
    it.send()
    assert it.cancel({FROTHER: 1}, reason="unsent").status_code == 422 and not cases(it.world)


def test_the_desk_reads_what_held_when_it_was_cancelled(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1, BRUSH: 1})
    case = it.cancelled({BRUSH: 1})
    assert it.decide(case) == 303
    it.send()
    page = text(it.desk.get(f"/desk/cases/{case}").text)
    assert "It has not been sent yet. Until then you can cancel it free of charge." in page
    assert page.partition("What was declared")[2].strip().startswith("1 × Cleaning brush set")
    assert "The customer has proof of sending" not in page


def test_what_leaves_while_the_form_is_read_is_no_cancellation(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = buys(sqlite_world, {FROTHER: 1})
    monkeypatch.setattr("shop.aftersales.counter.Counter.spend", lambda _counter: it.send())
    answer = it.cancel({FROTHER: 1})
    assert answer.status_code == 422 and not cases(it.world)
    assert it.say("Something changed meanwhile. Please look at what is left.") in text(answer.text)
    assert it.say("Send something back") in text(answer.text)


def test_a_cancellation_is_not_refused_before_a_parcel_has_left(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1})
    case = it.cancelled({FROTHER: 1})
    assert it.decide(case, "refuse") == 409 and cases(it.world)[0].state == "received"
    it.send()
    assert it.decide(case, "refuse") == 303 and cases(it.world)[0].state == "refused"


def test_who_takes_a_cancellation_back_goes_on_with_the_order(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1})
    case = it.cancelled({FROTHER: 1})
    page = text(it.browser.get(f"{JAPAN}cases/{case}/taking-back").text)
    assert it.say("Go on with the order") in page and it.say("Take it back and keep the goods") not in page
    assert it.browser.submit("/taking-back").status_code == 303
    it.send()
    assert it.order.state == "dispatched"


def test_for_what_was_never_sent_the_delivery_goes_back_with_a_claim_too(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1})
    claim = it.claimed({FROTHER: 1})
    assert it.decide(claim) == 303 and it.order.given_up  # it never leaves, and its money goes back
    it.pay_back(claim)
    assert it.order.state == "refunded" and it.order.given_back == it.order.total
    with it.world.house.database.reading() as db:
        counted = cancelled_by_us(db, scope_of(db, now=it.world.clock.now), 0)["jp"]
    assert counted.k == 1  # nobody withdrew: the goods were faulty before they left


def test_an_order_of_which_less_was_owed_is_over_once_that_is_given_back(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1})
    claim = it.claimed({FROTHER: 1})
    assert it.decide(claim, "refuse") == 303
    fields = {"act": "goodwill", "remedy": "refund", "cost": "500", "goodwill_reason": "So vereinbart", "reason": "So"}
    assert it.desk.post(f"/desk/cases/{claim}/decision", fields).status_code == 303 and it.order.given_up
    it.pay_back(claim)
    it.world.later(minutes=2)  # a minute after the money has gone back
    assert it.order.state == "refunded" and it.order.given_back == 500
    page = it.page
    assert it.say("All that was owed on it is returned") in page and it.say("The whole payment is returned") not in page
    assert it.say("The whole sum goes back the way it came.") not in page and not it.broken()


def test_a_cancelled_order_is_no_returned_one(sqlite_world: World) -> None:
    it = buys(sqlite_world, {FROTHER: 1})
    it.cancelled({FROTHER: 1})
    with it.world.house.database.reading() as db:
        reached = orders_reached(db, scope_of(db, now=it.world.clock.now))
    assert reached["jp"]["returned"] == 0 and reached["jp"]["paid"] >= 1
