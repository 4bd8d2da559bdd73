"""Which card of the crisis handbook a customer's words draw, without anybody's judgement: a miss is worse than a false alarm.

Words of every language are looked for, whatever language the customer is said to write. Case, accents and vowel marks
are folded; scripts that write no spaces, or join small words to great ones, are searched without word boundaries. What
is denied ("no burns") is not understood as denied.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from sqlmodel import Session, select

from shop.catalogue.models import Product
from shop.support.crisis.models import CrisisCard, CrisisText
from shop.support.folding import folded

FITS, OPEN, OTHER = range(3)  # how a card's kinds of product lie to the product in question

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_JOINED = re.compile(r"[\u0590-\u06ff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What draws a card. A word ending in `*` is the beginning of one; lots and serials may hold `*` and `?`."""

    key: str
    number: int
    severity: int
    categories: frozenset[str] = frozenset()
    kinds: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()

    def lies_to(self, kind: str) -> int:
        """Whether the card is for products of this kind (`food` is also for `food_animal`), or for any."""
        if not self.kinds or not kind:
            return OPEN
        return FITS if any(kind == each or kind.startswith(f"{each}_") for each in self.kinds) else OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of a request: its category, its words, and the product it is about, as far as that is known."""

    category: str = ""
    text: str = ""
    kind: str = ""
    lot: str = ""
    serial: str = ""


def drawn(cards: Iterable[Card], told: Told) -> str:
    """The key of the card these words draw, the gravest and nearest one; empty for none."""
    text = Text(told.text)
    found = [(_rank(card, told, hits), card.key) for card in cards if (hits := _hits(card, told, text))]
    return min(found)[1] if found else ""


def card_for(db: Session, *, category: str, text: str, sku: str = "", lot: str = "", serial: str = "") -> str:
    """The key of the card that what was asked draws; empty for none."""
    product = db.get(Product, sku) if sku else None
    told = Told(category=category, text=text, kind=product.kind if product else "", lot=lot, serial=serial)
    return drawn(cards(db), told)


def cards(db: Session) -> list[Card]:
    """The handbook's cards with their words in all languages."""
    words: defaultdict[str, set[str]] = defaultdict(set)
    for key, listed in db.exec(select(CrisisText.card, CrisisText.words)).all():
        words[key].update(filter(None, listed.split("\n")))
    return [card_of(row, words[row.key]) for row in db.exec(select(CrisisCard)).all()]


def card_of(row: CrisisCard, words: Iterable[str] = ()) -> Card:
    """A stored card as the triggers read it."""
    return Card(
        key=row.key,
        number=row.number,
        severity=row.severity,
        categories=frozenset(json.loads(row.categories)),
        kinds=tuple(json.loads(row.kinds)),
        lots=tuple(json.loads(row.lots)),
        serials=tuple(json.loads(row.serials)),
        words=frozenset(words),
    )


class Text:
    """A text as words are looked for in it."""

    def __init__(self, written: str) -> None:
        words = _WORD.findall(folded(written))
        self._spaced = f" {' '.join(words)} "
        self._unspaced = "".join(words)

    def says(self, word: str) -> bool:
        """Whether the word, or the words in this order, stand in the text."""
        piece, unspaced = _piece(word)
        return bool(piece) and piece in (self._unspaced if unspaced else self._spaced)


@lru_cache(maxsize=16_384)  # the handbook has some thousand words, and every question is searched for all of them
def _piece(word: str) -> tuple[str, bool]:
    """What of a text this word must be found as (empty: it says nothing), and whether blanks are left out there."""
    parts = " ".join(_WORD.findall(folded(word)))
    if not parts or _UNSPACED.search(parts):
        return parts.replace(" ", ""), True
    if _JOINED.search(parts):
        return parts, False
    return (f" {parts}" if word.rstrip().endswith("*") else f" {parts} "), False


def _hits(card: Card, told: Told, text: Text) -> int:
    """How strongly it is drawn: 1 by the category, 2 by a lot or serial, more by words."""
    by_words = sum(text.says(word) for word in card.words)
    marks = ((told.lot, card.lots), (told.serial, card.serials))
    by_mark = any(mark and fnmatchcase(mark.upper(), each.upper()) for mark, patterns in marks for each in patterns)
    by_category = told.category in card.categories and card.lies_to(told.kind) != OTHER
    if by_category and card.kinds and not told.kind:
        by_category = False
    return (by_words + 2 if by_words else 0) + 2 * by_mark + by_category


def _rank(card: Card, told: Told, hits: int) -> tuple[int, int, int, int]:
    return card.severity, card.lies_to(told.kind), -hits, card.number
