"""What tests of the doors after the sale share: an order that has arrived, both steps of a withdrawal, and the cases."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, select

from shop.aftersales.entitlement import Bought, bought_by
from shop.aftersales.models import Case, CaseEvent, CaseLine
from shop.checkout.models import Order, OrderLine
from shop.policies.models import Acceptance
from tests.doors import BLENDER, pay, place
from tests.world import ANNA, Browser, World, text

DE = "/de/de/"
NZ = "/nz/en/"
FORM = {"kind": "defect", f"take-{BLENDER}": "yes", "words": "It smells and stops after a minute."}


def bought(world: World, browser: Browser, shop: str = DE, person: Mapping[str, str] = ANNA, sku: str = BLENDER) -> str:
    """An order that is paid; the browser holds it."""
    number = place(browser, shop, person, sku)
    pay(world, browser, shop, number)
    world.work()
    return number


def arrived(world: World, number: str, at: datetime | None = None, source: str = "carrier") -> None:
    """The order was delivered then, or now."""
    change_order(
        world, number, state="delivered", dispatched_at=at or world.clock.now, delivered_at=at or world.clock.now,
        delivered_source=source,
    )  # fmt: skip


def change_order(world: World, number: str, **values: Any) -> None:
    """Put the order straight into a state."""
    with world.house.database.writing() as db:
        db.connection().execute(update(Order).where(col(Order.number) == number).values(**values))


def change_line(world: World, number: str, of: str = "", **values: Any) -> None:
    """Change the lines of the order, or the one `of` a SKU."""
    mine = update(OrderLine).where(col(OrderLine.order_number) == number)
    with world.house.database.writing() as db:
        db.connection().execute((mine.where(col(OrderLine.sku) == of) if of else mine).values(**values))


def not_accepted(world: World, number: str) -> None:
    """As if the customer had never been told of the returns policy."""
    told = delete(Acceptance).where(col(Acceptance.order_number) == number, col(Acceptance.kind) == "returns")
    with world.house.database.writing() as db:
        db.connection().execute(told)


def bought_now(world: World, number: str) -> Bought:
    """What holds for the order."""
    with world.house.database.reading() as db:
        return bought_by(db, db.get_one(Order, number), world.house.policies)


def cases(world: World) -> list[Case]:
    """All cases, the oldest first."""
    with world.house.database.reading() as db:
        return list(db.exec(select(Case).order_by(col(Case.filed_at), col(Case.number))).all())


def pieces(world: World, case: str) -> dict[str, int]:
    """The case's pieces by SKU."""
    with world.house.database.reading() as db:
        return {each.sku: each.quantity for each in db.exec(select(CaseLine).where(CaseLine.case == case)).all()}


def history(world: World, case: str) -> list[str]:
    """The kinds of what happened to the case."""
    query = select(CaseEvent.kind).where(CaseEvent.case == case).order_by(col(CaseEvent.id))
    with world.house.database.reading() as db:
        return list(db.exec(query).all())


def change_case(world: World, number: str, **values: Any) -> None:
    """Put the case straight into a state, as the desk would."""
    with world.house.database.writing() as db:
        db.connection().execute(update(Case).where(col(Case.number) == number).values(**values))


def withdrawn(browser: Browser, shop: str = DE, order: str = "", **fields: str) -> str:
    """Both steps of the withdrawal function; returns the number of the case."""
    page = browser.get(f"{shop}withdraw" + (f"?order={order}" if order else ""))
    assert page.status_code == 200, text(page.text)
    given = {"name": "Anna Beck", "email": ANNA["email"]} | ({} if order else {"contract": "DE-26-AAAAAA"})
    page = browser.submit("/withdraw", **(given | fields))
    assert page.status_code == 200, text(page.text)
    answer = browser.submit("/confirmation")
    assert answer.status_code == 303, text(answer.text)
    return str(answer.headers["location"]).rpartition("/")[2]


def body(mail: Any) -> str:
    """The text of a mail."""
    return str(mail.get_body(("plain",)).get_content())


def mails_of(world: World, to: str, number: str) -> list[Any]:
    """The mails to this address about this case; what waits is sent first."""
    world.work()
    return [mail for mail in world.mails(to) if number in mail["Subject"]]
