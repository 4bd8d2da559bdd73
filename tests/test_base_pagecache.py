"""The page cache: drawn once, kept as bytes, never longer than true, and never for one who may not see it."""

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import brotli
import pytest

from shop.base import kept
from shop.base.db import Database
from shop.base.pagecache import PageCache, stored
from shop.base.revisions import EVERYWHERE, Revisions, market_scope, raise_revision
from shop.base.settings import ROOT
from tests.doors import Answer, ask, fresh_world
from tests.statements import counted
from tests.world import TUESDAY, World

SHOP = "/nz/en/"
PRODUCT = f"{SHOP}products/tasman-1000-stand-blender-230v"
PAGES = ("/", SHOP, PRODUCT, f"{SHOP}policies/returns", f"{SHOP}policies/legal/2026-10-01")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("cache")) as world:
        yield world


def look(world: World, path: str, **headers: str) -> tuple[Answer, int]:
    """The page, and how many statements it took."""
    with counted(world) as sent:
        answer = ask(world, "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return answer, len(sent)


def warm(world: World, path: str) -> Answer:
    look(world, path)
    answer, statements = look(world, path)
    assert answer.status == 200 and statements == 0, path
    return answer


@pytest.mark.parametrize("path", PAGES)
def test_a_warm_page_asks_the_database_nothing(shop: World, path: str) -> None:
    first, _ = look(shop, path)
    again = warm(shop, path)
    assert again.body == first.body and again.header("etag") == first.header("etag") != ""


@pytest.mark.parametrize("path", PAGES)
def test_who_has_the_page_already_is_told_so_without_it(shop: World, path: str) -> None:
    whole = warm(shop, path)
    weak = whole.header("etag")
    for known in (weak, weak.removeprefix("W/"), f'"x", {weak}', f'W/"x",{weak}', "*", " * "):
        same, statements = look(shop, path, if_none_match=known)
        assert (same.status, same.body, statements) == (304, b"", 0)
        assert same.header("etag") == whole.header("etag") and same.header("cache-control") == whole.header(
            "cache-control"
        )
        assert "accept-encoding" in same.header("vary")
    assert look(shop, path, if_none_match='"another"')[0].status == 200


def test_each_client_gets_the_coding_it_reads(shop: World) -> None:
    whole = warm(shop, SHOP)
    for accepted, coding, unpack in (
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("identity", "", bytes),
        ("", "", bytes),
    ):
        answer, statements = look(shop, SHOP, accept_encoding=accepted)
        assert answer.header("content-encoding") == coding and unpack(answer.body) == whole.body and statements == 0
        assert answer.header("content-length") == str(len(answer.body)) and "accept-encoding" in answer.header("vary")
        assert answer.header("etag") == whole.header("etag") and answer.header("etag").startswith('W/"')


def test_a_page_ends_with_the_day_it_speaks_of(shop: World) -> None:
    for path in (SHOP, PRODUCT, f"{SHOP}policies/returns"):
        warm(shop, path)
    shop.clock.now = TUESDAY + timedelta(hours=13)  # past midnight in New Zealand
    for path in (SHOP, PRODUCT, f"{SHOP}policies/returns"):
        assert look(shop, path)[1] > 0 or path.endswith("returns")
    shop.clock.now = TUESDAY


def test_a_change_made_by_another_process_outdates_the_page_once_the_counters_are_read(shop: World) -> None:
    before = warm(shop, PRODUCT)
    elsewhere = Database(str(shop.house.database.engine.url))
    with elsewhere.writing() as db:
        db.connection().exec_driver_sql("UPDATE listing SET price = 35000 WHERE market = 'nz' AND sku = 'HB-BL-230'")
        raise_revision(db, market_scope("nz"))
    elsewhere.close()
    assert warm(shop, PRODUCT).body == before.body
    shop.house.revisions.refresh()
    after, statements = look(shop, PRODUCT)
    assert statements > 0 and "350" in after.text and after.header("etag") != before.header("etag")


def test_a_change_made_here_outdates_the_page_at_once_and_no_other_markets(shop: World) -> None:
    warm(shop, SHOP), warm(shop, "/de/de/")
    with shop.house.database.writing() as db:
        raise_revision(db, market_scope("de"))
    assert look(shop, "/de/de/")[1] > 0
    assert look(shop, SHOP)[1] <= 12  # at most the markets are read anew, the page is not drawn
    warm(shop, SHOP)


def test_a_change_that_is_rolled_back_outdates_nothing(shop: World) -> None:
    warm(shop, SHOP)
    with pytest.raises(ZeroDivisionError), shop.house.database.writing() as db:
        raise_revision(db, EVERYWHERE)
        raise ZeroDivisionError
    shop.house.revisions.refresh()
    warm(shop, SHOP)


@pytest.mark.parametrize(
    ("path", "clean"),
    [
        ("/nz//en/", SHOP),
        ("//nz/en///?a=b//c", f"{SHOP}?a=b//c"),
        ("//evil.example/nz", "/evil.example/nz"),
        ("///evil.example//", "/evil.example/"),
    ],
)
def test_an_address_with_two_slashes_leads_to_the_one_that_is_kept(shop: World, path: str, clean: str) -> None:
    answer, statements = look(shop, path)
    assert (answer.status, answer.header("location"), statements) == (301, clean, 0)


@pytest.mark.parametrize("path", ["//\\evil.example/", "/\\evil.example//"])
def test_an_address_that_browsers_would_take_for_another_host_leads_nowhere(shop: World, path: str) -> None:
    assert look(shop, path)[0].status == 404


def test_a_page_that_is_not_kept_is_in_no_cache_on_the_way(shop: World) -> None:
    for path in (SHOP, f"{SHOP}?utm=" + "a" * 3_000):
        answer, _statements = look(shop, path)
        shared = answer.header("cache-control").startswith("public")
        assert shared is bool(answer.header("etag")) is ("accept-encoding" in answer.header("vary")), path
        assert answer.status == 200 and shared is (path == SHOP), path


@pytest.mark.parametrize("path", PAGES)
def test_what_a_campaign_adds_to_an_address_changes_nothing(shop: World, path: str) -> None:
    clean = warm(shop, path)
    answer, statements = look(shop, f"{path}?utm_source=mail&fbclid=IwAR0")
    assert (answer.status, answer.body, statements) == (200, clean.body, 0)


def test_the_chooser_is_kept_for_each_language_and_remembered_place_apart(shop: World) -> None:
    for _again in range(2):
        for language in ("de", "ja", "ar", "en"):
            assert f'<html lang="{language}' in look(shop, "/", accept_language=language)[0].text
        assert '<html lang="fr' in look(shop, "/", accept_language="de", cookie="place=ch-fr")[0].text


def test_only_the_present_version_of_a_file_is_kept(shop: World) -> None:
    entries = shop.app._app._cached.kept.entries
    for name in ("present", "past"):
        version = shop.house.assets.version if name == "present" else "0" * 12
        for _again in range(2):
            answer = ask(shop, "GET", f"/static/{version}/style.css")
            assert answer.status == 200 and "immutable" in answer.header("cache-control")
        assert any(key[0].startswith(f"/static/{version}/") for key in entries) == (name == "present")


# The layer by itself, over an application of one page.


class Page:
    """An application that draws one page, counting how often."""

    def __init__(self, *, scopes: tuple[str, ...] = ("s",), status: int = 200, size: int = 10) -> None:
        self.drawn, self.scopes, self.status, self.size = 0, scopes, status, size
        self.meanwhile: Callable[[], None] = lambda: None

    def fn(self, page: str = "", per: str = "") -> None:
        """The door, as far as its parameters go."""

    def resolve_dependencies(self) -> dict[str, Any]:
        return {}

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        self.drawn += 1
        scope["route_handler"] = self
        await anyio.sleep(0)
        marks = stored({"cache-control": "public"}, scopes=self.scopes, until=None)
        headers = [(name.encode(), value.encode()) for name, value in marks.items()]
        self.meanwhile()
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"%d" % self.drawn * self.size})


class _Counters:
    """Revision counters without a database."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def of(self, scopes: tuple[str, ...]) -> tuple[int, ...]:
        return Revisions.of(self, scopes)  # type: ignore[arg-type]


def over(page: Page) -> tuple[PageCache, _Counters]:
    counters = _Counters()
    cache = PageCache(
        page,
        revisions=counters,  # type: ignore[arg-type]
        clock=lambda: TUESDAY,
        may_see=lambda _audience, _cookies: False,
        passes=frozenset({"staff"}),
        variant=lambda _scope, cookies: cookies.get("place", ""),
    )
    return cache, counters


async def asked(cache: PageCache, path: str = "/p", query: bytes = b"", **headers: str) -> tuple[int, bytes]:
    got: list[Any] = []

    async def send(message: Any) -> None:
        got.append(message)

    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": given, "client": None}
    await cache(scope, None, send)  # type: ignore[arg-type]
    return got[0]["status"], got[1]["body"]


def test_a_page_that_changed_while_it_was_drawn_is_drawn_again() -> None:
    page = Page()
    cache, counters = over(page)
    page.meanwhile = lambda: counters.numbers.update(s=1)
    anyio.run(asked, cache)
    page.meanwhile = lambda: None
    assert anyio.run(asked, cache)[1].startswith(b"2")
    assert anyio.run(asked, cache)[1].startswith(b"2") and page.drawn == 2


def test_a_rush_on_a_page_draws_it_once() -> None:
    page = Page()
    cache, _counters = over(page)

    async def rush() -> None:
        async with anyio.create_task_group() as group:
            for _visitor in range(20):
                group.start_soon(asked, cache)

    anyio.run(rush)
    assert page.drawn == 1


def test_a_refusal_is_never_kept() -> None:
    page = Page(status=404)
    cache, _counters = over(page)
    assert [anyio.run(asked, cache)[0] for _again in range(3)] == [404] * 3 and page.drawn == 3


def test_staff_are_served_fresh_and_leave_nothing_behind() -> None:
    page = Page()
    cache, _counters = over(page)
    for _again in range(2):
        anyio.run(lambda: asked(cache, cookie="staff=x"))
    assert page.drawn == 2 and cache.kept.entries == {}


def test_a_full_cache_lets_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT_BYTES", 10_000)
    page = Page(size=1000)
    cache, _counters = over(page)
    for number in range(8):
        anyio.run(asked, cache, f"/{number}")
        anyio.run(asked, cache, "/0")
    assert cache.kept.size <= 10_000 and [path for path, _ in cache.kept.entries][-2:] == ["/7", "/0"]
    assert ("/1", "") not in cache.kept.entries
    assert cache.kept.size == sum(entry.size + 8 for entry in cache.kept.entries.values())


def test_a_name_too_long_to_be_ours_is_not_kept() -> None:
    page = Page()
    cache, _counters = over(page)
    for headers in ({"cookie": "place=" + "x" * 600}, {}):
        for path in ("/" + "x" * 600, "/p"):
            anyio.run(lambda path=path, headers=headers: asked(cache, path, **headers))
    assert list(cache.kept.entries) == [("/p", "")] and all(len(path) < 600 for path, _ in cache._personal)


def at_once(cache: PageCache, path: str = "/p", query: bytes = b"", method: str = "GET", **headers: str) -> Any:
    given = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return cache.at_once({"method": method, "path": path, "query_string": query}, given)


def test_a_kept_page_is_there_at_once_for_whoever_is_like_all_others() -> None:
    page = Page()
    cache, counters = over(page)
    assert at_once(cache) is None
    anyio.run(asked, cache)
    assert at_once(cache).body["body"].startswith(b"1") and at_once(cache, cookie="cart=x").start["status"] == 200
    assert dict(at_once(cache, accept_encoding="br").start["headers"])[b"content-encoding"] == b"br"
    assert at_once(cache, if_none_match=dict(at_once(cache).start["headers"])[b"etag"].decode()).start["status"] == 304
    for asked_apart in ({"cookie": "a=1; staff=x"}, {"query": b"page=2"}, {"method": "POST"}, {"path": "/other"}):
        assert at_once(cache, **asked_apart) is None  # type: ignore[arg-type]
    counters.numbers = {"s": 1}
    assert at_once(cache) is None and page.drawn == 1


def test_what_a_page_does_not_read_of_a_query_changes_nothing() -> None:
    page = Page()
    cache, _counters = over(page)
    for query in (b"utm_source=x&fbclid=1", b"", b"gclid=2", b"utm_source=%FF", b"&&=&", b"fbclid"):
        assert anyio.run(lambda query=query: asked(cache, query=query))[1].startswith(b"1")
    assert page.drawn == 1 and list(cache.kept.entries) == [("/p", "")]


def test_what_a_page_reads_of_a_query_is_never_kept() -> None:
    page = Page()
    cache, _counters = over(page)
    for number, query in enumerate((b"page=2", b"page=2&fbclid=1", b"%70age=2", b"x=%00", b"x=" + b"x" * 3000), 1):
        assert anyio.run(lambda query=query: asked(cache, query=query))[1].startswith(b"%d" % number)
    assert anyio.run(asked, cache)[1].startswith(b"6") and anyio.run(asked, cache)[1].startswith(b"6")
    assert anyio.run(lambda: asked(cache, query=b"per=9"))[1].startswith(b"7")
    assert len(cache.kept.entries) == 1


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (b"", ""), (b"gzip, deflate, br, zstd", "br"), (b"gzip", "gzip"), (b"GZIP;Q=0.5", "gzip"), (b"*", "br"),
        (b"br;q=0, gzip", "gzip"), (b"br;q=0", ""), (b"brx, xgzip", ""), (b"br;q=0.2, gzip;q=0.8", "gzip"),
        (b"gzip; q = 0.000", ""), (b"br;q=nonsense", ""), (b"br;q=0, *", "gzip"), (b"identity, br;q=0.5", ""),
        (b"identity;q=0, *;q=0", ""), (b"\xff;;=,,", ""), (b"br;q=nan", ""),
    ],
)  # fmt: skip
def test_a_packing_is_sent_that_the_client_has_named(header: bytes, coding: str) -> None:
    assert kept.accepted_coding(header) == coding


def test_pages_that_are_kept_read_the_query_by_name_alone() -> None:
    keeping = [
        file for file in (ROOT / "shop").rglob("*.py") if re.search(r"\b(stored|page_headers)\(", file.read_text())
    ]
    assert len(keeping) > 4
    assert not [file.name for file in keeping if re.search(r"query_params|url\.query|query_string", file.read_text())
                if file.name != "pagecache.py"]  # fmt: skip
