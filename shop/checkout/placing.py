"""Placing an order: everything is checked once more, held and written in one transaction, or nothing is.

What has changed since the customer last looked (price, policy, stock, the market itself) is a refusal that says what
happened; nothing is charged. The same key with the same content is the same order, however often it is sent.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote as quoted

from sqlalchemy import bindparam
from sqlmodel import Session, select

from shop.base.payments import Payments
from shop.checkout import allowance, bounds, holding
from shop.checkout.addresses import region_of
from shop.checkout.admitting import closed, let_in, let_on
from shop.checkout.booking import (
    HOLD_OUTLIVES,
    Buyer,
    Wish,
    fingerprint,
    first_attempt,
    order_of,
    write_lines,
    write_order,
)
from shop.checkout.consents import Consent, consents, keep_consents
from shop.checkout.gathering import line_facts
from shop.checkout.models import Order, OrderLine, PaymentAttempt
from shop.checkout.places import Place, hold_place, place_of
from shop.checkout.quote import Quote, lines_digest, money_digest, policies_now, quote
from shop.checkout.requirements import Facts, LineFacts, Requirement, requirements
from shop.checkout.rest import Rest, rest_of
from shop.checkout.settling import lines_of
from shop.ground.errors import Refusal
from shop.markets.models import Market
from shop.markets.visit import Visit
from shop.policies.acceptance import accept
from shop.policies.comparing import compare
from shop.policies.library import PolicyLibrary, title
from shop.policies.seen import Newer, not_seen


class OutOfStock(Refusal):
    """The cart cannot be ordered as it stands; `needs` are the requirements that say why.

    `waitlists` are the addresses, by SKU, where one can ask to be told when what cannot be had now can be. `rest` is what
    could be ordered instead, if there is just one such thing, and `rest_url` takes the number of its line.
    """


class PriceChanged(Refusal):
    """What is to be paid differs from what the customer was shown."""


class CartChanged(Refusal):
    """Something else is in the cart than when the customer was shown what is to be paid: perhaps by another tab."""


class PolicyChanged(Refusal):
    """A policy differs from the one the customer was shown; `changes` say how. It has to be read and accepted again."""


class ConsentMissing(Refusal):
    """Something that has to be agreed to was not; `needs` are the requirements that say what."""


class KeyReused(Refusal):
    """The same order form was sent with another content."""


class Placed(NamedTuple):
    """An order that stands, with its attempt to be paid and its lines."""

    attempt: PaymentAttempt
    order: Order
    lines: list[OrderLine]


def place_order(
    db: Session, visit: Visit, wish: Wish, buyer: Buyer, *, policies: PolicyLibrary, payments: Payments
) -> Placed:
    """Step one of paying: the order, its holds and its first attempt to be paid, in the caller's transaction.

    Raises NotForSale, OutOfStock, PriceChanged, CartChanged, PolicyChanged, ConsentMissing, KeyReused, TooManyUnpaid or
    StillUnpaid; then nothing has been written.
    """
    content = fingerprint(wish, buyer, visit)
    customer = buyer.unpaid_by.customer if buyer.unpaid_by else ""
    known = _placed_before(db, wish.key)
    if known is not None:
        return _again(db, visit, known, content, customer=customer)
    gate, market = let_in(db, visit, frozenset(wish.lines), customer=customer)
    test = gate.test
    if test and payments.live:
        raise closed(visit, "preview_live")
    offered = quote(db, visit, wish.lines, region_of(buyer.address, visit.market.country))
    versions = policies_now(policies, visit)
    asked = consents(db, visit, wish.lines)
    who = () if test else allowance.customers(buyer.email, visit.keeps.visitor)
    news = not_seen(wish.policies_seen, versions, policies)
    needs = _needs(db, visit, offered, wish, who=who, asked=asked, same=not news)
    _refuse(visit, offered, needs, news, rest=rest_of(db, visit, wish.lines, needs, region=offered.region))
    order = order_of(visit, offered, wish, buyer, content=content, test=test)
    if not write_order(db, order, visit):
        known = db.exec(select(Order).where(Order.key == wish.key)).one()
        return _again(db, visit, known, content, customer=customer)
    slots = [] if test else _slots(db, visit, offered, wish=wish, buyer=buyer)
    if not test:
        _hold(db, visit, offered, wish, who=who, market=market, place=place_of(order, market, customer))
    lines = write_lines(db, order, offered, wish.serials)
    accept(db, order.number, versions, visit.tongue, wording=wish.wording, now=visit.now)
    keep_consents(db, order.number, asked, visit, ticked=wish.ticked)
    attempt = first_attempt(db, order, payments.name, visit.market.payment_methods, now=visit.now)
    if not test:
        until = attempt.expires_at + HOLD_OUTLIVES
        bounds.keep(db, visit, order, who=buyer.unpaid_by, slots=slots, until=until)
    return Placed(attempt, order, lines)


def look_again(db: Session, visit: Visit, wish: Wish, buyer: Buyer, *, policies: PolicyLibrary) -> None:
    """Raises PolicyChanged, PriceChanged, CartChanged or ConsentMissing, before what else is unpaid is given up for this order.

    What can be had is not asked, so the cart's requirements are left out: the order that would be given up may hold it.
    """
    offered = quote(db, visit, wish.lines, region_of(buyer.address, visit.market.country))
    news = not_seen(wish.policies_seen, policies_now(policies, visit), policies)
    facts = _facts((), offered, wish, asked=consents(db, visit, wish.lines), same=not news)
    _refuse(visit, offered, [each for each in requirements(facts) if each.step != "cart"], news)


def _placed_before(db: Session, key: str) -> Order | None:
    number = db.connection().execute(_BY_KEY, {"key": key}).scalar()
    return db.get_one(Order, number) if number else None


_BY_KEY = select(Order.number).where(Order.key == bindparam("key"))


def _again(db: Session, visit: Visit, order: Order, content: str, *, customer: str) -> Placed:
    if order.content != content:
        raise KeyReused(cart_url=visit.url("/cart"))
    attempt = db.exec(select(PaymentAttempt).where(PaymentAttempt.order_number == order.number)).one()
    lines = lines_of(db, order)
    if not attempt.session and (order.state, attempt.state) == ("placed", "begun"):  # a payment is yet to be begun
        let_on(db, visit, frozenset(line.sku for line in lines), customer=customer)
    return Placed(attempt, order, lines)


def _needs(
    db: Session,
    visit: Visit,
    offered: Quote,
    wish: Wish,
    *,
    who: tuple[str, ...],
    asked: Sequence[Consent],
    same: bool,
) -> tuple[Requirement, ...]:
    """What has changed since the customer looked, or was never done."""
    lines = line_facts(db, visit, offered, wish.serials, who=who)
    return requirements(_facts(lines, offered, wish, gone=offered.gone, asked=asked, same=same))


def _facts(
    lines: Sequence[LineFacts],
    offered: Quote,
    wish: Wish,
    *,
    gone: Sequence[str] = (),
    asked: Sequence[Consent],
    same: bool,
) -> Facts:
    cart_same = wish.lines_seen in ("", lines_digest(wish.lines, wish.serials))
    return Facts(
        lines=lines,
        gone=gone,
        address_given=True,
        boxes=[each.box for each in asked],
        ticked=wish.ticked,
        policies_same=same,
        new_total=None if cart_same and money_digest(offered) == wish.money_seen else offered.total,
        cart_same=cart_same,
    )


def _refuse(
    visit: Visit,
    offered: Quote,
    needs: Sequence[Requirement],
    news: Sequence[Newer] = (),
    *,
    rest: Rest | None = None,
) -> None:
    """Each kind of requirement has its page; the cart's are told first, all together, with what could be ordered yet."""
    codes, cart = {each.code for each in needs}, [each for each in needs if each.step == "cart"]
    if cart:
        keep = visit.url(f"/cart/lines/{quoted(rest.sku)}") if rest else ""
        waitlists = _waitlists(visit, offered, cart)
        raise OutOfStock(needs=cart, waitlists=waitlists, rest=rest, rest_url=keep, **_urls(visit))
    if "policy.changed" in codes:
        raise PolicyChanged(changes=_told(visit, news), **_urls(visit))
    if "price.changed" in codes:
        raise PriceChanged(total=offered.total, **_urls(visit))
    if "cart.changed" in codes:
        raise CartChanged(total=offered.total, **_urls(visit))
    if needs:
        raise ConsentMissing(needs=needs, **_urls(visit))


def _told(visit: Visit, news: Sequence[Newer]) -> list[dict[str, Any]]:
    """What is new in the policies against what the customer was shown, in their words."""
    place, readers = visit.tongue.territory(visit.market.country), {visit.tongue.language: visit.tongue}
    return [
        {
            "name": title(after.text(visit.tongue)),
            "url": visit.url(f"/policies/{after.kind}"),
            "compared": compare(before, after, place, visit.tongue, readers=readers) if before else None,
        }
        for before, after in news
    ]


def _waitlists(visit: Visit, offered: Quote, needs: Sequence[Requirement]) -> dict[str, str]:
    awaited = {each.field for each in needs if each.code in ("line.sold_out", "line.not_yet")}
    slugs = {line.offer.sku: line.offer.text.slug for line in offered.lines if line.offer.sku in awaited}
    return {sku: visit.url(f"/products/{slug}/waitlist") for sku, slug in slugs.items()}


def _slots(db: Session, visit: Visit, offered: Quote, *, wish: Wish, buyer: Buyer) -> list[str]:
    if buyer.unpaid_by is None:
        return []
    per_order = {line.offer.sku: line.offer.listing.max_per_order for line in offered.lines}
    return bounds.slots_left(db, visit, buyer.unpaid_by, wish.lines, per_order=per_order)


def _hold(
    db: Session, visit: Visit, offered: Quote, wish: Wish, *, who: tuple[str, ...], market: Market, place: Place
) -> None:
    most = {line.offer.sku: line.offer.listing.max_per_customer for line in offered.lines}
    over = holding.hold(db, visit.market.id, wish.lines, who, most=most)
    if over:  # somebody was quicker: what is left is read anew, without what was held here for the other lines
        db.rollback()
        left = quote(db, visit, wish.lines, offered.region)
        lines = line_facts(db, visit, left, wish.serials, who=who, known=over)
        needs = requirements(Facts(lines=lines, gone=left.gone, address_given=True))
        _refuse(visit, left, needs, rest=rest_of(db, visit, wish.lines, needs, region=left.region))
    if full := hold_place(db, market, place):
        raise closed(visit, full)


def _urls(visit: Visit) -> dict[str, str]:
    return {
        "cart_url": visit.url("/cart"),
        "review_url": visit.url("/checkout/review"),
        "support_url": visit.url("/support"),
    }
