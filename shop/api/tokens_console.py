"""The door to tokens: a person's own, and for the exporter everybody's; a new one is shown once, any can be ended."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.api.models import ApiToken
from shop.api.scopes import SCOPES, act_of
from shop.api.tokens import make_token, outlived, revoke, tokens_of
from shop.base.fields import one_line
from shop.base.i18n import N_, NN_, NP_
from shop.base.web import Form, see_other
from shop.ground.errors import row_id
from shop.launches.arrival import AT, Console
from shop.staff.may import ALL_MARKETS
from shop.staff.names import names_of

URL = "/console/tokens"
MANAGE = {"act": "token.manage"}
DAYS = ("30", "90", "365")
LONGEST_NAME = 60
STATES = {
    "valid": ("good", "tick", NP_("token", "Valid")),
    "expired": ("calm", "clock", NP_("token", "Expired")),
    "revoked": ("calm", "square", NP_("token", "Ended")),
}


@get(URL, dependencies=AT, opt=MANAGE, sync_to_thread=True)
def tokens_page(console: NamedDependency[Console], done: FromQuery[str] = "") -> Response[str]:
    """The tokens there are, and the form for a new one."""
    return _page(console, Form({"days": DAYS[1]}), done=done)


@post(URL, dependencies=AT, opt=MANAGE, sync_to_thread=True)
def token_made(console: NamedDependency[Console], form: NamedDependency[Form]) -> Response[Any]:
    """Make a token and show its text, once."""
    tongue, person = console.staff.tongue, console.staff.person
    name, scopes = one_line(form, "name"), [each for each in _grantable(console) if form.text(_field(each)) == "yes"]
    if not name or len(name) > LONGEST_NAME:
        form.fail("name", tongue.say(N_("Please say what the token is for, in at most 60 characters.")))
    if not scopes:
        form.fail("scopes", tongue.say(N_("Please tick at least one thing that the program may do.")))
    if form.text("days") not in DAYS:
        form.fail("days", tongue.say(N_("Please choose for how long.")))
    if form.errors:
        return _page(console, form, status=422)
    with console.changing() as db:
        made = make_token(db, person.id, name=name, scopes=scopes, days=int(form.text("days")), now=console.now)
    return console.page(
        "token",
        title=tongue.say(N_("API token")),
        current=URL,
        status=201,
        text=made.text,
        url=URL,
        until=tongue.moment(made.token.expires_at, person.zone),
    )


@post(f"{URL}/{{token:int}}/revocation", dependencies=AT, opt=MANAGE, sync_to_thread=True)
def token_revoked(token: FromPath[int], console: NamedDependency[Console]) -> Response[Any]:
    """End a token at once."""
    with console.changing() as db:
        revoke(
            db,
            row_id(token),
            by=console.staff.person.id,
            everybodys=console.staff.may("people.change", ALL_MARKETS),
            now=console.now,
        )
    return see_other(f"{URL}?done=token_ended")


def _page(console: Console, form: Form, *, status: int = 200, done: str = "") -> Response[str]:
    tongue, everybodys = console.staff.tongue, console.staff.may("people.change", ALL_MARKETS)
    with console.database.reading() as db:
        rows = tokens_of(db, console.staff.person.id, everybodys=everybodys)
        names = names_of(db, [each.person for each in rows])
        ended = {each.id for each in rows if each.revoked_at is not None or outlived(db, each)}
    return console.page(
        "tokens",
        title=tongue.say(N_("API tokens")),
        current=URL,
        status=status,
        done=done,
        form=form,
        url=URL,
        rows=[_row(each, names, console, ended=each.id in ended) for each in rows],
        scopes=[(_field(each), each, tongue.say(SCOPES[each][1])) for each in _grantable(console)],
        days=[(each, tongue.count(*_DAYS, int(each))) for each in DAYS],
    )


_DAYS = NN_("%(num)s day", "%(num)s days")


def _grantable(console: Console) -> list[str]:
    """The scopes that would allow this person's program anything."""
    return [scope for scope in SCOPES if console.staff.may(act_of(scope))]


def _field(scope: str) -> str:
    return f"scope-{scope}"


def _row(token: ApiToken, names: dict[str, str], console: Console, *, ended: bool) -> dict[str, Any]:
    tongue, zone = console.staff.tongue, console.staff.person.zone
    over = token.expires_at <= console.now
    state = "revoked" if ended else "expired" if over else "valid"
    tone, glyph, word = STATES[state]
    return {
        "name": token.name,
        "prefix": f"{token.prefix}…",
        "person": names.get(token.person, token.person),
        "scopes": token.scopes.split(),
        "chip": (tone, glyph, tongue.say(word)),
        "used": tongue.moment(token.last_used_at, zone) if token.last_used_at else "",
        "until": tongue.moment(token.expires_at, zone),
        "revocation_url": f"{URL}/{token.id}/revocation" if state == "valid" else "",
    }


HANDLERS = [tokens_page, token_made, token_revoked]
