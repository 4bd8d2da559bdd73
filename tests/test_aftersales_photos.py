"""Photos are known by their bytes, and nothing of where they were taken is kept."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.aftersales.claims.photos import NotAPhoto, media_type, without_notes
from tests.pictures import SECRET, exif, heic, jpeg, png, webp


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (jpeg(), "image/jpeg"),
        (png(), "image/png"),
        (webp(), "image/webp"),
        (heic(), "image/heic"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ""),
        (b"<!doctype html><script>1</script>", ""),
        (b"%PDF-1.7", ""),
        (b"GIF89a", ""),
        (b"RIFF\0\0\0\0WAVE", ""),
        (b"\0\0\0\x18ftypisom", ""),
        (b"\xff\xd8", ""),
        (b"", ""),
    ],
)
def test_a_photo_is_known_by_how_it_begins(data: bytes, kind: str) -> None:
    assert media_type(data) == kind


@pytest.mark.parametrize("data", [jpeg(), png(), webp(), heic("<"), heic(">")])
def test_where_it_was_taken_is_not_kept(data: bytes) -> None:
    clean = without_notes(data)
    assert SECRET in data and SECRET not in clean
    assert media_type(clean) == media_type(data)
    assert without_notes(clean) == clean


def test_a_jpeg_keeps_its_picture_its_colours_and_nothing_else() -> None:
    clean = without_notes(jpeg())
    assert b"JFIF" in clean and b"ICC_PROFILE" in clean and b"\x12\xff\x00\x34\xff\xd0pp" in clean
    assert clean.endswith(b"second\xff\xd9") and b"Exif" not in clean


@pytest.mark.parametrize("side", range(2, 9))
def test_which_side_is_up_stays(side: int) -> None:
    clean = without_notes(jpeg(side=side))
    at = clean.index(b"Exif\0\0") + 6
    assert clean[at : at + 4] == b"MM\0*"
    assert struct.unpack_from(">HHHIH", clean, at + 8)[:2] == (1, 0x0112)
    assert struct.unpack_from(">H", clean, at + 18)[0] == side
    assert clean.count(b"\xff\xe1") == 1 and len(clean) < len(jpeg(side=side))


@pytest.mark.parametrize("side", [0, 1, 9, 65535])
def test_a_side_that_is_none_is_not_kept(side: int) -> None:
    assert b"Exif" not in without_notes(jpeg(side=side))


def test_a_heic_keeps_its_length_and_the_side_that_is_up() -> None:
    data = heic()
    clean = without_notes(data)
    assert len(clean) == len(data) and clean.endswith(b"picture")
    assert exif(order="<")[:20] in clean


@pytest.mark.parametrize("whole", [jpeg(), png(), webp()])
def test_a_photo_that_is_cut_short_is_none(whole: bytes) -> None:
    clean = without_notes(whole)
    for end in range(12, len(clean) - 1, 7):
        if media_type(clean[:end]):
            with pytest.raises(NotAPhoto):
                without_notes(clean[:end] if not clean.startswith(b"RIFF") else clean[: min(end, 24)])


def test_a_photo_of_endless_parts_is_none() -> None:
    with pytest.raises(NotAPhoto):
        without_notes(b"\xff\xd8" + b"\xff\xfe\x00\x02" * 30_000 + b"\xff\xd9")


@given(st.sampled_from([jpeg(), png(), webp(), heic()]), st.data())
def test_broken_bytes_are_a_photo_or_none_and_never_a_fault(whole: bytes, data: st.DataObject) -> None:
    broken = bytearray(whole)
    for _change in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        clean = without_notes(bytes(broken[: data.draw(st.integers(0, len(broken)))]))
    except NotAPhoto:
        return
    assert media_type(clean)
