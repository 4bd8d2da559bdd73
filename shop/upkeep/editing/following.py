"""What follows from a change of the set-up: the record of it, working hours, the pages that show it, and the market's history."""

import base64
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from shop.base.audit import append, canonical
from shop.base.revisions import EVERYWHERE, market_scope, raise_revision
from shop.markets.history import note_deed
from shop.markets.models import Market
from shop.support.shifts import roster
from shop.upkeep.editing.applying import Wanted, unlike
from shop.upkeep.models import ChangedRow, SetupChange

OF_HOURS = ("agents.toml", "calendars.csv", "people.csv", "markets.toml", "knowledge/questions.toml")
TOLD = ("markets.toml", "listings.csv")  # what the history of a market that was launched tells of
MOST_TOLD = 50
DEED = "setup"
CHAIN = "setup"  # of the audit


def keep_change(
    db: Session, rows: Collection[Wanted], *, person: str, reason: str, undoes: int | None, now: datetime
) -> int:
    """Write down what was changed, row by row; the number of the change."""
    change = SetupChange(at=now, person=person, reason=reason.strip(), undoes=undoes)
    db.add(change)
    db.flush()
    assert change.id is not None
    kept = [
        {
            "change": change.id,
            "number": number,
            "file": each.file,
            "key": key_text(each.old_key if each.after is None else each.key),
            "before": cells_text(each.before),
            "after": cells_text(each.after),
        }
        for number, each in enumerate(rows, 1)
    ]
    if kept:
        db.connection().execute(insert(ChangedRow), kept)
    append(db, CHAIN, DEED, str(change.id), content={**change.model_dump(), "rows": rows_hash(kept)}, now=now)
    return change.id


def rows_hash(rows: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 over the rows of a change as they are kept, in their order: what the audit tells of them."""
    hashed = hashlib.sha256()
    for each in rows:
        hashed.update(canonical(each).encode() + b"\n")
    return hashed.hexdigest()


def follow(db: Session, rows: Collection[Wanted], *, person: str, reason: str, now: datetime) -> None:
    """Have hours, pages and the history of launched markets follow."""
    if any(each.file in OF_HOURS for each in rows):
        roster.rebuild(db, now=now)
    raise_revision(db, *_scopes(db, rows))
    launched = db.exec(select(Market.id).where(Market.ever_sold).order_by(col(Market.id))).all()
    for market in launched:
        changed = dict(islice(_told_of(market, rows), MOST_TOLD))
        if changed:
            note_deed(db, market, DEED, person=person, now=now, reason=reason, changed=changed)


def key_text(key: Iterable[str]) -> str:
    """A key as it is kept."""
    return json.dumps(list(key), ensure_ascii=False)


def cells_text(cells: Mapping[str, Any] | None) -> str:
    """Cells as they are kept; "" for no row."""
    if cells is None:
        return ""
    return _JSON.encode({name: cell for name, cell in cells.items() if cell != ""})


def kept_cells(said: str) -> dict[str, Any] | None:
    """The cells that were kept so."""
    if not said:
        return None
    cells: dict[str, Any] = json.loads(said)
    data = cells.get("data")
    return {**cells, "data": base64.b64decode(data["base64"])} if isinstance(data, dict) and "base64" in data else cells


def _spelled(value: object) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else str(value)


_JSON = json.JSONEncoder(ensure_ascii=False, default=_spelled)  # one for all: `dumps` makes a new one for every row


def _scopes(db: Session, rows: Iterable[Wanted]) -> set[str]:
    """The revisions of the markets whose pages may show what was changed."""
    scopes: set[str] = set()
    for each in rows:
        markets = {str(cells["market"]) for cells in (each.before, each.after) if cells and cells.get("market")}
        if not each.file.endswith(".csv") or not markets:
            return {EVERYWHERE, *map(market_scope, db.exec(select(Market.id)).all())}
        scopes |= set(map(market_scope, markets))
    return scopes


def _told_of(market: str, rows: Iterable[Wanted]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """What of a market's row and listings became what: `price BL`, or the column of the market itself."""
    for each in rows:
        if each.file not in TOLD or (each.after or each.before or {}).get("market", each.key[0]) != market:
            continue
        before, after = each.before or {}, each.after or {}
        about = each.key[1:]
        for name in unlike(each.file, before, after):
            yield " ".join((name, *about)), (before.get(name, ""), after.get(name, ""))
