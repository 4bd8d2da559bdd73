"""Which orders a recall concerns: the bounds as a table of cases, then what is counted from what was sent."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from shop.aftersales.models import Case, CaseLine
from shop.aftersales.recalls.scope import Bound, Found, Marked, Scope, Sent, affected, found_in, read_bound
from shop.checkout.models import Order, OwnedItem
from tests.buying import BLENDER
from tests.recalling import sold
from tests.serials import serial
from tests.world import TUESDAY, World

SKU = frozenset({BLENDER})
RANGE = Scope(skus=SKU, first=read_bound("HBBL2618-00001"), last=read_bound("HBBL2621-02400"))
DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("HBBL2618-00001", Bound("HBBL", "261800001")),
        ("hbbl 2618 00001", Bound("HBBL", "261800001")),
        (serial("HBBL2618-00001"), Bound("HBBL", "261800001")),
        ("ＨＢＢＬ２６１８ー٠٠٠٠١", Bound("HBBL", "261800001")),
        ("HBBL2618-00001-I", None),
        ("HBBL2600-00001", None),
        ("HBBL2654-00001", None),
        ("HBBL2618-0001", None),
        ("", None),
    ],
)
def test_an_end_of_a_range_is_read_with_and_without_its_check_letter(written: str, read: Bound | None) -> None:
    assert read_bound(written) == read


@pytest.mark.parametrize(
    ("written", "standing"),
    [
        ("HBBL2617-99999", "out"),
        ("HBBL2618-00000", "out"),
        ("HBBL2618-00001", "in"),
        ("HBBL2619-99999", "in"),
        ("HBBL2621-02400", "in"),
        ("HBBL2621-02401", "out"),
        ("HBBL2622-00001", "out"),
        ("HBKE2619-00001", "out"),
        ("", "unknown"),
        ("scratched off", "unknown"),
    ],
)
def test_serials_run_by_model_week_and_number(written: str, standing: str) -> None:
    assert RANGE.standing(written, "", DAY) == standing
    if standing != "unknown":  # the check letter changes nothing
        assert RANGE.standing(serial(written), "", DAY) == standing


@pytest.mark.parametrize(
    ("bounds", "serial_", "lot", "standing"),
    [
        ({}, "", "", "in"),
        ({"lots": frozenset({"L26331B"})}, "", "L26331B", "in"),
        ({"lots": frozenset({"L26331B"})}, "", "L26332B", "out"),
        ({"lots": frozenset({"L26331B"})}, "", "", "unknown"),
        ({"sent_from": DAY}, "", "", "in"),
        ({"sent_from": DAY + timedelta(days=1)}, "", "", "out"),
        ({"sent_until": DAY}, "", "", "in"),
        ({"sent_until": DAY - timedelta(days=1)}, "", "", "out"),
        ({"first": read_bound("HBBL2618-00001")}, "HBBL2650-00001", "", "in"),
        ({"last": read_bound("HBBL2618-00001")}, "HBBL2550-00001", "", "in"),
        ({"first": read_bound("HBBL2618-00001"), "sent_until": DAY - timedelta(days=1)}, "", "", "out"),
        ({"first": read_bound("HBBL2618-00001"), "lots": frozenset({"L26331B"})}, "", "L26332B", "out"),
    ],
)
def test_all_bounds_that_are_given_must_hold(bounds: dict[str, object], serial_: str, lot: str, standing: str) -> None:
    assert Scope(skus=SKU, **bounds).standing(serial_, lot, DAY) == standing  # type: ignore[arg-type]


def test_pieces_are_counted_and_what_came_back_is_not() -> None:
    sent = [Sent("A", "de", "de", 1, BLENDER, 4, DAY), Sent("B", "nz", "en", 2, BLENDER, 1, DAY)]
    marked = [
        Marked(1, BLENDER, "HBBL2619-00001", "", returned=False),
        Marked(1, BLENDER, "HBBL2619-00002", "", returned=True),
        Marked(1, BLENDER, "HBBL2630-00002", "", returned=False),
        Marked(2, BLENDER, "HBBL2630-00003", "", returned=False),
    ]
    found = affected(RANGE, sent, marked, {})
    [order] = found.orders
    assert (order.order, order.items, order.pieces, order.unknown) == ("A", ["HBBL2619-00001", BLENDER], 2, 1)
    assert found.sold == {"de": 3} and found.languages == ("de",)
    [order] = affected(RANGE, sent, marked, {("A", BLENDER): 1}).orders
    assert (order.items, order.pieces, order.unknown) == (["HBBL2619-00001"], 1, 0)


def concerned(world: World, scope: Scope) -> Found:
    with world.house.database.reading() as db:
        return found_in(db, scope)


def test_what_was_sent_is_found_and_what_was_never_noted_counts_as_concerned(world: World) -> None:
    inside, unnoted = serial("HBBL2619-00007"), ""
    named = sold(world, "named", inside)
    sold(world, "outside", serial("HBBL2634-00007"))
    unknown = sold(world, "unknown", unnoted)
    whole = sold(world, "whole", unnoted, noted=False)  # a parcel from before anybody noted what lies in one
    sold(world, "unsent", unnoted, unsent=True)
    test = sold(world, "test", serial("HBBL2619-00008"))
    with world.house.database.writing() as db:
        db.connection().execute(update(Order).where(col(Order.number) == test).values(test=True))
    found = concerned(world, RANGE)
    assert {each.order: (each.items, each.pieces, each.unknown) for each in found.orders} == {
        named: ([inside], 1, 0),
        unknown: ([BLENDER], 1, 1),
        whole: ([BLENDER], 1, 1),
    }
    assert found.sold == {"de": 3}
    assert len(concerned(world, Scope(skus=SKU)).orders) == 4
    assert concerned(world, Scope(skus=SKU, sent_from=DAY + timedelta(days=1))).orders == ()
    assert concerned(world, Scope(skus=frozenset({"HB-FC-50"}))).orders == ()


def test_pieces_that_came_back_concern_nobody(sqlite_world: World) -> None:
    known = sold(sqlite_world, "known", serial("HBBL2619-00011"))
    plain = sold(sqlite_world, "plain", "")
    with sqlite_world.house.database.writing() as db:
        mine = update(OwnedItem).where(col(OwnedItem.order_number) == known)
        db.connection().execute(mine.values(returned_at=TUESDAY))
        for number, case in ((known, "RT-1"), (plain, "RT-2")):
            db.add(_returned(number, case))
            db.flush()
            db.add(CaseLine(case=case, sku=BLENDER, quantity=1, received=1))
    found = concerned(sqlite_world, RANGE)
    assert found.orders == () and found.sold == {"de": 2}


def _returned(order: str, number: str) -> Case:
    return Case(
        number=number,
        door="return",
        market="de",
        language="de",
        order_number=order,
        name="Anna",
        email="anna@example.com",
        key=number,
        content="",
        state="goods_back",
        filed_at=TUESDAY,
    )
