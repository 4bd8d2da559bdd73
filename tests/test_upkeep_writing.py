"""Writing the set-up as the files of an import folder: imported into an empty database, it is the same again."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel, col, select, update

from shop.base.database_address import primary_address
from shop.base.db import Database
from shop.base.spreadsheets import guarded, unguarded
from shop.catalogue.models import Certificate, Listing, OldSlug, Paper, Picture, PriceChange, Product, ProductText
from shop.documents.models import DocumentField
from shop.ground.instants import first_instant
from shop.ground.money import Money, money
from shop.launches.models import (
    ResearchAnswer,
    ResearchQuestion,
    ResearchSignature,
    Schedule,
    StockFate,
    Waiver,
    WindDown,
)
from shop.markets.models import (
    Exporter,
    LaunchEvent,
    Market,
    MarketConsent,
    MarketLocale,
    ShippingRate,
    StopSale,
    StopSaleText,
    TaxRate,
)
from shop.migrations.migrate import migrate
from shop.policies.models import SignOff, WrittenMinimum
from shop.policies.written import write
from shop.scorecard.models import LandedCost, StopLine
from shop.scorecard.stop_lines import Written, write_lines
from shop.staff.models import Person, SignInRule, StaffRole
from shop.support.crisis.models import CrisisContact, CrisisText, OnCallOverride, OnCallRotation
from shop.support.known.models import Answer, MayAnswer, OwnSteps, Question
from shop.support.requests.models import Macro
from shop.support.shifts.models import Absence, Agent, AgentShift, CalendarDay, ShiftOverride
from shop.upkeep.cells import LARGEST, clock, optional, rate, text
from shop.upkeep.importing import checked_setup, import_setup
from shop.upkeep.line_sheets import value
from shop.upkeep.models import PriceRate
from shop.upkeep.moments import moment as read_moment
from shop.upkeep.reading import Folder
from shop.upkeep.writing import folder as folders
from shop.upkeep.writing.files import written
from shop.upkeep.writing.folder import FolderInUse, NothingToWrite, export_setup
from shop.upkeep.writing.spelling import amount, csv_bytes, figures, last_day, moment, toml_bytes
from shop.upkeep.writing.spelling import clock as spelled_clock
from tests.world import TUESDAY, World

LATER = TUESDAY + timedelta(days=2, hours=3)
NASTY = '=HYPERLINK("http://x";"a, b")\n\'-1\n\\ """ مرحبا \u202e🧪 é e\u0301'
ZONES = ("Europe/Berlin", "America/St_Johns", "Pacific/Auckland", "Asia/Tokyo", "Africa/Cairo", "America/Sao_Paulo")

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


def test_a_folder_in_use_is_written_anew_only_when_asked_and_what_is_not_of_a_set_up_stays(
    sqlite_world: World, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    export_setup(sqlite_world.house.database, sqlite_world.house.policies, out)
    (out / "README").write_text("ours")
    (out / ".git").mkdir()
    (out / "texts" / "xx.toml").write_text("an old language")

    with pytest.raises(FolderInUse):
        export_setup(sqlite_world.house.database, sqlite_world.house.policies, out)
    assert (out / "texts" / "xx.toml").exists()

    export_setup(sqlite_world.house.database, sqlite_world.house.policies, out, anew=True)
    assert (out / "README").read_text() == "ours" and (out / ".git").is_dir()
    assert not (out / "texts" / "xx.toml").exists()
    assert {each.name for each in tmp_path.iterdir() if "out" in each.name} == {"out"}


def test_a_full_disk_leaves_the_folder_as_it_was(
    sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    export_setup(sqlite_world.house.database, sqlite_world.house.policies, out)
    before = {each.relative_to(out): each.read_bytes() for each in out.rglob("*") if each.is_file()}

    def full(folder: Path, _files: Any) -> None:
        folder.mkdir()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        export_setup(sqlite_world.house.database, sqlite_world.house.policies, out, anew=True)

    assert {each.relative_to(out): each.read_bytes() for each in out.rglob("*") if each.is_file()} == before
    assert {each.name for each in tmp_path.iterdir() if "out" in each.name} == {"out"}


def test_the_steps_are_told_up_to_the_last(sqlite_world: World, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    export_setup(
        sqlite_world.house.database, sqlite_world.house.policies, tmp_path / "out",
        told=lambda _step, done, of: told.append((done, of)),
    )  # fmt: skip

    assert [done for done, _of in told] == list(range(1, told[-1][1] + 1))


@pytest.mark.parametrize(
    ("kept", "held"),
    [
        ("=1+1", "'=1+1"), ("+64 3 555", "'+64 3 555"), ("@SUM(A1)", "'@SUM(A1)"), ("-2+3", "'-2+3"), ("-3.50", "-3.50"),
        ("-2%", "-2%"), ("'=1", "''=1"), ("'twas", "'twas"), ("a=b", "a=b"), ("", ""), ("'", "'"), ("''-", "'''-"),
        ("＝1+1", "'＝1+1"), ("＋64", "'＋64"), ("－2", "'－2"), ("'＠a", "''＠a"), ("\n=1", "'\n=1"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_carry_out_is_held_with_an_apostrophe(kept: str, held: str) -> None:
    assert (guarded(kept), unguarded(held)) == (held, kept)


@given(
    st.text(alphabet=st.one_of(st.sampled_from("'=+-@＝＋－＠\t\r\n1a%."), st.characters(codec="utf-8")), max_size=8)
)
def test_guarding_is_taken_back_exactly(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


def _readable(said: str) -> bool:
    try:
        return text(said) == said
    except ValueError:
        return False


CELL = st.one_of(
    st.sampled_from([NASTY.strip(), "'=1", "-", 'a\n\n"b",', "\ufeffx", "\u2028y", "# no comment", "\x85z"]),
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=30),
).filter(_readable)


@given(st.lists(st.tuples(CELL, st.one_of(st.just(""), CELL)), max_size=5, unique_by=lambda each: each[0]))
def test_any_text_that_a_sheet_may_hold_is_read_as_it_was_written(cells: list[tuple[str, str]]) -> None:
    content = csv_bytes(["a", "b"], [{"a": a, "b": b} for a, b in cells])

    folder = Folder({"x.csv": content})

    read = folder.sheet("x.csv", {"a": text, "b": optional(text, "")}, ("a",))
    assert not folder.complaints
    assert [(row["a"], row["b"]) for row in read] == cells


@given(st.dictionaries(CELL, CELL, max_size=5))
def test_any_text_that_a_table_may_hold_is_read_as_it_was_written(cells: dict[str, str]) -> None:
    content = toml_bytes({name: {"a": said} for name, said in cells.items()})

    folder = Folder({"x.toml": content})

    read = folder.tables("x.toml", {"a": text, "id": text}, "id")
    assert not folder.complaints
    assert {row["id"]: row["a"] for row in read} == cells


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2198, 1, 1)),
    st.sampled_from(ZONES),
    st.sampled_from([time(0), time(9)]),
    st.sampled_from([1, 60, 3600, 86_400]),
)
def test_any_instant_is_read_as_it_was_written(wall: datetime, zone: str, usual: time, finest: int) -> None:
    whole = wall.replace(microsecond=wall.microsecond if finest == 1 else 0)
    instant = (whole - timedelta(seconds=whole.timestamp() % finest if finest > 1 else 0)).replace(tzinfo=UTC)

    read = read_moment(moment(instant, zone, usual))

    assert _instant(read, usual, zone) == instant


@pytest.mark.parametrize(
    ("instant", "zone", "usual", "said"),
    [
        (datetime(2026, 11, 23, 23, tzinfo=UTC), "Europe/Berlin", time(0), "2026-11-24"),
        (datetime(2026, 11, 24, 8, tzinfo=UTC), "Europe/Berlin", time(9), "2026-11-24"),
        (datetime(2026, 11, 24, 14, tzinfo=UTC), "Europe/Berlin", time(0), "2026-11-24T15:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin", time(0), "2026-10-25T02:30"),
        (
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            "Europe/Berlin",
            time(0),
            "2026-10-25T01:30:00Z",
        ),  # the second 2:30
        (datetime(2026, 11, 24, 14, 0, 5, tzinfo=UTC), "Europe/Berlin", time(0), "2026-11-24T14:00:05Z"),
        (None, "Europe/Berlin", time(0), ""),
    ],
)
def test_an_instant_is_written_as_short_as_it_can_be(
    instant: datetime | None, zone: str, usual: time, said: str
) -> None:
    assert moment(instant, zone, usual) == said


@given(st.integers(0, LARGEST), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_amounts_and_figures_are_read_as_they_were_written(minor: int, currency: str) -> None:
    assert money(amount(minor, currency), currency) == Money(minor, currency)
    assert rate(figures(minor % 100_000, 3)) == minor % 100_000


@given(st.integers(0, 1440))
def test_clocks_are_read_as_they_were_written(minutes: int) -> None:
    assert clock(spelled_clock(minutes)) == minutes


def test_the_end_of_a_day_is_that_day_and_not_the_next_ones_beginning() -> None:
    assert last_day(datetime(2026, 11, 25)) == (date(2026, 11, 24), "")
    assert last_day(datetime(2026, 11, 25, 12)) == (date(2026, 11, 25), "12:00")


@pytest.mark.parametrize("said", ["0.0000125%", "12.3456789%", "-0.25", "123456789012"])
def test_a_stop_line_may_be_as_fine_as_one_written_at_the_console(said: str) -> None:
    assert f"{value(said).number:f}" == said.rstrip("%")


def edit(db: Session, world: World) -> None:
    """Something out of the ordinary in every sheet, as the console could have left it."""
    db.get_one(Exporter, 1).director = NASTY
    db.add(SignInRule(id=1, second_factor=True))
    zoe = {"second_factor": True, "deactivated": True, "title": NASTY, "password_hash": "secret", "markets": "nz"}
    further = [StaffRole(market="ch", role="partner"), StaffRole(market="de", role="agent")]
    db.add(Person(id="zoe", email="zoe@a.example", name="=Zoë", role="agent", further=further, **zoe))
    _markets(db)
    _goods(db)
    _roster(db)
    _words(db)
    _papers(db, world)
    _decisions(db)


def _decisions(db: Session) -> None:
    """Sales stopped, one of them let go on since; who stands in; a market that ends; steps planned, held back and over."""
    for number, (market, sku, lifted) in enumerate([("de", "HB-BL-230", None), ("", "", None), ("jp", "", LATER)]):
        since = LATER + timedelta(minutes=number, microseconds=7)
        stop = StopSale(market=market, sku=sku, reason=NASTY, link="/de/de/help", person="mere", since=since,
                        lifted_at=lifted)  # fmt: skip
        db.add(stop)
        db.flush()
        db.add(StopSaleText(stop=stop.id or 0, language="de", text=NASTY))
    starts = datetime(2026, 12, 24, 8, 0, 1, tzinfo=UTC)
    db.add(OnCallOverride(rotation="world", person="mere", starts_at=starts, ends_at=starts + timedelta(days=2)))
    nz = db.get_one(Market, "nz")
    nz.last_order_at, nz.state = datetime(2026, 12, 31, 11, tzinfo=UTC), "winding_down"
    ends = LaunchEvent(market="nz", at=LATER, action="wind_down", from_state="open", to_state="winding_down", person="mere",
                       reason=NASTY)  # fmt: skip
    db.add(ends)
    db.flush()
    db.add(WindDown(market="nz", event=ends.id or 0, contact=NASTY, refund_plan="Kiwibank", handover="Aroha Ltd"))
    db.add(StockFate(market="nz", sku="HB-BL-230", pieces=3, fate="return", cost=1250, owner=NASTY))
    db.add(
        StockFate(market="nz", sku="HB-KT-230", pieces=2, fate="sell", owner="Wiremu", done_at=LATER, done_by="mere")
    )
    exposed = {"audience": "percentage", "percent_bp": 2500, "order_cap": None, "in_chooser": True, "daily_cap": 9,
               "value_cap": 5_000_000_000, "customer_cap": None, "minutes_per_contact": 12}  # fmt: skip
    plans: list[tuple[str, str, dict[str, Any], str]] = [
        ("exposure", "2027-01-04T09:00", {"exposed": exposed}, "waiting"),
        ("pause", "2027-01-05T09:30", {"mode": "hidden"}, "frozen"),
        ("open", "2027-01-06T09:00", {"override": NASTY.strip()}, "waiting"),
        ("open", "2027-01-07T09:00", {}, "cancelled"),
    ]
    for action, wall, asked, state in plans:
        db.add(
            Schedule(
                market="de", action=action, asked=json.dumps(asked, ensure_ascii=False), reason=NASTY, wall=wall,
                zone="Europe/Berlin", person="mere", approved_by="ruth", made_at=LATER, state=state,
                due_at=first_instant(datetime.fromisoformat(wall), "Europe/Berlin"),
            )
        )  # fmt: skip


def _markets(db: Session) -> None:
    ch = db.get_one(Market, "ch")
    ch.next_answer_minutes, ch.resolution_minutes, ch.referral_minutes, ch.uncovered_minutes = 95, 2000, 300, 77
    ch.percent_bp, ch.daily_cap, ch.value_cap, ch.four_eyes, ch.draw = 3725, 7, 123_455, True, 3
    ch.waking_from, ch.waking_until, ch.state, ch.pause_mode = 7 * 60 + 30, 1440, "paused", "safety"
    db.add(MarketConsent(market="ch", key="data", language="de", text=NASTY, required=False))
    db.add(MarketConsent(market="ch", key="data", language="fr", text="Oui", required=False))
    db.add(MarketConsent(market="ch", key="data", language="it", text="Sì", required=False))
    paused = LaunchEvent(market="ch", at=LATER, action="pause", from_state="soft", to_state="paused", person="mere",
                         reason=NASTY, mode="hidden")  # fmt: skip
    db.add(paused)
    db.flush()
    db.add(LaunchEvent(market="ch", at=LATER + timedelta(minutes=1), action="undo", from_state="paused", to_state="soft",
                       person="mere", reason="", undoes=paused.id))  # fmt: skip
    db.add(LaunchEvent(market="ch", at=LATER + timedelta(minutes=2), action="exposure", from_state="soft", to_state="soft",
                       person="mere", reason="Narrower", details='{"percent_bp": [5000, 3725]}'))  # fmt: skip
    db.add(LaunchEvent(market="ch", at=LATER + timedelta(minutes=3), action="pause", from_state="soft", to_state="paused",
                       person="", rule="defects", reason="Three defects", mode="safety"))  # fmt: skip
    waiver = db.exec(select(Waiver).where(Waiver.market == "de")).first()
    assert waiver is not None
    waiver.ended_at = LATER
    db.flush()
    db.add(Waiver(market="de", gate=waiver.gate, person="ruth", reason=NASTY, until=date(2027, 3, 1),
                  made_at=LATER + timedelta(microseconds=7)))  # fmt: skip
    write_lines(
        db, "de", [Written("conversion", 0.0212345, 0.011, 200, 1, "go")], person="ruth", reason=NASTY, now=LATER
    )
    assert db.exec(select(StopLine).where(col(StopLine.ended_at).is_not(None))).first()
    db.add(
        LaunchEvent(
            market="br", at=LATER, action="ready", from_state="draft", to_state="ready", person="mere", reason=""
        )
    )
    db.get_one(Market, "br").state = "ready"


def _goods(db: Session) -> None:
    listing = db.exec(select(Listing).where(Listing.market == "de").order_by(Listing.sku)).first()
    assert listing is not None
    listing.until = datetime(2027, 3, 1, 14, 30, tzinfo=UTC)
    listing.buyable_from = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the second half past two of that night
    listing.max_per_customer, listing.allotment, listing.price = 4, 11, 12_345
    db.add(PriceChange(market="de", sku=listing.sku, at=LATER + timedelta(microseconds=13), price=12_345))
    family = db.get_one(Product, listing.sku).family
    db.add(
        Product(sku="X.1-a", kind="mains", family="odd", plate="parts", net_quantity="0.5", net_unit="kg", plugs="F C")
    )
    db.add(Product(sku="bare", kind="spare", plate="parts"))
    words = db.get_one(ProductText, (listing.sku, "de"))
    db.add(OldSlug(language="de", slug=words.slug, sku=listing.sku))
    words.slug, words.description, words.checked_by = "neu-und-schön", NASTY, ""
    db.add(OldSlug(language="ja", slug="古い名前", sku=listing.sku))
    db.get_one(ShippingRate, "de").carrier = NASTY
    db.add(TaxRate(market="ca", tax_class="standard", region="QC", starts_on=date(2027, 1, 1), rate_e5=14_975))
    db.add(Certificate(market="de", kind="odd", mark="-1 ", number="=2", holder=NASTY))
    db.exec(select(LandedCost).where(LandedCost.market == "de")).first().source = NASTY  # type: ignore[union-attr]
    db.add(WrittenMinimum(market="de", kind="returns", rule="window_days", value="14", source=NASTY, confidence="low",
                          as_of=date(2026, 11, 20), note=NASTY))  # fmt: skip
    db.add(PriceRate(market="de", currency="NZD", rate="0.5231", as_of=date(2026, 11, 20), source=NASTY, markup_bp=1250,
                     ending="0.90"))  # fmt: skip
    db.merge(DocumentField(market="de", key="money", language="de", text=NASTY, person="mere", at=LATER))
    db.add(
        Picture(
            hash="a" * 32,
            family=family,
            position=6,
            media_type="image/png",
            data=b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        )
    )
    db.add(Paper(family=family, kind="manual", language="nl", text="# Titel\r\n\r\n=niet\n"))


def _roster(db: Session) -> None:
    lena = db.get_one(Agent, "lena")
    lena.places, lena.capacity = json.dumps({"ko": NASTY.strip()}, ensure_ascii=False), 9
    db.add(AgentShift(agent="lena", days="5 6", start=22 * 60, end=6 * 60, valid_from=date(2026, 12, 1)))
    db.add(ShiftOverride(agent="lena", day=date(2026, 12, 5), note="Frei"))
    db.add(ShiftOverride(agent="lena", day=date(2026, 12, 6), start=0, end=1440, note=NASTY.strip()))
    for starts, ends in (("2026-12-24T12:00", "2026-12-27T00:00"), ("2026-12-28T00:00", "2026-12-28T10:15")):
        begins, over = (datetime.fromisoformat(each) - timedelta(hours=1) for each in (starts, ends))
        db.add(Absence(agent="lena", starts=starts, ends=ends, starts_at=begins.replace(tzinfo=UTC),
                       ends_at=over.replace(tzinfo=UTC), note=NASTY.strip(), made_at=LATER))  # fmt: skip
    db.add(CalendarDay(calendar="CH-TI", day=date(2026, 12, 7), name=NASTY.strip(), start=600, end=1440))
    db.add(
        CrisisContact(
            market="de", role="carrier", name="-Müller", phone="=110", zone="Europe/Berlin", language="de", position=3
        )
    )
    rotation = db.get_one(OnCallRotation, "world")
    rotation.handoff, rotation.backup, rotation.starts_on = 615, "", date(2026, 2, 3)


def _words(db: Session) -> None:
    db.exec(select(CrisisText).where(CrisisText.language == "de")).first().words = ""  # type: ignore[union-attr]
    question = db.exec(select(Question).order_by(col(Question.number))).first()
    assert question is not None
    question.severity, question.products = 1, "mains skin"
    db.merge(MayAnswer(question=question.key, market="jp", roles=""))
    db.get_one(Answer, (question.key, "", "de")).text = NASTY.strip()
    db.merge(Answer(question=question.key, market="ch", language="de", title="Anders", text="Nur hier", version=4))
    macro = db.exec(select(Macro).where(Macro.language == "fr", Macro.market == "")).first()
    assert macro is not None
    db.merge(Macro(key=macro.key, market="ch", language="fr", title=macro.title, text=NASTY.strip()))
    for market, said in (("", "Packe aus.\n=Zähle {currency}"), ("ch", "'Grüezi {emergency} مرحبا 🧪")):
        db.add(OwnSteps(procedure="receive_goods", market=market, language="de", steps=said))
    db.add(OwnSteps(procedure="price", market="de", language="pt-BR", steps="Passo"))
    answer = db.exec(select(ResearchAnswer).where(ResearchAnswer.market == "ch")).first()
    assert answer is not None
    answer.text, answer.source = NASTY.strip(), ""
    asked = db.exec(select(ResearchQuestion).where(ResearchQuestion.market == "jp")).first()
    assert asked is not None
    asked.answer, asked.answered_by, asked.answered_at = "Yes", "kenji", LATER
    signed = db.exec(select(ResearchSignature).where(ResearchSignature.market == "de")).one()
    signed.at = LATER


def _papers(db: Session, world: World) -> None:
    first = db.exec(select(SignOff).where(SignOff.market == "nz")).first()
    assert first is not None
    first.at, first.person = LATER, "mere"
    version = world.house.policies.versions("de", "returns")[-1]
    later = type(version)(
        "de", "returns", date(2028, 1, 1), dict(version.rules) | {"effective": date(2028, 1, 1)}, version.texts
    )
    write(db, later, person="mere", now=LATER)


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


def _instant(read: Any, usual: time, zone: str) -> datetime:
    found = read if isinstance(read, datetime) and read.tzinfo else None
    if found is not None:
        return found
    wall = read if isinstance(read, datetime) else datetime.combine(read.on(date.max), usual)
    return first_instant(wall, zone)


def _migrate(url: str) -> None:
    made = Database(primary_address(url))
    migrate(made)
    made.close()
