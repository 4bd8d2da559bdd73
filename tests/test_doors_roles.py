"""Every door of the desk and the console, walked by every role: what is not allowed looks as if it did not exist."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from shop.aftersales.cases.filing import Filing, file_case
from shop.aftersales.models import CasePhoto, Recall, RecallNotice, RecallReport
from shop.api.models import Delivery, Subscription
from shop.api.tokens import make_token
from shop.base.announcing import announce
from shop.base.outbox import Effect
from shop.checkout.models import Order
from shop.checkout.stopping import stop_sale
from shop.documents.printing import Writer
from shop.launches.changing.denying import deny
from shop.launches.changing.invitations import make_invitation
from shop.launches.models import Proposal, Schedule, StockFate
from shop.markets.exposure_models import Invitation
from shop.markets.models import StopSale
from shop.policies.drafts.drafting import begin
from shop.policies.models import PolicyEnd
from shop.policies.written import write
from shop.staff.may import MATRIX, ROLES
from shop.staff.models import Person
from shop.support.crisis.models import Incident, OnCallOverride, OnCallRotation
from shop.support.known.models import KnowledgeGap
from shop.support.requests.attachments import Shelf, keep
from shop.support.requests.files import File
from shop.support.requests.models import Attachment, Referral
from shop.upkeep.models import ChangedRow, SetupChange, SheetUpload
from tests.doors import Door, ask, doors, fresh_world, pay, place, question
from tests.world import ANNA, TAMA, Browser, World

STREAM = "/desk/queue/stream"
ON_THE_ROSTER = (
    "/desk/requests/{ref:str}/assignment",
    "/desk/presence",
    "/desk/shift",
)  # for whom there is nothing to be assigned: 404
ABOUT_MORE = (
    "/console/policy-drafts",
    "/console/policy-drafts/new",
    "/console/workshop/sheets/{sheet:str}/bulk",
    "/console/workshop/sheets/{sheet:str}/bulk/preview",
    "/console/workshop/sheets/{sheet:str}/bulk/taking",
    "/console/workshop/sheets/{sheet:str}/removal",
    "/console/workshop/sheets/{sheet:str}/row",
    "/console/workshop/checklists/{procedure:str}/beginning",
    "/console/workshop/new-market",
    "/console/policy-drafts/{draft:int}/successors",
)  # which ask in fields for a row, a language or a market, or for a draft that has ended, and find nothing without one
ROSTER = {"lena", "jonas"}
PEOPLE = {"exporter": "mere", "specialist": "annika", "agent": "lena", "partner": "jonas"}  # all but Mere for Germany
FIELDS = {"kind": "note", "act": "remove", "presence": "away"}


@dataclass
class Staffed:
    """The world with one order, case, request, invitation, stop, effect given up and mail in Germany and in New Zealand."""

    world: World
    browsers: dict[str, Browser]
    names: dict[str, dict[str, object]]  # market -> what stands in an address

    def url(self, door: Door, market: str = "de", who: str = "mere") -> str:
        names = dict(self.names[market])
        names["token"] = names.get(f"token of {who}", names["token of tane"])
        names["upload"] = f"{who}-{market}"
        number = next(
            (
                name
                for name in (
                    "invitation",
                    "stop",
                    "effect",
                    "case",
                    "recall",
                    "incident",
                    "override",
                    "referral",
                    "proposal",
                    "schedule",
                    "gap",
                    "file",
                    "open-question",
                    "denial",
                )
                if f"/{name}s/" in door.path
            ),
            "order",
        )
        names["number"] = names[number]
        if "/policy-drafts/" in door.path:
            names["language"] = "de" if market == "de" else "en"
        return door.at(**names)

    def status(self, door: Door, who: str, market: str = "de") -> int:
        browser = self.browsers[who]
        if door.path == STREAM:  # it has no end: look at how it begins, and leave
            return ask(self.world, "GET", STREAM, cookies=browser.cookies).status
        url = self.url(door, market, who)
        return (browser.get(url) if door.method == "GET" else browser.post(url, FIELDS)).status_code


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[Staffed]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("roles")) as world:
        names = {"de": _things(world, "de", "/de/de/", ANNA), "nz": _things(world, "nz", "/nz/en/", TAMA)}
        world.work()
        mail = world.house.mailer.kept()[0][0]  # type: ignore[attr-defined]
        for each in names.values():
            each["name"] = mail
        browsers = {who: world.signed_in(who) for who in PEOPLE.values()}
        yield Staffed(world, {**browsers, "nobody": world.browser()}, names)


def _things(world: World, market: str, shop: str, person: dict[str, str]) -> dict[str, object]:
    browser = world.browser()
    order = place(browser, shop, person)
    pay(world, browser, shop, order)
    ref = question(browser, shop)
    now = world.clock.now
    with world.house.database.writing() as db:
        make_invitation(db, market, person="mere", uses=1, days=7, note="", now=now)
        draft = begin(db, market, "returns", None, languages=[shop.split("/")[2]], person="mere", now=now)
        write(db, world.house.policies.in_force(market, "returns", now.date()), person="mere", now=now)
        stop_sale(db, sku="HB-SP-BS", market=market, reason="a test", person="mere", now=now)
        given_up = Effect(kind="refund", key=market, payload="{}", due_at=now, created_at=now, dead_at=now)
        db.add(given_up)
        case = file_case(db, db.get_one(Order, order), _filing(market, person), now=now)
        db.flush()
        effect = given_up.id
        incident, override = _bad_day(db, market, now)
        referral, gap = _asked_above(db, market, ref, now)
        proposal = Proposal(market=market, action="two_eyes", version=0, person="tane", at=now)
        plan = Schedule(
            market=market, action="pause", wall="2027-01-01T00:00", zone="UTC", due_at=datetime(2027, 1, 1, tzinfo=UTC),
            person="mere", made_at=now,
        )  # fmt: skip
        db.add_all([proposal, plan])
        db.add(PolicyEnd(market=market, kind="returns", day=date(2027, 5, 1), reason="a test", at=now))
        db.add(StockFate(market=market, sku="HB-SP-BS", pieces=1, fate="return", owner="Lena"))
        recall = _recall(market, order, now)
        db.add(recall[0])
        db.flush()
        db.add_all(recall[1:])
        waiting, planned = proposal.id, plan.id
        denied = deny(db, market, "nobody", everywhere=False, reason="a test", person="mere", now=now).id
        shelved = Shelf.of(world.house.settings.data_dir).shelve([File("a.png", "image/png", b"x")])
        keep(db, ref, None, shelved, now=now)
        Writer(world.house.languages, world.house.sources()).print(
            db, market, "procedures", "en", person="mere", now=now
        )
        hook = Subscription(
            url="https://example.com", kinds="order.paid", markets=market, nonce="00", person="mere", created_at=now
        )
        db.add(hook)
        message = announce(db, "order.paid", market=market, subject=order, now=now)
        db.flush()
        delivery = Delivery(webhook=hook.id or 0, announcement=message, due_at=now, give_up_at=now)
        db.add(delivery)
        whose = {"de": PEOPLE.values(), "nz": ["tane"]}[market]
        tokens = {f"token of {who}": make_token(db, who, name="", scopes=(), days=1, now=now).token.id for who in whose}
        db.flush()
        webhook, sent = hook.id, delivery.id
        change = SetupChange(at=now, person="mere")
        db.add(change)
        db.flush()
        sheet, key = f"research/{market}.toml", '["water"]'
        db.add(ChangedRow(change=change.id or 0, number=1, file=sheet, key=key, before="{}", after="{}"))
        db.add_all(
            [SheetUpload(id=f"{who}-{market}", file=sheet, person=who, at=now, data=b"") for who in PEOPLE.values()]
        )
        changed = change.id
        db.add(CasePhoto(case=case.number, hash="photo", media_type="image/png", data=b"", at=now))
    with world.house.database.reading() as db:
        invitation = db.exec(
            select(Invitation.id).where(Invitation.market == market).order_by(col(Invitation.id).desc())
        )
        stop = db.exec(select(StopSale.id).where(StopSale.market == market))
        return {
            "market": market,
            "path": "pause",
            "proposal": waiting,
            "schedule": planned,
            "sku": "HB-SP-BS",
            "topic": "water",
            "open-question": 1,
            "denial": denied,
            "ref": ref,
            "order": order,
            "invitation": invitation.first(),
            "stop": stop.first(),
            "effect": effect,
            "case": case.number,
            "file": db.exec(select(Attachment.id).where(Attachment.request == ref)).one(),
            "hash": "photo",
            "kind": "returns",
            "day": "2027-05-01",
            "agent": {"de": "lena", "nz": "tane"}[market],
            "calendar": {"de": "DE-HH", "nz": "NZ-NSN"}[market],
            "version": world.house.policies.in_force(market, "returns", now.date()).name,
            "recall": recall[0].number,
            "incident": incident,
            "override": override,
            "rotation": f"on-call-{market}",
            "card": "allergic_reaction",
            "step": 0,
            "referral": referral,
            "gap": gap,
            "key": "cleaning",
            "question": "withdrawal",
            "language": "en",
            "draft": draft,
            "checklist": "return",
            "procedure": "return",
            "person": "fabio",
            "deed": "sign-out",
            "tag": {"de": "de", "nz": "en"}[market],
            "paper": "manual",
            "position": 1,
            "document": "procedures",
            "edition": 1,
            "webhook": webhook,
            "delivery": sent,
            "token of tane": 0,
            "change": changed,
            "sheet": f"research.{market}",
            **tokens,
        }


def _recall(market: str, order: str, now: datetime) -> tuple[Recall, RecallNotice, RecallReport]:
    number = f"RC-{market}"
    row = {"recall": number, "market": market}
    return (
        Recall(number=number, skus="HB-GONE", reason="a test", person="mere", opened_at=now),
        RecallNotice(**row, order_number=order, language="en", items="HB-GONE", pieces=1),
        RecallReport(**row, due_at=now, source="a rule"),
    )


def _bad_day(db: Session, market: str, now: datetime) -> tuple[int | None, int | None]:
    """An incident of the market that nobody was paged for, and somebody who stands in on a rotation of its own."""
    incident = Incident(card="allergic_reaction", market=market, opened_at=now)
    turns = {"zone": "UTC", "handoff": 0, "starts_on": now.date(), "people": "mere"}
    db.add_all([incident, OnCallRotation(id=f"on-call-{market}", market=market, **turns)])
    db.flush()
    span = {"starts_at": now, "ends_at": now + timedelta(days=1)}
    override = OnCallOverride(rotation=f"on-call-{market}", person="mere", **span)
    db.add(override)
    db.flush()
    return incident.id, override.id


def _asked_above(db: Session, market: str, ref: str, now: datetime) -> tuple[int | None, int | None]:
    """A referral of the request, and something that nobody had an answer for."""
    asked = {"question": "cafe", "person": "mere", "draft": "No.", "key": market, "asked_at": now, "due_at": now}
    referral = Referral(request=ref, **asked)
    gap = KnowledgeGap(market=market, language="en", category="use", at=now)
    db.add_all([referral, gap])
    db.flush()
    return referral.id, gap.id


def _filing(market: str, person: dict[str, str]) -> Filing:
    about = {"lines": {"HB-BL-230": 1}, "serials": {}, "key": f"case-{market}"}
    return Filing(door="return", market=market, language="en", name=person["name"], email=person["email"], **about)  # type: ignore[arg-type]


def staff_doors(world: World) -> list[Door]:
    found = [door for door in doors(world) if door.path.startswith(("/desk", "/console"))]
    assert len(found) > 20
    return found


def test_every_door_of_desk_and_console_names_an_act_of_the_matrix(staffed: Staffed) -> None:
    assert [door for door in staff_doors(staffed.world) if door.opt.get("act") not in MATRIX] == []


def test_no_door_of_shop_or_sign_in_asks_for_an_act(staffed: Staffed) -> None:
    assert [
        door for door in doors(staffed.world) if "act" in door.opt and not door.path.startswith(("/desk", "/console"))
    ] == []


def test_every_act_of_the_matrix_is_asked_somewhere() -> None:
    assert set(MATRIX["account"]) == set(ROLES)
    assert all(MATRIX.values())


@pytest.mark.parametrize("role", ["specialist", "agent", "partner", "exporter"])
def test_a_role_finds_exactly_the_doors_of_its_acts(staffed: Staffed, role: str) -> None:
    who, wrong = PEOPLE[role], []
    for door in sorted(staff_doors(staffed.world), key=lambda each: each.path.endswith("/removal")):
        allowed = role in MATRIX[door.opt["act"]]
        if door.path in ON_THE_ROSTER and who not in ROSTER:
            allowed = False
        if allowed and door.path in ABOUT_MORE:
            continue
        status = staffed.status(door, who)
        if (status in (403, 404)) == allowed or status >= 500:
            wrong.append((door.method, door.path, status, allowed))
    assert wrong == [], wrong


def test_who_has_not_signed_in_is_led_to_the_sign_in_everywhere(staffed: Staffed) -> None:
    nobody = staffed.browsers["nobody"]
    for door in staff_doors(staffed.world):
        url = staffed.url(door)
        answer = nobody.get(url) if door.method == "GET" else nobody.post(url, FIELDS)
        assert answer.status_code == 303, (door, answer.status_code)
        location = answer.headers["location"]
        assert location == (f"/sign-in?then={url}" if door.method == "GET" else "/sign-in"), door
        assert answer.headers["cache-control"] == "private, no-store"


def test_a_person_removed_from_a_role_is_refused_at_the_next_click(staffed: Staffed) -> None:
    world = staffed.world
    assert staffed.browsers["jonas"].get("/desk/orders").status_code == 200
    with world.house.database.writing() as db:
        db.get_one(Person, "jonas").role = "agent"
    assert staffed.browsers["jonas"].get("/desk/orders").status_code == 404
    with world.house.database.writing() as db:
        db.get_one(Person, "jonas").role = "partner"


@pytest.mark.parametrize("who", ["annika", "lena", "jonas"])
def test_another_markets_orders_requests_and_pages_are_not_there(staffed: Staffed, who: str) -> None:
    everybodys = (
        "/console/mail/{name:str}",
        "/console/handbook/{card:str}",
        "/console/knowledge/questions/{key:str}",
        "/desk/sops/{checklist:str}",
        "/console/catalogue/products/{sku:str}",
        "/console/catalogue/products/{sku:str}/papers/{paper:str}",
        "/console/catalogue/products/{sku:str}/papers/{paper:str}/{tag:str}",
        "/console/catalogue/texts/{tag:str}",
        "/console/catalogue/texts/{tag:str}/{sku:str}",
        "/console/workshop/checklists/{procedure:str}",
        "/desk/account/sign-ins/{name:str}/ending",
    )
    about_one = [door for door in staff_doors(staffed.world) if "{" in door.path and door.path not in everybodys]
    found = {(door.method, door.path): staffed.status(door, who, "nz") for door in about_one}
    assert set(found.values()) == {404}, found


@pytest.mark.parametrize(
    ("who", "lists"),
    [
        ("annika", ("/desk/orders", "/console")),
        ("jonas", ("/desk/orders", "/desk")),
        ("lena", ("/desk", "/desk?tab=waiting", "/desk?tab=all")),
    ],
)
def test_lists_name_nothing_of_another_market(staffed: Staffed, who: str, lists: tuple[str, ...]) -> None:
    foreign = staffed.names["nz"]
    for url in lists:
        page = staffed.browsers[who].get(url)
        assert page.status_code == 200
        assert str(foreign["order"]) not in page.text and str(foreign["ref"]) not in page.text
        assert "/console/markets/nz" not in page.text


def test_another_markets_row_is_not_reached_under_ones_own_market(staffed: Staffed) -> None:
    ours, theirs = staffed.names["de"], staffed.names["nz"]
    mere = staffed.browsers["mere"]
    assert mere.post(f"/console/markets/de/invitations/{theirs['invitation']}/revocation").status_code == 404
    assert mere.post(f"/console/markets/de/stops/{theirs['stop']}/lifting").status_code == 404
    assert mere.get(f"/console/markets/nz/{ours['order']}").status_code == 404


def test_the_preview_is_for_the_roles_and_markets_that_may(staffed: Staffed) -> None:
    world = staffed.world
    for who, status in (("mere", 200), ("layla", 200), ("annika", 404), ("lena", 404), ("omar", 404)):
        browser = staffed.browsers.get(who) or world.signed_in(who)
        assert browser.get("/ae/ar/").status_code == status, who


def test_a_sign_in_ends_after_its_hours(staffed: Staffed) -> None:
    world = staffed.world
    began = world.clock.now
    world.clock.now = began + timedelta(hours=11, minutes=59)
    assert staffed.browsers["annika"].get("/console").status_code == 200
    world.clock.now = began + timedelta(hours=12)
    assert staffed.browsers["annika"].get("/console").status_code == 303
    world.clock.now = began
