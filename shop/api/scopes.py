"""What a token may be given, in one table: scope -> the act of `staff/may.py` that it lets a program do for its person.

A token never allows more than its person may do at that moment: the scope narrows, it grants nothing. What the console
asks the password again for has a scope of its own: a program cannot be asked, so its person is, when they give the scope.
"""

from collections.abc import Iterable

from shop.base.i18n import N_

WIDEN = "markets:widen"
SCOPES = {
    "markets:read": ("board.see", N_("See markets and their state")),
    "markets:write": ("market.change", N_("Prepare, pause, wind down and close markets")),
    WIDEN: ("market.change", N_("Launch, open and resume markets")),
    "markets:approve": ("change.approve", N_("Agree to what somebody else has asked for in a market, or call it off")),
    "listings:read": ("board.see", N_("See what is sold where, and prices")),
    "listings:write": ("market.change", N_("Change prices and what is sold where")),
    "stock:read": ("board.see", N_("See stock")),
    "stock:write": ("market.change", N_("Change stock")),
    "orders:read": ("order.see", N_("See orders, with names and addresses")),
    "orders:write": ("order.dispatch", N_("Mark orders as dispatched and delivered")),
    "requests:read": ("queue.see", N_("See customers' requests")),
    "requests:write": ("request.answer", N_("Answer and close customers' requests")),
    "coverage:read": ("coverage.see", N_("See the hours in which somebody answers")),
    "policies:read": ("policy.see", N_("See the policies in force")),
    "webhooks:read": ("webhook.manage", N_("See webhooks and what was delivered")),
    "webhooks:write": ("webhook.manage", N_("Set up webhooks and send again")),
}


def act_of(scope: str) -> str:
    """The act that the scope stands for."""
    return SCOPES[scope][0]


def in_order(scopes: Iterable[str]) -> tuple[str, ...]:
    """Those of the scopes that there are, in the order of the table."""
    given = set(scopes)
    return tuple(scope for scope in SCOPES if scope in given)
