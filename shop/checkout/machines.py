"""For which machine a part or a service is bought: which goods ask for a serial, and what to say when it does not fit."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.catalogue.models import Product
from shop.catalogue.serials import CHECK_LETTERS, fit, parse_serial

NOT_AT_HAND = "?"  # instead of a serial: the customer says that they cannot look now
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Machines:
    """What a product is made for: SKUs, the first serial, if there is one, and for a page the names its market lists."""

    skus: tuple[str, ...]
    serial_from: str
    names: tuple[str, ...] = ()

    def taken(self, serial: str) -> bool:
        """Whether a line with this serial (of a cart, so perhaps none) can be ordered."""
        if serial == NOT_AT_HAND:
            return not self.serial_from
        return bool(serial) and fit(serial, self.skus, self.serial_from) == "fits"


def machines(db: Session, products: Iterable[Product]) -> dict[str, Machines]:
    """Of these products those that ask for a serial: they begin with one, or what they are made for bears one."""
    made_for = {each.sku: (tuple(each.fits.split()), each.serial_from) for each in products if each.fits}
    if not made_for:
        return {}
    wanted = {sku for skus, _from in made_for.values() for sku in skus}
    bearing = set(db.exec(select(Product.sku).where(col(Product.sku).in_(wanted), col(Product.serial))).all())
    return {
        sku: Machines(skus, serial_from)
        for sku, (skus, serial_from) in made_for.items()
        if serial_from or bearing.intersection(skus)
    }


def read_serial(written: str, not_at_hand: bool, machine: Machines, tongue: Tongue) -> tuple[str, str]:
    """The serial as it is kept, or nothing and the sentence that says why this one will not do."""
    if not written and not_at_hand and not machine.serial_from:
        return NOT_AT_HAND, ""
    if not written:
        return "", tongue.say(
            N_("Please enter the serial of your machine: without it we cannot tell whether this fits.")
        )
    serial = parse_serial(written)
    match fit(written, machine.skus, machine.serial_from):
        case "fits" if serial is not None:
            return str(serial), ""
        case "unreadable":
            said = tongue.say(
                N_("This is not a serial of ours, or it is mistyped. One looks like this: %(example)s"),
                example=_example(machine),
            )
        case "too_old":
            said = tongue.say(
                N_("Your machine is older than this part. It fits from this serial on: %(first)s"),
                first=machine.serial_from,
            )
        case _:
            said = tongue.say(N_("This serial is that of another machine."))
            if machine.names:
                fits = N_("This serial is that of another machine. The part fits: %(machines)s")
                said = tongue.say(fits, machines=tongue.list(machine.names))
    return "", said


def shown_serial(serial: str, tongue: Tongue) -> str:
    """The serial of a line in words; empty where none was asked for."""
    if serial == NOT_AT_HAND:
        return tongue.say(N_("Serial of your machine: not at hand"))
    return tongue.say(N_("Serial of your machine: %(serial)s"), serial=serial) if serial else ""


def _example(machine: Machines) -> str:
    """A serial that is written right, of the first machine; its number is nobody's."""
    maker, _, model = machine.skus[0].rpartition("-")[0].partition("-")
    body = f"{maker}{model}{machine.serial_from[4:8] or '2634'}00000"
    ends = next((each for each in CHECK_LETTERS if parse_serial(body + each)), "")
    return f"{body[:8]}-{body[8:]}-{ends}"
