"""What a door is handed when it asks for something by name: parts of the house, and who stands there.

In a dry run three of them take another shape: the instant, the markets, and a database that keeps nothing.
"""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any

from litestar.di import Provide
from litestar.types import Scope

from shop.aftersales.order_doors import follows
from shop.api.tokens import working
from shop.base.db import Database
from shop.base.web import provide_form
from shop.checkout.following import Following
from shop.house import House
from shop.launches.rehearsing.front import run_of
from shop.launches.rehearsing.run import Supposing
from shop.markets.directory import Directory
from shop.staff.arrival import provide_staff
from shop.staff.programs import Programs

HANDED_OUT = (
    "settings",
    "database",
    "languages",
    "sources",
    "pages",
    "assets",
    "policies",
    "payments",
    "mailer",
    "signer",
    "directory",
    "admissions",
    "holders",
    "revisions",
    "metrics",
)


def handed_out(house: House, *, recalls: str) -> dict[str, Provide]:
    """What a door may ask for by name. `recalls` is the path of the page of recalls within a market."""
    provided = {part: Provide(_giver(house, part), sync_to_thread=False) for part in HANDED_OUT}
    provided["jar"] = Provide(_giver(house, "cookies"), sync_to_thread=False)
    following = Following(lambda *asked: follows(house.policies, *asked))
    programs = Programs(working)
    provided["programs"] = Provide(lambda: programs, sync_to_thread=False)
    provided["recalls"] = Provide(lambda: recalls, sync_to_thread=False)
    provided["following"] = Provide(lambda: following, sync_to_thread=False)
    provided["known_markets"] = Provide(lambda: _countries(house), sync_to_thread=True)
    provided["form"] = Provide(provide_form)
    provided["staff"] = Provide(provide_staff, sync_to_thread=True)
    return {**provided, **_rehearsed(house)}


def _countries(house: House) -> dict[str, str]:
    """The country of every market: what the staff's own doors, which stand before all markets, need to know of them."""
    return {each.id: each.country for each in house.directory.now().markets.values()}


def _rehearsed(house: House) -> dict[str, Provide]:
    """What a dry run is handed in another shape: its own instant, its market, a database that keeps nothing."""

    def now(scope: Scope) -> datetime:
        run = run_of(scope)
        return run.at if run else house.clock()

    def directory(scope: Scope) -> Directory:
        run = run_of(scope)
        return Supposing(house.directory, run) if run else house.directory

    def database(scope: Scope) -> Database:
        return house.database.keeping_nothing() if run_of(scope) else house.database

    given: tuple[Callable[..., Any], ...] = (now, directory, database)
    return {each.__name__: Provide(each, sync_to_thread=False) for each in given}


def _giver(house: House, part: str) -> Callable[[], Any]:
    give = attrgetter(part)
    return lambda: give(house)
