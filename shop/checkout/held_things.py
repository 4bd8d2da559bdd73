"""What a visitor's browser holds: the orders, cases and requests whose secret link was opened in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from litestar import Request, Response
from litestar.di import NamedDependency, Provide

from shop.base.holders import Holders
from shop.base.web import see_other
from shop.checkout.links import link_over
from shop.ground.errors import NotFound
from shop.markets.arrival import SERVED
from shop.markets.visit import Visit


class Thing(Protocol):
    """What can be held: something in a market, of whoever has this mailbox."""

    market: str
    email: str


AnyThing = TypeVar("AnyThing", bound=Thing)


@dataclass(frozen=True, slots=True)
class Holding:
    """A visitor with what their browser holds. A thing goes by its kind and its name, such as an order's number.

    What a browser holds may be another market's, or nobody's any more: before anything is shown or done, it must be `here`.
    """

    visit: Visit
    holders: Holders
    http: Request[Any, Any, Any]

    @property
    def now(self) -> datetime:
        """The moment of the visit."""
        return self.visit.now

    def holds(self, kind: str, name: str) -> bool:
        """Whether this browser holds the thing."""
        return bool(name) and self.holders.holds(self.http, kind, name, now=self.now)

    def check_holds(self, kind: str, name: str) -> None:
        """Raises LinkOver for a browser that does not hold the thing."""
        if not self.holds(kind, name):
            raise link_over(self.visit, name)

    def here(self, thing: AnyThing | None, name: str) -> AnyThing:
        """The thing, where it is of this market; raises NotFound otherwise, and LinkOver where whose it was is erased."""
        if thing is None or thing.market != self.visit.market.id:
            raise NotFound
        if not thing.email:
            raise link_over(self.visit, name)
        return thing

    def let_in(self, kind: str, name: str, secret: str, *, path: str) -> Response[Any]:
        """Exchange a link's secret for a cookie, and lead to the page without it. Raises LinkOver for a wrong secret."""
        cookies = self.holders.opened(self.http, kind, name, secret, now=self.now)
        if not cookies:
            raise link_over(self.visit, name)
        return see_other(self.visit.url(path), *cookies)


def provide_holding(
    request: Request[Any, Any, Any], visit: NamedDependency[Visit], holders: NamedDependency[Holders]
) -> Holding:
    """This visitor with what their browser holds."""
    return Holding(visit, holders, request)


HOLDING = {**SERVED, "holding": Provide(provide_holding, sync_to_thread=False)}
