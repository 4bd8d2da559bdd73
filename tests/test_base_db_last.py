"""What many transactions want, the audit's chains and the revisions, is taken at the end of each and in one order for all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from shop.base.audit import AuditEntry, append
from shop.base.db import at_last
from shop.base.revisions import EVERYWHERE, Revision, market_scope, raise_revision
from shop.launches.changing.invitations import make_invitation, revoke_invitation
from shop.markets.history import CHAIN
from shop.markets.models import LaunchEvent
from shop.upkeep.editing.changing import change
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.tables import table
from tests.world import TUESDAY, World

LATER = TUESDAY + timedelta(minutes=1)
Step = Callable[[Session], None]


def _tells(chain: str) -> Step:
    return lambda db: append(db, chain, "tried", f"{id(db)}", content={}, now=LATER)


def _shows(scope: str) -> Step:
    return lambda db: raise_revision(db, scope)


@contextmanager
def impatient(world: World) -> Iterator[Session]:
    """A transaction that waits for nobody: whatever another one holds is a refusal (Busy)."""
    with world.house.database.writing() as db:
        db.connection().execute(text("SET LOCAL lock_timeout = '300ms'"))
        yield db


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_tells("launches:de"), _shows(EVERYWHERE)),
        (_tells("launches:de"), _tells("people")),
        (_shows(market_scope("de")), _shows(EVERYWHERE)),
    ],
    ids=["audit and revision", "two chains", "two scopes"],
)
def test_two_acts_that_want_the_same_in_other_orders_do_not_wait_for_each_other(
    postgres_world: World, one: Step, other: Step
) -> None:
    for first, second in ((one, other), (other, one)):
        with impatient(postgres_world) as mine:
            first(mine)
            with impatient(postgres_world) as theirs:
                second(theirs)
                first(theirs)
            second(mine)


@pytest.mark.postgres
def test_a_price_is_edited_while_an_invitation_to_the_same_market_is_being_revoked(postgres_world: World) -> None:
    house = postgres_world.house
    with house.database.writing() as db:
        made = make_invitation(db, "de", person="mere", uses=1, days=1, note="", now=TUESDAY)
    with house.database.reading() as db:
        rows = table(db, house.policies, "listings.csv").rows
    row = next(each for each in rows if each.cells["market"] == "de")
    edit = Edit(row.file, row.key, {"price": "123.00"}, row.version)
    assert made.invitation.id is not None

    with house.database.writing() as db:
        revoke_invitation(db, "de", made.invitation.id, now=LATER, person="mere")
        change(house.database, house.policies, [edit], person="mere", now=LATER)

    with house.database.reading() as db:
        events = select(LaunchEvent.action, LaunchEvent.id).where(LaunchEvent.market == "de", LaunchEvent.at == LATER)
        done = {action: str(number) for action, number in db.exec(events).all()}
        chain = select(AuditEntry.subject).where(AuditEntry.chain == f"{CHAIN}de", AuditEntry.at == LATER)
        entries = db.exec(chain.order_by(col(AuditEntry.number))).all()
    assert set(done) == {"revoke", "setup"}
    assert entries == [done["setup"], done["revoke"]]  # in the order in which they were committed


def test_what_is_put_off_is_written_in_the_order_of_its_places_after_everything_else(sqlite_world: World) -> None:
    written: list[str] = []
    with sqlite_world.house.database.writing() as db:
        for name in ("z", "a", "m"):
            at_last(db, (name,), partial(written.append, name))
        db.add(Revision(scope="tried", number=7))
        at_last(db, ("b",), lambda: written.append(f"b, with {len(db.new)} not yet written"))
        assert written == []
    assert written == ["a", "b, with 0 not yet written", "m", "z"]


def test_an_act_that_is_refused_leaves_no_entry_and_raises_nothing(sqlite_world: World) -> None:
    database = sqlite_world.house.database
    with database.reading() as db:
        before = (len(db.exec(select(AuditEntry)).all()), dict(db.exec(select(Revision.scope, Revision.number)).all()))
    with pytest.raises(ZeroDivisionError), database.writing() as db:
        append(db, "people", "tried", "none", content={}, now=LATER)
        raise_revision(db, EVERYWHERE)
        _ = 1 // 0
    with database.reading() as db:
        after = (len(db.exec(select(AuditEntry)).all()), dict(db.exec(select(Revision.scope, Revision.number)).all()))
    assert after == before
