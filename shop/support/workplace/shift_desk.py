"""The agent's door to their shift: what they find when it begins, and what still needs a note before it ends."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.ground.errors import found
from shop.markets.answering import moment
from shop.support.answering.handover import needs_note
from shop.support.requests.models import Handover, Request
from shop.support.shifts.models import Agent, DutyInterval
from shop.support.shifts.presence import shift_of
from shop.support.workplace.at_request import AT_REQUEST, RequestDesk
from shop.support.workplace.queue import ORDER, queue, scope_of
from shop.support.workplace.sight import rows

FEW = 10
LAST_NIGHT = timedelta(hours=36)  # how far back a note is news at the beginning of a shift
WITHOUT = timedelta(hours=12)  # what counts as this shift where no hours are known


@get("/desk/shift", opt={"act": "request.answer"}, dependencies=AT_REQUEST, sync_to_thread=True)
def shift_page(desk: NamedDependency[RequestDesk]) -> Response[str]:
    """What was handed over and is overdue or waits, and which of one's own still need a note for the next."""
    tongue, now = desk.tongue, desk.now
    with desk.database.reading() as db:
        scope = scope_of(db, desk.staff)
        agent = found(scope.agent)
        shift = shift_of(db, agent, now=now)
        begun = shift.starts_at if shift is not None and shift.starts_at <= now else now - WITHOUT
        handed = handed_to(db, agent, since=min(begun, now) - LAST_NIGHT)
        overdue, _more = queue(db, scope, "overdue", now=now, at_most=FEW)
        waiting, _more = queue(db, scope, "waiting", now=now, at_most=FEW)
        noteless = needs_note(db, agent, now=now)
        notes, unnoted = {request.ref: note for request, note in handed}, {each.ref for each in noteless}
        parts = {
            "handed": [each for each, _note in handed],
            "overdue": overdue,
            "waiting": waiting,
            "noteless": noteless,
        }
        values: dict[str, Any] = {}
        for name, part in _once(parts).items():
            drawn = rows(db, part["rows"], tongue, now=now)
            values[name] = part | {"rows": [_marked(each, notes, unnoted, name) for each in drawn]}
    hours = _hours(desk, shift, now) if shift else ""
    return desk.page("shift", title=tongue.say(N_("Your shift")), hours=hours, **values)


def _once(parts: Mapping[str, Sequence[Request]]) -> dict[str, dict[str, Any]]:
    """Each request in the first list that has it; of the later ones, whether some of theirs stand above."""
    shown: set[str] = set()
    found: dict[str, dict[str, Any]] = {}
    for name, requests in parts.items():
        left = [each for each in requests if each.ref not in shown]
        found[name] = {"rows": left, "above": len(left) < len(requests)}
        shown |= {each.ref for each in left}
    return found


def _marked(row: dict[str, Any], notes: Mapping[str, str], unnoted: Collection[str], part: str) -> dict[str, Any]:
    """A row with the note it was handed over with, and whether it lacks one, where its list does not say so already."""
    return row | {"note": notes.get(row["ref"], ""), "unnoted": row["ref"] in unnoted and part != "noteless"}


def handed_to(db: Session, agent: Agent, *, since: datetime) -> list[tuple[Request, str]]:
    """What was handed to the agent and is still theirs to do, with the newest note."""
    query = (
        select(Request, Handover)
        .join(Handover, col(Handover.request) == col(Request.ref))
        .where(Handover.to_agent == agent.id, Handover.at > since, Request.agent == agent.id)
        .where(col(Request.state).in_(("assigned", "referred")))
        .order_by(*ORDER, col(Handover.id))
    )
    newest = {request.ref: (request, handover.note) for request, handover in db.exec(query).all()}
    return list(newest.values())


def _hours(desk: RequestDesk, shift: DutyInterval, now: datetime) -> str:
    tongue, zone = desk.tongue, desk.staff.person.zone
    if shift.starts_at > now:
        return tongue.say(N_("Your next shift: %(moment)s"), moment=moment(tongue, shift.starts_at, zone, now=now))
    return tongue.say(N_("Your shift ends: %(moment)s"), moment=moment(tongue, shift.ends_at, zone, now=now))


HANDLERS = [shift_page]
