"""Who stands at the doors of the documents, and what lies at hand there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from litestar.di import NamedDependency, Provide
from sqlmodel import Session

from shop.base.db import Database
from shop.base.i18n import N_, Languages
from shop.base.pages import Pages
from shop.base.settings import Settings
from shop.documents.printing import Writer
from shop.documents.sheet_pages import Leaf, leaf_of_draft, leaf_of_print
from shop.ground.errors import found
from shop.launches.models import PrintedDocument
from shop.launches.readying.gathering import Sources
from shop.launches.words import clock
from shop.markets.directory import Directory
from shop.markets.models import Exporter, Market
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page


@dataclass(frozen=True, slots=True)
class Library:
    """A person who reads or prints documents. `exporter` tells whose they are, and which clock is the one at home."""

    staff: Staff
    database: Database
    pages: Pages
    writer: Writer
    exporter: Exporter
    now: datetime

    def market(self, db: Session, market: str) -> Market:
        """The market as it stands; raises NotFound also for one that is none of this person's."""
        self.staff.check_market(market)
        return found(db.get(Market, market))

    def languages(self, market: Market, also: Iterable[str] = ()) -> list[tuple[str, str]]:
        """The languages that documents of the market are offered in: its own, this reader's, then all others."""
        first = [*market.languages.split(), *also, self.staff.tongue.language]
        tags = [
            each for each in dict.fromkeys([*first, *self.writer.languages.tags]) if each in self.writer.languages.tags
        ]
        return [(each, self.staff.tongue.language_name(each)) for each in tags]

    def draft_leaf(self, db: Session, market: Market, kind: str, language: str, *, base: str) -> Leaf:
        """The document as it would be printed now."""
        draft = self.writer.draft(db, market, kind, language, now=self.now)
        tongue = self.writer.tongue(language, market)
        return leaf_of_draft(draft, market, tongue, now=self.now, brand=self.exporter.brand, base=base)

    def print_leaf(self, db: Session, market: Market, printed: PrintedDocument, *, base: str) -> Leaf:
        """A print as it was made."""
        return leaf_of_print(db, self.writer, market, printed, base=base)

    def page(
        self, name: str, *, title: str, current: str, status: int = 200, done: str = "", **values: Any
    ) -> Response[str]:
        """A page in the person's tongue, which nobody keeps."""
        tongue = self.staff.tongue
        home = tongue.say(N_("Home: %(moment)s"), moment=clock(self.now, self.exporter.zone, tongue))
        values |= {"title": title, "staff_clock": home}
        return staff_page(self.pages, self.staff, name, current=current, done=done, status=status, **values)


def provide_library(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    languages: NamedDependency[Languages],
    sources: NamedDependency[Callable[[], Sources]],
    directory: NamedDependency[Directory],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Library:
    """The documents as this person finds them."""
    return Library(
        staff,
        database,
        pages,
        Writer(languages, sources(), settings.base_url),
        directory.now().exporter,
        now,
    )


AT = {"library": Provide(provide_library, sync_to_thread=True)}
