"""A backup is put back only where and when nothing can be lost, and all of it or nothing."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shop.backups import postgres_copy, restoring
from shop.backups.archive import manifest_of
from shop.backups.manifest import BadBackup, CannotCopy
from shop.backups.place import NotEmpty
from shop.checkout.models import Order
from shop.support.requests.attachments import Shelf
from shop.support.requests.models import Attachment
from shop.upkeep.models import Erasure
from shop.upkeep.personal.erased_list import write_down
from tests.aftersales import bought
from tests.backup_places import Elsewhere, busy, elsewhere, files_of, manifest_with, packed, put_back, tampered
from tests.world import World

__all__ = ["busy", "elsewhere"]  # fixtures


def test_what_was_packed_is_there_again_and_everything_holds(busy: World, elsewhere: Elsewhere, tmp_path: Path) -> None:
    made = packed(busy, tmp_path / "kept.tar")
    answer = elsewhere.run("restore", str(made.file), "--json")
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert told["check"]["holds"] and told["lacking"] == [] and told["rows"] > 1_000
    assert files_of(elsewhere.folder) == files_of(busy.house.settings.data_dir)
    with elsewhere.database() as restored, restored.reading() as there, busy.house.database.reading() as here:
        for table in (Order, Attachment):
            rows = there.exec(select(table)).all()
            assert rows == here.exec(select(table)).all() and rows
        key = there.exec(select(Attachment.key)).one()
        assert Shelf.of(elsewhere.folder).read(key).startswith(b"\xff\xd8")


def test_it_warns_when_the_key_that_made_the_list_of_the_erased_is_not_there(
    busy: World, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    elsewhere.folder.mkdir(exist_ok=True)
    erasure = Erasure(fingerprint="a hash", at=busy.clock.now, ground="asked")
    write_down(elsewhere.folder, erasure, key="")  # as versions before wrote it
    made = packed(busy, tmp_path / "kept.tar")
    said = elsewhere.run("restore", str(made.file))
    assert said.exit_code == 0 and "nobody on erased.jsonl can be found" in said.output.replace("\n", " ")
    write_down(elsewhere.folder, erasure, key="another")
    again = elsewhere.run("restore", str(made.file), "--replace")
    assert "erased.jsonl names 1 by a secret key" in again.output.replace("\n", " ")


def test_it_is_put_only_where_nothing_stands(busy: World, elsewhere: Elsewhere, tmp_path: Path) -> None:
    made = packed(busy, tmp_path / "kept.tar", with_key=True)
    (elsewhere.folder / "outbox").mkdir(parents=True)
    (elsewhere.folder / "outbox" / "1.eml").write_text("a mail")
    with pytest.raises(NotEmpty, match="outbox"):
        put_back(made.file, elsewhere)
    (elsewhere.folder / "outbox" / "1.eml").unlink()
    (elsewhere.folder / "secret-key").write_text("another")
    with pytest.raises(NotEmpty, match="key"):
        put_back(made.file, elsewhere)
    (elsewhere.folder / "secret-key").unlink()
    put_back(made.file, elsewhere)
    answer = elsewhere.run("restore", str(made.file))
    assert answer.exit_code == 1 and "not empty" in answer.stderr and "--replace" in answer.stderr
    again = elsewhere.run("restore", str(made.file), "--replace")
    assert again.exit_code == 0, again.output
    assert again.stdout.count("softlaunch person erase --again") == 1 and "softlaunch check --provider" in again.stdout
    assert busy.house.settings.sqlite or postgres_copy.others(elsewhere.url) == 0


def test_a_place_that_is_replaced_becomes_what_the_backup_is(busy: World, elsewhere: Elsewhere, tmp_path: Path) -> None:
    earlier = packed(busy, tmp_path / "earlier.tar")
    then = files_of(busy.house.settings.data_dir)
    bought(busy, busy.browser("de"))
    later = packed(busy, tmp_path / "later.tar")
    put_back(later.file, elsewhere)
    assert files_of(elsewhere.folder) != then
    (elsewhere.folder / "notes.txt").write_text("mine")
    for _time in range(2):
        put_back(earlier.file, elsewhere, replace=True)
        assert files_of(elsewhere.folder) == then
    with elsewhere.database() as restored, restored.reading() as db:
        orders = len(db.exec(select(Order)).all())
    assert orders == earlier.manifest.counts["orders"] == later.manifest.counts["orders"] - 1
    assert (elsewhere.folder / "notes.txt").exists()
    assert [each for each in elsewhere.folder.iterdir() if each.name.startswith(".")] == []


def test_a_place_at_work_is_not_replaced(busy: World, elsewhere: Elsewhere, tmp_path: Path) -> None:
    made = packed(busy, tmp_path / "kept.tar")
    put_back(made.file, elsewhere)
    with elsewhere.database() as database, database.reading() as db:
        db.exec(select(Order)).all()
        with pytest.raises(CannotCopy, match="in use"):
            put_back(made.file, elsewhere, replace=True)


def test_a_restore_that_fails_puts_back_every_file_that_stood_there(
    busy: World, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise CannotCopy("the server went away")

    put_back(packed(busy, tmp_path / "earlier.tar").file, elsewhere)
    changed, gone = sorted(files_of(elsewhere.folder))[:2]
    (elsewhere.folder / changed).write_bytes(b"as it stood there")
    (elsewhere.folder / gone).unlink()
    then = files_of(elsewhere.folder)
    bought(busy, busy.browser("de"))
    later = packed(busy, tmp_path / "later.tar").file
    counts = manifest_of(later).counts
    with pytest.raises((BadBackup, CannotCopy), match="other rows"):
        put_back(tampered(later, manifest_with(counts=counts | {"orders": 7})), elsewhere, replace=True)
    assert files_of(elsewhere.folder) == then
    with monkeypatch.context() as patched:
        patched.setattr(restoring, "_put_database", away)
        with pytest.raises(CannotCopy, match="went away"):
            put_back(later, elsewhere, replace=True)
    assert files_of(elsewhere.folder) == then
    assert [each for each in elsewhere.folder.iterdir() if each.name.startswith(".")] == []
    with elsewhere.database() as database, database.reading() as db:
        assert len(db.exec(select(Order)).all()) == counts["orders"] - 1


def test_a_database_that_cannot_be_put_back_leaves_the_key_it_was_read_with(
    busy: World, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise CannotCopy("the server went away")

    file = packed(busy, tmp_path / "kept.tar", with_key=True).file
    elsewhere.folder.mkdir()
    key = elsewhere.folder / "secret-key"
    key.write_text("the key of what stands there")
    with monkeypatch.context() as patched:
        patched.setattr(restoring, "_put_database", away)
        with pytest.raises(CannotCopy, match="went away"):
            put_back(file, elsewhere, replace=True)
    assert key.read_text() == "the key of what stands there"
    put_back(file, elsewhere, replace=True)
    assert key.read_text() != "the key of what stands there"


def test_a_backup_is_put_back_onto_another_disk(
    busy: World, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another_disk(*_: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    file = packed(busy, tmp_path / "kept.tar").file
    monkeypatch.setattr(os, "rename", another_disk)
    put_back(file, elsewhere)
    assert files_of(elsewhere.folder) == files_of(busy.house.settings.data_dir)
    with elsewhere.database() as restored, restored.reading() as db:
        assert db.exec(select(Order)).all()
    assert [each for each in elsewhere.folder.iterdir() if each.name.startswith(".")] == []


# On SQLite a file takes its place in one step.
@pytest.mark.postgres
@pytest.mark.parametrize("busy", ["postgres"], indirect=True)
def test_what_a_killed_restore_had_put_aside_is_not_lost_by_the_next(
    busy: World, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    file = packed(busy, tmp_path / "kept.tar").file
    put_back(file, elsewhere)
    postgres_copy._aside(elsewhere.url)  # and there it was killed
    counts = manifest_of(file).counts
    with pytest.raises(CannotCopy, match="other rows"):
        put_back(tampered(file, manifest_with(counts=counts | {"orders": 7})), elsewhere, replace=True)
    with elsewhere.database() as database, database.reading() as db:
        assert len(db.exec(select(Order)).all()) == counts["orders"]
