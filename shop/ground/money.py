"""Money as whole minor units with its ISO 4217 currency, and prices with the tax inside or on top.

There is no float and no rate of exchange here: prices are set per market by a person.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, Overflow
from typing import NamedTuple

# The currencies in use whose number of decimals is not two, after CLDR; a test holds this table against Babel's copy.
_NONE = "AFN ALL BIF CLP DJF GNF IQD IRR ISK JPY KMF KPW KRW LAK LBP MGA MMK PYG RSD RWF SOS SYP UGX VND VUV XAF XOF XPF YER"
_DECIMALS = {**dict.fromkeys(_NONE.split(), 0), **dict.fromkeys("BHD JOD KWD LYD OMR TND".split(), 3)}


_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")  # no exponent, no other script's digits: a price is read as it is written
MOST_DIGITS = 18  # of an amount in minor units: what a database keeps as a whole number
PARTS = 100_000  # a rate of tax is a whole number of these: 19 % is 19 000, Quebec's 14.975 % is 14 975


class NotMoney(ValueError):
    """The text is not an amount in that currency."""


class TooMuchMoney(NotMoney):
    """The amount is more than can be kept."""


class TooManyDecimals(NotMoney):
    """The amount is finer than the currency is written."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """`minor` whole minor units (cents, yen, fils) of `currency`."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise NotMoney(f"{other.currency} cannot be reckoned with {self.currency}")
        return other

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-decimals(self.currency))

    @property
    def plain(self) -> str:
        """The amount as machines read it, with the decimals of its currency: `349.00`, `39800`, `1.250`."""
        return f"{self.decimal:f}"


def decimals(currency: str) -> int:
    """How many decimals the currency is written with (JPY 0, EUR 2, KWD 3)."""
    return _DECIMALS.get(currency, 2)


def money(text: str, currency: str) -> Money:
    """Read a plain decimal ("349.00") as Money; raises NotMoney for anything else or for too many decimals."""
    plain = text.strip()
    if not _PLAIN.fullmatch(plain):
        raise NotMoney(f"{text!r} is not an amount")
    if len(plain.partition(".")[2].rstrip("0")) > decimals(currency):
        raise TooManyDecimals(f"{text!r} has more decimals than {currency} is written with")
    try:
        minor = Decimal(plain).scaleb(decimals(currency))
    except Overflow:
        raise TooMuchMoney(f"{text!r} is more than can be kept") from None
    if minor.adjusted() >= MOST_DIGITS:
        raise TooMuchMoney(f"{text!r} is more than can be kept")
    return Money(int(minor), currency)


class Taxed(NamedTuple):
    """A price with its tax told apart; net + tax = gross always holds, in minor units of one currency."""

    net: int
    tax: int
    gross: int


def tax_inside(gross: int, rate_e5: int) -> Taxed:
    """Part a tax-inclusive amount (minor units) at `rate_e5` thousandths of a percent, rounding the tax half up."""
    tax = _half_up(gross * rate_e5, PARTS + rate_e5)
    return Taxed(gross - tax, tax, gross)


def tax_on_top(net: int, rate_e5: int, *, step: int = 1) -> Taxed:
    """Put tax at `rate_e5` thousandths of a percent on top of a net amount (minor units), rounding half up to `step`.

    Where prices are multiples of a step, so must be what is paid: a dinar can be charged in tens of fils only.
    """
    tax = _half_up(net * rate_e5, PARTS * step) * step
    return Taxed(net, tax, net + tax)


def _half_up(numerator: int, denominator: int) -> int:
    return int((Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), ROUND_HALF_UP))
