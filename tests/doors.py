"""What the tests that walk every door share: a world for a whole module, the list of doors, and bytes no browser sends."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import update
from sqlmodel import col

from shop.base.revisions import EVERYWHERE, market_scope, raise_revision
from shop.markets.models import Market
from tests.world import ORIGIN, Browser, World
from tests.world import world as open_world

BLENDER = "HB-BL-230"
SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@contextmanager
def fresh_world(demo_file: Path, folder: Path, **parts: Any) -> Iterator[World]:
    """The world over a copy of the demo, for as many tests as like to share it."""
    shutil.copy(demo_file, folder / "softlaunch.db")
    with open_world(folder, f"sqlite:///{folder / 'softlaunch.db'}", **parts) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class Door:
    """One handler under one method and address; `opt` is what it says of itself, `reads` whether it reads a form."""

    method: str
    path: str
    opt: Mapping[str, Any]
    reads: bool

    def at(self, **names: object) -> str:
        """The door's address with real names in it."""
        parts = [part.strip("{}").partition(":")[0] if part.startswith("{") else "" for part in self.path.split("/")]
        return "/".join(
            str(names[name]) if name else part for name, part in zip(parts, self.path.split("/"), strict=True)
        )


def doors(world: World) -> list[Door]:
    """Every door of the built application, in the order of their addresses."""
    router = world.app._app._app
    handlers = [
        (method, route.path, entry[0] if isinstance(entry, tuple) else entry)
        for route in router.routes
        for method, entry in route.route_handler_map.items()
        if method != "OPTIONS"
    ]
    found = [
        Door(method, path, handler.opt, "form" in signature(handler.fn).parameters)
        for method, path, handler in handlers
    ]
    return sorted(found, key=lambda door: (door.path, door.method))


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it left the application."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The header's value; several are joined, none is empty."""
        return ", ".join(value for each, value in self.headers if each == name)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


def ask(
    world: World,
    method: str,
    target: str,
    *,
    headers: Mapping[str, str | bytes] | None = None,
    body: bytes = b"",
    cookies: Any = None,
    form: bool = True,
    origin: str = ORIGIN,
    client: str = "127.0.0.1",
) -> Answer:
    """Send what a browser never would: `target` is the raw ASCII request line's path and query."""
    path, _, query = target.partition("?")
    given: dict[str, str | bytes] = {"host": "127.0.0.1:8000", "content-length": str(len(body))}
    given |= {"origin": origin} if origin else {}
    given |= {"content-type": "application/x-www-form-urlencoded"} if form and method == "POST" else {}
    given |= {"cookie": "; ".join(f"{each.name}={each.value}" for each in cookies.jar)} if cookies is not None else {}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), _bytes(value)) for name, value in (given | dict(headers or {})).items()],
        "server": ("127.0.0.1", 8000),
        "client": (client, 50000),
    }
    started: list[Any] = []
    parts: list[bytes] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            started.append(message)
        else:
            parts.append(message.get("body", b""))

    async def run() -> None:
        await world.app(scope, receive, send)

    world.portal.call(run)
    [start] = started
    kept = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in start["headers"]]
    return Answer(start["status"], kept, b"".join(parts))


def change_market(world: World, market: str, **values: Any) -> None:
    """Put a market straight into a state, told to every cache as the console tells it."""
    with world.house.database.writing() as db:
        db.connection().execute(update(Market).where(col(Market.id) == market).values(**values))
        raise_revision(db, market_scope(market), EVERYWHERE)


def fill_cart(browser: Browser, shop: str, sku: str = BLENDER, quantity: str = "1") -> None:
    """Put a product into the cart."""
    answer = browser.post(f"{shop}cart/lines", {"sku": sku, "quantity": quantity})
    assert answer.status_code == 303, answer.text


def to_review(browser: Browser, shop: str, person: Mapping[str, str], sku: str = BLENDER) -> None:
    """A cart, an address, and the page with the button that binds."""
    fill_cart(browser, shop, sku)
    answer = browser.follow(browser.post(f"{shop}checkout", dict(person)))
    assert answer.status_code == 200 and str(answer.url).endswith("/checkout/review"), answer.text


def place(browser: Browser, shop: str, person: Mapping[str, str], sku: str = BLENDER) -> str:
    """An order that waits to be paid; returns its number. The browser holds it."""
    to_review(browser, shop, person, sku)
    answer = browser.submit("/orders", accept="yes")
    assert answer.status_code == 303, answer.text
    return next(name.removeprefix("order-") for name in browser.cookies if name.startswith("order-"))


def pay(world: World, browser: Browser, shop: str, number: str) -> None:
    """Pay an order at the demo till."""
    page = browser.get(f"{shop}orders/{number}")
    till = next(part for part in page.text.split('"') if "/till/" in part)
    browser.get(till)
    assert browser.follow(browser.submit(till.removeprefix(ORIGIN), outcome="pay")).status_code == 200


def question(browser: Browser, shop: str, **values: str) -> str:
    """A question asked; returns the request's ref. The browser holds it."""
    browser.get(f"{shop}support")
    given = {"category": "use", "name": "Anna Beck", "email": "anna@example.com", "question": "How do I clean it?"}
    answer = browser.submit("/support", **(given | values))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rpartition("/")[2]


def cookies_of(answer: Any) -> list[str]:
    """The Set-Cookie lines of an answer, httpx's or ours."""
    if isinstance(answer, Answer):
        return [value for name, value in answer.headers if name == "set-cookie"]
    lines: Sequence[str] = answer.headers.get_list("set-cookie")
    return list(lines)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")
