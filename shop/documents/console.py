"""The console's doors to a market's documents: how each stands, reading and printing one, and what has changed since."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session

from shop.base.i18n import N_
from shop.base.web import see_other
from shop.documents.arrival import AT, Library
from shop.documents.differing import differences
from shop.documents.kinds import KINDS, MANUAL
from shop.documents.pdf import may_make
from shop.documents.printing import edition, editions, facts_of, latest
from shop.documents.sheet_pages import Leaf, drawn_leaf, margins_answer, pdf_answer
from shop.documents.standing import measure, needed
from shop.ground.errors import found
from shop.launches.models import PrintedDocument
from shop.markets.models import Market
from shop.staff.names import names_of

SEE, PRINT = ({"act": act} for act in ("document.see", "document.print"))
LIST = "/console/markets/{market:str}/documents"
ONE = LIST + "/{document:str}/{language:str}"
EDITION = ONE + "/{edition:int}"


@get(LIST, dependencies=AT, opt=SEE, sync_to_thread=True)
def documents_page(
    market: FromPath[str], library: NamedDependency[Library], language: FromQuery[str] = "", done: FromQuery[str] = ""
) -> Response[str]:
    """Every document in one language: whether it is printed, filled in and still true."""
    say, tongue = library.staff.tongue.say, library.staff.tongue
    with library.database.reading() as db:
        here = library.market(db, market)
        asked = needed(db, here, library.writer)
        offered = library.languages(here, [each for _kind, each in asked])
        chosen = language if language in dict(offered) else offered[0][0]
        rows = [_row(db, library, here, kind, language=chosen, asked=(kind, chosen) in asked) for kind in KINDS]
    return library.page(
        "console/documents",
        title=say(N_("Documents")),
        current="/console",
        done=done,
        place=tongue.territory(here.country),
        market_url=f"/console/markets/{market}",
        url=_list(market),
        rows=rows,
        chosen=chosen,
        offered=offered,
        may_print=library.staff.may("document.print"),
    )


@get(ONE, dependencies=AT, opt=SEE, sync_to_thread=True)
def document_page(
    market: FromPath[str], document: FromPath[str], language: FromPath[str], library: NamedDependency[Library]
) -> Response[str]:
    """The document as it would be printed now."""
    leaf, url = _draft(library, market, document, language), f"{_list(market)}/{document}/{language}"
    with library.database.reading() as db:
        changes = f"{url}/changes" if latest(db, market, document, language) else ""
    return drawn_leaf(library.pages, leaf, back_url=f"{_list(market)}?language={language}", changes_url=changes)


@get(f"{ONE}/margins.css", dependencies=AT, opt=SEE, sync_to_thread=True)
def draft_margins(
    market: FromPath[str], document: FromPath[str], language: FromPath[str], library: NamedDependency[Library]
) -> Response[str]:
    """What runs along the pages of the draft."""
    return margins_answer(_draft(library, market, document, language))


@get(f"{ONE}/changes", dependencies=AT, opt=SEE, sync_to_thread=True)
def changes_page(
    market: FromPath[str],
    document: FromPath[str],
    language: FromPath[str],
    library: NamedDependency[Library],
    since: FromQuery[int] = 0,
    until: FromQuery[int] = 0,
) -> Response[str]:
    """What the document says differently now than in a print, or in one print than in another."""
    tongue, writer = library.staff.tongue, library.writer
    with library.database.reading() as db:
        here = library.market(db, market)
        printed = editions(db, market, document, language)
        before = found(next((each for each in printed if each.version == (since or each.version)), None))
        after = edition(db, market, document, language, version=until) if until else None
        at = after.at if after else library.now
        new = facts_of(db, after) if after else writer.facts(db, here, document, language, now=library.now)
        old = writer.drawn(here, document, language, facts_of(db, before), at=at)
        changed = differences(old, writer.drawn(here, document, language, new, at=at))
    return library.page(
        "console/document_changes",
        title=tongue.say(N_("Changed since your print")),
        current="/console",
        place=tongue.territory(here.country),
        document=tongue.say(KINDS[document].title),
        language=tongue.language_name(language),
        tag=language,
        back_url=f"{_list(market)}?language={language}",
        before=_told(library, before),
        after=_told(library, after) if after else "",
        changed=changed,
        editions=[(each.version, _told(library, each)) for each in printed],
        url=f"{_list(market)}/{document}/{language}/changes",
    )


@post(f"{ONE}/prints", dependencies=AT, opt=PRINT, sync_to_thread=True)
def print_form(
    market: FromPath[str], document: FromPath[str], language: FromPath[str], library: NamedDependency[Library]
) -> Response[Any]:
    """Keep the document as it stands as a new edition, and show it to be printed."""
    library.staff.check_market(market)
    with library.database.writing() as db:
        number = library.writer.print(db, market, document, language, person=library.staff.person.id, now=library.now)
        measure(db, db.get_one(Market, market), library.writer, now=library.now)
    return see_other(f"{_list(market)}/{document}/{language}/{number}")


@get(EDITION, dependencies=AT, opt=SEE, sync_to_thread=True)
def edition_page(
    market: FromPath[str],
    document: FromPath[str],
    language: FromPath[str],
    edition: FromPath[int],
    library: NamedDependency[Library],
) -> Response[str]:
    """A print, drawn again as it was made."""
    leaf = _edition(library, market, document, language, number=edition)
    links = {
        "back_url": f"{_list(market)}?language={language}",
        "changes_url": f"{_list(market)}/{document}/{language}/changes?since={edition}",
        "pdf_url": f"{leaf.base}/pdf" if may_make() else "",
    }
    return drawn_leaf(library.pages, leaf, **links)


@get(f"{EDITION}/margins.css", dependencies=AT, opt=SEE, sync_to_thread=True)
def edition_margins(
    market: FromPath[str],
    document: FromPath[str],
    language: FromPath[str],
    edition: FromPath[int],
    library: NamedDependency[Library],
) -> Response[str]:
    """What runs along the pages of a print."""
    return margins_answer(_edition(library, market, document, language, number=edition))


@get(f"{EDITION}/pdf", dependencies=AT, opt=SEE, sync_to_thread=True)
def edition_pdf(
    market: FromPath[str],
    document: FromPath[str],
    language: FromPath[str],
    edition: FromPath[int],
    library: NamedDependency[Library],
) -> Response[bytes]:
    """A print as a PDF, the same bytes each time. Raises NoPdf, PdfTooLong."""
    return pdf_answer(library.pages, _edition(library, market, document, language, number=edition))


def _draft(library: Library, market: str, document: str, language: str) -> Leaf:
    with library.database.reading() as db:
        here, base = library.market(db, market), f"{_list(market)}/{document}/{language}"
        return library.draft_leaf(db, here, document, language, base=base)


def _edition(library: Library, market: str, document: str, language: str, *, number: int) -> Leaf:
    base = f"{_list(market)}/{document}/{language}/{number}"
    with library.database.reading() as db:
        here = library.market(db, market)
        return library.print_leaf(db, here, edition(db, market, document, language, version=number), base=base)


def _row(db: Session, library: Library, market: Market, kind: str, *, language: str, asked: bool) -> dict[str, Any]:
    draft = library.writer.draft(db, market, kind, language, now=library.now)
    printed, url = latest(db, market.id, kind, language), f"{_list(market.id)}/{kind}/{language}"
    say = library.staff.tongue.say
    return {
        "title": say(KINDS[kind].title),
        "purpose": say(KINDS[kind].purpose),
        "chip": _chip(library, printed, draft.hash, blanks=draft.sheets.blanks, asked=asked),
        "blanks": draft.sheets.blanks,
        "fields_url": f"{_list(market.id)}/fields?language={language}" if kind == MANUAL else "",
        "asked": asked,
        "url": url,
        "old": printed is not None and printed.snapshot != draft.hash,
        "printed": _told(library, printed, names_of(db)) if printed else "",
        "printed_url": f"{url}/{printed.version}" if printed else "",
    }


def _chip(
    library: Library, printed: PrintedDocument | None, now_is: str, *, blanks: int, asked: bool
) -> tuple[str, str, str]:
    say = library.staff.tongue.say
    if blanks:
        return "stop" if asked else "wait", "triangle", say(N_("To be filled in"))
    if printed is None:
        return "stop" if asked else "calm", "cross" if asked else "clock", say(N_("Not printed"))
    if printed.snapshot != now_is:
        return "wait", "triangle", say(N_("Changed since your print"))
    return "good", "tick", say(N_("Printed"))


def _told(library: Library, printed: PrintedDocument, names: dict[str, str] | None = None) -> str:
    """Which print, of when, and by whom."""
    tongue = library.staff.tongue
    told = {
        "number": tongue.number(printed.version),
        "day": tongue.moment(printed.at, library.exporter.zone),
        "name": (names or {}).get(printed.person, printed.person),
    }
    if names is None:
        return tongue.say(N_("Version %(number)s of %(day)s"), **told)
    return tongue.say(N_("Version %(number)s of %(day)s, printed by %(name)s"), **told)


def _list(market: str) -> str:
    return f"/console/markets/{market}/documents"


HANDLERS = [
    documents_page,
    document_page,
    draft_margins,
    changes_page,
    print_form,
    edition_page,
    edition_margins,
    edition_pdf,
]
