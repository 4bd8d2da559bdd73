"""The machine's clock jumps: a day ahead and back, an hour back and ahead. Stripe's clock is right all the while.

No payment is lost or made twice, nothing held is lost for good, and when the clock is right again all periodic work and
every mail goes on at once, not when the wrong time has come.
"""

from datetime import timedelta

from sqlmodel import col, select

from shop.base.leases import CLOCKS_DIFFER, JobLease
from shop.base.outbox import Effect
from shop.jobs import JOBS
from tests.buying import stock_of
from tests.faults.at_stripe import AtStripe, Buyer, at_stripe
from tests.faults.customers import BLENDER, on_shelf
from tests.faults.fault import Fault, Place, Size
from tests.world import TUESDAY

AHEAD, BACK = timedelta(days=1), timedelta(hours=-1)
SESSION_OVER = timedelta(hours=3)


def run(place: Place, size: Size) -> str:
    """The same customers at each jump: paid and not yet told of, being paid, and coming while the clock is wrong."""
    customers = size.of(1, 10)
    on_shelf(place, {BLENDER: 1_000})
    with at_stripe(place) as at:
        at.stand_in.clock = lambda: TUESDAY
        ahead = _a_jump(at, AHEAD, customers, first=0)
        back = _a_jump(at, BACK, customers, first=10_000)
        now = TUESDAY + SESSION_OVER
        at.stand_in.clock = lambda: now
        at.world.at(now)
        at.world.work()
        assert stock_of(at.world)[1] == 0, "something is held that nobody pays any more"
    place.prove(now=now)
    return f"{ahead} orders around a day ahead, {back} around an hour back; all work went on when it was right again"


def _a_jump(at: AtStripe, jump: timedelta, customers: int, *, first: int) -> int:
    paid = [_being_paid(at, first + number) for number in range(customers)]
    left = [_being_paid(at, first + 100 + number) for number in range(customers)]
    for each in paid:
        at.stand_in.complete(each.session)
    at.world.at(TUESDAY + jump)
    for each in paid:
        assert at.told(each.session) in (200, 400)  # by a clock that is wrong the signature may be too old, or too new
    wrong = [_comes_while_wrong(at, first + 200 + number) for number in range(customers)]
    at.world.at(TUESDAY)
    _work_goes_on(at)
    for each in paid:
        assert at.told(each.session) == 200 and at.told(each.session) == 200
        assert each.order.state == "paid" and at.charged(each.number) == [each.order.total]
    for each in left:
        assert at.charged(each.number) == [] and each.order.state in ("placed", "cancelled")
    for each in wrong:
        assert each is None or each.order.state in ("placed", "cancelled", "paid")
    after = [_being_paid(at, first + 300 + number) for number in range(customers)]
    for each in after:
        at.stand_in.complete(each.session)
        assert at.told(each.session) == 200
    at.world.work()
    with at.world.house.database.reading() as db:
        waiting = db.exec(select(Effect.key).where(col(Effect.done_at).is_(None))).all()
    assert not waiting, f"a mail waits for a time that was wrong: {waiting}"
    return len(paid) + len(left) + len(after)


def _being_paid(at: AtStripe, number: int) -> Buyer:
    buyer = at.customer(number)
    buyer.reviews()
    assert buyer.presses().status_code == 303
    return buyer


def _comes_while_wrong(at: AtStripe, number: int) -> Buyer | None:
    """Stripe takes no session whose end is too near or too far by its own clock: then the order has ended, uncharged."""
    buyer = at.customer(number)
    buyer.reviews()
    answer = buyer.presses()
    if answer.status_code == 303:
        return buyer
    assert answer.status_code == 409 and buyer.order.state == "cancelled", answer.text
    return None


def _work_goes_on(at: AtStripe) -> None:
    """No job waits for longer than its own pause."""
    every = {job.name: job.every for job in JOBS}
    with at.world.house.database.reading() as db:
        late = {
            lease.name: lease.due_at
            for lease in db.exec(select(JobLease)).all()
            if lease.due_at > at.world.clock.now + every[lease.name] + CLOCKS_DIFFER
        }
    assert not late, late


FAULT = Fault("clock jumps", "the machine's clock jumps a day ahead and an hour back, and is set right", run)
