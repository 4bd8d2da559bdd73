"""Security headers on every kind of answer there is: pages, refusals of every status, files, sheets, prints, kept pages."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from shop.base.web import BODY_LIMIT
from shop.documents.pdf import may_make
from shop.documents.printing import Writer
from shop.ground.errors import Busy
from tests.doors import SECURITY, Answer, ask, fresh_world, place, question
from tests.pictures import png
from tests.town import SHOP
from tests.world import ANNA, World, forms

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self' https://checkout.stripe.com; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
UNSAID = ("server", "x-powered-by", "access-control-allow-origin", "access-control-allow-credentials")
ABOUT_ONE = (
    "order",
    "question",
    "file",
    "desk",
    "audit sheet",
    "roster sheet",
    "print",
    "sign-in",
    "refused",
    "too many",
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[dict[str, Answer]]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("headers")) as world:
        yield _answers(world)


def _answers(world: World) -> dict[str, Answer]:
    """One answer of each kind, by what it is."""
    holder, mere = world.browser("de"), world.signed_in("mere")
    number, ref = place(holder, SHOP, ANNA), question(holder, SHOP)
    file = _attached(world, holder, ref)

    def get(path: str, who: Any = None, **headers: str) -> Answer:
        return ask(world, "GET", path, cookies=who.cookies if who is not None else None, headers=headers)

    def post(path: str, body: bytes = b"", who: Any = None, **options: Any) -> Answer:
        return ask(world, "POST", path, body=body, cookies=who.cookies if who is not None else None, **options)

    page = get(SHOP)
    style = page.text.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    found = {
        "page 200": page,
        "page again 200": get(SHOP),
        "page packed 200": get(SHOP, **{"accept-encoding": "gzip"}),
        "page unchanged 304": get(SHOP, **{"if-none-match": page.header("etag")}),
        "page by head 200": ask(world, "HEAD", SHOP),
        "style 200": get(style),
        "picture 200": get(style.replace("style.css", "art/mark.svg")),
        "sitemap 200": get("/sitemap.xml"),
        "robots 200": get("/robots.txt"),
        "feed 200": get("/feeds/de/de.xml"),
        "health 200": get("/healthz"),
        "description 200": get("/openapi.json"),
        "order 200": get(f"{SHOP}orders/{number}", holder),
        "question 200": get(f"{SHOP}support/{ref}", holder),
        "file 200": get(file, holder),
        "desk 200": get("/desk", mere),
        "audit sheet 200": get("/console/audit.csv", mere),
        "roster sheet 200": get("/console/roster.csv", mere),
        "redirect 303": post("/choice", b"market=de&language=de"),
        "sign-in first 303": get("/desk"),
        "bytes 400": post("/choice", b"a=%ff"),
        "notice 400": post("/webhooks/stripe", b"{}", form=False),
        "program 401": get("/api/v1/orders"),
        "cross-site 403": post("/choice", b"", origin="https://elsewhere.example"),
        "nowhere 404": get("/nowhere"),
        "file nowhere 404": get("/static/0/none.css"),
        "refused order 404": get(f"{SHOP}orders/{number}"),
        "method 405": ask(world, "PUT", "/choice"),
        "state 409": _into_a_full_cart(world),
        "large 413": post("/choice", b"a=" + b"a" * BODY_LIMIT),
        "kind 415": post("/choice", b"{}", form=False, headers={"content-type": "application/json"}),
        "fields 422": post(f"{SHOP}cart/lines", urlencode({"sku": "HB-BL-230", "quantity": "-1"}).encode()),
        "sign-in refused 422": post("/sign-in", b"email=nobody%40example.com&password=x"),
    }
    found["too many 429"] = [post("/sign-in", b"email=nobody%40example.com&password=x") for _time in range(12)][-1]
    found["fault 500"] = _while_broken(world, RuntimeError("a fault"), lambda: get(f"{SHOP}cart"))
    found["busy 503"] = _while_broken(world, Busy(retry_after=1), lambda: get(f"{SHOP}cart"))
    if may_make():
        found["print 200"] = _printed(world, mere)
    return found


def _into_a_full_cart(world: World) -> Answer:
    """A cart that holds as many different things as it can takes no other."""
    return ask(world, "POST", f"{SHOP}cart/lines", body=b"sku=HB-BL-230&quantity=1", headers={"cookie": _full(world)})


def _full(world: World) -> str:
    cart = {"mark": "a mark", "lines": [[f"SKU-{number}", 1, ""] for number in range(30)]}
    return f"cart-de={world.house.signer.signed('cart-de', cart)}"


def _attached(world: World, holder: Any, ref: str) -> str:
    page = holder.get(f"{SHOP}support/{ref}")
    form = next(each for each in forms(page.text) if each.action.endswith("/messages"))
    sent = [("files", ("photo.png", png(), "image/png"))]
    page = holder.follow(holder.post(form.action, {**form.fields, "text": "Hier."}, files=sent))
    return next(part for part in page.text.split('"') if "/files/" in part)


def _printed(world: World, mere: Any) -> Answer:
    house = world.house
    with house.database.writing() as db:
        Writer(house.languages, house.sources()).print(db, "de", "procedures", "en", person="mere", now=world.clock.now)
    page = mere.get("/desk/documents")
    leaf = next(part for part in page.text.split('"') if part.startswith("/desk/documents/"))
    return ask(world, "GET", f"{leaf}/pdf", cookies=mere.cookies)


def _while_broken(world: World, fault: Exception, act: Callable[[], Answer]) -> Answer:
    reading = world.house.database.reading

    def broken(*_given: Any, **_named: Any) -> Any:
        raise fault

    world.house.database.reading = broken  # type: ignore[method-assign]
    try:
        return act()
    finally:
        world.house.database.reading = reading  # type: ignore[method-assign]


def test_each_kind_of_answer_is_what_it_says(told: dict[str, Answer]) -> None:
    assert {what: answer.status for what, answer in told.items() if not what.endswith(str(answer.status))} == {}
    assert {200, 303, 304, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503} <= {
        each.status for each in told.values()
    }


def test_every_kind_of_answer_carries_the_security_headers(told: dict[str, Answer]) -> None:
    for what, answer in told.items():
        sent = dict(answer.headers)
        assert SECURITY.items() <= {**sent, "referrer-policy": "same-origin"}.items(), what
        assert sent["referrer-policy"] in ("same-origin", "no-referrer"), what
        assert sent["permissions-policy"] == PERMISSIONS and sent["x-request-id"], what
        policies = [value for name, value in answer.headers if name == "content-security-policy"]
        assert POLICY in policies, what
        assert [each for each in policies if "unsafe" in each or ("default-src 'none'" not in each)] == [], what
        assert not [name for name in sent if name in UNSAID], what


def test_what_is_html_says_its_alphabet_and_what_is_a_file_is_only_saved(told: dict[str, Answer]) -> None:
    for what, answer in told.items():
        kind = answer.header("content-type")
        if "html" in kind:
            assert kind == "text/html; charset=utf-8", what
        if what.startswith(("file 200", "audit sheet", "roster sheet")):
            assert answer.header("content-disposition").startswith("attachment"), what
    assert "sandbox" in told["file 200"].header("content-security-policy")


def test_what_is_about_one_person_is_stored_by_nobody_and_found_by_nobody(told: dict[str, Answer]) -> None:
    for what, answer in told.items():
        if what.startswith(ABOUT_ONE) or answer.status >= 400:
            assert "no-store" in answer.header("cache-control"), what
        if what.startswith(("order", "question", "desk")):
            assert "noindex" in answer.header("x-robots-tag") or 'name="robots" content="noindex"' in answer.text, what


def test_a_fault_and_a_busy_house_say_nothing_of_the_inside(told: dict[str, Answer]) -> None:
    assert told["busy 503"].header("retry-after") == "1" and int(told["too many 429"].header("retry-after")) > 0
    for what in ("fault 500", "busy 503"):
        assert not any(each in told[what].text for each in ("Traceback", "RuntimeError", "shop/", "a fault")), what
    assert told["fault 500"].header("x-request-id") in told["fault 500"].text
