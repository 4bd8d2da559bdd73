"""What the tests of recalls share: orders that were sent with the serials they bear, and the form as the exporter fills it."""

from datetime import timedelta
from typing import Any

from sqlmodel import select

from shop.checkout.models import OrderLine, OwnedItem, Parcel, ParcelLine
from tests.buying import BLENDER, Buyer, ordered, paid_state, settled, the_order, visit, wish
from tests.world import ANNA, World

SCOPE = {
    "skus": BLENDER,
    "serial_from": "HBBL2618-00001",
    "serial_to": "HBBL2621-02400",
    "repair": "yes",
    "replacement": "yes",
    "refund": "yes",
    "reason": "The drive coupling may crack",
}


def sold(world: World, key: str, *serials: str, market: str = "de", language: str = "de", **changed: Any) -> str:
    """An order of one blender for each serial, sent in one parcel; an empty serial is one that nobody noted."""
    email, lot, sku = changed.get("email", f"{key}@example.com"), changed.get("lot", ""), changed.get("sku", BLENDER)
    pieces, buyer = len(serials), Buyer(email=email, phone="", name=ANNA["name"], address={**ANNA, "email": email})
    at = visit(world, market, language)
    with world.house.database.reading() as db:
        wanted = wish(db, world, at, key, {sku: pieces})
    with world.house.database.writing() as db:
        attempt = ordered(db, world, at, wanted, buyer)
    order = the_order(world, attempt)
    settled(world, attempt, paid_state(order))
    if not changed.get("unsent"):
        send_out(world, order.number, sku, serials, lot=lot, noted=changed.get("noted", True))
    return order.number


def send_out(
    world: World, number: str, sku: str, serials: tuple[str, ...], *, lot: str = "", noted: bool = True
) -> None:
    """The order's parcel leaves now."""
    now = world.clock.now
    with world.house.database.writing() as db:
        parcel = Parcel(
            order_number=number,
            carrier="DHL",
            tracking=number,
            dispatched_at=now,
            person="mere",
            expected_from=now.date(),
            expected_until=now.date() + timedelta(days=3),
        )
        db.add(parcel)
        db.flush()
        assert parcel.id is not None
        if noted:
            quantity = db.exec(select(OrderLine.quantity).where(OrderLine.order_number == number)).one()
            db.add(ParcelLine(parcel=parcel.id, sku=sku, quantity=quantity))
        for each in serials:
            if each or lot:
                db.add(OwnedItem(order_number=number, parcel=parcel.id, sku=sku, serial=each, lot=lot))


def texts(*languages: str) -> dict[str, str]:
    """What is told in these languages."""
    return {
        f"{part}-{language}": f"{part} {language} <b>"
        for language in languages
        for part in ("product", "hazard", "action")
    }
