"""The program that makes one PDF and ends: a page as JSON on its standard input, the PDF on its standard output.

It runs by itself so that it can be given bounds and be ended. It opens no connection; of files it hands the page only
the house's own style and drawings. The same page is the same bytes: nothing of the clock or of chance goes in.
"""

import json
import re
import resource
import sys
from pathlib import Path
from typing import Any

import weasyprint

STATIC = Path(__file__).resolve().parents[1] / "static"
HOST = "https://document.invalid"  # a name that no network knows
OURS = re.compile(re.escape(HOST) + r"/static/[^/]+/(document\.css|art/documents/[a-z]+\.svg)")
TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
MEMORY = 2 * 1024**3
FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "urllib.", "ftplib.", "http.client.")


class Own(weasyprint.URLFetcher):  # type: ignore[misc]  # the library carries no types
    """Hands out the house's own files, and nothing else."""

    def fetch(self, url: str, headers: object = None) -> Any:
        """Raises ValueError for whatever is not ours; the page is then drawn without it."""
        ours = OURS.fullmatch(url)
        if ours is None:
            raise ValueError(f"not one of ours: {url}")
        file = STATIC / ours[1]
        return weasyprint.urls.URLFetcherResponse(url, file.read_bytes(), {"Content-Type": TYPES[file.suffix]})


def main() -> None:
    """Read the page, write the PDF."""
    page = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.addaudithook(_refuse)
    sys.stdout.buffer.write(made(page["html"], page["margins"], identifier=bytes.fromhex(page["hash"])))


def made(html: str, margins: str, *, identifier: bytes) -> bytes:
    """The page as a PDF, with what runs along its margins, known by its identifier."""
    page = weasyprint.HTML(string=html, base_url=f"{HOST}/", url_fetcher=Own())
    along = weasyprint.CSS(string=margins, url_fetcher=Own())
    pdf: bytes = page.write_pdf(stylesheets=[along], pdf_identifier=identifier, pdf_tags=True)
    return pdf


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(f"a document is made without this: {event}")


if __name__ == "__main__":
    main()
