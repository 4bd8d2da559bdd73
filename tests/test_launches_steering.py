"""Markets for programs: all of them told from one gathering of facts."""

from pathlib import Path

import pytest

from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.launches.readying.gathering import gather
from shop.launches.steering import markets as steering
from shop.launches.steering.markets import Steering
from shop.markets.exposure_models import Exposure
from tests.launching import NOW, exporter, launched, put, sources


def test_all_markets_are_told_from_one_gathering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gathered: list[str] = []
    monkeypatch.setattr(steering, "gather", lambda *given, **named: gathered.append("once") or gather(*given, **named))
    with exporter(tmp_path) as database:
        launched(database)
        put(database, Exposure(market="nz", paid=3, held=1))
        house = Steering(database, None, sources(), Languages(ROOT / "locales").tongue("en"), NOW)  # type: ignore[arg-type]
        nz, de = house.markets()
        alone = house.market("nz")
    assert gathered == ["once", "once"]
    assert (nz["market"], nz["orders"], nz["in_the_way"]) == ("nz", 4, [])
    assert (de["market"], de["orders"]) == ("de", 0)
    assert {name: alone[name] for name in nz} == nz
