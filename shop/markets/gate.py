"""The gate: may this visitor buy here now, and may they see the page at all. Pure, and the only place that decides it.

Seeing and buying are two questions. Seeing follows the table of launch states; buying is asked at the cart, at
checkout and when a payment is begun, and never again once money is on its way. The first rule that says no is the
reason the visitor is given.
"""

import hashlib
from dataclasses import dataclass, field

SELLING = ("soft", "open")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketFacts:
    """What the gate knows of a market. `percent_bp` is in hundredths of a percent; `order_cap` None is no cap."""

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
    ever_sold: bool = False
    stopped: frozenset[str] = field(default_factory=frozenset)  # skus under a stop-sale; "" is everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """What the gate knows of a visitor. `invited` is a valid invitation, `admitted` a stored admission."""

    id: str = ""
    staff: bool = False
    invited: bool = False
    admitted: bool = False
    ship_to: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """The answer: yes, or no with one reason code.

    `mints` says the yes came by percentage and is to be stored; `test` that an order made now is a test order.
    """

    open: bool
    reason: str
    mints: bool = False
    test: bool = False


def may_buy(market: MarketFacts, visitor: Visitor, skus: frozenset[str] = frozenset()) -> Gate:
    """Whether the visitor may put `skus` into a cart, check out, or begin to pay, now."""
    if "" in market.stopped:
        return Gate(False, "kill_switch")
    if seeing(market, visitor).preview:  # what is seen as a preview is bought as a test
        return Gate(True, "preview", test=True)
    if market.state not in SELLING:
        return Gate(False, f"state_{market.state}")
    if visitor.ship_to and visitor.ship_to != market.country:
        return Gate(False, "country_not_served")
    if skus & market.stopped:
        return Gate(False, "stop_sale")
    audience = _audience(market, visitor)
    if not audience.open:
        return audience
    if market.order_cap is not None and market.orders_used >= market.order_cap:
        return Gate(False, "order_cap")
    return audience


def _audience(market: MarketFacts, visitor: Visitor) -> Gate:
    if market.state == "open" or not market.audience:
        return Gate(True, "open")
    if visitor.invited:
        return Gate(True, "invite")
    if market.audience == "invitation":
        # A stored admission alone does not do: it may rest on an invitation that was revoked since.
        return Gate(False, "invite")
    if visitor.admitted:
        return Gate(True, "admitted")
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
