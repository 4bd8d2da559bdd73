"""The command itself: how it is used, what it needs, and one line for what is wrong; and cases that are read from a file."""

import os
from pathlib import Path

import pytest

from shop import __version__
from shop.base.db import Database
from shop.demo.showing import FOLDER
from tests.commands import Answer, Softlaunch, database, softlaunch

__all__ = ["database", "softlaunch"]  # fixtures


def test_the_version_is_told(softlaunch: Softlaunch) -> None:
    assert softlaunch("--version").out == f"{__version__}\n"


@pytest.mark.parametrize(
    "words", [(), ("nonsense",), ("serve", "--nonsense"), ("import",), ("import", "/nowhere"), ("market",)]
)
def test_wrong_use_ends_with_two(softlaunch: Softlaunch, words: tuple[str, ...]) -> None:
    assert softlaunch(*words).code == 2


@pytest.mark.parametrize("command", [("person", "erase"), ("market", "show"), ("scorecard",), ("import",), ("--json",)])
def test_a_word_that_is_not_utf_8_is_refused_in_one_line(softlaunch: Softlaunch, command: tuple[str, ...]) -> None:
    softlaunch("migrate")
    answer = softlaunch(*command, os.fsdecode(b"j\xfcrgen@example.com"))
    place = len(command) + 1
    refusal = f"softlaunch: word {place} of the command is not UTF-8: j\\xfcrgen@example.com\n"
    assert (answer.code, answer.out, answer.err) == (2, "", refusal)


def test_a_word_in_other_letters_is_taken(softlaunch: Softlaunch) -> None:
    assert softlaunch("plan", "/市場").err == "softlaunch: /市場: No such file or directory\n"


@pytest.mark.parametrize(
    "command", [("serve",), ("work",), ("market", "list"), ("import", str(FOLDER)), ("user", "add", "a@b.example")]
)
def test_a_database_of_an_older_shape_is_not_used(softlaunch: Softlaunch, command: tuple[str, ...]) -> None:
    answer = softlaunch(*command)

    assert answer.code == 2
    assert answer.err == "softlaunch: the database does not have the newest shape; run: softlaunch migrate\n"


def test_a_bad_setting_is_one_line_that_names_it(softlaunch: Softlaunch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOFTLAUNCH_PORT", "eighty")

    answer = softlaunch("serve")

    assert answer.code == 2 and answer.out == ""
    assert answer.err == "softlaunch: SOFTLAUNCH_PORT: 'eighty' is not a whole number from 0 to 65535\n"


def test_a_database_that_is_away_is_one_line(softlaunch: Softlaunch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOFTLAUNCH_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    answer = softlaunch("market", "list")

    assert answer.code == 1
    assert answer.err.startswith("softlaunch: the database cannot be used: ") and answer.err.count("\n") == 1


def test_a_database_of_a_later_version_is_left_alone(softlaunch: Softlaunch, database: Database) -> None:
    softlaunch("migrate")
    with database.writing() as db:
        db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    answer = softlaunch("migrate")

    assert answer.code == 2 and "made by another version of softlaunch" in answer.err


def test_a_case_that_cannot_be_read_is_answered_in_its_place(softlaunch: Softlaunch, tmp_path: Path) -> None:
    (tmp_path / "cases.json").write_text('[{"kind": "nonsense"}]')

    answer = softlaunch("plan", str(tmp_path / "cases.json"), "--json")

    assert answer.code == 2 and "nonsense" in answer.json[0]["error"]


def test_no_cases_have_no_answers(softlaunch: Softlaunch, tmp_path: Path) -> None:
    (tmp_path / "cases.json").write_text("[]")

    assert softlaunch("plan", str(tmp_path / "cases.json"), "--json") == Answer(0, "[]\n", "")


@pytest.mark.parametrize("text", [b"{", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_one_line(softlaunch: Softlaunch, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "cases.json").write_bytes(text)

    answer = softlaunch("plan", str(tmp_path / "cases.json"))

    assert answer.code == 2 and answer.err.count("\n") == 1 and "is not JSON" in answer.err


def test_a_plan_that_is_not_there_is_one_line(softlaunch: Softlaunch, tmp_path: Path) -> None:
    answer = softlaunch("plan", str(tmp_path / "none.json"))

    assert answer.code == 2 and answer.err.endswith("none.json: No such file or directory\n")
