"""The demo's last six weeks, played once: one market may be opened, one is held, and one has hardly begun."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from shop.base.outbox import CarryOut
from shop.base.till import DemoTill
from shop.demo.history.aftercare import AfterCare
from shop.demo.history.asking import Questions
from shop.demo.history.looking import look_around
from shop.demo.history.plot import MarketStory, plot
from shop.demo.history.sending import Bench
from shop.demo.history.stage import MovedClock, Parts, Stage
from shop.demo.history.waiting import WaitingCustomers
from shop.scorecard.counting import recount_due
from shop.support.shifts.roster import rebuild_all
from shop.upkeep.importing import Told

DAYS = 45  # for which it is played
# Before the end: when the roster is worked out, which is known for five weeks ahead; last of all for those who wait.
ROSTERS = (timedelta(days=DAYS), timedelta(days=20), timedelta(hours=1))
MAIL, MAILS_KEPT = " mail", timedelta(days=3)  # of the end of the history, in the local outbox


def play(parts: Parts, till: DemoTill, effects: Mapping[str, CarryOut], *, clock: MovedClock, told: Told) -> None:
    """Play all of it into a demo just loaded, and only once: from 45 days ago up to the instant that the clock shows.

    `effects` carry out the outbox; none of them may send anything out of this machine. Only the mails of the last three
    days are written and kept. The clock shows the same instant again afterwards.
    """
    until = clock.now
    recent = _without_old_mails(effects, until - MAILS_KEPT)
    stage = Stage(parts=parts, till=till, effects=recent, clock=clock, until=until)
    clock.now = until - timedelta(days=DAYS)
    questions, bench, care = Questions(stage), Bench(stage), AfterCare(stage)
    for before in ROSTERS:
        stage.at(until - before, partial(_rebuild, stage))
    for market in plot():
        MarketStory(stage=stage, market=market, questions=questions, bench=bench, care=care).begin()
    WaitingCustomers(stage, questions).begin()
    stage.play(told)
    clock.now = until
    with stage.database.writing() as db:
        for market, story in plot().items():
            least, most = story["visits"]
            look_around(db, stage, market, days=story["waves"][0]["from"], visits=(least, most))
    recount_due(stage.database, now=until)


def _without_old_mails(effects: Mapping[str, CarryOut], kept_since: datetime) -> dict[str, CarryOut]:
    """The effects, but older mails count as sent without being written, which would take longer than all the rest."""

    def recent(send: CarryOut) -> CarryOut:
        return lambda payload, now: send(payload, now) if now >= kept_since else None

    return {kind: recent(each) if kind.endswith(MAIL) else each for kind, each in effects.items()}


def _rebuild(stage: Stage) -> None:
    rebuild_all(stage.database, now=stage.now)
