"""Waiting lists as customers use them: an address that is put on one, and the mails that it gets."""

import re

from tests.world import ORIGIN, World, path_of

EVE = "eve@example.com"


def joined(world: World, path: str, email: str = EVE) -> None:
    """One address put on a list, not yet confirmed."""
    answer = world.browser().post(f"{path}/waitlist", {"email": email})
    assert answer.status_code == 303, answer.text
    world.work()


def links(world: World, email: str = EVE) -> list[str]:
    """The addresses in the newest mail."""
    body = world.mails(email)[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return re.findall(rf"{ORIGIN}\S+", body)


def confirmed(world: World, path: str, email: str = EVE) -> str:
    """One address on a list; returns the path that its mails lead to."""
    joined(world, path, email)
    entry, browser = path_of(links(world, email)[-1]), world.browser()
    browser.get(entry)
    assert browser.submit("/confirmation").headers["location"] == entry
    return entry


def subjects(world: World, email: str = EVE) -> list[str]:
    """Of her mails, the oldest first."""
    return [mail["Subject"] for mail in world.mails(email)]
