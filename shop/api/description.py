"""The description of the API: OpenAPI 3.1, made from the table of operations and the shapes they read and give."""

import json
import re
from collections.abc import Iterable
from typing import Any

from litestar.handlers import HTTPRouteHandler
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from shop import __version__
from shop.api.kept_answers import LONGEST_KEY
from shop.api.operations import ROOT, Operation
from shop.api.problems import MEDIA_TYPE, OWN, ProblemDetails
from shop.api.scopes import SCOPES

REF = "#/components/schemas/{model}"
ABOUT = (
    "What an exporter automates. A token acts for its person, within its scopes and what that person may do. Lists come "
    "in pages: ask again with `cursor` set to `next`. A request that changes something may carry an Idempotency-Key: "
    "sent again within 24 hours it is carried out once and answered as the first time. Instants are UTC."
)
ALWAYS = (401, 403, 429, 503)


def description(handlers: Iterable[HTTPRouteHandler], base_url: str) -> dict[str, Any]:
    """The whole description of these handlers' operations."""
    operations: list[Operation] = [each.opt["operation"] for each in handlers]
    schemas, names = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(f"{ROOT}{each.path}", {})[each.method.lower()] = _operation(each, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "softlaunch", "version": __version__, "summary": "The exporter's API.", "description": ABOUT},
        "servers": [{"url": base_url}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": _scopes()}},
            "responses": {
                str(status): _problem(status, names) for status in sorted({each for each, _ in OWN.values()})
            },
        },
    }


def _schemas(operations: list[Operation]) -> tuple[dict[str, Any], dict[type[BaseModel], str]]:
    reads: list[type[BaseModel]] = [each.reads for each in operations if each.reads is not None]
    gives: list[type[BaseModel]] = [ProblemDetails, *(each.gives for each in operations if each.gives is not None)]
    asked: list[tuple[type[BaseModel], JsonSchemaMode]] = [(each, "validation") for each in _sorted(reads)]
    asked += [(each, "serialization") for each in _sorted(gives)]
    refs, whole = models_json_schema(asked, ref_template=REF)
    return whole["$defs"], {model: refs[model, mode]["$ref"] for model, mode in asked}


def _sorted(models: Iterable[type[BaseModel]]) -> list[type[BaseModel]]:
    return sorted(set(models), key=lambda model: model.__name__)


def _operation(operation: Operation, names: dict[type[BaseModel], str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": _scope(operation),
        "tags": [operation.scope.partition(":")[0]],
        "parameters": [*_in_path(operation), *_in_query(operation), *_in_headers(operation)],
        "responses": _responses(operation, names),
    }
    if operation.reads is not None:
        content: dict[str, Any] = {"schema": {"$ref": names[operation.reads]}}
        if operation.example is not None:
            content["example"] = operation.example
        told["requestBody"] = {"required": True, "content": {"application/json": content}}
    return told


def _in_path(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 80}}
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]


def _in_query(operation: Operation) -> list[dict[str, Any]]:
    schema = operation.asks.model_json_schema()
    found = []
    for name, given in schema.get("properties", {}).items():
        about = given.pop("description", "")
        given.pop("title", None)
        needed = name in schema.get("required", ())
        found.append({"name": name, "in": "query", "required": needed, "description": about, "schema": given})
    return found


def _in_headers(operation: Operation) -> list[dict[str, Any]]:
    found = []
    if operation.changes:
        said = "Makes sure that the request is carried out once, however often it is sent within 24 hours."
        schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"}
        found.append(
            {"name": "Idempotency-Key", "in": "header", "required": False, "description": said, "schema": schema}
        )
    if operation.if_match:
        said = "The ETag of what was read. Without it what widens is refused (428)."
        said = "The ETag of what was read." if operation.if_match == "must" else said
        schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": '^"[!#-~]+"$'}
        must = operation.if_match == "must"
        found.append({"name": "If-Match", "in": "header", "required": must, "description": said, "schema": schema})
    return found


def _responses(operation: Operation, names: dict[type[BaseModel], str]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if operation.gives is not None:
        done["content"] = {"application/json": {"schema": {"$ref": names[operation.gives]}}}
    headers: dict[str, Any] = {}
    if operation.etag:
        headers["ETag"] = {"description": "Its version, for If-Match.", "schema": {"type": "string"}}
    if operation.changes:
        said = "Set to true on an answer that was given before."
        headers["Idempotent-Replayed"] = {"description": said, "required": False, "schema": {"type": "string"}}
    found = {str(operation.status): {**done, "headers": headers} if headers else done}
    if 202 in operation.also:
        found["202"] = {**found[str(operation.status)], "description": operation.also[202]}
    statuses = {*ALWAYS, 400, *(each for each in operation.also if each >= 400)}
    statuses |= {404} if "{" in operation.path or "market" in operation.asks.model_fields else set()
    statuses |= {422} if operation.reads or operation.asks.model_fields or operation.changes else set()
    statuses |= {409} if operation.changes else set()
    statuses |= {413, 415} if operation.reads else set()
    statuses |= {412, 428} if operation.if_match else set()
    for status in sorted(statuses):
        about = operation.also.get(status)
        found[str(status)] = _problem(status, names, about)
    return found


def _problem(status: int, names: dict[type[BaseModel], str], about: str | None = None) -> dict[str, Any]:
    sentences = {"400": "The bytes cannot be read as a request.", "413": "The body is too large."}
    sentences |= {str(each): said for each, said in reversed(OWN.values())}
    name = next((name for name, (each, _said) in OWN.items() if each == status), "bad_request")
    detail = about or sentences.get(str(status), "It cannot be done.")
    example = {
        "type": f"/problems/{name}",
        "title": name.replace("_", " "),
        "status": status,
        "detail": detail,
        "errors": [],
    }
    told: dict[str, Any] = {
        "description": detail,
        "content": {MEDIA_TYPE: {"schema": {"$ref": names[ProblemDetails]}, "example": example}},
    }
    if status in (429, 503):
        said = "In how many seconds it is worth trying again."
        told["headers"] = {"Retry-After": {"description": said, "schema": {"type": "string"}}}
    return told


def _scope(operation: Operation) -> str:
    """Which scope the operation needs."""
    further = f" For {operation.wider_for} also `{operation.wider}`." if operation.wider else ""
    return f"Scope: `{operation.scope}`.{further}"


def _scopes() -> str:
    """What each scope allows, for the description."""
    lines = [f"`{scope}`: {said}." for scope, (_act, said) in SCOPES.items()]
    return " ".join(["A token made at /console/tokens. Scopes:", *lines])


def as_bytes(told: dict[str, Any]) -> bytes:
    """The description as it is sent."""
    return json.dumps(told, ensure_ascii=False, indent=1).encode()
