"""The files that put the shop on a machine name only what is there: commands, files, settings, metrics. No Docker is needed.

They are read as what they are (a container file's instructions, YAML, systemd's units, JSON), and each name is looked up.
"""

import base64
import configparser
import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from prometheus_client.parser import text_string_to_metric_families

from shop.app import DOORS
from shop.backups.making import back_up
from shop.base import health
from shop.base.descriptors import MOST, RESERVE
from shop.base.settings import ROOT, VARIABLES, BadSetting, from_environment
from shop.base.unsafe_settings import refuse_unsafe
from shop.cli import app
from tests.world import World

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
UNITS = sorted(DEPLOY.glob("*.service"))
COMMANDS = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
INSTRUCTION = re.compile(r"^([A-Z]+) ((?:.*\\\n)*.*)$", re.MULTILINE)
INSTALLED = "/opt/softlaunch"


def instructions() -> list[tuple[str, str]]:
    """The container file's instructions, each with its words on one line."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Containerfile").read_text("utf-8"), flags=re.MULTILINE)
    return [(name, rest.replace("\\\n", " ")) for name, rest in INSTRUCTION.findall(text)]


def given(name: str) -> list[str]:
    return [rest for each, rest in instructions() if each == name]


def test_the_container_is_built_from_a_named_version_and_hashes() -> None:
    assert [
        re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-[a-z]+", each) is not None for each in given("FROM")
    ] == [True]
    runs = " ".join(given("RUN"))
    assert "pip install --require-hashes -r requirements.lock" in runs
    assert runs.count("pip install") == 2 and "pip install --no-deps" in runs


def test_what_the_container_copies_is_there_and_reaches_it() -> None:
    sources = [source for line in given("COPY") for source in shlex.split(line)[:-1]]
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert sources and all((ROOT / source).exists() for source in sources)
    assert "*" in ignored and {each.removeprefix("!") for each in ignored if each.startswith("!")} == set(sources)


def test_the_container_runs_as_nobody_special_and_says_how_it_is() -> None:
    names = [name for name, _rest in instructions()]
    assert given("USER") == ["10001:10001"] and "--uid 10001" in " ".join(given("RUN"))
    assert names.index("USER") > max(place for place, name in enumerate(names) if name in ("RUN", "COPY"))
    assert json.loads(given("ENTRYPOINT")[0]) == ["softlaunch"] and json.loads(given("CMD")[0]) == ["serve"]
    assert "http://127.0.0.1:8000/healthz" in given("HEALTHCHECK")[0] and given("EXPOSE") == ["8000"]
    options, _, command = given("HEALTHCHECK")[0].partition("CMD ")
    compile(json.loads(command)[2], "healthcheck", "exec")

    said = COMPOSE["services"]["shop"]["healthcheck"]
    assert said["test"] == ["CMD", *json.loads(command)], "an image in Podman's own format has none"
    spans = {name: str(value) for name, value in said.items() if name != "test"}
    assert spans == {name.replace("-", "_"): value for name, value in re.findall(r"--(\S+)=(\S+)", options)}


def settings_named() -> Iterator[tuple[str, str]]:
    """Every setting that one of the files names, and where."""
    for file in (ROOT / "Containerfile", ROOT / "compose.yaml", *sorted(DEPLOY.iterdir())):
        for name in re.findall(r"SOFTLAUNCH_([A-Z_]+)", file.read_text("utf-8")):
            yield file.name, name


def test_every_setting_that_is_named_is_one() -> None:
    assert {(file, name) for file, name in settings_named() if name not in VARIABLES} == set()


@pytest.mark.parametrize("name", ["migrate", "shop", "work"])
def test_a_service_of_the_composition_is_a_command_with_settings_that_can_be_used(name: str, tmp_path: Path) -> None:
    service = COMPOSE["services"][name]
    assert set(service["command"]) <= COMMANDS
    assert service["read_only"] and service["cap_drop"] == ["ALL"]

    environment = image() | substituted(service["environment"], tried_out()) | {"SOFTLAUNCH_DATA_DIR": str(tmp_path)}
    settings = from_environment(environment)
    refuse_unsafe(settings, environment)
    assert settings.public and settings.database_url == "postgresql+psycopg://softlaunch:secret@database/softlaunch"
    assert settings.smtp_url == "smtp://mail:1025"


def image() -> dict[str, str]:
    """The variables that the image sets."""
    return dict(each.split("=", 1) for line in given("ENV") for each in shlex.split(line))


def tried_out() -> dict[str, str]:
    """What .env holds for who only tries it out; both places where it is made say the same."""
    found = []
    for file in (ROOT / "compose.yaml", ROOT / "docs" / "running.md"):
        command = re.search(r"\(umask 077 && printf .*?> \.env\)", file.read_text("utf-8"), re.DOTALL)
        assert command
        found.append(dict(re.findall(r"\b(SOFTLAUNCH_\w+)=(\S+)", command[0])))
    assert found[0] == found[1]
    return found[0]


def test_what_is_meant_for_trying_it_out_is_left_out_for_customers(tmp_path: Path) -> None:
    environment = (
        image() | substituted(COMPOSE["services"]["shop"]["environment"]) | {"SOFTLAUNCH_DATA_DIR": str(tmp_path)}
    )
    assert environment["SOFTLAUNCH_HOST"] == "0.0.0.0"  # noqa: S104
    assert set(tried_out()) == {"SOFTLAUNCH_ALLOW_PLAIN_HTTP", "SOFTLAUNCH_ALLOW_PRETEND_PAYMENTS"}
    with pytest.raises(BadSetting, match="others may come by it or by HOST"):
        from_environment(environment)
    assert not set(tried_out()) & set(told("Settings for customers"))


def substituted(environment: dict[str, str], kept: dict[str, str] | None = None) -> dict[str, str]:
    """The variables as compose fills them from an .env that holds POSTGRES_PASSWORD and what else is given."""
    known = {"POSTGRES_PASSWORD": "secret"} | (kept or {})

    def value(found: re.Match[str]) -> str:
        name, operator, rest = found[1], found[2] or "", found[3] or ""
        assert name in known or operator == ":-", f"{name} would have to be set"
        return known.get(name) or rest

    return {name: re.sub(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}", value, text) for name, text in environment.items()}


def told(head: str) -> dict[str, str]:
    """The settings that docs/running.md writes down in a chapter, with something in place of each `…`."""
    chapter = (ROOT / "docs" / "running.md").read_text("utf-8").partition(f"## {head}\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^(SOFTLAUNCH_[A-Z_]+)=(\S+)$", chapter, re.MULTILINE)
    assert lines, f"no settings in {head}"
    return {name: value.replace("…", "0123456789abcdef") for name, value in lines}


def test_what_the_page_writes_down_starts_a_shop_for_customers(tmp_path: Path) -> None:
    environment = told("Settings for customers") | told("On a machine of its own")
    environment |= {"SOFTLAUNCH_DATA_DIR": str(tmp_path / "state")}
    settings = from_environment(environment)
    refuse_unsafe(settings, environment)
    assert settings.public and settings.secure and not settings.sqlite
    for name in ("SOFTLAUNCH_STRIPE_SECRET_KEY", "SOFTLAUNCH_STRIPE_WEBHOOK_SECRET"):
        del environment[name]
    with pytest.raises(BadSetting, match="nobody would pay"):
        refuse_unsafe(from_environment(environment), environment)


@pytest.mark.parametrize("name", ["migrate", "shop", "work"])
def test_with_the_same_settings_the_composition_starts_one(name: str, tmp_path: Path) -> None:
    environment = substituted(COMPOSE["services"][name]["environment"], told("Settings for customers"))
    environment = image() | environment | {"SOFTLAUNCH_DATA_DIR": str(tmp_path / "state")}
    settings = from_environment(environment)
    refuse_unsafe(settings, environment)
    assert set(told("Settings for customers")) <= set(environment) and settings.public


@pytest.mark.parametrize("name", ["shop", "work"])
def test_what_the_composition_refuses_to_start_over_is_put_right_in_its_env_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text(base64.b64encode(b"k" * 32).decode())
    (tmp_path / "secret-key").chmod(0o600)

    def start(**kept: str) -> None:
        given = substituted(COMPOSE["services"][name]["environment"], told("Settings for customers") | kept)
        environment = given | {"SOFTLAUNCH_DATA_DIR": str(tmp_path)}
        refuse_unsafe(from_environment(environment), environment)

    with pytest.raises(BadSetting, match="no random key"):
        start()
    random = {"SOFTLAUNCH_SECRET_KEY": base64.b64encode(bytes(range(32))).decode()}
    start(**random)
    with pytest.raises(BadSetting, match="nobody would pay"):
        start(**random, SOFTLAUNCH_STRIPE_SECRET_KEY="sk_test_1")
    start(**random, SOFTLAUNCH_STRIPE_SECRET_KEY="sk_test_1", SOFTLAUNCH_ALLOW_PRETEND_PAYMENTS="1")
    with pytest.raises(BadSetting, match="name the proxies themselves"):
        start(**random, SOFTLAUNCH_TRUSTED_PROXIES="0.0.0.0/0")


def test_the_image_can_copy_the_database_of_the_composition() -> None:
    client = re.search(r"\bpostgresql-client-(\d+)\b", " ".join(given("RUN")))
    server = re.search(r"/postgres:(\d+)-", COMPOSE["services"]["database"]["image"])
    assert client and server and int(client[1]) >= int(server[1])


def test_the_composition_holds_together() -> None:
    services: dict[str, Any] = COMPOSE["services"]
    for name, service in services.items():
        for other in service.get("depends_on", {}):
            assert other in services, f"{name} waits for {other}"
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in COMPOSE["volumes"]
        built = service.get("build") or (service["image"], service.get("pull_policy")) == ("softlaunch", "never")
        assert built or re.search(r":v?\d+", service["image"]), f"{name} has no version"
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), "nothing is open to the network"
    assert services["shop"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"
    build = services["shop"]["build"]
    assert (ROOT / build["context"] / build["dockerfile"]).is_file()
    used = re.search(r"run --rm shop import (\S+)", (ROOT / "compose.yaml").read_text("utf-8"))
    assert used and (ROOT / used[1]).is_dir()


def unit(file: Path) -> configparser.ConfigParser:
    """systemd's own form: keys may come again, and then add to each other."""
    read = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(file.read_text("utf-8"))
    return read


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_a_unit_runs_a_command_that_is_there_and_may_do_little(file: Path) -> None:
    service = unit(file)["Service"]
    for key in ("ExecStartPre", "ExecStart"):
        if key in service and not service[key].startswith("/usr/bin/find "):
            program, command = service[key].split()[:2]
            assert program == f"{INSTALLED}/.venv/bin/softlaunch" and command in COMMANDS
    state, *more = service["StateDirectory"].split()
    assert service["User"] == "softlaunch" and state == "softlaunch" and service["StateDirectoryMode"] == "0700"
    assert more == ["softlaunch-backups"] * ("backup" in file.name)
    assert service["EnvironmentFile"] == "/etc/softlaunch/environment"
    data = re.search(r"SOFTLAUNCH_DATA_DIR=(\S+)", service["Environment"])
    assert data and data[1] == f"/var/lib/{state}", "strict: it could write nowhere else"
    for key in (
        "NoNewPrivileges",
        "ProtectHome",
        "PrivateTmp",
        "PrivateDevices",
        "RestrictSUIDSGID",
        "LockPersonality",
    ):
        assert service[key] == "yes"
    assert service["ProtectSystem"] == "strict" and service["CapabilityBoundingSet"] == ""
    document = unit(file)["Unit"]["Documentation"].removeprefix(f"file:{INSTALLED}/")
    assert (ROOT / document).is_file()


def test_there_is_a_unit_for_serving_one_for_the_work_and_one_for_backups() -> None:
    assert {unit(file)["Service"]["ExecStart"].split()[1] for file in UNITS} == {"serve", "work", "backup"}


def test_whoever_serves_may_open_as_many_files_as_it_could_use() -> None:
    for name in ("softlaunch", "softlaunch-work"):
        assert int(unit(DEPLOY / f"{name}.service")["Service"]["LimitNOFILE"]) >= MOST + RESERVE


def test_a_timer_begins_the_backup_and_the_page_says_how_it_is_switched_on() -> None:
    timers = sorted(DEPLOY.glob("*.timer"))
    assert [each.with_suffix(".service").name for each in timers] == ["softlaunch-backup.service"]
    timer = unit(timers[0])
    assert (timer["Timer"]["OnCalendar"], timer["Timer"]["Persistent"]) == ("hourly", "true")
    assert timer["Install"]["WantedBy"] == "timers.target" and "Install" not in unit(timers[0].with_suffix(".service"))
    page = (ROOT / "docs" / "running.md").read_text("utf-8")
    switched_on = re.search(r"^systemctl enable --now softlaunch (.+)$", page, re.MULTILINE)
    assert switched_on and switched_on[1].split() == ["softlaunch-work", "softlaunch-backup.timer"]
    assert "deploy/*.timer" in page and "softlaunch-backup.service" in page


def test_the_backup_goes_where_the_unit_may_write_and_only_old_backups_go(sqlite_world: World, tmp_path: Path) -> None:
    service = unit(DEPLOY / "softlaunch-backup.service")["Service"]
    place = service["ExecStart"].split()[2]
    assert place in [f"/var/lib/{each}" for each in service["StateDirectory"].split()]
    find, folder, *asked = service["ExecStartPost"].split()
    assert (find, folder) == ("/usr/bin/find", place)
    made = [_backup(sqlite_world, tmp_path, days) for days in (15, 13)]
    (tmp_path / "notes.tar").touch()
    os.utime(tmp_path / "notes.tar", (0, 0))
    subprocess.run([find, tmp_path, *asked], check=True)
    assert sorted(tmp_path.glob("*.tar")) == [tmp_path / "notes.tar", made[1]]


def test_of_old_backups_one_of_each_day_stays(sqlite_world: World, tmp_path: Path) -> None:
    find, _folder, *asked = unit(DEPLOY / "softlaunch-backup.service")["Service"]["ExecStartPre"].split()
    today = datetime.now(UTC)
    for days in range(4):
        for hour in (2, 3, 4):
            made = (today - timedelta(days=days)).replace(hour=hour, minute=4, second=9)
            file = tmp_path / f"softlaunch-{made:%Y%m%dT%H%M%SZ}.tar"
            file.touch()
            os.utime(file, (today.timestamp() - days * 86400 - 60,) * 2)
    subprocess.run([find, tmp_path, *asked], check=True)
    left = [each.name.partition("T")[2][:2] for each in sorted(tmp_path.glob("*.tar"))]
    assert left == ["03", "03", "02", "03", "04", "02", "03", "04"]


def _backup(world: World, folder: Path, days: int) -> Path:
    """One that was made so many days ago."""
    now = datetime.now(UTC) - timedelta(days=days, hours=1)
    made = back_up(world.house.settings, folder, with_key=False, now=now, told=lambda *_: None)
    os.utime(made.file, (now.timestamp(), now.timestamp()))
    return made.file


def test_the_proxy_asks_a_door_that_is_there() -> None:
    text = (DEPLOY / "Caddyfile").read_text("utf-8")
    asked = re.findall(r"(?:health_uri|respond) (/\S+)", text)
    assert set(asked) == {"/readyz", "/metrics"} <= {path for handler in health.HANDLERS for path in handler.paths}
    assert text.count("{") == text.count("}")
    most = re.search(r"max_size (\d+)MB", text)
    sizes = [handler.request_max_body_size for door in DOORS for handler in door.HANDLERS]
    largest = max(each for each in sizes if isinstance(each, int))
    assert most and int(most[1]) * 1_000_000 >= largest, (
        "what is too large is answered by the shop, in the reader's words"
    )


def test_every_figure_of_the_dashboard_is_one_that_the_shop_gives(sqlite_world: World) -> None:
    sqlite_world.browser().get("/")
    families = list(text_string_to_metric_families(sqlite_world.browser().get("/metrics").text))
    samples = {sample.name for family in families for sample in family.samples}
    labels = {(sample.name, name) for family in families for sample in family.samples for name in sample.labels}
    dashboard = json.loads((DEPLOY / "dashboard.json").read_text("utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    named = {name for expression in asked for name in re.findall(r"\b((?:softlaunch|process)_\w+)\{", expression)}

    assert len(asked) >= 10 and named - samples == {"softlaunch_shown_total"}  # which only a shop with a replica counts
    for expression in asked:
        for name, chosen in re.findall(r"\b(\w+)\{instance=~\"\$instance\",(\w+)=", expression):
            assert (name, chosen) in labels
        for grouped in re.findall(r"by \(([^)]*)\)", expression):
            for label in set(grouped.split(", ")) - {"server"}:
                assert any(label == known for _name, known in labels), label
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids)
