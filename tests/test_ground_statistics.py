"""Intervals of rates, counts and means: against exact reckonings, known values and what must always hold."""

from fractions import Fraction
from math import comb, exp, factorial, isclose, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.ground.statistics import (
    Interval,
    anytime,
    asymptotic,
    beta_share,
    log_e_value,
    newcombe,
    per_unit,
    per_unit_anytime,
    per_unit_log_e,
    per_unit_probably_above,
    probably_above,
    sequence_width,
    student_t,
    t_quantile,
    wilson,
)


@st.composite
def parts(draw: st.DrawFn, most: int = 400) -> tuple[int, int]:
    """So many of so many."""
    n = draw(st.integers(1, most))
    return draw(st.integers(0, n)), n


rates = st.integers(1, 99).map(lambda percent: percent / 100)


@given(parts())
def test_wilson_is_where_the_score_test_gives_up(part: tuple[int, int]) -> None:
    k, n = part
    found = wilson(k, n)
    for bound in (found.low, found.high):
        if 0 < bound < 1:
            assert isclose(abs(k / n - bound) / sqrt(bound * (1 - bound) / n), 1.959963984540054, rel_tol=1e-9)


@given(parts(most=60), rates)
def test_the_posterior_is_the_exact_sum_of_binomial_terms(part: tuple[int, int], rate: float) -> None:
    (k, n), p = part, Fraction(rate)
    exact = sum(comb(n + 1, j) * p**j * (1 - p) ** (n + 1 - j) for j in range(k + 1))
    assert isclose(probably_above(k, n, rate), float(exact), abs_tol=1e-12)


def test_without_data_every_rate_is_as_likely() -> None:
    assert isclose(probably_above(0, 0, 0.3), 0.7)
    assert (probably_above(3, 9, 0.0), probably_above(3, 9, 1.0)) == (1.0, 0.0)


@given(parts(most=40), rates)
def test_the_evidence_is_the_mixture_of_all_rates_over_the_one(part: tuple[int, int], rate: float) -> None:
    """Beta(1/2, 1/2) at whole numbers: B(k + 1/2, m + 1/2) / B(1/2, 1/2) = (2k)! (2m)! / (4^n k! m! n!)."""
    k, n = part
    m, p = n - k, Fraction(rate)
    mixed = Fraction(factorial(2 * k) * factorial(2 * m), 4**n * factorial(k) * factorial(m) * factorial(n))
    exact = mixed / (p**k * (1 - p) ** m)
    assert isclose(log_e_value(k, n, rate), log(exact), abs_tol=1e-9)


@given(parts(most=12), rates)
def test_the_evidence_against_a_true_rate_never_grows_on_average(part: tuple[int, int], rate: float) -> None:
    """What makes it valid at every look: one step further it is expected to be what it is."""
    k, n = part
    after = rate * exp(log_e_value(k + 1, n + 1, rate)) + (1 - rate) * exp(log_e_value(k, n + 1, rate))
    assert isclose(after, exp(log_e_value(k, n, rate)), rel_tol=1e-9)


@given(parts(), st.sampled_from([0.01, 0.05, 0.2]))
def test_the_anytime_interval_ends_just_where_a_rate_is_refuted(part: tuple[int, int], alpha: float) -> None:
    k, n = part
    found, limit = anytime(k, n, alpha=alpha), -log(alpha)
    assert found.low <= k / n <= found.high
    for bound, outward in ((found.low, -1e-7), (found.high, 1e-7)):
        if 1e-6 < bound < 1 - 1e-6:
            assert log_e_value(k, n, bound) <= limit + 1e-6
            assert log_e_value(k, n, bound + outward) >= limit - 1e-6


@given(parts())
def test_looking_at_any_time_costs_width(part: tuple[int, int]) -> None:
    ordinary, always = wilson(*part), anytime(*part)
    assert always.high - always.low >= ordinary.high - ordinary.low - 1e-9


@given(parts())
def test_good_and_bad_mirror_each_other(part: tuple[int, int]) -> None:
    k, n = part
    for interval in (wilson, anytime):
        here, there = interval(k, n), interval(n - k, n)
        assert isclose(here.low, 1 - there.high, abs_tol=1e-9) and isclose(here.high, 1 - there.low, abs_tol=1e-9)


def test_nothing_at_all_still_leaves_room_above() -> None:
    assert wilson(0, 20).low == anytime(0, 20).low == 0.0
    assert wilson(20, 20).high == anytime(20, 20).high == 1.0
    assert 0.15 < wilson(0, 20).high < 0.17 and 0.2 < anytime(0, 20).high < 0.3


def test_certain_rates_are_refuted_by_a_single_case() -> None:
    assert log_e_value(1, 5, 0.0) == log_e_value(4, 5, 1.0) == float("inf")
    assert log_e_value(0, 5, 0.0) < 0


def test_a_large_number_is_as_quick_and_as_exact() -> None:
    assert isclose(probably_above(500_000, 1_000_000, 0.5), 0.5, abs_tol=1e-3)
    assert probably_above(20_000, 1_000_000, 0.03) == 0.0 and probably_above(40_000, 1_000_000, 0.03) == 1.0


# From printed tables of Student's t, two-sided 95 %.
@pytest.mark.parametrize(
    ("freedom", "table"),
    [(1, 12.706), (2, 4.303), (5, 2.571), (10, 2.228), (29, 2.045), (39, 2.023), (120, 1.980), (100_000, 1.960)],
)
def test_the_quantiles_of_students_t(freedom: int, table: float) -> None:
    assert abs(t_quantile(freedom) - table) < 5e-4


def test_the_interval_of_a_mean() -> None:
    found = student_t(25, 4.0, 10.0)
    assert isclose(found.low, 4 - 2.0638985616280205 * 2, rel_tol=1e-9) and isclose(found.low + found.high, 8)


def test_the_sequence_is_narrowest_where_it_was_planned() -> None:
    widths = {planned: asymptotic(100, 0, 1, planned=planned).high for planned in (20, 100, 500)}
    assert min(widths, key=widths.__getitem__) == 100
    assert sequence_width(100) > sequence_width(400)
    assert asymptotic(100, 0, 1, planned=100).high > student_t(100, 0, 1).high


def test_newcombe_turns_round_when_the_markets_change_places() -> None:
    one, other = newcombe((12, 200), (30, 300)), newcombe((30, 300), (12, 200))
    assert isclose(one.low, -other.high) and isclose(one.high, -other.low)
    assert one.low < 12 / 200 - 30 / 300 < one.high


@given(st.integers(0, 40), st.integers(1, 60), rates)
def test_counts_may_be_more_than_what_they_are_counted_over(k: int, n: int, rate: float) -> None:
    exact = sum(exp(-n * rate) * (n * rate) ** j / factorial(j) for j in range(k + 1))
    assert isclose(per_unit_probably_above(k, n, rate), exact, abs_tol=1e-10)
    usual, always = per_unit(k, n), per_unit_anytime(k, n)
    assert usual.low <= k / n <= usual.high and always.low <= k / n <= always.high
    if always.low > 1e-6:
        assert isclose(per_unit_log_e(k, n, always.low), -log(0.05), abs_tol=1e-6)


def test_the_evidence_of_counts_is_never_expected_to_grow() -> None:
    k, n, rate = 3, 7, 0.4
    after = sum(
        exp(-rate) * rate**more / factorial(more) * exp(per_unit_log_e(k + more, n + 1, rate)) for more in range(60)
    )
    assert isclose(after, exp(per_unit_log_e(k, n, rate)), rel_tol=1e-9)


@pytest.mark.parametrize(("k", "n", "rate", "chance"), [(0, 5, 0.0, 1.0), (3, 5, -1.0, 1.0)])
def test_a_count_above_no_line_is_certain(k: int, n: int, rate: float, chance: float) -> None:
    assert per_unit_probably_above(k, n, rate) == chance


def test_the_beta_function_at_its_ends_and_in_its_middle() -> None:
    assert (beta_share(2, 3, 0.0), beta_share(2, 3, 1.0)) == (0.0, 1.0)
    assert isclose(beta_share(4, 4, 0.5), 0.5) and isclose(beta_share(1, 1, 0.37), 0.37)


@pytest.mark.parametrize("alpha", [0, 1, -0.2])
def test_an_alpha_that_means_nothing_is_a_mistake(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        anytime(1, 2, alpha=alpha)


def test_an_interval_knows_its_bounds() -> None:
    assert Interval(0.1, 0.2) == Interval(low=0.1, high=0.2)
