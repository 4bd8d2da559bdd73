"""Where the console mends what a gate found missing: the page of its own, or the sheet of the workshop it is written in."""

from collections.abc import Sequence

WAIVERS = "/console/markets/{market}#waivers"
POLICIES = "/console/policies"
RESEARCH = "/console/markets/{market}/research"
SHEET = "/console/workshop/sheets/{sheet}?market={{market}}"
CERTIFICATES, MAINS = SHEET.format(sheet="certificates"), SHEET.format(sheet="mains")
PLACES = {
    "policies.translated": POLICIES,
    "policies.signed": POLICIES,
    "policies.legal_floor": SHEET.format(sheet="minimums"),
    "legal.pages": POLICIES,
    "order_button": "/console/workshop/sheets/markets/row?key={market}",
    "responsible_person": SHEET.format(sheet="responsible_people"),
    "listings.present": SHEET.format(sheet="listings"),
    "catalogue.limited": SHEET.format(sheet="listings"),
    "product.mains": MAINS,
    "product.languages": "/console/catalogue",
    "product.suitable": SHEET.format(sheet="rules"),
    "certs.present": CERTIFICATES,
    "certs.valid": CERTIFICATES,
    "stock.present": "/console/catalogue/stock",
    "price.set": "/console/catalogue/prices/{market}",
    "tax.rates": SHEET.format(sheet="tax"),
    "shipping.lane": SHEET.format(sheet="shipping"),
    "translations.complete": "/console/catalogue/texts",
    "product.environment": RESEARCH,
    "test_order": "/{market}/{language}/",
    "caps.set": "/console/markets/{market}#exposure",
    "stop_lines.set": "/console/markets/{market}/stop-lines",
    "tax.registration": POLICIES,
    "payments.live": WAIVERS,
    "duty.landed_cost": SHEET.format(sheet="landed_costs"),
    "agents.coverage": "/console/coverage/{market}",
    "agents.specialist": RESEARCH,
    "research.questions": RESEARCH + "#questions",
    "support.promise": "/console/workshop/sheets/markets/row?key={market}",
    "holidays": "/console/roster",
    "crisis.contacts": "/console/workshop/sheets/contacts",
    "crisis.night": "/console/workshop/sheets/on_call",
    "recall.plan": "/console/crisis",
    "docs.printed": "/console/markets/{market}/documents",
}
THE_EXPORTERS = frozenset({"duty.landed_cost"})  # mended where costs are, which nobody else is shown
# What one of the gate's answers is mended by instead: it is said in a policy, or of the goods themselves.
OTHERWISE = {
    ("policies.legal_floor", "below_minimum"): POLICIES,
    ("shipping.lane", "no_return_address"): POLICIES,
    ("duty.landed_cost", "no_duties"): POLICIES,
    ("duty.landed_cost", "uncoded"): "/console/workshop/sheets/products",
    ("support.promise", "macros_lacking"): "/console/workshop/sheets/macros.{language}",
    ("agents.specialist", "no_specialist"): "/console/workshop/sheets/markets/row?key={market}",
}


def place_to_mend(gate: str, code: str, market: str, languages: Sequence[str]) -> str:
    """The page that leads to what the gate answered with this code; empty where there is none."""
    return OTHERWISE.get((gate, code), PLACES.get(gate, "")).format(
        market=market, language=languages[0] if languages else ""
    )
