"""`minimums.csv`: what the law of a market asks at least, beside the software's own `minimum.toml`.

A row holds in place of the software's value of the same rule. The folder is the whole truth about these rows.
"""

from collections.abc import Iterator
from datetime import date, datetime

from sqlmodel import Session

from shop.base.i18n import N_
from shop.base.revisions import hold_revision
from shop.ground.instants import local
from shop.policies.minimums import BOUND, RULES, NoSuchValue, value_of
from shop.policies.models import WrittenMinimum
from shop.policies.written import SCOPE
from shop.upkeep.cells import choice, day, market_id, optional, text
from shop.upkeep.laying import replace
from shop.upkeep.reading import Columns, Fault, Row
from shop.upkeep.wrong import Wrong, shown

CONFIDENCE = ("high", "medium", "low")
MINIMUM: Columns = {
    "market": market_id, "kind": choice(*BOUND), "rule": choice(*sorted({rule for kind in BOUND for rule in RULES[kind]})),
    "value": optional(text, ""), "source": text, "confidence": choice(*CONFIDENCE), "as_of": day,
    "note": optional(text, ""),
}  # fmt: skip
MINIMUM_SHEETS: dict[str, tuple[Columns, tuple[str, ...]]] = {"minimums": (MINIMUM, ("market", "kind", "rule"))}
MINIMUM_NAMES = {("minimums", "market"): "markets"}
WANTED = {
    int: N_("'%(given)s' is not a whole number"),
    bool: N_("'%(given)s' is neither yes nor no"),
}


def check_minimums(rows: list[Row], zones: dict[str, str], *, now: datetime) -> Iterator[Fault]:
    """A rule that its policy has, with a value of its kind, looked up no later than today."""
    for row in rows:
        kind, rule, said = row.get("kind"), row.get("rule"), row.get("value")
        if kind is not None and rule is not None and rule not in RULES[kind]:
            yield row, "rule", Wrong(N_("the %(kind)s policy has no such rule"), kind=kind)
        elif kind is not None and rule is not None and said is not None:
            try:
                value_of(kind, rule, said)
            except NoSuchValue as error:
                yield row, "value", Wrong(WANTED[error.wanted] if said else N_("is empty"), **_given(said))
        looked_up = row.get("as_of")
        if isinstance(looked_up, date) and looked_up > local(now, zones.get(row.get("market") or "", "UTC")).date():
            yield row, "as_of", Wrong(N_("lies in the future"))


def store_minimums(db: Session, rows: list[Row]) -> None:
    """Write the rows in place of those there were; every process reads them anew."""
    laid = replace(db, WrittenMinimum, (row.cells for row in rows))
    if laid.added or laid.changed or laid.removed:
        hold_revision(db, SCOPE)


def minimums_of(rows: list[Row]) -> list[WrittenMinimum]:
    """The rows as the library reads them; those that are not right yet are left out."""
    return [WrittenMinimum(**row.cells) for row in rows if _right(row)]


def _right(row: Row) -> bool:
    kind, rule = row.get("kind"), row.get("rule")
    if None in (row.get("market"), row.get("value"), row.get("source")) or rule not in RULES.get(kind or "", {}):
        return False
    try:
        value_of(str(kind), str(rule), row["value"])
    except NoSuchValue:
        return False
    return isinstance(row.get("as_of"), date)


def _given(said: str) -> dict[str, str]:
    return {"given": shown(said)} if said else {}
