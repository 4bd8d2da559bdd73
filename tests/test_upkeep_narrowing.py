"""An edit is checked over a part of the set-up: what it is told and what it leaves is what the whole would have it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from shop.ground.errors import Refusal
from shop.upkeep.editing import planning
from shop.upkeep.editing.changing import change, foresee
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.narrowing import MOST_GOODS, READ, WHOLE, part_of
from shop.upkeep.editing.shapes import FIXED
from shop.upkeep.editing.tables import RawRow, table
from shop.upkeep.reading import BadSetup
from shop.upkeep.writing.files import written
from tests.world import TUESDAY, World

ODD = ("", "no-such", "de", "jp", "0", "-1", "7.77", "2020-01-01", "2030-01-01", "a\x07b", "yes", "x" * 4001)
Tables = Mapping[str, Sequence[RawRow]]


@pytest.fixture
def tables(sqlite_world: World) -> Tables:
    """The files of the demo's set-up that have rows and are not fixed; pictures and papers are checked over the whole."""
    policies = sqlite_world.house.policies
    with sqlite_world.house.database.reading() as db:
        found = {file: table(db, policies, file).rows for file in written(db, policies, READ) if file not in FIXED}
    return {file: rows for file, rows in found.items() if rows}


def outcome(world: World, edits: Sequence[Edit], *, after: float) -> Any:
    """What is refused and in which words, or the set-up as it would be left."""
    left: dict[str, bytes] = {}

    def look(db: Session) -> None:
        left.update(written(db, world.house.policies))

    database, now = world.house.database.keeping_nothing(), TUESDAY + timedelta(days=after)
    try:
        change(database, world.house.policies, edits, person="mere", now=now, besides=look)
    except BadSetup as bad:
        return {(each.file, each.key, each.column, str(each.what)) for each in bad.complaints}
    except Refusal as refused:
        return type(refused)
    return left


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_part_and_the_whole_agree_about_every_edit(
    sqlite_world: World, tables: Tables, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    edits = [data.draw(_edits(tables), label="edit") for _ in range(data.draw(st.integers(1, 2)))]
    after = data.draw(st.sampled_from((0, 0, 0, 400)), label="days later")

    narrow = outcome(sqlite_world, edits, after=after)
    with monkeypatch.context() as patched:
        patched.setattr(planning, "part_of", lambda *_args, **_named: WHOLE)
        whole = outcome(sqlite_world, edits, after=after)

    assert narrow == whole


@st.composite
def _edits(draw: st.DrawFn, tables: Tables) -> Edit:
    """A row of any file removed, changed in a cell or two, or written again under another name."""
    sheets = [each for each in tables if "/" not in each]
    file = draw(st.sampled_from(draw(st.sampled_from((sheets, sorted(tables))))))
    row = draw(st.sampled_from(tables[file]))
    act = draw(st.sampled_from(("change", "change", "change", "add", "remove")))
    if act == "remove":
        return Edit(file, row.key, None, row.version)
    cells = {}
    for column in draw(st.lists(st.sampled_from(sorted(row.cells)), min_size=1, max_size=2, unique=True)):
        others = [each.cells[column] for each in tables[file][:200]]
        cells[column] = draw(st.one_of(st.sampled_from(others), st.sampled_from(ODD)))
    if act == "change" or not row.key:
        return Edit(file, row.key, cells, row.version)
    key = tuple(draw(st.sampled_from((each, f"{each}2"))) for each in row.key)
    return Edit(file, key, {**row.cells, **cells, **dict(zip(_key_columns(row), key, strict=True))})


def _key_columns(row: RawRow) -> list[str]:
    """The columns that hold the row's key, in its order."""
    left = dict(row.cells)
    names = []
    for each in row.key:
        names.append(next(name for name, cell in left.items() if cell == each))
        del left[names[-1]]
    return names


def part(world: World, file: str, key: tuple[str, ...], cells: dict[str, Any] | None) -> Any:
    with world.house.database.reading() as db:
        return part_of(db, [Edit(file, key, cells)], now=TUESDAY)


def test_a_listing_is_checked_over_its_own_goods_and_what_they_are_for(sqlite_world: World, tables: Tables) -> None:
    spare = next(each for each in tables["products.csv"] if each.cells["fits"])

    found = part(sqlite_world, "listings.csv", ("de", spare.key[0]), {"price": "9.00"})

    assert found.goods == {*spare.key, *spare.cells["fits"].split()}
    assert {"markets.toml", "products.csv", "tax.csv"} <= found.names
    assert {"stock.csv", "signoffs.csv", "agents.toml"} <= found.left_out


def test_an_address_brings_those_who_have_it_or_had_it(sqlite_world: World, tables: Tables) -> None:
    one, other = tables["texts/de.toml"][:2]

    found = part(sqlite_world, "texts/de.toml", one.key, {"slug": other.cells["slug"]})

    assert {*one.key, *other.key} <= found.goods


def test_very_many_goods_are_read_at_once(sqlite_world: World) -> None:
    edits = [Edit("stock.csv", (f"N{number}",), {"on_hand": "1"}) for number in range(MOST_GOODS + 1)]
    with sqlite_world.house.database.reading() as db:
        assert part_of(db, edits, now=TUESDAY).goods is None
        assert part_of(db, edits[1:], now=TUESDAY).goods == frozenset(each.key[0] for each in edits[1:])


@pytest.mark.parametrize(
    ("file", "column", "cell", "further"),
    [
        ("markets.toml", "zone", "Asia/Tokyo", True),
        ("markets.toml", "first_answer_minutes", 77, False),
        ("products.csv", "family", "other", True),
        ("products.csv", "weight_g", "777", False),
        ("tax.csv", "percent", "12", True),
        ("certificates.csv", "number", "12", False),
    ],
)
def test_what_others_look_at_is_checked_over_everything(
    sqlite_world: World, tables: Tables, file: str, column: str, cell: object, further: bool
) -> None:
    row = tables[file][0]
    edits = [Edit(file, row.key, {column: cell}, row.version)]

    with sqlite_world.house.database.reading() as db:
        planned = planning.plan(db, sqlite_world.house.policies, edits, now=TUESDAY)

    assert (planned.part == WHOLE) is further


def test_a_listing_of_nothing_is_refused_without_the_rest_being_read(sqlite_world: World) -> None:
    edits = [Edit("listings.csv", ("de", "NONE"), {"price": "1.00", "max_per_order": "1"})]
    with pytest.raises(BadSetup, match="'NONE' is no product of this set-up"):
        foresee(sqlite_world.house.database, sqlite_world.house.policies, edits, now=TUESDAY)
