"""Whom to ring up and when, as every document prints it: each with their day on the clock there and the clock at home."""

from collections.abc import Iterable, Mapping
from typing import Any

from shop.base.i18n import N_, NN_, NP_, Tongue
from shop.documents.clocks import BY_DAY, seen_from, span
from shop.documents.facts import Reading
from shop.documents.sheets import Cell, Row, Section, Table
from shop.launches.words import distance
from shop.support.crisis.words import ROLES
from shop.support.staffed.words import clock, period

DAYS = NN_("every %(num)s day", "every %(num)s days")
ON_THE_WEB = {
    "shop": N_("The shop on the web"),
    "support": N_("Where customers write to us"),
    "desk": N_("The desk, for whoever works here"),
}


def reached(who: Mapping[str, Any], reading: Reading) -> tuple[Cell, Cell]:
    """How somebody is reached, and from when until when they are awake, on the clock there and at home."""
    say, facts = reading.tongue.say, reading.facts
    there, home = facts["market"]["zone"], facts["exporter"]["zone"]
    here, away = (span(*seen_from(BY_DAY, who["zone"], zone, at=reading.at), reading.tongue) for zone in (there, home))
    by_day = Cell(
        say(N_("In the market: %(hours)s"), hours=here), say(N_("At home: %(hours)s"), hours=away), optional=True
    )
    phone, mail = who.get("phone", ""), who.get("email", "")
    return Cell(phone or mail, mail if phone else "", code=True), by_day


def web_rows(reading: Reading, *places: str) -> tuple[Row, ...]:
    """A line for each of these places on the web; none on prints from before the addresses were told."""
    told = reading.facts.get("web", {})
    return tuple(
        Row(f"web {each}", (Cell(reading.tongue.say(ON_THE_WEB[each])), Cell(told[each], code=True)))
        for each in places
        if told.get(each)
    )


def contact_rows(roles: Iterable[str], reading: Reading) -> tuple[Row, ...]:
    """A line for each who fills one of these roles, deputies last; a role that nobody fills is a blank."""
    rows: list[Row] = []
    for number, role in enumerate(roles, 1):
        theirs = [each for each in reading.facts["contacts"] if each["role"] == role]
        name = reading.tongue.say(ROLES[role]) if role in ROLES else role
        order = reading.tongue.number(number)
        if not theirs:
            rows.append(Row(role, (Cell(f"{order}. {name}"), Cell(""), Cell(""), Cell("", optional=True))))
        for place, each in enumerate(theirs):
            said = f"{order}. {name}" if not place else name
            deputy = reading.tongue.say(N_("deputy")) if each["deputy"] else ""
            rows.append(Row(f"{role} {place}", (Cell(said, deputy), Cell(each["name"]), *reached(each, reading))))
    return tuple(rows)


def contact_head(tongue: Tongue) -> tuple[str, ...]:
    """What stands over such lines."""
    return (
        tongue.say(NP_("of a person", "Role")),
        tongue.say(N_("Name")),
        tongue.say(N_("Telephone and mail")),
        tongue.say(N_("Awake, by the clock")),
    )


def contacts_section(reading: Reading, *, alone: bool = True) -> Section:
    """Everybody to be told, the emergency number, and who is on call."""
    say = reading.tongue.say
    roles = dict.fromkeys(each["role"] for each in reading.facts["contacts"])
    lead = say(
        N_("Times are those of the day of printing: %(day)s. The clock in the market: %(apart)s."),
        day=reading.tongue.date(reading.at.date()),
        apart=_apart(reading),
    )
    rows = contact_rows(roles, reading)
    told = Table("people", rows, contact_head(reading.tongue)) if rows else Table("people", (_nobody(reading),))
    return Section(
        "contacts", say(N_("Whom to ring up")), (_first(reading), told, _on_call(reading)), lead, alone=alone
    )


def _apart(reading: Reading) -> str:
    there, home = reading.facts["market"]["zone"], reading.facts["exporter"]["zone"]
    return distance(reading.at, there, home, reading.tongue)


def _nobody(reading: Reading) -> Row:
    return Row("nobody", (Cell(reading.tongue.say(N_("Contacts"))), Cell("")))


def _first(reading: Reading) -> Table:
    """The number for danger, and the exporter's own."""
    say, exporter = reading.tongue.say, reading.facts["exporter"]
    rows = (
        Row("emergency", (Cell(say(N_("Somebody is in danger"))), Cell(reading.facts["emergency"], code=True))),
        Row("exporter", (Cell(say(N_("Exporter"))), Cell(exporter["phone"], exporter["email"], code=True))),
    )
    return Table("first", rows)


def _on_call(reading: Reading) -> Table:
    say, tongue, turn = reading.tongue.say, reading.tongue, reading.facts["on_call"]
    title = say(N_("On call, day and night"))
    if not turn:
        return Table("on_call", (Row("people", (Cell(say(N_("In turn"))), Cell(""))),), title=title)
    handoff = say(
        N_("%(time)s by the clock of %(zone)s, %(often)s"),
        time=clock(turn["handoff"], tongue),
        zone=turn["zone"],
        often=tongue.count(*DAYS, turn["period_days"]),
    )
    vacant = tongue.list(turn.get("vacant", ()))
    gap = say(N_("Nobody is on call in the turns of: %(names)s"), names=vacant) if vacant else ""
    rows = (
        Row("people", (Cell(say(N_("In turn"))), Cell(tongue.list(turn["people"]) if turn["people"] else "", gap))),
        Row("handoff", (Cell(say(N_("Changes at"))), Cell(handoff, _on_both_clocks(turn, reading)))),
        Row("acknowledge", (Cell(say(N_("Must answer within"))), Cell(period(turn["acknowledge_minutes"], tongue)))),
        Row("backup", (Cell(say(N_("Paged next"))), Cell(tongue.list(turn["backup"]), optional=True))),
    )
    return Table("on_call", rows, title=title)


def _on_both_clocks(turn: Mapping[str, Any], reading: Reading) -> str:
    """When the turn changes, by the clock of the market and by the one at home."""
    say, facts = reading.tongue.say, reading.facts
    there, home = (
        clock(seen_from((turn["handoff"], turn["handoff"]), turn["zone"], zone, at=reading.at)[0], reading.tongue)
        for zone in (facts["market"]["zone"], facts["exporter"]["zone"])
    )
    return "\n".join((say(N_("In the market: %(hours)s"), hours=there), say(N_("At home: %(hours)s"), hours=home)))
