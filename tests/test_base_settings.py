"""Settings: what is decided outside the code, and how a bad value is told."""

import base64
from pathlib import Path

import pytest

from shop.base.db import Database
from shop.base.settings import VARIABLES, BadSetting, Settings, from_environment

KEY = base64.b64encode(bytes(range(32))).decode()


def test_without_any_variable_the_house_runs_on_this_machine(tmp_path: Path) -> None:
    settings = read(tmp_path)

    assert settings.database_url == f"sqlite:///{tmp_path / 'softlaunch.db'}"
    assert (settings.base_url, settings.host, settings.port, settings.workers) == (
        "http://127.0.0.1:8000",
        "127.0.0.1",
        8000,
        1,
    )
    assert settings.sqlite and not settings.secure and settings.origin == "http://127.0.0.1:8000"


def test_the_base_address_follows_host_and_port(tmp_path: Path) -> None:
    assert read(tmp_path, HOST="127.0.0.1", PORT="9001").base_url == "http://127.0.0.1:9001"


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path) -> None:
    assert read(tmp_path, PORT=" ", SECRET_KEY="").port == 8000


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)

    assert first.secret_key == second.secret_key and len(first.secret_key) == 32
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_the_driver_that_is_installed(tmp_path: Path, scheme: str) -> None:
    settings = read(tmp_path, DATABASE_URL=f"{scheme}://shop:x@db/shop", WORKERS="4")

    assert settings.database_url == "postgresql+psycopg://shop:x@db/shop"
    assert settings.workers == 4 and not settings.sqlite


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p@a,b:5433/shop", "postgresql+psycopg://u:p@/shop?host=a:5432&host=b:5433&target_session_attrs=read-write"),
        ("postgresql://a:1,b:2/shop?target_session_attrs=primary&sslmode=require", "postgresql+psycopg:///shop?host=a:1&host=b:2&target_session_attrs=primary&sslmode=require"),
        ("postgresql+psycopg://u@/shop?host=a:1&host=b:2", "postgresql+psycopg://u@/shop?host=a:1&host=b:2"),
    ],
)  # fmt: skip
def test_several_hosts_are_written_as_libpq_has_them(tmp_path: Path, given: str, used: str) -> None:
    assert read(tmp_path, DATABASE_URL=given).database_url == used
    engine = Database(used).engine
    _none, arguments = engine.dialect.create_connect_args(engine.url)
    assert arguments["host"].count(",") == 1 and arguments["port"].count(",") == 1 and arguments["dbname"] == "shop"


def test_a_replica_of_several_is_one_that_is_a_standby(tmp_path: Path) -> None:
    settings = read(tmp_path, DATABASE_URL="postgresql://a,b/shop", DATABASE_READ_URL="postgresql://a,b/shop")
    assert settings.database_read_url.endswith("host=a:5432&host=b:5432&target_session_attrs=prefer-standby")


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"DATABASE_URL": "postgresql://a,,b/shop"}, "host:port,host:port"),
        ({"DATABASE_URL": "postgresql://a:0,b/shop"}, "host:port,host:port"),
        ({"DATABASE_URL": "postgresql://[::1],b/shop"}, "host:port,host:port"),
        ({"DATABASE_READ_URL": "postgresql://a/shop"}, "DATABASE_URL names SQLite"),
        ({"DATABASE_URL": "postgresql://a/shop", "DATABASE_READ_URL": "sqlite:///b"}, "SQLite has none"),
        ({"DATABASE_URL": "postgresql://a/shop", "DATABASE_READ_URL": "a:5432"}, "must begin with"),
        ({"TRACES_URL": "127.0.0.1:4318"}, "must look like http://"),
        ({"TRACES_URL": "ftp://collector/v1/traces"}, "must look like http://"),
    ],
)
def test_hosts_and_replicas_that_cannot_be_used_are_told(
    tmp_path: Path, variables: dict[str, str], reason: str
) -> None:
    with pytest.raises(BadSetting, match=reason):
        read(tmp_path, **variables)


def test_https_makes_cookies_secure(tmp_path: Path) -> None:
    settings = read(tmp_path, BASE_URL="https://shop.example:8443")

    assert settings.secure and settings.origin == "https://shop.example:8443"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("PORT", "８０００"),
        ("WORKERS", "0"),
        ("WORKERS", "2"),
        ("DATABASE_URL", "mysql://x"),
        ("BASE_URL", "shop.example"),
        ("BASE_URL", "https://shop.example/"),
        ("BASE_URL", "https://shop.example/shop"),
        ("BASE_URL", "http://shop.example"),
        ("SECRET_KEY", "not base64!"),
        ("SECRET_KEY", base64.b64encode(b"short").decode()),
        ("SMTP_URL", "mail.example:25"),
        ("SMTP_URL", "smtp://"),
        ("LOG_FORMAT", "xml"),
        ("METRICS_TOKEN", "short"),
        ("METRICS_TOKEN", "a token with blanks in it"),
        ("TEST_CLOCK_FILE", "/tmp/clock"),
    ],
)
def test_a_bad_value_stops_the_start_with_the_name_of_its_variable(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"^SOFTLAUNCH_{variable}: "):
        read(tmp_path, **{variable: value})


@pytest.mark.parametrize("lone", ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_the_two_secrets_of_stripe_belong_together(tmp_path: Path, lone: str) -> None:
    with pytest.raises(BadSetting, match="STRIPE_WEBHOOK_SECRET"):
        read(tmp_path, **{lone: "x"})


def test_plain_http_in_public_must_be_asked_for(tmp_path: Path) -> None:
    assert not read(tmp_path, BASE_URL="http://shop.example", ALLOW_PLAIN_HTTP="1").secure


def test_a_clock_for_tests_is_taken_only_in_tests(tmp_path: Path) -> None:
    assert read(tmp_path, TEST_CLOCK_FILE="/tmp/clock", TESTING="1").test_clock_file == Path("/tmp/clock")


def test_every_variable_is_a_setting() -> None:
    assert {name.lower() for name in VARIABLES} <= set(Settings.__dataclass_fields__)


def read(data_dir: Path, **variables: str) -> Settings:
    given = {"DATA_DIR": str(data_dir), **variables}
    return from_environment({f"SOFTLAUNCH_{name}": value for name, value in given.items()})
