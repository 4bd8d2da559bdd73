"""Money: whole minor units, read and written exactly, and net + tax = gross to the last unit."""

from decimal import Decimal

import pytest
from babel import Locale
from babel.numbers import get_currency_precision, list_currencies
from hypothesis import given
from hypothesis import strategies as st

from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.ground.money import _DECIMALS, Money, NotMoney, decimals, money, tax_inside, tax_on_top

LANGUAGES = Languages(ROOT / "locales")


def test_every_currency_in_the_table_is_written_as_cldr_says() -> None:
    assert {currency: get_currency_precision(currency) for currency in _DECIMALS} == dict(_DECIMALS)


def test_no_currency_in_use_is_missing_from_the_table() -> None:
    used = {code for code in list_currencies() if code in Locale("en").currencies} & _IN_USE
    assert {code for code in used if get_currency_precision(code) != decimals(code)} == set()


# ISO 4217's list of currencies in use (without funds and metals), so that what CLDR remembers of the past does not count.
_IN_USE = set(
    """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS
    INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP
    MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV
    WST XAF XCD XOF XPF YER ZAR ZMW""".split()
)


def test_machines_read_an_amount_with_the_decimals_of_its_currency() -> None:
    amounts = [Money(39800, "JPY"), Money(1250, "KWD"), Money(5, "EUR"), Money(0, "USD"), Money(-990, "CHF")]
    assert [each.plain for each in amounts] == ["39800", "1.250", "0.05", "0.00", "-9.90"]


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("349.00", "EUR", 349_00),
        ("349", "EUR", 349_00),
        ("39800", "JPY", 39_800),
        ("1.234", "KWD", 1_234),
        ("0.05", "CHF", 5),
        ("-1.50", "NZD", -150),
        ("0", "ISK", 0),
    ],
)
def test_a_plain_decimal_is_read(text: str, currency: str, minor: int) -> None:
    assert money(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.5", "JPY"),
        ("1.234", "EUR"),
        ("1.2345", "KWD"),
        ("1,50", "EUR"),
        ("€ 1", "EUR"),
        ("", "EUR"),
        ("NaN", "EUR"),
        ("inf", "EUR"),
        ("one", "EUR"),
        ("1e2", "EUR"),
        ("1e999999", "EUR"),
        ("٣", "EUR"),
        ("\uff11\uff12", "EUR"),
        ("1_000", "EUR"),
        ("+5", "EUR"),
        ("9" * 400, "EUR"),
        ("9" * 1_000_000, "EUR"),
        ("1." + "0" * 40 + "1", "EUR"),
    ],
)
def test_anything_else_is_no_money(text: str, currency: str) -> None:
    with pytest.raises(NotMoney):
        money(text, currency)


def test_currencies_are_never_mixed() -> None:
    euro, yen = Money(1, "EUR"), Money(1, "JPY")
    for reckon in (lambda: euro + yen, lambda: euro - yen):
        with pytest.raises(NotMoney):
            reckon()
    assert euro + euro * 3 - euro == Money(3, "EUR")


@given(minor=st.integers(-(10**12), 10**12), currency=st.sampled_from(["EUR", "JPY", "KWD", "CHF", "ISK"]))
def test_what_is_written_is_read_back(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert money(str(amount.decimal), currency) == amount and amount.decimal == Decimal(minor) / 10 ** decimals(
        currency
    )


@given(amount=st.integers(0, 10**10), rate=st.integers(0, 100_000))
def test_net_and_tax_are_gross_whichever_way_they_are_told(amount: int, rate: int) -> None:
    for taxed in (tax_inside(amount, rate), tax_on_top(amount, rate)):
        assert taxed.net + taxed.tax == taxed.gross and min(taxed) >= 0
    assert tax_inside(amount, rate).gross == tax_on_top(amount, rate).net == amount
    assert abs(tax_inside(tax_on_top(amount, rate).gross, rate).net - amount) <= 1


@pytest.mark.parametrize(
    ("gross", "rate", "tax"),
    [
        (119_00, 19_000, 19_00),
        (107, 7_000, 7),
        (100, 8_100, 7),
        (39_800, 10_000, 3_618),
        (1, 19_000, 0),
        (3, 19_000, 0),
        (4, 19_000, 1),
        (114_98, 14_975, 14_98),
    ],
)
def test_tax_inside_is_rounded_half_up(gross: int, rate: int, tax: int) -> None:
    assert tax_inside(gross, rate).tax == tax


@pytest.mark.parametrize(
    ("language", "country", "amount", "written"),
    [
        ("de", "DE", Money(349_00, "EUR"), "349,00 €"),
        ("fr", "CH", Money(1_234_50, "CHF"), "1 234,50 CHF"),
        ("de", "CH", Money(349_00, "CHF"), "CHF 349.00"),
        ("ja", "JP", Money(39_800, "JPY"), "39,800円"),
        ("en", "NZ", Money(349_00, "NZD"), "$349.00"),
        ("en", "AE", Money(99_00, "AED"), "AED 99.00"),
        ("fr", "CA", Money(319_00, "CAD"), "319,00 $"),
        ("en", "CA", Money(319_00, "CAD"), "$319.00"),
        ("en", "US", Money(1_239_00, "USD"), "$1,239.00"),
        ("es", "US", Money(1_239_00, "USD"), "$1,239.00"),
        ("pt-BR", "BR", Money(549_00, "BRL"), "R$ 549,00"),
        ("ar", "KW", Money(19_500, "KWD"), "\u200f19.500 د.ك.\u200f"),
        ("en", "KW", Money(2_450, "KWD"), "KWD 2.450"),
    ],
)
def test_an_amount_is_written_as_its_region_writes_it(language: str, country: str, amount: Money, written: str) -> None:
    shown = LANGUAGES.tongue(language, country).money(amount)
    assert " ".join(shown.split()).replace("\u202f", " ") == written
