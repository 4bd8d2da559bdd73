"""A recall in words: the headline that law asks for, what may be chosen, how a piece is recognised. No word softens."""

from collections.abc import Sequence

from shop.aftersales.models import Recall
from shop.base.i18n import N_, NN_, NP_, Tongue
from shop.catalogue.measures import ISOLATED

# The headline of GPSR art. 36 and Implementing Regulation (EU) 2024/1435; in each language the law's own words.
HEADLINE = N_("Product safety recall")

REMEDIES = {
    "repair": N_("A repair kit, free of charge"),
    "replacement": N_("A replacement, free of charge"),
    "refund": N_("My money back, at least what I paid"),
}
ANSWERS = {**REMEDIES, "no_longer": N_("I no longer have it")}
DONE = {
    "repair": NP_("recall", "Repair kit sent"),
    "replacement": NP_("recall", "Replaced"),
    "refund": NP_("recall", "Refunded"),
    "no_longer": NP_("recall", "No longer there"),
}
PIECES = NN_("%(num)s piece", "%(num)s pieces")

# What makes a danger sound smaller is not said in a recall (GPSR art. 36 (2) (c)); beginnings of words, in small letters.
SOFTENING = {
    "en": ("voluntar", "precaution", "discretion", "in rare cases", "as a courtesy"),
    "de": ("freiwillig", "vorsorglich", "vorsichtshalber", "vorsichtsmaßnahme", "in seltenen fällen", "kulanz"),
    "fr": ("volontaire", "préventif", "préventive", "par précaution", "mesure de précaution", "dans de rares cas"),
    "it": ("volontari", "precauzional", "in via cautelativa", "discrezional", "in rari casi"),
    "es": ("voluntari", "preventiv", "por precaución", "discrecional", "en casos raros", "en raras ocasiones"),
    "pt": ("voluntári", "preventiv", "por precaução", "discricionári", "em casos raros"),
    "ja": ("自主的", "念のため", "予防的", "まれに"),
    "ar": ("طوعي", "احترازي", "وقائي", "في حالات نادرة"),
}


def softened(text: str, language: str) -> str:
    """The word in the text that would make the danger sound smaller; empty when there is none."""
    lowered = text.casefold()
    return next((word for word in SOFTENING.get(language.partition("-")[0], ()) if word in lowered), "")


def remedies_offered(recall: Recall, tongue: Tongue) -> list[str]:
    """What the owners of what is recalled may choose."""
    return [tongue.say(REMEDIES[each]) for each in recall.remedies.split()]


def recognised(recall: Recall, tongue: Tongue) -> list[str]:
    """How one finds out whether a piece is concerned, in sentences."""
    said = []
    if recall.serial_from and recall.serial_to:
        words = N_("Serial numbers from %(first)s to %(last)s")
        said.append(tongue.say(words, first=_ltr(recall.serial_from), last=_ltr(recall.serial_to)))
    elif recall.serial_from:
        said.append(tongue.say(N_("Serial numbers from %(first)s on"), first=_ltr(recall.serial_from)))
    elif recall.serial_to:
        said.append(tongue.say(N_("Serial numbers up to %(last)s"), last=_ltr(recall.serial_to)))
    if recall.lots:
        said.append(tongue.say(N_("Lots: %(lots)s"), lots=_ltr(", ".join(recall.lots.split()))))
    if recall.sent_from:
        said.append(tongue.say(N_("Sent from %(day)s on"), day=tongue.date(recall.sent_from)))
    if recall.sent_until:
        said.append(tongue.say(N_("Sent until %(day)s"), day=tongue.date(recall.sent_until)))
    return said or [tongue.say(N_("All pieces, whenever they were bought"))]


def where_it_stands(recall: Recall, tongue: Tongue) -> str:
    """Where on the piece one has to look; empty where there is nothing to be read."""
    if recall.serial_from or recall.serial_to:
        return tongue.say(
            N_(
                "The serial stands on the plate under the machine, beside the mains data, and on the card that came with it."
            )
        )
    if recall.lots:
        return tongue.say(N_("The lot stands on the pack, beside the date, and begins with L."))
    return ""


def choices(options: Sequence[str], tongue: Tongue) -> list[tuple[str, str]]:
    """What may be chosen, with its words."""
    return [(each, tongue.say(ANSWERS[each])) for each in options]


def _ltr(text: str) -> str:
    """Codes run from left to right, also within a sentence that does not."""
    return ISOLATED.format(text)
