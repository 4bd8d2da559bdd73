"""The customer's door to the documents that come with a product: a manual, safety information, the terms of a plan.

They are read as long as the market serves anybody who bought there, whether or not the product is sold now.
"""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.db import Database
from shop.base.pages import Pages, safe
from shop.catalogue.goods import known
from shop.catalogue.models import Paper
from shop.catalogue.notice import placed
from shop.ground.errors import found
from shop.markets.arrival import SERVED
from shop.markets.frame import shop_frame
from shop.markets.visit import Visit
from shop.policies.library import html, title


@get("/{market:str}/{lang:str}/products/{slug:str}/papers/{kind:str}", dependencies=SERVED, sync_to_thread=True)
def paper(
    slug: FromPath[str],
    kind: FromPath[str],
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """One document in the language of the address; one that is not there in it is not found, never shown in another."""
    with database.showing() as db:
        shown = found(placed(db, visit, slug))
        told = found(db.get(Paper, (shown.product.family, kind, visit.tongue.language)))
    slugs, heading = known(visit).slugs_of(shown.product.sku), title(told.text)
    written = [tag for each, tag in known(visit).papers.get(shown.product.family, ()) if each == kind and tag in slugs]
    path = f"/products/{slug}/papers/{kind}"
    answer = pages.page(
        visit.tongue,
        "catalogue/paper.html",
        **shop_frame(
            visit, title=heading, path=path, paths={tag: f"/products/{slugs[tag]}/papers/{kind}" for tag in written}
        ),
        product_url=visit.url(f"/products/{slug}"),
        product_name=shown.text.name,
        heading=heading,
        body=safe(html(told.text)),
    )
    answer.headers.update(visit.page_headers(until=shown.listing.until))
    return answer


HANDLERS = [paper]
