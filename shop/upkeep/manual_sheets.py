"""`manuals.csv`: what the exporter has filled in for the distributor's manual of a market, and is known from nowhere else.

A text that is written in each language names its own; all else names none. The folder is the whole truth about them.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlmodel import Session, select

from shop.base.i18n import N_
from shop.documents.fields import BEARING, KEEP, PARTNER, RULES, WITHOUT, Asked, taken
from shop.documents.models import DocumentField
from shop.upkeep.cells import language, market_id, optional, text, word
from shop.upkeep.reading import Columns, Fault, Row
from shop.upkeep.wrong import Wrong

MANUAL: Columns = {"market": market_id, "key": word, "language": optional(language, ""), "text": text}
MANUAL_SHEETS: dict[str, tuple[Columns, tuple[str, ...]]] = {"manuals": (MANUAL, ("market", "key", "language"))}
MANUAL_NAMES = {("manuals", "market"): "markets"}
FIELDS = {each.key: each for each in (WITHOUT, *PARTNER, *BEARING, *RULES)}


def check_manuals(rows: list[Row], products: Mapping[str, Row]) -> Iterator[Fault]:
    """A field that there is, in a language only where it is written in each, and something that fits it."""
    for row in rows:
        key, said, spoken = row.get("key") or "", row.get("text"), row.get("language") or ""
        asked = FIELDS.get(key) or _part(key, products)
        if asked is None:
            yield row, "key", Wrong(N_("no manual asks for %(value)s"), value=key)
        elif bool(spoken) != asked.spoken:
            yield row, "language", Wrong(N_("must name a language") if asked.spoken else N_("must be empty here"))
        elif said and not taken(asked, said):
            yield row, "text", Wrong(N_("does not fit: %(value)s"), value=said[:100])


def store_manuals(db: Session, rows: list[Row], *, now: datetime) -> None:
    """Write what is filled in, in place of what there was; what stays as it is keeps who wrote it and when."""
    before = {(each.market, each.key, each.language): each for each in db.exec(select(DocumentField)).all()}
    for row in rows:
        kept = before.pop((row["market"], row["key"], row["language"]), None)
        if kept is None or kept.text != row["text"]:
            db.merge(DocumentField(**row.cells, person="", at=now))
    for gone in before.values():
        db.delete(gone)
    db.flush()


def _part(key: str, products: Mapping[str, Row]) -> Asked | None:
    sku = key.removeprefix(KEEP)
    return Asked(key, "", "number") if key.startswith(KEEP) and sku in products else None
