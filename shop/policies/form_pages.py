"""The model withdrawal form as a page to print, where the market's returns rules hold one (Directive 2011/83/EU, Annex I B)."""

from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.ground.errors import NotFound
from shop.ground.instants import next_day
from shop.markets.arrival import SERVED
from shop.markets.calendar import day_in
from shop.markets.frame import shop_frame
from shop.markets.visit import Visit
from shop.policies.library import PolicyLibrary


@get("/{market:str}/{lang:str}/policies/{kind:str}/form", dependencies=SERVED, sync_to_thread=True)
def withdrawal_form(
    kind: FromPath[str],
    visit: NamedDependency[Visit],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> Response[str]:
    """The form with the seller's address filled in; nobody has to use it."""
    rules = policies.rules(visit.market.id, kind, day_in(visit.market, now))
    if kind != "returns" or not rules.get("model_form"):
        raise NotFound
    answer = pages.page(
        visit.tongue,
        "policies/form.html",
        **shop_frame(visit, title=visit.tongue.say(N_("Model withdrawal form")), path="/policies/returns/form"),
        to=[rules["seller"], rules["seller_address"], rules["email"]],
        by_function=visit.url("/withdraw") if rules["withdrawal_function"] else "",
    )
    answer.headers.update(visit.page_headers(until=next_day(visit.now, visit.market.zone)))
    return answer


HANDLERS = [withdrawal_form]
