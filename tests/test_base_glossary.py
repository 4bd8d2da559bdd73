"""One term has one translation."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from shop.base.glossary import Term, glossary_complaints, read_glossary
from shop.base.settings import ROOT

CART = Term("cart", "Warenkorb", ("Einkaufswagen", "Karte"))


def complaints(english: str, said: str, *, language: str = "de", term: Term = CART) -> list[str]:
    """What is wrong with one message."""
    catalog = Catalog(locale=language.replace("-", "_"))
    catalog.add(english, said)
    return list(glossary_complaints(catalog, [term], language))


def test_another_word_for_an_agreed_term_is_told() -> None:
    assert complaints("Your cart is empty.", "Ihr Einkaufswagen ist leer.") == [
        "'Your cart is empty.' says 'Einkaufswagen'; the glossary's word for 'cart' is 'Warenkorb'"
    ]


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("Your cart is empty.", "Ihr Warenkorb ist leer."),
        ("Your card was declined.", "Ihre Karte wurde abgelehnt."),  # the word is right for another term
        ("Your cart is empty.", "Ihr Kartendienst"),  # only a part of a word
        ("Your cart: %(cart)s", "Ihr Warenkorb: %(Einkaufswagen)s"),  # the name of a placeholder is never read
    ],
)
def test_the_agreed_word_and_other_senses_pass(english: str, said: str) -> None:
    assert complaints(english, said) == []


def test_languages_without_spaces_are_read_by_pieces() -> None:
    term = Term("cart", "カート", ("買い物かご",))
    assert complaints("Your carts", "お客様の買い物かごは空です", language="ja", term=term)


def test_every_language_has_a_glossary_that_can_be_read() -> None:
    languages = [file.parents[1] for file in (ROOT / "locales").glob("*/LC_MESSAGES/messages.po")]
    assert languages and all(len(read_glossary(folder / "glossary.toml")) > 50 for folder in languages)


def test_an_entry_that_says_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "glossary.toml").write_text('"cart" = { term = "Warenkorb", never = [] }', "utf-8")
    with pytest.raises(ValueError, match="'cart' needs a term"):
        read_glossary(tmp_path / "glossary.toml")
