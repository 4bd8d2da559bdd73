"""Choosing a market and a language: what the chooser says of each, what is remembered, and where a choice leads."""

from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import col

from shop.base.db import Database
from shop.base.revisions import market_scope, raise_revision
from shop.catalogue.models import ProductText
from shop.launches.changing.invitations import make_invitation
from shop.markets.choosing import answered
from shop.markets.links import is_link, is_path
from shop.markets.models import AnswerHours
from tests.doors import BLENDER, change_market, cookies_of
from tests.world import TUESDAY, Browser, World, forms, text

HOUR = timedelta(hours=1)


def hours(database: Database, *rows: tuple[str, str, int, int]) -> None:
    """Only these hours: market, language, and from how many hours after now until how many."""
    with database.writing() as db:
        db.connection().execute(delete(AnswerHours))
        for market, language, start, end in rows:
            db.add(
                AnswerHours(
                    market=market,
                    language=language,
                    level="native",
                    starts_at=TUESDAY + start * HOUR,
                    ends_at=TUESDAY + end * HOUR,
                    names="Lena",
                )
            )
        raise_revision(db, market_scope("de"))


def slug(world: World, language: str) -> str:
    with world.house.database.reading() as db:
        return db.get_one(ProductText, (BLENDER, language)).slug


def switches(browser: Browser) -> dict[str, str]:
    """Where the language switch of the present page leads, by language."""
    assert browser.page is not None
    found = [each.fields for each in forms(browser.page.text) if each.action == "/choice"]
    return {each["language"]: each["next"] for each in found if "next" in each}


def test_the_chooser_says_in_which_languages_questions_are_answered(sqlite_world: World) -> None:
    for market in ("de", "nz"):
        change_market(sqlite_world, market, state="open", audience="", in_chooser=True)
    hours(sqlite_world.house.database, ("de", "de", 1, 2), ("nz", "en", -3, -1))
    browser = sqlite_world.browser("en")
    sections = browser.get("/").text.split("<section")
    german = next(part for part in sections if 'name="market" value="de"' in part)
    assert ": Deutsch</p>" in german
    english = next(part for part in sections if 'name="market" value="nz"' in part)
    assert "We cannot promise a time for an answer at the moment." in english


def test_the_chooser_begins_every_currency_with_a_capital(sqlite_world: World) -> None:
    change_market(sqlite_world, "ca", state="open", audience="", in_chooser=True)
    shown = text(sqlite_world.browser("fr").get("/").text)
    assert "Dollar canadien" in shown and "dollar canadien" not in shown


def test_an_error_in_a_market_names_the_shop_and_one_nowhere_does_not(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", state="open", audience="")
    browser = sqlite_world.browser("de")
    header = browser.get("/de/de/orders/DE-00000").text.partition("<header")[2].partition("</header>")[0]
    assert "<bdi>Harbourbench</bdi>" in header
    nowhere = browser.get("/xx/de/").text.partition("<header")[2].partition("</header>")[0]
    assert "Harbourbench" not in nowhere and "Startseite" in nowhere


def test_the_chooser_ends_with_the_shift_that_ends_next(sqlite_world: World) -> None:
    change_market(sqlite_world, "nz", state="open", in_chooser=True)
    hours(sqlite_world.house.database, ("nz", "en", -1, 1))
    browser = sqlite_world.browser("en")
    for _again in range(2):
        assert "Questions are answered in: English" in browser.get("/").text
    sqlite_world.clock.now = TUESDAY + HOUR
    assert "Questions are answered in" not in browser.get("/").text


def test_the_chooser_follows_a_new_roster_at_once(sqlite_world: World) -> None:
    change_market(sqlite_world, "nz", state="open", in_chooser=True)
    hours(sqlite_world.house.database)
    browser = sqlite_world.browser("en")
    assert "We cannot promise a time for an answer at the moment." in browser.get("/").text
    hours(sqlite_world.house.database, ("nz", "en", 5, 6))
    assert "Questions are answered in: English" in browser.get("/").text


def test_on_each_engine_who_answers_is_known_with_its_end(world: World) -> None:
    hours(world.house.database, ("de", "de", -1, 3), ("de", "en", 1, 2), ("nz", "en", -3, -1), ("de", "de", 5, 6))
    with world.house.database.reading() as db:
        found = answered(db, now=TUESDAY)
    assert found.languages == {"de": {"de", "en"}} and found.until == TUESDAY + 2 * HOUR


def test_a_choice_is_remembered_and_a_look_is_not(sqlite_world: World) -> None:
    change_market(sqlite_world, "ch", state="open", audience="", in_chooser=True)
    browser = sqlite_world.browser("de")
    for url in ("/", "/ch/de/", "/ch/fr/", f"/ch/de/products/{slug(sqlite_world, 'de')}", "/ch/de/support"):
        assert cookies_of(browser.get(url)) == []
    browser.get("/ch/de/")
    answer = browser.submit("/choice")
    assert answer.status_code == 303 and answer.headers["location"] == "/ch/fr/"
    [line] = cookies_of(answer)
    assert line.startswith("place=ch-fr;") and answer.headers["cache-control"] == "private, no-store"
    assert '<html lang="fr"' in browser.get("/").text


def test_the_language_switch_keeps_the_place(sqlite_world: World) -> None:
    change_market(sqlite_world, "ch", state="open", audience="")
    browser = sqlite_world.browser("de")
    browser.get(f"/ch/de/products/{slug(sqlite_world, 'de')}")
    led = switches(browser)
    assert led == {each: f"/ch/{each}/products/{slug(sqlite_world, each)}" for each in ("fr", "it")}
    assert led["fr"].rpartition("/")[2] != led["it"].rpartition("/")[2]
    answer = browser.submit("/choice", language="it", next=led["it"])
    assert answer.headers["location"] == led["it"] and browser.follow(answer).status_code == 200
    for path in ("policies/returns", "support", "cart", ""):
        browser.get(f"/ch/de/{path}")
        assert switches(browser)["fr"] == f"/ch/fr/{path}"


def test_what_is_not_there_in_a_language_leads_to_its_home(sqlite_world: World) -> None:
    change_market(sqlite_world, "ch", state="open", audience="")
    with sqlite_world.house.database.writing() as db:
        gone = delete(ProductText).where(col(ProductText.sku) == BLENDER, col(ProductText.language) == "fr")
        db.connection().execute(gone)
    browser = sqlite_world.browser("de")
    page = browser.get(f"/ch/de/products/{slug(sqlite_world, 'de')}")
    assert switches(browser)["fr"] == "/ch/fr/"
    assert 'hreflang="fr-CH"' not in page.text
    assert (
        f"/ch/it/products/{slug(sqlite_world, 'it')}"
        in page.text.partition('hreflang="it-CH" href="')[2].partition('"')[0]
    )


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/de/de/",
        "/\\evil.example",
        "/de/de/..//evil.example",
        "/de/de/../../console",
        "/de/de/%2e%2e/%2E%2e/console",
        "/de/de/\r\nset-cookie: a=b",
        "/de/de/?next=x",
        "/de/de/#x",
        "/nz/en/",
        "/de/en/",
        "/de/dex/",
        "javascript:alert(1)",
        " /de/de/x\ty",
        "/de/de/" + "x" * 600,
        "",
    ],
)
def test_a_choice_leads_nowhere_but_into_its_market(sqlite_world: World, wanted: str) -> None:
    answer = sqlite_world.browser().post("/choice", {"market": "de", "language": "de", "next": wanted})
    assert answer.status_code == 303 and answer.headers["location"] == "/de/de/"


def test_a_path_in_any_script_is_kept(sqlite_world: World) -> None:
    answer = sqlite_world.browser().post("/choice", {"market": "jp", "language": "ja", "next": "/jp/ja/products/製品"})
    assert answer.headers["location"] == "/jp/ja/products/%E8%A3%BD%E5%93%81"


def test_who_was_invited_and_who_previews_may_change_the_language_too(sqlite_world: World) -> None:
    change_market(sqlite_world, "ch", state="soft", audience="invitation", ever_sold=False)
    choice = {"market": "ch", "language": "fr", "next": "/ch/fr/"}
    with sqlite_world.house.database.writing() as db:
        token = make_invitation(db, "ch", person="mere", uses=1, days=1, note="", now=TUESDAY).token
    stranger, guest = sqlite_world.browser(), sqlite_world.browser()
    guest.post(f"/invite/{token}")
    assert stranger.post("/choice", choice).status_code == 404
    assert guest.post("/choice", choice).status_code == 303
    change_market(sqlite_world, "ch", state="draft")
    assert guest.post("/choice", choice).status_code == 404
    assert sqlite_world.signed_in("mere").post("/choice", choice).status_code == 303


@pytest.mark.parametrize(
    ("given", "path", "link"),
    [
        ("/de/de/recalls", True, True),
        ("https://www.example.org/recall?id=3#what", False, True),
        ("http://example.org:8080/", False, True),
        ("//evil.example/", False, False),
        ("/\\evil.example", False, False),
        ("javascript:alert(1)", False, False),
        ("JAVASCRIPT:alert(1)//https://", False, False),
        ("data:text/html,x", False, False),
        ("https:/evil", False, False),
        ("https://", False, False),
        ("https://user:pass@example.org/", False, False),
        ("https://example.org:x/", False, False),
        ("https://[::1/", False, False),
        ("https://example.org/a b", False, False),
        ("https://example.org/\nx", False, False),
        ("example.org", False, False),
        ("", False, False),
        ("/" + "x" * 600, False, False),
    ],
)
def test_which_addresses_are_followed(given: str, path: bool, link: bool) -> None:
    assert (is_path(given), is_link(given)) == (path, link)
