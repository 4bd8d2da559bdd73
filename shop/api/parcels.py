"""Operations on parcels: one leaves by its signed checklist, one has arrived. The desk's own reading checks both."""

from sqlmodel import Session

from shop.api.answering import door
from shop.api.operations import Call, Operation, Reply
from shop.api.order_shapes import Delivery, Dispatch, OrderWhole
from shop.api.orders import own_order, whole
from shop.api.problems import Problem, Wrong, wrong
from shop.base.web import Form
from shop.checkout.dispatch import NotOnItsWay, NotToBeDispatched, PapersMissing, deliver, dispatch
from shop.checkout.packing import keep_packing, read_packing

POINTERS = {"serial": "serials", "lot": "lots", "best_before": "lots", "pieces": "pieces"}


def send_parcel(call: Call, db: Session) -> Reply:
    """A parcel leaves: what is in it, by whom it is carried, and who vouches for it."""
    sent: Dispatch = call.body
    view = own_order(call, db)
    if view.order.state != "paid":
        raise NotToBeDispatched(state=view.order.state)
    person, tongue, form = call.staff.person, call.hall.tongue, _form(sent, call.staff.person.name)
    packing = read_packing(db, form, view.order, view.market, person=person, tongue=tongue, now=call.now)
    unknown = {each.sku for each in sent.items} - packing.pieces.keys()
    for sku in sorted(unknown):
        form.fail(f"pieces-{sku}", "Nothing of it is left to be sent.")
    if form.errors:
        raise Problem("not_understood", errors=[_error(sent, name, told) for name, told in form.errors.items()])
    try:
        parcel = dispatch(
            db, view.order, view.market, carrier=sent.carrier.strip(), tracking=sent.tracking.strip(),
            person=person.id, now=call.now, despite=sent.despite, pieces=packing.pieces, weight_g=sent.weight_g,
        )  # fmt: skip
    except PapersMissing as refusal:
        raise PapersMissing(missing=[f"{each.sku}: {each.paper}" for each in refusal.values["missing"]]) from None
    keep_packing(db, parcel, packing, person=person, tongue=tongue, now=call.now)
    return _after(call, db)


def arrived(call: Call, db: Session) -> Reply:
    """A parcel, or all that is under way, has arrived."""
    told: Delivery = call.body
    view = own_order(call, db)
    known = {each.id: each for each in view.parcels}
    if told.parcel is not None and told.parcel not in known:
        raise NotOnItsWay(state=view.order.state)
    about = [known[told.parcel]] if told.parcel is not None else view.parcels
    if told.at is not None:
        if told.at.tzinfo is None:
            raise wrong("Say it with a time zone, such as 2026-11-24T09:30:00Z.", "/at")
        if told.at > call.now or any(told.at < each.dispatched_at for each in about):
            raise wrong("It cannot have arrived before it left, nor later than now.", "/at")
    person = call.staff.person.id
    deliver(db, view.order, source=told.source, person=person, now=call.now, parcel=told.parcel, at=told.at)
    return _after(call, db)


def _after(call: Call, db: Session) -> Reply:
    db.flush()
    db.expire_all()
    return Reply(whole(call, db, own_order(call, db)))


def _form(sent: Dispatch, signature: str) -> Form:
    """The dispatch as the form of the desk has it."""
    values = {"signature": signature, **dict.fromkeys(sent.confirmed, "yes")}
    for each in sent.items:
        values[f"pieces-{each.sku}"] = str(each.pieces)
        values |= {f"serial-{each.sku}-{place}": serial for place, serial in enumerate(each.serials, 1)}
        for place, lot in enumerate(each.lots, 1):
            values[f"lot-{each.sku}-{place}"] = lot.lot
            values[f"best_before-{each.sku}-{place}"] = lot.best_before.isoformat() if lot.best_before else ""
    return Form(values)


def _error(sent: Dispatch, field: str, told: str) -> Wrong:
    """Where in the body the field of the form stands."""
    what, _, rest = field.partition("-")
    for place, each in enumerate(sent.items):
        if what in POINTERS and (rest == each.sku or rest.rpartition("-")[0] == each.sku):
            number = rest.removeprefix(each.sku).removeprefix("-")
            at = f"/{int(number) - 1}" if number.isdigit() else ""
            return Wrong(where="body", pointer=f"/items/{place}/{POINTERS[what]}{at}", detail=told)
    return Wrong(where="body", pointer="/items" if what in POINTERS else "/confirmed", detail=f"{field}: {told}")


DISPATCH = Operation(
    method="POST", path="/orders/{number}/parcels", name="dispatchOrder", scope="orders:write", act=send_parcel,
    gives=OrderWhole, reads=Dispatch, session="writing", status=201, within=own_order,
    summary="A parcel leaves, its dispatch checklist signed in the name of the token's person. The customer is told.",
    also={409: "It cannot leave: the order's state, a stopped sale, a missing paper or a serial that is taken."},
    example={
        "carrier": "NZ Post", "tracking": "LX123456785NZ", "weight_g": 4600,
        "items": [{"sku": "HB-SP-BS", "pieces": 1}], "confirmed": ["contents", "sealed"],
    },
)  # fmt: skip
DELIVER = Operation(
    method="POST", path="/orders/{number}/delivery", name="deliverOrder", scope="orders:write", act=arrived,
    gives=OrderWhole, reads=Delivery, session="writing", within=own_order,
    summary="What was under way has arrived: one parcel, or all. The customer is told.",
    also={409: "Nothing of the kind is under way."}, example={"source": "carrier"},
)  # fmt: skip

HANDLERS = [door(each) for each in (DISPATCH, DELIVER)]
