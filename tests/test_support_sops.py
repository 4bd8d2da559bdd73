"""Standard procedures: what each asks for, about what it is kept, in whose name and language, and for whom."""

import pytest
from sqlmodel import select

from shop.staff.models import SignedChecklist
from shop.support.known.sops import SOPS, check
from tests.sop_answers import GIVEN
from tests.support_world import MORNING, asked
from tests.world import World, text


def test_there_are_the_six_of_the_trade() -> None:
    assert list(SOPS) == [
        "receive_goods",
        "damaged_parcel",
        "return",
        "warranty_repair",
        "safety_contact",
        "shift_handover",
    ]


@pytest.mark.parametrize("name", SOPS)
def test_every_required_step_must_be_done(name: str) -> None:
    sop = SOPS[name]
    required = [each.name for each in sop.checklist.fields if each.required]
    assert list(check(sop, {})) == required
    assert set(check(sop, GIVEN[name])) <= {"serial"}


def test_a_mistyped_serial_is_told() -> None:
    sop, given = SOPS["warranty_repair"], GIVEN["warranty_repair"]
    assert check(sop, {**given, "serial": "HBBL2634-00417-K"}) == {}
    assert list(check(sop, {**given, "serial": "HBBL2634-00417-A"})) == ["serial"]


def test_what_a_ten_year_old_reads_is_short() -> None:
    labels = [each.label for sop in SOPS.values() for each in sop.checklist.fields]
    assert all(len(sentence.split()) <= 16 for label in labels for sentence in label.split(". "))


def test_a_list_is_signed_about_a_request_in_ones_own_name(sqlite_world: World) -> None:
    ref = asked(sqlite_world.house.database, now=MORNING).ref
    lena = sqlite_world.signed_in("lena")
    assert f"damaged_parcel?about={ref}" in lena.get(f"/desk/sops?about={ref}").text
    lena.get(f"/desk/sops/damaged_parcel?about={ref}")
    assert lena.submit("/damaged_parcel", **GIVEN["damaged_parcel"], signature="Mere").status_code == 422
    assert lena.submit("/damaged_parcel", signature="Lena Brandt", broken="").status_code == 422
    for _twice in range(2):
        done = lena.submit("/damaged_parcel", **GIVEN["damaged_parcel"], signature="lena  brandt")
        assert done.status_code == 303
    with sqlite_world.house.database.reading() as db:
        kept = db.exec(select(SignedChecklist)).one()
    assert (kept.subject, kept.checklist, kept.person, kept.language) == (
        f"request:{ref}",
        "damaged_parcel",
        "lena",
        "de",
    )
    assert "Three boxes" in text(lena.get(f"/desk/sops?about={ref}").text)
    lena.get(f"/desk/sops/damaged_parcel?about={ref}")
    lena.submit("/damaged_parcel", **{**GIVEN["damaged_parcel"], "broken": "Two"}, signature="Lena Brandt")
    with sqlite_world.house.database.reading() as db:
        assert len(db.exec(select(SignedChecklist)).all()) == 2


def test_it_is_about_something_of_ones_own_markets_or_of_nothing_where_that_is_allowed(sqlite_world: World) -> None:
    ref = asked(sqlite_world.house.database, now=MORNING).ref
    haruka = sqlite_world.signed_in("haruka")
    for number in (ref, "R-NOBODY", ""):
        haruka.get("/desk/sops/return")
        assert haruka.submit("/return", **GIVEN["return"], about=number, signature="Haruka Nishida").status_code == 422
    haruka.get("/desk/sops/shift_handover")
    given = GIVEN["shift_handover"]
    assert haruka.submit("/shift_handover", **given, about=ref, signature="Haruka Nishida").status_code == 422
    assert haruka.submit("/shift_handover", **given, about="", signature="Haruka Nishida").status_code == 303
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(SignedChecklist.subject)).all() == ["person:haruka"]


def test_strange_names_are_not_found_and_hostile_text_stays_text(sqlite_world: World) -> None:
    lena = sqlite_world.signed_in("lena")
    assert lena.get("/desk/sops/nothing").status_code == 404
    assert lena.post("/desk/sops/nothing", {}).status_code == 404
    lena.get("/desk/sops/shift_handover")
    given = {**GIVEN["shift_handover"], "open": "<script>x</script>" + "a" * 2000}
    answer = lena.submit("/shift_handover", **given, signature="Lena Brandt")
    assert answer.status_code == 422 and "<script>x" not in answer.text
    assert sqlite_world.signed_in("annika").get("/desk/sops").status_code == 404
