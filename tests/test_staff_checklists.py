"""Checklists: each kind of field is read strictly, the signature is one's own name, and what was signed keeps its hash."""

from dataclasses import replace

import pytest

from shop.staff.checklists import Checklist, Field, as_lot, is_signature, sign, signed
from shop.staff.models import Person
from tests.world import World

LIST = Checklist(
    "dispatch",
    (
        Field("sealed", "tick", "Sealed"),
        Field("serial", "serial", "Serial of %(name)s", values={"name": "blender"}),
        Field("lot", "lot", "Lot"),
        Field("until", "date", "Best before", required=False),
        Field("note", "text", "Note", required=False),
    ),
)
GOOD = {"sealed": "yes", "serial": "HBBL2634-00417-K", "lot": "L26341B"}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, []),
        ({"until": "2027-02-28", "note": "dry"}, []),
        ({"sealed": ""}, ["sealed"]),
        ({"sealed": "on"}, ["sealed"]),
        ({"serial": "", "lot": ""}, ["serial", "lot"]),
        ({"lot": "26341B"}, ["lot"]),
        ({"lot": "L26367B"}, ["lot"]),
        ({"until": "2027-02-29"}, ["until"]),
        ({"until": "tomorrow"}, ["until"]),
    ],
)
def test_what_is_not_filled_in_rightly_is_named(changed: dict[str, str], wrong: list[str]) -> None:
    assert list(LIST.check({**GOOD, **changed})) == wrong


def test_lots_are_read_as_people_write_them() -> None:
    assert as_lot(" l26-341 b") == "L26341B" and as_lot("L26000B") == "" and as_lot("L26341BB") == ""
    assert as_lot("Ｌ26ー３４１Ｂ") == "L26341B"


def test_a_signature_is_ones_own_name() -> None:
    mere = Person(id="mere", email="m@example.com", name="Mere Tauranga", role="exporter")
    assert is_signature(" mere  TAURANGA", mere)
    assert not is_signature("Mere", mere) and not is_signature("", mere) and not is_signature("Ruth Alderson", mere)


def test_every_change_of_a_checklist_changes_its_hash() -> None:
    others = [
        replace(LIST, name="packing"),
        replace(LIST, fields=LIST.fields[1:]),
        replace(LIST, fields=(replace(LIST.fields[0], label="Closed"), *LIST.fields[1:])),
        replace(LIST, fields=(replace(LIST.fields[0], required=False), *LIST.fields[1:])),
        replace(LIST, fields=(LIST.fields[0], replace(LIST.fields[1], values={"name": "mill"}), *LIST.fields[2:])),
    ]
    assert len({each.hash for each in (LIST, *others)}) == 6 and replace(LIST).hash == LIST.hash


def test_what_was_signed_is_kept_in_the_words_that_were_read(sqlite_world: World) -> None:
    tongue = sqlite_world.house.languages.tongue("en")
    with sqlite_world.house.database.writing() as db:
        mere = db.get_one(Person, "mere")
        given = {"subject": "order:X", "person": mere, "signature": mere.name, "tongue": tongue}
        sign(db, LIST, GOOD, now=sqlite_world.clock.now, **given)  # type: ignore[arg-type]
    with sqlite_world.house.database.reading() as db:
        [(kept, answers)] = signed(db, "order:X")
        assert signed(db, "order:Y") == []
    assert (kept.hash, kept.person, kept.signature) == (LIST.hash, "mere", "Mere Tauranga")
    assert answers[1] == {
        "name": "serial",
        "kind": "serial",
        "label": "Serial of blender",
        "answer": "HBBL2634-00417-K",
    }
