"""The counter at which a customer stands who asks: which market and language, what this browser holds, the pages."""

from dataclasses import dataclass
from typing import Any

from litestar import Request as HttpRequest
from litestar import Response
from litestar.di import NamedDependency, Provide
from sqlmodel import Session

from shop.base.db import Database
from shop.base.holders import Holders
from shop.base.pages import Pages
from shop.base.settings import Settings
from shop.base.uploads import Upload, read_uploads
from shop.base.web import Form
from shop.checkout.held_things import Holding
from shop.ground.instants import local, minute_of
from shop.markets.arrival import SERVED
from shop.markets.frame import own_page
from shop.markets.visit import Visit
from shop.support.requests.attachments import Shelf
from shop.support.requests.files import MOST_BYTES
from shop.support.requests.models import Request

KIND = "request"  # of the secret link
Sent = tuple[Form, list[Upload]]


@dataclass(frozen=True, slots=True)
class Counter(Holding):
    """What every support page needs."""

    database: Database
    pages: Pages
    shelf: Shelf

    @property
    def minute(self) -> int:
        """The minute of the customer's day, for the day line."""
        return minute_of(local(self.now, self.visit.market.zone))

    def own(self, db: Session, ref: str) -> Request:
        """The request, for the browser that holds it; raises LinkOver for anybody else."""
        self.check_holds(KIND, ref)
        return self.here(db.get(Request, ref), ref)

    def page(self, template: str, *, title: str, path: str, status: int = 200, **values: Any) -> Response[str]:
        """A page of this market that is nobody else's to keep."""
        return own_page(self.pages, self.visit, template, title=title, path=path, status=status, **values)


def provide_counter(
    request: HttpRequest[Any, Any, Any],
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    holders: NamedDependency[Holders],
    pages: NamedDependency[Pages],
    settings: NamedDependency[Settings],
) -> Counter:
    """The counter at which this visitor stands."""
    return Counter(visit, holders, request, database, pages, Shelf.of(settings.data_dir))


async def provide_sent(request: HttpRequest[Any, Any, Any], counter: NamedDependency[Counter]) -> Sent:
    """The form with its files. Nothing is read of what somebody sends who does not hold the request it is for."""
    ref = request.path_params.get("ref", "")
    if ref:
        counter.check_holds(KIND, ref)
    return await read_uploads(request, most_bytes=MOST_BYTES)


AT = {**SERVED, "counter": Provide(provide_counter, sync_to_thread=False)}
WITH_FILES = {**AT, "sent": Provide(provide_sent)}
