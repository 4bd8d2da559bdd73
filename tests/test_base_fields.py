"""Fields of a form: lines as they are kept, and numbers in the digits of any script."""

import pytest

from shop.base.fields import as_typed, decimal, figures, many_lines, one_line, whole
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


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("１５０－０００１", "150-0001"),
        ("150−0001", "150-0001"),
        ("150‐0001", "150-0001"),
        ("150–0001", "150-0001"),
        ("150─0001", "150-0001"),
        ("０９０ー１２３４ｰ５６７８", "090-1234-5678"),
        ("٠٥٠-١٢٣-٤٥٦٧", "050-123-4567"),
        ("۰۵۰", "050"),
        ("०५०", "050"),
        ("\u200e+971 50\u2011123\u200e", "+971 50-123"),
        ("（０３）\u3000１２．３４／＋", "(03) 12.34/+"),
        ("ＥＣ１Ａ\u00a0 １ＢＢ", "EC1A 1BB"),
        ("call me", "call me"),
    ],
)
def test_figures_and_dashes_of_any_keyboard_are_read_as_plain_ones(typed: str, plain: str) -> None:
    assert figures(typed) == plain


@pytest.mark.parametrize("plain", ["090-1234-5678", "+971 50 123", "Anna"])
def test_a_number_may_be_typed_in_other_figures_that_are_all_read_as_it(plain: str) -> None:
    ways = as_typed(plain)
    assert ways[0] == plain and {figures(each) for each in ways} == {plain}
    assert len(ways) == len(set(ways)) and (len(ways) > 3) == any(map(str.isdigit, plain))
