"""A new market as edits of the set-up: its own rows, and what comes along from the market it begins like. Pure.

Prices come along as suggestions at a rate that a person typed in; nothing that a country itself decides (marks, bans,
sockets, who answers for the goods) comes along unless the person says that it is the same there. Exposure never does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shop.ground.money import Money, decimals, money
from shop.upkeep.cells import rate
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.tables import RawRow
from shop.upkeep.workshop.suggesting import Rounding, Seller, from_price, rounded

Rows = Mapping[str, Sequence[RawRow]]  # file -> its rows

FILES = (
    "markets.toml", "tax.csv", "shipping.csv", "listings.csv", "landed_costs.csv", "market_costs.csv",
    "knowledge/questions.toml", "agents.toml", "products.csv", "requirements.csv", "rules.csv", "mains.csv",
    "responsible_people.csv",
)  # fmt: skip
LAW = ("requirements.csv", "rules.csv", "mains.csv", "responsible_people.csv")
# What a market promises and asks like the one it begins like; limits, audience and everything of the launch do not.
LIKE = (
    "first_answer_minutes", "next_answer_minutes", "resolution_minutes", "referral_minutes", "fluent_after_minutes",
    "other_language_after_minutes", "waking_from", "waking_until", "uncovered_minutes", "other_languages",
    "payment_methods", "prepayment_percent", "four_eyes",
)  # fmt: skip
OFFERED = ("max_per_order", "max_per_customer")
PIECE_AMOUNTS = ("purchase", "freight", "duty")
ORDER_AMOUNTS = ("parcel", "returned", "fee", "minute")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMarket:
    """What the form says. `rate` is how many units of the new currency one of the other market's is."""

    id: str
    market: Mapping[str, Any]  # cells of markets.toml
    tax: Mapping[str, str]  # tax class -> percent as it was typed; none for a class that is left out
    tax_from: str
    shipping: Mapping[str, Any]  # cells of shipping.csv, empty where delivery is not known yet
    like: str = ""
    rate: Decimal | None = None
    rounding: Rounding | None = None
    same_law: bool = False
    same_agents: bool = False


def first_edits(new: NewMarket, rows: Rows) -> list[Edit]:
    """Every row that the market begins with."""
    source = next((each for each in rows["markets.toml"] if each.key == (new.like,)), None)
    along = {name: source.cells[name] for name in LIKE if source.cells.get(name) not in ("", None)} if source else {}
    edits = [Edit("markets.toml", (new.id,), {"id": new.id, "country": new.id.upper(), **along, **new.market})]
    edits += [_added("tax.csv", new, {"tax_class": each, "percent": said, "from": new.tax_from}, ("tax_class", "", "from"))
              for each, said in new.tax.items() if said]  # fmt: skip
    if any(new.shipping.values()):
        edits.append(Edit("shipping.csv", (new.id,), {"market": new.id, **new.shipping}))
    if source is not None:
        edits += _goods(new, rows)
        edits += _questions(new, rows)
        edits += _law(new, rows) if new.same_law else ()
    if new.same_agents:
        edits += _agents(new, rows)
    return edits


def tax_classes(rows: Rows) -> tuple[str, ...]:
    """The classes of goods that a market needs a rate for."""
    return tuple(dict.fromkeys(str(each.cells["tax_class"]) for each in rows["products.csv"]))


def classes_of(market: str, rows: Rows) -> tuple[str, ...]:
    """The classes of the goods that a market offers."""
    offered = {each.cells["sku"] for each in _of(rows["listings.csv"], market)}
    found = (str(each.cells["tax_class"]) for each in rows["products.csv"] if each.key[0] in offered)
    return tuple(dict.fromkeys(found))


def _goods(new: NewMarket, rows: Rows) -> Iterator[Edit]:
    """What the other market offers, at a suggested price, with what a piece and an order cost."""
    if new.rate is None:
        return
    for row in _of(rows["listings.csv"], new.like):
        cells = {name: row.cells.get(name, "") for name in OFFERED}
        price = _price(row, new, rows)
        yield _added("listings.csv", new, {"sku": row.cells["sku"], "price": price, **cells}, ("sku",))
    for file, amounts, key in (("landed_costs.csv", PIECE_AMOUNTS, ("sku",)), ("market_costs.csv", ORDER_AMOUNTS, ())):
        for row in _of(rows[file], new.like):
            costs = {name: _converted(row.cells[name], new, Rounding()) for name in amounts if row.cells.get(name)}
            yield _added(file, new, {**row.cells, **costs}, key)


def _questions(new: NewMarket, rows: Rows) -> Iterator[Edit]:
    """A partner there must know what one must know in the other market."""
    for row in rows["knowledge/questions.toml"]:
        known = row.cells.get("must_know") or []
        known = known.split() if isinstance(known, str) else list(known)
        if new.like in known:
            yield Edit(row.file, row.key, {"must_know": [*known, new.id]}, row.version)


def _law(new: NewMarket, rows: Rows) -> Iterator[Edit]:
    for file in LAW:
        for row in _of(rows[file], new.like):
            cells = {**row.cells, "market": new.id}
            yield Edit(file, (new.id, *row.key[1:]), cells)


def _agents(new: NewMarket, rows: Rows) -> Iterator[Edit]:
    """Who speaks one of its languages answers there, too; who answers everywhere does so already."""
    spoken = set(str(new.market["languages"]).split())
    for row in rows["agents.toml"]:
        markets = row.cells.get("markets") or []
        markets = markets.split() if isinstance(markets, str) else list(markets)
        speaks = {tag for tag, level in row.cells["languages"].items() if level in ("native", "fluent")}
        if markets and spoken & speaks:
            yield Edit(row.file, row.key, {"markets": [*markets, new.id]}, row.version)


def _of(rows: Sequence[RawRow], market: str) -> Iterator[RawRow]:
    return (each for each in rows if each.key[0] == market)


def _added(file: str, new: NewMarket, cells: Mapping[str, Any], key: Sequence[str]) -> Edit:
    """A row of the new market; `key` names the cells that follow the market in its key ("" for an empty one)."""
    return Edit(file, (new.id, *(str(cells.get(each, "")) for each in key)), {**cells, "market": new.id})


def _price(row: RawRow, new: NewMarket, rows: Rows) -> str:
    """What leaves as much before tax as the other market's price; the plain conversion where a tax is not known."""
    tax_class = next((each.cells["tax_class"] for each in rows["products.csv"] if each.key == (row.cells["sku"],)), "")
    theirs = [each for each in _of(rows["tax.csv"], new.like) if each.key[1:3] == (tax_class, "")]
    source = next(each for each in rows["markets.toml"] if each.key == (new.like,)).cells
    try:
        before = Seller(source["currency"], source["tax_display"], rate(theirs[-1].cells["percent"]))
        after = Seller(new.market["currency"], new.market["tax_display"], rate(new.tax.get(tax_class, "")))
        displayed = money(row.cells["price"], before.currency).minor
    except (IndexError, ValueError):
        return _converted(row.cells["price"], new, new.rounding or Rounding())
    rated = new.rate or Decimal(1)
    price = from_price(displayed, before, after, rate=rated, markup_bp=0, rounding=new.rounding or Rounding())
    return Money(price, after.currency).plain


def _converted(amount: str, new: NewMarket, rounding: Rounding) -> str:
    """An amount of the other market in the new one's currency, as it is typed."""
    currency = str(new.market["currency"])
    units = Decimal(amount) * (new.rate or Decimal(1))
    minor = units.scaleb(decimals(currency))
    return Money(rounded(minor, rounding) if minor else 0, currency).plain
