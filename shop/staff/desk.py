"""The staff's own door: signing in and out."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from shop.base import limits
from shop.base.db import Database
from shop.base.i18n import N_, Languages
from shop.base.pages import Pages
from shop.base.tokens import Signer
from shop.base.web import NO_INDEX, Cookies, Form, client_address, see_other
from shop.staff.arrival import COOKIE
from shop.staff.may import may
from shop.staff.models import Person
from shop.staff.signin import LASTS, WrongPassword, sign_in, sign_out

KNOWN = "known"  # the cookie of a browser in which a person has signed in
YEAR = 365 * 86_400


@get("/sign-in", sync_to_thread=True)
def sign_in_page(
    request: Request[Any, Any, Any],
    pages: NamedDependency[Pages],
    languages: NamedDependency[Languages],
    then: FromQuery[str] = "",
) -> Response[str]:
    """The sign-in form, in the browser's language: who is about to sign in is not known yet."""
    return _page(request, pages, languages, Form({"then": then}))


@post("/sign-in", sync_to_thread=True)
def sign_in_form(
    request: Request[Any, Any, Any],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    languages: NamedDependency[Languages],
    jar: NamedDependency[Cookies],
    signer: NamedDependency[Signer],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Check address and password and lead to where the person's work is."""
    limits.spend(database, limits.SIGN_IN, client_address(request), now=now)
    email = form.text("email").lower()
    claimed = _claimed(request, jar, signer, email)
    limits.spend(database, limits.SIGN_IN_AS, claimed, now=now)
    try:
        person, token = sign_in(database, email, form.values.get("password", ""), now=now)
    except WrongPassword:
        tongue = languages.tongue(languages.from_header(request.headers.get("accept-language", "")))
        form.fail(
            "email", tongue.say(N_("This address and password do not belong together. Nobody has been signed in."))
        )
        return _page(request, pages, languages, form, status=422)
    limits.give_back(database, limits.SIGN_IN_AS, claimed, now=now)
    old = jar.read(request, COOKIE)
    if old:
        sign_out(database, old)
    cookie = jar.make(COOKIE, token, seconds=int(LASTS.total_seconds()))
    known = jar.make(KNOWN, signer.signed(f"{KNOWN}:{email}", 1), seconds=YEAR)
    return see_other(_next(form.text("then"), person), cookie, known)


@post("/sign-out", sync_to_thread=True)
def sign_out_form(
    request: Request[Any, Any, Any], database: NamedDependency[Database], jar: NamedDependency[Cookies]
) -> Response[Any]:
    """End the sign-in of this browser."""
    token = jar.read(request, COOKIE)
    if token:
        sign_out(database, token)
    return see_other("/sign-in", jar.drop(COOKIE))


def _page(
    request: Request[Any, Any, Any], pages: Pages, languages: Languages, form: Form, *, status: int = 200
) -> Response[str]:
    tongue = languages.tongue(languages.from_header(request.headers.get("accept-language", "")))
    answer = pages.page(tongue, "staff/sign_in.html", status=status, form=form)
    answer.headers.update(NO_INDEX)
    return answer


def _claimed(request: Request[Any, Any, Any], cookies: Cookies, signer: Signer, email: str) -> str:
    """Whose sign-in is counted. Who guesses from elsewhere shuts out no browser that has signed in as this person before."""
    known = signer.opened(f"{KNOWN}:{email}", cookies.read(request, KNOWN)) == 1
    return f"{email} {KNOWN}" if known else email


def _next(then: str, person: Person) -> str:
    """Where to go after signing in: only ever a path of our own staff doors."""
    if then in ("/desk", "/console") or then.startswith(("/desk/", "/console/")):
        return then
    return "/console" if may(person.role, "board.see") else "/desk"


HANDLERS = [sign_in_page, sign_in_form, sign_out_form]
