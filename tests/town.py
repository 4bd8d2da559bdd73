"""A town for the doors: Germany with an order, a request and a case, and real names for every address there is."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import select

from shop.base.till import TillSession
from shop.catalogue.models import Stock
from shop.checkout.models import Order
from shop.launches.changing.invitations import make_invitation
from shop.policies.drafts.drafting import begin
from tests.aftersales import withdrawn
from tests.doors import BLENDER, Answer, Door, ask, doors, fresh_world, pay, place, question
from tests.programs import program
from tests.world import ANNA, World

SHOP = "/de/de/"
COOKIELESS = "/webhooks/stripe"  # where signed messages come in, from no browser
STREAM = "/desk/queue/stream"  # has no end; its beginning is looked at in test_doors_roles
NAMES = (  # of fields that forms of the house have
    "sku quantity act key accept money policies email name street_address postal_code city country_area phone text kind "
    "question category subject order others outcome market language then password version reason mode audience percent "
    "order_cap daily_cap value_cap customer_cap minutes_per_contact in_chooser gate until max_uses days note carrier tracking "
    "owner presence everywhere"
).split()


class Town:
    """Germany with an order and a request, the staff's browser, and real names for every door."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.mere = world.signed_in("mere")
        self.holder = world.browser("de")
        self.order = place(self.holder, SHOP, ANNA)
        pay(world, self.holder, SHOP, self.order)
        waiting = world.browser("de")
        place(waiting, SHOP, ANNA)
        with world.house.database.writing() as db:
            token = make_invitation(db, "jp", person="mere", uses=5, days=9, note="", now=world.clock.now).token
            draft = begin(db, "de", "returns", None, languages=["de"], person="mere", now=world.clock.now)
        with world.house.database.reading() as db:
            session = db.exec(select(TillSession.id).where(TillSession.status == "open")).one()
            slug = world.browser("de").get(SHOP).text.partition(f'href="{SHOP}products/')[2].partition('"')[0]
        self.ref = question(self.holder, SHOP)
        self.case = withdrawn(self.holder, SHOP, self.order)
        world.work()
        self.names: dict[str, object] = {
            "version": world.house.assets.version,
            "name": "style.css",
            "token": token,
            "market": "de",
            "lang": "de",
            "kind": "returns",
            "day": "2027-05-01",
            "agent": "lena",
            "calendar": "DE-HH",
            "slug": slug,
            "plate": "kitchen",
            "file": "de.xml",
            "hash": "0",
            "sku": BLENDER,
            "number": self.order,
            "session": session,
            "ref": self.ref,
            "recall": "RC-NONE",
            "rotation": "world",
            "card": "allergic_reaction",
            "step": 0,
            "order": self.order,
            "path": "pause",
            "key": "cleaning",
            "question": "withdrawal",
            "language": "en",
            "draft": draft,
            "checklist": "return",
            "procedure": "return",
            "proposal": 1,
            "person": "fabio",
            "deed": "sign-out",
            "secret": "0",
            "topic": "water",
            "webhook": 1,
            "delivery": 1,
            "tag": "de",
            "paper": "manual",
            "position": 1,
            "document": "procedures",
            "edition": 1,
            "change": 1,
            "sheet": "listings",
            "upload": "0",
        }
        self.program = f"Bearer {program(world).token}"

    def url(self, door: Door, **names: object) -> str:
        """The door's address with real names, or these."""
        own = dict(self.names)
        if door.path.startswith("/console/mail"):
            own["name"] = self.world.house.mailer.kept()[0][0]  # type: ignore[attr-defined]
        if "/policy-drafts/" in door.path:
            own["language"] = "de"
        if "policies" in door.path:
            own["version"] = "2026-10-01"
        if "/cases/" in door.path or "/receipts/" in door.path:
            own["number"] = self.case
        if "{number:int}" in door.path:
            own["number"] = 1
        if "{token:int}" in door.path:
            own["token"] = 1
        return door.at(**(own | names))

    def cookies(self, door: Door) -> Any:
        """Who stands at this door: the staff's browser, or the holder's."""
        staffed = door.path.startswith(("/desk", "/console"))
        return self.mere.cookies if staffed else self.holder.cookies

    def ask(self, door: Door, target: str = "", **given: Any) -> Answer:
        """Knock at the door, with its visitor's cookies, or a token where a program stands."""
        if door.path.startswith("/api/v1/"):
            given["headers"] = {"authorization": self.program} | dict(given.get("headers") or {})
        return ask(self.world, door.method, target or self.url(door), cookies=self.cookies(door), **given)

    def german(self, message: str, **values: object) -> str:
        """A sentence as the German shop says it."""
        return " ".join(self.world.house.languages.tongue("de", "DE").say(message, **values).split())

    def written(self) -> tuple[int, ...]:
        """What an order would leave behind."""
        with self.world.house.database.reading() as db:
            stock = db.get_one(Stock, BLENDER)
            counts = [db.exec(select(func.count()).select_from(table)).one() for table in (Order, TillSession)]
            return (*counts, stock.held, stock.sold)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[Town]:
    """The town, which every test of a module shares."""
    with fresh_world(demo_file, tmp_path_factory.mktemp("town")) as world:
        yield Town(world)


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[Town]:
    """A town where what is sent by chance may do what it happens to mean."""
    with fresh_world(demo_file, tmp_path_factory.mktemp("wild")) as world:
        yield Town(world)


@pytest.fixture(autouse=True)
def another_window(town: Town) -> None:
    """Each test has its own windows of every limit."""
    town.world.clock.now += timedelta(minutes=10)
    if town.mere.get("/desk").status_code != 200:
        town.mere = town.world.signed_in("mere")


def posts(town: Town) -> list[Door]:
    """The doors that take a form."""
    return [door for door in doors(town.world) if door.method == "POST"]


def gets(town: Town) -> list[Door]:
    """The doors that are looked at, but for the one that has no end."""
    return [door for door in doors(town.world) if door.method == "GET" and door.path != STREAM]


def tampered(value: str) -> list[str]:
    """A signed cookie, changed in every way somebody might try."""
    body, _, signature = value.partition(".")
    other = base64.urlsafe_b64encode(json.dumps([[BLENDER, 99]]).encode()).decode().rstrip("=")
    return [
        f"{other}.{signature}",
        f"{body}.",
        body,
        f".{signature}",
        "x",
        value[:-1],
        value + "A",
        "é." + signature,
        "a" * 4000,
    ]
