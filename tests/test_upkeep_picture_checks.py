"""What an uploaded picture is: known by its bytes, cleaned of what could act, refused with the reason."""

import pytest

from shop.upkeep.enclosures import LARGEST
from shop.upkeep.workshop.picture_checks import checked
from shop.upkeep.wrong import Wrong
from tests.pictures import SECRET, heic, jpeg, png, webp

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10"'


def svg(inside: str = "", more: str = "") -> bytes:
    return f"{HEAD}{more}>{inside}<rect width='4' height='4' fill='url(#a)'/></svg>".encode()


@pytest.mark.parametrize(("data", "kind"), [(jpeg(), "image/jpeg"), (png(), "image/png"), (webp(), "image/webp")])
def test_a_photograph_is_known_by_its_bytes_and_loses_its_notes(data: bytes, kind: str) -> None:
    found = checked(data)
    assert found.media_type == kind and SECRET in data and SECRET not in found.data


def test_a_drawing_that_only_draws_is_kept_to_the_byte() -> None:
    data = b"<?xml version='1.0'?>\n<!-- by hand -->" + svg(
        "<style>@media (min-width: 9px) { rect { fill: url('#a') } }</style>"
    )
    assert checked(data).data == data and not checked(data).removed


@pytest.mark.parametrize(
    ("data", "removed"),
    [
        (svg("<script>alert(1)</script>"), "<script>"),
        (svg("<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>"), "<foreignObject>"),
        (svg(more=' onload="alert(1)"'), "onload"),
        (svg("<g ONCLICK='x()'/>"), "ONCLICK"),
        (svg("<a xlink:href='javascript:x()'><path d='M0 0'/></a>"), "href"),
        (svg("<image href='https://spy.example/x.png'/>"), "href"),
        (svg("<use xlink:href='data:image/svg+xml;base64,AAAA'/>"), "href"),
        (svg("<rect fill='url(https://spy.example/x)'/>"), "fill"),
        (svg("<rect style='background: url(//spy.example)'/>"), "style"),
        (svg("<style>@import 'https://spy.example/x.css';</style>"), "<style>"),
        (svg('<style>rect { fill: url( "//spy.example" ) }</style>'), "<style>"),
        (svg("<set attributeName='href' to='javascript:x()'/>"), "<set>"),
        (svg("<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>"), "<script>"),
        (svg("<h:iframe xmlns:h='http://www.w3.org/1999/xhtml' src='//spy.example'/>"), "<iframe>"),
        (svg("<style>a<desc/>@import url(//spy.example)</style>"), "<style>"),
        (svg("<style>rect { background: image-set('//spy.example' 1x) }</style>"), "<style>"),
        (svg("<rect style='background: image-set(&quot;//spy.example&quot; 1x)'/>"), "style"),
        (svg("<rect fill='u\\72l(//spy.example)'/>"), "fill"),
        (b"<?xml-stylesheet href='https://spy.example/x.css'?>" + svg(), "xml-stylesheet"),
    ],
)
def test_what_could_act_is_left_out_and_named(data: bytes, removed: str) -> None:
    found = checked(data)
    assert found.removed == (removed,)
    assert not any(each in found.data.lower() for each in (b"script", b"spy.example", b"onload", b"onclick", b"base64"))
    assert checked(found.data).data == found.data and b"<rect" in found.data


def test_what_an_editor_leaves_behind_goes_without_a_word() -> None:
    data = svg("<x:grid xmlns:x='http://www.inkscape.org/namespaces/inkscape'/><metadata>me</metadata>")
    assert checked(data).removed == ("<metadata>",) and b"inkscape" not in checked(data).data


def test_what_is_of_no_drawing_at_all_goes_even_where_nothing_else_does() -> None:
    data = svg("<x:grid xmlns:x='http://www.inkscape.org/namespaces/inkscape'><x:script>x()</x:script></x:grid>")
    assert checked(data).removed == () and b"script" not in checked(data).data


def test_a_drawing_with_a_plain_doctype_is_taken() -> None:
    assert b"DOCTYPE" not in checked(b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">' + svg()).data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x" * (LARGEST + 1),
        b"%PDF-1.7",
        b"GIF89a" + b"\0" * 40,
        heic(),
        jpeg()[:200],
        b"<svg",
        b"<svg viewBox='0 0 1 1'></svg>",
        svg()[:-3],
        b"<html><svg xmlns='http://www.w3.org/2000/svg'/></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + svg("<text>&b;</text>"),
        b'<?xml version="1.0" encoding="UTF-16"?>' + svg(),
        svg("<script/>" + "<g>" * 9000 + "</g>" * 9000),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(Wrong) as refused:
        checked(data)
    assert str(refused.value)
