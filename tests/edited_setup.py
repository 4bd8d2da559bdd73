"""Something out of the ordinary in every sheet of the set-up, as the console could have left it."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from shop.catalogue.models import Certificate, Listing, OldSlug, Paper, Picture, PriceChange, Product, ProductText
from shop.documents.models import DocumentField
from shop.ground.instants import first_instant
from shop.launches.models import (
    ResearchAnswer,
    ResearchQuestion,
    ResearchSignature,
    Schedule,
    StockFate,
    Waiver,
    WindDown,
)
from shop.markets.models import (
    Exporter,
    LaunchEvent,
    Market,
    MarketConsent,
    ShippingRate,
    StopSale,
    StopSaleText,
    TaxRate,
)
from shop.policies.models import SignOff, WrittenMinimum
from shop.policies.written import write
from shop.scorecard.models import LandedCost, StopLine
from shop.scorecard.stop_lines import Written, write_lines
from shop.staff.models import Person, SignInRule, StaffRole
from shop.support.crisis.models import CrisisContact, CrisisText, OnCallOverride, OnCallRotation
from shop.support.known.models import Answer, MayAnswer, OwnSteps, Question
from shop.support.requests.models import Macro
from shop.support.shifts.models import Absence, Agent, AgentShift, CalendarDay, ShiftOverride
from shop.upkeep.models import PriceRate
from tests.world import TUESDAY, World

LATER = TUESDAY + timedelta(days=2, hours=3)
NASTY = '=HYPERLINK("http://x";"a, b")\n\'-1\n\\ """ مرحبا \u202e🧪 é e\u0301'


def edit(db: Session, world: World) -> None:
    """Something out of the ordinary in every sheet, as the console could have left it."""
    db.get_one(Exporter, 1).director = NASTY
    db.add(SignInRule(id=1, second_factor=True))
    zoe = {"second_factor": True, "deactivated": True, "title": NASTY, "password_hash": "secret", "markets": "nz"}
    further = [StaffRole(market="ch", role="partner"), StaffRole(market="de", role="agent")]
    db.add(Person(id="zoe", email="zoe@a.example", name="=Zoë", role="agent", further=further, **zoe))
    _markets(db)
    _goods(db)
    _roster(db)
    _words(db)
    _papers(db, world)
    _decisions(db)


def _decisions(db: Session) -> None:
    """Sales stopped, one of them let go on since; who stands in; a market that ends; steps planned, held back and over."""
    for number, (market, sku, lifted) in enumerate([("de", "HB-BL-230", None), ("", "", None), ("jp", "", LATER)]):
        since = LATER + timedelta(minutes=number, microseconds=7)
        stop = StopSale(market=market, sku=sku, reason=NASTY, link="/de/de/help", person="mere", since=since,
                        lifted_at=lifted)  # fmt: skip
        db.add(stop)
        db.flush()
        db.add(StopSaleText(stop=stop.id or 0, language="de", text=NASTY))
    starts = datetime(2026, 12, 24, 8, 0, 1, tzinfo=UTC)
    db.add(OnCallOverride(rotation="world", person="mere", starts_at=starts, ends_at=starts + timedelta(days=2)))
    nz = db.get_one(Market, "nz")
    nz.last_order_at, nz.state = datetime(2026, 12, 31, 11, tzinfo=UTC), "winding_down"
    ends = LaunchEvent(market="nz", at=LATER, action="wind_down", from_state="open", to_state="winding_down", person="mere",
                       reason=NASTY)  # fmt: skip
    db.add(ends)
    db.flush()
    db.add(WindDown(market="nz", event=ends.id or 0, contact=NASTY, refund_plan="Kiwibank", handover="Aroha Ltd"))
    db.add(StockFate(market="nz", sku="HB-BL-230", pieces=3, fate="return", cost=1250, owner=NASTY))
    db.add(
        StockFate(market="nz", sku="HB-KT-230", pieces=2, fate="sell", owner="Wiremu", done_at=LATER, done_by="mere")
    )
    exposed = {"audience": "percentage", "percent_bp": 2500, "order_cap": None, "in_chooser": True, "daily_cap": 9,
               "value_cap": 5_000_000_000, "customer_cap": None, "minutes_per_contact": 12}  # fmt: skip
    plans: list[tuple[str, str, dict[str, Any], str]] = [
        ("exposure", "2027-01-04T09:00", {"exposed": exposed}, "waiting"),
        ("pause", "2027-01-05T09:30", {"mode": "hidden"}, "frozen"),
        ("open", "2027-01-06T09:00", {"override": NASTY.strip()}, "waiting"),
        ("open", "2027-01-07T09:00", {}, "cancelled"),
    ]
    for action, wall, asked, state in plans:
        db.add(
            Schedule(
                market="de", action=action, asked=json.dumps(asked, ensure_ascii=False), reason=NASTY, wall=wall,
                zone="Europe/Berlin", person="mere", approved_by="ruth", made_at=LATER, state=state,
                due_at=first_instant(datetime.fromisoformat(wall), "Europe/Berlin"),
            )
        )  # fmt: skip


def _markets(db: Session) -> None:
    ch = db.get_one(Market, "ch")
    ch.next_answer_minutes, ch.resolution_minutes, ch.referral_minutes, ch.uncovered_minutes = 95, 2000, 300, 77
    ch.percent_bp, ch.daily_cap, ch.value_cap, ch.four_eyes, ch.draw = 3725, 7, 123_455, True, 3
    ch.waking_from, ch.waking_until, ch.state, ch.pause_mode = 7 * 60 + 30, 1440, "paused", "safety"
    db.add(MarketConsent(market="ch", key="data", language="de", text=NASTY, required=False))
    db.add(MarketConsent(market="ch", key="data", language="fr", text="Oui", required=False))
    db.add(MarketConsent(market="ch", key="data", language="it", text="Sì", required=False))
    paused = LaunchEvent(market="ch", at=LATER, action="pause", from_state="soft", to_state="paused", person="mere",
                         reason=NASTY, mode="hidden")  # fmt: skip
    db.add(paused)
    db.flush()
    db.add(LaunchEvent(market="ch", at=LATER + timedelta(minutes=1), action="undo", from_state="paused", to_state="soft",
                       person="mere", reason="", undoes=paused.id))  # fmt: skip
    db.add(LaunchEvent(market="ch", at=LATER + timedelta(minutes=2), action="exposure", from_state="soft", to_state="soft",
                       person="mere", reason="Narrower", details='{"percent_bp": [5000, 3725]}'))  # fmt: skip
    db.add(LaunchEvent(market="ch", at=LATER + timedelta(minutes=3), action="pause", from_state="soft", to_state="paused",
                       person="", rule="defects", reason="Three defects", mode="safety"))  # fmt: skip
    waiver = db.exec(select(Waiver).where(Waiver.market == "de")).first()
    assert waiver is not None
    waiver.ended_at = LATER
    db.flush()
    db.add(Waiver(market="de", gate=waiver.gate, person="ruth", reason=NASTY, until=date(2027, 3, 1),
                  made_at=LATER + timedelta(microseconds=7)))  # fmt: skip
    write_lines(
        db, "de", [Written("conversion", 0.0212345, 0.011, 200, 1, "go")], person="ruth", reason=NASTY, now=LATER
    )
    assert db.exec(select(StopLine).where(col(StopLine.ended_at).is_not(None))).first()
    db.add(
        LaunchEvent(
            market="br", at=LATER, action="ready", from_state="draft", to_state="ready", person="mere", reason=""
        )
    )
    db.get_one(Market, "br").state = "ready"


def _goods(db: Session) -> None:
    listing = db.exec(select(Listing).where(Listing.market == "de").order_by(Listing.sku)).first()
    assert listing is not None
    listing.until = datetime(2027, 3, 1, 14, 30, tzinfo=UTC)
    listing.buyable_from = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the second half past two of that night
    listing.max_per_customer, listing.allotment, listing.price = 4, 11, 12_345
    db.add(PriceChange(market="de", sku=listing.sku, at=LATER + timedelta(microseconds=13), price=12_345))
    family = db.get_one(Product, listing.sku).family
    db.add(
        Product(sku="X.1-a", kind="mains", family="odd", plate="parts", net_quantity="0.5", net_unit="kg", plugs="F C")
    )
    db.add(Product(sku="bare", kind="spare", plate="parts"))
    words = db.get_one(ProductText, (listing.sku, "de"))
    db.add(OldSlug(language="de", slug=words.slug, sku=listing.sku))
    words.slug, words.description, words.checked_by = "neu-und-schön", NASTY, ""
    db.add(OldSlug(language="ja", slug="古い名前", sku=listing.sku))
    db.get_one(ShippingRate, "de").carrier = NASTY
    db.add(TaxRate(market="ca", tax_class="standard", region="QC", starts_on=date(2027, 1, 1), rate_e5=14_975))
    db.add(Certificate(market="de", kind="odd", mark="-1 ", number="=2", holder=NASTY))
    db.exec(select(LandedCost).where(LandedCost.market == "de")).first().source = NASTY  # type: ignore[union-attr]
    db.add(WrittenMinimum(market="de", kind="returns", rule="window_days", value="14", source=NASTY, confidence="low",
                          as_of=date(2026, 11, 20), note=NASTY))  # fmt: skip
    db.add(PriceRate(market="de", currency="NZD", rate="0.5231", as_of=date(2026, 11, 20), source=NASTY, markup_bp=1250,
                     ending="0.90"))  # fmt: skip
    db.merge(DocumentField(market="de", key="money", language="de", text=NASTY, person="mere", at=LATER))
    db.add(
        Picture(
            hash="a" * 32,
            family=family,
            position=6,
            media_type="image/png",
            data=b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        )
    )
    db.add(Paper(family=family, kind="manual", language="nl", text="# Titel\r\n\r\n=niet\n"))


def _roster(db: Session) -> None:
    lena = db.get_one(Agent, "lena")
    lena.places, lena.capacity = json.dumps({"ko": NASTY.strip()}, ensure_ascii=False), 9
    db.add(AgentShift(agent="lena", days="5 6", start=22 * 60, end=6 * 60, valid_from=date(2026, 12, 1)))
    db.add(ShiftOverride(agent="lena", day=date(2026, 12, 5), note="Frei"))
    db.add(ShiftOverride(agent="lena", day=date(2026, 12, 6), start=0, end=1440, note=NASTY.strip()))
    for starts, ends in (("2026-12-24T12:00", "2026-12-27T00:00"), ("2026-12-28T00:00", "2026-12-28T10:15")):
        begins, over = (datetime.fromisoformat(each) - timedelta(hours=1) for each in (starts, ends))
        db.add(Absence(agent="lena", starts=starts, ends=ends, starts_at=begins.replace(tzinfo=UTC),
                       ends_at=over.replace(tzinfo=UTC), note=NASTY.strip(), made_at=LATER))  # fmt: skip
    db.add(CalendarDay(calendar="CH-TI", day=date(2026, 12, 7), name=NASTY.strip(), start=600, end=1440))
    db.add(
        CrisisContact(
            market="de", role="carrier", name="-Müller", phone="=110", zone="Europe/Berlin", language="de", position=3
        )
    )
    rotation = db.get_one(OnCallRotation, "world")
    rotation.handoff, rotation.backup, rotation.starts_on = 615, "", date(2026, 2, 3)


def _words(db: Session) -> None:
    db.exec(select(CrisisText).where(CrisisText.language == "de")).first().words = ""  # type: ignore[union-attr]
    question = db.exec(select(Question).order_by(col(Question.number))).first()
    assert question is not None
    question.severity, question.products = 1, "mains skin"
    db.merge(MayAnswer(question=question.key, market="jp", roles=""))
    db.get_one(Answer, (question.key, "", "de")).text = NASTY.strip()
    db.merge(Answer(question=question.key, market="ch", language="de", title="Anders", text="Nur hier", version=4))
    macro = db.exec(select(Macro).where(Macro.language == "fr", Macro.market == "")).first()
    assert macro is not None
    db.merge(Macro(key=macro.key, market="ch", language="fr", title=macro.title, text=NASTY.strip()))
    for market, said in (("", "Packe aus.\n=Zähle {currency}"), ("ch", "'Grüezi {emergency} مرحبا 🧪")):
        db.add(OwnSteps(procedure="receive_goods", market=market, language="de", steps=said))
    db.add(OwnSteps(procedure="price", market="de", language="pt-BR", steps="Passo"))
    answer = db.exec(select(ResearchAnswer).where(ResearchAnswer.market == "ch")).first()
    assert answer is not None
    answer.text, answer.source = NASTY.strip(), ""
    asked = db.exec(select(ResearchQuestion).where(ResearchQuestion.market == "jp")).first()
    assert asked is not None
    asked.answer, asked.answered_by, asked.answered_at = "Yes", "kenji", LATER
    signed = db.exec(select(ResearchSignature).where(ResearchSignature.market == "de")).one()
    signed.at = LATER


def _papers(db: Session, world: World) -> None:
    first = db.exec(select(SignOff).where(SignOff.market == "nz")).first()
    assert first is not None
    first.at, first.person = LATER, "mere"
    version = world.house.policies.versions("de", "returns")[-1]
    later = type(version)(
        "de", "returns", date(2028, 1, 1), dict(version.rules) | {"effective": date(2028, 1, 1)}, version.texts
    )
    write(db, later, person="mere", now=LATER)
