"""Stop lines: written down once, never changed, and what every figure is judged by."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.ground.errors import StaleForm
from shop.ground.statistics import deviation
from shop.scorecard.metrics import METRICS
from shop.scorecard.models import Figure, StopLine
from shop.scorecard.proving import judge
from shop.scorecard.stop_lines import faults, history, lacking, lines, lines_of, proposed, write_lines
from tests.launching import NOW, exporter

LATER = NOW + timedelta(days=3)
SEEDS = {each.metric: each for each in proposed()}
DISPUTES = SEEDS["dispute_rate"]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with exporter(tmp_path) as opened:
        with opened.writing() as db:
            for each in db.exec(select(StopLine)).all():
                db.delete(each)
        yield opened


def test_every_proposal_judges_something_and_every_guardrail_has_one() -> None:
    assert {key: faults(SEEDS[key]) for key in METRICS} == dict.fromkeys(METRICS, ())
    assert lacking(SEEDS) == ()


def test_what_is_said_later_ends_what_was_said_and_stands_beside_it(database: Database) -> None:
    with database.writing() as db:
        write_lines(db, "de", proposed(), person="mere", reason="", now=NOW)
    with database.writing() as db:
        changed = write_lines(db, "de", [replace(DISPUTES, n_min=200)], person="mere", reason="few orders", now=LATER)
        assert [(each.old and each.old.n_min, each.new.n_min) for each in changed] == [(400, 200)]
    with database.reading() as db:
        assert lines(db, "de")["dispute_rate"].n_min == 200
        told = [each for each in history(db, "de") if each.metric == "dispute_rate"]
    assert [(each.n_min, each.made_at, each.ended_at, each.reason) for each in told] == [
        (200, LATER, None, "few orders"),
        (400, NOW, LATER, ""),
    ]


def test_what_already_stands_so_is_not_said_again(database: Database) -> None:
    with database.writing() as db:
        assert len(write_lines(db, "de", proposed(), person="mere", reason="", now=NOW)) == len(METRICS)
        assert write_lines(db, "de", proposed(), person="mere", reason="", now=LATER) == []


def test_of_two_who_change_the_same_line_at_once_one_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as db:
        write_lines(db, "de", [DISPUTES], person="mere", reason="", now=NOW)
        seen = lines(db, "de")
        db.expunge_all()
    with database.writing() as db:
        write_lines(db, "de", [replace(DISPUTES, bad=0.01)], person="mere", reason="", now=LATER)
    monkeypatch.setattr("shop.scorecard.stop_lines.lines", lambda *_: seen)
    with pytest.raises(StaleForm), database.writing() as db:
        write_lines(db, "de", [replace(DISPUTES, bad=0.02)], person="ruth", reason="", now=LATER)
    monkeypatch.undo()
    with database.reading() as db:
        assert lines(db, "de")["dispute_rate"].bad == 0.01


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        (replace(DISPUTES, ok=0.01), ("bad",)),
        (replace(DISPUTES, bad=1.5), ("bad",)),
        (replace(SEEDS["native_answer"], ok=0.7), ("bad",)),
        (replace(DISPUTES, ok=-0.1, n_min=0, k_min=-1), ("ok", "n_min", "k_min")),
        (replace(SEEDS["margin"], ok=200, bad=-500), ()),
        (replace(SEEDS["contacts_per_order"], bad=2.5), ()),
    ],
)
def test_a_line_that_judges_nothing_is_refused(database: Database, written: object, wrong: tuple[str, ...]) -> None:
    assert faults(written) == wrong  # type: ignore[arg-type]
    if wrong:
        with pytest.raises(ValueError, match=wrong[0]), database.writing() as db:
            write_lines(db, "de", [written], person="mere", reason="", now=NOW)  # type: ignore[list-item]


def test_the_lines_of_several_markets_in_the_order_of_the_table(database: Database) -> None:
    with database.writing() as db:
        write_lines(db, "nz", [SEEDS["native_share"], SEEDS["conversion"]], person="mere", reason="", now=NOW)
        write_lines(db, "de", [DISPUTES], person="mere", reason="", now=NOW)
    with database.reading() as db:
        found = lines_of(db, ["nz", "de", "fr"])
        assert {market: list(each) for market, each in found.items()} == {
            "nz": ["conversion", "native_share"],
            "de": ["dispute_rate"],
        }
        assert lines_of(db) == found
        assert db.exec(select(StopLine).where(col(StopLine.market) == "fr")).all() == []


def line(key: str, **changes: float) -> StopLine:
    seed = SEEDS[key]
    values = {"ok": seed.ok, "bad": seed.bad, "n_min": seed.n_min, "k_min": seed.k_min, **changes}
    return StopLine(
        market="de", metric=key, better=METRICS[key].better, role=seed.role, person="mere", made_at=NOW, **values
    )


def figure(key: str, k: int, n: int, total: float = 0.0, squares: float = 0.0) -> Figure:
    return Figure(market="de", metric=key, k=k, n=n, total=total, squares=squares, since=NOW)


@pytest.mark.parametrize(
    ("key", "counted", "decision", "more"),
    [
        ("return_rate", None, "collect", 40),
        ("return_rate", (2, 60), "pass", 0),
        ("return_rate", (40, 60), "breach", 0),
        ("contacts_per_order", (150, 60), "breach", 0),
        ("contacts_per_order", (5, 30), "collect", 10),
        ("safety_contacts", None, "pass", 0),
        ("safety_contacts", (1, 4), "breach", 0),
        ("conversion", (9, 4), "collect", 296),  # an order whose visit was counted the day before
    ],
)
def test_a_figure_is_judged_by_its_kind(key: str, counted: tuple[int, int] | None, decision: str, more: int) -> None:
    found = judge(figure(key, *counted) if counted else None, line(key))
    assert (found.decision, found.more) == (decision, more)


def test_what_orders_leave_is_judged_by_sum_and_sum_of_squares() -> None:
    amounts = [500.0, 700.0, 300.0, 900.0] * 10
    found = judge(figure("margin", 0, 40, sum(amounts), sum(each**2 for each in amounts)), line("margin"))
    assert (found.n, found.point, found.decision) == (40, 600.0, "pass")
    assert found.usual is not None and found.anytime is not None and found.anytime.low < found.usual.low < 600
    assert judge(None, line("margin")).decision == "collect"


def test_the_deviation_of_a_sample() -> None:
    assert deviation(4, 20, 120) == pytest.approx((20 / 3) ** 0.5)
    assert deviation(1, 20, 400) == 0.0
    assert deviation(3, 0.3, 0.03) == 0.0  # never below nothing by a hair
