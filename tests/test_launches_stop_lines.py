"""Stop lines at the console: written down before the launch, moved afterwards only with a reason, kept in the history."""

import json

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.launches.changing.transitions import ReasonMissing
from shop.launches.stop_lines.writing import newest, set_lines
from shop.markets.models import LaunchEvent
from shop.scorecard.metrics import METRICS
from shop.scorecard.models import StopLine
from shop.scorecard.stop_lines import Written, lines, proposed
from tests.launch_console import at_work, database, mere, page
from tests.launching import NOW, launched
from tests.world import Browser, World, forms, text

__all__ = ["at_work", "database", "mere"]  # fixtures

NZ, DE = (f"/console/markets/{market}/stop-lines" for market in ("nz", "de"))
ROLES = {f"{key}-role": metric.role for key, metric in METRICS.items()}


def filled(browser: Browser, url: str) -> dict[str, str]:
    """The form as it is drawn, with what is chosen in its lists."""
    form = next(each for each in forms(browser.get(url).text) if each.action == url)
    return {**form.fields, **ROLES}


def written(database: Database, market: str = "de") -> dict[str, StopLine]:
    with database.reading() as db:
        found = lines(db, market)
        db.expunge_all()
        return found


def told(database: Database, market: str = "de") -> list[LaunchEvent]:
    with database.reading() as db:
        asked = select(LaunchEvent).where(LaunchEvent.market == market, LaunchEvent.action == "stop_lines")
        found = list(db.exec(asked).all())
        db.expunge_all()
        return found


def test_what_is_proposed_is_written_down_under_ones_own_name(mere: Browser, database: Database) -> None:
    shown = page(mere, DE)
    assert "Nothing is written down yet." in shown
    assert "Payments disputed at the bank Target 0.5%, stop line 0.75%" in shown
    assert "To prove that it is kept takes 509 without a single bad one." in shown

    answer = mere.post(DE, filled(mere, DE))

    assert answer.status_code == 303 and answer.headers["location"] == f"{DE}?done=lines_written"
    assert {
        key: Written(key, each.ok, each.bad, each.n_min, each.k_min, each.role)
        for key, each in written(database).items()
    } == {each.metric: each for each in proposed()}
    (event,) = told(database)
    assert (event.person, event.from_state, event.to_state) == ("mere", "draft", "draft")
    assert json.loads(event.details) == {"stop_lines": [0, len(METRICS)]}
    assert "Nothing is written down yet." not in page(mere, DE)


def test_before_the_launch_a_line_is_moved_without_a_reason(mere: Browser, database: Database) -> None:
    asked = filled(mere, NZ) | {"dispute_rate-n_min": "200", "margin-bad": "-2.50", "native_answer-ok": "92,5"}
    assert mere.post(NZ, asked).status_code == 303
    lines_now = written(database, "nz")
    assert (lines_now["dispute_rate"].n_min, lines_now["margin"].bad) == (200, -250)
    assert lines_now["native_answer"].ok == 0.925
    changed = json.loads(told(database, "nz")[-1].details)
    assert changed == {
        "dispute_rate.n_min": [400, 200],
        "margin.bad": [0.0, -250.0],
        "native_answer.ok": [0.9, 0.925],
    }


def test_after_the_launch_a_line_is_moved_only_with_a_reason(mere: Browser, database: Database) -> None:
    launched(database)
    asked = filled(mere, NZ) | {"return_rate-bad": "30"}
    refused = mere.post(NZ, asked)
    assert refused.status_code == 422 and "Please say why. It is kept with your name." in text(refused.text)
    assert written(database, "nz")["return_rate"].bad == 0.25

    assert mere.post(NZ, asked | {"reason": "the trade sends back more"}).status_code == 303
    assert written(database, "nz")["return_rate"].bad == 0.30
    assert told(database, "nz")[-1].reason == "the trade sends back more"
    audit = page(mere, "/console/markets/nz/audit")
    assert "Goods sent back (stop line)" in audit and "25%" in audit and "30%" in audit
    assert "the trade sends back more" in page(mere, NZ)


def test_no_door_moves_a_line_of_a_launched_market_without_a_reason(database: Database) -> None:
    launched(database)
    moved = Written("return_rate", 0.15, 0.30, 40, 3, "pause")
    with pytest.raises(ReasonMissing), database.writing() as db:
        set_lines(db, "nz", [moved], person="mere", reason=" ", seen=newest(db, "nz"), now=NOW)
    assert written(database, "nz")["return_rate"].bad == 0.25


def test_nothing_changed_is_nothing_told(mere: Browser, database: Database) -> None:
    assert mere.post(NZ, filled(mere, NZ)).status_code == 303
    assert told(database, "nz") == []


def test_a_form_that_somebody_else_was_quicker_than_is_refused(mere: Browser, database: Database) -> None:
    early = filled(mere, NZ)
    assert mere.post(NZ, early | {"dispute_rate-n_min": "200"}).status_code == 303
    late = mere.post(NZ, early | {"dispute_rate-n_min": "900"})
    assert late.status_code == 409 and "Other targets and stop lines have been written down." in text(late.text)
    assert written(database, "nz")["dispute_rate"].n_min == 200


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("dispute_rate-ok", "0.9", "The stop line must not be below the target: the fewer of these, the better."),
        ("native_answer-bad", "95", "The stop line must not be above the target: the more of these, the better."),
        ("return_rate-bad", "120", "Please enter a percentage from 0 to 100."),
        ("return_rate-bad", "-1", "Please enter a percentage from 0 to 100."),
        ("margin-bad", "much", "Please write an amount such as 12.50."),
        ("margin-bad", "-1,000", "Please write an amount such as 12.50."),  # a thousand, not one
        ("contacts_per_order-bad", "1_0", "Please enter a number."),
        ("contacts_per_order-bad", "NaN", "Please enter a number."),
        ("return_rate-n_min", "0", "Please enter a whole number from 1 to 1,000,000,000."),
        ("return_rate-k_min", "-3", "Please enter a whole number from 0 to 1,000,000,000."),
        ("safety_contacts-k_min", "none", "Please enter a whole number from 1 to 1,000."),
        ("return_rate-role", "panic", "Please choose what the figure is for."),
        ("seen", "", "Please enter a whole number"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(
    mere: Browser, database: Database, field: str, value: str, sentence: str
) -> None:
    answer = mere.post(NZ, filled(mere, NZ) | {field: value, "reason": "x"})
    assert answer.status_code == 422 and sentence in text(answer.text)
    assert "Nothing has been written down." in text(answer.text)
    assert told(database, "nz") == []


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("return_rate-bad", "27,5 %", 0.275),
        ("return_rate-bad", "٢٧٫٥٪", 0.275),
        ("dispute_rate-bad", "0.75%", 0.0075),
        ("margin-bad", "-0", 0.0),
        ("margin-ok", "20000000.50", 20_000_000_50),
    ],
)
def test_values_are_taken_as_people_write_them(
    mere: Browser, database: Database, field: str, value: str, kept: float
) -> None:
    assert mere.post(NZ, filled(mere, NZ) | {field: value}).status_code == 303
    metric, _, part = field.partition("-")
    found = getattr(written(database, "nz")[metric], part)
    assert (found, str(found)[0] == "-") == (kept, False)


def test_a_specialist_reads_the_lines_of_their_market_and_writes_none(at_work: World) -> None:
    ruth = at_work.signed_in("ruth")
    shown = page(ruth, NZ)
    assert "Orders sent late" in shown and "Write these lines down" not in shown
    assert ruth.get(DE).status_code == 404
    assert ruth.post(NZ, {}).status_code in (403, 404)


def test_where_there_is_no_such_market(mere: Browser) -> None:
    assert mere.get("/console/markets/xx/stop-lines").status_code == 404
    assert mere.post("/console/markets/xx/stop-lines", {}).status_code == 404
