"""After the sale in the demo: customers withdraw, send back and claim by the rules they accepted; the exporter decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlmodel import Session

from shop.aftersales.asking import filing_of
from shop.aftersales.cases.filing import Filing, file_case
from shop.aftersales.cases.goods_back import Came, receive
from shop.aftersales.cases.handling import accept, check, close, grant, replaced
from shop.aftersales.cases.paying_back import Giving, give_money, proposal_of
from shop.aftersales.cases.views import CaseView, case_view, send_back
from shop.aftersales.claims.keeping import Claim, claimable, keep_claim
from shop.aftersales.entitlement import Bought, bought_by
from shop.aftersales.models import Case
from shop.aftersales.rights import return_right
from shop.aftersales.withdrawal import Declaration, declare
from shop.base.tokens import fresh_token
from shop.checkout.models import Order
from shop.demo.history.people import Customer
from shop.demo.history.stage import Stage
from shop.markets.calendar import day_in

DECIDES = "mere"
AS_NEW = "as new, box opened"
# How long the exporter takes to accept, the customer to send, the carrier to bring it, and the money to be given back.
THINKS, WRAPS, TRAVELS, COUNTS = (timedelta(hours=each) for each in (20, 48, 140, 24))


@dataclass
class AfterCare:
    """The demo's cases: each method files or decides one, and puts what follows from it on the stage."""

    stage: Stage

    def withdraw(self, customer: Customer, order: str, pieces: Mapping[str, int]) -> None:
        """Withdraw from these pieces, or from the whole contract when none is named; sent back and refunded later."""
        declaration = Declaration(
            name=customer.name,
            contract=order,
            email=customer.email,
            goods="",
            pieces=pieces,
            proven=True,
            key=fresh_token(),
        )
        stage, market = self.stage, self.stage.market(customer.market)
        case = declare(
            stage.database, stage.parts.policies, market, declaration, language=customer.language, now=stage.now
        )
        self._sent_and_paid_back(case.number)

    def send_back(self, customer: Customer, order: str, pieces: Mapping[str, int], *, why: str) -> None:
        """Return these pieces under the exporter's own rules; sent back and refunded later. `why` is a return reason's key."""
        with self.stage.database.writing() as db:
            bought = bought_by(db, db.get_one(Order, order), self.stage.parts.policies)
            case = file_case(db, bought.order, self._return_of(bought, customer, pieces, why=why), now=self.stage.now)
            number = case.number
        self._sent_and_paid_back(number)

    def claim(self, customer: Customer, order: str, sku: str, *, kind: str, words: str, wish: str = "") -> str:
        """Claim that something is wrong with a piece; gives the case's number. Nothing is decided yet."""
        stage = self.stage
        with stage.database.writing() as db:
            placed, today = db.get_one(Order, order), day_in(stage.market(customer.market), stage.now)
            held = claimable(db, bought_by(db, placed, stage.parts.policies), stage.parts.policies)
            known = held.pieces[sku].serials
            serials = {sku: known[0]} if known else {}
            holding = held.holding(sku, today=today, serial=serials.get(sku, ""), noticed=today)
            claim = Claim(
                kind=kind,
                lines={sku: 1},
                serials=serials,
                noticed=today,
                words=words,
                wish=wish,
                hurt=False,
                photos=(),
                key=fresh_token(),
            )
            return keep_claim(
                db, placed, claim, {sku: holding.verdict(kind)}, language=customer.language, now=stage.now
            ).number

    def replace(self, case: str) -> None:
        """Accept the claim with a replacement, which leaves two days later."""
        with self.stage.database.writing() as db:
            accept(db, self._view(db, case), "replacement", grounds="", person=DECIDES, now=self.stage.now)
        self.stage.after(partial(self._replaced, case), hours=44)

    def give_of_goodwill(self, case: str, minor: int, *, reason: str) -> None:
        """Give `minor` units of the order's currency of goodwill, and close the case; the customer reads the reason."""
        with self.stage.database.writing() as db:
            view = self._view(db, case)
            grant(db, view, "price_reduction", reason=reason, cost=minor, person=DECIDES, now=self.stage.now)
        with self.stage.database.writing() as db:
            self._give(db, self._view(db, case), minor)
        with self.stage.database.writing() as db:
            close(db, self._view(db, case), person=DECIDES, now=self.stage.now)

    def _return_of(self, bought: Bought, customer: Customer, pieces: Mapping[str, int], *, why: str) -> Filing:
        now = self.stage.now
        today = day_in(bought.market, now)
        rights = {sku: return_right(bought.terms, bought.items[sku], today=today) for sku in pieces}
        return filing_of(
            bought,
            rights,
            door="return",
            language=customer.language,
            key=fresh_token(),
            kind=why,
            lines=pieces,
            now=now,
        )

    def _sent_and_paid_back(self, case: str) -> None:
        at = self.stage.now
        for span, act in ((THINKS, self._accept), (WRAPS, self._sent), (TRAVELS, self._came)):
            at += span
            self.stage.at(at, partial(act, case))
        self.stage.at(at + COUNTS, partial(self._pay_back, case))

    def _accept(self, case: str) -> None:
        with self.stage.database.writing() as db:
            accept(db, self._view(db, case), "refund", grounds="", person=DECIDES, now=self.stage.now)

    def _sent(self, case: str) -> None:
        with self.stage.database.writing() as db:
            view = self._view(db, case)
            send_back(db, view, day_in(view.market, self.stage.now), f"RT{case[-6:]}", now=self.stage.now)

    def _came(self, case: str) -> None:
        with self.stage.database.writing() as db:
            view = self._view(db, case)
            came = [Came(each.sku, each.quantity, each.quantity, AS_NEW) for each in view.lines]
            receive(db, view, came, last=True, person=DECIDES, now=self.stage.now)

    def _pay_back(self, case: str) -> None:
        with self.stage.database.writing() as db:
            view = self._view(db, case)
            self._give(db, view, proposal_of(db, view).owed)

    def _give(self, db: Session, view: CaseView, minor: int) -> None:
        check(view, "refund")
        giving = Giving(minor=minor, seen=view.returned, key=fresh_token())
        tongue = self.stage.tongue(view.case.market, view.case.language)
        give_money(db, view, giving, person=DECIDES, now=self.stage.now, tongue=tongue)

    def _replaced(self, case: str) -> None:
        with self.stage.database.writing() as db:
            replaced(db, self._view(db, case), "", person=DECIDES, now=self.stage.now)

    def _view(self, db: Session, case: str) -> CaseView:
        return case_view(db, db.get_one(Case, case), self.stage.parts.policies)
