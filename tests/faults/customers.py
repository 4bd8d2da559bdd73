"""Customers with a browser, an address and a mailbox of their own, who buy over HTTP and do not give up at a busy sign.

anna = Customer(shop.port, 1)
number = anna.does(anna.buys({BLENDER: 1}))
asyncio.run(together(customers([shop.port], 100), lambda each: each.buys({BLENDER: 1}), parallel=20))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

from sqlalchemy import update
from sqlmodel import col

from shop.base.db import Database
from shop.base.revisions import EVERYWHERE, market_scope, raise_revision
from shop.catalogue.models import Stock
from shop.markets.models import Market
from tests.faults.browsers import Answer, Browser, expected
from tests.faults.fault import Place
from tests.world import ANNA, PageForm

BLENDER = "HB-BL-230"


@dataclass
class Customer(Browser):
    """One visitor of a market who buys."""

    market: str = "de"
    person: Mapping[str, str] = field(default_factory=lambda: ANNA)
    order_form: dict[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        """A mailbox of their own."""
        return f"customer-{self.number}@example.com"

    @property
    def shop(self) -> str:
        """Where the market's pages begin."""
        return f"/{self.market}/{self.language}/"

    @property
    def ordered(self) -> str:
        """The number of the order that this browser holds, the newest; empty before."""
        held = [name.partition("order-")[2] for name in self.cookies if name.startswith(("order-", "__Host-order-"))]
        return held[-1] if held else ""

    async def fills_cart(self, lines: Mapping[str, int]) -> None:
        """Put these pieces into the cart."""
        for sku, quantity in lines.items():
            fields = {"sku": sku, "quantity": str(quantity)}
            expected(await self.insists("POST", f"{self.shop}cart/lines", fields), 303)

    async def gives_address(self) -> None:
        """Say where to."""
        fields = {**self.person, "email": self.email}
        expected(await self.insists("POST", f"{self.shop}checkout", fields), 303)

    async def reviews(self) -> PageForm:
        """Read everything once more; the form that binds is kept in `order_form`, to be sent as often as it takes."""
        page = expected(await self.insists("GET", f"{self.shop}checkout/review"), 200)
        form = page.form("/orders")
        self.order_form = {**form.fields, "accept": "yes"}
        return form

    async def orders(self, *, patience: float = 120) -> Answer:
        """Press the button that binds, the same form again while the shop is busy or gone. Led on, or a refusal."""
        return await self.insists("POST", f"{self.shop}orders", self.order_form, patience=patience)

    async def pays(self, till: str, *, patience: float = 120) -> Answer:
        """Pay at the demo till and come back to the shop, which then asks the till what became of it.

        A till that is closed is one where a cut line had left it open whether the payment was heard.
        """
        expected(await self.insists("POST", till, {"outcome": "pay"}, patience=patience), 303, 409)
        return expected(await self.insists("GET", f"{self.shop}orders/{self.ordered}/paid", patience=patience), 303)

    async def buys(self, lines: Mapping[str, int], *, patience: float = 120) -> str:
        """From the empty cart to the paid order at the demo till; its number. Raises Unexpected at any refusal."""
        await self.fills_cart(lines)
        await self.gives_address()
        await self.reviews()
        led = expected(await self.orders(patience=patience), 303)
        if led.location.startswith("/till/"):
            await self.pays(led.location, patience=patience)
        await self.leaves()
        return self.ordered


def customers(ports: Sequence[int], number: int, *, first: int = 0) -> list[Customer]:
    """So many customers, numbered on from `first`, spread over the ports as a proxy would."""
    return [Customer(port, first + each) for each, port in enumerate(islice(cycle(ports), number))]


def on_shelf(place: Place, pieces: Mapping[str, int], *, market: str = "de") -> None:
    """Let so many pieces of each SKU be free, and no cap of the market be in the way."""
    database = Database(place.url)
    free = {"order_cap": None, "daily_cap": None, "value_cap": None, "customer_cap": None, "minutes_per_contact": 0}
    with database.writing() as db:
        for sku, on_hand in pieces.items():
            stocked = update(Stock).where(col(Stock.sku) == sku)
            db.connection().execute(stocked.values(on_hand=Stock.held + Stock.sold + on_hand))
        db.connection().execute(update(Market).where(col(Market.id) == market).values(**free))
        raise_revision(db, market_scope(market), EVERYWHERE)
    database.close()
