"""Policies: whatever is wrong with a file is an error that names it and the key; every byte counts in the hash."""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.ground.errors import NotFound
from shop.policies.folder import BadPolicy
from shop.policies.keys import ACCEPTED, CHOICES, EXTRA, KEYS, KINDS, SUCCESSORS
from shop.policies.library import PolicyLibrary, PolicyVersion, html, title

DAY = "2026-10-01"
RULES = f"policies/nz/returns/{DAY}/rules.toml"
TEXT = f"policies/nz/returns/{DAY}/en.md"
BEFORE = ("returns", "warranty", "legal")
AFTER = ("returns", "warranty", "terms", "privacy", "shipping", "imprint")
END = date(2026, 11, 15)
HASHES = {
    "nz": "d6913512c6a8",
    "de": "31c2cf38db63",
    "ch": "f369dd049a12",
    "jp": "540346d3f5a0",
    "ae": "b1a435fa494d",
}  # of legal
LANGUAGES = Languages(ROOT / "locales")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of New Zealand's and Germany's policies to spoil, as they were until the end of `legal`."""
    for market in ("nz", "de"):
        shutil.copytree(ROOT / "policies" / market, tmp_path / "policies" / market, ignore=_later)
    return tmp_path


def _later(_folder: str, names: list[str]) -> set[str]:
    return {each for each in names if each > END.isoformat() and each.startswith("20")}


def read(folder: Path) -> PolicyLibrary:
    return PolicyLibrary(folder / "policies")


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    file.write_text(text.replace(old, new, 1), "utf-8")


def refused(folder: Path, *words: str) -> None:
    with pytest.raises(BadPolicy) as error:
        read(folder)
    assert all(word in str(error.value) for word in words), error.value


def test_the_policies_of_the_house_can_be_read() -> None:
    library = PolicyLibrary(ROOT / "policies")
    assert {"ae", "ch", "de", "jp", "nz"} <= {version.market for version in library.all()}
    for market, languages in {"nz": "en", "de": "de", "ch": "de fr it", "jp": "ja", "ae": "ar en"}.items():
        for day in (date(2026, 11, 24), END, END - timedelta(days=1)):
            assert library.complete(market, languages.split(), day) == []
    assert library.lacking() == []


def test_every_version_names_the_source_of_what_it_promises() -> None:
    for version in PolicyLibrary(ROOT / "policies").all():
        sources = version.rules["sources"]
        assert sources, (version.market, version.kind)
        for each in sources:
            assert each["rule"] in version.rules and each["source"] and each["as_of"], (version.market, version.kind)
            assert each["confidence"] in ("high", "medium", "low")


def test_every_text_is_filled_to_the_last_placeholder() -> None:
    for version in PolicyLibrary(ROOT / "policies").all():
        for language, written in version.texts.items():
            assert "{effective}" in written, (version.market, version.kind, language)
            if language not in LANGUAGES.tags:  # shown to nobody until the shop speaks it
                continue
            text = version.text(LANGUAGES.tongue(language, version.market.upper()))
            assert "{" not in text and "}" not in text and title(text), (version.market, version.kind, language)


def test_a_text_says_the_number_that_the_rule_applies(folder: Path) -> None:
    before = read(folder).version("de", "returns", DAY)
    days = before.rules["window_days"]
    change(folder / f"policies/de/returns/{DAY}/rules.toml", f"window_days = {days}", "window_days = 77")
    after = read(folder).version("de", "returns", DAY).text(LANGUAGES.tongue("de", "DE"))
    assert "77" in after and "77" not in before.text(LANGUAGES.tongue("de", "DE"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("colour = 3", ("colour", "is not a key of returns")),
        ('window_days = "30"', ("window_days", "whole number")),
        ("window_days = true", ("window_days", "whole number")),
        ('nature = "generous"', ("nature", "must be one of")),
        ('market = "de"', ("market", "must be nz")),
        ("effective = 2026-10-02", ("effective", "must be")),
        ("window_days = -1", ("window_days = -1", "minimum 0")),
        ('exclusions = ["x"]', ("exclusions",)),
        ('exclusions = [{class = "air", source = "x"}]', ("exclusions.class",)),
        ('exclusions = [{class = "food"}]', ("exclusions.source",)),
        ("window_days =", ("rules.toml",)),
    ],
)
def test_a_rule_that_cannot_be_used_names_file_and_key(folder: Path, line: str, words: tuple[str, ...]) -> None:
    key = line.partition(" ")[0]
    kept = _without(folder / RULES, key)
    (folder / RULES).write_text(f"{line}\n{kept}", "utf-8")
    refused(folder, RULES, *words)


def _without(file: Path, key: str) -> str:
    """The file's text without a key: its one line, or its tables."""
    lines, kept, skipping = file.read_text("utf-8").splitlines(), [], False
    for line in lines:
        if line.startswith("["):
            skipping = line.strip("[] ").partition(".")[0] == key
        if not skipping and not line.startswith((f"{key} ", f"{key}=")):
            kept.append(line)
    return "\n".join(kept)


@pytest.mark.parametrize("key", ["window_days", "refund_days", "nature", "kind"])
def test_a_rule_that_is_missing_is_named(folder: Path, key: str) -> None:
    (folder / RULES).write_text(_without(folder / RULES, key), "utf-8")
    refused(folder, RULES, key, "missing")


def test_less_than_the_law_asks_is_refused_and_says_which_law(folder: Path) -> None:
    rules = folder / f"policies/de/returns/{DAY}/rules.toml"
    rules.write_text(f"window_days = 13\n{_without(rules, 'window_days')}", "utf-8")
    refused(folder, f"de/returns/{DAY}/rules.toml", "window_days = 13", "minimum 14")


@pytest.mark.parametrize(
    ("reason", "taken"), [('"A lawyer of ours says so: file 12/2026"', True), ('""', False), ("true", False)]
)
def test_the_minimum_gives_way_only_to_a_reason_in_words(folder: Path, reason: str, taken: bool) -> None:
    rules = folder / f"policies/de/returns/{DAY}/rules.toml"
    kept = _without(rules, "window_days")
    rules.write_text(f"window_days = 13\n{kept}\n[overrides]\nwindow_days = {reason}\n", "utf-8")
    if taken:
        assert read(folder).version("de", "returns", DAY).rules["window_days"] == 13
    else:
        refused(folder, "window_days = 13")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Returns\n\nWithin {window_dayz} days.\n", ("window_dayz", "no single value")),
        ("# Returns\n\nWithin {sources} days.\n", ("sources", "no single value")),
        ("# Returns\n\nWithin {window_days days.\n", ("brace",)),
        ("# Returns\n\nWithin window_days} days.\n", ("brace",)),
        ("# Returns\n\n{{ 7*7 }}\n", ("brace",)),
        ("Returns\n\nWithin {window_days} days.\n", ("title",)),
        ("", ("title",)),
    ],
)
def test_a_text_that_cannot_be_filled_names_its_file(folder: Path, text: str, words: tuple[str, ...]) -> None:
    (folder / TEXT).write_text(text, "utf-8")
    refused(folder, TEXT, *words)


def test_a_text_or_folder_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / TEXT).write_bytes(b"# R\xff\n")
    refused(folder, TEXT)
    (folder / TEXT).write_text("# R\n", "utf-8")
    (folder / "policies/nz/returns/next-year").mkdir()
    refused(folder, "nz/returns/next-year")


@pytest.mark.parametrize("name", ["20271001", "2027-W39-5"])
def test_a_version_is_named_after_its_day_in_one_way(folder: Path, name: str) -> None:
    version = (folder / TEXT).parent
    version.rename(version.with_name(name))
    refused(folder, f"nz/returns/{name}", "YYYY-MM-DD")


@pytest.mark.parametrize("gone", ["policies/nz/minimum.toml", RULES, TEXT])
def test_a_file_that_is_missing_is_named(folder: Path, gone: str) -> None:
    (folder / gone).unlink()
    refused(folder, "policies/nz")


def test_a_minimum_that_means_nothing_is_refused(folder: Path) -> None:
    file = folder / "policies/nz/minimum.toml"
    file.write_text(file.read_text("utf-8") + '\n[returns.colour]\nvalue = 3\nsource = "x"\n', "utf-8")
    refused(folder, "minimum.toml", "colour")


def test_a_language_once_spoken_is_not_dropped_by_a_later_version(folder: Path) -> None:
    later = folder / "policies/de/returns/2026-11-20"
    shutil.copytree(folder / f"policies/de/returns/{DAY}", later)
    change(later / "rules.toml", DAY, "2026-11-20")
    shutil.copy(later / "de.md", folder / f"policies/de/returns/{DAY}/en.md")
    refused(folder, "de/returns/2026-11-20", "en")


def test_the_version_in_force_is_the_last_that_has_begun(folder: Path) -> None:
    later = folder / "policies/nz/returns/2027-01-01"
    shutil.copytree(folder / f"policies/nz/returns/{DAY}", later)
    change(later / "rules.toml", DAY, "2027-01-01")
    library = read(folder)
    first, new_year = date(2026, 10, 1), date(2027, 1, 1)
    for day, name in (
        (first, DAY),
        (date(2026, 12, 31), DAY),
        (new_year, "2027-01-01"),
        (date(2099, 1, 1), "2027-01-01"),
    ):
        assert library.in_force("nz", "returns", day).name == name
    for market, kind, day in (
        ("nz", "returns", date(2026, 9, 30)),
        ("xx", "returns", new_year),
        ("nz", "gifts", new_year),
    ):
        with pytest.raises(NotFound):
            library.in_force(market, kind, day)
    assert library.complete("nz", ["en"], date(2026, 9, 30)) == [(kind, "en") for kind in BEFORE]
    assert library.complete("nz", ["en", "mi"], new_year) == [(kind, "mi") for kind in AFTER]


# The end of a kind, and what follows it.


@pytest.mark.parametrize("market", ["nz", "de", "ch", "jp", "ae"])
def test_legal_ends_on_the_day_its_four_successors_begin(market: str) -> None:
    library = PolicyLibrary(ROOT / "policies")
    assert library.kinds(market, END - timedelta(days=1)) == BEFORE and library.kinds(market, END) == AFTER
    assert library.in_force(market, "legal", END - timedelta(days=1)).name == DAY
    for kind in SUCCESSORS["legal"]:
        assert library.in_force(market, kind, END).effective == END
    with pytest.raises(NotFound):
        library.in_force(market, "legal", END)
    ending = library.ending(market, "legal")
    assert ending and (ending.on, ending.by) == (END, SUCCESSORS["legal"]) and not library.ending(market, "terms")


def test_an_ended_kind_stays_readable_and_its_version_is_as_it_was(folder: Path) -> None:
    library = read(folder)
    last = library.nearest("nz", "legal", date(2099, 1, 1))
    assert last is library.version("nz", "legal", DAY) is library.nearest("nz", "legal", date(2020, 1, 1))
    assert library.nearest("nz", "terms", date(2020, 1, 1)).effective == END
    (folder / "policies/nz/legal/ended.toml").unlink()
    going_on = read(folder)
    assert going_on.version("nz", "legal", DAY).hash == last.hash
    assert going_on.kinds("nz", END) == BEFORE and going_on.in_force("nz", "legal", END).name == DAY


def test_the_hash_of_what_was_accepted_before_the_end_is_what_it_was_then() -> None:
    """As the first release had them: an edited version would no longer be the one that orders accepted."""
    library = PolicyLibrary(ROOT / "policies")
    assert {each: library.version(each, "legal", DAY).hash[:12] for each in HASHES} == HASHES


def test_a_market_that_never_had_the_former_kind_needs_its_successors_at_once(folder: Path) -> None:
    shutil.rmtree(folder / "policies/nz/legal")
    library = read(folder)
    assert library.kinds("nz", date(2026, 10, 1)) == AFTER
    assert library.complete("nz", ["en"], date(2026, 10, 1)) == [(kind, "en") for kind in SUCCESSORS["legal"]]
    assert library.complete("nz", ["en"], END) == []


def test_what_lacks_once_everything_has_begun_is_named(folder: Path) -> None:
    shutil.copy(folder / f"policies/de/returns/{DAY}/de.md", folder / f"policies/de/returns/{DAY}/en.md")
    assert read(folder).lacking() == [f"de/{kind}/en" for kind in AFTER if kind != "returns"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2026-11-15", '"2026-11-15"', ("ended.toml", "must say")),
        ("on =", "at =", ("ended.toml", "must say")),
        (', "imprint"', "", ("ended.toml", "must say", "imprint")),
        ("2026-11-15", "2026-11-14", ("ended.toml", "terms is not in force on 2026-11-14")),
        ("2026-11-15", "2026-10-01", ("ended.toml", "not after the version")),
        ("on = ", "on == ", ("ended.toml",)),
    ],
)
def test_an_end_without_a_whole_succession_is_refused(folder: Path, old: str, new: str, words: tuple[str, ...]) -> None:
    change(folder / "policies/nz/legal/ended.toml", old, new)
    refused(folder, "nz/legal", *words)


def test_a_successor_speaks_every_language_of_what_it_replaces(folder: Path) -> None:
    shutil.copy(folder / f"policies/de/legal/{DAY}/de.md", folder / f"policies/de/legal/{DAY}/en.md")
    refused(folder, "de/legal/ended.toml", "terms is not in force", "every language")


def test_a_kind_without_successors_cannot_end(folder: Path) -> None:
    shutil.copy(folder / "policies/nz/legal/ended.toml", folder / "policies/nz/returns/ended.toml")
    refused(folder, "nz/returns/ended.toml", "no kind that can end")


@pytest.mark.parametrize("kind", SUCCESSORS["legal"])
def test_a_new_kind_has_exactly_its_keys(folder: Path, kind: str) -> None:
    file = folder / f"policies/nz/{kind}/{END}/rules.toml"
    told = file.read_text("utf-8")
    for key in KEYS[kind]:
        file.write_text(_without(file, key), "utf-8")
        refused(folder, f"nz/{kind}/{END}/rules.toml", key, "missing")
        file.write_text(told, "utf-8")
    foreign = next(key for other in KINDS for key in KEYS[other] if key not in KEYS[kind] and key not in EXTRA)
    file.write_text(f'{foreign} = "x"\n{told}', "utf-8")
    refused(folder, foreign, f"is not a key of {kind}")


def test_duties_are_included_or_named(folder: Path) -> None:
    assert CHOICES["duties"] == ("included", "named")
    change(folder / f"policies/nz/shipping/{END}/rules.toml", '"included"', '"perhaps"')
    refused(folder, "nz/shipping", "duties", "must be one of")


def test_an_order_accepts_terms_and_is_only_informed_of_the_rest() -> None:
    assert [kind for kind in AFTER if kind in ACCEPTED] == ["returns", "warranty", "terms"]
    assert [kind for kind in BEFORE if kind in ACCEPTED] == ["returns", "warranty", "legal"]


def test_japan_says_the_same_delivery_time_on_both_of_its_pages() -> None:
    library = PolicyLibrary(ROOT / "policies")
    imprint, shipping = (library.in_force("jp", kind, END) for kind in ("imprint", "shipping"))
    assert title(imprint.texts["ja"]) == "特定商取引法に基づく表記"
    for key in ("delivery_days_min", "delivery_days_max"):
        assert imprint.rules[key] == shipping.rules[key] and f"{{{key}}}" in imprint.texts["ja"]


@pytest.mark.parametrize(
    ("market", "languages"), [("nz", "en"), ("de", "de"), ("ch", "de fr it"), ("jp", "ja"), ("ae", "ar en")]
)
def test_the_legal_notice_names_everything_that_its_rules_hold(market: str, languages: str) -> None:
    version = PolicyLibrary(ROOT / "policies").in_force(market, "imprint", END)
    for language in languages.split():
        for key in KEYS["imprint"]:
            assert not version.rules[key] or f"{{{key}}}" in version.texts[language], (market, language, key)


# The hash.


def _hashes(folder: Path) -> set[str]:
    return {version.hash for version in read(folder).all() if (version.market, version.kind) == ("nz", "returns")}


SPOILS: dict[str, Callable[[Path], object]] = {
    "a blank": lambda folder: change(folder / TEXT, ".\n", " .\n"),
    "a line end": lambda folder: (folder / TEXT).write_bytes((folder / TEXT).read_bytes() + b"\n"),
    "the title": lambda folder: change(folder / TEXT, "# ", "#  "),
    "a rule": lambda folder: change(folder / RULES, "window_days = ", "window_days = 1"),
    "a language": lambda folder: shutil.copy(folder / TEXT, (folder / TEXT).with_name("mi.md")),
}


@pytest.mark.parametrize("what", SPOILS)
def test_the_hash_changes_with_any_byte_that_means_something(folder: Path, what: str) -> None:
    before = _hashes(folder)
    SPOILS[what](folder)
    assert not _hashes(folder) & before


def test_the_hash_is_the_same_however_the_rules_are_laid_out(folder: Path) -> None:
    before = _hashes(folder)
    rules = folder / RULES
    rules.write_text("# a remark\n\n" + rules.read_text("utf-8"), "utf-8")
    assert _hashes(folder) == before


def test_the_hash_tells_two_markets_apart() -> None:
    rules = {"market": "nz", "window_days": 30}
    one, other = (
        PolicyVersion(market, "returns", date(2026, 10, 1), {**rules, "market": market}, {"en": "# R\n"})
        for market in ("nz", "de")
    )
    assert one.hash != other.hash


# The text as HTML.


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](http://elsewhere.example/x.png)",
        '<a href="https://elsewhere.example">x</a>',
        "<style>*{}</style>",
        '<p style="color:red">x</p>',
        "<iframe src=x></iframe>",
    ],
)
def test_a_text_can_bring_no_markup_of_its_own(hostile: str) -> None:
    drawn = html(f"# T\n\n{hostile}\n")
    assert not any(f"<{tag}" in drawn for tag in ("script", "img", "a ", "style", "iframe")) and "<p style" not in drawn


def test_headings_go_down_where_the_text_stands_below_another() -> None:
    text = "# T\n\n## A\n\n### B\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    assert (
        "<h2>A</h2>" in html(text) and "<h4>A</h4>" in html(text, below=True) and "<h5>B</h5>" in html(text, below=True)
    )
    assert "<table>" in html(text) and "<h1>" not in html(text)
