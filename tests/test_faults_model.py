"""A few short runs beside the model, the same each time."""

from tests.faults.fault import SHORT, Place
from tests.faults.model_runs import FAULT


def test_the_shop_stands_as_its_model_says(place: Place) -> None:
    assert FAULT.run(place, SHORT)
