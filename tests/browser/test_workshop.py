"""Austria from nothing to ready, in a real Chromium and nothing else: begun like Germany, mended gate by gate, tried by an
order at the till, signed by its specialist. The chapter of docs/markets.md that tells how is walked in its order."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from sqlmodel import col, select

from shop.base.settings import ROOT
from shop.checkout.models import Order
from shop.launches.readying.gathering import Sources, gates_of, gather
from shop.launches.readying.readiness import blockers
from shop.launches.readying.research import TOPICS
from shop.markets.models import LaunchEvent, Market
from shop.policies.keys import NEEDED
from shop.policies.models import PolicyDraft
from tests.browser.customer import buy
from tests.browser.serving import DESKTOP, UNFOLD, Served, Visitor, served, visitor
from tests.world import ANNA

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AUSTRIA = "/console/markets/at"
SHEETS = "/console/workshop/sheets"
TODAY = "2026-11-24"
IN_SUMMER = "2027-06-30"
CERTIFICATES = "market,kind,mark,number,valid_from,valid_until,holder\n" + "".join(
    f"at,{kind},{mark},HB-{number},2026-01-01,,Harbour Bench\n"
    for number, (kind, mark) in enumerate(
        [
            ("cosmetic", "EU RP + CPNP"),
            ("food", "EU importer address + FIC label"),
            ("mains", "CE + declaration of conformity"),
            ("mains_adapter", "CE + declaration of conformity"),
            ("battery", "CE + declaration of conformity"),
            ("radio", "RED"),
        ],
        start=1,
    )
)
LAW = "market,kind,rule,value,source,confidence,as_of,note\n" + "".join(
    f"at,{kind},{rule},{value},{source},high,2026-11-20,\n"
    for kind, rule, value, source in [
        ("returns", "window_days", "14", "FAGG § 11"),
        ("returns", "refund_days", "14", "FAGG § 14"),
        ("returns", "model_form", "yes", "FAGG § 4"),
        ("warranty", "legal_guarantee_months", "24", "VGG § 10"),
        ("warranty", "burden_of_proof_months", "12", "VGG § 11"),
    ]
)
KEEP = "button:not([name])"  # not one that only draws a row more
OUR_OWN = "Our own rule"
BUYER = ANNA | {"email": "mere@harbourbench.example", "postal_code": "1040", "city": "Wien"}


@pytest.fixture(scope="module")
def shop(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo's shop, which sells in Germany and not in Austria."""
    with served(demo_file, tmp_path_factory.mktemp("shop")) as opened:
        yield opened


def test_austria_is_made_from_nothing_to_ready_in_the_browser_alone(chromium: Browser, shop: Served) -> None:
    trail: list[str] = []
    with (
        visitor(chromium, shop, "en", size=DESKTOP) as mere,
        visitor(chromium, shop, "de", size=DESKTOP) as annika,
    ):
        for each in (mere, annika):
            each.page.on("framenavigated", lambda frame: trail.append(urlsplit(frame.url).path))
        mere.sign_in("mere")
        mere.at("/console")
        begin(mere)
        hand_over(mere)
        upload(mere, "certs.present", CERTIFICATES)
        annika.sign_in("annika")
        annika.at("/console")
        upload(annika, "policies.legal_floor", LAW)
        for kind in NEEDED:
            publish(mere, shop, kind)
            sign(annika, kind)
        research(annika)
        answer_all_day(mere)
        write_contacts(mere)
        write_stop_lines(mere)
        write_limits(mere)
        try_an_order(mere, shop)
        print_documents(mere, shop)
        waive(mere, "payments.live", "The demo's till takes no real money")
        assert missing(shop) == []
        declare_ready(mere)
    assert state(shop) == ("ready", "mere")
    assert walked(trail) == told()


def told() -> list[str]:
    """The addresses that the chapter names, in its order."""
    page = (ROOT / "docs" / "markets.md").read_text("utf-8")
    chapter = page.partition("## From nothing to a ready market\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^\d+\. .*$", chapter, re.MULTILINE)
    assert len(lines) == 10
    return [each for line in lines for each in re.findall(r"`(/[^`]+)`", line)]


def walked(trail: list[str]) -> list[str]:
    """Of these addresses, those that were come to in their order."""
    found, places = [], iter(trail)
    for address in told():
        pattern = re.sub(r"<market>", "at", re.sub(r"<language>", "de", address))
        pattern = re.sub(r"<\w+>", "[^/]+", pattern)
        if any(re.fullmatch(pattern, each) for each in places):
            found.append(address)
    return found


def mend(visitor: Visitor, gate: str) -> None:
    """From the market's readiness to where the gate is mended."""
    visitor.goto(f"{AUSTRIA}/readiness")
    visitor.page.locator(f"tr[id='{gate}'] td a").first.click()
    visitor.page.wait_for_url(lambda url: "/readiness" not in url)


def begin(mere: Visitor) -> None:
    """Like Germany: its goods, agents, policies as drafts, and the law of the European Union."""
    mere.goto("/console/workshop")
    mere.page.click("a[href$='/console/workshop/new-market']")
    mere.at("/console/workshop/new-market")
    mere.look()
    mere.fill(country="AT", like="de")
    mere.press("/new-market")
    mere.at(r"/console/workshop/new-market\?.*")
    mere.look()
    for each in ("goods", "same_agents", "policies", "same_law"):
        mere.page.check(f"[name={each}]")
    mere.fill(specialist="annika", ending=".00", price="9.90", days_min="3", days_max="5")
    mere.fill(**{"tax-standard": "20", "tax-food": "10", "tax-service": "20"})
    mere.press("/new-market", KEEP)
    mere.at(f"{AUSTRIA}/readiness\\?done=market_begun")
    mere.look()


def hand_over(mere: Visitor) -> None:
    """The specialist of Germany advises on Austria too."""
    mere.goto("/console/people/annika")
    mere.page.check("[name=market-at]")
    mere.press("/people/annika")
    mere.page.wait_for_load_state()
    assert mere.page.locator("[name=market-at]").is_checked()


def upload(visitor: Visitor, gate: str, said: str) -> None:
    """What the gate misses as a spreadsheet: looked through, then kept."""
    mend(visitor, gate)
    visitor.page.click("a[href$='/upload']")
    visitor.at(f"{SHEETS}/[^/]+/upload")
    visitor.page.set_input_files("[name=file]", {"name": "x.csv", "mimeType": "text/csv", "buffer": said.encode()})
    visitor.press("/upload")
    visitor.at("/console/workshop/uploads/[^/]+")
    visitor.press("/taking")
    visitor.page.wait_for_load_state()
    assert visitor.page.locator("a[href*='/console/workshop/changes/']").count(), visitor.said("main")


def publish(mere: Visitor, shop: Served, kind: str) -> None:
    """From the draft that came along: its day, what Germany could not know, and out."""
    with shop.house.database.reading() as db:
        draft = db.exec(select(PolicyDraft.id).where(PolicyDraft.market == "at", PolicyDraft.kind == kind)).one()
    url = f"/console/policy-drafts/{draft}"
    mere.goto(f"{url}/rules")
    unfold(mere)
    mere.fill(day=TODAY, **TOLD.get(kind, {}))
    mere.press("/rules")
    mere.page.wait_for_load_state()
    assert not mere.page.locator("[data-errors]").count(), mere.said("[data-errors]")
    mere.goto(f"{url}/publication")
    mere.look()
    mere.press("/publication")
    mere.at(f"/console/policies/at/{kind}/{TODAY}.*")


# What the German rules could not bring along.
TOLD = {
    "returns": {
        f"exclude_source.{each}": OUR_OWN for each in ("sealed_hygiene", "perishable", "made_to_order", "service")
    },
    "warranty": {"legal_guarantee_source": "VGG § 10"},
    "imprint": {"tax_number": "ATU12345675"},
}


def sign(annika: Visitor, kind: str) -> None:
    """In her own session, under the text in her language."""
    annika.goto("/console/policies")
    annika.page.click(f"a[href$='/console/policies/at/{kind}/{TODAY}']")
    annika.at(f"/console/policies/at/{kind}/{TODAY}")
    annika.press("/signatures")
    annika.page.wait_for_load_state()
    assert not annika.page.locator("form[action$='/signatures']").count()


def research(annika: Visitor) -> None:
    """Every topic, then her name under all of it."""
    mend(annika, "agents.specialist")
    annika.at(f"{AUSTRIA}/research")
    for topic in TOPICS:
        form = f"form[action$='/research/{topic}']"
        unfold(annika)
        annika.page.fill(f"{form} [name=text]", "Wie in Deutschland.")
        annika.page.fill(f"{form} [name=source]", "Wirtschaftskammer Wien")
        annika.page.fill(f"{form} [name=as_of]", "2026-11-20")
        annika.press(f"/research/{topic}")
        annika.page.wait_for_load_state()
    annika.press("/research/signature")
    annika.page.wait_for_load_state()
    assert not annika.page.locator("form[action$='/signature']").count()


def answer_all_day(mere: Visitor) -> None:
    """Two people in Vienna, one before and one after three o'clock."""
    for name, start, end in (("Resi", "08:00", "15:00"), ("Franz", "15:00", "22:00")):
        mere.goto("/console/people/new")
        mere.fill(
            name=f"{name} Huber", email=f"{name.lower()}@harbourbench.example", zone="Europe/Vienna", language="de"
        )
        mere.page.check("[name=role][value=agent]")
        mere.page.check("[name=market-at]")
        mere.press("/console/people")
        mere.at(r"/console/people.+")
        mere.goto(f"{SHEETS}/agents/new")
        unfold(mere)
        mere.page.select_option("[name=person]", label=f"{name} Huber")
        mere.fill(id=name.lower(), zone="Europe/Vienna", place="Wien")
        mere.fill(**{"languages.0.name": "de", "languages.0.value": "native"})
        mere.page.check("[name='markets.at']")
        for day in range(7):
            mere.page.check(f"[name='shifts.0.days.{day}']")
        mere.fill(**{"shifts.0.start": start, "shifts.0.end": end})
        save(mere, "/agents/row")


def write_contacts(mere: Visitor) -> None:
    """Whom to ring up in Austria; each was tried today."""
    for role, name, phone in (
        ("emergency", "Rettung", "144"),
        ("repair_partner", "Werkstatt Wieden", "+43 1 555 0190"),
    ):
        mend(mere, "crisis.contacts")
        mere.page.click("a[href$='/contacts/new']")
        mere.at(f"{SHEETS}/contacts/new")
        mere.fill(market="at", role=role, name=name, phone=phone, zone="Europe/Vienna", language="de", checked_on=TODAY)
        save(mere, "/contacts/row")


def write_stop_lines(mere: Visitor) -> None:
    """As they are proposed."""
    mend(mere, "stop_lines.set")
    mere.look()
    mere.press("/stop-lines")
    mere.page.wait_for_load_state()


def write_limits(mere: Visitor) -> None:
    """By invitation, twenty orders."""
    mend(mere, "caps.set")
    unfold(mere)
    mere.page.check("#exposure [name=audience][value=invitation]")
    mere.page.fill("#exposure [name=order_cap]", "20")
    mere.press("/exposure-preview")
    mere.at(f"{AUSTRIA}/exposure-preview")
    mere.press("/exposure")
    mere.at(rf"{AUSTRIA}\?done=changed")


def try_an_order(mere: Visitor, shop: Served) -> None:
    """Bought on the preview, sent back, accepted and paid back."""
    mend(mere, "test_order")
    mere.at("/at/de/")
    buy(mere, BUYER, button="Zahlungspflichtig bestellen", look=False)
    with shop.house.database.reading() as db:
        order = db.exec(select(Order).where(Order.market == "at")).one()
    assert order.test
    mere.goto("/at/de/withdraw")
    mere.fill(name="Mere Tauranga", contract=order.number, email=BUYER["email"])
    mere.press("/withdraw")
    mere.at("/at/de/withdraw/?.*")
    mere.press("/confirmation")
    mere.page.wait_for_load_state()
    shop.work()
    mere.goto("/desk/cases")
    mere.page.locator("a[href*='/desk/cases/WD-']").first.click()
    mere.press("/decision", "[value=accept]")
    mere.page.wait_for_load_state()
    mere.press("/refunds")
    mere.page.wait_for_load_state()
    shop.work()


def print_documents(mere: Visitor, shop: Served) -> None:
    """What a launch asks for, once nothing is left to fill in: without a distributor that is the crisis handbook."""
    mere.goto(f"{AUSTRIA}/documents/fields")
    mere.page.check("[name=no_distributor]")
    mere.press("/fields/de")
    mere.page.wait_for_load_state()
    mend(mere, "docs.printed")
    mere.page.select_option("main [name=language]", "de")
    mere.page.click(f"form[action='{AUSTRIA}/documents'] button")
    mere.page.wait_for_load_state()
    mere.look()
    mere.press("/crisis_handbook/de/prints")
    mere.page.wait_for_load_state()
    shop.work()


def save(visitor: Visitor, action: str) -> None:
    """Send the form of a row; it must be kept."""
    visitor.press(action, KEEP)
    visitor.page.wait_for_load_state()
    assert not visitor.page.locator("[data-errors]").count(), visitor.said("[data-errors]")


def unfold(visitor: Visitor) -> None:
    """Open whatever is folded."""
    visitor.page.evaluate(UNFOLD)


def waive(mere: Visitor, gate: str, reason: str) -> None:
    """In one's own name."""
    mere.goto(f"{AUSTRIA}#waivers")
    form = "form[action$='/waivers']"
    unfold(mere)
    mere.page.select_option(f"{form} [name=gate]", gate)
    mere.page.fill(f"{form} [name=reason]", reason)
    mere.page.fill(f"{form} [name=until]", IN_SUMMER)
    mere.press("/waivers")
    mere.at(rf"{AUSTRIA}\?done=.*")


def declare_ready(mere: Visitor) -> None:
    """The step itself."""
    mere.goto(AUSTRIA)
    mere.look()
    mere.page.click("text=Declare ready")
    mere.at(f"{AUSTRIA}/declaration")
    mere.look()
    mere.press("/declaration")
    mere.at(rf"{AUSTRIA}\?done=changed")


def missing(shop: Served) -> list[str]:
    """The gates that are in the way."""
    house = shop.house
    sources = Sources(house.policies, house.languages.tags, live_payments=False)
    with house.database.reading() as db:
        market = db.get_one(Market, "at")
        facts = gather(db, sources, now=house.clock(), only="at")["at"]
        return [each.gate for each in blockers(gates_of(market, facts, now=house.clock()), "ready")]


def state(shop: Served) -> tuple[str, str]:
    """The market's state, and who brought it there."""
    with shop.house.database.reading() as db:
        query = select(LaunchEvent).where(LaunchEvent.market == "at").order_by(col(LaunchEvent.id).desc())
        last = db.exec(query).first()
        assert last is not None
        return db.get_one(Market, "at").state, last.person
