"""What may follow an order after the sale: where its page leads, told by slices that know more than checkout does."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlmodel import Session

from shop.checkout.orders import OrderView
from shop.markets.visit import Visit


@dataclass(frozen=True, slots=True)
class Way:
    """One way on from the order's page: a label and an address; a case also has the chip that says how it stands."""

    label: str
    url: str
    number: str = ""
    mark: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """Something the customer owns by the order: what it is called, the serial or lot it bears, and its guarantees in words."""

    name: str
    mark: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Warned:
    """A recall of something in the order: its headline, what to do at once and in which language, and where to answer."""

    headline: str
    product: str
    action: str
    language: str
    url: str
    answered: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Follows:
    """What the page shows: the doors that are open for this order, its cases so far, and until when goods may go back.

    Then what is owned by it, and what one may ask to be reminded of: what the form sends, and the words.
    """

    doors: tuple[Way, ...] = ()
    cases: tuple[Way, ...] = ()
    until: str = ""
    owned: tuple[Kept, ...] = ()
    care: tuple[tuple[str, str], ...] = ()
    recalls: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class Following:
    """Hands out what follows an order; put together where the house is."""

    tell: Callable[[Session, OrderView, Visit], Follows]
