"""What every door of the checkout stands at: the visit, its cart, the address given so far, and the means to draw a page."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency, Provide

from shop.base.assets import Assets
from shop.base.db import Database
from shop.base.pages import Pages
from shop.base.tokens import Signer
from shop.base.web import Cookies
from shop.checkout.allowance import customer_key
from shop.checkout.cart import Cart, Carts
from shop.markets.arrival import VISIT
from shop.markets.frame import own_page
from shop.markets.gate import Visitor, seeing
from shop.markets.visit import Visit
from shop.policies.library import PolicyLibrary


@dataclass(frozen=True, slots=True)
class Counter:
    """What every checkout door needs: the visit, the carts, and the means to draw a page."""

    visit: Visit
    carts: Carts
    database: Database
    pages: Pages
    assets: Assets
    signer: Signer
    cookies: Cookies
    policies: PolicyLibrary

    def page(self, name: str, *, title: str, path: str, status: int = 200, **values: Any) -> Response[str]:
        """A page of the checkout; never kept by anybody."""
        values |= {"title": title, "path": path}
        return own_page(self.pages, self.visit, f"checkout/{name}.html", status=status, **values)

    def draft(self, request: Request[Any, Any, Any]) -> dict[str, Any] | None:
        """The address given earlier in this checkout, if any."""
        name = f"draft-{self.visit.market.id}"
        opened: dict[str, Any] | None = self.signer.opened(name, self.cookies.read(request, name))
        return opened

    def customer(self, request: Request[Any, Any, Any]) -> str:
        """The keyed hash of the mailbox that was given, as the gate knows it; empty while none was."""
        draft = self.draft(request)
        return customer_key(self.signer, draft["email"]) if draft else ""

    @property
    def static(self) -> str:
        """Where the house's own drawings stand."""
        return f"/static/{self.assets.version}"


def provide_counter(
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
    signer: NamedDependency[Signer],
    jar: NamedDependency[Cookies],
    policies: NamedDependency[PolicyLibrary],
) -> Counter:
    """The counter at which this visitor stands."""
    return Counter(visit, Carts(jar, signer), database, pages, assets, signer, jar, policies)


COUNTER = {
    **VISIT,
    "counter": Provide(provide_counter, sync_to_thread=False),
}


def emptied(jar: Cookies, signer: Signer, market: str) -> list[Cookie]:
    """The cookies after an order is paid: nothing in the cart, no address kept."""
    return [*Carts(jar, signer).cookies(Cart({}), market), jar.drop(f"draft-{market}")]


def other_cart(counter: Counter, request: Request[Any, Any, Any]) -> tuple[str, Cart] | None:
    """The filled cart of another market that this visitor sees, if there is none of this one: the market, and the cart."""
    visit = counter.visit
    mine = counter.carts.read(request, visit.market.id)
    if mine.lines or mine.tampered:
        return None
    markets = visit.snapshot.markets
    filled = counter.carts.others(request, visit.market.id, markets)
    # Their cart is signed: they were let in there once, by whatever way.
    visitor = Visitor(staff=visit.staff, invited=True)
    seen = (each for each in filled if seeing(visit.snapshot.facts(markets[each]), visitor).what == "page")
    first = next(iter(seen), None)
    return (first, filled[first]) if first else None
