"""What a customer is told when they may not buy, and what they can do: one table, by the gate's reason codes."""

from collections.abc import Mapping

from shop.base.i18n import N_

_OTHERWISE = N_("Ordering is not possible at the moment.")
_NOT_HERE = N_(
    "We are not taking orders in this country at the moment. Orders already placed are delivered as promised."
)
_NO_LONGER = N_("We no longer take orders in this country. Deliveries, returns and guarantees go on as promised.")
CLOSED: Mapping[str, str] = {
    "kill_switch": N_("We are not taking any orders at the moment. Orders already placed are delivered as promised."),
    **dict.fromkeys(("state_draft", "state_ready", "state_paused"), _NOT_HERE),
    **dict.fromkeys(("state_winding_down", "state_closed"), _NO_LONGER),
    "preview_live": N_(
        "A test order cannot be placed while payments are real. Use test keys of the payment service, or the demo till."
    ),
    "country_not_served": N_("We do not deliver to this country from here."),
    "denied": N_("We cannot take an order from this e-mail address. If you think this is a mistake, please ask us."),
    "stop_sale": N_(
        "One of these products is not on sale at the moment. Please take it out of the cart to order the rest."
    ),
    "invite": N_("Orders here are by invitation for now, and your invitation is missing or no longer works."),
    "percentage": N_(
        "We are starting small in this country: not everybody can order yet. "
        "You can look at everything, and we will open step by step."
    ),
    "order_cap": N_(
        "For this first round all places are taken. We only accept as many orders as we can look after well."
    ),
    "daily_cap": N_(
        "For today all places are taken. We only accept as many orders a day as we can look after well: "
        "please come back tomorrow."
    ),
    "value_cap": N_(
        "This order is more than we can take on in this first round. With fewer pieces it may still be possible; "
        "or please ask us."
    ),
    "customer_cap": N_(
        "In this first round we want to serve as many people as possible, and you have ordered from us already. "
        "If you need something more, please ask us."
    ),
    "stock_cap": N_(
        "There are not enough pieces left of something in your cart. Please take fewer, or take it out to order the rest."
    ),
    "support_capacity": N_(
        "Our team in this country has its hands full this week, and we only accept orders that we can look after well. "
        "Please come back in a few days."
    ),
}


def gate_sentence(reason: str) -> str:
    """Why buying is not possible now, as a message, for a reason code of the gate."""
    return CLOSED.get(reason, _OTHERWISE)
