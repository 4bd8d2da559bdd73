"""Cases whose money should have been given back by now: for the desk, the board, and one mail to the exporter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.aftersales.cases.paying_back import proposal_of
from shop.aftersales.cases.views import OPEN, CaseView, case_view
from shop.aftersales.models import Case
from shop.aftersales.periods import DAY
from shop.base.db import Database
from shop.base.outbox import enqueue
from shop.base.post import Post
from shop.ground.money import Money
from shop.markets.calendar import day_in
from shop.markets.models import Exporter
from shop.markets.readers import reader_of
from shop.policies.library import PolicyLibrary

EFFECT = "overdue refund"


@dataclass(frozen=True, slots=True)
class Overdue:
    """A case whose last day to give back the money is over, and what is still owed on it."""

    case: Case
    since: date
    owed: Money


def overdue(
    db: Session, policies: PolicyLibrary, *, markets: frozenset[str] = frozenset(), now: datetime
) -> list[Overdue]:
    """The overdue cases of these markets (none named: all), the longest overdue first."""
    late = select(Case).where(col(Case.state).in_(OPEN), col(Case.refund_due) < (now + DAY).date())
    if markets:
        late = late.where(col(Case.market).in_(markets))
    rows = db.exec(late.order_by(col(Case.refund_due), col(Case.number))).all()
    found = (overdue_of(db, case_view(db, each, policies), now=now) for each in rows)
    return [each for each in found if each is not None]


def overdue_of(db: Session, view: CaseView, *, now: datetime) -> Overdue | None:
    """The case if money on it is overdue; not while the rules let the seller wait for the goods."""
    case, due = view.case, view.case.refund_due
    if due is None or view.order is None or case.state not in OPEN or view.waits:
        return None
    if day_in(view.market, now) <= due:
        return None
    owed = proposal_of(db, view).owed
    return Overdue(case, due, Money(owed, view.order.currency)) if owed else None


def open_cases(db: Session) -> dict[str, int]:
    """How many cases are open, by market."""
    counted = select(Case.market, func.count()).where(col(Case.state).in_(OPEN)).group_by(col(Case.market))
    return dict(db.exec(counted).all())


def tell_overdue(database: Database, policies: PolicyLibrary, *, now: datetime) -> None:
    """Have the exporter told of every overdue case, once for each."""
    with database.reading() as db:
        found = overdue(db, policies, now=now)
    if not found:
        return
    with database.writing() as db:
        for each in found:
            payload = {"case": each.case.number, "minor": each.owed.minor, "currency": each.owed.currency}
            enqueue(db, EFFECT, f"case:{each.case.number}:overdue", payload, now=now)


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `overdue refund` of the outbox."""
    with database.reading() as db:
        case, exporter = db.get_one(Case, payload["case"]), db.get_one(Exporter, 1)
        reader = reader_of(db, "", exporter)
    tongue = post.languages.tongue(reader.language)
    post.send(
        "refund_overdue",
        reader.email,
        tongue,
        key=f"case-{case.number}-overdue",
        now=now,
        case=case,
        amount=tongue.money(Money(payload["minor"], payload["currency"])),
        day=tongue.date(case.refund_due) if case.refund_due else "",
        desk_url=f"{post.base_url}/desk/cases/{case.number}",
    )


def by_market(found: Sequence[Overdue]) -> dict[str, int]:
    """How many cases are overdue, by market."""
    counted: dict[str, int] = {}
    for each in found:
        counted[each.case.market] = counted.get(each.case.market, 0) + 1
    return counted
