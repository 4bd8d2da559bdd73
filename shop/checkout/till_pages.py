"""The demo till's page: a payment page of our own that takes no real money, and can decline."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.i18n import N_, Languages
from shop.base.pages import Pages
from shop.base.payments import PaymentRefused, Payments
from shop.base.till import DemoTill, TillSession
from shop.base.web import NO_INDEX, Form, see_other
from shop.checkout.models import Order
from shop.checkout.settling import stopped_for_safety
from shop.checkout.webhook import take_notice
from shop.ground.errors import NotFound, Refusal, found
from shop.markets.models import Market


class TillClosed(Refusal):
    """The session has ended: paid already, out of time, or stopped for safety. Nothing was charged by this click."""


@get("/till/{session:str}", sync_to_thread=True)
def till_page(
    request: Request[Any, Any, Any],
    session: FromPath[str],
    payments: NamedDependency[Payments],
    pages: NamedDependency[Pages],
    languages: NamedDependency[Languages],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> Response[str]:
    """What is to be paid, with the three things that can happen at a till."""
    shown = _shown(payments, session)
    request.scope["state"]["tongue"] = languages.tongue(shown.language)
    return _page(shown, pages=pages, languages=languages, database=database, now=now)


@post("/till/{session:str}", sync_to_thread=True)
def till_form(
    request: Request[Any, Any, Any],
    session: FromPath[str],
    form: NamedDependency[Form],
    payments: NamedDependency[Payments],
    pages: NamedDependency[Pages],
    languages: NamedDependency[Languages],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Pay, decline, or leave."""
    shown = _shown(payments, session)
    request.scope["state"]["tongue"] = languages.tongue(shown.language)
    match form.text("outcome"):
        case "pay":
            assert isinstance(payments, DemoTill)
            try:
                body, signature = payments.pay(session, now=now)
            except PaymentRefused:
                if payments.state(session).status == "paid":  # sent again, for the first answer was lost
                    return see_other(shown.return_url)
                raise _closed(database, shown) from None
            take_notice(database, payments, body, signature, now=now)
            if form.text("then") == "dispute":
                take_notice(database, payments, *payments.dispute_payment(session, now=now), now=now)
            return see_other(shown.return_url)
        case "decline":
            assert isinstance(payments, DemoTill)
            if shown.status_at(now) == "open":
                take_notice(database, payments, *payments.decline(session, now=now), now=now)
            said = N_("The card was declined. Nothing has been charged. You can try again or leave.")
            return _page(shown, pages=pages, languages=languages, database=database, now=now, declined=said, status=402)
        case _:
            return see_other(shown.cancel_url)


def _shown(payments: Payments, session: str) -> TillSession:
    if not isinstance(payments, DemoTill):
        raise NotFound
    return found(payments.shown(session))


def _closed(database: Database, shown: TillSession) -> TillClosed:
    query = select(Market).join(Order, col(Order.market) == col(Market.id))
    with database.reading() as db:
        market = db.exec(query.where(Order.number == shown.reference, Order.state == "cancelled")).first()
    return TillClosed(back_url=shown.cancel_url, for_safety=market is not None and stopped_for_safety(market))


def _page(
    shown: TillSession,
    *,
    pages: Pages,
    languages: Languages,
    database: Database,
    now: datetime,
    declined: str = "",
    status: int = 200,
) -> Response[str]:
    tongue = languages.tongue(shown.language)
    if shown.status_at(now) != "open":
        raise _closed(database, shown)
    answer = pages.page(
        tongue,
        "checkout/till.html",
        status=status,
        session=shown,
        total=tongue.money(shown.total),
        declined=tongue.say(declined) if declined else "",
    )
    answer.headers.update(NO_INDEX)
    return answer


HANDLERS = [till_page, till_form]
