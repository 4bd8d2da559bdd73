"""Traces by OpenTelemetry: where the time of a request, a transaction, a call of the provider, a mail or a job goes.

Only with SOFTLAUNCH_TRACES_URL and the extra `softlaunch[traces]`; without them nothing here is even imported. A span carries
names that stand in the code (a door's address with its names in braces, a job, an effect) and numbers: no address anybody
asked for, no person, no secret, no words of an error.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from litestar.types import ASGIApp, Receive, Send
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from sqlalchemy import Connection, Engine, event

from shop import __version__
from shop.base.mail import Mailer
from shop.base.payments import Payments

_SPAN = "softlaunch_span"  # in a connection's info, from the transaction's beginning until it is given back
PAYMENT_CALLS = ("open_session", "state", "expire", "refund", "refunds", "dispute", "restricted")
Attributes = dict[str, str | int]


def exporter(url: str) -> SpanExporter:
    """To a collector that speaks OTLP over HTTP. Headers, time-outs and packing are read from OTEL_EXPORTER_OTLP_…"""
    return OTLPSpanExporter(endpoint=url)


class Traces:
    """The spans of one process. Sampling and the resource's attributes are read from the standard OTEL_… variables."""

    def __init__(self, to: SpanExporter) -> None:
        resource = Resource.create({"service.name": "softlaunch", "service.version": __version__})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(BatchSpanProcessor(to))
        self._tracer = self._provider.get_tracer("softlaunch", __version__)

    @contextmanager
    def span(self, name: str, *, kind: SpanKind = SpanKind.INTERNAL, **attributes: str | int) -> Iterator[Span]:
        """A span around the block; of what it raises the class is told, not the words."""
        with self._tracer.start_as_current_span(
            name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except BaseException as raised:
                _failed(span, type(raised).__name__)
                raise

    def listen(self, engine: Engine, payments: Payments, mailer: Mailer) -> None:
        """Spans for transactions, for what the payment provider is asked, and for mails handed over."""
        self.transactions(engine)
        self.calls(payments, "payments", *PAYMENT_CALLS)
        self.calls(mailer, "mail", "send")

    def requests(self, app: ASGIApp) -> ASGIApp:
        """The application with a span around each request, named after its door."""

        async def traced(scope: Any, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return await app(scope, receive, send)
            method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
            with self.span(method, kind=SpanKind.SERVER, **{"http.request.method": method}) as span:

                async def seen(message: Any) -> None:
                    if message["type"] == "http.response.start":
                        _answered(span, method, scope.get("path_template"), message["status"])
                    await send(message)

                await app(scope, receive, seen)

        return traced

    def transactions(self, engine: Engine) -> None:
        """A span for each transaction of this engine, from its beginning until the commit is through."""

        def begun(connection: Connection) -> None:
            _end_of(connection.info)
            word = "write" if connection.get_execution_options().get("writing") else "read"
            attributes: Attributes = {"db.system.name": connection.dialect.name}
            span = self._tracer.start_span(f"{word} transaction", kind=SpanKind.CLIENT, attributes=attributes)
            connection.info[_SPAN] = span

        def ended(outcome: str) -> Callable[[Connection], None]:
            def end(connection: Connection) -> None:
                if (span := connection.info.get(_SPAN)) is not None:
                    span.set_attribute("softlaunch.outcome", outcome)

            return end

        event.listen(engine, "begin", begun)
        event.listen(engine, "commit", ended("commit"))
        event.listen(engine, "rollback", ended("rollback"))
        # Those two are told before the database is; what it takes its time for is over when the connection is given back.
        event.listen(engine, "checkin", lambda _connection, record: _end_of(record.info))

    def calls(self, of: object, name: str, *methods: str) -> None:
        """A span around these methods of a thing that speaks to the outside; what they are given is not told."""
        for method in methods:
            setattr(of, method, self.around(f"{name}.{method}", getattr(of, method), kind=SpanKind.CLIENT))

    def around(self, name: str, call: Callable[..., Any], *, kind: SpanKind = SpanKind.INTERNAL) -> Callable[..., Any]:
        """The function with a span around each call."""

        @wraps(call)
        def traced(*given: Any, **named: Any) -> Any:
            with self.span(name, kind=kind):
                return call(*given, **named)

        return traced

    def watch(self) -> None:
        """Nothing is to be begun: the exporter's thread runs."""

    def stop(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


def _end_of(info: dict[Any, Any]) -> None:
    span = info.pop(_SPAN, None)
    if span is not None:
        span.end()


_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())


def _answered(span: Span, method: str, door: str | None, status: int) -> None:
    # Without a door it was a kept page, or none at all: the address itself may hold a secret or a name.
    span.update_name(f"{method} {door}" if door else method)
    if door:
        span.set_attribute("http.route", door)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        _failed(span, str(status))


def _failed(span: Span, kind: str) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(Status(StatusCode.ERROR))
