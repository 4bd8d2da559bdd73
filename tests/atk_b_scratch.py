from typing import Any
import pytest
from sqlmodel import select
from shop.aftersales.models import Case, CaseLine
from shop.base.payments import PaymentRefused
from shop.checkout.models import Order, OrderLine, Parcel, Refund
from tests.aftersales import *
from tests.buying import BLENDER, stock_of
from tests.packing import send, arrive
from tests.test_aftersales_desk import act, give, accept, refunds, the_case, the_line
from tests.world import ANNA, text

@pytest.fixture
def filed(sqlite_world):
    customer = sqlite_world.browser("de")
    order = bought(sqlite_world, customer)
    arrived(sqlite_world, order)
    case = withdrawn(customer, order=order)
    sqlite_world.work()
    return sqlite_world, sqlite_world.signed_in("mere"), order, case

@pytest.mark.parametrize("v", ["1e2", "1_0", "1e999999", "٣", "1e-1", "+5", "1.234,56", "1,2345", "1e-99999999","sNaN", "0", "-3","0.001", "1e9999999999999999999"])
def test_amounts(filed, v):
    world, mere, order, case = filed
    accept(mere, case)
    a = give(mere, case, amount=v, refund_reason="x")
    print(repr(v), a.status_code, refunds(world, case))
    assert a.status_code == 422

def test_match_taken(filed):
    world, mere, order, case = filed
    c2 = withdrawn(world.browser("de"), email="other@example.com", contract="the blender of last week")
    a = act(mere, c2, "matching", order_number=order)
    print(a.status_code)
    assert a.status_code < 500
    print(the_case(world, c2), text(mere.get(f"/desk/cases/{c2}").text)[-900:])

def test_goodwill_round(filed):
    world, mere, order, case = filed
    a = act(mere, case, "decision", act="goodwill", remedy="refund", cost="0.01", goodwill_reason="x")
    print(a.status_code, the_case(world, case))
    assert a.status_code == 409

def test_refused_done(filed, monkeypatch):
    world, mere, order, case = filed
    def refuse(payment, amount, *, key):
        raise PaymentRefused("no such card")
    monkeypatch.setattr(world.house.payments, "refund", refuse)
    accept(mere, case)
    act(mere, case, "goods", **{f"received-{BLENDER}": "1", f"restock-{BLENDER}": "1"})
    assert give(mere, case).status_code == 303
    world.work()
    print(refunds(world, case), the_case(world, case).state)
    a = mere.get(f"/desk/cases/{case}")
    print("/refunds" in a.text, text(a.text)[-1500:])
    assert "/refunds" in a.text

def two(world, order):
    with world.house.database.writing() as db:
        db.connection().exec_driver_sql("UPDATE order_line SET quantity = 2")
        db.connection().exec_driver_sql(f"UPDATE stock SET sold = sold + 1 WHERE sku='{BLENDER}'")

def test_stuck(sqlite_world):
    world = sqlite_world
    c = world.browser("de")
    order = bought(world, c)
    two(world, order)
    mere = world.signed_in("mere")
    page = mere.get(f"/desk/orders/{order}")
    a = send(mere, order, **{f"pieces__{BLENDER.replace('-','__')}": "1", f"serial__{BLENDER.replace('-','__')}__2": ""})
    print(a.status_code, text(a.text)[-500:] if a.status_code != 303 else "")
    assert arrive(mere, order).status_code == 303
    case = withdrawn(c, order=order, **{f"pieces-{BLENDER}": "1"}) if False else withdrawn(c, order=order)
    accept(mere, case)
    with world.house.database.reading() as db:
        o = db.get_one(Order, order); print(o.state, o.dispatched_at, o.delivered_at, db.exec(select(OrderLine)).all())
    print(stock_of(world))
    a = act(mere, case, "goods", **{f"received-{BLENDER}": "2", f"restock-{BLENDER}": "2"})
    print("goods 2:", a.status_code, stock_of(world))
    if a.status_code != 303:
        a = act(mere, case, "goods", **{f"received-{BLENDER}": "1", f"restock-{BLENDER}": "1"})
        print("goods 1:", a.status_code, stock_of(world), the_case(world, case).state)
    print(text(mere.get(f"/desk/cases/{case}").text)[-1800:])

def test_empty_dispatch(sqlite_world):
    world = sqlite_world
    c = world.browser("de")
    order = bought(world, c)
    case = withdrawn(c, order=order)
    mere = world.signed_in("mere")
    accept(mere, case)
    a = send(mere, order)
    print(a.status_code, text(a.text)[-500:] if a.status_code != 303 else "")
    with world.house.database.reading() as db:
        print(db.get_one(Order, order).state)
    assert a.status_code != 303

def test_replacement_bogus(filed):
    world, mere, order, case = filed
    change_case(world, case, door="exchange", state="accepted", decision="entitled", remedy="replacement")
    a = act(mere, case, "replacement", replacement="XX-NONSENSE")
    print(a.status_code, the_case(world, case).replacement)
    assert a.status_code == 422
