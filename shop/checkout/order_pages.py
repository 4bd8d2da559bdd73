"""The order's own page, open to whoever holds its link in every state of the market, and the way back from paying."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from sqlmodel import select

from shop.base.assets import Assets
from shop.base.db import Database
from shop.base.holders import Holders
from shop.base.pages import Pages, safe
from shop.base.payments import PaymentRefused, Payments, PaymentsAway
from shop.base.tokens import Signer
from shop.base.web import NO_INDEX, Cookies, see_other
from shop.checkout.counter import emptied
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.orders import HEADLINES, OrderView, line_views, order_view, sums
from shop.checkout.pay import abandon, settle_by_session
from shop.ground.errors import NotFound, found
from shop.markets.answering import answering
from shop.markets.arrival import Visit, provide_served
from shop.markets.frame import shop_frame, visit_panel
from shop.policies.library import html, title

SERVED = {"visit": Provide(provide_served, sync_to_thread=True)}


@get("/{market:str}/{lang:str}/orders/{number:str}", dependencies=SERVED, sync_to_thread=True)
def order_page(
    request: Request[Any, Any, Any],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    holders: NamedDependency[Holders],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
    now: NamedDependency[datetime],
    secret: FromQuery[str] = "",
) -> Response[Any]:
    """The order as it stands, with the policies as they were accepted. The link's secret is exchanged for a cookie."""
    path = f"/orders/{number}"
    if secret:
        return see_other(visit.url(path), holders.opened("order", number, secret))
    if not holders.holds(request, "order", number):
        raise NotFound
    with database.reading() as db:
        view = order_view(db, number)
        answers = answering(db, visit.market, visit.tongue.language, now=visit.now)
    if view.order.market != visit.market.id:
        raise NotFound
    tongue = visit.tongue
    answer = pages.page(
        tongue,
        "checkout/order.html",
        **shop_frame(visit, title=number, path=path),
        view=view,
        order=view.order,
        headline=tongue.say(HEADLINES[view.order.state]),
        lines=line_views(view, tongue, f"/static/{assets.version}"),
        sums=sums(view, tongue),
        timeline=view.timeline(tongue),
        expected=view.expected(),
        promise=visit_panel(answers, visit),
        pay_url=_pay_url(view, now),
        policies=[_as_accepted(each.text, each.acceptance) for each in view.accepted],
    )
    answer.headers.update(NO_INDEX)
    return answer


@get("/{market:str}/{lang:str}/orders/{number:str}/paid", dependencies=SERVED, sync_to_thread=True)
def back_from_paying(
    request: Request[Any, Any, Any],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    payments: NamedDependency[Payments],
    holders: NamedDependency[Holders],
    jar: NamedDependency[Cookies],
    signer: NamedDependency[Signer],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """The one GET that writes: what the provider says of the session is settled, and the order's page shows it."""
    if not holders.holds(request, "order", number):
        raise NotFound
    with database.reading() as db:
        attempt = db.exec(select(PaymentAttempt).where(PaymentAttempt.order_number == number)).first()
    if attempt is not None and attempt.session and attempt.state == "begun":
        # Otherwise the notice or the sweeper settles it; until then the page says that it is not finished.
        with suppress(PaymentsAway, PaymentRefused):
            settle_by_session(database, payments, attempt.session, now=now)
    with database.reading() as db:
        paid = found(db.get(Order, number)).state == "paid"
    return see_other(visit.url(f"/orders/{number}"), *(emptied(jar, signer, visit.market.id) if paid else ()))


@post("/{market:str}/{lang:str}/orders/{number:str}/cancellation", dependencies=SERVED, sync_to_thread=True)
def cancel_unpaid(
    request: Request[Any, Any, Any],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    payments: NamedDependency[Payments],
    holders: NamedDependency[Holders],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """The customer gives up an order that is not paid yet; one that was paid meanwhile stays what it is."""
    if not holders.holds(request, "order", number):
        raise NotFound
    with database.reading() as db:
        attempt = found(db.exec(select(PaymentAttempt).where(PaymentAttempt.order_number == number)).first())
    abandon(database, payments, attempt, now=now)
    return see_other(visit.url(f"/orders/{number}"))


def _pay_url(view: OrderView, now: datetime) -> str:
    attempt = view.attempt
    if view.order.state == "placed" and attempt is not None and attempt.state == "begun" and attempt.expires_at > now:
        return attempt.url
    return ""


def _as_accepted(text: str, acceptance: Any) -> dict[str, Any]:
    return {"name": title(text), "html": safe(html(text, below=True)), "acceptance": acceptance}


HANDLERS = [order_page, back_from_paying, cancel_unpaid]
