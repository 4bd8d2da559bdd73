"""Packing a parcel by the dispatch checklist: what it asks for, reading it, and what of it is kept of each piece.

The checklist follows from what lies in the parcel: a serial for each piece that bears one, lot and date of food and
cosmetics, plug and manual where they matter. Whoever packs signs it with their name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.fields import whole
from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.catalogue.models import MainsSupply, Product
from shop.catalogue.naming import names_of
from shop.catalogue.serials import parse_serial
from shop.catalogue.suitability import FOOD_KINDS, MANUAL_KINDS
from shop.checkout.dispatch import left_to_send
from shop.checkout.models import Order, OrderLine, OwnedItem, Parcel
from shop.ground.errors import Refusal
from shop.ground.instants import as_day
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.staff.checklists import MISTYPED, Checklist, Field, as_lot, is_signature, sign
from shop.staff.models import Person

NAME = "dispatch"
LOT_KINDS = FOOD_KINDS | {"cosmetic"}
MOST_PIECES = 60  # in one parcel: each may have fields of its own, and a form holds no end of them

_OTHER_MODEL = N_("This serial is that of another model.")
_TWICE = N_("This serial stands here twice.")
_SOLD = N_("This serial has been sold already and has not come back. Order: %(number)s")
_PAST = N_("This date is past. What is too old does not leave.")
_CASES = N_(
    "The cases about this order have been looked at: nothing that the customer has withdrawn from is in this parcel"
)
_TOO_MANY = N_("There are more serials here than pieces.")


class SerialTaken(Refusal):
    """Somebody else has just packed a piece with one of these serials."""


@dataclass(frozen=True, slots=True)
class ToPack:
    """A line of which `left` pieces have not been sent yet."""

    sku: str
    name: str
    left: int
    product: Product

    @property
    def bears_lot(self) -> bool:
        """Whether its pack names a lot and a date."""
        return self.product.kind in LOT_KINDS

    def fields(self, what: str) -> list[str]:
        """The names of the fields for its pieces: `serial`, `lot` or `best_before`."""
        return [f"{what}-{self.sku}-{place}" for place in range(1, self.left + 1)]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece as packed, with what is told of it."""

    sku: str
    serial: str = ""
    lot: str = ""
    best_before: date | None = None


@dataclass(frozen=True, slots=True)
class Packing:
    """A parcel as it was packed: pieces by SKU, those that bear a serial or a lot, and the checklist with its answers."""

    pieces: Mapping[str, int]
    marked: tuple[Piece, ...]
    checklist: Checklist
    answers: Mapping[str, str]
    signature: str


def to_pack(db: Session, order: Order, language: str = "") -> list[ToPack]:
    """What is left to be sent of the order, as much as one parcel's form can hold.

    By its names for whoever packs and reads this language, where it is another than the customer's.
    """
    left, room, found = left_to_send(db, order), MOST_PIECES, []
    names = names_of(db, list(left), language) if language not in ("", order.language) else {}
    query = (
        select(OrderLine, Product)
        .join(Product, col(Product.sku) == col(OrderLine.sku))
        .where(OrderLine.order_number == order.number, col(OrderLine.sku).in_(left))
        .order_by(col(OrderLine.sku))
    )
    for line, product in db.exec(query).all():
        fields = min(left[line.sku], room)
        room -= fields
        if fields:
            found.append(ToPack(line.sku, names.get(line.sku, line.name), fields, product))
    return found


def dispatch_checklist(
    packed: Iterable[ToPack],
    pieces: Mapping[str, int],
    market: Market,
    mains: MainsSupply | None,
    tongue: Tongue,
    *,
    cases: bool = False,
) -> Checklist:
    """What has to be looked at for these pieces to leave for the market; `cases` says that one was filed before they did."""
    lines = [each for each in packed if pieces.get(each.sku)]
    fields = [field for each in lines for field in _of(each, pieces[each.sku])]
    if cases:
        fields.append(Field("cases", "tick", _CASES))
    fields.append(Field("contents", "tick", N_("The contents of every box are complete")))
    if mains is not None and any(each.product.plugs for each in lines):
        plugs = tongue.list(mains.plugs.split())
        fields.append(
            Field("plug", "tick", N_("The plug is right for the country: %(plugs)s"), values={"plugs": plugs})
        )
    if any(each.product.kind in MANUAL_KINDS for each in lines):
        spoken = tongue.list([tongue.language_name(each) for each in market.languages.split()])
        label = N_("The manual is there in: %(languages)s")
        fields.append(Field("manual", "tick", label, values={"languages": spoken}))
    fields.append(Field("sealed", "tick", N_("The parcel is closed and sealed")))
    return Checklist(NAME, tuple(fields))


def _of(line: ToPack, pieces: int) -> list[Field]:
    asked = []
    for place in range(1, pieces + 1):
        values = {"name": line.name, "place": str(place)}
        if line.product.serial:
            label = N_("Serial of piece %(place)s: %(name)s")
            asked.append(Field(f"serial-{line.sku}-{place}", "serial", label, values=values))
        if line.bears_lot:
            lot, date = N_("Lot of piece %(place)s: %(name)s"), N_("Best before, piece %(place)s: %(name)s")
            first = place == 1  # the next ones may be of the same lot
            asked.append(Field(f"lot-{line.sku}-{place}", "lot", lot, required=first, values=values))
            dated = (
                first and line.product.kind in FOOD_KINDS
            )  # a pack of cosmetics may name its months once opened instead
            asked.append(Field(f"best_before-{line.sku}-{place}", "date", date, required=dated, values=values))
    return asked


def read_packing(
    db: Session, form: Form, order: Order, market: Market, *, person: Person, tongue: Tongue, now: datetime
) -> Packing:
    """The parcel as the form tells it; whatever is not right gets its sentence in the form's errors."""
    lines = to_pack(db, order, tongue.language)
    pieces = {each.sku: _number(form, each, tongue) for each in lines}
    if not any(pieces.values()) and not form.errors and lines:
        form.fail(f"pieces-{lines[0].sku}", tongue.say(N_("Please say what is in the parcel.")))
    asked = dispatch_checklist(lines, pieces, market, db.get(MainsSupply, market.id), tongue, cases=order.after_sales)
    answers = {each.name: form.text(each.name) for each in asked.fields}
    for name, message in asked.check(answers).items():
        form.fail(name, tongue.say(message))
    today = day_in(market, now)
    marked = [piece for each in lines for piece in _marked(form, each, pieces[each.sku], today, tongue)]
    _refuse_sold(db, form, tongue)
    signature = form.text("signature")
    if not is_signature(signature, person):
        said = N_("Please sign with your own name as it stands here: %(name)s")
        form.fail("signature", tongue.say(said, name=person.name))
    kept = {
        name: str(parse_serial(value) or value) if name.startswith("serial-") else value
        for name, value in answers.items()
    }
    return Packing(pieces, tuple(marked), asked, kept, signature)


def keep_packing(
    db: Session, parcel: Parcel, packing: Packing, *, person: Person, tongue: Tongue, now: datetime
) -> None:
    """Keep the signed checklist and each marked piece of the parcel. Raises SerialTaken."""
    for each in packing.marked:
        row = {
            "order_number": parcel.order_number,
            "parcel": parcel.id,
            "sku": each.sku,
            "serial": each.serial,
            "lot": each.lot,
            "best_before": each.best_before,
        }
        kept = insert(OwnedItem).values(row).on_conflict_do_nothing().returning(col(OwnedItem.id))
        if db.connection().execute(kept).first() is None:
            raise SerialTaken(serial=each.serial)
    sign(
        db,
        packing.checklist,
        packing.answers,
        subject=f"order:{parcel.order_number}",
        person=person,
        signature=packing.signature,
        tongue=tongue,
        now=now,
    )


def _number(form: Form, line: ToPack, tongue: Tongue) -> int:
    name = f"pieces-{line.sku}"
    number = whole(form.text(name) or "0", digits=3)
    if number is None or number > line.left:
        said = tongue.say(N_("Please enter a whole number from 0 to %(most)s."), most=tongue.number(line.left))
        form.fail(name, said)
        return 0
    if line.product.serial and any(form.text(each) for each in line.fields("serial")[number:]):
        form.fail(name, tongue.say(_TOO_MANY))
    return number


def _marked(form: Form, line: ToPack, pieces: int, today: date, tongue: Tongue) -> list[Piece]:
    found, lot, until = [], "", None
    for place in range(pieces):
        serial = ""
        if line.product.serial:
            serial = _serial(form, line, line.fields("serial")[place], tongue)
        if line.bears_lot:
            lot = as_lot(form.text(line.fields("lot")[place])) or lot
            until = as_day(form.text(line.fields("best_before")[place])) or until
            if until is not None and until <= today:
                form.fail(line.fields("best_before")[place], tongue.say(_PAST))
        if serial or lot:
            found.append(Piece(line.sku, serial, lot, until))
    return found


def _serial(form: Form, line: ToPack, name: str, tongue: Tongue) -> str:
    written = form.text(name)
    serial = parse_serial(written)
    if written and serial is None:
        form.fail(name, tongue.say(MISTYPED))
    elif serial is not None and not serial.is_of(line.sku):
        form.fail(name, tongue.say(_OTHER_MODEL))
    return str(serial or "")


def _refuse_sold(db: Session, form: Form, tongue: Tongue) -> None:
    """No serial twice: neither in this parcel, nor in an order from which it has not come back."""
    written = {
        name: str(parse_serial(value) or "") for name, value in form.values.items() if name.startswith("serial-")
    }
    fields: dict[str, str] = {}
    for name, serial in written.items():
        if serial and serial in fields:
            form.fail(name, tongue.say(_TWICE))
        fields.setdefault(serial, name)
    query = select(OwnedItem.serial, OwnedItem.order_number).where(
        col(OwnedItem.serial).in_([each for each in fields if each]), col(OwnedItem.returned_at).is_(None)
    )
    for serial, number in db.exec(query).all():
        form.fail(fields[serial], tongue.say(_SOLD, number=number))
