"""Cases of coverage: a market's waking hours against the duty of the agents in the case."""

from datetime import timedelta

from shop.ground.duty import duty, merged
from shop.ground.instants import iso
from shop.support.plan_cases import reading as read
from shop.support.plan_cases.given import Answer, Given
from shop.support.staffed.coverage import Covered, Span, cover, minutes

MOST_DAYS = 400
MOST_HOLES = 6
AROUND = timedelta(days=1)


def answer_coverage(case: Given) -> Answer:
    """The case `coverage`: waking, covered and uncovered minutes, and the first hours without anybody."""
    span = Span(
        read.zone(case.need("customer_zone")),
        read.day_in_reach(case.need("week_start")),
        _days(case.need("days")),
        read.pair_of_clocks(case.need("waking")),
    )
    schedules = [read.schedule(one) for one in case.need("agents").members()]
    windows = span.windows()
    if not windows:
        return _answered(Covered((), (), (), ()))
    start, end = windows[0].start - AROUND, windows[-1].end + AROUND
    return _answered(cover(span, merged(each for schedule in schedules for each in duty(schedule, start, end))))


def _answered(covered: Covered) -> Answer:
    waking, holes = minutes(covered.waking), minutes(covered.holes)
    return {
        "waking_minutes": _whole(waking),
        "covered_minutes": _whole(waking - holes),
        "uncovered_minutes": _whole(holes),
        "first_holes_utc": [[iso(each.start), iso(each.end)] for each in covered.holes[:MOST_HOLES]],
    }


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number


def _days(given: Given) -> int:
    number = given.number()
    if number != int(number) or not 1 <= number <= MOST_DAYS:
        raise given.wrong(f"is not a whole number of days from 1 to {MOST_DAYS}")
    return int(number)
