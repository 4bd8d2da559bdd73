"""Well-formed requests to every door in three roles: addresses that exist, the fields of the pages' own forms, JSON as described.

They are what is mutated: a request that is wrong in one thing only gets further into the house than noise does.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urljoin

from tests.doors import Door, ask, doors
from tests.faults.mutations import FORM, Asked
from tests.town import NAMES, STREAM, Town
from tests.world import ORIGIN, Browser, forms

ROLES = ("anonymous", "agent", "exporter")
PEOPLE = {"agent": "lena", "exporter": "mere"}
LEFT_OUT = ("/sign-out",)  # it would only sign the sender out, again and again; the tests of bad input ask it


@dataclass(frozen=True, slots=True)
class Corpus:
    """The requests of each role, without what says who sends them; and what anonymous holders and programs show."""

    requests: dict[str, list[Asked]]
    holder: bytes  # the cookies of somebody with an order and a question
    program: bytes  # the Authorization of a program
    routes: int


@dataclass
class _Gatherer:
    town: Town
    browsers: dict[str, Browser]
    found: dict[tuple[str, bytes, bytes], Asked] = field(default_factory=dict)

    def add(self, role: str, method: str, target: str, *, headers: dict[str, str], body: bytes = b"") -> None:
        path = quote(target, safe="/?&=%~:+,;@!$'()*-._").encode()
        lines = tuple((name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items())
        self.found[role, method.encode(), path] = Asked(method.encode(), path, lines, body)

    def forms_of(self, role: str, page: str) -> None:
        cookies = self.browsers[role].cookies
        answer = ask(self.town.world, "GET", page, cookies=cookies)
        if answer.status != 200 or "html" not in answer.header("content-type"):
            return
        for form in forms(answer.text):
            fields = form.fields | dict.fromkeys(_names(answer.text, form.action), "1")
            target = urljoin(page, form.action or page)
            if target.startswith("/") and target.partition("?")[0] not in LEFT_OUT:
                self.add(role, "POST", target, headers={"content-type": FORM.decode()}, body=urlencode(fields).encode())


def gathered(town: Town) -> Corpus:
    """Look at every door as each role, and note what it asks for."""
    lena = town.world.signed_in("lena")
    gatherer = _Gatherer(town, {"anonymous": town.holder, "agent": lena, "exporter": town.mere})
    known = [door for door in doors(town.world) if door.path not in LEFT_OUT]
    shapes = json.loads(ask(town.world, "GET", "/openapi.json").text)
    for role in ROLES:
        for door in known:
            target = town.url(door)
            headers, body = _sent(door, shapes)
            gatherer.add(role, door.method, target, headers=headers, body=body)
            if door.method == "GET" and door.path != STREAM and _stands_at(role, door.path):
                gatherer.forms_of(role, target)
    requests = {role: [asked for key, asked in sorted(gatherer.found.items()) if key[0] == role] for role in ROLES}
    return Corpus(requests, _cookies(town.holder), town.program.encode(), len(known))


def _stands_at(role: str, path: str) -> bool:
    """Whether pages there have forms for this role; every door is asked by every role all the same."""
    if path.startswith("/desk"):
        return role != "anonymous"
    return role == ("exporter" if path.startswith("/console") else "anonymous")


def from_ourselves(asked: Asked, *shown: tuple[bytes, bytes]) -> Asked:
    """The request as our own page would have a browser send it, with what it shows of who it is."""
    own = ((b"host", ORIGIN.partition("//")[2].encode()), (b"origin", ORIGIN.encode()))
    return Asked(asked.method, asked.target, (*own, *asked.headers, *shown), asked.body)


def _sent(door: Door, shapes: Any) -> tuple[dict[str, str], bytes]:
    if door.path.startswith("/api/v1/") and door.method in ("POST", "PATCH", "PUT"):
        path = re.sub(r":\w+}", "}", door.path)
        operation = shapes["paths"].get(path, {}).get(door.method.lower(), {})
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        body = json.dumps(sample(content.get("schema", {}), shapes)).encode()
        return {"content-type": "application/json", "idempotency-key": "key-1", "if-match": '"1"'}, body
    if door.method == "POST":
        return {"content-type": FORM.decode()}, urlencode(dict.fromkeys(NAMES, "1")).encode()
    return {}, b""


def sample(schema: Any, shapes: Any, depth: int = 0) -> Any:
    """Something the described shape allows."""
    if "$ref" in schema:
        schema = shapes["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "example" in schema or "examples" in schema:
        return schema.get("example", next(iter(schema.get("examples", [None]))))
    if "enum" in schema or "const" in schema:
        return schema.get("const", next(iter(schema.get("enum", [None]))))
    for either in ("anyOf", "oneOf", "allOf"):
        if either in schema:
            return sample(schema[either][0], shapes, depth)
    kind = schema.get("type", "object")
    if kind == "object" and depth < 6:
        return {name: sample(each, shapes, depth + 1) for name, each in schema.get("properties", {}).items()}
    if kind == "array" and depth < 6:
        return [sample(schema.get("items", {}), shapes, depth + 1)]
    return {"integer": 1, "number": 1, "boolean": True, "string": "de"}.get(kind if isinstance(kind, str) else kind[0])


_NAMED = re.compile(r'<(?:textarea|select|input)\b[^>]*?\bname="([^"]+)"')


def _names(html: str, action: str) -> Iterator[str]:
    """The names of fields that carry no value of their own: what is written, chosen or ticked in this form."""
    form = html.partition(f'action="{action}"')[2].partition("</form>")[0]
    for tag in re.finditer(r"<(?:textarea|select|input)\b[^>]*>", form):
        named = _NAMED.match(tag[0])
        if named and (not tag[0].startswith("<input") or 'type="checkbox"' in tag[0]):
            yield named[1]


def _cookies(browser: Browser) -> bytes:
    return "; ".join(f"{each.name}={each.value}" for each in browser.cookies.jar).encode()
