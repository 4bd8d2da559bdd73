"""The console's form for what a market's manual asks and nobody else knows: the distributor, who bears what, parts, rules."""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.documents.arrival import AT, Library
from shop.documents.console import LIST, PRINT
from shop.documents.fields import BEARING, PARTNER, RULES, WITHOUT, Asked, bearers, fields_of, part_fields
from shop.documents.filling import keep_fields, kept_fields, read_fields, seen_hash
from shop.documents.kinds import MANUAL
from shop.documents.standing import measure
from shop.ground.errors import found
from shop.markets.models import Market


@get(f"{LIST}/fields", dependencies=AT, opt=PRINT, sync_to_thread=True)
def fields_page(
    market: FromPath[str], library: NamedDependency[Library], language: FromQuery[str] = "", done: FromQuery[str] = ""
) -> Response[str]:
    """The form, as it is filled in so far."""
    return _draw(library, market, language, None, done=done)


@post(f"{LIST}/fields/{{language:str}}", dependencies=AT, opt=PRINT, sync_to_thread=True)
def fields_form(
    market: FromPath[str], language: FromPath[str], form: NamedDependency[Form], library: NamedDependency[Library]
) -> Response[Any]:
    """Keep what was typed. What somebody else has changed meanwhile is told, with the form still filled in."""
    found(language if language in library.writer.languages.tags else None)
    with library.database.reading() as db:
        here = library.market(db, market)
        fields = fields_of(_parts(db, library, here, language))
    given = read_fields(form, fields, library.staff.tongue)
    if form.errors:
        return _draw(library, market, language, form, status=422)
    with library.database.writing() as db:
        now_is = kept_fields(db, market, language)
        if stale := form.text("seen") != seen_hash(now_is):
            theirs = now_is
        else:
            keep_fields(db, market, language, fields, given, person=library.staff.person.id, now=library.now)
            measure(db, db.get_one(Market, market), library.writer, now=library.now)
    if stale:
        return _draw(library, market, language, form, status=409, theirs=theirs)
    return see_other(f"/console/markets/{market}/documents?language={language}&done=filled_in")


def _draw(
    library: Library,
    market: str,
    language: str,
    form: Form | None,
    *,
    status: int = 200,
    theirs: Mapping[str, str] | None = None,
    done: str = "",
) -> Response[str]:
    tongue = library.staff.tongue
    with library.database.reading() as db:
        here = library.market(db, market)
        offered = library.languages(here)
        chosen = language if language in dict(offered) else offered[0][0]
        kept, parts = kept_fields(db, market, chosen), _parts(db, library, here, chosen)
    typed = form.values if form else kept
    shown = Form({**{each.key: typed.get(each.key, "") for each in fields_of(parts)}, "seen": seen_hash(kept)})
    shown.errors.update(form.errors if form else {})
    return library.page(
        "console/document_fields",
        title=tongue.say(N_("What the manual asks")),
        current="/console",
        status=status,
        done=done,
        place=tongue.territory(here.country),
        language=dict(offered)[chosen],
        chosen=chosen,
        offered=offered,
        url=f"/console/markets/{market}/documents",
        form=shown,
        groups=_groups(library, part_fields(parts)),
        bearers=[("", tongue.say(N_("Not agreed yet"))), *bearers(tongue)],
        theirs=_theirs(library, fields_of(parts), shown, theirs) if theirs is not None else [],
        stale=theirs is not None,
    )


def _groups(library: Library, parts: Iterable[Asked]) -> list[dict[str, Any]]:
    say, tongue = library.staff.tongue.say, library.staff.tongue
    named = (
        (N_("The distributor"), (WITHOUT, *PARTNER)),
        (N_("Who bears what"), BEARING),
        (N_("Money, reports, brand"), RULES),
        (N_("Spare parts to keep"), tuple(parts)),
    )
    return [
        {
            "title": say(title),
            "fields": [
                {
                    "key": each.key,
                    "label": each.said(tongue),
                    "kind": each.kind,
                    "hint": say(each.hint) if each.hint else "",
                    "spoken": each.spoken,
                }
                for each in fields
            ],
        }
        for title, fields in named
        if fields
    ]


def _theirs(library: Library, fields: Iterable[Asked], form: Form, theirs: Mapping[str, str]) -> list[dict[str, str]]:
    """What stands there now where it is not what this person typed."""
    tongue = library.staff.tongue
    return [
        {"label": each.said(tongue), "now": theirs.get(each.key, ""), "yours": form.values.get(each.key, "")}
        for each in fields
        if theirs.get(each.key, "") != form.values.get(each.key, "")
    ]


def _parts(db: Session, library: Library, market: Market, language: str) -> list[Mapping[str, Any]]:
    facts = library.writer.facts(db, market, MANUAL, language, now=library.now)
    return list(facts["parts"])


HANDLERS = [fields_page, fields_form]
