"""The customer's door to a new link, when the old one is lost or has expired. It says nothing about what there is."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from shop.base import limits
from shop.base.db import Database
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.web import Form, client_address, read_email, see_other
from shop.checkout.links import LONGEST, ask_for_link
from shop.ground.figures import figures
from shop.markets.arrival import SERVED
from shop.markets.frame import own_page
from shop.markets.visit import Visit


@get("/{market:str}/{lang:str}/link", dependencies=SERVED, sync_to_thread=True)
def link_page(
    visit: NamedDependency[Visit], pages: NamedDependency[Pages], number: FromQuery[str] = "", sent: FromQuery[str] = ""
) -> Response[str]:
    """Ask for a new link; or, once asked, what happens now."""
    return _page(visit, pages, Form({"number": number[:LONGEST]}), sent=sent == "1")


@post("/{market:str}/{lang:str}/link", dependencies=SERVED, sync_to_thread=True)
def link_form(
    request: Request[Any, Any, Any],
    visit: NamedDependency[Visit],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Have a link sent to whom the order or request belongs; the answer is always the same."""
    limits.spend(database, limits.LINK, client_address(request), now=visit.now)
    number = figures(form.text("number")).upper()
    if not 1 <= len(number) <= LONGEST:
        form.fail("number", visit.tongue.say(N_("Please enter the number as it stands in our mail.")))
    email = read_email(form, visit.tongue)
    if form.errors:
        return _page(visit, pages, form, status=422)
    with database.writing() as db:
        ask_for_link(db, number, email, now=visit.now)
    return see_other(visit.url("/link?sent=1"))


def _page(visit: Visit, pages: Pages, form: Form, *, sent: bool = False, status: int = 200) -> Response[str]:
    title = visit.tongue.say(N_("A new link by e-mail"))
    values = {"form": form, "sent": sent, "longest": LONGEST}
    return own_page(pages, visit, "checkout/link.html", title=title, path="/link", status=status, **values)


HANDLERS = [link_page, link_form]
