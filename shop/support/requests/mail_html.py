"""The words of a mail that is written as a web page. Pure.

Every character is looked at once: whoever writes tags that never end keeps nobody busy, as the parser of the standard
library would be for hours.
"""

import re
from html import unescape

READ = 1024 * 1024  # characters of one page that are looked at

_BLOCKS = frozenset(
    "address article aside blockquote br div dl dt dd h1 h2 h3 h4 h5 h6 hr li ol p pre section table tr ul".split()
)
_VOID = frozenset({"br", "hr"})
_RAW = frozenset("script style title".split())  # up to their end nothing in them is a tag
_UNSEEN = frozenset("head template noscript".split())
_VALUE = re.compile(r"=\s{0,9}([\"'])")
_TAG = re.compile(r"(/?)([a-z][a-z0-9:-]{0,30})", re.IGNORECASE)


def from_html(html: str) -> str:
    """The words of a page, a line for each block; nothing of it runs or loads."""
    reader = _Reader(html[:READ])
    reader.read()
    lines = [" ".join(each.split()) for each in "".join(reader.said).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader:
    """Goes through a page from `at` on; what was looked for to the end in vain is not looked for again (`missing`)."""

    def __init__(self, html: str) -> None:
        self.said: list[str] = []
        self._html, self._lower, self._at = html, html.lower(), 0
        self._missing: set[str] = set()
        self._unseen = ""

    def read(self) -> None:
        while self._at < len(self._html):
            start = self._find("<", self._at)
            self._say(self._html[self._at : start if start >= 0 else None])
            if start < 0:
                return
            self._at = start
            self._mark()

    def _mark(self) -> None:
        """Pass over the tag or remark that begins here; what is none is a word like all others."""
        start = self._at
        if self._html.startswith("<!--", start):
            end = self._find("-->", start + 4)
            after = end + 3 if end >= 0 else -1
        elif (tag := _TAG.match(self._html, start + 1)) or self._html[start + 1 : start + 2] in ("!", "?"):
            after = self._tag_end(start + 1)
            if tag and after >= 0:
                self._at = after
                self._tag(tag[2].lower(), end=bool(tag[1]))
                return
        else:
            after = -1
        if after < 0:
            self._say("<")
        self._at = after if after >= 0 else start + 1

    def _tag_end(self, at: int) -> int:
        """Where the tag ends, behind its last sign; a `>` between quotation marks of a value is none. -1 for nowhere."""
        end = self._find(">", at)
        while end >= 0 and (quote := _VALUE.search(self._html, at, end)):
            closed = self._find(quote[1], quote.end())
            if closed < 0:
                break
            at = closed + 1
            end = self._find(">", at) if closed > end else end
        return end + 1 if end >= 0 else -1

    def _tag(self, name: str, *, end: bool) -> None:
        if name in _RAW and not end:
            closed = self._find(f"</{name}", self._at, lower=True)
            self._at = closed if closed >= 0 else len(self._html)
        elif name == "body" or (end and name == self._unseen):
            self._unseen = ""
        elif name in _UNSEEN and not end:
            self._unseen = self._unseen or name
        elif name in _BLOCKS and not (end and name in _VOID):
            self.said.append("\n")

    def _say(self, text: str) -> None:
        if not self._unseen:
            self.said.append(re.sub(r"\s+", " ", unescape(text)))

    def _find(self, sign: str, at: int, *, lower: bool = False) -> int:
        if sign in self._missing:
            return -1
        found = (self._lower if lower else self._html).find(sign, at)
        if found < 0:
            self._missing.add(sign)
        return found
