"""A customer who leaves marked data everywhere, and the search for it in whatever a house keeps."""

import json
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from sqlalchemy import text as sql
from sqlalchemy import update
from sqlmodel import col, select

from shop.aftersales.models import Case
from shop.api.models import KeptAnswer
from shop.base.outbox import Effect, enqueue
from shop.catalogue.models import WaitingListEntry
from shop.markets.exposure_models import Denial, Invitation
from shop.support.requests.models import Rating, Request
from shop.upkeep.personal.acting import Keeper
from shop.upkeep.proving import Proved, invariants, prove
from tests.aftersales import DE, FORM, bought
from tests.doors import BLENDER
from tests.packing import arrive, send
from tests.pictures import jpeg, segment
from tests.world import Browser, World, forms, text

MAIL, NAME, PHONE = "zzq.mailmark@marked.example", "Zzqana Namemark", "+4915177788899"
STREET, QUESTION, AGAIN, CLAIMED = "Zzqstreetmark 77", "Zzqquestionmark: it hums.", "Zzqagainmark", "Zzqclaimmark"
BLADES = "HB-SP-BS"
BYTES, FILE = b"ZZQBYTEMARK" * 3, "zzqfilemark"
MARKED = {
    "email": MAIL,
    "name": NAME,
    "street_address": STREET,
    "postal_code": "22765",
    "city": "Hamburg",
    "phone": PHONE,
}
MARKS = (*(each.encode() for each in (MAIL, NAME, PHONE, STREET, QUESTION, AGAIN, CLAIMED, FILE)), BYTES)
INVOICED = (NAME.encode(), STREET.encode())  # what an invoice holds, and the law keeps


@dataclass(frozen=True, slots=True)
class Left:
    """What the customer has left: the browser that holds it, and the numbers."""

    browser: Browser
    order: str
    request: str
    case: str


def leave_data(world: World) -> Left:
    """Buy, ask with a file, write again, claim with a photo, ask to be reminded, wait for goods; staff write of them, too."""
    browser, mere = world.browser("de"), world.signed_in("mere")
    number = bought(world, browser, DE, MARKED)
    assert send(mere, number).status_code == 303 and arrive(mere, number).status_code == 303
    world.work()
    ref, case = _asked(browser, number), _claimed(browser, number)
    assert browser.post(f"{DE}orders/{number}/reminders", {"choice": f"{BLENDER} {BLADES}"}).status_code == 303
    assert browser.post(f"{DE}link", {"number": number, "email": MAIL}).status_code == 303
    world.work()
    for kind in ("note", "draft"):
        mere.get(f"/desk/requests/{ref}")
        assert mere.submit("/messages", kind=kind, text=f"{NAME} of {STREET} wrote.").status_code == 303
    with world.house.database.writing() as db:
        now = world.clock.now
        wait = {"market": "nz", "sku": BLENDER, "language": "en", "hash": "w" * 64, "asked_at": now}
        db.add(WaitingListEntry(email=MAIL.upper(), **wait))
        db.add(
            Invitation(
                market="nz", token_hash="i" * 64, note=f"for {NAME}", person="mere", created_at=now, expires_at=now
            )
        )
        answered = {"number": number, "customer": {"name": NAME, "address": [STREET]}}
        given = {"fingerprint": "", "mark": "", "at": now, "status": 200, "body": json.dumps(answered)}
        db.add(KeptAnswer(person="mere", key="a program's", **given))
        db.add(Denial(market="nz", customer="a keyed hash", reason=f"{NAME} never pays", person="mere", at=now))
        db.add(Rating(market="de", language="de", category="use", score=2, words=f"Ask {MAIL}!", day=now.date()))
        enqueue(db, "order mail", f"order:{number}:late", {"order": number, "mail": "dispatched-1"}, now=now)
        late = update(Effect).where(col(Effect.key) == f"order:{number}:late")
        db.connection().execute(late.values(error=f"{MAIL} refused", dead_at=now))
    return Left(browser, number, ref, case)


def finish(world: World, left: Left) -> None:
    """Close what is open, as the desk would."""
    with world.house.database.writing() as db:
        request = db.get_one(Request, left.request)
        request.state, request.closed_at = "closed", world.clock.now
        db.get_one(Case, left.case).state = "done"
    world.work()


def _asked(browser: Browser, number: str) -> str:
    page = browser.get(f"{DE}support")
    shown = next(each for each in forms(page.text) if each.action.endswith("/support"))
    given = {"category": "use", "name": NAME, "email": MAIL, "question": QUESTION, "order_number": number}
    files = [("files", (f"{FILE}.jpg", marked_photo(), "image/jpeg"))]
    answer = browser.post(shown.action, {**shown.fields, **given}, files=files)
    assert answer.status_code == 303, text(answer.text)
    ref = str(answer.headers["location"]).rpartition("/")[2].partition("?")[0]
    browser.get(f"{DE}support/{ref}")
    assert browser.submit("/messages", text=AGAIN).status_code == 303
    return ref


def _claimed(browser: Browser, number: str) -> str:
    path = f"{DE}orders/{number}/claim"
    shown = next(each.fields for each in forms(browser.get(path).text) if each.action.endswith("/claim"))
    plain = {name: value for name, value in shown.items() if name not in ("kind", "wish", "photos", "noticed")}
    files = [("photos", ("b.jpg", marked_photo(), "image/jpeg"))]
    answer = browser.post(path, {**plain, **FORM, "words": CLAIMED}, files=files)
    assert answer.status_code == 303, text(answer.text)
    return str(answer.headers["location"]).rpartition("/")[2].partition("?")[0]


def marked_photo() -> bytes:
    """A photo that holds the mark in its picture, which is kept, and not in its notes, which are not."""
    return jpeg(extra=segment(0xDB, BYTES.ljust(65, b"\0")))


def keeper_of(world: World) -> Keeper:
    """What handles personal data in this house."""
    house = world.house
    return Keeper(house.database, house.policies, house.signer, house.settings.data_dir)


def proved(world: World) -> Proved:
    """Everything that must hold, asked of this house and of the mails that it keeps."""
    asked = invariants(world.house.policies, keeper_of(world).left_mails)
    return prove(world.house.database, asked, now=world.clock.now)


def broken(world: World) -> list[tuple[str, Any]]:
    """What does not hold: its key, and the first things that break it."""
    return [(each.invariant.key, each.first[:3]) for each in proved(world).findings if each.word == "broken"]


def traces(world: World, folder: Path, logs: Iterable[str], *, but: tuple[bytes, ...] = ()) -> list[str]:
    """Where a mark is still found: in a file of the data folder or a mail in it, in a dump of the database, in the logs."""
    places = {f"file {each.relative_to(folder)}": each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    places |= {f"read {name}": _decoded(data) for name, data in places.items() if name.endswith(".eml")}
    places |= {"dump": dump(world), "logs": "\n".join(logs).encode()}
    marks = [each for each in MARKS if each not in but]
    return [f"{mark!r} in {name}" for name, data in places.items() for mark in marks if mark.lower() in data.lower()]


def dump(world: World) -> bytes:
    """The database as its own tool writes it out."""
    url = world.house.database.engine.url
    if url.get_backend_name() == "sqlite":
        with world.house.database.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            return "\n".join(raw.iterdump()).encode() + b"".join(_blobs(world))
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    dumped = subprocess.run(["pg_dump", plain], capture_output=True, check=True).stdout
    return dumped + b"".join(bytes.fromhex(each.decode()) for each in re.findall(rb"\\\\x((?:[0-9a-f]{2})+)", dumped))


def _blobs(world: World) -> Iterable[bytes]:
    with world.house.database.reading() as db:
        return [bytes(row[0]) for row in db.connection().execute(sql("SELECT data FROM after_sales_photo")).all()]


def _decoded(data: bytes) -> bytes:
    mail = BytesParser(policy=policy.default).parsebytes(data)
    return "\n".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text").encode()


def rows(world: World, table: Any) -> list[Any]:
    """All rows of a table."""
    with world.house.database.reading() as db:
        return list(db.exec(select(table)).all())
