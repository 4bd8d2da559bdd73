"""The workshop's first page and its tables: all files by subject, one file's rows, and search through everything."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.i18n import N_
from shop.launches.arrival import AT, Console
from shop.staff.may import ALL_MARKETS
from shop.upkeep.editing.tables import RawRow
from shop.upkeep.workshop.at_sheet import URL, AtSheet, all_sheets, at_sheet
from shop.upkeep.workshop.column_words import kind_of
from shop.upkeep.workshop.counted import counted
from shop.upkeep.workshop.reach import CHANGE, SEE
from shop.upkeep.workshop.sheet_files import sheet_files
from shop.upkeep.workshop.sheet_words import SHEETS, SUBJECTS, sheet_name, sheet_url, whose

A_PAGE = 50
MOST_HITS = 60
MOST_COLUMNS = 5
MOST_SHOWN = 140  # characters of a cell in a table
LOOK = {"act": SEE}


@get(URL, dependencies=AT, opt=LOOK, sync_to_thread=True)
def workshop(console: NamedDependency[Console], q: FromQuery[str] = "", done: FromQuery[str] = "") -> Response[str]:
    """Everything that is set up, by subject; with `q` the rows that hold these words."""
    tongue = console.staff.tongue
    with console.database.reading() as db:
        files = sheet_files(db, console)
        numbers = counted(db, files)
    wanted = " ".join(q.split())[:80]
    return console.page(
        "workshop/index",
        title=tongue.say(N_("Workshop")),
        done=done,
        current=URL,
        subjects=[
            {"name": tongue.say(word), "sheets": list(_listed(subject, files, numbers, console))}
            for subject, word in SUBJECTS.items()
        ],
        q=wanted,
        begins=console.staff.may(CHANGE) and console.staff.works_for(ALL_MARKETS),
        hits=list(_hits(console, wanted)) if wanted else None,
        url=URL,
    )


@get(f"{URL}/sheets/{{sheet:str}}", dependencies=AT, opt=LOOK, sync_to_thread=True)
def sheet_page(
    sheet: FromPath[str],
    console: NamedDependency[Console],
    q: FromQuery[str] = "",
    market: FromQuery[str] = "",
    page: FromQuery[int] = 1,
    change: FromQuery[int] = 0,
    done: FromQuery[str] = "",
) -> Response[str]:
    """One file as a table: fifty rows a page, of one market or with these words where that is asked."""
    here = at_sheet(console, sheet)
    if here.kind == "exporter" and here.rows:
        return _one_row(here, done, change)
    wanted = " ".join(q.split())[:80]
    rows = filtered(here, wanted, market)
    pages = max(1, -(-len(rows) // A_PAGE))
    number = min(max(1, page), pages)
    asked = {"q": wanted, "market": market}
    return here.page(
        "sheet",
        done=done,
        change=change,
        q=wanted,
        market=market,
        markets=_markets(here),
        total=len(rows),
        heads=[here.label(each) for each in _columns(here)],
        rows=[_row(here, each) for each in rows[(number - 1) * A_PAGE : number * A_PAGE]],
        previous_url=_page_url(here, asked, number - 1) if number > 1 else "",
        next_url=_page_url(here, asked, number + 1) if number < pages else "",
        number=number,
        page_count=pages,
        bulk=[(each, here.label(each)) for each in here.filled_in if each not in here.table.key],
    )


def filtered(here: AtSheet, wanted: str, market: str) -> list[RawRow]:
    """The rows that hold all the words, of this market."""
    parts = wanted.casefold().split()
    rows = [each for each in here.rows if not market or each.cells.get("market") == market]
    return [each for each in rows if not parts or _holds(here, each, parts)]


def _listed(subject: str, files: list[str], numbers: dict[str, int], console: Console) -> Iterator[dict[str, Any]]:
    tongue = console.staff.tongue
    for kind, words in SHEETS.items():
        own = [each for each in files if kind_of(each) == kind]
        if words.subject != subject or not own:
            continue
        entries = [
            {
                "url": sheet_url(each),
                "name": whose(each, tongue) or sheet_name(each, tongue),
                "count": _count(numbers, each, console),
            }
            for each in own
        ]
        yield {
            "name": tongue.say(words.name),
            "purpose": tongue.say(words.purpose),
            "parts": entries if len(own) > 1 else [],
            "url": entries[0]["url"],
            "count": entries[0]["count"] if len(own) == 1 else "",
        }


def _count(numbers: dict[str, int], file: str, console: Console) -> str:
    return console.staff.tongue.number(numbers[file]) if numbers.get(file) and kind_of(file) != "exporter" else ""


def _one_row(here: AtSheet, done: str, change: int) -> Response[str]:
    row = here.rows[0]
    facts = [{"label": here.label(each), "value": here.word(each, row.cells.get(each, ""))} for each in here.columns]
    url = here.row_url(row.key)
    return here.page("single", done=done, change=change, facts=facts, row_url=url, may=here.may_change_row(row))


def _columns(here: AtSheet) -> list[str]:
    """The columns of the table: those that follow the key and say most in little."""
    rest = [each for each, about in here.columns.items() if each not in here.table.key and about.widget != "table"]
    return rest[:MOST_COLUMNS]


def _row(here: AtSheet, row: RawRow) -> dict[str, Any]:
    cells = [_short(here.word(each, row.cells.get(each, ""), key=row.key)) for each in _columns(here)]
    return {
        "name": here.name(row.key),
        "url": here.row_url(row.key),
        "key": row.key,
        "cells": [
            {"label": here.label(column), "text": text} for column, text in zip(_columns(here), cells, strict=True)
        ],
        "may": here.may_change_row(row),
    }


def _short(said: str) -> str:
    return said if len(said) <= MOST_SHOWN else f"{said[:MOST_SHOWN].rstrip()}…"


def _holds(here: AtSheet, row: RawRow, parts: list[str]) -> bool:
    said = [here.word(each, row.cells.get(each, ""), key=row.key) for each in here.columns]
    plain = [str(row.cells.get(each, "")) for each, about in here.columns.items() if about.widget == "amount"]
    text = " ".join((*row.key, here.name(row.key), *said, *plain)).casefold()
    return all(each in text for each in parts)


def _markets(here: AtSheet) -> list[tuple[str, str]]:
    if "market" not in here.columns:
        return []
    there = {each.cells.get("market") for each in here.rows}
    return [(id, name) for id, name in here.known.options("markets") if id in there]


def _page_url(here: AtSheet, asked: dict[str, str], number: int) -> str:
    return f"{here.url}?{urlencode({name: value for name, value in asked.items() if value} | {'page': str(number)})}"


def _hits(console: Console, wanted: str) -> Iterator[dict[str, str]]:
    found = 0
    for here in all_sheets(console):
        for row in filtered(here, wanted, ""):
            found += 1
            if found > MOST_HITS:
                return
            sheet = sheet_name(here.file, console.staff.tongue)
            yield {"name": here.name(row.key), "sheet": sheet, "url": here.row_url(row.key)}


HANDLERS = [workshop, sheet_page]
