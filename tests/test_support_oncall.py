"""Who is on call: hand-off by the clock of the rotation's zone, overrides first, gaps named, and the chain of pages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shop.support.crisis.oncall import Override, Rotation, Turn, gaps, on_call, pages, turns
from shop.support.plan_cases.answers import UnreadableCase, answer

QUARTER = timedelta(minutes=15)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rotation(**values: Any) -> Rotation:
    given: dict[str, Any] = {
        "zone": "Europe/Berlin",
        "starts_on": date(2027, 3, 15),
        "handoff": 9 * 60,
        "period_days": 7,
        "users": ("ann", "bob", "cid"),
    }
    return Rotation(**(given | values))


@pytest.mark.parametrize(
    ("now", "user"),
    [
        ("2027-03-15T07:59", ""),
        ("2027-03-15T08:00", "ann"),
        ("2027-03-22T07:59", "ann"),
        ("2027-03-22T08:00", "bob"),
        ("2027-03-29T06:59", "bob"),  # summer time since the 28th: nine o'clock is an hour earlier in UTC
        ("2027-03-29T07:00", "cid"),
        ("2027-04-05T07:00", "ann"),
    ],
)
def test_hand_off_is_by_the_wall_clock_also_when_the_clocks_change(now: str, user: str) -> None:
    assert on_call(rotation(), at(now)) == user


def test_an_override_beats_the_rotation_and_the_one_that_began_last_beats_another() -> None:
    long = Override(at("2027-03-16T00:00"), at("2027-03-20T00:00"), "dee")
    short = Override(at("2027-03-17T00:00"), at("2027-03-18T00:00"), "eve")
    seen = rotation(overrides=(short, long))
    assert on_call(seen, at("2027-03-16T12:00")) == "dee"
    assert on_call(seen, at("2027-03-17T12:00")) == "eve"
    assert on_call(seen, at("2027-03-18T00:00")) == "dee"
    assert on_call(seen, at("2027-03-20T00:00")) == "ann"


def test_turns_follow_one_another_and_name_the_gap_before_the_first_hand_off() -> None:
    stand_in = Override(at("2027-03-23T00:00"), at("2027-03-24T00:00"), "dee")
    seen = turns(rotation(overrides=(stand_in,)), at("2027-03-14T00:00"), at("2027-03-30T00:00"))
    assert seen == (
        Turn(at("2027-03-14T00:00"), at("2027-03-15T08:00"), ""),
        Turn(at("2027-03-15T08:00"), at("2027-03-22T08:00"), "ann"),
        Turn(at("2027-03-22T08:00"), at("2027-03-23T00:00"), "bob"),
        Turn(at("2027-03-23T00:00"), at("2027-03-24T00:00"), "dee", override=True),
        Turn(at("2027-03-24T00:00"), at("2027-03-29T07:00"), "bob"),
        Turn(at("2027-03-29T07:00"), at("2027-03-30T00:00"), "cid"),
    )
    assert gaps(seen) == seen[:1]


def test_a_rotation_of_nobody_is_one_long_gap() -> None:
    seen = turns(rotation(users=()), at("2027-03-20T00:00"), at("2027-04-20T00:00"))
    assert seen == gaps(seen)
    assert len(seen) == 1


def test_who_does_not_answer_is_followed_by_the_next_of_the_chain() -> None:
    now = at("2027-03-22T08:00")
    found = pages(rotation(), ("rotation", "backup", "exporter"), now=now, timeout=QUARTER)
    assert [(each.user, each.at - now) for each in found] == [
        ("bob", timedelta()),
        ("backup", QUARTER),
        ("exporter", 2 * QUARTER),
    ]


def test_where_nobody_is_on_call_the_next_is_paged_at_once() -> None:
    now = at("2027-03-01T00:00")
    [only] = pages(rotation(), ("rotation", "backup"), now=now, timeout=QUARTER)
    assert (only.user, only.at) == ("backup", now)


CASE: dict[str, Any] = {
    "kind": "oncall",
    "now_utc": "2027-03-29T07:00:00Z",
    "rotation": {
        "zone": "Europe/Berlin",
        "start_date": "2027-03-15",
        "handoff": "09:00",
        "period_days": 7,
        "users": ["ann", "bob", "cid"],
    },
}


def test_the_dry_run_says_who_is_paged_and_what_a_customer_of_a_crisis_is_promised() -> None:
    assert answer(CASE) == {"page": [{"user": "cid", "at_utc": "2027-03-29T07:00:00Z"}]}
    crisis = CASE | {"request": {"severity": "crisis"}, "chain": ["rotation", "boss"], "ack_timeout_min": 10}
    assert answer(crisis) == {
        "page": [
            {"user": "cid", "at_utc": "2027-03-29T07:00:00Z"},
            {"user": "boss", "at_utc": "2027-03-29T07:10:00Z"},
        ],
        "customer_promise_utc": "2027-03-29T08:00:00Z",
        "auto_acknowledge_in_customer_language": True,
    }
    assert answer(CASE | {"request": {"severity": "normal"}})["auto_acknowledge_in_customer_language"] is False


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rotation": CASE["rotation"] | {"period_days": 0}}, "rotation.period_days"),
        ({"rotation": CASE["rotation"] | {"period_days": 1.5}}, "rotation.period_days"),
        ({"rotation": CASE["rotation"] | {"handoff": "24:00"}}, "rotation.handoff"),
        ({"rotation": CASE["rotation"] | {"start_date": "0001-01-01"}}, "rotation.start_date"),
        ({"rotation": CASE["rotation"] | {"overrides": [{"from": "2027-01-01T00:00:00Z"}]}}, "overrides[0]"),
        ({"ack_timeout_min": 1e9}, "ack_timeout_min"),
        ({"chain": "rotation"}, "chain"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused_by_its_key(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(UnreadableCase, match=says.replace("[", r"\[").replace("]", r"\]")):
        answer(CASE | changes)


NOTICE: dict[str, Any] = {
    "kind": "notice",
    "now_utc": "2027-03-28T00:30:00Z",
    "safety": False,
    "window_local": ["09:00", "20:00"],
    "zones": ["Europe/Berlin", "Pacific/Auckland", "Asia/Tokyo"],
}


def test_an_ordinary_notice_waits_for_the_day_and_what_is_about_safety_does_not() -> None:
    assert answer(NOTICE)["send_utc"] == {
        "Europe/Berlin": "2027-03-28T07:00:00Z",
        "Pacific/Auckland": "2027-03-28T00:30:00Z",
        "Asia/Tokyo": "2027-03-28T00:30:00Z",
    }
    told = answer(NOTICE | {"safety": True})["send_utc"]
    assert isinstance(told, dict)
    assert set(told.values()) == {"2027-03-28T00:30:00Z"}


def test_a_window_may_reach_past_midnight_and_its_end_is_outside_it() -> None:
    night = NOTICE | {"window_local": ["22:00", "06:00"], "zones": ["Europe/Berlin"]}
    assert answer(night)["send_utc"] == {"Europe/Berlin": "2027-03-28T00:30:00Z"}
    closing = NOTICE | {"now_utc": "2027-03-29T18:00:00Z", "zones": ["Europe/Berlin"]}
    assert answer(closing)["send_utc"] == {"Europe/Berlin": "2027-03-30T07:00:00Z"}


def test_a_notice_case_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(UnreadableCase, match="window_local"):
        answer(NOTICE | {"window_local": ["09:00"]})
    with pytest.raises(UnreadableCase, match="zones"):
        answer(NOTICE | {"zones": ["Nowhere/Land"]})
