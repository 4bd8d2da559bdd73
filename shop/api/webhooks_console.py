"""The exporter's door to webhooks: which addresses are told of what, and everything that was delivered, to be sent again."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.api.delivering import replay
from shop.api.models import Delivery, Subscription
from shop.api.posting import BadAddress
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
from shop.base.announcing import KINDS, Announcement
from shop.base.i18n import N_, NP_
from shop.base.settings import Settings
from shop.base.tokens import Signer
from shop.base.web import Form, see_other
from shop.ground.errors import found, row_id
from shop.launches.arrival import AT, Console
from shop.markets.in_order import markets_in_order
from shop.staff.names import names_of

URL = "/console/webhooks"
MANAGE = {"act": "webhook.manage"}
PAGE = 50
KIND_WORDS = {
    "order.paid": N_("An order has been paid"),
    "order.dispatched": N_("An order, or a part of it, has left"),
    "order.delivered": N_("An order, or a part of it, has arrived"),
    "order.refunded": N_("The money of an order has been given back"),
    "request.opened": N_("A customer has asked something"),
    "request.closed": N_("A request has been closed"),
    "market.changed": N_("A market's state has changed, or who may buy in it"),
    "stock.sold_out": N_("A product is sold out"),
    "stock.back": N_("A product is back in stock"),
}
STATES = {
    "waiting": ("wait", "clock", NP_("delivery", "Waits")),
    "delivered": ("good", "tick", NP_("delivery", "Arrived")),
    "given_up": ("stop", "cross", NP_("delivery", "Given up")),
}
STOPPED = {
    "person_gone": N_("Nothing is sent here: whoever set it up works here no more."),
    "person_elsewhere": N_("Nothing is sent here: whoever set it up may no longer do so in all of its markets."),
}
ON, OFF = ("good", "tick", NP_("webhook", "On")), ("calm", "square", NP_("webhook", "Off"))


@get(URL, dependencies=AT, opt=MANAGE, sync_to_thread=True)
def webhooks_page(console: NamedDependency[Console], done: FromQuery[str] = "") -> Response[str]:
    """The webhooks there are, and the form for a new one."""
    return _page(console, Form(), done=done)


@post(URL, dependencies=AT, opt=MANAGE, sync_to_thread=True)
def webhook_made(
    console: NamedDependency[Console],
    form: NamedDependency[Form],
    settings: NamedDependency[Settings],
    signer: NamedDependency[Signer],
) -> Response[Any]:
    """Set up a webhook and show its secret, once."""
    tongue = console.staff.tongue
    kinds = tuple(kind for kind in KINDS if form.text(f"kind-{kind}") == "yes")
    with console.database.reading() as db:
        markets = tuple(
            each.id for each in console.staff.own(markets_in_order(db)) if form.text(f"market-{each.id}") == "yes"
        )
    if not kinds:
        form.fail("kinds", tongue.say(N_("Please tick at least one thing of which the program is told.")))
    if not covers(console.staff.person, markets):
        form.fail("markets", tongue.say(N_("Please tick the markets: you do not work for all of them.")))
    made = None
    if not form.errors:
        try:
            with console.changing() as db:
                wanted, by = Wanted(form.text("url"), kinds, markets), console.staff.person.id
                made = subscribe(db, wanted, person=by, local=may_be_local(settings), now=console.now)
        except BadAddress:
            said = N_(
                "Nothing can be sent to this address. It must begin with https:// and be one of the public internet."
            )
            form.fail("url", tongue.say(said))
    if made is None:
        return _page(console, form, status=422)
    title, secret = tongue.say(N_("Webhook")), secret_of(signer, made)
    return console.page("webhook_made", title=title, current=URL, status=201, address=made.url, secret=secret, url=URL)


@get(f"{URL}/{{webhook:int}}", dependencies=AT, opt=MANAGE, sync_to_thread=True)
def webhook_page(
    webhook: FromPath[int], console: NamedDependency[Console], before: FromQuery[str] = "", done: FromQuery[str] = ""
) -> Response[str]:
    """One webhook with what was delivered there, the newest first."""
    with console.database.reading() as db:
        row = own(db, console.staff.person, row_id(webhook))
        query = select(Delivery, Announcement).join(Announcement, col(Announcement.id) == col(Delivery.announcement))
        query = query.where(Delivery.webhook == row.id).order_by(col(Delivery.id).desc()).limit(PAGE + 1)
        if before.isascii() and before.isdigit() and len(before) < 10:
            query = query.where(col(Delivery.id) < int(before))
        rows = db.exec(query).all()
        hook = _row(db, row, console)
    following = f"{URL}/{webhook}?before={rows[PAGE - 1][0].id}" if len(rows) > PAGE else ""
    return console.page(
        "webhook",
        title=console.staff.tongue.say(N_("Webhook")),
        current=URL,
        done=done,
        hook=hook,
        url=URL,
        rows=[_delivery(*each, console) for each in rows[:PAGE]],
        next_url=following,
    )


@post(f"{URL}/{{webhook:int}}/switch", dependencies=AT, opt=MANAGE, sync_to_thread=True)
def webhook_switched(
    webhook: FromPath[int], console: NamedDependency[Console], form: NamedDependency[Form]
) -> Response[Any]:
    """Switch it on or off."""
    with console.changing() as db:
        row = own(db, console.staff.person, row_id(webhook))
        switch(db, row, active=form.text("active") == "yes", by=console.staff.person)
    return see_other(f"{URL}/{webhook}?done=webhook_changed")


@post(f"{URL}/{{webhook:int}}/removal", dependencies=AT, opt=MANAGE, sync_to_thread=True)
def webhook_removed(webhook: FromPath[int], console: NamedDependency[Console]) -> Response[Any]:
    """Remove it, with what was delivered there."""
    with console.changing() as db:
        unsubscribe(db, own(db, console.staff.person, row_id(webhook)))
    return see_other(f"{URL}?done=webhook_removed")


@post(f"{URL}/{{webhook:int}}/deliveries/{{delivery:int}}/replay", dependencies=AT, opt=MANAGE, sync_to_thread=True)
def delivery_replayed(
    webhook: FromPath[int], delivery: FromPath[int], console: NamedDependency[Console]
) -> Response[Any]:
    """Send a delivery again."""
    with console.changing() as db:
        row = own(db, console.staff.person, row_id(webhook))
        known = found(db.get(Delivery, row_id(delivery)))
        replay(db, found(known if known.webhook == row.id else None), now=console.now)
    return see_other(f"{URL}/{webhook}?done=repeated")


def _page(console: Console, form: Form, *, status: int = 200, done: str = "") -> Response[str]:
    tongue = console.staff.tongue
    with console.database.reading() as db:
        rows = [_row(db, each, console) for each in subscriptions(db, console.staff.person)]
        markets = console.staff.own(markets_in_order(db))
    return console.page(
        "webhooks",
        title=tongue.say(N_("Webhooks")),
        current=URL,
        status=status,
        done=done,
        form=form,
        url=URL,
        rows=rows,
        kinds=[(f"kind-{kind}", kind, tongue.say(said)) for kind, said in KIND_WORDS.items()],
        markets=[(f"market-{each.id}", tongue.territory(each.country)) for each in markets],
    )


def _row(db: Session, row: Subscription, console: Console) -> dict[str, Any]:
    tongue, why = console.staff.tongue, why_off(db, row)
    active = row.active and not why
    tone, glyph, word = ON if active else OFF
    return {
        "url": f"{URL}/{row.id}",
        "address": row.url,
        "kinds": row.kinds.split(),
        "markets": row.markets.split(),
        "active": active,
        "left": tongue.say(STOPPED[why]) if why in STOPPED else "",
        "person": names_of(db, [row.person]).get(row.person, row.person),
        "because": "" if why in STOPPED else why,
        "chip": (tone, glyph, tongue.say(word)),
    }


def _delivery(delivery: Delivery, announcement: Announcement, console: Console) -> dict[str, Any]:
    tongue, zone = console.staff.tongue, console.exporter.zone
    tone, glyph, word = STATES[delivery.state]
    return {
        "kind": tongue.say(KIND_WORDS[announcement.kind]),
        "subject": announcement.subject,
        "at": tongue.moment(announcement.at, zone),
        "chip": (tone, glyph, tongue.say(word)),
        "tries": tongue.number(delivery.tries),
        "tried": tongue.moment(delivery.tried_at, zone) if delivery.tried_at else "",
        "next": tongue.moment(delivery.due_at, zone) if delivery.state == "waiting" else "",
        "status": str(delivery.status or ""),
        "answer": delivery.answer,
        "replay_url": f"{URL}/{delivery.webhook}/deliveries/{delivery.id}/replay",
    }


HANDLERS = [webhooks_page, webhook_made, webhook_page, webhook_switched, webhook_removed, delivery_replayed]
