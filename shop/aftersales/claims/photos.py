"""Photos of a claim: known by their bytes and never by their names, and kept without what tells where they were taken. Pure.

What a camera notes beside the picture (place, owner, a smaller picture) is left out of JPEG, PNG and WebP; which side of
a JPEG is up stays. HEIC cannot be parted so simply: the place in it is overwritten.
"""

import re
import struct
from collections.abc import Iterator
from itertools import islice

MOST_PHOTOS = 5
MOST_BYTES = 8 * 1024 * 1024
BODY_LIMIT = 48 * 1024 * 1024  # of the whole form: one photo that is far too large is still answered beside the text
SHOWN = ("image/jpeg", "image/png", "image/webp")  # what every browser can draw; the rest is handed out as a file
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic"}

_PNG = b"\x89PNG\r\n\x1a\n"
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_PNG_NOTES = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_NOTES = {b"EXIF", b"XMP "}
_ORIENTATION, _PLACE = 0x0112, 0x8825
_MOST_PARTS = 20_000  # a photo has some hundred; whoever sends more wants to keep us busy
_MOST_NOTES = 16


class NotAPhoto(ValueError):
    """The bytes are not those of a photo of a kind we read, or are broken."""


def media_type(data: bytes) -> str:
    """What the bytes are, by how they begin; empty for anything that is not a photo of a kind we read."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(_PNG):
        return "image/png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return "image/heic" if data[4:8] == b"ftyp" and data[8:12] in _HEIC else ""


def without_notes(data: bytes) -> bytes:
    """The photo without what was noted beside it. Raises NotAPhoto."""
    clean = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/heic": _heic}.get(media_type(data))
    if clean is None:
        raise NotAPhoto
    try:
        return clean(data)
    except (struct.error, IndexError):
        raise NotAPhoto from None


def _jpeg(data: bytes) -> bytes:
    """The segments that make the picture; what applications and people noted goes, and whatever follows its end."""
    kept, turned = [data[:2]], b""
    for marker, segment in _segments(data):
        if marker == 0xE1:
            turned = turned or _upright(segment)
        elif marker not in (0xED, 0xFE) and not (marker == 0xE2 and segment[4:8] == b"MPF\0"):
            kept.append(segment)
    return kept[0] + turned + b"".join(kept[1:])


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment with its marker, up to the end of the picture; a scan comes with the data that follows it."""
    at = 2
    for _part in range(_MOST_PARTS):
        if data[at] != 0xFF:
            raise NotAPhoto
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == 0xD9:
            yield marker, data[at : at + 2]
            return
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if end < at + 4 or end > len(data):
            raise NotAPhoto
        if marker == 0xDA:
            following = _AFTER_SCAN.search(data, end)
            if following is None:
                raise NotAPhoto
            end = following.start()
        yield marker, data[at:end]
        at = end
    raise NotAPhoto


_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)


def _upright(segment: bytes) -> bytes:
    """A note that says only which side is up, if this segment says it."""
    found = _entry(segment, 10, _ORIENTATION) if segment[4:10] == b"Exif\0\0" else None
    if found is None:
        return b""
    order, at = found
    side = struct.unpack_from(order + "H", segment, at + 8)[0]
    if not 2 <= side <= 8:
        return b""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, side, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


def _entry(data: bytes, tiff: int, tag: int) -> tuple[str, int] | None:
    """The byte order and the place of a tag's entry in the first directory of the notes that begin at `tiff`."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[tiff : tiff + 4])
    try:
        if order is None:
            return None
        first = tiff + struct.unpack_from(order + "I", data, tiff + 4)[0]
        for place in range(struct.unpack_from(order + "H", data, first)[0]):
            at = first + 2 + place * 12
            if struct.unpack_from(order + "H", data, at)[0] == tag and at + 12 <= len(data):
                return order, at
    except struct.error:  # notes that are broken say nothing
        pass
    return None


def _png(data: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    for _part in range(_MOST_PARTS):
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise NotAPhoto
        if name not in _PNG_NOTES:
            kept.append(data[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end
    raise NotAPhoto


def _webp(data: bytes) -> bytes:
    kept: list[bytes] = []
    at, whole = 12, min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while at < whole and len(kept) < _MOST_PARTS:
        name, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length + length % 2
        if at + 8 + length > whole:
            raise NotAPhoto
        chunk = bytearray(data[at:end])
        if name == b"VP8X" and length >= 1:
            chunk[8] &= ~0x0C  # it said that notes follow
        if name not in _WEBP_NOTES:
            kept.append(bytes(chunk))
        at = end
    if not kept:
        raise NotAPhoto
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _heic(data: bytes) -> bytes:
    """The entry that leads to the place, and all that it leads to, are overwritten; lengths stay as they were."""
    clean = bytearray(data)
    for found in islice(re.finditer(rb"(?:II\*\0|MM\0\*)", data), _MOST_NOTES):
        entry = _entry(data, found.start(), _PLACE)
        if entry is None:
            continue
        order, at = entry
        directory = found.start() + struct.unpack_from(order + "I", data, at + 8)[0]
        _blank_directory(clean, order, found.start(), directory)
        clean[at : at + 2] = struct.pack(order + "H", 0xEA1C)  # the tag of padding
        clean[at + 8 : at + 12] = bytes(4)
    return bytes(clean)


def _blank_directory(data: bytearray, order: str, tiff: int, directory: int) -> None:
    """Overwrite the values of a directory's entries and the entries themselves."""
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}
    if directory + 2 > len(data):
        return
    number = struct.unpack_from(order + "H", data, directory)[0]
    for place in range(number):
        at = directory + 2 + place * 12
        if at + 12 > len(data):
            return
        kind, count, value = struct.unpack_from(order + "HII", data, at + 2)
        length, start = sizes.get(kind, 1) * count, tiff + value
        if length > 4 and start + length <= len(data):
            data[start : start + length] = bytes(length)
        data[at : at + 12] = bytes(12)
    data[directory : directory + 2] = bytes(2)
