"""Operations on customers' requests: reading, answering and closing, as the desk does it and for whom it does it."""

from typing import Any

from sqlmodel import Session

from shop.api.answering import door
from shop.api.operations import Call, Operation, Reply
from shop.api.orders import instant
from shop.api.paging import following, place
from shop.api.problems import Problem, Wrong
from shop.api.request_shapes import (
    SEVERITIES,
    Answered,
    AnswerSent,
    MessageTold,
    RequestHead,
    Requests,
    RequestsAsked,
    RequestWhole,
)
from shop.base.tokens import fresh_token
from shop.support.requests.models import Request
from shop.support.requests.replies import StillUnfilled
from shop.support.workplace.newest import newest
from shop.support.workplace.queue import request_of, scope_of
from shop.support.workplace.sending import end, held, send
from shop.support.workplace.sight import thread_of


def list_requests(call: Call, db: Session) -> Reply:
    """A page of the requests that the person may see, the newest first."""
    asked: RequestsAsked = call.query
    market, before = call.own_market(asked.market) if asked.market else "", place(call, 2)
    found = newest(
        db,
        scope_of(db, call.staff),
        at_most=asked.limit + 1,
        market=market,
        state=asked.state or "",
        before=(instant(before[0]), str(before[1])) if before is not None else None,
    )
    rows, after = following(call, found, "created_at", "ref")
    return Reply(Requests(items=[RequestHead(**_head(each)) for each in rows], next=after))


def show_request(call: Call, db: Session) -> Reply:
    """One request with its messages."""
    return Reply(_whole(db, own_request(call, db)))


def own_request(call: Call, db: Session) -> Request:
    """The request of the address, if the person may see it; raises NotFound."""
    return request_of(db, scope_of(db, call.staff), call.path["ref"])


def answer(call: Call, db: Session) -> Reply:
    """Send an answer, or hand it to the exporter first where the person may not send it."""
    sent: AnswerSent = call.body
    scope = scope_of(db, call.staff)
    request = held(db, scope, call.path["ref"])
    try:
        outcome = send(db, request, scope, sent.text, key=call.key or fresh_token(), seen=sent.seen, now=call.now)
    except StillUnfilled as refusal:
        said = f"Still to be filled in: {', '.join(refusal.values['names'])}."
        raise Problem("not_understood", errors=[Wrong(where="body", pointer="/text", detail=said)]) from None
    db.expire_all()
    return Reply(Answered(outcome="referred" if outcome == "referred" else "answered", request=_whole(db, request)))


def close(call: Call, db: Session) -> Reply:
    """Close a request; twice is once."""
    scope = scope_of(db, call.staff)
    request = held(db, scope, call.path["ref"])
    end(db, request, scope, now=call.now)
    db.expire_all()
    return Reply(_whole(db, request))


def _whole(db: Session, request: Request) -> RequestWhole:
    messages = [
        MessageTold(message=each.id or 0, **each.model_dump(include={"kind", "author", "text", "language", "at"}))
        for each in thread_of(db, request)
    ]
    return RequestWhole(**_head(request), name=request.name, email=request.email, messages=messages)


def _head(request: Request) -> dict[str, Any]:
    return {
        **request.model_dump(include=set(RequestHead.model_fields) - {"severity"}),
        "severity": SEVERITIES[request.severity],
    }


LIST = Operation(
    method="GET", path="/requests", name="listRequests", scope="requests:read", act=list_requests, gives=Requests,
    asks=RequestsAsked, summary="Customers' requests, the newest first, page by page.",
)  # fmt: skip
SHOW = Operation(
    method="GET", path="/requests/{ref}", name="getRequest", scope="requests:read", act=show_request,
    gives=RequestWhole, summary="One request with its messages.",
)  # fmt: skip
ANSWER = Operation(
    method="POST", path="/requests/{ref}/answers", name="answerRequest", scope="requests:write", act=answer,
    gives=Answered, reads=AnswerSent, session="writing", status=201, within=own_request,
    summary="Answer the customer, in whose language the text must be. What a partner may not say is referred.",
    also={409: "A colleague has it, something new was written, or the exporter answers first."},
    example={"text": "Guten Tag, bitte spülen Sie den Behälter mit warmem Wasser.", "seen": 17},
)  # fmt: skip
CLOSE = Operation(
    method="POST", path="/requests/{ref}/closing", name="closeRequest", scope="requests:write", act=close,
    gives=RequestWhole, session="writing", within=own_request,
    summary="Close a request. The customer may write again.",
    also={409: "A colleague has it, or the exporter answers first."},
)  # fmt: skip

HANDLERS = [door(each) for each in (LIST, SHOW, ANSWER, CLOSE)]
