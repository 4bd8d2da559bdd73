"""Cells of CSV files that a spreadsheet would take for a formula: written with an apostrophe before them, read without it.

The two are exact opposites, so that whatever was kept comes back as it was. Plain numbers are never touched.
"""

import re

_FIRST = frozenset("'=+-@\t\r")
_RISKY = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?%?")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guarded(cell: str) -> str:
    """The cell as a file holds it, so that no spreadsheet carries it out."""
    if not cell or cell[0] not in _FIRST:
        return cell
    return f"'{cell}" if _RISKY.match(cell) and not _NUMBER.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """The cell of a file as it is meant."""
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell
