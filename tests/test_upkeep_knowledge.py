"""Importing what is known: questions, answers and macros come in whole, say where they are wrong, and may lack languages."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.settings import ROOT
from shop.demo.showing import FOLDER as DEMO
from shop.policies.library import PolicyLibrary
from shop.staff.models import Person
from shop.support.known.models import Answer, MayAnswer, MustKnow, Question, Training
from shop.support.requests.models import Macro
from shop.support.workplace.macros import PLACEHOLDERS
from shop.upkeep.importing import Imported, checked_setup, import_setup
from shop.upkeep.knowledge_rows import missing_answers
from shop.upkeep.reading import BadSetup
from tests.world import World

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
POLICIES = PolicyLibrary(ROOT / "policies")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo's set-up with what is known in English alone."""
    folder = tmp_path / "exporter"
    shutil.copytree(DEMO, folder)
    for place in ("knowledge", "macros"):
        for file in (folder / place).glob("*.toml"):
            if file.stem not in ("en", "questions"):
                file.unlink()
    return folder


@pytest.fixture
def database(sqlite_world: World) -> Database:
    return sqlite_world.house.database


def load(database: Database, folder: Path) -> Imported:
    return import_setup(database, folder, POLICIES, now=NOW)


def changed(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    before = file.read_text("utf-8")
    assert old in before
    file.write_text(before.replace(old, new, 1), "utf-8")


def complaints(folder: Path) -> list[str]:
    try:
        checked_setup(folder, POLICIES, now=NOW)
    except BadSetup as bad:
        return [str(each) for each in bad.complaints]
    return []


def test_the_demo_knows_all_25_questions_and_who_answers_them(database: Database) -> None:
    with database.reading() as db:
        questions = db.exec(select(Question).order_by(col(Question.number))).all()
        english = db.exec(select(Answer.question).where(Answer.language == "en", Answer.market == "")).all()
        must = set(db.exec(select(MustKnow.market)).all())
        macros = db.exec(select(Macro).where(Macro.language == "en")).all()
    assert [each.number for each in questions] == list(range(1, 26))
    assert sorted(english) == sorted(each.key for each in questions)
    assert [bool(each.may_answer) for each in questions] == [True] * 16 + [False] * 9
    assert must == {"nz", "de", "ch", "jp", "ae", "ca", "us", "br", "kw"}
    assert len(macros) == 8 and {"customer", "order", "promise"} < PLACEHOLDERS
    assert all(f"{{{each}}}" in "".join(macro.text for macro in macros) for each in ("customer", "order", "promise"))


def test_a_second_import_changes_nothing(database: Database, folder: Path) -> None:
    load(database, folder)
    with database.reading() as db:
        before = [each.model_dump() for each in db.exec(select(Answer).order_by("question", "language")).all()]
    load(database, folder)
    with database.reading() as db:
        assert before == [each.model_dump() for each in db.exec(select(Answer).order_by("question", "language")).all()]


def test_a_changed_text_raises_its_version_and_changed_words_do_not(database: Database, folder: Path) -> None:
    load(database, folder)
    changed(folder, "knowledge/en.toml", "Turn the machine over.", "Turn the machine round.")
    changed(folder, "knowledge/en.toml", '"dented", ', '"dented", "bumped", ')
    load(database, folder)
    with database.reading() as db:
        assert db.get_one(Answer, ("serial_number", "", "en")).version == 2
        dented = db.get_one(Answer, ("dented", "", "en"))
    assert dented.version == 1 and "bumped" in dented.words.split("\n")


def test_a_missing_language_is_named_and_no_mistake(folder: Path) -> None:
    setup = checked_setup(folder, POLICIES, now=NOW)
    notes = list(missing_answers(setup))
    assert "knowledge/ja.toml: 25 answers are missing: plug, frequency" in "\n".join(notes)
    assert not any(each.startswith("knowledge/en.toml") for each in notes)
    (folder / "knowledge/ja.toml").write_text('[plug]\ntitle = "プラグ"\ntext = "{plug}"\n', "utf-8")
    notes = list(missing_answers(checked_setup(folder, POLICIES, now=NOW)))
    assert "knowledge/ja.toml: 24 answers are missing: frequency" in "\n".join(notes)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (
            "knowledge/en.toml",
            "{plug}.",
            "{pulg}.",
            "knowledge/en.toml, plug.text: {pulg} is no placeholder; there are",
        ),
        (
            "knowledge/en.toml",
            "[plug]",
            "[plugs]",
            "knowledge/en.toml, plugs: is no question of knowledge/questions.toml",
        ),
        ("knowledge/en.toml", "[plug]", "[plugs]", "questions.toml, plug: has no answer in knowledge/en.toml"),
        (
            "knowledge/en.toml",
            'title = "Which plug',
            'titel = "Which plug',
            "knowledge/en.toml, plug.titel: is unknown",
        ),
        ("knowledge/questions.toml", "number = 2\n", "number = 1\n", "frequency.number: is that of plug as well"),
        ("knowledge/questions.toml", "number = 2\n", "number = 0\n", "frequency.number: 0 is not from 1 to 9999"),
        (
            "knowledge/questions.toml",
            '["agent", "partner"]',
            '["boss"]',
            "plug.may_answer: 'boss' is none of agent, partner",
        ),
        ("knowledge/questions.toml", '["returns"]', '["sorrow"]', "withdrawal.categories: 'sorrow' is none of"),
        ("knowledge/questions.toml", '["nz", "de"', '["nz", "at"', "must_know: 'at' is no market of this set-up"),
        ("knowledge/questions.toml", "severity = 0", "severity = 3", "illness.severity: 3 is not from 0 to 2"),
        ("knowledge/questions.toml", 'card = "al', 'card = "gal', "illness.card: 'gallergic_reaction' is no card of"),
        ("macros/en.toml", "Hello {customer}", "Hello {costumer}", "greeting.text: {costumer} is no placeholder"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_key(folder: Path, name: str, old: str, new: str, says: str) -> None:
    changed(folder, name, old, new)
    assert any(says in each for each in complaints(folder)), complaints(folder)


def test_a_file_that_is_named_for_no_language_is_refused(folder: Path) -> None:
    shutil.copy(folder / "knowledge/en.toml", folder / "knowledge/english.toml")
    shutil.copy(folder / "macros/en.toml", folder / "macros/en.txt")
    assert complaints(folder) == [
        "knowledge/english.toml: is not named for a language, such as de.toml or pt-BR.toml",
        "macros/en.txt: is not named for a language, such as de.toml or pt-BR.toml",
    ]


def test_single_markets_have_other_words_and_other_roles(database: Database, folder: Path) -> None:
    changed(folder, "knowledge/en.toml", "[frequency]", '[plug.markets.nz]\ntext = "{plug} only."\n\n[frequency]')
    changed(folder, "knowledge/questions.toml", "[frequency]", '[plug.markets]\nnz = ["agent"]\njp = []\n\n[frequency]')
    load(database, folder)
    with database.reading() as db:
        own, general = db.get_one(Answer, ("plug", "nz", "en")), db.get_one(Answer, ("plug", "", "en"))
        roles = {each.market: each.roles for each in db.exec(select(MayAnswer)).all()}
    assert (own.title, own.text, own.words) == (general.title, "{plug} only.", "")
    assert roles == {"nz": "agent", "jp": ""}
    changed(folder, "knowledge/en.toml", "[plug.markets.nz]", "[plug.markets.zz]")
    assert any("plug.markets: 'zz'" in each for each in complaints(folder))


def test_a_question_that_is_gone_goes_unless_it_was_signed(database: Database, folder: Path) -> None:
    load(database, folder)
    with database.writing() as db:
        db.add(Training(person="jonas", market="de", question="dented", hash="h", signature="Jonas Rieck", at=NOW))
        assert db.get(Person, "jonas") is not None
    for key in ("dented", "manual"):
        changed(folder, "knowledge/en.toml", f"[{key}]", f"[{key}_2]")
        changed(folder, "knowledge/questions.toml", f"[{key}]", f"[{key}_2]")
    load(database, folder)
    with database.reading() as db:
        assert db.get(Question, "manual") is None and db.get(Question, "manual_2") is not None
        assert db.get(Question, "dented") is not None
        assert db.get(Answer, ("dented", "", "en")) is None


def test_a_set_up_without_knowledge_leaves_what_is_known(database: Database, folder: Path) -> None:
    with database.reading() as db:
        before = len(db.exec(select(Answer)).all())
    for place in ("knowledge", "macros"):
        shutil.rmtree(folder / place)
    load(database, folder)
    with database.reading() as db:
        assert len(db.exec(select(Answer)).all()) == before > 0
        assert len(db.exec(select(Macro)).all()) >= 8
