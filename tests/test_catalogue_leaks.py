"""A market that is not listed is nowhere to be found from outside it: no page, map, feed, search or error tells of it.

Japan is put into every state, and a stranger walks all doors that can be looked through. Outside of Japan they answer,
byte for byte, as if Japan were a draft; and that they tell nothing then is looked at word by word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from shop.catalogue.models import Listing, ProductText
from tests.doors import Answer, ask, change_market, doors, fresh_world
from tests.world import ORIGIN, World


@dataclass(frozen=True)
class State:
    """Japan's row, and after DESIGN section 2: is it listed, is it in the chooser, is its catalogue seen by strangers."""

    row: dict[str, Any]
    listed: bool = False
    chooser: bool = False
    seen: bool = True


def _row(state: str, audience: str = "", **more: Any) -> dict[str, Any]:
    blank = {"pause_mode": "", "in_chooser": False, "order_cap": None, "ever_sold": True, "announced": False}
    return {
        "state": state,
        "audience": audience,
        "percent_bp": 10_000 if audience == "percentage" else 0,
        **blank,
        **more,
    }


STATES = {
    "draft": State(_row("draft", ever_sold=False), seen=False),
    "ready": State(_row("ready", ever_sold=False, in_chooser=True), seen=False),
    "soft by invitation": State(_row("soft", "invitation", in_chooser=True), seen=False),
    "soft by percentage": State(_row("soft", "percentage")),
    "soft by percentage, in the chooser": State(_row("soft", "percentage", in_chooser=True), chooser=True),
    "open": State(_row("open"), listed=True, chooser=True),
    "open with its cap reached": State(_row("open", order_cap=0), listed=True, chooser=True),
    "paused, sale stopped": State(_row("paused", pause_mode="sell_stop"), listed=True, chooser=True),
    "paused, for safety": State(_row("paused", pause_mode="safety"), listed=True, chooser=True),
    "paused, hidden": State(_row("paused", pause_mode="hidden", in_chooser=True)),
    "paused, by invitation": State(_row("paused", "invitation", pause_mode="sell_stop", in_chooser=True), seen=False),
    "paused, by invitation, hidden": State(_row("paused", "invitation", pause_mode="hidden"), seen=False),
    "paused, by percentage": State(_row("paused", "percentage", pause_mode="sell_stop")),
    "winding down": State(_row("winding_down", in_chooser=True)),
    "closed": State(_row("closed", in_chooser=True)),
}
UNLISTED = [name for name, state in STATES.items() if not state.listed]
ENDLESS = "/desk/queue/stream"
CHANGING = {"/metrics"}  # counts what was asked; which words it holds is looked at all the same
LANGUAGES = ("de", "en", "ja")
PLACES = {"de": "de", "nz": "en", "ch": "fr"}
HOME = "/jp/ja/"

Told = dict[tuple[str, str], tuple[int, str, bytes]]


class Japan:
    """The world, with Japan in one of its states, and what is only Japan's: its goods and their names."""

    def __init__(self, world: World) -> None:
        self.world = world
        with world.house.database.reading() as db:
            listed: dict[str, set[str]] = {}
            for sku, market in db.exec(select(Listing.sku, Listing.market)).all():
                listed.setdefault(sku, set()).add(market)
            self.own = sorted(sku for sku, markets in listed.items() if markets == {"jp"})
            texts = db.exec(select(ProductText).where(col(ProductText.sku).in_(self.own))).all()
            self.slugs = sorted({each.slug for each in texts})
            self.names = sorted({each.name for each in texts})
            shared = next(sku for sku, markets in sorted(listed.items()) if {"jp", "nz", "de", "ch"} <= markets)
            self.shared = {
                each.language: each.slug for each in db.exec(select(ProductText).where(ProductText.sku == shared)).all()
            }
        assert self.own
        self.draft: Told = {}

    def put(self, name: str) -> State:
        change_market(self.world, "jp", **STATES[name].row)
        return STATES[name]

    def ask(self, path: str, language: str = "en") -> Answer:
        return ask(self.world, "GET", path, headers={"accept-language": language})

    def paths(self) -> Iterator[str]:
        """Every address outside of Japan that a stranger can look at, and some that lead to errors."""
        for door in doors(self.world):
            if door.method != "GET" or door.path == ENDLESS:
                continue
            for market, lang in PLACES.items():
                yield door.at(
                    **{**NAMES, "market": market, "lang": lang, "slug": self.shared[lang], "file": f"{lang}.xml"}
                )
        for market, lang in PLACES.items():
            yield from (
                f"/{market}/{lang}/{path}" for path in ("", "search", *(f"search?q={each}" for each in QUERIES))
            )
            yield from (f"/{market}/{lang}/search?q={each}" for each in self.own)
            yield from (f"/{market}/{lang}/products/{each}" for each in self.slugs if each.isascii())
            yield f"/{market}/ja/"
        yield from (
            "/nowhere",
            "/xx/ja/",
            "/feeds/jp/ja.xml",
            "/feeds/jp/en.xml",
            "/?market=jp",
            "/healthz/jp",
            "/a%FF",
        )

    def told(self) -> Told:
        """What all those addresses answer, in each of the visitor's languages where that makes a difference."""
        found = {}
        for path in dict.fromkeys(self.paths()):
            for language in LANGUAGES if path.startswith(("/?", "/feeds")) or path == "/" else ("en",):
                answer = self.ask(path, language)
                found[path, language] = (answer.status, _headers(answer), _ONCE.sub(b"", answer.body))
        return found


_ONCE = re.compile(rb'name="key" value="[^"]*"')  # a form's own number, new each time
NAMES: dict[str, object] = {
    "version": "0", "name": "style.css", "token": "0", "kind": "returns", "hash": "0", "sku": "HB-BL-230", "number": "X",
    "session": "0", "ref": "0", "path": "pause", "plate": "kitchen", "recall": "RC-22222222",
    "agent": "haruka", "calendar": "JP", "card": "recall", "checklist": "return", "key": "plug", "person": "fabio", "secret": "0",
    "tag": "de", "paper": "manual", "position": 1, "document": "procedures", "language": "en", "edition": 1,
    "draft": 1, "webhook": 1, "delivery": 1, "sheet": "shipping", "upload": "0", "change": 1, "procedure": "return",
}  # fmt: skip
QUERIES = ("tasman", "100", "jp", "Japan", "%E6%97%A5%E6%9C%AC", "%E3%83%9F%E3%82%AD%E3%82%B5%E3%83%BC")


@pytest.fixture(scope="module")
def japan(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[Japan]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("leaks")) as world:
        found = Japan(world)
        found.put("draft")
        found.draft = found.told()
        yield found


def test_the_walk_sees_much_and_a_listed_market_is_seen_on_it(japan: Japan) -> None:
    statuses = [status for status, _headers, _body in japan.draft.values()]
    assert len(statuses) > 150 and {200, 303, 404} <= set(statuses) and max(statuses) < 500
    japan.put("open")
    told = japan.told()
    differing = {path for path, language in told if told[path, language] != japan.draft[path, language]}
    assert {"/", "/sitemap.xml", "/feeds/jp/ja.xml", "/de/de/", "/nz/en/"} <= differing
    assert any("/products/" in path for path in differing)


def test_a_draft_is_named_nowhere(japan: Japan) -> None:
    words = {*japan.own, *(name.replace("\u00a0", " ") for name in japan.names)}
    for (path, language), (_status, headers, body) in japan.draft.items():
        page = f"{headers}\n{body.decode('utf-8', 'replace')}".replace("\u00a0", " ")
        asked = re.sub(r'value="[^"]*"', "", page)  # what was typed comes back in its field
        for address in ("/jp/", '/jp"', "ja-JP", 'name="market" value="jp"'):
            assert address not in page, (path, language, address)
        for word in words:
            assert word not in asked, (path, language, word)
        for slug in japan.slugs:
            assert f"products/{slug}" not in page, (path, language, slug)


@pytest.mark.parametrize("name", UNLISTED)
def test_outside_of_it_a_market_that_is_not_listed_might_as_well_not_be(japan: Japan, name: str) -> None:
    state = japan.put(name)
    told = japan.told()
    chooser = {key for key in told if key[0] in ("/", "/?market=jp")} if state.chooser else set()
    assert [
        key for key in told if told[key] != japan.draft[key] and key not in chooser and key[0] not in CHANGING
    ] == []
    for key in chooser:
        assert b'value="jp"' in told[key][2] and b"ja-JP" in told[key][2]
        assert b'href="http://127.0.0.1:8000/jp' not in told[key][2]


@pytest.mark.parametrize("name", [name for name, state in STATES.items() if not state.seen])
def test_a_market_that_is_not_shown_answers_at_its_catalogue_as_one_that_is_not_there(japan: Japan, name: str) -> None:
    japan.put(name)
    slug = next(each for each in japan.slugs if each.isascii())
    for path in (
        "",
        "search",
        "search?q=tasman",
        "categories/kitchen",
        f"products/{slug}",
        f"products/{japan.shared['en']}",
        "cart",
    ):
        here, nowhere = japan.ask(f"{HOME}{path}"), japan.ask(f"/xx/ja/{path}")
        assert here.status == 404, path
        assert (_headers(here), here.body) == (_headers(nowhere), nowhere.body), path


@pytest.mark.parametrize("name", UNLISTED)
def test_its_own_pages_ask_not_to_be_found(japan: Japan, name: str) -> None:
    state = japan.put(name)
    page = japan.ask(HOME)
    assert page.status == (200 if state.seen else 404)
    assert '<meta name="robots" content="noindex">' in page.text
    assert 'rel="canonical"' not in page.text and 'rel="alternate"' not in page.text and ORIGIN not in page.text
    assert page.header("cache-control") == "private, no-store"


@pytest.mark.parametrize("name", [name for name, state in STATES.items() if state.listed])
def test_a_listed_market_is_in_map_feed_and_chooser(japan: Japan, name: str) -> None:
    japan.put(name)
    assert f"{ORIGIN}{HOME}" in japan.ask("/sitemap.xml").text
    assert japan.ask("/feeds/jp/ja.xml").status == 200
    assert 'value="jp"' in japan.ask("/").text
    assert 'hreflang="ja-JP"' in japan.ask("/nz/en/").text


def _headers(answer: Answer) -> str:
    return "\n".join(f"{name}: {value}" for name, value in sorted(answer.headers) if name != "x-request-id")
