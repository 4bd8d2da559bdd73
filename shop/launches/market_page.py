"""Drawing one market's page of the console with all its forms, one of which may have been refused."""

from datetime import timedelta
from typing import Any

from litestar import Response

from shop.base.web import Form
from shop.ground.instants import local
from shop.launches.arrival import Console
from shop.launches.sheet import PlacedForm, exposure_form, line_of, sheet


def draw_market(
    console: Console,
    market: str,
    *,
    done: str = "",
    exposure: Form | None = None,
    waiver: Form | None = None,
    invitation: Form | None = None,
    stop: Form | None = None,
) -> Response[str]:
    """The market's page; a form that could not be taken is drawn again as it was filled in."""
    with console.database.reading() as db:
        line = line_of(db, console, market)
        shown = sheet(db, console, line)
    until = local(console.now, console.exporter.zone).date() + timedelta(days=90)
    refused = {"exposure": exposure, "waiver": waiver, "invitation": invitation, "stop": stop}
    fresh = {
        "exposure": exposure_form(line.market),
        "waiver": Form({"until": until.isoformat()}),
        "invitation": Form({"max_uses": "1", "days": "14"}),
        "stop": Form({}),
    }
    drawn = {name: refused[name] or fresh[name] for name in fresh}
    forms: dict[str, Any] = {f"{name}_form": PlacedForm(name, each.values, each.errors) for name, each in drawn.items()}
    status = 422 if any(refused.values()) else 200
    acts = ("market.change", "customer.deny", "invitation.make", "sale.stop")
    may = {act: console.staff.may(act, market) for act in acts}
    return console.page("market", title=shown["place"], done=done, status=status, may=may, **shown, **forms)
