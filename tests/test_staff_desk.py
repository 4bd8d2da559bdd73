"""The sign-in door: guessing is slowed down for each address, from wherever it comes, and shuts out nobody for long."""

import pytest

from shop.base.limits import SIGN_IN_AS
from tests.doors import Answer, ask
from tests.world import PASSWORD, World

MERE = "mere@harbourbench.example"


def knock(world: World, number: int, email: str = MERE, password: str = "wrong", cookie: str = "") -> Answer:
    """One attempt, each number from another corner of the world."""
    body = f"email={email.replace('@', '%40')}&password={password}".encode()
    headers = {"cookie": cookie} if cookie else {}
    return ask(world, "POST", "/sign-in", client=f"203.0.{number}.9", body=body, headers=headers)


def known(answer: Answer) -> str:
    """The cookie that a browser keeps after a person has signed in."""
    return next(value.partition(";")[0] for name, value in answer.headers if name == "set-cookie" and "known=" in value)


def test_guessing_one_persons_password_from_everywhere_is_slowed_down(sqlite_world: World) -> None:
    for number in range(SIGN_IN_AS.times):
        assert knock(sqlite_world, number).status == 422
    refused = [knock(sqlite_world, 90, email, PASSWORD) for email in (MERE, MERE.upper(), f"+{MERE}")]
    assert [answer.status for answer in refused] == [429] * 3
    assert 0 < int(refused[0].header("retry-after")) <= 60
    assert knock(sqlite_world, 91, "lena@harbourbench.example", PASSWORD).status == 303
    sqlite_world.later(seconds=60)
    assert knock(sqlite_world, 92, MERE, PASSWORD).status == 303


def test_signing_in_rightly_spends_nothing(sqlite_world: World) -> None:
    for number in range(SIGN_IN_AS.times * 2):
        assert knock(sqlite_world, number, MERE, PASSWORD).status == 303


def test_a_stranger_does_not_shut_out_the_browser_that_knows_the_person(sqlite_world: World) -> None:
    cookie = known(knock(sqlite_world, 1, MERE, PASSWORD))
    for number in range(2, 9):
        knock(sqlite_world, number)
    assert knock(sqlite_world, 10, MERE, PASSWORD).status == 429
    assert knock(sqlite_world, 11, MERE, PASSWORD, cookie).status == 303


@pytest.mark.parametrize("email", [MERE, "lena@harbourbench.example"])
def test_a_browser_that_knows_a_person_is_no_master_key(sqlite_world: World, email: str) -> None:
    cookie = known(knock(sqlite_world, 1, MERE, PASSWORD))
    told = [knock(sqlite_world, number, email, "wrong", cookie).status for number in range(2, 12)]
    assert told == [422] * SIGN_IN_AS.times + [429] * (10 - SIGN_IN_AS.times)
