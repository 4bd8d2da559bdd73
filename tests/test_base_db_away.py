"""A database that is not there is a reason to come again in a moment, not a fault."""

from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import ProgrammingError

from shop.base import db as db_module
from shop.base.db import Busy, Database
from tests.machine import free_port
from tests.postgres import Server


def test_a_server_that_does_not_listen_is_busy() -> None:
    database = Database(f"postgresql+psycopg://shop@127.0.0.1:{free_port()}/shop")
    with pytest.raises(Busy) as refused, database.reading() as db:
        db.connection()
    assert refused.value.values == {"retry_after": 1}
    database.close()


@pytest.mark.postgres
def test_a_server_that_ends_under_a_transaction_is_busy_and_the_next_one_begins_anew(postgres: Server) -> None:
    with postgres.database() as url:
        database = Database(url.replace("postgresql:", "postgresql+psycopg:"))
        with pytest.raises(Busy), database.writing() as db:
            own = db.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar()
            with database.reading() as other:
                other.connection().exec_driver_sql(f"SELECT pg_terminate_backend({own})")
            db.connection().exec_driver_sql("SELECT 1")
        with database.writing() as db:
            assert db.connection().exec_driver_sql("SELECT 1").scalar() == 1
        database.close()


@pytest.mark.postgres
def test_connections_that_a_server_ended_while_they_were_at_rest_are_found_out_before_they_are_used(
    postgres: Server,
) -> None:
    with postgres.database() as url:
        database = Database(url.replace("postgresql:", "postgresql+psycopg:"))
        with database.reading() as db, database.writing() as other:
            ended = [each.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar() for each in (db, other)]
        with psycopg.connect(url, autocommit=True) as connection:
            for each in ended:
                connection.execute("SELECT pg_terminate_backend(%s, 5000)", (each,))
        with database.writing() as db, database.reading() as other:
            assert [each.connection().exec_driver_sql("SELECT 1").scalar() for each in (db, other)] == [1, 1]
        database.close()


@pytest.mark.postgres
def test_a_connection_that_was_closed_while_it_was_at_rest_is_replaced(postgres: Server) -> None:
    with postgres.database() as url:
        database = Database(url.replace("postgresql:", "postgresql+psycopg:"))
        with database.reading() as db:
            at_rest = db.connection().connection.driver_connection
        assert at_rest is not None
        at_rest.close()
        with database.reading() as db:
            assert db.connection().exec_driver_sql("SELECT 1").scalar() == 1
        database.close()


@pytest.mark.postgres
def test_what_is_wrong_with_a_statement_is_a_fault(postgres: Server) -> None:
    with postgres.database() as url:
        database = Database(url.replace("postgresql:", "postgresql+psycopg:"))
        with pytest.raises(ProgrammingError), database.reading() as db:
            db.connection().exec_driver_sql("SELECT nothing FROM nowhere")
        database.close()


def test_a_host_that_is_gone_without_a_word_is_noticed_soon_unless_the_address_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(db_module, "create_engine", lambda _url, **options: given.update(options))

    db_module.postgresql_engine("postgresql+psycopg://shop@db/shop?connect_timeout=60", tcp_user_timeout=2_000)

    assert given["connect_args"] == {
        "keepalives_idle": 4,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 2_000,
    }
