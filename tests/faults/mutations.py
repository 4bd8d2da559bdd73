"""What a well-formed request becomes: odd methods, addresses, headers, bodies and framing, and bytes changed anywhere.

Every change draws from the chance it is given, so that a seed repeats it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, urlencode

Headers = tuple[tuple[bytes, bytes], ...]
FORM = b"application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request in its parts. `framed` is set once the body is framed by hand: no Content-Length is added then."""

    method: bytes
    target: bytes
    headers: Headers
    body: bytes = b""
    framed: bool = False

    def raw(self) -> bytes:
        """The bytes on the wire."""
        length = () if self.framed else ((b"content-length", b"%d" % len(self.body)),)
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in (*self.headers, *length))
        return self.method + b" " + self.target + b" HTTP/1.1\r\n" + lines + b"\r\n" + self.body

    def with_header(self, name: bytes, value: bytes) -> "Asked":
        """The same with this header instead of those of its name."""
        return replace(self, headers=(*(each for each in self.headers if each[0] != name), (name, value)))


METHODS = (
    b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT", b"PRI", b"PROPFIND", b"get",
    b"FOO", b"POST\t", b"", b"\x00GET", b"G\xc3\x89T", b"A" * 5000,
)  # fmt: skip
PIECES = (
    b"%00", b"%ff", b"%ED%A0%80", b"%zz", b"%", b"\xff", b"\xc3\xa9", b"\x00", b"\x7f", b"..", b"%2e%2e%2f",
    b"..%2f..%2fetc%2fpasswd",
    b"%0d%0aset-cookie:%20x=1", b"-1", b"0", b"9" * 25, b"9" * 5000, b"a" * 10_000, b"%D9%A3", b"%F0%9F%98%80", b"%E2%80%AE",
    b"'%20OR%201=1--", b"nan", b"1e309", b";x=1", b"{{7*7}}", b"%3Cscript%3E", b"con", b"*", b"//elsewhere.example", b"",
)  # fmt: skip
QUERIES = (
    b"", b"%", b"&&=&", b"a=%00", b"a=%ff", b"secret=%ED%A0%80", b"lang=de'%20OR%201=1--", b"lang=../../x",
    b"q=" + b"a" * 10_000,
    b"before=nan~1&after=~&page=-1", b"page=99999999999999999999", b"after=1e308~%F0", b"then=//elsewhere.example",
    b"q=%E2%80%AE%00",
    b"&".join(b"a%d=1" % number for number in range(1500)), b"day=2026-02-30&from=0000-00-00&until=9999-99-99",
    b"secret=a&secret=b",
)  # fmt: skip
HEADERS: Headers = (
    (b"content-type", b"application/json"), (b"content-type", b"multipart/form-data"),
    (b"content-type", b"multipart/form-data; boundary="),
    (b"content-type", b"multipart/form-data; boundary=" + b"x" * 3000), (b"content-type", b"text/plain; charset=utf-99"),
    (b"content-type", FORM + b"; charset=utf-16"), (b"content-type", b"\xff\xfe"), (b"content-type", b""),
    (b"content-type", b"a/b;" * 900),
    (b"content-encoding", b"gzip"), (b"accept", b"\xff"), (b"accept", b"application/json"), (b"accept", b"*/*;q=nan"),
    (b"accept-language", b"de;q=nan,fr;q=inf,en;q=-1,;q=,,"), (b"accept-language", b"x" * 20_000),
    (b"accept-language", b"\xff\xfe\x80"),
    (b"accept-encoding", b"br;q=x,gzip;q=\xff"), (b"accept-encoding", b"identity;q=0,*;q=0"), (b"if-none-match", b'W/"\xff"'),
    (b"if-match", b"*"), (b"if-match", b'"99999999999999999999"'), (b"if-modified-since", b"yesterday"),
    (b"range", b"bytes=5-1,-0"),
    (b"idempotency-key", b"a" * 5000), (b"idempotency-key", b"\xe9\x01"), (b"authorization", b"Bearer \xff"),
    (b"authorization", b"Basic Og=="),
    (b"authorization", b"Bearer"), (b"stripe-signature", b"t=1,v1=" + b"0" * 64),
    (b"stripe-signature", b"t=" + b"9" * 400 + b",v1=\xff"),
    (b"origin", b"null"), (b"origin", b"https://elsewhere.example"), (b"sec-fetch-site", b"cross-site"),
    (b"referer", b"\xff" * 4000),
    (b"host", b""), (b"host", b"elsewhere.example"), (b"host", b"[::1"), (b"host", b"\xff:x"),
    (b"cookie", b"=;;;=; cart-de; =x"),
    (b"cookie", b"cart-de=\xff\xfe; place=\xe9"), (b"cookie", b"place=\"de-de"), (b"cookie", b"cart-de=" + b"a" * 20_000),
    (b"cookie", b"; ".join(b"order-DE-26-%06d=x" % number for number in range(300))), (b"x-forwarded-for", b"not an address"),
    (b"x-forwarded-for", b"\xff, ::1, 999.1.1.1:x"), (b"x-forwarded-proto", b"gopher"),
    (b"x-forwarded-host", b"elsewhere.example"),
    (b"x-http-method-override", b"DELETE"), (b"expect", b"100-continue"), (b"expect", b"200-ok"), (b"connection", b"close"),
    (b"connection", b"keep-alive, Upgrade"), (b"upgrade", b"h2c"), (b"upgrade", b"websocket"), (b"te", b"trailers"),
    (b"x", b"y" * 60_000),
    (b"x\x00", b"y"), (b"x y", b"z"), (b"", b"z"), (b"x", b"a\rb"), (b"x", b"a\nb"), (b"x", b"a\x00b"),
    (b"x", b"a\r\n folded"),
)  # fmt: skip
VALUES = (
    b"", b" ", b"%00", b"a%00b", b"%0D%0Aset-cookie:%20x=1", b"-1", b"0", b"1e9", b"1e309", b"NaN", b"%D9%A3", b"%C2%B2",
    b"9" * 30, b"9" * 5000,
    b"%F0%9F%98%80" * 50, b"%E2%80%AE%E2%81%A6x", b"%3Cscript%3Ealert(1)%3C/script%3E", b"%7B%7B7*7%7D%7D",
    b"'%20OR%201=1--", b"%25s%20%25(x)s",
    b"a" * 3000, b"a" * 100_000, b"2026-02-30", b"0000-01-01", b"9999-12-31T23:59", b"yes", b"%EF%BB%BF", b"%ED%A0%80",
    b"%ff%fe", b"%ED%9F%BF%EF%BF%BF",
    b"=cmd", b"https://169.254.169.254/", b"file:///etc/passwd", b"a@b.example,c@d.example", b"../../etc/passwd",
    b"mere", b"de", b"%5B%5D", b"Europe/Nowhere",
)  # fmt: skip
JSONS = (
    b"", b"{", b"null", b"[]", b'"x"', b"1" * 5000, b"-1e999", b"NaN", b"\xff\xfe", b'{"a":"\\ud800"}',
    b'{"a":"\\u0000"}', b"[" * 100_000,
    b'{"a":' * 20_000, b'{"quantity":' + b"9" * 400 + b"}", b"\xef\xbb\xbf{}", b'{"a":1,"a":2}', b'{"":{"":[[[]]]}}',
    b"{}" * 20,
    b'{"reason":"' + b"a" * 200_000 + b'"}', b'{"reason":"\xed\xa0\x80"}',
)  # fmt: skip
PARTS = (
    b"", b"--x--\r\n", b"--x\r\n\r\n\r\n--x--", b"--x\r\ncontent-disposition: form-data\r\n\r\na\r\n--x--",
    b"--x" * 5000, b"--x\r\n" * 2000 + b"--x--",
    b'--x\r\ncontent-disposition: form-data; name="files"; filename="../../a\x00.svg"'
    b'\r\ncontent-type: image/svg+xml\r\n\r\n<svg onload=x>\r\n--x--',
    b'--x\r\ncontent-disposition: form-data; name="\xff"; filename*=utf-99\'\'%ff\r\n\r\n\xff\r\n--x--',
    b'--x\r\ncontent-disposition: form-data; name="a"\r\ncontent-type: text/plain; charset=rot13\r\n\r\na\r\n--x--',
    b"".join(b'--x\r\ncontent-disposition: form-data; name="f%d"\r\n\r\n1\r\n' % number for number in range(1200)) + b"--x--",
)  # fmt: skip
FRAMES = (
    b"0\r\n\r\n", b"1\r\na\r\n0\r\n\r\n", b"1;ext=\"\xff\"\r\na\r\n0\r\n\r\n",
    b"A\r\n" + b"a" * 10 + b"\r\n000\r\nx-trailer: y\r\n\r\n", b"1\r\nab\r\n0\r\n\r\n",
    b"FFFFFFFFFFFFFFFFF\r\na\r\n0\r\n\r\n", b"-1\r\na\r\n0\r\n\r\n", b"0x1\r\na\r\n0\r\n\r\n", b" 1\r\na\r\n0\r\n\r\n",
    b"1\na\n0\n\n", b"5\r\na", b"zz\r\n",
    b"".join(b"1\r\na\r\n" for _ in range(3000)) + b"0\r\n\r\n",
)  # fmt: skip
LENGTHS = (b"-1", b"abc", b"+5", b"0", b"5, 5", b"5, 6", b"9" * 30, b"1e2", b"", b"\xff", b"0x5", b" 3 ")


def mutated(asked: Asked, chance: random.Random) -> bytes:
    """The bytes of the request, changed in one to three ways."""
    for change in chance.choices(_CHANGES, _WEIGHTS, k=chance.choice((1, 1, 2, 3))):
        asked = change(asked, chance)
    raw = asked.raw()
    return _bytes_changed(raw, chance) if chance.random() < 0.15 else raw


def _method(asked: Asked, chance: random.Random) -> Asked:
    return replace(asked, method=chance.choice(METHODS))


def _path(asked: Asked, chance: random.Random) -> Asked:
    path, mark, query = asked.target.partition(b"?")
    parts = path.split(b"/")
    place, piece = chance.randrange(len(parts)), chance.choice(PIECES)
    if chance.random() < 0.5:
        parts[place] = piece
    else:
        parts[place] += piece
    path = chance.choice((b"/".join(parts),) * 8 + (b"http://elsewhere.example" + path, b"*", path + b"/" * 300))
    return replace(asked, target=path + mark + query)


def _query(asked: Asked, chance: random.Random) -> Asked:
    path, _, query = asked.target.partition(b"?")
    if query and chance.random() < 0.5:
        names = [each.partition(b"=")[0] for each in query.split(b"&")]
        added = b"&".join(name + b"=" + chance.choice(VALUES) for name in names)
    else:
        added = chance.choice(QUERIES)
    return replace(asked, target=path + b"?" + added)


def _header(asked: Asked, chance: random.Random) -> Asked:
    name, value = chance.choice(HEADERS)
    if chance.random() < 0.7:
        return asked.with_header(name, value)
    return replace(asked, headers=(*asked.headers, (name, value)))  # once more


def _cookie(asked: Asked, chance: random.Random) -> Asked:
    value = next((value for name, value in asked.headers if name == b"cookie"), b"cart-de=x")
    return asked.with_header(b"cookie", _bytes_changed(value, chance).replace(b"\n", b"").replace(b"\r", b""))


def _field(asked: Asked, chance: random.Random) -> Asked:
    pairs = parse_qsl(asked.body.decode("latin-1"), keep_blank_values=True)
    if not pairs or (b"content-type", FORM) not in asked.headers:
        return _header(asked, chance)
    kept = [urlencode([pair], quote_via=quote).encode() for pair in pairs]
    for place in chance.sample(range(len(kept)), k=min(len(kept), chance.choice((1, 1, 2, 9)))):
        name = quote(pairs[place][0]).encode()
        kept[place] = chance.choice(
            (name + b"=" + chance.choice(VALUES),) * 6 + (b"", kept[place] + b"&" + kept[place])
        )
    return replace(asked, body=b"&".join(kept))


def _body(asked: Asked, chance: random.Random) -> Asked:
    kind, bodies = chance.choice(
        ((b"application/json", JSONS), (b"multipart/form-data; boundary=x", PARTS), (FORM, VALUES))
    )
    return replace(asked, body=chance.choice(bodies)).with_header(b"content-type", kind)


def _framing(asked: Asked, chance: random.Random) -> Asked:
    if chance.random() < 0.6:
        asked = replace(asked, framed=True, body=chance.choice(FRAMES))
        return asked.with_header(
            b"transfer-encoding",
            chance.choice((b"chunked",) * 6 + (b"xchunked", b"gzip, chunked", b"chunked, chunked")),
        )
    return replace(asked.with_header(b"content-length", chance.choice(LENGTHS)), framed=True)


def _bytes_changed(raw: bytes, chance: random.Random) -> bytes:
    found = bytearray(raw)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        place = chance.randrange(len(found) + 1)
        turn = chance.random()
        if turn < 0.4 and place < len(found):
            found[place] = chance.randrange(256)
        elif turn < 0.6:
            found[place:place] = chance.randbytes(chance.randrange(1, 5))
        elif turn < 0.8:
            del found[place : place + chance.randrange(1, 9)]
        else:
            found[place:place] = found[place : place + chance.randrange(1, 40)]
    return bytes(found)


_WEIGHTED: tuple[tuple[int, Callable[[Asked, random.Random], Asked]], ...] = (
    (1, _method),
    (3, _path),
    (3, _query),
    (3, _header),
    (2, _cookie),
    (9, _field),
    (3, _body),
    (2, _framing),
)
_WEIGHTS = [weight for weight, _change in _WEIGHTED]
_CHANGES = [change for _weight, change in _WEIGHTED]
