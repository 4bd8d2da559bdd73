"""The dry run: cases as JSON, answered by the real rules or refused in one sentence."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.support.plan_cases.answers import KINDS, UnreadableCase, answer, answers

Json = dict[str, Any]


def agent(name: str, start: str = "08:00", end: str = "16:00", **rest: Any) -> Json:
    shifts = [{"days": [0, 1, 2, 3, 4], "start": start, "end": end}]
    person = {"id": name, "zone": "Europe/Warsaw", "languages": {"pl": "native"}, "shifts": shifts}
    return person | rest


def route_case(*agents: Json, now: str = "2027-06-07T07:00:00Z", **market: Any) -> Json:
    tiers = [
        {"language": "pl", "min_level": "native"},
        {"language": "en", "min_level": "fluent", "if_wait_exceeds_min": 60},
    ]
    return {
        "id": "P1",
        "kind": "route",
        "now_utc": now,
        "request": {"language": "pl", "skills": [], "severity": "normal"},
        "market": {"country": "PL", "zone": "Europe/Warsaw", "tiers": tiers} | market,
        "agents": list(agents),
        "tzdata": "any",
    }


def sla_case(**changes: Any) -> Json:
    calendar = agent("office")
    return {
        "kind": "sla_due",
        "start_utc": "2027-06-07T07:00:00Z",
        "business_minutes": 60,
        "calendar": [{key: calendar[key] for key in ("id", "zone", "shifts")}],
        "pauses_utc": [],
    } | changes


def test_an_assigned_request_names_the_agent_the_order_and_the_end_of_duty() -> None:
    case = route_case(agent("ola", load=2), agent("jan", end="12:00", load=1))
    assert answer(case) == {
        "state": "assigned",
        "tier": 0,
        "assign_to": "jan",
        "order": ["jan", "ola"],
        "eligible_now": ["jan", "ola"],
        "agent_on_duty_until_utc": "2027-06-07T10:00:00Z",
    }


def test_a_queued_request_is_promised_in_the_customers_zone() -> None:
    case = route_case(agent("ola"), now="2027-06-06T20:00:00Z", zone="Asia/Kathmandu")
    assert answer(case) == {
        "state": "queued",
        "tier": 0,
        "promise_utc": "2027-06-07T06:00:00Z",
        "promise_agents": ["ola"],
        "promise_in_customer_zone": "2027-06-07T11:45:00+05:45",
    }


def test_full_and_unroutable_requests_promise_no_time() -> None:
    full = answer(route_case(agent("ola", load=5), agent("jan", load=1, capacity=1)))
    assert full == {
        "state": "queued_at_capacity",
        "eligible_on_duty_full": ["jan", "ola"],
    }
    assert answer(route_case()) == {"state": "unroutable"}


def test_an_agent_round_the_clock_has_no_end_of_duty() -> None:
    always = [{"days": list(range(7)), "start": "00:00", "end": "24:00"}]
    assert "agent_on_duty_until_utc" not in answer(route_case(agent("ola", shifts=always)))


def test_two_shifts_that_touch_end_with_the_second() -> None:
    shifts = [
        {"days": [0], "start": "08:00", "end": "12:00"},
        {"days": [0], "start": "12:00", "end": "18:00"},
    ]
    answered = answer(route_case(agent("ola", shifts=shifts)))
    assert answered["agent_on_duty_until_utc"] == "2027-06-07T16:00:00Z"


ABSENT = {"from": "2027-06-07T06:30:00Z", "to": "2027-06-07T08:00:00Z"}


@pytest.mark.parametrize(
    ("rest", "promise"),
    [
        pytest.param({"absences": [ABSENT]}, "2027-06-07T08:00:00Z", id="comes back the same day"),
        pytest.param({"presence": "away"}, "2027-06-08T06:00:00Z", id="away until the next shift"),
        pytest.param({"holidays": [{"date": "2027-06-07"}]}, "2027-06-08T06:00:00Z", id="holiday"),
        pytest.param(
            {"holidays": [{"date": "2027-06-07", "to": "10:30"}]},
            "2027-06-07T08:30:00Z",
            id="morning",
        ),
        pytest.param(
            {"holidays": [{"date": "2027-06-07", "from": "08:30"}]},
            "2027-06-08T06:00:00Z",
            id="from half past eight on",
        ),
        pytest.param({"overrides": {"2027-06-07": []}}, "2027-06-08T06:00:00Z", id="day off"),
        pytest.param(
            {"overrides": {"2027-06-07": [{"start": "20:00", "end": "24:00"}]}},
            "2027-06-07T18:00:00Z",
            id="evening instead",
        ),
        pytest.param(
            {"shifts": [{"days": [0, 1], "start": "08:00", "end": "16:00", "valid_from": "2027-06-08"}]},
            "2027-06-08T06:00:00Z",
            id="not yet in force",
        ),
    ],
)
def test_what_keeps_an_agent_away_moves_the_promise(rest: Json, promise: str) -> None:
    assert answer(route_case(agent("ola", **rest)))["promise_utc"] == promise


@pytest.mark.parametrize(
    ("days", "state"), [(range(7, 31), "queued"), ([*range(7, 31), *range(101, 113)], "unroutable")]
)
def test_a_closure_is_waited_for_up_to_thirty_five_days(days: list[int], state: str) -> None:
    dates = [f"2027-06-{day:02}" if day < 100 else f"2027-07-{day - 100:02}" for day in days]
    closed = [{"date": day} for day in dates]
    assert answer(route_case(agent("ola", holidays=closed)))["state"] == state


def test_variants_are_accepted_by_the_market() -> None:
    tiers = [{"language": "pt-BR", "min_level": "native", "if_wait_exceeds_min": 0}]
    person = agent("rui", languages={"pt-PT": "native"})
    assert answer(route_case(person, tiers=tiers))["state"] == "unroutable"
    accepted = answer(route_case(person, tiers=tiers, accept_variants=True))
    assert accepted["assign_to"] == "rui"


def test_optional_values_may_be_null() -> None:
    person = agent("ola", idle_since_utc=None, capacity=None, load=None, presence=None, skills=None)
    assert answer(route_case(person))["state"] == "assigned"


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({}, "2027-06-07T08:00:00Z"),
        ({"business_minutes": 420}, "2027-06-07T14:00:00Z"),
        ({"business_minutes": 421}, "2027-06-08T06:01:00Z"),
        ({"business_minutes": 0}, "2027-06-07T07:00:00Z"),
        ({"business_minutes": 0.5}, "2027-06-07T07:00:30Z"),
        (
            {"business_minutes": 480 * 261, "start_utc": "2027-01-01T00:00:00Z"},
            "2027-12-31T15:00:00Z",
        ),
        (
            {"pauses_utc": [{"from": "2027-06-07T07:30:00Z", "to": "2027-06-07T13:00:00Z"}]},
            "2027-06-07T13:30:00Z",
        ),
        (
            {"pauses_utc": [["2027-06-07T07:30:00Z", "2027-06-08T06:00:00Z"]]},
            "2027-06-08T06:30:00Z",
        ),
        (
            {"pauses_utc": [["2027-06-07T07:30:00Z", "2027-06-07T07:30:00Z"]]},
            "2027-06-07T08:00:00Z",
        ),
    ],
)
def test_a_deadline_counts_business_minutes(changes: Json, due: str) -> None:
    assert answer(sla_case(**changes)) == {"due_utc": due}


def test_a_calendar_that_opens_once_in_years_is_waited_for_and_one_that_never_does_is_named() -> None:
    once = {"zone": "Europe/Warsaw", "shifts": [], "overrides": {}}
    rare = once | {"overrides": {"2031-01-06": [{"start": "08:00", "end": "10:00"}]}}
    assert answer(sla_case(calendar=[rare])) == {"due_utc": "2031-01-06T08:00:00Z"}
    with pytest.raises(UnreadableCase, match="business_minutes: the calendar has fewer"):
        answer(sla_case(calendar=[once]))


def handover_case(**changes: Any) -> Json:
    early, late = agent("ola", end="12:00"), agent("jan", start="11:00", end="18:00")
    return {
        "kind": "handover",
        "market": route_case()["market"],
        "agents": [early, late],
        "ticket": {"owner": "ola", "state": "open", "response_due_utc": "2027-06-07T14:00:00Z"},
        "at_utc": "2027-06-07T10:00:00Z",
    } | changes


def oncall_case(**changes: Any) -> Json:
    users = ["ola", "jan", "ewa"]
    weekly = {"zone": "Europe/Warsaw", "start_date": "2027-05-31", "handoff": "09:00", "period_days": 7, "users": users}
    return {"kind": "oncall", "now_utc": "2027-06-07T06:59:00Z", "rotation": weekly} | changes


def notice_case(**changes: Any) -> Json:
    zones = ["Europe/Warsaw", "Asia/Kathmandu"]
    sent = {"now_utc": "2027-06-07T03:00:00Z", "safety": False, "window_local": ["09:00", "20:00"], "zones": zones}
    return {"kind": "notice"} | sent | changes


def coverage_case(**changes: Any) -> Json:
    return {
        "kind": "coverage",
        "customer_zone": "Europe/Warsaw",
        "week_start": "2027-10-25",
        "days": 7,
        "waking": ["00:00", "24:00"],
        "agents": [agent("ola")],
    } | changes


def staffing_case(**changes: Any) -> Json:
    given = {"contacts": 100, "period_minutes": 30, "handle_minutes": 3, "target_wait_minutes": 0.5}
    shares = {"service_level": 0.8, "max_occupancy": 0.85, "shrinkage": 0.25}
    return {"kind": "staffing", "input": given | shares | changes}


CRISIS = {"language": "pl", "severity": "crisis"}
# One table of all kinds: the case, and what it must be answered.
ANSWERED: list[tuple[Json, Json]] = [
    (
        route_case(agent("ola")),
        {
            "state": "assigned",
            "tier": 0,
            "assign_to": "ola",
            "order": ["ola"],
            "eligible_now": ["ola"],
            "agent_on_duty_until_utc": "2027-06-07T14:00:00Z",
        },
    ),
    (sla_case(), {"due_utc": "2027-06-07T08:00:00Z"}),
    (handover_case(), {"action": "reassign", "to": "jan"}),
    (
        handover_case(ticket={"owner": "ola", "state": "open", "response_due_utc": "2027-06-08T06:00:00Z"}),
        {"action": "keep"},
    ),
    (
        handover_case(ticket={"owner": "ola", "state": "waiting_on_customer", "response_due_utc": None}),
        {"action": "keep"},
    ),
    (
        handover_case(agents=[agent("ola", end="12:00"), agent("jan", start="17:00", end="19:00")]),
        {"action": "queue", "promise_utc": "2027-06-07T15:00:00Z", "promise_agents": ["jan"]},
    ),
    (oncall_case(), {"page": [{"user": "ola", "at_utc": "2027-06-07T06:59:00Z"}]}),
    (
        oncall_case(now_utc="2027-06-07T07:00:00Z", request=CRISIS, chain=["rotation", "backup"], ack_timeout_min=15),
        {
            "page": [
                {"user": "jan", "at_utc": "2027-06-07T07:00:00Z"},
                {"user": "backup", "at_utc": "2027-06-07T07:15:00Z"},
            ],
            "customer_promise_utc": "2027-06-07T08:00:00Z",
            "auto_acknowledge_in_customer_language": True,
        },
    ),
    (
        notice_case(),
        {"send_utc": {"Europe/Warsaw": "2027-06-07T07:00:00Z", "Asia/Kathmandu": "2027-06-07T03:15:00Z"}},
    ),
    (
        notice_case(safety=True),
        {"send_utc": {"Europe/Warsaw": "2027-06-07T03:00:00Z", "Asia/Kathmandu": "2027-06-07T03:00:00Z"}},
    ),
    (
        coverage_case(),
        {
            "waking_minutes": 10140,
            "covered_minutes": 2400,
            "uncovered_minutes": 7740,
            "first_holes_utc": [
                ["2027-10-24T22:00:00Z", "2027-10-25T06:00:00Z"],
                ["2027-10-25T14:00:00Z", "2027-10-26T06:00:00Z"],
                ["2027-10-26T14:00:00Z", "2027-10-27T06:00:00Z"],
                ["2027-10-27T14:00:00Z", "2027-10-28T06:00:00Z"],
                ["2027-10-28T14:00:00Z", "2027-10-29T06:00:00Z"],
                ["2027-10-29T14:00:00Z", "2027-10-31T23:00:00Z"],
            ],
        },
    ),
    (
        coverage_case(
            waking=["08:30", "16:00"],
            days=1,
            agents=[agent("ola", absences=[["2027-10-25T10:00:00Z", "2027-10-25T10:30:30Z"]])],
        ),
        {
            "waking_minutes": 450,
            "covered_minutes": 419.5,
            "uncovered_minutes": 30.5,
            "first_holes_utc": [["2027-10-25T10:00:00Z", "2027-10-25T10:30:30Z"]],
        },
    ),
    (
        staffing_case(),
        {
            "agents_on_duty": 13,
            "rostered": 18,
            "traffic": 10.0,
            "wait_probability": 0.28527,
            "service_level": 0.826975,
            "occupancy": 0.769231,
            "asa_seconds": 17.116227,
        },
    ),
    (
        staffing_case(contacts=0),
        {
            "agents_on_duty": 0,
            "rostered": 0,
            "traffic": 0.0,
            "wait_probability": 0.0,
            "service_level": 1.0,
            "occupancy": 0.0,
            "asa_seconds": 0.0,
        },
    ),
]


@pytest.mark.parametrize(
    ("case", "expected"), ANSWERED, ids=[f"{n}-{each['kind']}" for n, (each, _) in enumerate(ANSWERED)]
)
def test_a_case_of_each_kind_is_answered(case: Json, expected: Json) -> None:
    assert answer(case) == expected


def test_every_kind_stands_in_the_table() -> None:
    assert {case["kind"] for case, _expected in ANSWERED} == set(KINDS)


@pytest.mark.parametrize(
    ("case", "complaint"),
    [
        (coverage_case(days=0), "days: is not a whole number of days from 1 to 400"),
        (coverage_case(days=1.5), "days: is not a whole number of days"),
        (coverage_case(days=10**6), "days: is not a whole number of days"),
        (coverage_case(week_start="9999-12-31"), "week_start: lies outside the years"),
        (coverage_case(waking=["08:00"]), "waking: is not a pair of clock times"),
        (coverage_case(waking=["24:00", "08:00"]), "waking[0]: 24:00 ends a day"),
        (coverage_case(agents=None), "the case: 'agents' is missing"),
        (staffing_case(service_level=1), "input.service_level: no number of people"),
        (staffing_case(handle_minutes=0), "input.handle_minutes: must be more than 0"),
        (staffing_case(shrinkage=1), "input.shrinkage: must be less than 1"),
        (staffing_case(contacts=-1), "input.contacts: is not a number from 0"),
        (staffing_case(period_minutes=None), "input: 'period_minutes' is missing"),
    ],
)
def test_coverage_and_staffing_name_the_key_at_fault(case: Json, complaint: str) -> None:
    with pytest.raises(UnreadableCase) as refusal:
        answer(case)
    assert complaint in str(refusal.value)


def changed(case: Json, path: str, value: Any) -> Json:
    """The case with the value put at a path such as `agents.0.zone`."""
    copied = copy.deepcopy(case)
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    inner: Any = copied
    for key in way:
        inner = inner[key]
    inner[last] = value
    return copied


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("kind", None, "the case: 'kind' is missing"),
        ("kind", "juggle", "kind: 'juggle' is not one of route"),
        ("kind", ["route"], "kind: is not a text"),
        ("now_utc", "2027-06-07T07:00:00", "now_utc: '2027-06-07T07:00:00' is not an instant"),
        ("now_utc", "2027-06-07T07:00:00+02:00", "now_utc: "),
        ("now_utc", 1812345678, "now_utc: is not a text"),
        ("now_utc", "0001-01-01T00:00:00Z", "now_utc: lies outside the years 1970 to 2199"),
        ("now_utc", "9999-12-31T23:59:59Z", "now_utc: lies outside the years"),
        ("request", [], "request: is not an object"),
        ("request.language", "", "request.language: is not a text"),
        ("request.skills", "wiring", "request.skills: is not a list"),
        (
            "market.zone",
            "Europe/Atlantis",
            "market.zone: 'Europe/Atlantis' is not a known time zone",
        ),
        ("market.accept_variants", 1, "market.accept_variants: is neither true nor false"),
        ("market.tiers", {}, "market.tiers: is not a list"),
        ("market.tiers.0.min_level", "good", "market.tiers[0].min_level: 'good' is not one of"),
        (
            "market.tiers.0.if_wait_exceeds_min",
            float("nan"),
            "if_wait_exceeds_min: is not a number",
        ),
        ("market.tiers.0.if_wait_exceeds_min", -5, "if_wait_exceeds_min: is not a number from 0"),
        ("agents", {"ola": {}}, "agents: is not a list"),
        ("agents.0", "ola", "agents[0]: is not an object"),
        ("agents.0.id", 7, "agents[0].id: is not a text"),
        ("agents.1.id", "ola", "agents[1]: another agent has the id 'ola'"),
        ("agents.0.zone", "../../etc/passwd", "agents[0].zone: "),
        ("agents.0.zone", None, "agents[0]: 'zone' is missing"),
        ("agents.0.languages", ["pl"], "agents[0].languages: is not an object"),
        (
            "agents.0.languages",
            {"p!": "native"},
            "agents[0].languages.p!: 'p!' is not a language tag",
        ),
        ("agents.0.languages.pl", "expert", "agents[0].languages.pl: 'expert' is not one of"),
        ("agents.0.shifts", None, "agents[0]: 'shifts' is missing"),
        ("agents.0.shifts.0.days", [7], "agents[0].shifts[0].days[0]: is not a weekday"),
        ("agents.0.shifts.0.days", [True], "agents[0].shifts[0].days[0]: is not a number"),
        ("agents.0.shifts.0.days", [0.5], "agents[0].shifts[0].days[0]: is not a weekday"),
        (
            "agents.0.shifts.0.start",
            "8:00",
            "agents[0].shifts[0].start: '8:00' is not a clock time",
        ),
        ("agents.0.shifts.0.start", "24:00", "agents[0].shifts[0].start: 24:00 ends a day"),
        ("agents.0.shifts.0.end", "24:01", "agents[0].shifts[0].end: '24:01' is not a clock time"),
        (
            "agents.0.overrides",
            {"2027-02-30": []},
            "overrides.2027-02-30: '2027-02-30' is not a date",
        ),
        ("agents.0.overrides", {"2027-06-07": {}}, "overrides.2027-06-07: is not a list"),
        ("agents.0.holidays", [{"name": "May"}], "agents[0].holidays[0]: 'date' is missing"),
        ("agents.0.holidays", [{"date": "2027-W23"}], "holidays[0].date: '2027-W23' is not a date"),
        ("agents.0.holidays", ["2027-06-07"], "agents[0].holidays[0]: is not an object"),
        ("agents.0.holiday_rule", "lunar", "agents[0].holiday_rule: 'lunar' is not one of clock"),
        ("agents.0.absences", [{"from": "2027-06-07"}], "agents[0].absences[0]"),
        ("agents.0.absences", [["2027-06-07T07:00:00Z"]], "absences[0]: is not a pair of instants"),
        ("agents.0.absences", [ABSENT | {"to": "2027-06-01T00:00:00Z"}], "ends before it starts"),
        ("agents.0.load", float("inf"), "agents[0].load: is not a number from 0"),
        ("agents.0.load", 10**400, "agents[0].load: is not a number from 0"),
        ("agents.0.capacity", "5", "agents[0].capacity: is not a number"),
        ("agents.0.capacity", True, "agents[0].capacity: is not a number"),
        ("agents.0.presence", False, "agents[0].presence: is not a text"),
        ("agents.0.idle_since_utc", "yesterday", "agents[0].idle_since_utc: 'yesterday' is not"),
    ],
)
def test_a_case_that_cannot_be_read_names_the_key_at_fault(path: str, value: Any, complaint: str) -> None:
    case = changed(route_case(agent("ola"), agent("jan")), path, value)
    with pytest.raises(UnreadableCase) as refusal:
        answer(case)
    assert complaint in str(refusal.value)


@pytest.mark.parametrize("case", [None, 42, "route", [], True, float("nan")])
def test_what_is_not_an_object_is_not_a_case(case: object) -> None:
    with pytest.raises(UnreadableCase, match="the case: is not an object"):
        answer(case)


def test_a_file_of_cases_is_answered_in_order_with_errors_in_their_place() -> None:
    good, bad = sla_case(), sla_case(start_utc="soon")
    several, readable = answers([good, bad, 42])
    assert not readable
    assert several == [
        {"due_utc": "2027-06-07T08:00:00Z"},
        {"error": "start_utc: 'soon' is not an instant like 2026-11-24T09:00:00Z"},
        {"error": "the case: is not an object"},
    ]


def test_a_file_of_one_case_is_answered_by_one_object() -> None:
    assert answers(sla_case()) == ({"due_utc": "2027-06-07T08:00:00Z"}, True)
    assert answers({}) == ({"error": "the case: 'kind' is missing"}, False)
    assert answers([]) == ([], True)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
FULL_CASE = route_case(
    agent(
        "ola",
        overrides={"2027-06-07": [{"start": "08:00", "end": "24:00"}]},
        holidays=[{"date": "2027-06-08", "from": "12:00", "to": "24:00"}],
        holiday_rule="clock",
        absences=[ABSENT],
        skills=["wiring"],
        idle_since_utc="2027-06-07T06:00:00Z",
        load=1,
        capacity=3,
    ),
    accept_variants=False,
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if not isinstance(value, dict | list):
        return [way]
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    return [way, *(place for key, one in inner for place in places(one, (*way, key)))]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([FULL_CASE, *(case for case, _expected in ANSWERED)]), st.data(), ANYTHING)
def test_whatever_stands_anywhere_in_a_case_is_answered_or_refused(case: Json, data: st.DataObject, value: Any) -> None:
    *way, last = data.draw(st.sampled_from([place for place in places(case) if place]))
    broken: Any = copy.deepcopy(case)
    inner = broken
    for key in way:
        inner = inner[key]
    inner[last] = value
    answered, readable = answers(broken)
    assert isinstance(answered, dict)
    assert readable == ("error" not in answered)
    json.dumps(answered, allow_nan=False)
