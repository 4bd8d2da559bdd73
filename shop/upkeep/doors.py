"""All doors of upkeep besides the workshop's: what leaves the house, and whether everything holds."""

from shop.upkeep import check_console, console

HANDLERS = [*console.HANDLERS, *check_console.HANDLERS]
