"""A document as a PDF, where the library for it is installed (`softlaunch[pdf]`); without it the browser prints.

A program of its own makes it (pdf_maker.py), one at a time, within a time and a size.
"""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore

import structlog

from shop.ground.errors import Refusal

MAKER = Path(__file__).with_name("pdf_maker.py")
SECONDS = 60.0
LONGEST = 4_000_000  # characters of a page; the longest handbook of the demo has about 150,000
_ONE = BoundedSemaphore(1)


class NoPdf(Refusal):
    """No PDF can be made here, for the library for it is not installed; the browser prints as well."""


class PdfTooLong(Refusal):
    """The document is too long for a PDF, or making it takes too long; the browser prints it."""


def may_make() -> bool:
    """Whether a PDF can be made here."""
    return find_spec("weasyprint") is not None


def pdf_of(html: str, *, margins: str, hash: str, url: str, seconds: float = SECONDS) -> bytes:
    """The page as a PDF; the same page is the same bytes.

    `margins` is the style along its pages, `hash` that of its facts, `url` where the page itself is.
    Raises NoPdf where the library or what it rests on is missing, PdfTooLong.
    """
    if not may_make():
        raise NoPdf(url=url)
    if len(html) > LONGEST or not _ONE.acquire(timeout=seconds):
        raise PdfTooLong(url=url)
    try:
        made = subprocess.run(  # noqa: S603  our own program; the page goes in as data
            [sys.executable, "-I", MAKER],
            input=json.dumps({"html": html, "margins": margins, "hash": hash}).encode(),
            capture_output=True,
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise PdfTooLong(url=url) from None
    except subprocess.CalledProcessError as error:
        structlog.get_logger().error("pdf_failed", status=error.returncode, said=error.stderr.decode()[-2_000:])
        raise NoPdf(url=url) from error
    finally:
        _ONE.release()
    return made.stdout
