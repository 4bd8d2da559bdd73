"""Stripe is away, slow, refuses connections, asks us to wait, fails, and loses answers after it has acted.

Whoever presses the button is told plainly and may press it again: one order, one session, one charge. What is held is
held until the session's time is over and then free. What the notices do not tell, the sweep finds out.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from shop.checkout.booking import SESSION_LASTS
from shop.checkout.sweep import ASK_AGAIN
from tests.buying import stock_of
from tests.faults.at_stripe import AtStripe, Buyer, at_stripe
from tests.faults.customers import BLENDER, on_shelf
from tests.faults.fault import Fault, Place, Size
from tests.stripe_answers import Answer
from tests.world import text

REACHES_NOBODY = ("The payment service does not answer", "Der Zahlungsdienst antwortet")
THREE_DAYS = timedelta(days=3)


def run(place: Place, size: Size) -> str:
    """Each way of failing, for so many customers; then lost answers, late notices, and notices that never come."""
    customers = size.of(1, 10)
    on_shelf(place, {BLENDER: 10_000})
    with at_stripe(place) as at:
        told = sum(_told_and_pressed_again(at, mood, customers) for mood in MOODS)
        lost = _lost_answers(at, customers)
        left = _left_alone(at, customers)
        settled = _never_told(at, customers)
        late = _told_late(at, customers)
        now = at.world.clock.now
    place.prove(now=now)
    return (
        f"{told} told plainly and then paid once; {lost} lost answers; {left} holds free again; "
        f"{settled} payments found without notice; {late} notices three days late"
    )


# How Stripe fails.


@contextmanager
def _away(at: AtStripe) -> Iterator[None]:
    at.stand_in.away = True
    yield
    at.stand_in.away = False


@contextmanager
def _refusing(at: AtStripe) -> Iterator[None]:
    """Nobody listens there."""
    payments = at.world.house.payments
    real = payments._client._requestor._options.base_addresses  # type: ignore[attr-defined]
    kept = dict(real)
    real["api"] = "http://127.0.0.1:9"
    yield
    real.update(kept)


@contextmanager
def _slow(at: AtStripe) -> Iterator[None]:
    """It acts, but only when nobody waits any more."""
    at.stand_in.slow = True
    yield
    at.stand_in.slow = False
    at.stand_in.released.set()
    at.stand_in.released.clear()


def _answering(status: int, kind: str, code: str = "") -> Callable[[AtStripe], object]:
    @contextmanager
    def failing(at: AtStripe) -> Iterator[None]:
        once = at.stand_in._once
        error = {"error": {"type": kind, "code": code or None, "message": "Not now."}}
        at.stand_in._once = lambda *_given: Answer(status, error)  # type: ignore[method-assign]
        yield
        at.stand_in._once = once  # type: ignore[method-assign]

    return failing


MOODS: dict[str, Callable[[AtStripe], object]] = {
    "away": _away,
    "connection refused": _refusing,
    "slow": _slow,
    "429": _answering(429, "invalid_request_error", "rate_limit"),
    "500": _answering(500, "api_error"),
}


def _told_and_pressed_again(at: AtStripe, mood: str, customers: int) -> int:
    """While it lasts the customer is told; when it is over the same button leads to pay; it is charged once."""
    for number in range(customers):
        buyer, before = at.customer(1_000 * list(MOODS).index(mood) + number), stock_of(at.world)
        buyer.reviews()
        with MOODS[mood](at):  # type: ignore[attr-defined]
            for _impatient in range(2):
                refused = buyer.presses()
                assert refused.status_code in (409, 503) and int(refused.headers["retry-after"]) > 0, refused
                assert any(said in text(refused.text) for said in REACHES_NOBODY), text(refused.text)
                assert stock_of(at.world)[1] == before[1] + 1  # kept, once, however often it is pressed
        assert buyer.presses().status_code == 303
        at.stand_in.complete(buyer.session)
        assert at.told(buyer.session) == 200 and buyer.order.state == "paid"
        assert at.charged(buyer.number) == [buyer.order.total]
    return customers


def _lost_answers(at: AtStripe, customers: int) -> int:
    """Stripe acts, and the line is cut before it can say so: asking again is the same session, and the same refund."""
    for number in range(customers):
        buyer = at.customer(20_000 + number)
        buyer.reviews()
        at.stand_in.drop = True
        assert buyer.presses().status_code == 303
        mine = [e for e in at.stand_in.sessions.values() if e["client_reference_id"] == buyer.number]
        assert len(mine) == 1
        at.stand_in.complete(buyer.session)
        at.stand_in.drop = True
        assert at.told(buyer.session) == 200 and at.told(buyer.session) == 200
        assert buyer.order.state == "paid" and at.charged(buyer.number) == [buyer.order.total]
    return 2 * customers


def _left_alone(at: AtStripe, customers: int) -> int:
    """Whoever does not come back: what was held for them is free when the session's time is over, though Stripe is away."""
    before = stock_of(at.world)
    buyers = [at.customer(30_000 + number) for number in range(customers)]
    with _away(at):
        for buyer in buyers:
            buyer.reviews()
            assert buyer.presses().status_code in (409, 503)
        at.world.later(seconds=SESSION_LASTS.total_seconds() + 20)
        assert stock_of(at.world)[1] == before[1] + customers  # Stripe may have a session of it: nobody knows yet
    at.world.later(seconds=ASK_AGAIN.total_seconds() + 20)
    assert stock_of(at.world) == before
    for buyer in buyers:
        assert buyer.order.state == "cancelled" and at.charged(buyer.number) == []
    return customers


def _never_told(at: AtStripe, customers: int) -> int:
    """The customer pays and closes the window; no notice ever comes. The sweep finds the money."""
    buyers = _paid(at, 40_000, customers)
    at.world.later(seconds=SESSION_LASTS.total_seconds() + 20)
    for buyer in buyers:
        assert buyer.order.state == "paid" and at.charged(buyer.number) == [buyer.order.total]
    return customers


def _told_late(at: AtStripe, customers: int) -> int:
    """Notices come three days late, signed anew as Stripe does it: nothing happens twice."""
    buyers = _paid(at, 50_000, customers)
    at.world.later(seconds=THREE_DAYS.total_seconds())
    before = _paid_orders(at)
    for buyer in buyers:
        assert at.told(buyer.session) == 200 and at.charged(buyer.number) == [buyer.order.total]
    at.world.work()
    assert _paid_orders(at) == before and at.given_back() == 0
    return customers


def _paid(at: AtStripe, first: int, customers: int) -> list[Buyer]:
    buyers = [at.customer(first + number) for number in range(customers)]
    for buyer in buyers:
        buyer.reviews()
        assert buyer.presses().status_code == 303
        at.stand_in.complete(buyer.session)
    return buyers


def _paid_orders(at: AtStripe) -> tuple[int, int, int, int]:
    with at.world.house.database.reading() as db:
        paid = db.connection().exec_driver_sql("SELECT count(*) FROM orders WHERE paid_at IS NOT NULL").scalar_one()
    return (paid, *stock_of(at.world))


FAULT = Fault("provider away", "Stripe is away, slow, refuses, fails, and loses answers; notices late or never", run)
