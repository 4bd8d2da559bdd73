"""Which card of the handbook a customer's words draw: folded in every script, the gravest and nearest one."""

import pytest

from shop.support.crisis.triggers import Card, Told, drawn
from shop.support.folding import folded

SKIN = Card(
    key="skin",
    number=3,
    severity=0,
    categories=frozenset({"safety"}),
    kinds=("cosmetic",),
    words=frozenset({"allergic reaction", "hospital", "anaphyla*", "Hautausschlag", "アレルギー", "تحسس", "éruption"}),
)
FOOD = Card(
    key="food",
    number=5,
    severity=0,
    categories=frozenset({"safety"}),
    kinds=("food",),
    lots=("L26???B",),
    words=frozenset({"allergic reaction", "hospital", "vomit*", "食中毒", "مستشفى"}),
)
FIRE = Card(
    key="fire",
    number=8,
    severity=0,
    categories=frozenset({"safety"}),
    serials=("HBBL2601*",),
    words=frozenset({"caught fire", "Straße brennt", "hospital"}),
)
DENT = Card(key="dent", number=2, severity=1, words=frozenset({"dented"}))
CARDS = (SKIN, FOOD, FIRE, DENT)


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("I had an ALLERGIC  reaction!", "skin"),
        ("allergic\nreaction", "skin"),
        ("I am allergic to nuts. What is your reaction?", ""),
        ("anaphylactic shock", "skin"),
        ("HAUTAUSSCHLAG im Gesicht", "skin"),
        ("Hautausschlagsalbe", ""),
        ("une ERUPTION cutanée", "skin"),
        ("eruption", "skin"),
        ("クリームでアレルギーが出ました", "skin"),
        ("食 中 毒 になった", "food"),
        ("くりーむであれるぎーが出ました", "skin"),
        ("ابني في المُسْتَشْفَى الآن", "food"),
        ("والمستشفى قال لنا", "food"),
        ("حدث لي تحسّس", "skin"),
        ("Die STRASSE brennt", "fire"),
        ("the hospit\u00adal", "skin"),
        ("It arrived dented", "dent"),
        ("It arrived dented and caught fire", "fire"),
        ("vomiting and allergic reaction", "food"),
        ("hospitality", ""),
        ("How do I clean it?", ""),
        ("", ""),
        ("🔥" * 2000, ""),
    ],
)
def test_words_draw_a_card_whatever_their_case_accents_or_script(text: str, card: str) -> None:
    assert drawn(CARDS, Told(text=text)) == card


def test_the_product_decides_between_cards_that_the_same_words_draw() -> None:
    told = "allergic reaction, we are in hospital"
    assert drawn(CARDS, Told(text=told, kind="cosmetic")) == "skin"
    assert drawn(CARDS, Told(text=told, kind="food_animal")) == "food"
    assert drawn(CARDS, Told(text="hospital", kind="mains")) == "fire"


def test_a_category_draws_the_card_for_the_product_and_for_an_unknown_one_the_general_card() -> None:
    assert drawn(CARDS, Told(category="safety", kind="cosmetic")) == "skin"
    assert drawn(CARDS, Told(category="safety", kind="food")) == "food"
    assert drawn(CARDS, Told(category="safety")) == "fire"
    assert drawn(CARDS, Told(category="use", kind="food")) == ""


def test_a_lot_or_a_serial_draws_by_its_pattern() -> None:
    assert drawn(CARDS, Told(lot="l26341b")) == "food"
    assert drawn(CARDS, Told(lot="L27341B")) == ""
    assert drawn(CARDS, Told(serial="HBBL2601-00417-K")) == "fire"


def test_without_cards_nothing_is_drawn() -> None:
    assert drawn((), Told(category="safety", text="hospital")) == ""


def test_kana_keep_their_voicing_marks() -> None:
    assert folded("がん") != folded("かん")
    assert folded("É") == folded("e")
