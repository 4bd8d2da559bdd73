"""What the desk does with a case: decides, says who bears it, matches it with an order, closes it. Each act once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from shop.aftersales.cases.deciding import SENT_BACK, CaseMoved, CaseStillOwes, MustBeAccepted, possible
from shop.aftersales.cases.filing import change_case, check_pieces, last_day, note, noted, tell
from shop.aftersales.cases.paying_back import hold_case, proposal_of, standing_of, state_now
from shop.aftersales.cases.views import CaseView
from shop.aftersales.entitlement import bought_by
from shop.aftersales.models import Case, CaseLine
from shop.aftersales.periods import refund_due
from shop.aftersales.rights import CANCEL_UNSENT, source_of
from shop.aftersales.withdrawal import verdicts
from shop.checkout.dispatch import withhold
from shop.checkout.models import Order
from shop.checkout.settling import change_order
from shop.ground.errors import found
from shop.ground.money import Money
from shop.markets.calendar import day_in
from shop.policies.library import PolicyLibrary


def check(view: CaseView, act: str) -> None:
    """Raises CaseMoved when the act is not possible as the case stands, MustBeAccepted when the law forbids to refuse."""
    standing = standing_of(view)
    if act in possible(standing):
        return
    if act == "refuse" and standing.must_be_accepted and standing.state == "received":
        rules = view.terms.rules if view.terms else {}
        rule = CANCEL_UNSENT if standing.cancels else "window_days"
        raise MustBeAccepted(article=source_of(rules, rule), cancels=standing.cancels)
    raise CaseMoved(now_is=view.case.state)


def accept(db: Session, view: CaseView, remedy: str, *, grounds: str, person: str, now: datetime) -> None:
    """The customer is entitled to it."""
    check(view, "accept")
    _keep_here(db, view, remedy, person=person, now=now)
    values = {"decision": "entitled", "remedy": remedy, "grounds": grounds}
    _decide(db, view, "accepted", values, only_from=("received",), person=person, now=now)


def refuse(db: Session, view: CaseView, reason: str, *, article: str, person: str, now: datetime) -> None:
    """The customer is not entitled to it; they read the reason. Raises MustBeAccepted where the law leaves no choice."""
    check(view, "refuse")
    values = {"decision": "refused", "grounds": f"{reason} ({article})" if article else reason}
    _decide(db, view, "refused", values, only_from=("received",), person=person, now=now, told=reason)


def grant(db: Session, view: CaseView, remedy: str, *, reason: str, cost: int, person: str, now: datetime) -> None:
    """Goodwill: more than the customer is entitled to. `cost` is in minor units of the order's currency."""
    check(view, "goodwill")
    if view.case.state == "refused":  # what a refused case is about may be part of another by now
        _keep_pieces(db, view)
    _keep_here(db, view, remedy, person=person, now=now)
    values = {"decision": "goodwill", "remedy": remedy, "grounds": reason, "cost": cost}
    _decide(db, view, "accepted", values, only_from=(view.case.state,), person=person, now=now, why=reason)


def _keep_here(db: Session, view: CaseView, remedy: str, *, person: str, now: datetime) -> None:
    """What the money goes back for is not sent any more, if it has not left yet."""
    if view.order is None or remedy != "refund":
        return
    kept = withhold(db, view.order, {each.sku: each.quantity for each in view.lines}, person=person, now=now)
    for sku, number in kept.items():
        line = update(CaseLine).where(col(CaseLine.case) == view.case.number, col(CaseLine.sku) == sku)
        db.connection().execute(line.values(withheld=number))
    if view.case.door in SENT_BACK and all(kept.get(each.sku) == each.quantity for each in view.lines):
        _due_at_once(db, view, now=now)


def _due_at_once(db: Session, view: CaseView, *, now: datetime) -> None:
    """Nothing comes back that the money could wait for: where its day hangs on that, the days run from now."""
    due = refund_due(view.terms.rules, notice=day_in(view.market, now), nothing_back=True) if view.terms else None
    mine = update(Case).where(col(Case.number) == view.case.number, col(Case.refund_due).is_(None))
    db.connection().execute(mine.values(refund_due=due))


def bear(
    db: Session, view: CaseView, bearer: str, *, minor: int, to: str, was: str, person: str, now: datetime
) -> None:
    """Who bears it, and what they owe to whom for it. `was` is the bearer whom the form showed."""
    check(view, "bear")
    mine = update(Case).where(
        col(Case.number) == view.case.number, col(Case.bearer) == was, col(Case.reimbursed_at).is_(None)
    )
    if db.connection().execute(mine.values(bearer=bearer, reimburse=minor, reimburse_to=to)).rowcount != 1:
        raise CaseMoved(now_is=state_now(db, view.case))
    note(db, view.case, "bearer", now=now, person=person, note=f"{bearer} {minor} {to}".strip())


def reimbursed(db: Session, view: CaseView, *, person: str, now: datetime) -> None:
    """What was owed for it has been paid."""
    check(view, "reimburse")
    mine = update(Case).where(col(Case.number) == view.case.number, col(Case.reimbursed_at).is_(None))
    if db.connection().execute(mine.values(reimbursed_at=now)).rowcount != 1:
        raise CaseMoved(now_is=view.case.state)
    note(db, view.case, "reimbursed", now=now, person=person)


def match(db: Session, view: CaseView, order: Order, policies: PolicyLibrary, *, person: str, now: datetime) -> None:
    """The withdrawal that nobody could match is about this order; what held on the day it was declared holds for it."""
    check(view, "match")
    case = view.case
    change_order(
        db, order, order.state, only_from=(order.state,), after_sales=True
    )  # and nobody files about it meanwhile
    bought = bought_by(db, order, policies)
    pieces = bought.left if case.kind != "part" else {}
    day = day_in(view.market, case.filed_at)
    seen = verdicts(bought, day)
    entitled = any(each.allowed for each in seen.values())
    values: dict[str, Any] = {
        "order_number": order.number,
        "verdict": noted(seen),
        "window_ends": last_day(seen),
        "refund_due": refund_due(bought.terms.rules, notice=day) if entitled else None,
    }
    mine = update(Case).where(
        col(Case.number) == case.number, col(Case.order_number) == "", col(Case.state) == "received"
    )
    if db.connection().execute(mine.values(**values)).rowcount != 1:
        raise CaseMoved(now_is=state_now(db, case))
    db.add_all(CaseLine(case=case.number, sku=sku, quantity=number) for sku, number in pieces.items())
    note(db, case, "matched", now=now, person=person, note=order.number)


def set_pieces(db: Session, view: CaseView, pieces: Mapping[str, int], *, person: str, now: datetime) -> None:
    """What of its order a case is about that named goods in words. Raises NotInOrder or MoreThanBought."""
    check(view, "pieces")
    hold_case(db, view.case)
    check_pieces(db, found(view.order), pieces)
    db.add_all(CaseLine(case=view.case.number, sku=sku, quantity=number) for sku, number in pieces.items())
    said = " ".join(f"{sku} {number}" for sku, number in sorted(pieces.items()))
    note(db, view.case, "pieces", now=now, person=person, note=said)


def sent_back(db: Session, view: CaseView, proof: str, *, person: str, now: datetime) -> None:
    """There is proof that the goods are on their way: from now on the money may be due."""
    check(view, "sending")
    case, due = view.case, view.case.refund_due
    if view.terms and due:
        notice, today = day_in(view.market, case.filed_at), day_in(view.market, now)
        due = refund_due(view.terms.rules, notice=notice, sent_back=today)
    mine = update(Case).where(col(Case.number) == case.number, col(Case.sent_back_at).is_(None))
    if db.connection().execute(mine.values(sent_back_at=now, refund_due=due)).rowcount != 1:
        raise CaseMoved(now_is=state_now(db, case))
    note(db, case, "sent_back", now=now, person=person, note=proof, told=proof)


def replaced(db: Session, view: CaseView, order_number: str, *, person: str, now: datetime) -> None:
    """The repaired or the new goods are on their way; `order_number` is the order that brings them, if there is one."""
    check(view, "replace")
    if not change_case(db, view.case, "done", only_from=("accepted", "goods_back"), replacement=order_number):
        raise CaseMoved(now_is=state_now(db, view.case))
    kind = "repaired" if view.case.remedy == "repair" else "replaced"
    note(db, view.case, kind, now=now, person=person, note=order_number, told=order_number)
    tell(db, view.case, "repaired_or_replaced", now=now)


def close(db: Session, view: CaseView, *, person: str, now: datetime) -> None:
    """Nothing more is to be done. Raises CaseStillOwes while money is to be given back."""
    check(view, "close")
    hold_case(db, view.case)
    owed = proposal_of(db, view).owed
    if owed:
        raise CaseStillOwes(left=Money(owed, found(view.order).currency))
    change_case(db, view.case, "done", only_from=("accepted", "goods_back"))
    note(db, view.case, "closed", now=now, person=person)


def _decide(
    db: Session,
    view: CaseView,
    to: str,
    values: Mapping[str, Any],
    *,
    only_from: tuple[str, ...],
    person: str,
    now: datetime,
    why: str = "",
    told: str = "",
) -> None:
    case = view.case
    if to == "accepted" and case.goods_back_at is not None:
        to = "goods_back"
    if not change_case(db, case, to, only_from=only_from, person=person, decided_at=now, **values):
        raise CaseMoved(now_is=state_now(db, case))
    kind = "refused" if to == "refused" else "accepted"
    note(db, case, kind, now=now, person=person, note=why or str(values["grounds"]), told=told)
    tell(db, case, kind, now=now)


def _keep_pieces(db: Session, view: CaseView) -> None:
    order = found(view.order)
    change_order(db, order, order.state, only_from=(order.state,))
    check_pieces(db, order, {each.sku: each.quantity for each in view.lines})
