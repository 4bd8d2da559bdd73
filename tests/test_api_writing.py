"""The API as a program changes things: the same actions as the doors, once per idempotency key, never over a newer state."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.api import kept_answers, orders
from shop.api.kept_answers import KEPT_FOR, UNDER_WAY, Claim, claim, forget_old_answers, keep
from shop.api.models import KeptAnswer
from shop.api.problems import Problem
from shop.catalogue.models import Stock
from shop.checkout.models import Order, Parcel
from shop.markets.models import Market
from shop.staff.models import Person, SignedChecklist
from shop.upkeep.models import SetupChange
from tests.buying import at_once, set_stock, stock_of
from tests.doors import change_market, question
from tests.programs import BLENDER, SPARE, paid_order, pause, problem, program, spare_order
from tests.world import World


def test_a_market_is_paused_at_once_and_resumed_with_what_was_read(world: World) -> None:
    mere = program(world)
    paused = mere.post("/markets/de/steps", pause())
    assert paused.status_code == 200, paused.text
    assert paused.json()["outcome"] == "done" and paused.json()["event"]["after"] == "paused"
    with world.house.database.reading() as db:
        assert db.get_one(Market, "de").state == "paused"
    resume = {"action": "resume", "reason": "It is dry."}
    assert problem(mere.post("/markets/de/steps", resume)) == "if_match_missing"
    assert problem(mere.post("/markets/de/steps", resume, if_match='"old"')) == "changed_meanwhile"
    done = mere.post("/markets/de/steps", resume, if_match=paused.headers["etag"])
    assert done.status_code == 200, done.text
    assert mere.get("/markets/de").headers["etag"] == done.headers["etag"]


def test_what_a_market_does_not_allow_is_told_with_its_reasons(world: World) -> None:
    mere = program(world)
    assert problem(mere.post("/markets/de/steps", {"action": "close", "reason": "x"})) == "wrong_step"
    assert problem(mere.post("/markets/de/steps", {"action": "pause", "mode": "hidden"})) == "reason_missing"
    draft = next(
        each for each in mere.get("/markets").json()["items"] if each["state"] == "draft" and each["in_the_way"]
    )
    etag = mere.get(f"/markets/{draft['market']}").headers["etag"]
    answer = mere.post(f"/markets/{draft['market']}/steps", {"action": "ready"}, if_match=etag)
    assert answer.status_code == 409 and problem(answer) == "not_ready"
    assert answer.json()["gates"][0]["detail"]


def test_where_two_are_asked_a_step_waits_for_the_second(world: World) -> None:
    change_market(world, "de", state="paused", pause_mode="sell_stop", four_eyes=True)
    mere = program(world)
    etag = mere.get("/markets/de").headers["etag"]
    answer = mere.post("/markets/de/steps", {"action": "resume", "reason": "dry"}, if_match=etag)
    assert answer.status_code == 202 and answer.json()["proposal"], answer.text


def test_an_order_leaves_and_arrives_by_its_signed_checklist(world: World) -> None:
    number, mere = spare_order(world), program(world)
    parcel = {
        "carrier": "NZ Post",
        "tracking": "LX123456785NZ",
        "items": [{"sku": SPARE, "pieces": 1}],
        "confirmed": [],
    }
    unsigned = mere.post(f"/orders/{number}/parcels", parcel)
    assert unsigned.status_code == 422 and unsigned.json()["errors"][0]["pointer"] == "/confirmed"
    parcel["confirmed"] = mere.get(f"/orders/{number}").json()["checklist"]
    sent = mere.post(f"/orders/{number}/parcels", parcel, key="one")
    assert sent.status_code == 201, sent.text
    assert sent.json()["state"] == "dispatched" and sent.json()["parcels"][0]["pieces"] == {SPARE: 1}
    with world.house.database.reading() as db:
        assert db.exec(select(SignedChecklist.person)).one() == "mere"
    assert problem(mere.post(f"/orders/{number}/parcels", parcel)) == "not_to_be_dispatched"
    early = (world.clock.now - timedelta(days=9)).isoformat()
    assert mere.post(f"/orders/{number}/delivery", {"at": early}).status_code == 422
    world.clock.now += timedelta(days=3)
    arrived = mere.post(f"/orders/{number}/delivery", {"source": "carrier"})
    assert arrived.status_code == 200 and arrived.json()["state"] == "delivered"
    assert problem(mere.post(f"/orders/{number}/delivery", {})) == "not_on_its_way"


def test_a_serial_that_is_mistyped_is_told_at_its_place(sqlite_world: World) -> None:
    number, mere = paid_order(sqlite_world), program(sqlite_world)
    parcel = {
        "carrier": "NZ Post",
        "tracking": "LX123456785NZ",
        "items": [{"sku": BLENDER, "pieces": 1, "serials": ["nonsense"]}],
        "confirmed": mere.get(f"/orders/{number}").json()["checklist"],
    }
    answer = mere.post(f"/orders/{number}/parcels", parcel)
    assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == "/items/0/serials/0"
    parcel["items"] = [{"sku": "HB-NONE", "pieces": 1}]
    assert mere.post(f"/orders/{number}/parcels", parcel).status_code == 422


def test_a_request_is_answered_and_closed_as_the_desk_does_it(world: World) -> None:
    ref, mere = question(world.browser(), "/de/de/"), program(world)
    seen = mere.get(f"/requests/{ref}").json()["messages"][-1]["message"]
    sent = mere.post(f"/requests/{ref}/answers", {"text": "Guten Tag!", "seen": seen}, key="a")
    assert sent.status_code == 201, sent.text
    assert sent.json()["outcome"] == "answered" and sent.json()["request"]["state"] == "answered"
    world.work()
    assert any("Guten Tag!" in mail.as_string() for mail in world.mails("anna@example.com"))
    stale = mere.post(f"/requests/{ref}/answers", {"text": "Noch etwas", "seen": 0})
    assert stale.status_code == 409 and problem(stale) == "something_new"
    assert mere.post(f"/requests/{ref}/answers", {"text": "Hallo {name}"}).status_code == 422
    assert mere.post(f"/requests/{ref}/closing").json()["state"] == "closed"
    assert mere.post(f"/requests/{ref}/closing").status_code == 200


def test_stock_is_counted_or_added_but_never_under_what_is_held_or_sold(world: World) -> None:
    set_stock(world, 5)
    paid_order(world)
    mere = program(world)
    assert stock_of(world) == (5, 0, 1)
    told = mere.patch(f"/stock/{BLENDER}", {"on_hand": 0})
    assert told.status_code == 409 and problem(told) == "too_few_pieces" and told.json()["sold"] == 1
    added = mere.patch(f"/stock/{BLENDER}", {"add": 7}, key="delivery 7")
    assert added.json()["on_hand"] == 12 and added.json()["free"] == 11
    again = mere.patch(f"/stock/{BLENDER}", {"add": 7}, key="delivery 7")
    assert again.json() == added.json() and again.headers["idempotent-replayed"] == "true"
    assert again.headers["etag"] == added.headers["etag"]
    assert stock_of(world) == (12, 0, 1)
    assert mere.patch(f"/stock/{BLENDER}", {"on_hand": 3}, if_match='"old"').status_code == 412
    assert mere.patch(f"/stock/{BLENDER}", {"on_hand": 3}, if_match=added.headers["etag"]).json()["on_hand"] == 3
    for wrong, pointers in (
        ({}, ["/on_hand"]), ({"on_hand": 1, "add": 1}, ["/add"]), ({"on_hand": -1}, ["/on_hand"]),
        ({"on_hand": 1.5}, ["/on_hand"]), ({"on_hand": "12"}, ["/on_hand"]), ({"on_hand": True}, ["/on_hand"]),
        ({"on_hand": 10**400}, ["/on_hand"]), ({"add": "\u0663"}, ["/add"]), ([], [""]),
    ):  # fmt: skip
        told = mere.patch(f"/stock/{BLENDER}", wrong)
        assert told.status_code == 422
        assert [each["pointer"] for each in told.json()["errors"]] == pointers, told.text


def test_who_works_for_one_market_does_not_change_the_stock_of_all(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        db.get_one(Person, "annika").role = "exporter"
    annika = program(sqlite_world, "annika")
    assert problem(annika.patch(f"/stock/{BLENDER}", {"add": 1})) == "not_found"


def test_a_key_is_good_for_one_request_only(world: World) -> None:
    mere = program(world)
    first = mere.patch(f"/stock/{BLENDER}", {"add": 1}, key="k")
    assert first.status_code == 200
    for other in (
        lambda: mere.patch(f"/stock/{BLENDER}", {"add": 2}, key="k"),
        lambda: mere.patch(f"/stock/{SPARE}", {"add": 1}, key="k"),
    ):
        assert problem(other()) == "key_reused" and other().status_code == 422
    assert program(world, "tane").patch(f"/stock/{BLENDER}", {"add": 1}, key="k").status_code != 422
    world.clock.now += KEPT_FOR
    with world.house.database.writing() as db:
        forget_old_answers(db, now=world.clock.now)
        assert db.exec(select(KeptAnswer)).all() == []
    assert mere.patch(f"/stock/{BLENDER}", {"add": 2}, key="k").status_code == 200


def test_what_changed_nothing_may_be_sent_again_under_its_key(world: World) -> None:
    mere = program(world)
    set_stock(world, 1)
    paid_order(world)
    assert mere.patch(f"/stock/{BLENDER}", {"on_hand": 0}, key="k").status_code == 409
    with world.house.database.reading() as db:
        assert db.exec(select(KeptAnswer)).all() == []
    with world.house.database.writing() as db:
        db.connection().execute(update(Stock).where(col(Stock.sku) == BLENDER).values(sold=0))
    assert mere.patch(f"/stock/{BLENDER}", {"on_hand": 0}, key="k").status_code == 200


def test_one_key_from_many_threads_is_carried_out_once(world: World) -> None:
    mere = program(world)
    before = stock_of(world)[0]
    came = at_once(6, lambda _place: mere.patch(f"/stock/{BLENDER}", {"add": 10}, key="k"))
    statuses = {answer.status_code for answer in came}
    assert statuses <= {200, 409} and 200 in statuses, came
    assert all(problem(each) == "in_progress" for each in came if each.status_code == 409)
    assert stock_of(world)[0] == before + 10


def test_a_key_that_is_given_back_just_now_is_told_as_under_way(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, now = sqlite_world.house.database, sqlite_world.clock.now
    assert isinstance(claim(database, "mere", "k", fingerprint="f", now=now), Claim)
    gone = select(KeptAnswer).where(col(KeptAnswer.person) == "nobody")
    monkeypatch.setattr(kept_answers, "_row", lambda _claim: gone)
    with pytest.raises(Problem, match="in_progress"):
        claim(database, "mere", "k", fingerprint="f", now=now)


def test_a_key_whose_first_request_died_is_taken_over_and_the_dead_one_can_no_longer_answer(world: World) -> None:
    database, now = world.house.database, world.clock.now
    first = claim(database, "mere", "k", fingerprint="f", now=now)
    assert isinstance(first, Claim)
    with pytest.raises(Problem, match="in_progress"):
        claim(database, "mere", "k", fingerprint="f", now=now)
    second = claim(database, "mere", "k", fingerprint="f", now=now + UNDER_WAY)
    assert isinstance(second, Claim)
    from shop.api.kept_answers import Kept

    with pytest.raises(Problem, match="in_progress"), database.writing() as db:
        keep(db, first, Kept(200, {}, "{}"))
    with database.writing() as db:
        keep(db, second, Kept(200, {}, "{}"))


def test_a_fault_leaves_nothing_half_written_and_its_key_free(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, mere = spare_order(sqlite_world), program(sqlite_world)
    parcel = {"carrier": "NZ Post", "tracking": "LX123456785NZ", "items": [{"sku": SPARE, "pieces": 1}]}
    parcel["confirmed"] = mere.get(f"/orders/{number}").json()["checklist"]

    def broken(*_given: Any) -> Any:
        raise RuntimeError("broken")

    from shop.api import parcels

    with monkeypatch.context() as patched:
        patched.setattr(parcels, "whole", broken)
        answer = mere.post(f"/orders/{number}/parcels", parcel, key="k")
    assert answer.status_code == 500 and problem(answer) == "fault" and answer.json()["request_id"]
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(Parcel)).all() == [] and db.get_one(Order, number).state == "paid"
    assert orders.whole is not broken
    assert mere.post(f"/orders/{number}/parcels", parcel, key="k").status_code == 201


def test_a_listing_is_changed_over_what_was_read_and_the_shop_follows(world: World) -> None:
    mere, path = program(world), f"/markets/de/listings/{BLENDER}"
    read = mere.get(path)
    assert problem(mere.patch(path, {"price": "299.00"})) == "if_match_missing"
    done = mere.patch(path, {"price": "299.00", "max_per_order": 3}, if_match=read.headers["etag"])
    assert done.status_code == 200, done.text
    assert done.json()["price"] == {"minor": 29900, "currency": "EUR", "amount": "299.00"}
    assert done.json()["max_per_order"] == 3 and done.json()["allotment"] == read.json()["allotment"]
    assert problem(mere.patch(path, {"price": "1.00"}, if_match=read.headers["etag"])) == "changed_meanwhile"
    assert mere.get(path).json() == done.json()
    world.house.revisions.refresh()
    assert "299,00" in world.browser("de").get("/de/de/").text
    with world.house.database.reading() as db:
        assert db.exec(select(SetupChange.person)).all() == ["mere"]
    same = mere.patch(path, {"price": "299.00"}, if_match=done.headers["etag"])
    assert same.status_code == 200 and same.headers["etag"] == done.headers["etag"]


def test_what_a_listing_cannot_be_is_told_as_the_import_tells_it(sqlite_world: World) -> None:
    mere, path = program(sqlite_world), f"/markets/de/listings/{BLENDER}"
    etag = mere.get(path).headers["etag"]
    for wrong in ({"price": "299.001"}, {"price": "free"}, {"max_per_order": 0}, {"price": None}, {"taken": 3}):
        answer = mere.patch(path, wrong, if_match=etag)
        assert answer.status_code == 422 and answer.json()["errors"], (wrong, answer.text)
    backwards = {"buyable_from": "2027-03-01T00:00:00+01:00", "until": "2027-02-01T00:00:00+01:00"}
    assert mere.patch(path, backwards, if_match=etag).status_code in (200, 422)
    assert mere.patch("/markets/de/listings/HB-NONE", {"price": "1.00"}, if_match=etag).status_code == 404


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"])
def test_an_instant_beyond_every_calendar_is_no_fault(sqlite_world: World, when: str) -> None:
    mere, path = program(sqlite_world), f"/markets/de/listings/{BLENDER}"
    answer = mere.patch(path, {"until": when}, if_match=mere.get(path).headers["etag"])
    assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == "/until", answer.text


def test_an_instant_of_a_listing_comes_back_as_it_was_sent(sqlite_world: World) -> None:
    mere, path = program(sqlite_world), f"/markets/de/listings/{BLENDER}"
    etag = mere.get(path).headers["etag"]
    dates = {"until": "2027-02-01T15:30:00Z"}
    told = mere.patch(path, dates, if_match=etag)
    assert told.status_code == 200 and told.json()["until"] == "2027-02-01T15:30:00Z", told.text
    cleared = mere.patch(path, {"until": None}, if_match=told.headers["etag"])
    assert cleared.json()["until"] is None
