"""Passwords and sign-ins: who is refused, and what a new password ends."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.migrations.tables import METADATA
from shop.staff import signin
from shop.staff.adding import BadPerson, add_person
from shop.staff.models import Person, SignedIn
from shop.staff.signin import WrongPassword, sign_in, standing, who_is

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
EVA = {"name": "Eva", "role": "agent"}
KNOWN = {"language": ("en", "de"), "markets": ("de", "nz")}
LONG, OTHER = "four quiet herons", "seven loud herons"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'staff.db'}")
    METADATA.create_all(opened.engine)
    yield opened
    opened.close()


def came(database: Database, email: str, password: str) -> tuple[Person, str]:
    """Who has signed in, and their token."""
    person = who_is(database, email, password)
    return person, sign_in(database, person, now=NOW)


def test_a_new_password_ends_the_persons_open_sign_ins_and_nobody_elses(database: Database) -> None:
    for name in ("eva", "tama"):
        add_person(database, f"{name}@example.com", LONG, {**EVA, "name": name}, known=KNOWN, now=NOW)
    (_eva, first), (_tama, other) = (came(database, f"{name}@example.com", LONG) for name in ("eva", "tama"))

    add_person(database, "eva@example.com", OTHER, {}, known=KNOWN, now=NOW)

    with database.reading() as db:
        assert standing(db, first, now=NOW) is None
        assert standing(db, other, now=NOW) is not None
    assert came(database, "eva@example.com", OTHER)[0].id == "eva"


@pytest.mark.parametrize("password", ["", "nobody has this password"])
def test_who_has_no_password_is_refused_at_the_same_cost(
    database: Database, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as db:
        db.add(Person(id="eva", email="eva@example.com", name="Eva", role="agent"))
    asked: list[str] = []
    fits = signin._fits
    monkeypatch.setattr(signin, "_fits", lambda kept, given: asked.append(kept) or fits(kept, given))

    for email in ("eva@example.com", "stranger@example.com"):
        with pytest.raises(WrongPassword):
            who_is(database, email, password)

    assert asked[0] == asked[1] != ""
    with database.reading() as db:
        assert db.exec(select(SignedIn)).all() == []


def test_a_very_long_password_is_cut_alike_when_set_and_when_asked(database: Database) -> None:
    add_person(database, "eva@example.com", "deep water " * 150, EVA, known=KNOWN, now=NOW)
    assert came(database, "eva@example.com", "deep water " * 150)[0].id == "eva"


def test_the_last_exporter_of_all_markets_is_not_made_something_else(database: Database) -> None:
    mere = {"name": "Mere", "role": "exporter"}
    add_person(database, "mere@example.com", LONG, mere, known=KNOWN, now=NOW)
    for given in ({"role": "agent"}, {"markets": "nz"}):
        with pytest.raises(BadPerson, match="last exporter of all markets"):
            add_person(database, "mere@example.com", OTHER, given, known=KNOWN, now=NOW)
    assert who_is(database, "mere@example.com", LONG).role == "exporter"

    add_person(database, "ruth@example.com", LONG, {**mere, "name": "Ruth"}, known=KNOWN, now=NOW)
    assert add_person(database, "mere@example.com", OTHER, {"role": "agent"}, known=KNOWN, now=NOW)[0].role == "agent"


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"language": "tlh"}, "language: 'tlh' is none of de, en"),
        ({"language": "de-CH"}, "language: 'de-CH' is none of de, en"),
        ({"language": "de en"}, "language: 'de en' is none of de, en"),
        ({"markets": "de xx nz"}, "markets: 'xx' is none of de, nz"),
        ({"markets": "DE"}, "markets: 'DE' is none of de, nz"),
    ],
)
def test_a_language_or_market_that_is_not_there_is_refused(
    database: Database, given: dict[str, str], complaint: str
) -> None:
    with pytest.raises(BadPerson) as refused:
        add_person(database, "eva@example.com", LONG, {**EVA, **given}, known=KNOWN, now=NOW)
    assert str(refused.value) == complaint
    person, _ = add_person(database, "eva@example.com", LONG, {**EVA, "markets": "nz de"}, known=KNOWN, now=NOW)
    assert person.markets == "nz de"
