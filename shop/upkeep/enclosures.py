"""The files that lie beside a set-up's tables: pictures of products in `art/`, and their papers in `papers/`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shop.catalogue.about import PAPERS
from shop.upkeep.cells import language
from shop.upkeep.reading import Complaint, Folder

PICTURE_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
PICTURE_NUMBERS = ("2", "3", "4", "5", "6")
LARGEST = 500_000  # bytes
PAPER_KINDS = tuple(PAPERS)
_ACTING = re.compile(rb"<script\b|<foreignobject\b|\son[a-z]+\s*=|javascript:|<!entity\b", re.IGNORECASE)
_PAPER = re.compile(rf"([^.]+)\.({'|'.join(PAPER_KINDS)})\.([^.]+)\.md")
_CONTROL = re.compile(r"[^\t\n\r\u0020-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture of a family of products; the first is the one on cards."""

    family: str
    position: int
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A document of a family of products in one language, as Markdown."""

    family: str
    kind: str
    language: str
    text: str


def pictures(folder: Folder) -> Iterator[PictureFile]:
    """The files of `art/`: `kettle.svg` is the first picture of the family, `kettle.2.svg` the second."""
    taken: dict[str, str] = {}
    for file in _files(folder, "art"):
        same = taken.setdefault(file.stem, file.name)
        try:
            if same != file.name:
                raise ValueError(f"is the same picture of the family as {same}")
            yield _picture(file)
        except (OSError, ValueError) as error:
            folder.complaints.append(Complaint(f"art/{file.name}", "", str(error)))


def papers(folder: Folder) -> Iterator[PaperFile]:
    """The files of `papers/`, named `<family>.<kind>.<language>.md`; each begins with its title."""
    for file in _files(folder, "papers"):
        try:
            yield _paper(file)
        except (OSError, ValueError) as error:
            folder.complaints.append(Complaint(f"papers/{file.name}", "", str(error)))


def _files(folder: Folder, name: str) -> list[Path]:
    inside = folder.path / name
    return sorted(inside.iterdir()) if inside.is_dir() else []


def _picture(file: Path) -> PictureFile:
    family, _, number = file.stem.partition(".")
    if number and number not in PICTURE_NUMBERS:
        raise ValueError(
            f"has the number {number!r}; further pictures are numbered {PICTURE_NUMBERS[0]} to {PICTURE_NUMBERS[-1]}"
        )
    if file.suffix not in PICTURE_TYPES:
        raise ValueError(f"is no picture; known are {', '.join(PICTURE_TYPES)}")
    data = _read(file)
    if file.suffix == ".svg" and (acting := _ACTING.search(data)):
        raise ValueError(f"holds {acting[0].decode().strip()!r}; a drawing may not act")
    return PictureFile(family, int(number or 1), PICTURE_TYPES[file.suffix], data)


def _paper(file: Path) -> PaperFile:
    named = _PAPER.fullmatch(file.name)
    if named is None:
        raise ValueError(f"must be named <family>.<kind>.<language>.md, the kind one of {', '.join(PAPER_KINDS)}")
    text = _read(file).decode()
    if not text.startswith("# "):
        raise ValueError("must begin with its title, `# …`")
    if _CONTROL.search(text):
        raise ValueError("holds a control character")
    return PaperFile(named[1], named[2], language(named[3]), text)


def _read(file: Path) -> bytes:
    size = file.stat().st_size
    if size > LARGEST:
        raise ValueError(f"has {size} bytes; at most {LARGEST} are taken")
    return file.read_bytes()
