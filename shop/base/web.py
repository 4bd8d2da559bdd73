"""What every door shares: forms, cookies, redirects, who asks from where, and how a refusal becomes an answer.

The HTTP status of every refusal stands in one table here; refusals themselves know nothing of HTTP. Error pages are
drawn in the language of the path and ask the database nothing.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.utils import normalize_path

from shop.base.guard import REQUEST_ID, shown_path
from shop.base.i18n import N_, Languages, Tongue
from shop.base.mail import NotAnAddress, address, is_local_name
from shop.base.pages import HTML, Pages
from shop.base.sent import AGAIN, MOST_FIELDS, URL_ENCODED, kind_of_body, sent_pairs
from shop.base.settings import Settings
from shop.ground.errors import NotFound, Refusal

STATUS = {
    "bad_request": 400,
    "cross_site": 403,
    "not_found": 404,
    "link_over": 404,
    "password_link_over": 404,
    "dry_run_over": 404,
    "waiting_over": 404,
    "too_large": 413,
    "unsupported_type": 415,
    "too_many": 429,
    "too_many_unpaid": 429,
    "confirm_first": 422,
    "fault": 500,
    "busy": 503,
    "no_pdf": 503,
    "pdf_too_long": 503,
}
WRONG_STATE = 409  # every other refusal: the thing is not in a state in which this can be done
BODY_LIMIT = 256 * 1024

NO_STORE = {"cache-control": "private, no-store"}
NO_INDEX = {**NO_STORE, "x-robots-tag": "noindex"}


class CrossSite(Refusal):
    """A form that was sent from another site."""


class BadRequest(Refusal):
    """Bytes that cannot be read as a request of this kind."""


class UnsupportedType(Refusal):
    """A body of a type that this door does not read."""


_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class Fields(dict[str, str]):
    """A form's fields by name. One that was not sent reads as empty, also in a template that draws the form again."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(slots=True)
class Form:
    """What a visitor filled in, as text, and one sentence for each field that cannot be taken."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = Fields(self.values)

    def text(self, name: str) -> str:
        """The field's text without blanks around it; empty when it was not sent.

        Marks that turn the direction of all that follows are left out: they would reach beyond the text itself.
        """
        return self.values.get(name, "").translate(_TURNING).strip()

    def below(self, prefix: str) -> dict[str, str]:
        """The fields whose names begin like this, by the rest of their names."""
        return {name.removeprefix(prefix): value for name, value in self.values.items() if name.startswith(prefix)}

    def fail(self, name: str, sentence: str) -> None:
        """Note what is wrong with a field; the first sentence stays."""
        self.errors.setdefault(name, sentence)

    def order(self, names: Iterable[str]) -> None:
        """Put the sentences into the order in which these fields stand on the page; those of others come after them."""
        told = self.errors
        self.errors = {name: told[name] for name in dict.fromkeys((*names, *told)) if name in told}


def read_email(form: Form, tongue: Tongue) -> str:
    """The field `email`; one that is no address gets its sentence."""
    email = form.text("email")
    try:
        address(email)
    except NotAnAddress:
        said = N_("Please enter one e-mail address, such as name@example.com.")
        if is_local_name(email):
            said = N_("Before the @ we can only write to plain Latin letters, figures and signs, without accents.")
        form.fail("email", tongue.say(said))
    return email


async def provide_form(request: Request[Any, Any, Any]) -> Form:
    """The body as a form; raises UnsupportedType or BadRequest, never a fault, for whatever else was sent."""
    if kind_of_body(request) != URL_ENCODED:
        raise UnsupportedType
    try:
        pairs = await sent_pairs(request)
    except ValueError:
        raise BadRequest from None
    own = [(name, value) for name, value in pairs if not name.startswith(AGAIN)]
    if len(own) > MOST_FIELDS:
        raise BadRequest
    return Form(dict(own))


class Cookies:
    """Cookies under one rule: over https Secure and __Host-, always Lax, and hidden from script unless said otherwise."""

    def __init__(self, settings: Settings) -> None:
        self._secure = settings.secure

    def name(self, name: str) -> str:
        """The cookie's name as the browser keeps it."""
        return f"__Host-{name}" if self._secure else name

    def read(self, request: Request[Any, Any, Any], name: str) -> str:
        """The cookie's value, or an empty text."""
        return request.cookies.get(self.name(name), "")

    def make(self, name: str, value: str, *, seconds: int | None = None) -> Cookie:
        """A cookie that only the server reads."""
        return Cookie(
            key=self.name(name),
            value=value,
            max_age=seconds,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def readable(self, name: str, value: str, *, seconds: int | None = None) -> Cookie:
        """A cookie that the page's script may read; it never decides anything."""
        return Cookie(key=name, value=value, max_age=seconds, path="/", secure=self._secure, samesite="lax")

    def drop(self, name: str) -> Cookie:
        """The end of a cookie."""
        return Cookie(
            key=self.name(name), value="", max_age=0, path="/", secure=self._secure, httponly=True, samesite="lax"
        )


def see_other(path: str, *cookies: Cookie) -> Redirect:
    """The answer to a form that was taken: go and look there."""
    return Redirect(path, status_code=303, cookies=list(cookies), headers=NO_STORE)


def path_of(request: Request[Any, Any, Any]) -> str:
    """The path as the router has read it. The framework's `url` holds the Host header too, which may be anything."""
    path: str = request.scope["path"]
    return path


def client_address(request: Request[Any, Any, Any]) -> str:
    """The visitor's network address; behind a trusted proxy the server has already put the real one in its place."""
    return request.client.host if request.client else ""


def refuse_cross_site(settings: Settings, request: Request[Any, Any, Any]) -> None:
    """Refuse a changing request that comes from another site. Doors that read no cookie say `opt={"cookieless": True}`."""
    if request.method in ("GET", "HEAD", "OPTIONS") or request.scope["route_handler"].opt.get("cookieless"):
        return
    site = request.headers.get("sec-fetch-site")
    if (site != "same-origin") if site else (request.headers.get("origin") != settings.origin):
        raise CrossSite


def refuse_unreadable(request: Request[Any, Any, Any]) -> None:
    """Refuse a NUL in an address: no name holds one, and PostgreSQL cannot even compare it."""
    if "\0" in request.scope["path"]:
        raise NotFound
    if b"%00" in request.scope["query_string"]:
        raise BadRequest


def keep_when_refused(request: Request[Any, Any, Any], cookie: Cookie) -> None:
    """Have the cookie set even when this request ends in a refusal."""
    request.scope["state"].setdefault(_KEPT, []).append(cookie)


_KEPT = "kept cookies"
_LEFT = "client disconnected prematurely"  # what the framework says of who left before their body was whole


@dataclass(frozen=True, slots=True)
class ErrorAnswers:
    """Draws every refusal and every fault."""

    pages: Pages
    languages: Languages

    def refusal(self, request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
        """The refusal's own page, with the status of the table."""
        return self._answer(request, refusal.name, STATUS.get(refusal.name, WRONG_STATE), refusal.values)

    def http(self, request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
        """What the framework itself refuses, told like our own refusals."""
        if error.detail == _LEFT:
            return self._answer(request, "bad_request", 400, {})
        names = {400: "bad_request", 404: "not_found", 405: "not_found", 413: "too_large", 415: "unsupported_type"}
        name = names.get(error.status_code, "fault" if error.status_code >= 500 else "bad_request")
        if error.status_code >= 500:
            structlog.get_logger().error("fault", id=request.scope["state"].get(REQUEST_ID), exc_info=error)
        answer = self._answer(request, name, error.status_code, {})
        if error.status_code == 405:
            answer.headers["allow"] = ", ".join(_allowed(request))
        return answer

    def unreadable(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        """Bytes that no decoder can read are the client's doing, not a fault of ours."""
        return self._answer(request, "bad_request", 400, {})

    def fault(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        """A fault of ours: logged with its request id, told without detail."""
        request_id = request.scope["state"].get(REQUEST_ID, "")
        structlog.get_logger().error("fault", id=request_id, path=shown_path(path_of(request)), exc_info=error)
        return self._answer(request, "fault", 500, {"request_id": request_id})

    def _answer(self, request: Request[Any, Any, Any], name: str, status: int, values: dict[str, Any]) -> Response[Any]:
        headers = {**NO_INDEX, **({"retry-after": str(values["retry_after"])} if "retry_after" in values else {})}
        tongue = self.tongue(request)
        if path_of(request).startswith("/api/") or "application/problem+json" in request.headers.get("accept", ""):
            title = name.replace("_", " ")
            problem = {
                "type": f"/problems/{name}",
                "title": title,
                "status": status,
                "detail": f"{title}.",
                "errors": [],
            }
            return Response(problem, status_code=status, headers=headers, media_type="application/problem+json")
        if path_of(request).startswith("/webhooks/"):
            return Response(name, status_code=status, headers=headers, media_type=MediaType.TEXT)
        state = request.scope["state"]
        place = {"home_url": home_url(path_of(request)), "shop_name": state.get("shop_name", "")}
        html = self.pages.draw(tongue, f"errors/{name}.html", **{**place, **values})
        kept = state.get(_KEPT, [])
        return Response(html, status_code=status, headers=headers, media_type=HTML, cookies=kept)

    def tongue(self, request: Request[Any, Any, Any]) -> Tongue:
        """The tongue an error is told in: the one the page had found, else the path's language, else the browser's."""
        found = request.scope["state"].get("tongue")
        if isinstance(found, Tongue):
            return found
        match = _SHOP_PATH.match(path_of(request))
        if match and match["language"] in self.languages.tags:
            return self.languages.tongue(match["language"])
        return self.languages.tongue(self.languages.from_header(request.headers.get("accept-language", "")))


def _allowed(request: Request[Any, Any, Any]) -> Iterator[str]:
    """The methods that the address answers, which the router does not tell with its refusal."""
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        with suppress(HTTPException):
            request.app.asgi_router.handle_routing(path=normalize_path(request.scope["path"]), method=method)
            yield from ("GET", "HEAD") if method == "GET" else (method,)


_SHOP_PATH = re.compile(r"/(?P<market>[a-z]{2})/(?P<language>[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)(/|$)")


def home_url(path: str) -> str:
    """Where an error page of this path leads back to; never more than the path itself already said."""
    for door in ("/desk", "/console"):
        if path.startswith(door):
            return door
    return "/"
