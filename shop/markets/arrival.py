"""A visit: which market, in which tongue, what is to be seen there. Handlers that are handed one need no check."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.db import Database
from shop.base.i18n import Languages, Tongue
from shop.base.pagecache import EVERYWHERE, market_scope, stored
from shop.base.settings import Settings
from shop.base.web import NO_INDEX, NO_STORE, Cookies
from shop.ground.errors import NotFound
from shop.markets.admission import AdmissionCookies, Held
from shop.markets.directory import Directory, Snapshot
from shop.markets.gate import Seeing, Visitor, seeing, serves_after_sales
from shop.markets.models import Market
from shop.staff.arrival import person_of
from shop.staff.may import may

PUBLIC = {"cache-control": "public, max-age=0, must-revalidate"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One visitor in one market, in one of its languages. `staff` may look at what is not yet to be seen."""

    market: Market
    tongue: Tongue
    snapshot: Snapshot
    seeing: Seeing
    held: Held
    now: datetime
    staff: bool
    origin: str

    def url(self, path: str = "/") -> str:
        """The address of a page of this market in this language."""
        return f"/{self.market.id}/{self.tongue.language}{path}"

    @property
    def listed_elsewhere(self) -> list[tuple[str, str]]:
        """The market's languages with their tags, for alternates and the language switch."""
        return [
            (language, f"{language.split('-')[0]}-{self.market.country}") for language in self.market.languages.split()
        ]

    def page_headers(self, *, until: datetime | None = None) -> dict[str, str]:
        """What a catalogue page tells the client, and the marks that let the page cache keep it until `until`."""
        told = PUBLIC if self.seeing.public else NO_INDEX if self.market.state != "paused" else NO_STORE
        if self.staff:
            return dict(NO_INDEX)
        admission = (
            self.market.id if self.market.audience == "invitation" and self.market.state in ("soft", "paused") else ""
        )
        return stored(dict(told), scopes=(market_scope(self.market.id), EVERYWHERE), until=until, admission=admission)


def provide_visit(
    request: Request[Any, Any, Any],
    market: FromPath[str],
    lang: FromPath[str],
    directory: NamedDependency[Directory],
    languages: NamedDependency[Languages],
    admissions: NamedDependency[AdmissionCookies],
    database: NamedDependency[Database],
    jar: NamedDependency[Cookies],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Visit:
    """The visit to a market's catalogue; raises NotFound where the table of launch states shows nothing."""
    visit = _visit(request, market, lang, directory, languages, admissions, database, jar, settings, now)
    if visit.seeing.what == "nothing":
        raise NotFound
    return _welcome(request, visit)


def provide_served(
    request: Request[Any, Any, Any],
    market: FromPath[str],
    lang: FromPath[str],
    directory: NamedDependency[Directory],
    languages: NamedDependency[Languages],
    admissions: NamedDependency[AdmissionCookies],
    database: NamedDependency[Database],
    jar: NamedDependency[Cookies],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Visit:
    """The visit to a market's after-sales doors, which answer everybody once the market has ever sold."""
    visit = _visit(request, market, lang, directory, languages, admissions, database, jar, settings, now)
    if not serves_after_sales(visit.snapshot.facts(visit.market)) and visit.seeing.what == "nothing":
        raise NotFound
    return _welcome(request, visit)


def _welcome(request: Request[Any, Any, Any], visit: Visit) -> Visit:
    """From here on errors speak the visit's tongue; before, they must not tell that there is such a market."""
    request.scope["state"]["tongue"] = visit.tongue
    return visit


def _visit(
    request: Request[Any, Any, Any],
    market: str,
    lang: str,
    directory: Directory,
    languages: Languages,
    admissions: AdmissionCookies,
    database: Database,
    cookies: Cookies,
    settings: Settings,
    now: datetime,
) -> Visit:
    snapshot = directory.now()
    found = snapshot.market(market)
    if lang not in found.languages.split():
        raise NotFound
    staff = _may_preview(request, database, cookies, found, now)
    invited = admissions.invited(request.cookies, market, snapshot)
    tongue = languages.tongue(lang, found.country)
    seen = seeing(snapshot.facts(found), Visitor(staff=staff, invited=invited))
    return Visit(found, tongue, snapshot, seen, admissions.held(request, market), now, staff, settings.base_url)


def _may_preview(
    request: Request[Any, Any, Any], database: Database, cookies: Cookies, market: Market, now: datetime
) -> bool:
    person = person_of(request, database, cookies, now=now)
    if person is None or not may(person.role, "shop.preview"):
        return False
    return not person.markets or market.id in person.markets.split()
