"""What is no backup of ours, or not for this place, is refused before anything is put."""

import base64
import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from shop.backups import archive
from shop.backups.archive import MANIFEST, manifest_of
from shop.backups.manifest import BadBackup, CannotCopy, Manifest
from shop.backups.place import Place
from shop.backups.restoring import restore
from shop.migrations.migrate import shapes
from tests.backup_places import Elsewhere, busy, elsewhere, manifest_with, packed, put_back, quiet, tampered, with_holes
from tests.world import World

__all__ = ["busy", "elsewhere"]  # fixtures


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


def test_a_backup_of_the_other_engine_is_refused(busy: World, tmp_path: Path) -> None:
    file = packed(busy, tmp_path / "kept.tar").file
    url = "postgresql://nobody@127.0.0.1:1/none" if busy.house.settings.sqlite else f"sqlite:///{tmp_path / 'new.db'}"
    with pytest.raises(BadBackup, match="SOFTLAUNCH_DATABASE_URL names"):
        restore(file, Place(url, tmp_path / "new"), shapes=shapes(), replace=False, told=quiet)
