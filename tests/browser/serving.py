"""The shop on a real port, and visitors with a real Chromium who look closely at every page they come to.

The clock stands still and no work is done in the background: a test calls `work`. A look at a page checks what holds
for all pages: accessibility, light and dark, no sideways scroll at 320 px, one direction, no words of another language.
"""

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page

from shop import jobs
from shop.app import build
from shop.base.settings import Settings
from shop.demo.showing import PASSWORD
from shop.house import House, assemble
from shop.launches.changing.invitations import make_invitation
from shop.launches.changing.transitions import change_state
from shop.launches.readying.gathering import Sources
from shop.markets.models import Market
from tests.chromium import WCAG, accessibility_faults
from tests.world import StoppedClock

PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
COLOURS = ["wcag2aa"]  # of axe's rules those that may judge the dark page differently
LOCALES = {"de": "de-DE", "fr": "fr-CH", "ja": "ja-JP", "ar": "ar-AE", "en": "en-NZ"}


@dataclass
class Served:
    """A shop that answers at `origin`."""

    house: House
    origin: str

    def work(self) -> None:
        """Do all periodic work that is due."""
        while jobs.run_due(self.house):
            pass

    def invitation(self, market: str) -> str:
        """The address of a fresh invitation for one visitor."""
        house = self.house
        with house.database.writing() as db:
            made = make_invitation(db, market, person="mere", uses=1, days=7, note="", now=house.clock())
            return made.link(self.origin)

    def open(self, market: str) -> None:
        """Open the market to everybody, as the console does, through all its gates."""
        house = self.house
        sources = Sources(house.policies, house.languages.tags, live_payments=False)
        with house.database.writing() as db:
            version = db.get_one(Market, market).version
            change_state(
                db, market, "open", person="mere", reason="", version=version, sources=sources, now=house.clock(),
                override="known from elsewhere",
            )  # fmt: skip


@contextmanager
def served(demo_file: Path, folder: Path) -> Iterator[Served]:
    """The shop over a copy of the demo's database, on a free port of this machine."""
    shutil.copy(demo_file, folder / "softlaunch.db")
    listening = socket.create_server(("127.0.0.1", 0))  # who comes before the server is up waits in its backlog
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = Settings(
        database_url=f"sqlite:///{folder / 'softlaunch.db'}",
        data_dir=folder,
        base_url=origin,
        secret_key=b"k" * 32,
        log_format="off",
    )
    house = assemble(settings, clock=StoppedClock())
    config = uvicorn.Config(
        build(house, jobs_inside=False), log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="server")
    thread.start()
    try:
        yield Served(house, origin)
    finally:
        server.should_exit = True
        thread.join()


@dataclass
class Visitor:
    """Somebody with a browser. What a look or the browser itself complains about is kept in `faults`."""

    page: Page
    language: str
    origin: str
    size: dict[str, int]
    faults: list[str] = field(default_factory=list)

    def goto(self, path: str) -> None:
        """Open an address of the shop."""
        self.page.goto(self.origin + path)

    def press(self, action: str, button: str = "button") -> None:
        """Press the first such button of the form whose action ends so, or holds it (`/invite/`)."""
        self.page.locator(f"form[action{'*' if action.endswith('/') else '$'}='{action}'] {button}").first.click()

    def fill(self, **fields: str) -> None:
        """Fill in or choose by the fields' names."""
        for name, value in fields.items():
            given = self.page.locator(f"main form [name='{name}']")
            if given.evaluate("each => each.localName") == "select":
                given.select_option(value)
            else:
                given.fill(value)

    def at(self, pattern: str) -> None:
        """Wait until the address is of this pattern (a regular expression from its first slash to its end)."""
        self.page.wait_for_url(re.compile(re.escape(self.origin) + pattern + "$"))

    def said(self, selector: str) -> str:
        """What the first such thing says, once it can be seen."""
        return self.page.locator(selector).first.inner_text().strip()

    def sign_in(self, person: str) -> None:
        """Sign in as one of the demo exporter's people."""
        self.goto("/sign-in")
        self.fill(email=f"{person}@harbourbench.example", password=PASSWORD)
        self.press("/sign-in")

    def look(self) -> None:
        """Look closely at the page as it stands."""
        place = urlsplit(self.page.url).path
        self.faults += [f"{place} in {self.language}: {fault}" for fault in self._seen()]

    def _seen(self) -> Iterator[str]:
        yield from _words(self.page, self.language)
        self.page.evaluate(UNFOLD)
        for scheme, rules in (("dark", COLOURS), ("light", WCAG)):
            self.page.emulate_media(color_scheme=scheme)
            yield from (f"{scheme}: {fault}" for fault in accessibility_faults(self.page, rules=rules))
            self.page.set_viewport_size(NARROW)
            if wider := self.page.evaluate(WIDER):
                yield f"{scheme} at 320 px: {wider}"
            self.page.set_viewport_size(self.size)

    def heard(self, message: ConsoleMessage) -> None:
        """The browser's own complaints; that a form came back (422) is none."""
        if message.type == "error" and "status of 422" not in message.text:
            self.faults.append(f"{urlsplit(self.page.url).path} says {message.text}")


@contextmanager
def visitor(
    chromium: Browser, shop: Served, language: str, *, size: dict[str, int] = PHONE, script: bool = True
) -> Iterator[Visitor]:
    """A visitor who has never been here, with a phone unless told. At the end there may be no fault."""
    options: Any = {"viewport": size, "locale": LOCALES[language], "java_script_enabled": script}
    with chromium.new_context(**options, reduced_motion="reduce") as context:
        context.set_default_timeout(10_000)
        context.add_init_script(TELL_VIOLATIONS)
        came = Visitor(context.new_page(), language, shop.origin, size)
        came.page.on("console", came.heard)
        came.page.on("pageerror", lambda error: came.faults.append(f"script: {error}"))
        yield came
    assert not came.faults, "\n".join(came.faults)


TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation",
  (event) => console.error("violates", event.violatedDirective, event.blockedURI));
"""

UNFOLD = """() => document.querySelectorAll("main details").forEach((each) => { each.open = true; })"""

# Everything that is shown or read out in the page's own language; folded texts too, but not what another has written.
OWN_TEXTS = """() => {
  const language = (tag) => tag.split("-")[0];
  const own = language(document.documentElement.lang);
  const ours = (each) => language(each.closest("[lang]").lang) === own && !each.closest("script, style, .said, textarea");
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (ours(walker.currentNode.parentElement)) texts.push(walker.currentNode.data);
  for (const name of ["aria-label", "alt", "title", "placeholder", "data-live-text"])
    for (const each of document.querySelectorAll(`[${name}]`)) if (ours(each)) texts.push(each.getAttribute(name));
  return texts.map((text) => text.trim()).filter(Boolean);
}"""

WIDER = """() => {
  const root = document.documentElement, seen = root.clientWidth;
  if (root.scrollWidth <= seen && document.body.scrollWidth <= seen) return "";
  const out = [...document.body.querySelectorAll("*")].filter((each) => {
    const box = each.getBoundingClientRect();
    return box.width > 1 && (box.right > seen + 1 || box.left < -1);
  });
  return `${root.scrollWidth} px wide: ` + out.slice(0, 5).map((each) => `${each.localName}.${each.className}`).join(", ");
}"""

# Words that give English away and are no words of German; names of goods, people and carriers are none of them.
ENGLISH = re.compile(
    r"\b(the|and|you|your|yours|our|ours|we|are|is|with|without|from|for|of|or|to|this|that|these|those|have|has|been|"
    r"yet|here|there|what|when|who|which|please|cannot|order|orders|ordered|cart|delivery|delivered|price|prices|"
    r"question|questions|answer|answers|answered|answering|address|checkout|review|pay|payment|paid|return|returns|"
    r"guarantee|country|language|search|home|skip|content|categories|product|products|facts|"
    r"working|days|day|hours|minutes|today|tomorrow|native|fluent|speaker|sum|tax|included|free|send|sent|change|remove|"
    r"invitation|invited|request|requests|promise|promised|queue|mine|waiting|all|state|owner|market|markets|"
    r"customer|thread|close|closed|away|back|read|whole|applies|expected|parcel|placed|monday|tuesday|wednesday)\b",
    re.IGNORECASE,
)


def english_words(texts: list[str]) -> list[str]:
    """The texts that hold English words; addresses of mail and of pages, and what is set apart as foreign, are no words."""
    return [text for text in texts if ENGLISH.search(re.sub(r"\S*[@/]\S*|\u2066[^\u2069]*\u2069", " ", text))]


def _words(page: Page, language: str) -> Iterator[str]:
    root = page.locator("html")
    tag, direction = root.get_attribute("lang") or "", root.get_attribute("dir")
    if (tag.split("-")[0], direction) != (language, "rtl" if language == "ar" else "ltr"):
        yield f"is in {tag}, {direction}"
    if language != "en":
        yield from (f"English: {text!r}" for text in english_words(page.evaluate(OWN_TEXTS)))
