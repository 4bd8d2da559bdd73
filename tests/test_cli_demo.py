"""The demo as the command loads it: once, with or without its past, and over nobody else's shop."""

import socket
import sys
from typing import NoReturn

import pytest
import uvicorn
from sqlmodel import select

from shop.base.db import Database
from shop.checkout.models import Order
from shop.demo.showing import PASSWORD
from shop.markets.exposure_models import Invitation
from shop.markets.models import Exporter, LaunchEvent, Market
from shop.staff.models import Person
from tests.commands import Softlaunch, database, imported, loaded, softlaunch

__all__ = ["database", "imported", "loaded", "softlaunch"]  # fixtures


@pytest.fixture(autouse=True)
def port(softlaunch: Softlaunch, monkeypatch: pytest.MonkeyPatch) -> int:
    """A port that is free: whoever runs the tests may look at a demo meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = int(listener.getsockname()[1])
    monkeypatch.setenv("SOFTLAUNCH_PORT", str(number))
    return number


def test_the_demo_is_loaded_once_and_shows_every_door(
    softlaunch: Softlaunch, database: Database, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    served: list[uvicorn.Config] = []

    def run(server: uvicorn.Server) -> NoReturn:
        served.append(server.config)
        raise SystemExit(0)

    monkeypatch.setattr(uvicorn.Server, "run", run)
    first = softlaunch("demo")
    with database.reading() as db:
        once = len(db.exec(select(Order)).all())
    second = softlaunch("demo")

    assert first.code == second.code == 0 and once > 100
    for words in (
        f"http://127.0.0.1:{port}/ch/fr/",
        f"http://127.0.0.1:{port}/jp/ja/",
        "/sign-in",
        PASSWORD,
        "mere@harbourbench.example",
    ):
        assert words in first.out
    assert first.out.count("/invite/") == 2 and "Loading" in first.err and "Loading" not in second.err
    assert served[0].app == "shop.app:served" and not served[0].server_header and not served[0].access_log
    assert "Serving on" not in first.out, "nobody can come yet"
    with database.reading() as db:
        assert {each.market for each in db.exec(select(LaunchEvent)).all()} >= {
            "nz",
            "de",
            "ch",
            "jp",
            "ae",
            "ca",
            "us",
        }
        assert len(db.exec(select(Invitation)).all()) == 5  # two of each loading, and that of Japan's first customers
        assert len(db.exec(select(Order)).all()) == once
        assert all(each.password_hash for each in db.exec(select(Person)).all())


def test_the_demo_can_begin_without_any_orders(
    softlaunch: Softlaunch, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uvicorn.Server, "run", lambda _server: sys.exit(0))

    assert softlaunch("demo", "--empty").code == 0
    with database.reading() as db:
        assert db.exec(select(Order)).all() == [] and db.exec(select(Market)).all() != []


def test_a_demo_that_was_interrupted_says_so(softlaunch: Softlaunch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uvicorn.Server, "run", lambda _server: sys.exit(0))
    with monkeypatch.context() as cut:
        cut.setattr("shop.demo_past.play", _interrupted)
        assert softlaunch("demo").code != 0

    again = softlaunch("demo")

    assert again.code == 1 and "was interrupted" in again.err


def _interrupted(*_given: object, **_named: object) -> NoReturn:
    raise KeyboardInterrupt


def test_the_demo_touches_no_other_exporter(loaded: Softlaunch, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Exporter, 1).legal_name = "Real Kettles Ltd"

    answer = loaded("demo")

    assert answer.code == 1 and "this database belongs to" in answer.err
    with database.reading() as db:
        assert not any(each.password_hash for each in db.exec(select(Person)).all())
