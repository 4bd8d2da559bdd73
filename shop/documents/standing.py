"""How a market's documents stand: what would be printed now, kept as a hash, so that readiness can ask whether a print is old.

A job looks at every market; whoever prints or fills in has their market looked at in the same transaction.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from sqlmodel import Session, col, select

from shop.base.canonical import canonical
from shop.base.db import Database
from shop.base.i18n import Tongue
from shop.documents.facts import Reading, hash_of
from shop.documents.fields import NOBODY
from shop.documents.kinds import HANDBOOK, KINDS, MANUAL
from shop.documents.models import DocumentField
from shop.documents.printing import Writer
from shop.documents.shared_facts import partners_of
from shop.launches.models import DocumentStanding
from shop.markets.models import Exporter, Market

ANY_DAY = datetime(2001, 1, 1, tzinfo=UTC)


def measure_all(database: Database, writer: Writer, *, now: datetime) -> int:
    """Note how the documents of every market stand; says of how many markets something has changed.

    Each market is read by itself and drawn afterwards: a long look keeps those waiting who write to SQLite.
    """
    with database.reading() as db:
        if db.get(Exporter, 1) is None:
            return 0
        markets = db.exec(select(Market).where(Market.state != "closed").order_by(col(Market.id))).all()
    return sum(_measured(database, each, writer, now=now) for each in markets)


def _measured(database: Database, market: Market, writer: Writer, *, now: datetime) -> bool:
    with database.reading() as db:
        kept, contents = _kept(db, market.id), list(_contents(db, market, writer, now=now))
    rows = [_standing(market, writer, *each) for each in contents]
    if not _differs(kept, rows):
        return False
    with database.writing() as db:
        _keep(db, market.id, rows)
    return True


def measure(db: Session, market: Market, writer: Writer, *, now: datetime) -> None:
    """Note how the market's documents stand."""
    db.flush()
    rows = [_standing(market, writer, *each) for each in _contents(db, market, writer, now=now)]
    _keep(db, market.id, rows)


def needed(db: Session, market: Market, writer: Writer) -> list[tuple[str, str]]:
    """What must be printed: the handbook in the market's own languages, the manual in those of its distributors.

    A distributor whose language the shop does not speak reads the manual in the market's first one.
    """
    spoken = [each for each in market.languages.split() if each in writer.languages.tags]
    tags = writer.languages.tags
    theirs = dict.fromkeys(each.language for each in partners_of(db, market.id) if each.language in tags)
    handbooks = [(HANDBOOK, each) for each in spoken]
    if db.get(DocumentField, (market.id, NOBODY, "")):
        return handbooks
    return [*((MANUAL, each) for each in theirs or spoken[:1]), *handbooks]


def _keep(db: Session, market: str, rows: Sequence[DocumentStanding]) -> None:
    named = {(each.kind, each.language) for each in rows}
    for row in _kept(db, market):
        if (row.kind, row.language) not in named:
            db.delete(row)
    for each in rows:
        db.merge(each)
    db.flush()


def _differs(kept: Sequence[DocumentStanding], found: Sequence[DocumentStanding]) -> bool:
    before, after = ({(each.kind, each.language, each.hash, each.blanks) for each in rows} for rows in (kept, found))
    return before != after


def _contents(db: Session, market: Market, writer: Writer, *, now: datetime) -> Iterator[tuple[str, str, str]]:
    """What each document that is needed would hold now, after its kind and language."""
    for kind, language in needed(db, market, writer):
        yield kind, language, canonical(writer.facts(db, market, kind, language, now=now))


def _standing(market: Market, writer: Writer, kind: str, language: str, content: str) -> DocumentStanding:
    blanks = _blanks(kind, content, writer.tongue(language, market))
    return DocumentStanding(market=market.id, kind=kind, language=language, hash=hash_of(content), blanks=blanks)


@lru_cache(maxsize=128)
def _blanks(kind: str, content: str, tongue: Tongue) -> int:
    """How many places of a document are left blank. It is drawn for that, once: nothing is blank by the clock."""
    return KINDS[kind].draw(Reading(json.loads(content), tongue, ANY_DAY)).blanks


def _kept(db: Session, market: str) -> list[DocumentStanding]:
    return list(db.exec(select(DocumentStanding).where(DocumentStanding.market == market)).all())
