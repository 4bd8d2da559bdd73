"""The payment provider's door: signed notices, each answered by asking the provider what is true and settling that."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency

from shop.base.db import Database
from shop.base.payments import BadSignature, PaymentNotice, PaymentRefused, Payments, PaymentsAway
from shop.base.web import BadRequest
from shop.checkout.disputes import note_decline, note_dispute
from shop.checkout.giving_back import reconcile
from shop.checkout.hearing import note_heard
from shop.checkout.pay import settle_by_session
from shop.ground.errors import Busy, NotFound


@post("/webhooks/stripe", opt={"cookieless": True}, status_code=200)
async def stripe_notice(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    payments: NamedDependency[Payments],
    now: NamedDependency[datetime],
) -> Response[str]:
    """Take one notice. An unknown session answers 404: the provider then tells again, when we may know it."""
    body = await request.body()
    signature = request.headers.get("stripe-signature", "")
    await sync_to_thread(take_notice, database, payments, body, signature, now=now)
    return Response("ok", media_type="text/plain")


def take_notice(database: Database, payments: Payments, body: bytes, signature: str, *, now: datetime) -> None:
    """The one function that every notice goes through, Stripe's and the demo till's. Raises BadRequest, NotFound, Busy."""
    try:
        notice = payments.notice(body, signature, now=now)
        known = notice is None or _settle(database, payments, notice, now=now)
    except BadSignature:
        raise BadRequest from None
    except (PaymentsAway, PaymentRefused):
        raise Busy(retry_after=30) from None
    if payments.live:
        note_heard(database, now=now)
    if not known:
        raise NotFound


def _settle(database: Database, payments: Payments, notice: PaymentNotice, *, now: datetime) -> bool:
    if notice.declined:
        return note_decline(database, notice.declined, now=now)
    if notice.dispute:
        return note_dispute(database, payments, notice.dispute, now=now)
    if notice.payment:
        return reconcile(database, payments, notice.payment, now=now)
    return settle_by_session(database, payments, notice.session, now=now)


HANDLERS = [stripe_notice]
