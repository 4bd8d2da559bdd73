"""Migrations: on both engines they make exactly what the models say, and every index and check with it."""

import json
from collections.abc import Iterator
from datetime import UTC, date
from pathlib import Path
from typing import Any, Literal

import pytest
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, MetaData, String, Table, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from shop.base.audit import BEGAN, AuditEntry, differing, faults, heads
from shop.base.db import Database
from shop.launches.models import Waiver
from shop.markets.history import keep_event
from shop.markets.models import LaunchEvent, Market
from shop.migrations.migrate import BrokenReferences, differences, is_newest, migrate
from shop.migrations.tables import METADATA
from shop.staff.may import further_roles
from shop.staff.models import Person, PersonDeed, SignedIn
from shop.upkeep.invariants import TOLD
from tests.world import TUESDAY


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """Two empty databases of the same engine."""
    if request.param == "sqlite":
        urls = [f"sqlite:///{tmp_path / name}.db" for name in ("a", "b")]
    else:
        server = request.getfixturevalue("postgres")
        urls = [server.url(server.create()).replace("postgresql://", "postgresql+psycopg://") for _ in range(2)]
    databases = tuple(Database(url) for url in urls)
    yield databases[0], databases[1]
    for database in databases:
        database.close()


def test_a_database_is_brought_to_the_newest_shape_and_stays_there(empty: tuple[Database, Database]) -> None:
    database, _ = empty
    assert not is_newest(database)

    for _again in range(2):
        migrate(database)
        assert is_newest(database)


def test_migrations_and_models_agree(empty: tuple[Database, Database]) -> None:
    database, _ = empty
    migrate(database)

    assert differences(database) == []


def test_migrations_make_every_check_and_key_that_the_models_name(empty: tuple[Database, Database]) -> None:
    # Alembic compares neither checks nor primary keys.
    migrated, made = empty
    migrate(migrated)
    METADATA.create_all(made.engine)

    assert shape(migrated) == shape(made)


@pytest.fixture
def family(empty: tuple[Database, Database]) -> Iterator[Database]:
    """A database of the newest shape with a person and a sign-in that names them."""
    database, _ = empty
    migrate(database)
    with database.writing() as db:
        db.add(Person(id="eva", email="eva@example.com", name="Eva", role="agent"))
        db.flush()
        db.add(SignedIn(token_hash="x", person_id="eva", created_at=TUESDAY, expires_at=TUESDAY))
    yield database


def test_a_table_that_is_made_anew_keeps_its_rows_and_those_that_name_it(
    family: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "upgrade", _person_made_anew)

    migrate(family)

    with family.reading() as db:
        assert [each.person_id for each in db.exec(select(SignedIn)).all()] == ["eva"]
        assert db.connection().exec_driver_sql("SELECT nickname FROM person").scalar_one() == "none"
    with pytest.raises(IntegrityError), family.writing() as db:  # references are held again
        db.add(SignedIn(token_hash="y", person_id="nobody", created_at=TUESDAY, expires_at=TUESDAY))


def test_a_migration_that_would_leave_references_to_nothing_changes_nothing(
    family: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(config: Config, _revision: str) -> None:
        _person_made_anew(config, "head")
        config.attributes["connection"].exec_driver_sql("DELETE FROM person")

    monkeypatch.setattr(command, "upgrade", lose)
    with pytest.raises((BrokenReferences, IntegrityError)) as refused:
        migrate(family)

    assert not family.sqlite or "signed_in -> person" in str(refused.value)
    with family.reading() as db:
        assert [each.id for each in db.exec(select(Person)).all()] == ["eva"]
        assert "nickname" not in {each["name"] for each in inspect(db.connection()).get_columns("person")}
    with pytest.raises(IntegrityError), family.writing() as db:
        db.add(SignedIn(token_hash="y", person_id="nobody", created_at=TUESDAY, expires_at=TUESDAY))


def test_waivers_of_an_older_shape_go_on_holding_and_are_still_told(
    empty: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, _ = empty
    with monkeypatch.context() as older:
        upgrade = command.upgrade
        older.setattr(command, "upgrade", lambda config, _revision: upgrade(config, "0002"))
        older.setattr("shop.migrations.migrate.BACKFILLS", ())  # that shape has nothing to be filled
        migrate(database)
    with database.writing() as db:
        market = Market(id="jp", country="JP", currency="JPY", zone="Asia/Tokyo", languages="ja", tax_label="gst")
        _insert_as_it_was(db, market)
        told = LaunchEvent(
            market="jp", at=TUESDAY, action="waive", from_state="draft", to_state="draft", person="mere",
            reason="test_order, 2027-01-31: demo",
        )  # fmt: skip
        number = _insert_as_it_was(db, told)
        for gate in ("payments.live", "test_order"):
            row = text("INSERT INTO waiver VALUES ('jp', :gate, 'mere', 'demo', '2027-01-31')")
            db.connection().execute(row, {"gate": gate})

    migrate(database)

    with database.reading() as db:
        live, tested = db.exec(select(Waiver).order_by(Waiver.gate)).all()
        assert (live.market, live.gate, live.reason, live.until, live.ended_at, live.event) == (
            "jp", "payments.live", "demo", date(2027, 1, 31), None, None,
        )  # fmt: skip
        assert (tested.gate, tested.made_at, tested.event) == ("test_order", TUESDAY, number)


def test_the_audit_begins_by_saying_what_was_done_before_it(
    empty: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, _ = empty
    with monkeypatch.context() as older:
        upgrade = command.upgrade
        older.setattr(command, "upgrade", lambda config, _revision: upgrade(config, "0006"))
        older.setattr("shop.migrations.migrate.BACKFILLS", ())  # that shape has nothing to be filled
        migrate(database)
    with database.writing() as db:
        _insert_as_it_was(db, Market(id="jp", country="JP", currency="JPY", zone="Asia/Tokyo", languages="ja"))
        draft = {"from_state": "draft", "to_state": "draft"}
        event = LaunchEvent(market="jp", at=TUESDAY, action="waive", person="mere", reason="x", **draft)
        last = _insert_as_it_was(db, event)
        _insert_as_it_was(db, PersonDeed(at=TUESDAY, by="mere", person="lena", deed="ended"))

    migrate(database)

    with database.reading() as db:
        assert not [*faults(db)] and heads(db).keys() == {"launches:jp", "people"}
        began = db.get_one(AuditEntry, ("launches:jp", 1))
        assert (began.kind, began.content, began.at) == (BEGAN, f'{{"last":{last}}}', TUESDAY)
        assert not [fault for each in TOLD.values() for fault in differing(db, each)]


def test_contacts_tried_without_an_entry_are_entered_late_at_the_end_of_the_chain(
    empty: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, _ = empty
    upgrade, numbers = command.upgrade, list[int]()
    with monkeypatch.context() as older:
        older.setattr("shop.migrations.migrate.BACKFILLS", ())  # those shapes have nothing to be filled
        for shape in ("0006", "0008"):
            older.setattr(command, "upgrade", lambda config, _revision, shape=shape: upgrade(config, shape))
            migrate(database)
            with database.writing() as db:
                if shape == "0006":
                    for each in (("jp", "JP"), ("nz", "NZ")):
                        _insert_as_it_was(
                            db, Market(id=each[0], country=each[1], currency="NZD", zone="UTC", languages="en")
                        )
                numbers += [_insert_as_it_was(db, _contacts(market)) for market in ("jp", "jp", "nz")]
    with database.writing() as db:
        keep_event(db, _contacts("jp"))
        forged = _insert_as_it_was(db, _contacts("jp", action="pause"))
    missing = {("launches:jp", str(each)) for each in numbers[3:5]} | {("launches:nz", str(numbers[5]))}
    slipped_in = ("launches:jp", str(forged))
    assert _lacking(database) == missing | {slipped_in}

    migrate(database)

    assert _lacking(database) == {slipped_in}  # which nobody forgot: it is told for as long as it stands there
    with database.reading() as db:
        late = db.exec(select(AuditEntry).where(col(AuditEntry.content).contains("entered_late"))).all()
        assert {(each.chain, each.subject) for each in late} == missing
        assert (
            heads(db)["launches:jp"][0] == 4
            and json.loads(late[0].content)["at"] == TUESDAY.astimezone(UTC).isoformat()
        )
    again = _entries(database)
    migrate(database)
    assert _entries(database) == again


def test_roles_in_single_markets_of_an_older_shape_are_still_theirs(
    empty: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, _ = empty
    with monkeypatch.context() as older:
        upgrade = command.upgrade
        older.setattr(command, "upgrade", lambda config, _revision: upgrade(config, "0006"))
        older.setattr("shop.migrations.migrate.BACKFILLS", ())  # that shape has nothing to be filled
        migrate(database)
    packed = {"annika": "nz:exporter ch:agent", "lena": "", "tane": "de:agent de:partner"}
    with database.writing() as db:
        for person, roles in packed.items():
            row = Person(id=person, email=f"{person}@example.com", name=person.title(), role="specialist", markets="de")
            _insert_as_it_was(db, row)
            said = text("UPDATE person SET roles = :roles WHERE id = :person")
            db.connection().execute(said, {"roles": roles, "person": person})
        db.add(SignedIn(token_hash="x", person_id="annika", created_at=TUESDAY, expires_at=TUESDAY))

    migrate(database)

    with database.reading() as db:
        people = db.exec(select(Person).order_by(Person.id)).all()
        assert {each.id: further_roles(each) for each in people} == {
            "annika": {"ch": "agent", "nz": "exporter"}, "lena": {}, "tane": {"de": "partner"},
        }  # fmt: skip
        assert [each.person_id for each in db.exec(select(SignedIn)).all()] == ["annika"]


def _contacts(market: str, action: str = "contacts") -> LaunchEvent:
    state = {"from_state": "draft", "to_state": "draft"}
    return LaunchEvent(market=market, at=TUESDAY, action=action, person="mere", reason="", **state)


def _lacking(database: Database) -> set[tuple[str, str]]:
    """The chains and events that do not agree; what stands in the chains themselves must hold."""
    with database.reading() as db:
        assert not [*faults(db)]
        return {(each.chain, each.place) for each in differing(db, TOLD["events"])}


def _entries(database: Database) -> list[dict[str, Any]]:
    with database.reading() as db:
        return [each.model_dump() for each in db.exec(select(AuditEntry)).all()]


def _insert_as_it_was(db: Session, row: SQLModel) -> Any:
    """Insert what the table of today's model had room for then; its key."""
    table = Table(str(row.__tablename__), MetaData(), autoload_with=db.connection())
    known = {name: each for name, each in row.model_dump(exclude_none=True).items() if name in table.columns}
    (key,) = db.connection().execute(table.insert().values(known)).inserted_primary_key
    return key


def _person_made_anew(config: Config, _revision: str) -> None:
    connection = config.attributes["connection"]
    operations = Operations(MigrationContext.configure(connection))
    anew: Literal["always", "never"] = "always" if connection.dialect.name == "sqlite" else "never"
    with operations.batch_alter_table("person", recreate=anew) as batch:
        batch.add_column(Column("nickname", String, nullable=False, server_default="none"))


def test_the_models_import_every_table() -> None:
    assert {
        "effect",
        "job_lease",
        "launch_event",
        "orders",
        "request",
        "gate_waiver",
        "picture",
    } <= METADATA.tables.keys()


def shape(database: Database) -> dict[str, Any]:
    looked = inspect(database.engine)
    return {
        table: (
            sorted(each["name"] or "" for each in looked.get_check_constraints(table)),
            looked.get_pk_constraint(table)["constrained_columns"],
            sorted(tuple(each["column_names"]) for each in looked.get_unique_constraints(table)),
            sorted((each["name"] or "", tuple(each["column_names"])) for each in looked.get_indexes(table)),
            sorted((each["name"], str(each["type"]), each["nullable"]) for each in looked.get_columns(table)),
        )
        for table in looked.get_table_names()
        if table != "alembic_version"
    }
