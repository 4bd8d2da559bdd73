"""The one file of a backup: a tar whose last member is the manifest, so that what was cut off is seen to be.

It takes its name only when it is whole and on the disk. Nothing is unpacked by the names in it before they are known to
be names that a backup has; what does not have its hash is not put anywhere.
"""

import errno
import hashlib
import io
import os
import re
import secrets
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from shop.backups.manifest import DATABASES, KEY, BadBackup, CannotCopy, Manifest, Packed, read_manifest
from shop.base.mail import OUTBOX
from shop.support.requests.attachments import ATTACHMENTS

MANIFEST = "manifest.json"
AT_ONCE = 2**20  # bytes
LARGEST_MANIFEST = 2**28  # bytes, for two million files
NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)
_KNOWN = re.compile(
    "|".join(
        (
            *map(re.escape, (*DATABASES.values(), KEY)),
            rf"{ATTACHMENTS}/[0-9a-f]{{2}}/[0-9a-f]{{1,64}}",
            rf"{OUTBOX}/[\w.-]{{1,250}}\.eml",
        )
    )
)

Told = Callable[[str, int, int], None]


class Packing:
    """A backup that is being written."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.files: dict[str, Packed] = {}

    def add(self, name: str, opened: BinaryIO, size: int, modified: float) -> None:
        """Pack what an open file holds now, up to `size`. Raises BadBackup for a name that no restore would take."""
        if not known(name):
            raise BadBackup(f"{name} is not a name that a file of a backup may have")
        hashed = _Hashed(opened)
        self._tar.addfile(_member(name, size, modified), hashed)
        self.files[name] = Packed(size, hashed.sha256.hexdigest())

    def seal(self, manifest: Manifest) -> None:
        """Put the manifest at the end."""
        text = manifest.to_json()
        self._tar.addfile(_member(MANIFEST, len(text), 0), io.BytesIO(text))


@contextmanager
def packed_into(file: Path) -> Iterator[Packing]:
    """A new backup; on the way out it is brought to the disk and takes its name, and on a failure nothing stays.

    Raises CannotCopy when another one has taken the name meanwhile.
    """
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            with tarfile.TarFile(fileobj=opened, mode="w", format=tarfile.PAX_FORMAT, copybufsize=AT_ONCE) as tar:
                yield Packing(tar)
            opened.flush()
            os.fsync(opened.fileno())
        _take_name(beside, file)
        _to_disk(file.parent)
    finally:
        beside.unlink(missing_ok=True)


def _take_name(beside: Path, file: Path) -> None:
    """Unlike a rename alone, neither way takes another's place. Not every disk (a USB stick, a cloud's) knows hard links."""
    try:
        try:
            os.link(beside, file)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            file.touch(mode=0o600, exist_ok=False)
            os.replace(beside, file)
    except FileExistsError:
        raise name_taken(file) from None


def name_taken(file: Path) -> CannotCopy:
    """Why nothing is packed under a name that is there already."""
    return CannotCopy(f"{file} is there already; a backup never takes another's place")


def manifest_of(file: Path) -> Manifest:
    """The manifest of a backup whose members are those it names. Raises BadBackup."""
    with _opened(file) as tar:
        return _manifest(tar)


def unpack(file: Path, folder: Path, told: Told) -> Manifest:
    """Every file of the backup into an empty folder, each held against its hash. Raises BadBackup."""
    with _opened(file) as tar:
        manifest = _manifest(tar)
        for done, (name, expected) in enumerate(manifest.files.items()):
            told(name, done, len(manifest.files))
            source = tar.extractfile(name)
            assert source is not None
            _put(source, folder / name, expected)
    return manifest


def known(name: str) -> bool:
    """Whether this is the name of something that a backup holds: never a way out of the folder."""
    return _KNOWN.fullmatch(name) is not None


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, mode="r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise BadBackup(f"it is not a backup, or only a part of one ({error})") from None


def _manifest(tar: tarfile.TarFile) -> Manifest:
    members = tar.getmembers()
    if not members or members[-1].name != MANIFEST or not _is_whole(members[-1]):
        raise BadBackup("it has no manifest at its end: it is not a backup, or only a part of one")
    if members[-1].size > LARGEST_MANIFEST:
        raise BadBackup("its manifest is larger than a manifest can be")
    opened = tar.extractfile(members[-1])
    assert opened is not None
    manifest = read_manifest(opened.read())
    packed = [(each.name, each.size) for each in members[:-1] if _is_whole(each) and known(each.name)]
    named = [(name, each.size) for name, each in manifest.files.items()]
    if len(packed) != len(members) - 1 or sorted(packed) != sorted(named):
        raise BadBackup("its files are not the ones that its manifest names")
    return manifest


def _is_whole(member: tarfile.TarInfo) -> bool:
    """A file all of whose bytes are in the archive: one with holes could fill the disk with nothing."""
    return member.isreg() and not member.issparse()


def _put(source: IO[bytes], target: Path, expected: Packed) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    hashed, size = hashlib.sha256(), 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        while part := source.read(AT_ONCE):
            hashed.update(part)
            size += len(part)
            opened.write(part)
        opened.flush()
        os.fsync(opened.fileno())
    if Packed(size, hashed.hexdigest()) != expected:
        raise BadBackup(f"{target.name} is not what was packed: its hash is different")


class _Hashed(io.RawIOBase):
    """A file that is hashed as it is read."""

    def __init__(self, opened: BinaryIO) -> None:
        self._opened = opened
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._opened.read(size)
        self.sha256.update(part)
        return part


def _member(name: str, size: int, modified: float) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, modified, 0o600
    return member


def _to_disk(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
