"""The money of a case: what it is to give back by the rules accepted with its order, and giving it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from shop.aftersales.cases.deciding import MONEY, SENT_BACK, CaseMoved, Standing
from shop.aftersales.cases.filing import change_case, note
from shop.aftersales.cases.refunding import Line, Proposal, is_whole, price_of, shipping_of
from shop.aftersales.cases.views import CaseView
from shop.aftersales.models import NOT_STANDING, Case, CaseLine
from shop.aftersales.rights import UNSENT
from shop.base.i18n import N_, Tongue
from shop.catalogue.suitability import SERVICE
from shop.checkout.giving_back import finish
from shop.checkout.models import Refund
from shop.checkout.refunds import RefundKeyReused, RefundTooMuch, ask_refund, refundable
from shop.checkout.settling import lines_of
from shop.ground.errors import StaleForm, found
from shop.ground.money import Money

GOODWILL = "goodwill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """Money to be given back on a case. `seen` is what had been given when the form was drawn; `key` is the form's own."""

    minor: int
    seen: int
    reason: str = ""
    key: str
    by_hand: bool = False


class ReasonForAmount(Exception):
    """The amount is not what is proposed, and nobody said why."""


def standing_of(view: CaseView) -> Standing:
    """The case as the desk's decisions look at it."""
    case, order = view.case, view.order
    return Standing(
        state=case.state,
        door=case.door,
        decision=case.decision,
        remedy=case.remedy,
        verdict=case.verdict,
        matched=order is not None,
        pieces=sum(each.quantity for each in view.lines),
        back=sum(each.received for each in view.lines),
        kept=sum(each.withheld for each in view.lines),
        left_the_house=view.has_left,
        sent_back=case.sent_back_at is not None,
        bounced=view.bounced,
        cancels=case.kind == UNSENT,
        informed=view.terms is not None and view.terms.accepted,
        reimburse=case.reimburse,
        reimbursed=case.reimbursed_at is not None,
    )


def proposal_of(db: Session, view: CaseView) -> Proposal:
    """What the case gives back as it stands; one nobody has decided yet is reckoned as if it were accepted."""
    case, order = view.case, found(view.order)
    bought = {line.sku: Line(line.quantity, line.gross) for line in lines_of(db, order)}
    pieces = _pieces(view)
    goods = price_of(pieces, bought, _before(db, case))
    given, left = view.returned, refundable(order).minor
    if case.decision == GOODWILL:
        goods, most = (case.cost, case.cost) if case.remedy in MONEY else (0, 0)
        return Proposal(goods, 0, case.deduction, given, most, left)
    if case.remedy in ("price_reduction", "damages"):  # how much is for a person to say
        return Proposal(0, 0, 0, given, goods, left)
    if case.door not in SENT_BACK and case.remedy != "refund":
        return Proposal(0, 0, 0, given, 0, left)
    shipping = shipping_of(order.total, bought) if _with_shipping(db, view, pieces) else 0
    return Proposal(goods, shipping, case.deduction, given, goods + shipping - case.deduction, left)


def give_money(db: Session, view: CaseView, giving: Giving, *, person: str, now: datetime, tongue: Tongue) -> None:
    """Give this much back on the case, once per form; what goes beyond the entitlement is written down as goodwill.

    `tongue` is the customer's. Raises ReasonForAmount, StaleForm, RefundTooMuch, RefundKeyReused or CaseMoved.
    """
    case, order = view.case, found(view.order)
    hold_case(db, case)
    keys = _keys(giving.key)
    known: int | None = db.exec(select(func.sum(Refund.minor)).where(col(Refund.key).in_(keys))).one()
    if known is not None:
        if known != giving.minor:
            raise RefundKeyReused
        return
    if giving.seen != view.returned:
        raise StaleForm(now_is=f"{Money(view.returned, order.currency).plain} {order.currency}")
    proposal = proposal_of(db, view)
    if giving.minor > proposal.left:
        raise RefundTooMuch(left=Money(proposal.left, order.currency))
    if proposal.needs_reason(giving.minor) and not giving.reason:
        raise ReasonForAmount
    for key, ground, minor in zip(keys, (case.door, GOODWILL), proposal.parts(giving.minor), strict=True):
        if minor:
            asked = {"ground": ground, "case": case.number, "person": person, "reason": giving.reason}
            ask_refund(db, order, minor, key=key, by_hand=giving.by_hand, now=now, **asked)
    beyond = proposal.parts(giving.minor)[1]
    mine = update(Case).where(col(Case.number) == case.number)
    db.connection().execute(mine.values(cost=Case.cost + beyond))
    if giving.by_hand:
        db.refresh(order)
        finish(db, order, now=now)
    told = tongue.money(Money(giving.minor, order.currency))
    note(db, case, "refunded", now=now, person=person, note=giving.reason, told=told)
    if giving.minor >= proposal.owed:
        change_case(db, case, "done", only_from=("accepted", "goods_back") if view.is_here else ("goods_back",))


def given_before(db: Session, view: CaseView, key: str) -> int | None:
    """How much the form of this key has given back on the case already; None while it has not."""
    mine = select(func.sum(Refund.minor)).where(Refund.case == view.case.number, col(Refund.key).in_(_keys(key)))
    given: int | None = db.exec(mine).one()
    return given


def deduct(db: Session, view: CaseView, minor: int, reason: str, *, person: str, now: datetime, tongue: Tongue) -> None:
    """Give back so much less, because the goods lost that much in value by more than trying them.

    Directive 2011/83/EU art. 14(2); BGB § 357a(1): only from a customer who was told of the right to withdraw.
    """
    hold_case(db, view.case)
    mine = update(Case).where(col(Case.number) == view.case.number)
    db.connection().execute(mine.values(deduction=minor))
    amount = tongue.money(Money(minor, found(view.order).currency))
    told = tongue.say(N_("Deducted for loss in value: %(amount)s. %(reason)s"), amount=amount, reason=reason)
    note(db, view.case, "deducted", now=now, person=person, note=f"{minor}: {reason}", told=told)


def hold_case(db: Session, case: Case) -> None:
    """Go on only while the case is as it was read, and let nobody else change it meanwhile. Raises CaseMoved."""
    if not change_case(db, case, case.state, only_from=(case.state,)):
        raise CaseMoved(now_is=state_now(db, case))


def state_now(db: Session, case: Case) -> str:
    """The state the case is in by now."""
    db.refresh(case)
    return case.state


def _keys(key: str) -> tuple[str, str]:
    """The ledger's keys of one form: for what is owed, and for what goes beyond it."""
    return key, f"{key}:{GOODWILL}"


def _pieces(view: CaseView) -> dict[str, int]:
    """The pieces that are paid for: those that may go back, and once all there is came in, those that are here."""
    case, entitled = view.case, standing_of(view).entitled
    came = case.goods_back_at is not None and case.door in SENT_BACK
    whole = case.door not in SENT_BACK or case.decision == GOODWILL or not entitled or "*" in entitled
    return {
        each.sku: each.received + each.withheld if came else each.quantity
        for each in view.lines
        if whole or each.sku in entitled
    }


def _with_shipping(db: Session, view: CaseView, pieces: Mapping[str, int]) -> bool:
    """Whether it gives back what was paid for delivery: with the last goods of an order that are given up.

    By law on withdrawal, by the rules when nothing had been sent; and always where there never was a parcel.
    """
    order, case = found(view.order), view.case
    rules: Mapping[str, object] = view.terms.rules if view.terms else {}
    by_law = case.door == "withdrawal" and rules.get("nature") == "statutory"
    owed = case.kind == UNSENT or (by_law and bool(rules.get("refund_includes_outbound_shipping")))
    if not (owed or order.never_sent):
        return False
    goods = {line.sku: Line(line.quantity, line.gross) for line in lines_of(db, order) if line.kind != SERVICE}
    mine = {sku: number for sku, number in pieces.items() if sku in goods}
    return is_whole(mine, goods, _before(db, case, given_up=not order.never_sent))


def _before(db: Session, case: Case, *, given_up: bool = False) -> dict[str, int]:
    """Pieces in earlier cases about the order that give money back, by SKU; `given_up`: only withdrawn from or cancelled."""
    earlier = (col(Case.filed_at) < case.filed_at) | (
        (col(Case.filed_at) == case.filed_at) & (col(Case.number) < case.number)
    )
    money = col(Case.door).in_(SENT_BACK) | (col(Case.remedy) == "refund")
    query = (
        select(CaseLine.sku, func.sum(CaseLine.quantity))
        .join(Case, col(Case.number) == col(CaseLine.case))
        .where(Case.order_number == case.order_number, col(Case.state).not_in(NOT_STANDING), earlier, money)
        .group_by(col(CaseLine.sku))
    )
    if given_up:
        query = query.where((col(Case.door) == "withdrawal") | (col(Case.kind) == UNSENT))
    return dict(db.exec(query).all())


def refunds_of_case(db: Session, case: Case) -> list[Refund]:
    """The case's refunds, the oldest first, with those the provider refused."""
    query = select(Refund).where(Refund.case == case.number)
    return list(db.exec(query.order_by(col(Refund.asked_at), col(Refund.key))).all())
