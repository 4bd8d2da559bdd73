"""What the house does by itself: the gravest reason pauses, only proof pauses, and a warning is no pause."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.scorecard.guardrails import Backlog, Guarded, HardEvent, Judgement, Pause, judge

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
BREACH = Guarded("dispute_rate", "pause", "breach", warned=True)
FINE = Guarded("return_rate", "pause", "pass")
RECALL = HardEvent("recall_open", "RC-1", SINCE + timedelta(days=1))
PAPER = HardEvent("certificate_ended", "PSE")


def test_nothing_is_done_while_all_is_fine() -> None:
    assert judge([FINE, Guarded("defects", "go", "collect")], [], since=SINCE) == Judgement()


def test_a_breach_of_what_guards_pauses_and_of_anything_else_only_warns() -> None:
    assert judge([FINE, BREACH], [], since=SINCE).pause == Pause("guardrail:dispute_rate", "sell_stop")
    judged = judge([Guarded("defects", "go", "breach")], [], since=SINCE)
    assert (judged.pause, judged.warnings) == (None, ("defects",))


def test_what_is_probable_warns_and_never_pauses() -> None:
    judged = judge([Guarded("dispute_rate", "pause", "collect", warned=True)], [], since=SINCE)
    assert (judged.pause, judged.warnings) == (None, ("dispute_rate",))
    assert judge([Guarded("csat", "advisory", "breach", warned=True)], [], since=SINCE) == Judgement()


def test_harm_comes_before_law_and_law_before_figures() -> None:
    harm = Pause("hard:recall_open", "safety", "RC-1")
    assert judge([BREACH], [PAPER, RECALL], since=SINCE).pause == harm
    assert judge([BREACH], [PAPER], since=SINCE).pause == Pause("hard:certificate_ended", "sell_stop", "PSE")


def test_a_report_of_harm_pauses_in_safety_and_before_any_other_figure() -> None:
    judged = judge([BREACH, Guarded("safety_contacts", "pause", "breach")], [], since=SINCE)
    assert judged.pause == Pause("guardrail:safety_contacts", "safety")


def test_who_resumed_while_a_recall_is_open_is_not_paused_for_it_again() -> None:
    assert judge([], [RECALL], since=SINCE + timedelta(days=2)).pause is None
    assert judge([], [PAPER], since=SINCE + timedelta(days=2)).pause is not None


@pytest.mark.parametrize(
    ("backlog", "warns", "pauses"),
    [
        (Backlog(), False, False),
        (Backlog(forgotten=1, answered=20, late=0), True, False),
        (Backlog(forgotten=0, answered=20, late=2), False, False),
        (Backlog(forgotten=0, answered=20, late=3), True, False),
        (Backlog(forgotten=0, answered=19, late=19), False, False),
        (Backlog(forgotten=1, answered=20, late=3), True, True),
        (Backlog(forgotten=3, answered=0, late=0), True, True),
    ],
)
def test_a_backlog_warns_and_pauses_when_it_grows(backlog: Backlog, warns: bool, pauses: bool) -> None:
    judged = judge([], [], backlog, since=SINCE)
    assert judged.warnings == (("backlog",) if warns else ())
    assert judged.pause == (Pause("guardrail:backlog", "sell_stop") if pauses else None)
