"""Where the console mends what a gate found missing; what only the imported set-up can mend has no place here."""

from collections.abc import Sequence

WAIVERS = "/console/markets/{market}#waivers"
PLACES = {
    "policies.translated": "/{market}/{language}/policies/returns",
    "policies.signed": "/{market}/{language}/policies/returns",
    "legal.pages": "/{market}/{language}/policies/imprint",
    "listings.present": "/{market}/{language}/",
    "test_order": "/{market}/{language}/",
    "caps.set": "/console/markets/{market}#exposure",
    "tax.registration": WAIVERS,
    "payments.live": WAIVERS,
    "agents.coverage": "/console/coverage/{market}",
    "crisis.contacts": "/console/crisis",
}


def place_to_mend(gate: str, market: str, languages: Sequence[str]) -> str:
    """The page that leads to it; empty where there is none."""
    return PLACES.get(gate, "").format(market=market, language=languages[0] if languages else "")
