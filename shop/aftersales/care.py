"""Care reminders: a yearly check under a care plan, a part that wears out. Only who asks for one is written to.

One mail for each day on which it is due, in the order's language, each with a way to end it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.aftersales.models import CareReminder
from shop.aftersales.owned import Owned, fitting
from shop.aftersales.periods import DAY, months_after
from shop.base.db import Database
from shop.base.i18n import N_, Tongue
from shop.base.outbox import enqueue
from shop.base.post import Post
from shop.catalogue.goods import known
from shop.catalogue.naming import names_of
from shop.checkout.models import Order
from shop.checkout.orders import OrderView, order_view
from shop.ground.errors import Refusal
from shop.ground.instants import local
from shop.ground.quiet_hours import is_quiet
from shop.markets.gate import SELLING
from shop.markets.models import Exporter, Market
from shop.markets.visit import Visit

MAIL, LINK = "care mail", "care"  # the effect, and the kind of the secret link that ends one
PLAN = "care-plan"  # the family of the plans with a yearly check
YEAR = 12
BEFORE_THE_YEAR_IS_OVER = 11  # months after the sale: the first check must still lie within the plan


class NothingToRemind(Refusal):
    """What is to be reminded of belongs to nothing in the order."""


@dataclass(frozen=True, slots=True)
class Care:
    """Something a customer may be reminded of: `part` is empty for a plan's check. `running` is the reminder, if asked."""

    sku: str
    part: str
    name: str
    every_months: int
    first_on: date
    running: CareReminder | None = None

    @property
    def choice(self) -> str:
        """What the form sends to ask for this one."""
        return f"{self.sku} {self.part}".strip()

    def words(self, tongue: Tongue) -> str:
        """What one is reminded of, and how often."""
        if not self.part:
            return tongue.say(N_("Once a year: the check under your plan (%(name)s)"), name=self.name)
        return tongue.count(
            "Every %(num)s month: a new part (%(name)s)",
            "Every %(num)s months: a new part (%(name)s)",
            self.every_months,
            name=self.name,
        )


def care_of(db: Session, view: OrderView, visit: Visit, owned: list[Owned], *, today: date) -> list[Care]:
    """Everything of the order that one may be reminded of, each once, with the reminder that runs already."""
    goods, zone = known(visit).products, view.market.zone
    wearing: dict[tuple[str, str], tuple[int, date]] = {}
    for each in owned:
        for sku in fitting(visit, each):
            months = goods[sku].replace_months
            if months and each.received:
                wearing.setdefault((each.sku, sku), (months, _next(each.received, months, months, today)))
    for line in view.lines:
        product = goods.get(line.sku)
        if product is not None and product.family == PLAN and view.order.paid_at:
            begun = local(view.order.paid_at, zone).date()
            wearing[line.sku, ""] = (YEAR, _next(begun, BEFORE_THE_YEAR_IS_OVER, YEAR, today))
    if not wearing:
        return []
    asked = db.exec(select(CareReminder).where(CareReminder.order_number == view.order.number)).all()
    running = {(each.sku, each.part): each for each in asked if each.ended_at is None}
    names = names_of(db, {part or sku for sku, part in wearing}, visit.tongue.language)
    return [
        Care(sku, part, names.get(part or sku, part or sku), months, first, running.get((sku, part)))
        for (sku, part), (months, first) in wearing.items()
    ]


def ask_reminder(db: Session, view: OrderView, care: list[Care], choice: str, *, now: datetime) -> None:
    """Begin a reminder, or begin it again; one that runs already stays as it is. Raises NothingToRemind."""
    wanted = next((each for each in care if each.choice == choice), None)
    if wanted is None:
        raise NothingToRemind
    row = {
        "order_number": view.order.number,
        "sku": wanted.sku,
        "part": wanted.part,
        "every_months": wanted.every_months,
        "next_on": wanted.first_on,
        "asked_at": now,
        "ended_at": None,
    }
    anew = {name: row[name] for name in ("next_on", "asked_at", "ended_at")}
    begun = insert(CareReminder).values(row)
    ended = col(CareReminder.ended_at).is_not(None)
    db.connection().execute(
        begun.on_conflict_do_update(index_elements=["order_number", "sku", "part"], set_=anew, where=ended)
    )


def end_reminder(db: Session, id: int, *, now: datetime) -> None:
    """End a reminder; nothing more is sent. One that has ended stays ended."""
    mine = update(CareReminder).where(col(CareReminder.id) == id, col(CareReminder.ended_at).is_(None))
    db.connection().execute(mine.values(ended_at=now))


def remind_due(database: Database, *, now: datetime) -> int:
    """Have everybody told whose day has come in their market; says how many. Each day is told of once.

    Nobody is told at night: they are found again by day.
    """
    query = (
        select(CareReminder, Market.zone)
        .join(Order, col(Order.number) == col(CareReminder.order_number))
        .join(Market, col(Market.id) == col(Order.market))
        .where(col(CareReminder.ended_at).is_(None), col(CareReminder.next_on) <= now.date() + DAY)
        .where(Order.state != "refunded")  # what was given back needs no care
        .where((col(CareReminder.part) == "") | col(Market.state).in_(SELLING))  # a part cannot be ordered there now
    )
    with database.reading() as db:
        awake = [(each, zone) for each, zone in db.exec(query).all() if not is_quiet(now, zone)]
        near = [(each, local(now, zone).date()) for each, zone in awake]
    told = 0
    for reminder, today in near:
        if reminder.next_on > today:  # the day has not come in that market
            continue
        with database.writing() as db:
            told += _remind(db, reminder, today, now=now)
    return told


def _remind(db: Session, reminder: CareReminder, today: date, *, now: datetime) -> int:
    mine = update(CareReminder).where(
        col(CareReminder.id) == reminder.id,
        col(CareReminder.next_on) == reminder.next_on,
        col(CareReminder.ended_at).is_(None),
    )
    following = _next(reminder.next_on, reminder.every_months, reminder.every_months, today)
    if db.connection().execute(mine.values(next_on=following)).rowcount != 1:
        return 0
    key = f"care:{reminder.id}:{reminder.next_on.isoformat()}"
    enqueue(db, MAIL, key, {"reminder": reminder.id, "day": reminder.next_on.isoformat()}, now=now)
    return 1


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `care mail` of the outbox; nothing is sent of a reminder that was ended meanwhile."""
    with database.reading() as db:
        reminder = db.get_one(CareReminder, payload["reminder"])
        if reminder.ended_at is not None:
            return None
        view, exporter = order_view(db, reminder.order_number), db.get_one(Exporter, 1)
        named = reminder.part or reminder.sku
        name = names_of(db, {named}, view.order.language).get(named, named)
    if reminder.part and view.market.state not in SELLING:
        return _hold_back(database, reminder, date.fromisoformat(payload["day"]))
    order = view.order
    shop = f"{post.base_url}/{order.market}/{order.language}"
    post.send(
        "care_reminder",
        order.email,
        post.languages.tongue(order.language, view.market.country),
        key=f"care-{reminder.id}-{payload['day']}",
        now=now,
        order=order,
        exporter=exporter,
        thing=name,
        machine=view.name_of(reminder.sku),
        part=bool(reminder.part),
        parts_url=post.holders.link(f"{shop}/orders/{order.number}", "order", order.number, now=now),
        end_url=post.holders.link(f"{shop}/reminders/{reminder.id}", LINK, str(reminder.id), now=now),
    )


def _hold_back(database: Database, reminder: CareReminder, day: date) -> None:
    """Remind of a part once it can be ordered again: the market was paused after the mail was asked for."""
    mine = update(CareReminder).where(
        col(CareReminder.id) == reminder.id, col(CareReminder.next_on) == reminder.next_on
    )
    with database.writing() as db:
        db.connection().execute(mine.values(next_on=day + DAY))


def _next(day: date, first: int, every: int, today: date) -> date:
    """The first day due after today: so many months after `day`, and from then on at every so many."""
    months = first
    while (due := months_after(day, months)) <= today:
        months += every
    return due
