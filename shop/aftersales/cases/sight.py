"""What the desk shows of a case: what was declared, what holds and why, the goods, the money, and what happened."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

from sqlmodel import Session

from shop.aftersales.articles import told_staff
from shop.aftersales.cases.at_desk import MOST_TEXT, STATES, CaseDesk
from shop.aftersales.cases.deciding import BY_DOOR, REMEDIES, Standing, possible
from shop.aftersales.cases.goods_back import pieces_to_come
from shop.aftersales.cases.overdue import overdue_of
from shop.aftersales.cases.paying_back import proposal_of, refunds_of_case, standing_of
from shop.aftersales.cases.refunding import Proposal
from shop.aftersales.cases.views import CaseView, title
from shop.aftersales.claims.facts import claim_facts
from shop.aftersales.entitlement import bought_by
from shop.aftersales.models import CaseEvent
from shop.aftersales.rights import STANDINGS, UNSENT, Verdict, exchange_right, return_right, withdrawal_right
from shop.base.i18n import N_, NP_, Tongue
from shop.checkout.models import Refund
from shop.checkout.order_names import Called, called, staff_lines, staff_policies
from shop.checkout.orders import OrderView, order_view, sums
from shop.ground.errors import found
from shop.ground.money import Money
from shop.markets.calendar import day_in
from shop.staff.names import names_of

RIGHTS = {"withdrawal": withdrawal_right, "return": return_right, "exchange": exchange_right}
TONES = {
    "received": ("wait", "clock"),
    "accepted": ("info", "tick"),
    "refused": ("calm", "cross"),
    "goods_back": ("info", "disc-full"),
    "done": ("good", "tick"),
    "taken_back": ("calm", "square"),
}
EVENTS = {
    "filed": NP_("case event", "Received"),
    "accepted": NP_("case event", "Accepted"),
    "refused": NP_("case event", "Refused"),
    "matched": NP_("case event", "Matched with an order"),
    "pieces": NP_("case event", "Pieces set"),
    "sent_back": NP_("case event", "Sent back by the customer"),
    "came_in": NP_("case event", "Goods came in"),
    "goods_back": NP_("case event", "All goods are back"),
    "deducted": NP_("case event", "Deduction set"),
    "refunded": NP_("case event", "Money given back"),
    "repaired": NP_("case event", "Repaired"),
    "replaced": NP_("case event", "Replaced"),
    "bearer": NP_("case event", "Who bears it"),
    "reimbursed": NP_("case event", "Reimbursed"),
    "closed": NP_("case event", "Closed"),
    "taken_back": NP_("case event", "Taken back by the customer"),
    "noticed": NP_("case event", "Day on which it was noticed"),
    "safety": NP_("case event", "Somebody was hurt, or nearly"),
}
DECISIONS = {
    "entitled": NP_("decision", "Entitled"),
    "goodwill": NP_("decision", "Goodwill"),
    "refused": NP_("decision", "Refused"),
}
BEARERS = {
    "exporter": NP_("bearer", "Exporter"),
    "distributor": NP_("bearer", "Distributor"),
    "carrier": NP_("bearer", "Carrier"),
}
CREDITORS = {**BEARERS, "customer": NP_("bearer", "Customer")}
REFUND_STATES = {
    "asked": (N_("Is being given back"), "info", "clock"),
    "unknown": (N_("Not known yet whether it was given back; we ask the payment service"), "wait", "clock"),
    "done": (N_("Given back"), "good", "tick"),
    "refused": (N_("Refused by the payment service"), "stop", "cross"),
}
GROUNDS = {
    "late_payment": NP_("refund for", "Late payment"),
    "withdrawal": NP_("refund for", "Withdrawal"),
    "return": NP_("refund for", "Return"),
    "claim": NP_("refund for", "Claim"),
    "exchange": NP_("refund for", "Exchange"),
    "recall": NP_("refund for", "Recall"),
    "goodwill": NP_("refund for", "Goodwill"),
}


def case_sight(db: Session, desk: CaseDesk, view: CaseView) -> dict[str, Any]:
    """The values of the case's page in the person's tongue."""
    case, tongue, standing = view.case, desk.tongue, standing_of(view)
    acts = possible(standing) if desk.staff.may("case.decide") else frozenset()
    late, people = overdue_of(db, view, now=desk.now), _people(db, view)
    seen = order_view(db, view.order.number) if view.order else None
    names = called(db, seen, tongue) if seen else {}
    return {
        "case": case,
        "view": view,
        "zone": view.market.zone,
        "case_kind": title(case, tongue),
        "mark": {"tone": TONES[case.state][0], "glyph": TONES[case.state][1], "word": tongue.say(STATES[case.state])},
        "acts": acts,
        "to_come": pieces_to_come(db, view) if "receive" in acts else {},
        "overdue": tongue.date(late.since) if late else "",
        "due": tongue.date(case.refund_due) if case.refund_due and standing.state not in ("done", "refused") else "",
        "waits": view.order is not None and view.waits,
        "names": names,
        "verdicts": _verdicts(db, desk, view, names),
        "decision": tongue.say(DECISIONS[case.decision]) if case.decision else "",
        "remedy": tongue.say(REMEDIES[case.remedy]) if case.remedy in REMEDIES else case.remedy,
        "wish": tongue.say(REMEDIES[case.wish]) if case.wish in REMEDIES else case.wish,
        "remedies": [(each, tongue.say(REMEDIES[each])) for each in BY_DOOR[case.door]],
        "bearers": [(name, tongue.say(word)) for name, word in BEARERS.items()],
        "creditors": [("", ""), *((name, tongue.say(word)) for name, word in CREDITORS.items())],
        "bearer": tongue.say(BEARERS[case.bearer]) if case.bearer in BEARERS else "",
        "creditor": tongue.say(CREDITORS[case.reimburse_to]) if case.reimburse_to in CREDITORS else "",
        "history": [_event(each, tongue, view.market.zone, people) for each in view.events],
        "by": people.get(case.person, case.person),
        "claim": _claim(db, desk, view),
        "language_name": tongue.language_name(case.language),
        "longest": MOST_TEXT,
        "key": uuid4().hex,
        "money": _money(db, desk, view, standing) if view.order else None,
        "order": _order(desk, seen, names) if seen else None,
    }


def _verdicts(db: Session, desk: CaseDesk, view: CaseView, names: Mapping[str, Called]) -> list[dict[str, Any]]:
    """What held for each product on the day the case was filed, why, and on which version of the rules it rests."""
    case, tongue = view.case, desk.tongue
    if view.order is None or case.door not in RIGHTS:
        return []
    bought, day = bought_by(db, view.order, desk.policies), day_in(view.market, case.filed_at)
    rows = []
    for line in view.lines:
        item = bought.items[line.sku]
        item = replace(item, left=item.left + line.quantity, unsent=case.kind == UNSENT)  # as it was then
        verdict = RIGHTS[case.door](bought.terms, item, today=day)
        rows.append({"called": names[line.sku], **_verdict(verdict, tongue)})
    return rows


def due_words(due: date | None, since: date | None, tongue: Tongue) -> tuple[str, bool]:
    """By when the money is due, in words, and whether that is over."""
    if since is not None:
        return tongue.say(N_("Money overdue since %(day)s"), day=tongue.date(since)), True
    return (tongue.say(N_("Money by %(day)s"), day=tongue.date(due)), False) if due else ("", False)


def _verdict(verdict: Verdict, tongue: Tongue) -> dict[str, Any]:
    return {
        "ok": verdict.allowed,
        "word": tongue.say(STANDINGS[verdict.standing]),
        "reasons": [
            {"words": tongue.say(each.words), "source": told_staff(each.source, tongue), "article": each.source}
            for each in verdict.reasons
        ],
        "version": verdict.version,
        "last_day": tongue.date(verdict.last_day) if verdict.last_day else "",
    }


def _people(db: Session, view: CaseView) -> dict[str, str]:
    """The names of those who did something with the case."""
    ids = {view.case.person, *(each.person for each in view.events)} - {""}
    return names_of(db, ids)


def _event(event: CaseEvent, tongue: Tongue, zone: str, people: Mapping[str, str]) -> dict[str, Any]:
    word = tongue.say(EVENTS[event.kind]) if event.kind in EVENTS else event.kind
    who = people.get(event.person, event.person)
    return {"word": word, "note": event.note or event.told, "who": who, "when": tongue.moment(event.at, zone)}


def _claim(db: Session, desk: CaseDesk, view: CaseView) -> dict[str, Any] | None:
    path = f"/desk/cases/{view.case.number}"
    return (
        claim_facts(db, view.case, desk.policies, desk.tongue, now=desk.now, path=path, staff=True)
        if view.order
        else None
    )


def _money(db: Session, desk: CaseDesk, view: CaseView, standing: Standing) -> dict[str, Any]:
    assert view.order is not None
    tongue, currency = desk.tongue, view.order.currency
    proposal: Proposal = proposal_of(db, view)

    def shown(minor: int) -> str:
        return tongue.money(Money(minor, currency))

    rows = [
        (NP_("sum", "Goods"), proposal.goods),
        (N_("Delivery to the customer"), proposal.shipping),
        (N_("Deduction for loss in value"), -proposal.deduction),
        (N_("Given back so far"), -proposal.given),
    ]
    return {
        "rows": [{"label": tongue.say(label), "value": shown(minor), "strong": False} for label, minor in rows if minor]
        + [{"label": tongue.say(N_("Still to be given back")), "value": shown(proposal.owed), "strong": True}],
        "owed": proposal.owed,
        "amount": Money(proposal.owed, currency).plain if proposal.owed else "",
        "left": shown(proposal.left),
        "given": proposal.given,
        "currency": currency,
        "refunds": [_refund(each, view, tongue) for each in refunds_of_case(db, view.case)],
        "cost": shown(view.case.cost) if view.case.cost else "",
        "reimburse": shown(view.case.reimburse) if view.case.reimburse else "",
        "deduction": Money(view.case.deduction, currency).plain if view.case.deduction else "",
        "goods_most": Money(proposal.goods, currency).plain,
    }


def _refund(refund: Refund, view: CaseView, tongue: Tongue) -> dict[str, Any]:
    word, tone, glyph = REFUND_STATES[refund.state]
    ground = tongue.say(GROUNDS[refund.ground]) if refund.ground in GROUNDS else refund.ground
    return {
        "amount": tongue.money(Money(refund.minor, found(view.order).currency)),
        "ground": title(view.case, tongue) if refund.ground == view.case.door else ground,
        "word": tongue.say(word),
        "tone": tone,
        "glyph": glyph,
        "when": tongue.moment(refund.done_at or refund.asked_at, view.market.zone),
        "reason": refund.reason,
    }


def _order(desk: CaseDesk, seen: OrderView, names: Mapping[str, Called]) -> dict[str, Any]:
    tongue = desk.tongue
    return {
        "number": seen.order.number,
        "may_see": desk.staff.may("order.see"),
        "lines": staff_lines(names, seen, tongue, f"/static/{desk.assets.version}"),
        "sums": sums(seen, tongue),
        "policies": staff_policies(seen, tongue),
        "serials": [(each.sku, each.serial or each.lot, each.returned_at is not None) for each in seen.owned],
    }
