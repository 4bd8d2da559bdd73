"""The world on both engines: each test gets a copy of a database into which the demo exporter was imported once."""

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shop.base.database_address import primary_address
from shop.base.db import Database
from shop.base.settings import ROOT
from shop.demo import showing
from shop.migrations.migrate import migrate
from shop.policies.library import PolicyLibrary
from tests.doors import fresh_world
from tests.world import TUESDAY, World
from tests.world import world as open_world

# Walks over many pages, threads and processes; `make test-fast` leaves them out.
SLOW = {
    f"test_{name}.py"
    for name in (
        "launches_console",
        "launches_steps_console",
        "launches_stop_console",
        "launches_transitions",
        "documents_pdf",
        "doors_answers",
        "doors_bad_carts",
        "doors_bytes",
        "doors_foreign_forms",
        "doors_letting_in",
        "doors_roles",
        "support_desk",
        "support_pages",
        "catalogue_browsing",
        "base_replica",
        "base_traces",
        "contributing",
        "faults_failover",
        "faults_soak",
        "faults_backing_up",
        "faults_changing",
        "faults_clock_jumps",
        "faults_full_disk",
        "faults_fuzz",
        "abuse_cart_and_checkout",
        "abuse_headers",
        "abuse_payloads",
        "abuse_payment_and_webhook",
        "abuse_secrets",
        "abuse_support",
        "faults_held_up",
        "faults_mail_away",
        "faults_minutes",
        "faults_provider_away",
        "faults_server_gone",
        "faults_two_versions",
        "migrations_online",
        "checkout_stripe",
        "checkout_parcels",
        "aftersales_owned",
        "aftersales_documents",
        "checkout_settle",
        "checkout_placing",
        "checkout_sweep",
        "checkout_quote",
        "cli",
        "cli_demo",
        "cli_markets",
        "cli_processes",
        "cli_setup",
        "cli_texts",
        "demo_history",
        "upkeep_personal_erasing",
        "upkeep_personal_handing_out",
        "upkeep_personal_retaining",
        "upkeep_outbox_console",
        "upkeep_personal_console",
        "doors_states",
        "checkout_stock",
        "checkout_limits",
        "checkout_once",
        "checkout_prepayment",
        "checkout_bad_input",
        "upkeep_importing",
        "upkeep_importing_again",
        "upkeep_importing_mistakes",
        "policies_acceptance",
        "support_waiting",
        "support_crisis_pages",
        "support_contacts",
        "aftersales_claims",
        "aftersales_recall",
        "api_described",
        "api_reading",
        "api_writing",
        "api_webhooks",
        "backups_making",
        "backups_refused",
        "backups_restoring",
        "checkout_comparing",
        "faults_claims",
        "faults_crash_points",
        "faults_crowd",
        "faults_deliveries",
        "faults_event_orders",
        "faults_killed_server",
        "faults_killed_service",
        "faults_model",
        "faults_several_processes",
    )
}

# These begin early, too; they are no slower test by test, but have many.
LONG = {
    f"test_{name}.py"
    for name in (
        "aftersales_withdrawal",
        "policies_drafts",
        "support_inbound",
        "upkeep_catalogue_offers",
        "upkeep_writing",
    )
}

LESS_OFTEN = (20_000, 20, 20)  # thresholds of the garbage collector (gc.set_threshold); Python's own begin with 700

ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))

pytest_plugins = [
    "tests.compiled",
    "tests.postgres",
    "tests.postgres_pair",
    "tests.chromium",
    "tests.smtp",
    "tests.fault_places",
]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Save the garbage collector work: the modules and tests that are collected here stay to the end of the run.

    It rests while they are loaded and never looks through them again. What tests leave behind it finds as before.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*LESS_OFTEN)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow files' tests as such, in one place, and begin with what takes longest: no worker ends alone then."""
    for item in items:
        if item.path.name in SLOW:
            item.add_marker(pytest.mark.slow)
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (not _takes_long(item.path), -tests[item.path], item.path))


def _takes_long(file: Path) -> bool:
    return file.name in SLOW | LONG or file.parent.name == "browser"


def prepare(url: str) -> None:
    """Give a new database its tables and the demo exporter, as `softlaunch demo` does."""
    database = Database(url)
    migrate(database)
    showing.load(database, PolicyLibrary(ROOT / "policies"), now=TUESDAY)
    database.close()


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo in it, made once per process and copied for each test."""
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    prepare(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_world(tmp_path: Path, demo_file: Path) -> Iterator[World]:
    """The world over SQLite."""
    with fresh_world(demo_file, tmp_path) as opened:
        yield opened


@pytest.fixture
def postgres_world(tmp_path: Path, postgres: Any) -> Iterator[World]:
    """The world over PostgreSQL."""
    with _world_over(postgres, tmp_path) as opened:
        yield opened


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest) -> World:
    """The world on each engine in turn."""
    opened: World = request.getfixturevalue(f"{request.param}_world")
    return opened


@contextmanager
def world_on(request: pytest.FixtureRequest, folder: Path) -> Iterator[World]:
    """A world for the tests of a whole module, on the engine of a fixture that has ENGINES for its parameters."""
    if request.param == "sqlite":
        with fresh_world(request.getfixturevalue("demo_file"), folder) as opened:
            yield opened
    else:
        with _world_over(request.getfixturevalue("postgres"), folder) as opened:
            yield opened


@contextmanager
def _world_over(server: Any, folder: Path) -> Iterator[World]:
    with (
        server.database(server.template("demo", prepare_postgres)) as url,
        open_world(folder, primary_address(url)) as opened,
    ):
        yield opened


def prepare_postgres(url: str) -> None:
    """As `prepare`, by an address without a driver."""
    prepare(primary_address(url))
