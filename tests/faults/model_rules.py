"""Whatever hypothesis thinks of, in whatever order, done to the shop and to its model: both stand the same.

Customers order, pay, give up and ask; the provider tells late, twice or never; the exporter stops and resumes the
sale, changes prices, policies and stock; agents come and go; time passes.
"""

from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.outbox import carry_out_due
from shop.base.payments import PaymentRefused
from shop.base.revisions import market_scope, raise_revision
from shop.base.till import DemoTill, TillSession
from shop.catalogue.models import Listing, Stock
from shop.checkout.booking import Buyer
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.pay import Cashier, abandon, begin, settle_by_session
from shop.checkout.refunds import RefundTooMuch, ask_refund
from shop.checkout.sweep import settle_overdue
from shop.checkout.webhook import take_notice
from shop.ground.errors import Refusal
from shop.jobs import effects
from shop.launches.changing.safety import follow_up
from shop.launches.changing.transitions import NotReady, change_state
from shop.markets.models import Market
from shop.policies.models import Acceptance, SignOff
from shop.policies.written import write
from shop.support.answering.waiting import route_due
from shop.support.requests.intake import Question, open_request
from shop.support.requests.models import Request
from shop.support.shifts.models import Agent
from shop.support.shifts.presence import note_presence
from tests.buying import BLENDER, set_stock, stock_of, visit, wish
from tests.faults.copying import copied
from tests.faults.fault import Place
from tests.faults.model import PAID, PLACED, Bought, Model
from tests.world import ANNA, ORIGIN, World
from tests.world import world as open_world

MODES = ("sell_stop", "hidden", "safety")


class Beside(RuleBasedStateMachine):
    """The shop and its model; `place` is copied for every run."""

    place: Place
    runs = steps = 0

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.model, self.numbered = Model(on_hand=5), 0

    @initialize()
    def opens(self) -> None:
        """A fresh copy of the shop, with five blenders."""
        here = self._open.enter_context(copied(self.place))
        self.here = here
        self.world: World = self._open.enter_context(open_world(here.folder, here.url))
        set_stock(self.world, self.model.on_hand)
        Beside.runs += 1

    def teardown(self) -> None:
        """At the end of a run everything must be provable."""
        if hasattr(self, "world"):
            now = self.world.clock.now
            self.works()
            self.here.prove(now=now)
        self._open.close()

    # What customers do.

    @rule(pieces=st.integers(1, 3))
    def orders_something(self, pieces: int) -> None:
        """It is sold if the market sells and so many are left, at the price and under the terms of this moment."""
        self.numbered += 1
        house, at = self.world.house, visit(self.world)
        buyer = Buyer(email=f"c{self.numbered}@example.com", phone="", name=ANNA["name"], address=ANNA)
        cashier = Cashier(
            database=house.database,
            payments=house.payments,
            policies=house.policies,
            languages=house.languages,
            base_url=ORIGIN,
        )
        try:
            with house.database.reading() as db:
                wanted = wish(db, self.world, at, f"k{self.numbered}", {BLENDER: pieces})
            begun = begin(cashier, at, wanted, buyer)
        except Refusal as refusal:
            assert not self.model.sells(pieces), f"refused without a reason: {refusal!r}"
            return
        assert self.model.sells(pieces), "sold what is not to be sold"
        with house.database.reading() as db:
            order = db.get_one(Order, begun.number)
        terms = house.policies.in_force("de", "returns", self.world.clock.now.date()).name
        self.model.orders[begun.number] = Bought(pieces, order.total, terms)

    @precondition(lambda self: self.model.of(PLACED))
    @rule(which=st.integers(0, 9))
    def pays(self, which: int) -> None:
        """The provider takes the money, or its session is over; the shop is not told yet."""
        number, bought = self._pick(which, PLACED)
        with suppress(PaymentRefused):
            bought.notice = self._till().pay(self._session(number), now=self.world.clock.now)
            bought.taken = True

    @precondition(lambda self: self.model.told())
    @rule(which=st.integers(0, 9))
    def is_told(self, which: int) -> None:
        """A notice of the provider's arrives: the first one, or the same once more. One too old is not believed."""
        told = self.model.told()
        bought = told[which % len(told)]
        house = self.world.house
        with suppress(Refusal):
            take_notice(house.database, house.payments, *(bought.notice or (b"", "")), now=self.world.clock.now)
            self.model.heard(bought)

    @precondition(lambda self: self.model.of(PLACED))
    @rule(which=st.integers(0, 9), gives_up=st.booleans())
    def comes_back(self, which: int, gives_up: bool) -> None:
        """The customer comes back from paying, or gives up: what the provider says now is settled."""
        number, bought = self._pick(which, PLACED)
        house, now = self.world.house, self.world.clock.now
        with house.database.reading() as db:
            attempt = db.exec(select(PaymentAttempt).where(PaymentAttempt.order_number == number)).one()
        if gives_up:
            abandon(house.database, house.payments, attempt, now=now)
        else:
            settle_by_session(house.database, house.payments, attempt.session or "", now=now)
        self.model.heard(bought, over=gives_up or attempt.expires_at <= now)

    @rule()
    def asks(self) -> None:
        """A question is asked."""
        self.model.asked += 1
        with self.world.house.database.writing() as db:
            asked = Question(
                market=db.get_one(Market, "de"), language="de", category="use", subject="Reinigung",
                text="Wie reinige ich ihn?", name="Anna Beck", email=ANNA["email"], key=f"q{self.model.asked}",
            )  # fmt: skip
            open_request(db, asked, now=self.world.clock.now)

    # What the exporter and the staff do.

    @rule(mode=st.sampled_from(MODES))
    def stops_or_resumes(self, mode: str) -> None:
        """The sale is stopped in some way, or goes on if the market is ready. Stopped for safety, what is not paid ends."""
        house, now = self.world.house, self.world.clock.now
        sources = house.sources()
        event = None
        with house.database.reading() as db:
            in_time = select(PaymentAttempt.order_number).where(col(PaymentAttempt.expires_at) > now)
            payable = set(db.exec(in_time).all())
        with suppress(NotReady), house.database.writing() as db:
            given: dict[str, Any] = {"person": "mere", "reason": "A drill", "sources": sources, "now": now}
            given |= {"version": db.get_one(Market, "de").version}
            if self.model.paused:  # which needs a second person after a stop for safety
                event = change_state(db, "de", "resume", approved_by="ruth", **given)
            else:
                event = change_state(db, "de", "pause", mode=mode, **given)
            self.model.toggle(mode, payable)
        if event is not None:
            follow_up(house.database, house.payments, event, now=now)

    @rule(more=st.integers(1, 500))
    def changes_the_price(self, more: int) -> None:
        """For those who order from now on."""
        with self.world.house.database.writing() as db:
            mine = update(Listing).where(col(Listing.market) == "de", col(Listing.sku) == BLENDER)
            db.connection().execute(mine.values(price=200_00 + more))
            raise_revision(db, market_scope("de"))

    @rule(days=st.integers(15, 60))
    def publishes_a_policy(self, days: int) -> None:
        """A version of the returns policy that holds from today, signed in its languages, once a day."""
        house, today = self.world.house, self.world.clock.now.date()
        old = house.policies.in_force("de", "returns", today)
        if old.effective == today:
            return
        with house.database.writing() as db:
            changed = {**old.rules, "effective": today, "window_days": days}
            write(db, replace(old, effective=today, rules=changed), person="mere", now=self.world.clock.now)
        house.policies.refresh()
        new = house.policies.in_force("de", "returns", today)
        with house.database.writing() as db:
            at = {"person": "annika", "at": self.world.clock.now, "hash": new.hash}
            signed = {"market": "de", "kind": "returns", "version": new.name, **at}
            db.add_all(SignOff(language=language, **signed) for language in new.texts)

    @rule(pieces=st.integers(1, 3))
    def fills_the_shelf(self, pieces: int) -> None:
        """New pieces arrive."""
        self.model.on_hand += pieces
        with self.world.house.database.writing() as db:
            db.connection().execute(update(Stock).where(col(Stock.sku) == BLENDER).values(on_hand=self.model.on_hand))

    @rule(there=st.booleans())
    def comes_or_goes(self, there: bool) -> None:
        """Lena is at her desk, or is not."""
        with self.world.house.database.writing() as db:
            note_presence(db, db.get_one(Agent, "lena"), there=there, now=self.world.clock.now)

    @precondition(lambda self: self.model.of(PAID))
    @rule(which=st.integers(0, 9), minor=st.integers(1, 300_00))
    def gives_back(self, which: int, minor: int) -> None:
        """A part of the money, or all of it, but never more than there is."""
        number, bought = self._pick(which, PAID)
        given: dict[str, Any] = {"ground": "goodwill", "person": "mere", "now": self.world.clock.now}
        key, may = f"r{number}{bought.given_back}", bought.give_back(minor)
        try:
            with self.world.house.database.writing() as db:
                ask_refund(db, db.get_one(Order, number), minor, key=key, **given)
        except RefundTooMuch:
            assert not may, "there was enough"
        else:
            assert may, "more than was paid"

    # What time does.

    @rule(minutes=st.sampled_from((1, 4, 20, 70, 600)))
    def time_passes(self, minutes: int) -> None:
        """Nobody does anything; nor does the periodic work."""
        self.world.clock.now += timedelta(minutes=minutes)

    @rule()
    def works(self) -> None:
        """The sweeper, the routing and the outbox have their turn."""
        house, now = self.world.house, self.world.clock.now
        settle_overdue(house.database, house.payments, languages=house.languages, base_url=ORIGIN, now=now)
        route_due(house.database, now=now)
        while carry_out_due(house.database, effects(house), clock=house.clock):
            pass
        with house.database.reading() as db:
            attempts = select(PaymentAttempt.order_number).where(col(PaymentAttempt.ask_at) <= now)
            assert not db.exec(attempts.where(PaymentAttempt.state == "begun")).all(), "the sweeper left something"
            known = dict(db.exec(select(PaymentAttempt.order_number, PaymentAttempt.expires_at)).all())
        for number, bought in self.model.of(PLACED):
            if known[number] <= now:
                self.model.heard(bought, over=True)
        self.model.carried_out()

    @invariant()
    def both_stand_the_same(self) -> None:
        """Every order, the stock, and every question."""
        if not hasattr(self, "world"):
            return
        Beside.steps += 1
        with self.world.house.database.reading() as db:
            stored = {each.number: each for each in db.exec(select(Order)).all()}
            assert {number: each.state for number, each in stored.items()} == {
                number: each.state for number, each in self.model.orders.items()
            }
            for number, bought in self.model.orders.items():
                assert stored[number].total == bought.total and stored[number].given_back >= bought.given_back
            assert self._accepted(db) == {number: each.returns for number, each in self.model.orders.items()}
            assert len(db.exec(select(Request.ref)).all()) == self.model.asked
        assert stock_of(self.world) == (self.model.on_hand, self.model.pieces(PLACED), self.model.pieces(PAID))

    def _accepted(self, db: Session) -> dict[str, str]:
        query = select(Acceptance.order_number, Acceptance.version).where(Acceptance.kind == "returns")
        return dict(db.exec(query).all())

    def _pick(self, which: int, state: str) -> tuple[str, Bought]:
        among = self.model.of(state)
        return among[which % len(among)]

    def _session(self, number: str) -> str:
        with self.world.house.database.reading() as db:
            return db.exec(select(TillSession.id).where(TillSession.reference == number)).one()

    def _till(self) -> DemoTill:
        assert isinstance(self.world.house.payments, DemoTill)
        return self.world.house.payments
