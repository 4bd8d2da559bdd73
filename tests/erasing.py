"""A house over SQLite in which the marked customer has left data that nothing keeps from being erased, and their erasure.

A test module that takes the fixtures names them in its `__all__`.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from shop.upkeep.personal.acting import erase_person, sweep_after
from tests.doors import fresh_world
from tests.personal import MAIL, Left, finish, keeper_of, leave_data
from tests.world import World

ASKED = {"ground": "asked", "person": "mere"}


@dataclass(frozen=True, slots=True)
class Street:
    """A house in which a customer has left data, and what their browser keeps."""

    folder: Path
    left: Left
    cookies: dict[str, str]


def street_in(folder: Path, demo_file: Path) -> Street:
    """Such a house in this folder, in which nothing is open any more."""
    with fresh_world(demo_file, folder) as opened:
        left = leave_data(opened)
        finish(opened, left)
        return Street(folder, left, {each.name: each.value or "" for each in left.browser.cookies.jar})


@contextmanager
def copy_of(street: Street, folder: Path) -> Iterator[World]:
    """A copy of it in a folder that is not there yet."""
    shutil.copytree(street.folder, folder)
    with fresh_world(street.folder / "softlaunch.db", folder) as opened:
        yield opened


def left_in(house: World, street: Street) -> Left:
    """What the customer has left in this copy."""
    browser = house.browser("de")
    for name, value in street.cookies.items():
        browser.cookies.set(name, value)
    return replace(street.left, browser=browser)


def erased(world: World) -> None:
    """The customer erased, and the database swept."""
    erase_person(keeper_of(world), MAIL, **ASKED, now=world.clock.now)
    sweep_after(keeper_of(world), now=world.clock.now)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Street:
    """The house as they left it, made once for a module."""
    return street_in(tmp_path_factory.mktemp("street"), demo_file)


@pytest.fixture
def house(tmp_path: Path, street: Street) -> Iterator[World]:
    """A copy of it for one test."""
    with copy_of(street, tmp_path / "house") as opened:
        yield opened


@pytest.fixture
def done(house: World, street: Street) -> Left:
    """What the customer has left there."""
    return left_in(house, street)
