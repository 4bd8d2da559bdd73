"""The columns of the files about answering: agents, calendars, knowledge, macros, the crisis handbook and who is on call."""

from shop.base.i18n import N_, NP_
from shop.documents.procedures import PROCEDURES
from shop.staff.arrival import ROLE_LABELS
from shop.support.crisis.words import ROLES as CRISIS_ROLES
from shop.support.crisis.words import SEVERITIES
from shop.support.requests.words import CATEGORIES
from shop.support.shifts.facts_form import LEVEL_WORDS
from shop.upkeep.workshop.described import Columns, Described

DAYS = {
    "0": N_("Monday"),
    "1": N_("Tuesday"),
    "2": N_("Wednesday"),
    "3": N_("Thursday"),
    "4": N_("Friday"),
    "5": N_("Saturday"),
    "6": N_("Sunday"),
}
BY_NUMBER = {str(number): word for number, (_tone, _glyph, word) in SEVERITIES.items()}
BY_NAME = dict(zip(("crisis", "urgent", "normal"), BY_NUMBER.values(), strict=True))
UNITS = {"hours": N_("hours"), "days": N_("days"), "working_days": N_("working days")}
ANSWERING = {role: ROLE_LABELS[role] for role in ("agent", "partner")}
_ONE_A_LINE = N_("One a line.")
_CLOCK = N_("By their own clock.")
_NOTE = Described(N_("Note"))
_KEY = Described(N_("Short name"), N_("Letters, digits and _. It stays for ever."))
_NUMBER = Described(N_("Place in the list"), "", "number")
_SEVERITY = N_("How grave it is")
_OTHER_MARKET = Described(NP_("country", "Market"), N_("Empty is every market."), "choice", "markets")

AGENTS: Columns = {
    "id": Described(N_("Short name"), N_("It stays for ever.")),
    "person": Described(N_("Person"), N_("Somebody of your people."), "choice", "people"),
    "zone": Described(N_("Time zone"), N_("Their own clock, such as Europe/Berlin."), "zone"),
    "place": Described(N_("Place"), N_("Customers read it: Lena in Hamburg.")),
    "places": Described(
        N_("The place in other languages"),
        N_("Only where it is written otherwise."),
        "pairs",
        "languages",
        Described(N_("Place")),
    ),
    "skills": Described(N_("Skills"), N_("Parted by spaces, such as: electrical food"), "words"),
    "capacity": Described(N_("Requests at once"), "", "number"),
    "markets": Described(NP_("of a person", "Markets"), N_("None ticked is all."), "several", "markets"),
    "holidays": Described(N_("Holiday calendar"), N_("A country, or a part of it: DE or DE-HH.")),
    "languages": Described(
        N_("Languages"), "", "pairs", "languages", Described(N_("How well"), "", "choice", LEVEL_WORDS)
    ),
    "shifts": Described(
        N_("Hours of the week"),
        _CLOCK,
        "table",
        parts={
            "days": Described(N_("Days"), "", "several", DAYS),
            "start": Described(NP_("hours", "From"), "", "clock"),
            "end": Described(NP_("hours", "To"), N_("24:00 is midnight."), "clock"),
            "from": Described(N_("First day"), N_("Empty is at once."), "day"),
            "until": Described(N_("Last day"), N_("Empty is without an end."), "day"),
        },
    ),
    "overrides": Described(
        N_("Other hours on single days"),
        N_("Without hours it is a day off."),
        "table",
        parts={
            "day": Described(N_("Day"), "", "day"),
            "start": Described(NP_("hours", "From"), "", "clock"),
            "end": Described(NP_("hours", "To"), "", "clock"),
            "note": _NOTE,
        },
    ),
    "absences": Described(
        N_("Absences"),
        _CLOCK,
        "table",
        parts={
            "from": Described(N_("First day"), "", "day"),
            "start": Described(NP_("hours", "From"), N_("Empty is the whole day."), "clock"),
            "until": Described(N_("Last day"), "", "day"),
            "end": Described(NP_("hours", "To"), N_("Empty is the whole day."), "clock"),
            "note": _NOTE,
        },
    ),
}
CALENDARS: Columns = {
    "calendar": Described(N_("Holiday calendar"), N_("A country, or a part of it: DE or DE-HH.")),
    "day": Described(N_("Day"), "", "day"),
    "off": Described(N_("Nobody works"), "", "flag"),
    "start": Described(NP_("hours", "From"), N_("Empty is the whole day."), "clock"),
    "end": Described(NP_("hours", "To"), N_("Empty is the whole day."), "clock"),
    "name": Described(N_("Name of the day")),
}
QUESTIONS: Columns = {
    "key": _KEY,
    "number": _NUMBER,
    "categories": Described(N_("Subjects"), N_("Under which customers ask it."), "several", CATEGORIES),
    "products": Described(N_("Kinds of goods"), N_("Parted by spaces. Empty is all."), "words", "kinds"),
    "may_answer": Described(N_("Who answers"), N_("None ticked sends every draft to you first."), "several", ANSWERING),
    "card": Described(N_("Card of the crisis handbook"), N_("To which it leads."), "choice", "cards"),
    "severity": Described(_SEVERITY, N_("What is graver than normal is heard in every language."), "choice", BY_NUMBER),
    "must_know": Described(N_("Partners sign the answer in"), "", "several", "markets"),
    "markets": Described(
        N_("Others answer in single markets"),
        "",
        "pairs",
        "markets",
        Described(N_("Who answers"), N_("The short names of the roles, parted by a space.")),
    ),
}
ANSWERS: Columns = {
    "key": Described(N_("Question"), N_("The short name of the question.")),
    "title": Described(N_("The question as customers ask it")),
    "text": Described(
        N_("Answer"), N_("Words in braces such as {plug} are filled in from the market's rules."), "text"
    ),
    "words": Described(
        N_("Words by which it is heard"), N_("One a line. * stands for any letters, ... for words between."), "list"
    ),
    "markets": Described(
        N_("Other answers in single markets"),
        "",
        "table",
        parts={
            "name": Described(NP_("country", "Market"), "", "choice", "markets"),
            "title": Described(N_("The question as customers ask it")),
            "text": Described(N_("Answer"), "", "text"),
        },
    ),
}
MACROS: Columns = {
    "key": _KEY,
    "title": Described(NP_("of a text", "Name")),
    "text": Described(N_("Text"), N_("Words in braces such as {customer} are filled in from the request."), "text"),
    "markets": Described(
        N_("Other texts in single markets"), "", "pairs", "markets", Described(N_("Text"), "", "text")
    ),
}
_STEPS = N_("One plain sentence a line. Words in braces such as {emergency} are filled in for the market.")
CHECKLISTS: Columns = {
    "key": Described(N_("Procedure"), "", "choice", {each.key: each.title for each in PROCEDURES}),
    "steps": Described(N_("Steps"), _STEPS, "list"),
    "markets": Described(
        N_("Other steps in single markets"),
        "",
        "table",
        parts={
            "name": Described(NP_("country", "Market"), "", "choice", "markets"),
            "steps": Described(N_("Steps"), _STEPS, "list"),
        },
    ),
}
CARDS: Columns = {
    "key": _KEY,
    "number": _NUMBER,
    "severity": Described(_SEVERITY, N_("A crisis pages people at once, at any hour."), "choice", BY_NAME),
    "categories": Described(N_("Drawn by these subjects"), "", "several", CATEGORIES),
    "kinds": Described(N_("Only for these kinds of goods"), _ONE_A_LINE, "list", "kinds"),
    "lots": Described(N_("Drawn by these lots"), N_("One a line. * and ? stand for anything."), "list"),
    "serials": Described(N_("Drawn by these serial numbers"), N_("One a line. * and ? stand for anything."), "list"),
    "tell": Described(N_("Whom to tell, one after the other"), N_("One role a line."), "list", CRISIS_ROLES),
    "first_answer_minutes": Described(N_("First answer, in minutes"), N_("Counted around the clock."), "number"),
    "waking_only": Described(N_("Only while people there are awake"), "", "flag"),
    "clocks": Described(
        N_("Clocks of the law"),
        N_("By when an authority must be told."),
        "table",
        parts={
            "where": Described(N_("Where"), N_("A country's code, EU, or * for everywhere else.")),
            "number": Described(N_("How many"), "", "number"),
            "unit": Described(N_("Unit"), "", "choice", UNITS),
            "source": Described(N_("Law")),
            "at_once": Described(N_("The law says at once; this number is our own"), "", "flag"),
        },
    ),
    "stop_sale": Described(N_("Proposes to stop the sale"), "", "flag"),
    "recall": Described(N_("Proposes a recall"), "", "flag"),
}
CARD_TEXTS: Columns = {
    "key": Described(N_("Card"), N_("The short name of the card."), "choice", "cards"),
    "title": Described(NP_("of a text", "Name")),
    "what_if": Described(N_("What has happened"), "", "text"),
    "words": Described(N_("Words that draw it"), N_("One a line. * at the end stands for any ending."), "list"),
    "collect": Described(N_("What to ask for"), _ONE_A_LINE, "list"),
    "never_say": Described(N_("What never to say"), _ONE_A_LINE, "list"),
    "acknowledgement": Described(N_("First answer to the customer"), "", "text"),
    "public": Described(N_("Text for everybody"), N_("Published only by hand."), "text"),
    "steps": Described(N_("Steps"), N_("One a line; as many in every language."), "list"),
}
CONTACTS: Columns = {
    "market": _OTHER_MARKET,
    "role": Described(N_("Role"), "", "choice", CRISIS_ROLES),
    "name": Described(N_("Name")),
    "email": Described(N_("E-mail address"), N_("This or the phone number must be there."), "email"),
    "phone": Described(N_("Phone number"), N_("With the country's code, such as +49 421 555 0142.")),
    "zone": Described(N_("Time zone"), "", "zone"),
    "language": Described(N_("Language"), "", "choice", "languages"),
    "person": Described(N_("Person"), N_("If it is one of your people."), "choice", "people"),
    "deputy": Described(N_("Stands in for another"), "", "flag"),
    "checked_on": Described(N_("Last tried on"), "", "day"),
}
ON_CALL: Columns = {
    "id": Described(N_("Short name"), N_("It stays for ever.")),
    "market": _OTHER_MARKET,
    "zone": Described(N_("Time zone"), N_("By whose clock the turn passes on."), "zone"),
    "handoff": Described(N_("The turn passes on at"), "", "clock"),
    "period_days": Described(N_("Days of one turn"), "", "number"),
    "starts_on": Described(N_("First day of the first turn"), "", "day"),
    "people": Described(
        N_("Who takes turns, one after the other"), N_("Short names of people, parted by spaces."), "words", "people"
    ),
    "backup": Described(
        N_("Paged when nobody answers"), N_("Short names of people, parted by spaces."), "words", "people"
    ),
    "acknowledge_minutes": Described(N_("Minutes to take it on"), N_("After that the next is paged."), "number"),
    "promise_minutes": Described(N_("Minutes until somebody answers in a crisis"), "", "number"),
}
