"""What a price was before: the lowest of the 30 days before a reduction, from the history of prices. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

LOOK_BACK = timedelta(days=30)  # Directive 98/6/EC art. 6a(2), inserted by Directive (EU) 2019/2161


def lowest_before(history: Iterable[tuple[datetime, int]], since: datetime) -> int | None:
    """The lowest price (minor units) that held at any time in the 30 days before `since`, when the reduction was announced.

    `history` holds each price with the instant from which it held, in any order. A price set before the 30 days counts
    if it still held when they began. None when nothing was priced before, so that nothing can have been reduced.
    """
    earlier = sorted((at, price) for at, price in history if at < since)
    begins = since - LOOK_BACK
    held_then = [price for at, price in earlier if at <= begins][-1:]
    return min([*held_then, *(price for at, price in earlier if at > begins)], default=None)
