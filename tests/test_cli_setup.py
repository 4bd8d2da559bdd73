"""The commands that set a shop up: importing and exporting a folder, and people with their passwords."""

from pathlib import Path

import pytest

from shop.base.db import Database
from shop.demo.showing import FOLDER
from shop.markets.models import Exporter
from shop.staff.models import Person
from shop.staff.signin import who_is
from tests.commands import Softlaunch, database, imported, loaded, softlaunch

__all__ = ["database", "imported", "loaded", "softlaunch"]  # fixtures


def test_importing_says_what_was_loaded(softlaunch: Softlaunch) -> None:
    softlaunch("migrate")

    answer = softlaunch("import", str(FOLDER), "--json")

    assert (answer.code, answer.err) == (0, "")
    assert answer.json["exporter"] == "Harbourbench" and answer.json["rows"]["markets"] == 9


def test_importing_tells_every_mistake(softlaunch: Softlaunch, tmp_path: Path, database: Database) -> None:
    softlaunch("migrate")
    (tmp_path / "setup").mkdir()
    (tmp_path / "setup" / "stock.csv").write_text("sku,on_hand\nBL,many\n")

    people, program = (
        softlaunch("import", str(tmp_path / "setup")),
        softlaunch("import", str(tmp_path / "setup"), "--json"),
    )

    assert people.code == program.code == 1
    assert "stock.csv, line 2: on_hand: 'many' is not a whole number\n" in people.err
    assert "people.csv: is missing\n" in people.err and "Nothing was loaded." in people.err
    assert {"file": "stock.csv", "place": "line 2", "error": "on_hand: 'many' is not a whole number"} in program.json[
        "errors"
    ]
    with database.reading() as db:
        assert db.get(Exporter, 1) is None


def test_importing_another_exporter_is_refused(loaded: Softlaunch, database: Database) -> None:
    with database.writing() as db:
        exporter = db.get_one(Exporter, 1)
        exporter.name = exporter.legal_name = "Somebody Else"

    answer = loaded("import", str(FOLDER), "--json")

    assert answer.code == 1 and "belongs to Somebody Else" in answer.json["errors"][0]["error"]


def test_a_person_is_added_with_a_password_from_standard_input(loaded: Softlaunch, database: Database) -> None:
    added = loaded(
        "user",
        "add",
        "Eva@Example.com",
        "--name",
        "Eva",
        "--role",
        "agent",
        "--markets",
        "de ch",
        stdin="four quiet herons\n",
    )

    assert (added.code, added.out) == (0, "eva@example.com (agent) was added.\n")
    person = who_is(database, "eva@example.com", "four quiet herons")
    assert (person.id, person.markets) == ("eva", "de ch")


def test_an_imported_person_gets_a_password_and_stays_who_they_are(loaded: Softlaunch, database: Database) -> None:
    answer = loaded("user", "add", "lena@harbourbench.example", stdin="four quiet herons\n")

    assert (answer.code, answer.out) == (0, "lena@harbourbench.example (agent) has a new password.\n")
    with database.reading() as db:
        assert db.get_one(Person, "lena").name == "Lena Brandt"


@pytest.mark.parametrize(
    ("words", "password", "complaint"),
    [
        (("eva",), "four quiet herons", "'eva' is not an e-mail address"),
        (("eva@example.com",), "four quiet herons", "name and role are needed"),
        (("eva@example.com", "--name", "Eva", "--role", "boss"), "four quiet herons", "'boss' is none of"),
        (
            ("eva@example.com", "--name", "Eva", "--role", "agent", "--zone", "Mars"),
            "four quiet herons",
            "not a known time zone",
        ),
        (
            ("lena@harbourbench.example", "--language", "tlh"),
            "four quiet herons",
            "language: 'tlh' is none of ar, de, en",
        ),
        (
            ("lena@harbourbench.example", "--markets", "de xx"),
            "four quiet herons",
            "markets: 'xx' is none of ae, br, ca, ch, de, jp, kw, nz, us",
        ),
        (("lena@harbourbench.example",), "short", "at least 12 characters"),
        (("lena@harbourbench.example",), "", "at least 12 characters"),
    ],
)
def test_a_person_who_cannot_be_taken(
    loaded: Softlaunch, words: tuple[str, ...], password: str, complaint: str
) -> None:
    answer = loaded("user", "add", *words, stdin=f"{password}\n")

    assert answer.code == 2 and complaint in answer.err


def test_a_set_up_is_exported_as_what_can_be_imported_again(loaded: Softlaunch, tmp_path: Path) -> None:
    out = str(tmp_path / "out")

    answer = loaded("export", out, "--json")
    assert answer.code == 0
    assert answer.json["exporter"] == "Harbourbench" and answer.json["files"] > 100

    again = loaded("export", out)
    assert again.code == 1 and "is not empty; with --force" in again.err
    assert loaded("export", out, "--force").code == 0
    assert loaded("import", out, "--json").code == 0


def test_there_is_nothing_to_export_before_a_set_up_is_loaded(softlaunch: Softlaunch, tmp_path: Path) -> None:
    softlaunch("migrate")

    answer = softlaunch("export", str(tmp_path / "out"))

    assert answer.code == 1 and "no set-up has been loaded yet" in answer.err
    assert not (tmp_path / "out").exists()
