"""The desk's doors to printed documents: who works for a market reads its latest prints there, and nothing else."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import col, select

from shop.base.i18n import N_
from shop.documents.arrival import AT, Library
from shop.documents.kinds import KINDS
from shop.documents.pdf import may_make
from shop.documents.printing import latest
from shop.documents.sheet_pages import Leaf, drawn_leaf, margins_answer, pdf_answer
from shop.ground.errors import found
from shop.launches.models import PrintedDocument
from shop.markets.in_order import markets_in_order
from shop.markets.models import Market

URL = "/desk/documents"
ONE = URL + "/{market:str}/{document:str}/{language:str}"
READ = {"act": "document.read"}


@get(URL, dependencies=AT, opt=READ, sync_to_thread=True)
def shelf_page(library: NamedDependency[Library]) -> Response[str]:
    """The documents of this person's markets, each as it was last printed."""
    tongue = library.staff.tongue
    with library.database.reading() as db:
        mine = library.staff.own(markets_in_order(db))
        newest: dict[tuple[str, str, str], PrintedDocument] = {}
        for each in db.exec(select(PrintedDocument).order_by(col(PrintedDocument.version))).all():
            newest[each.market, each.kind, each.language] = each
    rows = [_row(library, market, each) for market in mine for each in newest.values() if each.market == market.id]
    return library.page(
        "desk/documents", title=tongue.say(N_("Documents")), current=URL, rows=[each for each in rows if each]
    )


@get(ONE, dependencies=AT, opt=READ, sync_to_thread=True)
def read_page(
    market: FromPath[str], document: FromPath[str], language: FromPath[str], library: NamedDependency[Library]
) -> Response[str]:
    """A document as it was last printed."""
    leaf = _leaf(library, market, document, language)
    return drawn_leaf(library.pages, leaf, back_url=URL, pdf_url=f"{leaf.base}/pdf" if may_make() else "")


@get(f"{ONE}/margins.css", dependencies=AT, opt=READ, sync_to_thread=True)
def read_margins(
    market: FromPath[str], document: FromPath[str], language: FromPath[str], library: NamedDependency[Library]
) -> Response[str]:
    """What runs along its pages."""
    return margins_answer(_leaf(library, market, document, language))


@get(f"{ONE}/pdf", dependencies=AT, opt=READ, sync_to_thread=True)
def read_pdf(
    market: FromPath[str], document: FromPath[str], language: FromPath[str], library: NamedDependency[Library]
) -> Response[bytes]:
    """A document as it was last printed, as a PDF. Raises NoPdf, PdfTooLong."""
    return pdf_answer(library.pages, _leaf(library, market, document, language))


def _leaf(library: Library, market: str, document: str, language: str) -> Leaf:
    found(document if document in KINDS and KINDS[document].desk else None)
    with library.database.reading() as db:
        here = library.market(db, market)
        printed = found(latest(db, market, document, language))
        return library.print_leaf(db, here, printed, base=f"{URL}/{market}/{document}/{language}")


def _row(library: Library, market: Market, printed: PrintedDocument) -> dict[str, Any] | None:
    tongue = library.staff.tongue
    if printed.kind not in KINDS or not KINDS[printed.kind].desk:
        return None
    return {
        "title": tongue.say(KINDS[printed.kind].title),
        "place": tongue.territory(market.country),
        "language": tongue.language_name(printed.language),
        "version": tongue.say(
            N_("Version %(number)s of %(day)s"),
            number=tongue.number(printed.version),
            day=tongue.moment(printed.at, library.staff.person.zone),
        ),
        "url": f"{URL}/{market.id}/{printed.kind}/{printed.language}",
    }


HANDLERS = [shelf_page, read_page, read_margins, read_pdf]
