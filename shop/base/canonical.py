"""JSON that is the same, byte for byte, for the same values: what hashes are made over and kept.

Hashes that are kept rest on these bytes. Whoever changes them makes everything signed, printed and audited look forged.
"""

import json
from collections.abc import Callable
from typing import Any


def canonical(value: Any, default: Callable[[Any], Any] = str) -> str:
    """The value as JSON, the keys of mappings in order; `default` says what stands for a value that JSON does not know."""
    return json.dumps(value, default=default, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
