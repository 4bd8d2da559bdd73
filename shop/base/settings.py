"""Everything that is decided outside the code, read once from the environment and checked before anything starts."""

import base64
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from shop.base.database_address import primary_address, replica_address
from shop.base.foreign_hosts import is_loopback
from shop.base.tokens import KEY_BYTES, kept_key

ROOT = Path(__file__).resolve().parents[2]


class BadSetting(Exception):
    """A setting that cannot be used; the message names the variable and says what would be right."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"SOFTLAUNCH_{variable}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one installation; field names are the variables without `SOFTLAUNCH_`, in lower case."""

    database_url: str
    data_dir: Path
    base_url: str
    secret_key: bytes
    database_read_url: str = ""
    stripe_secret_key: str = ""
    stripe_webhook_secret: str = ""
    stripe_api_base: str = ""
    smtp_url: str = ""
    mail_from: str = "shop@localhost"
    mail_inbox: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    trusted_proxies: str = ""
    allow_plain_http: bool = False
    allow_pretend_payments: bool = False
    log_format: str = "console"
    metrics_token: str = ""
    traces_url: str = ""
    test_clock_file: Path | None = None
    templates_dir: Path = ROOT / "templates"
    locales_dir: Path = ROOT / "locales"
    policies_dir: Path = ROOT / "policies"

    @property
    def secure(self) -> bool:
        """True when customers reach the shop over https; then cookies are Secure and carry the __Host- prefix."""
        return self.base_url.startswith("https://")

    @property
    def public(self) -> bool:
        """True when others than this machine may come: BASE_URL names another, or HOST is an address that they reach."""
        return not (is_loopback(self.host) and is_loopback(urlsplit(self.base_url).hostname or ""))

    @property
    def origin(self) -> str:
        """Scheme and host of BASE_URL, as a browser sends it in Origin."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def sqlite(self) -> bool:
        """True when the embedded database is used, which one serving process writes."""
        return self.database_url.startswith("sqlite")


# name -> what README says of it; the table in README is held equal to this by a test.
VARIABLES = {
    "DATABASE_URL": "`sqlite:///…` (default, in DATA_DIR) or `postgresql://user:password@host/name`; "
    "of several hosts (`host:port,host:port`) the one that takes writes is used",
    "DATABASE_READ_URL": "a streaming replica of the same PostgreSQL, for pages that may be a second old; "
    "without it, and while it is away or behind, the primary draws them",
    "DATA_DIR": "folder for the database, the secret key, customers' attachments, the list of the erased and the local "
    "outbox; default `data` in the folder in which the command is run",
    "BASE_URL": "the address customers use, without a slash at the end; default `http://HOST:PORT`",
    "SECRET_KEY": "at least 32 random bytes in base64 (`openssl rand -base64 32`), from which cookies, signed links, webhook "
    "secrets and second factors follow; made once in DATA_DIR when not set; losing it costs all of these",
    "STRIPE_SECRET_KEY": "Stripe's secret key; without it the demo till takes payments",
    "STRIPE_WEBHOOK_SECRET": "the signing secret of the Stripe webhook endpoint `/webhooks/stripe`",
    "STRIPE_API_BASE": "another address for Stripe's API, for tests",
    "SMTP_URL": "`smtp://user:password@host:port` or `smtps://…`; without it mails stay in DATA_DIR/outbox, "
    "so on a public shop nobody is told anything",
    "MAIL_FROM": "the sender's address of every mail; default `shop@localhost`, which no server takes",
    "MAIL_INBOX": "the address, with all its `+` addresses, whose mail is handed to `softlaunch mail-in`; answers go there",
    "HOST": "address to listen on; default `127.0.0.1`; an address that other machines can reach makes the shop public",
    "PORT": "port to listen on; default `8000`",
    "WORKERS": "serving processes; more than one needs PostgreSQL; default `1`",
    "TRUSTED_PROXIES": "addresses of the proxies in front, separated by commas; only their forwarded headers are believed",
    "ALLOW_PLAIN_HTTP": "`1` allows plain http where others than this machine may come",
    "ALLOW_PRETEND_PAYMENTS": "`1` allows the demo till, or Stripe's test mode, where others may come: nobody pays",
    "LOG_FORMAT": "`console`, `json` or `off` (warnings and worse only)",
    "METRICS_TOKEN": "opens `/metrics` to whoever sends it as a bearer token; "
    "without it only this machine may look, and nobody where the shop is public or a proxy is named",
    "TRACES_URL": "a collector for traces that speaks OTLP over HTTP, as `http://127.0.0.1:4318/v1/traces`; "
    "needs the extra `softlaunch[traces]`, and the `OTEL_…` variables say the rest",
    "TEST_CLOCK_FILE": "for tests only, refused without SOFTLAUNCH_TESTING=1: a file that holds the present instant",
}


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings; raises BadSetting naming the first variable that cannot be used."""
    reader = _Reader(environment)
    data_dir = Path(reader.text("DATA_DIR", "data")).absolute()
    host, port = reader.text("HOST", "127.0.0.1"), reader.number("PORT", 8000, at_most=65535)
    settings = Settings(
        database_url=database_url(environment),
        data_dir=data_dir,
        base_url=_base_url(reader.text("BASE_URL", f"http://{host}:{port}")),
        secret_key=_secret_key(reader.text("SECRET_KEY", ""), data_dir),
        database_read_url=_database_read_url(reader.text("DATABASE_READ_URL", "")),
        stripe_secret_key=reader.text("STRIPE_SECRET_KEY", ""),
        stripe_webhook_secret=reader.text("STRIPE_WEBHOOK_SECRET", ""),
        stripe_api_base=reader.text("STRIPE_API_BASE", ""),
        smtp_url=_smtp_url(reader.text("SMTP_URL", "")),
        mail_from=_mail_from(reader.text("MAIL_FROM", "shop@localhost")),
        mail_inbox=_mail_inbox(reader.text("MAIL_INBOX", "")),
        host=host,
        port=port,
        workers=reader.number("WORKERS", 1, at_least=1, at_most=64),
        trusted_proxies=_proxies(reader.text("TRUSTED_PROXIES", "")),
        allow_plain_http=reader.one_of("ALLOW_PLAIN_HTTP", "0", ("0", "1")) == "1",
        allow_pretend_payments=reader.one_of("ALLOW_PRETEND_PAYMENTS", "0", ("0", "1")) == "1",
        log_format=reader.one_of("LOG_FORMAT", "console", ("console", "json", "off")),
        metrics_token=_metrics_token(reader.text("METRICS_TOKEN", "")),
        traces_url=_traces_url(reader.text("TRACES_URL", "")),
        test_clock_file=reader.test_clock(),
    )
    _hold_together(settings)
    return settings


def data_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """The data folder, for whoever needs no more than that."""
    return Path(_Reader(environment).text("DATA_DIR", "data")).absolute()


def database_url(environment: Mapping[str, str] = os.environ) -> str:
    """Which database is used, for whoever needs no more than that. Raises BadSetting."""
    default = f"sqlite:///{data_dir(environment) / 'softlaunch.db'}"
    return _database_url(_Reader(environment).text("DATABASE_URL", default))


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    def text(self, variable: str, default: str) -> str:
        return self.environment.get(f"SOFTLAUNCH_{variable}", "").strip() or default

    def number(self, variable: str, default: int, *, at_least: int = 0, at_most: int) -> int:
        text = self.text(variable, str(default))
        if not text.isascii() or not text.isdigit() or not at_least <= int(text) <= at_most:
            raise BadSetting(variable, f"{text!r} is not a whole number from {at_least} to {at_most}")
        return int(text)

    def one_of(self, variable: str, default: str, choices: tuple[str, ...]) -> str:
        text = self.text(variable, default)
        if text not in choices:
            raise BadSetting(variable, f"{text!r} is none of {', '.join(choices)}")
        return text

    def test_clock(self) -> Path | None:
        text = self.text("TEST_CLOCK_FILE", "")
        if text and self.text("TESTING", "") != "1":
            raise BadSetting("TEST_CLOCK_FILE", "is for tests only; it is refused unless SOFTLAUNCH_TESTING=1")
        return Path(text) if text else None


def _database_url(text: str) -> str:
    try:
        return primary_address(text)
    except ValueError as error:
        raise BadSetting("DATABASE_URL", str(error)) from None


def _database_read_url(text: str) -> str:
    try:
        return replica_address(text) if text else ""
    except ValueError as error:
        raise BadSetting("DATABASE_READ_URL", str(error)) from None


def _base_url(text: str) -> str:
    parts = _parts("BASE_URL", text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise BadSetting("BASE_URL", f"{text!r} is not an address like https://shop.example, without anything after it")
    return text


def _smtp_url(text: str) -> str:
    if text and (_parts("SMTP_URL", text).scheme not in ("smtp", "smtps") or not urlsplit(text).hostname):
        raise BadSetting("SMTP_URL", "must look like smtp://user:password@host:port")
    return text


def _parts(variable: str, text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        assert parts.port is None or parts.port > 0
    except (ValueError, AssertionError):
        raise BadSetting(variable, f"{text!r} has no usable port or host") from None
    return parts


def _mail_from(text: str) -> str:
    return _plain_address("MAIL_FROM", text)


def _mail_inbox(text: str) -> str:
    if "+" in text or len(text.partition("@")[0]) > 24:  # what is added to it must fit into the 64 that a name may have
        raise BadSetting("MAIL_INBOX", f"{text!r} has a + or more than 24 characters before the @")
    return _plain_address("MAIL_INBOX", text) if text else ""


def _plain_address(variable: str, text: str) -> str:
    name, at, domain = text.partition("@")
    if not name or not at or not domain or not text.isascii() or any(each.isspace() or each in ",;<>" for each in text):
        raise BadSetting(variable, f"{text!r} is not one plain e-mail address")
    return text


def _proxies(text: str) -> str:
    for each in filter(None, (part.strip() for part in text.split(","))):
        try:
            ip_network(each, strict=False)
        except ValueError:
            raise BadSetting("TRUSTED_PROXIES", f"{each!r} is not an address or a network") from None
    return text


def _metrics_token(text: str) -> str:
    if text and (len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text):
        raise BadSetting("METRICS_TOKEN", "needs at least 16 letters and digits, without blanks")
    return text


def _traces_url(text: str) -> str:
    parts = _parts("TRACES_URL", text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise BadSetting("TRACES_URL", "must look like http://127.0.0.1:4318/v1/traces")
    return text


def _secret_key(text: str, data_dir: Path) -> bytes:
    if not text:
        return _kept_secret_key(data_dir / "secret-key")
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        raise BadSetting("SECRET_KEY", "is not base64") from None
    if len(key) < KEY_BYTES:
        raise BadSetting("SECRET_KEY", f"holds {len(key)} bytes; at least {KEY_BYTES} are needed")
    return key


def _kept_secret_key(file: Path) -> bytes:
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        with fresh.open("wb") as opened:
            opened.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)))
            opened.flush()
            os.fsync(opened.fileno())  # a key that a power cut empties would open every door
        with suppress(FileExistsError):  # atomic: two processes that start at once end up with the same key
            os.link(fresh, file)
        fresh.unlink()
    key = kept_key(file.read_bytes())
    if key is None:
        raise BadSetting(
            "SECRET_KEY", f"the key kept in {file} cannot be used; restore it, or remove it to make a new one"
        )
    return key


def _hold_together(settings: Settings) -> None:
    if settings.sqlite and settings.workers > 1:
        raise BadSetting("WORKERS", "more than one serving process needs PostgreSQL")
    if settings.sqlite and settings.database_read_url:
        raise BadSetting("DATABASE_READ_URL", "a replica is one of PostgreSQL; DATABASE_URL names SQLite")
    if bool(settings.stripe_secret_key) != bool(settings.stripe_webhook_secret):
        raise BadSetting("STRIPE_WEBHOOK_SECRET", "and SOFTLAUNCH_STRIPE_SECRET_KEY belong together: set both or none")
    if not settings.secure and settings.public and not settings.allow_plain_http:
        raise BadSetting(
            "BASE_URL",
            "is plain http, and others may come by it or by HOST; use https, or set SOFTLAUNCH_ALLOW_PLAIN_HTTP=1",
        )
