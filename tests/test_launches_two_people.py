"""Two people for what widens: proposing, agreeing, calling off; and that narrowing never waits for anybody."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.outbox import Effect
from shop.ground.errors import NotFound
from shop.launches.changing.guards import SecondPersonNeeded
from shop.launches.changing.proposals import (
    NobodyElse,
    OwnProposal,
    ProposalOver,
    act,
    approve,
    call_off,
    proposals,
    seconds,
)
from shop.launches.changing.redrawing import redraw
from shop.launches.changing.table import Exposed
from shop.launches.changing.transitions import Asked, NotReady, ReasonMissing
from shop.launches.models import Proposal
from shop.markets.models import LaunchEvent, Market, ShippingRate
from shop.scorecard.models import Override
from shop.staff.models import Person
from tests.launching import BY_INVITATION, NOW, events, exporter, launched, market, put, sources, step, take_out

WIDER = Exposed("percentage", 2_500, 50)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with exporter(tmp_path) as opened:
        yield opened


def asks(
    database: Database, action: str, asked: Asked | None = None, *, person: str = "mere"
) -> LaunchEvent | Proposal:
    with database.writing() as db:
        version = db.get_one(Market, "nz").version
        return act(
            db, "nz", action, asked or Asked(), person=person, reason="as planned", version=version, sources=sources(), now=NOW
        )  # fmt: skip


def agrees(database: Database, number: Any, *, person: str = "ruth") -> LaunchEvent:
    with database.writing() as db:
        return approve(db, "nz", number, person=person, sources=sources(), now=NOW)


def two(database: Database) -> None:
    assert isinstance(asks(database, "four_eyes"), LaunchEvent)


def only(database: Database) -> Proposal:
    with database.reading() as db:
        return db.exec(select(Proposal)).one()


def test_a_launch_waits_for_a_second_person_and_is_taken_when_they_agree(database: Database) -> None:
    two(database)
    step(database, "ready")
    proposal = asks(database, "launch", Asked(exposed=BY_INVITATION))
    assert isinstance(proposal, Proposal) and market(database).state == "ready"
    event = agrees(database, proposal.id)
    assert (event.person, event.approved_by, event.to_state) == ("mere", "ruth", "soft")
    assert (market(database).audience, market(database).order_cap) == ("invitation", 50)
    kept = only(database)
    assert (kept.outcome, kept.ended_by, kept.event) == ("approved", "ruth", event.id)


def test_nobody_agrees_to_their_own_step(database: Database) -> None:
    two(database)
    step(database, "ready")
    proposal = asks(database, "launch", Asked(exposed=BY_INVITATION))
    with pytest.raises(OwnProposal):
        agrees(database, proposal.id, person="mere")
    assert market(database).state == "ready" and only(database).outcome == ""


def test_what_somebody_proposed_who_may_no_longer_do_it_is_not_taken(database: Database) -> None:
    two(database)
    step(database, "ready")
    proposal = asks(database, "launch", Asked(exposed=BY_INVITATION))
    with database.writing() as db:
        db.get_one(Person, "mere").role = "agent"
    with pytest.raises(ProposalOver):
        agrees(database, proposal.id)
    assert market(database).state == "ready"


@pytest.mark.parametrize("approved_by", ["", "mere"])
def test_the_step_itself_refuses_who_goes_around_the_proposal(database: Database, approved_by: str) -> None:
    two(database)
    step(database, "ready")
    with pytest.raises(SecondPersonNeeded):
        step(database, "launch", exposed=BY_INVITATION, approved_by=approved_by)


def test_narrowing_never_waits(database: Database) -> None:
    launched(database)
    two(database)
    assert isinstance(asks(database, "exposure", Asked(exposed=Exposed("invitation", order_cap=10))), LaunchEvent)
    assert isinstance(asks(database, "pause", Asked(mode="safety")), LaunchEvent)
    step(database, "wind_down")
    assert market(database).state == "winding_down"


def test_a_wider_exposure_waits_and_is_what_was_asked(database: Database) -> None:
    launched(database)
    two(database)
    proposal = asks(database, "exposure", Asked(exposed=WIDER))
    assert market(database).audience == "invitation"
    event = agrees(database, proposal.id)
    assert (market(database).audience, market(database).percent_bp) == ("percentage", 2_500)
    assert (event.action, event.approved_by) == ("exposure", "ruth")


def test_drawing_anew_lets_more_in_and_so_waits(database: Database) -> None:
    launched(database, WIDER)
    two(database)
    by = {"person": "mere", "version": market(database).version, "now": NOW}
    with pytest.raises(ReasonMissing), database.writing() as db:
        act(db, "nz", "redraw", Asked(), reason=" ", sources=sources(), **by)  # type: ignore[arg-type]
    with pytest.raises(SecondPersonNeeded), database.writing() as db:
        redraw(db, "nz", reason="x", approved_by="mere", **by)  # type: ignore[arg-type]
    proposal = asks(database, "redraw")
    assert isinstance(proposal, Proposal) and market(database).draw == 1
    event = agrees(database, proposal.id)
    assert (event.action, event.person, event.approved_by) == ("redraw", "mere", "ruth")
    assert market(database).draw == 2


def test_a_change_meanwhile_outdates_what_waits(database: Database) -> None:
    launched(database)
    two(database)
    proposal = asks(database, "exposure", Asked(exposed=WIDER))
    asks(database, "exposure", Asked(exposed=Exposed("invitation", order_cap=10)))
    assert only(database).outcome == "outdated"
    with pytest.raises(ProposalOver):
        agrees(database, proposal.id)
    assert market(database).order_cap == 10


def test_a_gate_that_turned_red_meanwhile_still_forbids_it_and_it_goes_on_waiting(database: Database) -> None:
    launched(database)
    two(database)
    proposal = asks(database, "exposure", Asked(exposed=WIDER))
    take_out(database, ShippingRate, "nz")
    with pytest.raises(NotReady):
        agrees(database, proposal.id)
    assert only(database).outcome == ""


def test_what_a_gate_forbids_is_not_even_proposed(database: Database) -> None:
    launched(database)
    two(database)
    take_out(database, ShippingRate, "nz")
    with pytest.raises(NotReady):
        asks(database, "exposure", Asked(exposed=WIDER))


def test_a_proposal_is_called_off_once_and_told_in_the_history(database: Database) -> None:
    launched(database)
    two(database)
    number = asks(database, "exposure", Asked(exposed=WIDER)).id or 0
    with database.writing() as db:
        call_off(db, "nz", number, person="ruth", now=NOW)
    with database.writing() as db, pytest.raises(ProposalOver):
        call_off(db, "nz", number, person="mere", now=NOW)
    assert [each[0] for each in events(database)][-2:] == ["propose", "call_off"]
    with database.reading() as db, pytest.raises(NotFound):
        approve(db, "de", number, person="ruth", sources=sources(), now=NOW)


def test_an_override_is_kept_only_once_the_second_person_agreed(database: Database) -> None:
    launched(database)
    two(database)
    proposal = asks(database, "open", Asked(override="known from elsewhere"))
    with database.reading() as db:
        assert db.exec(select(Override)).all() == []
    agrees(database, proposal.id)
    with database.reading() as db:
        assert [(each.person, each.decided, each.reason) for each in db.exec(select(Override)).all()] == [
            ("mere", "GO", "known from elsewhere")
        ]
    assert market(database).state == "open"


def test_asking_no_second_person_any_more_is_itself_agreed_to(database: Database) -> None:
    two(database)
    proposal = asks(database, "two_eyes")
    assert market(database).four_eyes
    agrees(database, proposal.id)
    assert not market(database).four_eyes


def test_a_second_person_is_not_asked_for_where_there_is_none(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Person, "ruth").markets = "de"
    with pytest.raises(NobodyElse):
        asks(database, "four_eyes")


def test_the_specialist_of_the_market_and_the_exporters_people_could_agree(database: Database) -> None:
    put(database, Person(id="hemi", email="hemi@example.com", name="Hemi Ngata", role="exporter", markets="de"))
    put(database, Person(id="aroha", email="aroha@example.com", name="Aroha Ngata", role="exporter"))
    with database.reading() as db:
        assert [each.id for each in seconds(db, "nz", "mere")] == ["aroha", "ruth"]


def test_whoever_paused_for_safety_asks_somebody_else_to_end_it(database: Database) -> None:
    launched(database)
    step(database, "pause", mode="safety")
    proposal = asks(database, "resume")
    assert isinstance(proposal, Proposal) and market(database).state == "paused"
    assert agrees(database, proposal.id).to_state == "soft"


@pytest.mark.parametrize("modes", [("safety", "sell_stop"), ("safety", "hidden", "sell_stop")])
def test_a_safety_pause_that_became_another_is_still_ended_by_somebody_else(
    database: Database, modes: tuple[str, ...]
) -> None:
    launched(database)
    for mode in modes:
        step(database, "pause", mode=mode)
    proposal = asks(database, "resume")
    assert isinstance(proposal, Proposal) and market(database).state == "paused"
    assert agrees(database, proposal.id).to_state == "soft"
    step(database, "pause", mode="sell_stop")
    assert isinstance(asks(database, "resume"), LaunchEvent)  # it has sold since: that pause is over


def test_a_safety_pause_that_was_taken_back_to_a_milder_one_is_still_ended_by_somebody_else(database: Database) -> None:
    launched(database)
    step(database, "pause", mode="sell_stop")
    step(database, "pause", mode="safety")
    with database.reading() as db:
        last = db.exec(select(LaunchEvent).order_by(col(LaunchEvent.id).desc())).first()
    assert isinstance(asks(database, "undo", Asked(undoes=last.id if last else 0)), LaunchEvent)
    assert market(database).pause_mode == "sell_stop"
    assert isinstance(asks(database, "resume"), Proposal)


def test_a_safety_pause_is_not_ended_alone_by_way_of_a_draft(database: Database) -> None:
    launched(database)
    step(database, "pause", mode="safety")
    step(database, "redraft")
    step(database, "ready")
    with pytest.raises(SecondPersonNeeded):
        step(database, "launch", exposed=BY_INVITATION)
    proposal = asks(database, "launch", Asked(exposed=BY_INVITATION))
    assert isinstance(proposal, Proposal) and market(database).state == "ready"
    assert agrees(database, proposal.id).to_state == "soft"


def test_somebody_else_ends_a_safety_pause_alone(database: Database) -> None:
    put(database, Person(id="aroha", email="aroha@example.com", name="Aroha Ngata", role="exporter"))
    launched(database)
    step(database, "pause", mode="safety")
    assert isinstance(asks(database, "resume", person="aroha"), LaunchEvent)


def test_the_systems_own_safety_pause_is_ended_by_one_person(database: Database) -> None:
    launched(database)
    step(database, "pause", mode="safety", person="", rule="hard:recall", reason="recall")
    assert isinstance(asks(database, "resume"), LaunchEvent)


def test_the_system_never_widens(database: Database) -> None:
    with pytest.raises(ValueError, match="never widens"):
        step(database, "ready", person="", rule="anything")


def test_everybody_who_could_agree_is_asked_by_mail(database: Database) -> None:
    launched(database)
    two(database)
    asks(database, "exposure", Asked(exposed=WIDER))
    with database.reading() as db:
        asked = db.exec(select(Effect.key).where(Effect.kind == "market mail")).all()
        assert list(asked) == ["market_proposed:1:ruth"]
        assert [each.id for each in proposals(db, "nz")] == [1]
