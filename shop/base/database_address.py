"""The address of a database as people and libpq write it, turned into the one that the driver's library reads.

PostgreSQL may have several hosts (`postgresql://a:5432,b:5432/shop`): a primary and who may be promoted to its place.
"""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

SQLITE = "sqlite:///"
DRIVER = "postgresql+psycopg://"
SCHEMES = ("postgresql://", "postgres://", DRIVER)
TARGET = "target_session_attrs"
_PARTS = re.compile(r"(?P<user>[^@/?]*@)?(?P<hosts>[^@/?]*)(?P<database>/[^?]*)?(?:\?(?P<options>.*))?")
_HOST = re.compile(r"[A-Za-z0-9._-]+(?::[1-9][0-9]{0,4})?")


def primary_address(text: str) -> str:
    """Where is written: SQLite's file, or of several PostgreSQL hosts the one that takes writes at the time.

    Raises ValueError with what would be right.
    """
    return text if text.startswith(SQLITE) else _postgresql(text, wanted="read-write")


def sqlite_file(address: str) -> Path | None:
    """SQLite's file of an address as `primary_address` gives it; None where it names PostgreSQL."""
    return Path(address.removeprefix(SQLITE)) if address.startswith(SQLITE) else None


def replica_address(text: str) -> str:
    """Where is only read; of several hosts one that is a standby, while there is one. Raises ValueError."""
    if text.startswith("sqlite"):
        raise ValueError("a replica is a PostgreSQL server; SQLite has none")
    return _postgresql(text, wanted="prefer-standby")


def _postgresql(text: str, *, wanted: str) -> str:
    scheme = next((each for each in SCHEMES if text.startswith(each)), None)
    if scheme is None:
        raise ValueError("must begin with sqlite:/// or postgresql://")
    parts = _PARTS.fullmatch(text.removeprefix(scheme))
    if parts is None or "," not in parts["hosts"]:
        return DRIVER + text.removeprefix(scheme)
    hosts = parts["hosts"].split(",")
    if not all(_HOST.fullmatch(host) for host in hosts):
        raise ValueError("several hosts are written as host:port,host:port, each a name or an IPv4 address")
    options = parse_qsl(parts["options"] or "", keep_blank_values=True)
    if TARGET not in dict(options):
        options.append((TARGET, wanted))
    several = urlencode([("host", host if ":" in host else f"{host}:5432") for host in hosts] + options, safe=":")
    return f"{DRIVER}{parts['user'] or ''}{parts['database'] or '/'}?{several}"
