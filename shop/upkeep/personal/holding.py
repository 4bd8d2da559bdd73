"""Who else writes while a customer is erased: they are waited for, and nobody begins anew until it is done.

On SQLite whoever writes is alone anyway.
"""

from sqlalchemy import text
from sqlmodel import Session, col, select

from shop.aftersales.models import Case
from shop.base.outbox import Effect
from shop.checkout.models import Order
from shop.support.requests.models import Request
from shop.upkeep.personal.finding import Subject
from shop.upkeep.personal.inventory import BY_NUMBER, NAMED, inventory

EFFECTS = str(Effect.__tablename__)  # the longest of the tables with words, and whoever buys writes to it
_LAST = {EFFECTS: 1, "api_kept_answer": 2}  # those who buy are kept waiting last; a program's answer is kept after all else
LOCK_SECONDS = 2.0  # for each table: that those who come after an erasure that waits may have to wait as well


def hold_things(db: Session, subject: Subject) -> None:
    """Wait for whoever is changing an order, request or case of theirs, and keep everybody from it.

    To be called first: desk and customers hold the thing before they write what belongs to it, and so do we. Then the
    customer is to be found once more: what was read before may be another by now.
    """
    for number, theirs in (
        (Case.number, subject.cases),  # first, as at the desk, which then changes the order
        (Order.number, subject.orders),
        (Request.ref, subject.requests),
    ):
        db.exec(select(number).where(col(number).in_(theirs)).order_by(col(number)).with_for_update()).all()
    db.expire_all()


def shut_out(db: Session) -> None:
    """Wait for whoever is writing words that may name them, or a mail to be sent, and keep everybody from it.

    Others still read. Raises Busy, and nothing is erased, where somebody else takes longer than two seconds.
    """
    if db.connection().dialect.name != "postgresql":
        return
    tables = [each.table for each in inventory() if each.by_words in (NAMED, BY_NUMBER)]
    tables.sort(key=lambda table: (_LAST.get(table.name, 0), table.name))
    names = ", ".join(map(db.connection().dialect.identifier_preparer.format_table, tables))
    db.connection().execute(
        text("SELECT set_config('lock_timeout', :time, true)"), {"time": f"{LOCK_SECONDS * 1000:.0f}ms"}
    )
    db.connection().execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
