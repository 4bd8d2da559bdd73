"""How values of the database are spelled in the files of a set-up: the opposites of what `upkeep/cells.py` reads."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

import tomli_w

from shop.base.spreadsheets import guarded
from shop.ground.instants import first_instant, iso, local
from shop.ground.money import Money

EMPTY = b"# Nothing yet.\n"  # of a TOML file: an empty one would be taken for a broken one


class Kept(list[Any]):
    """A list that stands there although it is empty."""


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A CSV file with this header; a column that a row does not name stays empty."""
    file = io.StringIO(newline="")
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(columns)
    lines.writerows([_csv_cell(row.get(column)) for column in columns] for row in rows)
    return file.getvalue().encode()


def _csv_cell(value: object) -> str:
    return "" if value is None or value == "" else guarded(plain(value))


def toml_bytes(tables: Mapping[str, Any]) -> bytes:
    """A TOML file of these tables or keys; what is empty in them is left out."""
    filled = {name: _filled(each) for name, each in tables.items() if not _nothing(each)}
    return tomli_w.dumps(filled, multiline_strings=True).encode() if filled else EMPTY


def plain(value: object) -> str:
    """The cell of a CSV file: yes or no, plain figures, a day, a text; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return said(value) if isinstance(value, str) else str(value)


def said(text: str) -> str:
    """A text as it is read again: lines end alike, and no blanks or control characters stand around or in it."""
    if not text.isprintable():  # of ten thousand rows nearly all cells are
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_NO_CONTROL)
    return text.strip()


def lines(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [each for each in text.split("\n") if each.strip()]


def listed(words: str) -> list[str]:
    """Words parted by spaces, as a TOML list."""
    return words.split()


def numbers(words: str) -> list[int]:
    """Whole numbers parted by spaces, as a TOML list."""
    return [int(each) for each in words.split()]


@lru_cache(maxsize=1 << 14)
def amount(minor: int | None, currency: str) -> str:
    """An amount of minor units in plain figures of the currency; nothing for None."""
    return "" if minor is None else Money(minor, currency).plain


def figures(whole: int, decimals: int) -> str:
    """A whole number of parts (hundredths, thousandths) in plain figures: `1250` of two decimals is `12.5`."""
    number = Decimal(whole).scaleb(-decimals)
    return f"{number.normalize():f}" if whole else "0"


def share(whole: int, decimals: int) -> int | float:
    """The same as a TOML number."""
    written = figures(whole, decimals)
    return float(written) if "." in written else int(written)


def clock(minutes: int | None) -> str:
    """Minutes after midnight as `09:00`; nothing for None."""
    return "" if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}"


def last_day(wall: datetime) -> tuple[date, str]:
    """The end of a span of wall-clock time: its day and clock, which is left out at the end of a day."""
    midnight = wall.time() == time()
    return (date.fromordinal(wall.toordinal() - 1), "") if midnight else (wall.date(), f"{wall:%H:%M}")


@lru_cache(maxsize=1 << 14)
def moment(instant: datetime | None, zone: str, usual: time) -> str:
    """An instant as a day of that zone if it is the day's `usual` time, else with its wall time, else in UTC."""
    if instant is None:
        return ""
    wall = local(instant, zone).replace(tzinfo=None)
    if wall.second or wall.microsecond or first_instant(wall, zone) != instant:
        return iso(instant.astimezone(UTC))
    return wall.date().isoformat() if wall.time() == usual else f"{wall:%Y-%m-%dT%H:%M}"


def _filled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _filled(each) for name, each in value.items() if not _nothing(each)}
    if isinstance(value, list):
        return [_filled(each) for each in value]
    return said(value) if isinstance(value, str) else value


def _nothing(value: object) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value and not isinstance(value, Kept))


_NO_CONTROL = {number: " " for number in range(32) if chr(number) != "\n"}
