"""README's client, as it stands there, against a shop that is served."""

import re
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from shop import jobs
from shop.base.settings import ROOT
from tests.browser.serving import served
from tests.buying import buy, paid_state, settled, the_order
from tests.programs import program
from tests.receiving import receiver
from tests.world import World

SPARE = "HB-SP-BS"


def client() -> dict[str, Any]:
    """What README's example defines."""
    found = re.search(r"<!-- client -->\n```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert found
    known: dict[str, Any] = {}
    exec(compile(found[1], "README.md", "exec"), known)  # noqa: S102 - our own text
    return known


def test_the_client_of_readme_sends_every_order_once_and_knows_our_messages(demo_file: Path, tmp_path: Path) -> None:
    readme = client()
    with served(demo_file, tmp_path) as shop, receiver() as told:
        world = World(shop.house, None, None, shop.house.clock)  # type: ignore[arg-type]
        for number in range(3):
            attempt = buy(world, f"key {number}", {SPARE: 1})
            settled(world, attempt, paid_state(the_order(world, attempt)))
        token = program(world).token
        wanted = {"url": told.url, "kinds": ["order.dispatched"]}
        secret = readme["ask"](shop.origin, token, "POST", "/webhooks", wanted)["secret"]
        readme["send_all"](shop.origin, token, "NZ Post", lambda order: f"LX-{order['number']}")
        readme["send_all"](shop.origin, token, "NZ Post", lambda order: f"LX-{order['number']}")
        sent = list(readme["every"](shop.origin, token, "/orders?limit=2&state=dispatched"))
        assert len(sent) == 3
        with pytest.raises(HTTPError, match="401"):
            readme["ask"](shop.origin, "slt_other", "GET", "/orders")
        shop.house.clock.now = world.clock.now  # type: ignore[attr-defined]
        while jobs.run_deliveries(shop.house):
            pass
        assert len(told.taken) == 3
        headers, body = told.taken[0].headers, told.taken[0].body
    readme["time"] = type("Then", (), {"time": staticmethod(lambda: float(headers["webhook-timestamp"]))})
    assert readme["is_from_us"](secret, headers, body)
    assert not readme["is_from_us"](secret, headers, body + b" ")
    readme["time"] = time
    assert not readme["is_from_us"](secret, headers | {"webhook-timestamp": "1"}, body)
