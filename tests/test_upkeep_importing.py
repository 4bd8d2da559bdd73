"""Importing a set-up: what is loaded, what is refused and how it is told, and what a second import leaves alone."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import SQLModel, col, select

from shop.base.db import Database
from shop.base.settings import ROOT
from shop.catalogue.models import Certificate, Listing, OldSlug, Paper, Picture, PriceChange, Product, Stock
from shop.demo.showing import FOLDER as DEMO
from shop.markets.models import (
    AnswerHours,
    Exporter,
    LaunchEvent,
    Market,
    MarketConsent,
    MarketLocale,
    ShippingRate,
    TaxRate,
)
from shop.migrations.migrate import migrate
from shop.policies.library import PolicyLibrary
from shop.policies.models import SignOff
from shop.staff.models import Person, PersonDeed, StaffLink
from shop.support.shifts.models import AgentShift, DutyInterval
from shop.upkeep.importing import Imported, SetupOfAnother, checked_setup, import_setup
from shop.upkeep.reading import BadSetup

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # 18:30 in Tokyo; 22:30 in Auckland

SMALL = {
    "exporter.toml": """
        name = "Harbourbench"
        legal_name = "Harbourbench Ltd"
        brand = "Harbourbench"
        home_market = "nz"
        zone = "Pacific/Auckland"
        address = ["12 Boathouse Lane", "Nelson 7010"]
        email = "care@harbourbench.example"
        phone = "+64 3 555 0142"
        """,
    "people.csv": """
        id,email,name,role,language,zone,markets,title
        mere,mere@harbourbench.example,Mere Tauranga,exporter,en,Pacific/Auckland,,Director
        kenji,kenji@harbourbench.example,Kenji Morita,specialist,ja,Asia/Tokyo,jp,
        haruka,haruka@harbourbench.example,Haruka Nishida,agent,ja,Asia/Tokyo,jp,"Support, Osaka"
        """,
    "agents.toml": """
        [haruka]
        person = "haruka"
        zone = "Asia/Tokyo"
        skills = ["electrical"]
        markets = ["jp"]
        holidays = "JP"
        languages = { ja = "native" }
        shifts = [{ days = [0, 1, 2, 3, 4], start = "10:00", end = "19:00" }]
        """,
    "markets.toml": """
        [jp]
        country = "JP"
        currency = "JPY"
        zone = "Asia/Tokyo"
        languages = ["ja"]
        tax_display = "inclusive"
        tax_label = "consumption_tax"
        holidays = "JP"
        specialist = "kenji"
        audience = "percentage"
        percent = 12.5
        order_cap = 50
        [jp.order_button]
        ja = "注文を確定する"
        """,
    "products.csv": """
        sku,kind,family,plate,tax_class,return_class,weight_g,width_mm,depth_mm,height_mm,hs_code,origin,net_quantity,net_unit,volt_min,volt_max,hertz,plugs,power_w,noise_db,battery,serial,contains,may_contain,fits,serial_from,replace_months,label_languages,manual_languages,parent_needed
        BL,mains,blender,kitchen,standard,electrical,4000,,,,850940,NZ,,,100,100,50 60,A,800,,,yes,,,,,,ja,ja,no
        CP,spare,,parts,standard,general,45,,,,,NZ,,,,,,,,,,no,,,BL,,,,,yes
        """,
    "texts/ja.toml": """
        ["BL"]
        name = "ブレンダー"
        slug = "ブレンダー-100v"
        summary = "九十秒でオーツミルク。"
        checked_by = "kenji"
        """,
    "requirements.csv": "market,kind,mark\njp,mains,PSE\nkr,mains,KC",
    "certificates.csv": "market,kind,mark,number,valid_from,valid_until,holder\njp,mains,PSE,1,today-400d,today+90d,X",
    "rules.csv": "market,subject,verdict,reason,months\njp,honey,no,permit,5 6",
    "mains.csv": "market,volts,hertz,plugs\njp,100,50 60,A B",
    "responsible_people.csv": "market,kind,name,address\njp,mains,,",
    "listings.csv": "market,sku,price,visible_from,buyable_from,until,max_per_order\njp,BL,39800,today-10d,today,2027-01-01,2",
    "stock.csv": "sku,on_hand\nBL,5\nCP,0",
    "tax.csv": "market,tax_class,percent,from\njp,standard,10,2019-10-01",
    "shipping.csv": "market,price,free_from,days_min,days_max,carrier,origin\njp,1800,,4,8,Long Tide,NZ",
    "launches.csv": """
        market,at,action,from,to,person,reason
        jp,today-40d,ready,draft,ready,mere,Papers are here
        jp,today-30d,launch,ready,soft,mere,"By percentage"
        jp,today-20d,pause,soft,paused,mere,Stock is counted
        jp,today-19d,resume,paused,soft,mere,Counted
        """,
    "waivers.csv": "market,gate,person,reason,until\njp,payments.live,mere,Demo till,today+30d",
    "signoffs.csv": "market,kind,language,person\njp,returns,ja,kenji",
    "art/blender.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
}  # fmt: skip


def test_all_of_a_set_up_is_loaded(database: Database, folder: Path, load: Callable[[], Imported]) -> None:
    loaded = load()

    assert (loaded.exporter, loaded.rows["people"], loaded.rows["texts"]) == ("Harbourbench", 3, 1)
    with database.reading() as db:
        market = db.get_one(Market, "jp")
        assert (market.state, market.audience, market.percent_bp, market.order_cap) == ("soft", "percentage", 1250, 50)
        assert market.ever_sold and market.languages == "ja"
        assert db.get_one(Exporter, 1).address == "12 Boathouse Lane\nNelson 7010"
        assert db.get_one(MarketLocale, ("jp", "ja")).order_button == "注文を確定する"
        assert db.get_one(TaxRate, ("jp", "standard", "", date(2019, 10, 1))).rate_e5 == 10_000
        assert (db.get_one(ShippingRate, "jp").price, db.get_one(ShippingRate, "jp").free_from) == (1800, None)
        assert db.get_one(Product, "BL").serial and db.get_one(Product, "CP").fits == "BL"
        assert db.get_one(Person, "haruka").password_hash == ""
        assert db.exec(select(AgentShift)).one().days == "0 1 2 3 4"
        assert db.exec(select(SignOff.hash)).one() == policies().version("jp", "returns", "2026-11-22").hash
        events = [
            (each.action, each.to_state, each.mode) for each in db.exec(select(LaunchEvent).order_by(LaunchEvent.at))
        ]
        assert events[2:] == [("pause", "paused", "sell_stop"), ("resume", "soft", "")]


def test_days_are_those_of_the_market_and_prices_those_of_its_currency(
    database: Database, load: Callable[[], Any]
) -> None:
    load()

    with database.reading() as db:
        listing = db.get_one(Listing, ("jp", "BL"))
        assert listing.price == 39800
        assert listing.buyable_from == datetime(2026, 11, 23, 15, tzinfo=UTC)  # midnight in Tokyo
        assert listing.until == datetime(2026, 12, 31, 15, tzinfo=UTC)
        assert db.exec(select(Certificate.valid_until)).one() == date(2027, 2, 22)
        assert db.exec(select(func.min(LaunchEvent.at))).one() == datetime(
            2026, 10, 15, 0, tzinfo=UTC
        )  # 09:00 in Tokyo


def test_when_customers_are_awake_and_how_much_may_be_uncovered_is_set(
    database: Database, folder: Path, load: Callable[[], Any]
) -> None:
    waking = 'order_cap = 50\nwaking_from = "07:30"\nwaking_until = "23:00"\nuncovered_minutes = 90'
    change(folder / "markets.toml", "order_cap = 50", waking)
    load()
    with database.reading() as db:
        market = db.get_one(Market, "jp")
        assert (market.waking_from, market.waking_until, market.uncovered_minutes) == (450, 1380, 90)


CAPS = 'order_cap = 50\ndaily_cap = 5\nvalue_cap = "900000"\ncustomer_cap = 2\nminutes_per_contact = 12'


def test_every_cap_is_set_and_one_of_money_is_of_the_markets_currency(
    database: Database, folder: Path, load: Callable[[], Any]
) -> None:
    change(folder / "markets.toml", "order_cap = 50", CAPS)
    load()
    with database.reading() as db:
        market = db.get_one(Market, "jp")
        caps = (market.order_cap, market.daily_cap, market.value_cap, market.customer_cap, market.minutes_per_contact)
        assert caps == (50, 5, 900_000, 2, 12)


def test_working_hours_are_known_at_once(database: Database, load: Callable[[], Any]) -> None:
    load()

    assert count(database, DutyInterval) > 20
    assert count(database, AnswerHours) > 20


# fmt: off
MISTAKES = [
    ("people.csv", "kenji@harbourbench.example", "kenji(at)x", "line 3: email: 'kenji(at)x' is not an e-mail address"),
    ("people.csv", "kenji@", "mere@", "line 3: email: 'mere@harbourbench.example' is that of line 2 as well"),
    ("people.csv", "\nkenji,", "\nmere,", "line 3: repeats id of line 2"),
    ("people.csv", "specialist", "boss", "line 3: role: 'boss' is none of exporter, specialist, agent, partner"),
    ("people.csv", "Asia/Tokyo,jp,\n", "Asia/Tokio,jp,\n", "line 3: zone: 'Asia/Tokio' is not a known time zone"),
    ("people.csv", "Asia/Tokyo,jp,\n", "Asia/Tokyo,kr,\n", "line 3: markets: 'kr' is no market of this set-up"),
    ("people.csv", ",title", ",titel", "line 1: the column 'titel' is unknown"),
    ("people.csv", ",title", ",title,age", "line 1: the column 'age' is unknown"),
    ("people.csv", "Director", '"Director', "line 2: ',' expected after '\"'"),
    ("people.csv", ",Director", "", "line 2: has 7 cells, the header 8"),
    ("listings.csv", "39800", "398.5", "line 2: price: '398.5' has more decimals than JPY is written with"),
    ("listings.csv", "39800", "cheap", "line 2: price: 'cheap' is not an amount"),
    ("listings.csv", "39800", "-1", "line 2: price: '-1' is no price"),
    ("listings.csv", "39800", "1e3", "line 2: price: '1e3' is not an amount"),
    ("listings.csv", "39800", "\u0663", "line 2: price: '\u0663' is not an amount"),
    ("listings.csv", "39800", "\uff13\uff19", "line 2: price: '\uff13\uff19' is not an amount"),
    ("listings.csv", "39800", "9" * 400, f"line 2: price: '{'9' * 120}…' is more than can be kept"),
    ("tax.csv", "10", "1e1", "line 2: percent: '1e1' is not a percentage"),
    ("tax.csv", "10", "\u0663", "line 2: percent: '\u0663' is not a percentage"),
    ("tax.csv", "10", "1e999999", "line 2: percent: '1e999999' is not a percentage"),
    ("tax.csv", "10", "9" * 400, f"line 2: percent: '{'9' * 120}…' is not a percentage"),
    ("markets.toml", "order_cap = 50", "order_cap = " + "9" * 400,
     f"jp.order_cap: {'9' * 120}… is not from 1 to 1000000000"),
    ("markets.toml", "percent = 12.5", "percent = 1e99", "jp.percent: '1e+99' is not a percentage"),
    ("listings.csv", "jp,BL", "jp,XX", "line 2: sku: 'XX' is no product of this set-up"),
    ("listings.csv", "jp,BL", "kr,BL", "line 2: market: 'kr' is no market of this set-up"),
    ("listings.csv", "2027-01-01", "2026-02-30", "line 2: until: '2026-02-30' is no day of the calendar"),
    ("listings.csv", "2027-01-01", "today-99d", "line 2: visible_from: lies after until"),
    ("listings.csv", ",2", ",none", "line 2: max_per_order: 'none' is not a whole number"),
    ("products.csv", "kitchen", "cellar", "line 2: plate: 'cellar' is none of kitchen, skin, food, parts, service"),
    ("products.csv", "100,100", "110,100", "line 2: volt_min: lies after volt_max"),
    ("products.csv", "NZ,,,100", "NZ,about 4,kg,100", "line 2: net_quantity: 'about 4' is not a quantity such as 250 or 0.5"),
    ("products.csv", "yes", "maybe", "line 2: serial: 'maybe' is neither yes nor no"),
    ("products.csv", "BL,mains,blender", "BL,mains,kettle", "art/blender: no product is of this family"),
    ("stock.csv", "BL,5", "BL,99999999999", "line 2: on_hand: 99999999999 is not from 0 to 1000000000"),
    ("tax.csv", "10", "10.0005", "line 2: percent: '10.0005' is not a percentage from 0 to 100 with at most 3 decimals"),
    ("tax.csv", "standard", "food", "listings.csv, line 2: sku: tax.csv has no rate for standard in jp"),
    ("listings.csv", "39800", "0", "line 2: price: '0' is no price"),
    ("markets.toml", "order_cap = 50", "order_cap = 0", "jp.order_cap: 0 is not from 1 to 1000000000"),
    ("markets.toml", "order_cap = 50", "daily_cap = 0", "jp.daily_cap: 0 is not from 1 to 1000000000"),
    ("markets.toml", "order_cap = 50", "value_cap = '12.5'", "jp.value_cap: '12.5' has more decimals than JPY is written with"),
    ("markets.toml", "order_cap = 50", "value_cap = '0'", "jp.value_cap: '0' is no price"),
    ("markets.toml", "order_cap = 50", "minutes_per_contact = 601", "jp.minutes_per_contact: 601 is not from 0 to 600"),
    ("markets.toml", "order_cap = 50", "waking_from = '7:00'", "jp.waking_from: '7:00' is not a clock time from 00:00 to 24:00"),
    ("markets.toml", "order_cap = 50", "uncovered_minutes = 10081", "jp.uncovered_minutes: 10081 is not from 0 to 10080"),
    ("shipping.csv", "4,8", "9,8", "line 2: days_min: lies after days_max"),
    ("rules.csv", "5 6", "5 13", "line 2: months: 13 is not from 1 to 12"),
    ("requirements.csv", "kr,", "zz,", "line 3: market: 'zz' is not the code of a country"),
    ("launches.csv", "paused,soft,mere", "soft,open,mere", "line 5: from: is soft, but the market is paused by then"),
    ("launches.csv", "today-19d,resume,paused,soft", "today-19d,resume,paused,open", "line 5: to: must be soft"),
    ("launches.csv", "today-19d", "today+1d", "line 5: at: lies ahead; a history is told afterwards"),
    ("launches.csv", "draft,ready,mere", "draft,ready,nobody", "line 2: person: 'nobody' is no person of this set-up"),
    ("waivers.csv", "payments.live", "certs.valid",
     "line 2: gate: 'certs.valid' is none of agents.coverage, crisis.contacts, docs.printed, duty.landed_cost, "
     "payments.live, tax.registration, test_order"),
    ("signoffs.csv", "ja,kenji", "de,kenji", "line 2: language: the returns policy of jp has no text in de"),
    ("signoffs.csv", "person\njp,returns,ja,kenji", "person,version\njp,returns,ja,kenji,2020-01-01",
     "line 2: version: jp has no version 2020-01-01 of the returns policy"),
    ("markets.toml", 'currency = "JPY"', 'currency = "YEN"', "jp.currency: 'YEN' is not the code of a currency"),
    ("markets.toml", 'country = "JP"', 'country = "KR"', "jp.country: must be JP as the market is called"),
    ("markets.toml", 'ja = "注', 'de = "注', "jp.order_button: must have the words for exactly ja"),
    ("markets.toml", "percent = 12.5\n", "", "jp.percent: is missing; the audience is a percentage"),
    ("markets.toml", 'tax_label', 'tax_lable', "jp.tax_lable: is unknown"),
    ("markets.toml", 'tax_label', 'tax_lable',
     "jp.tax_label: '' is none of vat, gst, consumption_tax, sales_tax, ca_taxes, br_taxes, no_tax"),
    ("markets.toml", 'holidays = "JP"', 'holidays = "JP-99"', "jp.holidays: 'JP-99' is not a known holiday calendar"),
    ("markets.toml", "[jp]", "[jp", "Expected ']' at the end of a table declaration (at line 1, column 4)"),
    ("agents.toml", '"native"', '"perfect"', "haruka.languages: ja: 'perfect' is none of native, fluent, basic"),
    ("agents.toml", "10:00", "25:00", "haruka.shifts: entry 1: start: '25:00' is not a clock time from 00:00 to 24:00"),
    ("agents.toml", 'person = "haruka"', 'person = "kenji"',
     "haruka.person: Kenji Morita is a specialist, who does not answer requests"),
    ("texts/ja.toml", "ブレンダー-100v", "a b", "BL.slug: 'a b' may hold lower-case letters, digits and '-' only, at most 80"),
    ("texts/ja.toml", '"kenji"', '"kenji"\n["CP"]\nname = "部品"\nslug = "ブレンダー-100v"\nsummary = "部品"',
     "CP.slug: 'ブレンダー-100v' is that of BL as well"),
    ("texts/ja.toml", 'summary = "九', 'summary = "\\u0000九', "BL.summary: holds a control character"),
    ("exporter.toml", 'home_market = "nz"', 'home_market = "xx"', "home_market: 'xx' is not the code of a country"),
    ("art/blender.svg", "/>", "><script/></svg>", "holds '<script'; a drawing may not act"),
]
# fmt: on


@pytest.mark.parametrize(("person", "fine"), [("kenji", True), ("haruka", False), ("mere", False)])
def test_research_is_signed_by_who_advises_on_the_country(folder: Path, person: str, fine: bool) -> None:
    (folder / "research").mkdir()
    (folder / "research/signatures.csv").write_text(f"market,person\njp,{person}\n", "utf-8")
    if fine:
        checked_setup(folder, policies(), now=NOW)
        return
    with pytest.raises(BadSetup) as bad:
        checked_setup(folder, policies(), now=NOW)
    complaint = f"research/signatures.csv, line 2: person: {person} is no specialist of jp"
    assert [str(each) for each in bad.value.complaints] == [complaint]


@pytest.mark.parametrize(("file", "right", "wrong", "complaint"), MISTAKES, ids=[each[3][:60] for each in MISTAKES])
def test_a_mistake_is_told_with_file_and_place(folder: Path, file: str, right: str, wrong: str, complaint: str) -> None:
    change(folder / file, right, wrong)

    with pytest.raises(BadSetup) as bad:
        checked_setup(folder, policies(), now=NOW)

    expected = {f"{file}, {complaint}", f"{file}: {complaint}", complaint}
    assert expected & {str(each) for each in bad.value.complaints}, bad.value


@pytest.mark.parametrize("name", [name for name in SMALL if name.endswith((".csv", ".toml")) and "/" not in name])
def test_a_file_that_cannot_be_read_makes_no_others_wrong(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(BadSetup) as bad:
        checked_setup(folder, policies(), now=NOW)

    assert str(bad.value) == f"{name}: is missing"


def test_every_mistake_is_told_and_nothing_is_loaded(database: Database, folder: Path, load: Callable[[], Any]) -> None:
    (folder / "stock.csv").unlink()
    (folder / "rules.csv").write_bytes(b"market\xff")
    (folder / "tax.csv").write_text("")
    (folder / "extra.csv").write_text("a,b")
    change(folder / "people.csv", "specialist", "boss")

    with pytest.raises(BadSetup) as bad:
        load()

    told = [str(each) for each in bad.value.complaints]
    assert "stock.csv: is missing" in told
    assert "tax.csv: is empty" in told
    assert "extra.csv: is no file of a set-up" in told
    assert any(each.startswith("rules.csv: cannot be read") for each in told)
    assert any(each.startswith("people.csv, line 3") for each in told)
    assert count(database, Person) == 0


def test_the_line_told_is_that_of_the_file(folder: Path) -> None:
    change(folder / "people.csv", "Mere Tauranga", '"Mere\nTauranga"')
    change(folder / "people.csv", "specialist", "boss")

    with pytest.raises(BadSetup) as bad:
        checked_setup(folder, policies(), now=NOW)

    assert "people.csv, line 4" in str(bad.value)


def test_a_path_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetup, match="is no folder"):
        checked_setup(tmp_path / "nothing", policies(), now=NOW)


def test_a_second_import_changes_what_the_folder_says_and_keeps_what_lives(
    database: Database, folder: Path, load: Callable[[], Any]
) -> None:
    load()
    with database.writing() as db:
        market = db.get_one(Market, "jp")
        market.state, market.pause_mode, market.percent_bp = "paused", "hidden", 5000
        db.get_one(Person, "mere").password_hash = "kept"
        stock = db.get_one(Stock, "BL")
        stock.on_hand, stock.sold = 3, 2  # two of the five were dispatched
    change(folder / "stock.csv", "CP,0", "CP,0\nXX,7")
    change(
        folder / "products.csv",
        "CP,spare",
        "XX,spare,,parts,standard,general,45,,,,,NZ,,,,,,,,,,no,,,,,,,,no\nCP,spare",
    )
    change(folder / "listings.csv", "39800", "41800")
    change(folder / "listings.csv", "jp,BL", "jp,CP")
    change(folder / "markets.toml", "order_cap = 50", "order_cap = 500\ndaily_cap = 9")
    change(folder / "markets.toml", 'specialist = "kenji"', 'specialist = "mere"')

    load()

    with database.reading() as db:
        market = db.get_one(Market, "jp")
        assert (market.state, market.pause_mode, market.percent_bp, market.order_cap) == ("paused", "hidden", 5000, 50)
        assert market.daily_cap is None
        assert (market.specialist, market.version) == ("mere", 2)
        assert db.get_one(Person, "mere").password_hash == "kept"
        assert (db.get_one(Stock, "BL").on_hand, db.get_one(Stock, "BL").sold) == (3, 2)
        assert db.get_one(Stock, "XX").on_hand == 7
        assert [(each.sku, each.price) for each in db.exec(select(Listing))] == [("CP", 41800)]
    assert count(database, LaunchEvent) == 4
    assert count(database, Picture) == 1


@pytest.mark.parametrize(
    ("file", "right", "wrong", "complaint"),
    [
        (
            "markets.toml",
            'currency = "JPY"',
            'currency = "USD"',
            "markets.toml, jp.currency: has sold in JPY and must stay so",
        ),
    ],
)
def test_what_customers_rely_on_cannot_be_imported_away(
    database: Database, folder: Path, load: Callable[[], Any], file: str, right: str, wrong: str, complaint: str
) -> None:
    load()
    change(folder / file, right, wrong)

    with pytest.raises(BadSetup) as bad:
        load()

    assert [str(each) for each in bad.value.complaints] == [complaint]


def test_two_families_may_share_a_drawing(database: Database, folder: Path, load: Callable[[], Any]) -> None:
    change(folder / "products.csv", "CP,spare,,", "CP,spare,coupling,")
    shutil.copy(folder / "art" / "blender.svg", folder / "art" / "coupling.svg")
    for _ in range(2):
        load()
    with database.reading() as db:
        assert sorted(each.family for each in db.exec(select(Picture))) == ["blender", "coupling"]


def test_a_family_has_one_picture(folder: Path) -> None:
    shutil.copy(folder / "art" / "blender.svg", folder / "art" / "blender.png")
    with pytest.raises(BadSetup, match=r"art/blender\.svg: is the same picture of the family as blender\.png"):
        checked_setup(folder, policies(), now=NOW)


def test_a_rate_that_begins_when_the_product_is_first_shown_will_do(folder: Path) -> None:
    change(folder / "tax.csv", "2019-10-01", "today+5d")
    with pytest.raises(
        BadSetup, match=r"listings\.csv, line 2: sku: tax\.csv has a rate for standard in jp from 2026-11-29"
    ):
        checked_setup(folder, policies(), now=NOW)
    change(folder / "listings.csv", "today-10d,today,", "today+5d,today+5d,")
    assert checked_setup(folder, policies(), now=NOW)


def test_a_market_cannot_vanish(database: Database, load: Callable[[], Any]) -> None:
    load()
    with database.writing() as db:
        jp = db.get_one(Market, "jp")
        db.add(Market(**{**jp.model_dump(), "id": "de", "country": "DE"}))

    with pytest.raises(BadSetup, match=r"markets\.toml, de: is missing; a market is closed, never removed"):
        load()


def test_an_installation_has_one_exporter(folder: Path, load: Callable[[], Any]) -> None:
    load()
    change(folder / "exporter.toml", "Harbourbench", "Otherbench")

    with pytest.raises(SetupOfAnother, match="Harbourbench"):
        load()


def test_an_exporter_may_change_its_name(database: Database, folder: Path, load: Callable[[], Any]) -> None:
    load()
    change(folder / "exporter.toml", 'name = "Harbourbench"', 'name = "Harbour & Bench"')

    assert load().exporter == "Harbour & Bench"


def test_progress_is_told_to_the_end(database: Database, folder: Path) -> None:
    told: list[tuple[int, int]] = []

    import_setup(database, folder, policies(), now=NOW, told=lambda _step, done, of: told.append((done, of)))

    assert [done for done, _ in told] == list(range(1, told[0][1] + 1))


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_the_demo_exporter_is_loaded_on_both_engines(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}" if engine == "sqlite" else request.getfixturevalue("postgres_url")
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"))
    migrate(database)
    for _ in range(2):
        import_setup(database, DEMO, policies(), now=NOW)

    with database.reading() as db:
        states = {each.id: each.state for each in db.exec(select(Market)).all()}
    database.close()
    old = {"nz": "open", "de": "open", "ch": "soft", "jp": "soft", "ae": "ready"}
    assert states == {**old, "ca": "paused", "us": "winding_down", "br": "draft", "kw": "draft"}


def test_the_last_exporter_stays_one_and_a_change_of_a_person_is_kept(
    database: Database, folder: Path, load: Callable[[], Any]
) -> None:
    load()
    with database.writing() as db:
        db.get_one(Person, "mere").password_hash = "a password"
        db.add(StaffLink(hash="x", person="kenji", purpose="invitation", expires_at=NOW))
    sheet = (folder / "people.csv").read_text()
    (folder / "people.csv").write_text(sheet.replace("Mere Tauranga,exporter", "Mere Tauranga,agent"))
    with pytest.raises(BadSetup, match=r"people\.csv, line 2: role: nobody would be left"):
        load()
    (folder / "people.csv").write_text(sheet.replace("kenji@harbourbench", "kenji@elsewhere"))
    load()
    with database.reading() as db:
        assert db.get_one(Person, "mere").role == "exporter"
        assert db.exec(select(StaffLink)).all() == [], "whoever reads the old mailbox has no way in"
        told = db.exec(select(PersonDeed.person, PersonDeed.by, PersonDeed.detail)).all()
    assert list(told) == [("kenji", "", "email: kenji@harbourbench.example -> kenji@elsewhere.example")]


@pytest.mark.parametrize("roles", ["jp:agent jp:partner", "jp:king", "agent"])
def test_further_roles_are_one_in_a_market(folder: Path, load: Callable[[], Any], roles: str) -> None:
    change(folder / "people.csv", "markets,title", "markets,title,roles")
    lines = (folder / "people.csv").read_text().strip().split("\n")
    (folder / "people.csv").write_text("\n".join([lines[0], *(f"{each},{roles}" for each in lines[1:])]))
    with pytest.raises(BadSetup, match=r"people\.csv, line 2: roles: "):
        load()


# The small set-up and the hands that change it.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "setup"
    for name, text in SMALL.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n", "utf-8")
    return path


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    made = Database(f"sqlite:///{file}")
    migrate(made)
    made.close()
    return file


@pytest.fixture
def database(tmp_path: Path, empty_file: Path) -> Iterator[Database]:
    shutil.copy(empty_file, tmp_path / "import.db")
    opened = Database(f"sqlite:///{tmp_path / 'import.db'}")
    yield opened
    opened.close()


@pytest.fixture
def load(database: Database, folder: Path) -> Callable[[], Imported]:
    return lambda: import_setup(database, folder, policies(), now=NOW)


def policies() -> PolicyLibrary:
    if not _policies:
        _policies.append(PolicyLibrary(ROOT / "policies"))
    return _policies[0]


_policies: list[PolicyLibrary] = []


def change(file: Path, right: str, wrong: str) -> None:
    text = file.read_text("utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), "utf-8")


def count(database: Database, model: type[SQLModel]) -> int:
    with database.reading() as db:
        return db.exec(select(func.count()).select_from(model)).one()


def test_every_price_a_set_up_brings_enters_the_history(
    database: Database, folder: Path, load: Callable[[], Imported]
) -> None:
    (folder / "prices.csv").write_text("market,sku,at,price\njp,BL,today-60d,45000")
    load()
    (folder / "prices.csv").write_text("market,sku,at,price\njp,BL,today-60d,99000")
    change(folder / "listings.csv", "39800", "34800")
    load()
    load()

    with database.reading() as db:
        history = db.exec(select(PriceChange.price).order_by(col(PriceChange.at))).all()
    assert list(history) == [45000, 39800, 34800]


def test_what_was_taken_from_an_allotment_stays_taken(
    database: Database, folder: Path, load: Callable[[], Imported]
) -> None:
    change(folder / "listings.csv", "max_per_order", "max_per_order,allotment,max_per_customer")
    change(folder / "listings.csv", "2027-01-01,2", "2027-01-01,2,4,3")
    load()
    with database.writing() as db:
        db.get_one(Listing, ("jp", "BL")).taken = 3
    load()

    with database.reading() as db:
        listing = db.get_one(Listing, ("jp", "BL"))
    assert (listing.allotment, listing.taken, listing.max_per_customer) == (4, 3, 3)

    change(folder / "listings.csv", "2027-01-01,2,4,3", "2027-01-01,2,2,3")
    with pytest.raises(BadSetup, match=r"listings.csv, line 2: allotment: held or sold of it already: 3"):
        load()


def test_an_address_that_a_product_gives_up_is_remembered(
    database: Database, folder: Path, load: Callable[[], Imported]
) -> None:
    load()
    change(folder / "texts/ja.toml", "ブレンダー-100v", "ミキサー")
    load()
    with database.reading() as db:
        assert db.get_one(OldSlug, ("ja", "ブレンダー-100v")).sku == "BL"

    change(folder / "texts/ja.toml", "ミキサー", "ブレンダー-100v")
    load()
    with database.reading() as db:
        assert [each.slug for each in db.exec(select(OldSlug)).all()] == ["ミキサー"]


def test_papers_further_pictures_and_consents_are_loaded(
    database: Database, folder: Path, load: Callable[[], Imported]
) -> None:
    (folder / "papers").mkdir()
    (folder / "papers" / "blender.manual.ja.md").write_text("# 取扱説明書\n\n水を入れます。", "utf-8")
    (folder / "art" / "blender.2.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    change(
        folder / "markets.toml",
        "[jp.order_button]",
        '[jp.consents.news]\nrequired = false\nja = "お知らせ"\n[jp.order_button]',
    )
    load()

    with database.reading() as db:
        assert db.get_one(Paper, ("blender", "manual", "ja")).text.startswith("# 取扱説明書")
        assert sorted(db.exec(select(Picture.position)).all()) == [1, 2]
        said = db.get_one(MarketConsent, ("jp", "news", "ja"))
    assert (said.text, said.required) == ("お知らせ", False)


@pytest.mark.parametrize(
    ("name", "says"),
    [("kettle.manual.ja.md", "no product is of this family"), ("blender.song.ja.md", "must be named"),
     ("blender.manual.xx-yy.md", "not a known language tag"), ("blender.txt", "must be named"),
     ("blender.manual.ja.md.bak", "must be named"), ("blender.manual.ja.md", "holds a control character")],
)  # fmt: skip
def test_a_paper_must_belong_to_something(folder: Path, load: Callable[[], Imported], name: str, says: str) -> None:
    (folder / "papers").mkdir()
    (folder / "papers" / name).write_text("# Papers\0" if "control" in says else "# Papers", "utf-8")

    with pytest.raises(BadSetup, match=says):
        load()


def test_a_price_keeps_to_the_markets_steps(folder: Path, load: Callable[[], Imported]) -> None:
    change(folder / "markets.toml", "order_cap = 50", "order_cap = 50\nprice_step = 100")
    change(folder / "listings.csv", "39800", "39850")

    with pytest.raises(BadSetup, match="'39850' is no multiple of the market's price_step"):
        load()
