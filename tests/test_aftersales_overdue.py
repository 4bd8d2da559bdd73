"""Money that is overdue: who is told, when, and when nobody is."""

from datetime import date, timedelta
from typing import Any

import pytest

from shop.aftersales.cases.overdue import by_market, overdue
from shop.checkout.models import Order
from shop.checkout.refunds import ask_refund
from shop.markets.models import Exporter
from tests.aftersales import arrived, body, bought, change_case, withdrawn
from tests.refunding import Provider
from tests.world import World, text


@pytest.fixture
def filed(sqlite_world: World) -> tuple[World, str, str]:
    """A blender that arrived, was withdrawn from, and whose sending was proven."""
    customer = sqlite_world.browser("de")
    order = bought(sqlite_world, customer)
    arrived(sqlite_world, order)
    case = withdrawn(customer, order=order)
    change_case(sqlite_world, case, sent_back_at=sqlite_world.clock.now)
    return sqlite_world, order, case


def found(world: World, **more: Any) -> list[tuple[str, date, int]]:
    with world.house.database.reading() as db:
        rows = overdue(db, world.house.policies, now=world.clock.now, **more)
        return [(each.case.number, each.since, each.owed.minor) for each in rows]


def test_the_last_day_is_in_time_and_the_next_is_not(filed: tuple[World, str, str]) -> None:
    world, _order, case = filed
    world.clock.now += timedelta(days=14)
    assert found(world) == []
    world.clock.now += timedelta(days=1)
    assert found(world) == [(case, date(2026, 12, 8), 229_00)]
    assert found(world, markets=frozenset({"jp"})) == [] and len(found(world, markets=frozenset({"de"}))) == 1


def test_the_day_ends_where_the_customer_is(filed: tuple[World, str, str]) -> None:
    world, _order, _case = filed
    world.clock.now = world.clock.now.replace(month=12, day=8, hour=22, minute=59)  # 23:59 in Hamburg
    assert found(world) == []
    world.clock.now += timedelta(minutes=1)
    assert len(found(world)) == 1


def test_nothing_is_overdue_while_we_may_wait_or_when_the_money_is_on_its_way(filed: tuple[World, str, str]) -> None:
    world, order, case = filed
    world.clock.now += timedelta(days=20)
    change_case(world, case, sent_back_at=None)
    assert found(world) == []
    change_case(world, case, sent_back_at=world.clock.now)
    assert len(found(world)) == 1
    with world.house.database.writing() as db:
        asked = {"ground": "withdrawal", "case": case, "key": "k", "person": "mere", "now": world.clock.now}
        ask_refund(db, db.get_one(Order, order), 229_00, **asked)
    assert found(world) == []


@pytest.mark.parametrize("state", ["refused", "done", "taken_back"])
def test_what_is_over_is_not_overdue(filed: tuple[World, str, str], state: str) -> None:
    world, _order, case = filed
    world.clock.now += timedelta(days=20)
    change_case(world, case, state=state)
    assert found(world) == []


def test_the_exporter_is_told_once_and_desk_and_board_show_it(filed: tuple[World, str, str]) -> None:
    world, _order, case = filed
    with world.house.database.reading() as db:
        exporter = db.get_one(Exporter, 1).email
    for _day in range(3):
        world.later(days=15)
    [mail] = [each for each in world.mails(exporter) if case in each["Subject"]]
    assert "229.00" in body(mail) and f"/desk/cases/{case}" in body(mail) and "December 8, 2026" in body(mail)
    mere = world.signed_in("mere")
    for page in ("/desk/cases", "/desk/cases?tab=overdue", f"/desk/cases/{case}"):
        assert "Money overdue since December 8, 2026" in text(mere.get(page).text), page
    board = mere.get("/console")
    assert "1 refund is overdue." in text(board.text) and 'href="/desk/cases?tab=overdue&amp;market=de"' in board.text
    assert "1 open case" in text(board.text)
    with world.house.database.reading() as db:
        assert by_market(overdue(db, world.house.policies, now=world.clock.now)) == {"de": 1}


def test_the_board_names_refunds_that_were_refused_until_they_are_asked_again(
    filed: tuple[World, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, order, case = filed
    provider = Provider(mood="no")
    monkeypatch.setattr(world.house.payments, "refund", provider.refund)
    asked: dict[str, Any] = {"ground": "withdrawal", "case": case, "person": "mere"}
    with world.house.database.writing() as db:
        ask_refund(db, db.get_one(Order, order), 100, key="a", now=world.clock.now, **asked)
    world.work()
    mere = world.signed_in("mere")
    assert f"The payment service refused a refund. Order: {order}" in text(mere.get("/console").text)
    with world.house.database.writing() as db:
        ask_refund(db, db.get_one(Order, order), 100, key="b", now=world.clock.now + timedelta(minutes=1), **asked)
    assert "refused a refund" not in text(mere.get("/console").text)
