"""A case as its customer sees it, and the two things they can do about it: say that it is on its way, or take it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from shop.aftersales.articles import readable
from shop.aftersales.cases.filing import change_case, note
from shop.aftersales.entitlement import terms_of
from shop.aftersales.models import Case, CaseEvent, CaseLine
from shop.aftersales.periods import may_wait, refund_due
from shop.aftersales.rights import UNSENT, Terms
from shop.base.i18n import N_, NP_, Tongue
from shop.catalogue.suitability import SERVICE
from shop.checkout.dispatch import left_to_send
from shop.checkout.models import Order, Refund
from shop.checkout.settling import lines_of
from shop.ground.errors import Refusal
from shop.ground.instants import first_instant, local
from shop.ground.money import Money
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.policies.library import PolicyLibrary

DOORS = {
    "withdrawal": NP_("case", "Withdrawal"),
    "return": NP_("case", "Return"),
    "claim": NP_("case", "Claim"),
    "exchange": NP_("case", "Exchange"),
}
CANCELLATION = NP_("case", "Cancellation")  # of what has not been sent: a return with nothing to come back
STATES = {
    "received": NP_("case", "We have it"),
    "accepted": NP_("case", "Accepted"),
    "refused": NP_("case", "Refused"),
    "goods_back": NP_("case", "The goods are back with us"),
    "done": NP_("case", "Done"),
    "taken_back": NP_("case", "You took it back"),
}
EVENTS = {
    "filed": N_("Received by us"),
    "sent_back": N_("You sent it back"),
    "accepted": N_("Accepted"),
    "refused": N_("Refused"),
    "goods_back": N_("The goods came back to us"),
    "refunded": N_("Money given back"),
    "repaired": N_("Repaired and on its way to you"),
    "replaced": N_("The replacement is on its way to you"),
    "taken_back": N_("Taken back by you"),
}
MARKS = {
    "received": ("info", "disc-half"),
    "accepted": ("good", "tick"),
    "refused": ("stop", "cross"),
    "goods_back": ("info", "disc-full"),
    "done": ("good", "tick"),
    "taken_back": ("calm", "square"),
}
KEPT = ("price_reduction", "damages")  # remedies with which the customer keeps the goods
COMING = ("received", "accepted")  # while it is in one of these, goods may be on their way
OPEN = (*COMING, "goods_back")


class CaseDecided(Refusal):
    """The case cannot be taken back any more: somebody has decided about it, or the goods are on their way."""


class NotToBeSent(Refusal):
    """Nothing of this case is waited for, or it was said before that it is on its way."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with everything its page and its mails show. Without an order nobody knows more than was declared."""

    case: Case
    market: Market
    lines: list[CaseLine]
    events: list[CaseEvent]
    names: Mapping[str, str]
    order: Order | None
    terms: Terms | None
    returned: int
    bounced: bool  # the money last given back on it was refused by the payment service
    return_address: str
    has_left: bool  # any piece of what it is about, as far as anybody knows

    @property
    def seller_pays(self) -> bool:
        """Whether the way back is on us: by the rules, for what was faulty, or because the customer was not told."""
        if self.terms is None or self.case.door == "claim" or self.case.kind == UNSENT:
            return True
        told = self.terms.accepted or not self.terms.rules["extension_if_not_informed_months"]
        return self.terms.rules["return_shipping"] == "seller" or not told

    @property
    def is_here(self) -> bool:
        """Whether nothing of what it is about has left the house, so that nothing can come back."""
        return self.order is not None and not self.has_left

    @property
    def can_be_sent(self) -> bool:
        """Whether the customer may say now that it is on its way."""
        case = self.case
        if self.is_here:
            return False
        waited = case.door != "claim" or (
            case.state == "accepted" and case.kind != "missing" and case.remedy not in KEPT
        )
        return case.state in COMING and waited and case.sent_back_at is None

    @property
    def can_be_taken_back(self) -> bool:
        """Whether nothing has been decided or sent yet."""
        return self.case.state == "received" and self.case.sent_back_at is None

    @property
    def waits(self) -> bool:
        """Whether we may wait with the money until the goods, or proof of their sending, are here."""
        zone, case = self.market.zone, self.case
        back, sent = (local(at, zone).date() if at else None for at in (case.goods_back_at, case.sent_back_at))
        return (
            self.terms is not None and not self.is_here and may_wait(self.terms.rules, goods_back=back, sent_back=sent)
        )

    def amount(self, tongue: Tongue) -> str:
        """What has been given back on this case; empty while nothing has."""
        return tongue.money(Money(self.returned, self.order.currency)) if self.order and self.returned else ""

    def why(self, tongue: Tongue) -> str:
        """Why it was refused as its customer reads it: the reason, and the article where it needs no English."""
        grounds = self.case.grounds
        told = next((each.told for each in reversed(self.events) if each.kind == "refused"), "")
        if not told or not grounds.startswith(f"{told} ("):
            return grounds
        article = readable(grounds.removeprefix(f"{told} (").removesuffix(")"), tongue.language)
        return f"{told} ({article})" if article else told

    def timeline(self, tongue: Tongue) -> list[dict[str, str]]:
        """What has happened, and by when the money comes."""
        zone = self.market.zone
        done = [
            {"state": "done", "word": _word(each, tongue), "when": tongue.moment(each.at, zone)}
            for each in self.events
            if each.kind in EVENTS or each.told
        ]
        if done:
            done[-1]["state"] = "now"
        due = self.case.refund_due
        if due is None or self.case.state not in OPEN:
            return done
        last = tongue.say(N_("by %(day)s at the latest"), day=tongue.date(due))
        return [*done, {"state": "todo", "word": tongue.say(NP_("coming step", "Money given back")), "when": last}]

    def pieces(self, tongue: Tongue) -> list[str]:
        """What the case is about, one product a line."""
        return [f"{tongue.number(each.quantity)} × {self.names.get(each.sku, each.sku)}" for each in self.lines]


def case_view(db: Session, case: Case, policies: PolicyLibrary) -> CaseView:
    """The case with everything about it."""
    market = db.get_one(Market, case.market)
    order = db.get(Order, case.order_number) if case.order_number else None
    lines = db.exec(select(CaseLine).where(CaseLine.case == case.number).order_by(col(CaseLine.sku))).all()
    events = db.exec(select(CaseEvent).where(CaseEvent.case == case.number).order_by(col(CaseEvent.id))).all()
    terms = terms_of(db, order, market, policies) if order else None
    now_in_force = policies.nearest(market.id, "returns", day_in(market, case.filed_at)).rules
    address = (terms.rules if terms else now_in_force).get("return_address") or now_in_force.get("return_address", "")
    paid_back = select(func.sum(Refund.minor)).where(Refund.case == case.number, Refund.state != "refused")
    return CaseView(
        case,
        market,
        list(lines),
        list(events),
        {line.sku: line.name for line in lines_of(db, order)} if order else {},
        order,
        terms,
        int(db.exec(paid_back).one() or 0) if order else 0,
        _bounced(db, case),
        str(address),
        order is None or bool(gone_of(db, order, lines)),
    )


def gone_of(db: Session, order: Order, lines: Sequence[CaseLine]) -> dict[str, int]:
    """Pieces by SKU that left the house, of what a case is about; of the whole order where that is not named.

    A service lies in no parcel, and what was given up before it left never was in one.
    """
    here = left_to_send(db, order) if order.state == "paid" else {}
    gone = {
        each.sku: each.quantity - each.withheld - here.get(each.sku, 0)
        for each in lines_of(db, order)
        if each.kind != SERVICE
    }
    if lines:
        gone = {each.sku: min(each.quantity - each.withheld, gone.get(each.sku, 0)) for each in lines}
    return {sku: pieces for sku, pieces in gone.items() if pieces > 0}


def _bounced(db: Session, case: Case) -> bool:
    query = select(Refund.state, Refund.asked_at).where(Refund.case == case.number)
    asked = list(db.exec(query).all())
    last = max((at for _state, at in asked), default=None)
    return any(state == "refused" and at == last for state, at in asked)


def cases_of(db: Session, order: Order) -> list[Case]:
    """The order's cases, the oldest first."""
    query = select(Case).where(Case.order_number == order.number)
    return list(db.exec(query.order_by(col(Case.filed_at), col(Case.number))).all())


def send_back(db: Session, view: CaseView, day: date, tracking: str, *, now: datetime) -> None:
    """The customer says, and may prove by its number, that the parcel left on this day. Raises NotToBeSent.

    Where proof of sending is what the seller may wait for, the money is due from now on.
    """
    case = view.case
    due, notice = case.refund_due, day_in(view.market, case.filed_at)
    if view.terms and due:
        due = refund_due(view.terms.rules, notice=notice, sent_back=day_in(view.market, now))
    sent = first_instant(datetime.combine(day, time()), view.market.zone)
    mine = update(Case).where(
        col(Case.number) == case.number, col(Case.state).in_(COMING), col(Case.sent_back_at).is_(None)
    )
    if not view.can_be_sent or db.connection().execute(mine.values(sent_back_at=sent, refund_due=due)).rowcount != 1:
        raise NotToBeSent
    note(db, case, "sent_back", now=now, note=tracking, told=tracking)


def take_back(db: Session, view: CaseView, *, now: datetime) -> None:
    """The customer takes the case back. Raises CaseDecided."""
    if not view.can_be_taken_back or not change_case(db, view.case, "taken_back", only_from=("received",)):
        raise CaseDecided
    note(db, view.case, "taken_back", now=now)


def title(case: Case, tongue: Tongue) -> str:
    """What kind of case it is."""
    return tongue.say(CANCELLATION if case.kind == UNSENT else DOORS[case.door])


def mark(case: Case, tongue: Tongue) -> dict[str, Any]:
    """The chip that says how it stands."""
    tone, glyph = MARKS[case.state]
    return {"tone": tone, "glyph": glyph, "word": tongue.say(STATES[case.state])}


def _word(event: CaseEvent, tongue: Tongue) -> str:
    if event.kind not in EVENTS:
        return event.told
    said = tongue.say(EVENTS[event.kind])
    return tongue.say(N_("%(what)s: %(detail)s"), what=said, detail=event.told) if event.told else said
