"""The client of docs/programs.md, as it stands there, against a shop that is served."""

import re
import time
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from shop import jobs
from shop.base.settings import ROOT
from tests.browser.serving import served
from tests.buying import BLENDER, buy, paid_state, settled, the_order
from tests.programs import program
from tests.receiving import receiver
from tests.serials import GOOD
from tests.world import World

SPARE = "HB-SP-BS"


def client() -> dict[str, Any]:
    """What the page's example defines."""
    page = (ROOT / "docs" / "programs.md").read_text("utf-8")
    found = re.search(r"<!-- client -->\n```python\n(.*?)```", page, re.DOTALL)
    assert found
    known: dict[str, Any] = {}
    exec(compile(found[1], "docs/programs.md", "exec"), known)  # noqa: S102 - our own text
    return known


def test_the_client_of_the_page_sends_every_order_once_and_knows_our_messages(demo_file: Path, tmp_path: Path) -> None:
    theirs = client()
    with served(demo_file, tmp_path) as shop, receiver() as told:
        world = World(shop.house, None, None, shop.house.clock)  # type: ignore[arg-type]
        for number, sku in enumerate((SPARE, SPARE, BLENDER)):
            attempt = buy(world, f"key {number}", {sku: 1})
            settled(world, attempt, paid_state(the_order(world, attempt)))
        blender = attempt.order_number
        token = program(world).token
        wanted = {"url": told.url, "kinds": ["order.dispatched"]}
        secret = theirs["ask"](shop.origin, token, "POST", "/webhooks", wanted)["secret"]
        send_all = partial(theirs["send_all"], shop.origin, token, "NZ Post", lambda order: f"LX-{order['number']}")
        refused = send_all()
        assert [(number, each["errors"][0]["pointer"]) for number, each in refused.items()] == [
            (blender, "/items/0/serials/0")
        ], "the newest comes first, and keeps back no other"
        marked: list[str] = []

        def marks(order: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
            marked.append(f"{order['number']} {line['asks']}")
            return {"serials": [GOOD]} if "serials" in line["asks"] else {}

        assert send_all(marks) == {} == send_all(marks)
        assert marked == [f"{blender} ['serials']"]
        sent = list(theirs["every"](shop.origin, token, "/orders?limit=2&state=dispatched"))
        assert len(sent) == 3
        with pytest.raises(HTTPError, match="401"):
            theirs["ask"](shop.origin, "slt_other", "GET", "/orders")
        shop.house.clock.now = world.clock.now  # type: ignore[attr-defined]
        while jobs.run_deliveries(shop.house):
            pass
        assert len(told.taken) == 3
        headers, body = told.taken[0].headers, told.taken[0].body
    theirs["time"] = type("Then", (), {"time": staticmethod(lambda: float(headers["webhook-timestamp"]))})
    assert theirs["is_from_us"](secret, headers, body)
    assert not theirs["is_from_us"](secret, headers, body + b" ")
    theirs["time"] = time
    assert not theirs["is_from_us"](secret, headers | {"webhook-timestamp": "1"}, body)
