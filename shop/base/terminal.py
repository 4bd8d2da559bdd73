"""What commands say and how they end: lines or tables for people, one JSON document for programs, and an exit code."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

NO, WRONG_USE = 1, 2
PIPED_WIDTH = 200  # of tables where nobody looks


def say(as_json: bool, facts: Any, lines: Iterable[str | Table]) -> None:
    """The answer on standard output: `facts` for a program, else `lines`."""
    _write(as_json, facts, lines, stderr=False)


def say_no(as_json: bool, facts: Any, lines: Iterable[str | Table]) -> NoReturn:
    """As `say`, and end with the code for no; people's lines go to standard error."""
    _write(as_json, facts, lines, stderr=not as_json)
    raise SystemExit(NO)


def end(code: int, line: str) -> NoReturn:
    """Say one line on standard error and end."""
    print(f"softlaunch: {line}", file=sys.stderr)  # noqa: T201 - this is the one place that commands end through
    raise SystemExit(code)


def words() -> list[str]:
    """The words of the command line. Ends the command as wrong use when one of them is not UTF-8."""
    for place, word in enumerate(sys.argv[1:], 1):
        given = os.fsencode(word)
        try:
            given.decode()
        except UnicodeDecodeError:
            end(WRONG_USE, f"word {place} of the command is not UTF-8: {given.decode(errors='backslashreplace')}")
    return sys.argv[1:]


@contextmanager
def progress(title: str, *, shown: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on standard error, moved by calls with what is done, how many steps, of how many."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[step]}"))
    with Progress(*columns, console=Console(stderr=True), disable=not shown) as bar:
        task = bar.add_task(title, total=None, step="")
        yield lambda step, done, total: bar.update(task, completed=done, total=total, step=step)


def _write(as_json: bool, facts: Any, lines: Iterable[str | Table], *, stderr: bool) -> None:
    watched = (sys.stderr if stderr else sys.stdout).isatty()
    console = Console(stderr=stderr, width=None if watched else PIPED_WIDTH, soft_wrap=True, highlight=False)
    if as_json:
        console.file.write(json.dumps(facts, ensure_ascii=False, default=str) + "\n")
        return
    for line in lines:
        console.print(line, markup=False)
