"""A market that there is not: who works for all markets is told so, whatever they send."""

import pytest

from shop.launches.readying.research import research_hash
from tests.launch_console import at_work, mere
from tests.world import Browser

__all__ = ["at_work", "mere"]  # fixtures

FOUND_OUT = {"text": "Soft", "source": "the water works", "as_of": "2026-11-24", "seen": research_hash([])}
ASKED = {"topic": "water", "question": "How soft?", "owner": "mere", "due_on": "2026-12-01"}


@pytest.mark.parametrize(("place", "form"), [("water", FOUND_OUT), ("open-questions", ASKED)])
def test_no_research_is_written_of_it(mere: Browser, place: str, form: dict[str, str]) -> None:
    assert mere.post(f"/console/markets/zz/research/{place}", form).status_code == 404
