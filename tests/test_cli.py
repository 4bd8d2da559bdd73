"""The command: what each answers, to people and to programs, and the code it ends with."""

import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest
import uvicorn
from sqlmodel import select

from shop import __version__, cli
from shop.base import messages_commands
from shop.base.db import Database
from shop.base.settings import ROOT
from shop.checkout.models import Order
from shop.demo.showing import FOLDER, PASSWORD
from shop.markets.exposure_models import Invitation
from shop.markets.models import Exporter, LaunchEvent, Market
from shop.migrations.migrate import migrate
from shop.policies.library import PolicyLibrary
from shop.policies.models import AcceptedText, WrittenMinimum
from shop.staff.models import Person
from shop.staff.signin import who_is
from shop.upkeep.importing import import_setup

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass
class Answer:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its answer to a program."""
        return json.loads(self.out)


Softlaunch = Callable[..., Answer]


@pytest.fixture
def softlaunch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Softlaunch:
    """The command in a house of its own, with a clock that stands still."""
    (tmp_path / "clock").write_text("2026-11-24T09:30:00+00:00")
    for name in [name for name in os.environ if name.startswith("SOFTLAUNCH_")]:
        monkeypatch.delenv(name)
    given = {"DATA_DIR": tmp_path / "data", "TESTING": "1", "TEST_CLOCK_FILE": tmp_path / "clock"}
    for name, value in given.items():
        monkeypatch.setenv(f"SOFTLAUNCH_{name}", str(value))
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def run(*words: str, stdin: str = "") -> Answer:
        monkeypatch.setattr(sys, "argv", ["softlaunch", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Answer(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """The database behind the command."""
    opened = Database(f"sqlite:///{tmp_path / 'data' / 'softlaunch.db'}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database into which the demo's set-up was imported, without its passwords."""
    file = tmp_path_factory.mktemp("imported") / "softlaunch.db"
    made = Database(f"sqlite:///{file}")
    migrate(made)
    import_setup(made, FOLDER, PolicyLibrary(ROOT / "policies"), now=NOW)
    made.close()
    return file


@pytest.fixture
def loaded(softlaunch: Softlaunch, imported: Path, tmp_path: Path) -> Softlaunch:
    """The command in a house with the demo's set-up."""
    (tmp_path / "data").mkdir()
    shutil.copy(imported, tmp_path / "data")
    return softlaunch


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


def test_the_policies_are_fine(softlaunch: Softlaunch) -> None:
    answer = softlaunch("policies", "check", "--json")

    assert answer.code == 0 and answer.json["versions"] >= 15 and answer.json["errors"] == []


def test_a_bad_policy_is_told_with_its_file(
    softlaunch: Softlaunch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "policies" / "de").mkdir(parents=True)
    monkeypatch.setattr(cli, "ROOT", tmp_path)

    answer = softlaunch("policies", "check")

    assert answer.code == 1 and answer.err.startswith("policies/de/minimum.toml: ")


def test_a_policy_that_was_edited_after_it_was_accepted_stops_check_and_start(
    loaded: Softlaunch, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = next(PolicyLibrary(ROOT / "policies").all())
    with database.writing() as db:
        text = {"language": "de-CH", "market": version.market, "kind": version.kind, "version": version.name}
        db.add(AcceptedText(hash="of other rules", rules="{}", text="# Old", **text))
    file = f"policies/{version.market}/{version.kind}/{version.name}/rules.toml"

    checked = loaded("policies", "check", "--json")
    started = {command: loaded(command) for command in ("serve", "work")}

    assert checked.code == 1 and checked.json["errors"][0].startswith(f"{file}: was changed")
    for answer in started.values():
        assert answer.code == 2 and answer.out == "" and answer.err.startswith(f"softlaunch: {file}: was changed")


def test_policies_are_held_against_the_minimums_written_at_the_console_as_well(
    loaded: Softlaunch, database: Database
) -> None:
    with database.writing() as db:
        db.add(WrittenMinimum(market="de", kind="returns", rule="window_days", value="400", source="A new law",
                              confidence="high", as_of=date(2026, 11, 1)))  # fmt: skip

    checked = loaded("policies", "check", "--json")

    assert checked.code == 1
    [told] = {each.partition("/rules.toml: ")[2] for each in checked.json["errors"]}
    assert "window_days" in told and "minimum 400 (A new law)" in told
    assert all(each.startswith("policies/de/returns/") for each in checked.json["errors"])
    with database.writing() as db:
        db.get_one(WrittenMinimum, ("de", "returns", "window_days")).value = "14"
    assert loaded("policies", "check").code == 0


def test_checking_policies_makes_no_database(softlaunch: Softlaunch, tmp_path: Path) -> None:
    assert softlaunch("policies", "check").code == 0
    assert not (tmp_path / "data").exists()


def test_messages_are_checked_and_gathered(
    softlaunch: Softlaunch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[[tool.babel.mappings]]\nmethod = "shop.base.messages:python_messages"\npattern = "**.py"\n'
    )
    (tmp_path / "code.py").write_text('N_("Good day")')
    (tmp_path / "locales").mkdir()
    monkeypatch.setattr(messages_commands, "ROOT", tmp_path)

    stale, gathered, fresh = (
        softlaunch("messages", "check"),
        softlaunch("messages", "gather"),
        softlaunch("messages", "check"),
    )

    assert (stale.code, stale.err.splitlines()[0]) == (1, "messages.pot: missing: 'Good day'")
    assert (gathered.code, fresh.code) == (0, 0)
    (tmp_path / "code.py").write_text("N_(day)")
    broken = softlaunch("messages", "check")
    assert broken.code == 1 and "code.py, line 1: N_() is not given a literal message" in broken.err


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


def test_coverage_says_no_where_more_is_uncovered_than_a_market_allows(loaded: Softlaunch, database: Database) -> None:
    answer = loaded("coverage", "--market", "de", "--json")
    (found,) = answer.json["coverage"]
    assert answer.code == 1
    assert (found["market"], found["language"], found["in_bounds"]) == ("de", "de", False)
    assert (
        found["waking_minutes"]
        == 28 * 14 * 60
        == sum(found[f"{part}_minutes"] for part in ("native", "fluent", "uncovered"))
    )
    assert sum(found["uncovered_by_week"]) == found["uncovered_minutes"] and len(found["uncovered_by_week"]) == 4
    told = loaded("coverage", "--market", "de")
    assert told.code == 1 and "every week without anybody: Mon–Fri" in told.err
    with database.writing() as db:
        db.get_one(Market, "de").uncovered_minutes = max(found["uncovered_by_week"])
    assert loaded("coverage", "--market", "de").code == 0


def test_coverage_with_hours_that_nobody_works_yet(loaded: Softlaunch) -> None:
    plain = loaded("coverage", "--market", "jp", "--json", "--weeks", "1").json["coverage"][0]
    added = ("--add", "Osaka 0-24 daily ja native")
    whole = loaded("coverage", "--market", "jp", "--json", "--weeks", "1", *added)
    assert (whole.code, whole.json["coverage"][0]["uncovered_minutes"]) == (0, 0)
    assert whole.json["coverage"][0]["holes_utc"] == [] != plain["holes_utc"]
    assert loaded("coverage", "--market", "jp", "--json", "--weeks", "1").json["coverage"][0] == plain


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--market", "xx"), "there is no market 'xx'"),
        (("--add", "Atlantis 9-13"), "--add 'Atlantis 9-13': Please begin with a place"),
        (("--weeks", "9"), "weeks"),
        (("--weeks", "soon"), "weeks"),
    ],
)
def test_coverage_that_cannot_be_asked_for_ends_with_two(loaded: Softlaunch, words: tuple[str, ...], says: str) -> None:
    answer = loaded("coverage", *words)
    assert answer.code == 2 and says in answer.err


def test_markets_are_listed_and_shown(loaded: Softlaunch) -> None:
    listed, shown = loaded("market", "list", "--json").json, loaded("market", "show", "jp", "--json").json

    states = {each["market"]: each["state"] for each in listed}
    selling = {"nz": "open", "de": "open", "ch": "soft", "jp": "soft"}
    assert states == selling | {"ae": "ready", "ca": "paused", "us": "winding_down", "br": "draft", "kw": "draft"}
    assert shown["steps"] == ["redraft", "open", "pause", "wind_down"] and shown["order_cap"] == 50
    assert ("payments.live", "waived") in [(each["gate"], each["status"]) for each in shown["gates"]]
    assert [each["action"] for each in shown["history"]] == ["ready", "launch"]
    assert "jp: soft; steps: redraft, open, pause, wind_down" in loaded("market", "show", "jp").out
    assert re.search(r"soft +percentage +0/200", loaded("market", "list").out)


def test_a_market_is_moved_by_a_named_person_with_a_reason(loaded: Softlaunch, database: Database) -> None:
    paused = loaded(
        "market", "pause", "ch", "--person", "mere@harbourbench.example", "--reason", "Stock is counted", "--json"
    )
    again = loaded("market", "pause", "ch", "--person", "mere", "--reason", "Again", "--json")
    resumed = loaded("market", "resume", "ch", "--person", "ruth", "--reason", "It is counted")

    assert (
        paused.code == 0
        and {"from": "soft", "to": "paused", "person": "mere", "mode": "sell_stop"}.items() <= paused.json.items()
    )
    assert again.code == 1 and again.json["refused"] == "wrong_step"
    assert resumed.code == 0 and "paused -> soft  by ruth" in resumed.out
    with database.reading() as db:
        assert db.get_one(Market, "ch").state == "soft"
        events = db.exec(select(LaunchEvent).where(LaunchEvent.market == "ch").order_by(LaunchEvent.at)).all()
        assert [each.reason for each in events[2:]] == ["Stock is counted", "It is counted"]


def test_two_people_open_a_market_and_a_pause_is_undone(loaded: Softlaunch, database: Database) -> None:
    asked = loaded("market", "second-person", "ch", "--person", "mere", "--reason", "Two look closer")
    no = loaded("market", "open", "ch", "--person", "mere", "--json")
    waits = loaded("market", "open", "ch", "--person", "mere", "--override", "Known from elsewhere")
    [listed] = loaded("market", "proposals", "ch", "--json").json
    own = loaded("market", "approve", "ch", str(listed["proposal"]), "--person", "mere", "--json")
    agreed = loaded("market", "approve", "ch", str(listed["proposal"]), "--person", "ruth", "--json")
    over = loaded("market", "call-off", "ch", str(listed["proposal"]), "--person", "ruth")
    assert asked.code == 0 and (no.code, no.json["refused"]) == (1, "not_yet_go")
    assert waits.code == 0 and "waits for a second person" in waits.out
    assert (own.code, own.json["refused"], over.code) == (1, "own_proposal", 1)
    assert {"from": "soft", "to": "open", "person": "mere", "approved_by": "ruth"}.items() <= agreed.json.items()
    loaded("market", "pause", "ch", "--person", "mere", "--reason", "A slip")
    waits = loaded("market", "undo", "ch", "--person", "mere", "--json")
    undone = loaded("market", "approve", "ch", str(waits.json["proposal"]), "--person", "ruth", "--json")
    assert {"action": "undo", "from": "paused", "to": "open"}.items() <= undone.json.items()


def test_a_market_is_wound_down_with_everything_written_down(loaded: Softlaunch, database: Database) -> None:
    words = ("wind-down", "ae", "--person", "mere", "--reason", "x", "--contact", "Layla", "--refund-plan", "Bank")
    assert loaded("market", *words, "--last-order-on", "soon").code == 2
    for fate in ("HB-BL-230:1:give", f"HB-BL-230:{'9' * 23}:sell:1.00:Layla", "HB-BL-230:-1:sell:1.00:Layla"):
        assert loaded("market", *words, "--last-order-on", "2027-01-01", "--fate", fate).code == 2
    loaded("market", "launch", "ae", "--person", "mere", "--audience", "invitation", "--order-cap", "7")
    lacking = loaded("market", *words, "--last-order-on", "2030-01-01", "--json")
    assert (lacking.code, lacking.json["refused"]) == (1, "winding_incomplete")
    fates = [word for sku in lacking.json["lacking"] for word in ("--fate", f"{sku}:2:sell:10.00:Layla")]
    assert loaded("market", *words, "--last-order-on", "2030-01-01", *fates, *fates[:2]).code == 2
    assert loaded("market", *words, "--last-order-on", "2030-01-01", *fates).code == 0
    assert loaded("market", "close", "ae", "--person", "mere", "--reason", "Nothing was sold").code == 0


def test_a_market_is_launched_to_whom_it_is_said(loaded: Softlaunch) -> None:
    assert loaded("market", "launch", "ae", "--person", "mere", "--order-cap", "9" * 23).code == 2
    answer = loaded(
        "market", "launch", "ae", "--person", "mere", "--audience", "percentage", "--percent", "2.5", "--order-cap", "7"
    )

    shown = loaded("market", "show", "ae", "--json").json
    assert answer.code == 0
    assert (shown["state"], shown["audience"], shown["percent"], shown["order_cap"]) == ("soft", "percentage", 2.5, 7)


def test_the_exposure_of_a_market_is_changed_cap_by_cap(loaded: Softlaunch, database: Database) -> None:
    caps = ("--daily-cap", "5", "--value-cap", "9000.50", "--customer-cap", "2", "--minutes-per-contact", "12")
    changed = loaded("market", "exposure", "ch", "--person", "mere", "--percent", "12.5", *caps)
    names = ("percent", "order_cap", "daily_cap", "value_cap", "customer_cap", "minutes_per_contact")

    def now() -> list[object]:
        shown = loaded("market", "show", "ch", "--json").json
        return [shown[name] for name in names]

    assert changed.code == 0 and now() == [12.5, 200, 5, 900_050, 2, 12]
    wrong = [
        ("--value-cap", "much"),
        ("--value-cap", "1.001"),
        ("--order-cap", "9" * 23),
        ("--daily-cap", "9" * 23),
        ("--value-cap", "9" * 23),
        ("--no-limit", "percent"),
        ("--audience", "all"),
    ]
    assert {loaded("market", "exposure", "ch", "--person", "mere", *each).code for each in wrong} == {2}
    narrowed = loaded("market", "exposure", "ch", "--person", "mere", "--order-cap", "150")
    assert narrowed.code == 0 and now() == [12.5, 150, 5, 900_050, 2, 12]
    lifted = loaded(
        "market", "exposure", "ae", "--audience", "invitation", "--no-limit", "order-cap", "--person", "mere"
    )
    assert lifted.code == 0 and loaded("market", "show", "ae", "--json").json["order_cap"] is None


def test_a_percentage_is_drawn_anew_by_a_named_person_with_a_reason(loaded: Softlaunch, database: Database) -> None:
    assert loaded("market", "redraw", "ch", "--person", "mere").code == 2
    drawn = loaded("market", "redraw", "ch", "--person", "mere", "--reason", "One office took it all")
    assert drawn.code == 0 and "redraw  soft -> soft  by mere: One office took it all" in drawn.out
    with database.reading() as db:
        assert db.get_one(Market, "ch").draw == 2
    assert loaded("market", "redraw", "de", "--person", "mere", "--reason", "x").code == 1


def test_a_market_that_is_not_ready_says_what_is_in_the_way(loaded: Softlaunch, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Market, "ae").specialist = ""

    people = loaded("market", "launch", "ae", "--person", "mere")
    program = loaded("market", "launch", "ae", "--person", "mere", "--json")

    assert people.code == program.code == 1
    assert people.err == "no: these gates are in the way\n  agents.specialist: Nobody is named\n"
    assert [each["gate"] for each in program.json["gates"]] == ["agents.specialist"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("open", "ch"), "may change ch: mere, ruth"),
        (("open", "ch", "--person", "lena"), "may change ch: mere, ruth"),
        (("open", "xx", "--person", "mere"), "there is no such market"),
        (("pause", "ch", "--person", "mere"), "Missing option '--reason'"),
        (
            ("pause", "ch", "--person", "mere", "--reason", "x", "--mode", "off"),
            "--mode is none of sell_stop, hidden, safety",
        ),
        (("launch", "ae", "--person", "mere", "--audience", "all"), "--audience is none of invitation, percentage"),
        (("launch", "ae", "--person", "mere", "--percent", "101"), "less than or equal to 100"),
    ],
)
def test_a_step_that_is_asked_for_wrongly(loaded: Softlaunch, words: tuple[str, ...], complaint: str) -> None:
    answer = loaded("market", *words)

    assert answer.code == 2 and complaint in answer.err


def test_the_demo_is_loaded_once_and_shows_every_door(
    softlaunch: Softlaunch, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[uvicorn.Config] = []

    def run(server: uvicorn.Server) -> NoReturn:
        served.append(server.config)
        raise SystemExit(0)

    monkeypatch.setattr(uvicorn.Server, "run", run)
    first = softlaunch("demo")
    with database.reading() as db:
        once = len(db.exec(select(Order)).all())
    second = softlaunch("demo")

    assert first.code == second.code == 0 and once > 100
    for words in (
        "http://127.0.0.1:8000/ch/fr/",
        "http://127.0.0.1:8000/jp/ja/",
        "/sign-in",
        PASSWORD,
        "mere@harbourbench.example",
    ):
        assert words in first.out
    assert first.out.count("/invite/") == 2 and "Loading" in first.err and "Loading" not in second.err
    assert served[0].app == "shop.app:served" and not served[0].server_header and not served[0].access_log
    assert "Serving on" not in first.out, "nobody can come yet"
    with database.reading() as db:
        assert {each.market for each in db.exec(select(LaunchEvent)).all()} >= {
            "nz",
            "de",
            "ch",
            "jp",
            "ae",
            "ca",
            "us",
        }
        assert len(db.exec(select(Invitation)).all()) == 5  # two of each loading, and that of Japan's first customers
        assert len(db.exec(select(Order)).all()) == once
        assert all(each.password_hash for each in db.exec(select(Person)).all())


def test_the_demo_can_begin_without_any_orders(
    softlaunch: Softlaunch, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uvicorn.Server, "run", lambda _server: sys.exit(0))

    assert softlaunch("demo", "--empty").code == 0
    with database.reading() as db:
        assert db.exec(select(Order)).all() == [] and db.exec(select(Market)).all() != []


def test_a_demo_that_was_interrupted_says_so(softlaunch: Softlaunch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uvicorn.Server, "run", lambda _server: sys.exit(0))
    with monkeypatch.context() as cut:
        cut.setattr("shop.demo_past.play", _interrupted)
        assert softlaunch("demo").code != 0

    again = softlaunch("demo")

    assert again.code == 1 and "was interrupted" in again.err


def _interrupted(*_given: object, **_named: object) -> NoReturn:
    raise KeyboardInterrupt


def test_the_demo_touches_no_other_exporter(loaded: Softlaunch, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Exporter, 1).legal_name = "Real Kettles Ltd"

    answer = loaded("demo")

    assert answer.code == 1 and "this database belongs to" in answer.err
    with database.reading() as db:
        assert not any(each.password_hash for each in db.exec(select(Person)).all())


@pytest.mark.slow
def test_the_demo_serves_and_ends_when_told(tmp_path: Path) -> None:
    with served(tmp_path, "demo", "--empty") as (process, url):
        assert httpx.get(f"{url}/de/de/").status_code == 200
        assert "server" not in httpx.get(f"{url}/healthz").headers
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0


@pytest.mark.slow
def test_the_worker_ends_when_told(tmp_path: Path) -> None:
    environment = housed(tmp_path)
    subprocess.run([sys.executable, "-m", "shop", "migrate"], cwd=ROOT, env=environment, check=True)
    process = subprocess.Popen([sys.executable, "-m", "shop", "work"], cwd=ROOT, env=environment)
    waited_for(lambda: leases(tmp_path) > 0)
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=15) == 0


@contextmanager
def served(tmp_path: Path, *command: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A serving process that answers, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([sys.executable, "-m", "shop", *command], cwd=ROOT, env=housed(tmp_path, PORT=str(port)))
    try:
        waited_for(lambda: answers(url))
        yield process, url
    finally:
        process.kill()
        process.wait()


def housed(tmp_path: Path, **variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOFTLAUNCH_")}
    return {
        **kept,
        "SOFTLAUNCH_DATA_DIR": str(tmp_path),
        **{f"SOFTLAUNCH_{name}": value for name, value in variables.items()},
    }


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def leases(tmp_path: Path) -> int:
    database = Database(f"sqlite:///{tmp_path / 'softlaunch.db'}")
    with database.reading() as db:
        count = db.connection().exec_driver_sql("SELECT count(*) FROM job_lease").scalar_one()
    database.close()
    return int(count)


def waited_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, "nothing happened for a minute"
        time.sleep(0.1)


def test_scorecard_says_no_without_a_go_and_why(loaded: Softlaunch) -> None:
    answer = loaded("scorecard", "jp", "--json")
    assert (answer.code, answer.json["decision"]) == (1, "HOLD")
    assert any(each.startswith("orders:0<") for each in answer.json["reasons"])
    told = loaded("scorecard", "jp")
    assert told.code == 1 and told.err.startswith("jp: HOLD (days ")
    assert "Orders since counting began: 0 of 50 It takes 50 more orders." in told.err
    assert loaded("scorecard", "xx").code == 2


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
