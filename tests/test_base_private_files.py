"""What a house writes about people is its owner's alone, whatever the umask of who started it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from shop.base import db as db_module
from shop.base.db import Database
from shop.base.mail import FolderMailer, Mail
from shop.support.requests.attachments import Shelf
from shop.support.requests.files import File
from tests.world import TUESDAY


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> set[int]:
    return {each.stat().st_mode & 0o777 for each in folder.rglob("*") if each.is_file()}


def test_the_outbox_and_its_mails(tmp_path: Path) -> None:
    kept = FolderMailer(tmp_path / "outbox", "shop@localhost")
    kept.send(Mail(to="anna@example.com", subject="", text="", html="", language="en", key="k"), now=TUESDAY)

    assert kept.folder.stat().st_mode & 0o777 == 0o700 and modes(kept.folder) == {0o600}


def test_the_database_and_its_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        db_module, "create_engine", create_engine
    )  # tests share a dialect, which hears for all or for none
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with database.writing() as db:
        db.connection().execute(text("CREATE TABLE said (words TEXT)"))
        assert len(list(tmp_path.iterdir())) > 1 and modes(tmp_path) == {0o600}
    database.close()
    (tmp_path / "new.db").chmod(0o640)  # whoever opens it to a group has a reason
    with database.reading() as db:
        assert db.connection().execute(text("SELECT count(*) FROM said")).scalar_one() == 0
    assert (tmp_path / "new.db").stat().st_mode & 0o777 == 0o640
    database.close()


def test_what_customers_sent_along(tmp_path: Path) -> None:
    shelf = Shelf.of(tmp_path)
    shelf.shelve([File("a.jpg", "image/jpeg", b"picture")])

    assert modes(shelf.folder) == {0o600}
    assert {each.stat().st_mode & 0o777 for each in shelf.folder.rglob("*") if each.is_dir()} == {0o700}
