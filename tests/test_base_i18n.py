"""Tongues: which tag a language has in a country, by whose customs it writes, and what a browser's wish finds."""

from pathlib import Path

import pytest

from shop.base.i18n import Languages, nearest, own_name, tag_of
from shop.base.settings import ROOT
from shop.base.spelling import canadian, swiss
from shop.ground.money import Money


@pytest.fixture(scope="module")
def languages(tmp_path_factory: pytest.TempPathFactory) -> Languages:
    """A house that speaks languages of several scripts and regions, though it has no words in them."""
    folder: Path = tmp_path_factory.mktemp("locales")
    for tag in ("de", "ja", "pt-BR", "zh-Hans", "zh-Hant", "ar"):
        (folder / tag / "LC_MESSAGES").mkdir(parents=True)
        (folder / tag / "LC_MESSAGES" / "messages.po").write_text("")
    return Languages(folder)


@pytest.mark.parametrize(
    ("language", "country", "tag", "locale"),
    [
        ("de", "CH", "de-CH", "de_CH"), ("de", "", "de", "de"), ("en", "JP", "en-JP", "en"), ("ja", "NZ", "ja-NZ", "ja"),
        ("zh-Hans", "CN", "zh-Hans-CN", "zh_Hans_CN"), ("zh-Hant", "HK", "zh-Hant-HK", "zh_Hant_HK"),
        ("zh-Hans", "JP", "zh-Hans-JP", "zh_Hans"), ("zh-Hans", "", "zh-Hans", "zh_Hans"),
        ("pt-BR", "BR", "pt-BR", "pt_BR"), ("pt-BR", "", "pt-BR", "pt_BR"), ("pt-BR", "US", "pt-BR", "pt_BR"),
        ("pt-BR", "CH", "pt-CH", "pt_CH"), ("ar", "AE", "ar-AE", "ar_AE"),
    ],
)  # fmt: skip
def test_a_language_in_a_country(languages: Languages, language: str, country: str, tag: str, locale: str) -> None:
    tongue = languages.tongue(language, country)
    assert (tongue.tag, str(tongue.locale), tongue.language) == (tag, locale, language)
    assert tag_of(language, country) == tag


@pytest.mark.parametrize(
    ("written", "language", "given"),
    [
        ("en pt pt-BR", "pt-BR", "pt-BR"),
        ("en pt", "pt-BR", "pt"),
        ("en de", "pt-BR", "en"),
        ("de pt", "en", None),
        ("en zh", "zh-Hant", "zh"),
        ("", "de", None),
    ],
)
def test_a_text_is_given_in_the_nearest_language_that_it_is_written_in(
    written: str, language: str, given: str | None
) -> None:
    assert nearest({each: each for each in written.split()}, language) == given


def test_two_scripts_of_a_language_never_share_a_tag(languages: Languages) -> None:
    tags = [
        languages.tongue(language, country).tag for language in ("zh-Hans", "zh-Hant") for country in ("CN", "TW", "US")
    ]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-CH, fr;q=0.8", "de"), ("zh-Hant-TW, en", "zh-Hant"), ("zh-Hant", "zh-Hant"), ("zh-Hans-SG", "zh-Hans"),
        ("zh", "zh-Hans"), ("pt-PT, de;q=0.5", "pt-BR"), ("xx", "en"), ("", "en"), ("de;q=x, ja", "ja"), ("*", "en"),
        ("zh-TW", "zh-Hant"), ("zh-CN", "zh-Hans"), ("de;q=0, ja", "ja"), ("de;q=0", "en"),
    ],
)  # fmt: skip
def test_a_browsers_wish_finds_the_nearest_language(languages: Languages, header: str, language: str) -> None:
    assert languages.from_header(header) == language


def test_a_language_has_one_name_for_itself_with_its_script_and_without_its_region() -> None:
    names = {each: own_name(each) for each in ("de", "fr", "pt-BR", "zh-Hans", "ja", "ar")}
    assert names == {
        "de": "Deutsch",
        "fr": "Français",
        "pt-BR": "Português",
        "zh-Hans": "中文 (简体)",
        "ja": "日本語",
        "ar": "العربية",
    }


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("12 Boathouse Lane\nNelson 7010\nNew Zealand", "12 Boathouse Lane\nNelson 7010\nNeuseeland"),
        ("Wijnhaven 900, 3011 Rotterdam, Netherlands", "Wijnhaven 900, 3011 Rotterdam, Niederlande"),
        ("New Zealand Road 4\nNelson", "New Zealand Road 4\nNelson"),
        ("〒530-0000 大阪府大阪市北区架空町9-9", "〒530-0000 大阪府大阪市北区架空町9-9"),
        ("", ""),
    ],
)
def test_an_address_names_its_country_in_the_readers_language(languages: Languages, address: str, told: str) -> None:
    assert languages.tongue("de", "DE").postal(address) == told
    assert languages.tongue("en").postal(address) == address


def test_a_country_may_spell_its_language_by_a_rule() -> None:
    house = Languages(ROOT / "locales")
    spoken = {country: house.tongue("fr", country) for country in ("CA", "CH")}
    assert spoken["CA"].say("plus GST/HST/PST") == "TPS/TVH/TVQ en sus"
    assert spoken["CH"].say("plus GST/HST/PST") == "TPS/TVH/TVP en sus"
    assert canadian("Cet e-mail, l’e-mail, d’e-mail, un e-mail. E-mails") == (
        "Ce courriel, le courriel, de courriel, un courriel. Courriels"
    )
    assert swiss("„Größe“ inkl. MwSt.") == "«Grösse» inkl. MWST"


@pytest.mark.parametrize(
    ("language", "country", "lead"), [("ar", "AE", "\u200e-"), ("de", "DE", "-"), ("ja", "JP", "-")]
)
def test_a_minus_stands_before_its_figure_wherever_one_begins_to_write(
    languages: Languages, language: str, country: str, lead: str
) -> None:
    tongue = languages.tongue(language, country)
    for said in (tongue.money(Money(-1050, "EUR")), tongue.number(-12), tongue.percent(-1200)):
        at = said.index("-")
        assert said[max(0, at - 1) : at + 1].endswith(lead), said
        assert ("\u200e" in said) == (language == "ar")
