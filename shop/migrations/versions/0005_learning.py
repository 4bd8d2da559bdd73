"""learning"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this shape."""
    op.create_table(
        "count_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_mark")),
    )
    op.create_table(
        "denial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("customer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_denial")),
    )
    with op.batch_alter_table("denial", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_denial_customer"), ["customer"], unique=False)

    op.create_table(
        "provider_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_notice")),
    )
    op.create_table(
        "capacity",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("orders_left", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_capacity_market")),
        sa.PrimaryKeyConstraint("market", name=op.f("pk_capacity")),
    )
    op.create_table(
        "decision_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recommended", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decided", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reasons", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_decision_override_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_override")),
    )
    with op.batch_alter_table("decision_override", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_override_market"), ["market"], unique=False)

    op.create_table(
        "exposure_customer",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("customer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.CheckConstraint("orders >= 0", name=op.f("ck_exposure_customer_counts")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_exposure_customer_market")),
        sa.PrimaryKeyConstraint("market", "customer", name=op.f("pk_exposure_customer")),
    )
    op.create_table(
        "exposure_day",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.CheckConstraint("held >= 0 AND paid >= 0", name=op.f("ck_exposure_day_counts")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_exposure_day_market")),
        sa.PrimaryKeyConstraint("market", "day", name=op.f("pk_exposure_day")),
    )
    op.create_table(
        "landed_cost",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("purchase", sa.BigInteger(), nullable=False),
        sa.Column("freight", sa.BigInteger(), nullable=False),
        sa.Column("duty", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_landed_cost_market")),
        sa.PrimaryKeyConstraint("market", "sku", name=op.f("pk_landed_cost")),
    )
    op.create_table(
        "launch_snapshot",
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_launch_snapshot_market")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_launch_snapshot")),
    )
    with op.batch_alter_table("launch_snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_launch_snapshot_market"), ["market"], unique=False)

    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("taught", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_lesson_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
    )
    with op.batch_alter_table("lesson", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_market"), ["market"], unique=False)

    op.create_table(
        "market_cost",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("parcel", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("fee_bp", sa.Integer(), nullable=False),
        sa.Column("exchange_bp", sa.Integer(), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_market_cost_market")),
        sa.PrimaryKeyConstraint("market", name=op.f("pk_market_cost")),
    )
    op.create_table(
        "metric_figure",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("metric", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("squares", sa.Float(), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_metric_figure_market")),
        sa.PrimaryKeyConstraint("market", "metric", name=op.f("pk_metric_figure")),
    )
    op.create_table(
        "printed_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("snapshot", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("blanks", sa.Integer(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_printed_document_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed_document")),
    )
    with op.batch_alter_table("printed_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_printed_document_market"), ["market"], unique=False)

    op.create_table(
        "research_answer",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_research_answer_market")),
        sa.PrimaryKeyConstraint("market", "topic", name=op.f("pk_research_answer")),
    )
    op.create_table(
        "research_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("owner", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answered_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_research_question_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_research_question")),
    )
    with op.batch_alter_table("research_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_research_question_market"), ["market"], unique=False)

    op.create_table(
        "research_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_research_signature_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_research_signature")),
    )
    with op.batch_alter_table("research_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_research_signature_market"), ["market"], unique=False)

    op.create_table(
        "step_count",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_step_count_market")),
        sa.PrimaryKeyConstraint("market", "day", "step", name=op.f("pk_step_count")),
    )
    op.create_table(
        "stock_fate",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("fate", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("owner", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("done_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("fate IN ('return','sell','destroy')", name=op.f("ck_stock_fate_fate")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_stock_fate_market")),
        sa.PrimaryKeyConstraint("market", "sku", name=op.f("pk_stock_fate")),
    )
    op.create_table(
        "stop_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("metric", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("better", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ok", sa.Float(), nullable=False),
        sa.Column("bad", sa.Float(), nullable=False),
        sa.Column("n_min", sa.Integer(), nullable=False),
        sa.Column("k_min", sa.Integer(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("better IN ('low','high')", name=op.f("ck_stop_line_better")),
        sa.CheckConstraint("role IN ('pause','go','advisory')", name=op.f("ck_stop_line_role")),
        sa.CheckConstraint("n_min >= 0 AND k_min >= 0", name=op.f("ck_stop_line_least")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_stop_line_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_line")),
    )
    with op.batch_alter_table("stop_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stop_line_holding",
            ["market", "metric"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_stop_line_market"), ["market"], unique=False)

    op.create_table(
        "dispute",
        sa.Column("provider_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('open','won','lost')", name=op.f("ck_dispute_state")),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_dispute_order_number")),
        sa.PrimaryKeyConstraint("provider_id", name=op.f("pk_dispute")),
    )
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispute_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_dispute_order_number"), ["order_number"], unique=False)

    op.create_table(
        "launch_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ended_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("event", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('','approved','withdrawn','outdated')", name=op.f("ck_launch_proposal_outcome")
        ),
        sa.ForeignKeyConstraint(["event"], ["launch_event.id"], name=op.f("fk_launch_proposal_event")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_launch_proposal_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_proposal")),
    )
    with op.batch_alter_table("launch_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_launch_proposal_market"), ["market"], unique=False)

    op.create_table(
        "launch_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wall", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("approved_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ended_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("event", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting','done','failed','cancelled','frozen')", name=op.f("ck_launch_schedule_state")
        ),
        sa.ForeignKeyConstraint(["event"], ["launch_event.id"], name=op.f("fk_launch_schedule_event")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_launch_schedule_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_schedule")),
    )
    with op.batch_alter_table("launch_schedule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_launch_schedule_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_launch_schedule_market"), ["market"], unique=False)
        batch_op.create_index(
            "ix_launch_schedule_once",
            ["market", "wall"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index(batch_op.f("ix_launch_schedule_state"), ["state"], unique=False)

    op.create_table(
        "wind_down",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("contact", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("refund_plan", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("handover", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["launch_event.id"], name=op.f("fk_wind_down_event")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_wind_down_market")),
        sa.PrimaryKeyConstraint("market", name=op.f("pk_wind_down")),
    )
    with op.batch_alter_table("crisis_contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("checked_on", sa.Date(), nullable=True))

    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.create_index(
            "ix_effect_dead",
            ["dead_at"],
            unique=False,
            sqlite_where=sa.text("dead_at IS NOT NULL"),
            postgresql_where=sa.text("dead_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_effect_open",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
        )

    with op.batch_alter_table("exposure", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_value", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("paid_value", sa.BigInteger(), nullable=False, server_default="0"))

    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.add_column(sa.Column("day", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("customer", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )

    with op.batch_alter_table("launch_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("approved_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("details", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="{}")
        )
        batch_op.add_column(sa.Column("undoes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("request", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
        batch_op.create_foreign_key(batch_op.f("fk_launch_event_undoes"), "launch_event", ["undoes"], ["id"])

    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.add_column(sa.Column("daily_cap", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("value_cap", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("customer_cap", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("minutes_per_contact", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("four_eyes", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("last_order_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accepted_after_stop", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index("ix_orders_standing", ["market", "state"], unique=False)
        batch_op.create_index(
            "ix_orders_tested",
            ["market"],
            unique=False,
            sqlite_where=sa.text("test = 1"),
            postgresql_where=sa.text("test"),
        )

    with op.batch_alter_table("payment_attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("declined_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))

    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("native_there", sa.Boolean(), nullable=True))

    with op.batch_alter_table("tillsession", schema=None) as batch_op:
        batch_op.add_column(sa.Column("disputed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.execute(
        "UPDATE exposure SET paid_value = (SELECT coalesce(sum(total), 0) FROM orders "
        "WHERE orders.market = exposure.market AND orders.test = false AND orders.paid_at IS NOT NULL)"
    )
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER launch_event_{deed.lower()} BEFORE {deed} ON launch_event "
                "BEGIN SELECT RAISE(ABORT, 'launch_event is only ever added to'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION refuse_launch_event() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'launch_event is only ever added to'; END $$"
        )
        op.execute(
            "CREATE TRIGGER launch_event_kept BEFORE UPDATE OR DELETE ON launch_event "
            "FOR EACH ROW EXECUTE FUNCTION refuse_launch_event()"
        )


def downgrade() -> None:
    """There is no way back: what was learnt and decided would be lost."""
    raise RuntimeError("there is no way back from 0005; restore the backup made before it")
