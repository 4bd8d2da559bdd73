"""What is told before an order where the rules ask for it: guarantees, the label, parts, the form; and what is left out."""

from datetime import date

import pytest

from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.notices import durability_label, guarantee_notice, notices
from shop.policies.sentences import line, parts_line
from tests.doors import pay, place, to_review
from tests.world import ANNA, TAMA, World, text

LIBRARY = PolicyLibrary(ROOT / "policies")
LANGUAGES = Languages(ROOT / "locales")
ENGLISH = LANGUAGES.tongue("en", "NZ")
DAY = date(2026, 11, 24)


def rules(market: str, kind: str) -> PolicyVersion:
    return LIBRARY.in_force(market, kind, DAY)


# The notice and the label.


def test_the_notice_says_the_months_of_the_law_who_is_liable_and_where_more_stands() -> None:
    notice = guarantee_notice(rules("de", "warranty").rules, ENGLISH)
    assert notice and notice.title == "Your legal guarantee of conformity: 2 years"
    said = " ".join(notice.sentences)
    assert "seller is liable" in said and "free of charge" in said and "§ 438 Abs. 1 Nr. 3 BGB" in said
    assert notice.url == "https://europa.eu/youreurope/citizens/consumers/shopping/guarantees-and-returns/index_en.htm"
    german = guarantee_notice(rules("de", "warranty").rules, LANGUAGES.tongue("de", "DE"))
    assert german and german.url.endswith("index_de.htm")
    japanese = guarantee_notice(rules("de", "warranty").rules, LANGUAGES.tongue("ja", "DE"))
    assert japanese and japanese.url.endswith("index_en.htm")


@pytest.mark.parametrize(("months", "title"), [(36, "3 years"), (30, "30 months"), (24, "2 years")])
def test_the_notice_says_what_the_country_gives(months: int, title: str) -> None:
    fabricated = {"harmonised_notice": True, "legal_guarantee_months": months}
    notice = guarantee_notice(fabricated, ENGLISH)
    assert notice and notice.title == f"Your legal guarantee of conformity: {title}" and len(notice.sentences) == 3


@pytest.mark.parametrize("market", ["nz", "ch", "jp", "ae", "ca", "us", "br", "kw"])
def test_where_the_rules_do_not_ask_for_a_notice_there_is_none(market: str) -> None:
    assert notices(rules(market, "warranty").rules, ENGLISH) == [] == notices({}, ENGLISH)


@pytest.mark.parametrize(("months", "shown"), [(0, False), (24, False), (25, True), (60, True)])
def test_the_label_stands_only_for_more_than_two_years(months: int, shown: bool) -> None:
    label = durability_label({"durability_label_months": months, "guarantor": "Maker Ltd"}, ENGLISH)
    assert (label is not None) == shown
    if label:
        assert label.title == f"Guaranteed durability: {months} months" and "Maker Ltd" in label.sentences[0]


def test_the_notice_stands_by_the_price_in_the_review_and_in_the_confirmation(sqlite_world: World) -> None:
    [notice] = notices(rules("de", "warranty").rules, LANGUAGES.tongue("de", "DE"))
    said = (notice.title, *notice.sentences)
    page, browser = _product(sqlite_world, "de", "HB-BL-230"), sqlite_world.browser("de")
    assert all(each in text(page) for each in said) and notice.url in page
    assert page.index("</form>") < page.index(notice.url) < page.index('class="policy-lines"')
    to_review(browser, "/de/de/", ANNA)
    assert browser.page and all(each in text(browser.page.text) for each in said)
    number = place(browser, "/de/de/", ANNA)
    pay(sqlite_world, browser, "/de/de/", number)
    sqlite_world.work()
    [mail] = sqlite_world.mails(ANNA["email"])
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body and all(each in " ".join(text(body.get_content()).split()) for each in said), kind


def test_a_service_has_no_guarantee_of_goods_and_other_markets_have_no_notice(sqlite_world: World) -> None:
    assert "europa.eu" not in _product(sqlite_world, "de", "HB-SV-MC12")
    assert "europa.eu" in _product(sqlite_world, "de", "HB-FD-GR")
    assert "europa.eu" not in sqlite_world.browser("en").get("/nz/en/").text
    browser = sqlite_world.browser("en")
    to_review(browser, "/nz/en/", TAMA)
    assert browser.page and "europa.eu" not in browser.page.text and 'id="terms-at-a-glance"' not in browser.page.text


def _product(world: World, market: str, sku: str) -> str:
    slugs = world.house.directory.now().goods.slugs_of(sku)
    browser = world.signed_in("mere")
    answer = browser.get(f"/{market}/{market}/products/{slugs[market]}")
    assert answer.status_code == 200, sku
    return answer.text


# The form.


def test_the_form_can_be_printed_and_says_where_it_goes(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    answer = browser.get("/de/de/policies/returns/form")
    told = rules("de", "returns").rules
    assert answer.status_code == 200
    assert all(told[key] in text(answer.text) for key in ("seller", "seller_address", "email"))
    assert 'href="/de/de/withdraw"' in answer.text
    assert 'href="/de/de/policies/returns/form"' in browser.get("/de/de/policies/returns").text
    assert browser.get("/de/de/policies/returns/2026-11-22").status_code == 200


@pytest.mark.parametrize(
    "path", ["/nz/en/policies/returns/form", "/de/de/policies/warranty/form", "/de/de/policies/x/form"]
)
def test_where_there_is_no_form_there_is_no_page(sqlite_world: World, path: str) -> None:
    assert sqlite_world.browser("de").get(path).status_code == 404


def test_the_form_was_not_there_before_the_rules_held_it(sqlite_world: World) -> None:
    sqlite_world.clock.now = sqlite_world.clock.now.replace(day=20)
    assert sqlite_world.browser("de").get("/de/de/policies/returns/form").status_code == 404


# The lines of a product.


@pytest.mark.parametrize(
    ("market", "return_class", "words"),
    [
        ("nz", "general", "30 days to return what you do not want to keep; you pay for sending it back."),
        ("nz", "electrical", "30 days to return what you do not want to keep; you pay for sending it back."),
        (
            "nz",
            "sealed_hygiene",
            "30 days to return what you do not want to keep; you pay for sending it back. "
            "Once the seal is broken it cannot be returned, unless something is wrong with it.",
        ),
        (
            "jp",
            "electrical",
            "14 days to return what you do not want to keep; you pay for sending it back. "
            "Once its own packaging has been opened it cannot be returned, unless something is wrong with it.",
        ),
        (
            "nz",
            "perishable",
            "This product does not keep for long and cannot be returned for a change of mind. "
            "If something is wrong with it, it can.",
        ),
        ("de", "cosmetics", "14 days to withdraw from the contract; you pay for sending it back."),
        ("br", "perishable", "7 days to withdraw from the contract; we pay for sending it back."),
        ("br", "service", "7 days from the order to withdraw from the contract."),
        ("nz", "service", "30 days to cancel this service. This holds as long as the work has not begun."),
        (
            "de",
            "service",
            "14 days from the order to withdraw from the contract. "
            "This ends earlier once the service has been performed in full and you had agreed to that.",
        ),
    ],
)
def test_a_product_says_honestly_whether_it_can_be_sent_back(market: str, return_class: str, words: str) -> None:
    assert line(rules(market, "returns"), ENGLISH, return_class) == words


def test_the_product_page_speaks_of_its_own_class(sqlite_world: World) -> None:
    tongue = LANGUAGES.tongue("de", "DE")
    version = rules("de", "returns")
    balm = text(_product(sqlite_world, "de", "HB-CO-HB"))
    assert line(version, tongue, "sealed_hygiene") in balm
    assert line(version, tongue, "sealed_hygiene") != line(version, tongue)
    assert line(version, tongue) in text(_product(sqlite_world, "de", "HB-BL-230"))


def test_parts_and_repair_are_told_of_where_the_rules_ask_for_it() -> None:
    words = "Parts, repair and the information needed for it: available for 10 years after the last piece was sold."
    assert parts_line(rules("ca", "warranty").rules, ENGLISH) == words
    assert parts_line(rules("nz", "warranty").rules, ENGLISH) == ""
