"""Printing a document: its facts are kept under their hash, so that the same print can be drawn again, byte by byte.

Nothing printed is ever changed. Printing again what has not changed is the print there already is.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.canonical import canonical
from shop.base.i18n import Languages, Tongue
from shop.documents.facts import Facts, Reading, hash_of
from shop.documents.kinds import KINDS
from shop.documents.models import PrintedFacts
from shop.documents.shared_facts import Source
from shop.documents.sheets import Sheets
from shop.ground.errors import found
from shop.launches.models import PrintedDocument
from shop.launches.readying.gathering import Sources
from shop.markets.history import note_deed
from shop.markets.models import Market


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as it would be printed now."""

    kind: str
    content: str
    hash: str
    sheets: Sheets


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes a document: in which languages, and by which policies."""

    languages: Languages
    sources: Sources
    base_url: str = ""  # where the shop is on the web

    def tongue(self, language: str, market: Market) -> Tongue:
        """The tongue of a document of the market."""
        return self.languages.tongue(language, market.country)

    def draft(self, db: Session, market: Market, kind: str, language: str, *, now: datetime) -> Draft:
        """The document from the facts as they stand. Raises NotFound for an unknown kind or language."""
        facts = self.facts(db, market, kind, language, now=now)
        content = canonical(facts)
        return Draft(kind, content, hash_of(content), self.drawn(market, kind, language, facts, at=now))

    def facts(self, db: Session, market: Market, kind: str, language: str, *, now: datetime) -> Facts:
        """The facts as they will be read again."""
        found(language if language in self.languages.tags else None)
        source = self._source(db, market, language, now)
        loaded: Facts = json.loads(canonical(found(KINDS.get(kind)).facts(source)))
        return loaded

    def _source(self, db: Session, market: Market, language: str, now: datetime) -> Source:
        return Source(db, market, self.tongue(language, market), self.sources, now, self.base_url)

    def drawn(self, market: Market, kind: str, language: str, facts: Facts, *, at: datetime) -> Sheets:
        """Facts as a document, by the clocks of an instant."""
        return KINDS[kind].draw(Reading(facts, self.tongue(language, market), at))

    def print(self, db: Session, market_id: str, kind: str, language: str, *, person: str, now: datetime) -> int:
        """Keep the document as it stands, and hand out the number of its edition."""
        market = found(db.get(Market, market_id, with_for_update=True))  # two clicks of one moment are one print
        draft, before = self.draft(db, market, kind, language, now=now), latest(db, market_id, kind, language)
        if before is not None and before.snapshot == draft.hash:
            return before.version
        kept = {"hash": draft.hash, "content": draft.content}
        db.connection().execute(insert(PrintedFacts).values(kept).on_conflict_do_nothing(index_elements=["hash"]))
        version = before.version + 1 if before else 1
        db.add(
            PrintedDocument(
                market=market_id, kind=kind, language=language, snapshot=draft.hash, version=version,
                blanks=draft.sheets.blanks, person=person, at=now,
            )
        )  # fmt: skip
        note_deed(db, market_id, "printed", person=person, reason=f"{kind} {language} {version}", now=now)
        return version


def latest(db: Session, market: str, kind: str, language: str) -> PrintedDocument | None:
    """The print that was made last."""
    return next(iter(editions(db, market, kind, language)), None)


def editions(db: Session, market: str, kind: str, language: str) -> list[PrintedDocument]:
    """All prints of a document, the newest first."""
    query = select(PrintedDocument).where(
        PrintedDocument.market == market, PrintedDocument.kind == kind, PrintedDocument.language == language
    )
    return list(db.exec(query.order_by(col(PrintedDocument.version).desc())).all())


def edition(db: Session, market: str, kind: str, language: str, *, version: int) -> PrintedDocument:
    """One print; raises NotFound."""
    return found(next((each for each in editions(db, market, kind, language) if each.version == version), None))


def facts_of(db: Session, printed: PrintedDocument) -> Facts:
    """The facts that a print was made from; raises NotFound where they are not kept."""
    facts: Facts = json.loads(found(db.get(PrintedFacts, printed.snapshot)).content)
    return facts
