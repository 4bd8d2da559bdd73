"""What the law asks at least, written down at the console or brought by an import, beside the software's own files."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shop.base.db import Database
from shop.policies.library import PolicyLibrary
from shop.policies.minimums import BOUND, RULES, NoSuchValue, found_worse, value_of, written_minimums
from shop.policies.rule_checks import MINIMUMS
from shop.upkeep.importing import Imported
from shop.upkeep.reading import BadSetup
from shop.upkeep.writing.files import written
from tests.launching import policies
from tests.policy_drafts import begun, rules
from tests.small_setup import database, empty_file, folder, load
from tests.workshop import AT, row, send
from tests.world import Browser, World, text

__all__ = ["database", "empty_file", "folder", "load"]  # fixtures


HEADER = "market,kind,rule,value,source,confidence,as_of,note"
LAW = {"source": "FAGG § 11", "confidence": "high", "as_of": "2026-11-20", "note": ""}


def add(browser: Browser, market: str, rule: str, value: str, kind: str = "returns", **more: str) -> str:
    """Add a row by its form; what the answer says, empty when it was kept."""
    sent = {"market": market, "kind": kind, "rule": rule, "value": value, **LAW, **more}
    answer = browser.post(f"{AT}/minimums/row", sent)
    return "" if answer.status_code == 303 else text(answer.text)


def window(library: PolicyLibrary, market: str) -> object:
    return library.minimums.get(market, {}).get("returns", {}).get("window_days", {}).get("value")


def gate(browser: Browser, market: str) -> str:
    """What readiness says of the law's minimum."""
    page = browser.get(f"/console/markets/{market}/readiness").text
    return text(page.partition('<tr id="policies.legal_floor">')[2].partition("</tr>")[0])


@pytest.mark.parametrize(
    ("kind", "rule", "said", "meant"),
    [
        ("returns", "window_days", "14", 14), ("returns", "window_days", "0", 0), ("returns", "model_form", "yes", True),
        ("warranty", "harmonised_notice", "no", False), ("warranty", "disclaimers_allowed", "", []),
        ("warranty", "disclaimers_allowed", " one thing\n\nanother ", ["one thing", "another"]),
        ("returns", "window_days", "-1", None), ("returns", "window_days", "two", None), ("returns", "window_days", "", None),
        ("returns", "window_days", "٣", None), ("returns", "window_days", "9999999", None),
        ("returns", "model_form", "14", None), ("returns", "model_form", "", None), ("returns", "model_form", "true", None),
    ],
)  # fmt: skip
def test_a_value_is_read_by_the_type_of_its_rule(kind: str, rule: str, said: str, meant: object) -> None:
    if meant is not None:
        assert value_of(kind, rule, said) == meant
        return
    with pytest.raises(NoSuchValue):
        value_of(kind, rule, said)


def test_every_rule_with_a_minimum_can_be_written_down() -> None:
    assert {rule for kind in BOUND for rule in RULES[kind]} == MINIMUMS.keys()


def test_worse_than_the_law_is_found_with_or_without_a_reason() -> None:
    laws = {"window_days": {"value": 14}, "refund_days": {"value": 14}, "model_form": {"value": True}}
    ours = {"window_days": 7, "refund_days": 14, "overrides": {"window_days": "so"}}
    assert found_worse(ours, laws) == ["window_days"]


def test_a_row_holds_in_place_of_the_softwares_value_at_once_and_everywhere(world: World) -> None:
    library, mere = world.house.policies, world.signed_in("mere")
    assert window(library, "de") == 14 and "Less than the law" not in gate(mere, "de")
    assert add(mere, "de", "window_days", "30") == ""
    assert window(library, "de") == 30
    assert library.minimums["de"]["returns"]["refund_days"]["source"].startswith("BGB")  # the rest stays the software's
    assert "Less than the law" in gate(mere, "de")  # what is in force gives 14 days
    assert mere.post(row("minimums", "de", "returns", "window_days", page="removal"), {
        "key.0": "de", "key.1": "returns", "key.2": "window_days", "seen": seen(mere),
    }).status_code == 303  # fmt: skip
    assert window(library, "de") == 14
    assert "Less than the law" not in gate(mere, "de")


def seen(browser: Browser) -> str:
    """The version of the row that its form was drawn from."""
    page = browser.get(row("minimums", "de", "returns", "window_days")).text
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_the_day_from_which_a_rule_must_be_said_stays_the_softwares(sqlite_world: World) -> None:
    assert add(sqlite_world.signed_in("mere"), "de", "model_form", "yes") == ""
    law = sqlite_world.house.policies.minimums["de"]["returns"]["model_form"]
    assert law["asked_from"] == date(2026, 11, 22) and law["source"] == "FAGG § 11"


def test_a_draft_is_held_against_what_was_written_down(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    assert add(mere, "de", "window_days", "30") == ""
    url = begun(mere)
    assert "The law asks for at least 30 (FAGG § 11)." in text(mere.get(f"{url}/rules").text)
    answer = mere.post(f"{url}/rules/check", {**rules(sqlite_world, url), "day": "2027-01-01", "window_days": "14"})
    assert "FAGG § 11" in answer.text.partition('id="f-window_days-checked"')[2].partition("</div>")[0]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"value": "some"}, "is not a whole number"),
        ({"value": ""}, "is empty"),
        ({"kind": "warranty"}, "no such rule"),
        ({"rule": "model_form"}, "neither yes nor no"),
        ({"source": ""}, "is empty"),
        ({"confidence": "surely"}, "none of"),
        ({"as_of": "2026-11-25"}, "future"),
        ({"as_of": "soon"}, "not a date"),
        ({"market": "xx"}, "Nothing has been changed"),
    ],
)
def test_what_is_no_law_is_refused_at_its_field(sqlite_world: World, sent: dict[str, str], says: str) -> None:
    mere = sqlite_world.signed_in("mere")
    fields = {"market": "de", "rule": "window_days", "value": "14", **sent}
    assert says in add(mere, **fields)
    with sqlite_world.house.database.reading() as db:
        assert not written_minimums(db)


def test_the_specialist_of_a_market_writes_its_law_and_no_others(sqlite_world: World) -> None:
    annika = sqlite_world.signed_in("annika")  # Germany
    assert add(annika, "de", "window_days", "21") == ""
    assert add(annika, "jp", "window_days", "8") != ""
    assert window(sqlite_world.house.policies, "de") == 21
    assert window(sqlite_world.house.policies, "jp") != 8
    assert sqlite_world.signed_in("lena").get(f"{AT}/minimums").status_code == 404


def test_a_spreadsheet_of_laws_is_looked_through_and_taken(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    rows = "nz,returns,window_days,9,Act § 1,medium,2026-11-01,\nnz,returns,colour,1,Act,high,2026-11-01,\n"
    assert "colour" in send(mere, "minimums", f"{HEADER}\n{rows}")
    assert window(sqlite_world.house.policies, "nz") != 9
    seen = send(mere, "minimums", f"{HEADER}\n{rows.splitlines()[0]}\n")
    assert "New Zealand · Returns · Days to send something back" in seen
    assert mere.submit("/taking").status_code == 303
    assert window(sqlite_world.house.policies, "nz") == 9


def test_what_an_import_brings_is_exported_as_it_was(
    folder: Path, load: Callable[[], Imported], database: Database
) -> None:
    rows = (
        'jp,returns,window_days,9,"特商法, 1",low,2026-11-01,"=1, so"',
        'jp,warranty,disclaimers_allowed,"a\nb",x,high,2026-11-01,',
    )
    said = "\n".join((HEADER, *rows, ""))
    (folder / "minimums.csv").write_text(said, "utf-8")
    load()
    with database.reading() as db:
        kept = written(db, policies(), {"minimums.csv"})["minimums.csv"]
    (folder / "minimums.csv").write_bytes(kept)
    load()
    with database.reading() as db:
        assert written(db, policies(), {"minimums.csv"})["minimums.csv"] == kept
        assert [(each.rule, each.value) for each in written_minimums(db)] == [
            ("window_days", "9"), ("disclaimers_allowed", "a\nb"),
        ]  # fmt: skip
    (folder / "minimums.csv").write_text(f"{HEADER}\njp,returns,window_days,nine,x,low,2026-11-01,\n", "utf-8")
    with pytest.raises(BadSetup, match="'nine' is not a whole number"):
        load()
