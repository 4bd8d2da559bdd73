"""A market's steps by the API: winding down and closing, the second person's word, and the scope for what widens."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from sqlmodel import select

from shop.api.market_shapes import State
from shop.api.scopes import SCOPES, WIDEN
from shop.api.step_shapes import Action, Outcome
from shop.api.steps import CONFIRMED
from shop.api.webhook_shapes import Kind
from shop.api.webhooks_console import KIND_WORDS
from shop.base.announcing import KINDS
from shop.launches.changing.proposals import OUTCOMES
from shop.launches.changing.table import STATE_WORDS, STEPS
from shop.launches.changing.winding import left_in
from shop.launches.models import StockFate, WindDown
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.staff.models import Person
from tests.doors import change_market
from tests.programs import Program, paid_order, problem, program
from tests.world import World

STEP = "/markets/de/steps"
RESUME = {"action": "resume", "reason": "It is dry."}


def winding(world: World, **changed: Any) -> dict[str, Any]:
    """All that has to be written down for the end of the German market."""
    with world.house.database.reading() as db:
        market = db.get_one(Market, "de")
        goods = [
            {"sku": each.sku, "pieces": each.pieces, "way": "return", "cost": "12.50", "owner": "Lena"}
            for each in left_in(db, market)
        ]
        day = day_in(market, world.clock.now) + timedelta(days=14)
    told = {"last_order_on": day.isoformat(), "contact": "Lena", "refund_plan": "The account in Kiel.", "goods": goods}
    return {"action": "wind_down", "reason": "The market does not pay.", "winding": told | changed}


def paused(world: World, *, four_eyes: bool = True) -> None:
    change_market(world, "de", state="paused", pause_mode="sell_stop", four_eyes=four_eyes)


def second(world: World) -> Program:
    """A program of another exporter."""
    with world.house.database.writing() as db:
        db.add(Person(id="rewi", email="rewi@harbourbench.example", name="Rewi", role="exporter"))
    return program(world, "rewi")


def proposed(world: World) -> int:
    """A proposal to resume the German market, made by a program of Mere's."""
    paused(world)
    mere = program(world)
    answer = mere.post(STEP, RESUME, if_match=mere.get("/markets/de").headers["etag"])
    assert answer.status_code == 202, answer.text
    return int(answer.json()["proposal"])


def test_a_market_winds_down_and_is_closed(world: World) -> None:
    mere = program(world)
    done = mere.post(STEP, winding(world), key="end")
    assert done.status_code == 200, done.text
    assert done.json()["event"]["after"] == "winding_down"
    assert mere.post(STEP, winding(world), key="end").json() == done.json()
    with world.house.database.reading() as db:
        assert db.get_one(WindDown, "de").contact == "Lena"
        assert {(each.fate, each.cost, each.owner) for each in db.exec(select(StockFate)).all()} == {
            ("return", 1250, "Lena")
        }
    closed = mere.post(STEP, {"action": "close", "reason": "All is done.", "handover": "Rewi"})
    assert closed.status_code == 200, closed.text
    assert closed.json()["event"]["after"] == "closed"


def test_what_is_still_owed_keeps_a_market_from_closing(sqlite_world: World) -> None:
    paid_order(sqlite_world)
    mere = program(sqlite_world)
    assert mere.post(STEP, winding(sqlite_world)).status_code == 200
    owed = mere.post(STEP, {"action": "close", "reason": "x"})
    assert owed.status_code == 409 and problem(owed) == "still_owed" and owed.json()["orders"] == 1


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [({"last_order_on": "2020-01-01"}, "/winding/last_order_on"), ({"last_order_on": "9999-12-31"}, "/winding/last_order_on"),
     ({"contact": " "}, "/winding/contact"), ({"refund_plan": ""}, "/winding/refund_plan"),
     ({"goods": [{"sku": "HB-NONE", "pieces": 1, "owner": "L"}]}, "/winding/goods/0/sku"),
     ({"goods": [{"sku": "HB-BL-230", "pieces": 1}]}, "/winding/goods/0/owner"),
     ({"goods": [{"sku": "HB-BL-230", "pieces": 1, "owner": "L", "cost": "1.234"}]}, "/winding/goods/0/cost"),
     ({"goods": [{"sku": "HB-BL-230", "pieces": 1, "owner": "L", "cost": "1e3"}]}, "/winding/goods/0/cost"),
     ({"goods": [{"sku": "HB-BL-230", "pieces": 0}] * 2}, "/winding/goods")],
)  # fmt: skip
def test_an_end_that_cannot_be_is_told_at_its_place(sqlite_world: World, wrong: dict[str, Any], pointer: str) -> None:
    answer = program(sqlite_world).post(STEP, winding(sqlite_world, **wrong))
    assert answer.status_code == 422, answer.text
    assert pointer in [each["pointer"] for each in answer.json()["errors"]], answer.text


def test_goods_that_nobody_thought_of_keep_a_market_from_winding_down(sqlite_world: World) -> None:
    mere = program(sqlite_world)
    for told in (winding(sqlite_world, goods=[]), {"action": "wind_down", "reason": "x"}):
        answer = mere.post(STEP, told)
        assert answer.status_code == 409 and problem(answer) == "winding_incomplete" and answer.json()["lacking"]
    assert mere.get("/markets/de").json()["state"] != "winding_down"


def test_a_second_person_agrees_and_so_takes_the_step(world: World) -> None:
    number = proposed(world)
    path = f"/markets/de/proposals/{number}"
    [told] = program(world).get("/markets/de/proposals").json()["items"]
    assert (told["proposal"], told["action"], told["person"], told["outcome"]) == (number, "resume", "mere", "waits")
    assert problem(program(world).post(f"{path}/approval")) == "own_proposal"
    rewi = second(world)
    agreed = rewi.post(f"{path}/approval", key="yes")
    assert agreed.status_code == 200, agreed.text
    event = agreed.json()["event"]
    assert (event["person"], event["approved_by"], event["before"]) == ("mere", "rewi", "paused")
    assert agreed.headers["etag"] == rewi.get("/markets/de").headers["etag"]
    assert rewi.post(f"{path}/approval", key="yes").json() == agreed.json()
    assert problem(rewi.post(f"{path}/approval")) == "proposal_over"
    assert problem(rewi.post(f"{path}/withdrawal")) == "proposal_over"


def test_a_proposal_is_called_off(world: World) -> None:
    number = proposed(world)
    called = program(world).post(f"/markets/de/proposals/{number}/withdrawal")
    assert called.status_code == 200, called.text
    assert (called.json()["outcome"], called.json()["ended_by"]) == ("withdrawn", "mere")
    assert program(world).get("/markets/de").json()["state"] == "paused"


def test_a_proposal_of_another_market_is_not_there(sqlite_world: World) -> None:
    number, rewi = proposed(sqlite_world), second(sqlite_world)
    for path in (f"/markets/nz/proposals/{number}", "/markets/de/proposals/999", "/markets/de/proposals/x"):
        for act in ("approval", "withdrawal"):
            assert problem(rewi.post(f"{path}/{act}")) == "not_found"


def test_what_the_console_asks_the_password_for_needs_a_scope_of_its_own(world: World) -> None:
    assert {"launch", "open", "resume"} == CONFIRMED
    paused(world, four_eyes=False)
    narrow = program(world, "mere", *(each for each in SCOPES if each != WIDEN))
    etag = narrow.get("/markets/de").headers["etag"]
    refused = narrow.post(STEP, RESUME, if_match=etag)
    assert refused.status_code == 403 and problem(refused) == "scope_missing" and WIDEN in refused.json()["detail"]
    assert narrow.post(STEP, {"action": "pause", "mode": "hidden", "reason": "Still wet."}).status_code == 200
    etag = narrow.get("/markets/de").headers["etag"]
    assert program(world).post(STEP, RESUME, if_match=etag).status_code == 200


@pytest.mark.parametrize(
    ("told", "known"),
    [(State, set(STATE_WORDS)), (Action, set(STEPS)), (Kind, set(KINDS)),
     (Outcome, {each or "waits" for each in OUTCOMES})],
    ids=["states", "steps", "kinds", "outcomes"],
)  # fmt: skip
def test_the_words_that_are_described_are_those_of_the_house(told: Any, known: set[str]) -> None:
    assert set(get_args(told)) == known


def test_every_kind_of_announcement_has_words_at_the_console() -> None:
    assert KIND_WORDS.keys() == KINDS.keys()


@pytest.mark.parametrize("told", [{}, {"mode": ""}])
def test_a_pause_without_a_mode_stops_the_selling(world: World, told: dict[str, str]) -> None:
    answer = program(world).post(STEP, {"action": "pause", "reason": "The warehouse is flooded."} | told)
    assert answer.status_code == 200, answer.text
    assert answer.json()["event"]["mode"] == "sell_stop" and answer.json()["event"]["after"] == "paused"


@pytest.mark.parametrize("mode", ["safety", "hidden"])
def test_a_pause_without_a_mode_weakens_no_other(sqlite_world: World, mode: str) -> None:
    change_market(sqlite_world, "de", state="paused", pause_mode=mode)
    mere = program(sqlite_world)
    again = mere.post(STEP, {"action": "pause", "reason": "Flood."})
    assert again.status_code == 409 and problem(again) == "wrong_step"
    assert mere.get("/markets/de").json()["pause_mode"] == mode
