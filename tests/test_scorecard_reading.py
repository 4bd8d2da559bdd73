"""What the scorecard reads: the gravest figure first, at the same cost for any number of markets; and its small parts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import select

from shop.markets.models import Market
from shop.scorecard.figure_words import bound_words, counted_words, value_words
from shop.scorecard.hard_events import hard_events, working_end
from shop.scorecard.learning import MARKS, marks
from shop.scorecard.metrics import ORDERS
from shop.scorecard.models import Lesson, StopLine
from shop.scorecard.plots import bars, interval_plot, spark
from shop.scorecard.reading import gravest_first, reading, readings
from shop.scorecard.stop_lines import proposed, write_lines
from shop.scorecard.words import rule_sentence, warnings
from tests.launching import NOW, exporter, market, put
from tests.selling import counted, sells
from tests.tongues import ENGLISH


def test_the_gravest_stands_first_and_what_is_only_advice_last(tmp_path: Path) -> None:
    with exporter(tmp_path) as database:
        with database.writing() as db:
            write_lines(db, "nz", proposed(), person="mere", reason="", now=NOW)
        sells(database, NOW)
        counted(database, "contacts_per_order", 400, 100)
        counted(database, "return_rate", 22, 60)
        counted(database, "dispute_rate", 10, 300)
        with database.reading() as db:
            read = reading(db, market(database), now=NOW)
        order = [each.key for each in gravest_first(read)]
        assert order[:2] == ["dispute_rate", "return_rate"] and order[-1] in (
            "csat",
            "conversion",
            "contacts_per_order",
        )
        assert read.worst is not None and read.worst.key == "dispute_rate"
        assert warnings(read, ENGLISH) == [
            "Over the stop line. Figure: Payments disputed at the bank",
            "Probably over the stop line. Figure: Goods sent back",
        ]


def test_the_board_costs_the_same_number_of_questions_for_any_number_of_markets(tmp_path: Path) -> None:
    with exporter(tmp_path) as database:
        asked: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        numbers = []
        for more in (0, 20):
            put(
                database,
                *[
                    Market(id=f"m{each}", country="NZ", currency="NZD", zone="UTC", languages="en", state="soft")
                    for each in range(more)
                ],
            )
            with database.reading() as db:
                every = [market(database), *[Market(id=f"m{each}", country="NZ", currency="NZD", zone="UTC",
                                                    languages="en", state="soft") for each in range(more)]]  # fmt: skip
                asked.clear()
                readings(db, every, now=NOW)
                numbers.append(len(asked))
        assert numbers[1] <= 12 and numbers[1] - numbers[0] <= 6  # the hard events are asked of who sells only


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-24T09:00", "2026-11-26T09:00"),  # a Tuesday: two days on
        ("2026-11-27T18:00", "2026-12-01T18:00"),  # a Friday evening: the weekend does not count
        ("2026-12-24T12:00", "2026-12-30T00:00"),  # half of Christmas Eve, then the Monday, then half of the Tuesday
    ],
)
def test_two_days_count_on_working_days_only(now: str, end: str) -> None:
    berlin = Market(id="de", country="DE", currency="EUR", zone="UTC", languages="de")
    found = working_end(berlin, datetime.fromisoformat(now).replace(tzinfo=UTC))
    if "12-24" in now:
        assert found > datetime(2026, 12, 28, tzinfo=UTC)
    else:
        assert found == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_a_market_where_all_is_in_order_has_no_hard_events(tmp_path: Path) -> None:
    with exporter(tmp_path) as database, database.reading() as db:
        assert hard_events(db, [market(database)], now=NOW)["nz"] == ()
        later = hard_events(db, [market(database)], now=NOW + timedelta(days=365))["nz"]
        assert [each.code for each in later] == ["certificate_ended", "no_native_agent"]


def test_a_drawing_shows_the_line_the_target_and_what_lies_beyond() -> None:
    low = interval_plot(
        point=0.03, inner=(0.02, 0.05), outer=(0.01, 0.9), ok=0.005, bad=0.0075, better="low", share=True
    )
    assert low.first == 0 and low.zone_x == low.line_x and low.zone_x + low.zone_width == 320
    assert low.target_x < low.line_x < (low.point_x or 0) and low.outer is not None and low.outer[1] == 320
    high = interval_plot(point=None, inner=None, outer=None, ok=0.9, bad=0.8, better="high", share=True)
    assert (high.zone_x, high.zone_x + high.zone_width) == (0, high.line_x) and high.point_x is None
    flat = interval_plot(point=0, inner=None, outer=None, ok=0, bad=0, better="high", share=False)
    assert flat.first < 0 < flat.last


def test_bars_and_lines_are_drawn_to_their_longest() -> None:
    assert bars([200, -50, 0]) == [100.0, 25.0, 0.0] and bars([0, 0]) == [0.0, 0.0]
    line = spark([0, 2, 4])
    assert line is not None and (line.last_x, line.last_y) == (240.0, 3.0) and spark([1]) is None


def test_a_lesson_belongs_to_the_mark_its_orders_had_reached() -> None:
    written = [Lesson(market="nz", orders=each, taught="x", person="mere", at=NOW) for each in (5, 12, 49, 130)]
    ten, fifty, last = marks(written, orders=60)
    assert [len(each.lessons) for each in (ten, fifty, last)] == [2, 0, 1]
    assert (ten.owed, fifty.owed, last.owed) == (False, True, False)
    assert [each.orders for each in MARKS] == [10, 50, 120]


def test_figures_are_written_as_what_they_are() -> None:
    assert value_words("dispute_rate", 0.0075, "EUR", ENGLISH) == "0.75%"
    assert value_words("return_rate", 0.18765, "EUR", ENGLISH) == "18.8%"
    assert value_words("margin", 1234.4, "EUR", ENGLISH) == "€12.34"
    assert counted_words("dispute_rate", 10, 300, ENGLISH) == "10 of 300"


def test_a_line_is_read_just_as_it_was_written_down() -> None:
    assert bound_words("return_rate", 0.1249, "EUR", ENGLISH) == "12.49%"
    assert bound_words("contacts_per_order", 0.405, "EUR", ENGLISH) == "0.405"
    assert bound_words("margin", 500, "JPY", ENGLISH) == "¥500"


def test_a_rule_is_told_in_words() -> None:
    assert rule_sentence("hard:recall_open", "RC-1", ENGLISH) == "A recall is open: RC-1"
    assert "Payments disputed at the bank" in rule_sentence("guardrail:dispute_rate", "", ENGLISH)
    assert rule_sentence("schedule:4", "", ENGLISH) == ""


def test_paid_orders_are_those_that_were_counted(tmp_path: Path) -> None:
    with exporter(tmp_path) as database:
        with database.writing() as db:
            for line in db.exec(select(StopLine)).all():
                line.ended_at = NOW
        sells(database, NOW)
        counted(database, ORDERS, 7, 7)
        with database.reading() as db:
            read = reading(db, market(database), now=NOW + timedelta(hours=3))
        assert (read.orders, read.days, read.recommendation.reasons[0]) == (7, 1, "gate:stop_lines.set")
