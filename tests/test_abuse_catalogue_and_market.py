"""Abuse of catalogue and market: addresses that carry code, and a reader who takes every page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.doors import ask, fresh_world
from tests.world import World

HOSTILE = [
    "de' OR 1=1--",
    "../../x",
    "..%2f..%2fetc%2fpasswd",
    "de;q=9",
    "de-DE-x-" + "a" * 200,
    "x" * 10_000,
    "\u202ede",
    "de%00",
    "[object]",
]
PAGES = ("/", "/de/de/", "/de/de/policies/returns", "/nz/en/", "/sitemap.xml", "/robots.txt")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("abuse")) as world:
        yield world


@pytest.mark.parametrize("language", HOSTILE, ids=lambda each: f"abuse 3: {each[:12]}")
def test_a_language_that_is_code_is_no_language(shop: World, language: str) -> None:
    plain = ask(shop, "GET", "/").body
    quoted = "".join(
        each if each.isalnum() or each in "-._~%" else "".join(f"%{byte:02X}" for byte in each.encode())
        for each in language
    )
    readable = language.encode("ascii", "ignore")[:4000]
    answers = {
        "path": ask(shop, "GET", f"/de/{quoted}/"),
        "query": ask(shop, "GET", f"/?lang={quoted}&language={quoted}"),
        "header": ask(shop, "GET", "/", headers={"accept-language": readable}),
        "cookie": ask(shop, "GET", "/", headers={"cookie": b"place=de-" + readable.replace(b";", b"")}),
        "form": ask(shop, "POST", "/choice", body=f"market=de&language={quoted}".encode()),
    }
    assert answers["path"].status == 404
    assert answers["form"].status in (400, 404, 422) or answers["form"].header("location") == "/de/de/"  # once cleaned
    assert answers["query"].status in (200, 400) and answers["header"].status == answers["cookie"].status == 200
    for where, answer in answers.items():
        said = answer.body.decode("utf-8", "replace")
        assert not any(each in said for each in ("sqlite", "SELECT ", "syntax error", "root:", "Traceback")), where
        assert not [value for name, value in answer.headers if name == "set-cookie" and "OR 1" in value], where
    if answers["query"].status == 200:
        assert len(answers["query"].body) == len(plain)


def test_who_takes_a_thousand_pages_costs_the_database_nothing_and_hinders_nobody(shop: World) -> None:
    for page in PAGES:
        assert ask(shop, "GET", page, client="198.51.100.7").status == 200
    statements: list[Any] = []

    def counted(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(shop.house.database.engine, "before_cursor_execute", counted)
    try:
        taken = [ask(shop, "GET", PAGES[number % len(PAGES)], client="198.51.100.7").status for number in range(1_000)]
        assert taken == [200] * 1_000 and statements == []
    finally:
        event.remove(shop.house.database.engine, "before_cursor_execute", counted)
    assert ask(shop, "GET", "/de/de/search?q=tasman", client="203.0.113.9").status == 200
