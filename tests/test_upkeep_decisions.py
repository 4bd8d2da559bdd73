"""What was decided and still holds moves with the set-up: stops, who stands in, planned steps, how a market ends."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.checkout.stopping import lift_stop, stop_sale, stops_in, texts_of
from shop.launches.models import Schedule, StockFate, WindDown
from shop.launches.schedules.planning import Wanted, call_off, plan
from shop.launches.schedules.running import run_due
from shop.markets.models import Market, StopSale
from shop.migrations.migrate import migrate
from shop.support.crisis.models import OnCallOverride
from shop.support.crisis.rotations import overrides_of
from shop.support.crisis.standing_in import end_override, keep_override
from shop.upkeep.importing import import_setup
from shop.upkeep.reading import BadSetup
from shop.upkeep.writing.folder import export_setup
from tests.world import TUESDAY, World

BLENDER = "HB-BL-230"
WALL = datetime(2026, 12, 1, 9, 0)
SNEAK = "[1]\nmarket = 'de'\nsku = 'HB-BL-230'\nsince = 2026-11-23T10:00:00\nreason = 'Sparks'\nperson = 'mere'\n"
PLAN = """[1]
market = "de"
at = "2026-12-01T09:00"
zone = "Europe/Berlin"
action = "pause"
reason = "Stock is counted"
person = "mere"
made_at = "2026-11-23"
"""


@pytest.fixture
def other(tmp_path: Path) -> Database:
    """A new machine."""
    database = Database(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(database)
    return database


def folder(world: World, tmp_path: Path, **files: str) -> Path:
    """The world's set-up as a folder, with these files in place of its own."""
    out = tmp_path / "out"
    export_setup(world.house.database, world.house.policies, out, anew=out.exists())
    for name, content in files.items():
        file = next(each for each in out.glob(f"{name}.*"))
        file.write_text(content if file.suffix == ".toml" else file.read_text().splitlines()[0] + "\n" + content)
    return out


def load(database: Database, world: World, path: Path, *, now: datetime = TUESDAY) -> tuple[str, ...]:
    return import_setup(database, path, world.house.policies, now=now).notes


def ran(database: Database, world: World, *, now: datetime) -> int:
    def sources() -> None:
        raise AssertionError("nothing is to be taken")

    return run_due(database, world.house.payments, sources, now=now)  # type: ignore[arg-type]


def test_a_move_to_a_new_machine_never_reopens_a_stopped_sale(
    sqlite_world: World, other: Database, tmp_path: Path
) -> None:
    with sqlite_world.house.database.writing() as db:
        told = {"texts": {"de": "Bitte nicht benutzen.", "en": "Please do not use it."}, "link": "/de/de/recalls"}
        stop_sale(db, sku=BLENDER, market="de", reason="Sparks", person="mere", now=TUESDAY, **told)  # type: ignore[arg-type]
        stop_sale(db, sku="", market="", reason="A flood", person="mere", now=TUESDAY)
        over = stop_sale(db, sku="", market="jp", reason="Counting", person="mere", now=TUESDAY)
        lift_stop(db, over.id or 0, now=TUESDAY)

    load(other, sqlite_world, folder(sqlite_world, tmp_path))

    with other.reading() as db:
        everywhere, blender = sorted(stops_in(db, "de"), key=lambda each: each.sku)
        assert (blender.sku, blender.reason, blender.link, blender.person) == (
            BLENDER,
            "Sparks",
            "/de/de/recalls",
            "mere",
        )
        assert blender.since == TUESDAY and everywhere.market == ""
        assert [each.text for each in texts_of(db, [blender])[blender.id]] == [*told["texts"].values()]  # type: ignore[union-attr]
        assert [each.id for each in stops_in(db, "jp")] == [everywhere.id]  # what was lifted stays lifted


def test_loading_a_folder_lifts_nothing_and_stops_again_nothing_that_was_lifted_since(
    sqlite_world: World, tmp_path: Path
) -> None:
    database = sqlite_world.house.database
    without = folder(sqlite_world, tmp_path)
    with database.writing() as db:
        kept = stop_sale(db, sku=BLENDER, market="de", reason="Sparks", person="mere", now=TUESDAY).id
    load(database, sqlite_world, without)
    with database.reading() as db:
        assert [each.id for each in stops_in(db, "de")] == [kept]

    written = folder(sqlite_world, tmp_path)
    with database.writing() as db:
        lift_stop(db, kept or 0, now=TUESDAY)
    load(database, sqlite_world, written)
    with database.reading() as db:
        assert stops_in(db, "de") == [] and len(db.exec(select(StopSale)).all()) == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("stop_sales", SNEAK.replace("2026-11-23", "2027-11-23"), "lies in the future"),
        ("stop_sales", SNEAK + "link = 'javascript:alert(1)'", "neither a web address nor a path"),
        ("stop_sales", SNEAK.replace("HB-BL-230", "NONE"), "'NONE' is no product"),
        ("stop_sales", SNEAK + "texts = {de = ''}", "is empty"),
        ("schedules", PLAN.replace("09:00", "9"), "is no time like"),
        ("schedules", PLAN.replace('"pause"', '"wind_down"'), "is none of"),
        ("schedules", PLAN.replace('"pause"', '"exposure"'), "exposed: is empty"),
        ("schedules", PLAN + "exposed = {state = 'open'}", "must be a table of"),
        ("schedules", PLAN + PLAN.replace("[1]", "[2]"), "is that of"),
        (
            "schedules",
            PLAN.replace("Europe/Berlin", "Pacific/Apia").replace("2026-12-01", "2011-12-30"),
            "is no time that the clocks there show",
        ),
        ("on_call_overrides", "nowhere,mere,2026-12-01,2026-12-02\n", "no rotation of on_call.toml"),
        ("on_call_overrides", "world,mere,2026-12-02,2026-12-01\n", "must lie after starts"),
        ("winding_down", "de,Mere,Bank,,\n", "has no step to winding_down"),
        ("stock_fates", "de,HB-BL-230,3,return,0,Mere,,\n", "is not in winding_down.csv"),
        ("stock_fates", "us,HB-BL-230,3,burn,0,Mere,,\n", "is none of"),
    ],
)
def test_what_cannot_be_is_told(sqlite_world: World, tmp_path: Path, name: str, content: str, says: str) -> None:
    path = folder(sqlite_world, tmp_path, **{name: content})
    with pytest.raises(BadSetup, match=re.escape(says)):
        load(sqlite_world.house.database, sqlite_world, path)


def test_a_plan_moves_and_one_whose_time_has_come_is_held_back(
    sqlite_world: World, other: Database, tmp_path: Path
) -> None:
    with sqlite_world.house.database.writing() as db:
        for days, action in ((0, "pause"), (7, "open")):
            plan(db, "de", Wanted(action, WALL + timedelta(days=days), "Why", "hidden" if not days else ""), person="mere",
                 now=TUESDAY)  # fmt: skip
    late = datetime(2026, 12, 1, 8, 1, tzinfo=UTC)  # a minute after it was due

    [note] = [
        each for each in load(other, sqlite_world, folder(sqlite_world, tmp_path), now=late) if "schedules" in each
    ]

    assert "pause of de was planned for 2026-12-01T09:00" in note
    with other.reading() as db:
        first, then = db.exec(select(Schedule).order_by(Schedule.wall)).all()  # type: ignore[arg-type]
    assert (first.state, first.outcome, first.asked) == ("frozen", "time_came", '{"mode": "hidden"}')
    assert (then.state, then.due_at, then.person) == ("waiting", datetime(2026, 12, 8, 8, tzinfo=UTC), "mere")
    assert ran(other, sqlite_world, now=late + timedelta(days=1)) == 0
    with other.reading() as db:
        assert db.get_one(Market, "de").state == "open"


def test_a_plan_that_was_called_off_is_not_planned_again(sqlite_world: World, tmp_path: Path) -> None:
    database = sqlite_world.house.database
    with database.writing() as db:
        number = plan(db, "de", Wanted("pause", WALL, "Why", "hidden"), person="mere", now=TUESDAY).id
    written = folder(sqlite_world, tmp_path)
    with database.writing() as db:
        call_off(db, "de", number or 0, person="mere", now=TUESDAY)

    load(database, sqlite_world, written)

    with database.reading() as db:
        assert [each.state for each in db.exec(select(Schedule)).all()] == ["cancelled"]


def test_who_stands_in_moves_and_who_was_sent_home_stays_there(
    sqlite_world: World, other: Database, tmp_path: Path
) -> None:
    database, starts = sqlite_world.house.database, TUESDAY - timedelta(hours=1)
    with database.writing() as db:
        keep_override(db, "world", "ruth", start=starts, end=TUESDAY + timedelta(days=3))
    written = folder(sqlite_world, tmp_path)
    load(other, sqlite_world, written)
    with other.reading() as db:
        row = db.exec(select(OnCallOverride)).one()
        assert (row.rotation, row.person, row.starts_at) == ("world", "ruth", starts)
        assert row.ends_at == TUESDAY + timedelta(days=3)
    with database.writing() as db:
        end_override(db.exec(select(OnCallOverride)).one(), now=TUESDAY)

    load(database, sqlite_world, written)

    with database.reading() as db:
        assert db.exec(select(OnCallOverride)).one().ends_at == TUESDAY


def test_who_was_to_stand_in_and_was_dropped_before_stays_dropped(
    sqlite_world: World, other: Database, tmp_path: Path
) -> None:
    database, starts = sqlite_world.house.database, TUESDAY + timedelta(days=1)
    with database.writing() as db:
        keep_override(db, "world", "ruth", start=starts, end=starts + timedelta(days=3))
    written = folder(sqlite_world, tmp_path)
    with database.writing() as db:
        end_override(db.exec(select(OnCallOverride)).one(), now=TUESDAY)

    load(database, sqlite_world, written)

    with database.reading() as db:
        assert overrides_of(db, "world") == []
        assert db.exec(select(OnCallOverride)).one().dropped_at == TUESDAY
    load(other, sqlite_world, folder(sqlite_world, tmp_path))
    with other.reading() as db:
        assert db.exec(select(OnCallOverride)).all() == []  # what was dropped is no part of the set-up


def test_a_market_that_ends_moves_with_what_was_written_down_of_its_end(
    sqlite_world: World, other: Database, tmp_path: Path
) -> None:
    lines = {
        "winding_down": 'us,"Mere, until the end",Kiwibank,2026-12-31T00:00,Aroha Ltd\n',
        "stock_fates": "us,HB-BL-230,3,return,12.50,Mere,2026-11-23,mere\nus,HB-KT-230,2,sell,0,Ruth,,\n",
    }
    path = folder(sqlite_world, tmp_path, **lines)
    load(other, sqlite_world, path)
    with other.writing() as db:
        market, ends = db.get_one(Market, "us"), db.get_one(WindDown, "us")
        assert (market.state, market.last_order_at) == ("winding_down", datetime(2026, 12, 31, 5, tzinfo=UTC))
        assert (ends.contact, ends.refund_plan, ends.handover) == ("Mere, until the end", "Kiwibank", "Aroha Ltd")
        blender, kettle = db.get_one(StockFate, ("us", "HB-BL-230")), db.get_one(StockFate, ("us", "HB-KT-230"))
        assert (blender.pieces, blender.cost, blender.done_by) == (3, 1250, "mere") and kettle.done_at is None
        ends.contact, blender.pieces = "Somebody else", 1

    load(other, sqlite_world, path)

    with other.reading() as db:
        assert db.get_one(WindDown, "us").contact == "Somebody else"
        assert db.get_one(StockFate, ("us", "HB-BL-230")).pieces == 1
