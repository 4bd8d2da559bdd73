"""What is measured of what customers ask and how they are answered. The lines are seeds to be edited, not facts."""

from shop.base.i18n import N_
from shop.scorecard.metric import Metric

ANSWER_METRICS = (
    Metric(
        key="contacts_per_order",
        title=N_("Questions per order"),
        explains=N_(
            "How often customers write to us for each order: about it within 30 days, or without any order. Many "
            "questions mean unclear pages."
        ),
        k_means=N_("requests"),
        n_means=N_("orders"),
        kind="count",
        better="low",
        ok=0.20,
        bad=0.40,
        n_min=40,
        k_min=5,
        role="advisory",
        maturity_days=14,
    ),
    Metric(
        key="native_answer",
        title=N_("First answers kept in the customer's language"),
        explains=N_(
            "Of all requests, how many got their first answer from a native speaker within the time we had promised."
        ),
        k_means=N_("requests answered by a native speaker in time"),
        n_means=N_("requests answered, or whose promised time is over"),
        kind="rate",
        better="high",
        ok=0.90,
        bad=0.80,
        n_min=30,
        k_min=3,
        role="pause",
    ),
    Metric(
        key="uncovered_contacts",
        title=N_("Questions asked when nobody was there"),
        explains=N_(
            "Of all requests, how many came while no native speaker was on shift. It says which hours to staff."
        ),
        k_means=N_("requests that came while no native speaker was on shift"),
        n_means=N_("requests"),
        kind="rate",
        better="low",
        ok=0.15,
        bad=0.35,
        n_min=40,
        k_min=3,
        role="go",
        maturity_days=14,
    ),
    Metric(
        key="native_share",
        title=N_("Requests settled in the customer's language"),
        explains=N_("Of all requests that are done, how many were answered only in the language of the customer."),
        k_means=N_("requests settled wholly in the customer's language"),
        n_means=N_("requests that are done"),
        kind="rate",
        better="high",
        ok=0.98,
        bad=0.90,
        n_min=30,
        k_min=3,
        role="go",
    ),
    Metric(
        key="csat",
        title=N_("Customers content with our answer"),
        explains=N_("Of all customers who rated an answer, how many gave four or five points of five."),
        k_means=N_("ratings of four or five points"),
        n_means=N_("ratings"),
        kind="rate",
        better="high",
        ok=0.80,
        bad=0.60,
        n_min=30,
        role="advisory",
    ),
    Metric(
        key="safety_contacts",
        title=N_("Reports of harm"),
        explains=N_("Requests about an injury, a shock, a fire or an allergy. One is enough to stop selling."),
        k_means=N_("reports of an injury, a shock, a fire or an allergy"),
        n_means=N_("requests"),
        kind="event",
        better="low",
        ok=0,
        bad=1,
        n_min=1,
        k_min=1,
        role="pause",
    ),
)
