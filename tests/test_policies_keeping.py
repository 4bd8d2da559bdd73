"""A version that somebody accepted can never change: what was edited or removed since is named, file by file."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shop.base.settings import ROOT
from shop.policies.acceptance import accept
from shop.policies.keeping import changed_since_accepted
from shop.policies.library import PolicyLibrary
from tests.world import World

RETURNS = "ch/returns/2026-10-01"


@pytest.fixture
def accepted_files(sqlite_world: World, tmp_path: Path) -> Path:
    """The policies' folder, as it was when somebody accepted the Swiss returns policy in French."""
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    library = PolicyLibrary(tmp_path / "policies")
    version = library.version("ch", "returns", "2026-10-01")
    with sqlite_world.house.database.writing() as db:
        tongue = sqlite_world.house.languages.tongue("fr", "CH")
        accept(db, "N-1", [version], tongue, wording="Oui.", now=sqlite_world.clock.now)
    return tmp_path / "policies"


def changes(world: World, folder: Path) -> list[str]:
    with world.house.database.reading() as db:
        return changed_since_accepted(db, PolicyLibrary(folder))


def edit(name: str, of: str, by: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        file = folder / RETURNS / name
        assert of in file.read_text()
        file.write_text(file.read_text().replace(of, by))

    return apply


def test_what_is_as_it_was_is_fine(sqlite_world: World, accepted_files: Path) -> None:
    assert changes(sqlite_world, accepted_files) == []
    (accepted_files / "ch" / "warranty" / "2026-10-01" / "de.md").write_text("# Anders\n\nNiemand hat es angenommen.\n")
    assert changes(sqlite_world, accepted_files) == []


@pytest.mark.parametrize(
    ("change", "file"),
    [
        (edit("fr.md", "# ", "# Nouveau: "), f"policies/{RETURNS}/fr.md: was changed"),
        (edit("de.md", "# ", "# Neu: "), f"policies/{RETURNS}: was changed"),
        (lambda folder: shutil.rmtree(folder / RETURNS), f"policies/{RETURNS}: is gone"),
        (lambda folder: (folder / RETURNS / "fr.md").unlink(), f"policies/{RETURNS}/"),
    ],
)
def test_what_was_changed_since_is_named(
    sqlite_world: World, accepted_files: Path, change: Callable[[Path], None], file: str
) -> None:
    change(accepted_files)
    [sentence] = changes(sqlite_world, accepted_files)
    assert sentence.startswith(file)


def test_a_changed_rule_is_named_with_its_file(sqlite_world: World, accepted_files: Path) -> None:
    rules = accepted_files / RETURNS / "rules.toml"
    line = next(line for line in rules.read_text().splitlines() if line.startswith("refund_days"))
    rules.write_text(rules.read_text().replace(line, "refund_days = 3"))
    [sentence] = changes(sqlite_world, accepted_files)
    assert sentence.startswith(f"policies/{RETURNS}/rules.toml: was changed")
