"""A small set-up in a folder, and a database into which it is imported.

A test module that takes the fixtures names them in its `__all__`.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import SQLModel, select

from shop.base.db import Database
from shop.migrations.migrate import migrate
from shop.upkeep.importing import Imported, import_setup
from tests.launching import policies

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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small set-up, written down."""
    path = tmp_path / "setup"
    for name, text in SMALL.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n", "utf-8")
    return path


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that has its tables and nothing else, made once and copied for each test."""
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    made = Database(f"sqlite:///{file}")
    migrate(made)
    made.close()
    return file


@pytest.fixture
def database(tmp_path: Path, empty_file: Path) -> Iterator[Database]:
    """An empty database."""
    shutil.copy(empty_file, tmp_path / "import.db")
    opened = Database(f"sqlite:///{tmp_path / 'import.db'}")
    yield opened
    opened.close()


@pytest.fixture
def load(database: Database, folder: Path) -> Callable[[], Imported]:
    """Import the folder as it is now."""
    return lambda: import_setup(database, folder, policies(), now=NOW)


def change(file: Path, right: str, wrong: str) -> None:
    """Put something else where this stands in the file."""
    text = file.read_text("utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), "utf-8")


def count(database: Database, model: type[SQLModel]) -> int:
    """How many rows there are."""
    with database.reading() as db:
        return db.exec(select(func.count()).select_from(model)).one()
