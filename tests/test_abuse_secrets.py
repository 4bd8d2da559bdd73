"""What must never be read by whoever reads logs, addresses, the payment provider's records or pages of errors.

A busy day with the log in full: staff sign in with passwords, codes and codes on paper; customers order, pay, ask, follow
their links; programs come with tokens; mail and payments fail. Every secret of that day is then looked for.
"""

import json
import logging
import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import pytest
import structlog
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shop.base.guard import shown_path
from shop.base.logs import set_up_logs
from shop.base.traces import Traces
from shop.launches.changing.invitations import make_invitation
from tests.doors import ask, place, question
from tests.programs import program
from tests.receiving import receiver
from tests.second_factor import FACTOR, code, half_in, set_up
from tests.stripe_purchase import Purchase, purchase
from tests.stripe_stand_in import StripeStandIn
from tests.world import ANNA, PASSWORD, World

__all__ = ["purchase"]

SHOP = "/de/de/"
NEW_PASSWORD, GUESSED = "marmelade zwischen hecken", "geraten-und-falsch-8141"
CUSTOMER = {
    **ANNA,
    "email": "waltraud.zwiebelfisch@example.com",
    "name": "Waltraud Zwiebelfisch",
    "street_address": "Quittenstieg 4711",
}
CARD = "4242 4242 4242 4242"
TOLD = f"Meine Nesselsucht kam vom Mixer. Karte {CARD}"


@dataclass
class Day:
    """The world, the provider, all that was answered, and the secrets by what they are."""

    world: World
    stripe: StripeStandIn
    answers: list[tuple[str, int, dict[str, str], bytes]] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    spans: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    flush: Callable[[], None] = lambda: None

    def locations(self) -> list[str]:
        """Where our answers led: within our own house."""
        led = (headers.get("location", "") for _path, _status, headers, _body in self.answers)
        return [each for each in led if each and not each.startswith(self.stripe.address)]


class _Listener:
    """Hears every answer that leaves the application."""

    def __init__(self, app: Any, day: Day) -> None:
        self._app, self._day = app, day

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        started: dict[str, Any] = {}
        parts: list[bytes] = []

        async def hear(message: Any) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
            else:
                parts.append(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, hear)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in started["headers"]}
        self._day.answers.append((scope["path"], started["status"], headers, b"".join(parts)))


class _Traced:
    """The application with its spans; what else is asked of it, it is itself."""

    def __init__(self, app: Any, traces: Traces) -> None:
        self._inner, self._traced = app, traces.requests(app)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._traced(scope, receive, send)


@pytest.fixture
def day(purchase: Purchase) -> Iterator[Day]:
    world = purchase.world
    world.app._log = structlog.get_logger("http")
    found = Day(world, purchase.stripe)
    traces = Traces(found.spans)
    traces.listen(world.house.database.engine, world.house.payments, world.house.mailer)
    world.app = _Listener(_Traced(world.app, traces), found)
    set_up_logs("json")
    found.flush = traces.stop
    yield found
    set_up_logs("off")
    traces.stop()


def _at_work(day: Day) -> None:
    """Staff come in by every way, some of them by the wrong one."""
    world, secrets = day.world, day.secrets
    world.browser().post("/sign-in", {"email": "lena@harbourbench.example", "password": GUESSED})
    lena = world.signed_in("lena")
    paper = [each.partition("<")[0] for each in set_up(world, lena, "lena")]
    assert lena.post(
        "/desk/account/password", {"old": GUESSED, "password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    ).status_code
    world.clock.now += timedelta(seconds=60)
    secrets["code on paper"] = paper[0]
    secrets["code"] = code(world, "lena")
    by_code, by_paper = half_in(world, "lena@harbourbench.example"), half_in(world, "lena@harbourbench.example")
    assert by_code.post("/sign-in/code", {"code": secrets["code"]}).status_code == 303
    assert by_paper.post("/sign-in/code", {"code": paper[0]}).status_code == 303
    by_code.get(f"{FACTOR}.svg")
    _asks_for_a_new_password(day)
    secrets |= {"password": PASSWORD, "new password": NEW_PASSWORD, "guessed password": GUESSED}
    secrets |= {f"sign-in {number}": each.cookies["staff"] for number, each in enumerate((lena, by_code, by_paper))}


def _asks_for_a_new_password(day: Day) -> None:
    day.world.browser().post("/forgotten", {"email": "fabio@harbourbench.example"})
    day.world.work()
    [mail] = day.world.mails("fabio@harbourbench.example")
    link = _link(mail, "/new-password/")
    day.secrets["link to a new password"] = link.rpartition("/")[2]
    assert day.world.browser().get(link).status_code == 200
    day.world.browser().get(f"{link}x")


def _buys(day: Day) -> str:
    """A customer pays at Stripe, follows the link of the mail, asks, and comes with the wrong secret too."""
    world, browser = day.world, day.world.browser("de")
    number = place(browser, SHOP, CUSTOMER)
    session = list(day.stripe.sessions)[-1]
    day.stripe.complete(session)
    body, signature = day.stripe.signed_event("checkout.session.completed", session)
    for header in (signature, "t=1,v1=0"):
        ask(world, "POST", "/webhooks/stripe", body=body, form=False, headers={"stripe-signature": header}, origin="")
    browser.follow(browser.get(f"{SHOP}orders/{number}/paid"))
    ref = question(browser, SHOP, question=TOLD, name=CUSTOMER["name"], email=CUSTOMER["email"])
    world.work()
    link = next(_link(mail, f"/orders/{number}?") for mail in world.mails(CUSTOMER["email"]))
    day.secrets["link of the order"] = link.partition("secret=")[2]
    stranger = world.browser("de")
    assert stranger.follow(stranger.get(link)).status_code == 200
    stranger.get(f"{link}x")
    stranger.get(f"{SHOP}support/{ref}?secret={day.secrets['link of the order']}")
    kept = {name: value for name, value in browser.cookies.items() if name.startswith(("order-", "request-"))}
    day.secrets |= {f"cookie {name}": value.rpartition(".")[2] for name, value in kept.items()}
    return number


def _programs(day: Day) -> None:
    """A program reads and writes with its token; a webhook is set up and told."""
    world, mere = day.world, program(day.world)
    day.secrets["token"] = mere.token
    assert mere.get("/orders").status_code == 200
    mere.post("/orders/nothing/parcels", {"carrier": 1})
    world.browser().get("/api/v1/orders", headers={"authorization": f"Bearer {mere.token}x"})
    with receiver() as told:
        told.answers = lambda _number: 500
        hook = mere.post("/webhooks", {"url": told.url, "kinds": ["order.paid"], "markets": []})
        day.secrets["secret of the webhook"] = hook.json()["secret"].removeprefix("whsec_")
        world.work()


def _invited(day: Day) -> None:
    world = day.world
    with world.house.database.writing() as db:
        token = make_invitation(db, "jp", person="mere", uses=2, days=3, note="", now=world.clock.now).token
    day.secrets["invitation"] = token
    browser = world.browser("ja")
    browser.get(f"/invite/{token}")
    browser.post(f"/invite/{token}")
    browser.get(f"/invite/{token}x")


def _bad_day(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail is refused, the provider is away, and a door breaks with the customer's own words in its hands."""
    world = day.world

    def refused(mail: Any, *, now: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({mail.to: (550, b"<" + mail.to.encode() + b"> unknown")})

    with monkeypatch.context() as broken:
        broken.setattr(world.house.mailer, "send", refused)
        question(world.browser("de"), SHOP, question=TOLD, name=CUSTOMER["name"], email=CUSTOMER["email"])
        world.work()
    day.stripe.away = True
    other = {**CUSTOMER, "email": f"zweite.{CUSTOMER['email']}"}
    browser = world.browser("de")
    with suppress(AssertionError):  # told to come again: the provider is away
        place(browser, SHOP, other)
    day.stripe.away = False
    with monkeypatch.context() as broken:
        broken.setattr("shop.support.requests.pages.limits.spend", _breaks)
        answer = world.browser("de").post(f"{SHOP}support", {"question": TOLD, "email": CUSTOMER["email"]})
        assert answer.status_code == 500
        world.browser("de").get(f"/invite/{day.secrets['invitation']}")
    world.later(hours=30)


def _breaks(*_given: object, **_named: object) -> None:
    raise RuntimeError("a fault")


def _link(mail: Any, mark: str) -> str:
    body = mail.get_body(("plain",)).get_content()
    found = next(each for each in re.findall(r"https?://\S+", body) if mark in each)
    parts = urlsplit(found)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def test_no_secret_of_a_busy_day_is_read_where_it_does_not_belong(
    day: Day, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)  # of every library; SQLAlchemy's own statements are shown by no setting of ours
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    _at_work(day)
    number = _buys(day)
    _programs(day)
    _invited(day)
    _bad_day(day, monkeypatch)
    streams = capfd.readouterr()
    logged = unquote_plus(streams.out + streams.err + caplog.text)

    day.secrets |= {"key of Stripe": day.stripe.key, "secret of Stripe's notices": day.stripe.webhook_secret}
    assert len(day.secrets) >= 15 and all(len(each) >= 6 for each in day.secrets.values())
    personal = [CUSTOMER["email"], CUSTOMER["name"], CUSTOMER["street_address"], "Zwiebelfisch", "Nesselsucht", CARD]

    lines = [json.loads(line) for line in streams.out.splitlines() if line.startswith("{")]
    assert len([line for line in lines if line["event"] == "request"]) > 40, "the log was not in full"
    assert {"effect failed", "fault"} <= {line["event"] for line in lines}, "nothing went wrong"
    assert any(number in line.get("path", "") for line in lines), "the order was not looked at"
    found = [what for what, secret in day.secrets.items() if secret in logged]
    assert found + [each for each in personal if each in logged] == []

    day.flush()
    traced = unquote_plus(" ".join(span.to_json() for span in day.spans.get_finished_spans()))
    assert "POST /sign-in" in traced and "payments.open_session" in traced and "mail.send" in traced
    assert [each for each in [*day.secrets.values(), *personal] if each in traced] == []

    led = unquote_plus(" ".join(day.locations()))
    of_addresses = day.secrets | {"mail": CUSTOMER["email"], "name": CUSTOMER["name"]}
    assert len(day.locations()) > 10 and [what for what, secret in of_addresses.items() if secret in led] == []

    policies = {headers["referrer-policy"] for _path, _status, headers, _body in day.answers}
    assert policies <= {"same-origin", "no-referrer"}, "an address of ours goes elsewhere"
    errors = b" ".join(body for _path, status, _headers, body in day.answers if status >= 400).decode(
        "utf-8", "replace"
    )
    assert len(errors) > 1000 and [what for what, secret in day.secrets.items() if secret in errors] == []
    assert "Traceback" not in errors and "/shop/" not in errors


def test_the_provider_is_told_no_more_than_it_needs(day: Day) -> None:
    number = _buys(day)
    told = [fields for method, path, fields in day.stripe.asked if method == "POST" and path.endswith("/sessions")]
    assert [each["metadata"] for each in told] == [{"order": number, "market": "de"}]
    assert told[0]["payment_intent_data"] == {"metadata": told[0]["metadata"]}
    told[0].pop("customer_email")  # to which the provider sends its receipt
    asked = json.dumps([each[2] for each in day.stripe.asked])
    for each in (CUSTOMER["email"], CUSTOMER["name"], CUSTOMER["street_address"], "secret=", *day.secrets.values()):
        assert each not in asked, each


def test_of_a_row_that_the_database_refuses_no_value_is_logged(capfd: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json")
    row = "Key (email, text)=(anna@example.com, a first line\n\nand a second) already exists."
    said = f'duplicate key value violates unique constraint "x"\nDETAIL:  {row}\n[SQL: INSERT INTO request]'
    try:
        raise ValueError(said)
    except ValueError as fault:
        structlog.get_logger().error("fault", exc_info=fault)
    set_up_logs("off")
    logged = capfd.readouterr().out
    assert "duplicate key" in logged and "INSERT INTO request" in logged
    assert "anna@example.com" not in logged and "second" not in logged


@pytest.mark.parametrize("door", ["/invite/", "/till/", "/dry-run/", "/new-password/"])
def test_an_address_that_is_a_secret_is_logged_without_it(door: str) -> None:
    assert shown_path(f"{door}geheim/also") == f"{door}…"
