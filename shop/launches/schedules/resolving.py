"""From the date and time that a schedule names, on the clock of a place, to the instant that it means there.

Pure. A time that the clock skips is the first minute after it that exists, one that comes twice is the first of the
two; a date that the calendar there leaves out altogether (Apia, 30 December 2011) is no date, and means nothing.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from shop.ground.instants import first_instant, instant_of, local, zone

Kind = Literal["normal", "gap", "ambiguous", "date_does_not_exist"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a wall time means in its zone; `due_at` is None only for a date that does not exist."""

    kind: Kind
    due_at: datetime | None


def resolve(wall: datetime, zone_name: str) -> Resolved:
    """The instant of a wall time, as schedules mean it. Raises UnknownZone."""
    if not _exists(wall.date(), zone_name):
        return Resolved("date_does_not_exist", None)
    instant = instant_of(wall, zone_name)
    if local(instant, zone_name).replace(tzinfo=None) != wall:
        return Resolved("gap", first_instant(wall, zone_name))
    again = wall.replace(tzinfo=zone(zone_name), fold=1).astimezone(UTC)
    return Resolved("normal" if again == instant else "ambiguous", instant)


def beginning(day: date, zone_name: str) -> Resolved:
    """The first instant of a calendar date; ambiguous where its midnight comes twice, as in Havana each autumn to 2025."""
    return resolve(datetime.combine(day, time()), zone_name)


def _exists(day: date, zone_name: str) -> bool:
    midnight = first_instant(datetime.combine(day, time()), zone_name)
    return local(midnight, zone_name).date() == day
