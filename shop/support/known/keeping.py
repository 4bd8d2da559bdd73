"""Changing what is known: an answer's text, and what has been learned of what nobody could answer."""

from datetime import date

from sqlalchemy import update
from sqlmodel import Session, col

from shop.ground.errors import found
from shop.support.known.models import Answer, KnowledgeGap

Key = tuple[str, str, str]  # question, market (empty: all), language


def keep_answer(db: Session, key: Key, *, title: str, text: str, words: str) -> bool:
    """Write an answer; says whether anything changed. Its version rises only when it reads differently."""
    present = db.get(Answer, key)
    if present is None:
        question, market, language = key
        db.add(Answer(question=question, market=market, language=language, title=title, text=text, words=words))
        return True
    reads_alike = (present.title, present.text) == (title, text)
    changed = not reads_alike or present.words != words
    present.version += not reads_alike
    present.title, present.text, present.words = title, text, words
    return changed


def note_learned(db: Session, gap: int, *, on: date) -> None:
    """Note that what was asked there is answered here from now on, once. Raises NotFound."""
    found(db.get(KnowledgeGap, gap))
    untold = (col(KnowledgeGap.id) == gap, col(KnowledgeGap.learned_on).is_(None))
    db.connection().execute(update(KnowledgeGap).where(*untold).values(learned_on=on))
