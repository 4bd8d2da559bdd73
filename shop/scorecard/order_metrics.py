"""What is measured of visits, payments, orders, parcels and what comes back. The lines are seeds to be edited, not facts."""

from shop.base.i18n import N_
from shop.scorecard.metric import Metric

ORDER_METRICS = (
    Metric(
        key="conversion",
        title=N_("Visits that become orders"),
        explains=N_("Of all visits, how many end with a paid order. It says how well the shop speaks to this country."),
        k_means=N_("paid orders"),
        n_means=N_("visits"),
        kind="rate",
        better="high",
        ok=0.02,
        bad=0.01,
        n_min=300,
        role="advisory",
        maturity_days=1,
    ),
    Metric(
        key="payment_failure",
        title=N_("Customers who could not pay"),
        explains=N_(
            "Of all who tried to pay, how many were declined at first and did not succeed within a day. "
            "Trying again several times counts once."
        ),
        k_means=N_("customers who were declined and never succeeded"),
        n_means=N_("customers who tried to pay"),
        kind="rate",
        better="low",
        ok=0.10,
        bad=0.20,
        n_min=50,
        k_min=5,
        role="pause",
        maturity_days=1,
    ),
    Metric(
        key="margin",
        title=N_("What an order leaves"),
        explains=N_(
            "What remains of an average order when goods, freight, duty, parcel, payment, returns, support and "
            "goodwill are paid. Tax is not income."
        ),
        k_means=N_("what the orders left together"),
        n_means=N_("orders whose time to send back is over"),
        kind="mean",
        better="high",
        ok=0,
        bad=0,
        n_min=30,
        role="go",
    ),
    Metric(
        key="return_rate",
        title=N_("Goods sent back"),
        explains=N_("Of all pieces delivered, how many came back because customers withdrew or returned them."),
        k_means=N_("pieces sent back"),
        n_means=N_("pieces delivered whose time to send back is over"),
        kind="rate",
        better="low",
        ok=0.15,
        bad=0.25,
        n_min=40,
        k_min=3,
        role="pause",
        maturity_days=7,
    ),
    Metric(
        key="refund_late",
        title=N_("Refunds paid too late"),
        explains=N_(
            "Of all refunds owed, how many were paid later than the policy of the order allows, or are overdue."
        ),
        k_means=N_("refunds paid too late or overdue"),
        n_means=N_("refunds paid or overdue"),
        kind="rate",
        better="low",
        ok=0.05,
        bad=0.10,
        n_min=10,
        k_min=2,
        role="pause",
    ),
    Metric(
        key="dispute_rate",
        title=N_("Payments disputed at the bank"),
        explains=N_(
            "Of all paid orders, how many customers asked their bank to take back. Too many, and the payment provider "
            "closes the account. A small market never has enough orders to prove that they are few."
        ),
        k_means=N_("disputed orders"),
        n_means=N_("paid orders that are two months old"),
        kind="rate",
        better="low",
        ok=0.005,
        bad=0.0075,
        n_min=400,
        k_min=3,
        role="pause",
        maturity_days=60,
    ),
    Metric(
        key="defects",
        title=N_("Orders with something wrong"),
        explains=N_("Of all orders that arrived, how many had a claim or a disputed payment. One order counts once."),
        k_means=N_("orders with a claim or a disputed payment"),
        n_means=N_("orders that arrived a month ago or earlier"),
        kind="rate",
        better="low",
        ok=0.01,
        bad=0.03,
        n_min=100,
        k_min=3,
        role="go",
        maturity_days=30,
    ),
    Metric(
        key="late_dispatch",
        title=N_("Orders sent late"),
        explains=N_(
            "Of all orders, how many left only after the first day on which we had promised their arrival, or have not "
            "left by then."
        ),
        k_means=N_("orders sent late or overdue"),
        n_means=N_("orders that have left or should have left"),
        kind="rate",
        better="low",
        ok=0.04,
        bad=0.08,
        n_min=50,
        k_min=3,
        role="pause",
    ),
    Metric(
        key="cancelled_by_us",
        title=N_("Orders we had to cancel"),
        explains=N_("Of all paid orders, how many we cancelled ourselves, because something could not be sent."),
        k_means=N_("orders we cancelled"),
        n_means=N_("paid orders"),
        kind="rate",
        better="low",
        ok=0.025,
        bad=0.05,
        n_min=50,
        k_min=3,
        role="pause",
    ),
    Metric(
        key="delivery_failure",
        title=N_("Parcels that did not arrive"),
        explains=N_(
            "Of all parcels sent, how many nobody saw arrive within three weeks, or customers still miss: not accepted, held by "
            "customs, sent back or lost."
        ),
        k_means=N_("parcels that nobody saw arrive, or that customers still miss"),
        n_means=N_("parcels sent three weeks ago or earlier"),
        kind="rate",
        better="low",
        ok=0.02,
        bad=0.08,
        n_min=30,
        k_min=3,
        role="pause",
        maturity_days=21,
    ),
)
