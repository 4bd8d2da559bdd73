"""The procedures as they are printed: a page each, its steps to be ticked off, with the market's own facts filled in."""

import re
from collections.abc import Mapping
from typing import Any

from shop.base.i18n import N_, NN_, NP_, Tongue
from shop.documents.facts import Reading
from shop.documents.manual_facts import policies
from shop.documents.procedures import PROCEDURES, Procedure
from shop.documents.shared_facts import Source, shared
from shop.documents.sheets import Block, Cell, Drawing, Listed, Pen, Row, Section, Sheets, Table, Text
from shop.support.known.filling import PLACEHOLDER
from shop.support.known.own_steps import FACTS, own_steps

DAYS = NN_("%(num)s day", "%(num)s days")
MONTHS = NN_("%(num)s month", "%(num)s months")
_NAMED = re.compile(r"%\((\w+)\)s")


def procedure_facts(source: Source) -> dict[str, Any]:
    """What the procedures look up."""
    own = {key: list(steps) for key, steps in own_steps(source.db, source.market.id, source.language).items()}
    return {**shared(source), "policies": policies(source), **({"own_steps": own} if own else {})}


def procedures(reading: Reading) -> Sheets:
    """All procedures."""
    known = _known(reading)
    sections = [_page(number, each, known, reading) for number, each in enumerate(PROCEDURES, 1)]
    return Sheets(tuple(sections))


def _page(number: int, procedure: Procedure, known: Mapping[str, str], reading: Reading) -> Section:
    say, tongue = reading.tongue.say, reading.tongue
    title = say(N_("%(number)s. %(title)s"), number=tongue.number(number), title=say(procedure.title))
    blocks: list[Block] = [Text("when", Cell(say(procedure.when)), loud=True)]
    if procedure.drawing:
        blocks.append(Drawing(procedure.drawing, say(procedure.shows)))
    built_in = [say(each, **known) if "%(" in each else say(each) for each in procedure.steps]
    own = reading.facts.get("own_steps", {}).get(procedure.key, ())
    said = [PLACEHOLDER.sub(lambda name: known.get(name[1], name[0]), each) for each in own]
    blocks.append(Listed("steps", procedure.with_own(said, built_in) if own else tuple(built_in), "ticks"))
    asked = dict.fromkeys(name for each in procedure.steps for name in _NAMED.findall(each))
    asked |= dict.fromkeys(name for each in own for name in PLACEHOLDER.findall(each) if name in known)
    lacking = tuple(Row(name, (Cell(say(FACTS[name])), Cell(""))) for name in asked if not known[name].strip("…"))
    if lacking:
        blocks.append(Table("lacking", lacking))
    head = (say(N_("Done by")), say(N_("Day and time")), say(NP_("by hand", "Signature")))
    blocks.append(Pen(2, head))
    return Section(procedure.key, title, tuple(blocks), alone=True)


def _known(reading: Reading) -> dict[str, str]:
    """The market's facts by the names the steps use; what is not known is an ellipsis, and is asked for below."""
    facts, tongue = reading.facts, reading.tongue
    returns, warranty = (facts["policies"].get(kind, {}).get("rules", {}) for kind in ("returns", "warranty"))
    address = str(returns.get("return_address", ""))
    told = {
        "return_address": tongue.postal(address) if address else "",
        "guarantee": _guarantee(warranty, tongue),
        "refund": tongue.count(*DAYS, returns["refund_days"]) if returns.get("refund_days") else "",
        "emergency": facts["emergency"],
        "exporter": facts["exporter"]["phone"],
        "currency": facts["market"]["currency"],
    }
    return {name: each or "…" for name, each in told.items()}


def _guarantee(rules: Mapping[str, Any], tongue: Tongue) -> str:
    if not rules:
        return ""
    if rules.get("legal_guarantee_basis") == "fixed":
        return tongue.count(*MONTHS, rules["legal_guarantee_months"])
    return tongue.say(N_("as long as one may reasonably expect"))
