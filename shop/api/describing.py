"""The door to the description of the API, for everybody: it tells nothing that docs/programs.md does not."""

from itertools import chain

from litestar import Response, get
from litestar.di import NamedDependency

from shop.api import goods, knowing, markets, orders, parcels, requests, steps, stock, webhooks
from shop.api.description import as_bytes, description
from shop.base.settings import Settings

PARTS = (markets, steps, goods, stock, orders, parcels, requests, knowing, webhooks)
OPERATIONS = list(chain.from_iterable(part.HANDLERS for part in PARTS))
HEADERS = {"cache-control": "public, max-age=0, must-revalidate"}


@get("/openapi.json", sync_to_thread=True)
def openapi(settings: NamedDependency[Settings]) -> Response[bytes]:
    """Every operation, what it reads, gives and refuses."""
    told = as_bytes(description(OPERATIONS, settings.base_url))
    return Response(told, headers=HEADERS, media_type="application/json")


HANDLERS = [openapi, *OPERATIONS]
