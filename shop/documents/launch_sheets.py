"""The launch checklist and the learning log on paper: each gate with its evidence and a box, each mark with what was learnt."""

from typing import Any

from shop.base.i18n import N_
from shop.documents.facts import Reading
from shop.documents.shared_facts import Source, shared
from shop.documents.sheets import Cell, Pen, Row, Section, Sheets, Signature, Table, Text
from shop.launches.readying.facts import GateResult
from shop.launches.readying.gate_words import GROUPS, OWNERS, STATUS, WARNING
from shop.launches.readying.gathering import gates_of, gather
from shop.launches.words import gate_detail, gate_title
from shop.scorecard.learning import MARKS, lessons, marks
from shop.staff.names import names_of

BOXES = {"met": "☑", "ending": "☑", "missing": "☐", "waived": "☒"}


def checklist_facts(source: Source) -> dict[str, Any]:
    """Every gate's answer in the reader's words."""
    facts = gather(source.db, source.sources, now=source.now, only=source.market.id)[source.market.id]
    return {**shared(source), "gates": [_gate(each, source) for each in gates_of(source.market, facts, now=source.now)]}


def log_facts(source: Source) -> dict[str, Any]:
    """What was learnt, by the marks of the log."""
    written, names = lessons(source.db, source.market.id), names_of(source.db)
    standing = marks(written, orders=0)
    early = [each for each in written if each.orders < MARKS[0].orders]
    parts = [(0, early), *((each.mark.orders, each.lessons) for each in standing)]
    return {
        **shared(source),
        "marks": [
            {
                "orders": orders,
                "lessons": [
                    {
                        "id": each.id,
                        "orders": each.orders,
                        "taught": each.taught,
                        "changed": each.changed,
                        "person": names.get(each.person, each.person),
                        "day": each.at.date().isoformat(),
                    }
                    for each in found
                ],
            }
            for orders, found in parts
        ],
    }


def checklist(reading: Reading) -> Sheets:
    """The gates as a list to be gone through by hand, and signed."""
    say = reading.tongue.say
    head = ("", say(N_("Gate")), say(N_("What was found")), say(N_("Looked at by hand: name, day")))
    sections = []
    for group, title in GROUPS.items():
        rows = tuple(
            Row(each["gate"], (_box(each, reading), Cell(each["title"], each["owner"]), Cell(each["detail"], each["waived"]),
                               Cell("", optional=True)))
            for each in reading.facts["gates"]
            if each["group"] == group
        )  # fmt: skip
        if rows:
            sections.append(Section(group, say(title), (Table("gates", rows, head),)))
    names = (say(N_("For the exporter: name, day, signature")), say(N_("Country specialist: name, day, signature")))
    lead = say(N_("We have gone through this list. The market may be launched."))
    return Sheets((*sections, Section("signatures", say(N_("Signatures")), (Signature(names),), lead)))


def log(reading: Reading) -> Sheets:
    """What the first orders taught, with room to write on."""
    say, tongue = reading.tongue.say, reading.tongue
    titles = {each.orders: each for each in MARKS}
    sections = []
    for part in reading.facts["marks"]:
        mark = titles.get(part["orders"])
        title = say(N_("Before the first mark"))
        if mark:
            said = N_("After %(orders)s orders: %(question)s")
            title = say(said, orders=tongue.number(mark.orders), question=say(mark.title))
        rows = tuple(
            Row(
                str(each["id"]),
                (
                    Cell(tongue.number(each["orders"]), f"{each['person']}, {each['day']}"),
                    Cell(each["taught"]),
                    Cell(each["changed"], optional=True),
                ),
            )
            for each in part["lessons"]
        )
        head = (say(N_("Orders")), say(N_("What they taught")), say(N_("What was changed")))
        told = (Table("lessons", rows, head),) if rows else ()
        look = (Text("look", Cell(say(mark.look_at))),) if mark else ()
        sections.append(Section(str(part["orders"]), title, (*look, *told, Pen(4)), alone=False))
    return Sheets(tuple(sections))


def _gate(result: GateResult, source: Source) -> dict[str, str]:
    tongue, waiver = source.tongue, result.waiver
    waived = N_("Waived by %(person)s until %(day)s: %(reason)s")
    return {
        "gate": result.gate,
        "group": result.group,
        "status": result.status,
        "blocking": "yes" if result.blocking else "",
        "title": gate_title(result.gate, tongue),
        "owner": tongue.say(OWNERS[result.owner]),
        "detail": gate_detail(result, tongue),
        "waived": tongue.say(waived, person=waiver.person, day=tongue.date(waiver.until), reason=waiver.reason)
        if waiver
        else "",
    }


def _box(gate: dict[str, str], reading: Reading) -> Cell:
    warned = gate["status"] == "missing" and not gate["blocking"]
    word = reading.tongue.say(WARNING if warned else STATUS[gate["status"]])
    return Cell(f"{BOXES[gate['status']]} {word}")
