"""What PostgreSQL has prepared once stays prepared, whoever only looked in between; and who looks cannot write."""

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import InternalError, ProgrammingError

from shop.base.db import Database
from tests.postgres import Server

PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 1 /* asked for often */'"
OFTEN = "SELECT 1 /* asked for often */"
TIMES = 6  # psycopg prepares what it has sent five times

pytestmark = pytest.mark.postgres


@pytest.fixture
def database(postgres: Server) -> Iterator[Database]:
    with postgres.database() as url:
        database = Database(url.replace("postgresql:", "postgresql+psycopg:"))
        yield database
        database.close()


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


def test_who_only_looks_cannot_write_and_is_not_told_to_come_again(database: Database) -> None:
    with pytest.raises(InternalError):
        look(database, "CREATE TABLE written (id integer)")
    with pytest.raises(ProgrammingError):
        look(database, "SELECT * FROM written")
