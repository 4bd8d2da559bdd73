"""Customers of the demo buy: they accept the policies, place the order, and pay at the demo till or are declined there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlmodel import Session

from shop.base.tokens import fresh_token
from shop.checkout import sweep
from shop.checkout.agreeing import agreement
from shop.checkout.booking import HOLD_OUTLIVES, SESSION_LASTS, Buyer, Wish, attempt_key
from shop.checkout.bounds import unpaid_by
from shop.checkout.consents import consents
from shop.checkout.machines import NOT_AT_HAND
from shop.checkout.models import PaymentAttempt
from shop.checkout.pay import Cashier, begin
from shop.checkout.quote import money_digest, policies_now, quote
from shop.checkout.webhook import take_notice
from shop.demo.history.people import Customer
from shop.demo.history.stage import Stage
from shop.launches.changing.invitations import make_invitation
from shop.markets.admission import fresh_visitor, redeem
from shop.markets.gate import Visitor, in_draw, seeing
from shop.markets.visit import Keeps, Visit
from shop.policies.seen import seen_mark

NETWORK = "203.0.113"  # reserved for documentation by RFC 5737: nobody has these addresses
SWEPT = SESSION_LASTS + 2 * HOLD_OUTLIVES  # here the sweeper looks once: when session and hold are surely over
OTHER_CARD = timedelta(minutes=4)


@dataclass
class Customers:
    """Those who buy in one market; `token` is the secret of their invitation, where the market asks for one."""

    stage: Stage
    market: str
    token: str = ""

    def invite(self, person: str, *, uses: int, days: int, note: str) -> None:
        """Make the invitation that they come by."""
        with self.stage.database.writing() as db:
            made = make_invitation(db, self.market, person=person, uses=uses, days=days, note=note, now=self.stage.now)
        self.token = made.token

    def buy(self, customer: Customer, lines: Mapping[str, int]) -> str:
        """The whole way from the cart to the paid order; its number."""
        number = self._order(customer, lines)
        self._pay(number)
        return number

    def buy_at_second_try(self, customer: Customer, lines: Mapping[str, int]) -> str:
        """The card is declined, and the customer pays with another one a little later; the order's number."""
        number = self._order(customer, lines)
        self._decline(number)
        self.stage.at(self.stage.now + OTHER_CARD, partial(self._pay, number))
        return number

    def try_in_vain(self, customer: Customer, lines: Mapping[str, int]) -> None:
        """The card is declined and the customer does not come back: what was held is released when the session is over."""
        self._decline(self._order(customer, lines))
        self.stage.at(self.stage.now + SWEPT, self._sweep)

    def _order(self, customer: Customer, lines: Mapping[str, int]) -> str:
        visit = self._visit(customer)
        with self.stage.database.reading() as db:
            wish = self._wish(db, visit, customer, lines)
        return begin(self._cashier(), visit, wish, self._buyer(customer)).number

    def _wish(self, db: Session, visit: Visit, customer: Customer, lines: Mapping[str, int]) -> Wish:
        """What a customer sends who has read everything and ticked every box."""
        shown = policies_now(self.stage.parts.policies, visit)
        return Wish(
            key=fresh_token(),
            lines=lines,
            money_seen=money_digest(quote(db, visit, lines)),
            policies_seen=seen_mark(shown),
            wording=agreement(db, visit, shown, orders=(), email=customer.email).wording,
            ticked=frozenset(each.box.field for each in consents(db, visit, lines)),
            serials=dict.fromkeys(lines, NOT_AT_HAND),
        )

    def _buyer(self, customer: Customer) -> Buyer:
        address = f"{NETWORK}.{customer.number % 250 + 1}"
        return Buyer(
            email=customer.email,
            phone="",
            name=customer.name,
            address=customer.address,
            unpaid_by=unpaid_by(self.stage.parts.signer, self.market, address=address, email=customer.email),
        )

    def _visit(self, customer: Customer) -> Visit:
        """The visit of somebody whom the market lets in: with its invitation, or because their browser was drawn."""
        stage, snapshot = self.stage, self.stage.parts.directory.now()
        market, visitor, invitation = snapshot.market(self.market), fresh_visitor(), None
        facts = snapshot.facts(market)
        if self.token:
            with stage.database.writing() as db:
                invitation = redeem(db, self.token, visitor, now=stage.now).id
        elif market.audience == "percentage":
            while not in_draw(facts, visitor):
                visitor = fresh_visitor()
        seen = seeing(facts, Visitor(id=visitor, invited=invitation is not None))
        tongue, origin = stage.tongue(self.market, customer.language), stage.parts.settings.origin
        return Visit(market, tongue, snapshot, seen, Keeps(visitor, invitation), stage.now, staff=False, origin=origin)

    def _cashier(self) -> Cashier:
        parts = self.stage.parts
        return Cashier(
            database=parts.database,
            payments=self.stage.till,
            policies=parts.policies,
            languages=parts.languages,
            base_url=parts.settings.base_url,
        )

    def _pay(self, number: str) -> None:
        self._heard(*self.stage.till.pay(self._session(number), now=self.stage.now))

    def _decline(self, number: str) -> None:
        self._heard(*self.stage.till.decline(self._session(number), now=self.stage.now))

    def _heard(self, body: bytes, signature: str) -> None:
        take_notice(self.stage.database, self.stage.till, body, signature, now=self.stage.now)

    def _session(self, number: str) -> str:
        with self.stage.database.reading() as db:
            return db.get_one(PaymentAttempt, attempt_key(number)).session or ""

    def _sweep(self) -> None:
        parts = self.stage.parts
        sweep.settle_overdue(
            parts.database,
            self.stage.till,
            languages=parts.languages,
            base_url=parts.settings.base_url,
            now=self.stage.now,
        )
