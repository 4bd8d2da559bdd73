"""Forms from elsewhere, of the wrong kind, or too large: every door answers with a clear no, and nothing half-written."""

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from shop.base.web import BODY_LIMIT
from tests.doors import ask, cookies_of
from tests.town import COOKIELESS, Town, another_window, gets, posts, town
from tests.world import ORIGIN

__all__ = ["another_window", "town"]  # fixtures


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"origin": f"{ORIGIN}.elsewhere.example"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "SAME-ORIGIN"},
    ],
    ids=str,
)
def test_no_form_is_taken_from_another_site(town: Town, headers: Mapping[str, str]) -> None:
    before = town.written()
    for door in posts(town):
        answer = town.ask(
            door,
            headers={"authorization": "", **headers},
            body=b"accept=yes&text=x&kind=note",
            origin="" if "origin" in headers else ORIGIN,
        )
        if door.path == COOKIELESS:
            assert answer.status == 400  # not signed, wherever it comes from
        elif door.opt.get("cookieless"):
            assert answer.status == 401  # no cookie opens the API, whoever sends it along
        else:
            assert answer.status == 403, door
            assert not cookies_of(answer)
    assert town.written() == before


def test_a_form_of_our_own_is_taken_with_either_header(town: Town) -> None:
    body = urlencode({"market": "de", "language": "de"}).encode()
    for headers, origin in (
        ({"sec-fetch-site": "same-origin"}, ""),
        ({}, ORIGIN),
        ({"sec-fetch-site": "same-origin"}, "null"),
    ):
        assert ask(town.world, "POST", "/choice", body=body, headers=headers, origin=origin).status == 303


def test_looking_is_never_refused_by_where_one_comes_from(town: Town) -> None:
    for door in gets(town):
        plain = town.ask(door).status
        foreign = town.ask(door, headers={"sec-fetch-site": "cross-site"}, origin="https://elsewhere.example").status
        assert foreign == plain, door


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", "", "application/xml", "a/b;" * 900]
)
def test_a_body_of_another_type_is_not_read(town: Town, kind: str) -> None:
    for door in posts(town):
        if door.reads:
            answer = town.ask(door, form=False, headers={"content-type": kind}, body=b'{"accept": "yes"}')
            assert answer.status == 415, (door, answer.status)


def test_a_body_too_large_is_not_read(town: Town) -> None:
    body = b"text=" + b"a" * BODY_LIMIT
    for door in posts(town):
        if door.reads or door.path == COOKIELESS:
            assert town.ask(door, body=body).status == 413, door
            assert town.ask(door, body=body, headers={"content-length": "3"}).status in (400, 413), door
