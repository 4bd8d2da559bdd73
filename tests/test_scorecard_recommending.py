"""GO, HOLD or STOP, and every reason for it in its order."""

from collections.abc import Mapping, Sequence

import pytest

from shop.scorecard.recommending import recommend

GOOD = {"return_rate": "pass", "margin": "pass", "native_answer": "pass"}


@pytest.mark.parametrize(
    ("metrics", "hard", "gates", "days", "orders", "decision", "reasons"),
    [
        (GOOD, (), (), 21, 50, "GO", ["all_pass"]),
        (GOOD, (), (), 20, 49, "HOLD", ["days:20<21", "orders:49<50"]),
        (GOOD, (), ("certs.valid",), 30, 90, "HOLD", ["gate:certs.valid"]),
        (GOOD | {"margin": "hold", "return_rate": "collect"}, (), (), 30, 90, "HOLD", ["collect:return_rate", "hold:margin"]),
        (GOOD | {"margin": "hold", "return_rate": "breach"}, (), ("x",), 3, 9, "STOP", ["breach:return_rate"]),
        (GOOD | {"return_rate": "breach"}, ("recall_open", "accident"), (), 3, 9, "STOP",
         ["hard:recall_open", "hard:accident"]),
        ({}, (), ("stop_lines.set",), 30, 90, "HOLD", ["gate:stop_lines.set"]),
    ],
)  # fmt: skip
def test_a_recommendation_with_its_reasons(
    metrics: Mapping[str, str],
    hard: Sequence[str],
    gates: Sequence[str],
    days: int,
    orders: int,
    decision: str,
    reasons: list[str],
) -> None:
    found = recommend(metrics, hard=hard, gates=gates, days=days, orders=orders)
    assert (found.decision, list(found.reasons)) == (decision, reasons)


def test_while_half_of_the_orders_can_still_be_sent_back_nothing_is_opened() -> None:
    found = recommend(GOOD, hard=(), gates=(), days=90, orders=90, returns_open=True)
    assert (found.decision, found.reasons) == ("HOLD", ("returns_open",))
