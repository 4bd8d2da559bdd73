"""The crisis handbook of a set-up: `crisis/cards.toml` with one file of words per language, `contacts.csv`, `on_call.toml`.

All of it is optional, and so is every language; what is missing is told, not refused. Cards that incidents were run by
stay; who stands in on call for a while is in `on_call_overrides.csv`.
"""

import json
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.support.crisis.models import (
    CrisisCard,
    CrisisContact,
    CrisisText,
    Incident,
    OnCallOverride,
    OnCallRotation,
)
from shop.support.crisis.oncall import ACKNOWLEDGE_MINUTES
from shop.support.crisis.words import ROLES
from shop.support.requests.words import CATEGORIES
from shop.support.severity import CRISIS_MINUTES
from shop.upkeep.cells import (
    choice,
    clock,
    country,
    day,
    email,
    flag,
    language,
    market_id,
    optional,
    text,
    whole,
    word,
    words,
    zone_name,
)
from shop.upkeep.nested_cells import entries
from shop.upkeep.reading import Cell, Columns, Folder, Row
from shop.upkeep.wrong import Wrong

SEVERITIES = ("crisis", "urgent", "normal")  # their place is the number that is kept
UNITS = ("hours", "days", "working_days")
FOLDER = "crisis"


def listed(read: Cell) -> Cell:
    """A TOML list; kept as it stands."""

    def reader(given: object) -> list[Any]:
        if not isinstance(given, list):
            raise Wrong(N_("must be a list"))
        return [read(each) for each in given]

    return reader


def _place(given: object) -> str:
    return str(given) if given in ("EU", "*") else country(given).upper()


CLOCK: Columns = {"where": _place, "number": whole(1, 366), "unit": choice(*UNITS), "source": optional(text, ""),
                  "at_once": optional(flag, False)}  # fmt: skip
CARD: Columns = {
    "key": word, "number": whole(1, 1000), "severity": choice(*SEVERITIES),
    "categories": optional(listed(choice(*CATEGORIES)), []), "kinds": optional(listed(word), []),
    "lots": optional(listed(text), []), "serials": optional(listed(text), []), "tell": listed(choice(*ROLES)),
    "first_answer_minutes": whole(0, 30 * 24 * 60), "waking_only": optional(flag, False),
    "clocks": optional(entries(CLOCK), []), "stop_sale": optional(flag, False), "recall": optional(flag, False),
}  # fmt: skip
CARD_TEXT: Columns = {
    "key": word, "title": text, "what_if": text, "words": listed(text), "collect": listed(text),
    "never_say": listed(text), "acknowledgement": text, "public": optional(text, ""), "steps": listed(text),
}  # fmt: skip
CONTACT: Columns = {
    "market": optional(market_id, ""), "role": choice(*ROLES), "name": text, "email": optional(email, ""),
    "phone": optional(text, ""), "zone": zone_name, "language": language, "person": optional(word, ""),
    "deputy": optional(flag, False), "checked_on": optional(day),
}  # fmt: skip
ROTATION: Columns = {
    "id": word, "market": optional(market_id, ""), "zone": zone_name, "handoff": clock,
    "period_days": optional(whole(1, 366), 7), "starts_on": day, "people": words(), "backup": optional(words(), ""),
    "acknowledge_minutes": optional(whole(1, 24 * 60), ACKNOWLEDGE_MINUTES),
    "promise_minutes": optional(whole(1, 24 * 60), CRISIS_MINUTES),
}  # fmt: skip
FILES = ("contacts.csv", "on_call.toml")

# As shop.upkeep.checking has them: (file, column) -> the file whose ids it names.
NAMES = {
    ("contacts", "market"): "markets", ("contacts", "person"): "people", ("on_call", "market"): "markets",
    ("on_call", "people"): "people", ("on_call", "backup"): "people",
}  # fmt: skip


def read_crisis(folder: Folder) -> dict[str, list[Row]]:
    """The rows of these files; what is wrong with one is noted on the folder."""
    cards = _tables(folder, f"{FOLDER}/cards.toml", CARD, "key")
    texts = folder.tables_in(FOLDER, CARD_TEXT, "key", named=("language", language), but=("cards",))
    _check_texts(folder, cards, texts)
    contacts = folder.sheet("contacts.csv", CONTACT, ("market", "role", "name"), needed=False)
    for row in contacts:
        if row.get("email") == "" and row.get("phone") == "":
            unreachable = Wrong(N_("is empty, and the phone number is empty too; nobody could reach this contact"))
            folder.complain(row, "email", unreachable)
    return {
        "crisis": cards,
        "crisis_texts": texts,
        "contacts": contacts,
        "on_call": _tables(folder, "on_call.toml", ROTATION, "id"),
    }


def crisis_notes(rows: dict[str, list[Row]]) -> list[str]:
    """What is still missing: the languages of the markets that have no words yet, or not for every card."""
    cards = {row["key"] for row in rows["crisis"]}
    spoken = {each for market in rows["markets"] for each in market["languages"].split()} if cards else set()
    told: dict[str, set[str]] = {}
    for row in rows["crisis_texts"]:
        told.setdefault(row["language"], set()).add(row["key"])
    lacking = {each: len(cards - told.get(each, set())) for each in sorted(spoken | told.keys())}
    return [
        f"{FOLDER}/{each}.toml: {number} of {len(cards)} cards have no words; English stands in"
        for each, number in lacking.items()
        if number
    ]


def store_crisis(db: Session, rows: dict[str, list[Row]]) -> None:
    """Write cards, their words, contacts and rotations."""
    _store_cards(db, rows)
    _store_contacts(db, rows["contacts"])
    coming = {row["id"] for row in rows["on_call"]}
    for gone in db.exec(select(OnCallRotation).where(col(OnCallRotation.id).not_in(coming))).all():
        db.connection().execute(delete(OnCallOverride).where(col(OnCallOverride.rotation) == gone.id))
        db.delete(gone)
    for row in rows["on_call"]:
        _kept(db, OnCallRotation, row["id"], row.cells)


def _store_contacts(db: Session, rows: list[Row]) -> None:
    """Write the contacts; one that was tried at the console since keeps the later day."""
    tried = {_contact(each): each.checked_on for each in db.exec(select(CrisisContact)).all() if each.checked_on}
    db.connection().execute(delete(CrisisContact))
    for number, row in enumerate(rows):
        contact = CrisisContact(**row.cells, position=number)
        days = [each for each in (contact.checked_on, tried.get(_contact(contact))) if each is not None]
        contact.checked_on = max(days, default=None)
        db.add(contact)


def _contact(row: CrisisContact) -> tuple[str, str, str, str, str]:
    return row.market, row.role, row.name, row.phone, row.email


def _store_cards(db: Session, rows: dict[str, list[Row]]) -> None:
    coming = {row["key"] for row in rows["crisis"]}
    db.connection().execute(delete(CrisisText))
    used = set(db.exec(select(Incident.card).distinct()).all())
    for gone in db.exec(select(CrisisCard).where(col(CrisisCard.key).not_in(coming | used))).all():
        db.delete(gone)
    for row in rows["crisis"]:
        _kept(db, CrisisCard, row["key"], _card(row))
    db.flush()
    db.add_all([CrisisText(**_card_text(row)) for row in rows["crisis_texts"]])


def _card(row: Row) -> dict[str, Any]:
    clocks = [{name: cell for name, cell in each.items() if cell or name == "source"} for each in row["clocks"]]
    lists = {name: json.dumps(row[name]) for name in ("categories", "kinds", "lots", "serials", "tell")}
    plain = {
        name: row[name] for name in ("key", "number", "first_answer_minutes", "waking_only", "stop_sale", "recall")
    }
    return {**plain, **lists, "severity": SEVERITIES.index(row["severity"]), "legal_clocks": json.dumps(clocks)}


def _card_text(row: Row) -> dict[str, Any]:
    lists = {name: json.dumps(row[name], ensure_ascii=False) for name in ("collect", "never_say", "steps")}
    plain = {name: row[name] for name in ("title", "what_if", "acknowledgement", "public", "language")}
    return {**plain, **lists, "card": row["key"], "words": "\n".join(row["words"])}


def _check_texts(folder: Folder, cards: list[Row], texts: list[Row]) -> None:
    """Words are for cards there are, and a card has as many steps in every language."""
    known = {row.get("key") for row in cards}
    steps: dict[Any, int] = {}
    for row in texts:
        if row.get("key") not in known:
            folder.complain(row, "", Wrong(N_("is no card of crisis/cards.toml")))
        elif row.get("steps") is not None and steps.setdefault(row["key"], len(row["steps"])) != len(row["steps"]):
            uneven = N_("has %(steps)s steps, in another language %(others)s")
            folder.complain(row, "steps", Wrong(uneven, steps=len(row["steps"]), others=steps[row["key"]]))


def _tables(folder: Folder, name: str, columns: Columns, key: str) -> list[Row]:
    return folder.tables(name, columns, key) if folder.files.has(name) else []


def _kept(db: Session, model: Any, key: str, values: dict[str, Any]) -> None:
    row = db.get(model, key)
    if row is None:
        db.add(model(**values))
    else:
        row.sqlmodel_update(values)
