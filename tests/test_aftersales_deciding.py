"""What the desk may do with a case as it stands: a table of states, and what the law takes out of anybody's hands."""

from dataclasses import replace

import pytest

from shop.aftersales.cases.deciding import Standing, after_goods, possible

FRESH = Standing(state="received", door="withdrawal", verdict="in_time")
TABLE = {
    "a withdrawal in time": (FRESH, "accept bear receive sending"),
    "a withdrawal too late": (replace(FRESH, verdict="late"), "bear goodwill receive refuse sending"),
    "one of which a part is in time": (
        replace(FRESH, verdict="A=in_time B=excluded"),
        "accept bear receive sending",
    ),
    "one without an order": (replace(FRESH, matched=False, pieces=0, verdict=""), "match refuse"),
    "one whose goods are not named": (replace(FRESH, pieces=0), "bear pieces sending"),
    "one whose goods never left": (replace(FRESH, left_the_house=False), "accept bear"),
    "a cancellation": (replace(FRESH, door="return", cancels=True, left_the_house=False), "accept bear"),
    "a cancellation of what has left meanwhile": (
        replace(FRESH, door="return", cancels=True),
        "accept bear goodwill receive refuse sending",
    ),
    "a return in time": (replace(FRESH, door="return"), "accept bear goodwill receive refuse sending"),
    "a claim by law": (replace(FRESH, door="claim", verdict="legal"), "accept bear goodwill receive refuse sending"),
    "a claim outside of all": (replace(FRESH, door="claim", verdict="outside"), "bear goodwill receive refuse sending"),
    "accepted": (
        replace(FRESH, state="accepted", decision="entitled", remedy="refund"),
        "bear close receive refund sending",
    ),
    "accepted, some of it back": (
        replace(FRESH, state="accepted", decision="entitled", remedy="refund", pieces=2, back=1, sent_back=True),
        "bear close deduct receive refund",
    ),
    "back": (
        replace(FRESH, state="goods_back", decision="entitled", remedy="refund", back=1),
        "bear close deduct refund",
    ),
    "back, from one who was not told": (
        replace(FRESH, state="goods_back", decision="entitled", remedy="refund", back=1, informed=False),
        "bear close refund",
    ),
    "a claim to be repaired": (
        replace(FRESH, door="claim", state="accepted", decision="entitled", remedy="repair", back=1),
        "bear close replace sending",
    ),
    "refused": (replace(FRESH, state="refused", decision="refused"), "bear goodwill"),
    "accepted, the rest never left": (
        replace(FRESH, state="accepted", decision="entitled", remedy="refund", pieces=2, back=1, kept=1),
        "bear close deduct refund sending",
    ),
    "done, and the payment service refused": (
        replace(FRESH, state="done", decision="entitled", remedy="refund", bounced=True),
        "bear refund",
    ),
    "done, and to be reimbursed": (replace(FRESH, state="done", reimburse=5), "bear reimburse"),
    "reimbursed": (replace(FRESH, state="done", reimburse=5, reimbursed=True), ""),
    "taken back": (replace(FRESH, state="taken_back"), ""),
}


@pytest.mark.parametrize(("standing", "acts"), TABLE.values(), ids=TABLE)
def test_what_can_be_done(standing: Standing, acts: str) -> None:
    assert " ".join(sorted(possible(standing))) == acts


@pytest.mark.parametrize(("state", "complete", "then"), [
    ("received", True, "received"), ("accepted", True, "goods_back"), ("accepted", False, "accepted"),
])  # fmt: skip
def test_goods_end_the_waiting_only_where_somebody_has_decided(state: str, complete: bool, then: str) -> None:
    assert after_goods(replace(FRESH, state=state), complete=complete) == then
