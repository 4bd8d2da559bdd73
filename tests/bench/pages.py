"""Figures of the pages of desk, console, customers and programs: after a million orders and requests against ten thousand.

The demo's own set-up stands behind both. python -m tests.bench.pages [how many orders] [sqlite|postgresql]
"""

import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from shop.api.scopes import SCOPES
from shop.api.tokens import make_token
from shop.base.db import Database
from shop.base.settings import ROOT
from shop.policies.library import PolicyLibrary
from shop.scorecard.counting import recount_due
from shop.support.staffed.kept_promises import count_kept_days
from shop.upkeep.personal.invariants import nowhere
from shop.upkeep.proving import ask, invariants
from tests.bench.alternating import alternating
from tests.bench.sold import number_of, ref_of, sell
from tests.bench.spent import cost
from tests.bench.writes import buy
from tests.conftest import prepare
from tests.postgres import found, running_postgres
from tests.statements import counted, statements
from tests.world import TUESDAY, Browser, World, world

ORDERS, SMALL, TIMES = 1_000_000, 10_000, 7
ORDER, REQUEST = number_of(3), ref_of(3)

Line = tuple[str, float, str, str]
Look = Callable[[], None]

STAFF = (
    "/desk",
    "/desk?tab=waiting",
    "/desk?tab=overdue",
    "/desk?tab=all",
    "/desk?tab=answered",
    f"/desk/requests/{REQUEST}",
    "/desk/orders",
    f"/desk/orders/{ORDER}",
    "/desk/cases",
    "/desk/cases/C-00000003",
    "/desk/reimbursements",
    "/desk/incidents",
    "/desk/referrals",
    "/desk/documents",
    "/console",
    "/console/markets/de",
    "/console/markets/de/scorecard",
    "/console/markets/de/lessons",
    "/console/markets/de/readiness",
    "/console/markets/de/audit",
    "/console/audit",
    "/console/people",
    "/console/recalls",
    "/console/recalls/new",
    "/console/mail",
    "/console/check",
    "/console/knowledge",
    "/console/knowledge/gaps",
    "/console/record",
    "/console/coverage",
    "/console/roster",
    "/console/catalogue",
    "/console/catalogue/stock",
    "/console/workshop",
    "/console/workshop/changes",
    "/console/webhooks",
    "/console/personal-data",
)
PROGRAMS = ("/api/v1/orders", f"/api/v1/orders/{ORDER}", "/api/v1/requests", "/api/v1/markets/de", "/api/v1/stock")


def lines(orders: int = ORDERS, engine: str = "") -> Iterator[Line]:
    """What was measured on each engine: what, the figure, its aim, and how it was made up."""
    with tempfile.TemporaryDirectory(prefix="softlaunch-bench-pages-") as folder:
        if engine != "postgresql":
            yield from _of_engine(
                [f"sqlite:///{folder}/{name}.db" for name in ("small", "large")], orders, Path(folder)
            )
        if engine == "sqlite":
            return
        if found() is None:
            yield "PostgreSQL", float("nan"), "", "skipped: there is none on this machine"
            return
        with running_postgres() as server:
            urls = [server.url(server.create()).replace("://", "+psycopg://", 1) for _ in range(2)]
            yield from _of_engine(urls, orders, Path(folder))


def _of_engine(urls: list[str], orders: int, folder: Path) -> Iterator[Line]:
    engine = "SQLite" if urls[0].startswith("sqlite") else "PostgreSQL"
    for url, count in zip(urls, (SMALL, orders), strict=True):
        _fill(url, count)
    with ExitStack() as stack:
        worlds = [stack.enter_context(world(folder, url)) for url in urls]
        looks = [_looks(each) for each in worlds]
        ratios = []
        for path in looks[0]:
            small, large = alternating([each[path] for each in looks], TIMES)
            ratio = median(mine / theirs for mine, theirs in zip(large, small, strict=True))
            took = f"{median(large) * 1000:.1f} ms against {median(small) * 1000:.1f} ms"
            ratios.append((ratio, path, f"{took}, {_asked(worlds[1], looks[1][path])} statements"))
        for ratio, path, detail in sorted(ratios, reverse=True):
            yield f"{path}: {orders:,} / {SMALL:,}", ratio, "<= 1.3", f"{detail}; {engine}"
        yield from _check(worlds[1].house.database, orders, engine)


def _fill(url: str, orders: int) -> None:
    prepare(url)
    database = Database(url)
    sell(database, orders, now=TUESDAY)
    recount_due(database, now=TUESDAY)  # as the periodic work does: a scorecard shows what was counted
    count_kept_days(database, now=TUESDAY)
    database.close()


def _looks(opened: World) -> dict[str, Look]:
    """Every page, as its reader asks for it."""
    staff, customer = opened.signed_in("mere"), buy(opened, "anna@example.com")
    with opened.house.database.writing() as db:
        made = make_token(db, "mere", name="bench", scopes=SCOPES, days=30, now=TUESDAY)
    order = str(customer.page.url) if customer.page else ""
    bearer = {"authorization": f"Bearer {made.text}"}
    return {
        **{path: lambda path=path: _page(staff, path) for path in STAFF},
        **{path: lambda path=path: _page(opened.browser(), path, headers=bearer) for path in PROGRAMS},
        "the customer's order": lambda: _page(customer, order),
        "a purchase": lambda: _bought(opened),
    }


def _page(browser: Browser, path: str, **options: Any) -> None:
    answer = browser.get(path, **options)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")


def _asked(opened: World, look: Look) -> int:
    """How many statements it sends, besides what only begins and ends a transaction."""
    with counted(opened) as sent:
        look()
    return len(statements(sent))


def _bought(opened: World) -> None:
    buy(opened, f"{secrets.token_hex(6)}@example.com")


def _check(database: Database, orders: int, engine: str) -> Iterator[Line]:
    """`softlaunch check`, and the slowest of what it asks."""
    took = []
    for each in invariants(PolicyLibrary(ROOT / "policies"), nowhere):
        found_broken = []
        seconds = cost(database, lambda each=each, into=found_broken: into.append(ask(database, each, TUESDAY)))
        took.append((seconds, each.key, found_broken[0].number))
    slowest = ", ".join(f"{key} {seconds:.1f} s" for seconds, key, _number in sorted(took, reverse=True)[:4])
    whole = sum(seconds for seconds, _key, _number in took)
    yield (
        f"softlaunch check, seconds per 100,000 of {orders:,} orders",
        whole / orders * 1e5,
        "<= 3",
        f"{slowest}; {engine}",
    )


if __name__ == "__main__":
    given = sys.argv[1:]
    for what, value, aim, detail in lines(int(given[0]) if given else ORDERS, *given[1:2]):
        print(f"{what:<60} {value:9.2f}   aim {aim or 'none':<7} {detail}", flush=True)
