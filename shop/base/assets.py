"""The stylesheet, the script and the house's own drawings, under an address that changes with their content."""

import hashlib
from pathlib import Path

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.pagecache import stored
from shop.ground.errors import NotFound

FOLDER = Path(__file__).resolve().parents[1] / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}


class Assets:
    """All files of the folder, read at start. `version` names them together."""

    def __init__(self, folder: Path = FOLDER) -> None:
        files = sorted(file for file in folder.rglob("*") if file.suffix in TYPES)
        self._files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
        self.version = hashlib.sha256(b"".join(self._files.values())).hexdigest()[:12]

    def read(self, name: str) -> tuple[bytes, str]:
        """A file's bytes and type; raises NotFound."""
        name = name.lstrip("/")
        if name not in self._files:
            raise NotFound
        return self._files[name], TYPES[Path(name).suffix]


@get("/static/{version:str}/{name:path}", sync_to_thread=False)
def static_file(version: FromPath[str], name: FromPath[str], assets: NamedDependency[Assets]) -> Response[bytes]:
    """A file under any version's name: an old page in a browser's hands still finds it."""
    data, media_type = assets.read(name)
    # Only the present version is kept in front: any other name is the visitor's own, and there is no end of names.
    headers = stored(dict(FOR_EVER), scopes=(), until=None) if version == assets.version else FOR_EVER
    return Response(data, media_type=media_type, headers=headers)
