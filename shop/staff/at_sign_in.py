"""Who stands at the doors where nobody has signed in yet, and what lies at hand there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from litestar import Request, Response
from litestar.di import NamedDependency, Provide

from shop.base.db import Database
from shop.base.guard import REQUEST_ID
from shop.base.i18n import Languages, Tongue
from shop.base.pages import Pages
from shop.base.tokens import Signer, fresh_token
from shop.base.web import NO_INDEX, Cookies, client_address, see_other
from shop.staff.arrival import COOKIE
from shop.staff.may import may_somewhere
from shop.staff.models import Person
from shop.staff.signin import LASTS, Device, sign_in, sign_out

KNOWN = "known"  # the cookie of a browser in which a person has signed in
YEAR = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Threshold:
    """Somebody at the sign-in door: their browser, and the parts of the house that the door needs."""

    request: Request[Any, Any, Any]
    database: Database
    pages: Pages
    tongue: Tongue
    jar: Cookies
    signer: Signer
    now: datetime

    @property
    def address(self) -> str:
        """Their network address."""
        return client_address(self.request)

    def known_as(self, email: str) -> str:
        """The name under which the person of this address has signed in with this browser before; empty if they have not.

        It is made at random when they first sign in, so that of several browsers none counts for another.
        """
        return str(self.signer.opened(f"{KNOWN}:{email}", self.jar.read(self.request, KNOWN)) or "")

    def page(self, name: str, *, status: int = 200, **values: Any) -> Response[str]:
        """A page in the browser's language, which nobody keeps: who is about to sign in is not known yet."""
        answer = self.pages.page(self.tongue, f"staff/{name}.html", status=status, **values)
        answer.headers.update(NO_INDEX)
        return answer

    def noted(self, what: str, person: str = "", *, refused: bool = False) -> None:
        """A line of the log: what became of a try to show who one is, in which request. Never what was entered."""
        log = structlog.get_logger("sign-in")
        tell = log.warning if refused else log.info
        tell(what, person=person, id=self.request.scope["state"].get(REQUEST_ID, ""))

    def let_in(self, person: Person, then: str = "") -> Response[Any]:
        """Sign the person in, and lead to where they wanted to go or to where their work is."""
        name = self.known_as(person.email)
        device = Device(self.request.headers.get("user-agent", ""), self.address, bool(name))
        token = sign_in(self.database, person, device, now=self.now)
        self.noted("signed in", person.id)
        old = self.jar.read(self.request, COOKIE)
        if old:
            sign_out(self.database, old)
        cookie = self.jar.make(COOKIE, token, seconds=int(LASTS.total_seconds()))
        signed = self.signer.signed(f"{KNOWN}:{person.email}", name or fresh_token())
        known = self.jar.make(KNOWN, signed, seconds=YEAR)
        return see_other(_next(then, person), cookie, known)


def provide_threshold(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    languages: NamedDependency[Languages],
    jar: NamedDependency[Cookies],
    signer: NamedDependency[Signer],
    now: NamedDependency[datetime],
) -> Threshold:
    """The door as this browser finds it now."""
    tongue = languages.tongue(languages.from_header(request.headers.get("accept-language", "")))
    return Threshold(request, database, pages, tongue, jar, signer, now)


def _next(then: str, person: Person) -> str:
    """Where to go after signing in: only ever a path of our own staff doors."""
    if is_staff_path(then):
        return then
    return "/console" if may_somewhere(person, "board.see") else "/desk"


def is_staff_path(path: str) -> bool:
    """Whether the path is one of the desk or the console, and leads nowhere else."""
    return path in ("/desk", "/console") or path.startswith(("/desk/", "/console/"))


AT = {"at": Provide(provide_threshold, sync_to_thread=False)}
