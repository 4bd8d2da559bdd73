"""Where the files of a set-up come from: a folder on the disk, or names with bytes in memory. The two read alike."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Source(Protocol):
    """Files by their names relative to the set-up's folder, parted by `/`."""

    def has(self, name: str) -> bool:
        """Whether there is such a file or folder."""

    def names(self, inside: str) -> list[str]:
        """What lies directly in this folder, by its own name; the set-up's folder itself is ""."""

    def size(self, name: str) -> int:
        """How many bytes the file has. Raises OSError."""

    def read(self, name: str) -> bytes:
        """The file's bytes. Raises OSError."""


class OnDisk:
    """The files of a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def has(self, name: str) -> bool:
        """Whether there is such a file or folder."""
        return (self._path / name).exists()

    def names(self, inside: str) -> list[str]:
        """What lies directly in this folder."""
        folder = self._path / inside
        return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []

    def size(self, name: str) -> int:
        """How many bytes the file has."""
        return (self._path / name).stat().st_size

    def read(self, name: str) -> bytes:
        """The file's bytes."""
        return (self._path / name).read_bytes()


class InMemory:
    """Files by name; nothing is written to a disk for them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._folders: dict[str, set[str]] = {}
        for name in files:
            while name:
                inside, _, own = name.rpartition("/")
                self._folders.setdefault(inside, set()).add(own)
                name = inside

    def has(self, name: str) -> bool:
        """Whether there is such a file or folder."""
        return name in self._files or name in self._folders

    def names(self, inside: str) -> list[str]:
        """What lies directly in this folder."""
        return sorted(self._folders.get(inside, ()))

    def size(self, name: str) -> int:
        """How many bytes the file has."""
        return len(self.read(name))

    def read(self, name: str) -> bytes:
        """The file's bytes."""
        if name not in self._files:
            raise FileNotFoundError(name)
        return self._files[name]
