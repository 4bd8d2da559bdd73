"""What goods and orders cost, from the set-up folder: read in each market's currency, refused with file and line."""

import shutil
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.settings import ROOT
from shop.scorecard.models import LandedCost, MarketCost
from shop.upkeep.importing import import_setup
from shop.upkeep.reading import BadSetup
from tests.world import TUESDAY, World

DEMO = ROOT / "shop" / "demo" / "exporter"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the demo's folder."""
    return Path(shutil.copytree(DEMO, tmp_path / "setup"))


def load(world: World, folder: Path) -> None:
    import_setup(world.house.database, folder, world.house.policies, now=TUESDAY)


def change(file: Path, right: str, wrong: str) -> None:
    text = file.read_text()
    assert right in text
    file.write_text(text.replace(right, wrong, 1))


def test_costs_are_amounts_of_the_market_and_shares_of_the_total(sqlite_world: World) -> None:
    with sqlite_world.house.database.reading() as db:
        germany, japan = db.get_one(MarketCost, "de"), db.get_one(MarketCost, "jp")
        blender = db.get_one(LandedCost, ("de", "HB-BL-230"))
    assert (germany.parcel, germany.fee, germany.fee_bp, germany.exchange_bp) == (11_13, 25, 290, 80)
    assert japan.parcel == 1672 and (TUESDAY.date() - blender.as_of).days == 60 and blender.source


def test_loading_again_replaces_the_costs_and_a_folder_without_them_keeps_them(
    sqlite_world: World, folder: Path
) -> None:
    change(folder / "market_costs.csv", "de,11.13", "de,12.01")
    change(folder / "landed_costs.csv", "de,HB-BL-230", "de,HB-SP-BT")
    load(sqlite_world, folder)
    for _twice in range(2):
        with sqlite_world.house.database.reading() as db:
            assert db.get_one(MarketCost, "de").parcel == 12_01
            assert db.get(LandedCost, ("de", "HB-BL-230")) is None and len(db.exec(select(LandedCost)).all()) == 98
        (folder / "market_costs.csv").unlink(missing_ok=True)
        (folder / "landed_costs.csv").unlink(missing_ok=True)
        load(sqlite_world, folder)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "complaint"),
    [
        ("landed_costs.csv", "103.18", "103.185", "line 2: purchase"),
        ("landed_costs.csv", "103.18", "-1.00", "line 2: purchase"),
        ("landed_costs.csv", "nz,HB-BL-230", "nz,HB-XX", "line 2: sku: 'HB-XX' is no product of this set-up"),
        ("market_costs.csv", "nz,6.20", "fr,6.20", "line 2: market: 'fr' is no market of this set-up"),
        ("market_costs.csv", ",2.7,", ",270,", "line 2: fee_percent"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(
    sqlite_world: World, folder: Path, file: str, right: str, wrong: str, complaint: str
) -> None:
    change(folder / file, right, wrong)
    with pytest.raises(BadSetup) as bad:
        load(sqlite_world, folder)
    assert any(f"{each}".startswith(f"{file}, {complaint}") for each in bad.value.complaints), bad.value
