"""Operations on webhooks: setting one up, switching it, and what was delivered where, to be sent again if need be."""

from typing import Any, cast

from sqlmodel import Session, col, select

from shop.api.answering import door
from shop.api.delivering import replay
from shop.api.models import Delivery, Subscription
from shop.api.operations import Call, Operation, Reply
from shop.api.paging import following, place
from shop.api.posting import BadAddress
from shop.api.problems import wrong
from shop.api.subscribing import (
    Wanted,
    covers,
    may_be_local,
    own,
    secret_of,
    subscribe,
    subscriptions,
    switch,
    unsubscribe,
    why_off,
)
from shop.api.webhook_shapes import (
    Deliveries,
    DeliveriesAsked,
    DeliveryTold,
    Kind,
    WebhookMade,
    Webhooks,
    WebhookSwitch,
    WebhookTold,
    WebhookWanted,
)
from shop.base.announcing import Announcement
from shop.ground.errors import NotFound, found, row_id
from shop.markets.models import Market


def list_webhooks(call: Call, db: Session) -> Reply:
    """Every webhook of the person's markets."""
    return Reply(Webhooks(items=[WebhookTold(**_told(db, each)) for each in subscriptions(db, call.staff.person)]))


def make_webhook(call: Call, db: Session) -> Reply:
    """Set up a webhook; its secret is told this once."""
    asked: WebhookWanted = call.body
    _for_own_markets(call, db)
    try:
        made = subscribe(
            db, Wanted(asked.url, tuple(asked.kinds), tuple(asked.markets)), person=call.staff.person.id,
            local=may_be_local(call.hall.settings), now=call.now,
        )  # fmt: skip
    except BadAddress as error:
        raise wrong(f"Nothing is sent to this address: {error}.", "/url") from None
    told = WebhookMade(**_told(db, made), secret=secret_of(call.hall.signer, made))
    return Reply(told, kept=told.model_copy(update={"secret": ""}))


def _for_own_markets(call: Call, db: Session) -> None:
    """Raises NotFound, or the problem of who names no market and does not work for all of them."""
    markets = call.body.markets
    known = db.exec(select(Market.id)).all()
    if any(each not in known or not call.staff.works_for(each) for each in markets):
        raise NotFound
    if not covers(call.staff.person, markets):
        raise wrong("Name the markets: this token is not for all of them.", "/markets")


def made_again(call: Call, db: Session, kept: str) -> WebhookMade:
    """What was answered when it was set up: its secret is kept nowhere and is made anew, while there is the webhook."""
    told = WebhookMade.model_validate_json(kept)
    row = db.get(Subscription, told.webhook)
    secret = secret_of(call.hall.signer, row) if row is not None and row.person == call.staff.person.id else ""
    return told.model_copy(update={"secret": secret})


def show_webhook(call: Call, db: Session) -> Reply:
    """One webhook."""
    return Reply(WebhookTold(**_told(db, _own(call, db))))


def switch_webhook(call: Call, db: Session) -> Reply:
    """Switch it on or off."""
    asked: WebhookSwitch = call.body
    row = _own(call, db)
    switch(db, row, active=asked.active, by=call.staff.person)
    return Reply(WebhookTold(**_told(db, row)))


def remove_webhook(call: Call, db: Session) -> Reply:
    """Remove it, with what was delivered there."""
    unsubscribe(db, _own(call, db))
    return Reply()


def list_deliveries(call: Call, db: Session) -> Reply:
    """A page of what was sent to a webhook."""
    asked: DeliveriesAsked = call.query
    query = select(Delivery).where(Delivery.webhook == _own(call, db).id)
    if asked.state:
        query = query.where(Delivery.state == asked.state)
    before = place(call, 1)
    if before is not None:
        query = query.where(col(Delivery.id) < row_id(int(before[0])))
    rows, after = following(call, db.exec(query.order_by(col(Delivery.id).desc()).limit(asked.limit + 1)).all(), "id")
    return Reply(Deliveries(items=[_delivery(db, each) for each in rows], next=after))


def send_again(call: Call, db: Session) -> Reply:
    """Send a delivery again, however it went before."""
    delivery = _own_delivery(call, db)
    replay(db, delivery, now=call.now)
    return Reply(_delivery(db, delivery))


def _own(call: Call, db: Session) -> Subscription:
    return own(db, call.staff.person, row_id(call.number("webhook")))


def _own_if_there(call: Call, db: Session) -> None:
    """What was removed is nobody's any more, and nothing is told of it."""
    if db.get(Subscription, row_id(call.number("webhook"))) is not None:
        _own(call, db)


def _own_delivery(call: Call, db: Session) -> Delivery:
    delivery = found(db.get(Delivery, row_id(call.number("delivery"))))
    own(db, call.staff.person, delivery.webhook)
    return delivery


def _told(db: Session, row: Subscription) -> dict[str, Any]:
    why = why_off(db, row)
    told = {"active": row.active and not why, "off_because": why, "person": row.person}
    told |= row.model_dump(include={"url", "created_at"})
    return {**told, "webhook": row.id, "kinds": row.kinds.split(), "markets": row.markets.split()}


def _delivery(db: Session, delivery: Delivery) -> DeliveryTold:
    announcement = db.get_one(Announcement, delivery.announcement)
    told = delivery.model_dump(exclude={"id", "announcement", "leased_until", "give_up_at"})
    return DeliveryTold(
        **told,
        delivery=delivery.id or 0,
        message=announcement.id,
        kind=cast(Kind, announcement.kind),
        subject=announcement.subject,
    )


LIST = Operation(
    method="GET", path="/webhooks", name="listWebhooks", scope="webhooks:read", act=list_webhooks, gives=Webhooks,
    summary="Every webhook.",
)  # fmt: skip
MAKE = Operation(
    method="POST", path="/webhooks", name="makeWebhook", scope="webhooks:write", act=make_webhook, gives=WebhookMade,
    reads=WebhookWanted, session="writing", status=201, summary="Set up a webhook. Its secret is told this once.",
    again=made_again, within=_for_own_markets,
    also={404: "There is no such market.", 409: "There are as many webhooks as are kept."},
    example={"url": "https://example.com/softlaunch", "kinds": ["order.paid"], "markets": []},
)  # fmt: skip
SHOW = Operation(
    method="GET", path="/webhooks/{webhook}", name="getWebhook", scope="webhooks:read", act=show_webhook,
    gives=WebhookTold, summary="One webhook.",
)  # fmt: skip
SWITCH = Operation(
    method="PATCH", path="/webhooks/{webhook}", name="switchWebhook", scope="webhooks:write", act=switch_webhook,
    gives=WebhookTold, reads=WebhookSwitch, session="writing", within=_own,
    summary="Switch a webhook on or off. Switching on what somebody left behind takes it over.",
    example={"active": False},
)  # fmt: skip
REMOVE = Operation(
    method="DELETE", path="/webhooks/{webhook}", name="removeWebhook", scope="webhooks:write", act=remove_webhook,
    gives=None, session="writing", status=204, within=_own_if_there,
    summary="Remove a webhook, with what was delivered there.",
)  # fmt: skip
DELIVERIES = Operation(
    method="GET", path="/webhooks/{webhook}/deliveries", name="listDeliveries", scope="webhooks:read",
    act=list_deliveries, gives=Deliveries, asks=DeliveriesAsked,
    summary="What was sent to a webhook, the newest first, page by page.",
)  # fmt: skip
AGAIN = Operation(
    method="POST", path="/deliveries/{delivery}/replay", name="replayDelivery", scope="webhooks:write", act=send_again,
    gives=DeliveryTold, session="writing", status=202, within=_own_delivery,
    summary="Send a delivery again, however it went before.",
)  # fmt: skip

HANDLERS = [door(each) for each in (LIST, MAKE, SHOW, SWITCH, REMOVE, DELIVERIES, AGAIN)]
