"""What the rows of a set-up must agree on between each other: whom and what they name, and in which order."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.launches.changing.table import STEPS
from shop.markets.gate import SELLING
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.staff.may import SPECIALIST, may
from shop.upkeep.cost_sheets import COST_NAMES
from shop.upkeep.crisis_sheets import NAMES as CRISIS_NAMES
from shop.upkeep.knowledge_rows import check_knowledge
from shop.upkeep.line_sheets import LINE_NAMES, check_lines
from shop.upkeep.reading import Complaint, Folder, Row
from shop.upkeep.research_sheets import NAMES as RESEARCH_NAMES
from shop.upkeep.roster_sheets import check_hours
from shop.upkeep.sheets import Setup

# (file, column) -> the file whose ids it names; empty cells name nothing, others may name several.
NAMES = {
    ("people", "markets"): "markets", ("markets", "specialist"): "people", ("agents", "person"): "people",
    ("agents", "markets"): "markets", ("products", "fits"): "products", ("stock", "sku"): "products",
    ("texts", "sku"): "products", ("texts", "checked_by"): "people", ("listings", "market"): "markets",
    ("listings", "sku"): "products", ("prices", "market"): "markets", ("prices", "sku"): "products",
    ("tax", "market"): "markets", ("shipping", "market"): "markets",
    ("launches", "market"): "markets", ("launches", "person"): "people", ("waivers", "market"): "markets",
    ("waivers", "person"): "people", ("signoffs", "market"): "markets", ("signoffs", "person"): "people",
    **CRISIS_NAMES, **RESEARCH_NAMES, **LINE_NAMES, **COST_NAMES,
}  # fmt: skip
IDS = {"markets": "id", "people": "id", "products": "sku"}
WHAT = {"markets": "market", "people": "person", "products": "product"}
UNIQUE = (("people", ("email",)), ("texts", ("language", "slug")), ("agents", ("person",)))
# The first of two columns may not lie after the second.
ORDERED = (
    ("products", "volt_min", "volt_max"), ("shipping", "days_min", "days_max"), ("listings", "visible_from", "until"),
    ("listings", "buyable_from", "until"), ("listings", "reduced_since", "until"),
    ("certificates", "valid_from", "valid_until"),
)  # fmt: skip

Wrong = Iterator[tuple[Row, str, str]]  # where, in which column, what


def check(folder: Folder, setup: Setup, policies: PolicyLibrary, *, now: datetime) -> None:
    """Note everything that does not agree."""
    for rule in RULES:
        for row, column, says in rule(setup):
            folder.complain(row, column, says)
    for row, column, says in (
        *_tax_classes(setup, now),
        *_launches(setup, now),
        *_sign_offs(setup, policies, now),
        *check_lines(setup["stop_lines"]),
        *check_hours(setup["agents"], setup["calendars"], now=now),
    ):
        folder.complain(row, column, says)
    families = {row.get("family") for row in setup["products"]}
    if setup.whole("products"):
        for place, files in (("art", setup.pictures), ("papers", setup.papers)):
            strays = sorted({each.family for each in files if each.family not in families})
            folder.complaints += [Complaint(f"{place}/{each}", "", "no product is of this family") for each in strays]


def version_to_sign(row: Row, market: Row, policies: PolicyLibrary, *, now: datetime) -> PolicyVersion:
    """The version that a line of signoffs.csv is about: the one it names, else the one in force in its market today.

    Of a kind that has ended there it is the last, of a kind to come the first. Raises NotFound.
    """
    if row.get("version"):
        return policies.version(row["market"], row["kind"], row["version"])
    return policies.nearest(row["market"], row["kind"], local(now, market["zone"]).date())


def _names(setup: Setup) -> Wrong:
    known = {name: setup.by(name, column).keys() for name, column in IDS.items()}
    for (name, column), other in NAMES.items():
        for row in setup[name] if setup.whole(other) else ():
            strangers = [each for each in str(row.get(column) or "").split() if each not in known[other]]
            yield from ((row, column, f"{each!r} is no {WHAT[other]} of this set-up") for each in strangers)


def _repeats(setup: Setup) -> Wrong:
    for name, columns in UNIQUE:
        seen: dict[tuple[Any, ...], Row] = {}
        for row in setup[name]:
            key = tuple(row.get(column) for column in columns)
            first = seen.setdefault(key, row)
            if None not in key and first is not row:
                yield row, columns[-1], f"{key[-1]!r} is that of {first.place} as well"


def _order(setup: Setup) -> Wrong:
    for name, low, high in ORDERED:
        for row in setup[name]:
            first, last = row.get(low), row.get(high)
            if first is not None and last is not None and first > last:
                yield row, low, f"lies after {high}"


def _markets(setup: Setup) -> Wrong:
    for row in setup["markets"]:
        languages, buttons = set((row.get("languages") or "").split()), row.get("order_button")
        if row.get("id") and row.get("country") and row["country"] != row["id"].upper():
            yield row, "country", f"must be {row['id'].upper()} as the market is called"
        if languages and buttons is not None and buttons.keys() != languages:
            yield row, "order_button", f"must have the words for exactly {', '.join(sorted(languages))}"
        if row.get("audience") == "percentage" and not row.get("percent"):
            yield row, "percent", "is missing; the audience is a percentage"
    if not setup["markets"] and setup.whole("markets"):
        yield Row("markets.toml", "", {}), "", "holds no market"


def _agents(setup: Setup) -> Wrong:
    people = setup.by("people", "id")
    for row in setup["agents"]:
        person = people.get(row.get("person"))
        if person and person.get("role") and not may(person["role"], "request.answer"):
            yield row, "person", f"{person['name']} is a {person['role']}, who does not answer requests"


def _research(setup: Setup) -> Wrong:
    """Whoever signs what was found out about a country advises on it."""
    people, markets = setup.by("people", "id"), setup.by("markets", "id")
    for row in setup["research_signatures"]:
        person, market = people.get(row.get("person")), markets.get(row.get("market"))
        if person is None or market is None or person.get("role") is None:
            continue
        theirs = not person.get("markets") or market["id"] in person["markets"].split()
        if not theirs or (person["role"] != SPECIALIST and market.get("specialist") != person["id"]):
            yield row, "person", f"{person['id']} is no specialist of {market['id']}"


RULES: tuple[Callable[[Setup], Wrong], ...] = (
    _names, _repeats, _order, _markets, _agents, _research, check_knowledge,
)  # fmt: skip


def _tax_classes(setup: Setup, now: datetime) -> Wrong:
    """What is listed must have a rate on the day from which it is shown."""
    products, markets = setup.by("products", "sku"), setup.by("markets", "id")
    since: dict[tuple[Any, Any], date] = {}
    for rate in setup["tax"]:
        name, starts = (rate.get("market"), rate.get("tax_class")), rate.get("from") or date.min
        since[name] = min(starts, since.get(name, starts))
    for row in setup["listings"] if setup.whole("tax") else ():
        product, market = products.get(row.get("sku")), markets.get(row.get("market"))
        if product is None or product.get("tax_class") is None:
            continue
        starts = since.get((row.get("market"), product["tax_class"]))
        zone = (market.get("zone") if market else None) or "UTC"
        if starts is None:
            yield row, "sku", f"tax.csv has no rate for {product['tax_class']} in {row.get('market')}"
        elif starts > local(max(now, row.get("visible_from") or now), zone).date():
            yield row, "sku", f"tax.csv has a rate for {product['tax_class']} in {row.get('market')} from {starts} only"


def _launches(setup: Setup, now: datetime) -> Wrong:
    """Each market's history must be one that could have happened, step by step, and in the past."""
    by_market: dict[str, list[Row]] = defaultdict(list)
    for row in setup["launches"]:
        if all(row.get(column) is not None for column in ("market", "at", "action", "from", "to")):
            by_market[row["market"]].append(row)
    for rows in by_market.values():
        state = before_pause = "draft"
        for row in sorted(rows, key=lambda each: each["at"]):
            step = STEPS[row["action"]]
            if row["from"] != state:
                yield row, "from", f"is {row['from']}, but the market is {state} by then"
            elif state not in step.sources:
                yield row, "action", f"{row['action']} does not lead on from {state}"
            elif row["to"] != (step.target or before_pause):
                yield row, "to", f"must be {step.target or before_pause}"
            if row["at"] > now:
                yield row, "at", "lies ahead; a history is told afterwards"
            before_pause = row["from"] if row["from"] in SELLING else before_pause
            state = row["to"]


def _sign_offs(setup: Setup, policies: PolicyLibrary, now: datetime) -> Wrong:
    markets = setup.by("markets", "id")
    for row in setup["signoffs"]:
        market = markets.get(row.get("market"))
        if market is None or None in (market.get("zone"), row.get("kind"), row.get("language")):
            continue
        try:
            texts = version_to_sign(row, market, policies, now=now).texts
        except NotFound:
            wrong = (
                f"version {row['version']} of the {row['kind']} policy"
                if row.get("version")
                else f"{row['kind']} policy"
            )
            yield row, "version" if row.get("version") else "kind", f"{row['market']} has no {wrong}"
            continue
        if row["language"] not in texts:
            yield row, "language", f"the {row['kind']} policy of {row['market']} has no text in {row['language']}"
