"""Answers kept as bytes, packed ready-made, each client sent the packing it reads; the least lately asked goes first."""

import gzip
import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import brotli

KEPT_BYTES = 64 * 1024 * 1024
AROUND = 2_000  # bytes that an entry takes besides its bodies and its name, about
LONGEST_HEADER = 200  # of an Accept-Encoding that is worth reading

Key = tuple[str, str]  # path, and what else it may look different for


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer that has only to be sent: its two messages, and what the layers around it ask of its headers."""

    start: dict[str, Any]
    body: dict[str, Any]
    kind: bytes  # the Content-Type
    refers: bool  # whether it says by itself what a browser may tell of it

    @property
    def messages(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What is sent, in its order."""
        return self.start, self.body


@dataclass(slots=True)
class Entry:
    """One answer. `numbers` are those of `scopes` when it was drawn; a query naming one of `reads` is another page."""

    scopes: tuple[str, ...]
    numbers: tuple[int, ...]
    until: datetime | None  # in UTC, which is compared at once
    audience: str  # for whom alone, or ""
    reads: frozenset[str]
    tag: bytes  # in quotes, as it stands in the ETag
    ready: dict[str, Ready]  # by packing
    unchanged: Ready | None  # for who has it already
    size: int
    seen: object = None  # the counters by which it was last found to hold


class Kept:
    """The entries, together never more than `KEPT_BYTES`."""

    def __init__(self) -> None:
        self.entries: OrderedDict[Key, Entry] = OrderedDict()
        self.size = 0

    def get(self, key: Key) -> Entry | None:
        """The entry, which has now been asked for last."""
        entry = self.entries.get(key)
        if entry is not None:
            self.entries.move_to_end(key)
        return entry

    def put(self, key: Key, entry: Entry) -> None:
        """Keep an entry in the place of the one before it, and let those go that were not asked for the longest."""
        if (old := self.entries.pop(key, None)) is not None:
            self.size -= _size(key, old)
        self.entries[key] = entry
        self.size += _size(key, entry)
        while self.size > KEPT_BYTES:
            self.size -= _size(*self.entries.popitem(last=False))


def _size(key: Key, entry: Entry) -> int:
    return entry.size + 4 * sum(map(len, key))


def made(
    start: dict[str, Any],
    body: bytes,
    *,
    scopes: tuple[str, ...],
    numbers: tuple[int, ...],
    until: datetime | None,
    audience: str,
    reads: frozenset[str],
) -> Entry:
    """The entry for an answer of status 200 that begins with `start`."""
    kept = [(name, value) for name, value in start["headers"] if name not in (b"content-length", b"etag")]
    may_store = not any(name == b"cache-control" and b"no-store" in value for name, value in kept)
    tag = b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'
    if may_store:
        kept.append((b"etag", b"W/" + tag))  # weak: the same page in several packings (RFC 9110, 8.8.1)
    packed = {"": body, "br": brotli.compress(body, quality=5, lgwin=17), "gzip": gzip.compress(body, 6, mtime=0)}
    ready = {}
    for coding, each in packed.items():
        extra = [(b"content-length", str(len(each)).encode()), (b"vary", b"accept-encoding")]
        extra += [(b"content-encoding", coding.encode())] if coding else []
        ready[coding] = _ready(200, kept + extra, each)
    unchanged = _ready(304, [*kept, (b"vary", b"accept-encoding")], b"") if may_store else None
    size = sum(len(each) for each in packed.values()) + AROUND
    return Entry(scopes, numbers, until, audience, reads, tag, ready, unchanged, size)


def _ready(status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> Ready:
    start = {"type": "http.response.start", "status": status, "headers": headers}
    named = dict(headers)
    whole = {"type": "http.response.body", "body": body, "more_body": False}
    return Ready(start, whole, named.get(b"content-type", b""), b"referrer-policy" in named)


def chosen(entry: Entry, headers: dict[bytes, bytes]) -> Ready:
    """The entry as this client may have it, or only that it has it already; what it holds is nobody's to change."""
    if b"if-none-match" in headers and entry.unchanged is not None and _has(headers[b"if-none-match"], entry.tag):
        return entry.unchanged
    return entry.ready[accepted_coding(headers.get(b"accept-encoding", b"")[:LONGEST_HEADER])]


def _has(known: bytes, tag: bytes) -> bool:
    """Whether an If-None-Match names this tag, compared weakly, or any (RFC 9110, 13.1.2)."""
    return tag in known or known.strip() == b"*"


@lru_cache(maxsize=256)
def accepted_coding(header: bytes) -> str:
    """The packing most welcome by an Accept-Encoding (RFC 9110, 12.5.3), br before gzip; "" is none."""
    weights = dict(_weighted(part) for part in header.decode("latin-1").lower().split(","))
    others = weights.get("*", 0.0)
    ranked = {"br": weights.get("br", others), "gzip": weights.get("gzip", others), "": weights.get("identity", 0.0)}
    return max(ranked, key=lambda coding: ranked[coding]) if any(ranked.values()) else ""


def _weighted(part: str) -> tuple[str, float]:
    name, _, parameter = part.partition(";")
    weight = _WEIGHT.fullmatch(parameter)
    return name.strip(), float(weight[1]) if weight else 0.0 if parameter else 1.0


_WEIGHT = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*")
