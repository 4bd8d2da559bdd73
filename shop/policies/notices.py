"""What EU law wants told of guarantees before an order, where a market's rules ask for it: the notice and the label.

Both are this house's own drawing of what Regulation (EU) 2025/1960 prescribes; its annexes fix the design too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shop.base.i18n import N_, NN_, Tongue

YOUR_EUROPE = "https://europa.eu/youreurope/citizens/consumers/shopping/guarantees-and-returns/index_{}.htm"
SPOKEN = frozenset("bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split())
AT_LEAST_MONTHS = 24  # of a legal guarantee in the EU, and what a producer's must exceed for the label


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as it is drawn on a page and in a mail: its head, its sentences, and where more of it stands."""

    title: str
    sentences: tuple[str, ...]
    url: str = ""
    link: str = ""


def guarantee_notice(rules: Mapping[str, Any], tongue: Tongue) -> Notice | None:
    """The harmonised notice of the legal guarantee (Directive 2011/83/EU art. 6(1)(l)), with the country's own time.

    None where the warranty rules do not ask for it, or none are known.
    """
    if not rules.get("harmonised_notice"):
        return None
    months, say = rules["legal_guarantee_months"], tongue.say
    sentences = [
        say(N_("The seller is liable if goods do not conform to the contract and this shows within that time.")),
        say(
            N_(
                "Repair or replacement is free of charge for you. If that is impossible or fails, you may have the "
                "price reduced, or end the contract and get your money back."
            )
        ),
        say(N_("The law of the European Union gives you at least 2 years; the law of a country may give more.")),
    ]
    if law := rules.get("legal_guarantee_source"):
        sentences.append(say(N_("The law in this country: %(law)s"), law=law))
    years = NN_("Your legal guarantee of conformity: %(num)s year", "Your legal guarantee of conformity: %(num)s years")
    fewer = NN_(
        "Your legal guarantee of conformity: %(num)s month", "Your legal guarantee of conformity: %(num)s months"
    )
    return Notice(
        title=tongue.count(*years, months // 12) if months % 12 == 0 else tongue.count(*fewer, months),
        sentences=tuple(sentences),
        url=YOUR_EUROPE.format(tongue.language if tongue.language in SPOKEN else "en"),
        link=say(N_("Your rights on Your Europe, the website of the European Union")),
    )


def durability_label(rules: Mapping[str, Any], tongue: Tongue) -> Notice | None:
    """The label of a producer's free guarantee of durability of the whole good; None unless it exceeds two years."""
    months = rules.get("durability_label_months", 0)
    if months <= AT_LEAST_MONTHS:
        return None
    words = NN_("Guaranteed durability: %(num)s month", "Guaranteed durability: %(num)s months")
    return Notice(
        title=tongue.count(*words, months),
        sentences=(
            tongue.say(
                N_("Given free of charge for the whole product by: %(guarantor)s"), guarantor=rules["guarantor"]
            ),
            tongue.say(N_("Your legal guarantee of conformity holds besides and is not limited by it.")),
        ),
    )


def notices(rules: Mapping[str, Any], tongue: Tongue) -> list[Notice]:
    """All that these warranty rules want told before an order, and again when it is confirmed."""
    found = (guarantee_notice(rules, tongue), durability_label(rules, tongue))
    return [each for each in found if each is not None]
