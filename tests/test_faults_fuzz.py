"""Mutated requests, in short: the full form sends a hundred thousand."""

import random

import pytest

from tests.faults.fault import SHORT, Place
from tests.faults.fuzz import FAULT
from tests.faults.mutations import FORM, Asked, mutated
from tests.faults.raw_http import Owed


def test_whatever_is_changed_in_a_request_it_is_answered(place: Place) -> None:
    FAULT.run(place, SHORT)


def test_a_seed_repeats_every_byte() -> None:
    asked = Asked(b"POST", b"/de/de/cart/lines?x=1", ((b"host", b"x"), (b"content-type", FORM)), b"sku=a&quantity=1")
    runs = [[mutated(asked, chance) for _each in range(300)] for chance in (random.Random(7), random.Random(7))]
    assert runs[0] == runs[1] and len(set(runs[0])) > 250


@pytest.mark.parametrize(
    ("raw", "owed"),
    [
        (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", True),
        (b"GET / HTTP/1.1\r\nhost: x\r\n", False),
        (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nab", False),
        (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc", True),
        (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: abc\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n", False),
        (b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", True),
        (b"\x00\x01\x02", True),
    ],
    ids=[
        "whole",
        "no end of the head",
        "body cut",
        "body whole",
        "no length",
        "no last chunk",
        "last chunk",
        "no HTTP",
    ],
)
def test_an_answer_is_owed_to_what_is_whole_and_to_what_is_none(raw: bytes, owed: bool) -> None:
    assert Owed.of(raw).answer is owed
