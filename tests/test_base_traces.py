"""Traces say where the time goes, and nothing about anybody; without the setting nothing of them is loaded."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import Connection, event

from shop import jobs
from shop.app import doors, fronted
from shop.base.settings import ROOT, BadSetting, from_environment
from shop.base.traces import Traces
from shop.house import assemble
from tests.doors import fresh_world
from tests.world import ANNA, World, forms

NAMES = {
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "db.system.name",
    "softlaunch.outcome",
    "error.type",
}


@pytest.fixture
def traced(tmp_path: Path, demo_file: Path) -> Iterator[tuple[World, InMemorySpanExporter]]:
    """The world with traces into memory."""
    with fresh_world(demo_file, tmp_path) as plain:
        spans = InMemorySpanExporter()
        traces = Traces(spans)
        traces.listen(plain.house.database.engine, plain.house.payments, plain.house.mailer)
        house = replace(plain.house, traces=traces)
        plain.app = traces.requests(fronted(house, doors(house, jobs_inside=False)))
        plain.house = house
        yield plain, spans


def told(world: World, spans: InMemorySpanExporter) -> list[ReadableSpan]:
    assert world.house.traces is not None
    world.house.traces.stop()
    return list(spans.get_finished_spans())


def bought(world: World) -> list[str]:
    """A whole purchase with its mail; everything personal or secret that came up."""
    anna = world.browser("de")
    anna.post("/de/de/cart/lines", {"sku": "HB-BL-230", "quantity": "1"})
    anna.post("/de/de/checkout", ANNA)
    form = next(each for each in forms(anna.get("/de/de/checkout/review").text) if each.action.endswith("/orders"))
    till = anna.post("/de/de/orders", {**form.fields, "accept": "yes"}).headers["location"]
    anna.post(till, {"outcome": "pay"})
    anna.get("/de/de/search?q=anna-was-here")
    anna.get("/anna-was-here/nowhere")
    world.work()
    number = next(name.partition("order-")[2] for name in anna.cookies if name.startswith("order-"))
    return [*ANNA.values(), number, till.rpartition("/")[2], "anna-was-here", "127.0.0.1", *anna.cookies.values()]


def test_a_purchase_is_told_from_the_request_to_the_mail(traced: tuple[World, InMemorySpanExporter]) -> None:
    world, spans = traced
    bought(world)
    found = told(world, spans)
    names = {each.name for each in found}

    assert {"POST /{market}/{lang}/orders", "payments.open_session", "write transaction", "read transaction"} <= names
    assert {"job payments", "effect order mail", "mail.send"} <= names
    by_id = {each.context.span_id: each for each in found if each.context}
    asked = next(each for each in found if each.name == "payments.open_session")
    assert asked.parent and by_id[asked.parent.span_id].name == "POST /{market}/{lang}/orders"
    writes = [each for each in found if each.name == "write transaction" and each.parent]
    assert any(by_id[each.parent.span_id].name == "POST /{market}/{lang}/orders" for each in writes if each.parent)


def test_no_span_says_anything_about_anybody(traced: tuple[World, InMemorySpanExporter]) -> None:
    world, spans = traced
    secret = bought(world)
    for each in told(world, spans):
        assert set(each.attributes or {}) <= NAMES and not each.events
        said = " ".join([each.name, str(each.status.description), *map(str, (each.attributes or {}).values())])
        assert not [word for word in secret if word and word in said], said


def test_of_what_goes_wrong_the_class_is_told_and_not_the_words(traced: tuple[World, InMemorySpanExporter]) -> None:
    world, spans = traced
    assert world.house.traces is not None
    with pytest.raises(LookupError), world.house.traces.span("work"):
        raise LookupError("anna@example.com is not there")
    (span,) = [each for each in told(world, spans) if each.name == "work"]
    assert dict(span.attributes or {}) == {"error.type": "LookupError"}
    assert not span.status.is_ok and span.status.description is None and not span.events


def test_what_is_taken_back_is_told_as_such(traced: tuple[World, InMemorySpanExporter]) -> None:
    world, spans = traced
    with pytest.raises(LookupError), world.house.database.writing() as db:
        db.connection().exec_driver_sql("UPDATE market SET position = 9")
        raise LookupError
    last = [each for each in told(world, spans) if each.name == "write transaction"][-1]
    assert (last.attributes or {})["softlaunch.outcome"] == "rollback"


def test_the_commit_is_part_of_what_a_transaction_takes(traced: tuple[World, InMemorySpanExporter]) -> None:
    world, spans = traced
    under_way: list[bool] = []

    def committing(connection: Connection) -> None:
        under_way.append(connection.info["softlaunch_span"].is_recording())

    event.listen(world.house.database.engine, "commit", committing)
    with world.house.database.writing() as db:
        db.connection().exec_driver_sql("UPDATE market SET position = 9")
    assert under_way == [True]
    last = [each for each in told(world, spans) if each.name == "write transaction"][-1]
    assert (last.attributes or {})["softlaunch.outcome"] == "commit" and last.end_time


def test_without_the_setting_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    look = (
        "import sys, shop.app; from shop.house import assemble; from shop.base.settings import from_environment; "
        "house = assemble(from_environment()); "
        "assert house.traces is None and not [name for name in sys.modules if 'opentelemetry' in name]"
    )
    environment = {"SOFTLAUNCH_DATA_DIR": str(tmp_path), "PATH": ""}
    subprocess.run([sys.executable, "-c", look], cwd=ROOT, env=environment, check=True)


def test_the_setting_switches_them_on(tmp_path: Path) -> None:
    settings = from_environment(
        {"SOFTLAUNCH_DATA_DIR": str(tmp_path), "SOFTLAUNCH_TRACES_URL": "http://127.0.0.1:9/v1/traces"}
    )
    house = assemble(settings)
    assert house.traces is not None and house.watchers[0] is house.traces
    house.traces.stop()
    house.database.close()


def test_without_the_extra_the_setting_is_refused_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shop.base.traces", None)
    settings = from_environment(
        {"SOFTLAUNCH_DATA_DIR": str(tmp_path), "SOFTLAUNCH_TRACES_URL": "http://127.0.0.1:9/v1/traces"}
    )
    with pytest.raises(BadSetting, match=r"SOFTLAUNCH_TRACES_URL: needs the extra softlaunch\[traces\]"):
        assemble(settings)


def test_every_job_and_effect_has_a_span(traced: tuple[World, InMemorySpanExporter]) -> None:
    world, spans = traced
    world.later(hours=25)
    names = {each.name for each in told(world, spans)}
    assert {f"job {each.name}" for each in jobs.JOBS if each.waits is None} <= names
