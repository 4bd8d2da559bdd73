"""What a column is to a person: its name, one sentence of help, how it is filled in, and the words of its choices."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Words = Mapping[str, str]  # value -> message

# How a cell is filled in. `amount` is money in the market's currency, `moment` a day that may have a time, `list` one
# entry a line, `several` ticks, `pairs` names with a value each, `table` rows of their own.
WIDGETS = frozenset(
    "line text list email zone number amount percent day moment clock choice flag words several pairs table".split()
)
# Choices that the set-up or CLDR knows instead of a fixed list.
SOURCES = frozenset("markets people products languages countries currencies kinds families tax_classes cards".split())


@dataclass(frozen=True, slots=True)
class Described:
    """`words` are the choices (of a `choice`, of `several`, of the names of `pairs`): a mapping, or one of SOURCES.

    `values` describes the values of `pairs`, `parts` the columns of a `table`.
    """

    label: str
    hint: str = ""
    widget: str = "line"
    words: Words | str = ""
    values: "Described | None" = None
    parts: "Mapping[str, Described]" = field(default_factory=dict)


Columns = Mapping[str, Described]
