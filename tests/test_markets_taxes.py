"""Tax by destination and class: what is known before the address, what after it, and that it always adds up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.ground.money import decimals
from shop.markets.models import Market, TaxRate
from shop.markets.taxes import NoTaxRate, RateTable, Taxable

DAY = date(2026, 11, 24)
BEGAN = date(2025, 1, 1)


def market(display: str = "exclusive", currency: str = "CAD", step: int = 1) -> Market:
    return Market(
        id="ca", country="CA", currency=currency, zone="UTC", languages="en", tax_display=display, price_step=step
    )


def rate(region: str, rate_e5: int, *, tax_class: str = "standard", starts_on: date = BEGAN) -> TaxRate:
    return TaxRate(market="ca", tax_class=tax_class, region=region, starts_on=starts_on, rate_e5=rate_e5)


TABLE = RateTable(
    [
        rate("ON", 13_000),
        rate("QC", 14_975),
        rate("QC", 15_000, starts_on=date(2026, 12, 1)),
        rate("AB", 5_000, starts_on=date(2027, 1, 1)),
        rate("", 7_000, tax_class="book"),
        rate("", 5_000, tax_class="tea"),
        rate("ON", 8_000, tax_class="tea"),
    ]
)


@pytest.mark.parametrize(
    ("tax_class", "region", "found"),
    [
        ("standard", "ON", 13_000),
        ("standard", "QC", 14_975),
        ("standard", "", None),
        ("book", "", 7_000),
        ("book", "ON", 7_000),
        ("tea", "", None),
        ("tea", "ON", 8_000),
        ("tea", "QC", 5_000),
    ],
)
def test_a_rate_that_differs_by_region_is_known_with_the_address_only(
    tax_class: str, region: str, found: int | None
) -> None:
    levied = TABLE.levy(market(), [Taxable(100_00, tax_class)], DAY, region=region)
    assert (levied[0].rate_e5 if levied else None) == found


@pytest.mark.parametrize(
    ("tax_class", "region"), [("standard", "PR"), ("standard", "AB"), ("wine", ""), ("wine", "ON")]
)
def test_without_a_rate_there_is_a_refusal_and_never_no_tax(tax_class: str, region: str) -> None:
    with pytest.raises(NoTaxRate):
        TABLE.levy(market(), [Taxable(100_00, "book"), Taxable(100_00, tax_class)], DAY, region=region)


def test_one_thing_whose_tax_hangs_on_the_address_leaves_them_all_open() -> None:
    assert TABLE.levy(market(), [Taxable(1, "book"), Taxable(1, "standard")], DAY) is None


def test_the_rate_of_the_day_holds() -> None:
    for day, found in ((DAY, 14_975), (date(2026, 12, 1), 15_000)):
        levied = TABLE.levy(market(), [Taxable(100_00, "standard")], day, region="QC")
        assert levied is not None and levied[0].rate_e5 == found


CURRENCIES = [("EUR", 1), ("CAD", 1), ("JPY", 1), ("KWD", 10), ("CHF", 5), ("BRL", 1), ("ISK", 1), ("BHD", 5)]


@given(
    pieces=st.lists(st.integers(0, 10**9), min_size=1, max_size=5),
    rate_e5=st.integers(0, 40_000),
    display=st.sampled_from(["inclusive", "exclusive"]),
    currency=st.sampled_from(CURRENCIES),
    region=st.sampled_from(["", "ON", "QC", "大阪府"]),
)
def test_net_and_tax_are_gross_in_every_currency_display_and_region(
    pieces: list[int], rate_e5: int, display: str, currency: tuple[str, int], region: str
) -> None:
    code, step = currency
    table = RateTable([rate(region, rate_e5)])
    items = [Taxable(each * step, "standard") for each in pieces]
    levied = table.levy(market(display, code, step), items, DAY, region=region)
    assert levied is not None and len(levied) == len(items)
    for item, (told, (net, tax, gross)) in zip(items, levied, strict=True):
        assert told == rate_e5 and net + tax == gross and net >= 0 and tax >= 0
        assert item.displayed == (gross if display == "inclusive" else net)
        assert gross % step == 0, "what is to be paid can be charged"
        assert abs(tax - net * rate_e5 / 100_000) <= max(step, 1) and decimals(code) in (0, 2, 3)
