"""The scorecard's page, words against it, the learning log: who sees them, what they say, what is kept."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.markets.models import AnswerHours, LaunchEvent, Market
from shop.scorecard.metrics import METRICS, ORDERS
from shop.scorecard.models import Figure, Lesson, Override
from shop.scorecard.reading import reading
from shop.scorecard.stop_lines import proposed, write_lines
from tests.launch_console import database, give_passwords, mere
from tests.launching import NOW, exporter, market, put
from tests.selling import counted, epoch, sells
from tests.world import Browser, World, text, world

__all__ = ["database", "mere"]  # fixtures

DAY = timedelta(days=1)
LATER = NOW + 30 * DAY
URL = "/console/markets/nz/scorecard"


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[World]:
    with exporter(tmp_path) as database, world(tmp_path, f"sqlite:///{tmp_path / 'launching.db'}") as opened:
        with database.writing() as db:
            write_lines(db, "nz", proposed(), person="mere", reason="before the first order", now=NOW)
        sells(database, NOW)
        put(database, AnswerHours(market="nz", language="en", level="native", starts_at=NOW + DAY, ends_at=LATER + DAY))
        give_passwords(database)
        opened.clock.now = LATER
        yield opened


def page(browser: Browser, url: str = URL, status: int = 200) -> str:
    answer = browser.get(url)
    assert answer.status_code == status, text(answer.text)
    return text(answer.text)


def test_the_page_says_the_word_its_reasons_and_what_would_change_it(mere: Browser, database: Database) -> None:
    counted(database, ORDERS, 22, 22)
    counted(database, "payment_failure", 2, 30)
    shown = page(mere)
    assert "HOLD: go on as it is, and learn more before deciding." in shown
    assert "Orders since counting began: 22 of 50 It takes 28 more orders." in shown
    assert "Too few to say anything Customers who could not pay" in shown
    assert "Target: 10% or less. Stop line: 20%. About 20 more are needed." in shown


def test_each_figure_stands_there_with_both_intervals_target_line_and_verdict(
    mere: Browser, database: Database
) -> None:
    counted(database, "dispute_rate", 10, 300)
    shown = page(mere)
    assert "STOP: do not sell more here before this is mended." in shown
    assert "Payments disputed at the bank Over the line 3.33%" in shown
    for value in ("1.82% to 6.03%", "0.88% to 8.25%", "0.5% or less", "0.75%", "400", "Pauses the market by itself"):
        assert value in shown
    assert "Measured: 3.33%, certainly between 0.88% and 8.25%. Target: 0.5%. Stop line: 0.75%." in shown


def test_drawings_are_named_for_who_does_not_see_them(mere: Browser, database: Database) -> None:
    counted(database, "return_rate", 18, 120)
    source = mere.get(URL).text
    assert 'role="img" aria-labelledby="plot-return_rate-t plot-return_rate-d"' in source
    assert "style=" not in source.split("<main", 1)[1]


def test_figures_of_an_earlier_epoch_say_nothing(mere: Browser, database: Database) -> None:
    counted(database, "dispute_rate", 10, 300)
    sells(database, NOW + timedelta(days=1), before="paused")
    shown = page(mere)
    assert "STOP: do not sell" not in shown and "Nothing counted yet" in shown


def test_a_market_without_lines_is_told_to_write_them_down(mere: Browser, at_work: World) -> None:
    shown = page(mere, "/console/markets/de/scorecard")
    assert "No targets and stop lines are written down for this market." in shown
    assert "This market has never been on sale." in shown
    assert "HOLD" not in shown and "Go on selling." not in shown and "To the readiness page" in shown


def test_a_market_that_is_wound_down_is_recommended_nothing_any_more(mere: Browser, database: Database) -> None:
    counted(database, "dispute_rate", 10, 300)
    with database.writing() as db:
        db.get_one(Market, "nz").state = "winding_down"
    shown = page(mere)
    assert "STOP" not in shown and "Decide otherwise" not in shown and "3.33%" in shown


def test_figures_of_which_nothing_was_counted_stand_apart(mere: Browser, database: Database) -> None:
    counted(database, "dispute_rate", 10, 300)
    shown = page(mere)
    assert f"Nothing counted yet: {len(METRICS) - 1}" in shown and "on target" not in shown.partition("All figures")[0]
    assert mere.get(URL).text.count('role="img" aria-labelledby="plot-') == 1


def test_a_person_may_decide_otherwise_with_a_reason_and_it_stands_until_the_word_changes(
    mere: Browser, database: Database
) -> None:
    mere.get(URL)
    refused = mere.submit("/scorecard", decided="GO", reason="")
    assert refused.status_code == 422 and "Please say why. It is kept with your name." in text(refused.text)
    answer = mere.submit("/scorecard", decided="GO", reason="The trade fair is on Monday.")
    assert answer.status_code == 303
    with database.reading() as db:
        word = db.exec(select(Override)).one()
        event = db.exec(select(LaunchEvent).where(LaunchEvent.action == "override")).one()
    assert (word.recommended, word.decided, word.person) == ("HOLD", "GO", "mere")
    assert event.details == '{"recommendation": ["HOLD", "GO"]}'
    assert "A person decided otherwise GO instead of HOLD The trade fair is on Monday." in page(mere)
    counted(database, "dispute_rate", 10, 300)
    later = page(mere)
    assert "A person decided otherwise" not in later
    against = later.partition("The trade fair is on Monday.")[2]
    assert "Orders since counting began: 0 of 50" in against  # what the scorecard had said then


def test_deciding_for_what_is_recommended_anyway_is_refused(mere: Browser, database: Database) -> None:
    answer = mere.post(URL, {"decided": "HOLD", "reason": "so it is", "seen": "HOLD"})
    assert answer.status_code == 409
    assert "already says so" in text(answer.text)
    assert not rows(database, Override)


def test_a_word_against_what_nobody_has_read_is_not_kept(mere: Browser, database: Database) -> None:
    mere.get(URL)
    counted(database, "dispute_rate", 10, 300)  # HOLD was read; by now it is STOP
    refused = mere.submit("/scorecard", decided="GO", reason="The trade fair is on Monday.")
    assert refused.status_code == 422 and "It now reads as above." in text(refused.text)
    assert "STOP: do not sell more here" in text(refused.text) and not rows(database, Override)
    assert mere.submit("/scorecard", decided="GO", reason="The trade fair is on Monday.").status_code == 303
    with database.reading() as db:
        assert [each.recommended for each in db.exec(select(Override)).all()] == ["STOP"]


def test_a_market_is_not_opened_by_a_word_against_what_nobody_has_read(mere: Browser, database: Database) -> None:
    mere.get("/console/markets/nz/opening")
    counted(database, "dispute_rate", 10, 300)  # HOLD was read; by now it is STOP
    given = {"order_cap": "", "override": "The trade fair is on Monday."}
    assert mere.submit("/opening", **given).status_code == 409 and not rows(database, Override)
    mere.get("/console/markets/nz/opening")
    assert mere.submit("/opening", **given).status_code == 303
    assert [each.person for each in rows(database, Override)] == ["mere"]


def test_a_specialist_reads_and_writes_the_log_but_decides_nothing(at_work: World, database: Database) -> None:
    ruth = at_work.signed_in("ruth")
    assert "Decide otherwise" not in page(ruth)
    assert ruth.post(URL, {"decided": "GO", "reason": "why not"}).status_code == 404
    assert ruth.get("/console/markets/de/scorecard").status_code == 404
    assert ruth.get("/console/markets/de/lessons").status_code == 404
    written = ruth.post("/console/markets/nz/lessons", {"orders": "10", "taught": "Customs ask for the HS code."})
    assert written.status_code == 303
    assert [each.person for each in rows(database, Lesson)] == ["ruth"]


def rows(database: Database, model: type[Override] | type[Lesson]) -> list[Override | Lesson]:
    with database.reading() as db:
        return list(db.exec(select(model)).all())


def test_the_log_asks_for_a_lesson_at_each_mark_and_keeps_it(mere: Browser, database: Database) -> None:
    counted(database, ORDERS, 12, 12)
    log = "/console/markets/nz/lessons"
    assert "What the first orders taught: 10" in page(mere)
    shown = page(mere, log)
    assert "After 10 orders: Does everything work? To be written down" in shown
    assert "After 50 orders: Are customers looked after? Not yet reached" in shown
    refused = mere.submit("/lessons", taught="")
    assert refused.status_code == 422 and "Please write what these orders taught." in text(refused.text)
    mere.get(log)
    assert (
        mere.submit("/lessons", taught="Parcels wait at customs.", changed="HS code on the label.").status_code == 303
    )
    shown = page(mere, f"{log}?done=lesson_kept")
    assert "It is kept in the learning log." in shown
    assert "Written down" in shown and "Parcels wait at customs. Changed for it: HS code on the label." in shown
    assert "What the first orders taught" not in page(mere)


def test_hostile_words_stay_words(mere: Browser, database: Database) -> None:
    put(database, Lesson(market="nz", orders=10, taught="<script>alert(1)</script>", person="mere", at=NOW))
    assert "<script>alert" not in mere.get("/console/markets/nz/lessons").text


def all_fine(database: Database) -> None:
    """Every figure that decides is on target, but that half of the orders may still be sent back."""
    fine = {
        "payment_failure": (2, 100), "return_rate": (5, 100), "refund_late": (0, 60), "native_answer": (60, 60),
        "uncovered_contacts": (2, 60), "native_share": (60, 60), "dispute_rate": (0, 600), "defects": (0, 400),
        "late_dispatch": (0, 100), "cancelled_by_us": (0, 100), "delivery_failure": (0, 100), ORDERS: (100, 100),
    }  # fmt: skip
    for metric, (k, n) in fine.items():
        counted(database, metric, k, n)
    left(database, 49)


def left(database: Database, orders: int) -> None:
    """So many orders can no longer be sent back and left about 9.00 each."""
    total, squares = orders * 900, orders * 900**2 + 50 * 100**2
    with database.writing() as db:
        since = epoch(db, "nz").since
        db.merge(Figure(market="nz", metric="margin", k=orders, n=orders, total=total, squares=squares, since=since))


def test_a_go_needs_days_orders_and_returns_that_are_over(database: Database) -> None:
    all_fine(database)
    with database.reading() as db:
        assert reading(db, market(database), now=LATER).recommendation.reasons == ("returns_open",)
        early = reading(db, market(database), now=NOW + timedelta(days=20)).recommendation
        assert early.reasons == ("days:20<21", "returns_open")
    left(database, 50)
    with database.reading() as db:
        assert reading(db, market(database), now=LATER).goes
        assert reading(db, market(database), now=LATER, gates=["certs.valid"]).recommendation.reasons == (
            "gate:certs.valid",
        )


def test_a_go_beside_a_figure_off_target_says_that_this_one_only_advises(mere: Browser, database: Database) -> None:
    all_fine(database)
    left(database, 50)
    counted(database, "contacts_per_order", 22, 50)
    shown = page(mere)
    assert "Every figure that decides is on target" in shown and "Every figure is on target" not in shown
    assert "Questions per order Not sure yet For information only 0.44" in shown
    assert "This figure only advises: nothing is decided by it." in shown
    assert shown.partition("All figures in one table")[0].count("For information only") == 3
