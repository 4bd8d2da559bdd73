"""The steps of a procedure as the exporter has written them, for one market or for all, language by language.

They stand in place of the built-in ones, in print and as ticks of the list that is signed at the desk. What the house
itself relies on stays beside them: everything that is entered, and the ticks of `STAYS`. A language in which nothing is
written keeps the built-in steps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.staff.checklists import Field
from shop.staff.may import ALL_MARKETS
from shop.support.known.filling import PLACEHOLDER
from shop.support.known.models import OwnSteps
from shop.support.known.sops import Sop

# What a step may name in braces, and what it is called where its value is not at hand.
FACTS = {
    "return_address": N_("Address for returns"),
    "guarantee": N_("Legal guarantee"),
    "refund": N_("Days until the money is given back"),
    "emergency": N_("Emergency number"),
    "exporter": N_("Exporter"),
    "currency": N_("Currency"),
}
# list at the desk -> its ticks that stay whatever is written: somebody could be hurt, or be promised what is not so
STAYS: Mapping[str, frozenset[str]] = {
    "damaged_parcel": frozenset({"unplugged"}),
    "return": frozenset({"aside"}),
    "warranty_repair": frozenset({"unplugged", "smoke"}),
    "safety_contact": frozenset({"help", "stop", "keep", "silent", "told"}),
    "shift_handover": frozenset({"urgent"}),
}
PROCEDURE_OF = {"safety_contact": "safety"}  # lists that are named otherwise than their procedure


def own_steps(db: Session, market: str, language: str) -> dict[str, tuple[str, ...]]:
    """What is written for the market in the language, or else for all markets, by procedure."""
    query = select(OwnSteps).where(col(OwnSteps.market).in_((market, ALL_MARKETS)), OwnSteps.language == language)
    rows = db.exec(query.order_by(col(OwnSteps.market))).all()  # the market's own come last, and win
    return {each.procedure: tuple(each.steps.split("\n")) for each in rows}


def as_written(db: Session, sop: Sop, market: str, tongue: Tongue) -> Sop:
    """The list as it is asked there: its own ticks give way to the written steps, what must stay stands where it stood."""
    name = sop.checklist.name
    steps = own_steps(db, market, tongue.language).get(PROCEDURE_OF.get(name, name))
    if not steps:
        return sop
    fields = [each for each in sop.checklist.fields if each.kind != "tick" or each.name in STAYS.get(name, ())]
    given_way = [number for number, each in enumerate(sop.checklist.fields) if each not in fields]
    place = given_way[0] if given_way else len(fields)
    ticks = [
        Field(f"own-{number}", "tick", "%(step)s", values={"step": named(each, tongue)})
        for number, each in enumerate(steps, 1)
    ]
    return replace(sop, checklist=replace(sop.checklist, fields=(*fields[:place], *ticks, *fields[place:])))


def named(step: str, tongue: Tongue) -> str:
    """The step with what it names in words: `{emergency}` is told as what it is."""
    return PLACEHOLDER.sub(lambda found: tongue.say(FACTS[found[1]]) if found[1] in FACTS else found[0], step)


def unknown_facts(steps: Sequence[str]) -> list[str]:
    """The names in braces for which no market has a value."""
    return sorted({each for step in steps for each in PLACEHOLDER.findall(step) if each not in FACTS})
