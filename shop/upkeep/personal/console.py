"""The console's page for one customer's data: look it up by e-mail address, see what there is, hand it out, erase it.

The address is only ever sent in a form, so that it stands in no log and no history of a browser. It is about all
markets, and is for nobody who is an exporter only here and there.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from shop.base.i18n import N_, NP_
from shop.base.settings import Settings
from shop.base.tokens import Signer
from shop.base.web import NO_INDEX, Form, read_email, see_other
from shop.launches.arrival import AT, Console
from shop.staff.arrival import Staff
from shop.staff.may import ALL_MARKETS
from shop.upkeep.personal import acting
from shop.upkeep.personal.acting import Keeper, Looked
from shop.upkeep.personal.erasing import GROUNDS, NotFinished, NothingKept
from shop.upkeep.personal.exporting import zipped
from shop.upkeep.personal.finding import Subject
from shop.upkeep.personal.obstacles import SIGNS_IN, WORDS

HANDLE = {"act": "personal.handle"}
URL = "/console/personal-data"
DESKS = {
    "request": ("queue.see", "/desk/requests"),
    "case": ("case.see", "/desk/cases"),
    "order": ("order.see", "/desk/orders"),
}
FOUND = {"orders": N_("Orders"), "requests": NP_("support", "Requests"), "cases": N_("Cases")}


def provide_keeper(
    console: NamedDependency[Console], settings: NamedDependency[Settings], signer: NamedDependency[Signer]
) -> Keeper:
    """What looks after customers' data. Raises NotFound for whoever is an exporter of some markets only."""
    console.check(ALL_MARKETS)
    return Keeper(console.database, console.sources.policies, signer, settings.data_dir)


KEEPING = {**AT, "keeper": Provide(provide_keeper, sync_to_thread=False)}


@get(URL, dependencies=KEEPING, opt=HANDLE, sync_to_thread=True)
def personal_page(
    console: NamedDependency[Console], keeper: NamedDependency[Keeper], done: FromQuery[str] = ""
) -> Response[str]:
    """The form that asks whose data it is about; `keeper` is asked for so that nobody else comes in."""
    return _page(console, Form({}), done=done)


@post(URL, dependencies=KEEPING, opt=HANDLE, sync_to_thread=True)
def look_up(
    form: NamedDependency[Form], console: NamedDependency[Console], keeper: NamedDependency[Keeper]
) -> Response[str]:
    """What is kept of this address, and what is in the way of its erasure."""
    email = read_email(form, console.staff.tongue)
    if form.errors:
        return _page(console, form, status=422)
    return _page(console, form, acting.look(keeper, email, now=console.now))


@post(f"{URL}/export", dependencies=KEEPING, opt=HANDLE, sync_to_thread=True)
def hand_out(
    form: NamedDependency[Form], console: NamedDependency[Console], keeper: NamedDependency[Keeper]
) -> Response[Any]:
    """All of it as one file, to be given to the customer."""
    email = read_email(form, console.staff.tongue)
    if form.errors:
        return _page(console, form, status=422)
    try:
        data = zipped(*acting.export(keeper, email, now=console.now))
    except NothingKept:
        return _page(console, form, acting.look(keeper, email, now=console.now), status=409)
    headers = {
        **NO_INDEX,
        "cache-control": "no-store",
        "content-disposition": 'attachment; filename="personal-data.zip"',
    }
    return Response(data, media_type="application/zip", headers=headers, status_code=200)


@post(f"{URL}/erasure", dependencies=KEEPING, opt=HANDLE, sync_to_thread=True)
def erase_form(
    form: NamedDependency[Form], console: NamedDependency[Console], keeper: NamedDependency[Keeper]
) -> Response[Any]:
    """Erase it for good. The periodic work rewrites the database: a small one soon, a large SQLite file at night."""
    tongue = console.staff.tongue
    email, ground = read_email(form, tongue), form.text("ground")
    if ground not in GROUNDS:
        form.fail("ground", tongue.say(N_("Please choose a reason.")))
    if form.text("sure") != "yes":
        form.fail("sure", tongue.say(N_("Please confirm that this data may be erased for good.")))
    if "email" in form.errors:
        return _page(console, form, status=422)
    if form.errors:
        return _page(console, form, acting.look(keeper, email, now=console.now), status=422)
    try:
        acting.erase_person(keeper, email, ground=ground, person=console.staff.person.id, now=console.now)
    except (NotFinished, NothingKept):  # something came meanwhile, or somebody else was quicker: the page says what
        return _page(console, form, acting.look(keeper, email, now=console.now), status=409)
    return see_other(f"{URL}?done=erased")


def _page(
    console: Console, form: Form, looked: Looked | None = None, *, status: int = 200, done: str = ""
) -> Response[str]:
    tongue = console.staff.tongue
    return console.page(
        "personal_data",
        title=tongue.say(N_("Personal data")),
        current=URL,
        done=done,
        status=status,
        url=URL,
        form=form,
        looked=_told(looked, console.staff) if looked else None,
        grounds=[(key, tongue.say(words)) for key, words in GROUNDS.items()],
    )


def _told(looked: Looked, staff: Staff) -> dict[str, Any]:
    tongue = staff.tongue
    subject, plan = looked.subject, looked.plan
    counts = [(tongue.say(words), getattr(subject, name)) for name, words in FOUND.items()]
    others = (
        (N_("Places on waiting lists"), len(subject.waits)),
        (N_("Files"), plan.rows.get("attachment", 0) + plan.rows.get("after_sales_photo", 0)),
        (N_("Kept mails"), looked.mails),
    )
    rows = [{"label": label, "value": tongue.number(len(numbers))} for label, numbers in counts if numbers]
    rows += [{"label": tongue.say(words), "value": tongue.number(number)} for words, number in others if number]
    return {
        "nothing": subject.nothing,
        "rows": rows,
        "staff": tongue.say(SIGNS_IN) if looked.staff else "",
        "obstacles": [
            {"number": each.number, "url": _url(each.number, subject, staff), "says": tongue.say(WORDS[each.what])}
            for each in looked.obstacles
        ],
        "similar": list(looked.similar),
        "retained": [{"order": each.order, "until": tongue.date(each.until)} for each in plan.retained],
        "named_in": [f"{name} {' '.join(keys)}" for name, keys in plan.fixed.items()],
    }


def _url(number: str, subject: Subject, staff: Staff) -> str:
    """Where the order, request or case is looked after, if this person may look at it there."""
    kind = next((each for each, numbers in subject.numbers.items() if number in numbers), "")
    act, page = DESKS.get(kind, ("", ""))
    return f"{page}/{number}" if act and staff.may(act) else ""


HANDLERS = [personal_page, look_up, hand_out, erase_form]
