"""Posting to an address that somebody outside chose: only to public ones, once resolved and then held to, and not for long.

A name is resolved here, every address it has must be a public one, and the connection goes to that very address, so
that a name cannot mean one thing when it is checked and another when it is used. Redirects are not followed.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from urllib.parse import SplitResult, urlsplit

TIME_OUT = 10.0  # seconds for all of it, however slowly the other side drips
MOST_ANSWER = 2_000  # bytes of an answer that are read
LONGEST_URL = 500
NAT64 = IPv6Network("64:ff9b::/96")
UNICAST = IPv6Network("2000::/3")  # all of the public network in IPv6; what lies outside is somebody's own


class BadAddress(Exception):
    """An address to which nothing is sent; the message says why."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came back: a status, or none and why."""

    status: int | None
    text: str

    @property
    def fine(self) -> bool:
        """Whether the other side has taken it."""
        return self.status is not None and 200 <= self.status < 300


Post = Callable[[str, Mapping[str, str], bytes], Came]
Resolve = Callable[[str, int], list[str]]


def checked_url(url: str, *, local: bool) -> SplitResult:
    """The address's parts. `local` also takes http to this machine, for a shop that itself runs on it. Raises BadAddress."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise BadAddress("this is no address") from None
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise BadAddress(f"an address has at most {LONGEST_URL} ASCII characters")
    if not host or parts.username is not None or parts.fragment or port == 0:
        raise BadAddress("an address names a host, and neither a user nor a fragment")
    if parts.scheme != "https" and not (local and parts.scheme == "http" and is_loopback_name(host)):
        raise BadAddress("an address begins with https://")
    with suppress(ValueError):
        _public(ip_address(host), local=local)
    if host.lower().rstrip(".") == "localhost" and not local:
        raise BadAddress("this host is not a public one")
    return parts


def is_loopback_name(host: str) -> bool:
    """Whether the host is this machine by its name or address."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def resolved(host: str, port: int) -> list[str]:
    """Every address of a host. Raises BadAddress when it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadAddress("the host's name has no address") from None
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def safe_addresses(host: str, port: int, *, local: bool, resolve: Resolve = resolved) -> list[str]:
    """The host's addresses, when all of them may be sent to. Raises BadAddress."""
    found = resolve(host, port)
    for each in found:
        try:
            _public(ip_address(each.partition("%")[0]), local=local)
        except ValueError:
            raise BadAddress("the host's name has no address") from None
    return found


def post(url: str, headers: Mapping[str, str], body: bytes, *, local: bool, resolve: Resolve = resolved) -> Came:
    """Post the body and say what came back; whatever goes wrong is told, never raised."""
    try:
        parts = checked_url(url, local=local)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        [address, *_others] = safe_addresses(parts.hostname or "", port, local=local, resolve=resolve)
        return _posted(parts, address, port, headers=headers, body=body)
    except BadAddress as error:
        return Came(None, str(error))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Came(None, f"no answer: {type(error).__name__}")


def _posted(parts: SplitResult, address: str, port: int, *, headers: Mapping[str, str], body: bytes) -> Came:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(_Pinned(parts, address, port)) as connection:
        cut = Timer(TIME_OUT, connection.cut)
        cut.daemon = True
        cut.start()
        try:
            connection.request("POST", path, body=body, headers=dict(headers))
            answer = connection.getresponse()
            return Came(answer.status, answer.read(MOST_ANSWER).decode("utf-8", "replace").replace("\0", ""))
        finally:
            cut.cancel()


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, under the host's name."""

    def __init__(self, parts: SplitResult, address: str, port: int) -> None:
        super().__init__(parts.hostname or "", port, timeout=TIME_OUT)
        self._address, self._secure = address, parts.scheme == "https"
        self.default_port = 443 if self._secure else 80
        self._over = False

    def connect(self) -> None:
        """Connect to the address that was checked, and to no other."""
        made = socket.create_connection((self._address, self.port), timeout=TIME_OUT)
        self.sock = made
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(made, server_hostname=self.host)
        if self._over:  # it was cut while hands were shaken, when there was nothing yet to be cut
            raise TimeoutError

    def cut(self) -> None:
        """End it at once, in the middle of whatever it waits for."""
        self._over = True
        with suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


def _public(address: IPv4Address | IPv6Address, *, local: bool) -> None:
    """Raises BadAddress for one that is not of the public network, however it is wrapped."""
    inner: IPv4Address | IPv6Address = address
    if isinstance(address, IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in NAT64:
            wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
        inner = wrapped or address
        if wrapped is None and address not in UNICAST and not (local and address.is_loopback):
            raise BadAddress("this host is not a public one")
    if local and inner.is_loopback:
        return
    if not inner.is_global or inner.is_multicast or not (address.is_global or inner is not address):
        raise BadAddress("this host is not a public one")
