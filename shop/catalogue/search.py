"""Finding products by what a customer types, in any script. Pure.

Words are compared without case, accents, vowel marks or width, and the letters that Arabic writers use for one another
count as one. Languages without spaces are searched by pieces of text, so that two characters already find something.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import combining, normalize

LONGEST = 80  # characters of a query that are looked at
_ONE_LETTER = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None, "ß": "ss"}
)
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}  # to hiragana
_VOICING = "\u3099\u309a"  # dakuten and handakuten tell letters apart; accents and vowel marks do not


@dataclass(frozen=True, slots=True)
class Entry:
    """A product as it can be found: `name` weighs more than `words`, which is everything else that is said about it."""

    sku: str
    name: str
    words: str


def matching(entries: Iterable[Entry], query: str) -> list[str]:
    """The SKUs that have every word of the query, those first that have them in the name; none for an empty query."""
    asked = plain(query[:LONGEST]).split()
    if not asked:
        return []
    ranked = ((_rank(entry, asked), number, entry.sku) for number, entry in enumerate(entries))
    return [sku for rank, _number, sku in sorted(each for each in ranked if each[0] >= 0)]


def plain(text: str) -> str:
    """Text as it is compared: words parted by single spaces."""
    unfolded = normalize("NFKD", normalize("NFKC", text).casefold().translate(_ONE_LETTER))
    kept = "".join(each for each in unfolded if not combining(each) or each in _VOICING)
    return re.sub(r"[\W_]+", " ", normalize("NFC", kept).translate(_KATAKANA)).strip()


def _rank(entry: Entry, asked: Sequence[str]) -> int:
    """How many of the words stand elsewhere than in the name; -1 when one is nowhere."""
    name, elsewhere = plain(entry.name), f"{plain(entry.words)} {plain(entry.sku)} {entry.sku.casefold()}"
    missed = [word for word in asked if word not in name]
    return len(missed) if all(word in elsewhere for word in missed) else -1
