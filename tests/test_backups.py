"""Backups: made while the shop sells, whole or not there at all, and put back only where and when nothing can be lost."""

import base64
import errno
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from shop import cli
from shop.backups import archive, making, postgres_copy, restoring, sqlite_copy
from shop.backups.archive import MANIFEST, manifest_of
from shop.backups.making import Made, back_up
from shop.backups.manifest import BadBackup, CannotCopy, Manifest
from shop.backups.restoring import NotEmpty, Place, lacking, restore
from shop.base.database_address import primary_address
from shop.base.db import Database
from shop.base.settings import Settings
from shop.checkout.models import Order
from shop.migrations.migrate import shapes
from shop.support.requests.attachments import Shelf
from shop.support.requests.models import Attachment
from shop.upkeep.models import Erasure
from shop.upkeep.personal.erased_list import write_down
from tests.aftersales import bought
from tests.conftest import ENGINES, world_on
from tests.pictures import jpeg
from tests.test_support_attachments import send
from tests.world import World


def quiet(_step: str, _done: int, _total: int) -> None:
    """Somebody who does not look at the progress."""


@dataclass
class Elsewhere:
    """Another place, with nothing in it, and the commands there."""

    url: str
    folder: Path

    @property
    def place(self) -> Place:
        return Place(self.url, self.folder)

    def run(self, *words: str) -> Any:
        environment = {
            "SOFTLAUNCH_DATABASE_URL": self.url,
            "SOFTLAUNCH_DATA_DIR": str(self.folder),
            "SOFTLAUNCH_SECRET_KEY": "",
        }
        return CliRunner().invoke(cli.app, list(words), env=environment)

    @contextmanager
    def database(self) -> Iterator[Database]:
        opened = Database(self.url)
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=ENGINES)
def busy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A shop in which somebody has bought and got mails, and somebody has sent a picture."""
    folder = tmp_path_factory.mktemp("busy")
    with world_on(request, folder) as world:
        bought(world, world.browser("de"))
        assert send(world.browser("de"), jpeg()).status_code == 303
        world.work()
        yield world


@pytest.fixture
def elsewhere(busy: World, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Elsewhere]:
    folder = tmp_path / "elsewhere"
    if busy.house.settings.sqlite:
        yield Elsewhere(f"sqlite:///{folder / 'softlaunch.db'}", folder)
        return
    with request.getfixturevalue("postgres").database() as url:
        yield Elsewhere(primary_address(url), folder)


def with_folder(world: World, folder: Path) -> Settings:
    """The world's settings with a data folder that a test may change: a copy of its own."""
    shutil.copytree(world.house.settings.data_dir, folder)
    return replace(world.house.settings, data_dir=folder)


def packed(world: World, place: Path, *, with_key: bool = False) -> Made:
    return back_up(world.house.settings, place, with_key=with_key, now=world.clock.now, told=quiet)


def put_back(file: Path, elsewhere: Elsewhere, *, replace: bool = False) -> None:
    restore(file, elsewhere.place, shapes=shapes(), replace=replace, told=quiet)


def tampered(file: Path, change: Callable[[str, bytes], bytes | None], *more: tarfile.TarInfo) -> Path:
    """A copy of the backup in which every member is what `change` makes of it; None leaves it out."""
    made = file.with_name("tampered.tar")
    with tarfile.open(file) as source, tarfile.open(made, "w") as target:
        for each in source.getmembers():
            opened = source.extractfile(each)
            assert opened is not None
            data = change(each.name, opened.read())
            if each.name == MANIFEST:
                for other in more:
                    target.addfile(other)
            if data is not None:
                each.size = len(data)
                target.addfile(each, io.BytesIO(data))
    return made


def manifest_with(**values: Any) -> Callable[[str, bytes], bytes]:
    """The backup with another manifest."""
    return lambda name, data: json.dumps(json.loads(data) | values).encode() if name == MANIFEST else data


def with_holes(file: Path, name: str, size: int = 2**40) -> Path:
    """The backup with a file that takes a block in the archive and a terabyte on the disk."""
    made = file.with_name("holes.tar")
    nothing = f"1\n{size}\n0\n".encode().ljust(tarfile.BLOCKSIZE, b"\0")
    with tarfile.open(file) as source, tarfile.open(made, "w") as target:
        for each in source.getmembers():
            opened = source.extractfile(each)
            assert opened is not None
            data = opened.read()
            if each.name == MANIFEST:
                told = json.loads(data)
                told["files"][name]["size"] = size
                data = json.dumps(told).encode()
            if each.name == name:
                marks = {"major": 1, "minor": 0, "name": name, "realsize": size}
                each.pax_headers = {f"GNU.sparse.{key}": str(value) for key, value in marks.items()}
                data = nothing
            each.size = len(data)
            target.addfile(each, io.BytesIO(data))
    return made


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for kind in ("attachments", "outbox")
        for each in (folder / kind).rglob("*")
        if each.is_file()
    }


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


def test_the_counts_are_those_of_the_moment_of_the_copy(
    busy: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: Elsewhere
) -> None:
    ordinary = making._pack_files
    with busy.house.database.reading() as db:
        before = {*db.exec(select(Order.number)).all()}

    def sold_meanwhile(*given: Any) -> int:
        bought(busy, busy.browser("de"))
        return ordinary(*given)

    monkeypatch.setattr(making, "_pack_files", sold_meanwhile)
    made = packed(busy, tmp_path / "kept.tar")
    assert made.manifest.counts["orders"] == len(before)
    put_back(made.file, elsewhere)
    with elsewhere.database() as restored, restored.reading() as db:
        assert {*db.exec(select(Order.number)).all()} == before


def test_a_backup_is_made_by_the_command_and_tells_what_it_leaves_out(busy: World, tmp_path: Path) -> None:
    settings = busy.house.settings
    here = Elsewhere(settings.database_url, settings.data_dir)
    folder = tmp_path / "backups"
    folder.mkdir()
    answer = here.run("backup", str(folder))
    assert answer.exit_code == 0, answer.output
    (file,) = folder.iterdir()
    assert file.name.startswith("softlaunch-") and file.suffix == ".tar"
    assert "The secret key is not in it" in answer.stdout and "secret-key" not in manifest_of(file).files
    assert file.stat().st_mode & 0o077 == 0


def test_the_key_is_packed_only_when_asked_for(busy: World, elsewhere: Elsewhere, tmp_path: Path) -> None:
    made = packed(busy, tmp_path / "kept.tar", with_key=True)
    put_back(made.file, elsewhere)
    kept = elsewhere.folder / "secret-key"
    assert kept.read_text() == "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
    assert kept.stat().st_mode & 0o077 == 0


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


def test_what_cannot_be_restored_here_is_refused_and_nothing_is_put(
    busy: World, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    file = packed(busy, tmp_path / "kept.tar").file
    whole = file.read_bytes()
    picture = next(name for name in manifest_of(file).files if name.startswith("attachments/"))
    short, stranger = tmp_path / "short.tar", tmp_path / "stranger.tar"
    short.write_bytes(whole[: len(whole) // 2])
    stranger.write_bytes(b"not a backup")
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[elsewhere.place.engine]
    hostile = tarfile.TarInfo("attachments/../../evil")
    link = tarfile.TarInfo("outbox/link.eml")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    counts = manifest_of(file).counts
    for refused, reason in (
        (lambda: short, "only a part"),
        (lambda: stranger, "not a backup"),
        (lambda: tampered(file, manifest_with(revision="9999")), "newer than"),
        (lambda: tampered(file, manifest_with(format=2)), "format 2"),
        (lambda: tampered(file, manifest_with(counts=3)), "cannot be read"),
        (lambda: tampered(file, manifest_with(engine="oracle")), "cannot be read"),
        (lambda: tampered(file, manifest_with(engine=other)), "cannot be read"),
        (lambda: tampered(file, lambda name, data: None if name == picture else data), "not the ones"),
        (lambda: tampered(file, lambda name, data: data[:-1] + b"x" if name == picture else data), "hash"),
        (lambda: tampered(file, lambda name, data: data + b"x" if name == picture else data), "not the ones"),
        (lambda: tampered(file, manifest_with(counts={"orders": float("inf")})), "cannot be read"),
        (lambda: tampered(file, lambda name, data: b"[" * 200_000 if name == MANIFEST else data), "cannot be read"),
        (lambda: with_holes(file, picture), "not the ones"),
        (lambda: tampered(file, lambda _name, data: data, hostile), "not the ones"),
        (lambda: tampered(file, lambda _name, data: data, link), "not the ones"),
        (lambda: tampered(file, manifest_with(counts=counts | {"orders": 7})), "other rows"),
    ):
        with pytest.raises((BadBackup, CannotCopy), match=reason):
            put_back(refused(), elsewhere)
        with pytest.raises((BadBackup, CannotCopy), match=reason):
            put_back(refused(), elsewhere, replace=True)
    assert not (tmp_path.parent / "evil").exists()
    assert not elsewhere.folder.exists() or [*elsewhere.folder.rglob("*")] == []
    put_back(file, elsewhere, replace=True)


@pytest.mark.parametrize(
    "key", [b"", b"AAAA", b"no key of ours", b"\xff" * 44, base64.b64encode(b"31 bytes are one fewer than 32.")]
)
def test_a_key_that_cannot_be_used_is_refused_before_anything_is_put(
    busy: World, elsewhere: Elsewhere, tmp_path: Path, key: bytes
) -> None:
    file = packed(busy, tmp_path / "kept.tar", with_key=True).file
    hashed = {"size": len(key), "sha256": hashlib.sha256(key).hexdigest()}

    def other_key(name: str, data: bytes) -> bytes:
        if name == MANIFEST:
            told = json.loads(data)
            return json.dumps(told | {"files": told["files"] | {"secret-key": hashed}}).encode()
        return key if name == "secret-key" else data

    answer = elsewhere.run("restore", str(tampered(file, other_key)))
    assert answer.exit_code == 1 and "the secret key in it cannot be used" in answer.output
    assert not elsewhere.folder.exists() or [*elsewhere.folder.rglob("*")] == []
    put_back(file, elsewhere)


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


def test_a_database_of_another_shape_than_its_manifest_says_is_refused(
    busy: World, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    file = packed(busy, tmp_path / "kept.tar").file
    with pytest.raises((BadBackup, CannotCopy), match="shape"):
        put_back(tampered(file, manifest_with(revision="0001")), elsewhere)
    put_back(file, elsewhere, replace=True)


def test_a_manifest_that_is_no_list_of_files_is_not_read(
    busy: World, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = packed(busy, tmp_path / "kept.tar").file
    monkeypatch.setattr(archive, "LARGEST_MANIFEST", 1_000)
    with pytest.raises(BadBackup, match="larger"):
        put_back(file, elsewhere)


def test_what_is_no_database_is_refused_and_what_is_there_stays(tmp_path: Path) -> None:
    garbage, folder = b"no database" * 100, tmp_path / "place"
    file = tmp_path / "made.tar"
    with archive.packed_into(file) as packing:
        packing.add("database.sqlite", io.BytesIO(garbage), len(garbage), 0)
        head = {"version": "1", "made_at": "", "engine": "sqlite", "revision": shapes()[0], "counts": {}}
        packing.seal(Manifest(**head, files=packing.files))
    with pytest.raises(BadBackup, match="cannot be read"):
        restore(file, Place(f"sqlite:///{folder / 'new.db'}", folder), shapes=shapes(), replace=False, told=quiet)
    assert [each for each in folder.rglob("*") if each.is_file()] == []


def test_of_two_that_take_one_name_one_is_told_also_on_a_disk_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: Any) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    first, second = tmp_path / "one.tar", tmp_path / "two.tar"
    for number, file in enumerate((first, second)):
        if number:
            monkeypatch.setattr(os, "link", unknown)
        with archive.packed_into(file):
            pass
        whole = file.read_bytes()
        with pytest.raises(CannotCopy, match="never takes another's place"), archive.packed_into(file):
            pass
        assert file.read_bytes() == whole and file.stat().st_mode & 0o777 == 0o600
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_a_backup_of_the_other_engine_is_refused(busy: World, tmp_path: Path) -> None:
    file = packed(busy, tmp_path / "kept.tar").file
    url = "postgresql://nobody@127.0.0.1:1/none" if busy.house.settings.sqlite else f"sqlite:///{tmp_path / 'new.db'}"
    with pytest.raises(BadBackup, match="SOFTLAUNCH_DATABASE_URL names"):
        restore(file, Place(url, tmp_path / "new"), shapes=shapes(), replace=False, told=quiet)


def test_a_backup_that_fails_leaves_nothing_behind(
    busy: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    folder = tmp_path / "backups"
    folder.mkdir()
    monkeypatch.setattr(making, "_pack_files", full)
    with pytest.raises(OSError, match="No space"):
        packed(busy, folder)
    assert list(folder.iterdir()) == []


def test_a_disk_that_is_full_is_told_in_a_sentence(
    busy: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "_pack_files", full)
    settings = busy.house.settings
    answer = Elsewhere(settings.database_url, settings.data_dir).run("backup", str(tmp_path))
    assert answer.exit_code == 1 and answer.stderr.endswith(f"softlaunch: {tmp_path}: No space left on device\n")


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


def test_no_backup_takes_anothers_place(busy: World, tmp_path: Path) -> None:
    kept = tmp_path / "kept.tar"
    kept.write_bytes(b"older")
    with pytest.raises(CannotCopy, match="is there already"):
        packed(busy, kept)
    assert kept.read_bytes() == b"older"
    with pytest.raises(CannotCopy, match="no folder"):
        packed(busy, tmp_path / "nowhere" / "kept.tar")


def test_an_attachment_that_went_meanwhile_is_named(busy: World, elsewhere: Elsewhere, tmp_path: Path) -> None:
    settings = with_folder(busy, tmp_path / "here")
    shutil.rmtree(settings.data_dir / "attachments")
    made = back_up(settings, tmp_path / "kept.tar", with_key=False, now=busy.clock.now, told=quiet)
    put_back(made.file, elsewhere)
    with elsewhere.database() as restored, restored.reading() as db:
        assert lacking(db, elsewhere.folder) == [db.exec(select(Attachment.key)).one()]


def test_a_link_to_elsewhere_is_not_packed(busy: World, tmp_path: Path) -> None:
    settings = with_folder(busy, tmp_path / "here")
    (tmp_path / "private.eml").write_text("not the shop's")
    (settings.data_dir / "outbox" / "link.eml").symlink_to(tmp_path / "private.eml")
    made = back_up(settings, tmp_path / "kept.tar", with_key=False, now=busy.clock.now, told=quiet)
    assert "outbox/link.eml" not in made.manifest.files and made.manifest.files


def test_without_the_programs_it_says_which_is_missing(
    busy: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(busy.house.settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotCopy, match="pg_dump is not on PATH"):
        back_up(settings, tmp_path / "kept.tar", with_key=False, now=busy.clock.now, told=quiet)
    with pytest.raises(CannotCopy, match="pg_restore is not on PATH"):
        postgres_copy.check_programs("pg_restore")


def test_a_password_is_not_shown_to_who_looks_at_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "pg_dump"
    fake.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/told\necho "$PGPASSWORD" > {tmp_path}/secret\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    postgres_copy.copy("postgresql+psycopg://anna:geheim@db.example/shop?sslmode=require", "1-1", tmp_path / "x")
    told = (tmp_path / "told").read_text()
    assert "geheim" not in told and "sslmode=require" in told and "dbname=shop" in told
    assert (tmp_path / "secret").read_text() == "geheim\n"
    several = primary_address("postgresql://anna:geheim@one.example:5432,two.example:5433/shop")
    postgres_copy.copy(several, "1-1", tmp_path / "x")
    told = (tmp_path / "told").read_text()
    assert "host=one.example,two.example" in told and "port=5432,5433" in told and "read-write" in told


def fill_pages(file: Path, number: int) -> None:
    """A SQLite database of so many pages and a few more, in a table `pair` whose two numbers are changed together."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE pair (one INTEGER, other INTEGER, filling BLOB)")
        connection.executemany("INSERT INTO pair VALUES (0, 0, ?)", [(b"x" * 4_000,)] * number)


def test_a_database_that_never_rests_is_copied_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, copied = tmp_path / "source.db", tmp_path / "copied.db"
    fill_pages(source, 200)
    monkeypatch.setattr(sqlite_copy, "SLICE", 8)
    written = 0

    def written_between(_step: str, done: int, total: int) -> None:
        """Somebody commits after every slice of the tries that let others in."""
        nonlocal written
        if done < total:
            other = sqlite3.connect(source, timeout=0)
            try:
                with other:
                    other.execute("UPDATE pair SET one = one + 1, other = other + 1")
                written += 1
            except sqlite3.OperationalError:
                pass  # in the last try nobody gets in
            finally:
                other.close()

    monkeypatch.setattr(sqlite_copy, "REST", 0)
    sqlite_copy.copy(source, copied, written_between)
    assert written >= sqlite_copy.STARTS
    with sqlite3.connect(copied) as connection:
        assert connection.execute("SELECT count(*), min(one), max(one), min(other) FROM pair").fetchone() == (
            200, written, written, written,
        )  # fmt: skip
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_writers_have_their_turn_between_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, copied = tmp_path / "source.db", tmp_path / "copied.db"
    fill_pages(source, 100)
    monkeypatch.setattr(sqlite_copy, "SLICE", 8)
    let_in = threading.Event()

    def once(_step: str, done: int, total: int) -> None:
        if done < total and not let_in.is_set():
            with sqlite3.connect(source, timeout=0) as other:
                other.execute("DELETE FROM pair")
            other.close()
            let_in.set()

    sqlite_copy.copy(source, copied, once)
    assert let_in.is_set() and sqlite_copy.counted(copied) == {"pair": 0}
