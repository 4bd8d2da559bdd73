"""The facts of a document: plain values only, the same text for the same facts, and known by the hash of it. Pure."""

import hashlib
import json
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


def canonical(facts: Facts) -> str:
    """The facts as JSON; whatever stands in them in another order is the same."""
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def hash_of(content: str) -> str:
    """SHA-256 of facts as they are kept."""
    return hashlib.sha256(content.encode()).hexdigest()
