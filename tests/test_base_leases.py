"""Periodic work: once for all processes, every so often, also when clocks differ a little or were wrong for a while."""

from datetime import timedelta

import pytest
from sqlmodel import select

from shop.base.leases import CLOCKS_DIFFER, JobLease, lease
from shop.jobs import run_jobs
from shop.upkeep.check_runs import ask_for_check
from tests.world import TUESDAY, World

EVERY = timedelta(seconds=5)


@pytest.mark.parametrize(
    ("after", "taken"),
    [
        (timedelta(0), False),
        (EVERY - timedelta(seconds=1), False),
        (EVERY, True),
        (timedelta(seconds=-30), False),  # another host, whose clock is a little behind
        (-CLOCKS_DIFFER - timedelta(seconds=1), True),
        (timedelta(days=-1), True),  # the clock was a day ahead, and was set right
    ],
)
def test_a_job_is_taken_when_it_is_due_by_any_clock_that_may_be_right(
    world: World, after: timedelta, taken: bool
) -> None:
    assert lease(world.house.database, "job", EVERY, now=TUESDAY)
    assert lease(world.house.database, "job", EVERY, now=TUESDAY + after) == taken


def test_what_people_ask_for_takes_no_lease_until_somebody_has_asked(sqlite_world: World) -> None:
    def begun() -> set[str]:
        run_jobs(sqlite_world.house)
        with sqlite_world.house.database.reading() as db:
            return set(db.exec(select(JobLease.name)).all())

    assert "payments" in begun() and not {"check", "spreadsheets"} & begun()
    with sqlite_world.house.database.writing() as db:
        ask_for_check(db, person="mere", now=TUESDAY)
    assert {"check", "spreadsheets"} & begun() == {"check"}
