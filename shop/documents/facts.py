"""The facts of a document: plain values only, the same text for the same facts, and known by the hash of it. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop.base.i18n import Tongue

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """Facts as they are drawn: in which tongue, and by the clocks of which instant."""

    facts: Facts
    tongue: Tongue
    at: datetime


def hash_of(content: str) -> str:
    """SHA-256 of facts as they are kept."""
    return hashlib.sha256(content.encode()).hexdigest()
