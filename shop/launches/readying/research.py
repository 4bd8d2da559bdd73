"""The research sheet of a market: what was found out before the catalogue was picked, topic by topic, and what is open.

A signature is under the answers as they stood: it names their hash, so that it falls with the next change of any of
them. Questions are outside of it; one may be asked at any time.
"""

import hashlib
import json
from collections.abc import Iterable

from shop.base.i18n import N_
from shop.launches.models import ResearchAnswer

TOPICS = {
    "use": (
        N_("How it is used there"),
        N_("In which kitchens and bathrooms, for which dishes and habits, how often, and by whom."),
    ),
    "mains": (
        N_("Mains and power surges"),
        N_("Voltage, frequency, sockets, and what happens when the power fails or jumps."),
    ),
    "water": (N_("Water"), N_("How hard it is, what limescale does, whether it is drunk from the tap.")),
    "climate": (
        N_("Climate"),
        N_("Heat, cold and damp on the way, in the store and in the home; what melts, rusts or spoils."),
    ),
    "customs": (
        N_("Customs and duties"),
        N_("What is charged at the border, from which value on, who pays it, and which papers a parcel needs."),
    ),
    "certificates": (
        N_("Certificates"),
        N_("Which marks and registrations the goods need, who may hold them, and what may not come in at all."),
    ),
    "competitors": (
        N_("Competitors"),
        N_("What customers buy there today, at which prices, and with which promises."),
    ),
    "returns": (
        N_("Returns that buyers expect"),
        N_("What shops there give beyond the law: days, free labels, repair at home."),
    ),
    "etiquette": (
        N_("Business manners"),
        N_("How people there want to be written to, called and answered, and on which days."),
    ),
    "specialist": (
        N_("The specialist"),
        N_("Who advises us on this country, what they know from their own life there, and how they are reached."),
    ),
}


def research_hash(answers: Iterable[ResearchAnswer]) -> str:
    """SHA-256 over what was found out, from where, as of when."""
    told = sorted([each.topic, each.text, each.source, each.as_of.isoformat()] for each in answers)
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def topics_lacking(answers: Iterable[ResearchAnswer]) -> tuple[str, ...]:
    """The topics that nobody has written anything about, or without saying from where it is known."""
    told = {each.topic for each in answers if each.text.strip() and each.source.strip()}
    return tuple(each for each in TOPICS if each not in told)
