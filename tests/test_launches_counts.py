"""A new count of a market's figures: who resumes is told beforehand what ends, and what was counted stays to be read."""

from datetime import timedelta

from sqlmodel import col, select

from shop.base.db import Database
from shop.markets.models import LaunchEvent
from shop.scorecard.metrics import ORDERS
from tests.launch_console import at_work, database, mere, page
from tests.launching import NOW, step
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
