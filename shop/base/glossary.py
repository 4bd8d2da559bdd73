"""One term, one translation: a language's glossary, and where its messages use another word than the one agreed on.

A glossary (`locales/<language>/glossary.toml`) names for an English term its translation and the words that would be
taken for it and are not. It speaks only of messages whose English holds the term: the same word may be right elsewhere.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog

_PLACEHOLDER = re.compile(r"%\(\w+\)s")
UNSPACED = ("ja", "zh", "th")  # languages whose words are not parted by spaces


@dataclass(frozen=True, slots=True)
class Term:
    """What an English term is called in a language, and what it is never called."""

    english: str
    translation: str
    never: tuple[str, ...]


def read_glossary(file: Path) -> list[Term]:
    """The terms of a language; none where it has no glossary. Raises ValueError naming the entry that cannot be used."""
    if not file.exists():
        return []
    return [_term(english, entry) for english, entry in tomllib.loads(file.read_text("utf-8")).items()]


def glossary_complaints(catalog: Catalog, terms: list[Term], language: str) -> Iterator[str]:
    """Each message that says an agreed term in another word, as a sentence."""
    known = [(each, _word(f"{re.escape(each.english)}s?"), _words(each.never, language)) for each in terms]
    for message in catalog:
        english, said = _joined(message.id), _joined(message.string)
        for term, source, never in known:
            if english and source.search(english) and (wrong := never.search(said)):
                yield f"{english[:60]!r} says {wrong[0]!r}; the glossary's word for {term.english!r} is {term.translation!r}"


def _term(english: str, entry: object) -> Term:
    match entry:
        case {"term": str(translation), "never": [*never]} if never and all(isinstance(each, str) for each in never):
            return Term(english, translation, tuple(map(str, never)))
    raise ValueError(f"glossary: {english!r} needs a term, and in never at least one word")


def _words(never: tuple[str, ...], language: str) -> re.Pattern[str]:
    either = "|".join(map(re.escape, never))
    return re.compile(either) if language.split("-")[0] in UNSPACED else _word(f"(?:{either})")


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b{pattern}\b", re.IGNORECASE)


def _joined(forms: object) -> str:
    """The words that are read, all forms together; the name of a placeholder is none of them."""
    written = " ".join(map(str, forms)) if isinstance(forms, tuple | list) else str(forms or "")
    return _PLACEHOLDER.sub("", written)
