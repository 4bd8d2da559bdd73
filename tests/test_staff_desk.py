"""The sign-in door: guessing is slowed down for each address, from wherever it comes, and shuts out nobody for long."""

import pytest

from shop.base.limits import SIGN_IN, SIGN_IN_AS
from tests.doors import Answer, ask
from tests.world import PASSWORD, World

MERE, LENA = "mere@harbourbench.example", "lena@harbourbench.example"


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


OFFICE = 77


def test_at_the_start_of_a_shift_everybody_of_one_office_comes_in(sqlite_world: World) -> None:
    staff = [LENA, MERE, "kenji@harbourbench.example"] * 5
    assert len(staff) > SIGN_IN.times
    assert [knock(sqlite_world, OFFICE, each, PASSWORD).status for each in staff] == [303] * len(staff)


def test_who_comes_in_rightly_makes_no_room_for_guesses(sqlite_world: World) -> None:
    guesses = []
    for number in range(SIGN_IN.times + 2):
        guesses.append(knock(sqlite_world, OFFICE, f"person{number}@harbourbench.example").status)
        if number < SIGN_IN.times - 1:
            assert knock(sqlite_world, OFFICE, MERE, PASSWORD).status == 303
    assert guesses == [422] * SIGN_IN.times + [429] * 2


def test_a_stranger_next_door_does_not_shut_out_the_browser_that_knows_the_person(sqlite_world: World) -> None:
    cookie = known(knock(sqlite_world, OFFICE, MERE, PASSWORD))
    for number in range(SIGN_IN.times + 2):
        knock(sqlite_world, OFFICE, f"person{number}@harbourbench.example")
    assert knock(sqlite_world, OFFICE, LENA, PASSWORD).status == 429
    assert knock(sqlite_world, OFFICE, LENA, PASSWORD, cookie).status == 429, "it knows somebody else"
    assert knock(sqlite_world, OFFICE, MERE, PASSWORD, f"{cookie}x").status == 429, "it was not signed here"
    assert knock(sqlite_world, OFFICE, MERE, PASSWORD, cookie).status == 303


def test_of_several_browsers_that_know_a_person_none_shuts_out_another(sqlite_world: World) -> None:
    first, second = (known(knock(sqlite_world, number, MERE, PASSWORD)) for number in (1, 2))
    assert [knock(sqlite_world, 3, MERE, "wrong", first).status for _ in range(SIGN_IN_AS.times + 1)][-1] == 429
    assert knock(sqlite_world, 4, MERE, PASSWORD, second).status == 303
    assert knock(sqlite_world, 3, MERE, PASSWORD, first).status == 429
    sqlite_world.later(seconds=60)
    again = knock(sqlite_world, 3, MERE, PASSWORD, first)
    assert again.status == 303 and known(again) == first, (
        "a sign-in makes the browser no other, with guesses of its own"
    )
