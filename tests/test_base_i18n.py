"""Tongues: which tag a language has in a country, by whose customs it writes, and what a browser's wish finds."""

from pathlib import Path

import pytest

from shop.base.i18n import Languages, tag_of


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
