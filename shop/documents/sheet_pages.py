"""A document as an answer: the page to be printed, the style with what runs along its margins, and a PDF where one is made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from sqlmodel import Session

from shop.aftersales.document_rules import paper
from shop.base.i18n import N_, NP_, Tongue
from shop.base.pages import Pages
from shop.base.web import NO_INDEX
from shop.documents.kinds import KINDS
from shop.documents.margins import margins
from shop.documents.pdf import pdf_of
from shop.documents.printing import Draft, Writer, facts_of
from shop.documents.sheets import Sheets, direction
from shop.ground.instants import local
from shop.launches.models import PrintedDocument
from shop.markets.models import Market


@dataclass(frozen=True, slots=True)
class Leaf:
    """One document ready to be drawn: `number` is that of its edition, 0 for a draft; `at` when it was printed."""

    market: Market
    kind: str
    tongue: Tongue
    sheets: Sheets
    hash: str
    number: int
    at: datetime
    brand: str
    base: str  # the address of the document, under which its style lies

    @property
    def title(self) -> str:
        """What it is called."""
        return self.tongue.say(KINDS[self.kind].title)

    @property
    def place(self) -> str:
        """Its market."""
        return self.tongue.territory(self.market.country)

    @property
    def day(self) -> str:
        """The day it is of, by the market's calendar."""
        return self.tongue.date(local(self.at, self.market.zone).date())

    @property
    def version(self) -> str:
        """Its version in words."""
        if not self.number:
            return self.tongue.say(NP_("document", "Draft"))
        return self.tongue.say(N_("Version %(number)s"), number=self.tongue.number(self.number))

    def along(self) -> str:
        """What runs along every page."""
        start = " · ".join((self.brand, self.title, self.place))
        language = self.tongue.language_name(self.tongue.language)
        return margins(self.tongue, start=start, end=f"{language} · {self.version} · {self.day}", below=self.hash[:16])

    def values(self, **links: str) -> dict[str, Any]:
        """The values of its template."""
        return {
            "main": self.tongue,
            "kind": self.kind,
            "paper": paper(self.market.country),
            "title": self.title,
            "place": self.place,
            "brand": self.brand,
            "language": self.tongue.language_name(self.tongue.language),
            "number": self.tongue.number(self.number) if self.number else "",
            "day": self.day,
            "printed_at": self.at.isoformat(timespec="seconds") if self.number else "",
            "hash": self.hash,
            "blanks": self.sheets.blanks,
            "sheets": self.sheets,
            "margins": f"{self.base}/margins.css",
            "direction": lambda text: direction(text, self.tongue.direction),
            **{name: links.get(name, "") for name in ("back_url", "changes_url", "pdf_url")},
        }


def leaf_of_draft(draft: Draft, market: Market, tongue: Tongue, *, now: datetime, brand: str, base: str) -> Leaf:
    """The document as it would be printed now."""
    return Leaf(market, draft.kind, tongue, draft.sheets, draft.hash, 0, now, brand, base)


def leaf_of_print(db: Session, writer: Writer, market: Market, printed: PrintedDocument, *, base: str) -> Leaf:
    """A print from the facts that were kept for it, by the clocks of its day."""
    facts, tongue = facts_of(db, printed), writer.tongue(printed.language, market)
    sheets = writer.drawn(market, printed.kind, printed.language, facts, at=printed.at)
    brand = facts["exporter"]["brand"]
    return Leaf(market, printed.kind, tongue, sheets, printed.snapshot, printed.version, printed.at, brand, base)


def drawn_leaf(pages: Pages, leaf: Leaf, **links: str) -> Response[str]:
    """The page to be printed."""
    answer = pages.page(leaf.tongue, "documents/sheets.html", **leaf.values(**links))
    answer.headers.update(NO_INDEX)
    return answer


def pdf_answer(pages: Pages, leaf: Leaf) -> Response[bytes]:
    """A print as a PDF, the same bytes each time. Raises NoPdf, PdfTooLong."""
    html = pages.draw(leaf.tongue, "documents/sheets.html", **{**leaf.values(), "margins": ""})
    made = pdf_of(html, margins=leaf.along(), hash=leaf.hash, url=leaf.base)
    name = f"{leaf.market.id}-{leaf.kind}-{leaf.tongue.language}-{leaf.number}.pdf"
    headers = {**NO_INDEX, "content-disposition": f'attachment; filename="{name}"'}
    return Response(made, media_type="application/pdf", headers=headers)


def margins_answer(leaf: Leaf) -> Response[str]:
    """The style with what runs along the pages."""
    return Response(leaf.along(), media_type="text/css; charset=utf-8", headers=NO_INDEX)
