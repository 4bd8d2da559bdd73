"""Who a customer is, however their address is written; and the list of the erased, by which they are found again."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import select

from shop.base.audit import AuditEntry
from shop.base.tokens import Signer
from shop.catalogue.models import WaitingListEntry
from shop.checkout.models import Order
from shop.upkeep.models import Erasure
from shop.upkeep.personal.acting import erase_again, erase_person, look, sweep_after, unmatched
from shop.upkeep.personal.erased_list import Erased, fingerprint, key_check, listed, write_down
from shop.upkeep.personal.naming import named
from tests.aftersales import DE, bought
from tests.doors import BLENDER, fresh_world
from tests.erasing import done, erased, house, street
from tests.personal import MAIL, Left, broken, finish, keeper_of, leave_data, rows
from tests.world import CLAIRE, World

__all__ = ["done", "house", "street"]  # fixtures


def test_what_a_restored_backup_brings_back_is_erased_again_and_what_came_since_is_not(
    tmp_path: Path, demo_file: Path
) -> None:
    folder = tmp_path / "house"
    folder.mkdir()
    with fresh_world(demo_file, folder) as world:
        finish(world, leave_data(world))
        shutil.copy(folder / "softlaunch.db", tmp_path / "backup.db")
        erased(world)
    with fresh_world(tmp_path / "backup.db", folder) as world:
        assert rows(world, Erasure) == []
        world.later(days=3)
        since = bought(world, world.browser("de"), DE, {**CLAIRE, "email": MAIL, "postal_code": "22765"})
        with world.house.database.writing() as db:
            wait = {"market": "us", "sku": BLENDER, "language": "en", "hash": "s" * 64, "asked_at": world.clock.now}
            db.add(WaitingListEntry(email=MAIL, **wait))
        world.work()
        mails = {name for name, mail in keeper_of(world).outbox.kept() if since in str(mail["Subject"])}

        assert erase_again(keeper_of(world), now=world.clock.now) == (1, [])
        sweep_after(keeper_of(world), now=world.clock.now)

        with world.house.database.reading() as db:
            kept = db.exec(select(Order.number).where(Order.email == MAIL)).all()
        assert kept == [since] and [each.hash for each in rows(world, WaitingListEntry)] == ["s" * 64]
        assert mails and mails <= {name for name, _mail in keeper_of(world).outbox.kept()}
        assert erase_again(keeper_of(world), now=world.clock.now) == (0, [])
        assert broken(world) == []


@pytest.mark.parametrize(
    ("said", "ground"), [({"ground": "unlawful"}, "unlawful"), ({"ground": "withdrawn"}, "withdrawn"), ({}, "asked")]
)
def test_who_is_back_is_erased_on_the_ground_of_the_first_time_where_the_list_names_it(
    house: World, done: Left, said: dict[str, str], ground: str
) -> None:
    keeper = keeper_of(house)
    line = {"fingerprint": fingerprint(keeper.signer, MAIL), "at": house.clock.now.isoformat(), "key": ""}
    (keeper.data_dir / "erased.jsonl").write_text(json.dumps(line | said) + "\n")

    assert erase_again(keeper, now=house.clock.now) == (1, [])

    assert [each.ground for each in rows(house, Erasure)] == [ground]
    [entry] = [each for each in rows(house, AuditEntry) if each.chain == "erasures"]
    assert json.loads(entry.content)["ground"] == ground


def test_the_ground_is_written_down_with_the_erasure(house: World, done: Left) -> None:
    erase_person(keeper_of(house), MAIL, ground="unlawful", person="mere", now=house.clock.now)

    written = json.loads((keeper_of(house).data_dir / "erased.jsonl").read_text())
    assert written["ground"] == "unlawful"


def test_the_list_of_the_erased_holds_only_keyed_hashes(house: World, done: Left) -> None:
    erased(house)

    [row] = rows(house, Erasure)
    written = (house.house.settings.data_dir / "erased.jsonl").read_text()
    assert row.fingerprint == fingerprint(house.house.signer, f" {MAIL.upper()} ") and row.fingerprint in written
    assert MAIL not in written


def test_an_address_counts_however_it_is_written(house: World, done: Left) -> None:
    looked = look(keeper_of(house), f"  {MAIL.upper()} ", now=house.clock.now)

    assert looked.subject.orders == (done.order,) and not looked.staff and looked.obstacles == ()
    assert look(keeper_of(house), "nobody@example.com", now=house.clock.now).subject.nothing


@pytest.mark.parametrize("typed", ["＋４９１５１７７７８８８９９", "+٤٩١٥١٧٧٧٨٨٨٩٩"])
def test_their_number_counts_in_whichever_figures_a_text_has_it(house: World, done: Left, typed: str) -> None:
    names = look(keeper_of(house), MAIL, now=house.clock.now).subject.names

    assert named(names).search(f"Please call {typed}, thank you")


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("ANNA@MÜNCHEN.EXAMPLE", "anna@münchen.example"),
        ("Anna@münchen.example", "anna@xn--mnchen-3ya.example"),
        ("anna@xn--mnchen-3ya.example", "ANNA@MÜNCHEN.EXAMPLE"),
        ("Anna@Straße.example", "anna@straße.example"),
    ],
)
def test_a_host_with_signs_of_its_own_counts_however_it_is_written(
    house: World, done: Left, typed: str, asked: str
) -> None:
    with house.house.database.writing() as db:
        db.get_one(Order, done.order).email = typed

    assert look(keeper_of(house), asked, now=house.clock.now).subject.orders == (done.order,)


@pytest.mark.parametrize(
    ("whose", "asks"),
    [("anna@strasse.example", "anna@straße.example"), ("anna@straße.example", "anna@strasse.example")],
)
def test_nobody_is_taken_for_who_only_has_a_similar_address(house: World, done: Left, whose: str, asks: str) -> None:
    with house.house.database.writing() as db:
        db.get_one(Order, done.order).email = whose

    assert look(keeper_of(house), asks, now=house.clock.now).subject.nothing


def test_a_line_of_the_list_that_was_cut_off_takes_no_other_with_it(house: World, done: Left) -> None:
    file = keeper_of(house).data_dir / "erased.jsonl"
    file.write_text('{"fingerprint": "cut o')

    erased(house)

    [row] = rows(house, Erasure)
    with house.house.database.writing() as db:
        db.connection().execute(update(Erasure).values(fingerprint="of another"))
    with house.house.database.reading() as db:
        assert listed(db, file) == {name: Erased(row.at, "asked") for name in ("of another", row.fingerprint)}
    file.unlink()
    write_down(file.parent, row, key="")
    assert file.stat().st_mode & 0o777 == 0o600


def test_lines_of_the_list_that_another_key_made_are_counted_and_those_of_old_are_not(house: World, done: Left) -> None:
    keeper = keeper_of(house)
    at, another = house.clock.now, key_check(Signer(b"another" * 8))
    for mark, key in (("old", ""), ("mine", key_check(keeper.signer)), ("theirs", another)):
        write_down(keeper.data_dir, Erasure(fingerprint=mark, at=at, ground="asked"), key=key)
    with (keeper.data_dir / "erased.jsonl").open("a") as opened:
        opened.write('["no object"]\n7\n')

    assert unmatched(keeper) == 1
