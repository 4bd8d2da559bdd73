"""The forms of a page with every field a person can fill in, as a browser would send them."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.world import Browser, forms

WORDS = {"text", "search", "textarea", "tel", "url", "password"}  # kinds of field that take any words
EXAMPLES = {
    "email": "quitte@example.com",
    "number": "1",
    "date": "2026-12-01",
    "time": "09:00",
    "datetime-local": "2026-12-01T09:00",
    "month": "2026-12",
    "week": "2026-W49",
    "color": "#336699",
}


@dataclass
class Input:
    """One field: its kind (an input's type, `textarea` or `select`), what it holds, and what can be chosen."""

    name: str
    kind: str
    value: str = ""
    required: bool = False
    options: list[str] = field(default_factory=list)

    def filled(self) -> str:
        """What a person would send who leaves what is there, and fills in what is empty and must not be."""
        if self.kind == "select":
            return self.value or next((each for each in self.options if each), "")
        if self.kind in WORDS:
            return self.value or ("Quitte" if self.required else "")
        return self.value or EXAMPLES.get(self.kind, "")


@dataclass
class WholeForm:
    """A form: where it leads, how, and its fields in order."""

    action: str
    method: str
    multipart: bool
    fields: list[Input] = field(default_factory=list)

    def words(self) -> list[str]:
        """The names of its fields that take any words, once each."""
        return list(dict.fromkeys(each.name for each in self.fields if each.kind in WORDS))

    def sent(self) -> dict[str, str]:
        """What it sends, and every box ticked."""
        return {
            each.name: each.filled() for each in self.fields if each.kind not in ("file", "submit", "button", "image")
        }


def whole_forms(html: str) -> list[WholeForm]:
    """The forms of a page, in the order in which they stand there."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[WholeForm] = []
        self._ids: dict[str, WholeForm] = {}
        self._form: WholeForm | None = None
        self._open: Input | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            kind = given.get("enctype", "")
            self._form = WholeForm(given.get("action", ""), given.get("method", "get").lower(), "multipart" in kind)
            self.found.append(self._form)
            self._ids[given.get("id", "")] = self._form
        elif tag in ("input", "textarea", "select", "button") and given.get("name"):
            self._add(tag, given)
        elif tag == "option" and self._open is not None and self._open.kind == "select":
            self._open.options.append(given.get("value", ""))
            if "selected" in given:
                self._open.value = given.get("value", "")

    def _add(self, tag: str, given: dict[str, str]) -> None:
        form = self._ids.get(given.get("form", ""), self._form) if given.get("form") else self._form
        if form is None:
            return
        kind = given.get("type", "text").lower() if tag == "input" else tag if tag != "button" else "hidden"
        known = next((each for each in form.fields if each.name == given["name"]), None)
        if kind in ("radio", "hidden") and known is not None and "checked" not in given:
            return  # the first choice stays, unless another is made already
        value = given.get("value", "on" if kind in ("checkbox", "radio") else "")
        made = Input(given["name"], kind, value, "required" in given)
        form.fields.append(made)
        self._open = made if tag in ("textarea", "select") else None

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._open.kind == "textarea":
            self._open.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag in ("textarea", "select"):
            self._open = None


def links(html: str) -> Iterator[str]:
    """Where a page leads within the house."""
    reader = _Links()
    reader.feed(html)
    yield from reader.found


def staff_links(html: str) -> Iterator[str]:
    """Where a page leads within desk and console; files are no pages."""
    for address in links(html):
        path = address.partition("?")[0]
        if path.startswith(("/desk", "/console")) and not re.search(r"\.[a-z]+$", path):
            yield address


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        led = dict(attrs).get("href") or ""
        if tag == "a" and led.startswith("/") and not led.startswith("//"):
            self.found.append(led.partition("#")[0])


def filled(browser: Browser, action: str) -> dict[str, str]:
    """What the form of the present page would send, with its text areas and choices as they stand."""
    assert browser.page is not None
    page = browser.page.text
    values = max((each.fields for each in forms(page) if each.action.endswith(action)), key=len)
    body = page[page.index(f'method="post" action="{action}"') :]
    body = body[: body.index("</form>")]
    for name, said in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', body, re.S):
        values[name] = said.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else ""
    return values


def as_it_stands(page: str) -> dict[str, str]:
    """What a browser sends besides the plain fields: texts, what is chosen, what is ticked."""
    texts = dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        texts[name] = next(iter(re.findall(r'<option value="([^"]*)" selected', options)), "")
    ticks = re.findall(r'<input type="checkbox"[^>]* name="([^"]+)" value="yes"\s+checked', page)
    return {name: html.unescape(value) for name, value in texts.items()} | dict.fromkeys(ticks, "yes")
