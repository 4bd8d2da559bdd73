"""audit entries of events that were written without one"""

import hashlib
import json
from datetime import UTC
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sqlmodel.sql.sqltypes.UTCDateTime()
NUMBERS = ("id", "undoes", "version")
WORDS = (
    "market", "action", "from_state", "to_state", "person", "reason", "mode", "snapshot", "rule", "approved_by",
    "details", "request",
)  # fmt: skip
EVENTS = sa.table(
    "launch_event",
    sa.column("at", INSTANT),
    *(sa.column(each, sa.Integer()) for each in NUMBERS),
    *map(sa.column, WORDS),
)
ENTRIES = sa.table(
    "audit_entry",
    sa.column("at", INSTANT),
    sa.column("number", sa.Integer()),
    *map(sa.column, ("chain", "kind", "subject", "content", "previous", "hash")),
)
CHAIN = sa.literal("launches:") + EVENTS.c.market


def upgrade() -> None:
    """Add entries, marked as late, for the contacts tried that versions with an audit wrote without an entry."""
    connection = op.get_bind()
    entered = sa.select(ENTRIES.c.subject).where(
        ENTRIES.c.chain == CHAIN, ENTRIES.c.subject == sa.cast(EVENTS.c.id, sa.String)
    )
    query = sa.select(EVENTS).where(EVENTS.c.action == "contacts", ~entered.exists()).order_by(EVENTS.c.id)
    for event in connection.execute(query).mappings().all():
        chain = f"launches:{event['market']}"
        if event["id"] > _last_before(connection, chain):
            _enter(connection, chain, event)


def downgrade() -> None:
    """Refused: entries of an audit are never removed."""
    raise RuntimeError("there is no way back from 0009; restore the backup made before it")


def _last_before(connection: sa.Connection, chain: str) -> int:
    """The number of the last event from before there was an audit: up to it none needs an entry."""
    first = sa.select(ENTRIES.c.content).where(ENTRIES.c.chain == chain, ENTRIES.c.number == 1)
    began = connection.execute(first.where(ENTRIES.c.kind == "began")).scalar()
    return int(json.loads(began)["last"]) if began else 0


def _enter(connection: sa.Connection, chain: str, event: Any) -> None:
    if connection.dialect.name == "postgresql":  # whoever adds to the chain meanwhile waits, and is waited for
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"audit:{chain}", 0))))
    tail = sa.select(ENTRIES.c.number, ENTRIES.c.hash).where(ENTRIES.c.chain == chain)
    last = connection.execute(tail.order_by(ENTRIES.c.number.desc()).limit(1)).first()
    number, previous = (last.number + 1, last.hash) if last else (1, "")
    now = connection.execute(sa.select(sa.func.current_timestamp(type_=INSTANT))).scalar_one()
    at, subject = now.astimezone(UTC), str(event["id"])
    told = {**event, "at": event["at"].astimezone(UTC).isoformat(), "entered_late": "0009"}
    content = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    said = [chain, number, at.isoformat(), "contacts", subject, content, previous]
    hashed = hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
    connection.execute(
        ENTRIES.insert().values(
            chain=chain, number=number, at=at, kind="contacts", subject=subject, content=content, previous=previous,
            hash=hashed,
        )
    )  # fmt: skip
