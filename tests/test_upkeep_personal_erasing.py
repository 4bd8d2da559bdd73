"""One customer erased: not a byte of theirs is anywhere but what the law keeps, and nobody else loses anything."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import update
from sqlmodel import col, select

from shop.aftersales.models import Case, Recall, RecallNotice
from shop.api.models import KeptAnswer
from shop.base.audit import AuditEntry
from shop.base.logs import set_up_logs
from shop.base.mail import Mail
from shop.base.outbox import Effect
from shop.catalogue.models import WaitingListEntry
from shop.checkout.models import CustomerAllowance, Dispute, Hold, Order, Refund
from shop.markets.exposure_models import Denial, Invitation
from shop.support.requests.models import Rating, Request
from shop.upkeep.models import Erasure, RetainedRecord
from shop.upkeep.personal.acting import erase_again, erase_person, look, sweep_after
from shop.upkeep.personal.erasing import NotFinished, NothingKept
from shop.upkeep.personal.retaining import end_retained
from tests.aftersales import DE, bought
from tests.doors import BLENDER
from tests.erasing import ASKED, done, erased, house, street
from tests.personal import (
    INVOICED,
    MAIL,
    MARKS,
    NAME,
    Left,
    broken,
    finish,
    keeper_of,
    leave_data,
    rows,
    traces,
)
from tests.world import CLAIRE, World

__all__ = ["done", "house", "street"]  # fixtures


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
