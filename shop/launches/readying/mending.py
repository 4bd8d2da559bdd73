"""Where the console mends what a gate found missing; what only the imported set-up can mend has no place here."""

from collections.abc import Sequence

WAIVERS = "/console/markets/{market}#waivers"
RESEARCH = "/console/markets/{market}/research"
PLACES = {
    "policies.translated": "/{market}/{language}/policies/returns",
    "policies.signed": "/console/policies",
    "policies.legal_floor": "/console/policies",
    "legal.pages": "/{market}/{language}/policies/imprint",
    "listings.present": "/{market}/{language}/",
    "catalogue.limited": "/{market}/{language}/",
    "product.environment": RESEARCH,
    "test_order": "/{market}/{language}/",
    "caps.set": "/console/markets/{market}#exposure",
    "stop_lines.set": "/console/markets/{market}/stop-lines",
    "tax.registration": WAIVERS,
    "payments.live": WAIVERS,
    "duty.landed_cost": WAIVERS,
    "agents.coverage": "/console/coverage/{market}",
    "agents.specialist": RESEARCH,
    "research.questions": RESEARCH + "#questions",
    "support.promise": "/console/knowledge",
    "holidays": "/console/roster",
    "crisis.contacts": "/console/crisis",
    "crisis.night": "/console/crisis",
    "recall.plan": "/console/crisis",
}


def place_to_mend(gate: str, market: str, languages: Sequence[str]) -> str:
    """The page that leads to it; empty where there is none."""
    return PLACES.get(gate, "").format(market=market, language=languages[0] if languages else "")
