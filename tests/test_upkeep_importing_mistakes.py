"""A set-up with mistakes: each is told with its file and place, and nothing is loaded."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shop.base.db import Database
from shop.staff.models import Person
from shop.upkeep.importing import Imported, checked_setup
from shop.upkeep.reading import BadSetup
from tests.launching import policies
from tests.small_setup import NOW, SMALL, change, count, database, empty_file, folder, load

__all__ = ["database", "empty_file", "folder", "load"]  # fixtures

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


def test_a_family_has_one_picture(folder: Path) -> None:
    shutil.copy(folder / "art" / "blender.svg", folder / "art" / "blender.png")
    with pytest.raises(BadSetup, match=r"art/blender\.svg: is the same picture of the family as blender\.png"):
        checked_setup(folder, policies(), now=NOW)


@pytest.mark.parametrize("roles", ["jp:agent jp:partner", "jp:king", "agent"])
def test_further_roles_are_one_in_a_market(folder: Path, load: Callable[[], Any], roles: str) -> None:
    change(folder / "people.csv", "markets,title", "markets,title,roles")
    lines = (folder / "people.csv").read_text().strip().split("\n")
    (folder / "people.csv").write_text("\n".join([lines[0], *(f"{each},{roles}" for each in lines[1:])]))
    with pytest.raises(BadSetup, match=r"people\.csv, line 2: roles: "):
        load()


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
