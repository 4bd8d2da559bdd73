"""What the documents say, from the demo's own rows: the bad day by its cards, the law, who is told, what is passed on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from shop.documents.facts import Reading
from shop.documents.kinds import KINDS
from shop.documents.printing import Writer
from shop.documents.procedures import PROCEDURES
from shop.documents.sheets import Line
from shop.markets.models import Market
from shop.policies.library import PolicyLibrary
from shop.scorecard.learning import learn
from shop.staff.models import Person
from shop.support.crisis.models import CrisisContact, CrisisText
from shop.support.crisis.rotations import rotation_of
from shop.support.known.models import MayAnswer
from tests.doors import fresh_world
from tests.world import World

URL = "/console/markets/de/documents"


@pytest.fixture
def shop(tmp_path: Path, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path) as opened:
        yield opened


def lines(shop: World, kind: str, *, market: str = "de", language: str = "en") -> dict[tuple[str, ...], Line]:
    write = Writer(shop.house.languages, shop.house.sources())
    with shop.house.database.reading() as db:
        return write.draft(db, db.get_one(Market, market), kind, language, now=shop.clock.now).sheets.laid_flat()


def test_a_card_says_who_is_told_by_when_and_what_to_press(shop: World) -> None:
    said = lines(shop, "crisis_handbook")
    told = [key[2] for key in said if key[:2] == ("allergic_reaction", "tell")]
    assert [each.partition(" ")[0] for each in told] == [
        "export_manager", "export_manager", "quality_lead", "quality_lead", "responsible_person", "insurer", "insurer",
    ]  # fmt: skip
    assert "Maasbrug" in said["allergic_reaction", "tell", "responsible_person 0"].says
    assert "20 days" in said["allergic_reaction", "legal", "authority"].says
    assert "art. 23" in said["allergic_reaction", "legal", "authority"].says
    assert said["allergic_reaction", "facts", "first"].says == "2 hours"
    assert "Stop the sale" in said["allergic_reaction", "console"].says
    assert "Recalls" in said["food_hospital", "console"].says and "Recalls" not in said["part_failure", "console"].says
    assert (
        said["allergic_reaction", "first de"].says.startswith("Vielen Dank")
        and "112" in said["allergic_reaction", "first de"].says
    )


def test_the_home_clock_stands_beside_the_markets(shop: World) -> None:
    mere = lines(shop, "crisis_handbook")["contacts", "people", "export_manager 0"].says
    assert "In the market: 20:00–10:00" in mere and "At home: 08:00–22:00" in mere


def test_the_turn_of_whoever_is_on_call_changes_on_both_clocks(shop: World) -> None:
    said = lines(shop, "crisis_handbook")["contacts", "on_call", "handoff"].says
    assert "In the market: 21:00" in said and "At home: 09:00" in said


def test_who_is_deactivated_stands_in_no_turn_and_their_gap_is_named(shop: World) -> None:
    with shop.house.database.writing() as db:
        rotation = rotation_of(db, "de")
        assert rotation is not None
        first = db.get_one(Person, rotation.people.split()[0])
        name, first.deactivated = first.name, True
    said = lines(shop, "crisis_handbook")["contacts", "on_call", "people"].says
    assert f"Nobody is on call in the turns of: {name}" in said
    assert said.count(name) == 1


def test_a_card_without_words_for_its_customers_has_a_blank_for_each_language(shop: World) -> None:
    with shop.house.database.writing() as db:
        db.connection().execute(delete(CrisisText).where(col(CrisisText.language) == "fr"))
    said = lines(shop, "crisis_handbook", market="ch", language="fr")
    assert any(key[1] == "foreign" and not line.says for key, line in said.items())
    assert any(key[1:] == ("first fr",) and not line.says for key, line in said.items())


def test_a_role_that_nobody_fills_is_a_blank(shop: World) -> None:
    with shop.house.database.writing() as db:
        db.connection().execute(delete(CrisisContact).where(col(CrisisContact.role) == "insurer"))
    assert lines(shop, "crisis_handbook")["allergic_reaction", "tell", "insurer"].says == ""


def test_the_markets_own_rules_say_what_is_answered_and_what_is_passed_on(shop: World) -> None:
    before = lines(shop, "distributor_manual")
    own = before["answers", "own"].says.split("\n")
    with shop.house.database.writing() as db:
        db.add(MayAnswer(question="cleaning", market="de", roles="agent"))
    after = lines(shop, "distributor_manual")
    (moved,) = set(own) - set(after["answers", "own"].says.split("\n"))
    assert moved in after["answers", "others"].says.split("\n")
    assert moved not in before["answers", "others"].says.split("\n")


def test_the_manual_tells_the_rules_that_the_software_applies(shop: World) -> None:
    said = lines(shop, "distributor_manual")
    assert said["rules", "returns", "Days to send something back"].says == "14"
    assert said["rules", "warranty", "Months of legal guarantee"].says == "24"
    assert said["rules", "warranty", "How to claim"].says == "on the support pages of this shop"
    assert "Germany" in [line.says for key, line in said.items() if key[:2] == ("rules", "warranty")]
    assert "By law no right of the buyer may be taken away" in said["never", "never"].says
    assert said["parts", "parts", "HB-SP-BS"].says.count("every 12 months") == 1
    assert said["goods", "goods", "HB-BL-230"].says.endswith("Serial number on the plate")


def test_twelve_procedures_know_the_markets_own_facts(shop: World) -> None:
    said = lines(shop, "procedures")
    assert len(PROCEDURES) == len({each.key for each in PROCEDURES}) == 12
    assert "Musterkai 9" in said["return", "steps"].says and "14 days" in said["refund", "steps"].says
    assert "24 months" in said["warranty_repair", "steps"].says and "112" in said["safety", "steps"].says
    assert not any("%(" in line.says or "…" in line.says for line in said.values())


def test_what_a_procedure_needs_and_the_market_has_not_is_a_blank(shop: World, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    without = replace(shop.house.sources(), policies=PolicyLibrary(tmp_path / "none"))
    write = Writer(shop.house.languages, without)
    with shop.house.database.reading() as db:
        sheets = write.draft(db, db.get_one(Market, "de"), "procedures", "en", now=shop.clock.now).sheets
    assert sheets.laid_flat()["return", "lacking", "return_address"].says == "" and sheets.blanks == 4


def test_the_checklist_holds_every_gate_and_the_log_every_lesson(shop: World) -> None:
    with shop.house.database.writing() as db:
        learn(db, "de", orders=12, taught="Boxes tear", changed="Thicker", person="mere", now=shop.clock.now)
    gates = [key[2] for key in lines(shop, "launch_checklist") if key[1] == "gates"]
    assert "docs.printed" in gates and "certs.valid" in gates and len(gates) == len(set(gates)) > 30
    (lesson,) = (line.says for key, line in lines(shop, "learning_log").items() if key[:2] == ("10", "lessons"))
    assert "Boxes tear" in lesson and "Thicker" in lesson and "Mere Tauranga" in lesson


def test_facts_stand_still_while_nothing_is_changed(shop: World) -> None:
    write = Writer(shop.house.languages, shop.house.sources())
    with shop.house.database.reading() as db:
        for market in db.exec(select(Market)).all():
            for kind in ("distributor_manual", "crisis_handbook"):
                now, later = (
                    write.draft(db, market, kind, "en", now=shop.clock.now + timedelta(days=each)).hash
                    for each in (0, 3)
                )
                assert now == later, (market.id, kind)


def test_a_name_that_would_be_markup_is_only_a_name(shop: World) -> None:
    with shop.house.database.writing() as db:
        contact = db.exec(select(CrisisContact).where(CrisisContact.role == "lawyer")).first()
        assert contact is not None
        contact.name = "<script>alert(1)</script>\u202e"
        db.add(contact)
    page = shop.signed_in("mere").get(f"{URL}/crisis_handbook/ar").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_every_kind_is_drawn_from_its_facts_alone(shop: World) -> None:
    write = Writer(shop.house.languages, shop.house.sources())
    with shop.house.database.reading() as db:
        market = db.get_one(Market, "de")
        kept = {kind: write.facts(db, market, kind, "de", now=shop.clock.now) for kind in KINDS}
    kept["distributor_manual"] = {key: each for key, each in kept["distributor_manual"].items() if key != "elsewhere"}
    for kind, facts in kept.items():  # those of an older print of the manual too
        assert KINDS[kind].draw(Reading(facts, write.tongue("de", market), shop.clock.now)).sections
