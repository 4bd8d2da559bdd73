"""One customer's data, all of it handed out with the files, and nothing of the staff's."""

import json

import pytest

from shop.upkeep.models import Erasure
from shop.upkeep.personal.acting import export
from shop.upkeep.personal.erasing import NothingKept
from tests.erasing import done, house, street
from tests.personal import BYTES, MAIL, MARKS, Left, keeper_of, leave_data, rows
from tests.world import World

__all__ = ["done", "house", "street"]  # fixtures


def test_all_of_it_is_handed_out_with_the_files_and_without_the_staff(world: World) -> None:
    left = leave_data(world)
    data, files = export(keeper_of(world), MAIL.upper(), now=world.clock.now)

    whole, said = json.loads(data), data.decode()
    assert [mark for mark in MARKS if mark != BYTES and mark.decode() not in said] == []
    assert [each["number"] for each in whole["data"]["orders"]] == [left.order]
    photos = [each for each in files if each.name.startswith("files/")]
    assert len(photos) == 2 and all(BYTES in each.data for each in photos)
    assert [each.of for each in photos] == [left.request, left.case]
    assert [each for each in files if each.name.startswith("mails/")]
    assert "person" not in whole["data"]["message"][0] and "mere" not in said
    assert len(rows(world, Erasure)) == 0


def test_of_who_has_left_nothing_nothing_is_handed_out(house: World) -> None:
    with pytest.raises(NothingKept):
        export(keeper_of(house), "nobody@example.com", now=house.clock.now)


def test_a_file_that_is_lost_does_not_keep_the_rest_from_being_handed_out(house: World, done: Left) -> None:
    keeper = keeper_of(house)
    whole = len(export(keeper, MAIL, now=house.clock.now)[1])
    next(each for each in keeper.shelf.folder.rglob("*") if each.is_file()).unlink()
    assert len(export(keeper, MAIL, now=house.clock.now)[1]) == whole - 1
