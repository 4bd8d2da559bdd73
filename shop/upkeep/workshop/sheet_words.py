"""Every file of a set-up by its subject: what it is called, what it is for, who may change it, and where it is done instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from shop.base.i18n import N_, Tongue, own_name
from shop.upkeep.workshop.column_words import kind_of

GOODS, PLACES, LAW, SUPPORT, FIGURES = "goods", "places", "law", "support", "figures"
SUBJECTS = {
    GOODS: N_("Goods and prices"),
    PLACES: N_("Markets and people"),
    LAW: N_("What a country asks"),
    SUPPORT: N_("Answering customers"),
    FIGURES: N_("Research and decisions"),
}


@dataclass(frozen=True, slots=True)
class SheetWords:
    """`advised` may also be changed by the specialist of the row's market; `elsewhere` is the page where it is done instead."""

    subject: str
    name: str
    purpose: str
    advised: bool = False
    elsewhere: str = ""
    removes: bool = True  # rows can be taken away


SHEETS: Mapping[str, SheetWords] = {
    "products": SheetWords(GOODS, N_("Articles"), N_("What you make, with weight, voltage, allergens and papers.")),
    "texts": SheetWords(
        GOODS, N_("Texts of articles"), N_("What each article is called and said to be."), advised=True
    ),
    "listings": SheetWords(GOODS, N_("Offers"), N_("What is sold in which market, at which price and from when.")),
    "stock": SheetWords(GOODS, N_("Stock"), N_("How many pieces there are of each article."), removes=False),
    "prices": SheetWords(
        GOODS, N_("Earlier prices"), N_("Kept because a reduction must name the lowest price before it."), removes=False
    ),
    "old_addresses": SheetWords(
        GOODS, N_("Earlier addresses"), N_("Pages that moved; whoever knows the old address is sent on.")
    ),
    "shipping": SheetWords(GOODS, N_("Delivery"), N_("What delivery costs in each market, and how long it takes.")),
    "tax": SheetWords(GOODS, N_("Tax rates"), N_("Which rate holds where and from when.")),
    "landed_costs": SheetWords(GOODS, N_("Landed costs"), N_("What one piece costs you until it is in the market.")),
    "market_costs": SheetWords(
        GOODS, N_("Costs of an order"), N_("What each order costs in a market: parcel, fee, support.")
    ),
    "price_rates": SheetWords(
        GOODS,
        N_("Rates to suggest prices"),
        N_("Rates of exchange you have typed in. They suggest, they never charge."),
    ),
    "exporter": SheetWords(
        PLACES, N_("Your firm"), N_("Name, address and contact, as the legal notice has them."), removes=False
    ),
    "markets": SheetWords(
        PLACES, N_("Markets"), N_("Currency, languages, clock, promises and limits of each country."), removes=False
    ),
    "people": SheetWords(PLACES, N_("People"), N_("Who may sign in, and as what."), elsewhere="/console/people"),
    "launches": SheetWords(
        PLACES,
        N_("Steps of markets"),
        N_("When each market was launched, paused and opened."),
        elsewhere="/console/audit",
    ),
    "requirements": SheetWords(
        LAW, N_("Marks asked for"), N_("Which mark a market asks for on which goods."), advised=True
    ),
    "certificates": SheetWords(LAW, N_("Certificates"), N_("The papers you hold, and until when."), advised=True),
    "rules": SheetWords(
        LAW, N_("Bans and conditions"), N_("What may not be sold in a market, or only after a step."), advised=True
    ),
    "mains": SheetWords(
        LAW, N_("Mains and sockets"), N_("Voltage, frequency and plugs of each country."), advised=True
    ),
    "responsible_people": SheetWords(
        LAW, N_("Responsible persons"), N_("Who answers for your goods in the market."), advised=True
    ),
    "minimums": SheetWords(
        LAW, N_("What the law asks at least"), N_("Held against your policies, with article and day."), advised=True
    ),
    "signoffs": SheetWords(
        LAW,
        N_("Signatures under policies"),
        N_("Which native reader signed which text."),
        elsewhere="/console/policies",
    ),
    "agents": SheetWords(SUPPORT, N_("Agents and their hours"), N_("Who answers, in which languages, and when.")),
    "calendars": SheetWords(
        SUPPORT, N_("Days set by hand"), N_("Holidays that no calendar knows, and those that are worked.")
    ),
    "questions": SheetWords(SUPPORT, N_("Questions of customers"), N_("What is asked, and who may answer it.")),
    "answers": SheetWords(
        SUPPORT, N_("Answers"), N_("What is answered, and by which words a question is heard."), advised=True
    ),
    "macros": SheetWords(
        SUPPORT, N_("Beginnings of answers"), N_("Texts with which agents begin an answer."), advised=True
    ),
    "checklists": SheetWords(
        SUPPORT, N_("Steps of procedures"), N_("Your own steps, in place of the built-in ones."), advised=True
    ),
    "crisis": SheetWords(SUPPORT, N_("Crisis cards"), N_("What draws a card, whom to tell, and by when.")),
    "crisis_texts": SheetWords(
        SUPPORT, N_("Words of crisis cards"), N_("What to do on a bad day, step by step."), advised=True
    ),
    "contacts": SheetWords(SUPPORT, N_("Crisis contacts"), N_("Whom to call, with their number and clock.")),
    "on_call": SheetWords(SUPPORT, N_("On call"), N_("Who is paged at any hour, in turn.")),
    "on_call_overrides": SheetWords(
        SUPPORT,
        N_("Standing in on call"),
        N_("Who is paged for a while in place of who would be."),
        elsewhere="/console/crisis",
    ),
    "research": SheetWords(
        FIGURES, N_("Research"), N_("What you found out about the country, with its source."), advised=True
    ),
    "research_questions": SheetWords(
        FIGURES, N_("Open questions"), N_("What is not known yet, and who finds it out."), advised=True
    ),
    "research_signatures": SheetWords(
        FIGURES, N_("Signatures under research"), N_("Who has read and signed it."), elsewhere="/console"
    ),
    "stop_lines": SheetWords(
        FIGURES,
        N_("Targets and stop lines"),
        N_("What you want to see, and where you would stop."),
        elsewhere="/console",
    ),
    "stop_sales": SheetWords(
        FIGURES,
        N_("Stopped sales"),
        N_("What is not sold for now, where, and what customers are told."),
        elsewhere="/console",
    ),
    "schedules": SheetWords(
        FIGURES,
        N_("Planned steps"),
        N_("What happens by itself, and when by the market's clock."),
        elsewhere="/console",
    ),
    "winding_down": SheetWords(
        FIGURES,
        N_("Markets that end"),
        N_("Who answers until the end, and how money is given back."),
        elsewhere="/console",
    ),
    "stock_fates": SheetWords(
        FIGURES, N_("Goods of markets that end"), N_("What becomes of what is left there."), elsewhere="/console"
    ),
    "manuals": SheetWords(
        FIGURES,
        N_("Distributor manuals"),
        N_("What you filled in for the manual of each market."),
        elsewhere="/console",
    ),
    "waivers": SheetWords(
        FIGURES, N_("Waived gates"), N_("What was let pass, by whom and until when."), elsewhere="/console"
    ),
}
# Whole files that belong to goods, one picture or paper each; no sheets, but they stand in the history of changes.
ENCLOSED: Mapping[str, str] = {"art": N_("Pictures"), "papers": N_("Papers")}
_OTHER = SheetWords(FIGURES, "", "", elsewhere="/console")


def sheet_words(file: str) -> SheetWords:
    """What is known of the file; one that nobody described is only looked at."""
    return SHEETS.get(kind_of(file), _OTHER)


def named_for(file: str) -> str:
    """The language or the market that a file of its folder is named for; empty for one that is alone."""
    folder, slash, name = file.rpartition("/")
    if folder in ENCLOSED:
        return ""
    stem = name.rpartition(".")[0]
    return (
        stem
        if slash and kind_of(file) not in ("questions", "crisis", f"{folder}_questions", f"{folder}_signatures")
        else ""
    )


def sheet_name(file: str, tongue: Tongue) -> str:
    """What the file is called, with the language or country it is for."""
    folder, _, enclosed = file.partition("/")
    if folder in ENCLOSED:
        return tongue.say(N_("%(name)s (%(detail)s)"), name=tongue.say(ENCLOSED[folder]), detail=enclosed)
    name, other = sheet_words(file).name, whose(file, tongue)
    said = tongue.say(name) if name else file
    return tongue.say(N_("%(name)s (%(detail)s)"), name=said, detail=other) if other else said


def whose(file: str, tongue: Tongue) -> str:
    """The language, by its own name, or the country that a file of several is for; empty for one that is alone."""
    named = named_for(file)
    return (
        tongue.territory(named.upper()) if named and kind_of(file) == "research" else own_name(named) if named else ""
    )


def sheet_purpose(file: str, tongue: Tongue) -> str:
    """What the file is for, in one sentence."""
    purpose = sheet_words(file).purpose
    return tongue.say(purpose) if purpose else ""


def sheet_id(file: str) -> str:
    """The file's place in an address: `listings`, `texts.pt-BR`, `knowledge.questions`."""
    return file.rpartition(".")[0].replace("/", ".")


def sheet_url(file: str) -> str:
    """Where the file is shown as a table."""
    return f"/console/workshop/sheets/{sheet_id(file)}"
