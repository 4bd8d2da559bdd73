"""What was changed in the set-up: everything, newest first, one change with its rows, and taking it back."""

import json
from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import col, select

from shop.base.i18n import N_, NP_
from shop.base.web import see_other
from shop.ground.errors import NotFound, found
from shop.launches.arrival import AT, Console
from shop.upkeep.editing.edits import StaleEdit
from shop.upkeep.editing.following import kept_cells
from shop.upkeep.editing.shapes import shape_of
from shop.upkeep.editing.undoing import undo
from shop.upkeep.models import ChangedRow, SetupChange
from shop.upkeep.reading import BadSetup
from shop.upkeep.workshop.at_sheet import URL
from shop.upkeep.workshop.column_words import label
from shop.upkeep.workshop.reach import ADVISE, SEE
from shop.upkeep.workshop.row_fields import Known, known, shown
from shop.upkeep.workshop.row_trail import told_changes
from shop.upkeep.workshop.sheet_words import sheet_name
from shop.upkeep.workshop.taking_back import LARGEST, may_undo, seen_rows

LOOK, DO = {"act": SEE}, {"act": ADVISE}
A_PAGE = 30
MOST_ROWS = 100
PICTURE = "data"  # the bytes of a file, which no page spells out


@get(f"{URL}/changes", dependencies=AT, opt=LOOK, sync_to_thread=True)
def changes_page(console: NamedDependency[Console], before: FromQuery[int] = 0) -> Response[str]:
    """Everything that was changed, newest first, as far as the person may see it."""
    with console.database.reading() as db:
        query = select(SetupChange).order_by(col(SetupChange.id).desc())
        if 0 < before < LARGEST:
            query = query.where(col(SetupChange.id) < before)
        rows = list(db.exec(query.limit(A_PAGE + 1)).all())
        seen = [each for each in rows[:A_PAGE] if seen_rows(db, each.id or 0, console)]
        told = told_changes(db, seen, console)
    return console.page(
        "workshop/changes",
        title=console.staff.tongue.say(N_("What was changed")),
        current=URL,
        trail=told,
        next_url=f"{URL}/changes?before={rows[A_PAGE - 1].id}" if len(rows) > A_PAGE else "",
    )


@get(f"{URL}/changes/{{change:int}}", dependencies=AT, opt=LOOK, sync_to_thread=True)
def change_page(change: FromPath[int], console: NamedDependency[Console], done: FromQuery[str] = "") -> Response[str]:
    """One change: each cell before and after, and the button that takes it back."""
    return _draw(console, change, done=done)


@post(f"{URL}/changes/{{change:int}}/undo", dependencies=AT, opt=DO, sync_to_thread=True)
def change_undone(change: FromPath[int], console: NamedDependency[Console]) -> Response[Any]:
    """Put the rows back to what they were, where they still are what the change made of them."""
    with console.database.reading() as db:
        if not may_undo(db, change, console):
            raise NotFound
    try:
        undone = undo(
            console.database,
            console.sources.policies,
            change,
            person=console.staff.person.id,
            now=console.now,
            confirm=console.staff.confirm,
        )
    except StaleEdit as stale:
        return _draw(console, change, stale=stale, status=409)
    except BadSetup as bad:
        return _draw(console, change, wrong=bad, status=409)
    return see_other(
        f"{URL}/changes/{undone}?done=setup_undone" if undone else f"{URL}/changes/{change}?done=setup_same"
    )


def _draw(
    console: Console,
    change: int,
    *,
    done: str = "",
    status: int = 200,
    stale: StaleEdit | None = None,
    wrong: BadSetup | None = None,
) -> Response[str]:
    tongue = console.staff.tongue
    with console.database.reading() as db:
        row = found(db.get(SetupChange, change) if change < LARGEST else None)
        rows = seen_rows(db, change, console)
        if not rows:
            raise NotFound
        words, may = known(db, tongue), may_undo(db, change, console)
        [told] = told_changes(db, [row], console)
    complaints = [
        {"place": ", ".join((sheet_name(each.file, tongue), *each.key)), "says": each.says(tongue), "url": ""}
        for each in (wrong.complaints if wrong else ())
    ]
    return console.page(
        "workshop/change",
        title=tongue.say(N_("Change %(number)s"), number=told["number"]),
        status=status,
        done=done,
        current=URL,
        change=told,
        rows=[_row(each, words) for each in rows[:MOST_ROWS]],
        more=max(0, len(rows) - MOST_ROWS),
        may_undo=may and not told["undone"],
        undo_url=f"{URL}/changes/{change}/undo",
        moved=[_moved(each, words) for each in (stale.differences if stale else ())][:MOST_ROWS],
        refused=stale is not None or wrong is not None,
        complaints=complaints,
    )


def _row(row: ChangedRow, words: Known) -> dict[str, Any]:
    before, after = kept_cells(row.before) or {}, kept_cells(row.after) or {}
    tongue, key = words.tongue, json.loads(row.key)
    names = [each for each in {**before, **after} if before.get(each, "") != after.get(each, "") and each != PICTURE]
    cells = [
        {
            "label": label(row.file, each, tongue),
            "sub": "",
            "now": shown(row.file, each, before.get(each, ""), words, key=key),
            "yours": shown(row.file, each, after.get(each, ""), words, key=key),
        }
        for each in names
    ]
    what = NP_("row", "Added") if not before else NP_("row", "Removed") if not after else NP_("row", "Changed")
    return {
        "sheet": sheet_name(row.file, tongue),
        "name": _named(row.file, key, words),
        "what": tongue.say(what),
        "cells": cells,
    }


def _named(file: str, key: Sequence[str], words: Known) -> str:
    """The row by what names it, as its table shows that."""
    cells = zip(shape_of(file).key, key, strict=False)
    return " · ".join(filter(None, (shown(file, *cell, words, key=key) for cell in cells)))


def _moved(each: Any, words: Known) -> dict[str, str]:
    now = shown(each.file, each.column, each.now, words, key=each.key) if each.column not in ("", PICTURE) else ""
    place = ", ".join((_named(each.file, each.key, words), label(each.file, each.column, words.tongue)))
    return {"place": place, "says": now, "url": ""}


HANDLERS = [changes_page, change_page, change_undone]
