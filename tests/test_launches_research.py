"""The research of a market: written and signed at the console, read from a set-up, and asked for by the gates."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.demo.showing import FOLDER
from shop.launches.models import ResearchAnswer, ResearchQuestion, ResearchSignature
from shop.launches.readying.facts import GateResult
from shop.launches.readying.gathering import gates_of, gather
from shop.launches.readying.research import TOPICS, research_hash, topics_lacking
from shop.markets.models import LaunchEvent, Market
from shop.support.crisis.models import CrisisContact, OnCallRotation
from shop.upkeep.cells import Day
from shop.upkeep.reading import Folder, Row
from shop.upkeep.research_sheets import read_research, store_research
from tests.launch_console import at_work, database, mere, page
from tests.launching import NOW, put, researched, sources
from tests.world import Browser, World, forms

__all__ = ["at_work", "database", "mere"]  # fixtures

URL = "/console/markets/nz/research"
WATER = {"text": "Soft", "source": "the water works", "as_of": "2026-11-24"}
TODAY = NOW.date()


@pytest.fixture
def ruth(at_work: World) -> Browser:
    return at_work.signed_in("ruth")


def gates(database: Database) -> dict[str, GateResult]:
    with database.reading() as db:
        market = db.get_one(Market, "nz")
        found = gather(db, sources(), now=NOW, only="nz")["nz"]
        return {each.gate: each for each in gates_of(market, found, now=NOW)}


def answer(database: Database, topic: str = "water", market: str = "nz") -> ResearchAnswer | None:
    with database.reading() as db:
        return db.get(ResearchAnswer, (market, topic))


def test_a_topic_without_a_text_or_without_a_source_is_still_lacking() -> None:
    answers = researched()
    assert topics_lacking(answers) == ()
    answers[0].source, answers[1].text = " ", ""
    assert set(topics_lacking(answers)) == {answers[0].topic, answers[1].topic}
    assert topics_lacking([]) == tuple(TOPICS)


@pytest.mark.parametrize("change", [{"text": "other"}, {"source": "hearsay"}, {"as_of": date(2020, 1, 1)}])
def test_the_hash_is_that_of_text_source_and_day_in_any_order(change: dict[str, object]) -> None:
    answers = researched()
    hashed = research_hash(answers)
    assert research_hash(list(reversed(answers))) == hashed
    answers[3].person = "somebody else"
    assert research_hash(answers) == hashed
    for name, value in change.items():
        setattr(answers[3], name, value)
    assert research_hash(answers) != hashed


def test_the_page_tells_each_topic_with_its_source_and_who_signed_on_both_clocks(mere: Browser) -> None:
    said = page(mere, URL)
    assert "About water" in said and "asked there" in said
    assert "As of November 24, 2026, written down by Ruth Alderson" in said
    assert "Home: Tue, Nov 24, 10:30" in said and "There: Tue, Nov 24, 10:30" in said
    assert "Signed" in said and "Changed since it was signed" not in said


def test_a_changed_answer_takes_the_signature_away_and_the_market_is_not_ready(
    mere: Browser, ruth: Browser, database: Database
) -> None:
    assert gates(database)["agents.specialist"].status == "met"
    mere.get(URL)
    assert mere.submit("/research/water", **WATER).status_code == 303
    written = answer(database)
    assert written and (written.text, written.person) == ("Soft", "mere")
    found = gates(database)["agents.specialist"]
    assert (found.code, found.blocking) == ("research_unsigned", True)
    assert "Changed since it was signed" in page(ruth, URL)
    assert ruth.submit("/signature").status_code == 303
    assert gates(database)["agents.specialist"].status == "met"
    with database.reading() as db:
        told = db.exec(select(LaunchEvent).order_by(col(LaunchEvent.id).desc())).first()
        before, after = (each.hash for each in db.exec(select(ResearchSignature).order_by(col(ResearchSignature.id))))
    assert told and (told.action, told.person) == ("research", "ruth")
    assert json.loads(told.details) == {"research": [before, after]}


def test_the_same_words_again_take_nothing_away(mere: Browser, database: Database) -> None:
    mere.get(URL)
    same = {"text": "About water", "source": "asked there", "as_of": TODAY.isoformat()}
    assert mere.submit("/research/water", **same).status_code == 303
    kept = answer(database)
    assert kept and kept.person == "ruth"
    assert gates(database)["agents.specialist"].status == "met"


def test_what_was_changed_after_reading_cannot_be_signed(mere: Browser, ruth: Browser, database: Database) -> None:
    mere.get(URL)
    mere.submit("/research/water", **WATER)
    ruth.get(URL)
    mere.get(URL)
    mere.submit("/research/water", **{**WATER, "text": "Hard"})
    assert ruth.submit("/signature").status_code == 409
    assert gates(database)["agents.specialist"].blocking


def test_two_who_write_at_once_do_not_write_over_each_other(mere: Browser, ruth: Browser, database: Database) -> None:
    mere.get(URL)
    ruth.get(URL)
    assert ruth.submit("/research/water", **WATER).status_code == 303
    refused = mere.submit("/research/water", **{**WATER, "text": "Hard"})
    assert refused.status_code == 422
    assert "Somebody has changed this meanwhile" in refused.text and "Hard" in refused.text
    kept = answer(database)
    assert kept and kept.text == "Soft"
    assert mere.submit("/research/water", **{**WATER, "text": "Hard"}).status_code == 303


def test_what_is_not_all_answered_cannot_be_signed(ruth: Browser, database: Database) -> None:
    ruth.get(URL)
    with database.writing() as db:
        db.delete(db.get_one(ResearchAnswer, ("nz", "water")))
    answered = ruth.post(f"{URL}/signature", {"seen": "0" * 64})
    assert answered.status_code == 409 and "<li>Water</li>" in answered.text
    assert gates(database)["product.environment"].warning
    assert gates(database)["agents.specialist"].values == {"items": ("water",)}
    assert "You can sign as soon as every topic is answered." in page(ruth, URL)


def test_only_the_specialist_signs(mere: Browser, ruth: Browser) -> None:
    mere.get(URL)
    mere.submit("/research/water", **WATER)
    shown = mere.get(URL).text
    assert not [each for each in forms(shown) if each.action.endswith("/signature")]
    ruth.get(URL)
    seen = next(
        each.fields["seen"] for each in forms(ruth.page.text if ruth.page else "") if "signature" in each.action
    )
    assert mere.post(f"{URL}/signature", {"seen": seen}).status_code == 409
    assert ruth.post("/console/markets/de/research/signature", {"seen": seen}).status_code == 404


def test_a_form_that_cannot_be_taken_comes_back_as_it_was_filled_in(mere: Browser, database: Database) -> None:
    mere.get(URL)
    refused = mere.submit("/research/water", text="Very hard", source="", as_of="2027-01-01")
    assert refused.status_code == 422
    assert "Very hard" in refused.text and "Please fill this in." in refused.text
    assert "Please enter a day from" in refused.text
    kept = answer(database)
    assert kept and kept.text == "About water"


def test_a_topic_nobody_knows_is_not_there(mere: Browser) -> None:
    assert mere.post(f"{URL}/moon", WATER).status_code == 404


def test_a_question_has_an_owner_and_a_day_and_warns_when_it_is_past(
    mere: Browser, at_work: World, database: Database
) -> None:
    mere.get(URL)
    asked = {"topic": "water", "question": "How hard in Nelson?", "owner": "ruth", "due_on": "2026-11-30"}
    assert mere.submit("/research/open-questions", **asked).status_code == 303
    said = page(mere, URL)
    assert "How hard in Nelson?" in said and "Seen to by Ruth Alderson, until November 30, 2026" in said
    assert gates(database)["research.questions"].until == date(2026, 11, 30)
    assert gates(database)["agents.specialist"].status == "met"
    at_work.clock.now = NOW + timedelta(days=8)
    mere = at_work.signed_in("mere")
    assert "Overdue" in page(mere, URL)
    assert mere.submit("/answer", answer="Soft").status_code == 303
    assert "Answered" in page(mere, URL)
    assert gates(database)["research.questions"].code == "no_questions"
    with database.reading() as db:
        [row] = db.exec(select(ResearchQuestion)).all()
    assert (row.answer, row.answered_by) == ("Soft", "mere")
    assert mere.post(f"{URL}/open-questions/{row.id}/answer", {"answer": "Hard"}).status_code == 404


def test_a_question_is_asked_once(mere: Browser, database: Database) -> None:
    mere.get(URL)
    asked = {"topic": "water", "question": "How hard\nin Nelson?", "owner": "ruth", "due_on": "2026-11-30"}
    assert mere.submit("/research/open-questions", **asked).status_code == 303

    again = mere.submit("/research/open-questions", **{**asked, "question": " How hard\r\nin Nelson? "})

    assert again.status_code == 422 and "This question is in the list already." in again.text
    assert mere.submit("/research/open-questions", **{**asked, "topic": "use"}).status_code == 303
    with database.reading() as db:
        assert sorted(db.exec(select(ResearchQuestion.topic)).all()) == ["use", "water"]


@pytest.mark.parametrize("owner", ["nobody", "tane"])
def test_a_question_without_an_owner_of_the_market_is_not_asked(mere: Browser, database: Database, owner: str) -> None:
    mere.get(URL)
    refused = mere.submit("/research/open-questions", topic="moon", question="?", owner=owner, due_on="never")
    assert refused.status_code == 422
    for sentence in ("Please choose a topic.", "Please choose who sees to it.", "Please enter a day from"):
        assert sentence in refused.text
    with database.reading() as db:
        assert not db.exec(select(ResearchQuestion)).all()


# Read from a set-up.


def rows(folder: Path) -> dict[str, list[Row]]:
    read = Folder(folder)
    found = read_research(read)
    assert read.complaints == []
    for each in (row for part in found.values() for row in part):
        for name, cell in each.cells.items():
            each.cells[name] = cell.on(TODAY) if isinstance(cell, Day) else cell
    return {**found, "markets": [Row("markets.toml", "nz", {"id": "nz", "specialist": "ruth"})]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set-up with the demo's research of the home market, and nothing else."""
    made = tmp_path / "set-up"
    (made / "research").mkdir(parents=True)
    shutil.copy(FOLDER / "research/nz.toml", made / "research/nz.toml")
    (made / "research/signatures.csv").write_text("market,person\nnz,ruth\n", "utf-8")
    (made / "research/questions.csv").write_text(
        "market,topic,question,owner,due_on,asked_by,answer\nnz,water,How hard?,ruth,today+3d,mere,\n", "utf-8"
    )
    return made


def stored(database: Database, folder: Path) -> None:
    with database.writing() as db:
        store_research(db, rows(folder), now=NOW)


def test_a_set_up_brings_answers_questions_and_the_signature_once(database: Database, folder: Path) -> None:
    with database.writing() as db:
        for each in db.exec(select(ResearchAnswer)).all():
            db.delete(each)
    stored(database, folder)
    stored(database, folder)
    with database.reading() as db:
        answers = db.exec(select(ResearchAnswer)).all()
        signed = [each.hash for each in db.exec(select(ResearchSignature)).all()]
        [question] = db.exec(select(ResearchQuestion)).all()
    assert {each.topic for each in answers} == set(TOPICS)
    assert {each.person for each in answers} == {"ruth"}
    assert signed.count(research_hash(answers)) == 1
    assert (question.due_on, question.answered_at) == (TODAY + timedelta(days=3), None)


def test_a_later_word_from_the_console_stays_and_is_not_signed_for_anybody(database: Database, folder: Path) -> None:
    later = TODAY + timedelta(days=1)
    with database.writing() as db:
        row = db.get_one(ResearchAnswer, ("nz", "water"))
        row.text, row.as_of = "measured since", later
    stored(database, folder)
    kept = answer(database)
    assert kept and (kept.text, kept.as_of) == ("measured since", later)
    assert gates(database)["agents.specialist"].code == "research_unsigned"


def test_an_unknown_topic_is_named_with_its_file(folder: Path) -> None:
    file = folder / "research/nz.toml"
    file.write_text(file.read_text("utf-8").replace("[water]", "[moon]"), "utf-8")
    read = Folder(folder)
    read_research(read)
    assert [(each.file, each.place) for each in read.complaints] == [("research/nz.toml", "moon.topic")]


def test_the_demo_says_of_every_answer_from_where_and_when_it_is_known() -> None:
    read = Folder(FOLDER)
    found = read_research(read)
    assert read.complaints == []
    markets = {row["market"] for row in found["research"]}
    assert markets == {"nz", "de", "ch", "jp", "ae", "ca", "us", "br", "kw"}
    assert all(row["source"] and row["as_of"].fixed == date(2026, 11, 22) for row in found["research"])
    assert {row["market"] for row in found["research_signatures"]} == markets - {"kw"}
    assert {row["market"] for row in found["research_questions"]} == markets


def test_the_readiness_page_puts_first_what_is_in_the_way_with_owner_and_days(
    mere: Browser, ruth: Browser, database: Database
) -> None:
    put(database, ResearchAnswer(market="de", topic="water", text="Hard", source="law", as_of=TODAY, person="mere"))
    said = page(mere, "/console/markets/nz/readiness")
    order = [said.index(each) for each in ("In the way", "Worth a look", "Waived", "All good")]
    assert order == sorted(order)
    assert "Soft launch limited" in said[order[0] : order[1]]
    assert "Holidays known" in said[order[1] : order[2]]
    assert "Waived by Mere Tauranga until January 31, 2027: demo" in said[order[2] : order[3]]
    assert "68 days left" in said
    assert "Country specialist: Ruth Alderson" in said and "Exporter: Mere Tauranga" in said
    assert "As of November 24, 2026 there" in said
    page(ruth, "/console/markets/de/readiness", 404)
    links = mere.get("/console/markets/nz/readiness").text
    assert '/console/markets/nz/research"' in links and "#waivers" in links


def test_whoever_tried_every_contact_notes_it_and_it_counts_for_ninety_days(mere: Browser, database: Database) -> None:
    put(
        database,
        CrisisContact(role="lawyer", name="Near", phone="+64", zone="Pacific/Auckland"),
        CrisisContact(market="nz", role="emergency", name="Emergency", phone="111", zone="Pacific/Auckland"),
        OnCallRotation(id="world", zone="UTC", handoff=0, starts_on=TODAY, people="mere"),
    )
    assert gates(database)["crisis.contacts"].code == "contacts_unchecked"
    mere.get("/console/markets/nz/readiness")
    assert mere.submit("/readiness/contacts").status_code == 303
    found = gates(database)["crisis.contacts"]
    assert (found.code, found.until) == ("crisis_contacts", TODAY + timedelta(days=90))
    with database.reading() as db:
        told = db.exec(select(LaunchEvent).order_by(col(LaunchEvent.id).desc())).first()
    assert told and (told.action, told.person) == ("contacts", "mere")
