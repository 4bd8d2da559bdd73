"""What the shop stands on: how many packages, all held to their bytes, and under which licences."""

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest

from shop.base.settings import ROOT

MOST = 68  # pinned for running, on every system together; one more is a decision to be taken here
PERMISSIVE = re.compile(r"\b(?:MIT(?:-0)?|BSD|Apache|ISC|PSF)\b")
# Used unchanged and as they come, which is all that these two licences ask of who ships a program beside them.
AS_THEY_COME = {
    "certifi": "Mozilla Public License 2.0 (MPL 2.0)",
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
    "python-stdnum": "GNU Lesser General Public License v2 or later (LGPLv2+)",
}
ELSEWHERE = {"colorama"}  # of Windows alone

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PINNED = re.findall(r"^([a-z0-9][a-z0-9._-]*)==", LOCK, re.MULTILINE)
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
RECIPE = r"^{}:(?P<needs>[^#\n]*)[^\n]*\n(?P<recipe>(?:\t[^\n]*\n)*)"


def test_no_more_packages_run_than_were_decided() -> None:
    assert len(PINNED) == len(set(PINNED)) <= MOST


def test_every_package_that_runs_is_held_to_its_bytes() -> None:
    entries = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)
    pinned = [each for each in entries if "==" in each.partition("\n")[0]]
    assert len(pinned) == len(PINNED)
    assert [each.partition("=")[0] for each in pinned if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", each)] == []


@pytest.mark.parametrize("name", sorted(set(PINNED) - ELSEWHERE))
def test_its_licence_lets_everybody_use_it(name: str) -> None:
    licences = licences_of(_installed(name))
    if name in AS_THEY_COME:
        assert licences == [AS_THEY_COME[name]]
    else:
        assert licences and all(PERMISSIVE.search(each) for each in licences), licences


def test_what_looks_elsewhere_is_asked_for_by_its_own_name_alone() -> None:
    audit = _recipe("audit")
    assert "pip-audit" in audit["recipe"] and "--strict" in audit["recipe"]
    for lock in ("requirements.lock", "requirements-dev.lock"):
        assert lock in audit["recipe"]
    assert "audit" not in _recipe("test")["needs"]  # a service that is away must not fail what is right


def test_what_ruff_does_not_look_for_bandit_does() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "S" in project["tool"]["ruff"]["lint"]["select"]
    assert project["tool"]["bandit"]["tests"] == ["B401", "B402", "B411", "B412", "B413", "B415", "B613"]
    assert "bandit" in _recipe("lint")["recipe"]
    assert "checks" in _recipe("test")["needs"] and " lint " in _recipe("checks")["recipe"]


def licences_of(package: Distribution) -> list[str]:
    """What a package says of its licence, by expression, by classifier or in words."""
    told = package.metadata
    if expression := told.get("License-Expression"):
        return [expression]
    classified = [each for each in told.get_all("Classifier") or () if each.startswith("License ::")]
    return [each.rpartition(" :: ")[2] for each in classified] or [(told.get("License") or "").partition("\n")[0]]


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        pytest.fail(f"{name} is pinned and not installed: make .venv/.runtime")


def _recipe(target: str) -> dict[str, str]:
    found = re.search(RECIPE.format(target), MAKEFILE, re.MULTILINE)
    assert found, f"no target {target}"
    return found.groupdict()


def test_who_waits_for_a_silent_installation_is_told_beforehand() -> None:
    found = re.search(RECIPE.format(r"\.venv/\.runtime"), MAKEFILE, re.MULTILINE)
    assert found is not None
    first, then, *_ = found["recipe"].splitlines()
    assert "@echo" in first and "minute" in first and "$(PIP) install" in then
