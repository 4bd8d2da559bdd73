"""Cells of a CSV file that a spreadsheet shows and does not reckon with."""

RISKY = (
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
    "\t",
    "\r",
    "'",
)  # what a spreadsheet takes for a formula, or hides


def shielded(cell: str) -> str:
    """The cell as it is written: one that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{cell}" if cell.startswith(RISKY) else cell
