"""What a case gives back: prices parted without losing a cent, delivery only when all is withdrawn, and never too much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.aftersales.cases.refunding import Line, Proposal, is_whole, price_of, shipping_of

BOUGHT = {"A": Line(3, 100_00), "B": Line(1, 49_90)}


@pytest.mark.parametrize(
    ("pieces", "before", "minor"),
    [
        ({"A": 3, "B": 1}, {}, 149_90),
        ({"A": 1}, {}, 33_33),
        ({"A": 1}, {"A": 1}, 33_33),
        ({"A": 1}, {"A": 2}, 33_34),
        ({"B": 1}, {"A": 2}, 49_90),
        ({}, {}, 0),
        ({"A": 3}, {"A": 3}, 0),
        ({"C": 1}, {}, 0),
    ],
)
def test_pieces_cost_what_was_paid_for_them(pieces: dict[str, int], before: dict[str, int], minor: int) -> None:
    assert price_of(pieces, BOUGHT, before) == minor


@given(gross=st.integers(0, 10**9), parts=st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_however_a_line_is_parted_its_parts_are_the_line(gross: int, parts: list[int]) -> None:
    bought, before, together = {"A": Line(sum(parts), gross)}, 0, 0
    for each in parts:
        together += price_of({"A": each}, bought, {"A": before})
        before += each
    assert together == gross


@pytest.mark.parametrize(
    ("pieces", "before", "whole"),
    [
        ({"A": 3, "B": 1}, {}, True),
        ({"A": 3}, {"B": 1}, True),
        ({"A": 3}, {}, False),
        ({"A": 2, "B": 1}, {}, False),
        ({}, {"A": 3, "B": 1}, False),  # the case before it has had the delivery already
    ],
)
def test_all_is_withdrawn_when_nothing_is_left(pieces: dict[str, int], before: dict[str, int], whole: bool) -> None:
    assert is_whole(pieces, BOUGHT, before) is whole


def test_delivery_is_what_no_line_was_paid_for() -> None:
    assert shipping_of(154_80, BOUGHT) == 4_90


@pytest.mark.parametrize(
    ("proposal", "owed", "ceiling"),
    [
        (Proposal(100, 5, 0, 0, 105, 200), 105, 105),
        (Proposal(100, 5, 30, 0, 75, 200), 75, 75),
        (Proposal(100, 0, 0, 40, 100, 200), 60, 60),
        (Proposal(100, 0, 0, 0, 100, 60), 60, 60),  # never more than is left of what was paid
        (Proposal(100, 0, 0, 120, 100, 60), 0, 0),
        (Proposal(0, 0, 0, 0, 100, 200), 0, 100),  # a lower price: how much is for a person to say
    ],
)
def test_what_is_owed_is_what_was_paid_less_what_went_back(proposal: Proposal, owed: int, ceiling: int) -> None:
    assert (proposal.owed, proposal.ceiling) == (owed, ceiling)


def test_what_goes_beyond_is_goodwill_and_any_other_amount_needs_a_reason() -> None:
    proposal = Proposal(100, 0, 0, 0, 100, 500)
    assert proposal.parts(100) == (100, 0) and proposal.parts(130) == (100, 30) and proposal.parts(70) == (70, 0)
    assert [proposal.needs_reason(each) for each in (99, 100, 101)] == [True, False, True]
    lower = Proposal(0, 0, 0, 0, 100, 500)
    assert [lower.needs_reason(each) for each in (1, 100, 101)] == [False, False, True]
