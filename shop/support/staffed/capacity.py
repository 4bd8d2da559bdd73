"""How many more orders a market's native agents can look after: their time, against the contacts that orders bring.

Pure. The contacts per order are not known but estimated, so their upper bound counts; while there are few orders, an
assumed rate stands in for those that are missing.
"""

import math
from dataclasses import dataclass

DAYS = 7  # whose contacts and duty are held against each other
LOOK_BACK = 30  # days of orders and contacts from which the rate is learnt
ASSUMED_CONTACTS, ASSUMED_ORDERS = 2, 10  # three times what shops at home meet, until own orders say better
Z = 1.6448536269514722  # one-sided 95 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is known of a market: orders and contacts of the last LOOK_BACK days, orders of the last DAYS, and what waits.

    `native_minutes` are those of its native agents in the coming DAYS, `minutes_per_contact` above 0.
    """

    orders: int
    contacts: int
    recent_orders: int
    waiting: int
    native_minutes: int
    minutes_per_contact: int


@dataclass(frozen=True, slots=True)
class Room:
    """`contacts` expected in the coming DAYS (upper bound), `orders_left` how many orders more the time allows."""

    contacts: int
    orders_left: int


def room(load: Load) -> Room:
    """How many orders may still be taken: never so many that their contacts need more than the agents' minutes."""
    each = contacts_per_order(load.contacts, load.orders)
    expected = load.waiting + load.recent_orders * each
    answerable = load.native_minutes / load.minutes_per_contact
    return Room(math.ceil(expected), max(0, math.floor((answerable - expected) / each)))


def contacts_per_order(contacts: int, orders: int) -> float:
    """The upper bound of contacts that one order brings, 95 %, one-sided."""
    return upper(contacts + ASSUMED_CONTACTS) / (orders + ASSUMED_ORDERS)


def upper(events: int) -> float:
    """The upper 95 % limit of a Poisson mean of which so many events were seen.

    Byar's approximation (Breslow and Day, Statistical Methods in Cancer Research II, 1987), within 1 % of the exact one.
    """
    more = events + 1
    return float(more * (1 - 1 / (9 * more) + Z / (3 * math.sqrt(more))) ** 3)
