"""Parcels of the demo leave and arrive: packed with a signed checklist on the next working day in New Zealand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from sqlmodel import Session

from shop.base.web import Form
from shop.catalogue.models import MainsSupply
from shop.catalogue.serials import check_letter
from shop.checkout.dispatch import deliver, dispatch
from shop.checkout.models import Order
from shop.checkout.packing import Packing, ToPack, dispatch_checklist, keep_packing, read_packing, to_pack
from shop.demo.history.stage import Stage
from shop.ground.instants import instant_on
from shop.markets.calendar import calendar_of, day_in, is_working_day
from shop.markets.models import Market
from shop.staff.arrival import Staff

HOME, PACKER, ACT = "nz", "ruth", "order.dispatch"
CARRIER = "Long Tide Parcel (demo)"
PACKED_AT = 14 * 60  # minutes after midnight there
KEEPS = timedelta(days=300)  # from sending food to its best-before date


@dataclass
class Bench:
    """The packing bench: it numbers serials and parcels upwards, so that none comes twice."""

    stage: Stage
    _numbers: Iterator[int] = field(default_factory=lambda: count(20_011))

    def next_packing(self) -> datetime:
        """The instant at which what is ordered now will be packed."""
        home = self.stage.market(HOME)
        day = day_in(home, self.stage.now) + timedelta(days=1)
        while not is_working_day(day, calendar_of(home)):
            day += timedelta(days=1)
        return instant_on(day, PACKED_AT, home.zone)

    def send(self, number: str) -> None:
        """Pack all of the order, sign the checklist, and dispatch it."""
        stage = self.stage
        with stage.database.writing() as db:
            order, staff = db.get_one(Order, number), stage.staff(db, PACKER, ACT)
            market = db.get_one(Market, order.market)
            packing = self._packed(db, order, market, staff)
            parcel = dispatch(
                db,
                order,
                market,
                carrier=CARRIER,
                tracking=f"LT{next(self._numbers)}{market.country}",
                person=PACKER,
                pieces=packing.pieces,
                now=stage.now,
            )
            keep_packing(db, parcel, packing, person=staff.person, tongue=staff.tongue, now=stage.now)

    def arrive(self, number: str) -> None:
        """Note that the carrier has delivered the order, unless something else became of it."""
        with self.stage.database.writing() as db:
            order = db.get_one(Order, number)
            if order.state == "dispatched":
                deliver(db, order, source="carrier", person=PACKER, now=self.stage.now)

    def _packed(self, db: Session, order: Order, market: Market, staff: Staff) -> Packing:
        lines, mains = to_pack(db, order), db.get(MainsSupply, order.market)
        pieces = {each.sku: each.left for each in lines}
        asked = dispatch_checklist(lines, pieces, market, mains, staff.tongue, cases=order.after_sales)
        answers = {each.name: self._answer(each.name, each.kind, lines) for each in asked.fields}
        counted = {f"pieces-{sku}": str(number) for sku, number in pieces.items()}
        form = Form({**counted, **answers, "signature": staff.person.name})
        packing = read_packing(db, form, order, market, person=staff.person, tongue=staff.tongue, now=self.stage.now)
        if form.errors:
            raise ValueError(f"{order.number} cannot be packed: {form.errors}")
        return packing

    def _answer(self, name: str, kind: str, lines: list[ToPack]) -> str:
        made = self.stage.now - timedelta(days=60)
        match kind:
            case "serial":
                sku = next(each.sku for each in lines if name in each.fields("serial"))
                year, week, _day = made.isocalendar()
                body = f"{sku[:2]}{sku[3:5]}{year % 100:02}{week:02}{next(self._numbers):05}"
                return f"{body}{check_letter(body)}"
            case "lot":
                return f"L{made:%y%j}A"
            case "date":
                return (self.stage.now + KEEPS).date().isoformat()
            case _:
                return "yes"
