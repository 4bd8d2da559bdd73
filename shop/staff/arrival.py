"""Who stands at a staff door. A handler that is handed `staff` needs no check: the act it names was allowed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Request
from litestar.di import NamedDependency
from litestar.response import Redirect

from shop.base.db import Database
from shop.base.i18n import N_, Languages, Tongue
from shop.base.web import NO_STORE, Cookies
from shop.ground.errors import NotFound, Refusal
from shop.staff.may import may, works_for
from shop.staff.models import Person
from shop.staff.signin import signed_in

COOKIE = "staff"

ROLE_LABELS = {
    "exporter": N_("Exporter"),
    "specialist": N_("Country specialist"),
    "agent": N_("Support agent"),
    "partner": N_("Distributor"),
}


class SignInFirst(Refusal):
    """The door is for people who have signed in; `then` is where they wanted to go."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who has signed in, and the tongue they read."""

    person: Person
    tongue: Tongue

    @property
    def markets(self) -> frozenset[str]:
        """The markets this person works for; none named means all."""
        return frozenset(self.person.markets.split())

    def may(self, act: str) -> bool:
        """Whether this person's role allows the act."""
        return may(self.person.role, act)

    def works_for(self, market: str) -> bool:
        """Whether the market is one of theirs; no list means all."""
        return works_for(self.person, market)


def provide_staff(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    languages: NamedDependency[Languages],
    jar: NamedDependency[Cookies],
    now: NamedDependency[datetime],
) -> Staff:
    """The person at the door. Raises SignInFirst, or NotFound when their role may not do the act the door names."""
    person = person_of(request, database, jar, now=now)
    if person is None:
        raise SignInFirst(then=request.url.path if request.method == "GET" else "")
    tongue = languages.tongue(person.language)
    request.scope["state"]["tongue"] = tongue
    if not may(person.role, request.scope["route_handler"].opt["act"]):
        raise NotFound
    return Staff(person, tongue)


def person_of(request: Request[Any, Any, Any], database: Database, cookies: Cookies, *, now: datetime) -> Person | None:
    """Who has signed in with this request's cookie, if anybody."""
    token = cookies.read(request, COOKIE)
    if not token:
        return None
    with database.reading() as db:
        return signed_in(db, token, now=now)


def to_sign_in(request: Request[Any, Any, Any], refusal: SignInFirst) -> Redirect:
    """Lead to the sign-in page, and back afterwards."""
    then = refusal.values["then"]
    return Redirect(f"/sign-in?then={quote(then)}" if then else "/sign-in", status_code=303, headers=NO_STORE)
