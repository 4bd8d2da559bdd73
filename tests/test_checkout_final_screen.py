"""What some markets' law wants on the last page before an order: all terms in one place, another language first."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shop.base.revisions import raise_revision
from shop.catalogue.models import Listing
from shop.checkout.final_screen import final_terms, language_first
from shop.checkout.quote import policies_now, quote
from tests.buying import visit
from tests.doors import change_market, to_review
from tests.world import ANNA, GREG, QUEBEC, YUKI, World, text

BLENDER = "HB-BL-100"
LABELS = [
    "Quantity",
    "Price in all",
    "When and how you pay",
    "When it is delivered",
    "Until when the offer holds",
    "Cancelling and returning",
]


@pytest.fixture
def shown(sqlite_world: World) -> World:
    change_market(sqlite_world, "jp", state="open", audience="")
    change_market(sqlite_world, "ca", state="open", pause_mode="", audience="")
    return sqlite_world


def terms(world: World, market: str, lines: dict[str, int], until: datetime | None = None) -> dict[str, list[str]]:
    at = visit(world, market, "en")
    returns = next(each for each in policies_now(world.house.policies, at) if each.kind == "returns")
    if until:
        with world.house.database.writing() as db:
            for sku in lines:
                db.get_one(Listing, (market, sku)).until = until
            raise_revision(db, market)
        at = visit(world, market, "en")
    with world.house.database.reading() as db:
        return {row["label"]: row["values"] for row in final_terms(quote(db, at, lines), at, returns)}


def test_japan_shows_all_six_in_one_place(shown: World) -> None:
    found = terms(shown, "jp", {BLENDER: 2})
    assert list(found) == LABELS
    assert found["Quantity"][0].endswith("× 2")
    assert "of which delivery" in found["Price in all"][0]
    assert found["When and how you pay"] == ["By card, on the page after this one, when you place the order."]
    assert found["When it is delivered"][0].startswith("If you order today:")
    assert found["Until when the offer holds"] == ["There is no set end."]
    assert found["Cancelling and returning"] == [
        "Until it is sent you can cancel the order free of charge.",
        "14 days to return what you do not want to keep; you pay for sending it back. "
        "Once its own packaging has been opened it cannot be returned, unless something is wrong with it.",
    ]


def test_an_offer_with_an_end_says_when(shown: World) -> None:
    found = terms(shown, "jp", {BLENDER: 1}, until=datetime(2026, 12, 31, 15, 0, tzinfo=UTC))
    [said] = found["Until when the offer holds"]
    assert ": until " in said and "2027" in said  # midnight in Tokyo


def test_what_needs_no_parcel_says_so(shown: World) -> None:
    assert terms(shown, "jp", {"HB-SV-MC12": 1})["When it is delivered"] == [
        "Nothing is sent: this order needs no parcel."
    ]


def test_no_other_market_is_told_to(shown: World) -> None:
    assert terms(shown, "de", {"HB-BL-230": 1}) == {}


def test_the_last_page_in_japan_holds_them_before_the_button(shown: World) -> None:
    browser = shown.browser("ja")
    to_review(browser, "/jp/ja/", YUKI, BLENDER)
    page = browser.page.text if browser.page else ""
    assert 'id="terms-at-a-glance"' in page and page.index("terms-at-a-glance") < page.index("注文を確定する")
    to_review(german := shown.browser("de"), "/de/de/", ANNA)
    assert german.page and "terms-at-a-glance" not in german.page.text


def test_the_footer_names_the_page_as_the_law_does(shown: World) -> None:
    footer = shown.browser("ja").get("/jp/ja/").text.partition("<footer")[2]
    assert 'href="/jp/ja/policies/imprint">特定商取引法に基づく表記<' in footer


# Quebec: French first.


@pytest.mark.parametrize(
    ("region", "language", "offered"),
    [("QC", "en", "/ca/fr/checkout/review"), ("QC", "fr", None), ("ON", "en", None), ("", "en", None)],
)
def test_the_language_of_the_region_is_offered_first(
    shown: World, region: str, language: str, offered: str | None
) -> None:
    at = visit(shown, "ca", language)
    kinds = {each.kind: each for each in policies_now(shown.house.policies, at)}
    found = language_first(kinds["terms"], region, at)
    assert (found["url"] if found else None) == offered
    assert language_first(None, region, at) is None


def test_a_language_that_the_market_does_not_speak_is_not_offered(shown: World) -> None:
    at = visit(shown, "ca", "en")
    terms_of_sale = next(each for each in policies_now(shown.house.policies, at) if each.kind == "terms")
    other = replace(terms_of_sale, rules={**terms_of_sale.rules, "first_language": {"QC": "iu"}})
    assert language_first(other, "QC", at) is None


def test_in_quebec_an_english_review_leads_to_the_french_one_with_everything_kept(shown: World) -> None:
    browser = shown.browser("en")
    to_review(browser, "/ca/en/", QUEBEC, "HB-BL-120")
    assert browser.page and "Another" not in browser.page.text
    assert "puts another language first" in text(browser.page.text)
    french = browser.follow(browser.submit("/choice"))
    assert french.url.path == "/ca/fr/checkout/review" and "Passer la commande" in french.text
    assert "5 rue Saint-Paul" in text(french.text)
    assert 'value="/ca/fr/checkout/review"' not in french.text
    other = shown.browser("en")
    to_review(other, "/ca/en/", GREG, "HB-BL-120")
    assert other.page and "puts another language first" not in text(other.page.text)


def test_french_is_the_first_of_canadas_languages(shown: World) -> None:
    assert shown.house.directory.now().market("ca").languages.split() == ["fr", "en"]
