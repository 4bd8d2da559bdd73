"""What every door shares: forms, cookies, redirects, and a page of its own for every refusal in every language."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from jinja2 import Environment, meta

import shop
from shop.base.settings import ROOT, Settings
from shop.base.web import (
    BODY_LIMIT,
    STATUS,
    WRONG_STATE,
    BadRequest,
    Cookies,
    CrossSite,
    Fields,
    Form,
    UnsupportedType,
    client_address,
    home_url,
    provide_form,
    refuse_cross_site,
    refuse_unreadable,
    see_other,
)
from shop.ground.errors import NotFound, Refusal
from tests.world import World

LED_ELSEWHERE = {"sign_in_first", "second_factor_first"}  # answered by a redirect
AT_THEIR_DOOR = {
    "weak_password",
    "address_taken",
    "person_changed",
    "too_many_webhooks",
    "too_few_pieces",
    "not_there",
}  # at a field


def request(**given: Any) -> Any:
    """As much of a request as these functions look at."""

    async def body() -> bytes:
        return bytes(given.get("body", b""))

    handler = SimpleNamespace(opt=given.get("opt", {}))
    scope = {
        "path": given.get("path", "/"),
        "query_string": given.get("query", b""),
        "state": {},
        "route_handler": handler,
    }
    return SimpleNamespace(
        method=given.get("method", "POST"),
        headers=given.get("headers", {}),
        body=body,
        scope=scope,
        client=given.get("client"),
        cookies=given.get("cookies", {}),
    )


def form(body: bytes, kind: str = "application/x-www-form-urlencoded") -> Form:
    async def read() -> Form:
        return await provide_form(request(body=body, headers={"content-type": kind}))

    return anyio.run(read)


def settings(base_url: str = "http://127.0.0.1:8000") -> Settings:
    return Settings(database_url="sqlite://", data_dir=Path(), base_url=base_url, secret_key=b"k" * 32)


def test_a_form_is_read_as_it_was_filled_in() -> None:
    read = form(b"name=%20Anna%20Beck%20&empty=&a=1&a=2&town=K%C3%B6ln+am+Rhein")
    assert (read.text("name"), read.text("empty"), read.text("town"), read.text("never")) == (
        "Anna Beck",
        "",
        "Köln am Rhein",
        "",
    )
    assert read.values["a"] == "2" and read.values["never"] == "" and "never" not in read.values


def test_what_postgresql_cannot_store_and_nobody_types_is_left_out() -> None:
    assert form(b"name=An%00na").values == {"name": "Anna"}


@pytest.mark.parametrize("body", [b"a=%ff", b"\xff", b"a=%ED%A0%80", b"&".join([b"a=1"] * 301)])
def test_bytes_that_are_no_form_are_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        form(body)


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", "x"])
def test_another_type_is_refused(kind: str) -> None:
    with pytest.raises(UnsupportedType):
        form(b"a=1", kind)


@pytest.mark.parametrize(
    "kind", ["Application/X-WWW-Form-Urlencoded", "application/x-www-form-urlencoded; charset=utf-8"]
)
def test_the_type_is_read_with_its_parameters(kind: str) -> None:
    assert form(b"a=1", kind).text("a") == "1"


def test_the_first_error_of_a_field_stays() -> None:
    filled = Form({"a": "1"})
    filled.fail("a", "first")
    filled.fail("a", "second")
    assert filled.errors == {"a": "first"} and isinstance(filled.values, Fields)


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"origin": "http://127.0.0.1:8000"}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1"}, False),
        ({"origin": "https://127.0.0.1:8000"}, False),
        ({"origin": "http://127.0.0.1:8000", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "http://127.0.0.1:8000", "sec-fetch-site": "none"}, False),
    ],
)
def test_a_change_comes_from_our_own_pages(headers: dict[str, str], taken: bool) -> None:
    def refused(**given: Any) -> bool:
        try:
            refuse_cross_site(settings(), request(headers=headers, **given))
        except CrossSite:
            return True
        return False

    assert refused() is not taken
    assert not refused(method="GET") and not refused(method="HEAD") and not refused(opt={"cookieless": True})


def test_a_nul_in_an_address_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(NotFound):
        refuse_unreadable(request(path="/de/de/products/a\0b"))
    with pytest.raises(BadRequest):
        refuse_unreadable(request(query=b"secret=%00"))
    refuse_unreadable(request(path="/de/de/", query=b"secret=%0a&x=100%25"))


@pytest.mark.parametrize(
    ("base_url", "name", "secure"),
    [("http://127.0.0.1:8000", "cart", False), ("https://shop.example", "__Host-cart", True)],
)
def test_cookies_follow_the_scheme(base_url: str, name: str, secure: bool) -> None:
    cookies = Cookies(settings(base_url))
    for cookie in (cookies.make("cart", "x", seconds=5), cookies.drop("cart")):
        assert (cookie.key, cookie.secure, cookie.httponly, cookie.samesite, cookie.path, cookie.domain) == (
            name,
            secure,
            True,
            "lax",
            "/",
            None,
        )
    readable = cookies.readable("cart_count", "3")
    assert (readable.key, bool(readable.httponly), readable.secure) == ("cart_count", False, secure)
    assert cookies.read(request(cookies={name: "x"}), "cart") == "x" and cookies.read(request(), "cart") == ""
    other = "cart" if secure else "__Host-cart"
    assert cookies.read(request(cookies={other: "planted"}), "cart") == ""


def test_a_redirect_after_a_form_is_kept_by_nobody() -> None:
    answer = see_other("/de/de/cart", Cookies(settings()).make("a", "b")).to_asgi_response(None, request())  # type: ignore[arg-type]
    headers = dict(answer.encode_headers())
    assert (
        answer.status_code == 303
        and headers[b"location"] == b"/de/de/cart"
        and headers[b"cache-control"] == b"private, no-store"
    )


def test_whoever_has_no_address_has_none() -> None:
    assert (
        client_address(request()) == ""
        and client_address(request(client=SimpleNamespace(host="10.0.0.1"))) == "10.0.0.1"
    )


@pytest.mark.parametrize(
    ("path", "home"), [("/desk/orders/x", "/desk"), ("/console", "/console"), ("/jp/ja/x", "/"), ("//x", "/")]
)
def test_an_error_leads_back_without_naming_a_market(path: str, home: str) -> None:
    assert home_url(path) == home


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for module in pkgutil.walk_packages(shop.__path__, "shop."):
        if ".migrations." not in module.name and module.name != "shop.__main__":
            importlib.import_module(module.name)
    for each in kind.__subclasses__():
        yield each
        yield from each.__subclasses__()


def test_every_refusal_owns_a_page_and_every_page_a_refusal() -> None:
    names = (
        {each.__new__(each).name for each in refusals() if each.__module__.startswith("shop.")}
        - LED_ELSEWHERE
        - AT_THEIR_DOOR
    )
    pages = {file.stem for file in (ROOT / "templates" / "errors").glob("*.html")}
    assert names - pages == set(), "a refusal without a page"
    assert pages - names - {"fault", "too_large", "wrong_password"} == set(), "a page of no refusal"


def test_statuses_are_those_of_the_contract() -> None:
    assert (
        STATUS.items()
        >= {"not_found": 404, "too_many": 429, "too_large": 413, "unsupported_type": 415, "cross_site": 403}.items()
    )
    assert WRONG_STATE == 409 and BODY_LIMIT == 256 * 1024


@pytest.mark.parametrize("language", ["en", "de", "fr", "it", "ja", "ar"])
def test_the_pages_of_errors_that_know_nothing_are_drawn_in_every_language(sqlite_world: World, language: str) -> None:
    pages, tongue = sqlite_world.house.pages, sqlite_world.house.languages.tongue(language)
    plain = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"])  # noqa: S701 - only read, never drawn
    for name in (
        "not_found",
        "cross_site",
        "bad_request",
        "unsupported_type",
        "too_large",
        "key_reused",
        "fault",
        "busy",
        "too_many",
    ):
        source = (ROOT / "templates" / "errors" / f"{name}.html").read_text("utf-8")
        asked = meta.find_undeclared_variables(plain.parse(source)) - {
            "_",
            "t",
            "gettext",
            "ngettext",
            "pgettext",
            "home_url",
            "static",
        }
        html = pages.draw(tongue, f"errors/{name}.html", home_url="/", **dict.fromkeys(asked, 1))
        assert f'<html lang="{language}' in html and f'dir="{tongue.direction}"' in html, name
