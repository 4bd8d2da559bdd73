"""audit and roles"""

import hashlib
import json
from datetime import UTC

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this shape."""
    op.create_table(
        "audit_entry",
        sa.Column("chain", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("previous", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "number", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("chain", "subject", name=op.f("uq_audit_entry_chain_subject")),
    )
    op.create_table(
        "own_steps",
        sa.Column("procedure", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("steps", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("procedure", "market", "language", name=op.f("pk_own_steps")),
    )
    op.create_table(
        "policy_end",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("market", "kind", "day", name=op.f("pk_policy_end")),
    )
    op.create_table(
        "proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("found", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("heads", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof")),
    )
    with op.batch_alter_table("proof", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proof_state"), ["state"], unique=False)

    op.create_table(
        "staff_role",
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_staff_role_person")),
        sa.PrimaryKeyConstraint("person", "market", name=op.f("pk_staff_role")),
    )
    with op.batch_alter_table("on_call_override", schema=None) as batch_op:
        batch_op.add_column(sa.Column("dropped_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))

    for person, packed in op.get_bind().execute(sa.text("SELECT id, roles FROM person WHERE roles <> ''")).all():
        for market, role in dict(each.split(":") for each in packed.split()).items():
            row = sa.text("INSERT INTO staff_role (person, market, role) VALUES (:person, :market, :role)")
            op.get_bind().execute(row, {"person": person, "market": market, "role": role})
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("roles")

    with op.batch_alter_table("roster_build", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
    refused = "audit_entry is only ever added to"
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entry_{deed.lower()} BEFORE {deed} ON audit_entry "
                f"BEGIN SELECT RAISE(ABORT, '{refused}'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION refuse_audit_entry() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{refused}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE ON audit_entry "
            "FOR EACH ROW EXECUTE FUNCTION refuse_audit_entry()"
        )
    # What was done before there was an audit has no entry: each chain begins by saying which was the last of it.
    instant, number = sqlmodel.sql.sqltypes.UTCDateTime(), sa.Integer()
    events = sa.table("launch_event", sa.column("id", number), sa.column("market"), sa.column("at", instant))
    deeds = sa.table("person_deed", sa.column("id", number), sa.column("at", instant))
    changes = sa.table("setup_change", sa.column("id", number), sa.column("at", instant))
    refunds = sa.table("refund", sa.column("order_number"), sa.column("asked_at", instant))
    orders = sa.table("orders", sa.column("number"), sa.column("market"))
    entries = sa.table(
        "audit_entry",
        sa.column("at", instant),
        *map(sa.column, ("chain", "number", "kind", "subject")),
        *map(sa.column, ("content", "previous", "hash")),
    )
    before = (
        sa.select(
            sa.literal("launches:") + events.c.market, sa.func.max(events.c.at), sa.func.max(events.c.id)
        ).group_by(events.c.market),
        sa.select(sa.literal("people"), sa.func.max(deeds.c.at), sa.func.max(deeds.c.id)),
        sa.select(sa.literal("setup"), sa.func.max(changes.c.at), sa.func.max(changes.c.id)),
        sa.select(sa.literal("refunds:") + orders.c.market, sa.func.max(refunds.c.asked_at), sa.literal(0))
        .join_from(refunds, orders, orders.c.number == refunds.c.order_number)
        .group_by(orders.c.market),
    )
    for query in before:
        for chain, at, last in op.get_bind().execute(query).all():
            if at is None:
                continue
            content = json.dumps({"last": last}, separators=(",", ":"))
            said = [chain, 1, at.astimezone(UTC).isoformat(), "began", "", content, ""]
            hashed = hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
            op.get_bind().execute(
                entries.insert().values(
                    chain=chain, number=1, at=at, kind="began", subject="", content=content, previous="", hash=hashed
                )
            )


def downgrade() -> None:
    """There is no way back: roles that were given since would be lost."""
    raise RuntimeError("there is no way back from 0007; restore the backup made before it")
