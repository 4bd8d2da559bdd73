"""All doors of upkeep besides the workshop's: what leaves the house, and whether everything holds."""

from shop.upkeep import check_console, console
from shop.upkeep.personal import console as personal_console

HANDLERS = [*console.HANDLERS, *check_console.HANDLERS, *personal_console.HANDLERS]
