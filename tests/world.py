"""The world of the tests: the whole house over a fresh database, a clock that stands still, and people with browsers.

Customers: Anna in Hamburg, Claire in Lausanne, Yuki in Osaka, Tama in Nelson, Layla in Dubai, Greg in Toronto. Staff are
the demo exporter's own people: Mere (exporter), Lena (agent, Hamburg), Haruka (agent, Osaka), and the rest of people.csv.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

import anyio.from_thread
import httpx

from shop import jobs
from shop.app import doors, fronted
from shop.base.logs import set_up_logs
from shop.base.mail import FolderMailer
from shop.base.settings import Settings
from shop.demo.showing import PASSWORD
from shop.house import House, assemble
from shop.policies.library import PolicyLibrary
from shop.staff.models import Person

ORIGIN = "http://127.0.0.1:8000"
TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # 10:30 in Hamburg, 18:30 in Osaka, 22:30 in Nelson

ANNA = {
    "email": "anna@example.com",
    "name": "Anna Beck",
    "street_address": "Elbchaussee 5",
    "postal_code": "22765",
    "city": "Hamburg",
}
CLAIRE = {
    "email": "claire@example.com",
    "name": "Claire Favre",
    "street_address": "Rue du Lac 3",
    "postal_code": "1003",
    "city": "Lausanne",
}
YUKI = {
    "email": "yuki@example.com",
    "name": "山田 雪",
    "street_address": "大阪市北区梅田1-1-1",
    "postal_code": "530-0001",
    "country_area": "大阪府",
}
TAMA = {
    "email": "tama@example.com",
    "name": "Tama Reweti",
    "street_address": "4 Haven Road",
    "postal_code": "7010",
    "city": "Nelson",
}
LAYLA = {
    "email": "layla@example.com",
    "name": "ليلى منصور",
    "street_address": "شارع الشيخ زايد 8",
    "country_area": "إمارة دبيّ",
}
GREG = {
    "email": "greg@example.com",
    "name": "Greg Tremblay",
    "street_address": "12 Queen St W",
    "city": "Toronto",
    "country_area": "ON",
    "postal_code": "M5H 2M9",
}
QUEBEC = {  # where Greg has goods sent, too
    **GREG,
    "street_address": "5 rue Saint-Paul",
    "city": "Montréal",
    "country_area": "QC",
    "postal_code": "H2Y 1C6",
}


@dataclass
class World:
    """The house, its application, and the hands that move it."""

    house: House
    app: Any
    portal: Any
    clock: "StoppedClock"

    def browser(self, language: str = "en") -> "Browser":
        """A new visitor's browser."""
        return Browser(self, language)

    def signed_in(self, person: str) -> "Browser":
        """The browser of one of the staff, signed in."""
        with self.house.database.reading() as db:
            email = db.get_one(Person, person).email
        browser = self.browser()
        answer = browser.post("/sign-in", {"email": email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser

    def work(self) -> None:
        """Do all periodic work that is due, until nothing is left to do."""
        while jobs.run_due(self.house):
            pass

    def at(self, instant: datetime) -> None:
        """Move the clock, and let the work that has become due be done."""
        self.clock.now = instant
        self.work()

    def later(self, **span: float) -> None:
        """Move the clock on by a span, and let the work that has become due be done."""
        self.at(self.clock.now + timedelta(**span))

    def mails(self, to: str) -> list[EmailMessage]:
        """The mails to this address, the oldest first."""
        assert isinstance(self.house.mailer, FolderMailer)
        return [mail for _name, mail in reversed(self.house.mailer.kept()) if mail["To"] == to]


@dataclass
class StoppedClock:
    """A clock that says what it was told."""

    now: datetime = TUESDAY

    def __call__(self) -> datetime:
        return self.now


class Browser:
    """One visitor: keeps cookies, sends Origin as a browser does, does not follow redirects unless told."""

    def __init__(self, world: World, language: str) -> None:
        self._world = world
        headers = {"accept-language": language, "origin": ORIGIN}
        transport = httpx.ASGITransport(app=world.app, client=("127.0.0.1", 50000))
        self._client = httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)
        self.page: httpx.Response | None = None
        self.shows_again = True

    @property
    def cookies(self) -> httpx.Cookies:
        """The cookies this browser keeps."""
        return self._client.cookies

    def get(self, url: str, **options: Any) -> httpx.Response:
        """Look at an address."""
        return self._asked("GET", url, **options)

    def post(self, url: str, data: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        """Send a form to an address. Who is asked again who they are gives the demo's password, unless they are told not to."""
        answer = self._asked("POST", url, data=data or {}, **options)
        if answer.status_code != 422 or not self.shows_again or 'action="/sign-in/again"' not in answer.text:
            return answer
        form = next(each for each in forms(answer.text) if each.action == "/sign-in/again")
        shown = self._asked("POST", form.action, data={**form.fields, "again.password": PASSWORD})
        assert shown.status_code == 307, shown.text
        return self._asked("POST", url, data=data or {}, **options)

    def submit(self, action: str, **fields: str) -> httpx.Response:
        """Send the form of the present page whose action ends so, with its hidden fields and these values."""
        assert self.page is not None
        form = next((each for each in forms(self.page.text) if each.action.endswith(action)), None)
        assert form is not None, (
            f"no form {action!r} on {self.page.url}: {[each.action for each in forms(self.page.text)]}"
        )
        return self.post(urljoin(str(self.page.url), form.action), {**form.fields, **fields})

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """Go where a redirect leads, to its end."""
        while answer.is_redirect:
            answer = self.get(urljoin(str(answer.url), answer.headers["location"]))
        return answer

    def _asked(self, method: str, url: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            return await self._client.request(method, url, **options)

        answer: httpx.Response = self._world.portal.call(ask)
        if not answer.is_redirect:
            self.page = answer
        return answer


class Standing:
    """The house of the world that is open, for a router that is built once: building it takes longer than a test."""

    house: House | None = None
    router: Any = None

    def __getattr__(self, part: str) -> Any:
        return getattr(self.house, part)


STANDING: list[Standing] = []  # as many as there have been worlds open at the same time


@contextmanager
def application(house: House) -> Iterator[Any]:
    """The house's application, as `build` makes it."""
    standing = next((each for each in STANDING if each.house is None), None)
    if standing is None:
        standing = Standing()
        STANDING.append(standing)
    standing.house = house
    set_up_logs(house.settings.log_format)
    try:
        if standing.router is None:
            standing.router = doors(cast(House, standing), jobs_inside=False)
        yield fronted(house, standing.router)
    finally:
        standing.house = None


@contextmanager
def world(
    data_dir: Path, database_url: str, *, payments: Any = None, mail: Any = None, **settings_of_its_own: Any
) -> Iterator[World]:
    """The house over this database, which must have its tables; nothing runs in the background."""
    settings = Settings(
        database_url=database_url,
        data_dir=data_dir,
        base_url=ORIGIN,
        secret_key=b"k" * 32,
        log_format="off",
        mail_from="care@harbourbench.example",
        **settings_of_its_own,
    )
    clock = StoppedClock()
    house = assemble(settings, clock=clock, payments=payments, mail=mail, policies=_policies(settings.policies_dir))
    house.revisions.refresh()
    house.policies.refresh()
    with anyio.from_thread.start_blocking_portal() as portal, application(house) as app:
        yield World(house, app, portal, clock)
    house.database.close()


@cache
def _policies(folder: Path) -> PolicyLibrary:
    """Read once in a process: the library is never changed once it is read."""
    return PolicyLibrary(folder)


def text(html: str) -> str:
    """A page's words, as one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script).*?</\1>", " ", html, flags=re.S)).split())


@dataclass
class PageForm:
    """A form on a page: where it goes, and what it would send as it stands."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


def forms(html: str) -> list[PageForm]:
    """The forms of a page."""
    reader = _FormReader()
    reader.feed(html)
    return reader.found


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[PageForm] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append(PageForm(given.get("action") or ""))
        elif tag == "input" and self.found and given.get("type") != "checkbox" and given.get("name"):
            self.found[-1].fields[given["name"] or ""] = given.get("value") or ""


def path_of(url: str) -> str:
    """The path of an address of ours."""
    return urlsplit(url).path
