"""Suggested prices: which prices a market likes, another market's price at a typed rate, and what a piece leaves."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.upkeep.workshop.suggesting import (
    Costs,
    Rounding,
    Seller,
    Unreachable,
    from_costs,
    from_price,
    left_of,
    read_ending,
    read_rate,
    rounded,
)
from shop.upkeep.wrong import Wrong

NZ = Seller("NZD", "inclusive", 15_000)
DE = Seller("EUR", "inclusive", 19_000)
JP = Seller("JPY", "inclusive", 10_000)
US = Seller("USD", "exclusive", 0)


@pytest.mark.parametrize(
    ("text", "currency", "step", "is_read"),
    [
        ("", "EUR", 1, Rounding(1)),
        (".99", "EUR", 1, Rounding(1, 99, 2)),
        ("0.99", "EUR", 1, Rounding(1, 99, 2)),
        (",90", "CHF", 5, Rounding(5, 90, 2)),
        ("9.90", "EUR", 1, Rounding(1, 990, 3)),
        ("9", "EUR", 1, Rounding(1, 900, 3)),
        ("80", "JPY", 1, Rounding(1, 80, 2)),
        ("٨٠", "JPY", 1, Rounding(1, 80, 2)),
        ("0.750", "KWD", 10, Rounding(10, 750, 3)),
    ],
)
def test_an_ending_is_read_as_prices_are_written(text: str, currency: str, step: int, is_read: Rounding) -> None:
    assert read_ending(text, currency, step=step) == is_read


@pytest.mark.parametrize(
    ("text", "currency", "step"),
    [("x", "EUR", 1), (".9", "EUR", 1), ("9.90", "JPY", 1), (".99", "CHF", 5), ("-1", "EUR", 1)],
)
def test_what_no_price_can_end_with_is_refused(text: str, currency: str, step: int) -> None:
    with pytest.raises(Wrong):
        read_ending(text, currency, step=step)


@pytest.mark.parametrize(
    ("amount", "rounding", "price"),
    [
        ("18212.4", Rounding(1), 18212),
        ("18212.5", Rounding(1), 18213),
        ("18212", Rounding(5), 18210),
        ("18212", Rounding(1, 99, 2), 18199),
        ("18249", Rounding(1, 99, 2), 18299),  # of two as near, the higher
        ("18212", Rounding(5, 90, 2), 18190),
        ("18212", Rounding(1, 900, 3), 17900),
        ("12", Rounding(1, 99, 2), 99),
        ("0.2", Rounding(1), 1),
        ("3", Rounding(100), 100),
        ("16430", Rounding(1, 800, 3), 16800),
        ("1234567", Rounding(10, 750, 3), 1234750),
    ],
)
def test_the_nearest_price_of_the_kind_is_taken(amount: str, rounding: Rounding, price: int) -> None:
    assert rounded(Decimal(amount), rounding) == price


@given(
    amount=st.decimals(min_value=0, max_value=10**9, places=3),
    step=st.integers(1, 1000),
    digits=st.integers(0, 5),
    ending=st.integers(0, 99_999),
)
def test_every_suggestion_is_a_price_the_market_takes(amount: Decimal, step: int, digits: int, ending: int) -> None:
    rounding = Rounding(step, ending % 10**digits, digits)
    try:
        price = rounded(amount, rounding)
    except Unreachable:
        assert all(each % step for each in range(rounding.ending, 10**digits * step, 10**digits))
        return
    assert price > 0 and price % step == 0 and price % 10**digits == rounding.ending


def test_another_markets_price_is_taken_without_its_tax_and_with_the_tax_here() -> None:
    # 349.00 NZD hold 45.52 of GST; 303.48 at 0.5 are 151.74, and 19 % on top 180.57.
    assert from_price(34900, NZ, DE, rate=Decimal("0.5"), markup_bp=0, rounding=Rounding(1)) == 18057
    assert from_price(34900, NZ, DE, rate=Decimal("0.5"), markup_bp=1000, rounding=Rounding(1, 90, 2)) == 19890
    assert from_price(34900, NZ, JP, rate=Decimal("88.4"), markup_bp=0, rounding=Rounding(1, 800, 3)) == 29800
    assert from_price(34900, NZ, US, rate=Decimal("0.6"), markup_bp=0, rounding=Rounding(1)) == 18209


def test_the_price_that_costs_ask_for_leaves_the_margin() -> None:
    costs = Costs(landed=7000, parcel=1113, fee=25, fee_bp=290, exchange_bp=80)
    price = from_costs(costs, DE, margin_bp=3000, rounding=Rounding(1))
    left = left_of(price, DE, costs, delivery=0, delivery_rate_e5=19_000)
    assert abs(left.share_bp - 3000) <= 1
    assert left.total == left.net - 7000 - 1113 - left.payment - left.exchange


def test_a_margin_that_no_price_leaves_is_refused() -> None:
    with pytest.raises(Unreachable):
        from_costs(Costs(landed=100, fee_bp=300), DE, margin_bp=9700, rounding=Rounding(1))


def test_what_is_left_counts_delivery_tax_and_fees_and_may_be_a_loss() -> None:
    costs = Costs(landed=5000, parcel=1113, fee=25, fee_bp=290)
    left = left_of(5900, DE, costs, delivery=1290, delivery_rate_e5=19_000)
    assert (left.net, left.delivery, left.tax) == (4958, 1084, 942 + 206)
    assert left.payment == 25 + 209  # 2.9 % of 71.90
    assert left.total == 4958 + 1084 - 5000 - 1113 - 234 and left.total < 0
    assert left.share_bp == round(left.total * 10_000 / (4958 + 1084))


@pytest.mark.parametrize(("text", "rate"), [("0,5416", "0.5416"), ("88.4", "88.4"), (" 1 ", "1")])
def test_a_rate_is_read(text: str, rate: str) -> None:
    assert read_rate(text) == Decimal(rate)


@pytest.mark.parametrize("text", ["", "0", "0.0", "-1", "1e9", "x", "NaN", "1.2.3"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        read_rate(text)
