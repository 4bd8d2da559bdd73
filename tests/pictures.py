"""Small photos made by hand, with what a camera notes beside them: as little as each kind needs to be itself."""

import struct
import zlib

SECRET = b"51.5007N 0.1246W"  # where it was taken


def exif(*, side: int = 1, order: str = ">") -> bytes:
    """A camera's notes: which side is up, and the place."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    place = 8 + 2 + 2 * 12 + 4
    directory = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, side, 0)
    directory += struct.pack(f"{order}HHII", 0x8825, 4, 1, place)
    text = place + 2 + 12 + 4
    gps = struct.pack(f"{order}HHHII", 1, 2, 2, len(SECRET), text) + bytes(4) + SECRET
    return mark + struct.pack(f"{order}IH", 8, 2) + directory + bytes(4) + gps


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*, side: int = 1, extra: bytes = b"", filling: int = 40) -> bytes:
    """A JPEG with its notes, a comment, a second scan and something hidden after its end."""
    return b"".join(
        [
            b"\xff\xd8",
            segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            segment(0xE1, b"Exif\0\0" + exif(side=side)),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
            segment(0xED, b"Photoshop 3.0\0" + SECRET),
            segment(0xFE, SECRET),
            segment(0xE2, b"ICC_PROFILE\0colours"),
            extra,
            segment(0xDB, bytes(65)),
            segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0" + b"p" * filling,
            segment(0xC4, bytes(20)),
            segment(0xDA, b"\1\1\0\0\x3f\0") + b"second",
            b"\xff\xd9",
            SECRET,
        ]
    )


def png() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    picture = zlib.compress(b"\0\0")
    notes = chunk(b"eXIf", exif()) + chunk(b"tEXt", b"Comment\0" + SECRET)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + notes + chunk(b"IDAT", picture) + chunk(b"IEND", b"") + SECRET


def webp() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)

    body = b"WEBP" + chunk(b"VP8X", b"\x0c" + bytes(9)) + chunk(b"VP8 ", b"odd") + chunk(b"EXIF", exif())
    body += chunk(b"XMP ", SECRET)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def heic(order: str = "<") -> bytes:
    return struct.pack(">I", 24) + b"ftypheic" + bytes(12) + b"mdat" + b"Exif\0\0" + exif(order=order) + b"picture"
