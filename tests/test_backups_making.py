"""Backups are made while the shop sells, whole or not there at all, and never in the place of another."""

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shop.backups import archive, making, postgres_copy
from shop.backups.archive import manifest_of
from shop.backups.making import back_up
from shop.backups.manifest import CannotCopy
from shop.backups.restoring import lacking
from shop.base.database_address import primary_address
from shop.checkout.models import Order
from shop.support.requests.models import Attachment
from tests.aftersales import bought
from tests.backup_places import (
    Elsewhere,
    busy,
    elsewhere,
    packed,
    put_back,
    quiet,
    with_folder,
)
from tests.world import World

__all__ = ["busy", "elsewhere"]  # fixtures


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
