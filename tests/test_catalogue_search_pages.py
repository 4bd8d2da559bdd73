"""Finding goods over HTTP: the search in three scripts and against hostile input, the categories, and the header's ways."""

from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from sqlalchemy import update
from sqlmodel import col

from shop.catalogue.models import Listing
from shop.markets.shelves import CATEGORIES
from tests.buying import BLENDER
from tests.doors import ask, change_market
from tests.world import TUESDAY, World, text

OPEN = {"state": "open", "audience": "", "pause_mode": ""}


def cards(html: str) -> list[str]:
    """The names of the goods shown."""

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.names: list[str] = []
            self.inside = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if ("class", "name") in attrs:
                self.inside = True
                self.names.append("")

        def handle_data(self, data: str) -> None:
            if self.inside:
                self.names[-1] += data

        def handle_endtag(self, tag: str) -> None:
            self.inside = self.inside and tag != "h2"

    reader = Reader()
    reader.feed(html)
    return [name.replace("\u00a0", " ") for name in reader.names]


@pytest.mark.parametrize(
    ("shop", "query", "name"),
    [
        ("/de/de/", "standmixer", "Standmixer Tasman 1000 (230 V)"),
        ("/nz/en/", "  BLENDER  tasman ", "Stand blender Tasman 1000 (230 V)"),
        ("/jp/ja/", "ﾐｷｻｰ", "スタンドミキサーTasman 800（100V）"),
        ("/jp/ja/", "牛乳", "ヨーグルトメーカーMotueka（100〜240Vアダプター）"),
        ("/ae/ar/", "زبادي", "صانعة زبادي موتويكا (محوّل 100–240 فولت)"),
        ("/nz/en/", "hb-bl-230", "Stand blender Tasman 1000 (230 V)"),
    ],
)
def test_what_is_typed_finds_the_goods(sqlite_world: World, shop: str, query: str, name: str) -> None:
    change_market(sqlite_world, shop[1:3], **OPEN)
    page = sqlite_world.browser().get(f"{shop}search?q={quote(query)}")
    assert page.status_code == 200 and name in cards(page.text)


def test_nothing_found_leads_on_and_an_empty_query_shows_the_form_alone(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    for query in ("", "?q=", "?q=%20%20"):
        page = browser.get(f"/nz/en/search{query}")
        assert page.status_code == 200 and cards(page.text) == [] and "We found nothing" not in page.text
        assert '<form method="get" action="/nz/en/search"' in page.text and '<label for="query">' in page.text
    page = browser.get("/nz/en/search?q=zeppelin")
    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert "We found nothing" in main and cards(main) == [] and 'value="zeppelin"' in main
    assert 'href="/nz/en/"' in main and 'href="/nz/en/support"' in main


@pytest.mark.parametrize(
    "query",
    [
        "%3C/title%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "%22%20autofocus%20onfocus=alert(1)",
        "%25%27%20OR%201=1--",
        "x" * 1500,
        "%F0%9F%90%99" * 300,
        "%FF%FE",
        "a&q=b",
        "%E2%80%AE%0D%0A%09",
        "*" * 200,
        "((((((",
    ],
)
def test_hostile_and_over_long_input_is_only_words(sqlite_world: World, query: str) -> None:
    answer = ask(sqlite_world, "GET", f"/nz/en/search?q={query}")
    assert answer.status in (200, 400)
    assert "<script>" not in answer.text and " onfocus=alert(1)>" not in answer.text
    assert "autofocus onfocus" not in answer.text.replace("&#34; autofocus onfocus", "")
    assert answer.header("cache-control") == "private, no-store" and answer.header("x-robots-tag") == "noindex"
    assert len(answer.text) < 20_000


def test_search_finds_nothing_that_is_not_offered(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        mine = update(Listing).where(col(Listing.market) == "nz", col(Listing.sku) == BLENDER)
        db.connection().execute(mine.values(visible_from=TUESDAY + timedelta(hours=1)))
    browser = sqlite_world.browser()
    assert "Stand blender Tasman 1000 (230 V)" not in cards(browser.get("/nz/en/search?q=tasman").text)
    sqlite_world.clock.now = TUESDAY + timedelta(hours=1)
    assert "Stand blender Tasman 1000 (230 V)" in cards(browser.get("/nz/en/search?q=tasman").text)
    assert cards(browser.get("/nz/en/search?q=HB-BL-100").text) != ["Stand blender Tasman 800 (100 V)"]


@pytest.mark.parametrize("state", [{"state": "paused", "pause_mode": "hidden"}, {"state": "closed"}])
def test_a_market_that_shows_no_goods_shows_none_by_search_or_category(
    sqlite_world: World, state: dict[str, str]
) -> None:
    change_market(sqlite_world, "nz", **{**OPEN, **state})
    browser = sqlite_world.browser()
    for path in ("search?q=blender", "categories/kitchen"):
        page = browser.get(f"/nz/en/{path}")
        assert page.status_code == 200 and cards(page.text) == [] and "Tasman" not in page.text
        assert "/categories/" not in page.text and "/nz/en/search" not in page.text


def test_the_categories_part_the_catalogue_and_services_stand_with_the_parts(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    pages = {plate: browser.get(f"/nz/en/categories/{plate}") for plate in CATEGORIES}
    assert {page.status_code for page in pages.values()} == {200}
    parted = [name for page in pages.values() for name in cards(page.text)]
    assert sorted(parted) == sorted(cards(browser.get("/nz/en/").text))
    assert any("plan" in name.lower() or "warrant" in name.lower() for name in cards(pages["parts"].text)), parted
    assert pages["food"].headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert pages["food"].headers["etag"]


@pytest.mark.parametrize("plate", ["service", "Kitchen", "x" * 3000, "%3Cb%3E", "..", "%20"])
def test_an_unknown_category_is_not_found(sqlite_world: World, plate: str) -> None:
    assert ask(sqlite_world, "GET", f"/nz/en/categories/{plate}").status == 404


def test_a_category_that_has_become_empty_is_not_found_and_not_named(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    assert browser.get("/de/de/categories/food").status_code == 200
    with sqlite_world.house.database.writing() as db:
        db.connection().exec_driver_sql(
            "DELETE FROM listing WHERE market = 'de' AND sku IN (SELECT sku FROM product WHERE plate = 'food')"
        )
    change_market(sqlite_world, "de", position=1)
    assert browser.get("/de/de/categories/food").status_code == 404
    assert "/de/de/categories/food" not in browser.get("/de/de/").text


def test_the_header_names_categories_and_search_where_there_are_many_goods_and_marks_the_current(
    sqlite_world: World,
) -> None:
    browser = sqlite_world.browser()
    for path in ("", "cart", "support", "policies/returns"):
        header = browser.get(f"/nz/en/{path}").text.partition("<main")[0]
        assert 'action="/nz/en/search"' in header, path
        assert [each for each in CATEGORIES if f'href="/nz/en/categories/{each}"' in header] == list(CATEGORIES)
        assert 'aria-current="page"' not in header
    header = browser.get("/nz/en/categories/food").text.partition("<main")[0]
    assert header.count('aria-current="page"') == 1
    assert '<a href="/nz/en/categories/food" aria-current="page">' in header


def test_a_market_of_few_goods_has_neither_but_its_search_answers(sqlite_world: World) -> None:
    change_market(sqlite_world, "jp", **OPEN)
    browser = sqlite_world.browser("ja")
    header = browser.get("/jp/ja/").text.partition("<main")[0]
    assert "/jp/ja/search" not in header and "/jp/ja/categories" not in header
    assert browser.get("/jp/ja/search").status_code == 200
    assert browser.get("/jp/ja/categories/kitchen").status_code == 200


def test_a_preview_can_be_searched_by_staff_alone(sqlite_world: World) -> None:
    change_market(sqlite_world, "nz", state="ready", ever_sold=False)
    for path in ("search?q=blender", "categories/kitchen"):
        assert sqlite_world.browser().get(f"/nz/en/{path}").status_code == 404
        assert "Tasman" in text(sqlite_world.signed_in("mere").get(f"/nz/en/{path}").text)
