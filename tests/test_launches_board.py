"""The board and the market's page: what may be bought and is, how it does, what comes next; and what a change would do."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shop.launches.changing.imagined import as_changed, as_stepped
from shop.launches.changing.invitations import make_invitation
from shop.launches.changing.table import STATE_WORDS, exposure_in, exposure_of
from shop.launches.differences import differences
from shop.launches.ladder import WAYS
from shop.launches.models import Schedule
from shop.launches.places_taken import Taken, exposure_words
from shop.markets.exposure_models import Exposure, ExposureDay
from shop.markets.models import LaunchEvent, Market
from shop.scorecard.models import Figure
from tests.doors import change_market, fresh_world
from tests.selling import epoch
from tests.world import TUESDAY, Browser, World, text

SOFT = Market(
    id="jp", country="JP", currency="JPY", zone="Asia/Tokyo", languages="ja", state="soft", audience="invitation",
    order_cap=50, ever_sold=True,
)  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("board")) as opened:
        yield opened


@pytest.fixture(scope="module")
def mere(shop: World) -> Browser:
    return shop.signed_in("mere")


def row_of(board: str, market: str, after: str) -> str:
    """The words between the names of two markets on the board."""
    return board.partition(f" {market} Gates:")[2].partition(f" {after} Gates:")[0]


def test_the_board_tells_exposure_figures_plans_and_the_last_change_of_a_market(shop: World, mere: Browser) -> None:
    now = shop.clock.now
    with shop.house.database.writing() as db:
        made = make_invitation(db, "jp", person="mere", uses=40, days=9, note="", now=now)
        made.invitation.used = 18
        gone = make_invitation(db, "jp", person="mere", uses=99, days=9, note="", now=now)
        gone.invitation.revoked_at = now
        db.merge(Exposure(market="jp", paid=20, held=3))
        db.merge(ExposureDay(market="jp", day=now.date(), paid=2, held=1))
        since = epoch(db, "jp").since
        db.merge(Figure(market="jp", metric="payment_failure", k=9, n=60, since=since))
        due = now + timedelta(days=2)
        wall = {"wall": "2026-11-26T18:30", "zone": "Asia/Tokyo", "due_at": due}
        db.add(Schedule(market="jp", action="open", person="mere", made_at=now, **wall))
    change_market(shop, "jp", daily_cap=5)
    row = row_of(text(mere.get("/console").text), "Japan", "United States")
    assert "Soft launch By invitation only Invited: 18 of 40 Orders: 23 of 50 Orders today: 3 of 5" in row
    assert "Last: Make an invitation: Mere Tauranga, Tue, Nov 24" in row
    assert "There: Tue, Nov 24, 6:30 PM Home: Tue, Nov 24, 10:30 PM (4 h behind home)" in row
    assert "Open to everybody : Thu, Nov 26, 6:30 PM there, Thu, Nov 26, 10:30 PM at home" in row
    assert "HOLD Customers who could not pay: 15% (4.25% to 33.5%)" in row
    assert "Stop line: 20%" in row and row.rstrip().endswith("Pause")


def test_what_the_house_did_by_itself_is_told_by_its_rule(shop: World, mere: Browser) -> None:
    with shop.house.database.writing() as db:
        db.add(
            LaunchEvent(
                market="ch", at=TUESDAY, action="pause", from_state="soft", to_state="paused", person="",
                reason="guardrail:payment_failure", mode="sell_stop", rule="guardrail:payment_failure",
            )
        )  # fmt: skip
    assert "Figure: Customers who could not pay" in row_of(text(mere.get("/console").text), "Switzerland", "Japan")
    for url in ("/console/markets/ch", "/console/markets/ch/audit"):
        told = mere.get(url).text.partition("<main")[2]
        assert "By itself: The stop line is crossed" in text(told) and "guardrail:" not in told


def test_of_a_step_of_two_people_the_board_names_both(shop: World, mere: Browser) -> None:
    with shop.house.database.writing() as db:
        db.add(
            LaunchEvent(
                market="nz", at=TUESDAY, action="expose", from_state="open", to_state="open", person="mere",
                reason="more come", approved_by="ruth",
            )
        )  # fmt: skip
    for url in ("/console", "/console/markets/nz"):
        assert re.search(r"Mere Tauranga, Tue, Nov 24[^·]* · Agreed to by: Ruth Alderson", text(mere.get(url).text))


@pytest.mark.parametrize("market", ["nz", "de", "jp", "ae", "ca", "us", "br"])
def test_every_way_from_a_markets_page_leads_somewhere(shop: World, mere: Browser, market: str) -> None:
    page = mere.get(f"/console/markets/{market}")
    for _act, path, _label in WAYS:
        assert f'href="/console/markets/{market}/{path}"' in page.text
        assert mere.get(f"/console/markets/{market}/{path}").status_code == 200, path


def test_the_ladder_says_where_a_paused_market_stands(mere: Browser) -> None:
    assert "1. Draft" not in text(mere.get("/console/markets/ca").text)  # numbers are drawn, not read
    assert "Draft Ready Soft launch Open (paused)" in text(mere.get("/console/markets/ca").text)


def test_a_pause_takes_two_presses_and_not_a_letter(shop: World, mere: Browser) -> None:
    assert 'href="/console/markets/de/pause"' in mere.get("/console").text
    mere.get("/console/markets/de/pause")
    offered = re.search(r'<textarea[^>]*name="reason"[^>]*>([^<]*)<', mere.page.text)  # type: ignore[union-attr]
    assert offered is not None and offered[1].strip()
    assert mere.submit("/pause", mode="sell_stop", reason=offered[1]).status_code == 303
    with shop.house.database.reading() as db:
        market = db.get_one(Market, "de")
    assert (market.state, market.pause_mode) == ("paused", "sell_stop")


def told(shop: World, before: Market, after: Market, taken: Taken) -> dict[str, tuple[str, str]]:
    tongue = shop.house.languages.tongue("en")
    with shop.house.database.reading() as db:
        found = differences(db, before, after, taken=taken, tongue=tongue)
    return {each.label: (each.before, each.after) for each in found}


FULL = "For this first round all places are taken. We only accept as many orders as we can look after well."


def test_a_wider_cap_lets_the_invited_buy_and_changes_nothing_else(shop: World) -> None:
    found = told(shop, SOFT, as_changed(SOFT, order_cap=60), Taken(orders=50))
    assert found == {
        "Who is invited": (FULL, "can buy"),
        "Who may buy, and how much": (
            "By invitation only · Orders: 50 of 50",
            "By invitation only · Orders: 50 of 60",
        ),
    }


@pytest.mark.parametrize("state", sorted(STATE_WORDS.keys() - {"soft"}))
@pytest.mark.parametrize("before", [SOFT, as_stepped(SOFT, "open")], ids=["soft", "open"])
def test_an_imagined_market_is_open_to_whom_the_step_itself_would_open_it(before: Market, state: str) -> None:
    assert exposure_of(as_stepped(before, state)) == exposure_in(state, None, before)


def test_an_imagined_soft_launch_keeps_its_audience_and_is_by_invitation_without_one() -> None:
    percentage = as_changed(SOFT, state="paused", audience="percentage", percent_bp=500)
    assert exposure_of(as_stepped(percentage, "soft")) == exposure_of(percentage)
    assert as_stepped(as_changed(SOFT, state="draft", audience=""), "soft").audience == "invitation"


def test_opening_lists_the_market_and_lets_everybody_in(shop: World) -> None:
    found = told(shop, SOFT, as_stepped(SOFT, "open"), Taken(orders=3))
    assert found["Who comes by chance sees"] == ("nothing, as if there were no such market", "the catalogue")
    assert found["Named in the list of countries"] == ("no", "yes")
    assert found["Found by search engines"] == ("no", "yes")
    assert found["Who comes by chance"][1] == "can buy"
    assert "Who is invited" not in found


def test_hiding_takes_the_pages_away(shop: World) -> None:
    found = told(shop, SOFT, as_stepped(SOFT, "paused", "hidden"), Taken())
    assert found["Who is invited sees"] == ("the catalogue", "one page that says nothing is sold at the moment")


def test_another_exposure_is_looked_at_before_it_is_taken(shop: World, mere: Browser) -> None:
    mere.get("/console/markets/jp")
    shown = mere.submit("/exposure-preview", audience="percentage", percent="100", order_cap="70")
    assert shown.status_code == 200 and "1 product" not in text(shown.text)
    assert "Who comes by chance sees nothing, as if there were no such market the catalogue" in text(shown.text)
    with shop.house.database.reading() as db:
        assert db.get_one(Market, "jp").order_cap == 50
    assert mere.submit("/exposure", reason="more for the winter").status_code == 303
    with shop.house.database.reading() as db:
        assert (db.get_one(Market, "jp").order_cap, db.get_one(Market, "jp").percent_bp) == (70, 10_000)


@pytest.mark.parametrize(
    ("changed", "taken", "said"),
    [
        ({"order_cap": None}, Taken(orders=7), ["By invitation only", "Orders: 7"]),
        ({"value_cap": 500_000}, Taken(value=120_000), ["Value: ¥120,000 of ¥500,000"]),
        ({"minutes_per_contact": 20}, Taken(orders_left=-2), ["still have time for: 0"]),
        ({"audience": "percentage", "percent_bp": 1250}, Taken(places=5), ["Visitors who may buy: 12.5%"]),
    ],
)
def test_exposure_is_told_with_what_is_taken(
    shop: World, changed: dict[str, Any], taken: Taken, said: list[str]
) -> None:
    words = exposure_words(as_changed(SOFT, **changed), taken, shop.house.languages.tongue("en"))
    assert all(any(part in each for each in words) for part in said)
    assert not any("Invited" in each for each in words)
