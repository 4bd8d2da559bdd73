"""A commit that fails is over: whoever writes next begins anew."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import text

from shop.base import db as db_module
from shop.base.db import Busy, Database


def test_a_commit_that_fails_leaves_no_open_transaction_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db_module, "BUSY_SECONDS", 0)
    monkeypatch.setattr(db_module, "WAL_SAFE", (99, 0, 0))  # in the older journal a reader stands in a commit's way
    file = tmp_path / "shop.db"
    database = Database(f"sqlite:///{file}")
    with database.writing() as db:
        db.connection().execute(text("CREATE TABLE note (word TEXT)"))
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN").close()
    reader.execute("SELECT * FROM note").fetchall()

    with pytest.raises(Busy), database.writing() as db:
        db.connection().execute(text("INSERT INTO note VALUES ('lost')"))
    reader.execute("ROLLBACK").close()
    reader.close()

    with database.writing() as db:
        db.connection().execute(text("INSERT INTO note VALUES ('kept')"))
    with database.reading() as db:
        assert db.connection().execute(text("SELECT word FROM note")).scalars().all() == ["kept"]
    database.close()


def test_what_a_failed_statement_was_given_stands_in_no_error(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    asked = text("INSERT INTO nowhere VALUES (:word)").bindparams(word="anna@example.com")

    with pytest.raises(OperationalError) as failed, database.writing() as db:
        db.connection().execute(asked)

    assert "anna" not in str(failed.value) and "nowhere" in str(failed.value)
    database.close()
