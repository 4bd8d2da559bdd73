"""What must hold: a busy shop in which all of it does, and each invariant broken by hand, found, and named."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, delete, literal, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from shop.base import audit
from shop.base.audit import AuditEntry, append, heads
from shop.base.db import write_last
from shop.base.invariants import Broken
from shop.base.unchanging import standing_triggers
from shop.checkout.models import Order, OrderEvent, PaymentAttempt
from shop.checkout.money_invariants import misrounded
from shop.checkout.refunds import ask_refund
from shop.launches.changing.transitions import change_state
from shop.launches.readying.gathering import Sources
from shop.markets.models import LaunchEvent, Market
from shop.markets.taxes import taxed
from shop.staff.deeds import note
from shop.upkeep.editing.applying import Wanted
from shop.upkeep.editing.following import keep_change
from shop.upkeep.models import Erasure
from shop.upkeep.personal.invariants import nowhere
from shop.upkeep.proving import UNCHANGING, invariants
from tests.aftersales import DE, bought
from tests.conftest import ENGINES, world_on
from tests.doors import BLENDER, place, question
from tests.packing import arrive, send
from tests.personal import proved
from tests.world import ANNA, World

KEY = ("de", "standard")


@pytest.fixture(scope="module", params=ENGINES)
def busy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A shop in which orders were paid, sent, given back and left; nothing that a test does to it stays."""
    folder = tmp_path_factory.mktemp("busy")
    with world_on(request, folder) as world:
        _be_busy(world)
        yield world


def _be_busy(world: World) -> None:
    mere, anna = world.signed_in("mere"), world.browser("de")
    arrived, paid, refunded = (bought(world, world.browser("de")) for _order in range(3))
    left = place(anna, DE, ANNA)
    world.later(hours=2)
    assert _order(world, left).state == "cancelled"
    waiting = place(world.browser("de"), DE, {**ANNA, "email": "other@example.com"})
    assert send(mere, arrived).status_code == 303 and arrive(mere, arrived).status_code == 303
    question(anna, DE)
    sources = Sources(world.house.policies, world.house.languages.tags, False, world.house.completeness())
    with world.house.database.writing() as db:
        now = world.clock.now
        for number, key, minor in ((arrived, "part", 500), (refunded, "whole", _order(world, refunded).total)):
            order = db.get_one(Order, number)
            ask_refund(db, order, minor, ground="goodwill", key=key, person="mere", now=now)
        note(db, "ended", "lena", by="mere", now=now)
        rows = [Wanted("tax.csv", KEY, KEY, {"rate": "19"}, {"rate": "20"})]
        keep_change(db, rows, person="mere", reason="", undoes=None, now=now)
        db.add(Erasure(fingerprint="of nobody here", at=now, ground="asked", swept_at=now))
        version = db.get_one(Market, "ch").version
        change_state(
            db, "ch", "pause", person="mere", reason="Snow", version=version, sources=sources, now=now, mode="sell_stop"
        )
    world.work()
    states = [_order(world, each).state for each in (arrived, paid, refunded, left, waiting)]
    assert states == ["delivered", "paid", "refunded", "cancelled", "placed"]


def _order(world: World, number: str) -> Order:
    with world.house.database.reading() as db:
        return db.get_one(Order, number)


def test_in_a_busy_shop_everything_holds(busy: World) -> None:
    found = proved(busy)

    assert [(each.invariant.key, each.first[:3]) for each in found.findings if each.number] == []
    assert {"launches:ch", "people", "refunds:de", "setup"} <= set(found.heads)


BREAKS = {  # what is done to the rows by hand -> what of it is found, and in which thing
    "money.sums": ("UPDATE orders SET goods = goods, shipping = shipping + 1 WHERE number = '{paid}'", "{paid}"),
    "money.paid_once": ("UPDATE payment_attempt SET state = 'failed' WHERE order_number = '{paid}'", "{paid}"),
    "money.given_back": ("UPDATE orders SET given_back = 1 WHERE number = '{paid}'", "{paid}"),
    "money.above_paid": ("UPDATE orders SET given_back = 1 WHERE number = '{placed}'", "{placed}"),
    "money.mismatch": ("UPDATE payment_attempt SET state = 'mismatch' WHERE order_number = '{placed}'", "{placed}"),
    "money.unknown": (
        "UPDATE refund SET state = 'unknown', asked_at = '2026-01-01 00:00:00' WHERE key = 'part'",
        "{arrived}",
    ),
    "till.charges": ("UPDATE payment_attempt SET session = NULL WHERE order_number = '{paid}'", "{session}"),
    "till.orders": ("UPDATE tillsession SET amount = amount + 1 WHERE id = '{session}'", "{paid}"),
    "till.refunds": ("UPDATE refund SET minor = minor + 1 WHERE key = 'part'", "part"),
    "till.refunded": ("UPDATE tillrefund SET key = 'other' WHERE key = 'part'", "part"),
    "stock.held": ("UPDATE stock SET held = held + 1 WHERE sku = '{sku}'", "{sku}"),
    "stock.sold": ("UPDATE stock SET sold = sold + 1 WHERE sku = '{sku}'", "{sku}"),
    "stock.oversold": ("UPDATE stock SET sold = on_hand + 1 WHERE sku = '{sku}'", "{sku}"),
    "listing.taken": ("UPDATE listing SET taken = taken + 1 WHERE market = 'de' AND sku = '{sku}'", "de {sku}"),
    "customer.allowance": (
        "UPDATE customer_allowance SET pieces = pieces + 1 WHERE market = 'de' AND sku = '{sku}'",
        "de {sku}",
    ),
    "market.places": ("UPDATE exposure SET paid = paid + 1 WHERE market = 'de'", "de"),
    "hold.overdue": ("UPDATE hold SET expires_at = '2026-01-01 00:00:00' WHERE state = 'held'", "{placed}"),
    "order.instants": ("UPDATE orders SET delivered_at = NULL WHERE number = '{arrived}'", "{arrived}"),
    "order.hold": ("UPDATE hold SET state = 'released' WHERE order_number = '{paid}'", "{paid}"),
    "acceptance.kept": (
        "UPDATE acceptance SET hash = 'x' WHERE order_number = '{paid}' AND kind = 'returns'",
        "{paid}",
    ),
    "acceptance.unchanged": ("UPDATE accepted_text SET text = text || '!' WHERE kind = 'returns'", "de returns"),
    "order.acceptances": ("DELETE FROM acceptance WHERE order_number = '{paid}' AND kind = 'returns'", "{paid}"),
    "order.confirmed": ("DELETE FROM effect WHERE key = 'order:{paid}:confirmed'", "{paid}"),
    "effect.carried_out": (
        "UPDATE effect SET done_at = NULL, due_at = '2026-01-01 00:00:00' WHERE key = 'refund:part'",
        "refund:part",
    ),
    "effect.given_up": ("UPDATE effect SET dead_at = due_at WHERE key = 'refund:part'", "refund:part"),
    "request.forgotten": (
        "UPDATE request SET agent = NULL, state = 'waiting', promised_at = NULL, look_at = NULL, "
        "overdue_told_at = NULL, exporter_told = {false}",
        "R",
    ),
    "request.places": ("UPDATE request SET state = 'closed', closed_at = NULL", "R"),
    "audit.events": ("DELETE FROM launch_event WHERE action = 'pause' AND market = 'ch'", "launches:ch"),
    "audit.deeds": ("UPDATE person_deed SET by = 'lena' WHERE deed = 'ended'", "people"),
    "audit.changes": ("UPDATE setup_change SET reason = 'Another'", "setup"),
    "audit.changed_rows": ("UPDATE changed_row SET after = '{{}}'", "setup"),
    "audit.refunds": ("UPDATE refund SET person = 'lena' WHERE key = 'part'", "refunds:de part"),
    "market.ordered_while_off": (
        "UPDATE orders SET market = 'ch', placed_at = '{later}' WHERE number = '{paid}'",
        "{paid}",
    ),
    "market.steps": ("UPDATE launch_event SET action = 'close' WHERE action = 'pause' AND market = 'ch'", "{pause}"),
    "market.state": ("UPDATE market SET state = 'open' WHERE id = 'ch'", "ch"),
    "erased.empty": (
        "INSERT INTO erased_name (kind, name, erasure) SELECT 'order', '{paid}', min(id) FROM erasure",
        "orders {paid}",
    ),
    "erased.swept": ("UPDATE erasure SET swept_at = NULL, at = '2026-01-01 00:00:00'", "erasure "),
    "storage.shape": ("DROP INDEX ix_orders_placed_at", "orders ix_orders_placed_at"),
    "storage.references": ("UPDATE order_line SET order_number = 'none' WHERE order_number = '{paid}'", "order_line"),
}
ELSEWHERE = {"audit.chains", "erased.mails", "storage.guarded", "storage.whole"}  # broken in tests of their own
FURTHER = (  # other ways to break the same
    ("money.sums", "UPDATE orders SET net = net - 100, tax = tax + 100 WHERE number = '{paid}'", "{paid}"),
    ("money.sums", "UPDATE orders SET goods = goods + 777 WHERE number = '{paid}'", "{paid}"),
    ("money.sums", "UPDATE order_line SET unit = unit * 2 WHERE order_number = '{paid}'", "{paid}"),
    ("money.sums", "UPDATE order_line SET net = 1, tax = 2 WHERE order_number = '{paid}'", "{paid}"),
    ("money.sums", "UPDATE order_line SET net = net + 9, tax = tax - 9 WHERE order_number = '{paid}'", "{paid}"),
    ("money.sums", "DELETE FROM order_line WHERE order_number = '{paid}'", "{paid}"),
    ("acceptance.kept", "UPDATE acceptance SET version = '1999-01-01' WHERE {returns}", "{paid}"),
    ("acceptance.kept", "UPDATE acceptance SET market = 'nz' WHERE {returns}", "{paid}"),
    ("acceptance.kept", "UPDATE acceptance SET wording = '' WHERE {returns}", "{paid}"),
    (
        "acceptance.kept",
        "UPDATE acceptance SET hash = (SELECT hash FROM acceptance AS other WHERE other.order_number = '{paid}' "
        "AND other.kind = 'warranty') WHERE {returns}",
        "{paid}",
    ),
    ("order.acceptances", "UPDATE acceptance SET market = 'nz' WHERE {returns}", "{paid}"),
    ("order.acceptances", "UPDATE acceptance SET at = '2027-12-01 00:00:00' WHERE {returns}", "{paid}"),
    ("order.confirmed", "UPDATE effect SET attempts = 0 WHERE key = 'order:{paid}:confirmed'", "{paid}"),
    ("order.confirmed", "DELETE FROM effect WHERE key = 'order:{refunded}:confirmed'", "{refunded}"),
    ("order.instants", "UPDATE orders SET placed_at = '2031-01-01 00:00:00' WHERE number = '{paid}'", "{paid}"),
    ("order.instants", "UPDATE orders SET paid_at = '2031-01-01 00:00:00' WHERE number = '{paid}'", "{paid}"),
    (
        "request.places",
        "UPDATE person SET deactivated = true WHERE id = 'lena'; UPDATE request SET state = 'assigned', "
        "updated_at = '2026-01-01 00:00:00', agent = (SELECT id FROM agent WHERE person = 'lena')",
        "R",
    ),
    ("storage.shape", "ALTER TABLE rating DROP COLUMN words", "rating words"),
    (
        "storage.shape",
        "DROP INDEX ix_orders_placed_at; CREATE INDEX ix_orders_placed_at ON orders (paid_at)",
        "orders ix_orders_placed_at",
    ),
)  # fmt: skip
DEEDS = (*((key, *broken) for key, broken in BREAKS.items()), *FURTHER)


@pytest.mark.parametrize(("key", "deed", "subject"), DEEDS)
def test_what_is_broken_by_hand_is_named(busy: World, key: str, deed: str, subject: str) -> None:
    if key == "storage.references" and not busy.house.database.sqlite:  # which holds them unless it is told not to
        deed = "ALTER TABLE order_line DISABLE TRIGGER ALL"
    with _by_hand(busy) as db:
        names = _names(db, busy)
        for each in deed.format(**names).split("; "):
            db.connection().execute(text(each))
        found = _found(db, busy, key)

    assert [each for each in found if each.subject.startswith(subject.format(**names))], found


@pytest.mark.parametrize(("display", "step"), [("inclusive", 1), ("exclusive", 1), ("exclusive", 5), ("exclusive", 10)])
def test_whatever_tax_the_house_reckons_is_rounded_well(busy: World, display: str, step: int) -> None:
    with busy.house.database.reading() as db:
        for displayed, rate_e5 in product(
            (0, 5, 10, 995, 4_470, 33_335, 129_990, 10**13), (0, 5_000, 7_700, 14_975, 25_500)
        ):
            parts = taxed(displayed, rate_e5, display=display, step=step)
            odd = misrounded(*(literal(each, BigInteger) for each in (parts.tax, parts.gross, rate_e5)))
            assert not db.connection().execute(select(odd)).scalar_one(), (displayed, rate_e5, parts)


UNTOLD = (
    ("placed", "placed"), ("paid", "placed"), ("paid", "paid"), ("delivered", "paid"), ("delivered", "dispatched"),
    ("delivered", "delivered"), ("refunded", "refunded"), ("refunded", "paid"), ("cancelled", "cancelled"),
)  # fmt: skip


@pytest.mark.parametrize(("state", "kind"), UNTOLD)
def test_an_order_whose_timeline_does_not_tell_of_its_state_is_named(busy: World, state: str, kind: str) -> None:
    with _by_hand(busy) as db:
        number = db.exec(select(Order.number).where(Order.state == state)).one()
        db.connection().execute(
            delete(OrderEvent).where(col(OrderEvent.order_number) == number, col(OrderEvent.kind) == kind)
        )
        assert [each.subject for each in _found(db, busy, "order.instants")] == [number]


def test_every_invariant_is_broken_once(busy: World) -> None:
    assert {each.key for each in invariants(busy.house.policies, nowhere)} == {*BREAKS, *ELSEWHERE}


AUDIT_BREAKS = {
    "hash": "UPDATE audit_entry SET content = '{}' WHERE chain = 'people' AND number = 1",
    "gap": "DELETE FROM audit_entry WHERE chain = 'people' AND number = 1",
    "link": "UPDATE audit_entry SET previous = 'x' WHERE chain = 'people' AND number = 2",
}


@pytest.mark.parametrize("why", AUDIT_BREAKS)
def test_an_entry_of_the_audit_that_was_changed_or_removed_breaks_its_chain(busy: World, why: str) -> None:
    with _by_hand(busy) as db:
        note(db, "ended", "jonas", by="mere", now=busy.clock.now)
        write_last(db)
        db.connection().execute(text(AUDIT_BREAKS[why]))
        found = _found(db, busy, "audit.chains")

    assert why in {each.values["why"] for each in found}


def test_an_audit_written_anew_ends_with_another_head(busy: World) -> None:
    with _by_hand(busy) as db:
        before = heads(db)["people"]
        entry = db.exec(select(AuditEntry).where(AuditEntry.chain == "people")).all()[-1]
        forged = AuditEntry(**{**entry.model_dump(), "content": "{}"})
        change = text("UPDATE audit_entry SET content = '{}', hash = :hash WHERE chain = 'people' AND number = :number")
        db.connection().execute(change, {"hash": audit.hash_of(forged), "number": entry.number})
        assert not _found(db, busy, "audit.chains") and heads(db)["people"] != before


@pytest.mark.parametrize("deed", ["UPDATE audit_entry SET kind = 'other'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_the_audit(busy: World, deed: str) -> None:
    with pytest.raises(DBAPIError, match="only ever added to"), busy.house.database.writing() as db:
        db.connection().execute(text(deed))


def test_a_table_that_is_no_longer_guarded_is_named(busy: World) -> None:
    with _by_hand(busy) as db:
        unguarded = {each.subject.split()[0] for each in _found(db, busy, "storage.guarded")}
        assert unguarded == {"audit_entry", "launch_event"}


def test_the_triggers_there_are_are_those_that_are_compared(busy: World) -> None:
    dialect = busy.house.database.engine.dialect.name
    with busy.house.database.reading() as db:
        assert dict(standing_triggers(db)) == {
            name: definition for table in UNCHANGING for name, definition in table.triggers(dialect)
        }


NEVER_FIRES = {  # what stands under the name of the guard and lets everything pass
    "sqlite": (
        "DROP TRIGGER audit_entry_update; CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry WHEN 0 "
        "BEGIN SELECT RAISE(ABORT, 'audit_entry is only ever added to'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION refuse_audit_entry() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "DROP TRIGGER audit_entry_kept ON audit_entry; CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE "
        "ON audit_entry FOR EACH ROW WHEN (false) EXECUTE FUNCTION refuse_audit_entry()",
        "DROP TRIGGER audit_entry_kept ON audit_entry; CREATE TRIGGER audit_entry_kept BEFORE UPDATE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_audit_entry()",
        "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_kept",
    ),
}


def test_a_guard_that_never_fires_is_named(busy: World) -> None:
    for deeds in NEVER_FIRES[busy.house.database.engine.dialect.name]:
        with busy.house.database.keeping_nothing().writing() as db:
            for each in re.split("; (?=CREATE)", deeds):
                db.connection().execute(text(each))
            assert [each.subject.split()[0] for each in _found(db, busy, "storage.guarded")] == ["audit_entry"], deeds


def test_what_is_kept_by_law_is_guarded_too(busy: World) -> None:
    sqlite = busy.house.database.sqlite
    with busy.house.database.keeping_nothing().writing() as db:
        name = "retained_record_update" if sqlite else "retained_record_kept ON retained_record"
        db.connection().execute(text(f"DROP TRIGGER {name}"))
        assert [each.subject.split()[0] for each in _found(db, busy, "storage.guarded")] == ["retained_record"]


def test_what_somebody_had_who_has_just_been_deactivated_is_about_to_be_given_to_others(busy: World) -> None:
    with _by_hand(busy) as db:
        note(db, "deactivated", "lena", by="mere", now=busy.clock.now)
        for each in (
            "UPDATE person SET deactivated = true WHERE id = 'lena'",
            "UPDATE request SET state = 'assigned', updated_at = '2026-01-01 00:00:00', "
            "agent = (SELECT id FROM agent WHERE person = 'lena')",
        ):
            db.connection().execute(text(each))
        assert not _found(db, busy, "request.places")


def test_nobody_is_sent_a_confirmation_whose_data_was_erased(busy: World) -> None:
    with _by_hand(busy) as db:
        for each in ("UPDATE orders SET email = ''", "UPDATE effect SET attempts = 0"):
            db.connection().execute(text(each))
        assert not _found(db, busy, "order.confirmed")


def test_rows_from_before_the_audit_are_not_missed_and_later_ones_are(busy: World) -> None:
    now = busy.clock.now
    with _by_hand(busy) as db:
        old = LaunchEvent(
            market="br", at=now, action="setup", from_state="draft", to_state="draft", person="", reason=""
        )
        db.add(old)
        db.flush()
        append(db, "launches:br", audit.BEGAN, "", content={"last": old.id}, now=now)
        write_last(db)
        assert not _found(db, busy, "audit.events")
        db.add(LaunchEvent(**{**old.model_dump(), "id": None}))
        db.flush()
        assert [each.values for each in _found(db, busy, "audit.events")] == [{"why": "missing"}]


def test_a_database_file_that_is_damaged_is_named(busy: World, tmp_path: Path) -> None:
    if not busy.house.database.sqlite:
        with _by_hand(busy) as db:
            db.connection().execute(text("ALTER TABLE stock ADD CONSTRAINT small CHECK (on_hand < 0) NOT VALID"))
            assert [each.subject for each in _found(db, busy, "storage.whole")] == ["stock.small"]
        return
    with _by_hand(busy) as db:
        # An index that does not agree with its table, made without touching the file's bytes.
        other = (
            "UPDATE sqlite_master SET sql = replace(sql, '(placed_at)', '(paid_at)') WHERE name = 'ix_orders_placed_at'"
        )
        for each in ("PRAGMA writable_schema = ON", other, "PRAGMA writable_schema = RESET"):
            db.connection().execute(text(each))
        assert _found(db, busy, "storage.whole")


def _found(db: Session, world: World, key: str) -> list[Broken]:
    [asked] = [each for each in invariants(world.house.policies, nowhere) if each.key == key]
    return list(asked.broken(db, world.clock.now))


def _names(db: Session, world: World) -> dict[str, Any]:
    """The busy shop's orders by their states, and what hangs on them."""
    states = {state: number for number, state in db.exec(select(Order.number, Order.state)).all()}
    paid = states["paid"]
    session = db.exec(select(PaymentAttempt.session).where(PaymentAttempt.order_number == paid)).one()
    pause = select(LaunchEvent.id).where(LaunchEvent.action == "pause", LaunchEvent.market == "ch")
    return {
        "paid": paid, "placed": states["placed"], "arrived": states["delivered"], "refunded": states["refunded"],
        "returns": f"order_number = '{paid}' AND kind = 'returns'", "session": session, "sku": BLENDER,
        "pause": db.exec(pause).one(), "later": f"{world.clock.now + timedelta(hours=1):%Y-%m-%d %H:%M:%S}.000000",
        "false": "false",
    }  # fmt: skip


@contextmanager
def _by_hand(world: World) -> Iterator[Session]:
    """As somebody with the database's own tools, whom no trigger, check or reference holds; nothing of it stays."""
    with world.house.database.keeping_nothing().writing() as db:
        connection = db.connection()
        if world.house.database.sqlite:
            for pragma in ("ignore_check_constraints = ON", "defer_foreign_keys = ON"):
                connection.execute(text(f"PRAGMA {pragma}"))
            for table in ("launch_event", "audit_entry"):
                for deed in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_{deed}"))
        else:
            connection.execute(text("ALTER TABLE stock DROP CONSTRAINT ck_stock_never_oversold"))
            connection.execute(text("ALTER TABLE launch_event DROP CONSTRAINT fk_launch_event_undoes"))
            for table in ("launch_event", "audit_entry"):
                connection.execute(text(f"DROP TRIGGER {table}_kept ON {table}"))
        yield db
        if world.house.database.sqlite:
            connection.execute(text("PRAGMA ignore_check_constraints = OFF"))
