"""The cart: a signed cookie of one market, SKUs and pieces. It holds no price; the quote asks for those each time."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from shop.base.i18n import N_, Tongue
from shop.base.tokens import Signer
from shop.base.web import Cookies
from shop.ground.errors import Refusal

LASTS = 30 * 86_400
MOST_LINES = 30


class CartFull(Refusal):
    """The cart holds as many different products as it can."""


@dataclass(frozen=True, slots=True)
class Cart:
    """SKUs with pieces, in the order in which they were put in. `tampered` says that the cookie could not be read."""

    lines: dict[str, int]
    tampered: bool = False

    @property
    def pieces(self) -> int:
        """How many pieces there are in all."""
        return sum(self.lines.values())

    def with_line(self, sku: str, quantity: int) -> "Cart":
        """The cart with `quantity` of the SKU; none takes the line out. Raises CartFull."""
        lines = {**self.lines, sku: quantity}
        if len(lines) > MOST_LINES:
            raise CartFull
        return Cart({each: pieces for each, pieces in lines.items() if pieces > 0})


class Carts:
    """Reads and writes the cart cookies."""

    def __init__(self, cookies: Cookies, signer: Signer) -> None:
        self._cookies = cookies
        self._signer = signer

    def read(self, request: Request[Any, Any, Any], market: str) -> Cart:
        """The cart of this market; a cookie that was tampered with is an empty cart that says so."""
        text = self._cookies.read(request, f"cart-{market}")
        if not text:
            return Cart({})
        lines = self._signer.opened(f"cart-{market}", text)
        return Cart(dict(lines)) if lines is not None else Cart({}, tampered=True)

    def cookies(self, cart: Cart, market: str) -> list[Cookie]:
        """The cookies for a changed cart: the cart itself, and the number that the page's script shows."""
        signed = self._signer.signed(f"cart-{market}", list(cart.lines.items()))
        count = self._cookies.readable("cart_count", str(cart.pieces), seconds=LASTS)
        count.path = f"/{market}"
        return [self._cookies.make(f"cart-{market}", signed, seconds=LASTS), count]


def read_quantity(text: str, at_most: int, tongue: Tongue) -> tuple[int, str]:
    """The number of pieces, or 0 and the sentence that says what can be taken. Digits of any script count as digits."""
    plain = "".join(str(unicodedata.decimal(each, each)) for each in text.strip())
    if plain.isascii() and plain.isdigit() and len(plain) <= 6 and 1 <= int(plain) <= at_most:
        return int(plain), ""
    return 0, tongue.say(N_("Please enter a whole number from 1 to %(most)s."), most=tongue.number(at_most))
