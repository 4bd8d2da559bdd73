"""The mails about changes of a market that somebody of the staff has to know of, each in the reader's language.

They say what is so when they are sent: nobody is asked to agree to what no longer waits.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import N_, Tongue
from shop.base.outbox import enqueue
from shop.base.post import Post
from shop.launches.models import Proposal
from shop.launches.words import ACTIONS, clock, gate_title
from shop.markets.models import Exporter, LaunchEvent, Market
from shop.markets.readers import reader_of, readers
from shop.staff.models import Person

MAIL = "market mail"
FALLEN, PROPOSED = "market_fallen", "market_proposed"
KINDS = {
    "market": N_("The market's own settings"),
    "listing": N_("Listings and prices"),
    "market_locale": N_("Words on the order button"),
    "market_consent": N_("Sentences to agree to"),
    "tax_rate": N_("Tax rates"),
    "shipping_rate": N_("Delivery"),
    "requirement": N_("Papers that are asked for"),
    "certificate": N_("Papers that are held"),
    "market_rule": N_("Rules about products"),
    "mains_supply": N_("Mains supply"),
    "responsible_person": N_("Responsible people"),
    "product": N_("Products"),
    "text": N_("Product texts"),
    "policy": N_("Policies"),
}


def tell_fallen(db: Session, event: LaunchEvent, *, now: datetime) -> None:
    """Have the exporter, the market's specialist and whoever declared it ready told that it is a draft again."""
    market, exporter = db.get_one(Market, event.market), db.get_one(Exporter, 1)
    declared = select(LaunchEvent.person).where(LaunchEvent.market == market.id, LaunchEvent.to_state == "ready")
    signed = db.exec(declared.order_by(col(LaunchEvent.id).desc())).first() or ""
    for person in readers(db, (market.specialist, signed), exporter):
        _enqueue(db, FALLEN, event.id or 0, person, now=now)


def tell_proposal(db: Session, proposal: Proposal, people: Iterable[str], *, now: datetime) -> None:
    """Have everybody told who could be the second person."""
    for person in people:
        _enqueue(db, PROPOSED, proposal.id or 0, person, now=now)


def changed_kinds(event: LaunchEvent, tongue: Tongue) -> list[str]:
    """What changed of the facts the market was found ready on, by kind."""
    kinds = dict.fromkeys(path.partition(".")[0] for path in json.loads(event.details) if "." in path)
    return [tongue.say(KINDS[each]) for each in kinds if each in KINDS]


def rule_words(rule: str, tongue: Tongue) -> str:
    """Which rule of the system acted, as a sentence; empty for one that is told elsewhere."""
    name, _, about = rule.partition(":")
    if name == "gate":
        return tongue.say(N_("A gate is no longer met: %(gate)s"), gate=gate_title(about, tongue))
    return tongue.say(N_("What the market was found ready on has changed.")) if name == "snapshot" else ""


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `market mail` of the outbox."""
    with database.reading() as db:
        exporter = db.get_one(Exporter, 1)
        reader = reader_of(db, payload["person"], exporter)
        tongue = post.languages.tongue(reader.language)
        row: LaunchEvent | Proposal = (
            db.get_one(LaunchEvent, payload["number"])
            if payload["mail"] == FALLEN
            else db.get_one(Proposal, payload["number"])
        )
        if isinstance(row, Proposal) and row.outcome:
            return
        market, asker = db.get_one(Market, row.market), db.get(Person, row.person) if row.person else None
    values: dict[str, Any] = {
        "place": tongue.territory(market.country),
        "there": clock(row.at, market.zone, tongue),
        "yours": clock(row.at, reader.zone, tongue),
        "asker": asker.name if asker else "",
        "reason": row.reason,
    }
    page = f"{post.base_url}/console/markets/{market.id}"
    if isinstance(row, Proposal):
        values |= {"step": tongue.say(ACTIONS.get(row.action, row.action)), "url": f"{page}/proposals"}
    else:
        values |= {"why": rule_words(row.rule, tongue), "changed": changed_kinds(row, tongue), "url": page}
    key = f"{payload['mail']}-{payload['number']}-{payload['person'] or 'exporter'}"
    post.send(payload["mail"], reader.email, tongue, key=key, now=now, exporter=exporter, **values)


def _enqueue(db: Session, mail: str, number: int, person: str, *, now: datetime) -> None:
    key = f"{mail}:{number}:{person or 'exporter'}"
    enqueue(db, MAIL, key, {"mail": mail, "number": number, "person": person}, now=now)
