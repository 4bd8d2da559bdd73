"""What the files of what is known must agree on, which languages they lack, and writing them into the database."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from shop.base.i18n import FALLBACK, N_
from shop.policies.library import PolicyLibrary
from shop.support.known.keeping import keep_answer
from shop.support.known.models import Answer, MayAnswer, MustKnow, Question, Training
from shop.support.requests.models import Macro
from shop.upkeep.knowledge_sheets import QUESTIONS
from shop.upkeep.reading import Fault, Row
from shop.upkeep.sheets import Setup
from shop.upkeep.wrong import Wrong, shown

CLASS = ("key", "number", "categories", "products", "may_answer", "card", "severity")  # columns of a question's own row


def check_knowledge(setup: Setup) -> Iterator[Fault]:
    """Each thing about which the files do not agree."""
    questions, whole = setup.by("questions", "key"), QUESTIONS not in setup.unread
    markets, in_english = setup.by("markets", "id"), set()
    for row in setup["answers"]:
        if whole and row.get("key") not in questions:
            yield row, "", Wrong(N_("is no question of knowledge/questions.toml"))
        yield from _strangers(setup, row, "markets", row.get("markets") or (), markets)
        in_english |= {row.get("key")} if row.get("language") == FALLBACK else set()
    for row in setup["macros"]:
        yield from _strangers(setup, row, "markets", row.get("markets") or (), markets)
    numbers: dict[Any, Row] = {}
    cards = setup.by("crisis", "key")
    for key, row in questions.items():
        if numbers.setdefault(row.get("number"), row) is not row:
            yield row, "number", Wrong(N_("is that of %(place)s as well"), place=numbers[row.get("number")].where)
        yield from _strangers(setup, row, "must_know", (row.get("must_know") or "").split(), markets)
        yield from _strangers(setup, row, "markets", row.get("markets") or (), markets)
        if row.get("card") and setup["crisis"] and row["card"] not in cards:
            yield row, "card", Wrong(N_("'%(given)s' is no card of crisis/cards.toml"), given=shown(row["card"]))
        if key not in in_english and f"knowledge/{FALLBACK}.toml" not in setup.unread:
            yield row, "", Wrong(N_("has no answer in %(file)s"), file=f"knowledge/{FALLBACK}.toml")


def _strangers(setup: Setup, row: Row, column: str, named: Any, markets: Any) -> Iterator[Fault]:
    for each in named if setup.whole("markets") else ():
        if each not in markets:
            yield row, column, Wrong(N_("'%(given)s' is no market of this set-up"), given=shown(each))


def missing_answers(setup: Setup) -> Iterator[str]:
    """One sentence for each language of the markets in which answers are missing, naming them."""
    spoken = {tag for market in setup["markets"] for tag in market["languages"].split()}
    for tag in sorted(spoken):
        there = {row["key"] for row in setup["answers"] if row["language"] == tag}
        missing = [row["key"] for row in setup["questions"] if row["key"] not in there]
        if missing:
            yield f"knowledge/{tag}.toml: {len(missing)} answers are missing: {', '.join(missing)}"


def store_knowledge(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    """Write questions and answers; what was signed of a question keeps its row. A set-up without them changes nothing."""
    if not setup["questions"]:
        return
    for row in setup["questions"]:
        values = {name: row[name] for name in CLASS}
        present = db.get(Question, row["key"])
        db.add(present.sqlmodel_update(values) if present else Question(**values))
    db.flush()
    for model in (MustKnow, MayAnswer):
        db.connection().execute(delete(model))
    db.add_all(
        MustKnow(market=market, question=row["key"])
        for row in setup["questions"]
        for market in row["must_know"].split()
    )
    db.add_all(
        MayAnswer(question=row["key"], market=market, roles=roles)
        for row in setup["questions"]
        for market, roles in row["markets"].items()
    )
    _answers(db, setup)
    _drop_others(db, {row["key"] for row in setup["questions"]})


def store_macros(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    """Write the macros, and drop those of a language that the set-up has no more. Without any it changes nothing."""
    coming = {
        (row["key"], market, row["language"]): (row["title"], text)
        for row in setup["macros"]
        for market, text in {"": row["text"], **row["markets"]}.items()
    }
    for present in db.exec(select(Macro)).all() if coming else ():
        if (present.key, present.market, present.language) not in coming:
            db.delete(present)
    for (key, market, language), (title, text) in coming.items():
        db.merge(Macro(key=key, market=market, language=language, title=title, text=text))


def _answers(db: Session, setup: Setup) -> None:
    coming = {
        (row["key"], market, row["language"]): (
            own["title"] or row["title"],
            own["text"],
            row["words"] if not market else "",
        )
        for row in setup["answers"]
        for market, own in {"": row.cells, **row["markets"]}.items()
    }
    for present in db.exec(select(Answer)).all():
        if (present.question, present.market, present.language) not in coming:
            db.delete(present)
    for key, (title, text, words) in coming.items():
        keep_answer(db, key, title=title, text=text, words=words)


def _drop_others(db: Session, named: set[str]) -> None:
    """Questions that the set-up has no more go, except those that somebody has signed."""
    db.flush()
    signed = set(db.exec(select(Training.question).distinct()).all())
    gone = delete(Question).where(col(Question.key).not_in(named | signed))
    db.connection().execute(gone)
