"""What an exporter filled in for a manual, as a sheet of the set-up: checked as the form checks it, kept with who wrote it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shop.documents.models import DocumentField
from shop.upkeep.manual_sheets import check_manuals, store_manuals
from shop.upkeep.reading import Row
from tests.launching import NOW, exporter, put

PRODUCTS: dict[str, Any] = {"HB-2": object()}


def row(key: str, text: str, language: str = "") -> Row:
    return Row("manuals.csv", "line 2", {"market": "nz", "key": key, "language": language, "text": text})


@pytest.mark.parametrize(
    ("key", "text", "language", "column"),
    [
        ("company", "Traders", "", ""), ("money", "monthly", "en", ""), ("keep_HB-2", "4", "", ""),
        ("no_distributor", "yes", "", ""), ("moon", "x", "", "key"), ("keep_HB-9", "4", "", "key"),
        ("company", "Traders", "en", "language"), ("money", "monthly", "", "language"), ("keep_HB-2", "four", "", "text"),
        ("bears_fault", "moon", "", "text"), ("no_distributor", "no", "", "text"), ("company", "x" * 201, "", "text"),
    ],
)  # fmt: skip
def test_a_row_is_taken_as_the_form_would_take_it(key: str, text: str, language: str, column: str) -> None:
    assert [each[1] for each in check_manuals([row(key, text, language)], PRODUCTS)] == ([column] if column else [])


def test_what_stays_as_it_is_keeps_who_wrote_it(tmp_path: Path) -> None:
    with exporter(tmp_path) as database:
        fields = {"market": "nz", "language": "", "person": "mere", "at": NOW}
        put(database, *(DocumentField(key=key, text="old", **fields) for key in ("company", "phone", "address")))
        with database.writing() as db:
            store_manuals(db, [row("company", "old"), row("phone", "new")], now=NOW + timedelta(days=1))
        with database.reading() as db:
            kept = {each.key: (each.text, each.person) for each in db.exec(select(DocumentField)).all()}
        assert kept == {"company": ("old", "mere"), "phone": ("new", "")}
