"""The console's door to the research of a market: read it, write it, ask, answer, and sign it as the specialist."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.fields import many_lines
from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import found, row_id
from shop.ground.instants import as_day, local
from shop.launches.arrival import AT, Console
from shop.launches.readying.research import TOPICS
from shop.launches.readying.research_keeping import (
    ResearchIncomplete,
    Told,
    ask,
    may_sign,
    settle,
    sign_research,
    write_answer,
)
from shop.launches.readying.research_sheet import research_sheet
from shop.markets.models import Market
from shop.policies.signing import TextChanged
from shop.staff.may import works_for
from shop.staff.models import Person

SEE, WRITE, SIGN = ({"act": act} for act in ("board.see", "research.write", "research.sign"))
URL = "/console/markets/{market:str}/research"
LONGEST = {"text": 4_000, "source": 500, "question": 1_000, "answer": 2_000}
FURTHEST = timedelta(days=730)


@get(URL, dependencies=AT, opt=SEE, sync_to_thread=True)
def research_page(market: FromPath[str], console: NamedDependency[Console], done: FromQuery[str] = "") -> Response[str]:
    """What was found out about a market, what is still asked, and who signed it."""
    return _draw(console, market, done=done)


@post(URL + "/open-questions", dependencies=AT, opt=WRITE, sync_to_thread=True)
def question_form(
    market: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]
) -> Response[Any]:
    """Ask something that somebody sees to until a day."""
    console.check(market)
    today, topic, owner = local(console.now, console.exporter.zone).date(), form.text("topic"), form.text("owner")
    question = _text(form, "question", console)
    due_on = _day(form, "due_on", console, first=today, last=today + FURTHEST)
    with console.changing() as db:
        person = db.get(Person, owner)
        if topic not in TOPICS:
            form.fail("topic", console.staff.tongue.say(N_("Please choose a topic.")))
        if person is None or not works_for(person, market, "research.sign"):
            form.fail("owner", console.staff.tongue.say(N_("Please choose who sees to it.")))
        if not form.errors and due_on is not None:
            asker = console.staff.person.id
            if not ask(db, market, topic, question, owner=owner, due_on=due_on, person=asker, now=console.now):
                form.fail("question", console.staff.tongue.say(N_("This question is in the list already.")))
    if form.errors:
        return _draw(console, market, {"question": form})
    return see_other(f"/console/markets/{market}/research?done=kept_research#questions")


@post(URL + "/open-questions/{number:int}/answer", dependencies=AT, opt=WRITE, sync_to_thread=True)
def answer_form(
    market: FromPath[str], number: FromPath[int], form: NamedDependency[Form], console: NamedDependency[Console]
) -> Response[Any]:
    """Answer an open question."""
    console.check(market)
    answer = _text(form, "answer", console)
    if form.errors:
        return _draw(console, market, {f"settle-{number}": form})
    with console.changing() as db:
        settle(db, market, row_id(number), answer, person=console.staff.person.id, now=console.now)
    return see_other(f"/console/markets/{market}/research?done=kept_research#questions")


@post(URL + "/signature", dependencies=AT, opt=SIGN, sync_to_thread=True)
def signature_form(
    market: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]
) -> Response[Any]:
    """Sign the research as it stands."""
    console.check(market)
    try:
        with console.changing() as db:
            sign_research(db, market, seen=form.text("seen"), person=console.staff.person, now=console.now)
    except ResearchIncomplete as refusal:
        refusal.values["topics"] = [console.staff.tongue.say(each) for each in refusal.values["topics"]]
        raise
    return see_other(f"/console/markets/{market}/research?done=signed")


@post(URL + "/{topic:str}", dependencies=AT, opt=WRITE, sync_to_thread=True)
def topic_form(
    market: FromPath[str], topic: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]
) -> Response[Any]:
    """Write what was found out about a topic, from where, and as of when."""
    console.check(market)
    found(TOPICS.get(topic))
    today = local(console.now, console.exporter.zone).date()
    text, source = _text(form, "text", console), _text(form, "source", console)
    as_of = _day(form, "as_of", console, first=date(2000, 1, 1), last=today)
    if form.errors or as_of is None:
        return _draw(console, market, {topic: form})
    try:
        with console.changing() as db:
            told = Told(text, source, as_of)
            write_answer(db, market, topic, told, seen=form.text("seen"), person=console.staff.person.id)
    except TextChanged:
        form.fail("", console.staff.tongue.say(N_("Somebody has changed this meanwhile. It now reads as above.")))
        return _draw(console, market, {topic: form})
    return see_other(f"/console/markets/{market}/research?done=kept_research#{topic}")


def _draw(console: Console, market: str, refused: Mapping[str, Form] | None = None, *, done: str = "") -> Response[str]:
    """The page; a form that could not be taken is drawn again as it was filled in."""
    console.check(market)
    with console.database.reading() as db:
        here = found(db.get(Market, market))
        shown = research_sheet(db, console, here, refused or {})
    return console.page(
        "research",
        title=console.staff.tongue.say(N_("Research")),
        done=done,
        status=422 if refused else 200,
        may_write=console.staff.may("research.write"),
        may_sign=may_sign(console.staff.person, here),
        **shown,
    )


def _text(form: Form, name: str, console: Console) -> str:
    """A text that must be there, and is not longer than a page needs."""
    text, say = many_lines(form, name), console.staff.tongue.say
    if not text:
        form.fail(name, say(N_("Please fill this in.")))
    elif len(text) > LONGEST[name]:
        form.fail(
            name, say(N_("Please write at most %(most)s letters."), most=console.staff.tongue.number(LONGEST[name]))
        )
    return text


def _day(form: Form, name: str, console: Console, *, first: date, last: date) -> date | None:
    """A day from the first to the last; None with the field's error when it is none."""
    tongue = console.staff.tongue
    day = as_day(form.text(name))
    if day is not None and first <= day <= last:
        return day
    said = N_("Please enter a day from %(first)s to %(last)s.")
    form.fail(name, tongue.say(said, first=tongue.date(first), last=tongue.date(last)))
    return None


HANDLERS = [research_page, question_form, answer_form, signature_form, topic_form]
