"""The mails about a case, each in the case's language, whoever caused it: the customer, the desk, a job."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shop.aftersales.cases.views import CaseView, case_view, title
from shop.aftersales.counter import CASE
from shop.aftersales.models import Case
from shop.aftersales.withdrawal import PART
from shop.base.db import Database
from shop.base.post import Post
from shop.checkout.links import asked_by
from shop.markets.models import Exporter, Market
from shop.policies.library import PolicyLibrary

NAMES = {
    "received": "case_received",
    "accepted": "case_accepted",
    "refused": "case_refused",
    "goods_back": "case_goods_back",
    "refunded": "case_refunded",
    "repaired_or_replaced": "case_repaired_or_replaced",
}
WITHDRAWAL = "case_withdrawal"  # the receipt of a withdrawal repeats what was declared


def send(database: Database, post: Post, policies: PolicyLibrary, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `case mail` of the outbox. What it tells is how the case stands when the mail is written."""
    with database.reading() as db:
        view = case_view(db, db.get_one(Case, payload["case"]), policies)
        exporter = db.get_one(Exporter, 1)
    case, mail = view.case, payload["mail"]
    tongue = post.languages.tongue(case.language, view.market.country)
    post.send(
        WITHDRAWAL if mail == "received" and case.door == "withdrawal" else NAMES[mail],
        case.email,
        tongue,
        key=f"case-{case.number}-{mail}",
        now=now,
        view=view,
        case=case,
        zone=view.market.zone,
        kind=title(case, tongue),
        part=case.kind == PART,
        pieces=view.pieces(tongue),
        amount=view.amount(tongue),
        exporter=exporter,
        sends=_sends(view),
        support_url=f"{post.base_url}/{case.market}/{case.language}/support",
        case_url=_link(post, case, now=now),
    )


def send_link(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `link mail` if it is about a case, and was asked for with the case's own address."""
    with database.reading() as db:
        case, exporter = db.get(Case, payload["number"]), db.get_one(Exporter, 1)
        if case is None or not asked_by(payload, case.email):
            return
        tongue = post.languages.tongue(case.language, db.get_one(Market, case.market).country)
    key, url = f"case-{case.number}-link-{payload['window']}", _link(post, case, now=now)
    post.send("case_link", case.email, tongue, key=key, now=now, case=case, exporter=exporter, case_url=url)


def _sends(view: CaseView) -> bool:
    """Whether the mail says how to send goods back: something is waited for, or may be."""
    return not view.is_here and (view.case.door == "withdrawal" or (view.order is not None and view.can_be_sent))


def _link(post: Post, case: Case, *, now: datetime) -> str:
    address = f"{post.base_url}/{case.market}/{case.language}/cases/{case.number}"
    return post.holders.link(address, CASE, case.number, now=now)
