"""Which thing an e-mail belongs to: our mails carry a signed mark in their Message-ID and their reply address.

`help+r-7kq2m9.0a1b…@shop.example`: the name of the thing and 80 bits that only this house can make for it. A guessed name
opens nothing. Written in small letters, since mail servers may change the case.
"""

import hmac
import re
from dataclasses import dataclass

from shop.base.tokens import Signer

LENGTH = 20  # hexadecimal digits
_MARK = re.compile(rf"([a-z0-9-]{{3,24}})\.([0-9a-f]{{{LENGTH}}})(?![0-9a-f])")


@dataclass(frozen=True, slots=True)
class Threads:
    """Makes and reads such marks. `inbox` is the address whose mail is taken in here; empty where none is."""

    signer: Signer
    inbox: str = ""

    def mark(self, name: str) -> str:
        """The signed mark of a thing."""
        return f"{name.lower()}.{self._token(name)}"

    def reply_address(self, name: str) -> str:
        """Where an answer about the thing is to be sent; empty where no mail is taken in."""
        local, _, host = self.inbox.rpartition("@")
        return f"{local}+{self.mark(name)}@{host}" if local else ""

    def named(self, text: str) -> str:
        """The name whose mark, rightly signed, stands in an address or a Message-ID, in capitals; else empty."""
        for name, token in _MARK.findall(text.lower()):
            # The name may be the end of a longer word: `request-r-7kq2m9`.
            for start in range(len(name) - 2):
                if (start == 0 or name[start - 1] == "-") and hmac.compare_digest(token, self._token(name[start:])):
                    return str(name[start:]).upper()
        return ""

    def _token(self, name: str) -> str:
        return self.signer.derived(f"thread:{name.lower()}")[:LENGTH]
