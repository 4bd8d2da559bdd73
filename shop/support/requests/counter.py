"""The counter at which a customer stands who asks: which market and language, what this browser holds, the pages."""

from dataclasses import dataclass
from datetime import datetime
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
from shop.checkout.links import link_over
from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.markets.arrival import SERVED
from shop.markets.frame import own_page
from shop.markets.visit import Visit
from shop.support.requests.attachments import Shelf
from shop.support.requests.files import MOST_BYTES
from shop.support.requests.models import Request

KIND = "request"  # of the secret link
Sent = tuple[Form, list[Upload]]


@dataclass(frozen=True, slots=True)
class Counter:
    """What every support page needs."""

    visit: Visit
    database: Database
    holders: Holders
    pages: Pages
    shelf: Shelf
    http: HttpRequest[Any, Any, Any]

    @property
    def now(self) -> datetime:
        """The moment of the visit."""
        return self.visit.now

    @property
    def minute(self) -> int:
        """The minute of the customer's day, for the day line."""
        here = local(self.now, self.visit.market.zone)
        return here.hour * 60 + here.minute

    def holds(self, kind: str, name: str) -> bool:
        """Whether this browser holds the thing."""
        return bool(name) and self.holders.holds(self.http, kind, name, now=self.now)

    def own(self, db: Session, ref: str) -> Request:
        """The request, for the browser that holds it; raises LinkOver for anybody else."""
        if not self.holds(KIND, ref):
            raise link_over(self.visit, ref)
        request = db.get(Request, ref)
        if request is None or request.market != self.visit.market.id:
            raise NotFound
        if not request.email:  # whose it was is erased
            raise link_over(self.visit, ref)
        return request

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
    return Counter(visit, database, holders, pages, Shelf.of(settings.data_dir), request)


async def provide_sent(request: HttpRequest[Any, Any, Any], counter: NamedDependency[Counter]) -> Sent:
    """The form with its files. Nothing is read of what somebody sends who does not hold the request it is for."""
    ref = request.path_params.get("ref", "")
    if ref and not counter.holds(KIND, ref):
        raise link_over(counter.visit, ref)
    return await read_uploads(request, most_bytes=MOST_BYTES)


AT = {**SERVED, "counter": Provide(provide_counter, sync_to_thread=False)}
WITH_FILES = {**AT, "sent": Provide(provide_sent)}
