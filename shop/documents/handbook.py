"""The crisis handbook as it is printed: how to use it, whom to ring up, and a card on a page of its own for each bad day."""

from collections.abc import Iterator, Mapping
from typing import Any

from shop.aftersales.recalls.clock import Clock
from shop.base.i18n import N_, NP_, Tongue
from shop.documents.contact_sheets import contact_head, contact_rows, contacts_section, web_rows
from shop.documents.facts import Reading
from shop.documents.sheets import Block, Cell, Listed, Pen, Row, Section, Sheets, Table, Text
from shop.support.crisis.legal_clocks import AT_ONCE
from shop.support.crisis.words import SEVERITIES
from shop.support.staffed.words import period

USE = (
    N_("Stay calm. Look for the card below that says what has happened."),
    N_("Do its steps one after the other. Tick off what is done, and write the time beside it."),
    N_("Say only what stands on the card. Nobody admits a cause or blame, and nobody is sent away."),
    N_("If two cards fit, do both: the graver one first."),
)
AT_FIRST = (
    N_("Is anybody in danger? Then say at once: call the emergency number."),
    N_("Open the desk, choose “Incidents”, and take the incident on. If there is none yet, open one."),
    N_("Tell the first person of the list on this card. If they do not answer, tell the next one."),
    N_("Write down what you know and the time. Offer nothing that does not stand here."),
)
OF_CRISIS = 0


def handbook(reading: Reading) -> Sheets:
    """The whole handbook."""
    cards = reading.facts["cards"]
    return Sheets((_use(reading), contacts_section(reading), *(_card(each, reading) for each in cards)))


def _use(reading: Reading) -> Section:
    say, cards = reading.tongue.say, reading.facts["cards"]
    rows = tuple(
        Row(each["key"], (Cell(_title(each, reading.tongue), each["what_if"], lang=_lang(each)), _grave(each, reading)))
        for each in cards
    )
    head = (say(N_("What if …")), say(N_("How grave")))
    table = Table("cards", rows or (Row("none", (Cell(say(N_("Cards"))), Cell(""))),), head, say(N_("What if …")))
    steps = Listed("use", tuple(say(each) for each in USE), "steps")
    desk = web_rows(reading, "desk")
    return Section("use", say(N_("How to use this handbook")), (steps, *([Table("web", desk)] if desk else []), table))


def _card(card: Mapping[str, Any], reading: Reading) -> Section:
    return Section(card["key"], _title(card, reading.tongue), tuple(_blocks(card, reading)), alone=True)


def _blocks(card: Mapping[str, Any], reading: Reading) -> Iterator[Block]:
    say, lang = reading.tongue.say, _lang(card)
    if card["foreign"]:
        language = reading.tongue.language_name(card["language"])
        missing = say(N_("This card has not been translated yet. It is shown in: %(language)s"), language=language)
        yield Table("foreign", (Row("foreign", (Cell(missing), Cell(""))),))
    yield Text("what_if", Cell(card["what_if"], lang=lang), loud=True)
    yield Table("facts", tuple(_facts(card, reading)))
    crisis = card["severity"] == OF_CRISIS
    if crisis:
        yield Listed("at_first", tuple(say(each) for each in AT_FIRST), "steps", say(N_("The first 15 minutes")))
    title = say(NP_("steps", "Then")) if crisis else say(N_("What to do at once"))
    yield Listed("steps", tuple(card["steps"]), "ticks", title, lang, needed=True)
    title = say(N_("Whom to tell, one after the other"))
    if card["tell"]:
        yield Table("tell", contact_rows(card["tell"], reading), contact_head(reading.tongue), title)
    yield Listed("never", tuple(card["never_say"]), "never", say(N_("Never say")), lang, needed=True)
    yield Listed("collect", tuple(card["collect"]), "boxes", say(N_("Find out")), lang, needed=True)
    yield from _spoken(card, reading)
    if card["legal"]:
        yield Table("legal", tuple(_legal(card, reading.tongue)), title=say(N_("Clocks of the law")))
    yield Listed("console", tuple(_console(card, reading.tongue)), "steps", say(N_("What to press")))
    yield Pen(4, title=say(N_("When it is over: what happened, what we learned, name and day")))


def _facts(card: Mapping[str, Any], reading: Reading) -> Iterator[Row]:
    say, minutes = reading.tongue.say, card["first_answer_minutes"]
    yield Row("grave", (Cell(say(N_("How grave"))), _grave(card, reading)))
    if minutes:
        said = period(minutes, reading.tongue)
        waking = say(N_("counted while people there are awake")) if card["waking_only"] else ""
        yield Row("first", (Cell(say(N_("First answer by a person within"))), Cell(said, waking)))
    yield Row("emergency", (Cell(say(N_("Emergency number"))), Cell(reading.facts["emergency"], code=True)))
    if card["marks"]:
        yield Row("marks", (Cell(say(N_("Lots and serials"))), Cell(" · ".join(card["marks"]), code=True)))


def _spoken(card: Mapping[str, Any], reading: Reading) -> Iterator[Block]:
    """What customers are told, in every language of the market."""
    say, number = reading.tongue.say, reading.facts["emergency"]
    for language, words in card["spoken"].items():
        name = reading.tongue.language_name(language)
        first = words["first"].replace("{emergency}", number or "…").strip()
        title = say(N_("What the customer reads at once (%(language)s)"), language=name)
        yield Text(f"first {language}", Cell(first, lang=language), title, frame=True)
        if card["stop_sale"] or words["public"]:
            title = say(N_("What everybody may be told (%(language)s)"), language=name)
            yield Text(f"public {language}", Cell(words["public"].strip(), lang=language), title, frame=True)


def _legal(card: Mapping[str, Any], tongue: Tongue) -> Iterator[Row]:
    """By when the authority must know; from the moment anybody here learned of it."""
    for each in card["legal"]:
        told = Clock(each["number"], each["unit"], each["source"]).told(tongue)
        said = tongue.say(AT_ONCE, period=told) if each["at_once"] else told
        name = tongue.say(N_("Tell the authority"))
        yield Row("authority", (Cell(name), Cell(said, each["source"])))


def _console(card: Mapping[str, Any], tongue: Tongue) -> Iterator[str]:
    yield tongue.say(N_("Desk, “Incidents”: take it on, note every step, close it with what was learned."))
    if card["stop_sale"]:
        yield tongue.say(N_("In the incident: “Stop the sale” of the product, for this market or for all."))
    if card["recall"]:
        yield tongue.say(N_("If people must send it back or throw it away: Console, “Recalls”, open a recall."))


def _grave(card: Mapping[str, Any], reading: Reading) -> Cell:
    _tone, _glyph, word = SEVERITIES[card["severity"]]
    return Cell(reading.tongue.say(word))


def _title(card: Mapping[str, Any], tongue: Tongue) -> str:
    return tongue.say(N_("%(number)s. %(title)s"), number=tongue.number(card["number"]), title=card["title"] or "…")


def _lang(card: Mapping[str, Any]) -> str:
    return card["language"] if card["foreign"] else ""
