"""The cases of launching for `softlaunch plan`: in which bucket a visitor falls, when a date begins; and every kind there is."""

from decimal import Decimal

from shop.ground.instants import iso
from shop.launches.schedules.resolving import beginning
from shop.markets.gate import bucket
from shop.scorecard import plan_cases as figures
from shop.support.plan_cases import answers as support
from shop.support.plan_cases import reading as read
from shop.support.plan_cases.given import Answer, Given


def answers(document: object) -> tuple[list[Answer] | Answer, bool]:
    """Answer one case or a list of them, of any kind; as support's `answers` does for its own."""
    return support.answers(document, KINDS)


def _bucket(case: Given) -> Answer:
    given = case.need("input")
    drawn = bucket(given.need("salt").text(), given.need("key").text())
    percent = given.get("percent", _percent, None)
    return {"bucket": drawn} if percent is None else {"bucket": drawn, "in": drawn < percent * 100}


def _percent(given: Given) -> Decimal:
    percent = Decimal(str(given.number()))  # 0.07 x 100 is seven, and not a little more
    if percent > 100:
        raise given.wrong("is more than 100")
    return percent


def _schedule(case: Given) -> Answer:
    given = case.need("input")
    found = beginning(read.day_in_reach(given.need("local_date")), read.zone(given.need("zone")))
    return {"kind": found.kind, "utc": found.due_at and iso(found.due_at)}


KINDS: support.Kinds = {**support.KINDS, **figures.KINDS, "bucket": _bucket, "schedule": _schedule}
