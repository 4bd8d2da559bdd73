"""Structured logs: readable lines at a terminal, JSON for machines, or none."""

import logging

import structlog


def set_up_logs(form: str) -> None:
    """Set the form of all log lines: `console`, `json` or `off` (warnings and worse only)."""
    renderer = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if form == "off" else logging.INFO),
        cache_logger_on_first_use=False,
    )
    for noisy in ("httpx", "stripe", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
