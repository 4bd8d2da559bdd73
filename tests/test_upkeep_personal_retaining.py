"""What stays of somebody who was erased, for how long, and the periodic work that ends it."""

import json
import os
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from shop.aftersales.recalls.scope import Scope, found_in, read_bound
from shop.checkout.models import OrderLine, OwnedItem, Parcel
from shop.support.requests.attachments import Shelf
from shop.upkeep.models import Erasure, RetainedRecord
from shop.upkeep.personal import sweeping
from shop.upkeep.personal.acting import erase_person, export
from shop.upkeep.personal.erasing import NothingKept
from shop.upkeep.personal.inventory import inventory
from shop.upkeep.personal.retaining import retained, told
from tests.doors import BLENDER
from tests.erasing import ASKED, done, erased, house, street
from tests.personal import MAIL, NAME, STREET, Left, keeper_of, rows
from tests.serials import serial
from tests.world import World

__all__ = ["done", "house", "street"]  # fixtures


def test_the_invoice_is_kept_apart_as_long_as_the_privacy_policy_says_and_never_changed(
    house: World, done: Left
) -> None:
    erased(house)

    with house.house.database.reading() as db:
        [record] = retained(db, [done.order])
    said = told(record)
    assert (said["until"], said["rule"], said["name"]) == ("2036-12-31", "de privacy, retention_years: 10", NAME)
    assert said["address"]["street_address"] == STREET and MAIL not in json.dumps(said)
    with pytest.raises(DBAPIError, match="never changed"), house.house.database.writing() as db:
        db.connection().execute(sql("UPDATE retained_record SET content = '{}'"))


def test_whoever_is_killed_right_after_it_leaves_nothing_that_the_periodic_work_does_not_finish(
    house: World, done: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    keeper = keeper_of(house)
    with monkeypatch.context() as patched:
        patched.setattr(Shelf, "remove", killed)
        with pytest.raises(KeyboardInterrupt):
            erase_person(keeper, MAIL, **ASKED, now=house.clock.now)
    assert (keeper.data_dir / "erased.jsonl").exists()
    assert not [name for name, mail in keeper.outbox.kept() if MAIL in str(mail["To"])]
    files = [each for each in keeper.shelf.folder.rglob("*") if each.is_file()]
    assert files
    for each in files:
        os.utime(each, (0, 0))  # sent long before anybody looks through what is new
    house.later(minutes=2)
    assert not [each for each in files if each.exists()]


def test_the_periodic_work_sweeps_and_ends_what_was_kept_long_enough(house: World, done: Left) -> None:
    erase_person(keeper_of(house), MAIL, **ASKED, now=house.clock.now)
    house.later(minutes=2)
    assert [each.swept_at for each in rows(house, Erasure)] == [house.clock.now]

    house.at(datetime(2037, 1, 1, 11, 30, tzinfo=UTC))  # where the day ends last it is still the last of December

    assert len(rows(house, RetainedRecord)) == 1

    house.at(datetime(2037, 1, 2, tzinfo=UTC))

    assert rows(house, RetainedRecord) == []
    assert [each.swept_at for each in rows(house, Erasure)] == [house.clock.now]


def test_a_large_database_is_swept_at_night(house: World, done: Left, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE_UP_TO", 1)
    erase_person(keeper_of(house), MAIL, **ASKED, now=house.clock.now)
    house.later(hours=1)
    assert [each.swept_at for each in rows(house, Erasure)] == [None]

    house.at(datetime(2026, 11, 25, 14, 30, tzinfo=UTC))  # 3:30 in Nelson

    assert [each.swept_at for each in rows(house, Erasure)] == [house.clock.now]


def test_a_recall_still_finds_a_piece_that_was_sold_to_who_is_erased(house: World, done: Left) -> None:
    bears, claimed = serial("HBBL2618-00001"), serial("HBBL2618-00002")
    with house.house.database.writing() as db:
        parcel = db.exec(select(Parcel).where(Parcel.order_number == done.order)).one()
        db.add(OwnedItem(order_number=done.order, parcel=parcel.id or 0, sku=BLENDER, serial=bears))
        line = db.exec(select(OrderLine).where(OrderLine.order_number == done.order)).first()
        assert line is not None
        line.serial = claimed

    erased(house)

    scope = Scope(skus=frozenset({BLENDER}), first=read_bound(bears), last=read_bound(bears))
    with house.house.database.reading() as db:
        assert bears in [item for each in found_in(db, scope).orders if each.order == done.order for item in each.items]
    assert [each.serial for each in rows(house, OrderLine) if each.order_number == done.order] == [""]
    assert "owned_item" in {each.table.name for each in inventory() if each.of("safety")}
    with pytest.raises(NothingKept):  # and the serial leads to nobody any more
        export(keeper_of(house), MAIL, now=house.clock.now)
