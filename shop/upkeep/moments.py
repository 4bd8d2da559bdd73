"""Cells that say when something begins: a day alone, or a day with its time."""

from datetime import UTC, datetime

from shop.base.i18n import N_
from shop.ground.instants import YEARS, UnreadableTime, parse_instant, parse_wall
from shop.upkeep.cells import Day, day
from shop.upkeep.wrong import Wrong, shown


def moment(given: object) -> Day | datetime:
    """A day, a wall time of the market's own clock (`2026-12-01T15:00`), or an instant (`2026-12-01T14:00:05Z`).

    The wall time is naive, the instant aware UTC.
    """
    if isinstance(given, datetime):
        return _at(given if given.tzinfo is None else given.astimezone(UTC), given)
    if not isinstance(given, str) or "T" not in given:
        return day(given)
    try:
        return _at(parse_instant(given) if given.endswith("Z") else parse_wall(given), given)
    except UnreadableTime:
        neither = N_("'%(given)s' is neither a date like 2026-11-24 nor a time like 2026-11-24T09:00")
        raise Wrong(neither, given=shown(given)) from None


def _at(instant: datetime, given: object) -> datetime:
    if instant.year not in YEARS:
        years = {"first": YEARS.start, "last": YEARS.stop - 1}
        raise Wrong(N_("'%(given)s' is not from %(first)s to %(last)s"), given=shown(given), **years)
    return instant
