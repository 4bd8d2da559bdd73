"""What stands in a place's database, read from outside while its processes run or lie dead."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlmodel import Session, col, create_engine, select

from shop.catalogue.models import Stock
from shop.checkout.models import Order
from tests.faults.fault import Place

PATIENCE = 60  # seconds


@contextmanager
def looking(place: Place) -> Iterator[Session]:
    """A session that only looks, and waits for SQLite as long as it takes; its connections are gone afterwards."""
    engine = create_engine(place.url, connect_args={"timeout": PATIENCE} if place.engine == "sqlite" else {})
    try:
        with Session(engine) as db:
            yield db
    finally:
        engine.dispose()


def free(place: Place, skus: Iterable[str]) -> dict[str, int]:
    """How many pieces of each SKU nobody holds or has bought."""
    with looking(place) as db:
        rows = db.exec(select(Stock).where(col(Stock.sku).in_(list(skus)))).all()
        return {each.sku: each.on_hand - each.held - each.sold for each in rows}


def order_states(place: Place) -> dict[str, str]:
    """Every order's state, by its number."""
    with looking(place) as db:
        return dict(db.exec(select(Order.number, Order.state)).all())
