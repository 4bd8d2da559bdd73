"""What tests of the scorecard's figures share: a market with its epoch, orders and requests put straight into rows."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlmodel import Session, SQLModel

from shop.checkout.models import Order, OrderLine, PaymentAttempt
from shop.markets.models import LaunchEvent
from shop.scorecard.counting import recount
from shop.scorecard.figures import figures
from shop.support.requests.models import Request
from tests.world import TUESDAY, World

DAY = timedelta(days=1)
LONG_AGO = TUESDAY - 200 * DAY
_numbers = count(1)


def began(db: Session, at: datetime = LONG_AGO, market: str = "de") -> None:
    """The market begins to sell anew: its epoch starts then."""
    db.add(
        LaunchEvent(
            market=market, at=at, action="resume", from_state="paused", to_state="soft", person="mere", reason="test"
        )
    )


def order(db: Session, at: datetime = TUESDAY, **values: Any) -> Order:
    """A paid order of one piece at 119.00 with 19.00 tax, sent the next day and delivered the day after."""
    number = f"DE-T{next(_numbers):05}"
    given: dict[str, Any] = {
        "number": number, "market": "de", "language": "de", "currency": "EUR", "state": "delivered", "key": number,
        "content": "c", "email": f"{number}@example.com", "name": "N", "address": "{}", "goods": 119_00, "shipping": 0,
        "net": 100_00, "tax": 19_00, "total": 119_00, "days_min": 3, "days_max": 5, "placed_at": at, "paid_at": at,
        "dispatched_at": at + DAY, "delivered_at": at + 2 * DAY,
    }  # fmt: skip
    made = Order(**(given | values))
    db.add(made)
    db.flush()
    return made


def unpaid(db: Session, at: datetime = TUESDAY, **values: Any) -> Order:
    """An order that nobody paid."""
    never = dict.fromkeys(("paid_at", "dispatched_at", "delivered_at"))
    return order(db, at, **({"state": "cancelled", **never} | values))


def line(db: Session, of: Order, sku: str = "HB-BL-230", quantity: int = 1, **values: Any) -> None:
    """Pieces of a SKU in the order."""
    given: dict[str, Any] = {"name": sku, "unit": 119_00, "tax_e5": 19_000, "kind": "mains"}
    sums = {"net": 100_00 * quantity, "tax": 19_00 * quantity, "gross": 119_00 * quantity}
    db.add(OrderLine(order_number=of.number, sku=sku, quantity=quantity, **(given | sums | values)))
    db.flush()


def attempt(db: Session, of: Order, *, state: str = "paid", declined_at: datetime | None = None) -> None:
    """The order's attempt to pay."""
    at = of.placed_at
    db.add(
        PaymentAttempt(
            key=f"a-{of.number}", order_number=of.number, provider="till", state=state, payment=f"p-{of.number}",
            expires_at=at + DAY, ask_at=at, created_at=at, declined_at=declined_at,
        )
    )  # fmt: skip
    db.flush()


def request(db: Session, at: datetime = TUESDAY, **values: Any) -> Request:
    """A request in German that nobody has answered."""
    ref = f"R-T{next(_numbers):05}"
    given: dict[str, Any] = {
        "ref": ref, "market": "de", "language": "de", "category": "use", "subject": "s", "name": "n",
        "email": "e@example.com", "key": ref, "due_at": at, "created_at": at, "updated_at": at,
    }  # fmt: skip
    made = Request(**(given | values))
    db.add(made)
    db.flush()
    return made


def put(world: World, *rows: SQLModel) -> None:
    """Store rows, one after the other."""
    with world.house.database.writing() as db:
        for row in rows:
            db.add(row)
            db.flush()


def counted(world: World, metric: str, market: str = "de", now: datetime = TUESDAY) -> tuple[int, int]:
    """`k` and `n` of the metric, counted now."""
    with world.house.database.writing() as db:
        recount(db, now=now)
    with world.house.database.reading() as db:
        figure = figures(db)[market][metric]
    return figure.k, figure.n
