"""Which product of which order a question is about: what its holder may choose from, and what is known of the choice."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from shop.base.fields import whole
from shop.base.i18n import N_, Tongue
from shop.catalogue.models import Product
from shop.checkout.models import Order, OrderLine, OwnedItem

# What agents must know about: by what is asked, and by the plate the product stands on.
OF_CATEGORY = {"returns": "returns", "integration": "electrical"}
OF_PLATE = {"kitchen": "electrical", "parts": "electrical", "skin": "cosmetics", "food": "food"}


@dataclass(frozen=True, slots=True)
class OrderAbout:
    """An order as the form needs it: its lines in their order, and the pieces that bear a serial or a lot."""

    order: Order
    lines: Sequence[OrderLine]
    pieces: Sequence[OwnedItem]

    def choices(self, tongue: Tongue) -> list[tuple[str, str]]:
        """The lines to choose from, by their number; the first entry is the whole order."""
        return [
            ("", tongue.say(N_("The whole order"))),
            *((str(number), line.name) for number, line in enumerate(self.lines, 1)),
        ]

    def line(self, number: int | None) -> OrderLine | None:
        """The line of this number; the only one there is where none was chosen."""
        if number is None:
            return self.lines[0] if len(self.lines) == 1 else None
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else None

    def serials(self, sku: str = "") -> list[str]:
        """The serials that left with the order, of one product or of all."""
        return [each.serial for each in self.pieces if each.serial and sku in ("", each.sku)]

    def serial_of(self, line: OrderLine | None) -> str:
        """The serial of the line's piece, where there is just one or the part was bought for a machine; else empty."""
        known = self.serials(line.sku) if line else []
        return known[0] if len(known) == 1 else line.serial if line else ""

    def lot_of(self, line: OrderLine | None) -> str:
        """The lot of the line's pieces, where there is just one; else empty."""
        lots = {each.lot for each in self.pieces if line and each.lot and each.sku == line.sku}
        return lots.pop() if len(lots) == 1 else ""


def about(db: Session, number: str) -> OrderAbout | None:
    """The order of this number with its lines and pieces; None when there is none. Who may see it is the door's matter."""
    order = db.get(Order, number) if number else None
    if order is None:
        return None
    lines = db.exec(select(OrderLine).where(OrderLine.order_number == number).order_by(col(OrderLine.sku))).all()
    mine = select(OwnedItem).where(OwnedItem.order_number == number, col(OwnedItem.returned_at).is_(None))
    return OrderAbout(order, lines, db.exec(mine.order_by(col(OwnedItem.id))).all())


def line_number(text: str, known: OrderAbout) -> int | None:
    """The number of a chosen line; None for the whole order and for whatever is no line of it."""
    number = whole(text, digits=4) or 0
    if number == 0 and len(known.lines) == 1:
        return 1
    return number if 1 <= number <= len(known.lines) else None


def skills_for(db: Session, line: OrderLine | None, category: str) -> str:
    """What somebody must know about to answer, by the category and the product; empty where anybody may."""
    product = db.get(Product, line.sku) if line else None
    wanted = {OF_CATEGORY.get(category, ""), OF_PLATE.get(product.plate, "") if product else ""}
    return " ".join(sorted(filter(None, wanted)))
