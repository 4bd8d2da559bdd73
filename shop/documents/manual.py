"""The distributor's manual as it is printed: who does what, goods, answers, rules, parts, care, training, signatures."""

from collections.abc import Iterator, Mapping
from typing import Any

from shop.base.i18n import N_, NN_, NP_, Tongue
from shop.documents.clocks import seen_from, span
from shop.documents.contact_sheets import contact_head, contacts_section, reached, web_rows
from shop.documents.facts import Reading
from shop.documents.fields import KEEP
from shop.documents.manual_rules import agreed_section, bearing_section, never_section, rules_section
from shop.documents.sheets import Cell, Drawing, Listed, Pen, Row, Section, Sheets, Signature, Table, Text
from shop.support.staffed.words import period

TRACES = {
    "serial": N_("Serial number on the plate"),
    "lot": N_("Lot on the pack"),
    "": NP_("trace", "None"),
}
DUTIES = {
    "exporter": (N_("Exporter"), N_("Makes and sends the goods, decides on goodwill, answers what is passed on.")),
    "specialist": (N_("Country specialist"), N_("Knows law and customs there, and signs the texts.")),
    "agent": (N_("Support agent"), N_("Answers customers in their language.")),
    "partner": (N_("Distributor"), N_("Keeps parts, repairs, takes goods back, answers what stands in this manual.")),
}
MONTHS = NN_("every %(num)s month", "every %(num)s months")
TRACE_ROWS = 18  # a page of its own, to be copied
TRAINING_ROWS = 3  # people of a distributor who sign what they have learned


def manual(reading: Reading) -> Sheets:
    """The whole manual."""
    return Sheets(
        (
            _who(reading),
            _goods(reading),
            _answers(reading),
            _clock(reading),
            contacts_section(reading, alone=False),
            rules_section(reading),
            never_section(reading),
            bearing_section(reading),
            _parts(reading),
            _care(reading),
            agreed_section(reading),
            _training(reading),
            _asked(reading),
            *_asked_elsewhere(reading),
            _signatures(reading),
        )
    )


def _who(reading: Reading) -> Section:
    say, facts, tongue = reading.tongue.say, reading.facts, reading.tongue
    seller, fields = facts["exporter"], facts["fields"]
    parties = Table(
        "parties",
        (
            Row("seller", (Cell(say(N_("Exporter"))), Cell(seller["legal_name"], tongue.postal(seller["address"])))),
            Row("company", (Cell(say(N_("Distributor"))), Cell(fields.get("company", "")))),
            Row("address", (Cell(say(N_("Address of the distributor"))), Cell(fields.get("address", "")))),
            Row("phone", (Cell(say(N_("Telephone of the distributor"))), Cell(fields.get("phone", ""), code=True))),
            Row("territory", (Cell(say(N_("Territory"))), Cell(_territory(reading)))),
            *web_rows(reading, "shop", "support", "desk"),
        ),
        title=say(N_("Between whom")),
    )
    head = contact_head(reading.tongue)
    return Section("who", say(N_("Who does what")), (parties, Table("people", tuple(_people(reading)), head)))


def _territory(reading: Reading) -> str:
    country = reading.tongue.territory(reading.facts["market"]["country"])
    noted = reading.facts["fields"].get("territory", "")
    return reading.tongue.say(N_("%(name)s (%(detail)s)"), name=country, detail=noted) if noted else country


def _people(reading: Reading) -> Iterator[Row]:
    say = reading.tongue.say
    for role, (name, duty) in DUTIES.items():
        theirs = reading.facts["people"][role]
        if not theirs:
            nobody = Cell("", optional=True)
            yield Row(role, (Cell(say(name), say(duty)), Cell("", optional=role == "agent"), nobody, nobody))
        for place, each in enumerate(theirs):
            first = Cell(say(name), "" if place else say(duty))
            yield Row(f"{role} {each['id']}", (first, Cell(each["name"], each["title"]), *reached(each, reading)))


def _goods(reading: Reading) -> Section:
    say = reading.tongue.say
    rows = tuple(
        Row(each["sku"], (_name(each, reading), Cell(each["sku"], code=True), Cell(say(TRACES[each["trace"]]))))
        for each in reading.facts["goods"]
    )
    head = (say(N_("Product")), say(N_("Article number")), say(N_("How a piece is known")))
    none = (Row("none", (Cell(say(N_("Goods"))), Cell(""))),)
    blocks = (
        Table("goods", rows, head) if rows else Table("goods", none),
        Drawing("plate", say(N_("Where the serial number stands"))),
    )
    asked = (N_("Day"), N_("Article number"), N_("Serial number or lot"), N_("From whom, to whom"))
    written = Pen(TRACE_ROWS, tuple(map(say, asked)), say(N_("Serial numbers and lots: to be copied")))
    lead = say(N_("Write down the serial number or the lot of every piece that you send, repair or take back."))
    return Section("goods", say(N_("The goods")), (*(blocks if _has_serials(reading) else blocks[:1]), written), lead)


def _has_serials(reading: Reading) -> bool:
    return any(each["trace"] == "serial" for each in reading.facts["goods"])


def _answers(reading: Reading) -> Section:
    say, questions = reading.tongue.say, reading.facts["questions"]
    own = tuple(each["title"] for each in questions if each["own"])
    others = tuple(each["title"] for each in questions if not each["own"])
    lead = say(N_("Whatever does not stand here is passed on too. Passing on is never wrong."))
    return Section(
        "answers",
        say(N_("May answer, must pass on")),
        (
            Listed("own", own, "yes", say(N_("You may answer this yourself")), needed=True),
            Listed("others", others, "no", say(N_("You must pass this on to the exporter")), needed=True),
        ),
        lead,
        alone=True,
    )


def _clock(reading: Reading) -> Section:
    say, tongue, market = reading.tongue.say, reading.tongue, reading.facts["market"]
    waking = (market["waking_from"], market["waking_until"])
    home = seen_from(waking, market["zone"], reading.facts["exporter"]["zone"], at=reading.at)
    turn = reading.facts["on_call"]
    said = (
        ("first", N_("First answer to a customer within"), period(market["first_answer_minutes"], tongue)),
        ("next", N_("Every further answer within"), period(market["next_answer_minutes"], tongue)),
        ("passed", N_("The exporter answers what is passed on within"), period(market["referral_minutes"], tongue)),
        ("crisis", N_("Somebody is hurt, or there was fire or smoke: a person answers within"),
         period(turn["promise_minutes"], tongue) if turn else ""),
        ("waking", N_("Customers are awake, by the clock there"), span(*waking, tongue)),
        ("home", N_("That is at home"), span(*home, tongue)),
    )  # fmt: skip
    rows = tuple(Row(key, (Cell(say(label)), Cell(value))) for key, label, value in said)
    return Section("clock", say(N_("By when")), (Table("clock", rows),))


def _parts(reading: Reading) -> Section:
    say, tongue, fields = reading.tongue.say, reading.tongue, reading.facts["fields"]
    rows = tuple(
        Row(
            each["sku"],
            (
                Cell(each["name"], each["sku"], lang=_lang(each, reading)),
                Cell(tongue.list(each["fits"])),
                Cell(tongue.count(*MONTHS, each["replace_months"]) if each["replace_months"] else "", optional=True),
                Cell(_pieces(fields.get(KEEP + each["sku"], ""), tongue)),
            ),
        )
        for each in reading.facts["parts"]
    )
    if not rows:
        return Section(
            "parts", say(N_("Spare parts to keep")), (Text("none", Cell(say(N_("No spare parts are sold there.")))),)
        )
    head = (say(N_("Spare part")), say(N_("Fits")), say(N_("To be replaced")), say(N_("Pieces to keep")))
    return Section("parts", say(N_("Spare parts to keep")), (Table("parts", rows, head),))


def _care(reading: Reading) -> Section:
    say = reading.tongue.say
    rows = tuple(Row(each["sku"], (_name(each, reading), Cell(each["care"]))) for each in reading.facts["care"])
    told = (Table("care", rows),) if rows else (Text("none", Cell(say(N_("No machines are sold there.")))),)
    return Section("care", say(N_("Care of the machines")), told)


def _training(reading: Reading) -> Section:
    say, facts = reading.tongue.say, reading.facts
    rows = tuple(
        Row(
            each["title"], (Cell(reading.tongue.number(each["number"])), Cell(each["title"], lang=_lang(each, reading)))
        )
        for each in facts["must_know"]
    )
    head = (say(N_("Name")), say(N_("What was learned (number)")), say(N_("Day")), say(NP_("by hand", "Signature")))
    lead = say(N_("Nobody answers customers before they have read and signed these."))
    known = (Table("must_know", rows),) if rows else ()
    return Section("training", say(N_("Training log")), (*known, Pen(max(TRAINING_ROWS, len(rows)), head)), lead)


def _asked(reading: Reading) -> Section:
    say = reading.tongue.say
    told = tuple(
        Text(each["key"], Cell(each["answer"]), each["title"]) for each in reading.facts["questions"] if each["own"]
    )
    lead = say(N_("Approved answers to what you may answer yourself. Use them as they stand."))
    return Section("asked", say(N_("What customers ask")), told, lead, alone=True)


def _asked_elsewhere(reading: Reading) -> Iterator[Section]:
    """Questions that came up in other markets; what is answered there need not hold here."""
    say, tongue = reading.tongue.say, reading.tongue
    rows = tuple(
        Row(
            each["key"],
            (_title(each, reading), Cell(tongue.list([tongue.territory(code) for code in each["countries"]]))),
        )
        for each in reading.facts.get("elsewhere", ())  # prints from before this was told have none
    )
    if rows:
        lead = say(N_("They have no answer for this market yet. Pass them on, and tell us when somebody asks."))
        head = (say(N_("Question")), say(N_("Market")))
        yield Section(
            "elsewhere", say(N_("What customers ask in other markets")), (Table("elsewhere", rows, head),), lead
        )


def _signatures(reading: Reading) -> Section:
    say = reading.tongue.say
    lead = say(N_("We have read this manual and work by it. It holds for the version and the hash on this page."))
    names = (say(N_("For the exporter: name, day, signature")), say(N_("For the distributor: name, day, signature")))
    return Section("signatures", say(N_("Signatures")), (Signature(names),), lead, alone=True)


def _name(each: Mapping[str, Any], reading: Reading) -> Cell:
    return Cell(each["name"], lang=_lang(each, reading))


def _title(each: Mapping[str, Any], reading: Reading) -> Cell:
    return Cell(each["title"], lang=_lang(each, reading))


def _lang(each: Mapping[str, Any], reading: Reading) -> str:
    other = each["language"].partition("-")[0] != reading.tongue.language.partition("-")[0]
    return each["language"] if other else ""


def _pieces(text: str, tongue: Tongue) -> str:
    return tongue.number(int(text)) if text.isdigit() else ""
