"""The files about markets: what they are, how they came to be it, who vouched for what, and what was decided beforehand."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from sqlmodel import col, select

from shop.ground.errors import NotFound
from shop.ground.money import decimals
from shop.launches.changing.proposals import UNDO
from shop.launches.changing.table import STEPS
from shop.launches.models import Waiver
from shop.markets.models import Exporter, LaunchEvent, Market, MarketConsent, MarketLocale
from shop.policies.models import SignOff, WrittenMinimum
from shop.scorecard.metrics import METRICS
from shop.scorecard.models import StopLine
from shop.scorecard.stop_lines import lines_of
from shop.staff.models import SignInRule
from shop.upkeep.sheets import EXPORTER, MARKET, SHEETS
from shop.upkeep.writing.spelling import clock, lines, listed, share
from shop.upkeep.writing.standing import Cells, Standing, cells, in_order, ordered

Sheet = Callable[[Standing], Iterable[Cells]]

_OF_MARKET = ("percent", "order_button", "consents")  # columns that are no columns of its table


def exporter(here: Standing) -> Cells:
    """The keys of exporter.toml; none where nobody has been loaded yet."""
    row, rule = here.db.get(Exporter, 1), here.db.get(SignInRule, 1)
    if row is None:
        return {}
    asked = {"second_factor": True} if rule is not None and rule.second_factor else {"second_factor": None}
    return cells(row, EXPORTER, address=lines(row.address), **asked)


def markets(here: Standing) -> Cells:
    """The tables of markets.toml, in the order of the board."""
    buttons, consents = _buttons(here), _consents(here)
    return {market.id: _market(market) | {
        "order_button": buttons.get(market.id), "consents": consents.get(market.id),
    } for market in here.markets.values()}  # fmt: skip


def _market(market: Market) -> Cells:
    told = cells(market, {name: read for name, read in MARKET.items() if name != "id"}, **dict.fromkeys(_OF_MARKET))
    words = {name: listed(told[name]) for name in ("languages", "other_languages", "payment_methods")}
    clocks = {name: clock(told[name]) for name in ("waking_from", "waking_until")}
    cap = None if market.value_cap is None else Decimal(market.value_cap).scaleb(-decimals(market.currency))
    return (
        told | words | clocks | {"percent": share(market.percent_bp, 2), "value_cap": "" if cap is None else f"{cap:f}"}
    )


def _buttons(here: Standing) -> dict[str, Cells]:
    found: dict[str, Cells] = {}
    for row in ordered(here.rows(MarketLocale), "market", "language"):
        found.setdefault(row.market, {})[row.language] = row.order_button
    return found


def _consents(here: Standing) -> dict[str, Cells]:
    found: dict[str, Cells] = {}
    for row in ordered(here.rows(MarketConsent), "market", "key", "language"):
        told = found.setdefault(row.market, {}).setdefault(row.key, {"required": row.required})
        told[row.language] = row.text
    return found


def _launches(here: Standing) -> Iterator[Cells]:
    """Every step, and what took one back; what else was noted of a market is no step."""
    rows = in_order(here, here.rows(LaunchEvent), "id")
    actions = {row.id: row.action for row in rows}
    for row in rows:
        undone = row.action == UNDO and actions.get(row.undoes) in STEPS
        if row.action in STEPS or undone:
            at = here.moment("launches", "at", row.market, row.at)
            states = {"from": row.from_state, "to": row.to_state}
            yield cells(row, SHEETS["launches"][0], at=at, mode=row.mode if row.to_state == "paused" else "", **states)


def _waivers(here: Standing) -> Iterator[Cells]:
    """Those that hold."""
    rows = here.db.exec(select(Waiver).where(col(Waiver.ended_at).is_(None))).all()
    for row in in_order(here, rows, "gate"):
        yield cells(row, SHEETS["waivers"][0], at=here.moment("waivers", "at", row.market, row.made_at))


def _sign_offs(here: Standing) -> Iterator[Cells]:
    """Those under a text as it still stands; nobody has signed what it became since."""
    for row in in_order(here, here.rows(SignOff), "kind", "version", "language"):
        if row.hash == _hash(here, row):
            yield cells(row, SHEETS["signoffs"][0], at=here.moment("signoffs", "at", row.market, row.at))


def _hash(here: Standing, row: SignOff) -> str:
    try:
        return here.policies.version(row.market, row.kind, row.version).hash
    except NotFound:
        return ""


def _minimums(here: Standing) -> Iterator[Cells]:
    for row in in_order(here, here.rows(WrittenMinimum), "kind", "rule"):
        yield cells(row, SHEETS["minimums"][0])


def _stop_lines(here: Standing) -> Iterator[Cells]:
    """Those that hold, in the order of the metrics."""
    held = lines_of(here.db)
    for market in here.markets.values():
        for row in held.get(market.id, {}).values():
            if row.metric in METRICS:
                at = here.moment("stop_lines", "at", row.market, row.made_at)
                values = {name: _value(row, getattr(row, name), market.currency) for name in ("ok", "bad")}
                yield cells(row, SHEETS["stop_lines"][0], at=at, **values)


def _value(row: StopLine, value: float, currency: str) -> str:
    """A share in percent, what an order leaves in the currency, the rest as it is."""
    kind, number = METRICS[row.metric].kind, Decimal(repr(value))
    if kind == "rate":
        return f"{_short(number.scaleb(2))}%"
    return _short(number.scaleb(-decimals(currency))) if kind == "mean" else _short(number)


def _short(number: Decimal) -> str:
    return f"{number.normalize():f}" if number else "0"


MARKETS: dict[str, Sheet] = {
    "launches": _launches, "waivers": _waivers, "signoffs": _sign_offs, "stop_lines": _stop_lines,
    "minimums": _minimums,
}  # fmt: skip
