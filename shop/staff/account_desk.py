"""A person's own account: their password, their open sign-ins, and their second factor."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import segno
from litestar import Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from sqlalchemy import delete
from sqlmodel import Session, col, select

from shop.base import limits
from shop.base.db import Database
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.tokens import Signer, token_hash
from shop.base.web import NO_STORE, Cookies, Form, see_other
from shop.staff.arrival import COOKIE, Staff
from shop.staff.browsers import browser_words
from shop.staff.choosing import change_password
from shop.staff.deeds import note
from shop.staff.frame import staff_page
from shop.staff.letters import FACTOR_OFF, FACTOR_ON, tell
from shop.staff.models import SecondFactor, SignedIn, SignInRule
from shop.staff.passwords import HINT, WeakPassword, says
from shop.staff.programs import Programs
from shop.staff.second_factor import (
    address_of,
    begin,
    codes_left,
    confirm,
    drop_factor,
    has_factor,
    new_recovery_codes,
    secret_of,
)
from shop.staff.signin import WrongPassword, end_sign_ins, must_enrol

URL = "/desk/account"
FACTOR = f"{URL}/second-factor"
OWN = {"act": "account"}


@dataclass(frozen=True, slots=True)
class Account:
    """A person at their own account, and what lies at hand there."""

    staff: Staff
    database: Database
    pages: Pages
    signer: Signer
    programs: Programs
    token: str
    now: datetime

    def page(self, name: str, *, status: int = 200, done: str = "", **values: Any) -> Response[str]:
        """A page of the desk in the person's tongue, which nobody keeps."""
        return staff_page(self.pages, self.staff, f"desk/{name}", current=URL, done=done, status=status, **values)


def provide_account(
    request: Request[Any, Any, Any],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    signer: NamedDependency[Signer],
    programs: NamedDependency[Programs],
    jar: NamedDependency[Cookies],
    now: NamedDependency[datetime],
) -> Account:
    """The account as its person finds it now."""
    return Account(staff, database, pages, signer, programs, jar.read(request, COOKIE), now)


AT = {"account": Provide(provide_account, sync_to_thread=False)}


@get(URL, dependencies=AT, opt=OWN, sync_to_thread=True)
def account_page(account: NamedDependency[Account], done: FromQuery[str] = "") -> Response[str]:
    """Password, second factor, and where one is signed in."""
    return _page(account, Form(), done=done)


@post(f"{URL}/password", dependencies=AT, opt=OWN, sync_to_thread=True)
def password_taken(form: NamedDependency[Form], account: NamedDependency[Account]) -> Response[Any]:
    """Another password, for who knows the old one; every other browser is signed out."""
    person, tongue = account.staff.person, account.staff.tongue
    old, new = form.values["old"], form.values["password"]
    limits.spend(account.database, limits.CODE_AS, f"{person.id} password", now=account.now)
    if new != form.values["repeated"]:
        form.fail("repeated", tongue.say(N_("This is not the same. Please write it once more.")))
        return _page(account, form, status=422)
    ending = account.programs if form.text("tokens") == "yes" else None
    try:
        change_password(account.database, person, old, new, token=account.token, now=account.now, programs=ending)
    except WrongPassword:
        form.fail("old", tongue.say(N_("This is not your password. Nothing has been changed.")))
    except WeakPassword as weak:
        form.fail("password", says(weak, tongue))
    if form.errors:
        return _page(account, form, status=422)
    limits.give_back(account.database, limits.CODE_AS, f"{person.id} password", now=account.now)
    return see_other(f"{URL}?done=password")


@post(f"{URL}/sign-ins/ending", dependencies=AT, opt=OWN, sync_to_thread=True)
def others_ended(form: NamedDependency[Form], account: NamedDependency[Account]) -> Response[Any]:
    """Sign out every browser but this one; where it is ticked, programs lose their tokens as well."""
    person = account.staff.person.id
    with account.database.writing() as db:
        end_sign_ins(db, person, but=account.token)
        note(db, "ended", person, by=person, now=account.now)
        if form.text("tokens") == "yes":
            account.programs.end(db, person, by=person, now=account.now)
    return see_other(f"{URL}?done=signed_out#sign-ins")


@post(f"{URL}/sign-ins/{{name:str}}/ending", dependencies=AT, opt=OWN, sync_to_thread=True)
def one_ended(name: FromPath[str], account: NamedDependency[Account]) -> Response[Any]:
    """Sign out one browser; one that is out already is out."""
    person = account.staff.person.id
    with account.database.writing() as db:
        mine = next((each for each in _open(db, account) if _name(each) == name), None)
        if mine is not None:
            db.connection().execute(delete(SignedIn).where(col(SignedIn.token_hash) == mine.token_hash))
            note(db, "ended", person, by=person, now=account.now)
    return see_other(f"{URL}?done=signed_out#sign-ins")


@get(FACTOR, dependencies=AT, opt=OWN, sync_to_thread=True)
def factor_page(account: NamedDependency[Account]) -> Response[str]:
    """What a second factor is, and how it is set up."""
    return _factor_page(account, Form())


@post(f"{FACTOR}/start", dependencies=AT, opt=OWN, sync_to_thread=True)
def factor_begun(account: NamedDependency[Account]) -> Response[Any]:
    """Make a secret for an app; it counts once the app has shown a right code."""
    with account.database.writing() as db:
        begin(db, account.staff.person.id)
    return see_other(FACTOR)


@get(f"{FACTOR}.svg", dependencies=AT, opt=OWN, sync_to_thread=True)
def factor_picture(account: NamedDependency[Account]) -> Response[bytes]:
    """The secret as a picture for an app, while it does not count yet; nothing afterwards."""
    with account.database.reading() as db:
        factor = _pending(db, account)
        if factor is None:
            return Response(b"", status_code=204, headers=NO_STORE)
        read = address_of(account.signer, factor, account.staff.person)
    drawn = BytesIO()
    code = segno.make(read, error="m", micro=False)
    code.save(drawn, kind="svg", omitsize=True, xmldecl=False, border=4, light="#fff", dark="#000")
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers=NO_STORE)


@post(FACTOR, dependencies=AT, opt=OWN, sync_to_thread=True)
def factor_taken(form: NamedDependency[Form], account: NamedDependency[Account]) -> Response[Any]:
    """A first code of the app: from now on it is asked for. Shows the codes on paper, once."""
    person = account.staff.person.id
    limits.spend(account.database, limits.CODE_AS, f"{person} first", now=account.now)
    with account.database.writing() as db:
        codes = confirm(db, account.signer, person, form.text("code"), now=account.now)
        if codes:
            end_sign_ins(
                db, person, but=account.token
            )  # whoever signed in by the password alone shows the code as well
            note(db, "factor_on", person, by=person, now=account.now)
            tell(db, FACTOR_ON, person, key=account.now.isoformat(), now=account.now)
    if not codes:
        form.fail(
            "code", account.staff.tongue.say(N_("This is not the code that your app shows now. Please look again."))
        )
        return _factor_page(account, form, status=422)
    return account.page("recovery_codes", title=account.staff.tongue.say(N_("Codes on paper")), codes=codes, url=URL)


@post(f"{FACTOR}/removal", dependencies=AT, opt=OWN, sync_to_thread=True)
def factor_removed(account: NamedDependency[Account]) -> Response[Any]:
    """Take the second factor off, where it is not asked for."""
    person = account.staff.person
    with account.database.writing() as db:
        rule = db.get(SignInRule, 1)
        if person.second_factor or (rule is not None and rule.second_factor):
            return see_other(f"{URL}?done=factor_kept")
        if drop_factor(db, person.id):
            note(db, "factor_off", person.id, by=person.id, now=account.now)
            tell(db, FACTOR_OFF, person.id, key=account.now.isoformat(), now=account.now)
    return see_other(f"{URL}?done=factor_off")


@post(f"{FACTOR}/recovery-codes", dependencies=AT, opt=OWN, sync_to_thread=True)
def codes_renewed(account: NamedDependency[Account]) -> Response[Any]:
    """New codes on paper; the ones from before count no more."""
    person = account.staff.person.id
    with account.database.writing() as db:
        if not has_factor(db, person):
            return see_other(FACTOR)
        codes = new_recovery_codes(db, account.signer, person)
        note(db, "codes", person, by=person, now=account.now)
    return account.page("recovery_codes", title=account.staff.tongue.say(N_("Codes on paper")), codes=codes, url=URL)


def _page(account: Account, form: Form, *, status: int = 200, done: str = "") -> Response[str]:
    person, tongue = account.staff.person, account.staff.tongue
    with account.database.reading() as db:
        rows = [_row(each, account) for each in _open(db, account)]
        factor, left = has_factor(db, person.id), codes_left(db, person.id)
        tokens = account.programs.words(db, person.id, tongue, now=account.now)
    said = tongue.count("%(num)s code on paper is left.", "%(num)s codes on paper are left.", left) if factor else ""
    return account.page(
        "account",
        title=tongue.say(N_("Your account")),
        status=status,
        done=done,
        person=person,
        form=form,
        rows=rows,
        factor=factor,
        left=said,
        hint=tongue.say(HINT),
        tokens=tokens,
        url=URL,
    )


def _factor_page(account: Account, form: Form, *, status: int = 200) -> Response[str]:
    person = account.staff.person
    with account.database.reading() as db:
        pending, asked, there = _pending(db, account), must_enrol(db, person), has_factor(db, person.id)
    secret = secret_of(account.signer, pending) if pending is not None else ""
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    title = account.staff.tongue.say(N_("Second factor"))
    values: dict[str, Any] = {"secret": grouped, "asked": asked, "there": there, "form": form, "url": URL}
    return account.page("second_factor", title=title, status=status, **values)


def _pending(db: Session, account: Account) -> SecondFactor | None:
    factor = db.get(SecondFactor, account.staff.person.id)
    return factor if factor is not None and factor.confirmed_at is None else None


def _open(db: Session, account: Account) -> list[SignedIn]:
    theirs = select(SignedIn).where(SignedIn.person_id == account.staff.person.id, SignedIn.expires_at > account.now)
    return list(db.exec(theirs.order_by(col(SignedIn.created_at).desc())).all())


def _name(row: SignedIn) -> str:
    return row.token_hash[:16]


def _row(row: SignedIn, account: Account) -> dict[str, Any]:
    tongue, zone = account.staff.tongue, account.staff.person.zone
    return {
        "name": _name(row),
        "own": row.token_hash == token_hash(account.token),
        "browser": browser_words(row.browser, tongue),
        "address": row.address,
        "since": tongue.moment(row.created_at, zone),
        "until": tongue.moment(row.expires_at, zone),
    }


HANDLERS = [
    account_page,
    password_taken,
    others_ended,
    one_ended,
    factor_page,
    factor_begun,
    factor_picture,
    factor_taken,
    factor_removed,
    codes_renewed,
]
