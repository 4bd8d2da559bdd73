"""How an operation is carried out: who asks, may they, is it understood, was it asked before; and the answer to all of it."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from litestar import Request, Response
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from pydantic import BaseModel, ValidationError
from sqlmodel import Session

from shop.api import kept_answers
from shop.api.operations import IDEMPOTENCY_KEY, IF_MATCH, ROOT, Call, Hall, Operation, Reply
from shop.api.problems import Problem, refused, told, unread
from shop.api.scopes import act_of
from shop.api.tokens import bearer
from shop.base.db import Database
from shop.base.guard import REQUEST_ID, shown_path
from shop.base.i18n import Languages
from shop.base.limits import Limit, spend
from shop.base.settings import Settings
from shop.base.tokens import Signer
from shop.base.web import NO_STORE, path_of
from shop.ground.errors import Refusal
from shop.launches.readying.gathering import Sources
from shop.markets.history import REQUEST
from shop.policies.library import PolicyLibrary
from shop.staff.may import may_somewhere

RATE = Limit("api", 600, 60)  # for each token


def door(operation: Operation) -> HTTPRouteHandler:
    """The operation as a handler of the router."""

    def answer(
        request: Request[Any, Any, Any], hall: NamedDependency[Hall], sent: NamedDependency[bytes]
    ) -> Response[bytes]:
        return answered(operation, hall, request, sent)

    answer.__doc__ = operation.summary
    opt = {"cookieless": True, "scope": operation.scope, "operation": operation}
    made = HTTPRouteHandler(
        f"{ROOT}{_typed(operation.path)}",
        http_method=operation.method,
        dependencies=AT_API,
        opt=opt,
        status_code=200,  # of the router only: every answer says its own
        sync_to_thread=True,
    )
    return made(answer)


def answered(operation: Operation, hall: Hall, request: Request[Any, Any, Any], sent: bytes) -> Response[bytes]:
    """The answer to one request, whatever it was."""
    try:
        return _carried_out(_heard(operation, hall, request, sent), sent)
    except Problem as problem:
        return told(problem)
    except Refusal as refusal:
        return refused(refusal)
    except Exception as fault:  # noqa: BLE001 - a program is told of a fault in the form it reads
        number = request.scope["state"].get(REQUEST_ID, "")
        structlog.get_logger().error("fault", id=number, path=shown_path(path_of(request)), exc_info=fault)
        return told(Problem("fault", request_id=number))


def _heard(operation: Operation, hall: Hall, request: Request[Any, Any, Any], sent: bytes) -> Call:
    """Who asks for what. Raises the problem of one who may not, comes too often, or cannot be understood."""
    staff, token = bearer(hall.database, hall.languages, request.headers.get("authorization", ""), now=hall.now)
    spend(hall.database, RATE, f"token {token.id}", now=hall.now)
    if operation.scope not in token.scopes.split():
        raise Problem("scope_missing", scope=operation.scope)
    if not may_somewhere(staff.person, act_of(operation.scope)):
        raise Problem("not_allowed")
    return Call(
        hall,
        operation,
        token,
        replace(staff, act=act_of(operation.scope)),
        {name: str(value) for name, value in request.path_params.items()},
        _query(operation, request),
        _body(operation, request, sent),
        request.headers.get(IDEMPOTENCY_KEY, "").strip() if operation.changes else "",
        request.headers.get(IF_MATCH, "").strip(),
        request.scope["state"].get(REQUEST_ID, ""),
    )


def _query(operation: Operation, request: Request[Any, Any, Any]) -> BaseModel:
    try:
        return operation.asks.model_validate_strings({str(name): value for name, value in request.query_params.items()})
    except ValidationError as error:
        raise unread(error, "query") from None


def _body(operation: Operation, request: Request[Any, Any, Any], sent: bytes) -> BaseModel | None:
    if operation.reads is None:
        return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem("unsupported_type")
    try:
        return operation.reads.model_validate_json(sent, strict=False)
    except ValidationError as error:
        raise unread(error, "body") from None


def _carried_out(call: Call, sent: bytes) -> Response[bytes]:
    """The operation's answer; with an idempotency key the one that was given before, if it was."""
    if not call.key:
        return _response(_done(call, None))
    asked = "\n".join((call.operation.name, *(f"{name}={each}" for name, each in sorted(call.path.items()))))
    kept = kept_answers.claim(
        call.hall.database,
        call.staff.person.id,
        call.key,
        fingerprint=hashlib.sha256(asked.encode() + b"\n" + call.query.model_dump_json().encode() + sent).hexdigest(),
        now=call.now,
    )
    if isinstance(kept, kept_answers.Kept):
        said = _said_again(call, kept).encode()
        return Response(said, status_code=kept.status, headers=kept.headers, media_type="application/json")
    try:
        return _response(_done(call, kept))
    except BaseException:
        kept_answers.forget(call.hall.database, kept)
        raise


def _done(call: Call, claim: kept_answers.Claim | None) -> Reply:
    """Carry it out; what is answered under an idempotency key is kept in the very transaction that does it."""
    operation, database = call.operation, call.hall.database
    if operation.session == "reading":
        with database.reading() as db:
            return operation.act(call, db)
    if operation.session == "own":
        reply = operation.act(call)
        if claim is not None:
            with database.writing() as db:
                _keep(db, claim, reply, operation)
    else:
        with database.writing() as db:
            db.info[REQUEST] = call.request
            reply = operation.act(call, db)
            if claim is not None:
                _keep(db, claim, reply, operation)
    if reply.after is not None:
        reply.after()
    return Reply(reply.body, reply.status or operation.status, reply.etag)


def _keep(db: Session, claim: kept_answers.Claim, reply: Reply, operation: Operation) -> None:
    response = _response(Reply(reply.kept or reply.body, reply.status or operation.status, reply.etag))
    headers = {name: value for name, value in response.headers.items() if name == "etag"}
    kept_answers.keep(db, claim, kept_answers.Kept(response.status_code or 200, headers, response.content.decode()))


def _said_again(call: Call, kept: kept_answers.Kept) -> str:
    """The answer that was kept, for a caller who may still do what it is the answer to; raises for any other."""
    again = call.operation.again
    with call.hall.database.reading() as db:
        call.still_may(db)
        return kept.body if again is None else str(again(call, db, kept.body).model_dump_json(by_alias=True))


def _response(reply: Reply) -> Response[bytes]:
    headers = {**NO_STORE, **({"etag": reply.etag} if reply.etag else {})}
    if reply.body is None:
        return Response(b"", status_code=reply.status or 204, headers=headers, media_type="application/json")
    said = reply.body.model_dump_json(by_alias=True).encode()
    return Response(said, status_code=reply.status or 200, headers=headers, media_type="application/json")


def _typed(path: str) -> str:
    return path.replace("}", ":str}")


async def provide_sent(request: Request[Any, Any, Any]) -> bytes:
    """The body's bytes."""
    return await request.body()


def provide_hall(
    database: NamedDependency[Database],
    policies: NamedDependency[PolicyLibrary],
    languages: NamedDependency[Languages],
    sources: NamedDependency[Callable[[], Sources]],
    payments: NamedDependency[Any],
    signer: NamedDependency[Signer],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Hall:
    """The house as a program finds it now."""
    return Hall(database, policies, languages, sources, payments, signer, settings, now)


AT_API = {"hall": Provide(provide_hall, sync_to_thread=False), "sent": Provide(provide_sent)}
