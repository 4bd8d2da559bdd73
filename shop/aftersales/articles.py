"""Articles of laws as a customer can read them. Pure.

The rules name their sources in English, for the staff; to a reader of another language only those parts are shown that
need no English: `BGB § 476(1)`, `CDC (Lei 8.078/1990) art. 49`, `民法第566条`.
"""

import re

from shop.base.i18n import N_, Tongue

ENGLISH = "en"
PROMISE = N_("shop promise")  # what a rule rests on that rests on no law
_LATIN = ("de", "es", "fr", "it", "pt")
_CITED = {"abs", "art", "civil", "código", "decreto", "lei", "nr"}  # words that stand in citations; capitals always may
_WORD = re.compile(r"[^\W\d_]{2,}")
_PROMISED = re.compile(r"\w+ promise")  # the shop's, or by its name


def readable(source: str, language: str) -> str:
    """What of the source a reader of this language is shown; empty where it is all in English, or the shop's own promise."""
    spoken = language.partition("-")[0]
    if "promise" in source.casefold():
        return ""
    if spoken == ENGLISH:
        return source
    return "; ".join(part for each in source.split(";") if _is_native(part := each.strip(), spoken))


def told_staff(source: str, tongue: Tongue) -> str:
    """The source as the staff read it: laws as they are cited, and in their own language that it is the shop's promise."""
    return _PROMISED.sub(tongue.say(PROMISE), source)


def _is_native(part: str, spoken: str) -> bool:
    words = _WORD.findall(part)
    if spoken in _LATIN:
        return bool(part) and all(word.isupper() or word.casefold() in _CITED for word in words)
    return bool(words) and not any(word.isascii() for word in words)
