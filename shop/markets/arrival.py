"""How a visit begins: market and language from the address, who came from the cookies. Handlers handed one need no check."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.settings import Settings
from shop.base.web import Cookies
from shop.ground.errors import NotFound
from shop.markets.admission import AdmissionCookies
from shop.markets.coming import is_coming
from shop.markets.directory import Directory
from shop.markets.gate import Visitor, seeing, serves_after_sales
from shop.markets.visit import Visit
from shop.staff.arrival import person_of
from shop.staff.may import works_for


def is_seen(visit: Visit) -> bool:
    """Whether the table of launch states shows this visitor anything of the market's catalogue."""
    return visit.seeing.what != "nothing"


def is_served(visit: Visit) -> bool:
    """Whether the after-sales doors answer: to everybody once the market has ever sold, before to those who see it."""
    return serves_after_sales(visit.snapshot.facts(visit.market)) or is_seen(visit)


def is_awaited(visit: Visit) -> bool:
    """Whether the market's waiting list answers: where it is announced, or seen by this visitor."""
    return is_coming(visit.snapshot, visit.market) or is_seen(visit)


def _arriving(is_open: Callable[[Visit], bool]) -> Callable[..., Visit]:
    def arrive(
        request: Request[Any, Any, Any],
        market: FromPath[str],
        lang: FromPath[str],
        directory: NamedDependency[Directory],
        languages: NamedDependency[Languages],
        admissions: NamedDependency[AdmissionCookies],
        database: NamedDependency[Database],
        jar: NamedDependency[Cookies],
        settings: NamedDependency[Settings],
        now: NamedDependency[datetime],
    ) -> Visit:
        """The visit to one of a market's doors; raises NotFound when it is not open to this visitor."""
        snapshot = directory.now()
        found = snapshot.market(market)
        if lang not in found.languages.split():
            raise NotFound
        person = person_of(request, database, jar, now=now)
        staff = person is not None and works_for(person, market, "shop.preview")
        invited = admissions.invited(request.cookies, market, snapshot)
        seen = seeing(snapshot.facts(found), Visitor(staff=staff, invited=invited))
        keeps, tongue = admissions.keeps(request, market), languages.tongue(lang, found.country)
        visit = Visit(found, tongue, snapshot, seen, keeps, now, staff, settings.base_url)
        if not is_open(visit):
            raise NotFound
        # From here on errors speak the visit's tongue and name the shop; before, they must not tell that there is such a market.
        request.scope["state"] |= {"tongue": tongue, "shop_name": snapshot.exporter.name}
        return visit

    return arrive


provide_visit = _arriving(is_seen)
provide_served = _arriving(is_served)
provide_awaited = _arriving(is_awaited)

VISIT, SERVED, AWAITED = (
    {"visit": Provide(each, sync_to_thread=True)} for each in (provide_visit, provide_served, provide_awaited)
)
