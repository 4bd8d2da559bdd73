"""Dispatch by the signed checklist: in several parcels, with serials and lots, and never without the papers."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select, update

from shop.aftersales.cases.filing import Filing, file_case
from shop.aftersales.cases.handling import accept
from shop.aftersales.cases.views import case_view
from shop.aftersales.rights import Verdict
from shop.base.outbox import Effect
from shop.catalogue.models import Certificate, ResponsiblePerson
from shop.checkout.dispatch import NotToBeDispatched, PapersMissing, deliver, dispatch, left_to_send, withhold
from shop.checkout.models import Order, OrderEvent, OwnedItem, Parcel, ParcelLine
from shop.checkout.orders import order_view
from shop.checkout.packing import Packing, Piece, keep_packing
from shop.checkout.parcel_desk import as_packed
from shop.markets.models import Market
from shop.staff.checklists import Checklist
from shop.staff.models import Person, SignedChecklist
from tests.aftersales import bought_now, withdrawn
from tests.buying import BLENDER, at_once, paid, stock_of
from tests.packing import arrive, asked_fields, fresh_serial, send
from tests.world import ANNA, World, text

YOGHURT, CREAM, BRUSHES, GRANOLA = "HB-YM-UNI", "HB-CO-FC", "HB-CN-BR", "HB-FD-GR"


def leave(db: Session, order: Order, world: World, **values: object) -> Parcel:
    market = db.get_one(Market, order.market)
    given = {"carrier": "DHL", "tracking": "JD01", "person": "mere", "now": world.clock.now}
    return dispatch(db, order, market, **(given | values))  # type: ignore[arg-type]


def events(world: World, number: str) -> list[str]:
    with world.house.database.reading() as db:
        query = select(OrderEvent.kind).where(OrderEvent.order_number == number).order_by(col(OrderEvent.id))
        return list(db.exec(query).all())


def test_an_order_in_two_parcels_is_dispatched_with_the_last_and_delivered_with_the_last(world: World) -> None:
    order, before = paid(world, {YOGHURT: 2, BRUSHES: 3}), stock_of(world, BRUSHES)
    with world.house.database.writing() as db:
        first = leave(db, order, world, pieces={YOGHURT: 1, BRUSHES: 3}, tracking="JD01")
    assert the_order_state(world, order) == "paid" and stock_of(world, BRUSHES) == (before[0] - 3, 0, 0)
    with world.house.database.reading() as db:
        assert left_to_send(db, order) == {YOGHURT: 1}
        assert order_view(db, order.number).in_parts
    with world.house.database.writing() as db:
        second = leave(db, order, world, pieces={YOGHURT: 1}, tracking="JD02")
    assert the_order_state(world, order) == "dispatched" and stock_of(world, YOGHURT)[2] == 0
    world.later(days=3)
    with world.house.database.writing() as db:
        deliver(db, order, source="carrier", person="mere", now=world.clock.now, parcel=second.id)
    assert the_order_state(world, order) == "dispatched"
    world.later(days=2)
    with world.house.database.writing() as db:
        deliver(db, order, source="staff", person="mere", now=world.clock.now, parcel=first.id)
    with world.house.database.reading() as db:
        view = order_view(db, order.number)
        assert [(each.delivered_source, each.delivered_at) for each in view.parcels] == [
            ("staff", world.clock.now),
            ("carrier", world.clock.now - timedelta(days=2)),
        ]
        assert view.order.delivered_at == world.clock.now and view.order.state == "delivered"
        assert view.packed == {first.id: {YOGHURT: 1, BRUSHES: 3}, second.id: {YOGHURT: 1}}
    assert events(world, order.number)[2:] == ["parcel 1", "dispatched", "parcel 2 delivered", "delivered"]
    world.work()
    told = [mail["Subject"] for mail in world.mails(ANNA["email"])]
    assert len(told) == 5 and len(set(told)) >= 3
    bodies = [mail.get_body(("plain",)).get_content() for mail in world.mails(ANNA["email"])]  # type: ignore[union-attr]
    assert "JD01" in bodies[1] and "JD02" in bodies[2]


def test_more_than_is_left_never_leaves(sqlite_world: World) -> None:
    order = paid(sqlite_world, {YOGHURT: 2})
    for pieces in ({YOGHURT: 3}, {BLENDER: 1}, {YOGHURT: -1}, {YOGHURT: 0}, {}):
        with pytest.raises(NotToBeDispatched), sqlite_world.house.database.writing() as db:
            leave(db, order, sqlite_world, pieces=pieces)
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(Parcel)).all() == [] and left_to_send(db, order) == {YOGHURT: 2}


def test_without_a_paper_nothing_leaves_and_the_answer_names_it(sqlite_world: World) -> None:
    order = paid(sqlite_world, {BLENDER: 1, CREAM: 1})
    with sqlite_world.house.database.writing() as db:
        held = db.get_one(Certificate, ("de", "mains", "CE + declaration of conformity"))
        held.valid_until = (sqlite_world.clock.now - timedelta(days=40)).date()
        db.add(held)
        db.add(db.get_one(ResponsiblePerson, ("de", "cosmetic")).sqlmodel_update({"name": ""}))
    with pytest.raises(PapersMissing) as refused, sqlite_world.house.database.writing() as db:
        leave(db, order, sqlite_world)
    assert [(each.sku, each.why) for each in refused.value.values["missing"]] == [
        (BLENDER, "expired"),
        (CREAM, "nobody"),
    ]
    desk = sqlite_world.signed_in("mere")
    page = text(desk.get(f"/desk/orders/{order.number}").text)
    assert "papers are missing" in page and "CE + declaration of conformity, expired on" in page
    fields = {"pieces-HB-BL-230": "1", "pieces-HB-CO-FC": "1", **asked_fields("")}
    fields |= {f"serial-{BLENDER}-1": fresh_serial(BLENDER), f"lot-{CREAM}-1": "L26331B"}
    fields |= {f"best_before-{CREAM}-1": "2028-01-31"}
    fields |= dict.fromkeys(("contents", "plug", "manual", "sealed"), "yes")
    answer = desk.post(f"/desk/orders/{order.number}/parcels", fields)
    assert answer.status_code == 409 and "CE + declaration of conformity" in answer.text
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(OwnedItem)).all() == [] and db.exec(select(SignedChecklist)).all() == []


def test_what_has_its_papers_can_leave_before_the_rest(sqlite_world: World) -> None:
    order, desk = paid(sqlite_world, {BLENDER: 1, CREAM: 1}), sqlite_world.signed_in("mere")
    with sqlite_world.house.database.writing() as db:
        db.add(db.get_one(ResponsiblePerson, ("de", "cosmetic")).sqlmodel_update({"name": ""}))
    assert send(desk, order.number).status_code == 303
    with sqlite_world.house.database.reading() as db:
        assert left_to_send(db, order) == {CREAM: 1}
    assert "/parcels" not in desk.get(f"/desk/orders/{order.number}").text


def test_what_was_packed_is_kept_with_serial_lot_and_the_signed_checklist(sqlite_world: World) -> None:
    order = paid(sqlite_world, {BLENDER: 2, GRANOLA: 2})
    desk = sqlite_world.signed_in("mere")
    serials = [fresh_serial(BLENDER), fresh_serial(BLENDER)]
    written = [serials[0].lower().replace("-", " "), serials[1]]
    given = {f"serial-{BLENDER}-1": written[0], f"serial-{BLENDER}-2": written[1], f"lot-{GRANOLA}-2": "l26 340 C"}
    assert send(desk, order.number, weight="9,6", **given).status_code == 303
    with sqlite_world.house.database.reading() as db:
        kept = db.exec(select(OwnedItem).order_by(col(OwnedItem.id))).all()
        signed = db.exec(select(SignedChecklist)).one()
        parcel = db.exec(select(Parcel)).one()
        assert [each.quantity for each in db.exec(select(ParcelLine).order_by(ParcelLine.sku)).all()] == [2, 2]
    assert [each.serial for each in kept if each.serial] == serials
    assert [each.lot for each in kept if each.lot] == ["L26331B", "L26340C"] and kept[-1].best_before is not None
    assert (signed.person, signed.signature, signed.subject) == ("mere", "Mere Tauranga", f"order:{order.number}")
    assert len(signed.hash) == 64 and serials[0] in signed.answers and parcel.weight_g == 9600
    assert serials[0] in desk.get(f"/desk/orders/{order.number}").text


WRONG = {
    f"serial-{BLENDER}-1": ("HBBL2634-00417-A", "mistyped"),
    f"serial-{BLENDER}-2": ("", "enter the serial"),
    f"lot-{CREAM}-1": ("L26399B", "A lot looks like this"),
    "signature": ("Somebody Else", "sign with your own name"),
    "carrier": ("", "name the carrier"),
    "weight": ("heavy", "kilograms"),
    f"pieces-{CREAM}": ("2", "whole number from 0 to 1"),
}


@pytest.mark.parametrize("field", WRONG)
def test_what_is_wrong_is_told_at_its_field_and_nothing_else_is_lost(sqlite_world: World, field: str) -> None:
    order = paid(sqlite_world, {BLENDER: 2, CREAM: 1})
    value, told = WRONG[field]
    desk = sqlite_world.signed_in("mere")
    answer = send(desk, order.number, tracking="JD55", **{field: value})
    assert answer.status_code == 422 and told in text(answer.text) and f'id="f-{field}-error"' in answer.text
    assert 'value="JD55"' in answer.text or field == "tracking"
    assert the_order_state(sqlite_world, order) == "paid"
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(Parcel)).all() == []


def test_a_serial_leaves_once_until_it_comes_back(world: World) -> None:
    first, second = paid(world, {BLENDER: 1}), paid(world, {BLENDER: 1}, "k2")
    desk, serial, field = world.signed_in("mere"), fresh_serial(BLENDER), f"serial-{BLENDER}-1"
    assert send(desk, first.number, **{field: serial}).status_code == 303
    answer = send(desk, second.number, **{field: serial})
    assert answer.status_code == 422 and first.number in answer.text
    with world.house.database.writing() as db:
        item = db.exec(select(OwnedItem)).one()
        db.add(item.sqlmodel_update({"returned_at": world.clock.now}))
    assert send(desk, second.number, **{field: serial}).status_code == 303


def test_of_two_who_pack_the_same_serial_at_once_only_one_does(world: World) -> None:
    first, second = paid(world, {BLENDER: 1}), paid(world, {BLENDER: 1}, "k2")
    tongue, serial = world.house.languages.tongue("en"), fresh_serial(BLENDER)
    packing = Packing({BLENDER: 1}, (Piece(BLENDER, serial),), Checklist("dispatch", ()), {}, "Mere Tauranga")

    def pack(place: int) -> None:
        with world.house.database.writing() as db:
            parcel = leave(db, (first, second)[place], world)
            mere = db.get_one(Person, "mere")
            keep_packing(db, parcel, packing, person=mere, tongue=tongue, now=world.clock.now)

    came = at_once(2, pack)
    assert sorted(type(each).__name__ for each in came) == ["NoneType", "SerialTaken"]
    with world.house.database.reading() as db:
        assert [each.serial for each in db.exec(select(OwnedItem)).all()] == [serial]
        assert len(db.exec(select(Parcel)).all()) == 1


def test_a_serial_of_another_model_or_twice_in_a_parcel_is_refused(sqlite_world: World) -> None:
    order = paid(sqlite_world, {BLENDER: 2})
    desk, serial = sqlite_world.signed_in("mere"), fresh_serial(BLENDER)
    twice = send(desk, order.number, **{f"serial-{BLENDER}-1": serial, f"serial-{BLENDER}-2": serial})
    assert twice.status_code == 422 and "stands here twice" in twice.text
    other = send(desk, order.number, **{f"serial-{BLENDER}-1": fresh_serial(YOGHURT)})
    assert other.status_code == 422 and "another model" in other.text


def test_the_form_takes_a_part_now_and_the_rest_later_and_the_customer_sees_both(sqlite_world: World) -> None:
    order = paid(sqlite_world, {BLENDER: 2})
    desk = sqlite_world.signed_in("mere")
    part = {f"pieces-{BLENDER}": "1", f"serial-{BLENDER}-2": "", "tracking": "JD01"}
    assert send(desk, order.number, **part).status_code == 303
    assert arrive(desk, order.number, source="carrier").status_code == 303
    assert send(desk, order.number, tracking="JD02").status_code == 303
    with sqlite_world.house.database.reading() as db:
        payloads = [each.payload for each in db.exec(select(Effect).where(Effect.kind == "order mail")).all()]
        assert sum('"parcel"' in each for each in payloads) == 3
        view = order_view(db, order.number)
    assert view.order.state == "dispatched"
    assert view.parcels[0].delivered_source == "carrier" and view.parcels[1].delivered_at is None
    page = text(desk.get(f"/desk/orders/{order.number}").text)
    assert "Parcel 1" in page and "Parcel 2" in page and "says the carrier" in page


def test_a_day_of_delivery_before_the_parcel_left_or_ahead_is_refused(sqlite_world: World) -> None:
    order, desk = paid(sqlite_world, {BRUSHES: 1}), sqlite_world.signed_in("mere")
    assert send(desk, order.number).status_code == 303
    sqlite_world.later(days=5)
    desk = sqlite_world.signed_in("mere")
    for day in ("2026-11-01", "2027-01-01", "soon"):
        assert arrive(desk, order.number, on=day).status_code == 422
    assert arrive(desk, order.number, on="2026-11-27").status_code == 303
    with sqlite_world.house.database.reading() as db:
        delivered = db.get_one(Order, order.number).delivered_at
    assert delivered is not None and delivered.isoformat() == "2026-11-27T22:59:00+00:00"


def the_order_state(world: World, order: Order) -> str:
    with world.house.database.reading() as db:
        return db.get_one(Order, order.number).state


def test_what_was_given_up_before_it_left_is_not_sent_and_can_be_sold_again(world: World) -> None:
    order, before = paid(world, {YOGHURT: 2, BRUSHES: 1}), stock_of(world, BRUSHES)
    with world.house.database.writing() as db:
        assert withhold(db, order, {BRUSHES: 3, BLENDER: 1}, person="mere", now=world.clock.now) == {BRUSHES: 1}
    assert stock_of(world, BRUSHES) == (before[0], 0, before[2] - 1)
    with world.house.database.writing() as db:
        assert left_to_send(db, order) == {YOGHURT: 2}
        leave(db, order, world, pieces={YOGHURT: 1})
    assert the_order_state(world, order) == "paid"
    with world.house.database.writing() as db:
        assert withhold(db, order, {YOGHURT: 2}, person="mere", now=world.clock.now) == {YOGHURT: 1}
    assert the_order_state(world, order) == "dispatched" and stock_of(world, YOGHURT)[2] == 0
    with world.house.database.writing() as db:
        assert withhold(db, order, {YOGHURT: 1}, person="mere", now=world.clock.now) == {}
    with world.house.database.writing() as db:
        deliver(db, db.get_one(Order, order.number), source="carrier", person="mere", now=world.clock.now)
    window = bought_now(world, order.number).items[YOGHURT].window
    assert window.ends is not None, "what was given up before it left is not waited for"


def test_a_case_accepted_for_money_back_keeps_its_pieces_in_the_house(sqlite_world: World) -> None:
    order = paid(sqlite_world, {YOGHURT: 1, BRUSHES: 1})
    now, policies = sqlite_world.clock.now, sqlite_world.house.policies
    filing = Filing(
        door="return",
        market="de",
        language="de",
        name=order.name,
        email=order.email,
        key="k",
        lines={BRUSHES: 1},
        serials={},
        holds={BRUSHES: Verdict("in_time", (), "")},
    )
    with sqlite_world.house.database.writing() as db:
        case = file_case(db, order, filing, now=now)
        accept(db, case_view(db, case, policies), "refund", grounds="in time", person="mere", now=now)
        assert left_to_send(db, order) == {YOGHURT: 1}


def test_the_first_parcel_says_since_when_something_has_left(sqlite_world: World) -> None:
    order = paid(sqlite_world, {YOGHURT: 2})
    first = sqlite_world.clock.now
    for _each in range(2):
        with sqlite_world.house.database.writing() as db:
            leave(db, order, sqlite_world, pieces={YOGHURT: 1})
        sqlite_world.clock.now += timedelta(days=1)
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Order, order.number).dispatched_at == first


def test_an_order_with_a_case_leaves_only_when_somebody_vouches_that_they_have_looked_at_it(
    sqlite_world: World,
) -> None:
    order, desk = paid(sqlite_world, {BRUSHES: 1}), sqlite_world.signed_in("mere")
    page = desk.get(f"/desk/orders/{order.number}").text
    assert 'name="cases"' not in page and "A case was filed" not in page
    withdrawn(sqlite_world.browser("de"), contract=order.number)
    page = desk.get(f"/desk/orders/{order.number}").text
    assert "A case was filed about this order" in page and f"/desk/cases?order={order.number}" in page
    refused = send(desk, order.number, cases="")
    assert refused.status_code == 422 and "tick this only if it is so" in refused.text
    assert send(desk, order.number).status_code == 303


def test_a_case_filed_while_the_form_was_read_keeps_the_parcel(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = paid(sqlite_world, {BLENDER: 1})

    def packed_and_filed(db: Session, read: Order) -> Order:
        mine = update(Order).where(col(Order.number) == read.number)
        db.connection().execute(mine.values(after_sales=True))
        return as_packed(db, read)

    monkeypatch.setattr("shop.checkout.parcel_desk.as_packed", packed_and_filed)
    answer = send(sqlite_world.signed_in("mere"), order.number)
    assert answer.status_code == 422 and "A case was filed about this order meanwhile" in text(answer.text)
    assert the_order_state(sqlite_world, order) == "paid"


def test_of_what_was_given_up_before_it_left_no_empty_parcel_leaves(sqlite_world: World) -> None:
    order = paid(sqlite_world, {YOGHURT: 1})
    with sqlite_world.house.database.writing() as db:
        assert withhold(db, order, {YOGHURT: 1}, person="mere", now=sqlite_world.clock.now) == {YOGHURT: 1}
    with pytest.raises(NotToBeDispatched), sqlite_world.house.database.writing() as db:
        leave(db, order, sqlite_world)
    assert the_order_state(sqlite_world, order) == "paid"
    assert "/parcels" not in sqlite_world.signed_in("mere").get(f"/desk/orders/{order.number}").text


def test_when_the_rest_is_given_up_after_the_first_parcel_arrived_the_order_has_arrived(sqlite_world: World) -> None:
    order, there = paid(sqlite_world, {YOGHURT: 2}), sqlite_world.clock.now
    with sqlite_world.house.database.writing() as db:
        leave(db, order, sqlite_world, pieces={YOGHURT: 1})
    with sqlite_world.house.database.writing() as db:
        deliver(db, order, source="carrier", person="mere", now=there)
    sqlite_world.clock.now += timedelta(days=1)
    with sqlite_world.house.database.writing() as db:
        assert withhold(db, order, {YOGHURT: 1}, person="mere", now=sqlite_world.clock.now) == {YOGHURT: 1}
    with sqlite_world.house.database.reading() as db:
        kept = db.get_one(Order, order.number)
    assert (kept.state, kept.delivered_at, kept.delivered_source) == ("delivered", there, "carrier")
