"""Figures and codes as any keyboard writes them."""

import pytest

from shop.ground.figures import as_typed, figures


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
