"""The files of a set-up and their columns: the one description of what an import folder holds.

Days may be written relative to the day of loading (`today+90d`), so that a demo never grows old; see `cells.day`.
"""

from dataclasses import dataclass

from shop.base.i18n import N_
from shop.catalogue.price_words import TAX_INSIDE
from shop.launches.changing.proposals import UNDO
from shop.launches.changing.table import AUDIENCES, MODES, STATE_WORDS, STEPS
from shop.launches.readying.readiness import WAIVABLE
from shop.policies.keys import KINDS as POLICY_KINDS
from shop.policies.keys import PRODUCT_CLASSES
from shop.upkeep.cells import (
    calendar,
    choice,
    clock,
    country,
    currency,
    day,
    email,
    flag,
    language,
    lines,
    market_id,
    optional,
    percent,
    quantity,
    rate,
    slug,
    text,
    whole,
    word,
    words,
    zone_name,
)
from shop.upkeep.checklist_sheets import PLACE as CHECKLISTS
from shop.upkeep.checklist_sheets import read_checklists
from shop.upkeep.consent_cells import consent
from shop.upkeep.cost_sheets import COST_SHEETS
from shop.upkeep.crisis_sheets import FILES as CRISIS_FILES
from shop.upkeep.crisis_sheets import read_crisis
from shop.upkeep.enclosures import PaperFile, PictureFile, papers, pictures
from shop.upkeep.knowledge_sheets import read_knowledge
from shop.upkeep.line_sheets import LINE, LINE_KEY
from shop.upkeep.manual_sheets import MANUAL_SHEETS
from shop.upkeep.minimum_sheets import MINIMUM_SHEETS
from shop.upkeep.moments import moment
from shop.upkeep.nested_cells import pairs
from shop.upkeep.override_sheets import OVERRIDE_SHEETS
from shop.upkeep.people_sheets import PEOPLE
from shop.upkeep.plan_sheets import PLAN
from shop.upkeep.rate_sheets import RATE_SHEETS
from shop.upkeep.reading import Columns, Folder, Row
from shop.upkeep.research_sheets import read_research
from shop.upkeep.roster_sheets import AGENT, CALENDAR
from shop.upkeep.stop_sheets import STOP
from shop.upkeep.winding_sheets import WINDING_SHEETS
from shop.upkeep.wrong import Wrong

DAY_MINUTES = 24 * 60
PLATES = ("kitchen", "skin", "food", "parts", "service")
VERDICTS = ("needs_step", "no")

_size = optional(whole(1))
_minutes = optional(whole(1, 90 * DAY_MINUTES))
_text = optional(text, "")
_word = optional(word, "")
_words = optional(words(), "")
_day = optional(day)
_moment = optional(moment)

EXPORTER: Columns = {
    "name": text, "legal_name": text, "brand": text, "home_market": country, "zone": zone_name, "address": lines,
    "email": email, "phone": text, "director": _text, "company_number": _text, "tax_number": _text,
    "second_factor": optional(flag, False),
}  # fmt: skip
MARKET: Columns = {
    "id": market_id, "country": country, "currency": currency, "zone": zone_name, "languages": words(language),
    "tax_display": choice("inclusive", "exclusive"), "tax_label": choice(*TAX_INSIDE),
    "first_answer_minutes": optional(whole(1, DAY_MINUTES), 60), "next_answer_minutes": _minutes,
    "resolution_minutes": _minutes, "referral_minutes": _minutes,
    "fluent_after_minutes": optional(whole(0, 30 * DAY_MINUTES), 120),
    "other_language_after_minutes": optional(whole(0, 30 * DAY_MINUTES), 480),
    "waking_from": optional(clock, 8 * 60), "waking_until": optional(clock, 22 * 60),
    "uncovered_minutes": optional(whole(0, 7 * DAY_MINUTES), 0),
    "other_languages": optional(words(language), ""), "holidays": optional(calendar, ""), "specialist": _word,
    "audience": optional(choice(*AUDIENCES), ""), "percent": optional(percent, 0), "in_chooser": optional(flag, False),
    "order_cap": optional(whole(1)), "daily_cap": optional(whole(1)), "value_cap": _text,
    "customer_cap": optional(whole(1)), "minutes_per_contact": optional(whole(0, 600), 0),
    "order_button": pairs(language, text), "price_step": optional(whole(1, 1000), 1),
    "announced": optional(flag, False), "business_number": optional(choice("eu.vat", "ch.vat", "au.abn"), ""),
    "prepayment_percent": optional(whole(1, 100), 100), "payment_methods": _words,
    "consents": optional(pairs(word, consent), {}), "four_eyes": optional(flag, False), "draw": optional(whole(1), 1),
}  # fmt: skip
TEXT: Columns = {
    "sku": word, "name": text, "slug": slug, "summary": text, "description": _text, "box": _text, "ingredients": _text,
    "care": _text, "checked_by": _word,
}  # fmt: skip
PRODUCT: Columns = {
    "sku": word, "kind": word, "family": _word, "plate": choice(*PLATES), "tax_class": word,
    "return_class": choice("general", *PRODUCT_CLASSES),
    "weight_g": _size, "width_mm": _size, "depth_mm": _size, "height_mm": _size, "hs_code": _word,
    "origin": optional(country, ""), "net_quantity": optional(quantity, ""), "net_unit": _word,
    "volt_min": _size, "volt_max": _size, "hertz": optional(words(whole(1, 400)), ""), "plugs": _words,
    "power_w": _size, "noise_db": _size, "battery": _word, "serial": flag,
    "contains": _words, "may_contain": _words, "fits": _words, "serial_from": _word,
    "replace_months": _size, "label_languages": optional(words(language), ""),
    "manual_languages": optional(words(language), ""), "parent_needed": flag,
}  # fmt: skip

# file -> its columns, and those that together name a row
SHEETS: dict[str, tuple[Columns, tuple[str, ...]]] = {
    "people": (PEOPLE, ("id",)),
    "products": (PRODUCT, ("sku",)),
    "stock": ({"sku": word, "on_hand": whole()}, ("sku",)),
    "listings": ({"market": market_id, "sku": word, "price": text, "visible_from": _moment, "buyable_from": _moment,
                  "until": _moment, "max_per_order": whole(1, 1000), "max_per_customer": optional(whole(1, 1000)),
                  "allotment": optional(whole()), "reduced_since": _moment}, ("market", "sku")),
    "prices": ({"market": market_id, "sku": word, "at": moment, "price": text}, ("market", "sku", "at")),
    "tax": ({"market": market_id, "tax_class": word, "region": _word, "percent": rate, "from": day},
            ("market", "tax_class", "region", "from")),
    "shipping": ({"market": market_id, "price": text, "free_from": _text, "days_min": whole(0, 365),
                  "days_max": whole(0, 365), "carrier": text, "origin": optional(country, "")}, ("market",)),
    "requirements": ({"market": market_id, "kind": word, "mark": text}, ("market", "kind", "mark")),
    "certificates": ({"market": market_id, "kind": word, "mark": text, "number": _text, "valid_from": _day,
                      "valid_until": _day, "holder": _text}, ("market", "kind", "mark")),
    "rules": ({"market": market_id, "subject": word, "verdict": choice(*VERDICTS), "reason": word,
               "months": optional(words(whole(1, 12)), "")}, ("market", "subject", "reason")),
    "mains": ({"market": market_id, "volts": words(whole(1, 1000)), "hertz": words(whole(1, 400)), "plugs": words()},
              ("market",)),
    "responsible_people": ({"market": market_id, "kind": word, "name": _text, "address": _text}, ("market", "kind")),
    "launches": ({"market": market_id, "at": moment, "action": choice(*STEPS, UNDO), "from": choice(*STATE_WORDS),
                  "to": choice(*STATE_WORDS), "person": _word, "reason": _text, "mode": optional(choice(*MODES), ""),
                  "rule": _text, "approved_by": _word}, ("market", "at", "action")),
    "waivers": ({"market": market_id, "gate": choice(*sorted(WAIVABLE)), "person": word, "reason": text, "until": day,
                 "at": _moment}, ("market", "gate")),
    "calendars": (CALENDAR, ("calendar", "day")),
    "stop_lines": (LINE, LINE_KEY),
    **COST_SHEETS,
    **RATE_SHEETS,
    **MANUAL_SHEETS,
    **MINIMUM_SHEETS,
    **OVERRIDE_SHEETS,
    **WINDING_SHEETS,
    "old_addresses": ({"language": language, "slug": slug, "sku": word}, ("language", "slug")),
    "signoffs": ({"market": market_id, "kind": choice(*POLICY_KINDS), "language": language, "person": word,
                  "version": _word, "at": _moment}, ("market", "kind", "language", "version")),
}  # fmt: skip
# may be left out
OPTIONAL = (
    "prices", "calendars", "stop_lines", "old_addresses", *COST_SHEETS, *RATE_SHEETS, *MANUAL_SHEETS, *MINIMUM_SHEETS,
    *OVERRIDE_SHEETS, *WINDING_SHEETS,
)  # fmt: skip
TABLES: dict[str, Columns] = {"markets": MARKET, "agents": AGENT}
OPTIONAL_TABLES: dict[str, Columns] = {"stop_sales": STOP, "schedules": PLAN}


@dataclass(frozen=True, slots=True)
class Setup:
    """A whole set-up as it was read: `rows` by the name of their file, the texts of all languages under `texts`."""

    exporter: Row
    rows: dict[str, list[Row]]
    pictures: tuple[PictureFile, ...]
    papers: tuple[PaperFile, ...]
    unread: frozenset[str]
    goods: frozenset[str] | None = None  # the only SKUs that it tells of, where it is a part of a set-up

    def whole(self, name: str) -> bool:
        """Whether the file was read in full, so that what is not in it is not in the set-up."""
        return not {f"{name}.csv", f"{name}.toml"} & self.unread

    def __getitem__(self, name: str) -> list[Row]:
        return self.rows[name]

    def by(self, name: str, column: str) -> dict[str, Row]:
        """The rows of a file by one of their columns."""
        return {row[column]: row for row in self.rows[name] if row.get(column) is not None}


def read_setup(folder: Folder, *, goods: frozenset[str] | None = None) -> Setup:
    """Read every file; what is wrong with one is noted on the folder. `goods`: the SKUs that the folder is a part for."""
    rows = {
        name: folder.sheet(f"{name}.csv", columns, key, needed=name not in OPTIONAL)
        for name, (columns, key) in SHEETS.items()
    }
    rows |= {name: folder.tables(f"{name}.toml", columns, "id") for name, columns in TABLES.items()}
    for name, columns in OPTIONAL_TABLES.items():
        rows[name] = folder.tables(f"{name}.toml", columns, "id") if folder.files.has(f"{name}.toml") else []
    rows["texts"] = folder.tables_in("texts", TEXT, "sku", named=("language", language))
    rows |= read_crisis(folder)
    rows |= read_knowledge(folder)
    rows |= read_research(folder)
    rows[CHECKLISTS] = read_checklists(folder)
    exporter, enclosed = folder.table("exporter.toml", EXPORTER), (tuple(pictures(folder)), tuple(papers(folder)))
    _unknown_files(folder)
    return Setup(exporter, rows, *enclosed, frozenset(folder.unread), goods)


def _unknown_files(folder: Folder) -> None:
    known = {f"{name}.csv" for name in SHEETS} | {f"{name}.toml" for name in (*TABLES, *OPTIONAL_TABLES, "exporter")}
    known |= set(CRISIS_FILES)
    for name in folder.files.names(""):
        if name.endswith((".csv", ".toml")) and name not in known:
            folder.complain_of(name, Wrong(N_("is no file of a set-up")))
