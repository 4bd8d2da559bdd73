"""What is wrong with a cell, said in any language: English on the command line, the reader's own at the console."""

from typing import Any

from shop.base.i18n import CONTEXT_ENDS, Tongue

LONGEST_SHOWN = 120


class Wrong(ValueError):
    """A message (English, marked with `N_`) and the values of its placeholders: plain ones, or Wrong in their turn."""

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message, values)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        said = self.message.rpartition(CONTEXT_ENDS)[2]
        return said % {name: str(each) for name, each in self.values.items()} if self.values else said

    def says(self, tongue: Tongue) -> str:
        """The sentence in this tongue."""
        values = {name: _in(tongue, each) for name, each in self.values.items()}
        return tongue.say(self.message, **values) if self.message else ""


def wrong(error: ValueError) -> Wrong:
    """The error as one that speaks; one that was raised elsewhere stays as it is worded."""
    return error if isinstance(error, Wrong) else Wrong(str(error))


def shown(given: object) -> str:
    """What was written, as a sentence may show it: without what moves a terminal's cursor, and not without end."""
    said = given if isinstance(given, str) else repr(given)
    said = said if said.isprintable() else repr(said)[1:-1]
    return said if len(said) <= LONGEST_SHOWN else f"{said[:LONGEST_SHOWN]}…"


def _in(tongue: Tongue, value: object) -> str:
    return value.says(tongue) if isinstance(value, Wrong) else str(value)
