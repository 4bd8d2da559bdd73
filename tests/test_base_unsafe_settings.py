"""What a start refuses before customers, each with its reason, and what it lets be on one's own machine."""

import base64
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from smtplib import SMTPNotSupportedError

import pytest
from sqlmodel import select

from shop import cli
from shop.app import served
from shop.base.foreign_hosts import is_foreign
from shop.base.mail import Mail, SmtpMailer
from shop.base.settings import BadSetting, Settings, from_environment
from shop.base.unsafe_settings import DANGERS, refuse_unsafe, worth_a_warning
from shop.demo.left_over import people_of_the_demo
from shop.staff.models import Person
from shop.staff.signin import password_hash
from tests.doc_tables import table
from tests.smtp import smtp_server
from tests.world import TUESDAY, World

KEY = base64.b64encode(bytes(range(32))).decode()
PUBLIC = {
    "BASE_URL": "https://shop.example",
    "SECRET_KEY": KEY,
    "STRIPE_SECRET_KEY": "sk_live_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
}
SAFE_DATABASE = "postgresql://shop:x@db.example/shop?sslmode=verify-full"

REFUSED = [
    ({"SECRET_KEY": base64.b64encode(b"softlaunch" * 4).decode()}, "SECRET_KEY: is no random key"),
    ({"STRIPE_API_BASE": "https://stand-in.example"}, "STRIPE_SECRET_KEY: is a live key, and SOFTLAUNCH_STRIPE_API_BASE"),
    ({"TESTING": "1"}, "STRIPE_SECRET_KEY: is a live key, and SOFTLAUNCH_TESTING"),
    ({"STRIPE_SECRET_KEY": "rk_live_1", "TESTING": "1"}, "is a live key"),
    ({"STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_SECRET_KEY: the demo till would take"),
    ({"STRIPE_SECRET_KEY": "sk_test_1"}, "STRIPE_SECRET_KEY: Stripe's test mode would take"),
    ({"LITESTAR_DEBUG": "1"}, "LITESTAR_DEBUG is set"),
    ({"LITESTAR_PDB": "true"}, "LITESTAR_PDB is set"),
    ({"PYTHONDEVMODE": "1"}, "PYTHONDEVMODE is set"),
    ({"TRUSTED_PROXIES": "10.0.0.1, 0.0.0.0/0"}, "TRUSTED_PROXIES: 0.0.0.0/0 believes"),
    ({"TRUSTED_PROXIES": "::/0"}, "TRUSTED_PROXIES: ::/0 believes"),
    ({"TRUSTED_PROXIES": "128.0.0.0/1"}, "TRUSTED_PROXIES"),
    (
        {"TESTING": "1", "TEST_CLOCK_FILE": "/tmp/clock", "STRIPE_SECRET_KEY": "sk_test_1", "ALLOW_PRETEND_PAYMENTS": "1"},
        "TEST_CLOCK_FILE: customers are served by the real time",
    ),
    ({"DATABASE_URL": "postgresql://shop:x@db.example/shop"}, "DATABASE_URL: db.example is reached"),
    ({"DATABASE_URL": "postgresql://shop:x@8.8.8.8/shop?sslmode=prefer"}, "DATABASE_URL: 8.8.8.8"),
    ({"DATABASE_URL": "postgresql://shop:x@db:5432,db.example:5433/shop"}, "DATABASE_URL: db.example"),
    ({"DATABASE_URL": "postgresql://shop:x@localhost/shop?hostaddr=8.8.8.8"}, "DATABASE_URL: 8.8.8.8"),
    ({"DATABASE_URL": "postgresql:///shop?host=2001:4860:4860::8888"}, "DATABASE_URL: 2001:4860:4860::8888"),
    ({"DATABASE_URL": "postgresql:///shop", "PGHOST": "db.example"}, "DATABASE_URL: db.example"),
    ({"DATABASE_URL": "postgresql://db/shop", "PGHOSTADDR": "8.8.8.8"}, "DATABASE_URL: 8.8.8.8"),
    ({"TRUSTED_PROXIES": "::ffff:0:0/96"}, "TRUSTED_PROXIES: ::ffff:0:0/96 believes"),
    (
        {"DATABASE_URL": SAFE_DATABASE, "DATABASE_READ_URL": "postgresql://shop:x@two.example/shop"},
        "DATABASE_READ_URL: two.example",
    ),
    ({"TRACES_URL": "http://traces.example:4318/v1/traces"}, "TRACES_URL: traces.example"),
]  # fmt: skip

ACCEPTED = [
    {},
    {"STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRET": "", "ALLOW_PRETEND_PAYMENTS": "1"},
    {"STRIPE_SECRET_KEY": "sk_test_1", "ALLOW_PRETEND_PAYMENTS": "1"},
    {"LITESTAR_DEBUG": "0"},
    {"TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8,2001:db8::/32,::ffff:10.0.0.0/104"},
    {"DATABASE_URL": SAFE_DATABASE, "DATABASE_READ_URL": SAFE_DATABASE},
    {"TRACES_URL": "http://collector:4318/v1/traces"},
    {"TRACES_URL": "https://traces.example/v1/traces"},
    {"DATABASE_URL": "postgresql://shop:x@database/shop"},
    {"DATABASE_URL": "postgresql://shop:x@10.1.2.3/shop"},
    {"DATABASE_URL": "postgresql:///shop?host=/run/postgresql"},
    {"DATABASE_URL": "postgresql://shop:x@db.example/shop", "PGSSLMODE": "require"},
    {"HOST": "0.0.0.0", "BASE_URL": "http://127.0.0.1:8000", "ALLOW_PLAIN_HTTP": "1"},  # noqa: S104
    {"HOST": "0.0.0.0"},  # noqa: S104
]


def environment(folder: Path, **given: str) -> dict[str, str]:
    values = {"DATA_DIR": str(folder / "data"), **PUBLIC, **given}
    (folder / "data").mkdir(mode=0o700, exist_ok=True)
    return {
        name if name.startswith(("LITESTAR", "PYTHON", "PGSSL", "PGHOST")) else f"SOFTLAUNCH_{name}": value
        for name, value in values.items()
    }


def start(folder: Path, **given: str) -> Settings:
    told = environment(folder, **given)
    settings = from_environment(told)
    refuse_unsafe(settings, told)
    return settings


@pytest.mark.parametrize(("given", "reason"), REFUSED, ids=lambda each: str(each)[:60])
def test_what_is_not_safe_before_customers_stops_the_start(tmp_path: Path, given: dict[str, str], reason: str) -> None:
    with pytest.raises(BadSetting, match=re.escape(reason)):
        start(tmp_path, **given)


@pytest.mark.parametrize("given", ACCEPTED, ids=str)
def test_what_is_safe_starts(tmp_path: Path, given: dict[str, str]) -> None:
    assert start(tmp_path, **given).public


@pytest.mark.parametrize(("given", "reason"), REFUSED, ids=lambda each: str(each)[:60])
def test_on_ones_own_machine_only_what_is_always_wrong_is_refused(
    tmp_path: Path, given: dict[str, str], reason: str
) -> None:
    given = {**given, "BASE_URL": "http://127.0.0.1:8000"}
    if any(each in reason for each in ("is a live key", "TRUSTED_PROXIES")):
        with pytest.raises(BadSetting, match=re.escape(reason)):
            start(tmp_path, **given)
    else:
        assert not start(tmp_path, **given).public


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "shop-machine"])  # noqa: S104
def test_where_others_reach_the_port_it_is_public_whatever_the_address_is_called(tmp_path: Path, host: str) -> None:
    given = {"HOST": host, "BASE_URL": "http://127.0.0.1:8091", "STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRET": ""}
    with pytest.raises(BadSetting, match="BASE_URL: is plain http, and others may come by it or by HOST"):
        start(tmp_path, **given)
    with pytest.raises(BadSetting, match="nobody would pay"):
        start(tmp_path, **given, ALLOW_PLAIN_HTTP="1")
    assert start(tmp_path, **given, ALLOW_PLAIN_HTTP="1", ALLOW_PRETEND_PAYMENTS="1").public


def test_a_live_key_in_a_test_is_refused_although_nobody_else_comes(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="is a live key"):
        start(tmp_path, BASE_URL="http://127.0.0.1:8000", TESTING="1", TEST_CLOCK_FILE="/tmp/clock")


@pytest.mark.parametrize("mode", [0o755, 0o703, 0o701, 0o777])
def test_a_folder_open_to_everybody_on_the_machine_is_refused(tmp_path: Path, mode: int) -> None:
    start(tmp_path)
    (tmp_path / "data").chmod(mode)
    with pytest.raises(BadSetting, match=r"DATA_DIR: .* chmod 700"):
        start(tmp_path)
    start(tmp_path, BASE_URL="http://127.0.0.1:8000")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_kept_key_that_others_read_is_refused(tmp_path: Path, mode: int) -> None:
    start(tmp_path, SECRET_KEY="")
    (tmp_path / "data" / "secret-key").chmod(mode)
    with pytest.raises(BadSetting, match=r"SECRET_KEY: the key kept in .* chmod 600"):
        start(tmp_path, SECRET_KEY="")
    start(tmp_path)  # the one that is given is used instead


def test_the_folder_it_makes_is_its_owners_alone(tmp_path: Path) -> None:
    from_environment({"SOFTLAUNCH_DATA_DIR": str(tmp_path / "new")})
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


MAILS = {"SMTP_URL": "smtps://mail.example", "MAIL_FROM": "care@shop.example"}


@pytest.mark.parametrize(
    ("user", "given", "named"),
    [
        (1000, MAILS, []),
        (0, MAILS, ["runs as root"]),
        (1000, {}, ["set SOFTLAUNCH_SMTP_URL"]),
        (1000, MAILS | {"SMTP_URL": ""}, ["set SOFTLAUNCH_SMTP_URL"]),
        (1000, MAILS | {"MAIL_FROM": ""}, ["shop@localhost, which no server takes: set SOFTLAUNCH_MAIL_FROM"]),
        (0, {}, ["runs as root", "set SOFTLAUNCH_SMTP_URL"]),
    ],
)
def test_what_should_not_stay_so_before_customers_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, given: dict[str, str], named: list[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    settings = start(tmp_path, **given)
    warnings = worth_a_warning(settings)
    assert len(warnings) == len(named) and all(
        each in warning for each, warning in zip(named, warnings, strict=True)
    ), warnings
    assert worth_a_warning(replace(settings, base_url="http://127.0.0.1:8000")) == ()


@pytest.mark.parametrize("command", [cli.serve, cli.work])
def test_a_start_after_which_nobody_would_be_told_anything_says_so(
    tmp_path: Path,
    demo_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: Callable[[], None],
) -> None:
    class Begun(Exception):
        """The command came as far as what follows the warnings."""

    def begin(_house: object) -> None:
        raise Begun

    shutil.copy(demo_file, tmp_path / "shop.db")
    for name, value in environment(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / 'shop.db'}").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(cli, "people_of_the_demo", lambda _database: [])
    monkeypatch.setattr(cli, "_hold_to_accepted", begin)
    with pytest.raises(Begun):
        command()
    assert "softlaunch: nobody is told anything" in capsys.readouterr().err


def test_a_serving_process_refuses_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(tmp_path, STRIPE_SECRET_KEY="", STRIPE_WEBHOOK_SECRET="").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match="nobody would pay"):
        served()


def test_the_demos_people_are_known_by_their_password(sqlite_world: World) -> None:
    database = sqlite_world.house.database
    assert {"mere@harbourbench.example", "lena@harbourbench.example"} <= set(people_of_the_demo(database))
    with database.writing() as db:
        for each in db.exec(select(Person)).all():
            each.password_hash = password_hash("another one, and long") if each.id == "mere" else ""
            db.add(each)
    assert people_of_the_demo(database) == []


@pytest.mark.parametrize("command", [cli.serve, cli.work])
@pytest.mark.parametrize(
    "reached",
    [{}, {"HOST": "0.0.0.0", "BASE_URL": "http://127.0.0.1:8091", "ALLOW_PLAIN_HTTP": "1"}],  # noqa: S104
    ids=["by name", "by address"],
)
def test_nobody_of_the_demo_is_let_before_customers(
    tmp_path: Path,
    demo_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[[], None],
    reached: dict[str, str],
) -> None:
    shutil.copy(demo_file, tmp_path / "shop.db")
    for name, value in environment(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / 'shop.db'}", **reached).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=r"demo's password.* mere@harbourbench\.example"):
        command()
    monkeypatch.setenv("SOFTLAUNCH_STRIPE_SECRET_KEY", "sk_test_1")
    with pytest.raises(BadSetting, match="nobody would pay"):
        command()


def test_the_demo_itself_is_shown_on_this_machine_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(tmp_path, ALLOW_PRETEND_PAYMENTS="1").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match="serve it on this machine"):
        cli.demo()


@pytest.mark.parametrize(
    ("host", "foreign"),
    [
        ("", False), ("localhost", False), ("127.0.0.2", False), ("::1", False), ("/run/postgresql", False),
        ("database", False), ("10.1.2.3", False), ("fd00::1", False), ("db.internal", False), ("Mail.Local.", False),
        ("db.example", True), ("127.evil.example", True), ("8.8.8.8", True), ("2606:4700::1", True),
        ("localhost.evil.example", True),
    ],
)  # fmt: skip
def test_which_hosts_are_reached_over_wires_of_others(host: str, foreign: bool) -> None:
    assert is_foreign(host) is foreign


def test_mail_to_a_foreign_host_goes_encrypted_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = Mail(to="anna@example.com", subject="s", text="t", html="<p>t</p>", language="en", key="k")
    with smtp_server() as post:  # it offers no encryption
        SmtpMailer(f"smtp://127.0.0.1:{post.port}", "shop@example.com").send(mail, now=TUESDAY)
        monkeypatch.setattr("shop.base.mail.is_foreign", lambda _host: True)
        with pytest.raises(SMTPNotSupportedError):
            SmtpMailer(f"smtp://127.0.0.1:{post.port}", "shop@example.com").send(mail, now=TUESDAY)
        assert len(post.mails) == 1


def test_readme_names_every_reason() -> None:
    assert table("unsafe") == [[f"`SOFTLAUNCH_{each.variable}`", each.when] for each in DANGERS]


def test_every_danger_is_tried_here() -> None:
    named = {reason.partition(":")[0] for _given, reason in REFUSED}
    assert {each.variable for each in DANGERS} - {"DATA_DIR", "BASE_URL"} <= named
