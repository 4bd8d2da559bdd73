"""What a mail says: its own words as plain text, without markup and without the mail that it answers. Pure."""

import re
from collections.abc import Iterable
from email.message import Message as Mail
from html.parser import HTMLParser

LONGEST = 20_000  # characters of one mail that are kept
READ = 1024 * 1024  # characters of one part that are looked at
MOST_TEXTS = 20  # parts of one mail
CUT = " […]"

_BLOCKS = frozenset(
    "address article aside blockquote br div dl dt dd h1 h2 h3 h4 h5 h6 hr li ol p pre section table tr ul".split()
)
_UNSEEN = frozenset("script style head title template noscript".split())
_VOID = frozenset({"br", "hr"})


def written(parts: Iterable[Mail]) -> str:
    """The words of a mail's parts, plain before HTML; empty where it has none. Bytes that no alphabet fits are replaced."""
    own = [each for each in parts if not each.get_filename()]
    for kind in ("plain", "html"):
        texts = [_decoded(each) for each in own if each.get_content_type() == f"text/{kind}"][:MOST_TEXTS]
        said = "\n\n".join(from_html(each) if kind == "html" else each for each in texts)
        if said.strip():
            return tidy(said)
    return ""


def without_history(text: str) -> str:
    """The text without the mail it answers, below it or quoted by lines. One that is nothing else stays as it is."""
    lines = text.split("\n")
    end = next((number for number in range(len(lines)) if _begins_history(lines, number)), len(lines))
    own = [each for each in lines[:end] if not each.lstrip().startswith(">")]
    kept = "\n".join(own).strip()
    return re.sub(r"\n-- ?\n.*", "", kept, flags=re.DOTALL).strip() or text.strip()


def shortened(text: str) -> str:
    """At most LONGEST characters; a text that was cut says so."""
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)].rstrip() + CUT


def from_html(html: str) -> str:
    """The words of a page, a line for each block; nothing of it runs or loads."""
    reader = _Reader()
    reader.feed(html[:READ])
    reader.close()
    return reader.text()


def tidy(text: str) -> str:
    """Line ends, blanks and unseen signs as they are kept."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").translate(_TURNING)
    plain = re.sub(r"[^\S\n]+$", "", plain.replace("\u00a0", " "), flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", plain).strip()


_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])

# The line by which programs introduce the mail that is answered, in the languages of the house.
_WROTE = re.compile(
    r"^\s*>*\s*(?:on .{4,200} wrote|am .{4,200} schrieb.{0,120}|le .{4,200} a écrit|il .{4,200} ha scritto|"
    r"el .{4,200} escribió|em .{4,200} escreveu|.{4,200} のメール|.{4,200}書きました|.{0,200}كتب.{0,120})\s*[::]\s*$",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|original-nachricht|ursprüngliche nachricht|message d'origine|messaggio originale|"
    r"mensaje original|mensagem original|元のメッセージ|الرسالة الأصلية)\s*-{2,}|_{20,})\s*$",
    re.IGNORECASE,
)


def _begins_history(lines: list[str], number: int) -> bool:
    line = lines[number]
    if len(line) > 400:
        return False
    # A long introduction is broken over two lines.
    both = f"{line.strip()} {lines[number + 1].strip()}" if number + 1 < len(lines) and len(line) < 200 else line
    return bool(_WROTE.match(line) or _MARKS.match(line) or (line.strip() and _WROTE.match(both)))


def _decoded(part: Mail) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    for alphabet in (_alphabet(part), "utf-8"):
        try:
            return data[: 4 * READ].decode(alphabet)[:READ]
        except (LookupError, ValueError):
            continue
    return data[: 4 * READ].decode("utf-8", "replace")[:READ]


def _alphabet(part: Mail) -> str:
    try:
        return part.get_content_charset() or "utf-8"
    except (LookupError, ValueError):
        return "utf-8"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._said: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag in _BLOCKS:
            self._said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and tag in self._unseen:
            self._unseen = self._unseen[: self._unseen.index(tag)]
        elif tag in _BLOCKS - _VOID:
            self._said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._said.append(re.sub(r"\s+", " ", data))

    def text(self) -> str:
        lines = [each.strip() for each in "".join(self._said).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
