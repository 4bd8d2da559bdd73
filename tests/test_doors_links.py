"""Whoever is signed in is led nowhere that is closed to them: the pages of desk and console, walked link by link."""

import re
from collections import deque

import pytest

from tests.page_forms import staff_links
from tests.world import Browser, World

PAGES = 130  # of each person; a page of another product or request counts as the same page


def one_of_a_kind(address: str) -> str:
    """The path without what only says which one: numbers and product codes."""
    return re.sub(r"/(?:\d+|[A-Z]{2}-[A-Z0-9-]+|[0-9a-f]{16,})(?=/|$)", "/…", re.split("[?#]", address)[0])


def walk(browser: Browser, start: str) -> dict[str, tuple[int, str]]:
    """Each kind of page that can be reached, with the answer and the page that led there."""
    waiting, found = deque([(start, "")]), dict[str, tuple[int, str]]()
    while waiting and len(found) < PAGES:
        path, led_by = waiting.popleft()
        kind = one_of_a_kind(path)
        if kind in found:
            continue
        answer = browser.get(path)
        found[kind] = (answer.status_code, led_by)
        waiting.extend((each, path) for each in staff_links(answer.text))
    return found


@pytest.mark.parametrize(
    ("person", "start"), [("mere", "/console"), ("annika", "/console"), ("lena", "/desk"), ("jonas", "/desk")]
)
def test_no_link_leads_where_its_reader_may_not_go(sqlite_world: World, person: str, start: str):
    found = walk(sqlite_world.signed_in(person), start)
    assert len(found) > 5
    closed = {path: told for path, told in found.items() if told[0] >= 400}
    assert not closed, closed
