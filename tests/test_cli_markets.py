"""The commands about markets: listed, moved step by step by a named person, covered and judged."""

import re

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.markets.models import LaunchEvent, Market
from tests.commands import Softlaunch, database, imported, loaded, softlaunch

__all__ = ["database", "imported", "loaded", "softlaunch"]  # fixtures


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


def test_scorecard_says_no_without_a_go_and_why(loaded: Softlaunch) -> None:
    answer = loaded("scorecard", "jp", "--json")
    assert (answer.code, answer.json["decision"]) == (1, "HOLD")
    assert any(each.startswith("orders:0<") for each in answer.json["reasons"])
    told = loaded("scorecard", "jp")
    assert told.code == 1 and told.err.startswith("jp: HOLD (days ")
    assert "Orders since counting began: 0 of 50 It takes 50 more orders." in told.err
    assert loaded("scorecard", "xx").code == 2


def test_scorecard_marks_the_figures_that_do_not_decide(loaded: Softlaunch) -> None:
    told = loaded("scorecard", "jp").err
    assert "Questions per order" in told and told.count("(For information only)") == 3, told


def test_scorecard_tells_since_when_it_counts_and_of_the_counts_before(loaded: Softlaunch) -> None:
    told, [earlier] = loaded("scorecard", "de").err, loaded("scorecard", "de", "--json").json["earlier"]
    since, until = earlier["since"][:10], earlier["until"][:10]
    assert f", since {until})" in told and f"earlier count: {since} to {until}: its figures were not kept" in told
    assert (earlier["decision"], earlier["orders"]) == (None, None)
    loaded("market", "pause", "de", "--person", "mere", "--reason", "Carrier strike")
    loaded("market", "resume", "de", "--person", "mere", "--reason", "The strike is over")
    assert "HOLD (days 72, paid orders 0)" in loaded("scorecard", "de").err
