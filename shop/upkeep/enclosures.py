"""The files that lie beside a set-up's tables: pictures of products in `art/`, and their papers in `papers/`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from shop.base.i18n import N_
from shop.catalogue.about import PAPERS
from shop.upkeep.cells import language
from shop.upkeep.reading import Folder
from shop.upkeep.wrong import Wrong, shown, wrong

PICTURE_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
PICTURE_NUMBERS = ("2", "3", "4", "5", "6")
LARGEST = 500_000  # bytes
PAPER_KINDS = tuple(PAPERS)
_ACTING = re.compile(
    rb"<(?:[^\s<>/:]+:)?(?:script|foreignobject|iframe|object|embed)\b|\son[a-z]+\s*=|javascript:|<!entity\b",
    re.IGNORECASE,
)
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
                raise Wrong(N_("is the same picture of the family as %(file)s"), file=same)
            yield _picture(folder, file)
        except (OSError, ValueError) as error:
            folder.complain_of(str(file), _told(error))


def papers(folder: Folder) -> Iterator[PaperFile]:
    """The files of `papers/`, named `<family>.<kind>.<language>.md`; each begins with its title."""
    for file in _files(folder, "papers"):
        try:
            yield _paper(folder, file)
        except (OSError, ValueError) as error:
            folder.complain_of(str(file), _told(error))


def _told(error: OSError | ValueError) -> Wrong:
    return Wrong(str(error)) if isinstance(error, OSError) else wrong(error)


def _files(folder: Folder, name: str) -> list[PurePosixPath]:
    return [PurePosixPath(name, each) for each in folder.files.names(name)]


def _picture(folder: Folder, file: PurePosixPath) -> PictureFile:
    family, _, number = file.stem.partition(".")
    if number and number not in PICTURE_NUMBERS:
        raise Wrong(
            N_("has the number '%(number)s'; further pictures are numbered %(first)s to %(last)s"),
            number=shown(number),
            first=PICTURE_NUMBERS[0],
            last=PICTURE_NUMBERS[-1],
        )
    if file.suffix not in PICTURE_TYPES:
        raise Wrong(N_("is no picture; known are %(kinds)s"), kinds=", ".join(PICTURE_TYPES))
    data = _read(folder, file)
    if file.suffix == ".svg" and (acting := _ACTING.search(data)):
        raise Wrong(N_("holds '%(found)s'; a drawing may not act"), found=shown(acting[0].decode().strip()))
    return PictureFile(family, int(number or 1), PICTURE_TYPES[file.suffix], data)


def _paper(folder: Folder, file: PurePosixPath) -> PaperFile:
    named = _PAPER.fullmatch(file.name)
    if named is None:
        raise Wrong(
            N_("must be named <family>.<kind>.<language>.md, the kind one of %(kinds)s"), kinds=", ".join(PAPER_KINDS)
        )
    text = _read(folder, file).decode()
    if not text.startswith("# "):
        raise Wrong(N_("must begin with its title, `# …`"))
    if _CONTROL.search(text):
        raise Wrong(N_("holds a control character"))
    return PaperFile(named[1], named[2], language(named[3]), text)


def _read(folder: Folder, file: PurePosixPath) -> bytes:
    size = folder.files.size(str(file))
    if size > LARGEST:
        raise Wrong(N_("has %(size)s bytes; at most %(most)s are taken"), size=size, most=LARGEST)
    return folder.files.read(str(file))
