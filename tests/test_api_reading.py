"""The API as a program reads it: tokens and scopes, pages, problems, and what markets, orders and policies look like."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from shop.api.describing import OPERATIONS
from shop.api.models import ApiToken
from shop.api.scopes import SCOPES, act_of
from shop.api.tokens import revoke
from shop.staff.may import MATRIX, may
from shop.staff.models import Person
from tests.doors import question
from tests.programs import Program, paid_order, problem, program
from tests.world import ANNA, TAMA, World

OPERATION = [each.opt["operation"] for each in OPERATIONS]


def test_markets_are_told_with_their_state_and_gates(world: World) -> None:
    mere = program(world)
    listed = mere.get("/markets").json()["items"]
    assert {each["market"] for each in listed} >= {"de", "nz"}
    whole = mere.get("/markets/de")
    assert whole.status_code == 200 and whole.headers["etag"]
    told = whole.json()
    assert told["state"] == "open" or told["state"] == "soft"
    assert told["gates"] and told["history"][0]["at"].endswith("Z")
    assert "pause" in told["steps"]


def test_orders_come_page_by_page_and_one_with_what_is_to_be_packed(world: World) -> None:
    numbers = []
    for _each in range(3):
        numbers.append(paid_order(world))
        world.clock.now += timedelta(minutes=1)
    mere, seen, cursor = program(world), [], ""
    for _page in range(3):
        told = mere.get("/orders", params={"limit": "1", "cursor": cursor, "market": "de"}).json()
        seen += [each["number"] for each in told["items"]]
        cursor = told["next"] or ""
    assert seen == numbers[::-1] and cursor == ""
    whole = mere.get(f"/orders/{numbers[0]}").json()
    assert whole["customer"]["email"] == ANNA["email"] and whole["total"]["currency"] == "EUR"
    assert whole["lines"][0]["left_to_send"] == 1 and "sealed" in whole["checklist"]


def test_a_cursor_is_good_for_its_own_list_only(world: World) -> None:
    for _each in range(2):
        paid_order(world)
    mere = program(world)
    cursor = mere.get("/orders", params={"limit": "1", "market": "de"}).json()["next"]
    for wrong in (
        {"cursor": cursor},
        {"cursor": cursor[:-2] + "xx", "market": "de"},
        {"cursor": "1.2", "market": "de"},
    ):
        answer = mere.get("/orders", params=wrong)
        assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == "cursor"


def test_listings_stock_coverage_and_policies_can_be_read(world: World) -> None:
    mere = program(world)
    listings = mere.get("/markets/de/listings", params={"limit": "2"}).json()
    assert len(listings["items"]) == 2 and listings["next"]
    rest = mere.get("/markets/de/listings", params={"limit": "2", "cursor": listings["next"]}).json()
    assert listings["items"][1]["sku"] < rest["items"][0]["sku"]
    one = mere.get(f"/markets/de/listings/{listings['items'][0]['sku']}")
    assert one.json() == listings["items"][0] and one.headers["etag"]
    stock = mere.get("/stock/HB-BL-230").json()
    assert stock["free"] == stock["on_hand"] - stock["held"] - stock["sold"]
    covered = mere.get("/coverage", params={"market": "de", "weeks": "1"}).json()
    assert [each["language"] for each in covered["items"]] == ["de"] and covered["items"][0]["waking_minutes"] > 0
    held = mere.get("/markets/de/policies").json()
    assert {"returns", "warranty"} & {each["kind"] for each in held["items"]}
    assert all(len(each["hash"]) == 64 for each in held["items"])


def test_a_request_is_told_with_its_messages(world: World) -> None:
    ref = question(world.browser(), "/de/de/")
    mere = program(world)
    assert ref in [each["ref"] for each in mere.get("/requests", params={"market": "de"}).json()["items"]]
    whole = mere.get(f"/requests/{ref}").json()
    assert whole["messages"][0]["kind"] == "customer" and whole["severity"] == "normal"


@pytest.mark.parametrize("text", ["", "slt_nothing", "other"])
def test_without_a_token_that_is_valid_nothing_is_told(sqlite_world: World, text: str) -> None:
    answer = Program(sqlite_world, text).get("/markets")
    assert answer.status_code == 401 and problem(answer) == "no_token"
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_dies_with_its_days_its_revocation_and_its_person(sqlite_world: World) -> None:
    world = sqlite_world
    short, gone, left = program(world, days=1), program(world), program(world, "tane")
    with world.house.database.writing() as db:
        number = db.exec(select(ApiToken.id).where(ApiToken.name == "a test")).all()[1]
        revoke(db, number or 0, by="mere", everybodys=False, now=world.clock.now)
        db.get_one(Person, "tane").deactivated = True
    assert gone.get("/markets").status_code == 401 and left.get("/orders").status_code == 401
    assert short.get("/markets").status_code == 200
    world.clock.now += timedelta(days=1)
    assert short.get("/markets").status_code == 401


def test_who_works_here_again_makes_new_tokens(world: World) -> None:
    old, mere = program(world, "annika"), world.signed_in("mere")
    assert old.get("/markets").status_code == 200
    for deed in ("deactivation", "activation"):
        assert mere.post(f"/console/people/annika/{deed}").status_code == 303
        assert old.get("/markets").status_code == 401, deed
    assert "Valid" not in mere.get("/console/tokens").text.partition("<tbody")[2]
    world.clock.now += timedelta(seconds=1)
    assert program(world, "annika").get("/markets").status_code == 200


def test_only_the_hash_of_a_token_is_kept(sqlite_world: World) -> None:
    made = program(sqlite_world)
    with sqlite_world.house.database.reading() as db:
        kept = db.exec(select(ApiToken)).one()
    assert made.token not in kept.model_dump_json() and made.token.startswith(kept.prefix)
    made.get("/markets")
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(ApiToken.last_used_at)).one() == sqlite_world.clock.now


def test_a_cookie_opens_nothing_here(sqlite_world: World) -> None:
    answer = sqlite_world.signed_in("mere").get("/api/v1/markets")
    assert answer.status_code == 401


def at(path: str) -> str:
    return path.format(market="de", sku="HB-BL-230", number="N", ref="R", webhook="1", delivery="1", proposal="1")


@pytest.fixture(scope="module")
def scoped(tmp_path_factory: pytest.TempPathFactory, demo_file: Any) -> Any:
    from tests.doors import fresh_world

    with fresh_world(demo_file, tmp_path_factory.mktemp("scopes")) as opened:
        yield opened


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_opens_exactly_its_own_operations(scoped: World, scope: str) -> None:
    one = program(scoped, "mere", scope)
    for each in OPERATION:
        answer = one.ask(each.method, at(each.path), {} if each.reads else None)
        missing = answer.status_code == 403 and problem(answer) == "scope_missing"
        assert missing == (each.scope != scope), (each.name, answer.status_code, answer.text)
        assert answer.status_code < 500, (each.name, answer.text)


@pytest.mark.parametrize("who", ["mere", "annika", "lena", "jonas"])
def test_a_token_never_allows_more_than_its_person_may_do(scoped: World, who: str) -> None:
    with scoped.house.database.reading() as db:
        role = db.get_one(Person, who).role
    everything = program(scoped, who)
    for each in OPERATION:
        answer = everything.ask(each.method, at(each.path), {} if each.reads else None)
        forbidden = answer.status_code == 403 and problem(answer) == "not_allowed"
        assert forbidden == (not may(role, act_of(each.scope))), (each.name, answer.status_code)


def test_every_operation_names_a_scope_and_every_scope_an_act() -> None:
    assert {each.scope for each in OPERATION} | {each.wider for each in OPERATION if each.wider} == set(SCOPES)
    assert all(act_of(scope) in MATRIX for scope in SCOPES)


def test_another_markets_things_are_not_there(world: World) -> None:
    foreign = paid_order(world, "/nz/en/", TAMA)
    ref = question(world.browser(), "/nz/en/")
    annika, jonas = program(world, "annika"), program(world, "jonas")  # both for Germany
    assert {each["market"] for each in annika.get("/markets").json()["items"]} == {"de"}
    for path in ("/markets/nz", "/markets/nz/listings", "/markets/nz/policies", "/markets/zz", f"/orders/{foreign}"):
        assert problem(annika.get(path)) == "not_found"
    assert annika.get("/orders", params={"market": "nz"}).status_code == 404
    assert annika.get("/orders").json()["items"] == []
    assert annika.get("/coverage", params={"market": "nz"}).status_code == 404
    assert jonas.get(f"/requests/{ref}").status_code == 404
    assert jonas.post(f"/orders/{foreign}/delivery", {}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/orders", {"params": {"limit": "0"}}, 422),
        ("GET", "/orders", {"params": {"limit": "many"}}, 422),
        ("GET", "/orders", {"params": {"colour": "red"}}, 422),
        ("GET", "/nothing", {}, 404),
        ("DELETE", "/orders", {}, 405),
        ("POST", "/markets/de/steps", {"content": b"{", "headers": {"content-type": "application/json"}}, 422),
        ("POST", "/markets/de/steps", {"content": b"\xff", "headers": {"content-type": "application/json"}}, 422),
        ("POST", "/markets/de/steps", {"content": b"[" * 9999, "headers": {"content-type": "application/json"}}, 422),
        ("POST", "/markets/de/steps", {"content": b"a=b", "headers": {"content-type": "text/plain"}}, 415),
        (
            "POST",
            "/markets/de/steps",
            {"content": b" " * 300_000, "headers": {"content-type": "application/json"}},
            413,
        ),
    ],
)
def test_what_cannot_be_taken_is_told_as_a_problem(
    sqlite_world: World, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    answer = program(sqlite_world).ask(method, path, **options)
    assert answer.status_code == status, answer.text
    problem(answer)


def test_too_many_requests_of_a_token_wait(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from shop.api import answering
    from shop.base.limits import Limit

    monkeypatch.setattr(answering, "RATE", Limit("api", 2, 60))
    mere, other = program(sqlite_world), program(sqlite_world)
    assert [mere.get("/stock").status_code for _each in range(3)] == [200, 200, 429]
    answer = mere.get("/stock")
    assert problem(answer) == "too_many" and 0 < int(answer.headers["retry-after"]) <= 60
    assert other.get("/stock").status_code == 200


def test_the_description_is_for_everybody_and_holds_every_operation(sqlite_world: World) -> None:
    answer = sqlite_world.browser().get("/openapi.json")
    told = json.loads(answer.text)
    assert told["openapi"].startswith("3.1")
    described = {each["operationId"] for path in told["paths"].values() for each in path.values()}
    assert described == {each.name for each in OPERATION}
    for path in told["paths"].values():
        for each in path.values():
            for status, response in each["responses"].items():
                kinds = set(response.get("content", {}))
                assert kinds == ({"application/problem+json"} if int(status) >= 400 else kinds)
