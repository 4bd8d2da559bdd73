"""The exporter's door to planned steps: what is planned, planning, agreeing as the second person, calling off."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, select

from shop.base.fields import whole
from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import NotFound, found, row_id
from shop.launches.arrival import AT, Console
from shop.launches.changing.proposals import APPROVE
from shop.launches.models import Schedule
from shop.launches.schedules.plan_form import fresh_form, read_plan
from shop.launches.schedules.planning import PLANNABLE, agree, call_off, plan
from shop.launches.schedules.sheet import form_sheet, kept_form, look_sheet, plans_sheet
from shop.markets.models import Market

SEE, CHANGE, AGREE = ({"act": act} for act in ("board.see", "market.change", APPROVE))
PLANS = "/console/markets/{market:str}/schedules"


@get(PLANS, dependencies=AT, opt=SEE, sync_to_thread=True)
def plans_page(market: FromPath[str], console: NamedDependency[Console], done: FromQuery[str] = "") -> Response[str]:
    """What is planned for the market, and what became of earlier plans."""
    with console.database.reading() as db:
        return _plans_page(db, console, _market(db, console, market), Form(), done=done)


@get(f"{PLANS}/new", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def new_plan_page(
    market: FromPath[str],
    console: NamedDependency[Console],
    action: FromQuery[str] = PLANNABLE[0],
    replaces: FromQuery[str] = "",
) -> Response[str]:
    """The form that plans a step, or another time for a step that is planned already."""
    with console.database.reading() as db:
        here = _market(db, console, market)
        before = _plan(db, market, replaces)
        form = fresh_form(here, now=console.now, plan=before)
        return _form_page(db, console, here, action=before.action if before else action, form=form, replaces=replaces)


@post(PLANS, dependencies=AT, opt=CHANGE, sync_to_thread=True)
def plan_taken(market: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]) -> Response[Any]:
    """Plan a step. It is first shown on all clocks, with what speaks against it, and then asked for once more."""
    tongue, action, replaces = console.staff.tongue, form.text("action"), form.text("replaces")
    with console.database.reading() as db:
        here = _market(db, console, market)
        before = _plan(db, market, replaces)
        if action not in PLANNABLE:
            form.fail("action", tongue.say(N_("Please choose what shall be changed.")))
            return _plans_page(db, console, here, form)
        wanted = read_plan(db, form, here, action, tongue=tongue, now=console.now)
        if wanted is None or form.text("back") == "yes":
            return _form_page(db, console, here, action=action, form=form, replaces=replaces)
        looked = look_sheet(db, console, here, wanted, replaces=before.id if before else None)
    if form.text("confirmed") != "yes":
        return console.page(
            "schedule_look",
            title=tongue.say(N_("Plan this change?")),
            kept=kept_form(form),
            **_head(console, here),
            **looked,
        )
    with console.changing() as db:
        plan(
            db, market, wanted, person=console.staff.person.id, now=console.now,
            replaces=before.id if before and before.state in ("waiting", "frozen") else None,
        )  # fmt: skip
    return see_other(f"{_url(market)}?done=planned")


@post(f"{PLANS}/{{number:int}}/cancellation", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def plan_called_off(market: FromPath[str], number: FromPath[int], console: NamedDependency[Console]) -> Response[Any]:
    """Call a plan off."""
    console.check(market)
    with console.changing() as db:
        call_off(db, market, row_id(number), person=console.staff.person.id, now=console.now)
    return see_other(f"{_url(market)}?done=called_off")


@post(f"{PLANS}/{{number:int}}/agreement", dependencies=AT, opt=AGREE, sync_to_thread=True)
def plan_agreed(market: FromPath[str], number: FromPath[int], console: NamedDependency[Console]) -> Response[Any]:
    """Agree to a plan as the second person."""
    console.check(market)
    with console.changing() as db:
        agree(db, market, row_id(number), person=console.staff.person.id, now=console.now)
    return see_other(f"{_url(market)}?done=agreed")


def _plans_page(db: Session, console: Console, market: Market, form: Form, *, done: str = "") -> Response[str]:
    return console.page(
        "schedules",
        title=console.staff.tongue.say(N_("Planned changes")),
        done=done,
        status=422 if form.errors else 200,
        form=form,
        may_change=console.staff.may("market.change"),
        may_agree=console.staff.may(APPROVE),
        **_head(console, market),
        **plans_sheet(db, console, market),
    )


def _form_page(
    db: Session, console: Console, market: Market, *, action: str, form: Form, replaces: str
) -> Response[str]:
    if action not in PLANNABLE:
        raise NotFound
    return console.page(
        "schedule_new",
        title=console.staff.tongue.say(N_("Plan a change")),
        status=422 if form.errors else 200,
        form=form,
        replaces=replaces,
        **_head(console, market),
        **form_sheet(db, console, market, action),
    )


def _market(db: Session, console: Console, market: str) -> Market:
    console.check(market)
    return found(db.get(Market, market))


def _plan(db: Session, market: str, number: str) -> Schedule | None:
    """The plan that another one shall take the place of, if one is named. Raises NotFound for none of this market."""
    if not number:
        return None
    asked = select(Schedule).where(Schedule.id == row_id(whole(number, digits=9) or 0), Schedule.market == market)
    return found(db.exec(asked).first())


def _head(console: Console, market: Market) -> dict[str, Any]:
    place = console.staff.tongue.territory(market.country)
    return {"market": market, "place": place, "market_url": f"/console/markets/{market.id}", "url": _url(market.id)}


def _url(market: str) -> str:
    return f"/console/markets/{market}/schedules"


HANDLERS = [plans_page, new_plan_page, plan_taken, plan_called_off, plan_agreed]
