"""Cells of CSV files that a spreadsheet would take for a formula: written with an apostrophe before them, read without it.

The two are exact opposites, so that whatever was kept comes back as it was. Plain numbers are never touched.
"""

import re

_RISKY = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")  # full-width signs begin a formula, too
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?%?")


def guarded(cell: str) -> str:
    """The cell as a file holds it, so that no spreadsheet carries it out."""
    return f"'{cell}" if _RISKY.match(cell) and not _NUMBER.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """The cell of a file as it is meant."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell
