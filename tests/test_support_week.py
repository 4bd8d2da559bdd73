"""The agent's own weeks: their hours by their own clock and in their language, absences, and swaps with a colleague."""

from datetime import UTC, date, datetime

from sqlmodel import select

from shop.markets.models import AnswerHours
from shop.support.shifts import roster
from shop.support.shifts.models import Absence, Agent, AgentShift, CalendarDay, ShiftSwap
from tests.world import World, text


def test_an_agent_sees_the_week_in_their_own_zone_and_language(world: World) -> None:
    page = world.signed_in("lena").get("/desk/week")
    assert page.status_code == 200
    assert 'lang="de' in page.text and "Europe/Berlin" in page.text
    assert "09:00" in text(page.text) and "17:30" in text(page.text)
    assert "/desk/week?week=2026-11-30" in page.text


def test_holidays_are_named_and_days_that_are_over_are_gone(world: World) -> None:
    lena = world.signed_in("lena")
    page = text(lena.get("/desk/week?week=2026-12-21").text)
    assert "Weihnachtstag" in page
    assert "2026-11-16" not in lena.get("/desk/week?week=2026-11-16").text  # no such week: this one is shown


def test_a_week_on_a_night_when_the_clock_changes_says_how_long_it_is(world: World) -> None:
    with world.house.database.writing() as db:
        for shift in db.exec(select(AgentShift).where(AgentShift.agent == "lena")).all():
            db.delete(shift)
        db.add(AgentShift(agent="lena", days="5", start=22 * 60, end=6 * 60))
    world.clock.now = datetime(2027, 3, 22, 9, 0, tzinfo=UTC)
    roster.rebuild_all(world.house.database, now=world.clock.now)
    page = text(world.signed_in("lena").get("/desk/week").text)
    assert "22:00" in page and "06:00" in page and "in Stunden: 7)" in page


def test_an_absence_is_entered_once_holds_at_once_and_can_be_withdrawn(world: World) -> None:
    lena = world.signed_in("lena")
    lena.get("/desk/week")
    sent = {"first": "2026-11-25", "start": "13:00", "note": "Zahnarzt <b>"}
    for _twice in range(2):
        assert lena.post("/desk/week/absences", sent).status_code == 303
    with world.house.database.reading() as db:
        [absence] = db.exec(select(Absence).where(Absence.agent == "lena")).all()
        assert (absence.starts, absence.ends, absence.person) == ("2026-11-25T13:00", "2026-11-26T00:00", "lena")
        query = select(AnswerHours).where(AnswerHours.market == "de", AnswerHours.level == "native")
        wednesday = [each for each in db.exec(query).all() if each.starts_at.date() == date(2026, 11, 25)]
        assert [each.ends_at.hour for each in wednesday] == [12]
    page = lena.get("/desk/week")
    assert "Zahnarzt &lt;b&gt;" in page.text and "Zahnarzt <b>" not in page.text
    assert lena.submit("/absences/withdrawal").status_code == 303
    assert lena.post("/desk/week/absences/withdrawal", {"number": str(absence.id)}).status_code == 409


def test_a_form_that_cannot_be_taken_comes_back_filled_with_each_fields_error(world: World) -> None:
    lena = world.signed_in("lena")
    sent = {"first": "gestern", "start": "25:00", "end": "9", "note": "x" * 300}
    page = lena.post("/desk/week/absences", sent)
    assert page.status_code == 422
    assert all(f'id="f-{name}-error"' in page.text for name in ("first", "start", "end", "note"))
    assert 'value="25:00"' in page.text
    backwards = lena.post("/desk/week/absences", {"first": "2026-11-27", "last": "2026-11-26"})
    assert backwards.status_code == 422
    over = lena.post("/desk/week/absences", {"first": "2026-11-20", "last": "2026-11-24", "end": "08:00"})
    assert over.status_code == 422
    assert lena.post("/desk/week/swaps", {"day": "", "colleague": "haruka"}).status_code == 422
    assert lena.post("/desk/week/swaps/answer", {"number": "1", "answer": "perhaps"}).status_code == 422
    with world.house.database.reading() as db:
        assert not db.exec(select(Absence).where(Absence.agent == "lena")).all()


def test_nobody_withdraws_anothers_absence(world: World) -> None:
    world.signed_in("lena").post("/desk/week/absences", {"first": "2026-11-25"})
    with world.house.database.reading() as db:
        number = db.exec(select(Absence.id).where(Absence.agent == "lena")).one()
    assert world.signed_in("maricel").post("/desk/week/absences/withdrawal", {"number": str(number)}).status_code == 409
    with world.house.database.reading() as db:
        assert db.get(Absence, number) is not None


def test_hours_go_to_a_colleague_who_agrees_and_both_weeks_say_so(world: World) -> None:
    lena, maricel = world.signed_in("lena"), world.signed_in("maricel")
    assert lena.post("/desk/week/swaps", {"day": "2026-11-28", "colleague": "maricel"}).status_code == 422  # a Saturday
    assert lena.post("/desk/week/swaps", {"day": "2026-11-26", "colleague": "maricel"}).status_code == 303
    maricel.get("/desk/week")
    with world.house.database.reading() as db:
        number = str(db.exec(select(ShiftSwap.id)).one())
    assert lena.post("/desk/week/swaps/answer", {"number": number, "answer": "agree"}).status_code == 409
    assert maricel.post("/desk/week/swaps/answer", {"number": number, "answer": "agree"}).status_code == 303
    assert "Lena" in text(maricel.get("/desk/week").text) and "Maricel" in text(lena.get("/desk/week").text)
    assert maricel.post("/desk/week/swaps/answer", {"number": number, "answer": "decline"}).status_code == 409
    with world.house.database.reading() as db:
        assert db.get_one(ShiftSwap, int(number)).state == "agreed"


def test_who_is_not_on_the_roster_is_told_so(world: World) -> None:
    with world.house.database.writing() as db:
        db.get_one(Agent, "lena").person = "mere"
    lena = world.signed_in("lena")
    page = lena.get("/desk/week")
    assert page.status_code == 200 and "<form" not in page.text.partition("<main")[2]
    assert lena.post("/desk/week/absences", {"first": "2026-11-25"}).status_code == 404


def test_a_day_set_in_the_calendar_is_named_in_the_week(world: World) -> None:
    with world.house.database.writing() as db:
        db.add(CalendarDay(calendar="DE-HH", day=date(2026, 11, 26), name="Betriebsfeier", start=720, end=1440))
        db.flush()
        roster.rebuild_calendar(db, "DE-HH", now=world.clock.now)
    page = text(world.signed_in("lena").get("/desk/week").text)
    assert "Betriebsfeier" in page and "12:00" in page
