"""The dry run of figures and launching: cases as JSON, answered by the real rules or refused in one sentence."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.launches.plan import KINDS, answers

Json = dict[str, Any]


def asked(kind: str, **given: Any) -> Json:
    return {"id": "X", "kind": kind, "input": given}


def answered(case: Json) -> Json:
    found, readable = answers([case])
    assert readable, found
    assert isinstance(found, list)
    return found[0]


def refused(case: Json) -> str:
    found, readable = answers(case)
    assert not readable and isinstance(found, dict)
    return str(found["error"])


def rate(k: int, n: int, **rest: Any) -> Json:
    return asked("rate", **{"k": k, "n": n, "better": "low", "ok": 0.1, "bad": 0.2, "n_min": 50, "k_min": 5, **rest})


def test_a_rate_with_both_intervals_rounded_to_six_decimals() -> None:
    assert answered(rate(9, 60)) == {
        "point": 0.15,
        "wilson95": [0.080974, 0.261146],
        "anytime95": [0.042507, 0.334781],
        "log_e_value_at_bad": -1.777079,
        "posterior_gt_bad": 0.19593,
        "decision": "hold",
        "reason": "inconclusive",
    }


def test_a_rate_of_nothing() -> None:
    assert answered(rate(0, 0)) == {
        "point": None,
        "wilson95": None,
        "anytime95": None,
        "log_e_value_at_bad": 0,
        "posterior_gt_bad": 0.8,
        "decision": "collect",
        "reason": "below_minimum_sample",
    }


def test_a_line_at_nothing_is_crossed_by_a_single_one() -> None:
    found = answered(rate(1, 50, ok=0, bad=0, k_min=1))
    assert (found["decision"], found["log_e_value_at_bad"]) == ("breach", None)


def test_a_mean_at_a_planned_review_and_at_any_time() -> None:
    found = answered(asked("mean", n=40, mean=6.5, sd=18.0, bad=0.0, n_min=30, N_star=100, alpha=0.05))
    assert found == {
        "t95": [0.743321, 12.256679],
        "asymptotic_anytime95": [-2.390431, 15.390431],
        "rho": 0.281712,
        "decision_at_planned_review": "pass",
        "decision_when_peeking": "hold",
    }
    loss = answered(asked("mean", n=40, mean=-6.5, sd=18.0, bad=-3, N_star=100))
    assert loss["t95"] == [-12.256679, -0.743321] and loss["decision_at_planned_review"] == "hold"
    assert answered(asked("mean", n=1, mean=4, sd=0, N_star=10))["t95"] is None


def test_a_row_of_looks() -> None:
    found = answered(asked("sequence", looks=[{"n": 40, "k": 9}, {"n": 100, "k": 27}], bad=0.12, alpha=0.05))
    assert (found["first_breach_n"], found["first_wilson_alarm_n"]) == (100, 40)
    assert found["looks"][1] == {
        "n": 100,
        "k": 27,
        "log_e": 5.721744,
        "anytime95": [0.142278, 0.430475],
        "wilson95": [0.192696, 0.364321],
        "breach": True,
        "wilson_alarm": True,
    }
    calm = answered(asked("sequence", looks=[{"n": 40, "k": 1}], bad=0.12))
    assert (calm["first_breach_n"], calm["first_wilson_alarm_n"]) == (None, None)


def test_a_comparison() -> None:
    found = answered(asked("compare", test={"k": 24, "n": 800}, home={"k": 90, "n": 2000}))
    assert found == {"diff": -0.015, "newcombe95": [-0.028966, 0.001465], "decision": "no_difference_shown"}
    nobody = answered(asked("compare", test={"k": 0, "n": 0}, home={"k": 90, "n": 2000}))
    assert nobody == {"diff": None, "newcombe95": None, "decision": "no_difference_shown"}


def test_a_recommendation_gives_its_reasons_in_the_order_of_the_metrics() -> None:
    metrics = {"z": "hold", "a": "collect", "m": "pass"}
    found = answered(asked("recommendation", metrics=metrics, days=10, orders=60, gates_missing=["g2", "g1"]))
    assert found == {"decision": "HOLD", "reasons": ["gate:g2", "gate:g1", "days:10<21", "hold:z", "collect:a"]}
    stop = answered(asked("recommendation", metrics={"z": "breach"}, hard_stops=["recall_open"], days=0, orders=0))
    assert stop == {"decision": "STOP", "reasons": ["hard:recall_open"]}


@pytest.mark.parametrize(
    ("salt", "key", "bucket"),
    [
        ("market:jp:v1", "visitor-0001", 9672),
        ("market:jp:v1", "ユーザー-1", 7427),
        ("market:de:v1", "a@example.test", 3905),
    ],
)
def test_the_bucket_of_a_visitor(salt: str, key: str, bucket: int) -> None:
    assert answered(asked("bucket", salt=salt, key=key)) == {"bucket": bucket}


@pytest.mark.parametrize(("percent", "let_in"), [(39.05, False), (39.06, True), (0, False), (100, True)])
def test_a_bucket_is_in_below_the_percentage_to_the_hundredth(percent: float, let_in: bool) -> None:
    found = answered(asked("bucket", salt="market:de:v1", key="a@example.test", percent=percent))
    assert found == {"bucket": 3905, "in": let_in}


@pytest.mark.parametrize(
    ("zone", "day", "kind", "utc"),
    [
        ("Asia/Tokyo", "2027-05-01", "normal", "2027-04-30T15:00:00Z"),
        ("Africa/Cairo", "2027-04-30", "gap", "2027-04-29T22:00:00Z"),
        ("Asia/Beirut", "2027-03-28", "gap", "2027-03-27T22:00:00Z"),
        # The clock goes back from one to midnight, which comes twice; in Havana it did not in 2026.
        ("America/Havana", "2025-11-02", "ambiguous", "2025-11-02T04:00:00Z"),
        ("America/Havana", "2026-11-01", "normal", "2026-11-01T04:00:00Z"),
        ("Atlantic/Azores", "2027-10-31", "ambiguous", "2027-10-31T00:00:00Z"),
        # From one minute past midnight: the date begins, the one before comes back, and it begins again.
        ("America/St_Johns", "2010-11-07", "ambiguous", "2010-11-07T02:30:00Z"),
        ("Pacific/Apia", "2011-12-30", "date_does_not_exist", None),
        ("Pacific/Apia", "2011-12-31", "normal", "2011-12-30T10:00:00Z"),
    ],
)
def test_when_a_date_begins_there(zone: str, day: str, kind: str, utc: str | None) -> None:
    assert answered(asked("schedule", zone=zone, local_date=day)) == {"kind": kind, "utc": utc}


def test_the_kinds_of_support_are_answered_beside_them() -> None:
    assert {"route", "coverage", "staffing", "rate", "bucket", "schedule", "recommendation"} <= KINDS.keys()


@pytest.mark.parametrize(
    ("case", "complaint"),
    [
        ({"kind": "rate"}, "the case: 'input' is missing"),
        (rate(9, 8), "input.k: is more than n"),
        (rate(1, 8, better="up"), "input.better: 'up' is not one of low, high"),
        (rate(1, 8, bad=20), "input.bad: is not a share from 0 to 1"),
        (rate(1, 8, alpha=1), "input.alpha: does not lie between 0 and 1"),
        (rate(1, 8, n_min=2.5), "input.n_min: is not a whole number from 0 to 1000000000"),
        (asked("mean", n=3, mean="x", sd=1, N_star=9), "input.mean: is not a number"),
        (asked("mean", n=3, mean=1, sd=1, N_star=0), "input.N_star: is not a whole number from 1 to 1000000000"),
        (asked("mean", n=3, mean=-2e9, sd=1, N_star=3), "input.mean: is not a number from -1000000000 to 1000000000"),
        (asked("sequence", looks=[{"n": 1}], bad=0.1), "input.looks[0]: 'k' is missing"),
        (asked("recommendation", metrics={"m": "fine"}, days=1, orders=1),
         "input.metrics.m: 'fine' is not one of collect, pass, hold, breach"),
        (asked("bucket", salt="s", key="k", percent=101), "input.percent: is more than 100"),
        (asked("schedule", zone="Mars/Phobos", local_date="2026-12-01"),
         "input.zone: 'Mars/Phobos' is not a known time zone"),
        (asked("schedule", zone="Asia/Tokyo", local_date="2026-02-30"),
         "input.local_date: '2026-02-30' is not a date: day is out of range for month"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_a_sentence(case: Json, complaint: str) -> None:
    assert refused(case) == complaint


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["rate", "mean", "sequence", "compare", "recommendation", "bucket", "schedule"]), st.data())
@settings(max_examples=150)
def test_whatever_is_asked_is_answered_or_refused(kind: str, data: st.DataObject) -> None:
    keys = (
        "k n better ok bad n_min k_min alpha mean sd N_star looks test home metrics days orders salt key percent zone"
    )
    given = data.draw(st.dictionaries(st.sampled_from(keys.split()), ANYTHING))
    found, readable = answers({"kind": kind, "input": given})
    assert isinstance(found, dict) and readable == ("error" not in found)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0, 1), st.floats(0.001, 0.999))
@settings(max_examples=60)
def test_every_rate_is_answered_with_numbers(k: int, n: int, bad: float, alpha: float) -> None:
    found = answered(rate(min(k, n), n, bad=bad, alpha=alpha))
    assert found["decision"] in ("collect", "pass", "hold", "breach")
    if n:
        assert found["anytime95"][0] <= found["point"] <= found["anytime95"][1]
        assert 0 <= found["posterior_gt_bad"] <= 1
