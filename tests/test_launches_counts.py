"""A new count of a market's figures: who resumes is told beforehand what ends, and what was counted stays to be read."""

from datetime import timedelta

from sqlmodel import col, select

from shop.base.db import Database
from shop.launches.changing.counts import EarlierCount, earlier_counts
from shop.markets.models import LaunchEvent, Market
from shop.scorecard.epochs import Epoch, epochs
from shop.scorecard.metrics import ORDERS
from shop.scorecard.reading import Reading, reading
from tests.launch_console import at_work, database, mere, page
from tests.launching import BY_INVITATION, NOW, SOON, launched, step, undo
from tests.selling import counted, sells
from tests.world import Browser

__all__ = ["at_work", "database", "mere"]  # fixtures

SINCE = NOW - timedelta(days=5)
SCORECARD = "/console/markets/nz/scorecard"


def sold_for_five_days(database: Database) -> None:
    """Twelve orders in five days, of which too many payments were disputed."""
    sells(database, SINCE)
    counted(database, ORDERS, 12, 12)
    counted(database, "dispute_rate", 10, 300)


def earlier(database: Database) -> list[EarlierCount]:
    with database.reading() as db:
        return earlier_counts(db, "nz")


def present(database: Database) -> Epoch | None:
    with database.reading() as db:
        return epochs(db, ["nz"]).get("nz")


def read(database: Database) -> Reading:
    with database.reading() as db:
        return reading(db, db.get_one(Market, "nz"), now=NOW)


def test_who_pauses_is_told_that_resuming_will_begin_a_new_count(mere: Browser, database: Database) -> None:
    sold_for_five_days(database)
    shown = page(mere, "/console/markets/nz/pause").partition("What this touches")[2]
    assert "What was counted since November 19, 2026 stays (days: 5, paid orders: 12), but resuming" in shown
    assert "A pause taken back within ten minutes leaves the count as it is." in shown


def test_who_resumes_is_told_what_ends(mere: Browser, database: Database) -> None:
    sold_for_five_days(database)
    step(database, "pause", mode="sell_stop")
    shown = page(mere, "/console/markets/nz/resumption").partition("What this touches")[2]
    assert "A new count of the figures begins." in shown
    assert "since November 19, 2026 (days: 5, paid orders: 12)" in shown


def test_a_step_that_leaves_the_count_says_nothing_of_it(mere: Browser, database: Database) -> None:
    sold_for_five_days(database)
    assert "count" not in page(mere, "/console/markets/nz/opening").partition("What this touches")[2]


def test_a_count_that_ended_stays_on_the_scorecard_with_its_orders_and_its_verdict(
    mere: Browser, database: Database
) -> None:
    sold_for_five_days(database)
    assert "Earlier counts" not in page(mere, SCORECARD)
    step(database, "pause", mode="sell_stop")
    step(database, "resume")
    shown = page(mere, SCORECARD)
    assert "Days: 0. Paid orders: 0." in shown
    assert "Earlier counts From November 19, 2026 until November 24, 2026 STOP Days: 5. Paid orders: 12." in shown


def test_of_a_count_that_ended_before_such_were_kept_only_its_days_are_told(mere: Browser, database: Database) -> None:
    sold_for_five_days(database)
    step(database, "pause", mode="sell_stop")
    resumed = step(database, "resume")
    with database.writing() as db:
        db.exec(select(LaunchEvent).where(col(LaunchEvent.id) == resumed.id)).one().details = "{}"
    assert "From November 19, 2026 until November 24, 2026 Its figures were not kept." in page(mere, SCORECARD)


def test_a_resumption_taken_back_leaves_the_count_as_it_is(mere: Browser, database: Database) -> None:
    sold_for_five_days(database)
    step(database, "pause", mode="sell_stop")
    step(database, "resume", now=SOON)
    undo(database, now=SOON + timedelta(minutes=2))
    assert (present(database), earlier(database)) == (Epoch(SINCE, 1, until=NOW), [])
    assert "Earlier counts" not in page(mere, SCORECARD)
    later = step(database, "resume", now=SOON + timedelta(minutes=5)).at
    assert present(database) == Epoch(later, 2)
    assert earlier(database) == [EarlierCount(SINCE, later, 5, 12, "STOP")]


def test_a_launch_taken_back_began_no_count(database: Database) -> None:
    launched(database)
    undo(database)
    assert present(database) is None
    again = step(database, "launch", exposed=BY_INVITATION, now=SOON).at
    assert (present(database), earlier(database)) == (Epoch(again, 1), [])


def test_a_pause_taken_back_ends_nothing(database: Database) -> None:
    sold_for_five_days(database)
    step(database, "pause", mode="sell_stop")
    undo(database)
    assert (present(database), earlier(database)) == (Epoch(SINCE, 1), [])


def test_the_days_of_a_count_end_where_the_market_stopped_selling(database: Database) -> None:
    sells(database, NOW - timedelta(days=20))
    counted(database, ORDERS, 12, 12)
    step(database, "pause", mode="sell_stop", now=NOW - timedelta(days=18))
    assert read(database).days == 2
    step(database, "resume")
    assert [(each.until, each.days, each.orders) for each in earlier(database)] == [(NOW, 2, 12)]
    assert read(database).days == 0


def test_a_pause_of_another_kind_leaves_the_end_of_the_days(database: Database) -> None:
    sells(database, NOW - timedelta(days=20))
    step(database, "pause", mode="sell_stop", now=NOW - timedelta(days=18))
    step(database, "pause", mode="hidden", now=NOW - timedelta(days=3))
    assert read(database).days == 2
