"""What stands beside a request: its order and what was accepted with it, what holds today, pieces, cases, earlier requests."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.aftersales.cases.at_desk import STATES as CASE_STATES
from shop.aftersales.cases.sight import TONES as CASE_TONES
from shop.aftersales.cases.views import cases_of
from shop.aftersales.cases.views import title as case_title
from shop.aftersales.claims.keeping import Claimable, claimable
from shop.aftersales.entitlement import bought_in
from shop.aftersales.guarantee_words import guarantee_view
from shop.aftersales.rights import STANDINGS, Verdict, return_right, withdrawal_right
from shop.base.i18n import N_, Tongue
from shop.base.mail import same_mailbox
from shop.base.pages import safe
from shop.checkout.models import SOLD
from shop.checkout.order_names import Called, called, policy_called, staff_lines
from shop.checkout.orders import OrderView, order_view, sums
from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.markets.calendar import day_in
from shop.policies.acceptance import Accepted
from shop.policies.library import PolicyLibrary, PolicyVersion, html, title
from shop.policies.sentences import line
from shop.support.requests.models import Request
from shop.support.requests.words import CATEGORIES, STATES, desk_state
from shop.support.workplace.queue import Scope, seen_by

EARLIER = 10
GIVEN_BACK = {"in_time": "good", "late": "calm", "excluded": "calm", "not_offered": "calm"}


NOTHING: dict[str, Any] = {"order": None, "holds": [], "cases": []}


@dataclass(frozen=True, slots=True)
class Seen:
    """Who looks, and what is needed to tell them."""

    scope: Scope
    policies: PolicyLibrary
    static: str
    now: datetime

    @property
    def tongue(self) -> Tongue:
        """The tongue of the person who looks."""
        return self.scope.staff.tongue


def order_beside(db: Session, request: Request, seen: Seen) -> dict[str, Any]:
    """The order the request is about; nothing when it names none, or one of another market."""
    try:
        view = order_view(db, request.order_number)
    except NotFound:
        return dict(NOTHING)
    if view.order.market != request.market:
        return dict(NOTHING)
    tongue, staff = seen.tongue, seen.scope.staff
    names = called(db, view, tongue)
    return {
        "order": view.order,
        "order_url": f"/desk/orders/{view.order.number}" if staff.may("order.see") else "",
        "others_order": not same_mailbox(view.order.email, request.email),
        "view": view,
        "lines": staff_lines(names, view, tongue, seen.static),
        "sums": sums(view, tongue),
        "timeline": view.timeline(tongue),
        "policies": [_policy(each, view, tongue) for each in view.accepted],
        "names": names,
        "pieces": list(_pieces(view, tongue)),
        "holds": _holds(db, request, view, seen),
        "cases": _cases(db, view, seen),
    }


def earlier_requests(db: Session, request: Request, seen: Seen) -> list[dict[str, Any]]:
    """What the same customer, or somebody about the same order, has asked besides, the newest first."""
    same = [col(Request.email) == request.email]
    if request.order_number:
        same.append(col(Request.order_number) == request.order_number)
    # Each by its own index; an `or` of both would be one too on SQLite, but not on every plan of PostgreSQL.
    found: dict[str, Request] = {}
    for each in same:
        query = select(Request).where(each, Request.ref != request.ref, seen_by(seen.scope))
        newest = db.exec(query.order_by(col(Request.created_at).desc(), col(Request.ref)).limit(EARLIER)).all()
        found |= {one.ref: one for one in newest}
    shown = sorted(found.values(), key=lambda one: (one.created_at, one.ref), reverse=True)[:EARLIER]
    return [_earlier(each, request, seen) for each in shown]


def _earlier(each: Request, request: Request, seen: Seen) -> dict[str, Any]:
    state, tongue = desk_state(each, now=seen.now), seen.tongue
    return {
        "url": f"/desk/requests/{each.ref}",
        "ref": each.ref,
        "subject": each.subject,
        "language": each.language,
        "kind": tongue.say(CATEGORIES.get(each.category, each.category)),
        "state": state,
        "state_word": tongue.say(STATES[state]),
        "day": tongue.date(local(each.created_at, seen.scope.staff.person.zone).date()),
        "same_order": bool(request.order_number) and each.order_number == request.order_number,
    }


def _holds(db: Session, request: Request, view: OrderView, seen: Seen) -> list[dict[str, Any]]:
    """For each product what the customer could do today, and how long the guarantee runs and who must prove what."""
    if view.order.state not in SOLD:
        return []
    bought = bought_in(db, view, seen.policies)
    at_door, today = claimable(db, bought, seen.policies), day_in(view.market, seen.now)
    right = withdrawal_right if bought.terms.rules["nature"] == "statutory" else return_right
    chosen = _chosen(request, view)
    rows = [
        {
            "sku": sku,
            "asked": sku == chosen,
            "right": _right(right(bought.terms, item, today=today), seen.tongue),
            "by_law": right is withdrawal_right,
            "guarantee": _guarantee(at_door, sku, request.serial, today=today, tongue=seen.tongue),
        }
        for sku, item in bought.items.items()
    ]
    return sorted(rows, key=lambda each: not each["asked"])


def _guarantee(at_door: Claimable, sku: str, serial: str, *, today: date, tongue: Tongue) -> dict[str, Any] | None:
    if sku not in at_door.pieces:
        return None  # a service
    piece = at_door.pieces[sku]
    holds = at_door.holding(sku, today=today, serial=serial if serial in piece.serials else "")
    return guarantee_view(holds.guarantee, holds.verdict("defect"), holds.ladder, tongue, staff=True)


def _right(verdict: Verdict, tongue: Tongue) -> dict[str, Any]:
    day = tongue.date(verdict.last_day) if verdict.last_day else ""
    word = tongue.say(STANDINGS[verdict.standing])
    if verdict.allowed and day:
        word = tongue.say(N_("Until %(day)s"), day=day)
    return {
        "tone": GIVEN_BACK[verdict.standing],
        "glyph": "tick" if verdict.allowed else "square",
        "word": word,
        "reasons": [{"words": tongue.say(each.words), "source": each.source} for each in verdict.reasons],
        "version": verdict.version,
    }


def _chosen(request: Request, view: OrderView) -> str:
    """The SKU of the line the customer chose, or of the only one; empty where that is not known."""
    skus = sorted(each.sku for each in view.lines)
    if request.order_line is not None and 1 <= request.order_line <= len(skus):
        return skus[request.order_line - 1]
    return skus[0] if len(skus) == 1 else ""


def _pieces(view: OrderView, tongue: Tongue) -> Iterator[dict[str, str]]:
    for each in view.owned:
        yield {
            "sku": each.sku,
            "mark": each.serial or each.lot,
            "kind": tongue.say(N_("Serial number")) if each.serial else tongue.say(N_("Lot number")),
            "best_before": tongue.date(each.best_before) if each.best_before else "",
            "back": tongue.date(day_in(view.market, each.returned_at)) if each.returned_at else "",
        }


def _cases(db: Session, view: OrderView, seen: Seen) -> list[dict[str, Any]]:
    tongue = seen.tongue
    return [
        {
            "url": f"/desk/cases/{each.number}",
            "number": each.number,
            "kind": case_title(each, tongue),
            "day": tongue.date(day_in(view.market, each.filed_at)),
            "tone": CASE_TONES[each.state][0],
            "glyph": CASE_TONES[each.state][1],
            "word": tongue.say(CASE_STATES[each.state]),
        }
        for each in (cases_of(db, view.order) if view.order.after_sales else ())
    ]


def _policy(each: Accepted, view: OrderView, tongue: Tongue) -> dict[str, Any]:
    """A policy as it was accepted: its line from the accepted rules, in the agent's tongue, and the very text."""
    accepted = each.acceptance
    shown = {"language": accepted.language, "version": accepted.version}
    if not accepted.version:  # no policy: a sentence that was ticked, or the terms of a service
        whole = safe(html(each.text, below=True)) if each.text != accepted.wording else ""
        at = tongue.moment(accepted.at, view.market.zone)
        return {"called": Called(accepted.wording, accepted.language), "line": "", "html": whole, "at": at, **shown}
    version = PolicyVersion(
        accepted.market, accepted.kind, date.fromisoformat(accepted.version), json.loads(each.rules), {}
    )
    return {
        "called": policy_called(accepted, title(each.text), tongue),
        "line": line(version, tongue),
        "html": safe(html(each.text, below=True)),
        **shown,
        "at": tongue.moment(accepted.at, view.market.zone),
    }
