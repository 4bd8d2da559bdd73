"""Agents who reach for the same requests at once: each request has one owner."""

from tests.faults.claims import FAULT
from tests.faults.fault import SHORT, Place


def test_each_request_has_one_owner(place: Place) -> None:
    assert FAULT.run(place, SHORT)
