"""The console's roster: who sees and changes whom, forms that come back filled, calendars, and the file out and in."""

from datetime import date

import pytest
from sqlmodel import select

from shop.staff.models import Person
from shop.support.shifts.models import (
    Absence,
    Agent,
    AgentLanguage,
    AgentShift,
    CalendarDay,
    DutyInterval,
    ShiftOverride,
)
from tests.world import Browser, World, text

LENA = "/console/roster/lena"


@pytest.fixture
def world(sqlite_world: World) -> World:
    return sqlite_world


def upload(browser: Browser, data: bytes) -> int:
    answer = browser.post("/console/roster.csv", files={"file": ("roster.csv", data, "text/csv")})
    return answer.status_code


def lena_on(world: World, day: date) -> list[tuple[int, int]]:
    with world.house.database.reading() as db:
        query = select(DutyInterval).where(DutyInterval.agent == "lena")
        return [
            (each.starts_at.hour, each.ends_at.hour) for each in db.exec(query).all() if each.starts_at.date() == day
        ]


def test_the_exporter_sees_everybody_and_a_specialist_those_of_their_market(world: World) -> None:
    everybody = world.signed_in("mere").get("/console/roster")
    assert everybody.status_code == 200
    assert "Lena Brandt" in everybody.text and "Haruka Nishida" in everybody.text
    annika = world.signed_in("annika")  # Germany
    theirs = annika.get("/console/roster").text
    assert "Lena Brandt" in theirs and "Haruka Nishida" not in theirs and "<form" not in theirs.partition("<main")[2]
    assert annika.get(LENA).status_code == 200
    assert annika.get("/console/roster/haruka").status_code == 404
    assert annika.get("/console/calendars/JP").status_code == 404
    assert annika.post(f"{LENA}/shifts", {"day0": "yes", "start": "09:00", "end": "10:00"}).status_code == 404
    assert world.signed_in("lena").get("/console/roster").status_code == 404


def test_weekly_hours_are_added_and_taken_away(world: World) -> None:
    mere, saturday = world.signed_in("mere"), date(2026, 11, 28)
    assert lena_on(world, saturday) == []
    sent = {"day5": "yes", "start": "１０：００", "end": "٢٤:٠٠", "first": "2026-11-24", "last": "2026-11-30"}
    assert mere.post(f"{LENA}/shifts", sent).status_code == 303
    assert lena_on(world, saturday) == [(9, 23)] and lena_on(world, date(2026, 12, 5)) == []
    with world.house.database.reading() as db:
        number = db.exec(select(AgentShift.id).where(AgentShift.agent == "lena", AgentShift.days == "5")).one()
    assert mere.post("/console/roster/haruka/shifts/removal", {"number": str(number)}).status_code == 409
    assert mere.post(f"{LENA}/shifts/removal", {"number": str(number)}).status_code == 303
    assert lena_on(world, saturday) == []
    assert mere.post(f"{LENA}/shifts/removal", {"number": str(number)}).status_code == 409


def test_a_day_is_set_with_hours_or_off_and_let_go_again(world: World) -> None:
    mere, thursday = world.signed_in("mere"), date(2026, 11, 26)
    usual = lena_on(world, thursday)
    assert mere.post(f"{LENA}/days", {"day": "2026-11-26", "start": "20:00", "end": "23:00"}).status_code == 303
    assert lena_on(world, thursday) == [(19, 22)]
    assert mere.post(f"{LENA}/days", {"day": "2026-11-26", "note": "Messe"}).status_code == 303
    assert lena_on(world, thursday) == []
    page = mere.get(LENA)
    assert "Messe" in page.text
    assert mere.submit("/days/removal").status_code == 303
    assert lena_on(world, thursday) == usual


def test_an_absence_is_entered_for_somebody_and_taken_away(world: World) -> None:
    mere, thursday = world.signed_in("mere"), date(2026, 11, 26)
    usual = lena_on(world, thursday)
    assert mere.post(f"{LENA}/absences", {"first": "2026-11-26", "last": "2026-11-27"}).status_code == 303
    assert lena_on(world, thursday) == []
    mere.get(LENA)
    assert mere.submit("/absences/removal").status_code == 303
    assert lena_on(world, thursday) == usual


@pytest.mark.parametrize(
    ("path", "sent", "wrong"),
    [
        ("/shifts", {"start": "9 Uhr", "end": "24:01", "first": "2026-12-01", "last": "2026-11-01"}, "day0 start end last"),
        ("/shifts", {"day0": "yes", "start": "24:00", "end": "08:00"}, "start"),
        ("/days", {"day": "2020-01-01", "start": "08:00", "note": "x" * 201}, "day end note"),
        ("/absences", {"first": "", "end": "99:00"}, "first end"),
        ("/facts", {"zone": "Berlin", "holidays": "XX", "markets": "de atlantis", "capacity": "0", "native": "deutsch"},
         "zone holidays markets capacity native"),
        ("/facts", {"zone": "Europe/Berlin", "capacity": "1", "native": "de", "fluent": "de"}, "fluent"),
    ],
)  # fmt: skip
def test_a_bad_form_comes_back_filled_with_the_error_of_each_field(
    world: World, path: str, sent: dict[str, str], wrong: str
) -> None:
    page = world.signed_in("mere").post(LENA + path, sent)
    assert page.status_code == 422
    assert {name for name in wrong.split() if f'id="f-{name}-error"' not in page.text} == set()
    assert all(f'value="{said}"' in page.text for name, said in sent.items() if not name.startswith("day"))


def test_what_is_known_of_an_agent_is_changed_together_and_the_answer_hours_follow(world: World) -> None:
    mere, customer = world.signed_in("mere"), world.browser("de")
    assert "Lena (Hamburg)" in customer.get("/de/de/support").text
    mere.get(LENA)
    assert mere.submit("/facts", native="en", fluent="", markets="de ch", capacity="7").status_code == 303
    assert "Lena" not in customer.get("/de/de/support").text
    with world.house.database.reading() as db:
        assert db.get_one(Agent, "lena").capacity == 7
        spoken = db.exec(select(AgentLanguage).where(AgentLanguage.agent == "lena")).all()
        assert [(each.language, each.level) for each in spoken] == [("en", "native")]


def test_a_form_drawn_before_somebody_elses_change_is_refused(world: World) -> None:
    mere, ruth = world.signed_in("mere"), world.signed_in("ruth")
    mere.get(LENA)
    ruth.get(LENA)
    assert ruth.submit("/facts", capacity="9").status_code == 303
    assert mere.submit("/facts", place="Bremen").status_code == 409
    with world.house.database.reading() as db:
        lena = db.get_one(Agent, "lena")
        assert (lena.capacity, lena.place) == (9, "Hamburg")


def test_a_day_of_a_calendar_is_set_for_all_who_have_it(world: World) -> None:
    mere, calendar = world.signed_in("mere"), "/console/calendars/DE-HH"
    page = mere.get(calendar)
    assert page.status_code == 200 and "Christmas Day" in page.text
    half = {"day": "2026-12-24", "kind": "hours", "start": "12:00", "end": "24:00", "name": "Christmas Eve"}
    assert mere.post(calendar, half).status_code == 303
    assert lena_on(world, date(2026, 12, 24)) == [(8, 11)]
    assert mere.post(calendar, {"day": "2026-12-25", "kind": "worked"}).status_code == 303
    assert lena_on(world, date(2026, 12, 25)) == [(8, 16)]
    assert mere.post(calendar, {"day": "2026-11-26", "kind": "off", "name": "Works outing"}).status_code == 303
    assert lena_on(world, date(2026, 11, 26)) == []
    assert "Works outing" in mere.get(calendar).text
    assert mere.post(f"{calendar}/removal", {"day": "2026-11-26"}).status_code == 303
    assert lena_on(world, date(2026, 11, 26)) == [(8, 16)]
    assert mere.post(f"{calendar}/removal", {"day": "2026-11-26"}).status_code == 409
    bad = mere.post(calendar, {"day": "x", "kind": "maybe", "name": "y" * 300})
    assert bad.status_code == 422 and all(f'id="f-{name}-error"' in bad.text for name in ("day", "name"))


def test_the_file_that_goes_out_comes_in_again_to_the_letter(world: World) -> None:
    mere = world.signed_in("mere")
    mere.post(f"{LENA}/days", {"day": "2026-11-26", "start": "20:00", "end": "02:00", "note": '=HYPERLINK("x"), "so"'})
    mere.post(f"{LENA}/days", {"day": "2026-11-27", "note": "'quoted"})
    mere.post(f"{LENA}/absences", {"first": "2026-12-01", "start": "12:30", "note": "Zähne\tziehen"})
    mere.post("/console/calendars/JP", {"day": "2026-12-30", "kind": "hours", "start": "12:00", "end": "24:00"})
    mere.post("/console/calendars/JP", {"day": "2026-12-31", "kind": "off", "name": "大晦日"})
    first = mere.get("/console/roster.csv")
    assert first.status_code == 200 and first.headers["content-type"].startswith("text/csv")
    assert "'=HYPERLINK" in first.text and "大晦日" in first.text
    with world.house.database.reading() as db:
        before = db.exec(select(DutyInterval)).all(), db.exec(select(Absence.id)).all()
    assert upload(mere, first.content) == 303
    assert mere.get("/console/roster.csv").text == first.text
    with world.house.database.reading() as db:
        assert (db.exec(select(DutyInterval)).all(), db.exec(select(Absence.id)).all()) == before


def test_a_file_says_all_about_whom_it_names_and_nothing_of_others(world: World) -> None:
    mere = world.signed_in("mere")
    mere.post(f"{LENA}/days", {"day": "2026-11-26"})
    sheet = mere.get("/console/roster.csv").text.splitlines()
    lines = [sheet[0], *(each for each in sheet if each.startswith("agent,lena"))]
    lines.append("shift,lena,,,,,,,,2,,,22:00,24:00,,")
    assert upload(mere, "\r\n".join(lines).encode()) == 303
    assert lena_on(world, date(2026, 11, 25)) == [(21, 23)] and lena_on(world, date(2026, 11, 26)) == []
    with world.house.database.reading() as db:
        assert not db.exec(select(ShiftOverride)).all()
        assert db.exec(select(AgentShift).where(AgentShift.agent == "haruka")).all()


def test_one_bad_line_and_nothing_is_taken(world: World) -> None:
    mere = world.signed_in("mere")
    head = mere.get("/console/roster.csv").text.splitlines()
    lena = next(each for each in head if each.startswith("agent,lena"))
    lines = [
        head[0],
        lena,
        "shift,lena,,,,,,,,9,,,22:00,24:00,,",
        "shift,haruka,,,,,,,,1,,,22:00,24:00,,",
        "absence,lena,,,,,,,,,2026-13-01T00:00,2026-12-02T00:00,,,,",
        "calendar,,,XX,,,,,,,2026-12-01,,,,yes,",
        "agent,nobody,Europe/Berlin,,,,de:native,,5,,,,,,,",
        "holiday,lena",
        "absence,lena,,,,,,,,,0001-01-01T00:00,9999-12-31T23:59,,,,",
        lena.replace("agent,lena", "agent,haruka").replace("Hamburg", "H" * 61),
    ]
    page = mere.post("/console/roster.csv", files={"file": ("r.csv", "\r\n".join(lines).encode(), "text/csv")})
    assert page.status_code == 422
    words = text(page.text)
    assert all(f"Line {number}" in words for number in range(3, 11)) and "Line 2" not in words
    with world.house.database.reading() as db:
        assert len(db.exec(select(AgentShift).where(AgentShift.agent == "lena")).all()) == 1
        assert not db.exec(select(CalendarDay).where(CalendarDay.calendar == "XX")).all()


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", b"a,b\r\n1,2", b'"', b"\0", b"what,agent\r\nagent,lena", b"x" * (4 * 1024 * 1024 + 1)],
)
def test_what_is_no_roster_is_refused_in_words(world: World, data: bytes) -> None:
    assert upload(world.signed_in("mere"), data) == 422


def test_a_cell_is_one_line_without_a_nul(world: World) -> None:
    mere = world.signed_in("mere")
    sheet = mere.get("/console/roster.csv").content
    assert upload(mere, sheet.replace(b"Hamburg", b'"Ham\x00burg\r\n Altona"')) == 303
    with world.house.database.reading() as db:
        assert db.get_one(Agent, "lena").place == "Hamburg Altona"


def test_only_who_has_all_markets_makes_somebody_answer_them_all(world: World) -> None:
    with world.house.database.writing() as db:
        db.get_one(Person, "mere").markets = "de"
    mere = world.signed_in("mere")
    lines = mere.get("/console/roster.csv").text.splitlines()
    jonas = next(each for each in lines if each.startswith("agent,jonas"))
    assert ",de," in jonas
    assert upload(mere, f"{lines[0]}\r\n{jonas.replace(',de,', ',,', 1)}".encode()) == 422
    assert upload(mere, f"{lines[0]}\r\n{jonas}".encode()) == 303
