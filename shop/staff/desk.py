"""The staff's own door: signing in, with a second factor where there is one, out, and saying again who one is."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from sqlalchemy import update
from sqlmodel import col

from shop.base import limits
from shop.base.db import Database
from shop.base.i18n import N_
from shop.base.sent import sent_again, sent_fields
from shop.base.tokens import token_hash
from shop.base.web import NO_STORE, Cookies, Form, see_other
from shop.ground.errors import NotFound
from shop.staff.arrival import COOKIE, AskedAnother, SignInFirst, standing_of
from shop.staff.at_sign_in import AT, KNOWN, Threshold, is_staff_path
from shop.staff.models import Person, SignedIn
from shop.staff.second_factor import has_factor, take_code, take_recovery
from shop.staff.signin import WrongPassword, is_password, sign_out, who_is

HALF, HALF_LASTS = "half", 600  # the cookie between the password and the code; seconds
WRONG = N_("This address and password do not belong together. Nobody has been signed in.")
WRONG_CODE = N_(
    "This code is not the right one, or it was used already. Please wait for the next, or look at the clock."
)


@get("/sign-in", dependencies=AT, sync_to_thread=True)
def sign_in_page(at: NamedDependency[Threshold], then: FromQuery[str] = "") -> Response[str]:
    """The sign-in form."""
    return at.page("sign_in", form=Form({"then": then}))


@post("/sign-in", dependencies=AT, sync_to_thread=True)
def sign_in_form(form: NamedDependency[Form], at: NamedDependency[Threshold]) -> Response[Any]:
    """Check address and password; then ask for the code of a second factor, or lead to where the person's work is."""
    email = form.text("email").lower()
    tries = _tries(at, email)
    for limit, who in tries:
        limits.spend(at.database, limit, who, now=at.now)
    try:
        person = who_is(at.database, email, form.values.get("password", ""))
        with at.database.reading() as db:
            asked = has_factor(db, person.id)
        answer = (
            see_other("/sign-in/code", _half(at, person, form.text("then")))
            if asked
            else at.let_in(person, form.text("then"))
        )
    except WrongPassword:
        at.noted("sign-in refused", refused=True)
        form.fail("email", at.tongue.say(WRONG))
        return at.page("sign_in", status=422, form=form)
    for limit, who in tries:
        limits.give_back(at.database, limit, who, now=at.now)
    return answer


def _tries(at: Threshold, email: str) -> tuple[tuple[limits.Limit, str], ...]:
    """What a try to sign in spends, and whose.

    Who guesses, next door or elsewhere, shuts out no browser that has signed in as this person before: its own tries are
    counted apart, each browser's by itself, under the same limits.
    """
    name = at.known_as(email)
    mine = f"{email} {KNOWN} {name}"
    return (limits.SIGN_IN, mine if name else at.address), (limits.SIGN_IN_AS, mine if name else email)


@get("/sign-in/code", dependencies=AT, sync_to_thread=True)
def code_page(at: NamedDependency[Threshold]) -> Response[Any]:
    """Where the code is asked for of who has given the right password."""
    return see_other("/sign-in") if _halfway(at) is None else at.page("sign_in_code", form=Form())


@post("/sign-in/code", dependencies=AT, sync_to_thread=True)
def code_form(form: NamedDependency[Form], at: NamedDependency[Threshold]) -> Response[Any]:
    """Check the code, or one of those on paper, and let the person in."""
    half = _halfway(at)
    if half is None:
        return see_other("/sign-in", at.jar.drop(HALF))
    person, then = half
    limits.spend(at.database, limits.CODE_AS, person.id, now=at.now)
    with at.database.writing() as db:
        right = any(
            take(db, at.signer, person.id, form.text("code"), now=at.now) for take in (take_code, take_recovery)
        )
    if not right:
        at.noted("code refused", person.id, refused=True)
        form.fail("code", at.tongue.say(WRONG_CODE))
        return at.page("sign_in_code", status=422, form=form)
    limits.give_back(at.database, limits.CODE_AS, person.id, now=at.now)
    try:
        answer = at.let_in(person, then)
    except WrongPassword:
        return see_other("/sign-in", at.jar.drop(HALF))
    answer.set_cookie(at.jar.drop(HALF))
    return answer


@post("/sign-out", sync_to_thread=True)
def sign_out_form(
    request: Request[Any, Any, Any], database: NamedDependency[Database], jar: NamedDependency[Cookies]
) -> Response[Any]:
    """End the sign-in of this browser."""
    token = jar.read(request, COOKIE)
    if token:
        sign_out(database, token)
    answer = see_other("/sign-in", jar.drop(COOKIE))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'  # what a browser has kept in spite of no-store
    return answer


@post("/sign-in/again", opt={"asked again": True}, dependencies=AT, sync_to_thread=True)
def again_form(at: NamedDependency[Threshold]) -> Response[Any]:
    """Who one is, said again before a sensitive act; when it is right, the browser sends the same form once more."""
    given, fields = sent_again(at.request), sent_fields(at.request)
    here = standing_of(at.request, at.database, at.jar, now=at.now)
    if here is None:
        raise SignInFirst(then="")
    if not is_staff_path(given.get("to", "").partition("?")[0]):
        raise NotFound
    person = here.person
    if given.get("who") != person.id:
        raise AskedAnother
    limits.spend(at.database, limits.CODE_AS, f"{person.id} again", now=at.now)
    with at.database.reading() as db:
        code = has_factor(db, person.id)
    if not _shown(at, person, given, code=code):
        at.noted("confirmation refused", person.id, refused=True)
        wrong = WRONG_CODE if code else N_("This is not your password. Nothing has been changed.")
        form = Form(errors={"again.code" if code else "again.password": at.tongue.say(wrong)})
        file = given.get("file") == "yes"
        values = {"form": form, "to": given["to"], "fields": fields, "file": file, "code": code, "who": person.id}
        answer = at.pages.page(at.tongue, "errors/confirm_first.html", status=422, home_url="/", **values)
        answer.headers.update(NO_STORE)
        return answer
    limits.give_back(at.database, limits.CODE_AS, f"{person.id} again", now=at.now)
    token = token_hash(at.jar.read(at.request, COOKIE))
    with at.database.writing() as db:
        shown = update(SignedIn).where(col(SignedIn.token_hash) == token).values(confirmed_at=at.now)
        db.connection().execute(shown)
    at.noted("confirmed", person.id)
    return Redirect(given["to"], status_code=307, headers=NO_STORE)


def _shown(at: Threshold, person: Person, given: dict[str, str], *, code: bool) -> bool:
    if not code:
        return is_password(person, given.get("password", ""))
    with at.database.writing() as db:
        return any(
            take(db, at.signer, person.id, given.get("code", ""), now=at.now) for take in (take_code, take_recovery)
        )


def _half(at: Threshold, person: Person, then: str) -> Cookie:
    """The cookie of who has given the right password and not yet the code; another password makes it worthless."""
    until = int(at.now.timestamp()) + HALF_LASTS
    value = [person.id, token_hash(person.password_hash)[:16], until, then[:200]]
    return at.jar.make(HALF, at.signer.signed(HALF, value), seconds=HALF_LASTS)


def _halfway(at: Threshold) -> tuple[Person, str] | None:
    value = at.signer.opened(HALF, at.jar.read(at.request, HALF))
    if value is None or value[2] <= at.now.timestamp():
        return None
    with at.database.reading() as db:
        person = db.get(Person, value[0])
    if person is None or person.deactivated or token_hash(person.password_hash)[:16] != value[1]:
        return None
    return person, value[3]


HANDLERS = [sign_in_page, sign_in_form, code_page, code_form, sign_out_form, again_form]
