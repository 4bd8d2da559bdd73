"""The form of a kept rate: typed in by a person with its day, the mark-up and the ending that prices are suggested with."""

from dataclasses import dataclass
from typing import Any

from shop.base.i18n import N_
from shop.base.web import Form
from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.launches.arrival import Console
from shop.markets.models import Market
from shop.upkeep.editing.edits import Edit
from shop.upkeep.workshop.cell_forms import cells_of, values_of
from shop.upkeep.workshop.column_words import COLUMNS
from shop.upkeep.workshop.row_fields import fields_of, known
from shop.upkeep.workshop.saving import STALE, Kept, raw_rows, save

FILE = "price_rates.csv"
FIELDS = {name: each for name, each in COLUMNS["price_rates"].items() if name not in ("market", "currency")}


@dataclass(frozen=True, slots=True)
class RateForm:
    """The rate from one currency to that of a market, as it is kept or as it was sent."""

    market: Market
    currency: str
    form: Form

    def keep(self, console: Console) -> Kept:
        """Keep what was sent."""
        key, seen = (self.market.id, self.currency), self.form.text("seen")
        cells = cells_of(FIELDS, self.form, toml=False)
        edit = Edit(FILE, key, cells if seen else {"market": key[0], "currency": key[1], **cells}, seen)
        kept = save(console, self.form, [edit], name_of=lambda file, _key, column: column if file == FILE else "")
        if kept.status == STALE:
            now = raw_rows(console, FILE).get(key)
            self.form.values["seen"] = now.version if now else ""
        return kept

    def drawn(self, console: Console) -> dict[str, Any]:
        """What the page needs of it."""
        with console.database.reading() as db:
            fields = fields_of(
                FILE, FIELDS, self.form, known(db, console.staff.tongue), required=frozenset({"rate", "as_of"})
            )
        said = N_("What one %(currency)s is in %(other)s")
        title = console.staff.tongue.say(said, currency=self.currency, other=self.market.currency)
        return {"form": self.form, "fields": fields, "title": title, "kept": bool(self.form.values["seen"])}


def rate_form(console: Console, market: Market, currency: str, *, sent: Form | None = None) -> RateForm:
    """The form as it was sent, or filled with the rate as it is kept; today's day where there is none yet."""
    if not currency:
        raise NotFound
    if sent is not None:
        return RateForm(market, currency, sent)
    row = raw_rows(console, FILE).get((market.id, currency))
    at_home = local(console.now, console.exporter.zone).date().isoformat()
    new = {"as_of": at_home, "rate": "1" if currency == market.currency else ""}
    form = Form(values_of(FIELDS, row.cells if row else new))
    form.values["seen"] = row.version if row else ""
    return RateForm(market, currency, form)
