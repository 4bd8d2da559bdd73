"""A shop whose payments are Stripe's, played by the stand-in, and customers who each come from an address of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import httpx
import stripe
from sqlmodel import select
from structlog.testing import capture_logs

from shop.base.settings import Settings
from shop.base.stripe_payments import StripePayments
from shop.checkout.models import Order
from tests.doors import ask, to_review
from tests.faults.fault import Place
from tests.stripe_ask import settings_for
from tests.stripe_stand_in import StripeStandIn
from tests.world import ANNA, ORIGIN, TUESDAY, Browser, World
from tests.world import world as open_world

SHOP = "/de/de/"
COMPLETED = "checkout.session.completed"
HASTE = 0.5  # seconds that the shop waits for Stripe's answer here, instead of twenty


@dataclass
class AtStripe:
    """The world, and Stripe beside it. `stand_in.clock` is Stripe's own, which is right whatever ours says."""

    world: World
    stand_in: StripeStandIn

    def customer(self, number: int) -> "Buyer":
        """A customer who has never been here."""
        return Buyer(self, number)

    def told(self, session: str, kind: str = COMPLETED) -> int:
        """Stripe posts an event about the session; how our webhook answers."""
        return self.posted(*self.stand_in.signed_event(kind, session))

    def posted(self, body: bytes, signature: str) -> int:
        """Stripe posts an event that it has signed; how our webhook answers."""
        headers = {"stripe-signature": signature, "content-type": "application/json"}
        return ask(self.world, "POST", "/webhooks/stripe", body=body, headers=headers, form=False, origin="").status

    def charged(self, order: str) -> list[int]:
        """What Stripe has taken for this order, payment by payment, in cents."""
        mine = [each for each in self.stand_in.sessions.values() if each["client_reference_id"] == order]
        paid = [each for each in mine if each["payment_status"] == "paid"]
        return [self.stand_in.intents[each["payment_intent"]]["amount_received"] for each in paid]

    def given_back(self) -> int:
        """What Stripe has given back, in cents."""
        return sum(each["amount"] for each in self.stand_in.refunds.values() if each["status"] != "failed")


class Buyer(Browser):
    """One customer's browser."""

    def __init__(self, at: AtStripe, number: int) -> None:
        super().__init__(at.world, "de")
        self.at, self.email = at, f"buyer-{number}@example.com"
        transport = httpx.ASGITransport(app=at.world.app, client=(f"10.7.{number >> 8}.{number & 255}", 50000))
        headers = {"accept-language": "de", "origin": ORIGIN}
        self._client = httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)
        self._review: httpx.Response | None = None

    def reviews(self) -> None:
        """Everything up to the button that binds."""
        to_review(self, SHOP, {**ANNA, "email": self.email})
        self._review = self.page

    def presses(self) -> httpx.Response:
        """Press the button of the page that was reviewed, the same one each time."""
        self.page = self._review
        return self.submit("/orders", accept="yes")

    @property
    def order(self) -> Order:
        """The order as it stands; this customer has one."""
        with self.at.world.house.database.reading() as db:
            return db.exec(select(Order).where(Order.email == self.email)).one()

    @property
    def number(self) -> str:
        """The order's number."""
        return self.order.number

    @property
    def session(self) -> str:
        """Stripe's session that the order is paid in."""
        number, sessions = self.number, self.at.stand_in.sessions.values()
        return next(each["id"] for each in sessions if each["client_reference_id"] == number)


@contextmanager
def at_stripe(place: Place) -> Iterator[AtStripe]:
    """The place with Stripe for its payments."""
    before, stripe.HTTPClient.INITIAL_DELAY = stripe.HTTPClient.INITIAL_DELAY, 0  # between two tries
    try:
        with StripeStandIn(lambda: TUESDAY) as stand_in:
            payments = StripePayments(_settings(stand_in), timeout=HASTE)
            with open_world(place.folder, place.url, payments=payments) as world, capture_logs():
                stand_in.clock = lambda: world.clock.now
                yield AtStripe(world, stand_in)
            payments.close()
    finally:
        stripe.HTTPClient.INITIAL_DELAY = before


def _settings(stand_in: StripeStandIn) -> Settings:
    return replace(settings_for(stand_in), base_url=ORIGIN)
