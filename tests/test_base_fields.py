"""Fields of a form: lines as they are kept, and numbers in the digits of any script."""

import pytest

from shop.base.fields import decimal, many_lines, one_line, whole
from shop.base.web import Form


def test_lines_are_kept_as_one_or_with_one_kind_of_end() -> None:
    form = Form({"text": " One\r\ntwo\rthree \t four "})
    assert one_line(form, "text") == "One two three four"
    assert many_lines(form, "text") == "One\ntwo\nthree \t four"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("12", 12),
        ("١٢", 12),
        ("１２", 12),
        ("123", 123),
        ("1234", None),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1.0", None),
        ("1_0", None),
        ("²", None),
    ],
)
def test_a_whole_number_is_read_in_the_digits_of_any_script(text: str, number: int | None) -> None:
    assert whole(text, digits=3) == number


@pytest.mark.parametrize(
    ("text", "plain"), [("12,50", "12.50"), (" 1 250.00 ", "1250.00"), ("١٢٫٥", "12.5"), ("1\u202f250", "1250")]
)
def test_a_decimal_is_read_with_whichever_mark(text: str, plain: str) -> None:
    assert decimal(text) == plain
