"""Whether a text names a customer: by a whole address, a whole name, a whole number. A part of somebody else's never does.

joann@example.com, mary.ann@example.com, ann+shop@example.com and ann@example.com.au are others than ann@example.com; so is
Ann Beck-Smith than Ann Beck. A name stays one with what a language writes onto it: Ann Becks (German's genitive), and
Arabic's and, for, with, like and so. A sign that JSON writes with a backslash (`\\n`) is no letter of the word after it.
"""

import re
import unicodedata
from collections.abc import Iterable

# What may stand in an address (RFC 5322, atext); quotation, emphasis, and what stands around one in links and tables are no
# part of it, though the standard would have them.
_BEFORE_ADDRESS = r"(?<![A-Za-z0-9.@!#$%+?^_~-])(?<![A-Za-z0-9.]['*`/])"
_AFTER_ADDRESS = r"(?!\.?-*[A-Za-z0-9]|@)"  # the full stop of a sentence may follow
_BEFORE_NAME, _AFTER_NAME = r"(?<!\w)(?<!\w[-'’])", r"s?(?!-?\w)"
_BEFORE_ARABIC = rf"(?:{_BEFORE_NAME}|(?<!\w\w)(?<=[وفبلك]))"
_BEFORE_NUMBER, _AFTER_NUMBER = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_ESCAPED = r"(?<=\\[bfnrt])"


def named(names: Iterable[str], numbers: Iterable[str] = ()) -> re.Pattern[str]:
    """What finds these names (addresses, names of people, telephone numbers) and numbers of things, small or capital."""
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    every = [*map(_name, longest_first), *(_whole(_BEFORE_NUMBER, re.escape(each), _AFTER_NUMBER) for each in numbers)]
    return re.compile("|".join(every) or r"(?!)", re.IGNORECASE)


def hints(names: Iterable[str]) -> list[str]:
    """What a row holds at least that names them, as a database can look for it: SQLite knows plain small letters alone."""
    longest = [max(each.split(), key=len) for each in names if each.strip()]
    return list(dict.fromkeys(way for each in longest for way in (each, each.lower(), each.upper())))


def is_wide(sign: str) -> bool:
    """Whether it is a Chinese, Japanese or Korean sign: words of these are written without blanks between them."""
    return unicodedata.east_asian_width(sign) in "WF"


def _name(name: str) -> str:
    if "@" in name:
        return _whole(_BEFORE_ADDRESS, re.escape(name), _AFTER_ADDRESS)
    words = name.split()
    first = _BEFORE_ARABIC if "ARABIC" in unicodedata.name(name[0], "") else _BEFORE_NAME
    before, after = ("" if is_wide(sign) else end for sign, end in ((name[0], first), (name[-1], _AFTER_NAME)))
    return _whole(before, r"\s+".join(map(re.escape, words)), after)


def _whole(before: str, what: str, after: str) -> str:
    return f"(?:{before}|{_ESCAPED}){what}{after}"
