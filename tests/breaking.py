"""A busy shop whose rows are broken by hand, and what of it the check finds.

A test module that takes the fixtures names them in its `__all__`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlmodel import Session

from shop.base.invariants import Broken
from shop.checkout.models import Order
from shop.checkout.refunds import ask_refund
from shop.launches.changing.transitions import change_state
from shop.markets.models import Market
from shop.staff.deeds import note
from shop.upkeep.editing.applying import Wanted
from shop.upkeep.editing.following import keep_change
from shop.upkeep.models import Erasure
from shop.upkeep.personal.invariants import nowhere
from shop.upkeep.proving import invariants
from tests.aftersales import DE, bought
from tests.conftest import ENGINES, world_on
from tests.doors import place, question
from tests.packing import arrive, send
from tests.world import ANNA, World

KEY = ("de", "standard")


@pytest.fixture(scope="module", params=ENGINES)
def busy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A shop in which orders were paid, sent, given back and left; nothing that a test does to it stays."""
    folder = tmp_path_factory.mktemp("busy")
    with world_on(request, folder) as world:
        _be_busy(world)
        yield world


def _be_busy(world: World) -> None:
    mere, anna = world.signed_in("mere"), world.browser("de")
    arrived, paid, refunded = (bought(world, world.browser("de")) for _order in range(3))
    left = place(anna, DE, ANNA)
    world.later(hours=2)
    assert _order(world, left).state == "cancelled"
    waiting = place(world.browser("de"), DE, {**ANNA, "email": "other@example.com"})
    assert send(mere, arrived).status_code == 303 and arrive(mere, arrived).status_code == 303
    question(anna, DE)
    sources = world.house.sources()
    with world.house.database.writing() as db:
        now = world.clock.now
        for number, key, minor in ((arrived, "part", 500), (refunded, "whole", _order(world, refunded).total)):
            order = db.get_one(Order, number)
            ask_refund(db, order, minor, ground="goodwill", key=key, person="mere", now=now)
        note(db, "ended", "lena", by="mere", now=now)
        rows = [Wanted("tax.csv", KEY, KEY, {"rate": "19"}, {"rate": "20"})]
        keep_change(db, rows, person="mere", reason="", undoes=None, now=now)
        db.add(Erasure(fingerprint="of nobody here", at=now, ground="asked", swept_at=now))
        version = db.get_one(Market, "ch").version
        change_state(
            db, "ch", "pause", person="mere", reason="Snow", version=version, sources=sources, now=now, mode="sell_stop"
        )
    world.work()
    states = [_order(world, each).state for each in (arrived, paid, refunded, left, waiting)]
    assert states == ["delivered", "paid", "refunded", "cancelled", "placed"]


def _order(world: World, number: str) -> Order:
    with world.house.database.reading() as db:
        return db.get_one(Order, number)


def found_of(db: Session, world: World, key: str) -> list[Broken]:
    """What the invariant of this key finds."""
    [asked] = [each for each in invariants(world.house.policies, nowhere) if each.key == key]
    return list(asked.broken(db, world.clock.now))


@contextmanager
def by_hand(world: World) -> Iterator[Session]:
    """As somebody with the database's own tools, whom no trigger, check or reference holds; nothing of it stays."""
    with world.house.database.keeping_nothing().writing() as db:
        connection = db.connection()
        if world.house.database.sqlite:
            for pragma in ("ignore_check_constraints = ON", "defer_foreign_keys = ON"):
                connection.execute(text(f"PRAGMA {pragma}"))
            for table in ("launch_event", "audit_entry"):
                for deed in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_{deed}"))
        else:
            connection.execute(text("ALTER TABLE stock DROP CONSTRAINT ck_stock_never_oversold"))
            connection.execute(text("ALTER TABLE launch_event DROP CONSTRAINT fk_launch_event_undoes"))
            for table in ("launch_event", "audit_entry"):
                connection.execute(text(f"DROP TRIGGER {table}_kept ON {table}"))
        yield db
        if world.house.database.sqlite:
            connection.execute(text("PRAGMA ignore_check_constraints = OFF"))
