"""The mails of a recall: the notice to each customer in the language of their order, and the word to the staff.

A notice counts as told once its mail has left. Of a drill no mail is ever written.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.aftersales.models import Recall, RecallNotice
from shop.aftersales.recalls.sight import notices_of, text_in
from shop.aftersales.recalls.words import recognised, remedies_offered, where_it_stands
from shop.base.db import Database
from shop.base.i18n import Tongue
from shop.base.payments import Payments, PaymentsAway
from shop.base.post import Post
from shop.catalogue.models import Picture, Product
from shop.checkout.ending import end_sessions, sessions_for
from shop.checkout.models import Order
from shop.markets.in_order import markets_in_order
from shop.markets.models import Exporter, Market
from shop.staff.may import may_somewhere, works_for
from shop.staff.models import Person


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `recall mail` of the outbox."""
    with database.reading() as db:
        if db.get_one(Recall, payload["recall"]).drill:
            return
    if "order" in payload:
        _send_notice(database, post, payload["recall"], payload["order"], now=now)
    else:
        _send_word(database, post, payload["recall"], payload["person"], now=now)


def end_payments(database: Database, payments: Payments, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `recall payments`: end the payments under way for a product; raises while any could not be ended."""
    with database.reading() as db:
        sessions = sessions_for(db, [payload["sku"]], now=now)
    if len(end_sessions(database, payments, sessions, now=now)) < len(sessions):
        raise PaymentsAway("not every payment under way could be ended")


def _send_notice(database: Database, post: Post, number: str, order_number: str, *, now: datetime) -> None:
    with database.reading() as db:
        recall, order = db.get_one(Recall, number), db.get_one(Order, order_number)
        notice, exporter = db.get_one(RecallNotice, (number, order_number)), db.get_one(Exporter, 1)
        tongue = post.languages.tongue(order.language, db.get_one(Market, order.market).country)
        values = _parts(db, recall, notice, tongue)
    address = f"{post.base_url}/{order.market}/{order.language}"
    post.send(
        "recall_notice",
        order.email,
        tongue,
        key=f"recall-{number}-{order_number}",
        now=now,
        recall=recall,
        notice=notice,
        order=order,
        exporter=exporter,
        pictures=[f"{post.base_url}/pictures/{each}" for each in values.pop("pictures")],
        answer_url=post.holders.link(
            f"{address}/orders/{order_number}/recalls/{number}", "order", order_number, now=now
        ),
        public_url=f"{address}/recalls/{number}",
        support_url=f"{address}/support",
        **values,
    )
    mine = update(RecallNotice).where(
        col(RecallNotice.recall) == number,
        col(RecallNotice.order_number) == order_number,
        col(RecallNotice.sent_at).is_(None),
    )
    with database.writing() as writing:
        writing.connection().execute(mine.values(sent_at=now))


def _parts(db: Session, recall: Recall, notice: RecallNotice, tongue: Tongue) -> dict[str, Any]:
    return {
        "text": text_in(db, recall.number, notice.language),
        "items": [each for each in notice.items.split() if each not in recall.skus.split()],
        "recognised": recognised(recall, tongue),
        "where": where_it_stands(recall, tongue),
        "remedies": remedies_offered(recall, tongue),
        "pictures": pictures(db, recall),
    }


def pictures(db: Session, recall: Recall) -> list[str]:
    """The pictures of what is recalled, by their hashes, one of each product."""
    shown = []
    for sku in recall.skus.split():
        product = db.get(Product, sku)
        query = select(Picture.hash).where(Picture.family == (product.family if product else ""))
        first = db.exec(query.order_by(col(Picture.position))).first()
        shown += [first] if first and first not in shown else []
    return shown


def _send_word(database: Database, post: Post, number: str, person_id: str, *, now: datetime) -> None:
    """Tell one of the staff what is recalled in their markets, and what to do when a customer asks.

    Nobody is told in place of who is gone meanwhile: everybody else whose markets they are has been.
    """
    with database.reading() as db:
        recall, person = db.get_one(Recall, number), db.get_one(Person, person_id)
        if person.deactivated:
            return
        exporter, text = db.get_one(Exporter, 1), text_in(db, number, person.language)
        markets = {each.id: each for each in markets_in_order(db) if works_for(person, each.id)}
        notices = notices_of(db, number, markets)
    tongue = post.languages.tongue(person.language)
    by_market = {each: sum(notice.pieces for notice in notices if notice.market == each) for each in markets}
    post.send(
        "recall_told",
        person.email,
        tongue,
        key=f"recall-{number}-person-{person_id}",
        now=now,
        recall=recall,
        text=text,
        exporter=exporter,
        recognised=recognised(recall, tongue),
        where=where_it_stands(recall, tongue),
        markets=[(tongue.territory(markets[each].country), pieces) for each, pieces in by_market.items() if pieces],
        console_url=f"{post.base_url}/console/recalls/{number}" if may_somewhere(person, "recall.see") else "",
    )
