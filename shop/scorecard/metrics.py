"""The table of all that is measured of a market, by key, in the order in which it is shown and reasoned with."""

from shop.scorecard.answer_metrics import ANSWER_METRICS
from shop.scorecard.metric import Metric
from shop.scorecard.order_metrics import ORDER_METRICS

MARGIN = "margin"
ORDERS = "orders"  # no metric: the figure whose `n` are the paid orders of the epoch

METRICS: dict[str, Metric] = {each.key: each for each in (*ORDER_METRICS, *ANSWER_METRICS)}
