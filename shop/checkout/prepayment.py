"""What is to be paid when ordering and what on delivery, where a market may not ask for all of it beforehand. Pure."""

from typing import Any, NamedTuple

from shop.base.i18n import N_, Tongue
from shop.ground.money import Money


class Due(NamedTuple):
    """Minor units to be paid now, and on delivery; together the total."""

    now: int
    later: int


def due(total: int, percent: int, step: int) -> Due:
    """Part the total: at most `percent` of it now, in whole `step`s but never nothing; the rest later.

    Rounded down: what the law caps (in the Netherlands at half, BW 7:26(2)) may not be passed by a cent.
    """
    if percent >= 100:
        return Due(total, 0)
    now = min(total, max(step, total * percent // 100 // step * step))
    return Due(now, total - now)


def due_rows(tongue: Tongue, currency: str, parts: Due) -> list[dict[str, Any]]:
    """Both amounts as rows below a sum; none where all of it is paid now."""
    if not parts.later:
        return []
    words = ((N_("To be paid now"), parts.now), (N_("To be paid on delivery"), parts.later))
    return [
        {"label": tongue.say(label), "value": tongue.money(Money(minor, currency)), "strong": False}
        for label, minor in words
    ]
