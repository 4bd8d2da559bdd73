"""Erlang C: figures worked out elsewhere, the edges, and what no number of people can do."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.support.staffed.staffing import Demand, NoSuchStaffing, staffing, wait_probability

DEMAND = Demand(contacts=100, period=30, handle=3, target_wait=1 / 3, service_level=0.8, max_occupancy=0.85)


def test_the_figures_of_the_textbook_come_out() -> None:
    found = staffing(DEMAND)
    assert (found.on_duty, found.rostered, found.traffic) == (14, 20, 10)
    assert found.wait_probability == pytest.approx(0.1741319335950498)
    assert found.service_level == pytest.approx(0.8883500191794669)
    assert found.occupancy == pytest.approx(0.7142857142857143)


@pytest.mark.parametrize(("people", "traffic"), [(1, 0.5), (2, 0.5), (5, 3.3), (29, 24.0), (12, 2.0)])
def test_waiting_is_what_the_formula_says(people: int, traffic: float) -> None:
    top = traffic**people / math.factorial(people) * people / (people - traffic)
    below = sum(traffic**number / math.factorial(number) for number in range(people))
    assert wait_probability(people, traffic) == pytest.approx(top / (below + top))


@given(st.floats(0.01, 500), st.floats(0.1, 60), st.floats(0, 0.999), st.floats(0.3, 1))
def test_the_answer_meets_the_demand_and_one_fewer_does_not(
    contacts: float, handle: float, level: float, busy: float
) -> None:
    demand = Demand(contacts=contacts, period=60, handle=handle, target_wait=2, service_level=level, max_occupancy=busy)
    found = staffing(demand)
    assert found.service_level >= level and found.occupancy <= busy + 1e-6
    fewer, traffic = found.on_duty - 1, found.traffic
    waits = wait_probability(fewer, traffic)
    met = 1 - waits * math.exp(min(0.0, (traffic - fewer) * 2 / handle))
    assert traffic >= fewer or traffic / fewer > busy or met < level


def test_nobody_is_needed_where_nothing_comes() -> None:
    found = staffing(replace(DEMAND, contacts=0))
    assert (found.on_duty, found.rostered, found.occupancy, found.service_level) == (0, 0, 0, 1)


@pytest.mark.parametrize("handle", [1e-9, 1e-300, 5e-324])
def test_whatever_takes_next_to_no_time_needs_one_person(handle: float) -> None:
    assert staffing(replace(DEMAND, handle=handle)).on_duty == 1


def test_a_limit_that_is_met_exactly_is_met() -> None:
    # 17 busy of 20 are 0.85, whatever the floats make of it.
    full = replace(DEMAND, contacts=17, period=1, handle=1, target_wait=1000)
    assert staffing(full).on_duty == 20
    assert staffing(replace(full, shrinkage=0.3)).rostered == 29
    assert staffing(replace(DEMAND, contacts=6.9, period=1, handle=1, shrinkage=0.3)).rostered == 13


def test_very_much_traffic_overflows_nothing() -> None:
    found = staffing(replace(DEMAND, contacts=1e9, period=1_000, handle=5, max_occupancy=1))
    assert found.on_duty > found.traffic == 5_000_000
    assert 0.8 <= found.service_level < 1 and math.isfinite(found.answer_seconds)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"service_level": 1}, "service_level"),
        ({"service_level": 1.5}, "service_level"),
        ({"handle": 0}, "handle"),
        ({"period": 0}, "period"),
        ({"max_occupancy": 0}, "max_occupancy"),
        ({"max_occupancy": 1.1}, "max_occupancy"),
        ({"shrinkage": 1}, "shrinkage"),
        ({"contacts": 1e9, "handle": 1e9, "period": 1e-9}, "contacts"),
        ({"max_occupancy": 1e-300}, "contacts"),
    ],
)
def test_what_no_number_of_people_can_do_is_refused(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(NoSuchStaffing) as refused:
        staffing(replace(DEMAND, **changes))
    assert refused.value.what == what
