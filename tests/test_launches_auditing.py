"""The history of markets: every deed leaves an event, none is ever changed, and who asks finds it, on paper too."""

import ast
import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from shop.base.audit import AuditEntry
from shop.base.db import Database
from shop.base.settings import ROOT
from shop.checkout.stopping import lift_stop, stop_sale
from shop.launches.auditing.trail import PAGE, SYSTEM, Sought, as_csv, changed, trail
from shop.launches.auditing.trail_words import NAMES
from shop.launches.changing.invitations import make_invitation, revoke_invitation
from shop.launches.changing.table import STEPS
from shop.launches.readying.waiving import waive
from shop.launches.words import ACTIONS
from shop.markets.history import REQUEST, note_deed
from shop.markets.models import LaunchEvent
from shop.staff.may import ALL_MARKETS
from shop.staff.models import Person
from tests.launch_console import database, give_passwords, mere
from tests.launching import NOW, events, exporter, launched, step, undo
from tests.world import Browser, World, text
from tests.world import world as open_world

__all__ = ["database", "mere"]  # fixtures

AUDIT = "/console/audit"
BY_THEIR_OWN_NAMES = {
    "stop_lines.writing",
    "editing.following",
    "documents.filling",
}  # lines, columns, fields of a form


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[World]:
    with exporter(tmp_path) as made, open_world(tmp_path, f"sqlite:///{tmp_path / 'launching.db'}") as opened:
        opened.clock.now = NOW
        give_passwords(opened.house.database)
        launched(made)
        yield opened


def noted(database: Database, action: str, *, market: str = "nz", person: str = "mere", **values: object) -> int:
    with database.writing() as db:
        event = note_deed(db, market, action, person=person, now=NOW, **values)  # type: ignore[arg-type]
        db.flush()
        return event.id or 0


def seen(browser: Browser, url: str, status: int = 200) -> str:
    answer = browser.get(url)
    assert answer.status_code == status, text(answer.text)
    return text(answer.text)


def cells(browser: Browser, url: str) -> list[dict[str, str]]:
    answer = browser.get(url)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_no_event_is_ever_changed_or_removed(world: World) -> None:
    database = world.house.database
    with database.reading() as db:
        before = [each.model_dump() for each in db.exec(select(LaunchEvent).order_by(col(LaunchEvent.id))).all()]
    assert before
    for deed in (update(LaunchEvent).values(person="nobody"), delete(LaunchEvent)):
        with pytest.raises(DBAPIError, match="only ever added to"), database.writing() as db:
            db.connection().execute(deed)
    with database.reading() as db:
        assert [
            each.model_dump() for each in db.exec(select(LaunchEvent).order_by(col(LaunchEvent.id))).all()
        ] == before


def test_every_deed_has_its_word() -> None:
    code = "".join(file.read_text("utf-8") for file in (ROOT / "shop").rglob("*.py"))
    deeds = set(re.findall(r'(?:note_deed\(\s*db,\s*[\w.]+,|same_state\(\s*\w+,)\s*"(\w+)"', code))
    assert {"schedule", "deny", "waive"} <= deeds
    assert (deeds | STEPS.keys()) - ACTIONS.keys() == set()


def told_of(tree: ast.Module) -> Iterator[str | None]:
    """What the events that a module writes tell of, by name; None for what is reckoned."""
    nodes = list(ast.walk(tree))
    named = [(each.targets[0], each.value) for each in nodes if isinstance(each, ast.Assign)]
    told = [value for target, value in named if ast.unparse(target).endswith(".details")]
    for call in nodes:
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "write_change":
            told += [each for each in call.args if isinstance(each, ast.Dict)]
        elif isinstance(call, ast.Call) and ast.unparse(call.func) == "note_deed":
            given = [each.value for each in call.keywords if each.arg == "changed"]
            names = [ast.unparse(each) for each in given]
            told += [value for target, value in named if ast.unparse(target) in names]
            told += [each for each in given if not isinstance(each, ast.Name)]
    for value in told:
        for each in value.args if isinstance(value, ast.Call) and ast.unparse(value.func) == "json.dumps" else [value]:
            keys = each.keys if isinstance(each, ast.Dict) else [None]
            yield from (key.value if isinstance(key, ast.Constant) else None for key in keys)


def test_whatever_an_event_tells_of_has_its_word() -> None:
    found = {
        ".".join(file.with_suffix("").parts[-2:]): set(told_of(ast.parse(file.read_text("utf-8"))))
        for file in (ROOT / "shop").rglob("*.py")
    }
    names = {name for told in found.values() for name in told if name is not None}
    assert {"invitation", "draw", "four_eyes", "research", "policy", "planned"} <= names
    assert names - NAMES.keys() == set()
    assert {module for module, told in found.items() if None in told} == BY_THEIR_OWN_NAMES | {"changing.transitions"}


def test_whatever_a_step_tells_of_has_its_word(database: Database) -> None:
    step(database, "open")
    step(database, "pause", mode="hidden")
    step(database, "resume")
    undo(database)
    step(database, "wind_down")
    step(database, "close")
    with database.reading() as db:
        told = {name for each in db.exec(select(LaunchEvent)).all() for name in changed(each)}
    assert {"counted_days", "counted_orders", "recommendation", "last_order_at", "ever_sold"} <= told
    assert told - NAMES.keys() == set()


def test_the_page_names_what_a_count_that_ended_had_come_to(mere: Browser, database: Database) -> None:
    step(database, "pause", mode="hidden")
    step(database, "resume")
    told = seen(mere, AUDIT)
    assert "Days counted: before 0, now 0" in told and "Paid orders counted: before 0, now 0" in told


def test_stops_invitations_and_waivers_leave_events(at_work: World, database: Database) -> None:
    number = len(events(database))
    with database.writing() as db:
        made = make_invitation(db, "nz", person="mere", uses=3, days=7, note="friends", now=NOW)
        revoke_invitation(db, "nz", made.invitation.id or 0, person="mere", now=NOW)
        stop = stop_sale(db, sku="HB-1", market="nz", reason="jars break", person="mere", now=NOW)
        lift_stop(db, stop.id or 0, person="mere", now=NOW)
        waive(db, "nz", "test_order", person="mere", reason="done by hand", until=NOW.date(), now=NOW)
    told = [each[0] for each in events(database)][number:]
    assert told == ["invite", "revoke", "stop", "lift", "waive"]
    with database.reading() as db:
        rows = db.exec(select(LaunchEvent).order_by(col(LaunchEvent.id))).all()[number:]
    assert changed(rows[0])["uses"] == (None, 3)
    assert changed(rows[2]) == {"sku": ("HB-1", "HB-1"), "sale": ("on", "stopped")}
    assert {each.person for each in rows} == {"mere"}


def test_contacts_that_were_tried_stand_in_the_audit(mere: Browser, database: Database) -> None:
    answer = mere.post("/console/markets/nz/readiness/contacts")
    assert answer.status_code == 303
    with database.reading() as db:
        event = db.exec(select(LaunchEvent).where(LaunchEvent.action == "contacts")).one()
        assert event.person == "mere" and event.request == answer.headers["x-request-id"]
        entry = select(AuditEntry.kind).where(AuditEntry.chain == "launches:nz", AuditEntry.subject == str(event.id))
        assert db.exec(entry).one() == "contacts"


def test_nobody_writes_an_event_past_the_audit() -> None:
    code = {file: file.read_text("utf-8") for file in (ROOT / "shop").rglob("*.py")}
    made = re.compile(r"db\.add\((?:LaunchEvent|same_state)\(")
    assert [str(file) for file, text in code.items() if made.search(text)] == []


def test_a_stop_everywhere_is_told_in_every_market_that_sells_it(database: Database) -> None:
    with database.writing() as db:
        stop_sale(db, sku="HB-1", market=ALL_MARKETS, reason="jars break", person="mere", now=NOW)
    assert events(database)[-1][0] == "stop" and not events(database, "de")


def test_an_event_carries_the_request_that_asked_for_it(mere: Browser, database: Database) -> None:
    answer = mere.post("/console/markets/nz/invitations", {"max_uses": "3", "days": "7", "note": "friends"})
    with database.reading() as db:
        event = db.exec(select(LaunchEvent).where(LaunchEvent.action == "invite")).one()
    assert event.request == answer.headers["x-request-id"] != ""
    assert event.request in seen(mere, AUDIT)


def test_what_no_request_asked_for_has_none(database: Database) -> None:
    with database.reading() as db:
        assert {each.request for each in db.exec(select(LaunchEvent)).all()} == {""}
    with database.writing() as db:
        db.info[REQUEST] = "abc"
        assert note_deed(db, "nz", "lift", person="mere", now=NOW).request == "abc"


def test_the_page_tells_what_became_of_what_and_who_did_it_why(mere: Browser, database: Database) -> None:
    step(database, "pause", mode="hidden", reason="stocktaking")
    page = seen(mere, AUDIT)
    for each in (
        "New Zealand: Pause. Hide the catalogue behind one page",
        "Mere Tauranga",
        "stocktaking",
        "Kind of pause: before none, now Hide the catalogue behind one page",
        "Tue, Nov 24, 10:30",
        "Decided on the facts under:",
    ):
        assert each in page, (each, page)


def test_the_system_and_its_rule_are_named(mere: Browser, database: Database) -> None:
    noted(database, "pause", person="", rule="guardrail:returns")
    noted(database, "schedule", rule="schedule", approved_by="ruth")
    page = seen(mere, AUDIT)
    assert "By itself: " in page
    assert "Mere Tauranga (as planned)" in page and "Agreed to by: Ruth Alderson" in page


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ("", ["4", "3", "2", "1"]),
        ("action=launch", ["2"]),
        ("person=ruth", ["4"]),
        (f"person={SYSTEM}", ["3"]),
        ("market=nz&action=ready", ["1"]),
        ("market=de", []),
        ("market=xx", []),
        ("since=2026-11-25", []),
        ("since=2026-11-24&until=2026-11-24", ["4", "3", "2", "1"]),
        ("until=2026-11-23", []),
    ],
)
def test_it_is_narrowed_down(mere: Browser, database: Database, asked: str, numbers: list[str]) -> None:
    noted(database, "stop_lines", person="")
    noted(database, "lift", approved_by="ruth")
    assert [each["id"] for each in cells(mere, f"{AUDIT}.csv?{asked}")] == numbers
    page = mere.get(f"{AUDIT}?{asked}").text
    assert [each for each in ("4", "3", "2", "1") if f'id="event-{each}"' in page] == numbers


def test_a_day_that_is_none_is_said_and_narrows_nothing_down(mere: Browser) -> None:
    assert "Please enter a date." in seen(mere, f"{AUDIT}?since=soon")
    assert cells(mere, f"{AUDIT}.csv?since=soon&until=9999-99-99")
    assert "Please enter a date." in seen(mere, f"{AUDIT}?until=9999-12-31")


def test_days_are_those_of_the_clock_at_home(mere: Browser, database: Database) -> None:
    with database.writing() as db:  # 00:30 of the 25th in Auckland
        note_deed(db, "nz", "lift", person="mere", now=NOW + timedelta(hours=2))
    assert [each["action"] for each in cells(mere, f"{AUDIT}.csv?since=2026-11-25")] == ["lift"]


def test_pages_follow_each_other_and_what_comes_meanwhile_shifts_nothing(mere: Browser, database: Database) -> None:
    for _ in range(PAGE + 5):
        noted(database, "lift")
    first = mere.get(f"{AUDIT}?action=lift").text
    assert first.count('id="event-') == PAGE
    noted(database, "lift")
    following = f"{AUDIT}?action=lift&before={PAGE + 2 + 5 - PAGE + 1}"
    assert following.replace("&", "&amp;") in first
    second = mere.get(following).text
    assert second.count('id="event-') == 5 and 'rel="next"' not in second
    assert len(cells(mere, f"{AUDIT}.csv?action=lift")) == PAGE + 6


def test_the_file_holds_nothing_that_a_spreadsheet_would_reckon_with(mere: Browser, database: Database) -> None:
    noted(database, "lift", reason='=HYPERLINK("http://example.com","x")')
    noted(database, "lift", reason="line one\n+line, two", changed={"sku": ("=1+1", "@x")})
    rows = cells(mere, f"{AUDIT}.csv?action=lift")
    assert rows[1]["reason"] == '\'=HYPERLINK("http://example.com","x")'
    assert rows[0]["reason"] == "line one\n+line, two"
    assert json.loads(rows[0]["changed"]) == {"sku": ["=1+1", "@x"]}
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())


def test_the_file_has_both_clocks_old_and_new_and_every_column(mere: Browser, database: Database) -> None:
    step(database, "pause", mode="hidden", reason="stocktaking")
    row = cells(mere, f"{AUDIT}.csv?action=pause")[0]
    assert (row["at"], row["at_there"]) == ("2026-11-24T09:30:00Z", "2026-11-24T22:30:00+13:00")
    assert (row["from"], row["to"], row["mode"], row["person"], row["name"]) == (
        "soft",
        "paused",
        "hidden",
        "mere",
        "Mere Tauranga",
    )
    assert json.loads(row["changed"])["state"] == ["soft", "paused"]
    assert len(row["snapshot"]) == 64


def test_staff_see_their_own_markets_only(at_work: World, database: Database) -> None:
    noted(database, "lift", market="de", reason="only for de")
    ruth = at_work.signed_in("ruth")
    assert "only for de" not in seen(ruth, AUDIT) and "Launch softly" in seen(ruth, AUDIT)
    assert cells(ruth, f"{AUDIT}.csv?market=de") == []
    assert ruth.get("/console/markets/de/audit").status_code == 404
    tane = at_work.signed_in("tane")
    assert tane.get(AUDIT).status_code == tane.get(f"{AUDIT}.csv").status_code == 404


def test_somebody_without_any_market_sees_nothing(at_work: World, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Person, "ruth").markets = "fr"
    assert cells(at_work.signed_in("ruth"), f"{AUDIT}.csv") == []


def test_one_markets_own_history_leads_back_to_it(mere: Browser, database: Database) -> None:
    noted(database, "lift", market="de", reason="only for de")
    page = seen(mere, "/console/markets/nz/audit")
    assert "Launch softly" in page and "only for de" not in page
    assert "only for de" in seen(mere, "/console/markets/de/audit?action=lift")
    assert mere.page is not None and 'name="market"' not in mere.page.text
    assert mere.get("/console/markets/xx/audit").status_code == 404


def test_hostile_words_are_only_words(mere: Browser, database: Database) -> None:
    noted(database, "<b>deed</b>", reason="<script>alert(1)</script>", changed={"<i>": ("<u>", "</td>")})
    page = mere.get(AUDIT).text
    assert "<script>alert(1)" not in page and "<b>deed" not in page and "<u>" not in page


def test_whatever_is_kept_otherwise_than_as_a_pair_is_shown_as_new() -> None:
    event = LaunchEvent(
        market="nz", at=NOW, action="lift", from_state="soft", to_state="soft", person="", reason="",
        details='{"note": "x", "list": [1, 2, 3]}',
    )  # fmt: skip
    assert changed(event) == {"note": (None, "x"), "list": (None, [1, 2, 3])}
    assert "x" in as_csv([event], {"nz": "UTC"}, {})


def test_who_seeks_nothing_finds_everything_newest_first(database: Database) -> None:
    with database.reading() as db:
        assert [each.action for each in trail(db, Sought())] == ["launch", "ready"]
