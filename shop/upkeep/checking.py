"""What the rows of a set-up must agree on between each other: whom and what they name, and in which order."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from shop.base.i18n import N_
from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.staff.may import SPECIALIST, may
from shop.upkeep.checklist_sheets import check_checklists
from shop.upkeep.cost_sheets import COST_NAMES
from shop.upkeep.crisis_sheets import NAMES as CRISIS_NAMES
from shop.upkeep.knowledge_rows import check_knowledge
from shop.upkeep.launch_rows import check_launches
from shop.upkeep.line_sheets import LINE_NAMES, check_lines
from shop.upkeep.manual_sheets import MANUAL_NAMES, check_manuals
from shop.upkeep.minimum_sheets import MINIMUM_NAMES, check_minimums
from shop.upkeep.override_sheets import OVERRIDE_NAMES, check_overrides
from shop.upkeep.plan_sheets import PLAN_NAMES, check_plans
from shop.upkeep.rate_sheets import RATE_NAMES, check_rates
from shop.upkeep.reading import Fault, Folder, Row
from shop.upkeep.research_sheets import NAMES as RESEARCH_NAMES
from shop.upkeep.roster_sheets import check_hours
from shop.upkeep.sheets import Setup
from shop.upkeep.stop_sheets import STOP_NAMES, check_stops
from shop.upkeep.winding_sheets import WINDING_NAMES, check_winding_down
from shop.upkeep.wrong import Wrong, shown

# (file, column) -> the file whose ids it names; empty cells name nothing, others may name several.
NAMES = {
    ("people", "markets"): "markets", ("markets", "specialist"): "people", ("agents", "person"): "people",
    ("agents", "markets"): "markets", ("products", "fits"): "products", ("stock", "sku"): "products",
    ("texts", "sku"): "products", ("texts", "checked_by"): "people", ("listings", "market"): "markets",
    ("listings", "sku"): "products", ("prices", "market"): "markets", ("prices", "sku"): "products",
    ("tax", "market"): "markets", ("shipping", "market"): "markets",
    ("launches", "market"): "markets", ("launches", "person"): "people", ("launches", "approved_by"): "people",
    ("waivers", "market"): "markets", ("waivers", "person"): "people",
    ("signoffs", "market"): "markets", ("signoffs", "person"): "people",
    ("old_addresses", "sku"): "products",
    **CRISIS_NAMES, **RESEARCH_NAMES, **LINE_NAMES, **COST_NAMES, **RATE_NAMES, **MANUAL_NAMES,
    **MINIMUM_NAMES, **STOP_NAMES, **OVERRIDE_NAMES, **WINDING_NAMES, **PLAN_NAMES,
}  # fmt: skip
IDS = {"markets": "id", "people": "id", "products": "sku"}
STRANGE = {
    "markets": N_("'%(given)s' is no market of this set-up"), "people": N_("'%(given)s' is no person of this set-up"),
    "products": N_("'%(given)s' is no product of this set-up"),
}  # fmt: skip
UNIQUE = (
    ("people", ("email",)), ("texts", ("language", "slug")), ("agents", ("person",)), ("prices", ("market", "sku", "at")),
)  # fmt: skip
# The first of two columns may not lie after the second.
ORDERED = (
    ("products", "volt_min", "volt_max"), ("shipping", "days_min", "days_max"), ("listings", "visible_from", "until"),
    ("listings", "buyable_from", "until"), ("listings", "reduced_since", "until"),
    ("certificates", "valid_from", "valid_until"),
)  # fmt: skip

Faults = Iterator[Fault]


def check(folder: Folder, setup: Setup, policies: PolicyLibrary, *, now: datetime) -> None:
    """Note everything that does not agree."""
    for rule in RULES:
        for row, column, says in rule(setup):
            folder.complain(row, column, says)
    for row, column, says in (
        *_tax_classes(setup, now),
        *check_launches(setup["launches"], now),
        *_sign_offs(setup, policies, now),
        *check_lines(setup["stop_lines"]),
        *check_rates(setup["price_rates"], setup.by("markets", "id")),
        *check_manuals(setup["manuals"], setup.by("products", "sku")),
        *check_minimums(setup["minimums"], _zones(setup), now=now),
        *check_hours(setup["agents"], setup["calendars"], now=now),
        *check_stops(setup["stop_sales"], now=now),
        *check_overrides(setup["on_call_overrides"], setup.by("on_call", "id")),
        *check_winding_down(setup["winding_down"], setup["stock_fates"], setup["launches"]),
        *check_plans(setup["schedules"]),
        *check_checklists(setup["checklists"], setup.by("markets", "id") if setup.whole("markets") else {}),
    ):
        folder.complain(row, column, says)
    families = {row.get("family") for row in setup["products"]}
    if setup.whole("products"):
        for place, files in (("art", setup.pictures), ("papers", setup.papers)):
            strays = sorted({each.family for each in files if each.family not in families})
            for each in strays:
                folder.complain_of(f"{place}/{each}", Wrong(N_("no product is of this family")))


def _zones(setup: Setup) -> dict[str, str]:
    return {market: row["zone"] for market, row in setup.by("markets", "id").items() if row.get("zone")}


def version_to_sign(row: Row, market: Row, policies: PolicyLibrary, *, now: datetime) -> PolicyVersion:
    """The version that a line of signoffs.csv is about: the one it names, else the one in force in its market today.

    Of a kind that has ended there it is the last, of a kind to come the first. Raises NotFound.
    """
    if row.get("version"):
        return policies.version(row["market"], row["kind"], row["version"])
    return policies.nearest(row["market"], row["kind"], local(now, market["zone"]).date())


def _names(setup: Setup) -> Faults:
    known = {name: setup.by(name, column).keys() for name, column in IDS.items()}
    for (name, column), other in NAMES.items():
        for row in setup[name] if setup.whole(other) else ():
            strangers = [each for each in str(row.get(column) or "").split() if each not in known[other]]
            yield from ((row, column, Wrong(STRANGE[other], given=shown(each))) for each in strangers)


def _repeats(setup: Setup) -> Faults:
    for name, columns in UNIQUE:
        seen: dict[tuple[Any, ...], Row] = {}
        for row in setup[name]:
            key = tuple(row.get(column) for column in columns)
            first = seen.setdefault(key, row)
            if None not in key and first is not row:
                taken = N_("'%(given)s' is that of %(place)s as well")
                yield row, columns[-1], Wrong(taken, given=shown(key[-1]), place=first.where)


def _order(setup: Setup) -> Faults:
    for name, low, high in ORDERED:
        for row in setup[name]:
            first, last = row.get(low), row.get(high)
            if first is not None and last is not None and first > last:
                yield row, low, Wrong(N_("lies after %(column)s"), column=high)


def _markets(setup: Setup) -> Faults:
    for row in setup["markets"]:
        languages, buttons = set((row.get("languages") or "").split()), row.get("order_button")
        if row.get("id") and row.get("country") and row["country"] != row["id"].upper():
            yield row, "country", Wrong(N_("must be %(country)s as the market is called"), country=row["id"].upper())
        if languages and buttons is not None and buttons.keys() != languages:
            said = N_("must have the words for exactly %(languages)s")
            yield row, "order_button", Wrong(said, languages=", ".join(sorted(languages)))
        if row.get("audience") == "percentage" and not row.get("percent"):
            yield row, "percent", Wrong(N_("is missing; the audience is a percentage"))
    if not setup["markets"] and setup.whole("markets"):
        yield Row("markets.toml", "", {}), "", Wrong(N_("holds no market"))


def _agents(setup: Setup) -> Faults:
    people = setup.by("people", "id")
    for row in setup["agents"]:
        person = people.get(row.get("person"))
        if person and person.get("role") and not may(person["role"], "request.answer"):
            said = N_("%(person)s is a %(role)s, who does not answer requests")
            yield row, "person", Wrong(said, person=person["name"], role=person["role"])


def _research(setup: Setup) -> Faults:
    """Whoever signs what was found out about a country advises on it."""
    people, markets = setup.by("people", "id"), setup.by("markets", "id")
    for row in setup["research_signatures"]:
        person, market = people.get(row.get("person")), markets.get(row.get("market"))
        if person is None or market is None or person.get("role") is None:
            continue
        theirs = not person.get("markets") or market["id"] in person["markets"].split()
        if not theirs or (person["role"] != SPECIALIST and market.get("specialist") != person["id"]):
            said = N_("%(person)s is no specialist of %(market)s")
            yield row, "person", Wrong(said, person=person["id"], market=market["id"])


RULES: tuple[Callable[[Setup], Faults], ...] = (
    _names, _repeats, _order, _markets, _agents, _research, check_knowledge,
)  # fmt: skip


def _tax_classes(setup: Setup, now: datetime) -> Faults:
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
        named = {"tax_class": product["tax_class"], "market": row.get("market")}
        if starts is None:
            yield row, "sku", Wrong(N_("tax.csv has no rate for %(tax_class)s in %(market)s"), **named)
        elif starts > local(max(now, row.get("visible_from") or now), zone).date():
            late = N_("tax.csv has a rate for %(tax_class)s in %(market)s from %(day)s only")
            yield row, "sku", Wrong(late, day=starts, **named)


def _sign_offs(setup: Setup, policies: PolicyLibrary, now: datetime) -> Faults:
    markets = setup.by("markets", "id")
    for row in setup["signoffs"]:
        market = markets.get(row.get("market"))
        if market is None or None in (market.get("zone"), row.get("kind"), row.get("language")):
            continue
        try:
            texts = version_to_sign(row, market, policies, now=now).texts
        except NotFound:
            named = {"market": row["market"], "kind": row["kind"], "version": row.get("version")}
            if row.get("version"):
                said = N_("%(market)s has no version %(version)s of the %(kind)s policy")
                yield row, "version", Wrong(said, **named)
            else:
                yield row, "kind", Wrong(N_("%(market)s has no %(kind)s policy"), **named)
            continue
        if row["language"] not in texts:
            said = N_("the %(kind)s policy of %(market)s has no text in %(language)s")
            yield row, "language", Wrong(said, kind=row["kind"], market=row["market"], language=row["language"])
