"""What a machine that watches the shop asks: whether it runs, whether it can serve, and its counters, for few only."""

import hmac
from ipaddress import ip_address
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from prometheus_client import generate_latest

from shop.base.db import Database
from shop.base.metrics import Metrics
from shop.base.settings import Settings
from shop.base.web import NO_STORE, client_address
from shop.ground.errors import NotFound

# Whoever sends one of these is somebody else's messenger, or was one: the address may not be the machine that asks.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@get("/healthz", sync_to_thread=False)
def healthz() -> str:
    """The process runs."""
    return "ok"


@get("/readyz", sync_to_thread=True)
def readyz(database: NamedDependency[Database]) -> str:
    """The process can serve: its database answers."""
    with database.reading() as db:
        db.connection().exec_driver_sql("SELECT 1")
    return "ready"


@get("/metrics", sync_to_thread=True)
def metrics_page(
    request: Request[Any, Any, Any], settings: NamedDependency[Settings], metrics: NamedDependency[Metrics]
) -> Response[bytes]:
    """The counters, for Prometheus on this machine or with METRICS_TOKEN; for others there is no such page."""
    if not _told_here(request, settings) and not _has_token(request, settings.metrics_token):
        raise NotFound
    return Response(generate_latest(metrics.registry), media_type="text/plain; version=0.0.4", headers=NO_STORE)


def _told_here(request: Request[Any, Any, Any], settings: Settings) -> bool:
    """Behind a proxy on the same machine everybody comes from this machine, if the proxy does not say whom it speaks for."""
    return not settings.public and not settings.trusted_proxies and _on_this_machine(request)


def _on_this_machine(request: Request[Any, Any, Any]) -> bool:
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _has_token(request: Request[Any, Any, Any], token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return bool(token) and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


HANDLERS = [healthz, readyz, metrics_page]
