"""Structured logs: readable lines at a terminal, JSON for machines, or none."""

import logging
import re

import structlog
from structlog.typing import EventDict


def set_up_logs(form: str) -> None:
    """Set the form of all log lines: `console`, `json` or `off` (warnings and worse only)."""
    renderer = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_details,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if form == "off" else logging.INFO),
        cache_logger_on_first_use=False,
    )
    for noisy in ("httpx", "stripe", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


# What the row holds may have lines of its own: only the next word of the library's, or of Python's, ends it.
_DETAIL = re.compile(r"^DETAIL:.*?(?=^\[SQL: |^The above exception |^During handling of |\Z)", re.DOTALL | re.MULTILINE)


def _without_details(_logger: object, _method: str, line: EventDict) -> EventDict:
    """PostgreSQL ends some complaints with the values of the row, which may be a customer's: what was wrong is said before."""
    if "exception" in line:
        line["exception"] = _DETAIL.sub("DETAIL: …\n", line["exception"])
    return line
