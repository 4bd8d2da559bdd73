"""The recipes of CONTRIBUTING.md, walked: its files are made and its commands run in a copy of the house, and it works."""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from sqlmodel import Session, select

from shop.base.db import Database
from shop.base.settings import ROOT
from shop.demo.showing import FOLDER
from shop.markets.models import Market
from shop.policies.library import PolicyLibrary
from shop.staff import letters
from shop.staff.models import Person
from shop.support.crisis.models import CrisisCard, CrisisText
from tests.world import World
from tests.world import world as open_world

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (add to|new) (\S+)\n")
RECIPES = ("A market", "A policy kind", "A language", "A crisis card", "An e-mail")


@dataclass(frozen=True)
class Block:
    """A fenced block: the language it names, and its text."""

    language: str
    text: str


def chapter(name: str) -> str:
    return PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def blocks(name: str) -> list[Block]:
    found = BLOCK.findall(chapter(name))
    return [Block(language, textwrap.dedent(text)) for _indent, language, text in found]


@dataclass
class Workshop:
    """A copy of the house with a set-up beside it, and a database with the demo in it."""

    folder: Path
    database: Path

    def walk(self, recipe: str) -> str:
        """Do what the recipe says, in its order; what the commands said."""
        said = []
        for block in blocks(recipe):
            if block.language == "sh":
                said += [self.run(line) for line in block.text.splitlines()]
            elif block.language != "python":
                self.write(block)
        return "\n".join(said)

    def write(self, block: Block) -> None:
        """Make the file that the block is, or add the block to it."""
        named = FILE.match(block.text)
        assert named, block.text
        file, text = self.folder / named[2], block.text[named.end() :]
        if named[1] == "add to":
            with file.open("a", encoding="utf-8") as opened:
                opened.write(text)
        else:
            assert not file.exists(), f"{named[2]} is no new file"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")

    def run(self, line: str, *, fine: bool = True) -> str:
        """One line of the shell; `softlaunch` is that of the copy."""
        commands = f'softlaunch() {{ "{sys.executable}" -m shop "$@"; }}\nset -e\n{line}'
        environment = {
            "PATH": os.environ["PATH"],
            "SOFTLAUNCH_DATABASE_URL": f"sqlite:///{self.database}",
            "SOFTLAUNCH_DATA_DIR": str(self.folder / "data"),
            "SOFTLAUNCH_LOG_FORMAT": "off",
        }
        done = subprocess.run(
            ["bash", "-c", commands], cwd=self.folder, env=environment, capture_output=True, text=True
        )
        assert not fine or done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture
def workshop(tmp_path: Path, demo_file: Path) -> Workshop:
    for name in ("shop", "templates", "locales", "policies"):
        shutil.copytree(ROOT / name, tmp_path / name)  # with byte code, which is as old
    for name in ("pyproject.toml", "requirements.in"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(FOLDER, tmp_path / "my-set-up")
    shutil.copy(demo_file, tmp_path / "softlaunch.db")
    return Workshop(tmp_path, tmp_path / "softlaunch.db")


@contextmanager
def looking(workshop: Workshop) -> Iterator[Session]:
    """The workshop's database, to be looked at."""
    with closing(Database(f"sqlite:///{workshop.database}")) as database, database.reading() as db:
        yield db


def test_every_recipe_of_the_page_is_walked() -> None:
    named = [line.removeprefix("## ") for line in PAGE.splitlines() if line.startswith("## ")]
    assert named == list(RECIPES) and all(blocks(each) for each in RECIPES)


def test_a_market(workshop: Workshop) -> None:
    with looking(workshop) as db:
        assert db.get(Market, "at") is None
    said = workshop.walk("A market")

    assert "Policies are fine." in said and "Loaded Harbourbench" in said
    with looking(workshop) as db:
        assert (db.get_one(Market, "at").state, db.get_one(Market, "at").languages) == ("draft", "de")


def test_a_policy_kind(workshop: Workshop) -> None:
    before = len(list(PolicyLibrary(ROOT / "policies").all()))
    said = workshop.walk("A policy kind")
    assert f"Policies are fine. Versions: {before + 1}" in said
    look = (
        "from datetime import date; from pathlib import Path; from shop.policies.library import PolicyLibrary; "
        "library = PolicyLibrary(Path('policies')); day = date(2026, 11, 24); "
        "print('accessibility' in library.kinds('de', day), 'accessibility' in library.kinds('nz', day), "
        "'accessibility' in library.kinds('de', date(2026, 11, 19)))"
    )
    assert workshop.run(f'"{sys.executable}" -c "{look}"').split() == ["True", "False", "False"]


def test_a_language(workshop: Workshop) -> None:
    steps = blocks("A language")
    for line in steps[0].text.splitlines():
        workshop.run(line)
    dutch = workshop.folder / "locales" / "nl" / "LC_MESSAGES" / "messages.po"
    with dutch.open("rb") as opened:
        catalog = read_po(opened, locale="nl")
    *translated, forgotten = [message for message in catalog if message.id]
    for message in translated:
        message.string = tuple(message.id) if isinstance(message.id, tuple) else message.id
    with dutch.open("wb") as opened:
        write_po(opened, catalog)

    assert steps[1].text == "softlaunch messages check\n"
    (missing,) = _missing(workshop, "nl")
    first = forgotten.id[0] if isinstance(forgotten.id, tuple) else forgotten.id
    assert str(first)[:20] in missing


def _missing(workshop: Workshop, language: str) -> list[str]:
    """What the check says of this language; others may be being translated."""
    said = json.loads(workshop.run("softlaunch messages check --json", fine=False))
    return [each for each in said["errors"] if f"{language}/" in each or each.startswith(language)]


def test_a_crisis_card(workshop: Workshop) -> None:
    workshop.walk("A crisis card")
    with looking(workshop) as db:
        card = db.exec(select(CrisisCard).where(CrisisCard.key == "cut_by_glass")).one()
        text = db.exec(select(CrisisText).where(CrisisText.card == "cut_by_glass", CrisisText.language == "en")).one()
    assert card.number == 17 and "cut by the glass" in text.words


def test_an_e_mail(workshop: Workshop, world_of_templates: World) -> None:
    world = world_of_templates
    (call,) = [each for each in blocks("An e-mail") if each.language == "python"]
    with world.house.database.reading() as db:
        address = db.get_one(Person, "lena").email
    for _twice in range(2):
        with world.house.database.writing() as db:
            exec(call.text, {"letters": letters, "db": db, "now": world.clock.now})  # noqa: S102 - it is our own page
    world.work()

    (mail,) = world.mails(address)
    assert mail["Subject"] == "Your week was planned"
    body = mail.get_body(("plain",))
    assert body is not None and "Your shifts were planned" in body.get_content()


@pytest.fixture
def world_of_templates(workshop: Workshop) -> Iterator[World]:
    """The world over the copy's database and templates, once the recipe has written its own."""
    workshop.walk("An e-mail")
    url = f"sqlite:///{workshop.database}"
    with open_world(workshop.folder / "data", url, templates_dir=workshop.folder / "templates") as world:
        yield world
