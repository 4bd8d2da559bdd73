"""Tables whose rows the database itself protects: the triggers that refuse changes, as they must stand in the database.

Migrations create them. What is written here is compared with what the database has, as models are with its tables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Unchanging:
    """A table, the deeds that are refused there (UPDATE, DELETE), and the message that whoever tries gets."""

    table: str
    deeds: tuple[str, ...]
    refused: str

    def triggers(self, dialect: str) -> Iterator[tuple[str, str]]:
        """The name and the definition of each of its triggers: SQLite needs one for each deed."""
        if dialect == "sqlite":
            for deed in self.deeds:
                name = f"{self.table}_{deed.lower()}"
                refusal = f"BEGIN SELECT RAISE(ABORT, '{self.refused}'); END"
                yield name, f"CREATE TRIGGER {name} BEFORE {deed} ON {self.table} {refusal}"
            return
        name, deeds = f"{self.table}_kept", " OR ".join(sorted(self.deeds))
        made = (
            f"CREATE TRIGGER {name} BEFORE {deeds} ON {self.table} FOR EACH ROW EXECUTE FUNCTION refuse_{self.table}()"
        )
        yield name, f"{made} BEGIN RAISE EXCEPTION '{self.refused}'; END"


def standing_triggers(db: Session) -> Mapping[str, str]:
    """The definitions of all triggers of the database that are switched on, by name."""
    dialect = db.get_bind().dialect.name
    rows = db.connection().execute(text(_STANDING[dialect])).all()
    return {name: " ".join(definition.split()) for name, definition in rows}


_STANDING = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """
        SELECT tgname, pg_get_triggerdef(pg_trigger.oid, true) || ' ' || prosrc
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND relnamespace = current_schema()::regnamespace
    """,
}
