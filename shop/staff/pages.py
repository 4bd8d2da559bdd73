"""Choosing a password by a link: the one of an invitation, or one asked for because the password was forgotten."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base import limits
from shop.base.i18n import N_
from shop.base.web import Form, read_email, see_other
from shop.staff.arrival import COOKIE
from shop.staff.at_sign_in import AT, Threshold
from shop.staff.choosing import choose_password, invited
from shop.staff.letters import INVITATION, ask_for_password
from shop.staff.passwords import HINT, WeakPassword, says
from shop.staff.programs import Programs
from shop.staff.second_factor import has_factor


@get("/forgotten", dependencies=AT, sync_to_thread=True)
def forgotten_page(at: NamedDependency[Threshold]) -> Response[str]:
    """Where a link to a new password is asked for."""
    return at.page("forgotten", form=Form(), sent=False)


@post("/forgotten", dependencies=AT, sync_to_thread=True)
def forgotten_form(form: NamedDependency[Form], at: NamedDependency[Threshold]) -> Response[str]:
    """Have a link sent; the answer is the same whether anybody has the address or not."""
    limits.spend(at.database, limits.NEW_PASSWORD, at.address, now=at.now)
    email = read_email(form, at.tongue).lower()
    if form.errors:
        return at.page("forgotten", status=422, form=form, sent=False)
    if limits.has_room(at.database, limits.NEW_PASSWORD_TO, email, now=at.now):
        with at.database.writing() as db:
            ask_for_password(db, email, now=at.now)
    return at.page("forgotten", form=form, sent=True)


@get("/new-password/{secret:str}", dependencies=AT, sync_to_thread=True)
def new_password_page(
    secret: FromPath[str], at: NamedDependency[Threshold], programs: NamedDependency[Programs]
) -> Response[str]:
    """Where a password is chosen. Looking at it uses nothing up: mail scanners look too."""
    return _page(at, secret, Form(), programs)


@post("/new-password/{secret:str}", dependencies=AT, sync_to_thread=True)
def new_password_form(
    secret: FromPath[str],
    form: NamedDependency[Form],
    at: NamedDependency[Threshold],
    programs: NamedDependency[Programs],
) -> Response[Any]:
    """Keep the password and let the person in; who has a second factor signs in as always."""
    limits.spend(at.database, limits.NEW_PASSWORD, at.address, now=at.now)
    password = form.values["password"]
    if password != form.values["repeated"]:
        form.fail("repeated", at.tongue.say(N_("This is not the same. Please write it once more.")))
        return _page(at, secret, form, programs, status=422)
    try:
        person = choose_password(at.database, secret, password, programs=programs, now=at.now)
    except WeakPassword as weak:
        form.fail("password", says(weak, at.tongue))
        return _page(at, secret, form, programs, status=422)
    limits.give_back(at.database, limits.NEW_PASSWORD, at.address, now=at.now)
    with at.database.reading() as db:
        asked = has_factor(db, person.id)
    return see_other("/sign-in", at.jar.drop(COOKIE)) if asked else at.let_in(person)


def _page(at: Threshold, secret: str, form: Form, programs: Programs, *, status: int = 200) -> Response[str]:
    with at.database.reading() as db:
        person, purpose = invited(db, secret, now=at.now)
        tokens = "" if purpose == INVITATION else programs.words(db, person.id, at.tongue, now=at.now)
    values = {"tokens": tokens, "person": person.name, "email": person.email, "joining": purpose == INVITATION}
    return at.page("new_password", status=status, form=form, hint=at.tongue.say(HINT), secret=secret, **values)


HANDLERS = [forgotten_page, forgotten_form, new_password_page, new_password_form]
