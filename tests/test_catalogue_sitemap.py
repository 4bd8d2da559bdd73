"""Sitemap, alternates and robots: every address answers everybody with 200, and every page names those that name it."""

import re
from html.parser import HTMLParser
from urllib import robotparser
from xml.etree import ElementTree

import pytest
from sqlalchemy import update
from sqlmodel import col

from shop.catalogue.models import Listing, ProductText
from tests.buying import BLENDER
from tests.doors import change_market
from tests.world import ORIGIN, TUESDAY, World

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
LINK = "{http://www.w3.org/1999/xhtml}link"
OPEN = {"state": "open", "audience": "", "pause_mode": ""}

Alternates = dict[str, str]


def sitemap(world: World) -> dict[str, Alternates]:
    """The addresses of the sitemap with their alternates."""
    answer = world.browser().get("/sitemap.xml")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/xml; charset=utf-8"
    found, urls = {}, list(ElementTree.fromstring(answer.text))  # noqa: S314 - our own
    for url in urls:
        assert {each.tag for each in url} <= {LOC, LINK}  # no time of change is made up
        links = {each.attrib["hreflang"]: each.attrib["href"] for each in url.findall(LINK)}
        assert len(links) == len(url.findall(LINK))
        found[url.findtext(LOC) or ""] = links
    assert len(found) == len(urls)
    return found


class Head(HTMLParser):
    """What a page's head tells search engines."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.canonical, self.robots = "", ""
        self.alternates: Alternates = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if given.get("rel") == "canonical":
            self.canonical = given["href"]
        elif given.get("rel") == "alternate":
            self.alternates[given["hreflang"]] = given["href"]
        elif given.get("name") == "robots":
            self.robots = given["content"]


def test_every_address_answers_everybody_and_its_page_says_the_same_as_the_sitemap(sqlite_world: World) -> None:
    change_market(sqlite_world, "ch", **OPEN)
    told, browser = sitemap(sqlite_world), sqlite_world.browser()
    assert len(told) > 80
    for url, alternates in told.items():
        answer = browser.get(url)
        assert answer.status_code == 200, url
        head = Head(answer.text)
        assert (head.canonical, head.robots, head.alternates) == (url, "", alternates), url
        assert alternates.get("x-default", f"{ORIGIN}/") == f"{ORIGIN}/"
        for tag, there in alternates.items():
            assert tag == "x-default" or told[there] == alternates, (url, there)
        assert url == f"{ORIGIN}/" or url in alternates.values()


def test_home_categories_products_and_policies_of_listed_markets_are_there(sqlite_world: World) -> None:
    told = sitemap(sqlite_world)
    for path in (
        "/",
        "/de/de/",
        "/nz/en/",
        "/de/de/categories/food",
        "/nz/en/policies/returns",
        "/de/de/policies/terms",
    ):
        assert f"{ORIGIN}{path}" in told, path
    assert not [url for url in told if re.search(r"/(jp|ch|ae)/|cart|checkout|orders|search|support|desk|console", url)]
    assert told[f"{ORIGIN}/de/de/policies/returns"].keys() == {
        "de-DE",
        "x-default",
    }  # another market's is another policy


def test_a_products_alternates_are_the_places_where_it_is_really_shown(sqlite_world: World) -> None:
    change_market(sqlite_world, "ch", **OPEN)
    here, browser = f"{ORIGIN}/de/de/products/tasman-1000-standmixer-230v", sqlite_world.browser()
    both = {
        "de-DE": here,
        "en-NZ": f"{ORIGIN}/nz/en/products/tasman-1000-stand-blender-230v",
        "x-default": f"{ORIGIN}/",
    }
    swiss = {"de-CH", "fr-CH", "it-CH"}
    found = Head(browser.get(here).text).alternates
    assert both.items() <= found.items() and swiss <= found.keys() and "en-CA" not in found
    with sqlite_world.house.database.writing() as db:
        db.delete(db.get_one(ProductText, (BLENDER, "fr")))
        ended = update(Listing).where(col(Listing.market) == "nz", col(Listing.sku) == BLENDER)
        db.connection().execute(ended.values(until=TUESDAY))
    change_market(sqlite_world, "nz", position=0)
    assert Head(browser.get(here).text).alternates.keys() == found.keys() - {"fr-CH", "en-NZ"}


def test_alternates_change_by_themselves_when_a_listing_elsewhere_begins(sqlite_world: World) -> None:
    browser, here = sqlite_world.browser(), "/de/de/products/tasman-1000-standmixer-230v"
    with sqlite_world.house.database.writing() as db:
        coming = update(Listing).where(col(Listing.market) == "nz", col(Listing.sku) == BLENDER)
        db.connection().execute(coming.values(visible_from=TUESDAY.replace(hour=10)))
    assert "en-NZ" not in Head(browser.get(here).text).alternates
    sqlite_world.clock.now = TUESDAY.replace(hour=10)
    assert "en-NZ" in Head(browser.get(here).text).alternates


@pytest.mark.parametrize(
    ("row", "listed"),
    [
        ({"state": "paused", "pause_mode": "sell_stop"}, True),
        ({"state": "paused", "pause_mode": "safety"}, True),
        ({"state": "paused", "pause_mode": "hidden"}, False),
        ({"state": "soft", "audience": "percentage", "percent_bp": 10_000}, False),
        ({"state": "winding_down"}, False),
        ({"state": "closed"}, False),
    ],
)
def test_a_page_that_is_not_listed_names_no_other_and_asks_not_to_be_found(
    sqlite_world: World, row: dict[str, object], listed: bool
) -> None:
    browser = sqlite_world.browser()
    assert "de-DE" in Head(browser.get("/nz/en/").text).alternates
    change_market(sqlite_world, "de", **{**OPEN, **row})
    page = browser.get("/de/de/")
    head = Head(page.text)
    assert page.status_code == 200 and bool(head.canonical) == bool(head.alternates) == listed
    assert (head.robots == "") == listed
    assert ("de-DE" in Head(browser.get("/nz/en/").text).alternates) == listed
    assert (f"{ORIGIN}/de/de/" in sitemap(sqlite_world)) == listed


def test_slugs_of_any_script_are_written_in_ascii(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        text = db.get_one(ProductText, (BLENDER, "de"))
        text.slug = "küchen-ミキサー"
        db.add(text)
    told = sitemap(sqlite_world)
    [url] = [each for each in told if "k%C3%BCchen-%E3%83%9F" in each]
    assert url.isascii() and Head(sqlite_world.browser().get(url).text).canonical == url


def test_the_sitemap_is_kept_until_the_day_ends_or_something_changes(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    first = browser.get("/sitemap.xml")
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert browser.get("/sitemap.xml", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    change_market(sqlite_world, "ch", **OPEN)
    assert "/ch/it/" in browser.get("/sitemap.xml").text


def test_robots_are_let_in_but_not_to_what_is_ones_own(sqlite_world: World) -> None:
    answer = sqlite_world.browser().get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert lines[:2] == ["User-agent: *", "Allow: /"] and lines[-1] == f"Sitemap: {ORIGIN}/sitemap.xml"
    refused = {line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow")}
    assert refused == {"/*/*/cart", "/*/*/checkout", "/*/*/orders", "/*/*/search", "/desk", "/console"}
    reader = robotparser.RobotFileParser()
    reader.parse(lines)
    assert reader.site_maps() == [f"{ORIGIN}/sitemap.xml"]
