"""The columns of the files about goods: products, texts, listings, prices, stock, tax, delivery, costs and papers."""

from shop.base.i18n import N_, NP_
from shop.launches.readying.item_words import REASONS, SUBJECTS, TAX_CLASSES
from shop.upkeep.workshop.described import Columns, Described

MARKET = Described(NP_("country", "Market"), "", "choice", "markets")
PRODUCT = Described(N_("Product"), "", "choice", "products")
PERSON = Described(N_("Person"), "", "choice", "people")
REASON = Described(N_("Why"), N_("Only staff see this."), "text")

PLATES = {
    "kitchen": N_("Kitchen"),
    "skin": N_("Skin care"),
    "food": N_("Food"),
    "parts": N_("Parts"),
    "service": N_("Services"),
}
RETURN_CLASSES = {
    "general": N_("Ordinary goods"),
    "sealed_hygiene": N_("Sealed for hygiene"),
    "perishable": N_("Spoils quickly"),
    "made_to_order": N_("Made for one customer"),
    "electrical": N_("Electrical goods"),
    "cosmetics": N_("Cosmetics"),
    "food": N_("Food"),
    "service": N_("Services"),
}
VERDICTS = {"needs_step": N_("Something must be done first"), "no": N_("May not be sold")}
BATTERIES = {
    "": NP_("battery", "None"),
    "li_ion": N_("Lithium-ion, built in"),
    "li_ion_loose": N_("Lithium-ion, loose"),
    "coin_cell": N_("Button cell"),
}
NET_UNITS = {"": NP_("unit", "None"), "g": "g", "kg": "kg", "ml": "ml", "l": "l", "piece": N_("pieces")}
_LANGUAGES = N_("Language tags parted by spaces, such as: de fr pt-BR")

PRODUCTS: Columns = {
    "sku": Described(N_("Article number"), N_("Letters, digits, dots and hyphens. It stays for ever.")),
    "kind": Described(N_("Kind of goods"), N_("Which papers and rules of a market hold for it."), "choice", "kinds"),
    "family": Described(N_("Family"), N_("Articles of one family share pictures and papers."), "line", "families"),
    "plate": Described(N_("Ground of its pictures"), "", "choice", PLATES),
    "tax_class": Described(N_("Tax class"), N_("Which rate of tax is charged."), "choice", TAX_CLASSES),
    "return_class": Described(N_("Class for returns"), N_("Policies may exclude a class."), "choice", RETURN_CLASSES),
    "weight_g": Described(N_("Weight in grams"), N_("With its packing."), "number"),
    "width_mm": Described(N_("Width in millimetres"), "", "number"),
    "depth_mm": Described(N_("Depth in millimetres"), "", "number"),
    "height_mm": Described(N_("Height in millimetres"), "", "number"),
    "hs_code": Described(N_("Customs tariff number"), N_("Six digits or more, without dots.")),
    "origin": Described(N_("Country of origin"), "", "choice", "countries"),
    "net_quantity": Described(
        N_("Net quantity"), N_("What is inside, such as 250 or 0.5. The unit price follows from it.")
    ),
    "net_unit": Described(N_("Unit of the net quantity"), "", "choice", NET_UNITS),
    "volt_min": Described(N_("Lowest mains voltage"), N_("In volts. Empty for goods without a plug."), "number"),
    "volt_max": Described(N_("Highest mains voltage"), N_("In volts."), "number"),
    "hertz": Described(N_("Mains frequencies"), N_("In hertz, parted by spaces: 50 60"), "words"),
    "plugs": Described(N_("Types of plug"), N_("Letters parted by spaces: F E C"), "words"),
    "power_w": Described(N_("Power in watts"), "", "number"),
    "noise_db": Described(N_("Noise in decibels"), "", "number"),
    "battery": Described(N_("Battery"), "", "choice", BATTERIES),
    "serial": Described(N_("Every piece has a serial number"), N_("It is asked for at dispatch."), "flag"),
    "contains": Described(N_("Allergens inside"), N_("Parted by spaces; “none” says that there are none."), "words"),
    "may_contain": Described(
        N_("Traces of allergens"), N_("Parted by spaces; “none” says that there are none."), "words"
    ),
    "fits": Described(N_("Fits"), N_("For parts: the article numbers they fit, parted by spaces."), "words"),
    "serial_from": Described(N_("Fits from serial number"), N_("Empty fits all.")),
    "replace_months": Described(N_("Replace every so many months"), "", "number"),
    "label_languages": Described(N_("Languages of the label"), _LANGUAGES, "words"),
    "manual_languages": Described(N_("Languages of the manual"), _LANGUAGES, "words"),
    "parent_needed": Described(N_("Only sold where what it fits is sold"), "", "flag"),
}
TEXTS: Columns = {
    "sku": PRODUCT,
    "name": Described(NP_("goods", "Name"), N_("As customers read it.")),
    "slug": Described(
        N_("End of the page's address"), N_("Small letters, digits and hyphens. An address that changes is forwarded.")
    ),
    "summary": Described(N_("One sentence"), N_("What it does for whoever buys it."), "text"),
    "description": Described(N_("Description"), "", "text"),
    "box": Described(N_("In the box"), "", "text"),
    "ingredients": Described(N_("Ingredients"), "", "text"),
    "care": Described(N_("Care"), "", "text"),
    "checked_by": Described(N_("Checked by"), N_("Somebody whose first language this is."), "choice", "people"),
}
LISTINGS: Columns = {
    "market": MARKET,
    "sku": PRODUCT,
    "price": Described(N_("Price"), N_("What customers see and pay."), "amount"),
    "visible_from": Described(N_("Shown from"), N_("On the market's clock. Empty is at once."), "moment"),
    "buyable_from": Described(N_("Sold from"), N_("On the market's clock. Empty is at once."), "moment"),
    "until": Described(N_("Sold until"), N_("On the market's clock. Empty is without an end."), "moment"),
    "max_per_order": Described(N_("At most so many in one order"), "", "number"),
    "max_per_customer": Described(N_("At most so many for one customer"), N_("Empty is no limit."), "number"),
    "allotment": Described(
        N_("Pieces for this market"), N_("How many it may sell in all. Empty is no limit but the stock."), "number"
    ),
    "reduced_since": Described(
        N_("Reduced since"), N_("Filled in only where the price is announced as reduced."), "moment"
    ),
}
PRICES: Columns = {
    "market": MARKET,
    "sku": PRODUCT,
    "at": Described(N_("Since"), N_("On the market's clock."), "moment"),
    "price": Described(N_("Price"), "", "amount"),
}
STOCK: Columns = {
    "sku": PRODUCT,
    "on_hand": Described(N_("Pieces on hand"), N_("With those that are held or sold and not yet sent."), "number"),
}
TAX: Columns = {
    "market": MARKET,
    "tax_class": Described(N_("Tax class"), "", "choice", TAX_CLASSES),
    "region": Described(N_("Region"), N_("Empty holds everywhere in the country.")),
    "percent": Described(N_("Rate in percent"), N_("With at most three decimals."), "percent"),
    "from": Described(N_("In force from"), "", "day"),
}
SHIPPING: Columns = {
    "market": MARKET,
    "price": Described(N_("Delivery costs"), N_("0 is free."), "amount"),
    "free_from": Described(N_("Free from an order of"), N_("Empty is never free."), "amount"),
    "days_min": Described(N_("Fewest working days"), "", "number"),
    "days_max": Described(N_("Most working days"), "", "number"),
    "carrier": Described(N_("Carrier")),
    "origin": Described(NP_("country", "Sent from"), "", "choice", "countries"),
}
LANDED_COSTS: Columns = {
    "market": MARKET,
    "sku": PRODUCT,
    "purchase": Described(N_("Purchase or making"), N_("For one piece, in the market's currency."), "amount"),
    "freight": Described(N_("Freight"), N_("For one piece."), "amount"),
    "duty": Described(N_("Duty"), N_("For one piece."), "amount"),
    "as_of": Described(N_("As of"), "", "day"),
    "source": Described(N_("Source"), N_("Where these figures come from.")),
}
MARKET_COSTS: Columns = {
    "market": MARKET,
    "parcel": Described(N_("One parcel"), "", "amount"),
    "returned": Described(N_("One return"), "", "amount"),
    "fee": Described(N_("Payment fee for each order"), "", "amount"),
    "fee_percent": Described(N_("Payment fee in percent"), "", "percent"),
    "exchange_percent": Described(N_("Exchange loss in percent"), "", "percent"),
    "minute": Described(N_("One minute of support"), "", "amount"),
}
_KIND = Described(N_("Kind of goods"), "", "choice", "kinds")
_MARK = Described(N_("Mark or registration"), N_("As the market calls it, such as CE or SDoC."))
PRICE_RATES: Columns = {
    "market": MARKET,
    "currency": Described(N_("From currency"), "", "choice", "currencies"),
    "rate": Described(
        N_("Rate"),
        N_("How much of the market's currency one unit of the other is. It suggests prices, it never charges."),
    ),
    "as_of": Described(N_("As of"), "", "day"),
    "source": Described(N_("Source"), N_("Where the rate comes from.")),
    "markup": Described(N_("Mark-up in percent"), N_("What suggested prices are to be dearer."), "percent"),
    "ending": Described(N_("How prices end"), N_("Such as .90 or 80. Empty is any price that the market takes.")),
}
REQUIREMENTS: Columns = {"market": MARKET, "kind": _KIND, "mark": _MARK}
CERTIFICATES: Columns = {
    "market": MARKET,
    "kind": _KIND,
    "mark": _MARK,
    "number": Described(N_("Number")),
    "valid_from": Described(N_("Valid from"), "", "day"),
    "valid_until": Described(N_("Valid until"), N_("You are warned before it ends."), "day"),
    "holder": Described(N_("Holder"), N_("In whose name it stands.")),
}
RULES: Columns = {
    "market": MARKET,
    "subject": Described(
        N_("What it is about"), N_("A kind of goods, a battery, a feature or an article number."), "line", SUBJECTS
    ),
    "verdict": Described(N_("What follows"), "", "choice", VERDICTS),
    "reason": Described(N_("Reason"), "", "line", REASONS),
    "months": Described(N_("Months"), N_("1 to 12, parted by spaces. Empty holds all year."), "words"),
}
MAINS: Columns = {
    "market": MARKET,
    "volts": Described(N_("Volts"), N_("All that are met there, parted by spaces: 220 240"), "words"),
    "hertz": Described(N_("Mains frequencies"), N_("In hertz, parted by spaces: 50 60"), "words"),
    "plugs": Described(N_("Types of socket"), N_("Letters parted by spaces: F C"), "words"),
}
RESPONSIBLE: Columns = {
    "market": MARKET,
    "kind": _KIND,
    "name": Described(
        NP_("company or person", "Name"), N_("Empty says that the market asks for somebody and nobody is named yet.")
    ),
    "address": Described(N_("Address"), "", "text"),
}
PAPERS: Columns = {"text": Described(N_("Text"), "", "words")}
OLD_ADDRESSES: Columns = {
    "language": Described(N_("Language"), "", "choice", "languages"),
    "slug": Described(N_("End of the page's address"), N_("Whoever still knows it is sent on.")),
    "sku": PRODUCT,
}
