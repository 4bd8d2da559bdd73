"""The record of a market: promises kept and broken and by how much, ratings, and when requests come in."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlmodel import col, func, select, update

from shop.base.db import Database
from shop.markets.models import Market
from shop.migrations.backfill import BACKFILLS, fill
from shop.migrations.tables import METADATA
from shop.support.answering.promises import judge
from shop.support.requests.models import PromiseDay, Rating, RequestPromise
from shop.support.shifts.roster import rebuild
from shop.support.staffed.arrivals import arrivals
from shop.support.staffed.facts import heard
from shop.support.staffed.kept_promises import DAY, count_kept_days
from shop.support.staffed.record import FEWEST_SHOWN, promise_record, ratings
from tests.support_world import EVENING, MORNING, asked, people, support_house

WEEK = timedelta(weeks=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with support_house(tmp_path) as opened:
        yield opened


def promised(database: Database, ref: str, due: datetime, *, answered: datetime | None = None) -> None:
    """The request's promises, due then, answered then or not at all."""
    with database.writing() as db:
        of_request = update(RequestPromise).where(col(RequestPromise.request) == ref)
        db.connection().execute(of_request.values(promised_at=due))
    if answered is not None:
        with database.writing() as db:
            judge(db, ref, now=answered)


def test_promises_are_kept_or_broken_by_so_much(database: Database) -> None:
    due = MORNING + timedelta(hours=2)
    late = [timedelta(minutes=-30), timedelta(0), timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=5)]
    for number, by in enumerate(late):
        ref = asked(database, now=MORNING, text=f"Frage {number}").ref
        promised(database, ref, due, answered=due + by)
    with database.reading() as db:
        record = promise_record(db, ["de", "fr"], MORNING, now=MORNING + WEEK)["de"]
    assert (record.kept, record.broken, record.unanswered, record.all) == (2, 3, 0, 5)
    assert (record.median_late, record.worst_late) == (timedelta(minutes=30), timedelta(hours=5))


def test_a_promise_that_is_past_and_unanswered_is_broken_by_now(database: Database) -> None:
    promised(database, asked(database, now=MORNING).ref, MORNING + timedelta(hours=1))
    for now, expected in ((MORNING + timedelta(minutes=59), None), (MORNING + timedelta(hours=3), timedelta(hours=2))):
        with database.reading() as db:
            record = promise_record(db, ["de"], MORNING, now=now).get("de")
        assert (record.worst_late if record else None) == expected
        assert record is None or record.unanswered == record.broken == 1


def test_the_record_is_of_the_period_and_of_the_markets_asked_for(database: Database) -> None:
    promised(database, asked(database, now=MORNING).ref, MORNING + timedelta(hours=1), answered=MORNING)
    with database.reading() as db:
        assert not promise_record(db, ["fr"], MORNING, now=MORNING + WEEK)
        assert not promise_record(db, ["de"], MORNING + timedelta(hours=1), now=MORNING + WEEK)
        assert promise_record(db, ["de"], MORNING, now=MORNING + WEEK)["de"].kept == 1


def test_promises_from_before_their_market_was_noted_count_as_the_others_do(database: Database) -> None:
    due = MORNING + timedelta(hours=1)
    for number, noted in enumerate((True, False)):
        promised(database, asked(database, now=MORNING, text=f"Frage {number}").ref, due, answered=MORNING)
        late = asked(database, now=MORNING, text=f"Später {number}").ref
        promised(database, late, due, answered=due + timedelta(minutes=10))
        if not noted:
            with database.writing() as db:
                newest = select(func.max(col(RequestPromise.id))).scalar_subquery()
                these = update(RequestPromise).where(col(RequestPromise.id) >= newest - 1)
                db.connection().execute(these.values(market=None))
    with database.reading() as db:
        assert sorted(str(each) for each in db.exec(select(RequestPromise.market)).all()) == ["None"] * 2 + ["de"] * 2
        record = promise_record(db, ["de"], MORNING, now=MORNING + WEEK)["de"]
        assert promise_record(db, ["fr"], MORNING, now=MORNING + WEEK) == {}
    assert (record.kept, record.broken, record.worst_late) == (2, 2, timedelta(minutes=10))
    for each in BACKFILLS:
        fill(database, each)
    with database.reading() as db:
        assert set(db.exec(select(RequestPromise.market)).all()) == {"de"}
        assert promise_record(db, ["de"], MORNING, now=MORNING + WEEK)["de"] == record


def due_every_few_hours(database: Database, days: int) -> None:
    """One promise every seven hours of so many days before the morning, three of four kept, and one at a midnight."""
    due = [MORNING - timedelta(hours=7) * number for number in range(1, days * 24 // 7)]
    due.append(datetime.combine(MORNING.date() - timedelta(days=2), time(), UTC))
    for number, at in enumerate(due):
        ref = asked(database, now=MORNING, text=f"Frage {number}").ref
        promised(database, ref, at, answered=at + timedelta(minutes=5 if number % 4 == 0 else -5))


def records(database: Database) -> list[int]:
    """How many were kept in periods of all lengths, with and without a whole day in them, up to several instants."""
    found = []
    with database.reading() as db:
        for hours, until in product(range(1, 9 * 24, 5), (MORNING, MORNING - timedelta(hours=30))):
            record = promise_record(db, ["de"], until - timedelta(hours=hours), now=until).get("de")
            found.append(record.kept if record else 0)
    return found


def test_days_that_are_over_are_counted_once_and_the_record_is_the_same(database: Database) -> None:
    due_every_few_hours(database, days=8)
    with database.writing() as db:  # as if from before their market was noted
        these = update(RequestPromise).where(col(RequestPromise.id) % 3 == 0)
        db.connection().execute(these.values(market=None))
    before = records(database)
    assert count_kept_days(database, now=MORNING) == 7
    assert records(database) == before and len(set(before)) > 10
    assert count_kept_days(database, now=MORNING) == 0
    with database.writing() as db:
        db.connection().execute(delete(RequestPromise).where(col(RequestPromise.promised_at) < MORNING - 3 * DAY))
        left = db.exec(select(func.count()).select_from(RequestPromise)).one()
        found = promise_record(db, ["de", "fr"], MORNING - 6 * DAY, now=MORNING)
    assert found["de"].kept > left and "fr" not in found, "what was counted is looked at again"


def test_a_day_is_counted_when_it_has_been_over_for_a_day(database: Database) -> None:
    promised(database, asked(database, now=MORNING).ref, MORNING + timedelta(hours=1), answered=MORNING)
    midnight = datetime.combine(MORNING.date() + DAY, time(), UTC)
    assert count_kept_days(database, now=midnight + DAY - timedelta(seconds=1)) == 0
    assert count_kept_days(database, now=midnight + DAY) == 1
    with database.reading() as db:
        assert [(each.market, each.kept) for each in db.exec(select(PromiseDay)).all()] == [("de", 1)]


def test_a_house_without_promises_has_no_days_to_count(database: Database) -> None:
    assert count_kept_days(database, now=MORNING) == 0


def test_a_market_without_promises_has_no_lateness(database: Database) -> None:
    promised(database, asked(database, now=MORNING).ref, MORNING + timedelta(hours=1), answered=MORNING)
    with database.reading() as db:
        record = promise_record(db, ["de"], MORNING, now=MORNING + WEEK)["de"]
    assert record.median_late is None and record.worst_late is None


def rated(database: Database, language: str, *scores: int, days_ago: int = 1) -> None:
    with database.writing() as db:
        for score in scores:
            day = (MORNING - timedelta(days=days_ago)).date()
            db.add(Rating(market="de", language=language, category="use", score=score, day=day))


def test_few_ratings_are_counted_but_not_averaged(database: Database) -> None:
    rated(database, "de", *[4] * FEWEST_SHOWN, 5)
    rated(database, "en", *[1] * (FEWEST_SHOWN - 1))
    with database.reading() as db:
        said = ratings(db, [db.get_one(Market, "de"), db.get_one(Market, "fr")], MORNING - WEEK)
    assert said["de"]["de"].mean == pytest.approx(25 / 6) and said["de"]["de"].few
    assert said["de"]["en"].mean is None and said["de"]["en"].number == FEWEST_SHOWN - 1
    assert "fr" not in said


def test_ratings_before_the_period_do_not_count(database: Database) -> None:
    rated(database, "de", *[5] * FEWEST_SHOWN, days_ago=8)
    with database.reading() as db:
        assert not ratings(db, [db.get_one(Market, "de")], MORNING - WEEK)


def test_what_came_while_nobody_was_there_is_known_by_the_customers_hour(database: Database) -> None:
    asked(database, now=MORNING, text="eins")
    asked(database, now=EVENING, text="zwei")
    asked(database, now=EVENING + timedelta(minutes=20), text="drei")
    asked(database, now=EVENING, market="fr", language="fr", text="quatre")  # nobody speaks it: it waits too
    with database.reading() as db:
        found = arrivals(db, db.get_one(Market, "de"), 4, now=EVENING + WEEK)["de"]
        french = arrivals(db, db.get_one(Market, "fr"), 4, now=EVENING + WEEK)["fr"]
        later = arrivals(db, db.get_one(Market, "de"), 4, now=EVENING + 5 * WEEK)["de"]
    assert dict(found.all) == {(1, 10): 1, (1, 20): 2} and dict(found.waited) == {(1, 20): 2}
    assert found.busiest == ((1, 20), 0.5)
    assert french.waited.total() == 1
    assert later.busiest is None


@pytest.mark.postgres
def test_the_record_is_reckoned_alike_on_postgresql(postgres_url: str, database: Database, tmp_path: Path) -> None:
    other = Database(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    METADATA.create_all(other.engine)
    with other.writing() as db:
        people(db)
        db.flush()
        rebuild(db, now=MORNING)
    found = []
    for each in (database, other):
        promised(
            each, asked(each, now=MORNING).ref, MORNING + timedelta(hours=1), answered=MORNING + timedelta(hours=2)
        )
        asked(each, now=EVENING, text="zwei")
        rated(each, "de", *range(1, FEWEST_SHOWN + 1))
        with each.reading() as db:
            before = promise_record(db, ["de"], MORNING, now=EVENING + WEEK)
        assert count_kept_days(each, now=EVENING + WEEK) == 2
        with each.reading() as db:
            market = db.get_one(Market, "de")
            record = promise_record(db, ["de"], MORNING - DAY, now=EVENING + WEEK)
            assert record == before
            said = ratings(db, [market], MORNING - WEEK)
            found.append(
                (
                    record,
                    said,
                    arrivals(db, market, 4, now=EVENING + WEEK),
                    heard(db, [market], weeks=8, now=MORNING)[0].covered,
                )
            )
    assert found[0] == found[1]
    other.close()
