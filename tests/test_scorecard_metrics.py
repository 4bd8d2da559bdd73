"""The table of metrics: complete, in plain words, and each with a proposal that judges something."""

import re

import pytest
from sqlalchemy import CheckConstraint

from shop.migrations.tables import METADATA
from shop.scorecard.metric import Metric
from shop.scorecard.metrics import MARGIN, METRICS, ORDERS
from shop.scorecard.models import StopLine

JARGON = re.compile(
    r"\b(KPI|SLA|CSAT|NPS|cohort|metric|ratio|numerator|denominator|conversion|churn|funnel)\b", re.IGNORECASE
)
ALL = list(METRICS.values())


@pytest.mark.parametrize("metric", ALL, ids=lambda each: str(each.key))
def test_a_metric_is_said_in_plain_words(metric: Metric) -> None:
    for said in (metric.title, metric.explains, metric.k_means, metric.n_means):
        assert said and not JARGON.search(said), said
    assert metric.explains.endswith(".") and not metric.title.endswith(".")
    assert metric.k_means[0].islower() and metric.n_means[0].islower()


def test_what_pauses_a_market_by_itself_waits_for_more_than_one_event() -> None:
    assert {each.key for each in ALL if each.role == "pause" and each.k_min < 2} == {"safety_contacts"}


def test_what_is_only_advice_needs_no_line_before_a_launch() -> None:
    assert {each.key for each in ALL if not each.must_have_line} == {"conversion", "contacts_per_order", "csat"}


def test_a_line_can_be_kept_of_every_metric() -> None:
    checks = METADATA.tables[str(StopLine.__tablename__)].constraints
    allowed = [str(each.sqltext) for each in checks if isinstance(each, CheckConstraint)]
    roles = next(each for each in allowed if each.startswith("role IN"))
    assert {each.role for each in ALL} <= set(re.findall(r"'(\w+)'", roles))


def test_the_figure_of_orders_is_no_metric() -> None:
    assert ORDERS not in METRICS and METRICS[MARGIN].kind == "mean"
