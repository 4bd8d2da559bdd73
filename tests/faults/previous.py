"""The release before this one, as the history of this checkout has it: its code in a folder, and its processes."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from shop.base.settings import ROOT
from tests.faults.fault import Place
from tests.faults.processes import Process, Shop, shop
from tests.world import TUESDAY

VERSIONS = "shop/migrations/versions"
_FROM = "import sys; sys.path.insert(0, {folder!r}); "
_RUN = "import runpy; sys.argv[0] = 'softlaunch'; runpy.run_module('shop', run_name='__main__')"
_LOAD = """
import os
from datetime import datetime
from shop.base.db import Database
from shop.base.settings import ROOT
from shop.demo import showing
from shop.migrations.migrate import migrate
from shop.policies.library import PolicyLibrary
database = Database(os.environ["SOFTLAUNCH_DATABASE_URL"])
migrate(database)
showing.load(database, PolicyLibrary(ROOT / "policies"), now=datetime.fromisoformat("{now}"))
"""


@dataclass(frozen=True, slots=True)
class Release:
    """The code of a release."""

    folder: Path

    def command(self, *words: str) -> list[str]:
        """A command line that runs this release's `softlaunch`."""
        return [sys.executable, "-c", _FROM.format(folder=str(self.folder)) + _RUN, *words]

    def shop(self, place: Place, *, name: str = "before") -> Shop:
        """A serving process of this release, not yet started."""
        now = shop(place, name=name)
        return replace(now, command=self.command("serve"))

    def load(self, place: Place) -> None:
        """Give an empty database this release's tables, and the demo's exporter."""
        code = _FROM.format(folder=str(self.folder)) + _LOAD.format(now=TUESDAY.isoformat())
        loading = process(place, [sys.executable, "-c", code], name="load")
        loading.start()
        assert loading.ended() == 0, loading.said()[-4000:]


@contextmanager
def previous_release() -> Iterator[Release | None]:
    """The newest code that does not know the newest migration; None where there is no history to take it from."""
    newest = sorted(each.name for each in (ROOT / VERSIONS).glob("0*.py"))[-1]
    added = _git("log", "--diff-filter=A", "--format=%H", "--", f"{VERSIONS}/{newest}").split()
    commit = f"{added[-1]}~1" if added else "HEAD"
    with tempfile.TemporaryDirectory(prefix="softlaunch-before-") as folder:
        archive = Path(folder) / "release.tar"
        _git("archive", "--output", str(archive), commit, "shop", "templates", "locales", "policies")
        if archive.exists():
            shutil.unpack_archive(archive, folder)
        yield Release(Path(folder)) if (Path(folder) / "shop").exists() else None


def process(place: Place, command: list[str], *, name: str) -> Process:
    """A process of the place that runs to its own end."""
    like = shop(place, name=name)
    return Process(name, command, like.environment, like.log)


def _git(*words: str) -> str:
    """What git says of this checkout; nothing where there is no git, or no history."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""
