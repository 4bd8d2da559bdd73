"""A program that uses the API: a token, the requests it sends, and what it asks for and is told."""

import json
from dataclasses import dataclass
from typing import Any

import httpx

from shop.api.scopes import SCOPES
from shop.api.tokens import make_token
from tests.buying import buy, paid_state, settled, the_order
from tests.doors import pay, place
from tests.world import ANNA, ORIGIN, World

BLENDER, SPARE = "HB-BL-230", "HB-SP-BS"


@dataclass
class Program:
    """A program with a token of one person; sends JSON and no cookie."""

    world: World
    token: str

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Look at an address below /api/v1."""
        return self.ask("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """Post a body."""
        return self.ask("POST", path, body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> httpx.Response:
        """Change something."""
        return self.ask("PATCH", path, body, **options)

    def ask(
        self, method: str, path: str, body: Any = None, *, key: str = "", if_match: str = "", **options: Any
    ) -> httpx.Response:
        """Send a request; `path` stands below /api/v1."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"idempotency-key": key} if key else {}
        headers |= {"if-match": if_match} if if_match else {}
        headers |= options.pop("headers", {})
        if body is not None:
            options["content"] = json.dumps(body)
            headers.setdefault("content-type", "application/json")

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.world.app, client=("127.0.0.1", 50000))
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                return await client.request(method, f"/api/v1{path}", headers=headers, **options)

        answer: httpx.Response = self.world.portal.call(send)
        return answer


def program(world: World, person: str = "mere", *scopes: str, days: int = 30) -> Program:
    """A program with a fresh token of this person, with these scopes or all."""
    with world.house.database.writing() as db:
        made = make_token(db, person, name="a test", scopes=scopes or SCOPES, days=days, now=world.clock.now)
    return Program(world, made.text)


def paid_order(world: World, shop: str = "/de/de/", person: dict[str, str] = ANNA, sku: str = BLENDER) -> str:
    """A paid order; its number."""
    browser = world.browser()
    number = place(browser, shop, person, sku)
    pay(world, browser, shop, number)
    return number


def problem(answer: Any) -> str:
    """The kind of a problem."""
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    told = answer.json()
    assert told["status"] == answer.status_code and told["detail"] and isinstance(told["errors"], list)
    return str(told["type"]).removeprefix("/problems/")


def pause(reason: str = "The warehouse is flooded.", mode: str = "sell_stop") -> dict[str, str]:
    """The step that pauses a market."""
    return {"action": "pause", "mode": mode, "reason": reason}


def spare_order(world: World) -> str:
    """A paid order of a spare part, which bears no serial itself; its number."""
    attempt = buy(world, "spare", {SPARE: 1})
    settled(world, attempt, paid_state(the_order(world, attempt)))
    return attempt.order_number
