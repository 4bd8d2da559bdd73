"""Who stands at the desk for requests and what lies at hand there, so that its doors ask for one thing; and the page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from litestar.di import NamedDependency, Provide
from sqlmodel import Session, col, select

from shop.base.assets import Assets
from shop.base.db import Database
from shop.base.i18n import Languages, Tongue
from shop.base.pages import Pages
from shop.base.settings import Settings
from shop.base.web import Form
from shop.markets.models import Market
from shop.policies.library import PolicyLibrary
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page
from shop.staff.may import EXPORTER
from shop.staff.models import Person
from shop.support.answering.team import answer_language
from shop.support.crisis.incident_sight import title_of
from shop.support.crisis.models import Incident
from shop.support.crisis.sheet import sheets
from shop.support.known.knowledge import Reader, for_agent
from shop.support.known.referral_words import referral_view
from shop.support.known.referring import must_refer
from shop.support.requests.models import Request
from shop.support.workplace.beside import Seen
from shop.support.workplace.macros import Filling, begun_with, behind
from shop.support.workplace.queue import Scope, request_of, scope_of
from shop.support.workplace.sending import held
from shop.support.workplace.sight import clock, news_in, request_sight


@dataclass(frozen=True, slots=True)
class RequestDesk:
    """A person of the staff at the desk for requests."""

    staff: Staff
    database: Database
    pages: Pages
    assets: Assets
    policies: PolicyLibrary
    languages: Languages
    settings: Settings
    now: datetime

    @property
    def tongue(self) -> Tongue:
        """The tongue of the person at the desk."""
        return self.staff.tongue

    @contextmanager
    def changing(self, ref: str) -> Iterator[tuple[Session, Scope, Request]]:
        """One transaction over a request that this person may see, read only once nobody else changes it."""
        with self.database.writing() as db:
            scope = scope_of(db, self.staff)
            yield db, scope, held(db, scope, ref)

    def page(self, name: str, *, title: str, done: str = "", status: int = 200, **values: Any) -> Response[str]:
        """A page of the desk, which nobody keeps."""
        values |= {"title": title, "staff_clock": clock(self.staff, self.now)}
        return staff_page(self.pages, self.staff, f"desk/{name}", current="/desk", done=done, status=status, **values)


def request_answer(
    desk: RequestDesk,
    ref: str,
    form: Form,
    *,
    done: str = "",
    macro: str = "",
    approved: str = "",
    begun: str = "",
    seen: int | None = None,
    status: int = 200,
) -> Response[str]:
    """The request's page: with what a form could not take, a macro, an approved answer or words begun, and news set apart.

    News is what came after the message `seen`; without it nothing is.
    """
    with desk.database.reading() as db:
        scope = scope_of(db, desk.staff)
        request = request_of(db, scope, ref)
        looking = Seen(scope, desk.policies, f"/static/{desk.assets.version}", desk.now)
        sight = request_sight(db, request, looking) | _around(db, desk, request)
        draft = sight["draft"].text if sight["draft"] else ""
        if macro:
            draft = _begun(db, desk, scope, request, macro=macro, draft=draft)
    draft = next((behind(draft, each.text) for each in sight["answers"] if each.key == approved), draft)
    form.values.setdefault("text", behind(draft, begun) if begun else draft)
    news = news_in(sight["thread"], seen, person=desk.staff.person.id)
    return desk.page("request", done=done, status=status, form=form, news=news, **sight)


def _begun(db: Session, desk: RequestDesk, scope: Scope, request: Request, *, macro: str, draft: str) -> str:
    market, tongue = _theirs(db, desk, request)
    filling = Filling(request, market, scope.answerer, tongue, desk.policies)
    return begun_with(db, macro, filling, language=answer_language(request, market), draft=draft, now=desk.now)


def _theirs(db: Session, desk: RequestDesk, request: Request) -> tuple[Market, Tongue]:
    """The customer's market, and the tongue in which they are answered."""
    market = db.get_one(Market, request.market)
    return market, desk.languages.tongue(answer_language(request, market), market.country)


def _around(db: Session, desk: RequestDesk, request: Request) -> dict[str, Any]:
    """Approved answers, the incident it belongs to, and whether an answer goes to the exporter first."""
    person, (market, tongue) = desk.staff.person, _theirs(db, desk, request)
    incident = db.get(Incident, request.incident) if request.incident is not None else None
    return {
        "answers": for_agent(db, Reader(market, tongue, desk.policies, desk.now), request),
        "refers_to": _exporter(db) if must_refer(db, person, request) is not None else "",
        "referral": referral_view(db, request, desk.tongue, person.zone, now=desk.now),
        "incident": _incident(db, desk, incident) if incident else None,
    }


def _incident(db: Session, desk: RequestDesk, incident: Incident) -> dict[str, Any]:
    sheet = sheets(db, desk.tongue).get(incident.card)
    title = title_of(desk.tongue, incident, sheet) if sheet else incident.title or incident.card
    return {"url": f"/desk/incidents/{incident.id}", "title": title, "closed": incident.closed_at is not None}


def _exporter(db: Session) -> str:
    query = (
        select(Person.name).where(Person.role == EXPORTER, col(Person.deactivated).is_(False)).order_by(col(Person.id))
    )
    return db.exec(query).first() or ""


def provide_request_desk(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
    policies: NamedDependency[PolicyLibrary],
    languages: NamedDependency[Languages],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> RequestDesk:
    """The desk as this person finds it now."""
    return RequestDesk(staff, database, pages, assets, policies, languages, settings, now)


AT_REQUEST = {"desk": Provide(provide_request_desk, sync_to_thread=True)}
