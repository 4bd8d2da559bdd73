"""Webhooks: what is announced reaches whoever asked to be told, signed, at least once, and never a private address."""

import base64
import hashlib
import hmac
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from shop import jobs
from shop.api import posting
from shop.api.delivering import KEPT_FOR, PAUSES, TRIED_FOR, forget_old_deliveries, pause_after, send_out
from shop.api.models import Delivery, KeptAnswer, Subscription
from shop.api.posting import BadAddress, checked_url, post, safe_addresses
from shop.base.announcing import KINDS, Announcement, announce
from shop.checkout.sold_out import tell_sold_out
from shop.staff.models import Person
from tests.buying import set_stock
from tests.doors import place, question
from tests.programs import BLENDER, SPARE, Program, paid_order, pause, problem, program, spare_order
from tests.receiving import Receiver, receiver
from tests.world import ANNA, World, text


@pytest.fixture
def told() -> Iterator[Receiver]:
    with receiver() as listening:
        yield listening


def hook(mere: Program, url: str, *kinds: str, markets: tuple[str, ...] = ()) -> dict[str, Any]:
    answer = mere.post("/webhooks", {"url": url, "kinds": list(kinds or KINDS), "markets": list(markets)})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def deliver(world: World) -> None:
    """Send all that is due now."""
    while jobs.run_deliveries(world.house):
        pass


def announced(world: World, number: int, market: str = "de") -> list[str]:
    with world.house.database.writing() as db:
        return [
            announce(db, "order.paid", market=market, subject=f"N{each}", now=world.clock.now) for each in range(number)
        ]


def deliveries(world: World) -> list[Delivery]:
    with world.house.database.reading() as db:
        return list(db.exec(select(Delivery).order_by(col(Delivery.id))).all())


def test_everything_that_happens_is_told_once_to_whoever_asked(world: World, told: Receiver) -> None:
    mere = program(world)
    hook(mere, told.url)
    number, ref = spare_order(world), question(world.browser(), "/de/de/")
    parcel = {"carrier": "NZ Post", "tracking": "LX123456785NZ", "items": [{"sku": SPARE, "pieces": 1}]}
    parcel["confirmed"] = mere.get(f"/orders/{number}").json()["checklist"]
    assert mere.post(f"/orders/{number}/parcels", parcel).status_code == 201
    assert mere.post(f"/orders/{number}/delivery", {}).status_code == 200
    assert mere.post(f"/requests/{ref}/closing").status_code == 200
    assert mere.post("/markets/de/steps", pause()).status_code == 200
    deliver(world)
    came = [(each.told["type"], each.told["data"]["subject"]) for each in told.came]
    assert sorted(came) == sorted(
        [
            ("order.paid", number),
            ("order.dispatched", number),
            ("order.delivered", number),
            ("request.opened", ref),
            ("request.closed", ref),
            ("market.changed", "de"),
        ]
    )
    changed = next(each.told for each in told.came if each.told["type"] == "market.changed")
    assert changed["data"]["to"] == "paused" and changed["timestamp"].endswith("Z")


def test_a_delivery_is_signed_as_standard_webhooks_are(sqlite_world: World, told: Receiver) -> None:
    secret = hook(program(sqlite_world), told.url)["secret"]
    [number] = announced(sqlite_world, 1)
    deliver(sqlite_world)
    [came] = told.came
    assert came.id == number and came.headers["webhook-timestamp"] == str(int(sqlite_world.clock.now.timestamp()))
    signed = f"{number}.{came.headers['webhook-timestamp']}.".encode() + came.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert len(key) == 32
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert came.headers["webhook-signature"] == f"v1,{expected}"
    with sqlite_world.house.database.reading() as db:
        assert secret not in db.exec(select(Subscription)).one().model_dump_json()


def test_a_receiver_that_fails_half_the_time_gets_everything_at_least_once(world: World, told: Receiver) -> None:
    told.answers = lambda number: 500 if number % 2 else 204
    hook(program(world), told.url)
    numbers = announced(world, 12)
    for _each in range(60):
        deliver(world)
        world.clock.now += timedelta(minutes=2)
    assert {each.id for each in told.taken} == set(numbers)
    assert len(told.taken) == len(numbers)  # and what was taken is not sent again
    by_id: dict[str, set[bytes]] = {}
    for each in told.came:
        by_id.setdefault(each.id, set()).add(each.body)
    assert all(len(bodies) == 1 for bodies in by_id.values())
    assert {each.state for each in deliveries(world)} == {"delivered"}


def test_one_that_is_away_is_asked_once_for_all_that_waits(sqlite_world: World, told: Receiver) -> None:
    told.answers = lambda _number: 503
    hook(program(sqlite_world), told.url)
    announced(sqlite_world, 5)
    deliver(sqlite_world)
    assert len(told.came) == 1


def test_what_nobody_takes_for_three_days_is_given_up_visible_and_sent_again_when_asked(
    sqlite_world: World, told: Receiver
) -> None:
    world, mere = sqlite_world, program(sqlite_world)
    told.answers = lambda _number: 500
    made = hook(mere, told.url)
    announced(world, 1)
    began = world.clock.now
    while world.clock.now < began + TRIED_FOR + timedelta(hours=1):
        deliver(world)
        world.clock.now += timedelta(hours=1)
    [shown] = mere.get(f"/webhooks/{made['webhook']}/deliveries").json()["items"]
    assert shown["state"] == "given_up" and shown["status"] == 500 and shown["tries"] > 8
    assert mere.get(f"/webhooks/{made['webhook']}/deliveries", params={"state": "waiting"}).json()["items"] == []
    told.answers = lambda _number: 200
    again = mere.post(f"/deliveries/{shown['delivery']}/replay")
    assert again.status_code == 202 and again.json()["state"] == "waiting"
    deliver(world)
    assert told.taken[0].id == shown["message"]
    assert mere.get(f"/webhooks/{made['webhook']}/deliveries").json()["items"][0]["state"] == "delivered"


def test_pauses_grow_and_differ() -> None:
    assert list(PAUSES) == sorted(PAUSES)
    for tries in range(1, 30):
        usual = PAUSES[min(tries, len(PAUSES)) - 1]
        assert usual * 0.8 <= pause_after(tries) <= usual * 1.2
    assert len({pause_after(5) for _each in range(10)}) > 1


def test_one_that_is_gone_is_switched_off_and_told_no_more(sqlite_world: World, told: Receiver) -> None:
    told.answers = lambda _number: 410
    mere = program(sqlite_world)
    made = hook(mere, told.url)
    announced(sqlite_world, 1)
    deliver(sqlite_world)
    shown = mere.get(f"/webhooks/{made['webhook']}").json()
    assert not shown["active"] and shown["off_because"] == "410 Gone"
    announced(sqlite_world, 1)
    deliver(sqlite_world)
    assert len(told.came) == 1
    told.answers = lambda _number: 200
    assert mere.patch(f"/webhooks/{made['webhook']}", {"active": True}).json()["active"]
    announced(sqlite_world, 1)
    deliver(sqlite_world)
    assert len(told.taken) == 1


def test_only_the_kinds_and_markets_asked_for_are_told(sqlite_world: World, told: Receiver) -> None:
    mere = program(sqlite_world)
    hook(mere, told.url, "order.paid", markets=("nz",))
    announced(sqlite_world, 1, "de")
    mine = announced(sqlite_world, 1, "nz")
    question(sqlite_world.browser(), "/nz/en/")
    deliver(sqlite_world)
    assert [each.id for each in told.came] == mine


def test_a_redirect_is_not_followed(sqlite_world: World, told: Receiver) -> None:
    told.answers = lambda _number: 307
    hook(program(sqlite_world), told.url)
    announced(sqlite_world, 1)
    deliver(sqlite_world)
    assert len(told.came) == 1 and deliveries(sqlite_world)[0].status == 307
    assert deliveries(sqlite_world)[0].state == "waiting"


def test_a_happening_that_is_undone_is_not_announced(sqlite_world: World) -> None:
    with pytest.raises(RuntimeError), sqlite_world.house.database.writing() as db:
        announce(db, "order.paid", market="de", subject="N", now=sqlite_world.clock.now)
        raise RuntimeError
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(Announcement)).all() == []


def test_a_staffs_test_order_is_announced_to_nobody(sqlite_world: World) -> None:
    from shop.checkout.models import Order
    from shop.checkout.settling import note_event

    browser = sqlite_world.browser()
    number = place(browser, "/de/de/", ANNA)
    with sqlite_world.house.database.writing() as db:
        known = db.get_one(Order, number)
        known.test = True
        note_event(db, known, "paid", now=sqlite_world.clock.now)
        assert db.exec(select(Announcement)).all() == []


def test_a_product_is_told_as_sold_out_once_and_as_back_once(world: World) -> None:
    def look() -> list[str]:
        tell_sold_out(world.house.database, now=world.clock.now)
        with world.house.database.reading() as db:
            return [each.kind for each in db.exec(select(Announcement)).all() if each.subject == BLENDER]

    set_stock(world, 1)
    assert look() == []
    paid_order(world)
    assert look() == look() == ["stock.sold_out"]
    set_stock(world, 4)
    assert sorted(look()) == sorted(look()) == ["stock.back", "stock.sold_out"]


def test_what_was_told_is_forgotten_after_a_month(world: World, told: Receiver) -> None:
    hook(program(world), told.url)
    announced(world, 2)
    deliver(world)
    with world.house.database.writing() as db:
        forget_old_deliveries(db, now=world.clock.now + KEPT_FOR)
    assert deliveries(world) == []


def test_a_webhook_is_removed_with_what_was_delivered_there(world: World, told: Receiver) -> None:
    mere = program(world)
    made = hook(mere, told.url)
    announced(world, 1)
    deliver(world)
    assert mere.ask("DELETE", f"/webhooks/{made['webhook']}").status_code == 204
    assert mere.get(f"/webhooks/{made['webhook']}").status_code == 404 and deliveries(world) == []


def test_a_webhook_that_cannot_be_is_refused_with_its_field(sqlite_world: World) -> None:
    mere = program(sqlite_world)
    good = {"url": "https://example.com/hook", "kinds": ["order.paid"]}
    for wrong, pointer in (
        ({"url": "https://10.0.0.1/hook"}, "/url"),
        ({"url": "http://example.com/hook"}, "/url"),
        ({"kinds": []}, "/kinds"),
        ({"kinds": ["order.eaten"]}, "/kinds/0"),
    ):
        answer = mere.post("/webhooks", good | wrong)
        assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == pointer, answer.text
    assert mere.post("/webhooks", good | {"markets": ["zz"]}).status_code == 404
    for _each in range(20):
        assert mere.post("/webhooks", good).status_code == 201
    assert problem(mere.post("/webhooks", good)) == "too_many_webhooks"


PRIVATE = (
    "10.1.2.3", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.1.2.3", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1",
    "2002:0a00:0001::", "fec0::1", "64:ff9b:1::7f00:1", "::127.0.0.1", "::ffff:0:10.0.0.1", "5f00::1",
    "::ffff:169.254.169.254", "192.0.2.1", "198.18.0.1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_nothing_is_sent_to_an_address_that_is_not_public(address: str) -> None:
    shown = f"[{address}]" if ":" in address else address
    with pytest.raises(BadAddress):
        checked_url(f"https://{shown}/", local=False)
    with pytest.raises(BadAddress):
        safe_addresses("example.com", 443, local=False, resolve=lambda _host, _port: ["93.184.215.14", address])
    came = post("https://example.com/", {}, b"", local=False, resolve=lambda _host, _port: [address])
    assert came.status is None and not came.fine


@pytest.mark.parametrize(
    "url",
    [
        "", "https://", "ftp://example.com", "http://example.com/", "https://user:pw@example.com/", "https://localhost/",
        "https://exa mple.com/", "https://example.com/#x", "https://example.com:0/", "https://example.com:99999/",
        "https://[::1", "https://" + "a" * 600, "https://localhost./", "//example.com", "https://exämple.com/",
    ],
)  # fmt: skip
def test_what_is_no_public_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        checked_url(url, local=False)


def test_the_secret_is_kept_nowhere_and_told_again_under_its_key(world: World) -> None:
    mere, wanted = program(world), {"url": "https://example.com/hook", "kinds": ["order.paid"]}
    made = mere.post("/webhooks", wanted, key="k")
    with world.house.database.reading() as db:
        [kept] = db.exec(select(KeptAnswer)).all()
    assert "whsec_" in made.text and "whsec_" not in kept.body
    again = mere.post("/webhooks", wanted, key="k")
    assert again.json() == made.json() and again.headers["idempotent-replayed"] == "true"
    assert mere.ask("DELETE", f"/webhooks/{made.json()['webhook']}").status_code == 204
    assert mere.post("/webhooks", wanted, key="k").json()["secret"] == ""


def test_a_receiver_that_shakes_hands_for_too_long_is_not_listened_to(
    told: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Watch:
        """A clock that runs out when it is told to."""

        daemon = True

        def __init__(self, _seconds: float, cut: Callable[[], None]) -> None:
            type(self).over = staticmethod(cut)

        def start(self) -> None: ...

        def cancel(self) -> None: ...

        @staticmethod
        def over() -> None: ...

    class Slow:
        """Shakes hands until the time is over; the bare socket was handed over before, as ssl does it."""

        def wrap_socket(self, made: socket.socket, *, server_hostname: str) -> socket.socket:
            handed = socket.socket(fileno=made.detach())
            Watch.over()
            return handed

    monkeypatch.setattr(posting, "Timer", Watch)
    monkeypatch.setattr(posting.ssl, "create_default_context", Slow)
    came = post(told.url.replace("http:", "https:"), {}, b"{}", local=True)
    assert came.status is None and came.text == "no answer: TimeoutError" and told.came == []


def test_a_public_address_is_taken() -> None:
    assert checked_url("https://hooks.example.com:8443/a?b=c", local=False).hostname == "hooks.example.com"
    assert safe_addresses("x", 443, local=False, resolve=lambda _host, _port: ["93.184.215.14", "2606:2800:220:1::1"])


def test_the_connection_goes_to_the_address_that_was_checked(told: Receiver) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    url = told.url.replace("127.0.0.1", "localhost")
    assert post(url, {"content-type": "application/json"}, b"{}", local=True, resolve=resolve).status == 204
    assert asked == ["localhost"]
    assert told.came[0].headers["host"].startswith("localhost:")


def left_behind(world: World, how: str) -> None:
    """Whoever set the webhook up works here no more, or only somewhere else."""
    with world.house.database.writing() as db:
        person = db.get_one(Person, "mere")
        if how == "person_gone":
            person.deactivated = True
        else:
            person.markets = "nz"
        db.add(Person(id="rewi", email="rewi@harbourbench.example", name="Rewi", role="exporter"))


@pytest.mark.parametrize("why", ["person_gone", "person_elsewhere"])
def test_what_somebody_left_behind_is_sent_nothing_until_another_takes_it_over(
    world: World, told: Receiver, why: str
) -> None:
    made = hook(program(world), told.url)
    announced(world, 1)
    deliver(world)
    assert len(told.taken) == 1
    announced(world, 1)
    send_out(world.house.database, now=world.clock.now)
    left_behind(world, why)
    announced(world, 1)
    deliver(world)
    assert len(told.came) == 1, "neither what waited nor what came since"

    rewi = program(world, "rewi")
    path = f"/webhooks/{made['webhook']}"
    seen = rewi.get(path).json()
    assert (seen["active"], seen["off_because"], seen["person"]) == (False, why, "mere")
    with world.house.database.writing() as db:
        mere = db.get_one(Person, "mere")
        mere.deactivated, mere.markets = False, ""
    deliver(world)
    assert len(told.came) == 1, "to work here again is not enough"

    taken = rewi.patch(path, {"active": True}).json()
    assert (taken["active"], taken["off_because"], taken["person"]) == (True, "", "rewi")
    deliver(world)
    assert len(told.came) == 2, "what waited; what happened while it was off is not sent"


def test_the_console_says_why_a_webhook_stands_still_and_lets_another_take_it_over(
    sqlite_world: World, told: Receiver
) -> None:
    made = hook(program(sqlite_world), told.url)
    with sqlite_world.house.database.writing() as db:
        db.get_one(Subscription, made["webhook"]).person = "tane"
    mere = sqlite_world.signed_in("mere")
    assert "may no longer do so" in text(mere.get("/console/webhooks").text)
    page = mere.get(f"/console/webhooks/{made['webhook']}")
    assert "Tane" in page.text and "Take it over" in page.text and "Switch it off" not in page.text
    assert mere.submit("/switch").status_code == 303
    page = mere.get(f"/console/webhooks/{made['webhook']}")
    assert "Take it over" not in page.text and "Switch it off" in page.text
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Subscription, made["webhook"]).person == "mere"
