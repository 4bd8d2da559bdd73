"""The gate: may this visitor buy here now, and may they see the page at all. Pure, and the only place that decides it.

Seeing and buying are two questions. Seeing follows the table of launch states; buying is asked at the cart, at
checkout and when a payment is begun, and never again once money is on its way. The first rule that says no, in the
order of REASONS, is the reason the visitor is given.
"""

import hashlib
from dataclasses import dataclass, field

SELLING = ("soft", "open")
ENDING = ("winding_down", "closed")

REASONS = (  # why one may not buy, the first that holds; each has its sentence in checkout/closed_words.py
    "kill_switch",
    "state_draft",
    "state_ready",
    "state_paused",
    "state_winding_down",
    "state_closed",
    "preview_live",
    "country_not_served",
    "denied",
    "stop_sale",
    "invite",
    "percentage",
    "order_cap",
    "daily_cap",
    "value_cap",
    "customer_cap",
    "stock_cap",
    "support_capacity",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketFacts:
    """What the gate knows of a market. `percent_bp` is in hundredths of a percent; a cap that is None is none.

    Used are orders paid or being paid: ever, of this day of the market's calendar, and their totals in minor units.
    `capacity_left` is how many more orders its native agents can look after, None where that is not asked.
    """

    id: str
    country: str
    state: str
    pause_mode: str = ""
    audience: str = ""
    percent_bp: int = 0
    draw: int = 1
    in_chooser: bool = False
    order_cap: int | None = None
    orders_used: int = 0
    daily_cap: int | None = None
    orders_today: int = 0
    value_cap: int | None = None
    value_used: int = 0
    customer_cap: int | None = None
    capacity_left: int | None = None
    ever_sold: bool = False
    stopped: frozenset[str] = field(default_factory=frozenset)  # skus under a stop-sale; "" is everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """What the gate knows of a visitor. `invited` is a valid invitation, `admitted` a stored draw of the percentage.

    `denied` and `orders` (paid or being paid here) are the mailbox's, once it is known.
    """

    id: str = ""
    staff: bool = False
    invited: bool = False
    admitted: bool = False
    ship_to: str = ""
    denied: bool = False
    orders: int = 0


@dataclass(frozen=True, slots=True)
class Gate:
    """The answer: yes, or no with one reason code.

    `mints` says the yes came by percentage and is to be stored; `test` that an order made now is a test order.
    """

    open: bool
    reason: str
    mints: bool = False
    test: bool = False


def may_buy(
    market: MarketFacts,
    visitor: Visitor,
    skus: frozenset[str] = frozenset(),
    *,
    value: int = 0,
    short: frozenset[str] = frozenset(),
) -> Gate:
    """Whether the visitor may put `skus` into a cart, check out, or begin to pay, now.

    `value` is what they would come to in minor units, 0 while that is not known; `short` are those of which there are
    not enough pieces.
    """
    if "" in market.stopped:
        return Gate(False, "kill_switch")
    if seeing(market, visitor).preview:  # what is seen as a preview is bought as a test
        return Gate(True, "preview", test=True)
    if market.state not in SELLING:
        return Gate(False, f"state_{market.state}")
    if visitor.ship_to and visitor.ship_to != market.country:
        return Gate(False, "country_not_served")
    if visitor.denied:
        return Gate(False, "denied")
    if skus & market.stopped:
        return Gate(False, "stop_sale")
    audience = _audience(market, visitor)
    if not audience.open:
        return audience
    full = _reached(market, visitor, value)
    if not full and skus & short:
        full = "stock_cap"
    if not full and market.capacity_left is not None and market.capacity_left <= 0:
        full = "support_capacity"
    return Gate(False, full) if full else audience


def _reached(market: MarketFacts, visitor: Visitor, value: int) -> str:
    """The first cap that leaves no room for one more order of this value; empty while there is room."""
    if market.order_cap is not None and market.orders_used >= market.order_cap:
        return "order_cap"
    if market.daily_cap is not None and market.orders_today >= market.daily_cap:
        return "daily_cap"
    if market.value_cap is not None and market.value_used + max(value, 1) > market.value_cap:
        return "value_cap"
    if market.customer_cap is not None and visitor.orders >= market.customer_cap:
        return "customer_cap"
    return ""


def _audience(market: MarketFacts, visitor: Visitor) -> Gate:
    if market.state == "open" or not market.audience:
        return Gate(True, "open")
    if market.audience == "invitation":
        # A stored draw does not do here: it was made while a percentage could buy.
        return Gate(visitor.invited, "invite")
    if visitor.admitted:
        return Gate(True, "admitted")
    if visitor.invited:
        return Gate(True, "invite")
    drawn = in_draw(market, visitor.id)
    return Gate(drawn, "percentage", mints=drawn)


def in_draw(market: MarketFacts, visitor: str) -> bool:
    """Whether the visitor is among the market's percentage: bucket 0-9999 below `percent_bp`; 0 nobody, 10000 everybody."""
    if market.percent_bp >= 10_000:
        return True
    return bool(visitor) and bucket(f"market:{market.id}:v{market.draw}", visitor) < market.percent_bp


def bucket(salt: str, key: str) -> int:
    """The published rule: the first 8 bytes of SHA-256 of `salt:key`, big-endian, modulo 10,000."""
    return int.from_bytes(hashlib.sha256(f"{salt}:{key}".encode()).digest()[:8], "big") % 10_000


@dataclass(frozen=True, slots=True)
class Seeing:
    """What a visitor is shown: the `page` itself, a `notice`, a `holding` page, or nothing (`nothing` answers 404)."""

    what: str
    listed: bool  # in sitemap, feed, search and API
    chooser: bool
    public: bool  # the client may keep it and search engines may index it
    preview: bool = False


def seeing(market: MarketFacts, visitor: Visitor) -> Seeing:
    """What the visitor sees of the market's catalogue, after the table of launch states."""
    match market.state:
        case "draft" | "ready":
            return Seeing("page" if visitor.staff else "nothing", False, False, False, preview=visitor.staff)
        case "soft" if market.audience == "invitation":
            allowed = visitor.invited or visitor.staff
            return Seeing(
                "page" if allowed else "nothing", False, False, False, preview=visitor.staff and not visitor.invited
            )
        case "soft":
            return Seeing("page", False, market.in_chooser, False)
        case "open":
            return Seeing("page", True, True, True)
        case "paused":
            return _paused(market, visitor)
        case _:
            return Seeing("notice", False, False, False)


def _paused(market: MarketFacts, visitor: Visitor) -> Seeing:
    """A pause keeps what was seen before it; only `hidden` takes the catalogue away."""
    by_invitation = market.audience == "invitation"
    if by_invitation and not (visitor.invited or visitor.staff):
        return Seeing("nothing", False, False, False)
    if market.pause_mode == "hidden":
        return Seeing("holding", False, False, False)
    return Seeing("page", not market.audience, not market.audience or (market.in_chooser and not by_invitation), False)


def serves_after_sales(market: MarketFacts) -> bool:
    """Whether policies, support, withdrawal and recalls answer everybody: in every market that has ever sold."""
    return market.ever_sold
