"""The files of a backup put in place, so that it can be undone until the database has followed them.

Files that only the replaced place had are removed last: at no moment does a row name a file that is not there.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shop.backups.archive import known
from shop.backups.manifest import FOLDERS, Manifest

STOOD_THERE = ".softlaunch-replaced-"


@contextmanager
def folder_made(data_dir: Path) -> Iterator[None]:
    """Make the folder if it is not there; when the block fails it is removed again, unless something else came into it."""
    there = data_dir.exists()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if not there:
            with suppress(OSError):  # it is not empty
                data_dir.rmdir()
        raise


@contextmanager
def files_in_place(staged: Path, data_dir: Path, names: Iterable[str]) -> Iterator[None]:
    """Put the files in place; when that or the block fails, everything is as it was before."""
    put: list[str] = []
    # Beside what is staged, which goes in any case: what cannot be put back must stay where somebody finds it.
    stood = Path(tempfile.mkdtemp(prefix=STOOD_THERE, dir=data_dir))
    new = [data_dir / each for each in FOLDERS if not (data_dir / each).exists()]
    try:
        for name in names:
            target = data_dir / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if target.exists():
                _move(target, stood / name)
            put.append(name)
            shutil.move(staged / name, target)
        yield
    except BaseException:
        _undo(put, stood, new, data_dir)
        raise
    shutil.rmtree(stood)


def remove_others(manifest: Manifest, data_dir: Path) -> None:
    """Remove the files of the shop that are not the backup's."""
    for folder in FOLDERS:
        for each in (data_dir / folder).rglob("*"):
            name = each.relative_to(data_dir).as_posix()
            if each.is_file() and known(name) and name not in manifest.files:
                each.unlink()


def _undo(put: Iterable[str], stood: Path, new: Iterable[Path], data_dir: Path) -> None:
    for name in put:
        (data_dir / name).unlink(missing_ok=True)
    for each in [each for each in stood.rglob("*") if each.is_file()]:
        _move(each, data_dir / each.relative_to(stood))
    shutil.rmtree(stood)
    for folder in new:
        shutil.rmtree(folder, ignore_errors=True)


def _move(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(file, target)
