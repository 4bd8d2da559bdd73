"""Quiet hours: an ordinary notice waits for the day of whom it reaches, what is about safety waits for nothing."""

from datetime import UTC, datetime

import pytest

from shop.ground.duty import Hours
from shop.ground.quiet_hours import is_quiet, send_at


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "sent"),
    [
        ("2026-11-24T07:59", "Europe/Berlin", "2026-11-24T08:00"),
        ("2026-11-24T08:00", "Europe/Berlin", "2026-11-24T08:00"),
        ("2026-11-24T18:59", "Europe/Berlin", "2026-11-24T18:59"),
        ("2026-11-24T19:00", "Europe/Berlin", "2026-11-25T08:00"),
        ("2026-11-24T19:00", "Asia/Kathmandu", "2026-11-25T03:15"),
        ("2027-03-27T20:00", "Europe/Berlin", "2027-03-28T07:00"),  # the clocks go forward that night
        ("2026-11-24T09:30", "Pacific/Apia", "2026-11-24T20:00"),
    ],
)
def test_an_ordinary_notice_is_sent_by_day(now: str, zone: str, sent: str) -> None:
    assert send_at(at(now), zone) == at(sent)
    assert is_quiet(at(now), zone) == (now != sent)


def test_what_is_about_safety_is_sent_at_once() -> None:
    assert send_at(at("2026-11-24T01:00"), "Europe/Berlin", safety=True) == at("2026-11-24T01:00")


def test_a_window_of_the_whole_day_never_waits() -> None:
    assert send_at(at("2026-11-24T01:00"), "Europe/Berlin", window=Hours(0, 0)) == at("2026-11-24T01:00")
