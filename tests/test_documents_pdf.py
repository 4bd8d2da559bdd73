"""Documents as PDFs: what stands on each page, the same bytes each time, nothing fetched, bounds, and plain words without."""

import logging
import os
import re
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from shop.base.settings import ROOT
from shop.documents import pdf
from shop.documents.pdf import NoPdf, PdfTooLong, pdf_of
from shop.support.crisis.models import CrisisContact, CrisisText
from tests.doors import fresh_world
from tests.world import Browser, World, text

URL = "/console/markets/{market}/documents/{kind}/{language}"
HASH = "ab" * 32
ACCEPTED = {"url": "/there", "margins": "", "hash": HASH}
DAYS = {"de": ("de", "24. November 2026"), "ja": ("jp", "2026年11月24日"), "ar": ("ae", "24 نوفمبر 2026")}


@pytest.fixture(scope="module", autouse=True)
def library() -> None:
    """The library loads, with what it rests on; a machine without it does not try these tests."""
    loaded = subprocess.run([sys.executable, "-c", "import weasyprint"], capture_output=True, text=True, check=False)
    if loaded.returncode and os.environ.get("CI") == "true":
        pytest.fail(f"no PDF can be made here: {loaded.stderr}", pytrace=False)
    if loaded.returncode:
        pytest.skip("NO PDF IS TRIED: softlaunch[pdf] or its system libraries (pango) are missing")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("pdf")) as opened:
        yield opened


@pytest.fixture(scope="module")
def mere(shop: World) -> Browser:
    return shop.signed_in("mere")


def printed(mere: Browser, kind: str, language: str, market: str = "de") -> str:
    """The address of a print of the document."""
    return str(mere.post(URL.format(market=market, kind=kind, language=language) + "/prints").headers["location"])


def pages_of(mere: Browser, edition: str) -> Any:
    """The print as the library lays it out, page by page."""
    import weasyprint

    from shop.documents.pdf_maker import HOST, Own

    along = weasyprint.CSS(string=mere.get(f"{edition}/margins.css").text, url_fetcher=Own())
    page = weasyprint.HTML(string=mere.get(edition).text, base_url=f"{HOST}/", url_fetcher=Own())
    return page.render(stylesheets=[along]).pages


def along(page: Any) -> list[str]:
    """What stands in the margins of a page."""
    boxes = [each for each in page._page_box.children if type(each).__name__ == "MarginBox"]
    return ["".join(inner.text for inner in each.descendants() if hasattr(inner, "text")) for each in boxes]


def plain(content: bytes) -> bytes:
    """The objects of a PDF, unpacked."""
    packed = re.findall(rb"stream\n(.*?)\nendstream", content, re.DOTALL)
    return b"".join(zlib.decompress(each) for each in packed if each[:1] == b"\x78")


@pytest.mark.parametrize("language", DAYS)
def test_every_page_says_which_document_of_which_day_it_belongs_to(mere: Browser, language: str) -> None:
    market, day = DAYS[language]
    edition = printed(mere, "launch_checklist", language, market)
    html = mere.get(edition).text
    short, title = html.split('class="code">')[1][:16], html.split("<h1>")[1].partition("<")[0]
    brand, place, spoken = text(html.split('<p class="over">')[1].partition("</p>")[0]).split(" · ")
    pages = pages_of(mere, edition)
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        said = [each for each in along(page) if each]
        assert f"{brand} · {title} · {place}" in said and short in said and f"{number} / {len(pages)}" in said
        (end,) = (each for each in said if each.startswith(f"{spoken} · "))
        assert end.endswith(f" · {day}") and "1" in end.split(" · ")[1]


def test_no_step_and_no_line_of_a_table_is_torn_in_two(mere: Browser) -> None:
    for kind in ("distributor_manual", "procedures"):
        seen: set[Any] = set()
        for page in pages_of(mere, printed(mere, kind, "de")):
            whole = {
                each.element
                for each in page._page_box.descendants()
                if each.element is not None and each.element_tag in ("li", "tr") and type(each).__name__ != "InlineBox"
            }
            heads = {each for each in whole if any(inner.tag == "th" and inner.get("scope") == "col" for inner in each)}
            assert not seen & (whole - heads)
            seen |= whole


def test_each_procedure_is_one_page(mere: Browser) -> None:
    for language, market in (("de", "de"), ("ja", "jp"), ("ar", "ae")):
        assert len(pages_of(mere, printed(mere, "procedures", language, market))) == 13


def test_the_desk_has_the_same_pdf(shop: World, mere: Browser) -> None:
    edition, jonas = printed(mere, "procedures", "de"), shop.signed_in("jonas")
    at_desk = "/desk/documents/de/procedures/de"
    assert f'href="{at_desk}/pdf"' in jonas.get(at_desk).text
    answer = jonas.get(f"{at_desk}/pdf")
    assert answer.headers["content-type"] == "application/pdf" and answer.headers["cache-control"]
    assert answer.content == mere.get(f"{edition}/pdf").content


@pytest.mark.parametrize("language", ["de", "ja", "ar"])
def test_the_same_print_is_the_same_bytes_whatever_has_changed_since(shop: World, mere: Browser, language: str) -> None:
    edition = printed(mere, "procedures", language)
    assert f"{edition}/pdf" in mere.get(edition).text
    first = mere.get(f"{edition}/pdf")
    assert first.headers["content-type"] == "application/pdf" and first.content.startswith(b"%PDF-")
    assert b"/CreationDate(D:20261124093000" in plain(first.content).replace(b" (", b"(")
    with shop.house.database.writing() as db:
        for table in (CrisisContact, CrisisText):
            db.connection().execute(delete(table))
    shop.clock.now = shop.clock.now.replace(hour=20)
    try:
        assert mere.get(f"{edition}/pdf").content == first.content
    finally:
        shop.clock.now = shop.clock.now.replace(hour=9)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "http://127.0.0.1/x.png",
        "https://document.invalid/console/markets",
        "https://document.invalid/static/1/style.css",
        "https://document.invalid/static/1/../../../pyproject.toml",
        "https://document.invalid/static/1/art/documents/../../../documents/pdf.py",
        "https://document.invalid.example/static/1/document.css",
        "data:text/css,body{}",
    ],
)
def test_only_the_houses_own_style_and_drawings_are_handed_out(url: str) -> None:
    from shop.documents.pdf_maker import Own

    with pytest.raises(ValueError, match="not one of ours"):
        Own().fetch(url)


def test_its_own_style_and_drawings_are_found() -> None:
    from shop.documents.pdf_maker import Own

    for name in ("document.css", "art/documents/box.svg"):
        assert (
            Own().fetch(f"https://document.invalid/static/abc/{name}").read()
            == (ROOT / "shop/static" / name).read_bytes()
        )


def test_whatever_a_page_names_nobody_is_asked_for_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        there = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        named = chain.from_iterable(
            (f'<img src="{each}">', f'<link rel="stylesheet" href="{each}">', f"<style>@import url({each})</style>")
            for each in (there, "file:///etc/hostname")
        )
        assert pdf_of(f"<title>x</title>{''.join(named)}", **ACCEPTED).startswith(b"%PDF-")
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    ("event", "allowed"), [("socket.connect", False), ("subprocess.Popen", False), ("os.system", False), ("open", True)]
)
def test_the_program_refuses_itself_what_no_page_needs(event: str, allowed: bool) -> None:
    from shop.documents.pdf_maker import _refuse

    if allowed:
        _refuse(event, ())
        return
    with pytest.raises(PermissionError):
        _refuse(event, ())


def test_what_takes_too_long_is_ended_and_the_next_one_is_made() -> None:
    with pytest.raises(PdfTooLong):
        pdf_of("<title>x</title>", seconds=0.01, **ACCEPTED)
    assert pdf_of("<title>x</title>", **ACCEPTED).startswith(b"%PDF-")


def test_what_is_too_long_is_told_in_plain_words(mere: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = printed(mere, "learning_log", "en")
    monkeypatch.setattr(pdf, "LONGEST", 1_000)
    answer = mere.get(f"{edition}/pdf")
    assert answer.status_code == 503 and "print it with your browser" in text(answer.text) and edition in answer.text


def test_without_the_library_the_page_says_what_to_do(mere: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_spec", lambda _name: None)
    edition = printed(mere, "procedures", "en")
    assert "As a PDF" not in mere.get(edition).text
    answer = mere.get(f"{edition}/pdf")
    assert answer.status_code == 503 and "print it with your browser" in text(answer.text) and edition in answer.text


def test_a_library_that_does_not_load_is_like_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    maker = tmp_path / "maker.py"
    maker.write_text("raise OSError('cannot load library pango')")
    monkeypatch.setattr(pdf, "MAKER", maker)
    with caplog.at_level(logging.ERROR), pytest.raises(NoPdf):
        pdf_of("<title>x</title>", **ACCEPTED)
