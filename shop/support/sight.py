"""What an agent sees of a request: a row of the queue, and the whole of it with order and accepted policies beside."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.base.pages import safe
from shop.base.tokens import fresh_token
from shop.checkout.orders import OrderView, line_views, order_view, sums
from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.markets.answering import moment
from shop.markets.models import Market
from shop.policies.acceptance import Accepted
from shop.policies.library import PolicyVersion, html, title
from shop.policies.sentences import line
from shop.staff.arrival import Staff
from shop.support.asking import LIMITS
from shop.support.models import Message, Request, RequestPromise
from shop.support.queue import Scope
from shop.support.team import answer_language, names, names_by_id, what_is_asked
from shop.support.words import CATEGORIES, STATES, desk_state, reason_lines


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
        "due": due if request.state in ("waiting", "assigned") else "",
    }


def request_sight(db: Session, scope: Scope, request: Request, static: str, *, now: datetime) -> dict[str, Any]:
    """Everything the page of a request shows to this person, in their tongue."""
    staff, tongue = scope.staff, scope.staff.tongue
    market, state = db.get_one(Market, request.market), desk_state(request, now=now)
    language = answer_language(request, market)
    owner = tongue.list(names(db, [request.agent], tongue.language)) if request.agent else ""
    return {
        "title": request.subject,
        "request": request,
        "market": market,
        "state": state,
        "limits": LIMITS,
        "state_word": tongue.say(STATES[state]),
        "owner": owner,
        "category": tongue.say(CATEGORIES.get(request.category, request.category)),
        "mine": scope.agent is not None and request.agent == scope.agent.id,
        "may_take": scope.agent is not None and request.agent != scope.agent.id and request.state != "closed",
        "may_answer": scope.everything or request.agent in (None, scope.agent.id if scope.agent else None),
        "thread": db.exec(select(Message).where(Message.request == request.ref).order_by(col(Message.id))).all(),
        "answer_language": language,
        "answer_language_name": tongue.language_name(language),
        "key": fresh_token(),
        "language_name": tongue.language_name(request.language),
        "due": _due(tongue, request, market, staff, now=now),
        "reasons": _reasons(db, tongue, request, market),
        "promises": _promises(db, request),
        "their_time": tongue.moment(now, market.zone),
        "your_time": tongue.moment(now, staff.person.zone),
        "zone": staff.person.zone,
        **_order(db, request, tongue, static),
    }


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


def _order(db: Session, request: Request, tongue: Tongue, static: str) -> dict[str, Any]:
    """The order the request is about, with what was accepted with it; nothing when it names none."""
    try:
        view = order_view(db, request.order_number)
    except NotFound:
        return {"order": None}
    return {
        "order": view.order,
        "view": view,
        "lines": line_views(view, tongue, static),
        "sums": sums(view, tongue),
        "timeline": view.timeline(tongue),
        "policies": [_policy(each, view, tongue) for each in view.accepted],
    }


def _policy(each: Accepted, view: OrderView, tongue: Tongue) -> dict[str, Any]:
    """A policy as it was accepted: its line from the accepted rules, in the agent's tongue, and the very text."""
    accepted = each.acceptance
    shown = {"language": accepted.language, "version": accepted.version}
    if not accepted.version:  # no policy: a sentence that was ticked, or the terms of a service
        whole = safe(html(each.text, below=True)) if each.text != accepted.wording else ""
        at = tongue.moment(accepted.at, view.market.zone)
        return {"name": accepted.wording, "line": "", "html": whole, "at": at, **shown}
    version = PolicyVersion(
        accepted.market, accepted.kind, date.fromisoformat(accepted.version), json.loads(each.rules), {}
    )
    return {
        "name": title(each.text),
        "line": line(version, tongue),
        "html": safe(html(each.text, below=True)),
        **shown,
        "at": tongue.moment(accepted.at, view.market.zone),
    }
