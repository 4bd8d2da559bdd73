"""The research of a set-up: `research/<market>.toml` with a table for each topic, `questions.csv` and `signatures.csv` beside.

All of it is optional. What was written at the console stays unless the folder knows it as of a later day, and a
signature is taken over only where the folder's answers are all there is: nobody signs what they have not read.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, select

from shop.launches.models import ResearchAnswer, ResearchQuestion, ResearchSignature
from shop.launches.readying.research import TOPICS, research_hash
from shop.upkeep.cells import choice, day, market_id, optional, text, word
from shop.upkeep.moments import moment
from shop.upkeep.reading import Columns, Folder, Row

FOLDER = "research"
ANSWER: Columns = {
    "topic": choice(*TOPICS), "text": text, "source": optional(text, ""), "as_of": day, "person": optional(word, ""),
}  # fmt: skip
QUESTION: Columns = {
    "market": market_id, "topic": choice(*TOPICS), "question": text, "owner": word, "due_on": day, "asked_by": word,
    "answer": optional(text, ""), "answered_by": optional(word, ""),
    "asked_at": optional(moment), "answered_at": optional(moment),
}  # fmt: skip
SIGNATURE: Columns = {"market": market_id, "person": word, "at": optional(moment)}

# As shop.upkeep.checking has them: (file, column) -> the file whose ids it names.
NAMES = {
    ("research", "market"): "markets", ("research", "person"): "people",
    ("research_questions", "market"): "markets", ("research_questions", "owner"): "people",
    ("research_questions", "asked_by"): "people", ("research_questions", "answered_by"): "people",
    ("research_signatures", "market"): "markets", ("research_signatures", "person"): "people",
}  # fmt: skip


def read_research(folder: Folder) -> dict[str, list[Row]]:
    """The rows of these files; what is wrong with one is noted on the folder."""
    questions, signatures = f"{FOLDER}/questions.csv", f"{FOLDER}/signatures.csv"
    return {
        "research": folder.tables_in(FOLDER, ANSWER, "topic", named=("market", market_id)),
        "research_questions": folder.sheet(questions, QUESTION, ("market", "topic", "question"), needed=False),
        "research_signatures": folder.sheet(signatures, SIGNATURE, ("market", "person"), needed=False),
    }


def store_research(db: Session, rows: Mapping[str, list[Row]], *, now: datetime) -> None:
    """Write answers, questions and signatures."""
    specialists = {row["id"]: row["specialist"] for row in rows["markets"]}
    for row in rows["research"]:
        _store_answer(db, row, specialists)
    db.flush()
    known = {(each.market, each.topic, each.question) for each in db.exec(select(ResearchQuestion)).all()}
    for row in rows["research_questions"]:
        if (row["market"], row["topic"], row["question"]) not in known:
            asked, answered = row["asked_at"] or now, row["answered_at"] or now
            times = {"asked_at": asked, "answered_at": answered if row["answer"] else None}
            db.add(ResearchQuestion(**(row.cells | times)))
    _store_signatures(db, rows, now=now)


def _store_answer(db: Session, row: Row, specialists: Mapping[str, str]) -> None:
    values = {**row.cells, "person": row["person"] or specialists[row["market"]]}
    present = db.get(ResearchAnswer, (row["market"], row["topic"]))
    if present is None:
        db.add(ResearchAnswer(**values))
    elif present.as_of <= row["as_of"]:
        present.sqlmodel_update(values)


def _store_signatures(db: Session, rows: Mapping[str, list[Row]], *, now: datetime) -> None:
    ours, kept = defaultdict(list), defaultdict(list)
    for row in rows["research"]:
        answer = {name: row[name] for name in ("market", "topic", "text", "source", "as_of")}
        ours[row["market"]].append(ResearchAnswer(**answer, person=""))
    for stored in db.exec(select(ResearchAnswer)).all():
        kept[stored.market].append(stored)
    signed = {(each.market, each.hash, each.person) for each in db.exec(select(ResearchSignature)).all()}
    for row in rows["research_signatures"]:
        market, person = row["market"], row["person"]
        hashed = research_hash(kept[market])
        if hashed == research_hash(ours[market]) and (market, hashed, person) not in signed:
            db.add(ResearchSignature(market=market, hash=hashed, person=person, at=row["at"] or now))
