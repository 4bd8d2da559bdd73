"""What a mail says: its own words as plain text, without markup and without the mail that it answers. Pure."""

import codecs
import re
from collections.abc import Iterable
from email.message import Message as Mail

from shop.support.requests.mail_html import READ, from_html

LONGEST = 20_000  # characters of one mail that are kept
MOST_TEXTS = 20  # parts of one mail
CUT = " […]"

# Alphabets of host names and of program text: no mail is written in them, and undoing some takes hours.
_NO_ALPHABETS = frozenset({"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined"})


def written(parts: Iterable[Mail]) -> str:
    """The words of a mail's parts, plain before HTML; empty where it has none. Bytes that no alphabet fits are replaced."""
    own = [each for each in parts if not file_name(each)]
    for kind in ("plain", "html"):
        texts = [_decoded(each) for each in own if each.get_content_type() == f"text/{kind}"][:MOST_TEXTS]
        said = "\n\n".join(from_html(each) if kind == "html" else each for each in texts)
        if said.strip():
            return tidy(said)
    return ""


def without_history(text: str) -> str:
    """The text without the mail it answers, below it, above it or between. One that is nothing else stays as it is."""
    lines = text.split("\n")
    start = next((number for number in range(len(lines)) if _begins_history(lines, number)), len(lines))
    below = lines[start + 1 :]
    quoted = next((number for number, each in enumerate(below) if each.startswith(">")), len(below))
    if sum(bool(each.strip()) for each in below[:quoted]) > 1:  # the introduction may have a second line, and no third
        quoted = len(below)
    own = [each for each in (*lines[:start], *below[quoted:]) if not each.lstrip().startswith(">")]
    kept = "\n".join(own).strip()
    return re.sub(r"\n-- ?\n.*", "", kept, flags=re.DOTALL).strip() or text.strip()


def shortened(text: str) -> str:
    """At most LONGEST characters; a text that was cut says so."""
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)].rstrip() + CUT


def file_name(part: Mail) -> str:
    """What a part calls itself; empty where it does not, or in bytes that say nothing."""
    try:
        return part.get_filename() or ""
    except (LookupError, ValueError):
        return ""


def decoded(data: bytes, alphabet: str) -> str:
    """The text these bytes are in the alphabet, without signs that no text can hold. Raises LookupError or ValueError."""
    if codecs.lookup(alphabet).name in _NO_ALPHABETS:
        raise LookupError(alphabet)
    return data.decode(alphabet).encode("utf-8", "replace").decode("utf-8")


def tidy(text: str) -> str:
    """Line ends, blanks and unseen signs as they are kept."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").translate(_TURNING)
    plain = "\n".join(each.rstrip() for each in plain.replace("\u00a0", " ").split("\n"))
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

# The heads of a mail as programs repeat them above what is answered, without any other mark: sender, then instant.
_FROM = re.compile(r"^\s*\*?(?:from|von|de|da|差出人|من)\s?[::]", re.IGNORECASE)
_SENT = re.compile(
    r"^\s*\*?(?:sent|date|gesendet|datum|envoyé|inviato|data|enviado(?: el| em)?|fecha|送信日時|日時|تاريخ الإرسال|التاريخ)"
    r"\s?[::]",
    re.IGNORECASE,
)


def _begins_history(lines: list[str], number: int) -> bool:
    line = lines[number]
    if len(line) > 400:
        return False
    if _FROM.match(line) and number + 1 < len(lines) and _SENT.match(lines[number + 1]):
        return True
    # A long introduction is broken over two lines.
    both = f"{line.strip()} {lines[number + 1].strip()}" if number + 1 < len(lines) and len(line) < 200 else line
    return bool(_WROTE.match(line) or _MARKS.match(line) or (line.strip() and _WROTE.match(both)))


def _decoded(part: Mail) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    for alphabet in (_alphabet(part), "utf-8"):
        try:
            return decoded(data[: 4 * READ], alphabet)[:READ]
        except (LookupError, ValueError):
            continue
    return data[: 4 * READ].decode("utf-8", "replace")[:READ]


def _alphabet(part: Mail) -> str:
    try:
        return part.get_content_charset() or "utf-8"
    except (LookupError, ValueError):
        return "utf-8"
