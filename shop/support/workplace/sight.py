"""What an agent sees of a request: a row of the queue, and its page with the thread, the promise and what is written."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import N_, NP_, Tongue
from shop.base.tokens import fresh_token
from shop.ground.instants import local
from shop.markets.answering import moment
from shop.markets.models import Market
from shop.staff.arrival import Staff
from shop.staff.names import names_of
from shop.support.answering.clock_words import clock_words
from shop.support.answering.passing import Colleague, colleagues, handovers_of, waits_for_others
from shop.support.answering.sla import clocks
from shop.support.answering.team import answer_language, names, names_by_id, what_is_asked
from shop.support.requests import attachments
from shop.support.requests.asking import LIMITS
from shop.support.requests.models import AT_DESK, Message, Request, RequestPromise
from shop.support.requests.replies import is_news
from shop.support.requests.short_forms import detail_lines
from shop.support.requests.words import CATEGORIES, STATES, desk_state, reason_lines
from shop.support.workplace.beside import Seen, earlier_requests, order_beside
from shop.support.workplace.drafts import own_draft, writers
from shop.support.workplace.macros import macros_for

HANDED = {
    "shift_end": NP_("handed over", "The shift ended"),
    "absence": NP_("handed over", "Absence"),
    "away": NP_("handed over", "Away"),
    "declined": NP_("handed over", "Handed back"),
    "no_reply": NP_("handed over", "No reply"),
    "left": NP_("handed over", "No longer here"),
    "passed": NP_("handed over", "Given to a colleague"),
}


def clock(staff: Staff, now: datetime) -> str:
    """The person's own day and time, for the layout."""
    zone = staff.person.zone
    day, hour = staff.tongue.day(local(now, zone).date()), staff.tongue.time(now, zone)
    return staff.tongue.say(N_("%(day)s, %(clock)s"), day=day, clock=hour)


def rows(db: Session, requests: Sequence[Request], tongue: Tongue, *, now: datetime) -> list[dict[str, Any]]:
    """Requests as the queue shows them."""
    owners = names_by_id(db, (each.agent for each in requests if each.agent), tongue.language)
    wanted = select(Market).where(col(Market.id).in_({each.market for each in requests}))
    markets = {each.id: each for each in db.exec(wanted).all()}
    return [_row(markets[each.market], each, tongue, owners, now=now) for each in requests]


def _row(
    market: Market, request: Request, tongue: Tongue, owners: Mapping[str, str], *, now: datetime
) -> dict[str, Any]:
    state = desk_state(request, now=now)
    due = moment(tongue, request.promised_at, market.zone, now=now) if request.promised_at else ""
    return {
        "url": f"/desk/requests/{request.ref}",
        "ref": request.ref,
        "subject": request.subject,
        "person": request.name,
        "language": request.language,
        "kind": tongue.say(CATEGORIES.get(request.category, request.category)),
        "urgent": request.category == "safety",
        "state": state,
        "state_word": tongue.say(STATES[state]),
        "market": tongue.territory(market.country),
        "language_name": tongue.language_name(request.language),
        "owner": owners.get(request.agent or "", ""),
        "due": due if request.state in AT_DESK else "",
    }


def request_sight(db: Session, request: Request, seen: Seen) -> dict[str, Any]:
    """Everything the page of a request shows to this person, in their tongue."""
    scope, tongue, now = seen.scope, seen.tongue, seen.now
    staff, me = scope.staff, scope.agent.id if scope.agent else None
    market, state = db.get_one(Market, request.market), desk_state(request, now=now)
    language = answer_language(request, market)
    thread = thread_of(db, request)
    return {
        "title": request.subject,
        "request": request,
        "market": market,
        "state": state,
        "limits": LIMITS,
        "state_word": tongue.say(STATES[state]),
        "owner": tongue.list(names(db, [request.agent], tongue.language)) if request.agent else "",
        "category": tongue.say(CATEGORIES.get(request.category, request.category)),
        "details": detail_lines(tongue, request.category, request.details),
        "goes_back": me is not None and request.agent == me and not waits_for_others(request),
        "waits_for_others": waits_for_others(request),
        "may_take": me is not None and request.agent != me and request.state != "closed",
        "may_answer": scope.everything or request.agent in (None, me),
        "colleagues": _colleagues(db, request, staff, now=now),
        "thread": thread,
        "last": thread[-1].id if thread else 0,
        "files": _files(db, request),
        "answer_language": language,
        "answer_language_name": tongue.language_name(language),
        "macros": [(each.key, each.title) for each in macros_for(db, market.id, language)],
        "may_reopen": scope.agent is not None,
        "key": fresh_token(),
        "draft": own_draft(db, request, staff.person),
        "writing": writing_words(db, request, staff, now=now),
        "language_name": tongue.language_name(request.language),
        "due": _due(tongue, request, market, staff, now=now),
        "clocks": clock_words(clocks(db, request, market, now=now), tongue, staff.person.zone, now=now),
        "reasons": _reasons(db, tongue, request, market),
        "promises": _promises(db, request),
        "handovers": _handovers(db, request, tongue, staff.person.zone),
        "their_time": tongue.moment(now, market.zone),
        "your_time": tongue.moment(now, staff.person.zone),
        "zone": staff.person.zone,
        "earlier": earlier_requests(db, request, seen),
        **order_beside(db, request, seen),
    }


def not_there(tongue: Tongue, colleague: Colleague, zone: str, *, now: datetime) -> str:
    """Why the request was not given to this colleague."""
    if colleague.back_at is None:
        return tongue.say(N_("%(name)s is not there now. Nothing has been changed."), name=colleague.name)
    said = N_("%(name)s is off duty until %(moment)s. Nothing has been changed.")
    return tongue.say(said, name=colleague.name, moment=moment(tongue, colleague.back_at, zone, now=now))


def writing_words(db: Session, request: Request, staff: Staff, *, now: datetime) -> list[str]:
    """One sentence for each colleague who is writing right now."""
    tongue, zone = staff.tongue, staff.person.zone
    said = N_("%(name)s is writing since %(clock)s")
    return [
        tongue.say(said, name=name, clock=tongue.time(since, zone))
        for name, since in writers(db, request, staff.person, now=now)
    ]


def thread_of(db: Session, request: Request) -> list[Message]:
    """All that was written about the request, notes of the staff among it, the first to come first."""
    return list(db.exec(select(Message).where(Message.request == request.ref).order_by(col(Message.id))).all())


def news_in(thread: Sequence[Message], seen: int | None, *, person: str) -> set[int | None]:
    """The ids of the messages that are news to the person who has seen those up to `seen`; none where that is None."""
    return {each.id for each in thread if seen is not None and is_news(each, seen, person=person)}


def _colleagues(db: Session, request: Request, staff: Staff, *, now: datetime) -> list[tuple[str, str]]:
    """To whom the request may be given, as the form offers them."""
    if request.state == "closed":
        return []
    return [(each.id, _colleague(each, staff, now=now)) for each in colleagues(db, request, now=now)]


def _colleague(colleague: Colleague, staff: Staff, *, now: datetime) -> str:
    tongue, name = staff.tongue, colleague.name
    if colleague.there:
        return name
    if colleague.back_at is None:
        return tongue.say(N_("%(name)s, away from the desk"), name=name)
    until = moment(tongue, colleague.back_at, staff.person.zone, now=now)
    return tongue.say(N_("%(name)s, off duty until %(moment)s"), name=name, moment=until)


def _files(db: Session, request: Request) -> dict[int, list[dict[str, Any]]]:
    """The files of each message: only ever to be downloaded."""
    found: dict[int, list[dict[str, Any]]] = {}
    for each in attachments.of(db, request.ref):
        url = f"/desk/requests/{request.ref}/files/{each.id}"
        found.setdefault(each.message or 0, []).append({"name": each.name, "url": url, "size": each.size})
    return found


def _handovers(db: Session, request: Request, tongue: Tongue, zone: str) -> list[dict[str, str]]:
    rows = handovers_of(db, request)
    known = names_by_id(db, {agent for each in rows for agent in (each.from_agent, each.to_agent)}, tongue.language)
    people = names_of(db, [each.person for each in rows])
    return [
        {
            "word": tongue.say(HANDED.get(each.reason, each.reason)),
            "from": known.get(each.from_agent, each.from_agent),
            "to": known.get(each.to_agent, each.to_agent),
            "by": people.get(each.person, ""),
            "note": each.note,
            "when": tongue.moment(each.at, zone),
        }
        for each in rows
    ]


def _due(tongue: Tongue, request: Request, market: Market, staff: Staff, *, now: datetime) -> dict[str, str] | None:
    """Until when an answer is promised, on both clocks."""
    if request.promised_at is None:
        return None
    yours = moment(tongue, request.promised_at, staff.person.zone, now=now)
    return {"yours": yours, "theirs": moment(tongue, request.promised_at, market.zone, now=now)}


def _reasons(db: Session, tongue: Tongue, request: Request, market: Market) -> list[str]:
    mentioned = (agent for reason in json.loads(request.reasons) for agent in reason.get("agents", ()))
    return reason_lines(tongue, request, what_is_asked(request, market), names_by_id(db, mentioned, tongue.language))


def _promises(db: Session, request: Request) -> list[RequestPromise]:
    query = select(RequestPromise).where(RequestPromise.request == request.ref).order_by(col(RequestPromise.id))
    return list(db.exec(query).all())
