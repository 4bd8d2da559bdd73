"""The columns of the files about the exporter, markets, people, and what was decided about a market."""

from shop.base.i18n import N_, NP_
from shop.launches.changing.table import STATE_WORDS
from shop.launches.readying.gate_words import TITLES as GATES
from shop.launches.readying.item_words import POLICIES
from shop.launches.readying.research import TOPICS
from shop.launches.words import ACTIONS, AUDIENCE_WORDS, MODE_WORDS
from shop.policies.minimums import BOUND, RULES
from shop.policies.rule_words import LABELS
from shop.scorecard.metrics import METRICS
from shop.scorecard.words import ROLE_WORDS
from shop.staff.arrival import ROLE_LABELS
from shop.upkeep.workshop.described import Columns, Described
from shop.upkeep.workshop.goods_columns import MARKET, PERSON, REASON

TAX_DISPLAYS = {"inclusive": N_("Prices hold the tax"), "exclusive": N_("Tax comes on top")}
TAX_LABELS = {
    "vat": N_("VAT"),
    "gst": N_("GST"),
    "consumption_tax": N_("Consumption tax"),
    "sales_tax": N_("Sales tax"),
    "ca_taxes": N_("GST/HST and PST"),
    "br_taxes": N_("Taxes in Brazil"),
    "no_tax": N_("No tax"),
}
BUSINESS_NUMBERS = {
    "": N_("None is asked for"),
    "eu.vat": N_("VAT number of the European Union"),
    "ch.vat": N_("VAT number of Switzerland"),
    "au.abn": N_("Business number of Australia"),
}
SURE = {"high": N_("Sure"), "medium": N_("Fairly sure"), "low": N_("Not sure")}
PAUSE_MODE = Described(N_("Way of the pause"), "", "choice", {"": NP_("pause", "None"), **MODE_WORDS})
_CAP = N_("Empty is no limit.")
_OWN = N_("Counts until the market is launched. Then it is changed on the market's own page.")
_LANGUAGES = N_("Language tags parted by spaces, the most important first, such as: de fr pt-BR")

EXPORTER: Columns = {
    "name": Described(N_("Name of the shop")),
    "legal_name": Described(N_("Legal name")),
    "brand": Described(N_("Brand")),
    "home_market": Described(N_("Home market"), N_("The country where you are."), "choice", "markets"),
    "zone": Described(N_("Time zone"), N_("The clock at home, such as Europe/Berlin."), "zone"),
    "address": Described(N_("Address"), N_("One line for each line."), "text"),
    "email": Described(N_("E-mail address"), N_("Customers write to it."), "email"),
    "phone": Described(N_("Phone number"), N_("With the country's code, such as +49 421 555 0142.")),
    "director": Described(N_("Represented by")),
    "company_number": Described(N_("Company number")),
    "tax_number": Described(N_("Tax number")),
    "second_factor": Described(N_("Everybody must sign in with a second factor"), "", "flag"),
}
MARKETS: Columns = {
    "id": Described(N_("Short name"), N_("The country's code in small letters, such as de. It stays for ever.")),
    "country": Described(N_("Country"), "", "choice", "countries"),
    "currency": Described(N_("Currency"), N_("It stays once something was sold."), "choice", "currencies"),
    "zone": Described(N_("Time zone"), N_("The clock of customers there, such as Asia/Tokyo."), "zone"),
    "languages": Described(N_("Languages of the shop there"), _LANGUAGES, "words"),
    "tax_display": Described(N_("Prices and tax"), "", "choice", TAX_DISPLAYS),
    "tax_label": Described(N_("Name of the tax"), "", "choice", TAX_LABELS),
    "first_answer_minutes": Described(
        N_("First answer, in minutes"),
        N_("Of the hours in which somebody is there. It is promised to customers."),
        "number",
    ),
    "next_answer_minutes": Described(
        N_("Further answers, in minutes"), N_("Of the hours in which somebody is there."), "number"
    ),
    "resolution_minutes": Described(
        N_("Done with a question, in minutes"), N_("Of the hours in which somebody is there."), "number"
    ),
    "referral_minutes": Described(
        N_("Your own answer to the desk, in minutes"), N_("Counted around the clock."), "number"
    ),
    "fluent_after_minutes": Described(
        N_("Wait for a native speaker, in minutes"), N_("After that somebody fluent answers."), "number"
    ),
    "other_language_after_minutes": Described(
        N_("Wait for the language, in minutes"), N_("After that another language is offered."), "number"
    ),
    "waking_from": Described(N_("Customers are awake from"), N_("On their clock."), "clock"),
    "waking_until": Described(N_("Customers are awake until"), N_("On their clock."), "clock"),
    "uncovered_minutes": Described(
        N_("Waking minutes of a week without anybody"), N_("How many the market may have and still be ready."), "number"
    ),
    "other_languages": Described(N_("Other languages we may answer in"), _LANGUAGES, "words"),
    "holidays": Described(N_("Holiday calendar"), N_("A country, or a part of it: DE or DE-HH.")),
    "specialist": Described(
        N_("Country specialist"), N_("Who reads policies and research for you."), "choice", "people"
    ),
    "audience": Described(N_("Who may buy"), _OWN, "choice", {"": N_("Everybody"), **AUDIENCE_WORDS}),
    "percent": Described(N_("Percentage of visitors"), _OWN, "percent"),
    "in_chooser": Described(N_("Name the market in the list of countries"), _OWN, "flag"),
    "order_cap": Described(N_("At most this many orders"), _CAP, "number"),
    "daily_cap": Described(N_("At most this many orders a day"), _CAP, "number"),
    "value_cap": Described(N_("At most orders worth this much in all"), _CAP, "amount"),
    "customer_cap": Described(N_("At most this many orders for one customer"), _CAP, "number"),
    "minutes_per_contact": Described(
        N_("Minutes that one question takes to answer"), N_("0 asks nothing of the time of the desk."), "number"
    ),
    "order_button": Described(
        N_("Words on the order button"),
        N_("For each language of the market, as its law asks."),
        "pairs",
        "languages",
        Described(N_("Text")),
    ),
    "price_step": Described(
        N_("Smallest step of prices"), N_("In the smallest coin: 5 for steps of five centimes."), "number"
    ),
    "announced": Described(N_("Announce it as coming"), N_("With a waiting list, before it is launched."), "flag"),
    "business_number": Described(N_("Number asked of business customers"), "", "choice", BUSINESS_NUMBERS),
    "prepayment_percent": Described(
        N_("Paid before delivery, in percent"), N_("100 where the whole may be asked for."), "number"
    ),
    "payment_methods": Described(
        N_("Ways to pay"), N_("As the payment provider calls them, parted by spaces. Empty is all."), "words"
    ),
    "consents": Described(
        N_("Sentences to be ticked before ordering"),
        N_("Asked only where the country's law does."),
        "table",
        parts={
            "name": Described(N_("Short name")),
            "required": Described(N_("Must be ticked"), "", "flag"),
            "texts": Described(N_("Sentence"), "", "pairs", "languages", Described(N_("Sentence"), "", "text")),
        },
    ),
    "four_eyes": Described(N_("Two people for whatever lets in more customers"), "", "flag"),
    "state": Described(N_("State"), "", "choice", STATE_WORDS),
    "pause_mode": PAUSE_MODE,
    "draw": Described(N_("Number of the draw"), "", "number"),
}
PEOPLE: Columns = {
    "id": Described(N_("Short name"), N_("It stays for ever.")),
    "email": Described(N_("E-mail address"), N_("To sign in with."), "email"),
    "name": Described(N_("Name")),
    "role": Described(N_("Role"), "", "choice", ROLE_LABELS),
    "language": Described(N_("Language"), N_("In which they read the desk and the console."), "choice", "languages"),
    "zone": Described(N_("Time zone"), "", "zone"),
    "markets": Described(NP_("of a person", "Markets"), N_("None ticked is all."), "several", "markets"),
    "title": Described(N_("What they do"), N_("Such as: Quality lead, Nelson")),
    "roles": Described(N_("Further roles in single markets"), N_("Such as: de:specialist"), "words"),
    "second_factor": Described(N_("Must sign in with a second factor"), "", "flag"),
    "deactivated": Described(N_("May not sign in any more"), "", "flag"),
}
LAUNCHES: Columns = {
    "market": MARKET,
    "at": Described(N_("When"), "", "moment"),
    "action": Described(N_("Step"), "", "choice", ACTIONS),
    "from": Described(NP_("state", "From"), "", "choice", STATE_WORDS),
    "to": Described(NP_("state", "To"), "", "choice", STATE_WORDS),
    "mode": PAUSE_MODE,
    "person": PERSON,
    "reason": REASON,
    "rule": Described(N_("Rule that acted by itself")),
    "approved_by": Described(N_("Second person"), "", "choice", "people"),
}
WAIVERS: Columns = {
    "market": MARKET,
    "gate": Described(N_("Gate"), "", "choice", GATES),
    "person": PERSON,
    "reason": REASON,
    "until": Described(N_("Until"), "", "day"),
    "at": Described(N_("When"), "", "moment"),
}
MANUALS: Columns = {
    "market": MARKET,
    "key": Described(N_("Field")),
    "language": Described(N_("Language"), "", "choice", "languages"),
    "text": Described(N_("Text"), "", "text"),
}
MINIMUMS: Columns = {
    "market": MARKET,
    "kind": Described(N_("Policy"), "", "choice", {kind: POLICIES[kind] for kind in BOUND}),
    "rule": Described(N_("Rule"), "", "choice", {rule: LABELS[rule] for kind in BOUND for rule in RULES[kind]}),
    "value": Described(
        N_("What the law asks"), N_("A number, yes or no; where things are listed, one a line or nothing."), "text"
    ),
    "source": Described(N_("Source"), N_("The law and its article.")),
    "confidence": Described(N_("How sure we are"), "", "choice", SURE),
    "as_of": Described(N_("Looked up on"), N_("After a year it is to be looked up again."), "day"),
    "note": Described(N_("Note"), "", "text"),
}
STOP_LINES: Columns = {
    "market": MARKET,
    "metric": Described(N_("Figure"), "", "choice", {key: metric.title for key, metric in METRICS.items()}),
    "ok": Described(N_("Target"), N_("A share in percent (10%), money in the market's currency.")),
    "bad": Described(N_("Stop line"), N_("A share in percent (10%), money in the market's currency.")),
    "n_min": Described(N_("Say nothing good before so many were counted"), "", "number"),
    "k_min": Described(N_("Never stop before so many bad ones"), "", "number"),
    "role": Described(N_("What the figure is for"), "", "choice", ROLE_WORDS),
    "person": PERSON,
    "at": Described(N_("Since"), "", "moment"),
    "reason": REASON,
}
SIGNOFFS: Columns = {
    "market": MARKET,
    "kind": Described(N_("Policy"), "", "choice", POLICIES),
    "language": Described(N_("Language"), "", "choice", "languages"),
    "person": PERSON,
    "version": Described(N_("Version"), N_("The day it came into force.")),
    "at": Described(N_("When"), "", "moment"),
}
_TOPIC = Described(N_("Topic"), "", "choice", {key: title for key, (title, _hint) in TOPICS.items()})
RESEARCH: Columns = {
    "topic": _TOPIC,
    "text": Described(N_("What we know"), "", "text"),
    "source": Described(N_("Source"), N_("Where it is written, or who says so."), "text"),
    "as_of": Described(N_("As of"), "", "day"),
    "person": Described(N_("Written by"), "", "choice", "people"),
}
RESEARCH_QUESTIONS: Columns = {
    "market": MARKET,
    "topic": _TOPIC,
    "question": Described(N_("Question"), "", "text"),
    "owner": Described(N_("Who finds out"), "", "choice", "people"),
    "due_on": Described(N_("By when"), "", "day"),
    "asked_by": Described(N_("Asked by"), "", "choice", "people"),
    "answer": Described(N_("Answer"), "", "text"),
    "answered_by": Described(N_("Answered by"), "", "choice", "people"),
    "asked_at": Described(N_("Asked on"), "", "moment"),
    "answered_at": Described(N_("Answered on"), "", "moment"),
}
RESEARCH_SIGNATURES: Columns = {"market": MARKET, "person": PERSON, "at": Described(N_("When"), "", "moment")}
