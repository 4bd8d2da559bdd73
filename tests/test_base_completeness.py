"""How far languages are from complete is counted when somebody asks, and once."""

from pathlib import Path

import pytest

from shop.base import completeness
from shop.base.completeness import Completeness


def test_nothing_is_counted_before_somebody_asks_and_then_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[Path] = []

    def incomplete(locales: Path) -> dict[str, int]:
        counted.append(locales)
        return {"de": 7}

    monkeypatch.setattr(completeness, "incomplete", incomplete)
    asked, same = Completeness(tmp_path / "a"), Completeness(tmp_path / "a")
    assert counted == []
    assert asked() == same() == asked() == {"de": 7}
    assert counted == [tmp_path / "a"]
    assert Completeness(tmp_path / "b")() == {"de": 7} and len(counted) == 2
