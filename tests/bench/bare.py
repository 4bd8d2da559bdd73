"""The references: constant bytes from a Litestar handler, and from an ASGI app of a few lines; nothing else."""

import json
import os
from pathlib import Path
from typing import Any

from litestar import Litestar, Response, get


def served() -> Litestar:
    """A Litestar handler; the bytes are those of the file that BENCH_BODY names."""
    body = Path(os.environ["BENCH_BODY"]).read_bytes()

    @get("/page", sync_to_thread=False)
    def page() -> Response[bytes]:
        return Response(body, media_type="text/html; charset=utf-8", headers={"content-encoding": "br"})

    return Litestar([page], openapi_config=None)


def plain() -> Any:
    """An ASGI app that sends the bytes of BENCH_BODY with the headers of BENCH_HEADERS (JSON: pairs of texts)."""
    body = Path(os.environ["BENCH_BODY"]).read_bytes()
    pairs = json.loads(Path(os.environ["BENCH_HEADERS"]).read_text())
    headers = [(name.encode(), value.encode()) for name, value in pairs]

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
            await send({"type": "http.response.body", "body": body})

    return app
