"""The order's own page, open to whoever holds its link in every state of the market, and the way back from paying."""

from contextlib import suppress
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import col, select

from shop.base.assets import Assets
from shop.base.db import Database
from shop.base.pages import Pages
from shop.base.payments import PaymentRefused, Payments, PaymentsAway
from shop.base.tokens import Signer
from shop.base.web import NO_INDEX, Cookies, see_other
from shop.checkout.cart import Carts
from shop.checkout.counter import emptied
from shop.checkout.following import Following
from shop.checkout.held_things import HOLDING, Holding
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.orders import HEADLINES, accepted_views, line_views, order_view, sums
from shop.checkout.pay import abandon, settle_by_session
from shop.checkout.settling import is_paid_for, is_selling
from shop.ground.errors import found
from shop.markets.answering import answering
from shop.markets.frame import shop_frame, visit_panel


@get("/{market:str}/{lang:str}/orders/{number:str}", dependencies=HOLDING, sync_to_thread=True)
def order_page(
    number: FromPath[str],
    holding: NamedDependency[Holding],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
    following: NamedDependency[Following],
    secret: FromQuery[str] = "",
) -> Response[Any]:
    """The order as it stands, with the policies as they were accepted. The link's secret is exchanged for a cookie."""
    path, visit, now = f"/orders/{number}", holding.visit, holding.now
    if secret:
        return holding.let_in("order", number, secret, path=path)
    holding.check_holds("order", number)
    with database.reading() as db:
        view = order_view(db, number)
        holding.here(view.order, number)
        follows = following.tell(db, view, visit)
        answers = answering(db, visit.market, visit.tongue.language, now=visit.now, kept=visit.snapshot.answers)
    tongue, stands = visit.tongue, view.standing(now=now)
    answer = pages.page(
        tongue,
        "checkout/order.html",
        **shop_frame(visit, title=number, path=path),
        view=view,
        order=view.order,
        stands=stands,
        selling=is_selling(visit.market) or view.order.test,
        headline=tongue.say(HEADLINES[stands]),
        lines=line_views(view, tongue, f"/static/{assets.version}"),
        sums=sums(view, tongue),
        timeline=view.timeline(tongue),
        expected=view.expected(),
        promise=visit_panel(answers, visit),
        pay_url=view.attempt.url if view.attempt and stands == "placed" else "",
        kept_until=view.attempt.expires_at if view.attempt else now,
        policies=accepted_views(view, tongue),
        follows=follows,
    )
    answer.headers.update(NO_INDEX)
    return answer


@get("/{market:str}/{lang:str}/orders/{number:str}/paid", dependencies=HOLDING, sync_to_thread=True)
def back_from_paying(
    number: FromPath[str],
    holding: NamedDependency[Holding],
    database: NamedDependency[Database],
    payments: NamedDependency[Payments],
    jar: NamedDependency[Cookies],
    signer: NamedDependency[Signer],
) -> Response[Any]:
    """The one GET that writes: what the provider says of the session is settled, and the order's page shows it."""
    holding.check_holds("order", number)
    visit = holding.visit
    order, attempt = _with_attempt(database, number)
    holding.here(order, number)
    if attempt is not None and attempt.session and attempt.state == "begun":
        # Otherwise the notice or the sweeper settles it; until then the page says that it is not finished.
        with suppress(PaymentsAway, PaymentRefused):
            settle_by_session(database, payments, attempt.session, now=holding.now)
        order, attempt = _with_attempt(database, number)
    done = is_paid_for(order, attempt)
    mark = Carts(jar, signer).read(holding.http, visit.market.id).mark
    same = mark in ("", order.cart)  # not one that was filled since
    return see_other(visit.url(f"/orders/{number}"), *(emptied(jar, signer, visit.market.id) if done and same else ()))


def _with_attempt(database: Database, number: str) -> tuple[Order, PaymentAttempt | None]:
    query = select(Order, PaymentAttempt).outerjoin(PaymentAttempt, col(PaymentAttempt.order_number) == number)
    with database.reading() as db:
        return found(db.exec(query.where(Order.number == number)).first())


@post("/{market:str}/{lang:str}/orders/{number:str}/cancellation", dependencies=HOLDING, sync_to_thread=True)
def cancel_unpaid(
    number: FromPath[str],
    holding: NamedDependency[Holding],
    database: NamedDependency[Database],
    payments: NamedDependency[Payments],
) -> Response[Any]:
    """The customer gives up an order that is not paid yet; one that was paid meanwhile stays what it is."""
    holding.check_holds("order", number)
    order, attempt = _with_attempt(database, number)
    holding.here(order, number)
    abandon(database, payments, found(attempt), now=holding.now)
    return see_other(holding.visit.url(f"/orders/{number}"))


HANDLERS = [order_page, back_from_paying, cancel_unpaid]
