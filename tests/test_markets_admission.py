"""Invitations redeemed, percentages drawn, the order cap counted; on SQLite, and the races on PostgreSQL too."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.checkout.places import Place, hold_place
from shop.ground.errors import NotFound, StaleForm
from shop.launches.changing.exposure import change_exposure
from shop.launches.changing.invitations import MOST_USES, Made, invitations, make_invitation, revoke_invitation
from shop.launches.changing.table import Exposed
from shop.launches.changing.transitions import change_state
from shop.launches.readying.gathering import Sources
from shop.markets.admission import InvitationOver, keep_draw, open_invitation, redeem, visitor_for_buying
from shop.markets.exposure_models import Admission, Exposure, Invitation
from shop.markets.gate import Gate, MarketFacts, bucket, may_buy
from shop.markets.models import Market
from shop.markets.visit import Keeps
from tests.launching import BY_INVITATION, NOW, exporter, launched, market, revisions, sources
from tests.world import World

DAY = timedelta(days=1)
ONE = Place(100, NOW.date())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with exporter(tmp_path) as opened:
        launched(opened, BY_INVITATION)
        yield opened


def made(database: Database, *, uses: int = 1, days: int = 14) -> Made:
    with database.writing() as db:
        return make_invitation(db, "nz", person="mere", uses=uses, days=days, note="friends", now=NOW)


def redeemed(database: Database, token: str, visitor: str, *, after: timedelta = timedelta(0)) -> Invitation:
    with database.writing() as db:
        return redeem(db, token, visitor, now=NOW + after)


def used(database: Database) -> int:
    with database.reading() as db:
        return db.get_one(Invitation, 1).used


def gate(database: Database, keeps: Keeps) -> Gate:
    with database.reading() as db:
        now = db.get_one(Market, "nz")
        facts = MarketFacts(id="nz", country="NZ", state=now.state, audience=now.audience, percent_bp=now.percent_bp)
        return may_buy(facts, visitor_for_buying(db, now, keeps, staff=False))


def test_a_link_is_kept_only_as_a_hash(database: Database) -> None:
    fresh = made(database)
    with database.reading() as db:
        [row] = invitations(db, "nz")
    assert fresh.token not in repr(row.model_dump())
    assert fresh.link("https://shop.example") == f"https://shop.example/invite/{fresh.token}"
    assert len(row.token_hash) == 64


def test_an_invitation_to_no_market_is_not_made(database: Database) -> None:
    with database.writing() as db, pytest.raises(NotFound):
        make_invitation(db, "xx", person="mere", uses=1, days=1, note="", now=NOW)


def test_an_invitation_for_one_lets_one_in(database: Database) -> None:
    token = made(database).token
    first = redeemed(database, token, "anna")
    with pytest.raises(InvitationOver):
        redeemed(database, token, "claire")
    assert gate(database, Keeps("anna", first.id)) == Gate(True, "invite")
    assert not gate(database, Keeps("claire", None)).open


def test_redeeming_again_uses_nothing_more(database: Database) -> None:
    token = made(database, uses=2).token
    redeemed(database, token, "anna")
    redeemed(database, token, "anna")
    assert used(database) == 1
    redeemed(database, token, "claire")
    assert used(database) == 2


def test_looking_at_an_invitation_uses_nothing(database: Database) -> None:
    token = made(database).token
    for _look in range(3):
        with database.reading() as db:
            assert open_invitation(db, token, now=NOW).used == 0


def test_an_invitation_ends_at_its_last_instant(database: Database) -> None:
    token = made(database, uses=MOST_USES, days=1).token
    redeemed(database, token, "anna", after=DAY - timedelta(seconds=1))
    with pytest.raises(InvitationOver):
        redeemed(database, token, "claire", after=DAY)


def test_a_revoked_invitation_ends_its_redeeming_and_the_buying_of_who_came_by_it(database: Database) -> None:
    token = made(database, uses=5).token
    came = redeemed(database, token, "anna")
    with database.reading() as db:
        before = revisions(db)
    with database.writing() as db:
        revoke_invitation(db, "nz", 1, now=NOW)
    with pytest.raises(InvitationOver):
        redeemed(database, token, "claire")
    with pytest.raises(InvitationOver):
        redeemed(database, token, "anna")
    assert gate(database, Keeps("anna", came.id)) == Gate(False, "invite")
    with database.reading() as db:
        assert revisions(db)["market:nz"] > before["market:nz"]


@pytest.mark.parametrize(("market_id", "number"), [("nz", 2), ("de", 1)])
def test_an_invitation_is_revoked_only_in_its_own_market(database: Database, market_id: str, number: int) -> None:
    made(database)
    with database.writing() as db, pytest.raises(NotFound):
        revoke_invitation(db, market_id, number, now=NOW)


def test_an_unknown_link_and_a_used_one_look_alike(database: Database) -> None:
    with pytest.raises(InvitationOver):
        redeemed(database, "no-such-token", "anna")


def test_of_many_who_redeem_the_last_use_at_once_one_gets_in(database: Database) -> None:
    token, told = made(database).token, []
    start = Barrier(4)

    def race(visitor: str) -> None:
        start.wait()
        try:
            told.append(redeemed(database, token, visitor).used)
        except InvitationOver:
            told.append(0)

    racers = [Thread(target=race, args=(f"visitor-{number}",)) for number in range(4)]
    for each in racers:
        each.start()
    for each in racers:
        each.join()
    assert sorted(told) == [0, 0, 0, 1]
    with database.reading() as db:
        assert len(db.exec(select(Admission)).all()) == 1


def share(database: Database, percent_bp: int) -> None:
    with database.writing() as db:
        version = db.get_one(Market, "nz").version
        shown = Exposed("percentage", percent_bp, 50)
        change_exposure(db, "nz", shown, person="mere", reason="", version=version, sources=sources(), now=NOW)


def drawn(lowest: int, highest: int) -> str:
    """A visitor whose bucket lies in this span."""
    names = (f"visitor-{number}" for number in range(100_000))
    return next(each for each in names if lowest <= bucket("market:nz:v1", each) < highest)


def test_who_was_let_in_stays_in_when_the_percentage_shrinks(database: Database) -> None:
    share(database, 5_000)
    kept, late = drawn(3_000, 5_000), drawn(3_000, 5_000).replace("visitor", "other")
    answer = gate(database, Keeps(kept, None))
    assert answer == Gate(True, "percentage", mints=True)
    with database.writing() as db:
        keep_draw(db, db.get_one(Market, "nz"), kept, answer, now=NOW)
        keep_draw(db, db.get_one(Market, "nz"), kept, answer, now=NOW)
    share(database, 0)
    assert gate(database, Keeps(kept, None)) == Gate(True, "admitted")
    assert not gate(database, Keeps(late, None)).open


def test_who_is_not_drawn_is_not_stored(database: Database) -> None:
    share(database, 5_000)
    outside = drawn(5_000, 10_000)
    with database.writing() as db:
        keep_draw(db, db.get_one(Market, "nz"), outside, gate(database, Keeps(outside, None)), now=NOW)
    with database.reading() as db:
        assert db.get(Admission, ("nz", outside)) is None


def test_an_invitation_passes_the_percentage(database: Database) -> None:
    came = redeemed(database, made(database).token, "anna")
    share(database, 0)
    assert gate(database, Keeps("anna", came.id)) == Gate(True, "invite")


def test_a_percentage_admission_does_not_open_an_invitation_market(database: Database) -> None:
    with database.writing() as db:
        db.add(Admission(market="nz", visitor="anna", via="percentage", at=NOW))
    assert gate(database, Keeps("anna", None)) == Gate(False, "invite")


def test_the_order_cap_counts_paid_orders_and_those_being_paid(database: Database) -> None:
    with database.writing() as db:
        db.add(Exposure(market="nz", paid=48, held=1))
    for room in (True, False):
        with database.writing() as db:
            assert hold_place(db, market(database), ONE) == ("" if room else "order_cap")
    with database.reading() as db:
        assert (db.get_one(Exposure, "nz").paid, db.get_one(Exposure, "nz").held) == (48, 2)


def test_without_a_cap_there_is_always_room(database: Database) -> None:
    with database.writing() as db:
        db.add(Exposure(market="nz", paid=10_000))
        db.get_one(Market, "nz").order_cap = None
    with database.writing() as db:
        assert hold_place(db, market(database), ONE) == ""


def test_on_each_engine_one_of_many_gets_the_last_use_and_one_of_two_decides(world: World) -> None:
    database = world.house.database
    with database.writing() as db:
        token = make_invitation(db, "jp", person="mere", uses=1, days=1, note="", now=NOW).token
        version = db.get_one(Market, "jp").version
    told: list[str] = []
    start = Barrier(6)

    def enter(visitor: str) -> None:
        with database.writing() as db:
            told.append(redeem(db, token, visitor, now=NOW).market)

    def pause(mode: str) -> None:
        asked = Sources(world.house.policies, world.house.languages.tags, live_payments=False)
        with database.writing() as db:
            step = change_state(
                db, "jp", "pause", person="mere", reason="flood", version=version, sources=asked, now=NOW, mode=mode
            )
            told.append(step.action)

    def race(act: Callable[[str], None], value: str) -> None:
        start.wait()
        try:
            act(value)
        except (InvitationOver, StaleForm) as refusal:
            told.append(refusal.name)

    asked = [(enter, f"visitor-{number}") for number in range(4)] + [(pause, "hidden"), (pause, "safety")]
    racers = [Thread(target=race, args=each) for each in asked]
    for each in racers:
        each.start()
    for each in racers:
        each.join()
    assert sorted(told) == ["invitation_over"] * 3 + ["jp", "pause", "stale_form"]
