"""The processes of the command that serve and work: they begin, and end when they are told to."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from shop.base.db import Database
from shop.base.settings import ROOT


@pytest.mark.slow
def test_the_demo_serves_and_ends_when_told(tmp_path: Path) -> None:
    with served(tmp_path, "demo", "--empty") as (process, url):
        assert httpx.get(f"{url}/de/de/").status_code == 200
        assert "server" not in httpx.get(f"{url}/healthz").headers
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0


@pytest.mark.slow
def test_the_worker_ends_when_told(tmp_path: Path) -> None:
    environment = housed(tmp_path)
    subprocess.run([sys.executable, "-m", "shop", "migrate"], cwd=ROOT, env=environment, check=True)
    process = subprocess.Popen([sys.executable, "-m", "shop", "work"], cwd=ROOT, env=environment)
    waited_for(lambda: leases(tmp_path) > 0)
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=15) == 0


@contextmanager
def served(tmp_path: Path, *command: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A serving process that answers, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([sys.executable, "-m", "shop", *command], cwd=ROOT, env=housed(tmp_path, PORT=str(port)))
    try:
        waited_for(lambda: answers(url))
        yield process, url
    finally:
        process.kill()
        process.wait()


def housed(tmp_path: Path, **variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOFTLAUNCH_")}
    return {
        **kept,
        "SOFTLAUNCH_DATA_DIR": str(tmp_path),
        **{f"SOFTLAUNCH_{name}": value for name, value in variables.items()},
    }


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def leases(tmp_path: Path) -> int:
    database = Database(f"sqlite:///{tmp_path / 'softlaunch.db'}")
    with database.reading() as db:
        count = db.connection().exec_driver_sql("SELECT count(*) FROM job_lease").scalar_one()
    database.close()
    return int(count)


def waited_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, "nothing happened for a minute"
        time.sleep(0.1)
