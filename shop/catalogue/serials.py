"""Serial numbers: whether one is written right, and whether a spare part fits the machine that bears it. Pure.

A serial is the maker's two letters, the model's two, year and ISO week of making, five digits and a check letter:
`HBBL2634-00417-K`. The model's letters are the middle part of the SKU (`HB-BL-230`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shop.ground.figures import figures

CHECK_LETTERS = "ABCDEFGHJKL"  # eleven, without I, which reads like 1
_WRITTEN = re.compile(r"([A-Z]{2})([A-Z]{2})([0-9]{2})([0-9]{2})([0-9]{5})([A-Z])")

Fit = Literal["fits", "unreadable", "other_model", "too_old"]


@dataclass(frozen=True, slots=True)
class Serial:
    """A serial that is written right; `made` is year and ISO week, as four digits."""

    maker: str
    model: str
    made: str
    number: str
    check: str

    def __str__(self) -> str:
        return f"{self.maker}{self.model}{self.made}-{self.number}-{self.check}"

    def is_of(self, sku: str) -> bool:
        """Whether it is a serial of this product's model, in whichever colour or plug."""
        return f"{self.maker}-{self.model}" == sku.rpartition("-")[0]


def parse_serial(written: str) -> Serial | None:
    """The serial as it was meant: keyboard, case, spaces and hyphens do not count. None when it cannot be one, or is mistyped."""
    plain = bare(written)
    found = _WRITTEN.fullmatch(plain)
    if found is None or not 1 <= int(found[4]) <= 53 or found[6] != check_letter(plain[:-1]):
        return None
    return Serial(found[1], found[2], found[3] + found[4], found[5], found[6])


def bare(written: str) -> str:
    """The letters and figures of what was written, plain and in capitals. Of what is far too long, the beginning."""
    return re.sub(r"[\W_]", "", figures(written[:60])).upper()


def check_letter(body: str) -> str:
    """The letter that ends a serial: its characters in base 36, weighted from the right, summed modulo 11."""
    total = sum(weight * int(each, 36) for weight, each in enumerate(reversed(body), 1))
    return CHECK_LETTERS[-total % 11]


def fit(written: str, parents: Iterable[str], serial_from: str) -> Fit:
    """Whether a part fits: `parents` are the SKUs it is made for, `serial_from` the first serial's beginning, if any."""
    serial = parse_serial(written)
    if serial is None:
        return "unreadable"
    if not any(serial.is_of(parent) for parent in parents):
        return "other_model"
    return "too_old" if serial.made < serial_from[4:8] else "fits"
