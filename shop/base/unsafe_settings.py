"""What is well enough on one's own machine and not before customers: a start on a public address refuses it, with the reason.

Public is a BASE_URL that does not name this machine itself, and a HOST that others reach. What is always wrong is refused
everywhere.
"""

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Network, ip_network
from urllib.parse import parse_qs, urlsplit

from shop.base.foreign_hosts import is_foreign, is_loopback
from shop.base.settings import BadSetting, Settings

FEWEST_BYTES = 16  # different ones in a key; of 32 random bytes about 30 differ
WIDEST = {4: 8, 6: 16}  # of a network that can be a proxy's: 16 million addresses, or a whole provider's
OLD_IN_NEW = IPv6Network("::ffff:0:0/96")  # IPv4 addresses, as a socket for both kinds sees them
LIVE = ("sk_live_", "rk_live_")
DEBUGGING = ("LITESTAR_DEBUG", "LITESTAR_PDB", "PYTHONDEVMODE", "PYTHONINSPECT", "PYTHONDEBUG")
ENCRYPTED = ("require", "verify-ca", "verify-full")

Environment = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Danger:
    """Something that stops a start. `when` is what README says of it; `found` gives the reason, or nothing."""

    variable: str
    when: str
    found: Callable[[Settings, Environment], str | None]
    everywhere: bool = False


def refuse_unsafe(settings: Settings, environment: Environment = os.environ) -> None:
    """Raise BadSetting for the first danger that is there."""
    for each in DANGERS:
        if each.everywhere or settings.public:
            reason = each.found(settings, environment)
            if reason is not None:
                raise BadSetting(each.variable, reason)


def worth_a_warning(settings: Settings) -> tuple[str, ...]:
    """What is no reason to refuse a start on a public address, and should not stay so: a sentence for each."""
    if not settings.public:
        return ()
    said = []
    if os.geteuid() == 0:
        said.append("this runs as root: give it a user of its own, who may write in DATA_DIR alone")
    if not settings.smtp_url:
        said.append("nobody is told anything, for mails stay in DATA_DIR/outbox: set SOFTLAUNCH_SMTP_URL")
    elif is_loopback(settings.mail_from.rpartition("@")[2]):
        said.append(f"mails are sent as {settings.mail_from}, which no server takes: set SOFTLAUNCH_MAIL_FROM")
    return tuple(said)


def _key_read_by_others(settings: Settings, environment: Environment) -> str | None:
    file = settings.data_dir / "secret-key"
    if environment.get("SOFTLAUNCH_SECRET_KEY", "").strip() or not file.exists():
        return None
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return f"the key kept in {file} is open to others: chmod 600 {file}"
    return None


def _key_not_random(settings: Settings, _environment: Environment) -> str | None:
    if len(set(settings.secret_key)) < FEWEST_BYTES:
        return "is no random key; make one: openssl rand -base64 32"
    return None


def _live_key_in_a_test(settings: Settings, environment: Environment) -> str | None:
    if not settings.stripe_secret_key.startswith(LIVE):
        return None
    if settings.stripe_api_base:
        return "is a live key, and SOFTLAUNCH_STRIPE_API_BASE would send it to another address than Stripe's"
    if settings.test_clock_file or environment.get("SOFTLAUNCH_TESTING", "").strip() == "1":
        return "is a live key, and SOFTLAUNCH_TESTING is set: tests never move real money"
    return None


def _nobody_pays(settings: Settings, _environment: Environment) -> str | None:
    if settings.stripe_secret_key.startswith(LIVE) or settings.allow_pretend_payments:
        return None
    taken_by = "Stripe's test mode" if settings.stripe_secret_key else "the demo till"
    return (
        f"{taken_by} would take the payments, and nobody would pay; set a live key,"
        " or SOFTLAUNCH_ALLOW_PRETEND_PAYMENTS=1 if that is what you want"
    )


def _debugging(_settings: Settings, environment: Environment) -> str | None:
    found = [each for each in DEBUGGING if environment.get(each, "").strip() not in ("", "0")]
    return (
        f"{found[0]} is set in the environment; take it away: it shows what went wrong to whoever looks"
        if found
        else None
    )


def _open_folder(settings: Settings, _environment: Environment) -> str | None:
    folder = settings.data_dir
    if folder.exists() and folder.stat().st_mode & stat.S_IRWXO:
        return f"{folder}, with customers' names and files, is open to everybody on this machine: chmod 700 {folder}"
    return None


def _proxies_everywhere(settings: Settings, _environment: Environment) -> str | None:
    for each in filter(None, (part.strip() for part in settings.trusted_proxies.split(","))):
        network = ip_network(each, strict=False)
        before = OLD_IN_NEW.prefixlen if network.version == 6 and network.subnet_of(OLD_IN_NEW) else 0
        if network.prefixlen - before < WIDEST[4 if before else network.version]:
            return f"{each} believes nearly everybody what they say of their address; name the proxies themselves"
    return None


def _stopped_clock(settings: Settings, _environment: Environment) -> str | None:
    return "customers are served by the real time" if settings.test_clock_file else None


def _database_in_clear(settings: Settings, environment: Environment) -> str | None:
    return _in_clear(settings.database_url, environment)


def _replica_in_clear(settings: Settings, environment: Environment) -> str | None:
    return _in_clear(settings.database_read_url, environment)


def _traces_in_clear(settings: Settings, _environment: Environment) -> str | None:
    parts = urlsplit(settings.traces_url)
    if parts.scheme != "http" or not is_foreign(parts.hostname or ""):
        return None
    return f"{parts.hostname} is reached over wires that are not yours; use https"


def _in_clear(url: str, environment: Environment) -> str | None:
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgresql"):
        return None
    options = parse_qs(parts.query)
    hosts = _reached(parts.hostname or "", options, environment)
    mode = options.get("sslmode", [environment.get("PGSSLMODE", "")])[-1]
    foreign = next((host for host in hosts if is_foreign(host)), None)
    if foreign is None or mode in ENCRYPTED:
        return None
    return f"{foreign} is reached over wires that are not yours; add ?sslmode=verify-full (or at least require)"


def _reached(named: str, options: Mapping[str, list[str]], environment: Environment) -> list[str]:
    """The hosts as libpq finds them: by name, by their number, or in the variables that stand in for either."""
    names = options.get("host", [named or environment.get("PGHOST", "")])
    numbers = options.get("hostaddr", [environment.get("PGHOSTADDR", "")])
    each = [host.strip() for host in ",".join(filter(None, (*names, *numbers))).split(",")]
    return [host.partition(":")[0] if host.count(":") == 1 else host for host in each]


DANGERS = (
    Danger("SECRET_KEY", "the key kept in DATA_DIR may be read by others than its owner", _key_read_by_others),
    Danger("SECRET_KEY", "the key is plainly not random", _key_not_random),
    Danger(
        "STRIPE_SECRET_KEY",
        "a live key goes with TESTING, a test clock or another STRIPE_API_BASE; on every address",
        _live_key_in_a_test,
        everywhere=True,
    ),
    Danger(
        "STRIPE_SECRET_KEY",
        "nobody would pay (demo till, Stripe's test mode), unless ALLOW_PRETEND_PAYMENTS says so",
        _nobody_pays,
    ),
    Danger("BASE_URL", f"a debugging mode is on ({', '.join(f'`{each}`' for each in DEBUGGING)})", _debugging),
    Danger("DATA_DIR", "the folder is open to everybody on the machine", _open_folder),
    Danger(
        "TRUSTED_PROXIES",
        "a network is wider than /8 (IPv4) or /16 (IPv6); on every address",
        _proxies_everywhere,
        everywhere=True,
    ),
    Danger("TEST_CLOCK_FILE", "the clock is a test's", _stopped_clock),
    Danger(
        "DATABASE_URL",
        "PostgreSQL is on somebody else's network and `sslmode` does not ask for TLS",
        _database_in_clear,
    ),
    Danger("DATABASE_READ_URL", "the same of the replica", _replica_in_clear),
    Danger("TRACES_URL", "traces would go to somebody else's network by plain http", _traces_in_clear),
)
