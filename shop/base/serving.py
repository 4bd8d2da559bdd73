"""How the server is begun: at which port, in how many processes, behind which bounds, and how it ends."""

import socket
import sys
from contextlib import suppress

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from shop.base.connections import Connection
from shop.base.descriptors import raise_descriptor_limit
from shop.base.settings import Settings
from shop.base.terminal import NO, WRONG_USE, end

GRACE_SECONDS = 5  # what requests under way are given when the server ends


def check_port(settings: Settings) -> None:
    """Say at once, and before anything is loaded or printed, that nobody can listen there."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.create_server((settings.host, settings.port), family=family):
            pass
    except OSError as error:
        where = f"{settings.host}:{settings.port} ({error.strerror})"
        end(WRONG_USE, f"cannot listen on {where}; set SOFTLAUNCH_PORT to another")


def serve(settings: Settings) -> None:
    """Run the server until it is told to end; then give what is under way a few seconds."""
    raise_descriptor_limit()
    config = uvicorn.Config(
        "shop.app:served", factory=True, host=settings.host, port=settings.port, workers=settings.workers,
        http=Connection, ws="none", server_header=False, access_log=False, log_level="warning",
        proxy_headers=bool(settings.trusted_proxies), forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )  # fmt: skip
    said = f"Serving on {settings.base_url} (listening on {settings.host}:{settings.port}); Ctrl+C ends it."
    if settings.workers == 1:
        _Announced(config, said).run_to_its_end()
    else:
        _serve_from_several(config, said)


class _Announced(uvicorn.Server):
    """A server that says when it can be asked."""

    def __init__(self, config: uvicorn.Config, said: str) -> None:
        super().__init__(config)
        self._said = said

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the port, and say so."""
        await super().startup(sockets)
        typer.echo(self._said)

    def run_to_its_end(self) -> None:
        """Ends with a failure where it could not begin."""
        with suppress(KeyboardInterrupt):
            self.run()
        if not self.started:
            sys.exit(NO)


def _serve_from_several(config: uvicorn.Config, said: str) -> None:
    """The port is open before the processes are up: who comes first waits in its queue."""
    listening = config.bind_socket()
    listening.listen(config.backlog)
    typer.echo(said)
    Multiprocess(config, sockets=[listening]).run()
