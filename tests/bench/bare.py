"""The reference: a Litestar handler that returns constant bytes, and nothing else."""

import os
from pathlib import Path

from litestar import Litestar, Response, get


def served() -> Litestar:
    """The bare application; the bytes are those of the file that BENCH_BODY names."""
    body = Path(os.environ["BENCH_BODY"]).read_bytes()

    @get("/page", sync_to_thread=False)
    def page() -> Response[bytes]:
        return Response(body, media_type="text/html; charset=utf-8", headers={"content-encoding": "br"})

    return Litestar([page], openapi_config=None)
