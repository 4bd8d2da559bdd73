"""Packing an order at the desk as the dispatch form asks for it: serials that are right, lots, dates, ticks, a name."""

import re
from datetime import timedelta
from itertools import count
from typing import Any

from shop.catalogue.serials import check_letter
from tests.world import TUESDAY, Browser

NAMES = {"mere": "Mere Tauranga", "jonas": "Jonas Weber"}
_numbers = count(40_000)


def fresh_serial(sku: str) -> str:
    """A serial of the model that nobody has had before."""
    maker, model = sku.split("-")[:2]
    body = f"{maker}{model}2634{next(_numbers)}"
    return f"{body[:8]}-{body[8:]}-{check_letter(body)}"


def asked_fields(page: str, *, signature: str = "Mere Tauranga") -> dict[str, str]:
    """What the dispatch form of the page asks for, filled in as it should be."""
    filled = {"carrier": "DHL", "tracking": "JD0146000123", "signature": signature}
    for name in re.findall(r'name="((?:serial|lot|best_before|cases|contents|plug|manual|sealed)[^"]*)"', page):
        filled[name] = "yes"
        if name.startswith("serial-"):
            filled[name] = fresh_serial(name.removeprefix("serial-").rpartition("-")[0])
        elif name.startswith("lot-"):
            filled[name] = "L26331B"
        elif name.startswith("best_before-"):
            filled[name] = (TUESDAY + timedelta(days=300)).date().isoformat()
    return filled


def send(browser: Browser, number: str, **changed: Any) -> Any:
    """Dispatch what is left of the order, or what `changed` says; the answer to the form."""
    page = browser.get(f"/desk/orders/{number}")
    assert page.status_code == 200, page.text
    fields = asked_fields(page.text) | {name.replace("__", "-"): value for name, value in changed.items()}
    return browser.submit("/parcels", **fields)


def arrive(browser: Browser, number: str, **changed: Any) -> Any:
    """Mark the first parcel that is under way as delivered."""
    browser.get(f"/desk/orders/{number}")
    return browser.submit("/delivery", **changed)
