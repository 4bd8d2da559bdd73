"""A partner's training: reading what everybody must know in a market, and signing each answer with one's own name."""

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session

from shop.base.db import Database
from shop.base.fields import one_line
from shop.base.i18n import N_, Languages
from shop.base.pages import Pages
from shop.base.web import Form, see_other
from shop.markets.in_order import markets_in_order
from shop.policies.library import PolicyLibrary
from shop.staff.arrival import Staff
from shop.staff.checklists import is_signature
from shop.staff.frame import staff_page
from shop.support.answering.waiting import route_again
from shop.support.known.filling import filled, values_of
from shop.support.known.training import Text, must_know, sign_off, to_sign
from shop.support.shifts import roster

URL = "/desk/training"
SIGN = {"act": "training.sign"}


@get(URL, opt=SIGN, sync_to_thread=True)
def training_page(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    languages: NamedDependency[Languages],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
    done: FromQuery[str] = "",
) -> Response[str]:
    """What this person must know, market by market, what is signed, and what is left to sign."""
    with database.reading() as db:
        rows = _markets(db, staff, languages, policies, now=now)
    return _page(pages, staff, rows, done=done)


@post(f"{URL}/{{market:str}}/{{question:str}}", opt=SIGN, sync_to_thread=True)
def sign_form(
    market: FromPath[str],
    question: FromPath[str],
    staff: NamedDependency[Staff],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    languages: NamedDependency[Languages],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Sign one answer. With the last one the market's customers are theirs to answer."""
    staff.check_market(market)
    signature, person = one_line(form, "signature"), staff.person
    if not is_signature(signature, person):
        said = N_("Please type your own name as it stands here: %(name)s. Nothing has been signed.")
        form.fail("signature", staff.tongue.say(said, name=person.name))
        with database.reading() as db:
            rows = _markets(db, staff, languages, policies, now=now, wrong={(market, question): form})
        return _page(pages, staff, rows, status=422)
    with database.writing() as db:
        sign_off(db, person, market, question, seen=form.text("hash"), signature=signature, now=now)
        roster.look_anew(db, person.id, now=now)
        left = to_sign(db, person, market)
    if not left:
        route_again(database, now=now)
    return see_other(f"{URL}?done=signed#{market}")


def _markets(
    db: Session,
    staff: Staff,
    languages: Languages,
    policies: PolicyLibrary,
    *,
    now: datetime,
    wrong: Mapping[tuple[str, str], Form] | None = None,
) -> list[dict[str, Any]]:
    """Every market of this person with what must be known there; `wrong` holds the form that could not be taken."""
    rows = []
    for market in staff.own(markets_in_order(db)):
        known = must_know(db, market.id, staff.person.language)
        if not known:
            continue
        left = set(to_sign(db, staff.person, market.id))
        values = values_of(db, market, languages.tongue(staff.person.language, market.country), policies, now=now)
        items = [
            {
                **_read(each, values),
                "key": key,
                "signed": key not in left,
                "form": _named(f"{market.id}-{key}", (wrong or {}).get((market.id, key), Form())),
            }
            for key, each in known.items()
        ]
        place = staff.tongue.territory(market.country)
        rows.append({"id": market.id, "place": place, "left": len(left), "items": items})
    return rows


def _read(answer: Text, values: Mapping[str, str]) -> dict[str, Any]:
    """One answer as it is read; a figure that the market has no value for stays in braces."""
    return {
        "language": answer.language,
        "title": filled(answer.title, values) or answer.title,
        "text": filled(answer.text, values) or answer.text,
        "hash": answer.hash,
    }


def _named(name: str, form: Form) -> SimpleNamespace:
    """The form under a name of its own, for there are many on the page."""
    return SimpleNamespace(id=name, values=form.values, errors=form.errors)


def _page(
    pages: Pages, staff: Staff, rows: list[dict[str, Any]], *, done: str = "", status: int = 200
) -> Response[str]:
    title = staff.tongue.say(N_("What you must know"))
    return staff_page(pages, staff, "desk/training", current=URL, done=done, status=status, title=title, rows=rows)


HANDLERS = [training_page, sign_form]
