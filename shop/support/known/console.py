"""The console's door to what is known: the questions with who answers them, their texts, and who has signed what."""

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.fields import many_lines, one_line, too_long
from shop.base.i18n import FALLBACK, N_, Tongue, nearest, own_name
from shop.base.pages import Pages
from shop.base.revisions import EVERYWHERE, raise_revision
from shop.base.web import Form, see_other
from shop.ground.errors import NotFound, found
from shop.markets.in_order import markets_in_order
from shop.markets.models import Market
from shop.staff.arrival import ROLE_LABELS, Staff
from shop.staff.frame import staff_page
from shop.staff.may import AGENT, PARTNER, role_at, works_for
from shop.staff.models import Person
from shop.support.known.filling import KNOWN, unknown
from shop.support.known.keeping import keep_answer
from shop.support.known.models import Answer, MayAnswer, MustKnow, Question
from shop.support.known.training import to_sign
from shop.support.requests.words import CATEGORIES

URL = "/console/knowledge"
SEE, CHANGE = ({"act": act} for act in ("knowledge.see", "knowledge.change"))
MOST = {"title": 200, "text": 4000, "words": 4000}


@get(URL, opt=SEE, sync_to_thread=True)
def knowledge_page(
    staff: NamedDependency[Staff], database: NamedDependency[Database], pages: NamedDependency[Pages]
) -> Response[str]:
    """Every question, who answers it, and in which of the markets' languages it has no answer yet."""
    with database.reading() as db:
        languages, texts = _languages(db, staff), _texts(db)
        rows = [_row(staff, each, texts[each.key], languages) for each in _questions(db)]
        partners = _partners(db, staff)
    title = staff.tongue.say(N_("Knowledge"))
    return _page(pages, staff, "knowledge", title=title, rows=rows, partners=partners)


@get(f"{URL}/questions/{{key:str}}", opt=SEE, sync_to_thread=True)
def question_page(
    key: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One question: how it is classed where, and its answer in each language."""
    return _question_page(key, staff, database, pages, form=Form(), done=done)


@post(f"{URL}/questions/{{key:str}}/answers/{{language:str}}", opt=CHANGE, sync_to_thread=True)
def answer_form(
    key: FromPath[str],
    language: FromPath[str],
    staff: NamedDependency[Staff],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Change the general answer in one language. Partners sign it anew where they must know it."""
    _check(form, staff.tongue)
    if form.errors:
        return _question_page(key, staff, database, pages, form=form, language=language, status=422)
    words = "\n".join(each for line in many_lines(form, "words").split("\n") if (each := " ".join(line.split())))
    with database.writing() as db:
        found(db.get(Question, key))
        if language not in _languages(db, staff):
            raise NotFound
        text = many_lines(form, "text")
        keep_answer(db, (key, "", language), title=one_line(form, "title"), text=text, words=words)
        raise_revision(db, EVERYWHERE)
    return see_other(f"{URL}/questions/{key}?done=changed")


def _check(form: Form, tongue: Tongue) -> None:
    for name, most in MOST.items():
        said = form.text(name)
        if not said and name != "words":
            form.fail(name, tongue.say(N_("Please fill this in.")))
        elif len(said) > most:
            form.fail(name, too_long(tongue, most))
        elif strangers := unknown(said) if name != "words" else []:
            message = N_("This is no placeholder: %(name)s. There are: %(names)s")
            names = tongue.list([f"{{{each}}}" for each in sorted(KNOWN)])
            form.fail(name, tongue.say(message, name=f"{{{strangers[0]}}}", names=names))


def _questions(db: Session) -> list[Question]:
    return list(db.exec(select(Question).order_by(col(Question.number), col(Question.key))).all())


def _texts(db: Session) -> defaultdict[str, list[Answer]]:
    texts: defaultdict[str, list[Answer]] = defaultdict(list)
    for each in db.exec(select(Answer).order_by(col(Answer.market), col(Answer.language))).all():
        texts[each.question].append(each)
    return texts


def _languages(db: Session, staff: Staff) -> list[str]:
    """The languages of this person's markets, and English, in which every answer is written first."""
    spoken = [tag for each in staff.own(markets_in_order(db)) for tag in each.languages.split()]
    return list(dict.fromkeys([FALLBACK, *spoken]))


def _row(staff: Staff, question: Question, texts: list[Answer], languages: list[str]) -> dict[str, Any]:
    there = {each.language for each in texts if not each.market}
    in_own = {each.language: each.title for each in texts if not each.market}
    say = staff.tongue.say
    return {
        "url": f"{URL}/questions/{question.key}",
        "number": staff.tongue.number(question.number),
        "title": nearest(in_own, staff.tongue.language) or question.key,
        "who": _who(staff, question.may_answer),
        "referred": not question.may_answer,
        "categories": staff.tongue.list([say(CATEGORIES[each]) for each in question.categories.split()]),
        "missing": staff.tongue.list([own_name(each) for each in languages if each not in there]),
    }


def _who(staff: Staff, roles: str) -> str:
    """Who answers: the roles, or the exporter alone."""
    say = staff.tongue.say
    named = [say(ROLE_LABELS[each]) for each in (AGENT, PARTNER) if each in roles.split()]
    return staff.tongue.list(named) if named else say(N_("Only the exporter"))


def _partners(db: Session, staff: Staff) -> list[dict[str, Any]]:
    """Who has signed everything that they must know, and who has not, by market; nothing else is said of anybody."""
    people = db.exec(select(Person).order_by(col(Person.name))).all()
    needed = set(db.exec(select(MustKnow.market).distinct()).all())
    rows = []
    for market in staff.own(markets_in_order(db)):
        if market.id not in needed:
            continue
        theirs = [each for each in people if role_at(each, market.id) == PARTNER and works_for(each, market.id)]
        if theirs:
            left = [{"name": each.name, "left": len(to_sign(db, each, market.id))} for each in theirs]
            rows.append({"place": staff.tongue.territory(market.country), "people": left})
    return rows


def _question_page(
    key: str,
    staff: Staff,
    database: Database,
    pages: Pages,
    *,
    form: Form,
    language: str = "",
    done: str = "",
    status: int = 200,
) -> Response[str]:
    with database.reading() as db:
        question = found(db.get(Question, key))
        texts, languages = _texts(db)[key], _languages(db, staff)
        elsewhere = db.exec(select(MayAnswer).where(MayAnswer.question == key)).all()
        must = db.exec(select(MustKnow.market).where(MustKnow.question == key)).all()
        countries = {each.id: each.country for each in staff.own(db.exec(select(Market)).all())}
    general = {each.language: each for each in texts if not each.market}
    place = staff.tongue.territory
    return _page(
        pages,
        staff,
        "question",
        done=done,
        status=status,
        title=_row(staff, question, texts, languages)["title"],
        row=_row(staff, question, texts, languages),
        elsewhere=[
            (place(countries[each.market]), _who(staff, each.roles)) for each in elsewhere if each.market in countries
        ],
        must_know=staff.tongue.list([place(countries[each]) for each in sorted(must) if each in countries]),
        texts=[_text(each, general.get(each), form if each == language else None) for each in languages],
        own_texts=[(place(countries[each.market]), each) for each in texts if each.market in countries],
        may_change=staff.may("knowledge.change"),
        url=f"{URL}/questions/{key}",
        limits=MOST,
    )


def _text(language: str, answer: Answer | None, wrong: Form | None) -> dict[str, Any]:
    """One language's answer with the form to change it; `wrong` is the form that could not be taken."""
    values = {"title": answer.title, "text": answer.text, "words": answer.words} if answer else {}
    values |= {name: wrong.values[name][: most + 500] for name, most in MOST.items()} if wrong else {}
    form = SimpleNamespace(id=f"a-{language}", values=values, errors=wrong.errors if wrong else {})
    return {"language": language, "name": own_name(language), "there": answer is not None, "form": form}


def _page(pages: Pages, staff: Staff, name: str, *, done: str = "", status: int = 200, **values: Any) -> Response[str]:
    return staff_page(pages, staff, f"console/{name}", current=URL, done=done, status=status, **values)


HANDLERS = [knowledge_page, question_page, answer_form]
