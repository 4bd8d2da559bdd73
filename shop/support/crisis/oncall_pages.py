"""The door that a page leads to, for who holds its link: what it is about, and one button that takes it on.

Looking changes nothing, for mail scanners look at every link. The secret is exchanged for a cookie; what is shown is
the card, never a customer's words.
"""

from datetime import datetime
from typing import Any

from litestar import Request as HttpRequest
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session

from shop.base.db import Database
from shop.base.holders import Holders
from shop.base.i18n import Languages
from shop.base.pages import Pages
from shop.base.web import NO_INDEX, see_other
from shop.ground.errors import NotFound, found, row_id
from shop.markets.models import Exporter, Market
from shop.markets.readers import reader_of
from shop.staff.names import names_of
from shop.support.crisis.incident_sight import title_of
from shop.support.crisis.incidents import text_in
from shop.support.crisis.mails import LINK
from shop.support.crisis.models import Incident, Page
from shop.support.crisis.paging import acknowledge
from shop.support.crisis.sheet import sheet_of


@get("/on-call/{number:int}", sync_to_thread=True)
def page_of_call(
    number: FromPath[int],
    request: HttpRequest[Any, Any, Any],
    database: NamedDependency[Database],
    holders: NamedDependency[Holders],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
    secret: FromQuery[str] = "",
) -> Response[Any]:
    """What somebody is paged for."""
    if secret:
        cookies = holders.opened(request, LINK, str(number), secret, now=now)
        if not cookies:
            raise NotFound
        return see_other(f"/on-call/{number}", *cookies)
    with database.reading() as db:
        page, incident = _held(db, request, holders, number, now=now)
        exporter, market = db.get_one(Exporter, 1), db.get(Market, incident.market)
        reader = reader_of(db, page.person, exporter)
        tongue = languages.tongue(reader.language)
        sheet = sheet_of(text_in(db, incident.card, tongue.language), tongue)
        taken_by = names_of(db, [incident.acknowledged_by]).get(incident.acknowledged_by, "")
    answer = pages.page(
        tongue,
        "support/on_call.html",
        title=title_of(tongue, incident, sheet),
        exporter=exporter,
        incident=incident,
        sheet=sheet,
        place=tongue.territory(market.country) if market else "",
        opened=tongue.moment(incident.opened_at, reader.zone),
        due=tongue.time(page.due_at, reader.zone),
        zone=reader.zone,
        taken_by=taken_by,
        taken_at=tongue.moment(incident.acknowledged_at, reader.zone) if incident.acknowledged_at else "",
        url=f"/on-call/{number}",
        desk_url=f"/desk/incidents/{incident.id}",
    )
    answer.headers.update(NO_INDEX)
    return answer


@post("/on-call/{number:int}/acknowledgement", sync_to_thread=True)
def acknowledge_call(
    number: FromPath[int],
    request: HttpRequest[Any, Any, Any],
    database: NamedDependency[Database],
    holders: NamedDependency[Holders],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Take it on, so that nobody further is paged."""
    with database.writing() as db:
        page, incident = _held(db, request, holders, number, now=now)
        acknowledge(db, incident, page.person, now=now)
    return see_other(f"/on-call/{number}")


def _held(
    db: Session, request: HttpRequest[Any, Any, Any], holders: Holders, number: int, *, now: datetime
) -> tuple[Page, Incident]:
    """The page and its incident, for the browser that opened its link; raises NotFound for everybody else."""
    if not holders.holds(request, LINK, str(number), now=now):
        raise NotFound
    page = found(db.get(Page, row_id(number)))
    return page, db.get_one(Incident, page.incident)


HANDLERS = [page_of_call, acknowledge_call]
