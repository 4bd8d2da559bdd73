"""The exporter's own steps: in the sheets, at the desk as ticks that are signed, in print, and begun with the built-in ones."""

import json
from pathlib import Path

import pytest
from sqlmodel import Session, select

from shop.documents.procedures import PROCEDURES
from shop.staff.models import SignedChecklist
from shop.support.known.models import OwnSteps
from shop.support.known.own_steps import PROCEDURE_OF, STAYS, as_written, own_steps
from shop.support.known.sops import SOPS
from shop.upkeep.checklist_sheets import check_checklists, checklist_notes, read_checklists
from shop.upkeep.editing.changing import change
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.tables import table
from shop.upkeep.importing import import_setup
from shop.upkeep.reading import BadSetup, Folder, Row
from shop.upkeep.writing.folder import export_setup
from tests.sop_answers import GIVEN
from tests.support_world import MORNING, asked
from tests.world import TUESDAY, World, text

FILE = "checklists/de.toml"
AT = "/console/workshop/checklists"
PRINTED = "/console/markets/de/documents/procedures/de"


def write(world: World, procedure: str = "damaged_parcel", *steps: str, market: str = "", language: str = "de") -> None:
    with world.house.database.writing() as db:
        db.merge(OwnSteps(procedure=procedure, market=market, language=language, steps="\n".join(steps)))


def rows(content: str, name: str = FILE) -> tuple[list[Row], list[str]]:
    folder = Folder({name: content.encode()})
    found = read_checklists(folder)
    return found, [str(each) for each in folder.complaints]


def edit(world: World, cells: dict[str, object] | None, seen: str = "", key: str = "return") -> int:
    house = world.house
    return change(house.database, house.policies, [Edit(FILE, (key,), cells, seen)], person="mere", now=TUESDAY)


def version(world: World, key: str = "return") -> str:
    with world.house.database.reading() as db:
        return next(each.version for each in table(db, world.house.policies, FILE).rows if each.key == (key,))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[juggle]\nsteps = ["a"]', "is none of"),
        ('[return]\nsteps = "a"', "must be a list"),
        ('[return]\nsteps = ["Call {mum}"]', "{mum} is no placeholder"),
        ('[return]\nsteps = [""]', "is empty"),
        (f"[return]\nsteps = {json.dumps(['a'] * 41)}", "must have from 1 to 40 steps"),
        (f"[return]\nsteps = {json.dumps(['a' * 501])}", "is too long"),
        ('[return.markets.de]\ntext = "a"', "must be a table of steps"),
        ("[return.markets]", "must be a table with at least one entry"),
    ],
)
def test_what_no_procedure_can_have_is_told(content: str, says: str) -> None:
    assert any(says in each for each in rows(content)[1]), rows(content)[1]


def test_a_procedure_without_steps_and_a_strange_market_are_told() -> None:
    [empty, strange] = rows('[return]\n[price.markets.fr]\nsteps = ["a"]')[0]
    told = [(row.key, column) for row, column, _ in check_checklists([empty, strange], {"de": empty})]
    assert told == [(("return",), "steps"), (("price",), "markets")]


def test_languages_that_lack_steps_are_named() -> None:
    found, _ = rows('[return]\nsteps = ["a"]')
    markets = [Row("markets.toml", "de", {"languages": "de fr"})]
    assert checklist_notes(found, markets) == ["checklists/fr.toml: the built-in steps stand in for: return"]
    assert checklist_notes([], markets) == []


def test_what_a_market_has_of_its_own_comes_before_what_is_for_all(sqlite_world: World) -> None:
    write(sqlite_world, "return", "For all")
    write(sqlite_world, "return", "For Germany", "twice", market="de")
    with sqlite_world.house.database.reading() as db:
        assert own_steps(db, "de", "de") == {"return": ("For Germany", "twice")}
        assert own_steps(db, "ch", "de") == {"return": ("For all",)}
        assert own_steps(db, "de", "fr") == {}


@pytest.mark.parametrize("name", SOPS)
def test_what_is_entered_and_what_keeps_people_safe_stays_in_every_list(sqlite_world: World, name: str) -> None:
    write(sqlite_world, PROCEDURE_OF.get(name, name), "Mine {emergency}", "100 %(really)s")
    tongue = sqlite_world.house.languages.tongue("de")
    with sqlite_world.house.database.reading() as db:
        sop = as_written(db, SOPS[name], "de", tongue)
    built_in, fields = SOPS[name].checklist.fields, sop.checklist.fields
    stays = [each for each in built_in if each.kind != "tick" or each.name in STAYS.get(name, ())]
    assert [each for each in fields if not each.name.startswith("own-")] == stays
    own = [each.said(tongue) for each in fields if each.name.startswith("own-")]
    assert own[0].startswith("Mine ") and "{" not in own[0] and own[1] == "100 %(really)s"
    assert sop.checklist.hash != SOPS[name].checklist.hash


def test_ticks_that_stay_are_ticks_of_their_lists() -> None:
    for name, ticks in STAYS.items():
        assert ticks <= {each.name for each in SOPS[name].checklist.fields if each.kind == "tick"}
    keys = {each.key for each in PROCEDURES}
    assert {PROCEDURE_OF.get(name, name) for name in SOPS} <= keys
    for each in PROCEDURES:
        assert set(each.stays) <= set(range(len(each.steps))) and bool(each.stays) == bool(each.why)


def test_the_desk_asks_for_the_written_steps_and_keeps_them_as_they_were_signed(sqlite_world: World) -> None:
    write(sqlite_world, "damaged_parcel", "Ich habe Tee gereicht.")
    ref = asked(sqlite_world.house.database, now=MORNING).ref
    lena = sqlite_world.signed_in("lena")
    page = lena.get(f"/desk/sops/damaged_parcel?about={ref}")
    assert "Ich habe Tee gereicht." in text(page.text) and 'name="photos"' not in page.text
    assert 'name="unplugged"' in page.text and 'name="serial"' in page.text
    given = GIVEN["damaged_parcel"]
    assert lena.submit("/damaged_parcel", **given, signature="Lena Brandt").status_code == 422  # not ticked
    assert lena.submit("/damaged_parcel", **given, **{"own-1": "yes"}, signature="Lena Brandt").status_code == 303
    write(sqlite_world, "damaged_parcel", "Etwas anderes.")
    with sqlite_world.house.database.reading() as db:
        kept = db.exec(select(SignedChecklist)).one()
    labels = {each["name"]: each["label"] for each in json.loads(kept.answers)}
    assert labels["own-1"] == "Ich habe Tee gereicht." and "photos" not in labels
    assert "Ich habe Tee gereicht." in text(lena.get(f"/desk/sops?about={ref}").text)


def test_nobody_signs_steps_that_they_have_not_read(sqlite_world: World) -> None:
    write(sqlite_world, "damaged_parcel", "Zuerst dies.")
    ref = asked(sqlite_world.house.database, now=MORNING).ref
    lena = sqlite_world.signed_in("lena")
    lena.get(f"/desk/sops/damaged_parcel?about={ref}")
    write(sqlite_world, "damaged_parcel", "Zuerst das.")
    sent = {**GIVEN["damaged_parcel"], "own-1": "yes", "broken": "Der Krug", "signature": "Lena Brandt"}
    answer = lena.submit("/damaged_parcel", **sent)
    assert answer.status_code == 409 and "Zuerst das." in text(answer.text) and "Der Krug" in answer.text
    assert 'name="own-1" value="yes" checked' not in " ".join(answer.text.split())
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(SignedChecklist)).all() == []


def test_the_document_prints_them_with_the_facts_of_the_market_and_what_stays(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    before = text(mere.get(PRINTED).text)
    write(sqlite_world, "return", "Zuerst Tee für {exporter}", market="de")
    after = text(mere.get(PRINTED).text)
    assert "Zuerst Tee für +64" in after and "Zuerst Tee" not in before
    assert "Zuerst Tee" not in text(mere.get("/console/markets/ch/documents/procedures/de").text)


def test_own_steps_stand_between_those_that_stay() -> None:
    steps = {each.key: each for each in PROCEDURES}
    built_in = [str(number) for number in range(8)]
    assert steps["warranty_repair"].with_own(["a", "b"], built_in) == ("0", "1", "a", "b")
    assert steps["receive_goods"].with_own(["a"], built_in) == ("a", "4", "6")
    assert steps["price"].with_own(["a"], built_in) == ("a",)


def test_a_row_is_written_changed_and_taken_away_at_the_workshop(sqlite_world: World) -> None:
    write(sqlite_world, "price", "Bleibt", language="fr")
    assert edit(sqlite_world, {"key": "return", "steps": ["Eins", "Zwei"], "markets": {"ch": {"steps": ["Uno"]}}})
    with sqlite_world.house.database.reading() as db:
        assert own_steps(db, "de", "de")["return"] == ("Eins", "Zwei") and own_steps(db, "ch", "de")["return"] == (
            "Uno",
        )
    assert edit(sqlite_world, {"steps": ["Drei"]}, version(sqlite_world))
    with pytest.raises(BadSetup, match="no market"):
        edit(sqlite_world, {"markets": {"fr": {"steps": ["a"]}}}, version(sqlite_world))
    assert edit(sqlite_world, None, version(sqlite_world))
    with sqlite_world.house.database.reading() as db:
        assert [(each.procedure, each.language) for each in db.exec(select(OwnSteps)).all()] == [("price", "fr")]


def test_a_set_up_without_any_leaves_those_that_there_are(sqlite_world: World, tmp_path: Path) -> None:
    house = sqlite_world.house
    export_setup(house.database, house.policies, tmp_path / "out")
    write(sqlite_world, "price", "Bleibt")
    import_setup(house.database, tmp_path / "out", house.policies, now=TUESDAY)
    with house.database.reading() as db:
        assert _count(db) == 1


def test_the_console_shows_whose_steps_hold_and_begins_with_the_built_in_ones(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    page = mere.get(f"{AT}/warranty_repair?language=de").text
    assert "These steps stay" in text(page) and "Nobody may be hurt" in text(page)
    done = mere.submit("/beginning")
    assert done.status_code == 303 and "sheets/checklists.de/row?key=warranty_repair" in done.headers["location"]
    assert mere.get(done.headers["location"]).status_code == 200
    with sqlite_world.house.database.reading() as db:
        steps = own_steps(db, "de", "de")["warranty_repair"]
    assert len(steps) == 6 and "{guarantee}" in " ".join(steps)
    assert "Your own" in text(mere.get(f"{AT}?language=de").text)
    french = text(mere.get(f"{AT}?language=fr").text)
    assert "Yours are missing here" in french and "1 of 1" in french
    assert (
        mere.post(f"{AT}/warranty_repair/beginning", {"language": "de"}).status_code == 303
    )  # those that are there stay
    for path in (f"{AT}/juggle", f"{AT}/price?language=xx"):
        assert mere.get(path).status_code == 404


def test_a_specialist_begins_in_the_languages_of_their_market_only(sqlite_world: World) -> None:
    annika = sqlite_world.signed_in("annika")  # Germany
    assert annika.post(f"{AT}/price/beginning", {"language": "de"}).status_code == 303
    assert annika.post(f"{AT}/price/beginning", {"language": "ja"}).status_code == 404
    assert "Begin with these steps" not in text(annika.get(f"{AT}/price?language=ja").text)


def _count(db: Session) -> int:
    return len(db.exec(select(OwnSteps)).all())
