"""The lowest price of the 30 days before a reduction."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.catalogue.prices import lowest_before

REDUCED = datetime(2026, 11, 20, tzinfo=UTC)


def ago(**span: float) -> datetime:
    """So long before the reduction."""
    return REDUCED - timedelta(**span)


@pytest.mark.parametrize(
    ("history", "lowest"),
    [
        ([], None),
        ([(REDUCED, 80)], None),
        ([(ago(days=100), 100), (REDUCED, 80)], 100),
        ([(ago(days=100), 100), (ago(days=10), 90), (ago(days=5), 110), (REDUCED, 80)], 90),
        ([(ago(days=100), 70), (ago(days=40), 100), (REDUCED, 80)], 100),
        ([(ago(days=100), 70), (ago(days=30), 100), (REDUCED, 80)], 100),
        ([(ago(days=100), 70), (ago(days=29), 100), (REDUCED, 80)], 70),
        ([(ago(days=3), 120), (REDUCED, 80)], 120),
        ([(REDUCED, 80), (ago(days=10), 90), (ago(days=100), 100)], 90),
    ],
)
def test_the_price_before_a_reduction(history: list[tuple[datetime, int]], lowest: int | None) -> None:
    assert lowest_before(history, REDUCED) == lowest
