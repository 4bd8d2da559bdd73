"""One thing that is wrong with a policy, said in any language: in English on the command line, else in the reader's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shop.base.i18n import Tongue


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the value of `key` (empty: with the whole); `shown` is the value where the English shows it."""

    key: str
    message: str  # marked with N_, a whole sentence
    values: Mapping[str, Any] = field(default_factory=dict)
    shown: str = ""

    def __str__(self) -> str:
        place = f"{self.key} = {self.shown}" if self.shown else self.key
        said = self.message % self.values if self.values else self.message
        return f"{place}: {said}" if place else said

    def says(self, tongue: Tongue) -> str:
        """The sentence in this tongue, without the key: it stands at its field."""
        return tongue.say(self.message, **self.values)
