"""The chapters of the manual about law and money: returns, guarantee, what must not be promised, who bears what."""

from collections.abc import Iterator, Mapping
from typing import Any

from shop.aftersales.cases.sight import BEARERS
from shop.base.i18n import N_, NP_
from shop.documents.facts import Reading
from shop.documents.fields import BEARING, RULES
from shop.documents.sheets import Cell, Listed, Row, Section, Table, Text
from shop.policies.rule_words import rules_told

ABOUT = {
    "returns": N_("Goods that are sent back"),
    "warranty": N_("When something is wrong with the goods"),
    "shipping": N_("Delivery"),
}
UNTOLD = frozenset({"seller", "seller_address", "email", "phone", "guarantor_address", "withdrawal_labels"})
NEVER = (
    N_("No longer time, no more money and no other repair than stands here. Goodwill is the exporter's to give."),
    N_("No day of delivery that does not stand in the order."),
    N_("No word about whose fault it is, and none about what an insurer or a lawyer will do."),
    N_("No word that a product heals, protects from illness, or suits everybody."),
    N_("No price, discount or part that does not stand in the shop."),
)
NOTHING_EXCLUDED = N_("By law no right of the buyer may be taken away or shortened here, not even with their consent.")
EXCLUDED = N_("The law here allows to exclude: %(what)s. Exclude nothing else.")
DUTIES = {
    "included": N_("Import duties are in the price. Whoever is asked for them at the door pays nothing and tells us."),
    "named": N_("Import duties are collected on delivery. Never say that everything is paid."),
}


def rules_section(reading: Reading) -> Section:
    """The rules that every order there stands under, as the software applies them today."""
    say, held = reading.tongue.say, reading.facts["policies"]
    blocks = []
    for kind, title in ABOUT.items():
        if kind not in held:
            blocks.append(Table(kind, (Row(kind, (Cell(say(title)), Cell(""))),)))
            continue
        rules = {name: each for name, each in held[kind]["rules"].items() if name not in UNTOLD and not _nothing(each)}
        rows = tuple(
            Row(each["label"], (Cell(each["label"]), Cell(each["value"]))) for each in rules_told(rules, reading.tongue)
        )
        version = Row(
            "version", (Cell(say(N_("Version"))), Cell(held[kind]["version"], held[kind]["hash"][:12], code=True))
        )
        blocks.append(Table(kind, (*rows, version, *_to_be_read(reading, kind)), title=say(title)))
    lead = say(
        N_("These rules hold for every order. What a customer accepted with their order goes on holding for it.")
    )
    return Section("rules", say(N_("Returns and guarantee")), tuple(blocks), lead, alone=True)


def _to_be_read(reading: Reading, kind: str) -> Iterator[Row]:
    """Where customers read these very words; nothing on prints from before the addresses were told."""
    if policies := reading.facts.get("web", {}).get("policies"):
        address = f"{policies}/{kind}/{reading.facts['policies'][kind]['version']}"
        yield Row("address", (Cell(reading.tongue.say(N_("To be read on the web"))), Cell(address, code=True)))


def never_section(reading: Reading) -> Section:
    """What nobody may promise, and what the law here leaves nobody to take away."""
    say = reading.tongue.say
    items = (*(say(each) for each in NEVER), *_by_law(reading))
    return Section("never", say(N_("What must not be promised")), (Listed("never", items, "never"),))


def bearing_section(reading: Reading) -> Section:
    """Who bears what, and how it is settled."""
    say, fields = reading.tongue.say, reading.facts["fields"]
    rows = tuple(Row(each.key, (Cell(say(each.label)), Cell(_bearer(fields, each.key, reading)))) for each in BEARING)
    head = (say(NP_("cost", "What")), say(N_("Who bears it")))
    settled, *_rest = RULES
    money = Text("money", Cell(fields.get("money", "")), say(settled.label))
    return Section("bearing", say(N_("Who bears what")), (Table("bears", rows, head), money))


def agreed_section(reading: Reading) -> Section:
    """Reports, and the rules for the brand."""
    say, fields = reading.tongue.say, reading.facts["fields"]
    texts = tuple(Text(each.key, Cell(fields.get(each.key, "")), say(each.label)) for each in RULES[1:])
    return Section("agreed", say(N_("Reports and brand")), texts)


def _by_law(reading: Reading) -> Iterator[str]:
    held, say = reading.facts["policies"], reading.tongue.say
    if (rules := _rules(held, "warranty")) is not None:
        allowed = rules.get("disclaimers_allowed") or []
        yield say(EXCLUDED, what=", ".join(map(str, allowed))) if allowed else say(NOTHING_EXCLUDED)
    duties = (_rules(held, "shipping") or {}).get("duties")
    if duties in DUTIES:
        yield say(DUTIES[duties])


def _nothing(value: Any) -> bool:
    """Whether a rule says nothing: none, or a figure of 0. A plain no is a word of its own."""
    return value in (None, "") or (value == 0 and not isinstance(value, bool))


def _rules(held: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
    return held[kind]["rules"] if kind in held else None


def _bearer(fields: Mapping[str, str], key: str, reading: Reading) -> str:
    word = fields.get(key, "")
    return reading.tongue.say(BEARERS[word]) if word in BEARERS else ""
