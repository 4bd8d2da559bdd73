"""Policies: whatever is wrong with a file is an error that names it and the key; every byte counts in the hash."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.ground.errors import NotFound
from shop.policies.keys import KINDS
from shop.policies.library import BadPolicy, PolicyLibrary, PolicyVersion, html, title

DAY = "2026-10-01"
RULES = f"policies/nz/returns/{DAY}/rules.toml"
TEXT = f"policies/nz/returns/{DAY}/en.md"
LANGUAGES = Languages(ROOT / "locales")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of New Zealand's and Germany's policies to spoil."""
    for market in ("nz", "de"):
        shutil.copytree(ROOT / "policies" / market, tmp_path / "policies" / market)
    return tmp_path


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
    assert {version.market for version in library.all()} == {"ae", "ch", "de", "jp", "nz"}
    for market, languages in {"nz": "en", "de": "de", "ch": "de fr it", "jp": "ja", "ae": "ar en"}.items():
        assert library.complete(market, languages.split(), date(2026, 11, 24)) == []


def test_every_text_is_filled_to_the_last_placeholder() -> None:
    for version in PolicyLibrary(ROOT / "policies").all():
        for language in version.texts:
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
        ('window_days = "30"', ("window_days", "int")),
        ("window_days = true", ("window_days", "int")),
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


@pytest.mark.parametrize("gone", ["policies/nz/minimum.toml", RULES, TEXT])
def test_a_file_that_is_missing_is_named(folder: Path, gone: str) -> None:
    (folder / gone).unlink()
    refused(folder, "policies/nz")


def test_a_minimum_that_means_nothing_is_refused(folder: Path) -> None:
    file = folder / "policies/nz/minimum.toml"
    file.write_text(file.read_text("utf-8") + '\n[returns.colour]\nvalue = 3\nsource = "x"\n', "utf-8")
    refused(folder, "minimum.toml", "colour")


def test_a_language_once_spoken_is_not_dropped_by_a_later_version(folder: Path) -> None:
    later = folder / "policies/de/returns/2027-01-01"
    shutil.copytree(folder / f"policies/de/returns/{DAY}", later)
    change(later / "rules.toml", DAY, "2027-01-01")
    shutil.copy(later / "de.md", folder / f"policies/de/returns/{DAY}/en.md")
    refused(folder, "de/returns/2027-01-01", "en")


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
    assert library.complete("nz", ["en"], date(2026, 9, 30)) == [f"{kind}/en" for kind in KINDS]
    assert library.complete("nz", ["en", "mi"], date(2027, 1, 1)) == [f"{kind}/mi" for kind in KINDS]


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
