"""Settings: what is decided outside the code, and how a bad value is told."""

import base64
from pathlib import Path

import pytest

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
