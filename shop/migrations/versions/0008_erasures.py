"""erasures, what the law keeps of them, and what pages of many rows read"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this shape."""
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("swept_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasure_fingerprint"), ["fingerprint"], unique=False)
        batch_op.create_index(batch_op.f("ix_erasure_swept_at"), ["swept_at"], unique=False)

    op.create_table(
        "erased_name",
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("erasure", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["erasure"], ["erasure.id"], name=op.f("fk_erased_name_erasure")),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_erased_name")),
    )
    with op.batch_alter_table("erased_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erased_name_erasure"), ["erasure"], unique=False)

    op.create_table(
        "order_sum",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("part", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_order_sum_market")),
        sa.PrimaryKeyConstraint("market", "part", "name", name=op.f("pk_order_sum")),
    )
    op.create_table(
        "retained_record",
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("erasure", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["erasure"], ["erasure.id"], name=op.f("fk_retained_record_erasure")),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_retained_record_order_number")),
        sa.PrimaryKeyConstraint("order_number", name=op.f("pk_retained_record")),
    )
    with op.batch_alter_table("retained_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retained_record_erasure"), ["erasure"], unique=False)
        batch_op.create_index(batch_op.f("ix_retained_record_until"), ["until"], unique=False)

    with op.batch_alter_table("after_sales_case", schema=None) as batch_op:
        batch_op.create_index(
            "ix_after_sales_case_owed",
            ["market", "filed_at"],
            unique=False,
            sqlite_where=sa.text("reimburse > 0"),
            postgresql_where=sa.text("reimburse > 0"),
        )

    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_created_at"))
        batch_op.create_index("ix_request_language_newest", ["market", "language", "created_at", "ref"], unique=False)
        batch_op.create_index("ix_request_market_newest", ["market", "created_at", "ref"], unique=False)

    with op.batch_alter_table("request_promise", schema=None) as batch_op:
        batch_op.add_column(sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.create_index("ix_request_promise_record", ["market", "promised_at", "kept"], unique=False)
    refused = "retained_record is never changed, only removed when its day has come"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER retained_record_update BEFORE UPDATE ON retained_record "
            f"BEGIN SELECT RAISE(ABORT, '{refused}'); END"
        )
    else:
        op.execute(
            "CREATE FUNCTION refuse_retained_record() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{refused}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER retained_record_kept BEFORE UPDATE ON retained_record "
            "FOR EACH ROW EXECUTE FUNCTION refuse_retained_record()"
        )


def downgrade() -> None:
    """There is no way back: what was erased since stays erased."""
    raise RuntimeError("there is no way back from 0008; restore the backup made before it")
