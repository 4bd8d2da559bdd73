"""What is measured about a product is said in the units its market reads, as far as it is known."""

from typing import Any

import pytest

from shop.catalogue.measures import facts
from shop.catalogue.models import Product
from tests.buying import visit
from tests.world import World


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({}, {}),
        ({"volt_min": 220, "volt_max": 240, "hertz": "50 60"}, {"Mains": "220–240\u00a0V, 50/60\u00a0Hz"}),
        ({"volt_min": 230, "volt_max": 230}, {"Mains": "230\u00a0V"}),
        ({"volt_min": 230}, {}),
        ({"net_quantity": "0.5", "net_unit": "kg"}, {"Net quantity": "0.5\u00a0kg"}),
        ({"net_quantity": "3", "net_unit": "piece"}, {"Net quantity": "3 pieces"}),
        ({"width_mm": 100, "depth_mm": 200}, {}),
    ],
)
def test_a_fact_is_told_where_it_is_known(sqlite_world: World, known: dict[str, Any], told: dict[str, str]) -> None:
    product = Product(sku="X", kind="mains", plate="kitchen", **known)
    assert {each["label"]: each["value"] for each in facts(product, visit(sqlite_world, "nz", "en"))} == told
