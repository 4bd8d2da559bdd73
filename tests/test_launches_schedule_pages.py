"""Planning at the console: three clocks, odd times in words, what speaks against it, and who may agree or call off."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.base.outbox import Effect
from shop.launches.models import Schedule
from shop.markets.models import Market
from shop.staff.models import Person
from shop.support.shifts.models import AgentShift
from tests.launch_console import database, give_passwords, mere
from tests.launching import NOW, exporter, launched, market, put, step
from tests.world import Browser, World, text, world

__all__ = ["database", "mere"]  # fixtures

PLANS = "/console/markets/nz/schedules"
SOON = {"action": "pause", "day": "2026-11-24", "clock": "23:30", "mode": "hidden", "reason": "stocktaking"}


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[World]:
    with exporter(tmp_path) as made, world(tmp_path, f"sqlite:///{tmp_path / 'launching.db'}") as opened:
        put(made, AgentShift(agent="tane", days="0 1 2 3 4 5 6", start=0, end=1440))
        put(made, Person(id="hana", email="hana@example.com", name="Hana Rewi", role="exporter", language="en"))
        opened.clock.now = NOW
        give_passwords(opened.house.database)
        launched(opened.house.database)
        yield opened


def planned(browser: Browser, **fields: str) -> int:
    answer = browser.post(PLANS, {**SOON, **fields, "confirmed": "yes"})
    assert answer.status_code == 303, text(answer.text)
    return 1


def plans(database: Database) -> list[Schedule]:
    with database.reading() as db:
        return list(db.exec(select(Schedule).order_by(Schedule.id)).all())  # type: ignore[arg-type]


def seen(browser: Browser, url: str = PLANS, status: int = 200) -> str:
    answer = browser.get(url)
    assert answer.status_code == status, text(answer.text)
    return text(answer.text)


def test_a_plan_is_shown_on_every_clock_before_it_is_made(mere: Browser, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Market, "nz").zone = "Asia/Tokyo"
    answer = mere.post(PLANS, SOON)
    said = text(answer.text)
    assert answer.status_code == 200 and not plans(database)
    for each in ("Tue, Nov 24, 11:30 PM", "Wed, Nov 25, 3:30 AM", "Tue, Nov 24, 2:30 PM UTC"):  # there, at home
        assert each in said.replace("\u202f", " "), said
    assert mere.submit(PLANS, confirmed="yes").status_code == 303
    [made] = plans(database)
    assert (made.wall, made.zone, made.person, made.state) == ("2026-11-24T23:30", "Asia/Tokyo", "mere", "waiting")
    page = seen(mere)
    assert "Pause · Hide the catalogue behind one page" in page and "stocktaking" in page and "Planned" in page


def test_what_the_clock_there_leaves_out_is_said_in_words(mere: Browser, at_work: World, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Market, "nz").zone = "Africa/Cairo"
    at_work.clock.now = NOW + timedelta(days=150)
    mere = at_work.signed_in("mere")
    answer = mere.post(PLANS, {**SOON, "day": "2027-04-30", "clock": "00:00"})
    assert "leaves 12:00 AM out on that day. It is the first minute after it: Fri, Apr 30, 1:00 AM" in text(
        answer.text
    ).replace("\u202f", " ")


def test_a_time_that_comes_twice_is_said_to_be_the_first(mere: Browser, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Market, "nz").zone = "Europe/Berlin"
    answer = mere.post(PLANS, {**SOON, "day": "2027-10-31", "clock": "02:30"})
    assert "comes twice there on that day" in text(answer.text)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"clock": "22:30"}, "a time from now on"),
        ({"day": "2030-11-24"}, "at most a year ahead"),
        ({"day": ""}, "a day and a time, by the clock there"),
        ({"clock": "25:00"}, "a day and a time, by the clock there"),
        ({"clock": "24:00"}, "a day and a time, by the clock there"),
        ({"day": "9999-12-31"}, "a day and a time, by the clock there"),
        ({"mode": "for a while"}, "choose what customers shall see"),
        ({"reason": ""}, "Please say why"),
    ],
)
def test_a_form_that_cannot_be_taken_is_drawn_again(
    mere: Browser, database: Database, fields: dict[str, str], said: str
) -> None:
    answer = mere.post(PLANS, {**SOON, **fields, "confirmed": "yes"})
    assert answer.status_code == 422 and said in text(answer.text)
    assert 'name="reason"' in answer.text and not plans(database)


def test_what_speaks_against_the_time_is_listed_and_forbids_nothing(mere: Browser, database: Database) -> None:
    answer = mere.post(PLANS, {**SOON, "action": "resume", "day": "2026-12-25", "clock": "03:00"})
    said = text(answer.text)
    for each in (
        "is not possible from the state that the market will have by then: Soft launch",
        "The roster does not reach that far yet",
        "It is a public holiday there.",
        "It is night at home",
    ):
        assert each in said, (each, said)
    assert mere.submit(PLANS, confirmed="yes").status_code == 303
    assert len(plans(database)) == 1


def test_earlier_plans_are_thought_of_in_what_leads_on(mere: Browser) -> None:
    planned(mere)
    answer = mere.post(PLANS, {**SOON, "action": "resume", "clock": "23:45"})
    assert "is not possible from" not in text(answer.text)


def test_another_minute_must_be_chosen_for_a_second_step(mere: Browser, database: Database) -> None:
    planned(mere)
    answer = mere.post(PLANS, {**SOON, "confirmed": "yes"})
    assert answer.status_code == 409 and "already planned for that time" in text(answer.text)
    assert len(plans(database)) == 1


def test_a_plan_is_planned_anew_with_what_it_said(mere: Browser, database: Database) -> None:
    planned(mere)
    seen(mere, f"{PLANS}/new?replaces=1")
    assert mere.page is not None and 'value="2026-11-24"' in mere.page.text and "stocktaking" in mere.page.text
    assert mere.submit(PLANS, day="2026-11-25", mode="hidden", reason="stocktaking").status_code == 200
    assert mere.submit(PLANS, confirmed="yes").status_code == 303
    assert [(each.state, each.wall) for each in plans(database)] == [
        ("cancelled", "2026-11-24T23:30"),
        ("waiting", "2026-11-25T23:30"),
    ]
    assert "Another plan has taken its place" in seen(mere)


def test_a_plan_is_called_off_once(mere: Browser, database: Database) -> None:
    planned(mere)
    assert mere.post(f"{PLANS}/1/cancellation").status_code == 303
    answer = mere.post(f"{PLANS}/1/cancellation")
    assert answer.status_code == 409 and "As it stands now: Called off" in text(answer.text)
    assert plans(database)[0].state == "cancelled"


def test_the_second_person_agrees_and_the_first_cannot(mere: Browser, at_work: World, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Market, "nz").four_eyes = True
    wider = {"action": "exposure", "audience": "percentage", "percent": "25", "order_cap": "80"}
    answer = mere.post(PLANS, {**SOON, **wider})
    assert "A second person must agree before that time" in text(answer.text)
    planned(mere, **wider)
    assert "Waits for a second person" in seen(mere) and "/agreement" not in str(mere.page and mere.page.text)
    assert mere.post(f"{PLANS}/1/agreement").status_code == 409
    hana = at_work.signed_in("hana")
    seen(hana)
    assert hana.submit("/1/agreement").status_code == 303
    assert "Agreed to by: Hana Rewi" in seen(mere)
    at_work.at(NOW + timedelta(hours=1))
    assert (market(database).percent_bp, market(database).order_cap) == (2_500, 80)


def test_the_work_takes_what_is_due_and_the_mails_say_so_in_every_clock(
    mere: Browser, at_work: World, database: Database
) -> None:
    planned(mere)
    at_work.at(NOW + timedelta(hours=1))
    assert market(database).state == "paused"
    [mail] = at_work.mails("mere@example.com")
    assert mail["Subject"] == "Done as planned, New Zealand: Pause · Hide the catalogue behind one page"
    body = mail.get_body(("plain",))
    assert body is not None and "/console/markets/nz/schedules" in body.get_content()
    with database.reading() as db:
        assert {each.error for each in db.exec(select(Effect)).all()} == {""}


def test_what_could_not_be_done_is_told_with_the_reason(mere: Browser, at_work: World, database: Database) -> None:
    planned(mere)
    at_work.at(NOW + timedelta(hours=3, minutes=30))
    assert market(database).state == "soft"
    [mail] = at_work.mails("ruth@example.com")
    body = mail.get_body(("plain",))
    assert body is not None and "it does not happen late by itself" in body.get_content()
    assert "Minutes late: 150" in seen(mere)


def test_a_pause_holds_plans_back_and_says_so(mere: Browser, database: Database) -> None:
    planned(mere)
    step(database, "pause", mode="sell_stop")
    page = seen(mere)
    assert "Held back" in page and "plan it anew if it shall still happen" in page


def test_a_specialist_sees_plans_of_their_market_and_changes_none(mere: Browser, at_work: World) -> None:
    planned(mere)
    ruth = at_work.signed_in("ruth")
    assert "Pause" in seen(ruth) and "Call it off" not in seen(ruth)
    assert ruth.post(f"{PLANS}/1/cancellation").status_code == 404
    assert ruth.get(f"{PLANS}/new?action=pause").status_code == 404
    assert ruth.get("/console/markets/de/schedules").status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        f"{PLANS}/new?action=explode",
        f"{PLANS}/new?action=wind_down",
        f"{PLANS}/new?replaces=77",
        f"{PLANS}/new?replaces=x",
        "/console/markets/xx/schedules",
        "/console/markets/de/schedules/new?replaces=1",
    ],
)
def test_what_cannot_be_planned_is_not_found(mere: Browser, url: str) -> None:
    planned(mere)
    assert mere.get(url).status_code == 404


def test_a_step_that_cannot_be_planned_is_asked_for_again(mere: Browser, database: Database) -> None:
    answer = mere.post(PLANS, {**SOON, "action": "explode", "confirmed": "yes"})
    assert answer.status_code == 422 and "Please choose what shall be changed." in text(answer.text)
    assert not plans(database)


@pytest.mark.parametrize("action", ["ready", "launch", "open", "pause", "resume", "exposure"])
def test_every_step_has_its_form(mere: Browser, action: str) -> None:
    seen(mere, f"{PLANS}/new?action={action}")
    assert mere.page is not None
    assert (
        'name="mode"' in mere.page.text,
        'name="order_cap"' in mere.page.text,
        'name="override"' in mere.page.text,
    ) == (
        action == "pause",
        action in ("launch", "open", "exposure"),
        action == "open",
    )
