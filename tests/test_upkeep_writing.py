"""Writing the set-up as the files of an import folder: imported into an empty database, it is the same again."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, col, select, update

from shop.base.database_address import primary_address
from shop.base.db import Database
from shop.catalogue.models import Certificate, Listing, OldSlug, Paper, Picture, PriceChange, Product, ProductText
from shop.launches.models import (
    ResearchAnswer,
    ResearchQuestion,
    StockFate,
    WindDown,
)
from shop.markets.models import (
    Exporter,
    LaunchEvent,
    Market,
    MarketConsent,
    MarketLocale,
    ShippingRate,
    TaxRate,
)
from shop.migrations.migrate import migrate
from shop.policies.models import SignOff, WrittenMinimum
from shop.scorecard.models import LandedCost
from shop.staff.models import Person, SignInRule, StaffRole
from shop.support.crisis.models import CrisisContact, CrisisText, OnCallOverride, OnCallRotation
from shop.support.known.models import Answer, MayAnswer, OwnSteps
from shop.support.requests.models import Macro
from shop.support.shifts.models import Absence, Agent, AgentShift, CalendarDay, ShiftOverride
from shop.upkeep.cells import text
from shop.upkeep.importing import checked_setup, import_setup
from shop.upkeep.models import PriceRate
from shop.upkeep.reading import Folder
from shop.upkeep.writing.files import written
from shop.upkeep.writing.folder import NothingToWrite, export_setup
from tests.edited_setup import LATER, edit
from tests.world import TUESDAY, World

# What a set-up is made of; the rest is what happens in it.
TABLES: tuple[type[SQLModel], ...] = (
    Exporter, Person, StaffRole, SignInRule,
    Market, MarketLocale, MarketConsent, Product, ProductText, OldSlug, Picture, Paper, Listing,
    PriceChange, TaxRate, ShippingRate, Certificate, Agent, AgentShift, ShiftOverride, Absence, CalendarDay, CrisisContact,
    CrisisText, OnCallRotation, Answer, MayAnswer, Macro, LandedCost, PriceRate, ResearchAnswer, ResearchQuestion,
    WrittenMinimum, OnCallOverride, WindDown, StockFate,
    OwnSteps,
)  # fmt: skip
# Numbers that only the database counts by, who is away from the desk, and the secret.
OWN = {
    "hash",
    "id",
    "version",
    "available",
    "idle_since",
    "password_hash",
    "taken",
    "position",
    "made_at",
    "person",
    "ever_sold",
    "event",
}


@pytest.fixture
def empty(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Iterator[Database]:
    """An empty database on the engine of the world."""
    if world.house.settings.database_url.startswith("sqlite"):
        opened = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        migrate(opened)
        yield opened
        opened.close()
        return
    postgres = request.getfixturevalue("postgres")
    with postgres.database(postgres.template("empty", _migrate)) as url:
        opened = Database(primary_address(url))
        yield opened
        opened.close()


@pytest.fixture
def empty_file(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database."""
    opened = emptied(tmp_path)
    yield opened
    opened.close()


def test_the_demo_imported_into_an_empty_database_is_written_the_same_again(
    world: World, empty: Database, tmp_path: Path
) -> None:
    first = files(world.house.database, world)

    imported(world, empty, tmp_path)

    assert files(empty, world) == first
    assert rows(empty) == rows(world.house.database)


def test_a_set_up_edited_in_every_sheet_is_written_the_same_again(
    world: World, empty: Database, tmp_path: Path
) -> None:
    before = files(world.house.database, world)
    with world.house.database.writing() as db:
        edit(db, world)
    world.at(LATER + timedelta(days=1))
    first = files(world.house.database, world)
    untouched = {name for name in before if before[name] == first.get(name)}
    assert not {name for name in untouched if "/" not in name} - {"requirements.csv", "rules.csv", "mains.csv",
                                                                   "responsible_people.csv", "stock.csv",
                                                                   "market_costs.csv"}  # fmt: skip

    imported(world, empty, tmp_path)

    again = files(empty, world)
    assert {name for name in first.keys() | again.keys() if first.get(name) != again.get(name)} == set()
    assert rows(empty) == rows(world.house.database)


def test_the_longest_that_the_doors_take_is_taken_by_the_import(
    sqlite_world: World, empty_file: Database, tmp_path: Path
) -> None:
    mere, research = sqlite_world.signed_in("mere"), "/console/markets/de/research"
    long = {"text": "ß\r\n" * 1333, "source": "s" * 500, "as_of": "2026-11-01"}
    asked = {"topic": "water", "question": "q" * 1000, "owner": "annika", "due_on": "2026-12-01"}
    answer = {"title": "t" * 200, "text": "a" * 4000, "words": "w" * 4000}
    mere.get(research)
    for sent in (
        mere.submit(f"{research}/water", **long),
        mere.post(f"{research}/open-questions", asked),
        mere.post("/console/knowledge/questions/cleaning/answers/en", answer),
    ):
        assert sent.status_code == 303, sent.text

    imported(sqlite_world, empty_file, tmp_path)

    assert files(empty_file, sqlite_world) == files(sqlite_world.house.database, sqlite_world)


def test_a_question_that_was_once_asked_twice_is_written_once(
    sqlite_world: World, empty_file: Database, tmp_path: Path
) -> None:
    asked = {"market": "de", "topic": "water", "owner": "annika", "asked_by": "mere", "asked_at": TUESDAY}
    with sqlite_world.house.database.writing() as db:
        for question, answer in (("How hard?", ""), ("How\thard?", "Soft"), ("How hard?", "")):
            told = {"answer": answer, "answered_by": "annika", "answered_at": TUESDAY} if answer else {}
            db.add(ResearchQuestion(**asked, **told, question=question, due_on=date(2026, 12, 1)))

    imported(sqlite_world, empty_file, tmp_path)

    with empty_file.reading() as db:
        found = db.exec(select(ResearchQuestion).where(ResearchQuestion.question == "How hard?")).all()
        assert [each.answer for each in found] == ["Soft"]


def test_both_engines_write_the_same_bytes(sqlite_world: World, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    first = files(sqlite_world.house.database, sqlite_world)
    postgres = request.getfixturevalue("postgres")
    with postgres.database(postgres.template("empty", _migrate)) as url:
        other = Database(primary_address(url))
        imported(sqlite_world, other, tmp_path)
        assert files(other, sqlite_world) == first
        other.close()


def test_a_launched_market_keeps_to_whom_it_is_open_and_how_it_paused(sqlite_world: World, tmp_path: Path) -> None:
    with sqlite_world.house.database.writing() as db:
        edit(db, sqlite_world)
    sqlite_world.at(LATER + timedelta(days=1))
    empty = emptied(tmp_path)
    imported(sqlite_world, empty, tmp_path)

    with empty.reading() as db:
        market = db.get_one(Market, "ch")
        assert (market.state, market.pause_mode, market.percent_bp, market.daily_cap) == ("paused", "safety", 3725, 7)
        assert (market.four_eyes, market.draw, market.next_answer_minutes) == (True, 3, 95)
        pause = db.exec(
            select(LaunchEvent).where(LaunchEvent.market == "ch").order_by(col(LaunchEvent.id).desc())
        ).first()
        assert pause is not None and (pause.person, pause.rule, pause.at) == (
            "",
            "defects",
            LATER + timedelta(minutes=3),
        )
        taken_back = db.exec(select(LaunchEvent).where(LaunchEvent.action == "undo")).one()
        assert taken_back.undoes is not None and db.get_one(LaunchEvent, taken_back.undoes).action == "pause"
        assert "exposure" not in db.exec(select(LaunchEvent.action)).all()  # what was only noted is no step


def test_a_word_under_a_text_that_has_changed_since_is_not_written(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        db.connection().execute(update(SignOff).where(col(SignOff.market) == "de").values(hash="another"))
        db.connection().execute(
            update(ResearchAnswer).where(col(ResearchAnswer.market) == "ch").values(text="Otherwise")
        )

    first = files(sqlite_world.house.database, sqlite_world)

    assert b"\nde," not in first["signoffs.csv"] and b"\nnz," in first["signoffs.csv"]
    assert b"\nch," not in first["research/signatures.csv"] and b"\nde," in first["research/signatures.csv"]


def test_no_password_and_nothing_of_customers_is_written(sqlite_world: World) -> None:
    with sqlite_world.house.database.reading() as db:
        hashes = [each for each in db.exec(select(Person.password_hash)).all() if each]

    everything = b"".join(files(sqlite_world.house.database, sqlite_world).values())

    assert hashes and not any(each.encode() in everything for each in hashes)
    assert b"password" not in everything.partition(b"id,email,name")[2].split(b"\n", 1)[0]


def test_only_the_files_that_are_asked_for_are_written(sqlite_world: World) -> None:
    with sqlite_world.house.database.reading() as db:
        some = written(db, sqlite_world.house.policies, {"stock.csv", "texts/de.toml", "texts/xx.toml"})
        names = written(db, sqlite_world.house.policies)

    assert list(some) == ["stock.csv", "texts/de.toml"]
    assert {"markets.toml", "art/kettle.2.svg", "research/questions.csv", "papers/kettle.manual.ar.md"} <= names.keys()


def test_an_empty_database_has_nothing_to_write_but_its_files_can_be_read(sqlite_world: World, tmp_path: Path) -> None:
    empty = emptied(tmp_path)

    none = files(empty, sqlite_world)

    folder = Folder(none)
    assert folder.sheet("stock.csv", {"sku": text, "on_hand": text}, ("sku",)) == []
    assert folder.tables("agents.toml", {}, "id") == [] and not folder.complaints
    with pytest.raises(NothingToWrite):
        export_setup(empty, sqlite_world.house.policies, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def files(database: Database, world: World) -> dict[str, bytes]:
    """What is written of it."""
    with database.reading() as db:
        return written(db, world.house.policies)


def imported(world: World, empty: Database, tmp_path: Path) -> None:
    """The world's set-up as a folder, and that imported into the empty database."""
    folder = tmp_path / "exported"
    export_setup(world.house.database, world.house.policies, folder)
    checked_setup(folder, world.house.policies, now=world.house.clock())
    import_setup(empty, folder, world.house.policies, now=world.house.clock())


def emptied(tmp_path: Path) -> Database:
    """A database without rows."""
    opened = Database(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(opened)
    return opened


def rows(database: Database) -> dict[str, list[str]]:
    """The rows of a set-up, but for what only the database counts by."""
    with database.reading() as db:
        return {
            each.__name__: sorted(
                repr({name: _known(cell) for name, cell in row.model_dump().items() if name not in OWN})
                for row in db.exec(select(each)).all()
            )
            for each in TABLES
        }


def _known(cell: Any) -> Any:
    """Texts as they are read: without blanks around, with one kind of line end."""
    return cell.strip().replace("\r\n", "\n") if isinstance(cell, str) else cell


def _migrate(url: str) -> None:
    made = Database(primary_address(url))
    migrate(made)
    made.close()
