"""The one place that reads the time. Everything else is given `now`, an aware UTC instant."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's present instant, in UTC."""
    return datetime.now(UTC)


def file_clock(file: Path) -> Clock:
    """A clock for tests: the ISO instant that the file holds, read anew at each call."""

    def read() -> datetime:
        return datetime.fromisoformat(file.read_text().strip()).astimezone(UTC)

    return read


def clock_of(test_file: Path | None) -> Clock:
    """The clock of an installation: the machine's, but for tests that name a file."""
    return file_clock(test_file) if test_file else system_clock
