"""Serial numbers and what fits them."""

import pytest

from shop.catalogue.serials import check_letter, fit, parse_serial
from shop.ground.figures import as_typed

PARENTS = ("HB-BL-230", "HB-BL-120", "HB-BL-100")


def serial(body: str) -> str:
    """A serial that is written right."""
    return body + check_letter(body)


@pytest.mark.parametrize(
    "written",
    [
        "hbbl2634-00417-k",
        " HBBL 2634 00417 K ",
        "HBBL263400417K",
        "ＨＢＢＬ2634－00417－Ｋ",
        "HBBL2634–00417–K",
        "\u200eHBBL2634-00417-K\u200e",
        *as_typed("HBBL2634-00417-K"),
    ],
)
def test_a_serial_is_read_as_it_was_meant(written: str) -> None:
    assert str(parse_serial(written)) == "HBBL2634-00417-K"


@pytest.mark.parametrize(
    "written",
    ["", "K", "HBBL2634-00417-A", "HBBL2643-00417-K", "HBBL2634-04017-K", "HBBL2634-00417", "HBBL2634-00417-I",
     serial("HBBL269900417"), "x" * 10_000],
)  # fmt: skip
def test_what_is_mistyped_is_no_serial(written: str) -> None:
    assert parse_serial(written) is None


def test_every_single_wrong_digit_is_noticed() -> None:
    right = "HBBL263400417"
    for place in range(4, len(right)):
        for digit in "0123456789":
            wrong = right[:place] + digit + right[place + 1 :]
            assert (parse_serial(wrong + "K") is None) == (wrong != right)


@pytest.mark.parametrize(
    ("written", "serial_from", "answer"),
    [
        ("HBBL2634-00417-K", "HBBL2610", "fits"),
        ("HBBL2634-00417-K", "", "fits"),
        (serial("HBBL261000001"), "HBBL2610", "fits"),
        (serial("HBBL260900001"), "HBBL2610", "too_old"),
        (serial("HBBL255200001"), "HBBL2610", "too_old"),
        (serial("HBKT263400001"), "HBBL2610", "other_model"),
        ("HBBL2634-00417-A", "HBBL2610", "unreadable"),
    ],
)
def test_a_part_fits_from_its_first_serial_on(written: str, serial_from: str, answer: str) -> None:
    assert fit(written, PARENTS, serial_from) == answer
