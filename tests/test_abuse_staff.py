"""Abuse by who works here: a role of one's own making."""

from datetime import timedelta

import pytest
from sqlmodel import select

from shop.staff.arrival import CONFIRMED_LASTS
from shop.staff.models import Person, SecondFactor, StaffRole
from tests.doors import ask, doors
from tests.world import World

MORE = {
    "role": "exporter",
    "roles": "exporter",
    "market": "",
    "markets": "",
    "person": "mere",
    "id": "mere",
    "person_id": "mere",
    "deactivated": "false",
    "second_factor": "",
    "role-1": "exporter",
}


def people(world: World) -> list[tuple[object, ...]]:
    with world.house.database.reading() as db:
        own = [(each.id, each.role, each.markets, each.deactivated) for each in db.exec(select(Person)).all()]
        return sorted(own, key=str) + sorted(
            ((each.person, each.role, each.market) for each in db.exec(select(StaffRole)).all()), key=str
        )


@pytest.mark.parametrize("who", ["lena", "jonas", "annika"], ids=lambda each: f"abuse 38: {each}")
def test_nobody_but_an_exporter_makes_a_role_whatever_is_sent_along(sqlite_world: World, who: str) -> None:
    world = sqlite_world
    browser, before = world.signed_in(who), people(world)
    body = "&".join(f"{name}={value}" for name, value in MORE.items()).encode()
    names = {"person": who, "name": "0", "deed": "sign-out"}
    targets = [
        door
        for door in doors(world)
        if door.method == "POST" and door.path.startswith(("/desk/account", "/console/people"))
    ]
    assert len(targets) > 8
    for door in targets:
        answer = ask(world, "POST", door.at(**names), cookies=browser.cookies, body=body)
        if door.path.startswith("/console/people"):
            assert answer.status == 404, door.path
        assert answer.status < 500, door.path
        if browser.get("/desk").status_code != 200:
            world.clock.now += timedelta(minutes=6)
            browser = world.signed_in(who)
    assert people(world) == before


@pytest.mark.parametrize(
    "host", ["x/desk?", "127.0.0.1:8000/desk#", "x:y", "\xff", "[::1"], ids=lambda each: f"abuse 38: {each!r}"
)
def test_no_host_that_is_named_makes_a_sensitive_door_another(sqlite_world: World, host: str) -> None:
    world = sqlite_world
    mere, door = world.signed_in("mere"), "/desk/account/second-factor/start"
    world.clock.now += CONFIRMED_LASTS + timedelta(minutes=1)
    answer = ask(world, "POST", door, cookies=mere.cookies, headers={"host": host.encode("latin-1")})
    assert answer.status in (400, 422), answer.status  # such a host is refused as it is, or read by nobody
    assert answer.status == 400 or ('action="/sign-in/again"' in answer.text and door in answer.text)
    with world.house.database.reading() as db:
        assert db.exec(select(SecondFactor)).all() == []
