"""The door to the standard procedures: the list, filling one in about an order, case or request, and what was signed."""

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session

from shop.base.db import Database
from shop.base.fields import many_lines, one_line, too_long
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.web import Form, see_other
from shop.ground.errors import found
from shop.staff.arrival import Staff
from shop.staff.checklists import is_signature, signed
from shop.staff.frame import staff_page
from shop.support.known.own_steps import as_written
from shop.support.known.sops import LONGEST, SOPS, Sop, check, market_of, sign_sop, subject_of

URL = "/desk/sops"
FILL = {"act": "sop.fill"}


@get(URL, opt=FILL, sync_to_thread=True)
def sops_page(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    about: FromQuery[str] = "",
) -> Response[str]:
    """Every procedure with when it is needed; what was signed about a number, where one is named."""
    say, number = staff.tongue.say, about[:40]
    with database.reading() as db:
        subject = subject_of(db, staff, number)
        kept = _kept(signed(db, subject), staff) if subject else []
    query = f"?about={quote(number)}" if subject else ""
    rows = [
        {"url": f"{URL}/{name}{query}", "title": say(sop.title), "when": say(sop.when)} for name, sop in SOPS.items()
    ]
    return _page(
        pages, staff, "sops", title=say(N_("Checklists")), rows=rows, about=number if subject else "", kept=kept
    )


@get(f"{URL}/{{checklist:str}}", opt=FILL, sync_to_thread=True)
def sop_page(
    checklist: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    about: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """One procedure to be filled in."""
    sop = found(SOPS.get(checklist))
    return _sop_page(sop, staff, database, pages, form=Form({"about": about[:40]}), done=done)


@post(f"{URL}/{{checklist:str}}", opt=FILL, sync_to_thread=True)
def sign_form(
    checklist: FromPath[str],
    staff: NamedDependency[Staff],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Sign the procedure as it was filled in, in one's own name."""
    built_in = found(SOPS.get(checklist))
    with database.reading() as db:
        subject = subject_of(db, staff, one_line(form, "about"))
        sop = _asked(db, built_in, subject, staff)
    if form.text("steps") != sop.checklist.hash:
        return _read_again(built_in, staff, database, pages, form=form)
    answers = {each.name: many_lines(form, each.name) for each in sop.checklist.fields}
    _check(form, sop, answers, staff, about=subject)
    if form.errors:
        return _sop_page(built_in, staff, database, pages, form=form, status=422)
    signature, about = one_line(form, "signature"), subject or f"person:{staff.person.id}"
    with database.writing() as db:
        sign_sop(
            db, sop, answers, subject=about, person=staff.person, signature=signature, tongue=staff.tongue, now=now
        )
    number = subject.partition(":")[2]
    return see_other(f"{URL}/{checklist}?about={quote(number)}&done=signed")


def _asked(db: Session, sop: Sop, subject: str, staff: Staff) -> Sop:
    """The list as it is asked in the market that it is about, or in the only one that the person works for."""
    only = next(iter(staff.markets)) if len(staff.markets) == 1 else ""
    return as_written(db, sop, market_of(db, subject) or only, staff.tongue)


def _read_again(sop: Sop, staff: Staff, database: Database, pages: Pages, *, form: Form) -> Response[str]:
    """Nobody signs other steps than those that they have read: they are shown as they are now, not ticked."""
    for name in [each for each in form.values if each.startswith("own-")]:
        del form.values[name]
    said = N_("These steps are not those that you had before you. Please read them, and tick what is done.")
    form.fail("", staff.tongue.say(said))
    return _sop_page(sop, staff, database, pages, form=form, status=409)


def _check(form: Form, sop: Sop, answers: Mapping[str, str], staff: Staff, *, about: str) -> None:
    """Note on the form what cannot be signed; `about` is what it was found to be about."""
    say = staff.tongue.say
    if not about and (sop.about or form.text("about")):
        form.fail("about", say(N_("There is no order, case or request with this number in your markets.")))
    for name, message in check(sop, answers).items():
        form.fail(name, say(message))
    for name, answer in answers.items():
        if len(answer) > LONGEST:
            form.fail(name, too_long(staff.tongue, LONGEST))
    if not is_signature(form.text("signature"), staff.person):
        message = N_("Please type your own name as it stands here: %(name)s. Nothing has been signed.")
        form.fail("signature", say(message, name=staff.person.name))


def _sop_page(
    sop: Sop,
    staff: Staff,
    database: Database,
    pages: Pages,
    *,
    form: Form,
    done: str = "",
    status: int = 200,
) -> Response[str]:
    with database.reading() as db:
        about = subject_of(db, staff, one_line(form, "about"))
        sop = _asked(db, sop, about, staff)
        kept = _kept(signed(db, about or f"person:{staff.person.id}"), staff, only=sop.checklist.name)
    form.values = {name: value[: LONGEST + 500] for name, value in form.values.items()}
    return _page(
        pages,
        staff,
        "sop",
        done=done,
        status=status,
        title=staff.tongue.say(sop.title),
        when=staff.tongue.say(sop.when),
        sop=sop,
        form=form,
        kept=kept,
        longest=LONGEST,
    )


def _kept(rows: Any, staff: Staff, *, only: str = "") -> list[SimpleNamespace]:
    """What was signed, the newest first, as the page folds it."""
    tongue = staff.tongue
    return [
        SimpleNamespace(
            title=tongue.say(SOPS[each.checklist].title),
            signature=each.signature,
            when=tongue.moment(each.at, staff.person.zone),
            language=each.language,
            answers=[one for one in answers if one["answer"]],
        )
        for each, answers in reversed(rows)
        if each.checklist in SOPS and only in ("", each.checklist)
    ]


def _page(pages: Pages, staff: Staff, name: str, *, done: str = "", status: int = 200, **values: Any) -> Response[str]:
    return staff_page(pages, staff, f"desk/{name}", current=URL, done=done, status=status, **values)


HANDLERS = [sops_page, sop_page, sign_form]
