"""Finding products by what a customer types, in any script. Pure.

Words are compared without case, accents, vowel marks or width, and the letters that Arabic writers use for one another
count as one. Umlauts are found however they are typed (`Küche`, `Kueche`, `Kuche`), words in another of their forms
(`Ersatzteile`, `Ersatzteil`), Arabic ones with and without the article. Languages without spaces are searched by pieces
of text, so that two characters already find something.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import combining, normalize

LONGEST = 80  # characters of a query that are looked at
_ONE_LETTER = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None}
    | {"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o"}
)
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}  # to hiragana
_VOICING = "\u3099\u309a"  # dakuten and handakuten tell letters apart; accents and vowel marks do not
_SPELT_OUT = re.compile("(?<=[aou])e")  # ä, ö and ü where a keyboard has none
_ENDING = re.compile("(?:e[nrs]|as|os|is|[aeinosx])$")  # how words end in German, English, Romance languages
_ARTICLE = re.compile("^(?:[وف]?[بك]?ال|و?لل)")  # the, and with what is written in one with it: and, with, like, for
_SHORTEST = 3  # letters that a stem keeps
_TELLING = (
    5  # letters from which on a stem is found anywhere in a word, not at its end only: `teller` is not in `stellt`
)
_NOWHERE = 4  # above the places that a word can stand in


@dataclass(frozen=True, slots=True)
class Entry:
    """A product as it can be found: `name` weighs more than `words`, which is everything else that is said about it."""

    sku: str
    name: str
    words: str


def matching(entries: Iterable[Entry], query: str) -> list[str]:
    """The SKUs that have every word of the query, those first that have them in the name; none for an empty query."""
    asked = [(_spellings(word), _stems(word)) for word in plain(query[:LONGEST]).split()]
    if not asked:
        return []
    ranked = ((_rank(entry, asked), number, entry.sku) for number, entry in enumerate(entries))
    return [sku for rank, _number, sku in sorted(each for each in ranked if each[0] >= 0)]


def plain(text: str) -> str:
    """Text as it is compared: words parted by single spaces."""
    unfolded = normalize("NFKD", normalize("NFKC", text).casefold().translate(_ONE_LETTER))
    kept = "".join(each for each in unfolded if not combining(each) or each in _VOICING)
    return re.sub(r"[\W_]+", " ", normalize("NFC", kept).translate(_KATAKANA)).strip()


def _spellings(text: str) -> list[str]:
    """As it stands, and with umlauts that are spelt out written as their letters."""
    spelt = _SPELT_OUT.sub("", text)
    return [text] if spelt == text else [text, spelt]


def _stems(text: str) -> list[str]:
    """What is left of the words without their endings (Latin letters) and articles (Arabic)."""
    words = [word for spelling in _spellings(text) for word in spelling.split() if word.isalpha()]
    bare = (_ENDING.sub("", each) if each.isascii() else _ARTICLE.sub("", each) for each in words)
    return [each for each in bare if len(each) >= _SHORTEST]


def _words(text: str) -> list[str]:
    """All words of a text, in each of their forms."""
    return [*(word for spelling in _spellings(text) for word in spelling.split()), *_stems(text)]


def _rank(entry: Entry, asked: Sequence[tuple[list[str], list[str]]]) -> int:
    """How far from the name the words stand, all together; -1 when one is nowhere."""
    texts = _texts(entry)
    places = [_place(spellings, stems, texts) for spellings, stems in asked]
    return -1 if _NOWHERE in places else sum(places)


@lru_cache(maxsize=1024)
def _texts(entry: Entry) -> tuple[tuple[list[str], list[str]], ...]:
    """The name, and all else, each as written and in words; kept, for it is far dearer to make than to search."""
    name, elsewhere = plain(entry.name), plain(f"{entry.words} {entry.sku}")
    return (_spellings(name), _words(name)), ([*_spellings(elsewhere), entry.sku.casefold()], _words(elsewhere))


def _place(spellings: list[str], stems: list[str], texts: Sequence[tuple[list[str], list[str]]]) -> int:
    """Where a word stands: 0 in the name, 1 in another form in it, 2 and 3 elsewhere in the same ways."""
    for place, (written, there) in enumerate(texts):
        if any(word in text for word in spellings for text in written):
            return 2 * place
        if any(_is_of(stem, word) for stem in stems for word in there):
            return 2 * place + 1
    return _NOWHERE


def _is_of(stem: str, word: str) -> bool:
    return stem in word if len(stem) >= _TELLING or not stem.isascii() else word.endswith(stem)
