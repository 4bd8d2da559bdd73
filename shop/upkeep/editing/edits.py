"""An edit of what was set up, what it differs in, and what is said when somebody else was quicker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shop.ground.errors import Refusal


@dataclass(frozen=True, slots=True)
class Edit:
    """One row as it is to be. `cells` None removes it; cells of a known row that are left out stay as they are.

    `key` is the row's key as it is now; a cell of a key column with another value gives it a new one. `seen` is the
    version of the row that the edit was made from; "" says that there is none yet.
    """

    file: str
    key: tuple[str, ...]
    cells: Mapping[str, Any] | None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a cell was, is and is to be: was when the form was drawn (None where nobody knows), is now, yours in the edit.

    In what is foreseen `was` equals `now`. A row that is not there has None for each of its cells.
    """

    file: str
    key: tuple[str, ...]
    column: str
    was: Any
    now: Any
    yours: Any


class StaleEdit(Refusal):
    """Rows were changed by someone else since the form was drawn; nothing was written. See `differences`."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        super().__init__(differences=tuple(differences))
        self.differences = tuple(differences)


def differences(
    file: str,
    key: tuple[str, ...],
    *,
    was: Mapping[str, Any] | None,
    now: Mapping[str, Any] | None,
    yours: Mapping[str, Any] | None,
) -> list[Difference]:
    """The cells in which the three do not agree; None is a row that is not there (or, of `was`, not known)."""
    columns = dict.fromkeys(name for each in (now, yours, was) if each is not None for name in each)
    told = []
    for name in columns:
        before, present, mine = (None if each is None else each.get(name, "") for each in (was, now, yours))
        if present != mine or (was is not None and before != present):
            told.append(Difference(file, key, name, before, present, mine))
    return told
