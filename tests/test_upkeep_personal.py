"""One customer's data: every column known, all of it handed out, and after an erasure not a byte of it anywhere."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import text as sql
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from shop.aftersales.models import Case, Recall, RecallNotice
from shop.aftersales.recall_scope import Scope, found_in, read_bound
from shop.api.models import KeptAnswer
from shop.base.audit import AuditEntry
from shop.base.logs import set_up_logs
from shop.base.mail import Mail
from shop.base.outbox import Effect
from shop.catalogue.models import WaitingListEntry
from shop.checkout.models import CustomerAllowance, Dispute, Hold, Order, OrderLine, OwnedItem, Parcel, Refund
from shop.markets.exposure_models import Denial, Invitation
from shop.migrations.tables import METADATA
from shop.support.requests.attachments import Shelf
from shop.support.requests.models import Rating, Request
from shop.upkeep.models import Erasure, RetainedRecord
from shop.upkeep.personal import sweeping
from shop.upkeep.personal.acting import erase_again, erase_person, export, look, sweep_after
from shop.upkeep.personal.erasing import NotFinished, NothingKept
from shop.upkeep.personal.inventory import CLASSES, EMPTIED_BEFORE, EMPTY, OF_CUSTOMER, inventory
from shop.upkeep.personal.retaining import end_retained, retained, told
from tests.aftersales import DE, bought
from tests.doors import BLENDER
from tests.erasing import ASKED, Street, copy_of, erased, left_in, street_in
from tests.personal import (
    BYTES,
    INVOICED,
    MAIL,
    MARKS,
    NAME,
    STREET,
    Left,
    broken,
    finish,
    keeper_of,
    leave_data,
    rows,
    traces,
)
from tests.recalling import serial
from tests.world import CLAIRE, World


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Street:
    return street_in(tmp_path_factory.mktemp("street"), demo_file)


@pytest.fixture
def house(tmp_path: Path, street: Street) -> Iterator[World]:
    with copy_of(street, tmp_path / "house") as opened:
        yield opened


@pytest.fixture
def done(house: World, street: Street) -> Left:
    return left_in(house, street)


def test_every_column_is_classified_once() -> None:
    known = {each.table.name: [name for kind in CLASSES for name in each.columns.get(kind, ())] for each in inventory()}

    assert {name: sorted(columns) for name, columns in known.items()} == {
        name: sorted(column.name for column in table.columns) for name, table in METADATA.tables.items()
    }


def test_what_is_emptied_can_be_empty_and_rows_are_found_by_a_column_there_is() -> None:
    for each in inventory():
        assert not each.kind or each.key in each.table.c, each.table.name
        assert not each.by_words or each.of("words"), each.table.name
        keys = {column.name for column in each.table.primary_key.columns}
        assert each.removed or not each.kind or not keys & each.emptied().keys(), each.table.name
    emptied = {f"{each.table.name}.{name}" for each in inventory() for name in each.of(*OF_CUSTOMER)}
    assert {*EMPTY, *EMPTIED_BEFORE} <= emptied


def test_an_erased_customer_leaves_not_a_byte_but_what_an_invoice_must_hold(
    world: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("json")
    world.app._log = structlog.get_logger("http")
    left = leave_data(world)
    finish(world, left)
    assert {mark for mark in MARKS if not any(repr(mark) in each for each in traces(world, tmp_path, []))} == set()

    erased(world)

    logs = capfd.readouterr()
    assert logs.out.count('"event": "request"') > 20
    assert traces(world, tmp_path, logs, but=INVOICED) == []
    found = {each.partition(" in ")[2] for each in traces(world, tmp_path, logs)}
    assert found <= {"dump", "file softlaunch.db"}
    world.clock.now = datetime(2037, 1, 1, 11, tzinfo=UTC)  # where the day ends last it is still the last of December
    with world.house.database.writing() as db:
        assert end_retained(db, now=world.clock.now) == 0
    world.clock.now = datetime(2037, 1, 1, 12, tzinfo=UTC)
    with world.house.database.writing() as db:
        assert end_retained(db, now=world.clock.now) == 1
    sweep_after(keeper_of(world), now=world.clock.now)
    assert traces(world, tmp_path, capfd.readouterr()) == []


def test_after_it_everything_holds_and_money_and_counts_stand(world: World) -> None:
    done = leave_data(world)
    finish(world, done)
    with world.house.database.reading() as db:
        before = db.get_one(Order, done.order).model_dump()

    erased(world)

    with world.house.database.reading() as db:
        after = db.get_one(Order, done.order).model_dump()
    emptied = {"email", "name", "phone", "address", "business_number", "content", "visitor", "cart"}
    assert {name for name in before if before[name] != after[name]} <= emptied
    assert (after["email"], after["name"], after["address"]) == ("", "", "{}")
    assert rows(world, CustomerAllowance) == [] and [each.customer for each in rows(world, Hold)] == [""]
    assert broken(world) == []


def test_a_keyed_hash_is_emptied_to_nothing_and_as_earlier_versions_left_it_it_is_empty_too(
    house: World, done: Left
) -> None:
    erased(house)
    assert [each.address for each in rows(house, Hold)] == [""]
    for stands, found in (("{}", []), ("a hash", ["erased.empty"])):
        with house.house.database.writing() as db:
            db.connection().execute(update(Hold).values(address=stands))
        assert [key for key, _first in broken(house)] == found

    assert erase_again(keeper_of(house), now=house.clock.now) == (1, [])

    assert [each.address for each in rows(house, Hold)] == [""]


def test_staffs_own_words_lose_only_the_name(house: World, done: Left) -> None:
    erased(house)

    assert [each.reason for each in rows(house, Denial)] == ["… never pays"]
    assert [each.words for each in rows(house, Rating)] == ["Ask …!"]
    assert "for …" in [each.note for each in rows(house, Invitation)]
    late = next(each for each in rows(house, Effect) if each.key.endswith(":late"))
    assert (late.error, late.dead_at, late.done_at) == ("", None, house.clock.now)


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


def test_the_audit_says_that_it_was_done_and_not_whose_it_was(house: World, done: Left) -> None:
    erased(house)

    [entry] = [each for each in rows(house, AuditEntry) if each.chain == "erasures"]
    said = json.loads(entry.content)
    assert (said["person"], said["ground"], said["orders"], said["retained_until"]) == (
        "mere",
        "asked",
        1,
        "2036-12-31",
    )
    assert MAIL not in entry.content and NAME not in entry.content


def test_a_second_time_there_is_nothing(house: World, done: Left) -> None:
    erased(house)

    with pytest.raises(NothingKept):
        erase_person(keeper_of(house), MAIL, **ASKED, now=house.clock.now)
    assert len(rows(house, Erasure)) == 1


def test_others_keep_everything(world: World) -> None:
    claire = world.browser("de")
    theirs = bought(world, claire, DE, CLAIRE | {"postal_code": "22765", "city": "Hamburg"})
    with world.house.database.reading() as db:
        before = db.get_one(Order, theirs).model_dump(), db.get_one(Hold, theirs).model_dump()
    left = leave_data(world)
    finish(world, left)

    erased(world)

    with world.house.database.reading() as db:
        assert before == (db.get_one(Order, theirs).model_dump(), db.get_one(Hold, theirs).model_dump())
    assert claire.get(f"{DE}orders/{theirs}").status_code == 200
    assert world.mails(CLAIRE["email"]) and broken(world) == []


def test_no_browser_holds_what_is_erased_and_the_desk_can_still_look_at_it(house: World, done: Left) -> None:
    paths = (f"{DE}orders/{done.order}", f"{DE}support/{done.request}", f"{DE}cases/{done.case}")
    assert [done.browser.get(path).status_code for path in paths] == [200, 200, 200]

    erased(house)

    assert {done.browser.get(path).status_code for path in paths} == {404}
    mere = house.signed_in("mere")
    for path in (f"/desk/orders/{done.order}", f"/desk/requests/{done.request}", f"/desk/cases/{done.case}"):
        answer = mere.get(path)
        assert answer.status_code == 200 and NAME not in answer.text
    mere.get(f"/desk/requests/{done.request}")
    answer = mere.post(f"/desk/requests/{done.request}/messages", {"kind": "note", "text": "Hm", "key": "k"})
    assert answer.status_code == 409 and "data was erased" in answer.text


def _paid(db: Any, left: Left) -> None:
    db.get_one(Order, left.order).state = "paid"


def _case(db: Any, left: Left) -> None:
    db.get_one(Case, left.case).state = "accepted"


def _request(db: Any, left: Left) -> None:
    db.get_one(Request, left.request).state = "assigned"


def _refund(db: Any, left: Left) -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    db.add(Refund(key="r", order_number=left.order, ground="goodwill", minor=1, state="unknown", asked_at=at))


def _dispute(db: Any, left: Left) -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    db.add(Dispute(provider_id="d", order_number=left.order, minor=1, opened_at=at))


def _recall(db: Any, left: Left) -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    db.add(Recall(number="RC-1", skus="HB-GONE", reason="a test", person="mere", opened_at=at))
    db.flush()
    row = {"market": "de", "language": "de", "items": "HB-GONE", "pieces": 1}
    db.add(RecallNotice(recall="RC-1", order_number=left.order, **row))


@pytest.mark.parametrize("what", ["paid", "case", "request", "refund", "dispute", "recall"])
def test_what_still_needs_the_customer_is_named_and_nothing_is_erased_by_halves(
    house: World, done: Left, tmp_path: Path, what: str
) -> None:
    with house.house.database.writing() as db:
        {"paid": _paid, "case": _case, "request": _request, "refund": _refund, "dispute": _dispute, "recall": _recall}[
            what
        ](db, done)
    before = len(traces(house, tmp_path, []))

    with pytest.raises(NotFinished) as refused:
        erase_person(keeper_of(house), MAIL, **ASKED, now=house.clock.now)

    assert refused.value.values["what"] == {"paid": "order"}.get(what, what)
    assert len(traces(house, tmp_path, [])) == before and rows(house, RetainedRecord) == []


def test_all_of_it_is_handed_out_with_the_files_and_without_the_staff(world: World) -> None:
    left = leave_data(world)
    data, files = export(keeper_of(world), MAIL.upper(), now=world.clock.now)

    whole, said = json.loads(data), data.decode()
    assert [mark for mark in MARKS if mark != BYTES and mark.decode() not in said] == []
    assert [each["number"] for each in whole["data"]["orders"]] == [left.order]
    photos = [each for each in files if each.name.startswith("files/")]
    assert len(photos) == 2 and all(BYTES in each.data for each in photos)
    assert [each.of for each in photos] == [left.request, left.case]
    assert [each for each in files if each.name.startswith("mails/")]
    assert "person" not in whole["data"]["message"][0] and "mere" not in said
    assert len(rows(world, Erasure)) == 0


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


def test_of_who_has_left_nothing_nothing_is_handed_out(house: World) -> None:
    with pytest.raises(NothingKept):
        export(keeper_of(house), "nobody@example.com", now=house.clock.now)


def test_a_file_that_is_lost_does_not_keep_the_rest_from_being_handed_out(house: World, done: Left) -> None:
    keeper = keeper_of(house)
    whole = len(export(keeper, MAIL, now=house.clock.now)[1])
    next(each for each in keeper.shelf.folder.rglob("*") if each.is_file()).unlink()
    assert len(export(keeper, MAIL, now=house.clock.now)[1]) == whole - 1


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


@pytest.mark.parametrize(
    ("name", "told", "stays"),
    [
        ("佐藤 太郎", "佐藤太郎様が来ない", "…様が来ない"),
        ("김민준", "김민준 never pays", "… never pays"),
        ("Ann", "Ann has announced it", "… has announced it"),
    ],
)
def test_a_name_is_blotted_out_as_it_is_written_where_the_row_is_theirs(
    house: World, done: Left, name: str, told: str, stays: str
) -> None:
    with house.house.database.writing() as db:
        db.get_one(Order, done.order).name = name
        denial = db.exec(select(Denial)).one()
        denial.reason, denial.customer = told, db.get_one(Hold, done.order).customer

    erased(house)

    assert [each.reason for each in rows(house, Denial)] == [stays]


def test_whoever_is_called_as_a_word_of_every_mail_takes_nobodys_mails_and_answers_with_them(
    house: World, done: Left
) -> None:
    now, keeper = house.clock.now, keeper_of(house)
    with house.house.database.writing() as db:
        db.get_one(Order, done.order).name = "order"
        wait = {"market": "nz", "sku": BLENDER, "language": "en", "hash": "o" * 64, "asked_at": now}
        db.add(WaitingListEntry(email=CLAIRE["email"], **wait))
        given = {"fingerprint": "", "mark": "", "at": now, "status": 200}
        db.add(KeptAnswer(person="mere", key="another", body='{"order": "DE-26-OTHERS"}', **given))
    for key, to in (("claires", CLAIRE["email"]), ("meres", "mere@harbourbench.example")):
        keeper.outbox.send(
            Mail(to=to, subject="Your order", text="An order.", html="", language="en", key=key), now=now
        )

    erased(house)

    left = {str(mail["To"]) for _name, mail in keeper.outbox.kept() if mail["Subject"] == "Your order"}
    assert left == {CLAIRE["email"], "mere@harbourbench.example"}
    assert {each.key: each.body for each in rows(house, KeptAnswer)} == {
        "a program's": "{}",
        "another": '{"order": "DE-26-OTHERS"}',
    }


def test_what_would_be_done_tells_in_how_many_words_of_others_they_are_named(house: World, done: Left) -> None:
    planned = look(keeper_of(house), MAIL, now=house.clock.now).plan.rows

    assert (planned["denial"], planned["rating"], planned["invitation"]) == (1, 1, 1)


def test_a_mail_to_who_is_erased_is_not_sent(house: World, done: Left) -> None:
    erased(house)
    before = len(list(house.house.settings.data_dir.glob("outbox/*.eml")))
    with house.house.database.writing() as db:
        db.connection().execute(
            update(Effect)
            .where(col(Effect.key) == f"order:{done.order}:confirmed")
            .values(done_at=None, leased_until=None)
        )

    house.work()

    assert len(list(house.house.settings.data_dir.glob("outbox/*.eml"))) == before
    assert [(each.key, each.error, each.due_at) for each in rows(house, Effect) if each.done_at is None] == []


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
