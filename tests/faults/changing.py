"""What is bought changes under the customer: policy, price, stock, the market, a recall, behind each step of a checkout.

The customer pays what they were shown, under the policy they were shown, or is asked again; or nothing is taken of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from shop.base.payments import PaymentRefused
from shop.base.revisions import market_scope, raise_revision
from shop.base.till import DemoTill, TillSession
from shop.catalogue.models import Listing, Stock
from shop.checkout.models import Order
from shop.ground.money import Money
from shop.launches.changing.safety import follow_up
from shop.launches.changing.transitions import change_state
from shop.markets.models import Market
from shop.policies.acceptance import accepted
from shop.policies.written import write
from tests.buying import BLENDER, stock_of
from tests.doors import fill_cart
from tests.faults.copying import copied
from tests.faults.fault import Fault, Place, Size
from tests.recalling import SCOPE, texts
from tests.world import ANNA, Browser, World, text
from tests.world import world as open_world

SHOP = "/de/de/"
NEW_TERMS = "Ab heute gilt eine Frist von 61 Tagen."
STEPS = ("cart", "review", "pay", "return")


def _policy(world: World) -> None:
    """A new version of the returns policy takes effect, at this very moment."""
    today = world.clock.now.date()
    old = world.house.policies.in_force("de", "returns", today)
    new = {each: f"{told}\n\n{NEW_TERMS}\n" for each, told in old.texts.items()}
    rules = {**old.rules, "effective": today, "window_days": 61}
    with world.house.database.writing() as db:
        write(db, replace(old, effective=today, rules=rules, texts=new), person="mere", now=world.clock.now)
    world.house.policies.refresh()


def _price(world: World) -> None:
    with world.house.database.writing() as db:
        mine = update(Listing).where(col(Listing.market) == "de", col(Listing.sku) == BLENDER)
        db.connection().execute(mine.values(price=Listing.price + 1_00))
        raise_revision(db, market_scope("de"))


def _stock(world: World) -> None:
    """What is not held for somebody is gone."""
    _on_hand, held, sold = stock_of(world)
    with world.house.database.writing() as db:
        mine = update(Stock).where(col(Stock.sku) == BLENDER)
        db.connection().execute(mine.values(on_hand=held + sold))
        raise_revision(db, market_scope("de"))


def _pause(world: World, mode: str) -> None:
    house = world.house
    sources = house.sources()
    with house.database.writing() as db:
        version = db.get_one(Market, "de").version
        given = {"person": "mere", "reason": "A drill", "sources": sources, "now": world.clock.now}
        event = change_state(db, "de", "pause", version=version, mode=mode, **given)
    follow_up(house.database, house.payments, event, now=world.clock.now)


def _recall(world: World) -> None:
    answer = world.signed_in("mere").post("/console/recalls", {**SCOPE, **texts("de", "en", "fr", "it", "ja", "ar")})
    assert answer.status_code == 303, text(answer.text)
    world.work()


CHANGES: dict[str, Callable[[World], None]] = {
    "policy": _policy,
    "price": _price,
    "stock": _stock,
    "sell stop": lambda world: _pause(world, "sell_stop"),
    "safety": lambda world: _pause(world, "safety"),
    "recall": _recall,
}

# What comes of a change behind each of the STEPS: bought as was shown, asked again and then bought, or not sold.
OUTCOMES = {
    "policy": ("bought", "asked", "bought", "bought"),
    "price": ("bought", "asked", "bought", "bought"),
    "stock": ("not sold", "not sold", "bought", "bought"),
    "sell stop": ("not sold", "not sold", "bought", "bought"),
    "safety": ("not sold", "not sold", "not sold", "paid back"),
    "recall": ("not sold", "not sold", "not sold", "paid back"),  # the guard stops the market for safety
}


@dataclass
class Checkout:
    """One customer's way to an order, and what they were shown when they pressed the button."""

    world: World
    browser: Browser
    shown: str = ""
    asked_again: bool = False

    def walk(self, change: str, behind: str) -> str:
        """Go the way, with the change behind one of its steps; what came of it."""
        fill_cart(self.browser, SHOP)
        self._changed(change, behind, "cart")
        answer = self.browser.follow(self.browser.post(f"{SHOP}checkout", dict(ANNA)))
        answer = self.browser.get(f"{SHOP}checkout/review") if answer.status_code == 200 else answer
        self._changed(change, behind, "review")
        if not self._pressed():
            return "not sold"
        order = self._order()
        self._changed(change, behind, "pay")
        paid = self._pay(order)
        self._changed(change, behind, "return")
        self.browser.get(f"{SHOP}orders/{order.number}/paid")
        self.world.work()
        return self._came_of(self._order(), paid=paid)

    def _changed(self, change: str, behind: str, step: str) -> None:
        if step == behind:
            CHANGES[change](self.world)

    def _pressed(self) -> bool:
        """Press the button, and once more when asked to look again. False when there is nothing to press, or to buy."""
        for again in range(2):
            page = self.browser.page
            assert page is not None and page.status_code == 200, page
            self.shown, self.asked_again = text(page.text), bool(again)
            if f'action="{SHOP}orders"' not in page.text:
                return False
            answer = self.browser.submit("/orders", accept="yes")
            if answer.status_code == 303:
                return True
            assert answer.status_code == 409 and self._nothing_stands(), text(answer.text)
            self.browser.get(f"{SHOP}checkout/review")
        return False

    def _nothing_stands(self) -> bool:
        with self.world.house.database.reading() as db:
            return not db.exec(select(Order)).all() and stock_of(self.world)[1:] == (0, 0)

    def _order(self) -> Order:
        with self.world.house.database.reading() as db:
            return db.exec(select(Order)).one()

    def _pay(self, order: Order) -> bool:
        """Pay at the till, which does not tell the shop yet."""
        till = self.world.house.payments
        assert isinstance(till, DemoTill)
        with self.world.house.database.reading() as db:
            session = db.exec(select(TillSession).where(TillSession.reference == order.number)).one()
        try:
            till.pay(session.id, now=self.world.clock.now)
        except PaymentRefused:
            return False
        return True

    def _came_of(self, order: Order, *, paid: bool) -> str:
        with self.world.house.database.reading() as db:
            session = db.exec(select(TillSession).where(TillSession.reference == order.number)).one()
            terms = next(each.text for each in accepted(db, order.number) if each.acceptance.kind == "returns")
        kept = session.amount - session.refunded if paid else 0
        if order.state == "paid":
            total = Money(order.total, order.currency)
            assert kept == order.total and self._spoken(total) in self.shown, (kept, total, self.shown)
            assert (NEW_TERMS in terms) == (NEW_TERMS in self.shown), "accepted another policy than was shown"
            return "asked" if self.asked_again else "bought"
        assert kept == 0 and order.state in ("cancelled", "refunded"), (order.state, kept)
        return "paid back" if paid else "not sold"

    def _spoken(self, total: Money) -> str:
        return " ".join(self.world.house.languages.tongue("de", "DE").money(total).split())


def run(place: Place, size: Size) -> str:
    """Every change behind every step, each in a copy of the place; the short form takes every step once."""
    cases = list(product(CHANGES, STEPS))
    if not size.full:
        cases = [(change, step) for number, (change, step) in enumerate(cases) if number % 5 == size.seed % 5]
    came: dict[tuple[str, str], str] = {}
    for change, step in cases:
        with copied(place) as copy:
            came[change, step] = _case(copy, change, step)
    wrong: dict[Any, Any] = {
        (change, step): (expected, came[change, step])
        for (change, step) in cases
        if came[change, step] != (expected := OUTCOMES[change][STEPS.index(step)])
    }
    assert not wrong, wrong
    counted = {each: list(came.values()).count(each) for each in ("bought", "asked", "not sold", "paid back")}
    return f"{len(cases)} checkouts, of which " + ", ".join(f"{number} {each}" for each, number in counted.items())


def _case(place: Place, change: str, step: str) -> str:
    with open_world(place.folder, place.url) as world:
        outcome = Checkout(world, world.browser("de")).walk(change, step)
        now = world.clock.now
    place.prove(now=now)
    return outcome


FAULT = Fault("changing", "policy, price, stock, market and recall change behind each step of a checkout", run)
