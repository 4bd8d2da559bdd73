"""Processes killed at any moment while they buy, pay, give back and send mails: what was acknowledged stands.

Each life goes on where the one before was cut off, as a customer does who presses again. Then time passes, the periodic
work does what it has to, and everything that was ever said is compared with what is there.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, func, select

from shop.base.outbox import Effect
from shop.base.settings import ROOT
from shop.checkout.models import Order, OrderLine, Refund
from shop.policies.models import Acceptance
from tests.faults.customers import BLENDER, on_shelf
from tests.faults.fault import Fault, Place, Size
from tests.faults.looking import looking
from tests.faults.short_lives import Word, below_the_doors
from tests.world import TUESDAY, World

SECONDS_A_LIFE, SECONDS_MORE = 3, 120  # before it counts as hanging
TIDIED_AFTER = timedelta(hours=2)  # what a life left half done has then run out: its lease, its hold, its session


def run(place: Place, size: Size) -> str:
    """Kill so many, look at what is left, and prove the place."""
    lives = size.of(25, 1_000)
    on_shelf(place, {BLENDER: 100 * lives})
    said = _lives(place, lives, size.seed)
    world = below_the_doors(place.url, place.folder)
    world.at(TUESDAY + TIDIED_AFTER)
    world.later(minutes=10)
    world.house.database.close()
    acknowledged = _nothing_lost(place, said)
    _nothing_half(place)
    mails = _mails_once(place, world)
    place.prove(now=world.clock.now)
    return f"{lives} lives, cut off after {_cut_off(said)}; {acknowledged}; {mails}"


def _lives(place: Place, lives: int, seed: int) -> list[Word]:
    command = [sys.executable, "-m", "tests.faults.short_lives", place.url, str(place.folder), str(lives), str(seed)]
    within = SECONDS_A_LIFE * lives + SECONDS_MORE
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=within, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return [(what, number, about) for what, number, about in json.loads(done.stdout)]


def _cut_off(said: Sequence[Word]) -> str:
    """After which word lives ended, so that it can be seen that they ended anywhere."""
    words = [what for what, _number, _about in said]
    last = Counter(word for word, following in zip(words, [*words[1:], "born"], strict=True) if following == "born")
    return ", ".join(f"'{word}' {times}" for word, times in last.most_common())


def _nothing_lost(place: Place, said: Sequence[Word]) -> str:
    """Whatever was acknowledged is there, as it was said."""
    told = {what: {about for each, _number, about in said if each == what} for what in ("placed", "paid", "refund")}
    told["paid"] |= {about for what, _number, about in said if what == "charged"}
    with looking(place) as db:
        states = dict(db.exec(select(Order.number, Order.state)).all())
        refunds = dict(db.exec(select(Refund.key, Refund.state)).all())
        keys = dict(db.exec(select(Order.number, Order.key)).all())
    assert told["placed"] <= states.keys(), told["placed"] - states.keys()
    assert all(states[number] in ("paid", "refunded") for number in told["paid"])
    assert {key: refunds.get(key) for key in told["refund"]} == dict.fromkeys(told["refund"], "done")
    # The same form, sent again after a crash, is the same order.
    assert all(keys[about] == f"{number:032x}" for what, number, about in said if what == "placed")
    unsaid = states.keys() - told["placed"]
    assert len(unsaid) <= 1, unsaid  # of the last life, which nobody lived to tell of
    return f"{len(told['placed'])} orders, {len(told['paid'])} paid, {len(told['refund'])} refunds acknowledged"


def _nothing_half(place: Place) -> None:
    """No order without its lines and acceptances, no paid one without its mail, nothing left lying in the outbox."""
    with looking(place) as db:
        orders = dict(db.exec(select(Order.number, Order.state)).all())
        lines = dict(db.exec(select(OrderLine.order_number, func.count()).group_by(col(OrderLine.order_number))).all())
        agreed = dict(
            db.exec(select(Acceptance.order_number, func.count()).group_by(col(Acceptance.order_number))).all()
        )
        effects = {each.key: each for each in db.exec(select(Effect)).all()}
    assert all(lines.get(number) == 1 for number in orders), "an order without its line"
    assert len({agreed.get(number) for number in orders}) == 1 and agreed, Counter(agreed.values())
    for number, state in orders.items():
        assert state in ("paid", "refunded", "cancelled"), (number, state)
        assert (f"order:{number}:confirmed" in effects) is (state != "cancelled"), (number, state)
    left = [each.key for each in effects.values() if each.done_at is None or each.dead_at is not None]
    assert not left, left


def _mails_once(place: Place, world: World) -> str:
    """Each confirmation was sent, and a second time only where its effect says that it was tried twice."""
    with looking(place) as db:
        tried = dict(db.exec(select(Effect.key, Effect.attempts).where(col(Effect.key).like("order:%"))).all())
    sent = Counter(str(mail["Message-ID"]).partition("@")[0].strip("<") for _name, mail in world.house.mailer.kept())
    twice = 0
    for key, attempts in tried.items():
        times = sum(number for name, number in sent.items() if name.partition(".")[0] == key.replace(":", "-"))
        assert 1 <= times <= attempts, (key, times, attempts)
        twice += times > 1
    return f"{len(tried)} mails, {twice} of them twice"


FAULT = Fault("killed service", "1,000 kills at any moment below the doors, while buying, paying and giving back", run)
