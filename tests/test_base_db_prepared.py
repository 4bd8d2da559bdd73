"""What PostgreSQL has prepared once stays prepared, whoever only looked in between; and who looks cannot write."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing

import pytest
from sqlalchemy.exc import InternalError, ProgrammingError
from sqlmodel import Session

from shop.base.db import Database
from shop.base.replica import Replica
from shop.ground.errors import NotFound
from tests.postgres import Server

PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 1 /* asked for often */'"
OFTEN = "SELECT 1 /* asked for often */"
TIMES = 6  # psycopg prepares what it has sent five times

Look = Callable[[], AbstractContextManager[Session | None]]

pytestmark = pytest.mark.postgres


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    with postgres.database() as url:
        yield url.replace("postgresql:", "postgresql+psycopg:")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


@pytest.fixture(params=["primary", "replica"])
def looks(
    request: pytest.FixtureRequest, database: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Look]:
    """What gives sessions that only look: of the database itself, and of what would be its replica."""
    if request.param == "primary":
        yield database.reading
        return
    replica = Replica(database, url, dict)
    monkeypatch.setattr(replica, "_is_fit", lambda _session: True)
    yield replica.showing
    replica.stop()


def look(database: Database, statement: str) -> object:
    with database.reading() as db:
        return db.connection().exec_driver_sql(statement).scalar()


def test_what_is_asked_often_is_prepared_once_and_for_all_looks(database: Database) -> None:
    for _ in range(TIMES):
        look(database, OFTEN)
    assert look(database, PREPARED) == 1
    look(database, "SELECT 2")
    assert look(database, PREPARED) == 1


def test_a_look_does_not_make_the_server_forget_what_was_prepared_for_writing(database: Database) -> None:
    for _ in range(TIMES):
        with database.writing() as db:
            db.connection().exec_driver_sql(OFTEN)
        look(database, "SELECT 2")
    assert look(database, PREPARED) == 1


@pytest.mark.parametrize("raised", [NotFound, ZeroDivisionError])
def test_what_was_prepared_is_kept_where_a_look_ends_in_a_refusal_or_a_fault(
    looks: Look, raised: type[Exception]
) -> None:
    for _ in range(TIMES):
        asked(looks, OFTEN)
    with pytest.raises(raised), looks() as db:
        assert db is not None
        db.connection().exec_driver_sql("SELECT 2")
        raise raised
    assert asked(looks, PREPARED) == 1


def asked(looks: Look, statement: str) -> object:
    with looks() as db:
        assert db is not None
        return db.connection().exec_driver_sql(statement).scalar()


def test_who_writes_where_only_a_replica_is_shown_is_not_told_to_come_again(database: Database, url: str) -> None:
    with closing(Database(url)) as other:
        database.shows_from(other.reading)
        with pytest.raises(InternalError), database.showing() as db:
            db.connection().exec_driver_sql("CREATE TABLE written (id integer)")


def test_who_only_looks_cannot_write_and_is_not_told_to_come_again(database: Database) -> None:
    with pytest.raises(InternalError):
        look(database, "CREATE TABLE written (id integer)")
    with pytest.raises(ProgrammingError):
        look(database, "SELECT * FROM written")
