"""Every column of the database is known to hold somebody's data or none, and what an erasure makes of it."""

from shop.migrations.tables import METADATA
from shop.upkeep.personal.inventory import CLASSES, EMPTIED_BEFORE, EMPTY, OF_CUSTOMER, inventory


def test_every_column_is_classified_once() -> None:
    known = {each.table.name: [name for kind in CLASSES for name in each.columns.get(kind, ())] for each in inventory()}

    assert {name: sorted(columns) for name, columns in known.items()} == {
        name: sorted(column.name for column in table.columns) for name, table in METADATA.tables.items()
    }


def test_what_is_emptied_can_be_empty_and_rows_are_found_by_a_column_there_is() -> None:
    for each in inventory():
        assert not each.kind or each.key in each.table.c, each.table.name
        assert not each.by_words or each.of("words"), each.table.name
        keys = {column.name for column in each.table.primary_key.columns}
        assert each.removed or not each.kind or not keys & each.emptied().keys(), each.table.name
    emptied = {f"{each.table.name}.{name}" for each in inventory() for name in each.of(*OF_CUSTOMER)}
    assert {*EMPTY, *EMPTIED_BEFORE} <= emptied
