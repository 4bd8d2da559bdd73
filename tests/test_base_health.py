"""What machines ask: that the shop runs and can serve is told to all, its counters only here or for a token."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shop.app import build
from tests.doors import Answer, ask, fresh_world
from tests.world import World

TOKEN = "a-token-of-some-length"
STRANGER = "203.0.113.7"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("health")) as world:
        yield world


def metrics(world: World, *, client: str = STRANGER, token: str = "", **headers: str) -> Answer:
    house = replace(world.house, settings=replace(world.house.settings, metrics_token=token))
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(replace(world, app=build(house, jobs_inside=False)), "GET", "/metrics", client=client, headers=given)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_whether_it_runs_is_told_to_everybody(shop: World, path: str) -> None:
    assert ask(shop, "GET", path, client=STRANGER).status == 200


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])
def test_the_counters_are_told_on_this_machine(shop: World, client: str) -> None:
    answer = metrics(shop, client=client)
    assert answer.status == 200 and b"softlaunch_requests" in answer.body
    assert answer.header("cache-control") == "private, no-store"


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "x_real_ip", "via"])
def test_what_a_messenger_brings_is_not_from_this_machine(shop: World, header: str) -> None:
    assert metrics(shop, client="127.0.0.1", **{header: "127.0.0.1"}).status == 404


@pytest.mark.parametrize("client", [STRANGER, "10.0.0.1", "2001:db8::1", "", "unix:"])
def test_for_others_there_is_no_such_page(shop: World, client: str) -> None:
    assert metrics(shop, client=client).status == 404
    assert metrics(shop, client=client, authorization="Bearer ").status == 404


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200), (f"bearer  {TOKEN}", 200), (f"Bearer {TOKEN}x", 404), ("Bearer", 404), ("", 404),
        (f"Basic {TOKEN}", 404), (TOKEN, 404), ("Bearer \xff", 404),
    ],
)  # fmt: skip
def test_a_token_opens_them_from_anywhere(shop: World, authorization: str, status: int) -> None:
    assert metrics(shop, token=TOKEN, authorization=authorization, x_forwarded_for="10.0.0.1").status == status


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/healthz", "GET, HEAD, OPTIONS"), ("POST", "/de/de/", "GET, HEAD, OPTIONS"),
        ("GET", "/choice", "POST, OPTIONS"), ("DELETE", "/sign-in/", "GET, HEAD, POST, OPTIONS"),
        ("BREW", "/sign-in", "GET, HEAD, POST, OPTIONS"), ("PUT", "/webhooks/stripe", "POST, OPTIONS"),
    ],
)  # fmt: skip
def test_a_method_that_a_door_does_not_know_is_told_which_it_does(
    shop: World, method: str, path: str, allowed: str
) -> None:
    answer = ask(shop, method, path)
    assert (answer.status, answer.header("allow")) == (405, allowed)
    assert ask(shop, "GET", "/nowhere").header("allow") == ""
