"""The roster in a set-up: other days, absences and calendar days are kept as the folder says, and none is taken away."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.base.settings import ROOT
from shop.demo.showing import FOLDER as DEMO
from shop.migrations.migrate import migrate
from shop.policies.library import PolicyLibrary
from shop.staff.models import Person
from shop.support.shifts.absences import enter_absence
from shop.support.shifts.models import Absence, Agent, AgentShift, CalendarDay, DutyInterval, ShiftOverride
from shop.upkeep.importing import checked_setup, import_setup
from shop.upkeep.reading import BadSetup

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
POLICIES = PolicyLibrary(ROOT / "policies")
LENA = """
[[lena.overrides]]
day = "today+2d"
start = "20:00"
end = "24:00"
note = "Messe"

[[lena.overrides]]
day = 2026-11-27

[[lena.absences]]
from = "today+6d"
until = "today+7d"
end = "12:00"
note = "Umzug"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "setup"
    shutil.copytree(DEMO, copy)
    return copy


@pytest.fixture
def database(tmp_path: Path):
    opened = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    migrate(opened)
    yield opened
    opened.close()


def added(folder: Path, text: str) -> None:
    """Write it under the demo's agents."""
    file = folder / "agents.toml"
    file.write_text(f"{file.read_text()}\n{text}")


def loaded(database: Database, folder: Path) -> None:
    import_setup(database, folder, POLICIES, now=NOW)


def everything(database: Database) -> list[object]:
    with database.reading() as db:
        rows = (ShiftOverride, Absence, CalendarDay, DutyInterval)
        return [each.model_dump(exclude={"id", "made_at"}) for model in rows for each in db.exec(select(model)).all()]


def test_other_days_absences_and_calendar_days_come_with_the_folder_and_twice_is_once(
    database: Database, folder: Path
) -> None:
    added(folder, LENA)
    loaded(database, folder)
    with database.reading() as db:
        days = db.exec(select(ShiftOverride).where(ShiftOverride.agent == "lena").order_by("day")).all()
        assert [(each.day, each.start, each.end, each.note) for each in days] == [
            (date(2026, 11, 26), 1200, 1440, "Messe"),
            (date(2026, 11, 27), None, None, ""),
        ]
        [absence] = db.exec(select(Absence).where(Absence.agent == "lena")).all()
        assert (absence.starts, absence.ends) == ("2026-11-30T00:00", "2026-12-01T12:00")
        assert absence.starts_at == datetime(2026, 11, 29, 23, tzinfo=UTC)
        half = db.exec(select(CalendarDay).where(CalendarDay.calendar == "DE-HH")).all()
        assert (half[0].day, half[0].off, half[0].start) == (date(2026, 12, 24), True, 720)
        hours = db.exec(select(DutyInterval).where(DutyInterval.agent == "lena")).all()
        thursday = [(each.starts_at.hour, each.ends_at.hour) for each in hours if each.starts_at.day == 26]
        assert (19, 23) in thursday and (8, 16) not in thursday[:1]
    before = everything(database)
    loaded(database, folder)
    assert everything(database) == before


def test_what_was_entered_on_the_desk_outlives_an_import(database: Database, folder: Path) -> None:
    loaded(database, folder)
    with database.writing() as db:
        lena = db.get_one(Agent, "lena")
        enter_absence(db, lena, datetime(2026, 11, 26), datetime(2026, 11, 27), note="Zahnarzt", person="lena", now=NOW)
    before = everything(database)
    loaded(database, folder)
    assert everything(database) == before


def test_partners_are_on_the_roster_with_several_shifts_a_day(database: Database, folder: Path) -> None:
    loaded(database, folder)
    with database.reading() as db:
        for partner, market in (("jonas", "de"), ("yui", "jp")):
            agent = db.get_one(Agent, partner)
            assert (db.get_one(Person, agent.person).role, agent.markets) == ("partner", market)
        assert len(db.exec(select(AgentShift).where(AgentShift.agent == "jonas")).all()) == 2
        fasting = db.exec(select(AgentShift).where(AgentShift.agent == "omar", AgentShift.end == 900)).one()
        assert (fasting.valid_from, fasting.valid_until) == (date(2027, 2, 8), date(2027, 3, 9))


def of_calendar(lines: str) -> Callable[[Path], object]:
    """Days set by hand with these lines."""
    return lambda folder: (folder / "calendars.csv").write_text(f"calendar,day,off,start,end\n{lines}\n")


def of_lena(lines: str) -> Callable[[Path], object]:
    """An agent with these lines."""
    return lambda folder: added(folder, lines)


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (
            of_lena('[[lena.overrides]]\nday = 2026-12-01\nstart = "09:00"'),
            "agents.toml, lena.overrides.1: start and end",
        ),
        (
            of_lena("[[lena.absences]]\nfrom = 2026-12-02\nuntil = 2026-12-01"),
            "lena.absences.1: until must lie after from",
        ),
        (of_lena('[[lena.absences]]\nfrom = "soon"\nuntil = 2026-12-01'), "lena.absences: entry 1: from: "),
        (
            of_lena('[[lena.overrides]]\nday = 2026-12-01\nstart = "24:00"\nend = "02:00"'),
            "24:00 can only be an end",
        ),
        (of_calendar("DE-XX,2026-12-24,yes,,\nDE,2026-12-24,perhaps,,"), "calendars.csv, line 2: calendar"),
        (of_calendar("DE,2026-12-24,yes,,\nDE,2026-12-24,no,,"), "calendars.csv, line 3"),
        (of_calendar("DE,2026-12-24,no,12:00,24:00"), "a day that is worked"),
    ],
)
def test_what_is_wrong_with_the_roster_is_told_by_file_and_place(
    folder: Path, write: Callable[[Path], object], says: str
) -> None:
    write(folder)
    with pytest.raises(BadSetup) as refused:
        checked_setup(folder, POLICIES, now=NOW)
    assert any(says in str(each) for each in refused.value.complaints), [*map(str, refused.value.complaints)]


def test_a_folder_may_do_without_days_set_by_hand(database: Database, folder: Path) -> None:
    (folder / "calendars.csv").unlink()
    loaded(database, folder)
    with database.reading() as db:
        assert not db.exec(select(CalendarDay)).all()
