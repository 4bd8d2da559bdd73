"""The procedures at the console: which steps are the exporter's own in which language, and beginning with the built-in ones."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, select

from shop.base.i18n import N_, Languages, Tongue, own_name
from shop.base.web import Form, see_other
from shop.documents.procedures import PROCEDURES, Procedure
from shop.ground.errors import NotFound, found
from shop.launches.arrival import AT, Console
from shop.markets.in_order import markets_in_order
from shop.support.known.models import OwnSteps
from shop.support.known.own_steps import FACTS
from shop.upkeep.checklist_sheets import PLACE
from shop.upkeep.editing.edits import Edit
from shop.upkeep.workshop.at_sheet import URL as WORKSHOP
from shop.upkeep.workshop.at_sheet import AtSheet, at_sheet
from shop.upkeep.workshop.reach import ADVISE, SEE
from shop.upkeep.workshop.saving import save
from shop.upkeep.workshop.sheet_words import named_for

URL = f"{WORKSHOP}/checklists"
ONE = f"{URL}/{{procedure:str}}"
LOOK, DO = {"act": SEE}, {"act": ADVISE}
BY_KEY = {each.key: each for each in PROCEDURES}
BRACED = {name: f"{{{name}}}" for name in FACTS}


@get(URL, dependencies=AT, opt=LOOK, sync_to_thread=True)
def checklists_page(console: NamedDependency[Console], language: FromQuery[str] = "") -> Response[str]:
    """Every procedure, whose steps hold in a language, and how many of the exporter's own each language has."""
    with console.database.reading() as db:
        languages, written = _languages(db), _written(db)
    chosen = language if language in languages else languages[0]
    begun = {procedure for procedure, _language in written}
    rows = [
        {
            "url": f"{URL}/{each.key}?language={chosen}",
            "title": console.staff.tongue.say(each.title),
            "own": (each.key, chosen) in written,
            "missing": each.key in begun and (each.key, chosen) not in written,
        }
        for each in PROCEDURES
    ]
    counts = {tag: len([each for each in written if each[1] == tag]) for tag in languages}
    choices = [
        {
            "url": f"{URL}?language={tag}",
            "name": own_name(tag),
            "here": tag == chosen,
            "done": counts[tag],
            "of": len(begun),
        }
        for tag in languages
    ]
    title = console.staff.tongue.say(N_("Steps of procedures"))
    return console.page("workshop/checklists", title=title, current=WORKSHOP, rows=rows, languages=choices)


@get(ONE, dependencies=AT, opt=LOOK, sync_to_thread=True)
def checklist_page(
    procedure: FromPath[str],
    console: NamedDependency[Console],
    languages: NamedDependency[Languages],
    language: FromQuery[str] = "",
) -> Response[str]:
    """One procedure in a language: the exporter's steps, the built-in ones, and which of these stay and why."""
    return _draw(_here(console, language), found(BY_KEY.get(procedure)), languages, Form())


@post(f"{ONE}/beginning", dependencies=AT, opt=DO, sync_to_thread=True)
def checklist_begun(
    procedure: FromPath[str],
    form: NamedDependency[Form],
    console: NamedDependency[Console],
    languages: NamedDependency[Languages],
) -> Response[Any]:
    """Write the built-in steps down as the exporter's own, to be changed from there."""
    asked, here = found(BY_KEY.get(procedure)), _here(console, form.text("language"))
    if not here.may_add:
        raise NotFound
    if all(each.key != (asked.key,) for each in here.rows):
        steps = [said for said, stays in _built_in(asked, _tongue(here, languages)) if not stays]
        edit = Edit(here.file, (asked.key,), {"key": asked.key, "steps": steps})
        kept = save(console, form, [edit], name_of=lambda *_: "")
        if kept.status:
            return _draw(here, asked, languages, form, status=kept.status)
    return see_other(here.row_url((asked.key,)))


def _languages(db: Session) -> list[str]:
    markets = markets_in_order(db)
    return list(dict.fromkeys(["en", *(tag for each in markets for tag in each.languages.split())]))


def _written(db: Session) -> set[tuple[str, str]]:
    return set(db.exec(select(OwnSteps.procedure, OwnSteps.language).distinct()).all())


def _here(console: Console, language: str) -> AtSheet:
    """The file of the language. Raises NotFound for one that the shop does not need."""
    return at_sheet(console, f"{PLACE}.{language or 'en'}")


def _tongue(here: AtSheet, languages: Languages) -> Tongue:
    """The tongue in which the built-in steps are begun with: the language's own, where the shop speaks it."""
    tag = named_for(here.file)
    return languages.tongue(tag if tag in languages.tags else "en")


def _built_in(procedure: Procedure, tongue: Tongue) -> list[tuple[str, bool]]:
    """The built-in steps in the language, facts of the market in braces, each with whether it stays."""
    said = (tongue.say(each, **BRACED) if "%(" in each else tongue.say(each) for each in procedure.steps)
    return [(each, number in procedure.stays) for number, each in enumerate(said)]


def _draw(here: AtSheet, procedure: Procedure, languages: Languages, form: Form, *, status: int = 200) -> Response[str]:
    tongue, language = here.tongue, named_for(here.file)
    row = next((each for each in here.rows if each.key == (procedure.key,)), None)
    built_in = _built_in(procedure, _tongue(here, languages))
    own = list(row.cells["steps"] or ()) if row else []
    return here.console.page(
        "workshop/checklist",
        title=tongue.say(procedure.title),
        status=status,
        current=WORKSHOP,
        form=form,
        url=f"{URL}/{procedure.key}",
        back_url=f"{URL}?language={language}",
        language=language,
        language_name=own_name(language),
        own=own,
        elsewhere=sorted(row.cells["markets"] or ()) if row else [],
        built_in=[each for each, stays in built_in if not stays],
        staying=[each for each, stays in built_in if stays],
        why=tongue.say(procedure.why) if procedure.why else "",
        edit_url=here.row_url((procedure.key,)) if row else "",
        may_change=here.may_add,
    )


HANDLERS = [checklists_page, checklist_page, checklist_begun]
