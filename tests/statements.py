"""The statements that are sent to the database, counted; and those of a whole purchase, step by step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from sqlalchemy import event

from tests.world import ANNA, Browser, World, path_of

SHOP = "/de/de/"
PRODUCT = f"{SHOP}products/tasman-1000-standmixer-230v"
STEPS = {
    "product page": 0,  # the page cache has it
    "into the cart": 1,
    "cart": 1,
    "checkout": 0,
    "address": 0,
    "review": 2,
    "order": 19,  # of who accepts what nobody has accepted before; of others one less
    "till": 1,
    "pay": 13,
    "way back": 1,
    "order page": 4,
}


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(world.house.database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(world.house.database.engine, "before_cursor_execute", note)


def purchase(world: World, browser: Browser) -> dict[str, int]:
    """Buy a blender; how many statements each step took."""
    taken: dict[str, int] = {}

    def step(name: str, status: int, act: Callable[[], httpx.Response]) -> httpx.Response:
        with counted(world) as sent:
            answer = act()
        assert answer.status_code == status, (name, answer.text)
        taken[name] = len(statements(sent))
        return answer

    step("product page", 200, lambda: browser.get(PRODUCT))
    step("into the cart", 303, lambda: browser.post(f"{SHOP}cart/lines", {"sku": "HB-BL-230", "quantity": "1"}))
    step("cart", 200, lambda: browser.get(f"{SHOP}cart"))
    step("checkout", 200, lambda: browser.get(f"{SHOP}checkout"))
    review = step("address", 303, lambda: browser.post(f"{SHOP}checkout", ANNA)).headers["location"]
    step("review", 200, lambda: browser.get(review))
    till = step("order", 303, lambda: browser.submit("/orders", accept="yes")).headers["location"]
    step("till", 200, lambda: browser.get(till))
    back = step("pay", 303, lambda: browser.submit(path_of(till), outcome="pay")).headers["location"]
    order = step("way back", 303, lambda: browser.get(back)).headers["location"]
    step("order page", 200, lambda: browser.get(order))
    return taken


def statements(sent: list[str]) -> list[str]:
    """Without what only begins and ends a transaction."""
    return [each for each in sent if not each.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"))]
