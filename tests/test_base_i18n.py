"""Tongues: which tag a language has in a country, by whose customs it writes, and what a browser's wish finds."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shop.base.i18n import Languages, nearest, own_name, tag_of
from shop.base.pages import Pages
from shop.base.settings import ROOT
from shop.base.spelling import canadian, swiss
from shop.ground.money import Money

SPOKEN = Languages(ROOT / "locales")


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


def test_a_sign_of_letters_and_a_mark_stays_in_one_where_one_writes_from_the_right(languages: Languages) -> None:
    arabic, german = languages.tongue("ar", "AE"), languages.tongue("de", "DE")
    assert "\u2066JP¥\u2069" in arabic.money(Money(34_800, "JPY")) and "\u2066" not in arabic.money(Money(100, "EUR"))
    assert "\u2066" not in arabic.money(Money(100, "AED")) + german.money(Money(100, "NZD"))


NOON = datetime(2026, 12, 1, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "country", "time"),
    [
        ("ar", "AE", "1:05\u00a0م"),
        ("en", "NZ", "1:05\u202fpm"),
        ("ja", "JP", "13:05"),
        ("de", "DE", "13:05"),
    ],
)
def test_a_time_of_day_never_breaks_inside(language: str, country: str, time: str) -> None:
    tongue = SPOKEN.tongue(language, country)
    assert tongue.time(NOON, "UTC") == time and tongue.moment(NOON, "UTC").endswith(time)
    if language == "ar":
        assert tongue.moment(NOON, "UTC") == f"1 ديسمبر 2026، {time}"


def test_a_weekday_in_brackets_stays_with_its_day() -> None:
    assert SPOKEN.tongue("ja", "JP").day(NOON.date()) == "12月1日\u2060(火)"
    assert SPOKEN.tongue("de", "DE").day(NOON.date()) == "Di., 1. Dez."


@pytest.mark.parametrize("country", ["JP", "NZ", ""])
def test_a_range_of_figures_in_japanese_never_breaks_after_its_wave(country: str) -> None:
    japanese = SPOKEN.tongue("ja", country)
    days = "Delivered in %(first)s to %(num)s working day.", "Delivered in %(first)s to %(num)s working days."
    assert "6〜\u206010\u2060営業日" in japanese.count(*days, 10, first="6")
    assert "〜12月" in japanese.say("Expected: %(first)s to %(last)s", first="11月30日", last="12月1日")


def test_a_mails_plain_text_holds_no_sign_that_some_programs_draw_as_a_box(tmp_path: Path) -> None:
    (tmp_path / "said.txt").write_text("{{ t.day(day) }} {{ t.time(now, 'UTC') }}")
    pages, values = Pages(tmp_path, version="1"), {"day": NOON.date(), "now": NOON}
    assert pages.text(SPOKEN.tongue("ja", "JP"), "said.txt", **values) == "12月1日(火) 13:05"
    assert "\u2060" in pages.draw(SPOKEN.tongue("ja", "JP"), "said.txt", **values)
