"""Who stands at a staff door. A handler that is handed `staff` needs no check: the act it names was allowed.

A sensitive act (`may.SENSITIVE`, `may.SENSITIVE_SHEETS`) is only let through within a quarter of an hour of the person
having shown who they are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from litestar import Request
from litestar.di import NamedDependency
from litestar.response import Redirect

from shop.base.db import Database
from shop.base.i18n import N_, Languages, Tongue
from shop.base.sent import is_with_file, keep_sent, sent_fields
from shop.base.web import NO_STORE, Cookies, Form, path_of
from shop.ground.errors import NotFound, Refusal
from shop.staff.may import MAY_TOUCH_THEM, is_sensitive, markets_for, may_somewhere, works_for
from shop.staff.models import Person
from shop.staff.second_factor import has_factor
from shop.staff.signin import Standing, standing

COOKIE = "staff"
CONFIRMED_LASTS = timedelta(minutes=15)

ROLE_LABELS = {
    "exporter": N_("Exporter"),
    "specialist": N_("Country specialist"),
    "agent": N_("Support agent"),
    "partner": N_("Distributor"),
}


class SignInFirst(Refusal):
    """The door is for people who have signed in; `then` is where they wanted to go."""


class ConfirmFirst(Refusal):
    """The act is sensitive, and who asks for it last showed who they are a while ago. What they sent is not lost."""


class AskedAnother(Refusal):
    """Another person was asked who they are, and has sent what would be carried out now; they signed in here before."""


class SecondFactorFirst(Refusal):
    """The person is asked for a second factor, and has to set it up before anything else."""


class Place(Protocol):
    """A market, as far as it matters here."""

    id: str


AnyPlace = TypeVar("AnyPlace", bound=Place)


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who has signed in, and the tongue they read.

    `confirm` raises ConfirmFirst when it is long ago that they showed who they are: for a door that learns only from
    what was sent whether it is sensitive.
    """

    person: Person
    tongue: Tongue
    act: str = "account"  # of the door they stand at
    confirm: Callable[[], None] = field(default=lambda: None, compare=False, repr=False)

    @property
    def markets(self) -> frozenset[str]:
        """The markets in which they may do what this door is for; none named means all."""
        return markets_for(self.person, self.act)

    def may(self, act: str, market: str | None = None) -> bool:
        """Whether a role of theirs allows the act: in some market, or in this one (empty: in all)."""
        return may_somewhere(self.person, act) if market is None else works_for(self.person, market, act)

    def works_for(self, market: str) -> bool:
        """Whether they may do what this door is for in the market; ALL_MARKETS is in all of them."""
        return works_for(self.person, market, self.act)

    def own(self, markets: Iterable[AnyPlace]) -> list[AnyPlace]:
        """Those of the markets in which they may do what this door is for, in their order."""
        return [each for each in markets if self.works_for(each.id)]

    def check_market(self, market: str) -> None:
        """Raises NotFound where they may not do what this door is for in the market; ALL_MARKETS is in all of them."""
        if not self.works_for(market):
            raise NotFound


def provide_staff(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    languages: NamedDependency[Languages],
    jar: NamedDependency[Cookies],
    now: NamedDependency[datetime],
) -> Staff:
    """The person at the door. Raises SignInFirst, or NotFound when no role of theirs allows the act the door names.

    Raises ConfirmFirst when a sensitive act was asked for, and SecondFactorFirst while theirs is still to be set up.
    """
    here = standing_of(request, database, jar, now=now)
    if here is None:
        raise SignInFirst(then=path_of(request) if request.method == "GET" else "")
    person, act = here.person, request.scope["route_handler"].opt["act"]
    tongue = languages.tongue(person.language)
    request.scope["state"]["tongue"] = tongue
    if not may_somewhere(person, act):
        raise NotFound
    if here.must_enrol and act != "account":
        raise SecondFactorFirst
    if request.method != "GET" and is_sensitive(act, path_of(request)):
        _must_be_confirmed(request, database, here, now=now)
    return Staff(person, tongue, act, partial(_must_be_confirmed, request, database, here, now=now))


async def keep_for_question(request: Request[Any, Any, Any]) -> None:
    """Keep what is sent, where it may be met with a question first."""
    if asks_again(request):
        await keep_sent(request)


def asks_again(request: Request[Any, Any, Any]) -> bool:
    """Whether what is sent here may be met with a question first, and must be kept for it."""
    opt = request.scope["route_handler"].opt
    return request.method != "GET" and (
        bool(opt.get("asked again"))
        or opt.get("act", "") in MAY_TOUCH_THEM
        or is_sensitive(opt.get("act", ""), path_of(request))
    )


def _must_be_confirmed(request: Request[Any, Any, Any], database: Database, here: Standing, *, now: datetime) -> None:
    if here.confirmed_at + CONFIRMED_LASTS > now:
        return
    with database.reading() as db:
        code = has_factor(db, here.person.id)
    query = request.scope["query_string"].decode("latin-1")
    path = path_of(request) + (f"?{query}" if query else "")
    fields, file = sent_fields(request), is_with_file(request)
    raise ConfirmFirst(form=Form(), to=path, fields=fields, file=file, code=code, who=here.person.id)


def standing_of(
    request: Request[Any, Any, Any], database: Database, cookies: Cookies, *, now: datetime
) -> Standing | None:
    """Who has signed in with this request's cookie, if anybody, and what their sign-in still needs."""
    token = cookies.read(request, COOKIE)
    if not token:
        return None
    with database.reading() as db:
        return standing(db, token, now=now)


def person_of(request: Request[Any, Any, Any], database: Database, cookies: Cookies, *, now: datetime) -> Person | None:
    """Who has signed in with this request's cookie, if anybody."""
    here = standing_of(request, database, cookies, now=now)
    return here.person if here is not None else None


def to_sign_in(request: Request[Any, Any, Any], refusal: SignInFirst) -> Redirect:
    """Lead to the sign-in page, and back afterwards."""
    then = refusal.values["then"]
    return Redirect(f"/sign-in?then={quote(then)}" if then else "/sign-in", status_code=303, headers=NO_STORE)


def to_second_factor(request: Request[Any, Any, Any], refusal: SecondFactorFirst) -> Redirect:
    """Lead to where the second factor is set up."""
    return Redirect("/desk/account/second-factor", status_code=303, headers=NO_STORE)
