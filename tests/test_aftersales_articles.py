"""Sources of rules as customers read them: whole in English, else only what a native reader would find in a law."""

from datetime import date
from pathlib import Path

import pytest

from shop.aftersales.articles import readable, told_staff
from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.policies.library import PolicyLibrary

LIBRARY = PolicyLibrary(ROOT / "policies")


@pytest.mark.parametrize(
    ("source", "language", "shown"),
    [
        ("Civil Code art. 566: one year", "en", "Civil Code art. 566: one year"),
        ("Civil Code art. 566: one year", "ja", ""),
        ("Civil Code art. 566", "ja", ""),
        ("民法第566条", "ja", "民法第566条"),
        ("BGB §§ 187(1), 356(2) no. 1", "de", ""),
        ("BGB § 476(1)", "de", "BGB § 476(1)"),
        ("§ 438 Abs. 1 Nr. 3 BGB", "de", "§ 438 Abs. 1 Nr. 3 BGB"),
        ("BGB §§ 355(3), 357; Directive 2011/83/EU art. 13(1) and (3)", "de", "BGB §§ 355(3), 357"),
        ("BGB § 476(1)", "ar", ""),
        ("CDC (Lei 8.078/1990) art. 49", "pt-BR", "CDC (Lei 8.078/1990) art. 49"),
        ("Código Civil art. 132 § 1", "pt-BR", "Código Civil art. 132 § 1"),
        ("Harbourbench promise", "en", ""),
        ("shop promise", "de", ""),
        ("", "de", ""),
    ],
)
def test_what_a_customer_is_shown(source: str, language: str, shown: str) -> None:
    assert readable(source, language) == shown


@pytest.mark.parametrize("folder", sorted(each.name for each in Path(ROOT / "policies").iterdir() if each.is_dir()))
def test_no_word_of_english_is_left_in_what_others_read(folder: str) -> None:
    rules = [LIBRARY.nearest(folder, kind, date(2026, 11, 24)).rules for kind in ("returns", "warranty")]
    for source in (str(each["source"]) for one in rules for each in one.get("sources", ())):
        for language in ("de", "fr", "it", "es", "pt-BR", "ja", "ar"):
            shown = f" {readable(source, language)} ".casefold()
            assert not any(f" {word} " in shown for word in ("and", "the", "act", "code", "law", "none", "no", "of")), (
                shown
            )


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("Shop promise", "freiwillige Zusage des Shops"),
        ("CO art. 40a; Harbourbench promise", "CO art. 40a; freiwillige Zusage des Shops"),
        ("BGB § 476(1)", "BGB § 476(1)"),
    ],
)
def test_the_staff_read_in_their_language_that_it_is_the_shops_own_promise(source: str, read: str) -> None:
    assert told_staff(source, Languages(ROOT / "locales").tongue("de")) == read
