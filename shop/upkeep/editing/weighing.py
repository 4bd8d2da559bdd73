"""Whether a change of the set-up weighs so much that whoever makes it is asked again who they are.

Which files and columns do is in `staff/may.py`, which markets customers have come to in `markets/visited.py`.
"""

from collections.abc import Collection, Iterable

from shop.staff.may import is_sensitive_cell
from shop.upkeep.editing.edits import Difference

OF_ALL = ("exporter.toml", "people.csv", "agents.toml")  # about no single market


def weighs(differences: Iterable[Difference], markets: Collection[str]) -> bool:
    """Whether one of the differences is such a change, in one of these markets."""
    return bool(markets) and any(_weighs(each, markets) for each in differences)


def _weighs(each: Difference, markets: Collection[str]) -> bool:
    if not is_sensitive_cell(each.file, each.column, goes=each.yours is None):
        return False
    if each.file in OF_ALL:
        return True
    moved = (each.now, each.yours) if each.column == "market" else ()
    return any(market in markets for market in (*each.key[:1], *moved))
