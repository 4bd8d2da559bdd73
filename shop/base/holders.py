"""Links that open one thing to whoever holds them: an order, a request.

The secret in a link is derived from the house's key and the thing's name, so it need not be stored anywhere. Opening
a link exchanges the secret for a cookie that script cannot read, and redirects to the clean address.
"""

import hmac
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from shop.base.tokens import Signer
from shop.base.web import Cookies
from shop.ground.errors import NotFound

LASTS = 90 * 86_400


class Holders:
    """Makes the secrets of links, and knows who holds which."""

    def __init__(self, cookies: Cookies, signer: Signer) -> None:
        self._cookies = cookies
        self._signer = signer

    def secret(self, kind: str, name: str) -> str:
        """The secret of the thing's link, the same each time."""
        return self._signer.derived(f"{kind}:{name}")[:40]

    def link(self, base_url: str, path: str, kind: str, name: str) -> str:
        """The whole address to put into a mail."""
        return f"{base_url}{path}?secret={self.secret(kind, name)}"

    def opened(self, kind: str, name: str, secret: str) -> Cookie:
        """The cookie for a right secret; raises NotFound for a wrong one."""
        if not hmac.compare_digest(secret.encode(), self.secret(kind, name).encode()):
            raise NotFound
        return self.cookie(kind, name)

    def cookie(self, kind: str, name: str) -> Cookie:
        """The cookie that lets this browser see the thing."""
        value = self._signer.signed(f"{kind}:{name}", 1)
        return self._cookies.make(f"{kind}-{name}", value, seconds=LASTS)

    def holds(self, request: Request[Any, Any, Any], kind: str, name: str) -> bool:
        """Whether this browser has opened the thing's link before."""
        return self._signer.opened(f"{kind}:{name}", self._cookies.read(request, f"{kind}-{name}")) == 1
