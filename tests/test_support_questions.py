"""Which question a text asks: the demo's 25 in English, the two traps, and words as people of other scripts write them."""

from pathlib import Path

import pytest

from shop.base.settings import ROOT
from shop.support.folding import folded
from shop.support.known.questions import Known, classify, ranked
from shop.upkeep.knowledge_sheets import read_knowledge
from shop.upkeep.reading import Folder

DEMO = ROOT / "shop/demo/exporter"


def demo(folder: Path = DEMO) -> list[Known]:
    read = read_knowledge(Folder(folder))
    words = {row["key"]: tuple(row["words"].split("\n")) for row in read["answers"] if row["language"] == "en"}
    return [
        Known(
            row["key"],
            row["number"],
            words[row["key"]],
            tuple(row["categories"].split()),
            row["severity"],
            not row["may_answer"],
        )
        for row in read["questions"]
    ]


@pytest.mark.parametrize(
    ("category", "text", "key"),
    [
        ("use", "Which plug and voltage will I get?", "plug"),
        ("use", "Does the blender work on 60 Hz too? I live in Tokyo.", "frequency"),
        ("returns", "How do I send it back?", "withdrawal"),
        ("returns", "When is my money back on my account?", "refund_time"),
        ("spare_parts", "Where can I find the serial number?", "serial_number"),
        ("spare_parts", "Does this coupling fit my machine?", "part_fits"),
        ("use", "How do I descale the kettle?", "cleaning"),
        ("use", "What is in the box?", "box_contents"),
        ("other", "Which allergens are in the granola?", "allergens"),
        ("other", "Why don't you sell honey here?", "not_sold_here"),
        ("returns", "How long is the warranty?", "guarantee"),
        ("other", "Will I pay customs fees at the door?", "duties"),
        ("other", "May I have an invoice with our VAT number?", "invoice"),
        ("other", "Where is my parcel?", "parcel"),
        ("transit_damage", "The box arrived dented.", "dented"),
        ("use", "Is there a manual in Dutch?", "manual"),
        ("quality", "I got a rash from the face cream.", "illness"),
        ("use", "There was smoke and a spark from the base.", "fire_or_injury"),
        ("use", "I am allergic to nuts; my doctor asks for the full formula.", "allergy"),
        ("use", "Can I run the 230 V model on a transformer?", "transformer"),
        ("use", "Can I use it in our café?", "commercial_use"),
        ("certification", "An inspector asks about the CE mark.", "authority_or_press"),
        ("returns", "My lawyer will write to you.", "goodwill_or_lawyer"),
        ("other", "We want to distribute 200 units.", "distributor"),
        ("quality", "Is what you say about MGO true for this lot?", "claims"),
        ("other", "Good morning!", ""),
    ],
)
def test_each_question_is_known_by_its_words(category: str, text: str, key: str) -> None:
    assert classify(category, text, demo()) == key


def test_who_is_allergic_asks_another_question_than_who_wants_to_read_the_label() -> None:
    asked = "Which allergens are in the granola?"
    assert classify("use", asked, demo()) == "allergens"
    assert classify("use", f"{asked} I am allergic to hazelnuts.", demo()) == "allergy"


def test_cleaning_becomes_a_matter_of_fire_when_it_smelled_burnt() -> None:
    asked = "How do I clean the jar?"
    assert classify("use", asked, demo()) == "cleaning"
    assert classify("use", f"{asked} It smelled burnt.", demo()) == "fire_or_injury"


def test_what_is_grave_outranks_every_class_and_the_category() -> None:
    both = ranked("returns", "How long does the refund take? I am in hospital, and my lawyer knows.", demo())
    assert [each.key for each in both] == ["illness", "goodwill_or_lawyer", "refund_time"]


def test_safety_is_grave_even_without_a_word_and_words_then_say_which() -> None:
    assert classify("safety", "Good morning!", demo()) == "illness"
    assert classify("safety", "There was smoke.", demo()) == "fire_or_injury"


GRAVE = Known(
    "grave",
    18,
    (
        "やけど",
        "病院",
        "火事",
        "حريق",
        "نار",
        "محام",
        "Verbrennung*",
        "*ausschlag",
        "brûlé*",
        "ожог*",
        "화상",
        "smell*...burnt",
    ),
    (),
    0,
    True,
)


@pytest.mark.parametrize(
    "text",
    [
        "手をヤケドしました。",
        "昨日病院に行きました",
        "ﾔｹﾄﾞした",
        "اندلع حَرِيقٌ في المطبخ",
        "والنار",
        "سأكلم محاميًا",
        "VERBRENNUNGEN an der Hand",
        "ein roter Hautausschlag",
        "Je me suis BRULEE",
        "Je me suis brûlé",
        "у меня ожоги",
        "손에 화상을 입었어요",
        "it smells a little bit burnt",
    ],
)
def test_words_are_found_in_every_script_and_spelling(text: str) -> None:
    assert classify("use", text, [GRAVE]) == "grave"


@pytest.mark.parametrize("text", ["عشرة دينار", "embrasement", "smell of the sea. Later it was burntout", ""])
def test_words_within_other_words_are_none(text: str) -> None:
    assert classify("use", text, [GRAVE]) == ""


def test_the_category_decides_between_equals_and_more_words_before_fewer() -> None:
    known = [Known("one", 1, ("jar", "lid"), ("use",)), Known("two", 2, ("jar",), ("repair",))]
    assert classify("repair", "the jar", known) == "two"
    assert classify("other", "the jar and its lid", known) == "one"
    assert classify("other", "the jar", known) == "one"


def test_patterns_are_no_regular_expressions() -> None:
    odd = Known("odd", 1, ("c++ (new)", "***", "", "."))
    assert classify("use", "is it C++ (NEW)?", [odd]) == "odd"
    assert classify("use", "anything", [odd]) == ""


def test_folding_leaves_what_tells_words_apart() -> None:
    assert folded("Straße ÉTÉ") == "strasse ete"
    assert folded("はけ") != folded("はげ")
    assert folded("ガス") == folded("がす")
