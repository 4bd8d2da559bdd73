"""The console's door to a new market: which country, like which market; then one form, filled with what is known."""

from datetime import date
from functools import partial
from typing import Any
from zoneinfo import available_timezones

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlmodel import Session

from shop.base.fields import decimal
from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.instants import local
from shop.launches.arrival import AT, Console
from shop.launches.readying.item_words import TAX_CLASSES
from shop.staff.may import ALL_MARKETS
from shop.upkeep.beginning.countries import Country, country
from shop.upkeep.beginning.first_drafts import first_drafts
from shop.upkeep.beginning.first_edits import FILES, NewMarket, Rows, classes_of, first_edits, tax_classes
from shop.upkeep.cells import country as country_code
from shop.upkeep.editing.tables import table
from shop.upkeep.workshop.cell_forms import cells_of, values_of
from shop.upkeep.workshop.column_words import COLUMNS
from shop.upkeep.workshop.row_fields import Known, fields_of, known
from shop.upkeep.workshop.saving import STALE, Kept, save
from shop.upkeep.workshop.suggesting import Rounding, read_ending, read_rate
from shop.upkeep.wrong import Wrong

URL = "/console/workshop/new-market"
CHANGE = {"act": "setup.change"}
MENU = "/console/workshop"
OF_MARKET = ("currency", "zone", "languages", "tax_display", "tax_label", "order_button", "holidays", "specialist")
OF_SHIPPING = ("price", "free_from", "days_min", "days_max", "carrier", "origin")
MARKET_FIELDS = {name: COLUMNS["markets"][name] for name in OF_MARKET}
SHIPPING_FIELDS = {name: COLUMNS["shipping"][name] for name in OF_SHIPPING}
NEEDED = frozenset({"currency", "zone", "languages", "tax_display", "tax_label", "order_button"})


@get(URL, dependencies=AT, opt=CHANGE, sync_to_thread=True)
def country_page(
    console: NamedDependency[Console],
    country: FromQuery[str] = "",
    like: FromQuery[str] = "",
) -> Response[str]:
    """Ask for the country first, then for what of it is not known."""
    _check(console)
    rows, told = _read(console)
    code = _new_code(country, rows)
    if not code:
        return _choose(console, Form({"country": country, "like": like}), rows, told)
    return _draw(console, code, _begun(console, code, like, rows), rows, told=told)


@post(URL, dependencies=AT, opt=CHANGE, sync_to_thread=True)
def market_begun(console: NamedDependency[Console], form: NamedDependency[Form]) -> Response[Any]:
    """Begin the market as a draft, all of it or nothing; or draw the form again with what is wrong."""
    _check(console)
    rows, told = _read(console)
    code = _new_code(form.text("country"), rows)
    if not code:  # somebody else has begun it meanwhile
        return _choose(console, form, rows, told)
    if form.text("more"):
        return _draw(console, code, form, rows, told=told)
    new = _new_market(console, code, form, rows)
    if form.errors:
        return _draw(console, code, form, rows, told=told, kept=Kept(422))
    drafts = partial(first_drafts, console, new) if form.text("policies") else _nothing
    kept = save(console, form, first_edits(new, rows), name_of=_field_of(new.id), besides=drafts)
    if kept.status:
        return _draw(console, code, form, rows, told=told, kept=kept)
    return see_other(f"/console/markets/{new.id}/readiness?done=market_begun")


def _check(console: Console) -> None:
    """A market more is for who works for them all."""
    console.check(ALL_MARKETS)


def _read(console: Console) -> tuple[Rows, Known]:
    with console.database.reading() as db:
        rows = {file: table(db, console.sources.policies, file).rows for file in FILES}
        return rows, known(db, console.staff.tongue)


def _new_code(given: str, rows: Rows) -> str:
    """The country's code in capitals; empty for none, and for one that is a market already."""
    try:
        code = str(country_code(given.strip())).upper()
    except ValueError:
        return ""
    return "" if (code.lower(),) in {each.key for each in rows["markets.toml"]} else code


def _facts(console: Console, code: str) -> Country:
    return country(code, spoken=console.sources.tags, today=_today(console))


def _today(console: Console) -> date:
    return local(console.now, console.exporter.zone).date()


def _today_there(console: Console, zone: str) -> date:
    """The day in the new market; at home where its zone cannot be read, which the form is then told."""
    return local(console.now, zone).date() if zone in available_timezones() else _today(console)


def _begun(console: Console, code: str, like: str, rows: Rows) -> Form:
    """The form as it begins: what is known of the country, and what the other market does."""
    facts = _facts(console, code)
    source = next((each.cells for each in rows["markets.toml"] if each.key == (like,)), {})
    said = {tag: text for each in rows["markets.toml"] for tag, text in each.cells["order_button"].items()}
    said |= source.get("order_button", {})
    market = {
        "currency": facts.currency,
        "zone": facts.zone,
        "languages": " ".join(facts.languages),
        "tax_display": source.get("tax_display", "inclusive"),
        "tax_label": source.get("tax_label", "vat"),
        "order_button": {tag: said.get(tag, "") for tag in facts.languages},
        "holidays": facts.holidays,
    }
    sent = next((each.cells for each in rows["shipping.csv"] if each.key == (like,)), {})
    shipping = {name: sent.get(name, "") for name in ("days_min", "days_max", "carrier", "origin")}
    values = {"country": code, "like": like if source else ""}
    values |= values_of(MARKET_FIELDS, market) | values_of(SHIPPING_FIELDS, shipping)
    if source:
        values |= {"rate": "1" if source["currency"] == facts.currency else "", "policies": "yes", "same_agents": "yes"}
    return Form(values)


def _new_market(console: Console, code: str, form: Form, rows: Rows) -> NewMarket:
    """What the form says; what cannot be read is noted on it."""
    market = cells_of(MARKET_FIELDS, form, toml=True)
    like = form.text("like") if (form.text("like"),) in {each.key for each in rows["markets.toml"]} else ""
    rate, rounding = None, Rounding()
    if like and form.text("goods"):
        for each in classes_of(like, rows):
            if not form.text(f"tax-{each}"):
                form.fail(
                    f"tax-{each}",
                    console.staff.tongue.say(N_("Goods of this kind come along: please say what tax they bear.")),
                )
        try:
            rate = read_rate(form.text("rate"))
        except Wrong as error:
            form.fail("rate", error.says(console.staff.tongue))
        try:
            rounding = read_ending(form.text("ending"), str(market["currency"]), step=1)
        except Wrong as error:
            form.fail("ending", error.says(console.staff.tongue))
    return NewMarket(
        id=code.lower(),
        market=market,
        tax={each: decimal(form.text(f"tax-{each}")).rstrip("%") for each in tax_classes(rows)},
        tax_from=_today_there(console, str(market["zone"])).isoformat(),
        shipping=cells_of(SHIPPING_FIELDS, form, toml=False),
        like=like,
        rate=rate,
        rounding=rounding,
        same_law=bool(form.text("same_law")),
        same_agents=bool(form.text("same_agents")),
    )


def _field_of(market: str) -> Any:
    def field(file: str, key: tuple[str, ...], column: str) -> str:
        match file:
            case "markets.toml" if key == (market,) and column.partition(".")[0] in MARKET_FIELDS:
                return column.partition(".")[0]
            case "shipping.csv" if key == (market,) and column in SHIPPING_FIELDS:
                return column
            case "tax.csv" if key[:1] == (market,):
                return f"tax-{key[1]}"
            case _:
                return ""

    return field


def _nothing(_db: Session) -> None:
    """Nothing more than the edits."""


def _choose(console: Console, form: Form, rows: Rows, told: Known) -> Response[str]:
    tongue, taken = console.staff.tongue, {each.cells["country"] for each in rows["markets.toml"]}
    if form.text("country"):
        form.fail("country", tongue.say(N_("There is a market for this country already, or no such country.")))
    countries = [each for each in told.options("countries") if each[0] not in taken]
    return console.page(
        "workshop/new_country",
        title=tongue.say(N_("A new market")),
        status=422 if form.errors else 200,
        current=MENU,
        form=form,
        countries=[("", tongue.say(N_("Please choose"))), *countries],
        others=[("", tongue.say(N_("No other market"))), *told.own["markets"]],
        url=URL,
    )


def _draw(
    console: Console, code: str, form: Form, rows: Rows, *, told: Known, kept: Kept | None = None
) -> Response[str]:
    tongue, spare = console.staff.tongue, form.text("more")
    like = form.text("like")
    theirs = next((each.cells for each in rows["markets.toml"] if each.key == (like,)), None)
    facts = _facts(console, code)
    market = fields_of("markets.toml", MARKET_FIELDS, form, told, required=NEEDED, spare=spare)
    shipping = fields_of("shipping.csv", SHIPPING_FIELDS, form, told, currency=form.text("currency"))
    taxes = [
        (f"tax-{each}", tongue.say(TAX_CLASSES[each]) if each in TAX_CLASSES else each) for each in tax_classes(rows)
    ]
    return console.page(
        "workshop/new_market",
        title=tongue.territory(code),
        status=kept.status if kept and kept.status else 200,
        current=MENU,
        form=form,
        url=URL,
        market_fields=market,
        shipping_fields=shipping,
        labels={each["name"]: each["label"] for each in (*market, *shipping)} | dict(taxes),
        zones=facts.zones,
        unspoken=[tongue.locale.languages.get(each.replace("-", "_"), each) for each in facts.unspoken],
        taxes=taxes,
        other=dict(told.own["markets"]).get(like, "") if theirs else "",
        other_currency=theirs["currency"] if theirs else "",
        offers=sum(each.key[0] == like for each in rows["listings.csv"]),
        stale=kept is not None and kept.status == STALE,
    )


HANDLERS = [country_page, market_begun]
