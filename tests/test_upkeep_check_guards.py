"""What nobody may change: the audit's chains, the guards of its tables, and the database's own files."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from shop.base import audit
from shop.base.audit import AuditEntry, append, heads
from shop.base.db import write_last
from shop.base.unchanging import standing_triggers
from shop.markets.models import LaunchEvent
from shop.staff.deeds import note
from shop.upkeep.proving import UNCHANGING
from tests.breaking import busy, by_hand, found_of
from tests.world import World

__all__ = ["busy"]  # a fixture

AUDIT_BREAKS = {
    "hash": "UPDATE audit_entry SET content = '{}' WHERE chain = 'people' AND number = 1",
    "gap": "DELETE FROM audit_entry WHERE chain = 'people' AND number = 1",
    "link": "UPDATE audit_entry SET previous = 'x' WHERE chain = 'people' AND number = 2",
}


@pytest.mark.parametrize("why", AUDIT_BREAKS)
def test_an_entry_of_the_audit_that_was_changed_or_removed_breaks_its_chain(busy: World, why: str) -> None:
    with by_hand(busy) as db:
        note(db, "ended", "jonas", by="mere", now=busy.clock.now)
        write_last(db)
        db.connection().execute(text(AUDIT_BREAKS[why]))
        found = found_of(db, busy, "audit.chains")

    assert why in {each.values["why"] for each in found}


def test_an_audit_written_anew_ends_with_another_head(busy: World) -> None:
    with by_hand(busy) as db:
        before = heads(db)["people"]
        entry = db.exec(select(AuditEntry).where(AuditEntry.chain == "people")).all()[-1]
        forged = AuditEntry(**{**entry.model_dump(), "content": "{}"})
        change = text("UPDATE audit_entry SET content = '{}', hash = :hash WHERE chain = 'people' AND number = :number")
        db.connection().execute(change, {"hash": audit.hash_of(forged), "number": entry.number})
        assert not found_of(db, busy, "audit.chains") and heads(db)["people"] != before


@pytest.mark.parametrize("deed", ["UPDATE audit_entry SET kind = 'other'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_the_audit(busy: World, deed: str) -> None:
    with pytest.raises(DBAPIError, match="only ever added to"), busy.house.database.writing() as db:
        db.connection().execute(text(deed))


def test_a_table_that_is_no_longer_guarded_is_named(busy: World) -> None:
    with by_hand(busy) as db:
        unguarded = {each.subject.split()[0] for each in found_of(db, busy, "storage.guarded")}
        assert unguarded == {"audit_entry", "launch_event"}


def test_the_triggers_there_are_are_those_that_are_compared(busy: World) -> None:
    dialect = busy.house.database.engine.dialect.name
    with busy.house.database.reading() as db:
        assert dict(standing_triggers(db)) == {
            name: definition for table in UNCHANGING for name, definition in table.triggers(dialect)
        }


NEVER_FIRES = {  # what stands under the name of the guard and lets everything pass
    "sqlite": (
        "DROP TRIGGER audit_entry_update; CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry WHEN 0 "
        "BEGIN SELECT RAISE(ABORT, 'audit_entry is only ever added to'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION refuse_audit_entry() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "DROP TRIGGER audit_entry_kept ON audit_entry; CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE "
        "ON audit_entry FOR EACH ROW WHEN (false) EXECUTE FUNCTION refuse_audit_entry()",
        "DROP TRIGGER audit_entry_kept ON audit_entry; CREATE TRIGGER audit_entry_kept BEFORE UPDATE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_audit_entry()",
        "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_kept",
    ),
}


def test_a_guard_that_never_fires_is_named(busy: World) -> None:
    for deeds in NEVER_FIRES[busy.house.database.engine.dialect.name]:
        with busy.house.database.keeping_nothing().writing() as db:
            for each in re.split("; (?=CREATE)", deeds):
                db.connection().execute(text(each))
            assert [each.subject.split()[0] for each in found_of(db, busy, "storage.guarded")] == ["audit_entry"], deeds


def test_what_is_kept_by_law_is_guarded_too(busy: World) -> None:
    sqlite = busy.house.database.sqlite
    with busy.house.database.keeping_nothing().writing() as db:
        name = "retained_record_update" if sqlite else "retained_record_kept ON retained_record"
        db.connection().execute(text(f"DROP TRIGGER {name}"))
        assert [each.subject.split()[0] for each in found_of(db, busy, "storage.guarded")] == ["retained_record"]


def test_rows_from_before_the_audit_are_not_missed_and_later_ones_are(busy: World) -> None:
    now = busy.clock.now
    with by_hand(busy) as db:
        old = LaunchEvent(
            market="br", at=now, action="setup", from_state="draft", to_state="draft", person="", reason=""
        )
        db.add(old)
        db.flush()
        append(db, "launches:br", audit.BEGAN, "", content={"last": old.id}, now=now)
        write_last(db)
        assert not found_of(db, busy, "audit.events")
        db.add(LaunchEvent(**{**old.model_dump(), "id": None}))
        db.flush()
        assert [each.values for each in found_of(db, busy, "audit.events")] == [{"why": "missing"}]


def test_a_database_file_that_is_damaged_is_named(busy: World, tmp_path: Path) -> None:
    if not busy.house.database.sqlite:
        with by_hand(busy) as db:
            db.connection().execute(text("ALTER TABLE stock ADD CONSTRAINT small CHECK (on_hand < 0) NOT VALID"))
            assert [each.subject for each in found_of(db, busy, "storage.whole")] == ["stock.small"]
        return
    with by_hand(busy) as db:
        # An index that does not agree with its table, made without touching the file's bytes.
        other = (
            "UPDATE sqlite_master SET sql = replace(sql, '(placed_at)', '(paid_at)') WHERE name = 'ix_orders_placed_at'"
        )
        for each in ("PRAGMA writable_schema = ON", other, "PRAGMA writable_schema = RESET"):
            db.connection().execute(text(each))
        assert found_of(db, busy, "storage.whole")
