"""The counter at which a customer stands after the sale: who they are, what they hold, and the pages drawn for them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency, Provide
from sqlmodel import Session

from shop.aftersales.models import Case
from shop.base import limits
from shop.base.assets import Assets
from shop.base.db import Database
from shop.base.holders import Holders
from shop.base.pages import Pages
from shop.base.web import client_address
from shop.checkout.held_things import Holding
from shop.checkout.links import link_over
from shop.checkout.models import Order
from shop.markets.arrival import SERVED
from shop.markets.calendar import day_in
from shop.markets.frame import own_page
from shop.markets.visit import Visit
from shop.policies.library import PolicyLibrary

CASE = "case"  # the kind of the secret link


@dataclass(frozen=True, slots=True)
class Counter(Holding):
    """What every page after the sale needs. Whoever is handed an order or a case by it may see it."""

    database: Database
    policies: PolicyLibrary
    pages: Pages
    assets: Assets

    @property
    def today(self) -> date:
        """The day it is in the market."""
        return day_in(self.visit.market, self.now)

    @property
    def static(self) -> str:
        """Where drawings lie."""
        return f"/static/{self.assets.version}"

    def order(self, db: Session, number: str) -> Order:
        """The order, for the browser that holds it; raises LinkOver for anybody else."""
        self.check_holds("order", number)
        return self.here(db.get(Order, number), number)

    def case(self, db: Session, number: str) -> Case:
        """The case, for the browser that holds it or its order; raises LinkOver for anybody else."""
        case = db.get(Case, number)
        if not self.holds(CASE, number) and not (case and self.holds("order", case.order_number)):
            raise link_over(self.visit, number)
        return self.here(case, number)

    def spend(self) -> None:
        """Count one of the things that may be sent here only so often. Raises TooMany."""
        limits.spend(self.database, limits.AFTER_SALES, client_address(self.http), now=self.now)

    def page(self, template: str, *, title: str, path: str, status: int = 200, **values: Any) -> Response[str]:
        """A page of this market that is nobody else's to keep."""
        return own_page(self.pages, self.visit, template, title=title, path=path, status=status, **values)


def provide_counter(
    request: Request[Any, Any, Any],
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    holders: NamedDependency[Holders],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
) -> Counter:
    """The counter at which this visitor stands."""
    return Counter(visit, holders, request, database, policies, pages, assets)


AT = {**SERVED, "counter": Provide(provide_counter, sync_to_thread=False)}
