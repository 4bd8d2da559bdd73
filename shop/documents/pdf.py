"""A document as a PDF, where the library for it is installed (`softlaunch[pdf]`); without it the browser prints."""

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from shop.ground.errors import Refusal

_OURS = re.compile(r"^[a-z]+://[^/]*/static/[^/]*/")


class NoPdf(Refusal):
    """No PDF can be made here, for the library for it is not installed; the browser prints as well."""


STATIC = Path(__file__).resolve().parents[1] / "static"


def may_make() -> bool:
    """Whether a PDF can be made here."""
    return find_spec("weasyprint") is not None


def pdf_of(html: str, *, margins: str) -> bytes:
    """The page as a PDF; `margins` is the style along its pages.

    Nothing is fetched from anywhere: what the page names is read from the house's folder, all else is left out.
    """
    maker: Any = import_module("weasyprint")

    def fetch(url: str, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        inside = (STATIC / _OURS.sub("", url)).resolve()
        if STATIC not in inside.parents or not inside.is_file():
            raise ValueError(f"not one of ours: {url}")
        return {"file_obj": inside.open("rb")}

    page = maker.HTML(string=html, base_url="https://document.invalid/", url_fetcher=fetch)
    made: bytes = page.write_pdf(stylesheets=[maker.CSS(string=margins)])
    return made
