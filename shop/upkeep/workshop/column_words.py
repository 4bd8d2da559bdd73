"""Every column of every file of a set-up in the words of whoever fills it in: label, help, kind of field, choices.

A column that is not described here is shown by its own name, as a line of text; a test finds it.
"""

from collections.abc import Mapping

from shop.base.i18n import Tongue
from shop.upkeep.workshop import decision_columns as decisions
from shop.upkeep.workshop import goods_columns as goods
from shop.upkeep.workshop import market_columns as markets
from shop.upkeep.workshop import support_columns as support
from shop.upkeep.workshop.described import Columns, Described

COLUMNS: Mapping[str, Columns] = {
    "exporter": markets.EXPORTER,
    "markets": markets.MARKETS,
    "people": markets.PEOPLE,
    "products": goods.PRODUCTS,
    "texts": goods.TEXTS,
    "old_addresses": goods.OLD_ADDRESSES,
    "papers": goods.PAPERS,
    "listings": goods.LISTINGS,
    "prices": goods.PRICES,
    "stock": goods.STOCK,
    "tax": goods.TAX,
    "shipping": goods.SHIPPING,
    "landed_costs": goods.LANDED_COSTS,
    "market_costs": goods.MARKET_COSTS,
    "price_rates": goods.PRICE_RATES,
    "requirements": goods.REQUIREMENTS,
    "certificates": goods.CERTIFICATES,
    "rules": goods.RULES,
    "mains": goods.MAINS,
    "responsible_people": goods.RESPONSIBLE,
    "launches": markets.LAUNCHES,
    "waivers": markets.WAIVERS,
    "manuals": markets.MANUALS,
    "minimums": markets.MINIMUMS,
    "stop_lines": markets.STOP_LINES,
    "signoffs": markets.SIGNOFFS,
    "agents": support.AGENTS,
    "calendars": support.CALENDARS,
    "questions": support.QUESTIONS,
    "answers": support.ANSWERS,
    "macros": support.MACROS,
    "checklists": support.CHECKLISTS,
    "crisis": support.CARDS,
    "crisis_texts": support.CARD_TEXTS,
    "contacts": support.CONTACTS,
    "on_call": support.ON_CALL,
    "on_call_overrides": decisions.OVERRIDES,
    "stop_sales": decisions.STOP_SALES,
    "schedules": decisions.SCHEDULES,
    "winding_down": decisions.WINDING_DOWN,
    "stock_fates": decisions.STOCK_FATES,
    "research": markets.RESEARCH,
    "research_questions": markets.RESEARCH_QUESTIONS,
    "research_signatures": markets.RESEARCH_SIGNATURES,
}
# Files whose rows are named otherwise than the file: knowledge/de.toml holds answers.
_ODD = {
    "knowledge/questions.toml": "questions",
    "crisis/cards.toml": "crisis",
    "research/questions.csv": "research_questions",
    "research/signatures.csv": "research_signatures",
}
_FOLDERS = {
    "texts": "texts",
    "knowledge": "answers",
    "macros": "macros",
    "checklists": "checklists",
    "crisis": "crisis_texts",
    "research": "research",
}


def kind_of(file: str) -> str:
    """What the rows of a file are: `listings` of listings.csv, `answers` of knowledge/de.toml."""
    folder, slash, _name = file.partition("/")
    return _ODD.get(file) or (_FOLDERS.get(folder, folder) if slash else file.rpartition(".")[0])


def described(file: str, column: str) -> Described:
    """What is known of the column."""
    return COLUMNS.get(kind_of(file), {}).get(column) or Described(column)


def label(file: str, column: str, tongue: Tongue) -> str:
    """The column's name."""
    return tongue.say(described(file, column).label)


def help(file: str, column: str, tongue: Tongue) -> str:
    """One sentence of help; empty where the name says all."""
    hint = described(file, column).hint
    return tongue.say(hint) if hint else ""
