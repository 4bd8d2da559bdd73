"""All doors of the workshop: the sheets of the set-up, and the desks for what belongs together."""

from shop.upkeep.beginning import console as beginning_console
from shop.upkeep.workshop import (
    bulk_console,
    changes_console,
    checklists_console,
    csv_console,
    listing_console,
    papers_console,
    pictures_console,
    prices_console,
    product_console,
    row_console,
    sheets_console,
    stock_console,
    texts_console,
)

HANDLERS = [
    *beginning_console.HANDLERS,
    *sheets_console.HANDLERS,
    *row_console.HANDLERS,
    *csv_console.HANDLERS,
    *bulk_console.HANDLERS,
    *changes_console.HANDLERS,
    *checklists_console.HANDLERS,
    *product_console.HANDLERS,
    *texts_console.HANDLERS,
    *pictures_console.HANDLERS,
    *papers_console.HANDLERS,
    *prices_console.HANDLERS,
    *listing_console.HANDLERS,
    *stock_console.HANDLERS,
]
