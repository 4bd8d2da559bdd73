"""An answer that was kept for an idempotency key is said again only to one who may still ask for it."""

from typing import Any

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.api.describing import OPERATIONS
from shop.api.models import ApiToken
from shop.staff.models import Person
from tests.doors import question
from tests.programs import BLENDER, SPARE, Program, pause, problem, program, spare_order
from tests.world import World

CHANGING = [each.opt["operation"] for each in OPERATIONS if each.opt["operation"].changes]
PARCEL = {"carrier": "NZ Post", "tracking": "LX123456785NZ", "items": [{"sku": SPARE, "pieces": 1}]}


def _change(world: World, table: Any, which: Any, **values: Any) -> None:
    with world.house.database.writing() as db:
        db.connection().execute(update(table).where(which).values(**values))


def _only_in(world: World, markets: str) -> None:
    _change(world, Person, col(Person.id) == "mere", markets=markets)


def _paused(mere: Program) -> httpx.Response:
    return mere.post("/markets/de/steps", pause(), key="k")


def _counted(mere: Program) -> httpx.Response:
    return mere.patch(f"/stock/{BLENDER}", {"add": 7}, key="k")


def _hooked(mere: Program) -> httpx.Response:
    wanted = {"url": "https://example.com/hook", "kinds": ["order.paid"], "markets": ["de"]}
    return mere.post("/webhooks", wanted, key="k")


@pytest.mark.parametrize("asked", [_paused, _counted, _hooked])
def test_who_works_in_the_market_no_longer_is_not_told_again_what_was_answered(sqlite_world: World, asked: Any) -> None:
    mere = program(sqlite_world)
    first = asked(mere)
    assert first.is_success and asked(mere).json() == first.json()

    _only_in(sqlite_world, "nz")

    again = asked(mere)
    assert again.status_code == 404 and problem(again) == "not_found", again.text
    _only_in(sqlite_world, "")
    assert asked(mere).json() == first.json()


def test_what_was_answered_about_an_order_or_a_request_is_only_for_its_market(sqlite_world: World) -> None:
    number, ref, mere = spare_order(sqlite_world), question(sqlite_world.browser(), "/de/de/"), program(sqlite_world)
    parcel = {**PARCEL, "confirmed": mere.get(f"/orders/{number}").json()["checklist"]}

    def asked() -> list[int]:
        sent = mere.post(f"/orders/{number}/parcels", parcel, key="one")
        arrived = mere.post(f"/orders/{number}/delivery", {"source": "carrier"}, key="two")
        return [sent.status_code, arrived.status_code, mere.post(f"/requests/{ref}/closing", key="three").status_code]

    assert asked() == [201, 200, 200] == asked()
    _only_in(sqlite_world, "nz")
    assert asked() == [404, 404, 404]


def test_a_webhook_is_told_again_of_only_in_its_markets_and_its_removal_stays_removed(sqlite_world: World) -> None:
    mere = program(sqlite_world)
    address = f"/webhooks/{_hooked(mere).json()['webhook']}"
    assert mere.patch(address, {"active": False}, key="off").status_code == 200
    _only_in(sqlite_world, "nz")
    assert mere.patch(address, {"active": False}, key="off").status_code == 404
    _only_in(sqlite_world, "")
    for _time in range(2):
        assert mere.ask("DELETE", address, key="gone").status_code == 204


def test_who_has_another_role_or_whose_token_ended_is_not_told_again(sqlite_world: World) -> None:
    mere = program(sqlite_world)
    assert _paused(mere).status_code == 200
    _change(sqlite_world, Person, col(Person.id) == "mere", role="agent")
    assert problem(_paused(mere)) == "not_allowed"
    _change(sqlite_world, Person, col(Person.id) == "mere", role="exporter")
    with sqlite_world.house.database.reading() as db:
        [token] = db.exec(select(ApiToken.id).where(ApiToken.name == "a test")).all()
    _change(sqlite_world, ApiToken, col(ApiToken.id) == token, revoked_at=sqlite_world.clock.now)
    assert _paused(mere).status_code == 401


def test_another_token_that_may_not_widen_is_not_told_of_what_was_widened(sqlite_world: World) -> None:
    mere, narrow = program(sqlite_world), program(sqlite_world, "mere", "markets:read", "markets:write")
    paused = _paused(mere)
    resume = {"action": "resume", "reason": "It is dry."}
    options = {"key": "r", "if_match": paused.headers["etag"]}
    assert mere.post("/markets/de/steps", resume, **options).status_code == 200
    assert problem(narrow.post("/markets/de/steps", resume, **options)) == "scope_missing"


@pytest.mark.parametrize("operation", CHANGING, ids=lambda each: each.name)
def test_every_change_says_whom_its_answer_is_for(operation: Any) -> None:
    assert "{market}" in operation.path or operation.within is not None
