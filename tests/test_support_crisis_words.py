"""The handbook that is delivered: what people really write on a bad day draws a grave card, ordinary questions none."""

import tomllib
from functools import cache
from pathlib import Path

import pytest

from shop.support.crisis.triggers import Card, Told, drawn

FOLDER = Path(__file__).parent.parent / "shop" / "demo" / "exporter" / "crisis"
SEVERITY = {"crisis": 0, "urgent": 1, "normal": 2}


@cache
def handbook() -> tuple[Card, ...]:
    """The cards with the words of all languages."""
    read = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.toml")}
    cards = read.pop("cards")
    return tuple(
        Card(
            key=key,
            number=card["number"],
            severity=SEVERITY[card["severity"]],
            categories=frozenset(card.get("categories", ())),
            kinds=tuple(card.get("kinds", ())),
            words=frozenset(word for texts in read.values() for word in texts.get(key, {}).get("words", ())),
        )
        for key, card in cards.items()
    )


def severity(text: str) -> int:
    """How grave the card is that a question about use draws; 9 for none."""
    key = drawn(handbook(), Told(category="use", text=text))
    return next((each.severity for each in handbook() if each.key == key), 9)


@pytest.mark.parametrize(
    "text",
    [
        "The kettle burst into flames.",
        "There was smoke everywhere",
        "My daughter burned herself on the steam.",
        "He has second-degree burns.",
        "She scalded her arm.",
        "The blade sliced my thumb open, I needed stitches.",
        "My kid was hurt by this product.",
        "I get a shock when I touch it",
        "We are in A&E with my son.",
        "We had to call 911.",
        "My throat is closing up after the granola.",
        "My face is all swollen.",
        "I have an itchy rash on my neck.",
        "_Scalded_ by the lid",
        "My baby swallowed a piece of plastic.",
        "My husband is very ill after your honey.",
        "He passed out after using it.",
        "The battery is bulging.",
        "The plug is melting",
        "I received another customer's invoice with their address.",
        "Der Wasserkocher brennt!",
        "Ich habe einen Stromschlag bekommen.",
        "Ich habe mich verbrüht.",
        "J'ai pris une décharge électrique",
        "Ma fille s’est brûlée.",
        "Je n'arrive plus à respirer.",
        "Me dio una descarga eléctrica",
        "Tengo la cara hinchada",
        "Levei um choque ao tocar",
        "Passei mal depois de comer",
        "Ho preso la scossa",
        "Siamo al pronto soccorso",
        "触ったら感電しました",
        "焦げ臭いです",
        "لا أستطيع التنفس",
        "خرج دخان من المحرك",
    ],
)
def test_a_bad_day_is_heard_in_the_words_of_those_who_have_it(text: str) -> None:
    assert severity(text) == 0


@pytest.mark.parametrize(
    "text",
    [
        "How do I clean the bowl?",
        "Do you deliver to hotels? We are in the hospitality business.",
        "The battery died after a year and the kettle is dead.",
        "The box was crushed; the jar arrived shattered and the chocolate melted.",
        "The milk burnt onto the frother, how do I clean it?",
        "Is the honey suitable for somebody with a nut allergy?",
        "The parcel came with the wrong label.",
        "Wie reinige ich den Mixbehälter? Der Deckel hat einen Riss.",
        "Comment détartrer la bouilloire ?",
        "¿Dónde está mi pedido?",
        "Dov'è il mio pacco?",
        "Onde está meu pedido?",
        "ミキサーの掃除方法を教えてください",
        "كيف أنظف الخلاط؟",
    ],
)
def test_an_ordinary_question_wakes_nobody(text: str) -> None:
    assert severity(text) > 0
