"""A policy drafted at the console: begun as a copy, kept, published."""

import re
from typing import Any

from shop.policies.drafts.drafting import RULES, fields, parts
from tests.world import Browser, World, text

DRAFTS = "/console/policy-drafts"
LAST = "2026-11-22"  # the newest German version of returns in the folder
DAY, LATER = "2027-01-01", "2027-03-01"


def begun(browser: Browser, *, market: str = "de", source: str = f"de/{LAST}", kind: str = "returns") -> str:
    """A draft of the kind, as a copy; its address."""
    answer = browser.post(DRAFTS, {"market": market, "kind": kind, "source": source})
    assert answer.status_code == 303, text(answer.text)
    return str(answer.headers["location"])


def rules(world: World, url: str) -> dict[str, str]:
    """The fields of the draft's rules as kept, with the number that the form carries."""
    with world.house.database.reading() as db:
        edition = parts(db, int(url.rpartition("/")[2]))[RULES]
        return {**fields(edition), "number": str(edition.number)}


def keep(world: World, browser: Browser, url: str, **changes: str) -> Any:
    """Save the rules with these changes."""
    return browser.post(f"{url}/rules", {**rules(world, url), **{_name(key): each for key, each in changes.items()}})


def _name(key: str) -> str:
    return key.replace("__", ".")


def publish(world: World, browser: Browser, url: str) -> Any:
    """Publish what the page shows now."""
    page = browser.get(f"{url}/publication")
    assert page.status_code == 200
    seen = re.search(r'name="seen" value="(\w+)"', page.text)
    return browser.post(f"{url}/publication", {"seen": seen[1] if seen else ""})
