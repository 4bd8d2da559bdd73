"""Opening a recall: who is concerned, who is told, what stops, and by when whom the law wants to hear of it.

The sale stops at once, also while texts are missing; a recall itself is opened only when every customer it concerns
can be told in the language of their order. A drill counts and shows everything, stops nothing and tells nobody.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.aftersales.models import Recall, RecallNotice, RecallReport, RecallText
from shop.aftersales.recalls.clock import clock_of
from shop.aftersales.recalls.scope import Found, Scope, found_in
from shop.base.outbox import enqueue
from shop.base.revisions import EVERYWHERE, raise_revision
from shop.base.tokens import fresh_name
from shop.catalogue.models import Listing, Product
from shop.catalogue.notice import RECALL
from shop.checkout.stopping import stop_sale
from shop.ground.errors import Refusal
from shop.markets.in_order import markets_in_order
from shop.markets.models import Market, StopSale, StopSaleText
from shop.staff.may import ALL_MARKETS, works_for
from shop.staff.models import Person

REMEDIES = ("repair", "replacement", "refund")
LEAST_REMEDIES = 2  # GPSR art. 37: a choice of at least two
NO_LONGER = "no_longer"
MAIL, PAYMENTS = "recall mail", "recall payments"


class RecallIncomplete(Refusal):
    """What was asked for cannot be a recall; `missing` says what is wrong or not there: names of fields and languages."""


class RecallOpen(Refusal):
    """The very same recall is open already, under `number`."""


@dataclass(frozen=True, slots=True)
class Told:
    """What customers read of a recall in one language."""

    product: str
    hazard: str
    action: str

    @property
    def whole(self) -> bool:
        """Whether all three are there."""
        return all((self.product, self.hazard, self.action))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A recall as the exporter asks for it."""

    scope: Scope
    reason: str
    remedies: tuple[str, ...]
    texts: Mapping[str, Told]
    drill: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """What a recall would reach now: the orders concerned, the markets that sold or list it, their languages, the staff."""

    found: Found
    markets: tuple[Market, ...]  # those that have sold or list it, in the exporter's order
    staff: tuple[Person, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages without which the recall cannot be opened: those of the customers it concerns, or any one."""
        return self.found.languages or tuple(each.languages.split()[0] for each in self.markets[:1])

    @property
    def others(self) -> tuple[str, ...]:
        """The other languages of its markets: in these its public page would be read."""
        spoken = dict.fromkeys(each for market in self.markets for each in market.languages.split())
        return tuple(each for each in spoken if each not in self.languages)


def reach(db: Session, scope: Scope) -> Reach:
    """What the recall would reach now. Nothing is written."""
    found = found_in(db, scope)
    listed = set(db.exec(select(Listing.market).where(col(Listing.sku).in_(scope.skus))).all())
    markets = tuple(markets_in_order(db, col(Market.id).in_({*listed, *found.sold})))
    people = db.exec(select(Person).order_by(col(Person.id))).all()
    staff = (each for each in people if any(works_for(each, market.id) for market in markets))
    return Reach(found, markets, tuple(staff))


def open_recall(db: Session, asked: Asked, *, person: str, now: datetime) -> Recall:
    """Open it, in one transaction: record, texts, notices, reports with their clocks, stop-sale, and mails to be sent.

    Raises RecallIncomplete, or RecallOpen for a second one that says the same.
    """
    reached = reach(db, asked.scope)
    if missing := lacking(db, asked, reached):
        raise RecallIncomplete(missing=missing)
    recall = _recorded(db, asked, person=person, now=now)
    db.add_all(_texts(recall, asked))
    db.add_all(_notices(recall, reached.found))
    db.add_all(_reports(recall, reached, now=now))
    db.flush()
    if not recall.drill:
        stop_for(db, asked.scope.skus, asked.texts, person=person, now=now)
        _tell(db, recall, reached, now=now)
        raise_revision(db, EVERYWHERE)
    return recall


def lacking(db: Session, asked: Asked, reached: Reach) -> list[str]:
    """What keeps the recall from being opened; nothing when all is there."""
    scope = asked.scope
    known = set(db.exec(select(Product.sku).where(col(Product.sku).in_(scope.skus))).all())
    ranged = scope.first is not None and scope.last is not None
    wrong = {
        "skus": not scope.skus or known != scope.skus,
        "serial_to": ranged and (scope.first.model, scope.first.place) > (scope.last.model, scope.last.place),  # type: ignore[union-attr]
        "sent_until": bool(scope.sent_from and scope.sent_until and scope.sent_from > scope.sent_until),
        "remedies": len(set(asked.remedies) & set(REMEDIES)) < LEAST_REMEDIES,
        "reason": not asked.reason,
    }
    return [name for name, is_wrong in wrong.items() if is_wrong] + missing_texts(asked.texts, reached)


def missing_texts(texts: Mapping[str, Told], reached: Reach) -> list[str]:
    """The languages in which customers cannot be told yet."""
    return [each for each in reached.languages if each not in texts or not texts[each].whole]


def stop_for(db: Session, skus: Iterable[str], texts: Mapping[str, Told], *, person: str, now: datetime) -> None:
    """Stop the sale of each product everywhere at once, and have payments under way for it ended. Done before: nothing."""
    for sku in sorted(skus):
        in_force = select(StopSale.id).where(StopSale.sku == sku, StopSale.market == ALL_MARKETS)
        in_force = in_force.where(StopSale.reason == RECALL, col(StopSale.lifted_at).is_(None))
        stop = db.exec(in_force).first()
        if stop is None:
            stop = stop_sale(db, sku=sku, market=ALL_MARKETS, reason=RECALL, person=person, now=now).id
            enqueue(db, PAYMENTS, f"recall-payments:{sku}:{stop}", {"sku": sku}, now=now)
        for language, told in texts.items():
            row = {"stop": stop, "language": language, "text": f"{told.hazard}\n\n{told.action}"}
            if told.whole:
                db.connection().execute(insert(StopSaleText).values(row).on_conflict_do_nothing())
    raise_revision(db, EVERYWHERE)


def _recorded(db: Session, asked: Asked, *, person: str, now: datetime) -> Recall:
    """The recall's record; of two people who open the same one at once, the second is told of the first."""
    scope, content = asked.scope, _content(asked)
    number = f"RC-{fresh_name(8)}"
    row = {
        "number": number,
        "skus": " ".join(sorted(scope.skus)),
        "serial_from": str(scope.first or ""),
        "serial_to": str(scope.last or ""),
        "lots": " ".join(sorted(scope.lots)),
        "sent_from": scope.sent_from,
        "sent_until": scope.sent_until,
        "reason": asked.reason,
        "remedies": " ".join(each for each in REMEDIES if each in asked.remedies),
        "drill": asked.drill,
        "content": content,
        "person": person,
        "opened_at": now,
    }
    made = insert(Recall).values(row).on_conflict_do_nothing(index_elements=["content"])
    if db.connection().execute(made.returning(col(Recall.number))).first() is None:
        raise RecallOpen(number=db.exec(select(Recall.number).where(Recall.content == content)).first() or "")
    return db.get_one(Recall, number)


def _content(asked: Asked) -> str:
    scope = asked.scope
    bounds = [str(each or "") for each in (scope.first, scope.last, scope.sent_from, scope.sent_until)]
    told = json.dumps([asked.drill, sorted(scope.skus), bounds, sorted(scope.lots)])
    return hashlib.sha256(told.encode()).hexdigest()


def _texts(recall: Recall, asked: Asked) -> list[RecallText]:
    return [
        RecallText(
            recall=recall.number, language=language, product=told.product, hazard=told.hazard, action=told.action
        )
        for language, told in asked.texts.items()
        if told.whole
    ]


def _notices(recall: Recall, found: Found) -> list[RecallNotice]:
    return [
        RecallNotice(
            recall=recall.number,
            order_number=each.order,
            market=each.market,
            language=each.language,
            items=" ".join(each.items),
            pieces=each.pieces,
            unknown=each.unknown,
        )
        for each in found.orders
    ]


def _reports(recall: Recall, reached: Reach, *, now: datetime) -> list[RecallReport]:
    """One for each market that has sold it."""
    return [
        RecallReport(
            recall=recall.number,
            market=market.id,
            sold=reached.found.sold[market.id],
            due_at=clock_of(market.country).due(market, now=now),
            source=clock_of(market.country).source,
        )
        for market in reached.markets
        if market.id in reached.found.sold
    ]


def _tell(db: Session, recall: Recall, reached: Reach, *, now: datetime) -> None:
    for each in reached.found.orders:
        payload = {"recall": recall.number, "order": each.order}
        enqueue(db, MAIL, f"recall:{recall.number}:order:{each.order}", payload, now=now)
    for person in reached.staff:
        payload = {"recall": recall.number, "person": person.id}
        enqueue(db, MAIL, f"recall:{recall.number}:person:{person.id}", payload, now=now)
