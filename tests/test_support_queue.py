"""The queue's pages and counts: in order, whole, of nobody else's requests, and read from an index on both engines."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, SQLModel, col, select

from shop.base.db import Database
from shop.staff.arrival import Staff
from shop.staff.models import Person
from shop.support.requests.models import Request
from shop.support.workplace.newest import NEWEST_FIRST, newest, newest_query
from shop.support.workplace.queue import (
    MOST,
    ORDER,
    STATES,
    TABS,
    Scope,
    count_query,
    counts,
    page_query,
    queue,
    scope_of,
    seen_by,
)
from tests.bench.many import NOW, fill, ref_of
from tests.support_world import MORNING, asked, support_house

REQUESTS, AGENTS = 20_000, 80


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Twenty thousand requests."""
    if request.param == "sqlite":
        yield from _filled(f"sqlite:///{tmp_path_factory.mktemp('many') / 'shop.db'}")
        return
    with request.getfixturevalue("postgres").database() as url:
        yield from _filled(url.replace("postgresql://", "postgresql+psycopg://", 1))


def _filled(url: str) -> Iterator[Database]:
    database = Database(url)
    SQLModel.metadata.create_all(database.engine)
    fill(database, requests=REQUESTS, agents=AGENTS)
    yield database
    database.close()


def scope(db: Session, person: str) -> Scope:
    return scope_of(db, Staff(db.get_one(Person, person), None))  # type: ignore[arg-type]


@pytest.mark.parametrize("person", ["mere", "a00000", "a00003"])
@pytest.mark.parametrize("tab", TABS)
def test_pages_follow_one_another_without_a_gap_or_a_double(full: Database, tab: str, person: str) -> None:
    with full.reading() as db:
        mine = scope(db, person)
        whole = _all(db, mine, tab)
        after, shown = "", []
        while len(shown) < 500:
            page, after = queue(db, mine, tab, now=NOW, after=after, at_most=20)
            shown += [each.ref for each in page]
            if not after:
                break
        assert shown == whole[: len(shown)] and (len(shown) == len(whole) or after)
        assert counts(db, mine, now=NOW)[tab] == min(len(whole), MOST + 1)
        assert person != "mere" or tab == "mine" or whole


def _all(db: Session, mine: Scope, tab: str) -> list[str]:
    """What belongs into the tab, found by looking at everything."""
    query = select(Request.ref).where(seen_by(mine), col(Request.state).in_(STATES[tab]))
    if tab == "mine" or (tab == "answered" and not mine.everything):
        query = query.where(Request.agent == (mine.agent.id if mine.agent else "nobody"))
    if tab == "overdue":
        query = query.where(col(Request.due_at) < NOW)
    return list(db.exec(query.order_by(*ORDER)).all())


@pytest.mark.parametrize("person", ["mere", "a00000", "a00003"])
@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("further", [False, True])
def test_no_page_and_no_count_looks_at_the_whole_table(full: Database, tab: str, person: str, further: bool) -> None:
    after = f"2~{NOW.timestamp() - 3600:.6f}~{ref_of(5)}" if further else ""
    with full.reading() as db:
        mine = scope(db, person)
        page = page_query(mine, tab, now=NOW, after=after)
        number = count_query(mine, tab, now=NOW)
        if page is None:
            assert tab == "mine" and person == "mere" and number is None
            return
        plan = _plan(db, select(Request).join(page, col(Request.ref) == page.c.ref).order_by(*ORDER))
        _is_from_an_index(full, plan)
        assert not further or _keyset(full, plan), plan
        _is_from_an_index(full, _plan(db, select(number)))


@pytest.mark.parametrize("person", ["mere", "a00000", "a00003"])
def test_the_newest_follow_one_another_without_a_gap_or_a_double(full: Database, person: str) -> None:
    with full.reading() as db:
        mine = scope(db, person)
        whole = db.exec(select(Request.ref).where(seen_by(mine)).order_by(*NEWEST_FIRST)).all()
        shown: list[Request] = []
        while page := newest(db, mine, at_most=97, before=(shown[-1].created_at, shown[-1].ref) if shown else None):
            shown += page
            if len(shown) > 500:
                break
        assert [each.ref for each in shown] == whole[: len(shown)] and (len(shown) == len(whole) or len(shown) > 500)
        market = mine.markets[0]
        theirs = select(Request.ref).where(seen_by(mine), Request.market == market, Request.state == "closed")
        found = newest(db, mine, at_most=20, market=market, state="closed")
        assert [each.ref for each in found] == db.exec(theirs.order_by(*NEWEST_FIRST).limit(20)).all()


@pytest.mark.parametrize("person", ["mere", "a00003"])
def test_the_newest_are_read_from_an_index_in_their_order(full: Database, person: str) -> None:
    with full.reading() as db:
        page = newest_query(scope(db, person), at_most=51, before=(NOW, ref_of(5)))
        plan = _plan(db, select(Request).join(page, col(Request.ref) == page.c.ref).order_by(*NEWEST_FIRST))
    whole = "\n".join(plan)
    assert re.search(r"ix_request_\w+_newest", whole) and "Seq Scan on request" not in whole, whole
    if full.sqlite:
        assert all("SEARCH request USING" in step for step in plan if re.search(r"\brequest\b", step)), whole


def _plan(db: Session, query: Any) -> list[str]:
    """What the engine would do, a step a line; the values stand in the query, as they do when it runs."""
    explain = "EXPLAIN QUERY PLAN" if db.get_bind().dialect.name == "sqlite" else "EXPLAIN"
    bound = query.compile(db.get_bind(), compile_kwargs={"render_postcompile": True})
    parameters = bound.construct_params()
    values = {
        name: bound._bind_processors[name](value) if name in bound._bind_processors else value
        for name, value in parameters.items()
    }
    given = tuple(values[name] for name in bound.positiontup) if bound.positional else values
    rows = db.connection().exec_driver_sql(f"{explain} {bound}", given).all()
    return [str(row[-1]) for row in rows]


def _is_from_an_index(database: Database, plan: list[str]) -> None:
    whole = "\n".join(plan)
    if database.sqlite:
        reads = [step for step in plan if re.search(r"\brequest\b", step)]
        assert reads and all("SEARCH request USING" in step and "INDEX" in step for step in reads), whole
        assert all("ix_request_" in step or "(ref=?)" in step for step in reads), whole
    else:
        assert "Seq Scan on request" not in whole, whole
        assert re.search(r"(Scan using|Bitmap Index Scan on) ix_request_\w*queue", whole), whole


def _keyset(database: Database, plan: list[str]) -> bool:
    """Whether the place where the page begins is looked up, and not read up to."""
    sought = r"due_at,ref\)>\(" if database.sqlite else r"Index Cond: .*ROW\((severity, )?due_at"
    return re.search(sought, "\n".join(plan)) is not None


def test_an_agent_of_one_language_finds_only_theirs_and_a_taken_one_besides(tmp_path: Path) -> None:
    with support_house(tmp_path) as database:
        german, french = (asked(database, now=MORNING, market=each, language=each).ref for each in ("de", "fr"))
        with database.writing() as db:
            db.connection().execute(update(Request).values(state="waiting", agent=None))
        with database.reading() as db:
            assert [each.ref for each in queue(db, scope(db, "lena"), "waiting", now=MORNING)[0]] == [german]
            assert {each.ref for each in queue(db, scope(db, "mere"), "all", now=MORNING)[0]} == {german, french}
        with database.writing() as db:
            db.connection().execute(
                update(Request).where(col(Request.ref) == french).values(state="assigned", agent="lena")
            )
        with database.reading() as db:
            assert [each.ref for each in queue(db, scope(db, "lena"), "mine", now=MORNING)[0]] == [french]


def test_another_language_is_seen_only_where_its_customer_consented(tmp_path: Path) -> None:
    with support_house(tmp_path) as database:
        asked(database, now=MORNING, text="1")
        agreed = asked(database, now=MORNING, text="2", others=True).ref
        with database.writing() as db:
            db.get_one(Person, "maricel").markets = ""
            db.connection().execute(update(Request).values(state="waiting", agent=None))
            db.connection().exec_driver_sql("DELETE FROM agent_language WHERE agent = 'maricel' AND language = 'de'")
        with database.reading() as db:
            assert [each.ref for each in queue(db, scope(db, "maricel"), "waiting", now=MORNING)[0]] == [agreed]


def test_grave_comes_before_early_and_the_overdue_have_their_tab(tmp_path: Path) -> None:
    with support_house(tmp_path) as database:
        early, late, crisis = (asked(database, now=MORNING, text=each).ref for each in ("early", "late", "crisis"))
        with database.writing() as db:
            for ref, hours, severity in ((early, -1, 2), (late, 2, 2), (crisis, 3, 0)):
                at = {"due_at": MORNING + timedelta(hours=hours), "severity": severity, "state": "assigned"}
                db.connection().execute(update(Request).where(col(Request.ref) == ref).values(agent="lena", **at))
        with database.reading() as db:
            lena = scope(db, "lena")
            assert [each.ref for each in queue(db, lena, "mine", now=MORNING)[0]] == [crisis, early, late]
            assert [each.ref for each in queue(db, lena, "overdue", now=MORNING)[0]] == [early]
            assert counts(db, lena, now=MORNING)["overdue"] == 1
            everywhere = scope(db, "mere")
            assert [each.ref for each in queue(db, everywhere, "overdue", now=MORNING)[0]] == [early]


@pytest.mark.parametrize("after", ["rubbish", "2~x~y", "9~1~R-1", "2~1e999~x", "2~nan~x", "~", "2~-1e300~x"])
def test_a_place_nobody_gave_is_the_beginning(tmp_path: Path, after: str) -> None:
    with support_house(tmp_path) as database:
        ref = asked(database, now=MORNING).ref
        with database.reading() as db:
            assert [each.ref for each in queue(db, scope(db, "mere"), "all", now=MORNING, after=after)[0]] == [ref]
