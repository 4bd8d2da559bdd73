"""A real Chromium for tests: the machine's own, else Playwright's, else the system's package when this is root.

Any version will do. Where there is none a test is skipped loudly; with CI=true it fails. While a browser of
Playwright's sync API is open, `asyncio.run` fails on the same thread: open it per module, not per session.

    pytest_plugins = ["tests.chromium"]         # in conftest.py: gives the fixtures `chromium` and `page`
"""

import fcntl
import functools
import importlib.resources
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")

FLAGS = [
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers give /dev/shm 64 MB
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--font-render-hinting=none",  # the same letter widths everywhere
]

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@contextmanager
def browser(**options: Any) -> Iterator[Browser]:
    """A headless Chromium; `options` go to Playwright's `launch`. Skips (in CI: fails) where there is none."""
    path = chromium_path()
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS  # Chromium refuses its sandbox to root
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=flags, **options)
        try:
            yield opened
        finally:
            opened.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a module."""
    with browser() as opened:
        yield opened


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page of a visitor who has never been here."""
    with chromium.new_context() as context:
        yield context.new_page()


@functools.cache
def chromium_path() -> Path:
    """The browser's program: SOFTLAUNCH_CHROMIUM, else on PATH, else Playwright's, else installed now when root."""
    return _given() or _on_machine() or _of_playwright() or _installed() or _do_without()


def accessibility_faults(page: Page, *, rules: list[str] = WCAG) -> list[str]:
    """What axe-core finds wrong with the page as it stands: a line each, with the rule and the elements' selectors.

    The script comes in through the browser's debugger, so that the page's content security policy stays in force.
    """
    page.evaluate(_axe())
    found = page.evaluate("rules => axe.run({runOnly: {type: 'tag', values: rules}})", rules)
    return [f"{each['id']} ({each['impact']}): {each['help']}: {_places(each)}" for each in found["violations"]]


def _places(fault: dict[str, Any]) -> str:
    return ", ".join(str(node["target"][0]) for node in fault["nodes"])


@functools.cache
def _axe() -> str:
    return (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def _given() -> Path | None:
    given = os.environ.get("SOFTLAUNCH_CHROMIUM")
    return Path(given) if given else None


def _on_machine() -> Path | None:
    return next((Path(path) for name in NAMES if (path := shutil.which(name))), MAC if MAC.exists() else None)


def _of_playwright() -> Path | None:
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def _installed() -> Path | None:
    """Debian's package, installed now; two test processes take turns."""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        return None
    with (Path(tempfile.gettempdir()) / "softlaunch-chromium.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if (path := _on_machine()) is None:
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
                subprocess.run([apt, "-qq", "-o", "DPkg::Lock::Timeout=300", *words], env=environment, check=False)
            path = _on_machine()
    return path


def _do_without() -> NoReturn:
    message = "NOT TESTED IN A BROWSER: no Chromium on PATH, none of Playwright's, and none that apt-get could install"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
