"""A card of the handbook as somebody reads it: in their language, or in English and marked so."""

import json
from dataclasses import dataclass

from sqlmodel import Session, col, select

from shop.base.i18n import FALLBACK, Tongue, nearest, tags_near
from shop.support.crisis.models import CrisisCard, CrisisText


@dataclass(frozen=True, slots=True)
class Sheet:
    """The words of a card. `foreign` is the language they stand in where it is not the reader's; empty where it is."""

    key: str
    title: str
    what_if: str
    collect: tuple[str, ...]
    never_say: tuple[str, ...]
    acknowledgement: str
    public: str
    steps: tuple[str, ...]
    language: str
    foreign: str


def sheet_of(text: CrisisText | None, tongue: Tongue) -> Sheet:
    """The text as this reader sees it; a card without any words is an empty sheet."""
    if text is None:
        return Sheet("", "", "", (), (), "", "", (), FALLBACK, "")
    near = text.language in (tongue.language, tongue.language.partition("-")[0])
    return Sheet(
        key=text.card,
        title=text.title,
        what_if=text.what_if,
        collect=tuple(json.loads(text.collect)),
        never_say=tuple(json.loads(text.never_say)),
        acknowledgement=text.acknowledgement,
        public=text.public,
        steps=tuple(json.loads(text.steps)),
        language=text.language,
        foreign="" if near else tongue.language_name(text.language),
    )


def sheets(db: Session, tongue: Tongue) -> dict[str, Sheet]:
    """All cards' sheets for this reader, by key, in the handbook's order."""
    wanted = tags_near(tongue.language)
    by_card: dict[str, dict[str, CrisisText]] = {}
    for text in db.exec(select(CrisisText).where(col(CrisisText.language).in_(wanted))).all():
        by_card.setdefault(text.card, {})[text.language] = text
    keys = db.exec(select(CrisisCard.key).order_by(col(CrisisCard.number), col(CrisisCard.key))).all()
    return {key: sheet_of(nearest(by_card.get(key, {}), tongue.language), tongue) for key in keys}
