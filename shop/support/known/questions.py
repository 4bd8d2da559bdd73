"""Which known question a text asks: found by the words that people use for it, whatever class it came under.

Words are matched as people write them: without case and accents, in scripts without spaces anywhere, elsewhere as whole
words. In a word `*` stands for any letters and `...` for a few words between. What means illness, injury, fire, lawyer,
press or authority outranks everything else, in every language. Stricter than the triggers of the crisis handbook, which
would rather draw a card too many: here a wrong guess costs an answer.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from shop.support.folding import folded
from shop.support.severity import CRISIS, NORMAL

LONGEST = 50_000  # characters that are looked at

_LETTER = r"[0-9a-z\u00c0-\u024f\u0370-\u052f]"  # of the scripts that part words by spaces, as they are left by folding
_ARABIC = r"[\u0620-\u064a]"
_ATTACHED = rf"(?<!{_ARABIC})[وفبكل]{{0,2}}(?:ال|لل)?"  # and, so, with, as, for; the article
_GAP = ".{0,40}?"


@dataclass(frozen=True, slots=True)
class Known:
    """A question as the classifier knows it; `referred` when nobody but the exporter answers it."""

    key: str
    number: int
    words: tuple[str, ...]
    categories: tuple[str, ...] = ()
    severity: int = NORMAL
    referred: bool = False


def classify(category: str, text: str, known: Iterable[Known]) -> str:
    """The key of the question that the text asks, the gravest where it asks several; empty for none that is known.

    A grave category (safety) stands for its gravest question even where no word does.
    """
    found = ranked(category, text, known)
    return found[0].key if found else ""


def ranked(category: str, text: str, known: Iterable[Known]) -> list[Known]:
    """All questions that the text may ask, the gravest first, then the likeliest."""
    plain, everything = _plain(text[:LONGEST]), list(known)
    hits = {each.key: _hits(each.words, plain) for each in everything}
    found = [each for each in everything if hits[each.key] or (each.severity == CRISIS and category in each.categories)]
    return sorted(
        found,
        key=lambda each: (
            each.severity,
            not hits[each.key],
            not each.referred,
            category not in each.categories,
            -hits[each.key],
            each.number,
        ),
    )


def _plain(text: str) -> str:
    return " ".join(folded(text).split())


def _hits(words: tuple[str, ...], plain: str) -> int:
    """How many of these words stand in the folded text."""
    # Nearly every word is ruled out by a plain search, which is hundreds of times faster than its pattern.
    looked_for = (_pattern(each) for each in words)
    return sum(bool(needle) and needle in plain and bool(pattern.search(plain)) for needle, pattern in looked_for)


@lru_cache(maxsize=16_384)
def _pattern(word: str) -> tuple[str, re.Pattern[str]]:
    """The longest piece that must stand in a text as it is (empty: the word says nothing), and the whole pattern."""
    plain = _plain(word)
    needle = max((each.strip() for each in re.split(r"\*|\.\.\.", plain)), key=len)
    return needle.strip("."), re.compile(_expression(plain), re.DOTALL)


def _expression(word: str) -> str:
    body = re.escape(word).replace(r"\.\.\.", _GAP).replace(r"\*", f"{_LETTER}*").replace(r"\ ", " ")
    body = body.replace(f" {_GAP} ", f" {_GAP}")
    if re.match(_ARABIC, word):
        return _ATTACHED + body
    start = rf"(?<!{_LETTER})" if re.match(_LETTER, word) else ""
    end = rf"(?!{_LETTER})" if re.search(rf"{_LETTER}$", word) else ""
    return start + body + end
