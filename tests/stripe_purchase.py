"""A shop whose payments are Stripe's, over the real library and the stand-in of its servers, and a customer who orders there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from shop.base.stripe_payments import StripePayments
from tests.doors import ask, fresh_world, to_review
from tests.stripe_ask import settings_for
from tests.stripe_stand_in import StripeStandIn
from tests.world import ANNA, TUESDAY, Browser, World, text

COMPLETED = "checkout.session.completed"


class Purchase:
    """The shop, Stripe's stand-in, and the browser of the customer."""

    def __init__(self, world: World, stand_in: StripeStandIn) -> None:
        self.world, self.stripe = world, stand_in
        self.browser: Browser = world.browser("de")

    def press(self) -> str:
        """Order; the number."""
        to_review(self.browser, "/de/de/", ANNA)
        answer = self.browser.submit("/orders", accept="yes")
        assert answer.status_code == 303 and answer.headers["location"].startswith(f"{self.stripe.address}/pay/")
        return next(name.removeprefix("order-") for name in self.browser.cookies if name.startswith("order-"))

    @property
    def session(self) -> str:
        return list(self.stripe.sessions)[-1]

    def notice(self, kind: str = COMPLETED, **changed: str) -> int:
        """Stripe posts an event; how our webhook answers."""
        body, signature = self.stripe.signed_event(kind, self.session)
        headers = {"stripe-signature": changed.get("signature", signature), "content-type": "application/json"}
        return ask(self.world, "POST", "/webhooks/stripe", body=body, headers=headers, form=False, origin="").status

    def page(self, number: str) -> str:
        return text(self.browser.get(f"/de/de/orders/{number}").text)


@pytest.fixture
def purchase(tmp_path: Path, demo_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Purchase]:
    """The shop over SQLite, whose Stripe follows its clock. A file of tests that imports this names it in `__all__`."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)  # between two tries
    with StripeStandIn(lambda: TUESDAY) as stand_in:
        payments = StripePayments(settings_for(stand_in))
        with fresh_world(demo_file, tmp_path, payments=payments) as world:
            stand_in.clock = lambda: world.clock.now
            yield Purchase(world, stand_in)
        payments.close()
