"""Files that customers send along: photos and PDF, known by their bytes and never by their names. Pure.

Photos are kept without what was noted beside them. Drawings (SVG), web pages, archives and all the rest are refused.
"""

import unicodedata
from dataclasses import dataclass

from shop.aftersales.claims.photos import ENDINGS as PHOTO_ENDINGS
from shop.aftersales.claims.photos import NotAPhoto, without_notes
from shop.aftersales.claims.photos import media_type as photo_type

MEGABYTE = 1024 * 1024
MOST_FILES, MOST_BYTES, MOST_TOGETHER = 5, 8 * MEGABYTE, 20 * MEGABYTE
BODY_LIMIT = 48 * MEGABYTE  # of a whole form: one file that is far too large is still answered beside the text
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,application/pdf,.heic"
PDF = "application/pdf"
ENDINGS = {**PHOTO_ENDINGS, PDF: "pdf"}
LONGEST_NAME = 80


class NotTaken(ValueError):
    """A file of a kind that is not taken, or one that is broken."""


class TooHeavy(ValueError):
    """A file that is larger than one may be."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that may be kept: a name that is safe to show and to save under, what it is, and its bytes."""

    name: str
    media_type: str
    data: bytes


def checked(name: str, data: bytes) -> File:
    """The file as it may be kept. Raises NotTaken or TooHeavy."""
    kind = media_type(data)
    if not kind:
        raise NotTaken(name)
    if len(data) > MOST_BYTES:
        raise TooHeavy(name)
    if kind == PDF:
        return File(shown_name(name, kind), kind, data)
    try:
        return File(shown_name(name, kind), kind, without_notes(data))
    except NotAPhoto:
        raise NotTaken(name) from None


def media_type(data: bytes) -> str:
    """What the bytes are, by how they begin; empty for anything that is not taken."""
    return PDF if data.startswith(b"%PDF-") else photo_type(data)


def shown_name(name: str, kind: str) -> str:
    """The file's own name without folders, signs that are not seen, and an ending that would tell something else."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(each for each in last if unicodedata.category(each)[0] not in "CZ" or each == " ")
    stem = seen.partition(".")[0] if "." in seen[1:] else seen
    stem = "".join("_" if each in '<>:"|?*' else each for each in stem).strip(" .")[:LONGEST_NAME].strip()
    return f"{stem or 'file'}.{ENDINGS[kind]}"
