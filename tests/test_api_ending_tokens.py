"""Tokens at the moments when a person may have lost hold of their account: another password, signing out, a reset by mail."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shop.staff.models import Person
from tests.doors import fresh_world
from tests.programs import program
from tests.world import PASSWORD, World, text

MERE = "mere@harbourbench.example"
NEW = {"old": PASSWORD, "password": "four quiet herons", "repeated": "four quiet herons"}


@pytest.fixture
def house(tmp_path: Path, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path) as world:
        yield world


@pytest.mark.parametrize(("given", "status"), [({}, 200), ({"tokens": "yes"}, 401)])
def test_with_another_password_the_tokens_end_where_it_is_ticked(
    house: World, given: dict[str, str], status: int
) -> None:
    one, mere = program(house), house.signed_in("mere")
    program(house)
    assert "2 API tokens still work." in text(mere.get("/desk/account").text)
    assert mere.post("/desk/account/password", NEW | given).status_code == 303
    assert one.get("/markets").status_code == status
    assert ("still work" in text(mere.get("/desk/account").text)) == (status == 200)


def test_a_password_that_is_refused_ends_nothing_and_keeps_the_tick(house: World) -> None:
    one, mere = program(house), house.signed_in("mere")
    answer = mere.post("/desk/account/password", NEW | {"old": "not it", "tokens": "yes"})
    assert answer.status_code == 422 and re.search(r'name="tokens" value="yes" checked', answer.text)
    assert one.get("/markets").status_code == 200


@pytest.mark.parametrize(("given", "status"), [({}, 200), ({"tokens": "yes"}, 401)])
def test_signing_out_everywhere_ends_the_tokens_where_it_is_ticked(
    house: World, given: dict[str, str], status: int
) -> None:
    one, mere = program(house), house.signed_in("mere")
    assert mere.post("/desk/account/sign-ins/ending", given).status_code == 303
    assert one.get("/markets").status_code == status
    house.clock.now += timedelta(seconds=1)
    assert program(house).get("/markets").status_code == 200, "a new one works"


@pytest.mark.parametrize(("given", "status"), [({}, 200), ({"tokens": "yes"}, 401)])
def test_the_exporter_ends_the_tokens_of_somebody_else(house: World, given: dict[str, str], status: int) -> None:
    theirs, own, mere = program(house, "annika"), program(house), house.signed_in("mere")
    assert "1 API token still works." in text(mere.get("/console/people/annika").text)
    assert mere.post("/console/people/annika/sign-out", given).status_code == 303
    assert theirs.get("/markets").status_code == status and own.get("/markets").status_code == 200
    assert ("API tokens ended" in text(mere.get("/console/people/annika").text)) == (status == 401)


@pytest.mark.parametrize("tokens", [0, 2])
def test_a_reset_by_mail_ends_all_tokens_and_says_so(house: World, tokens: int) -> None:
    with house.house.database.writing() as db:
        db.get_one(Person, "mere").language = "en"
    programs, other = [program(house) for _each in range(tokens)], program(house, "annika")
    house.browser().post("/forgotten", {"email": MERE})
    house.work()
    link = re.search(r"/new-password/[\w-]+", house.mails(MERE)[-1].as_string().replace("=\n", ""))
    assert link
    browser = house.browser()
    assert ("still work" in text(browser.get(link[0]).text)) == (tokens > 0)
    chosen = {"password": NEW["password"], "repeated": NEW["password"]}
    assert browser.post(link[0], chosen | {"repeated": "another"}).status_code == 422
    assert all(each.get("/markets").status_code == 200 for each in programs)
    assert browser.post(link[0], chosen).status_code == 303
    assert all(each.get("/markets").status_code == 401 for each in programs)
    assert other.get("/markets").status_code == 200
    house.work()
    told = house.mails(MERE)[-1].get_body(("plain",)).get_content()
    assert "password was changed" in told and ("API tokens of your account have been ended" in told) == (tokens > 0)
