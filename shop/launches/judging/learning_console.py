"""The console's door to a market's learning log: what the first orders taught, and what was changed for it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import found
from shop.launches.arrival import AT, Console
from shop.launches.fields import read_number
from shop.markets.history import note_deed
from shop.markets.models import Market
from shop.scorecard.learning import MarkStanding, learn, lessons, marks
from shop.scorecard.models import Lesson
from shop.scorecard.reading import reading
from shop.staff.names import names_of

SEE, WRITE = {"act": "board.see"}, {"act": "lesson.write"}
LONGEST = 4_000
MOST_ORDERS = 10_000_000


@get("/console/markets/{market:str}/lessons", dependencies=AT, opt=SEE, sync_to_thread=True)
def lessons_page(market: FromPath[str], console: NamedDependency[Console], done: FromQuery[str] = "") -> Response[str]:
    """The log with its three marks, to be read, printed and added to."""
    return _draw(console, market, None, done=done)


@post("/console/markets/{market:str}/lessons", dependencies=AT, opt=WRITE, sync_to_thread=True)
def lesson_taken(
    market: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]
) -> Response[Any]:
    """Add an entry under one's own name. What stands in the log is never rewritten."""
    console.check(market)
    tongue = console.staff.tongue
    orders = read_number(form, "orders", at_least=0, at_most=MOST_ORDERS, tongue=tongue)
    taught, changed = form.text("taught"), form.text("changed")
    if not taught:
        form.fail("taught", tongue.say(N_("Please write what these orders taught.")))
    for name, text in (("taught", taught), ("changed", changed)):
        if len(text) > LONGEST:
            most = tongue.number(LONGEST)
            form.fail(name, tongue.say(N_("Please write at most %(most)s letters."), most=most))
    if form.errors or orders is None:
        return _draw(console, market, form)
    with console.changing() as db:
        found(db.get(Market, market))
        learn(
            db,
            market,
            orders=orders,
            taught=taught,
            changed=changed,
            person=console.staff.person.id,
            now=console.now,
        )
        note_deed(db, market, "lesson", person=console.staff.person.id, reason=taught[:500], now=console.now)
    return see_other(f"/console/markets/{market}/lessons?done=lesson_kept")


def _draw(console: Console, market_id: str, form: Form | None, *, done: str = "") -> Response[str]:
    console.check(market_id)
    tongue = console.staff.tongue
    with console.database.reading() as db:
        market = found(db.get(Market, market_id))
        orders = reading(db, market, now=console.now).orders
        written, people = lessons(db, market_id), names_of(db)
    shown = marks(written, orders=orders)
    early = [each for each in written if each.orders < shown[0].mark.orders]
    return console.page(
        "lessons",
        title=tongue.say(N_("Learning log")),
        done=done,
        status=422 if form else 200,
        form=form or Form({"orders": str(orders)}),
        place=tongue.territory(market.country),
        url=f"/console/markets/{market_id}",
        orders=tongue.number(orders),
        early=[_entry(each, people, console) for each in early],
        marks=[_mark(each, people, console) for each in shown],
        may_write=console.staff.may("lesson.write"),
    )


def _mark(each: MarkStanding, people: dict[str, str], console: Console) -> dict[str, Any]:
    say = console.staff.tongue.say
    chip = ("good", "tick", say(N_("Written down"))) if each.lessons else ("calm", "clock", say(N_("Not yet reached")))
    return {
        "title": say(
            N_("After %(orders)s orders: %(question)s"),
            orders=console.staff.tongue.number(each.mark.orders),
            question=say(each.mark.title),
        ),
        "look_at": say(each.mark.look_at),
        "chip": ("wait", "triangle", say(N_("To be written down"))) if each.owed else chip,
        "entries": [_entry(one, people, console) for one in each.lessons],
    }


def _entry(each: Lesson, people: dict[str, str], console: Console) -> dict[str, str]:
    tongue = console.staff.tongue
    return {
        "orders": tongue.number(each.orders),
        "taught": each.taught,
        "changed": each.changed,
        "person": people.get(each.person, each.person),
        "at": tongue.say(N_("Home: %(moment)s"), moment=tongue.moment(each.at, console.exporter.zone)),
    }


HANDLERS = [lessons_page, lesson_taken]
