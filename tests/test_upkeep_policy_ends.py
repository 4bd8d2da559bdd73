"""The end of a kind of policy in a set-up: written by an export, read by an import, held to the console's own rule."""

from datetime import timedelta
from pathlib import Path

import pytest

from shop.base.db import Database
from shop.launches.readying.law_facts import law_facts
from shop.migrations.migrate import migrate
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.written import policy_ends, take_back, write, written_policies
from shop.upkeep.editing.changing import change
from shop.upkeep.editing.edits import Edit
from shop.upkeep.importing import checked_setup, import_setup
from shop.upkeep.reading import BadSetup
from shop.upkeep.writing.files import written
from tests.policy_ends import DAY, ENDED, ended
from tests.world import World

END = f"policies/nz/returns/{DAY}/ended.toml"
SAID = 'reason = "Too few use it"\n'


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def exported(world: World) -> dict[str, bytes]:
    with world.house.database.reading() as db:
        return written(db, world.house.policies)


def test_an_end_goes_out_with_the_set_up_and_comes_back_the_same(sqlite_world: World, tmp_path: Path) -> None:
    ended(sqlite_world.signed_in("mere"))
    files = exported(sqlite_world)
    assert files[END] == SAID.encode()
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    migrate(empty)
    library, now = sqlite_world.house.policies.beside(tuple), sqlite_world.clock.now
    for _twice in range(2):
        import_setup(empty, put(tmp_path / "out", files), library, now=now)
    with empty.reading() as db:
        assert written_policies(db)[END] == SAID.encode()
        both: PolicyLibrary = library.including((), None, policy_ends(db))
    empty.close()
    assert "returns" not in both.kinds("nz", ENDED)


def test_an_end_that_a_later_law_speaks_against_still_moves_and_the_gates_say_what_the_law_asks(
    sqlite_world: World, tmp_path: Path
) -> None:
    mere, house = sqlite_world.signed_in("mere"), sqlite_world.house
    ended(mere)
    asks = {"market": "nz", "kind": "returns", "rule": "window_days", "value": "7", "source": "An Act", "confidence": "high",
            "as_of": "2026-11-01"}  # fmt: skip
    law = Edit("minimums.csv", ("nz", "returns", "window_days"), asks)
    change(house.database, house.policies, [law], person="mere", now=sqlite_world.clock.now)
    early = put(tmp_path / "early", exported(sqlite_world))
    with pytest.raises(BadSetup, match="The law asks for it"):  # it can still be taken back
        checked_setup(early, house.policies.beside(tuple), now=sqlite_world.clock.now)
    below = law_facts(house.directory.now().markets["nz"], house.policies, lambda *_: True, ENDED)["below_minimum"]
    assert "returns.window_days" in below
    sqlite_world.clock.now += timedelta(days=9)
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    migrate(empty)
    library = house.policies.beside(tuple)

    import_setup(empty, put(tmp_path / "out", exported(sqlite_world)), library, now=sqlite_world.clock.now)

    with empty.reading() as db:
        assert END in written_policies(db)
    empty.close()


def test_a_version_for_the_day_of_an_end_that_stands_here_is_told(sqlite_world: World, tmp_path: Path) -> None:
    house, now = sqlite_world.house, sqlite_world.clock.now
    holds = house.policies.in_force("nz", "returns", ENDED)
    with house.database.writing() as db:
        write(
            db,
            PolicyVersion("nz", "returns", ENDED, {**holds.rules, "effective": ENDED}, holds.texts),
            person="",
            now=now,
        )
    out = put(tmp_path / "out", exported(sqlite_world))
    with house.database.writing() as db:
        take_back(db, "nz", "returns", DAY, today=now.date())
    ended(sqlite_world.signed_in("mere"))
    with pytest.raises(BadSetup, match="is of a kind that has ended by then"):
        import_setup(house.database, out, house.policies, now=now)


def test_every_end_that_may_not_be_is_named(sqlite_world: World, tmp_path: Path) -> None:
    bad = {
        "nz/returns/2026-12-02": ("", "must say `reason`"),
        "nz/returns/2026-12-03": ("reason = 3\n", "must say `reason`"),
        "nz/returns/2026-12-04": ('reason = " "\n', "must say `reason`"),
        "nz/returns/2026-12-05": ('reason = "x"\nby = ["terms"]\n', "must say `reason`"),
        "nz/returns/2026-12-06": ("reason\n", "cannot be read"),
        "nz/returns/2027-01-01": (SAID, "A version takes effect on that day"),
        "nz/returns/2020-01-01": (SAID, "not in force on that day"),
        "nz/returns/soon": (SAID, "is not taken from a set-up"),
        "nz/terms/2026-12-02": (SAID, "told before every order"),
        "nz/warranty/2026-12-02": (SAID, "The law asks for it"),
        "de/returns/2026-12-02": (SAID, "The law asks for it"),
        "xx/returns/2026-12-02": (SAID, "a market that this set-up does not have"),
    }
    files = {f"policies/{place}/ended.toml": said.encode() for place, (said, _wrong) in bad.items()}
    folder = put(tmp_path / "out", {**exported(sqlite_world), **files, END: SAID.encode()})
    with pytest.raises(BadSetup) as refused:
        checked_setup(folder, sqlite_world.house.policies, now=sqlite_world.clock.now)
    told = {
        each.file.removeprefix("policies/").removesuffix("/ended.toml"): str(each.what)
        for each in refused.value.complaints
    }
    assert told.keys() == bad.keys()
    assert not [place for place, (_said, wrong) in bad.items() if wrong not in told[place]]


def test_an_end_that_would_hold_already_is_not_brought_to_a_market_that_has_sold(
    sqlite_world: World, tmp_path: Path
) -> None:
    past = "policies/nz/returns/2026-11-23/ended.toml"
    folder = put(tmp_path / "out", {**exported(sqlite_world), past: SAID.encode()})
    house = sqlite_world.house
    with pytest.raises(BadSetup) as refused:
        import_setup(house.database, folder, house.policies, now=sqlite_world.clock.now)
    assert [(each.file, str(each.what)) for each in refused.value.complaints] == [
        (past, "would be in force already, in a market that has sold")
    ]
