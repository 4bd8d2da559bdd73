"""Verdicts: collect, pass, hold and breach; when a line is proven crossed at the earliest; how rarely that is a mistake."""

from math import log
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.ground.statistics import log_e_value, wilson
from shop.scorecard.sample_sizes import clean_to_prove, events_to_breach
from shop.scorecard.verdicts import (
    MOST_MORE,
    Better,
    RateVerdict,
    compare,
    count_verdict,
    event_verdict,
    mean_verdict,
    more_needed,
    more_values_needed,
    rate_verdict,
    sequence,
)

RETURNS: dict[str, Any] = {"better": "low", "ok": 0.15, "bad": 0.25, "n_min": 40, "k_min": 3}
ANSWERS: dict[str, Any] = {"better": "high", "ok": 0.90, "bad": 0.80, "n_min": 30, "k_min": 3}
DISPUTES: dict[str, Any] = {"better": "low", "ok": 0.005, "bad": 0.0075, "n_min": 400, "k_min": 3}


@pytest.mark.parametrize(
    ("k", "n", "rules", "decision", "reason"),
    [
        (0, 0, RETURNS, "collect", "below_minimum_sample"),
        (1, 39, RETURNS, "collect", "below_minimum_sample"),
        (2, 40, RETURNS, "pass", "point_meets_target_and_wilson_within_stop_line"),
        (6, 40, RETURNS, "hold", "inconclusive"),  # the target is met, but the line may still be crossed
        (15, 80, RETURNS, "hold", "inconclusive"),
        (24, 40, RETURNS, "breach", "sequential_interval_beyond_stop_line"),
        (19, 20, RETURNS, "breach", "sequential_interval_beyond_stop_line"),  # below the least sample
        (58, 60, ANSWERS, "pass", "point_meets_target_and_wilson_within_stop_line"),
        (52, 60, ANSWERS, "hold", "inconclusive"),
        (10, 30, ANSWERS, "breach", "sequential_interval_beyond_stop_line"),
        (2, 6, DISPUTES | {"k_min": 2}, "breach", "sequential_interval_beyond_stop_line"),
        (2, 6, DISPUTES, "collect", "below_minimum_sample"),  # two events prove nothing
    ],
)
def test_the_verdict_on_a_rate(k: int, n: int, rules: dict[str, Any], decision: str, reason: str) -> None:
    found = rate_verdict(k, n, **rules)
    assert (found.decision, found.reason) == (decision, reason)


def test_without_data_there_is_nothing_but_what_is_missing() -> None:
    assert rate_verdict(0, 0, **RETURNS) == RateVerdict(
        None, None, None, 0.0, 0.75, "collect", "below_minimum_sample", False
    )


@given(st.integers(0, 60), st.integers(1, 60), st.sampled_from(["low", "high"]), st.integers(2, 90))
def test_a_breach_is_just_where_the_anytime_bound_lies_beyond_the_line(
    k: int, n: int, better: Better, percent: int
) -> None:
    k, bad = min(k, n), percent / 100
    found = rate_verdict(k, n, better=better, ok=bad, bad=bad, n_min=10, k_min=0)
    assert found.anytime is not None
    beyond = found.anytime.low > bad if better == "low" else found.anytime.high < bad
    assert (found.decision == "breach") == beyond


@given(st.integers(0, 60), st.integers(1, 60))
def test_good_of_many_and_bad_of_many_are_judged_alike(k: int, n: int) -> None:
    k = min(k, n)
    low = rate_verdict(k, n, better="low", ok=0.25, bad=0.5, n_min=20, k_min=3)
    high = rate_verdict(n - k, n, better="high", ok=0.75, bad=0.5, n_min=20, k_min=3)
    assert (low.decision, low.warned) == (high.decision, high.warned)


@pytest.mark.parametrize(
    ("k", "n", "warned", "decision"),
    [
        (5, 20, False, "collect"),
        (9, 20, True, "collect"),  # probably beyond it, not proven
        (14, 20, True, "breach"),
        (20, 80, False, "hold"),
        (29, 80, True, "hold"),
    ],
)
def test_a_line_that_is_probably_crossed_is_warned_of_before_it_is_proven(
    k: int, n: int, warned: bool, decision: str
) -> None:
    found = rate_verdict(k, n, **RETURNS)
    assert (found.warned, found.decision) == (warned, decision)


def test_one_event_alone_is_no_pattern_to_warn_of() -> None:
    assert rate_verdict(1, 5, **DISPUTES).posterior > 0.95
    assert not rate_verdict(1, 5, **DISPUTES).warned
    assert rate_verdict(2, 5, **DISPUTES).warned
    assert rate_verdict(1, 5, **DISPUTES | {"k_min": 1}).warned


# At a line, of so many: the least bad ones that prove it crossed. Reckoned with exact fractions.
@pytest.mark.parametrize(
    ("bad", "n", "least"),
    [
        (0.0075, 20, 3),
        (0.0075, 400, 11),
        (0.02, 100, 9),
        (0.05, 50, 9),
        (0.12, 20, 8),
        (0.12, 100, 25),
        (0.25, 200, 72),
        (0.25, 1000, 302),
        (0.9, 3, None),
    ],
)
def test_a_line_is_proven_crossed_by_no_fewer_than(bad: float, n: int, least: int | None) -> None:
    assert events_to_breach(n, bad=bad) == least


def test_high_lines_are_proven_crossed_by_those_that_failed() -> None:
    assert events_to_breach(50, bad=0.8, better="high") == events_to_breach(50, bad=0.2)


@pytest.mark.parametrize(("bad", "clean"), [(0.0075, 509), (0.01, 381), (0.05, 73), (0.10, 35), (0.25, 12)])
def test_a_small_line_is_proven_kept_only_by_many(bad: float, clean: int) -> None:
    assert clean_to_prove(bad) == clean == clean_to_prove(1 - bad, better="high")


def test_a_line_at_nothing_is_never_proven_kept() -> None:
    assert clean_to_prove(0.0) is None


def test_looking_again_and_again_hardly_ever_stops_a_healthy_market() -> None:
    """Just at the line, looked at every fifth order: the ordinary interval cries wolf in one market of five or six."""
    always, ordinary = _alarms(0.12, 0.12, markets=400)
    assert sum(each is not None for each in always) <= 0.02 * 400
    assert 0.12 * 400 <= sum(each is not None for each in ordinary) <= 0.27 * 400


def test_a_sick_market_is_stopped_within_a_hundred_orders() -> None:
    always, _ = _alarms(0.25, 0.12, markets=200)
    found = sorted(each for each in always if each is not None)
    assert len(found) == 200 and 60 <= found[100] <= 100


def _alarms(rate: float, bad: float, *, markets: int) -> tuple[list[int | None], list[int | None]]:
    """At which order each of several markets was first found beyond the line: at any time, and by ordinary looks."""
    chance, limit = Random(20261122), -log(0.05)
    found: tuple[list[int | None], list[int | None]] = ([], [])
    for _ in range(markets):
        k, always, ordinary = 0, None, None
        for n in range(1, 501):
            k += chance.random() < rate
            if n >= 20 and n % 5 == 0:
                if always is None and k / n > bad and log_e_value(k, n, bad) >= limit:
                    always = n
                if ordinary is None and wilson(k, n).low > bad:
                    ordinary = n
        found[0].append(always)
        found[1].append(ordinary)
    return found


def test_a_row_of_looks_is_judged_one_by_one() -> None:
    looks = sequence([(0, 0), (5, 10), (12, 24), (60, 120)], bad=0.25)
    assert [each.breach for each in looks] == [False, False, False, True]
    assert [each.alarm for each in looks] == [False, False, True, True]
    assert looks[0].wilson is None and looks[0].log_e == 0.0


def test_two_markets_differ_only_where_the_interval_leaves_nothing_out() -> None:
    assert not compare((24, 800), (90, 2000)).shown
    assert compare((10, 800), (90, 2000)).shown and compare((90, 800), (90, 2000)).shown
    assert compare((0, 0), (90, 2000)).interval is None


MARGIN: dict[str, Any] = {"bad": 0.0, "n_min": 30, "planned": 100}


@pytest.mark.parametrize(
    ("n", "mean", "sd", "at_review", "at_any_time", "warned"),
    [
        (0, 0.0, 0.0, "collect", "collect", False),
        (1, 5.0, 0.0, "collect", "collect", False),
        (29, 50.0, 1.0, "collect", "collect", False),
        (40, 6.5, 18.0, "pass", "hold", False),
        (400, 6.5, 18.0, "pass", "pass", False),
        (40, -1.0, 18.0, "hold", "hold", False),
        (40, -9.0, 18.0, "hold", "hold", True),
        (40, 3.0, 0.0, "pass", "pass", False),
    ],
)
def test_the_verdict_on_a_mean(n: int, mean: float, sd: float, at_review: str, at_any_time: str, warned: bool) -> None:
    found = mean_verdict(n, mean, sd, **MARGIN)
    assert (found.at_review, found.decision, found.warned) == (at_review, at_any_time, warned)


@pytest.mark.parametrize(
    ("k", "n", "decision", "warned"),
    [
        (0, 0, "collect", False),
        (4, 60, "pass", False),
        (20, 60, "hold", False),
        (33, 60, "hold", True),
        (150, 60, "breach", True),
    ],
)
def test_questions_per_order_may_be_more_than_orders(k: int, n: int, decision: str, warned: bool) -> None:
    found = count_verdict(k, n, better="low", ok=0.2, bad=0.4, n_min=40, k_min=5)
    assert (found.decision, found.warned) == (decision, warned)


def test_what_must_not_happen_needs_no_statistics() -> None:
    assert event_verdict(0).decision == "pass" and event_verdict(1).decision == "breach"
    assert event_verdict(1, k_min=2).decision == "pass"


@pytest.mark.parametrize(
    ("k", "n", "rules", "more"),
    [
        (2, 40, RETURNS, 0),
        (24, 40, RETURNS, 0),
        (8, 40, RETURNS, None),  # a fifth comes back: between target and line, however long one waits
        (0, 0, RETURNS, 40),  # if none comes back, the least sample is what is missing
        (0, 0, DISPUTES, 509),
        (8, 30, RETURNS, 10),  # nothing can be said before the least sample
    ],
)
def test_about_how_many_more_it_takes(k: int, n: int, rules: dict[str, Any], more: int | None) -> None:
    assert more_needed(k, n, **rules) == more


@given(st.integers(0, 60), st.integers(1, 60))
def test_if_all_goes_on_alike_there_is_a_verdict_after_so_many_more(k: int, n: int) -> None:
    k = min(k, n)
    more = more_needed(k, n, **RETURNS)
    if more and n + more > 40:
        likely = round((n + more) * k / n)
        assert rate_verdict(likely, n + more, **RETURNS).decision in ("pass", "breach")
    assert more is None or 0 <= more <= 2 * MOST_MORE


def test_about_how_many_more_orders_prove_that_something_is_left() -> None:
    more = more_values_needed(40, 6.5, 18.0, **MARGIN)
    assert more is not None
    assert mean_verdict(40 + more, 6.5, 18.0, **MARGIN).decision == "pass"
    assert mean_verdict(39 + more, 6.5, 18.0, **MARGIN).decision == "hold"
    assert more_values_needed(40, -1.0, 18.0, **MARGIN) is None
    assert more_values_needed(10, -1.0, 18.0, **MARGIN) == 20
    assert more_values_needed(1, 5.0, 0.0, **MARGIN) == 29
    assert more_values_needed(400, 6.5, 18.0, **MARGIN) == 0
