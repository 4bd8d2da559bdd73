"""The cart: a signed cookie of one market, SKUs and pieces. It holds no price; the quote asks for those each time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from shop.base.fields import whole
from shop.base.i18n import N_, Tongue
from shop.base.tokens import Signer, fresh_token
from shop.base.web import Cookies
from shop.ground.errors import Refusal

LASTS = 30 * 86_400
MOST_LINES = 30


class CartFull(Refusal):
    """The cart holds as many different products as it can."""


@dataclass(frozen=True, slots=True)
class Cart:
    """SKUs with pieces, in the order in which they were put in, and of parts the serial of the machine they are for.

    `mark` is the cart's own name, given with its first line and gone with its last. `tampered` says that the cookie
    could not be read.
    """

    lines: dict[str, int]
    serials: dict[str, str] = field(default_factory=dict)
    mark: str = ""
    tampered: bool = False

    @property
    def pieces(self) -> int:
        """How many pieces there are in all."""
        return sum(self.lines.values())

    def with_line(self, sku: str, quantity: int, serial: str = "") -> "Cart":
        """The cart with `quantity` of the SKU; none takes the line out. Raises CartFull."""
        lines = {each: pieces for each, pieces in {**self.lines, sku: quantity}.items() if pieces > 0}
        if len(lines) > MOST_LINES:
            raise CartFull
        serials = {**self.serials, **({sku: serial} if serial else {})}
        kept = {each: known for each, known in serials.items() if each in lines}
        return replace(self, lines=lines, serials=kept, mark=self.mark or fresh_token())


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
        opened = self._signer.opened(f"cart-{market}", text)
        if not isinstance(opened, dict):
            return Cart({}, tampered=True)
        lines: list[tuple[str, int, str]] = opened["lines"]
        return Cart(
            {sku: pieces for sku, pieces, _serial in lines},
            {sku: serial for sku, _pieces, serial in lines if serial},
            opened["mark"],
        )

    def cookies(self, cart: Cart, market: str) -> list[Cookie]:
        """The cookies for a changed cart: the cart itself, and the number that the page's script shows."""
        count = self._cookies.readable("cart_count", str(cart.pieces), seconds=LASTS)
        count.path = f"/{market}"
        if not cart.lines:
            return [self._cookies.drop(f"cart-{market}"), count]
        lines = [(sku, pieces, cart.serials.get(sku, "")) for sku, pieces in cart.lines.items()]
        signed = self._signer.signed(f"cart-{market}", {"mark": cart.mark, "lines": lines})
        return [self._cookies.make(f"cart-{market}", signed, seconds=LASTS), count]

    def others(self, request: Request[Any, Any, Any], market: str, markets: Mapping[str, object]) -> dict[str, Cart]:
        """The filled carts of the other markets."""
        read = {each: self.read(request, each) for each in markets if each != market}
        return {each: cart for each, cart in read.items() if cart.lines}


def read_quantity(text: str, at_most: int, tongue: Tongue) -> tuple[int, str]:
    """The number of pieces, or 0 and the sentence that says what can be taken. Digits of any script count as digits."""
    number = whole(text.strip(), digits=6)
    if number is not None and 1 <= number <= at_most:
        return number, ""
    return 0, tongue.say(N_("Please enter a whole number from 1 to %(most)s."), most=tongue.number(at_most))
