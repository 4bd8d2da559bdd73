"""What people and jobs do that may be ended anywhere, each as steps that can be taken once more: the customer's side.

A form is filled in before anything goes wrong and is sent with the same fields, key included, as often as need be: 303
where it was taken, 409 and its kin where it had been taken before. The rest is the staff's side (crash_desk_flows.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin

import httpx
from sqlmodel import select

from shop.base.payments import PaymentState
from shop.base.till import DemoTill, TillSession
from shop.catalogue.models import Stock
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.settling import settle
from tests.aftersales import DE
from tests.doors import BLENDER, place, to_review
from tests.faults.crash_watch import Step
from tests.world import ANNA, Browser, World, forms

Steps = tuple[Step, ...]
PAST_EXPIRY = timedelta(minutes=62)  # of a payment session


@dataclass(frozen=True, slots=True)
class Flow:
    """`ready` brings the place to just before the flow begins, and gives the steps that may be ended anywhere."""

    name: str
    ready: Callable[[World], Steps]


@dataclass(frozen=True, slots=True)
class Press:
    """A form in somebody's browser, filled in; sent any number of times."""

    cookies: tuple[tuple[str, str], ...]
    url: str
    fields: dict[str, str]

    def __call__(self, world: World) -> None:
        """Send it; whatever the answer is, it is no fault of the house."""
        answer = browser_with(world, self.cookies).post(self.url, self.fields)
        assert answer.status_code < 500, (self.url, answer.status_code, answer.text[:500])


@dataclass(frozen=True, slots=True)
class Look:
    """A page that is opened, and its form sent if it still asks for it and does not say that it was done: `said`."""

    cookies: tuple[tuple[str, str], ...]
    url: str
    action: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    said: str = ""

    def __call__(self, world: World) -> None:
        """Open it, and send its form."""
        browser = browser_with(world, self.cookies)
        answer = browser.get(self.url)
        assert answer.status_code < 500, answer.text[:500]
        done = bool(self.said) and self.said in answer.text
        if self.action and not done and any(each.action.endswith(self.action) for each in forms(answer.text)):
            sent = browser.submit(self.action, **dict(self.fields))
            assert sent.status_code < 500, sent.text[:500]


@dataclass(frozen=True, slots=True)
class Deliver:
    """A notice of the payment provider's, which it sends until it is taken."""

    body: bytes
    signature: str

    def __call__(self, world: World) -> None:
        """Send it."""
        headers = {"stripe-signature": self.signature, "content-type": "application/json"}
        answer = world.browser().post("/webhooks/stripe", content=self.body, headers=headers)
        assert answer.status_code in (200, 503), answer.text


def kept(cookies: httpx.Cookies) -> tuple[tuple[str, str], ...]:
    """What a browser keeps."""
    return tuple((each.name, each.value or "") for each in cookies.jar)


def browser_with(world: World, cookies: tuple[tuple[str, str], ...]) -> Browser:
    """A browser that keeps these, in a house that may be another one than set them."""
    browser = world.browser("de")
    for name, value in cookies:
        browser.cookies.set(name, value, domain="127.0.0.1", path="/")
    return browser


def filled(browser: Browser, action: str, **fields: str) -> Press:
    """The form of the present page whose action ends so, filled in and not yet sent."""
    assert browser.page is not None
    form = next(each for each in forms(browser.page.text) if each.action.endswith(action))
    return Press(kept(browser.cookies), urljoin(str(browser.page.url), form.action), {**form.fields, **fields})


def work(world: World) -> None:
    """The periodic work."""
    world.work()


def order_begun(world: World) -> Steps:
    """The button that binds, pressed; nobody pays."""
    browser = world.browser("de")
    to_review(browser, DE, ANNA)
    return filled(browser, "/orders", accept="yes"), work


def paid_by_notice(world: World) -> Steps:
    """Paid at the provider, which tells of it."""
    _number, _cookies, session = _placed(world)
    return Deliver(*_till(world).pay(session, now=world.clock.now)), work


def paid_at_the_till(world: World) -> Steps:
    """Paid on the till's page, which tells of it and leads back to the order."""
    number, cookies, session = _placed(world)
    browser = browser_with(world, cookies)
    browser.get(f"/till/{session}")
    return filled(browser, session, outcome="pay"), Look(cookies, f"{DE}orders/{number}/paid"), work


def paid_by_landing(world: World) -> Steps:
    """Paid, the notice is lost, and the customer comes back."""
    number, cookies, session = _placed(world)
    _till(world).pay(session, now=world.clock.now)
    return Look(cookies, f"{DE}orders/{number}/paid"), work


def paid_by_sweep(world: World) -> Steps:
    """Paid, the notice is lost, the customer does not come back, and the sweeper asks."""
    _number, _cookies, session = _placed(world)
    _till(world).pay(session, now=world.clock.now)
    world.clock.now += PAST_EXPIRY
    return (work,)


def expired(world: World) -> Steps:
    """Nobody pays, and the time is over."""
    _placed(world)
    world.clock.now += PAST_EXPIRY
    return (work,)


def paid_too_late(world: World) -> Steps:
    """The order had ended, and its piece was sold to somebody else, when the notice of its payment came."""
    number, _cookies, session = _placed(world)
    with world.house.database.writing() as db:
        attempt = db.exec(select(PaymentAttempt).where(PaymentAttempt.order_number == number)).one()
        settle(db, attempt, PaymentState("", "expired"), now=world.clock.now)
        stock = db.get_one(Stock, BLENDER)
        stock.on_hand = stock.held + stock.sold
    world.work()
    return Deliver(*_till(world).pay(session, now=world.clock.now)), work


def given_up(world: World) -> Steps:
    """The customer does not want to pay after all."""
    number, cookies, _session = _placed(world)
    browser = browser_with(world, cookies)
    browser.get(f"{DE}orders/{number}")
    return filled(browser, "/cancellation"), work


def disputed(world: World) -> Steps:
    """Paid, and disputed at the customer's bank."""
    _number, _cookies, session = _placed(world)
    till = _till(world)
    Deliver(*till.pay(session, now=world.clock.now))(world)
    world.work()
    return Deliver(*till.dispute_payment(session, now=world.clock.now)), work


def _placed(world: World) -> tuple[str, tuple[tuple[str, str], ...], str]:
    browser = world.browser("de")
    number = place(browser, DE, ANNA)
    world.work()
    with world.house.database.reading() as db:
        assert db.get_one(Order, number).state == "placed"
        session = db.exec(select(TillSession.id).where(TillSession.reference == number)).one()
    return number, kept(browser.cookies), session


def _till(world: World) -> DemoTill:
    assert isinstance(world.house.payments, DemoTill)
    return world.house.payments


CUSTOMERS = (
    Flow("order begun", order_begun),
    Flow("paid by notice", paid_by_notice),
    Flow("paid at the till", paid_at_the_till),
    Flow("paid by landing page", paid_by_landing),
    Flow("paid by sweep", paid_by_sweep),
    Flow("payment expired", expired),
    Flow("paid too late", paid_too_late),
    Flow("given up", given_up),
    Flow("disputed", disputed),
)
