"""What of a page is alive: elements and attributes that hostile text has made, and anything inline that a strict CSP forbids."""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import tinyhtml5

MARK = "q7zq"  # in every payload: the name of an element, of an attribute, of a host
HOST = f"{MARK}.example"

PAYLOADS = (
    f'"><{MARK} on{MARK}=x></title></textarea><{MARK}>',
    f"' on{MARK}=alert(1) autofocus x='",
    f"<script>{MARK}()</script><svg onload={MARK}()><img src=//{HOST}/i onerror={MARK}()>",
    f"javascript:{MARK}()//",
    f"![x](https://{HOST}/b.png) [x](javascript:{MARK}()) <https://{HOST}> <a href='data:text/html,{MARK}'>x</a>",
    f"</script><style>*{{background:url(//{HOST})}}</style><base href=//{HOST}><meta http-equiv=refresh content=0;//{HOST}>",
    f"{{{{ '{MARK}'|upper }}}}{{% print('{MARK}') %}}${{7*7}}%({MARK})s%s{{0}}",
    f'=HYPERLINK("https://{HOST}","{MARK}")',
    f"+{MARK}+1",
    f"-{MARK}-1",
    f"@SUM({MARK})",
    f"＝{MARK}",
    f"\t={MARK}",
    f"\r\nBcc: {MARK}@{HOST}\r\nX-{MARK}: 1\r\nSet-Cookie: {MARK}=1",
    f"\u202e\u2066{MARK}\u200f<!--{MARK}",
    f'<iframe srcdoc="<script>{MARK}()</script>"><form action=//{HOST}><input formaction=//{HOST}><{MARK}/',
)
_RUN = ("script", "style", "iframe", "base", "object", "embed")
_LEADS = {"href", "src", "action", "formaction", "srcset", "poster", "data", "background", "cite", "ping", "xlink:href"}


_WITHIN_A_TAG = re.compile(rf"<[^<>]*{MARK}")


def live(html: str) -> list[str]:
    """What the page's hostile text has become besides text, as a browser reads the page. `inline` looks into scripts."""
    if not _WITHIN_A_TAG.search(html):  # all of it is text, or stands in a script or style
        return []
    found = []
    for element in tinyhtml5.parse(html, namespace_html_elements=False).iter():
        tag = element.tag if isinstance(element.tag, str) else "!"
        if MARK in tag or (tag in _RUN and MARK in _within(element) and not _is_data(element)):
            found.append(f"<{tag}>")
        for name, value in element.attrib.items():
            if MARK in str(name) or str(name).lower().startswith("on") or _leads_away(str(name), value):
                found.append(f"<{tag} {name}={value!r}>")
    return found


def _is_data(element: Any) -> bool:
    """A block of data for search engines, which no browser runs; it must be whole, or it was broken out of."""
    if element.tag != "script" or element.attrib != {"type": "application/ld+json"}:
        return False
    with suppress(ValueError):
        return bool(json.loads("".join(element.itertext())))
    return False


def _within(element: Any) -> str:
    return "".join(element.itertext()) + " ".join(element.attrib.values())


def _leads_away(name: str, value: str) -> bool:
    if name.rpartition("}")[2].lower() not in _LEADS or MARK not in value:
        return False
    parts = urlsplit("".join(each for each in value.strip() if each > " "))
    return HOST in parts.netloc or parts.scheme not in ("", "http", "https", "mailto", "tel")


@dataclass
class _Inline(HTMLParser):
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._script = tag == "script" and given.get("type") != "application/ld+json"
        wrong = [name for name in given if name.startswith("on") or name == "style"]
        led = [
            value
            for name, value in attrs
            if name in _LEADS and (value or "").lower().lstrip().startswith("javascript:")
        ]
        if tag == "style" or wrong or led:
            self.found.append(self.get_starttag_text() or tag)

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.found.append(f"script {data[:60]!r}")

    def handle_endtag(self, tag: str) -> None:
        self._script = False


def inline(html: str) -> list[str]:
    """Styles, scripts and handlers that stand in the page itself."""
    reader = _Inline()
    reader.feed(html)
    reader.close()
    return reader.found


_RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def reckoning_cells(sheet: str) -> list[str]:
    """Cells of a CSV file with a payload that a spreadsheet would take for a formula."""
    rows = csv.reader(io.StringIO(sheet.removeprefix("\ufeff"), newline=""))
    return [cell for row in rows for cell in row if MARK in cell and cell.startswith(_RISKY)]


def wrong_in_mail(mail: EmailMessage) -> Iterator[str]:
    """Headers that a payload has made, more than one recipient, and what is alive in the part that is a page."""
    for name in mail:
        if MARK in name.lower() or name.lower() in ("bcc", "cc", "set-cookie"):
            yield f"header {name}"
    if len(mail["To"].addresses) != 1:
        yield f"to {mail['To']}"
    for part in mail.walk():
        if part.get_content_type() == "text/html" and not part.is_attachment():
            yield from live(part.get_content())


def is_hostile(mail: EmailMessage) -> bool:
    """Whether a payload came into the mail."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return any(MARK in each for each in (str(mail["Subject"]), *parts))
