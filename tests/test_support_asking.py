"""The short form of each category: asked at once, kept by keys, told in the reader's words; and who answers in which language."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.catalogue.models import Product
from shop.checkout.models import OrderLine
from shop.markets.models import Market
from shop.support.requests.models import Message, Request
from shop.support.requests.short_forms import SHORT_FORMS, Blank, detail_lines
from shop.support.requests.words import CATEGORIES
from shop.support.shifts.models import AgentLanguage
from tests.asking import ASK, order
from tests.support_world import EVENING, MORNING, support_house
from tests.world import Browser, World, text, world

PAGE = "/de/de/support"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    with support_house(tmp_path) as database, world(tmp_path, str(database.engine.url)) as built:
        built.clock.now = MORNING
        yield built


@pytest.fixture
def database(house: World) -> Database:
    return house.house.database


def only(database: Database) -> Request:
    with database.reading() as db:
        return db.exec(select(Request)).one()


def filled(blank: Blank) -> str:
    return {"day": "2026-11-20", "choice": next(iter(blank.choices), "")}.get(blank.kind, "HBBL2634-00417-K")


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_category_asks_its_own_questions_and_keeps_the_answers_by_their_keys(
    house: World, database: Database, category: str
) -> None:
    browser, blanks = house.browser("de"), SHORT_FORMS[category]
    page = browser.get(f"{PAGE}?category={category}")
    names = {each.name(category): filled(each) for each in blanks}
    assert [each for each in names if f'name="{each}"' not in page.text] == []
    sent = browser.submit("/support", **(ASK | {"category": category} | names))
    assert sent.status_code == 303, text(sent.text)
    kept = only(database)
    details = json.loads(kept.details)
    assert set(details) == {each.key for each in blanks} - {"serial"}
    assert bool(kept.serial) is any(each.key == "serial" for each in blanks)
    shown = text(browser.follow(sent).text)
    english = Languages(ROOT / "locales").tongue("en")
    for _label, value in detail_lines(english, category, kept.details):
        assert value  # every answer can be put into words
    assert all(str(value) in shown for key, value in details.items() if key in ("part", "with", "certificate"))


def test_the_answers_are_told_to_each_reader_in_their_own_words() -> None:
    languages = Languages(ROOT / "locales")
    details = json.dumps({"delivered": "2026-11-20", "box_kept": "yes", "gone": "<b>"})
    told = detail_lines(languages.tongue("en"), "transit_damage", details)
    assert told == [
        ("When did it arrive?", "November 20, 2026"),
        ("Do you still have the box and the packing?", "Yes"),
        ("gone", "<b>"),
    ]


def test_looking_for_an_answer_first_sends_nothing_and_loses_nothing(house: World, database: Database) -> None:
    browser = house.browser("de")
    browser.get(PAGE)
    answer = browser.submit("/support", **ASK | {"category": "spare_parts", "look": "1"})
    assert answer.status_code == 200 and "data-errors" not in answer.text
    assert ASK["question"] in answer.text and 'value="Anna Beck"' in answer.text
    with database.reading() as db:
        assert db.exec(select(Request)).all() == []
    sent = browser.submit("/support", **ASK | {"category": "spare_parts", "d_spare_parts_part": "Dichtung"})
    assert sent.status_code == 303


def test_the_style_shows_the_short_form_of_the_chosen_category_alone() -> None:
    style = (ROOT / "shop/static/style.css").read_text()
    for category in (each for each, blanks in SHORT_FORMS.items() if blanks):
        assert f'option[value="{category}"]:checked)) > .only.{category}' in style


@pytest.mark.parametrize(
    ("category", "fields", "wrong"),
    [
        ("spare_parts", {}, "d_spare_parts_part"),
        ("certification", {"d_certification_certificate": " "}, "d_certification_certificate"),
        ("transit_damage", {"d_transit_damage_delivered": "yesterday"}, "d_transit_damage_delivered"),
        ("transit_damage", {"d_transit_damage_delivered": "2026-02-31"}, "d_transit_damage_delivered"),
        ("transit_damage", {"d_transit_damage_damaged": "everything"}, "d_transit_damage_damaged"),
        ("repair", {"d_repair_tried": "x" * 1001}, "d_repair_tried"),
        ("repair", {"d_repair_since": "x" * 201}, "d_repair_since"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_told_on_its_field(
    house: World, category: str, fields: dict[str, str], wrong: str
) -> None:
    answer = house.browser("de").post(PAGE, ASK | {"category": category} | fields)
    assert answer.status_code == 422 and f'href="#f-{wrong}"' in answer.text
    assert answer.text.count('href="#f-') == 1


def test_emoji_and_turned_text_and_script_are_shown_as_text(house: World) -> None:
    browser = house.browser("de")
    browser.get(PAGE)
    given = ASK | {"category": "integration", "d_integration_with": "\u202e🎉 <script>alert(1)</script> شركة"}
    shown = browser.follow(browser.submit("/support", **given)).text
    assert "🎉 &lt;script&gt;" in shown and "<script>alert" not in shown and "\u202e" not in shown
    assert "<bdi>🎉" in shown


def test_safety_says_the_doctor_and_keeping_the_product_before_anything_is_written(house: World) -> None:
    page = text(house.browser("de").get(f"{PAGE}?category=safety").text)
    first = "Verwenden Sie das Produkt ab sofort nicht mehr"
    assert first in page
    assert only_after(page, first, "Bewahren Sie es mit der Verpackung auf und verwenden Sie es nicht mehr.")


def only_after(page: str, first: str, then: str) -> bool:
    return page.index(first) < page.index(then)


def test_a_question_about_safety_is_urgent_and_one_about_use_is_not(house: World, database: Database) -> None:
    for category in ("use", "safety"):
        house.browser("de").post(PAGE, ASK | {"category": category})
    with database.reading() as db:
        found = {each.category: each.severity for each in db.exec(select(Request)).all()}
    assert found["use"] == 2 and found["safety"] < 2


# The order


def with_two_lines(database: Database) -> None:
    with database.writing() as db:
        db.add(Product(sku="HB-BL-230", kind="machine", plate="kitchen"))
        db.add(Product(sku="HB-CR-50", kind="cosmetic", plate="skin"))
        db.flush()
        db.add(order())
        db.flush()
        for sku, name in (("HB-BL-230", "Mixer"), ("HB-CR-50", "Creme")):
            db.add(
                OrderLine(
                    order_number="DE-7K2M9Q",
                    sku=sku,
                    name=name,
                    quantity=1,
                    unit=50,
                    tax_e5=19000,
                    net=42,
                    tax=8,
                    gross=50,
                    serial="HBBL2634-00417-K" if name == "Mixer" else "",
                )
            )


def holder(house: World) -> Browser:
    browser = house.browser("de")
    cookie = house.house.holders.cookie("order", "DE-7K2M9Q", now=house.clock.now)
    browser.cookies.set(cookie.key, cookie.value)
    return browser


@pytest.mark.parametrize(
    ("line", "serial", "skills"), [("1", "HBBL2634-00417-K", "electrical"), ("2", "", "cosmetics")]
)
def test_of_an_order_with_several_products_the_one_is_chosen_with_its_serial(
    house: World, database: Database, line: str, serial: str, skills: str
) -> None:
    with_two_lines(database)
    browser = holder(house)
    page = browser.get(f"{PAGE}?order=DE-7K2M9Q&category=use").text
    assert "Mixer" in page and "Creme" in page
    assert browser.submit("/support", **ASK | {"line": line}).status_code == 303
    kept = only(database)
    assert (kept.order_number, kept.order_line, kept.serial, kept.skills) == ("DE-7K2M9Q", int(line), serial, skills)


@pytest.mark.parametrize("line", ["", "0", "3", "-1", "x", "99999999999999999999"])
def test_a_line_that_is_none_is_the_whole_order(house: World, database: Database, line: str) -> None:
    with_two_lines(database)
    assert holder(house).post(PAGE, ASK | {"order": "DE-7K2M9Q", "line": line}).status_code == 303
    assert only(database).order_line is None


def test_who_does_not_hold_the_order_sees_none_of_its_products(house: World, database: Database) -> None:
    with_two_lines(database)
    stranger = house.browser("de")
    assert "Creme" not in stranger.get(f"{PAGE}?order=DE-7K2M9Q&category=use").text
    sent = stranger.post(PAGE, ASK | {"order": "DE-7K2M9Q", "line": "2"})  # by the address it was placed with
    assert sent.status_code == 303 and only(database).order_line is None


def test_who_only_names_an_order_and_its_address_is_not_told_what_was_bought(house: World, database: Database) -> None:
    with_two_lines(database)
    with database.writing() as db:
        db.delete(db.exec(select(OrderLine).where(OrderLine.sku == "HB-BL-230")).one())
    for browser, told in ((house.browser("de"), False), (holder(house), True)):
        sent = browser.post(PAGE, ASK | {"order": "DE-7K2M9Q", "key": str(told)})
        assert ("Creme" in browser.follow(sent).text) is told


# The language


def swiss(house: World, database: Database) -> None:
    """Switzerland in two languages: Lena speaks German, Maricel French and English fluently."""
    with database.writing() as db:
        market = db.get_one(Market, "de")
        market.languages, market.other_languages = "de fr", "en"
        db.add(AgentLanguage(agent="maricel", language="fr", level="fluent"))
    house.house.directory._kept = None


@pytest.mark.parametrize(
    ("fields", "language", "known_by"),
    [
        ({}, "de", "page"),
        ({"language": "fr"}, "fr", "chosen"),
        ({"language": "ja"}, "de", "page"),
        ({"question": "Bitte antworten Sie auf Französisch."}, "fr", "chosen"),
        ({"question": "Bitte auf Französisch antworten.", "language": "de"}, "de", "chosen"),
        ({"question": "Bonjour, comment nettoyer le bol de mon mixeur ? Je ne sais pas."}, "de", "page"),
    ],
)
def test_the_language_is_the_one_chosen_then_the_pages_and_how_it_is_known_is_kept(
    house: World, database: Database, fields: dict[str, str], language: str, known_by: str
) -> None:
    swiss(house, database)
    browser = house.browser("de")
    assert 'name="language"' in browser.get(PAGE).text
    assert browser.submit("/support", **ASK | {"language": ""} | fields).status_code == 303
    assert (only(database).language, only(database).language_from) == (language, known_by)


def test_a_market_of_one_language_asks_for_none(house: World) -> None:
    assert 'name="language"' not in house.browser("de").get(PAGE).text


@pytest.mark.parametrize(
    ("level", "others", "agent", "tier"),
    [
        ("fluent", "", "maricel", 1),  # nobody is native in French: the fluent speaker has it at once
        ("basic", "", None, None),  # nobody speaks it well enough, and nothing else was agreed to
        ("basic", "yes", "lena", 2),  # English, by consent
    ],
)
def test_french_falls_to_a_fluent_speaker_and_to_english_only_with_consent(
    house: World, database: Database, level: str, others: str, agent: str | None, tier: int | None
) -> None:
    swiss(house, database)
    with database.writing() as db:
        db.get_one(AgentLanguage, ("maricel", "fr")).level = level
    browser = house.browser("fr")
    browser.get("/de/fr/support")
    assert browser.submit("/support", **ASK | {"others": others}).status_code == 303
    kept = only(database)
    assert (kept.agent, kept.tier, kept.other_languages) == (agent, tier, others == "yes")


def test_what_consent_would_change_is_said_beside_the_box(house: World, database: Database) -> None:
    with database.writing() as db:
        db.get_one(AgentLanguage, ("maricel", "de")).level = "basic"
    house.clock.now = EVENING
    page = text(house.browser("de").get(PAGE).text)
    assert "Maricel (Manila)" in page and "04:00" in page


def test_the_message_is_in_the_language_the_customer_reads(house: World, database: Database) -> None:
    swiss(house, database)
    house.browser("de").post(PAGE, ASK | {"language": "fr"})
    with database.reading() as db:
        assert db.exec(select(Message.language).where(Message.kind == "customer")).one() == "fr"
    house.work()
    assert house.mails("anna@example.com")[0]["Content-Language"].startswith("fr")
