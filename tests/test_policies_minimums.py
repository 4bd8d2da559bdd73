"""What is worse than a market's law, or means nothing, is refused with the file, the key and the article."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shop.base.settings import ROOT
from shop.policies.folder import BadPolicy
from shop.policies.library import PolicyLibrary

NEW = "2026-11-22"


@pytest.fixture
def germany(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "policies" / "de", tmp_path / "policies" / "de")
    return tmp_path / "policies"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(BadPolicy) as error:
        PolicyLibrary(folder)
    return str(error.value)


RULES_OF_RETURNS, RULES_OF_WARRANTY = f"de/returns/{NEW}/rules.toml", f"de/warranty/{NEW}/rules.toml"


def test_seven_days_in_germany_are_refused_with_the_article(germany: Path) -> None:
    change(germany / RULES_OF_RETURNS, "window_days = 14", "window_days = 7")
    said = refusal(germany)
    assert all(words in said for words in (RULES_OF_RETURNS, "window_days = 7", "BGB §§ 312g, 355"))


def test_seven_days_pass_with_a_reason_in_words(germany: Path) -> None:
    file = germany / RULES_OF_RETURNS
    change(file, "window_days = 14", "window_days = 7")
    file.write_text(file.read_text("utf-8") + '\n[overrides]\nwindow_days = "Sold to businesses only"\n', "utf-8")
    assert PolicyLibrary(germany).version("de", "returns", NEW).rules["window_days"] == 7


@pytest.mark.parametrize(
    ("file", "old", "new", "article"),
    [
        (RULES_OF_RETURNS, "refund_days = 14", "refund_days = 30", "357"),
        (RULES_OF_RETURNS, "withdrawal_function = true", "withdrawal_function = false", "356a"),
        (RULES_OF_RETURNS, "model_form = true", "model_form = false", "246a"),
        (RULES_OF_RETURNS, "model_form = true\n", "", "246a"),
        (RULES_OF_WARRANTY, "harmonised_notice = true\n", "", "2025/1960"),
        (RULES_OF_WARRANTY, "legal_guarantee_months = 24", "legal_guarantee_months = 12", "438"),
        (RULES_OF_WARRANTY, "burden_of_proof_months = 12", "burden_of_proof_months = 6", "477"),
        (RULES_OF_WARRANTY, "disclaimers_allowed = []", 'disclaimers_allowed = ["hidden_defects"]', "476"),
        (RULES_OF_WARRANTY, "durability_label_months = 0", "durability_label_months = 24", "more than 24"),
        (RULES_OF_WARRANTY, "durability_label_months = 0", "durability_label_months = 36", "no more than"),
        (RULES_OF_RETURNS, 'class = "perishable"', 'class = "fragile"', "exclusions.class"),
        (RULES_OF_RETURNS, 'condition = "unsealed"', 'condition = "sniffed"', "exclusions.condition"),
        (RULES_OF_RETURNS, 'several_parcels = "last"', 'several_parcels = "first"', "several_parcels"),
    ],
)
def test_what_is_worse_than_the_law_or_unknown_is_refused(
    germany: Path, file: str, old: str, new: str, article: str
) -> None:
    change(germany / file, old, new)
    said = refusal(germany)
    assert file in said and article in said


def test_a_version_before_the_law_was_asked_for_by_name_stays_as_it_is(germany: Path) -> None:
    assert "model_form" not in PolicyLibrary(germany).version("de", "returns", "2026-10-01").rules


SPOILS: dict[str, Callable[[str], str]] = {
    "no such label": lambda text: text.replace("{withdrawal_entry}", "{withdrawal_exit}"),
    "no label in this language": lambda text: text,
}


@pytest.mark.parametrize("what", SPOILS)
def test_a_text_cannot_name_a_label_that_there_is_not(germany: Path, what: str) -> None:
    file = germany / f"de/returns/{NEW}/de.md"
    file.write_text(SPOILS[what](file.read_text("utf-8")), "utf-8")
    if what == "no label in this language":
        change(germany / RULES_OF_RETURNS, "[withdrawal_labels.de]", "[withdrawal_labels.fr]")
    assert "no single value" in refusal(germany)
