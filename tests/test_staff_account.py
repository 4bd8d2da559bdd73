"""One's own account: passwords, open sign-ins, the second factor, and being asked again before what weighs a lot."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.limits import CODE_AS
from shop.ground.figures import as_typed
from shop.staff.models import Person, PersonDeed, RecoveryCode, SignedIn
from shop.staff.second_factor import take_code, take_recovery
from tests.buying import at_once
from tests.doors import ask, fresh_world
from tests.second_factor import ACCOUNT, FACTOR, LENA, MERE, code, half_in, set_up
from tests.world import PASSWORD, Browser, World, text

NEW = "four quiet herons"


@pytest.fixture
def house(tmp_path: Path, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path) as world:
        yield world


def reads_english(house: World, person: str) -> None:
    with house.house.database.writing() as db:
        db.get_one(Person, person).language = "en"


def test_another_password_needs_the_old_one_and_signs_out_every_other_browser(house: World) -> None:
    reads_english(house, "lena")
    lena, other = house.signed_in("lena"), house.signed_in("lena")
    given = {"old": PASSWORD, "password": NEW, "repeated": NEW}
    for wrong, said in (
        ({"old": "not the password"}, "This is not your password"),
        ({"repeated": "another"}, "This is not the same"),
        ({"password": PASSWORD, "repeated": PASSWORD}, "that was there before"),
        ({"password": "short", "repeated": "short"}, "at least 12"),
        ({"password": "Lena Brandt 1", "repeated": "Lena Brandt 1"}, "too near"),
    ):
        answer = lena.post(f"{ACCOUNT}/password", {**given, **wrong})
        assert answer.status_code == 422 and said in text(answer.text), said
        assert not any(each in answer.text for each in (PASSWORD, "not the password", NEW))

    assert lena.post(f"{ACCOUNT}/password", given).status_code == 303

    assert lena.get("/desk").status_code == 200
    assert other.get("/desk").status_code == 303
    assert house.browser().post("/sign-in", {"email": LENA, "password": PASSWORD}).status_code == 422
    house.work()
    assert "changed" in house.mails(LENA)[-1]["Subject"] or house.mails(LENA)


def test_an_open_sign_in_is_ended_from_another_browser(house: World) -> None:
    lena, second, third = (house.signed_in("lena") for _ in range(3))
    page = lena.get(ACCOUNT).text
    assert page.count("Sign this one out") == 2 or page.count("/ending") == 3
    ends = [part.partition('"')[0] for part in page.split('action="')[1:] if "/sign-ins/" in part.partition('"')[0]]
    assert lena.post(ends[0]).status_code == 303
    assert sorted(each.get("/desk").status_code for each in (second, third)) == [200, 303]
    lena.post(f"{ACCOUNT}/sign-ins/ending")
    assert [each.get("/desk").status_code for each in (lena, second, third)] == [200, 303, 303]


def test_nobody_ends_the_sign_in_of_somebody_else(house: World) -> None:
    lena, tane = house.signed_in("lena"), house.signed_in("tane")
    with house.house.database.reading() as db:
        name = db.exec(select(SignedIn.token_hash).where(SignedIn.person_id == "lena")).one()[:16]
    tane.post(f"{ACCOUNT}/sign-ins/{name}/ending")
    assert lena.get("/desk").status_code == 200


def test_a_second_factor_is_asked_for_once_it_was_used(house: World) -> None:
    lena = house.signed_in("lena")
    lena.post(f"{FACTOR}/start")
    assert house.signed_in("lena").get("/desk").status_code == 200, "it does not count yet"
    assert lena.post(FACTOR, {"code": "000000"}).status_code == 422
    assert lena.get(f"{FACTOR}.svg").headers["content-type"].startswith("image/svg+xml")
    set_up(house, lena, "lena")
    assert lena.get(f"{FACTOR}.svg").status_code == 204, "the secret is shown no more"

    browser = half_in(house, LENA)
    assert browser.get("/desk").status_code == 303, "half is not in"
    house.clock.now += timedelta(seconds=30)
    assert browser.post("/sign-in/code", {"code": "123"}).status_code == 422
    assert browser.post("/sign-in/code", {"code": code(house, "lena")}).status_code == 303
    assert browser.get("/desk").status_code == 200


@pytest.mark.parametrize("keyboard", [1, 3])
def test_a_code_is_read_whichever_keyboard_wrote_it(house: World, keyboard: int) -> None:
    paper = [each.partition("<")[0] for each in set_up(house, house.signed_in("lena"), "lena")]
    house.clock.now += timedelta(seconds=30)
    for given in (code(house, "lena"), f"{paper[0][:5]}ー{paper[0][6:]}"):
        typed = as_typed(given)[keyboard]
        assert half_in(house, LENA).post("/sign-in/code", {"code": typed}).status_code == 303, typed


def test_a_code_is_taken_once_and_half_a_minute_early_or_late(house: World) -> None:
    set_up(house, house.signed_in("lena"), "lena")
    spent = code(house, "lena")
    assert half_in(house, LENA).post("/sign-in/code", {"code": spent}).status_code == 422
    house.clock.now += timedelta(seconds=60)
    late = code(house, "lena")
    house.clock.now += timedelta(seconds=30)
    first, second = half_in(house, LENA), half_in(house, LENA)
    assert first.post("/sign-in/code", {"code": late}).status_code == 303
    assert second.post("/sign-in/code", {"code": late}).status_code == 422
    too_late = code(house, "lena")
    house.clock.now += timedelta(seconds=60)
    assert second.post("/sign-in/code", {"code": too_late}).status_code == 422


def test_a_code_on_paper_signs_in_once_and_is_kept_nowhere(house: World) -> None:
    reads_english(house, "lena")
    lena = house.signed_in("lena")
    codes = [each.partition("<")[0] for each in set_up(house, lena, "lena")]
    assert len(set(codes)) == 10
    with house.house.database.reading() as db:
        kept = db.exec(select(RecoveryCode.hash)).all()
    assert len(kept) == 10 and not any(each.replace("-", "") in str(kept) for each in codes)
    assert half_in(house, LENA).post("/sign-in/code", {"code": codes[0].lower()}).status_code == 303
    assert half_in(house, LENA).post("/sign-in/code", {"code": codes[0]}).status_code == 422
    assert "9 codes on paper are left" in text(lena.get(ACCOUNT).text)
    lena.post(f"{FACTOR}/recovery-codes")
    assert half_in(house, LENA).post("/sign-in/code", {"code": codes[1]}).status_code == 422


def test_guessing_codes_is_slowed_down(house: World) -> None:
    set_up(house, house.signed_in("lena"), "lena")
    browser = half_in(house, LENA)
    told = [browser.post("/sign-in/code", {"code": f"{each:06}"}).status_code for each in range(CODE_AS.times + 1)]
    assert told == [422] * CODE_AS.times + [429]


def test_the_half_way_in_is_over_after_ten_minutes_and_by_another_password(house: World) -> None:
    lena = house.signed_in("lena")
    set_up(house, lena, "lena")
    early = half_in(house, LENA)
    lena.post(f"{ACCOUNT}/password", {"old": PASSWORD, "password": NEW, "repeated": NEW})
    house.clock.now += timedelta(seconds=60)
    assert early.post("/sign-in/code", {"code": code(house, "lena")}).headers["location"] == "/sign-in"
    assert house.browser().post("/sign-in/code", {"code": code(house, "lena")}).headers["location"] == "/sign-in"
    with house.house.database.reading() as db:
        assert len(db.exec(select(SignedIn).where(SignedIn.person_id == "lena")).all()) == 1


def test_who_must_have_a_second_factor_finds_nothing_else_until_it_is_set_up(house: World) -> None:
    lena = house.signed_in("lena")
    house.signed_in("mere").post("/console/people/second-factor", {"second_factor": "yes"})
    answer = lena.get("/desk")
    assert (answer.status_code, answer.headers["location"]) == (303, FACTOR)
    assert lena.get(FACTOR).status_code == 200
    set_up(house, lena, "lena")
    assert lena.get("/desk").status_code == 200
    assert lena.post(f"{FACTOR}/removal").headers["location"].endswith("factor_kept")
    tane = house.signed_in("tane")
    assert tane.get("/desk").headers["location"] == FACTOR, "also for who signs in later"


def test_who_signed_in_by_the_password_alone_is_out_once_there_is_a_second_factor(house: World) -> None:
    house.signed_in("mere").post("/console/people/second-factor", {"second_factor": "yes"})
    lena, other = house.signed_in("lena"), house.signed_in("lena")
    set_up(house, lena, "lena")
    assert lena.get("/desk").status_code == 200
    assert other.get("/desk").headers["location"].startswith("/sign-in")


def test_the_second_factor_is_taken_off_by_who_may_and_they_are_told(house: World) -> None:
    lena = house.signed_in("lena")
    set_up(house, lena, "lena")
    assert lena.post(f"{FACTOR}/removal").status_code == 303
    assert house.signed_in("lena").get("/desk").status_code == 200
    house.work()
    assert len(house.mails(LENA)) >= 2
    with house.house.database.reading() as db:
        deeds = db.exec(select(PersonDeed.deed).where(PersonDeed.person == "lena")).all()
    assert deeds == ["factor_on", "factor_off"]


def test_a_new_browser_is_told_of_and_a_known_one_is_not(house: World) -> None:
    first = house.signed_in("lena")
    house.work()
    assert house.mails(LENA) == [], "the first sign-in is no news"
    first.post("/sign-in", {"email": LENA, "password": PASSWORD})
    house.work()
    assert house.mails(LENA) == []
    firefox = {"user-agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"}
    house.browser().post("/sign-in", {"email": LENA, "password": PASSWORD}, headers=firefox)
    house.work()
    [mail] = house.mails(LENA)
    assert "Firefox" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def stale(house: World, person: str = "mere") -> Browser:
    """Somebody who signed in sixteen minutes ago."""
    browser = house.signed_in(person)
    browser.shows_again = False
    house.clock.now += timedelta(minutes=16)
    return browser


def test_what_weighs_a_lot_asks_again_and_then_carries_out_the_same_form(house: World) -> None:
    mere = stale(house)
    fields = {
        "name": "Eva Lind",
        "email": "eva@example.com",
        "role": "agent",
        "language": "de",
        "zone": "Europe/Berlin",
    }
    page = mere.post("/console/people", {**fields, "market-de": "yes", "title": '"><script>'})
    assert page.status_code == 422 and "confirm once more that it is you" in text(page.text)
    assert "<script>&" not in page.text and 'value="Eva Lind"' in page.text
    wrong = mere.submit("/sign-in/again", **{"again.password": "not hers"})
    assert wrong.status_code == 422 and 'value="Eva Lind"' in wrong.text and 'value="not hers"' not in wrong.text
    with house.house.database.reading() as db:
        assert db.get(Person, "eva") is None

    answer = mere.submit("/sign-in/again", **{"again.password": PASSWORD})

    assert (answer.status_code, answer.headers["location"]) == (307, "/console/people")
    assert answer.headers["cache-control"] == "private, no-store"
    sent = dict(fields) | {"market-de": "yes", "title": '"><script>', "again.password": PASSWORD, "again.to": "x"}
    assert mere.post(answer.headers["location"], sent).status_code == 303
    with house.house.database.reading() as db:
        assert db.get_one(Person, "eva").title == '"><script>'


def test_who_has_a_second_factor_is_asked_for_its_code(house: World) -> None:
    mere = house.signed_in("mere")
    set_up(house, mere, "mere")
    mere.shows_again = False
    house.clock.now += timedelta(minutes=16)
    mere.post(f"{FACTOR}/recovery-codes")
    assert mere.submit("/sign-in/again", **{"again.password": PASSWORD}).status_code == 422
    assert mere.submit("/sign-in/again", **{"again.code": code(house, "mere")}).status_code == 307
    assert mere.post(f"{FACTOR}/recovery-codes").status_code == 200


@pytest.mark.parametrize("where", ["https://elsewhere.example/", "//elsewhere.example", "/sign-out", "/desk@x", ""])
def test_being_asked_again_leads_nowhere_else(house: World, where: str) -> None:
    mere = stale(house)
    answer = mere.post("/sign-in/again", {"again.to": where, "again.password": PASSWORD})
    assert answer.status_code == 404


def test_what_somebody_else_entered_is_not_carried_out_in_ones_own_name(house: World) -> None:
    mere = stale(house)
    mere.post("/console/people", {"name": "Eva Lind", "email": "eva@example.com", "role": "exporter"})
    asked = mere.page
    mere.post("/sign-in", {"email": "ruth@harbourbench.example", "password": PASSWORD})
    mere.page = asked

    answer = mere.submit("/sign-in/again", **{"again.password": PASSWORD})

    assert answer.status_code == 409 and "is not carried out in your name" in text(answer.text)


@pytest.mark.parametrize(
    "where", ["/desk/\r\nSet-Cookie: a=b", "/desk/é\u202e", "/desk/..//elsewhere.example/", "/desk/\\x"]
)
def test_no_address_leaves_the_house_or_adds_a_header(house: World, where: str) -> None:
    mere = stale(house)
    answers = [
        house.browser().post("/sign-in", {"email": MERE, "password": PASSWORD, "then": where}),
        mere.post("/sign-in/again", {"again.to": where, "again.who": "mere", "again.password": PASSWORD}),
    ]
    for answer in answers:
        to = answer.headers["location"]
        assert to.startswith("/desk/") and to.isascii() and not set(to) & set("\r\n\\"), to
        assert "a" not in answer.cookies


def test_a_code_given_many_times_at_once_signs_in_once(world: World) -> None:
    paper = set_up(world, world.signed_in("mere"), "mere")[0].partition("<")[0]
    world.clock.now += timedelta(seconds=31)
    database, signer, now = world.house.database, world.house.signer, world.clock.now
    app = code(world, "mere")

    def take(place: int) -> bool:
        with database.writing() as db:
            return (take_recovery if place % 2 else take_code)(db, signer, "mere", paper if place % 2 else app, now=now)

    came = at_once(8, take)

    assert (came[::2].count(True), came[1::2].count(True)) == (1, 1), came
    assert came.count(False) == 6


def test_a_stranger_is_not_asked_again(house: World) -> None:
    given = {"again.to": "/console/people", "again.password": PASSWORD}
    assert house.browser().post("/sign-in/again", given).headers["location"] == "/sign-in"


def test_pausing_stopping_and_answering_never_ask_again(house: World) -> None:
    mere = stale(house)
    page = mere.get("/console/markets/de/pause")
    paused = mere.submit("/pause", mode="sell_stop", reason="Stock is counted")
    assert page.status_code == 200 and paused.status_code == 303, text(paused.text)
    again = mere.get("/console/markets/de/resume")
    assert again.status_code == 200
    assert "confirm once more" in text(mere.submit("/resumption", reason="Counted").text)
    stopped = mere.post("/console/markets/de/stops", {"sku": "HB-BL-230", "reason": "a test", "place": "de"})
    assert "confirm once more" not in text(stopped.text)


def test_fields_sent_twice_are_both_asked_for_again(house: World) -> None:
    mere = stale(house)
    body = b"name=A&name=B&again.to=x&email=%00"
    page = ask(house, "POST", "/console/people", body=body, cookies=mere.cookies)
    assert page.status == 422
    assert page.text.count('name="name"') == 2 and page.text.count('name="again.to"') == 1
