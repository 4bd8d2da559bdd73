"""Placing an order: everything is checked once more, held and written in one transaction, or nothing is.

What has changed since the customer last looked (price, policy, stock, the market itself) is a refusal that says what
happened; nothing is charged. The same key with the same content is the same order, however often it is sent.
"""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from shop.base.payments import Payments
from shop.checkout import allowance, holding, stock
from shop.checkout.addresses import region_of
from shop.checkout.booking import Buyer, Wish, fingerprint, first_attempt, is_first, order_of, write_lines
from shop.checkout.consents import Consent, consents, keep_consents
from shop.checkout.gathering import line_facts
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.quote import Quote, money_digest, policies_now, policy_digest, quote
from shop.checkout.requirements import Facts, Requirement, gate_sentence, requirements
from shop.ground.errors import Refusal
from shop.markets.admission import keep_draw, visitor_for_buying
from shop.markets.directory import facts_of
from shop.markets.gate import Gate, may_buy
from shop.markets.models import Exposure, Market, StopSale
from shop.markets.visit import Visit
from shop.policies.acceptance import accept
from shop.policies.library import PolicyLibrary


class NotForSale(Refusal):
    """The gate is closed for this visitor now; `reason` is its code."""


class OutOfStock(Refusal):
    """The cart cannot be ordered as it stands; `needs` are the requirements that say why."""


class PriceChanged(Refusal):
    """What is to be paid differs from what the customer was shown."""


class PolicyChanged(Refusal):
    """A policy differs from the one the customer was shown; it has to be read and accepted again."""


class ConsentMissing(Refusal):
    """Something that has to be agreed to was not; `needs` are the requirements that say what."""


class KeyReused(Refusal):
    """The same order form was sent with another content."""


def ask_gate(db: Session, visit: Visit, skus: frozenset[str], *, lock: bool = False) -> Gate:
    """The gate's answer for buying these SKUs now; everything it counts is read from the database.

    The page's own view of the market may be a second old. With `lock` a change of the market waits for this transaction.
    """
    market = db.exec(_market(visit, lock=lock)).one()
    stops = db.exec(select(StopSale).where(col(StopSale.lifted_at).is_(None))).all()
    counted = db.get(Exposure, market.id)
    used = counted.held + counted.paid if counted else 0
    visitor = visitor_for_buying(db, market, visit.keeps, staff=visit.staff)
    return may_buy(facts_of(market, stops, orders_used=used), visitor, skus)


def _market(visit: Visit, *, lock: bool) -> Any:
    query = select(Market).where(Market.id == visit.market.id).execution_options(populate_existing=True)
    return query.with_for_update(read=True) if lock else query


def let_in(db: Session, visit: Visit, skus: frozenset[str]) -> Gate:
    """The open gate; raises NotForSale when it is closed. A yes by percentage is kept."""
    gate = ask_gate(db, visit, skus, lock=True)
    if not gate.open:
        raise _closed(visit, gate.reason)
    keep_draw(db, visit.market, visit.keeps.visitor, gate, now=visit.now)
    return gate


def place_order(
    db: Session, visit: Visit, wish: Wish, buyer: Buyer, *, policies: PolicyLibrary, payments: Payments
) -> PaymentAttempt:
    """Step one of paying: the order, its holds and its first attempt to be paid, in the caller's transaction.

    Raises NotForSale, OutOfStock, PriceChanged, PolicyChanged, ConsentMissing or KeyReused; then nothing has been written.
    """
    content = fingerprint(wish, buyer, visit)
    known = db.exec(select(Order).where(Order.key == wish.key)).first()
    if known is not None:
        return _again(db, visit, known, content)
    test = let_in(db, visit, frozenset(wish.lines)).test
    if test and payments.live:
        raise _closed(visit, "preview_live")
    offered = quote(db, visit, wish.lines, region_of(buyer.address, visit.market.country))
    versions = policies_now(policies, visit)
    asked = consents(db, visit, wish.lines)
    who = () if test else allowance.customers(buyer.email, visit.keeps.visitor)
    _refuse(visit, offered, _needs(db, visit, offered, wish, who=who, asked=asked, policies=policy_digest(versions)))
    order = order_of(visit, offered, wish, buyer, content=content, test=test)
    if not is_first(db, order):
        return _again(db, visit, db.exec(select(Order).where(Order.key == wish.key)).one(), content)
    if not test:
        _hold(db, visit, offered, wish, who)
    write_lines(db, order, offered, wish.serials)
    accept(db, order.number, versions, visit.tongue, wording=wish.wording, now=visit.now)
    keep_consents(db, order.number, asked, wish.ticked, visit, now=visit.now)
    return first_attempt(db, order, payments.name, visit.market.payment_methods, now=visit.now)


def _again(db: Session, visit: Visit, order: Order, content: str) -> PaymentAttempt:
    if order.content != content:
        raise KeyReused(cart_url=visit.url("/cart"))
    return db.exec(select(PaymentAttempt).where(PaymentAttempt.order_number == order.number)).one()


def _needs(
    db: Session,
    visit: Visit,
    offered: Quote,
    wish: Wish,
    *,
    who: tuple[str, ...],
    asked: Sequence[Consent],
    policies: str,
) -> tuple[Requirement, ...]:
    """What has changed since the customer looked, or was never done."""
    facts = Facts(
        lines=line_facts(db, visit, offered, wish.serials, who),
        gone=offered.gone,
        address_given=True,
        boxes=[each.box for each in asked],
        ticked=wish.ticked,
        policies_same=policies == wish.policies_seen,
        new_total=offered.total if money_digest(offered) != wish.money_seen else None,
    )
    return requirements(facts)


def _refuse(visit: Visit, offered: Quote, needs: Sequence[Requirement]) -> None:
    """Each kind of requirement has its page; the cart's are told first, all together."""
    codes = {each.code for each in needs}
    if any(each.step == "cart" for each in needs):
        raise OutOfStock(needs=[each for each in needs if each.step == "cart"], **_urls(visit))
    if "policy.changed" in codes:
        raise PolicyChanged(**_urls(visit))
    if "price.changed" in codes:
        raise PriceChanged(total=offered.total, **_urls(visit))
    if needs:
        raise ConsentMissing(needs=needs, **_urls(visit))


def _hold(db: Session, visit: Visit, offered: Quote, wish: Wish, who: tuple[str, ...]) -> None:
    most = {line.offer.sku: line.offer.listing.max_per_customer for line in offered.lines}
    over = holding.hold(db, visit.market.id, wish.lines, who, most=most)
    if over:  # somebody was quicker: what is left is read anew
        lines = line_facts(db, visit, quote(db, visit, wish.lines, offered.region), wish.serials, who, known=over)
        _refuse(visit, offered, requirements(Facts(lines=lines, address_given=True)))
    if not stock.hold_place(db, db.get_one(Market, visit.market.id)):
        raise _closed(visit, "order_cap")


def _closed(visit: Visit, reason: str) -> NotForSale:
    url, support_url = visit.url(), visit.url("/support")
    return NotForSale(reason=reason, words=gate_sentence(reason), url=url, support_url=support_url)


def _urls(visit: Visit) -> dict[str, str]:
    return {
        "cart_url": visit.url("/cart"),
        "review_url": visit.url("/checkout/review"),
        "support_url": visit.url("/support"),
    }
