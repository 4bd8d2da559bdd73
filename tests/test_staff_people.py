"""The people of the house: invitations, what each may do where, deactivating, and that somebody is always left."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shop.base.limits import NEW_PASSWORD
from shop.staff import people
from shop.staff.choosing import choose_password
from shop.staff.last_exporter import LastExporter
from shop.staff.may import (
    MATRIX,
    SENSITIVE,
    as_read,
    further_roles,
    give_further_roles,
    markets_for,
    may_somewhere,
    role_at,
    roles_at,
    works_for,
)
from shop.staff.models import Person, PersonDeed, StaffLink
from shop.staff.passwords import weakness
from shop.staff.programs import Programs
from shop.staff.signin import standing, who_is
from tests.buying import at_once
from tests.doors import fresh_world
from tests.statements import counted
from tests.world import PASSWORD, Browser, World, forms, text

PEOPLE = "/console/people"
EVA = {
    "name": "Eva Lind",
    "email": "eva@example.com",
    "role": "agent",
    "language": "en",
    "zone": "Europe/Berlin",
    "market-de": "yes",
}
GOOD = "four quiet herons"


@pytest.fixture
def house(tmp_path: Path, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path) as world:
        yield world


@pytest.fixture
def mere(house: World) -> Browser:
    return house.signed_in("mere")


def link(house: World, email: str = "eva@example.com") -> str:
    """The address in the last mail to them."""
    house.work()
    body = house.mails(email)[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return str(re.search(r"/new-password/\S+", body)[0])  # type: ignore[index]


def chosen(browser: Browser, url: str, password: str = GOOD) -> Any:
    """What the shop says to a password chosen by the link."""
    return browser.post(url, {"password": password, "repeated": password})


def row(house: World, person: str) -> Person:
    with house.house.database.reading() as db:
        return db.get_one(Person, person)


def filled(page: Any, action: str) -> dict[str, str]:
    """The form as it stands on the page, its ticks and choices too."""
    found = next(each for each in forms(page.text) if each.action == action)
    part = page.text.partition(f'action="{action}"')[2].partition("</form>")[0]
    ticks = dict.fromkeys(re.findall(r'type="checkbox"[^>]*name="([^"]+)"[^>]* checked', part), "yes")
    radios = dict(re.findall(r'type="radio" name="([^"]+)" value="([^"]+)" checked', part))
    boxes = re.findall(r'<select[^>]*name="([^"]+)".*?</select>', part, re.S)
    choices = {
        name: (re.search(rf'name="{name}".*?value="([^"]*)" selected', part, re.S) or [None, ""])[1] for name in boxes
    }
    return {**found.fields, **radios, **choices, **ticks}


def test_who_is_added_is_invited_and_chooses_a_password_once(house: World, mere: Browser) -> None:
    assert mere.post(PEOPLE, EVA).headers["location"] == f"{PEOPLE}/eva?done=person_added"
    url, eva = link(house), house.browser()
    for _scanner in range(2):
        assert eva.get(url).status_code == 200, "looking uses nothing up"
    assert "This is not the same" in eva.post(url, {"password": GOOD, "repeated": "x"}).text
    assert "tried first" in chosen(eva, url, "password1234").text
    assert "too near" in chosen(eva, url, "eva lind 2026").text

    assert chosen(eva, url).headers["location"] == "/desk"

    assert eva.get("/desk").status_code == 200
    assert chosen(house.browser(), url, "seven loud herons").status_code == 404
    assert house.browser().post("/sign-in", {"email": EVA["email"], "password": GOOD}).status_code == 303
    with house.house.database.reading() as db:
        deeds = db.exec(select(PersonDeed.deed, PersonDeed.by).where(PersonDeed.person == "eva")).all()
    assert list(deeds) == [("added", "mere"), ("invited", "mere"), ("joined", "eva")]


def test_everybody_of_one_office_takes_up_their_invitation_on_the_first_day(house: World, mere: Browser) -> None:
    for number in range(NEW_PASSWORD.times + 2):
        email = f"person{number}@example.com"
        mere.post(PEOPLE, EVA | {"name": f"Person {number}", "email": email})
        assert chosen(house.browser(), link(house, email)).status_code == 303


def test_an_invitation_ends_after_seven_days_and_by_another_one(house: World, mere: Browser) -> None:
    mere.post(PEOPLE, EVA)
    first = link(house)
    house.clock.now += timedelta(seconds=1)
    mere.post(f"{PEOPLE}/eva/invitation")
    second = link(house)
    assert house.browser().get(first).status_code == 404
    house.clock.now += timedelta(days=6, hours=23)
    assert house.browser().get(second).status_code == 200
    house.clock.now += timedelta(hours=2)
    assert chosen(house.browser(), second).status_code == 404
    house.work()
    assert len(house.mails("eva@example.com")) == 2


def test_an_invitation_is_no_way_in_for_who_was_deactivated_or_has_a_password(house: World, mere: Browser) -> None:
    mere.post(PEOPLE, EVA)
    url = link(house)
    mere.post(f"{PEOPLE}/eva/deactivation")
    assert chosen(house.browser(), url).status_code == 404
    mere.post(f"{PEOPLE}/lena/invitation")
    house.work()
    assert house.mails("lena@harbourbench.example") == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Please enter the name"),
        ({"email": "eva"}, "Please enter one e-mail address"),
        ({"email": "lena@harbourbench.example"}, "Somebody else signs in with this address"),
        ({"role": "boss"}, "Please choose one of these"),
        ({"language": "tlh"}, "Please choose one of these"),
        ({"zone": "Mars"}, "This is no time zone"),
        ({"market-de": ""}, "Please choose all markets"),
        ({"role-nz": "boss"}, "Please choose one of these"),
        ({"title": "x" * 300}, "at most 200 characters"),
    ],
)
def test_a_person_who_cannot_be_taken_comes_back_with_everything_entered(
    house: World, mere: Browser, wrong: dict[str, str], said: str
) -> None:
    answer = mere.post(PEOPLE, {**EVA, "title": "Kept", **wrong})
    assert answer.status_code == 422 and said in text(answer.text)
    kept = filled(answer, PEOPLE)
    assert {**EVA, "title": "Kept", **wrong}.items() - kept.items() <= {("market-de", ""), *wrong.items()}
    with house.house.database.reading() as db:
        assert db.get(Person, "eva") is None


def test_two_people_changing_one_person_see_what_is_different(house: World, mere: Browser) -> None:
    ruth = house.signed_in("ruth")
    url = f"{PEOPLE}/lena"
    first, second = filled(mere.get(url), url), filled(ruth.get(url), url)
    assert mere.post(url, {**first, "title": "Support, Altona"}).status_code == 303

    stale = ruth.post(url, {**second, "name": "Lena B."})

    assert stale.status_code == 409 and "Support, Altona" in text(stale.text) and 'value="Lena B."' in stale.text
    assert row(house, "lena").name == "Lena Brandt"
    assert ruth.post(url, filled(stale, url)).status_code == 303, "knowingly it is taken"
    assert (row(house, "lena").name, row(house, "lena").title) == ("Lena B.", second["title"])
    assert row(house, "lena").markets == "ch de"


def test_who_is_deactivated_is_out_at_once_and_may_do_nothing(house: World, mere: Browser) -> None:
    lena = house.signed_in("lena")
    assert mere.post(f"{PEOPLE}/lena/deactivation").status_code == 303
    assert lena.get("/desk").status_code == 303
    assert (
        house.browser().post("/sign-in", {"email": "lena@harbourbench.example", "password": PASSWORD}).status_code
        == 422
    )
    gone = row(house, "lena")
    assert not any(may_somewhere(gone, act) for act in MATRIX) and not works_for(gone, "de")
    assert "Deactivated" in text(mere.get(PEOPLE).text)
    assert mere.post(f"{PEOPLE}/lena/activation").status_code == 303
    assert chosen(house.browser(), link(house, "lena@harbourbench.example")).status_code == 303


def test_the_last_exporter_of_all_markets_stays(house: World, mere: Browser) -> None:
    assert mere.post(f"{PEOPLE}/ruth/deactivation").status_code == 303
    assert mere.post(f"{PEOPLE}/mere/deactivation").status_code == 409
    url = f"{PEOPLE}/mere"
    own = filled(mere.get(url), url)
    for change in ({"role": "specialist"}, {"everywhere": "", "market-de": "yes"}):
        answer = mere.post(url, {**own, **change})
        assert answer.status_code == 409 and "Nobody would be left" in text(answer.text), change
    assert not row(house, "mere").deactivated and row(house, "mere").role == "exporter"


def test_two_exporters_who_take_each_other_away_at_once_leave_one(world: World) -> None:
    now, last = world.clock.now, ("mere", "ruth")

    def take_away(place: int) -> None:
        with world.house.database.writing() as db:
            people.deactivate(db, last[place], by=last[1 - place], now=now)

    came = at_once(2, take_away)

    assert sorted(type(each) for each in came if each) == [LastExporter], came
    with world.house.database.reading() as db:
        assert sorted(db.get_one(Person, each).deactivated for each in last) == [False, True]


def test_two_clicks_on_one_invitation_choose_one_password(world: World) -> None:
    world.signed_in("mere").post(PEOPLE, EVA)
    secret = link(world).rpartition("/")[2]
    passwords = ("four quiet herons", "seven loud herons")

    def choose(place: int) -> Person:
        none = Programs(lambda _db, _person, _now: 0)
        return choose_password(world.house.database, secret, passwords[place], programs=none, now=world.clock.now)

    came = at_once(2, choose)

    assert sorted(type(each).__name__ for each in came) == ["PasswordLinkOver", "Person"], came
    chose = next(each for each, who in zip(passwords, came, strict=True) if isinstance(who, Person))
    assert who_is(world.house.database, EVA["email"], chose).id == "eva"


def test_a_forgotten_password_is_answered_alike_for_all_and_replaced_by_a_link(house: World) -> None:
    lena = house.signed_in("lena")
    pages = [
        text(house.browser().post("/forgotten", {"email": email}).text)
        for email in ("lena@harbourbench.example", "nobody@harbourbench.example")
    ]
    assert pages[0] == pages[1] and "a mail is on its way" in pages[0]
    url = link(house, "lena@harbourbench.example")
    assert house.mails("nobody@harbourbench.example") == []
    assert chosen(house.browser(), url).status_code == 303
    assert lena.get("/desk").status_code == 303, "it signs out everywhere"
    with house.house.database.reading() as db:
        assert db.exec(select(StaffLink)).all() == []


def test_a_link_for_a_forgotten_password_lasts_an_hour(house: World) -> None:
    house.browser().post("/forgotten", {"email": "lena@harbourbench.example"})
    url = link(house, "lena@harbourbench.example")
    house.clock.now += timedelta(minutes=61)
    assert chosen(house.browser(), url).status_code == 404
    house.later(days=1)
    with house.house.database.reading() as db:
        assert db.exec(select(StaffLink)).all() == [], "what opens nothing any more is not kept"


def test_only_an_exporter_of_all_markets_sets_up_people(house: World, mere: Browser) -> None:
    for person, roles, markets in (("annika", "", "de"), ("tane", "nz:exporter", "nz")):
        with house.house.database.writing() as db:
            someone = db.get_one(Person, person)
            give_further_roles(someone, as_read(roles))
            someone.markets = markets
        browser = house.signed_in(person)
        for url in (PEOPLE, f"{PEOPLE}/new", f"{PEOPLE}/{person}"):
            assert browser.get(url).status_code == 404, (person, url)
        assert browser.post(f"{PEOPLE}/mere/deactivation").status_code == 404


def test_a_role_in_one_market_counts_there_and_nowhere_else(house: World, mere: Browser) -> None:
    url = f"{PEOPLE}/annika"
    form = filled(mere.get(url), url)
    assert mere.post(url, {**form, "role-nz": "exporter"}).status_code == 303
    assert further_roles(row(house, "annika")) == {"nz": "exporter"}
    annika = house.signed_in("annika")
    assert annika.get("/console/markets/nz").status_code == 200
    assert annika.get("/console/markets/ch").status_code == 404
    assert annika.get("/console/markets/nz/pause").status_code == 200
    assert annika.get("/console/markets/de/pause").status_code == 404, "there she advises"
    assert annika.post("/console/markets/de/stops", {"sku": "HB-BL-230", "reason": "a test"}).status_code == 404
    assert annika.get("/console/markets/de/denials").status_code == 404
    assert annika.get("/console/markets/nz/denials").status_code == 200

    form = filled(mere.get(url), url)
    assert form["role-nz"] == "exporter"
    assert mere.post(url, {**form, "role-nz": "", "role-ch": "agent"}).status_code == 303

    assert further_roles(row(house, "annika")) == {"ch": "agent"}
    assert annika.get("/console/markets/nz").status_code == 404, "it counts at once"
    with house.house.database.reading() as db:
        told = db.exec(select(PersonDeed.detail).where(PersonDeed.person == "annika", PersonDeed.deed == "changed"))
        assert list(told.all()) == ["roles:  -> nz:exporter", "roles: nz:exporter -> ch:agent"]


def test_roles_are_taken_and_given_in_one_go_on_each_engine(world: World) -> None:
    for roles in ({"nz": "exporter", "ch": "agent"}, {"nz": "agent", "jp": "partner"}, {}):
        with world.house.database.writing() as db:
            give_further_roles(db.get_one(Person, "annika"), roles)
        assert further_roles(row(world, "annika")) == roles


def test_who_has_signed_in_and_their_roles_are_read_in_one_statement(house: World) -> None:
    with house.house.database.writing() as db:
        give_further_roles(db.get_one(Person, "annika"), {"nz": "exporter", "ch": "agent"})
    annika = house.signed_in("annika")
    token = next(value for name, value in annika.cookies.items() if name.endswith("staff"))
    with counted(house) as sent, house.house.database.reading() as db:
        here = standing(db, token, now=house.clock.now)
        assert here is not None and works_for(here.person, "nz", "market.change")
    assert len([each for each in sent if each.startswith("SELECT")]) == 1, sent


def test_what_the_roles_of_a_person_come_to() -> None:
    """A specialist in Germany who answers in Switzerland and leads New Zealand."""
    person = Person(id="a", email="a@x", name="A", role="specialist", markets="de", deactivated=False)
    give_further_roles(person, {"ch": "agent", "nz": "exporter"})
    assert [sorted(roles_at(person, each)) for each in ("de", "ch", "nz", "jp", "")] == [
        ["specialist"], ["agent"], ["exporter"], [], []
    ]  # fmt: skip
    assert markets_for(person, "market.change") == {"nz"}
    assert markets_for(person, "policy.sign") == {"de"}
    assert markets_for(person, "board.see") == {"de", "nz"}
    assert markets_for(person, "account") == {"de", "ch", "nz"}
    assert role_at(person, "nz") == "exporter" and role_at(person, "jp") == "specialist"
    assert not works_for(person, "de", "market.change") and works_for(person, "nz", "market.change")
    everywhere = Person(id="b", email="b@x", name="B", role="exporter", deactivated=False)
    give_further_roles(everywhere, {"de": "specialist"})
    assert markets_for(everywhere, "market.change") == frozenset() and works_for(everywhere, "", "market.change")
    assert works_for(everywhere, "de", "policy.sign") and not works_for(everywhere, "nz", "policy.sign")


def test_every_sensitive_act_is_one_of_the_matrix_and_none_that_helps_at_once() -> None:
    assert set(SENSITIVE) <= set(MATRIX)
    harmless = {"sale.stop", "request.answer", "incident.open", "incident.act", "case.decide", "recall.open"}
    assert not harmless & set(SENSITIVE)
    assert not re.search(SENSITIVE["market.change"], "/console/markets/de/pause")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "short"),
        ("password1234", "common"),
        ("P4ssw0rd!!!!", "common"),
        ("123456789012", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("abcabcabcabc", "common"),
        ("qwertyuiopas", "common"),
        ("lena.brandt.2026", "own"),
        ("harbourbench", "own"),
        ("four quiet herons", ""),
        ("harbour-demo", ""),
        ("correct horse battery", ""),
        ("пароль из четырёх слов", ""),
        ("東京の静かな四羽の鷺が飛ぶ", ""),
    ],
)
def test_which_passwords_are_refused(password: str, reason: str) -> None:
    assert weakness(password, "Lena Brandt", "lena@harbourbench.example") == reason
