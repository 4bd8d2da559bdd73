"""after_sales"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this shape."""
    op.create_table(
        "recall",
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("skus", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("serial_from", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("serial_to", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lots", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sent_from", sa.Date(), nullable=True),
        sa.Column("sent_until", sa.Date(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("remedies", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_recall")),
        sa.UniqueConstraint("content", name=op.f("uq_recall_content")),
    )
    op.create_table(
        "after_sales_case",
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("door", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("contract", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("statement", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wish", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("verdict", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("window_ends", sa.Date(), nullable=True),
        sa.Column("decision", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("grounds", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("remedy", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("sent_back_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("goods_back_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("refund_due", sa.Date(), nullable=True),
        sa.Column("bearer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("deduction", sa.BigInteger(), nullable=False),
        sa.Column("reimburse", sa.BigInteger(), nullable=False),
        sa.Column("reimburse_to", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reimbursed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("replacement", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("filed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('','entitled','goodwill','refused')", name=op.f("ck_after_sales_case_decision")
        ),
        sa.CheckConstraint("door IN ('withdrawal','return','claim','exchange')", name=op.f("ck_after_sales_case_door")),
        sa.CheckConstraint(
            "state IN ('received','accepted','refused','goods_back','done','taken_back')",
            name=op.f("ck_after_sales_case_state"),
        ),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_after_sales_case_market")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_after_sales_case")),
        sa.UniqueConstraint("key", name=op.f("uq_after_sales_case_key")),
    )
    with op.batch_alter_table("after_sales_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_after_sales_case_filed_at"), ["filed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_after_sales_case_market"), ["market"], unique=False)
        batch_op.create_index(batch_op.f("ix_after_sales_case_order_number"), ["order_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_after_sales_case_refund_due"), ["refund_due"], unique=False)
        batch_op.create_index(batch_op.f("ix_after_sales_case_state"), ["state"], unique=False)

    op.create_table(
        "recall_report",
        sa.Column("recall", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_recall_report_market")),
        sa.ForeignKeyConstraint(["recall"], ["recall.number"], name=op.f("fk_recall_report_recall")),
        sa.PrimaryKeyConstraint("recall", "market", name=op.f("pk_recall_report")),
    )
    op.create_table(
        "recall_text",
        sa.Column("recall", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("product", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hazard", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["recall"], ["recall.number"], name=op.f("fk_recall_text_recall")),
        sa.PrimaryKeyConstraint("recall", "language", name=op.f("pk_recall_text")),
    )
    op.create_table(
        "signed_checklist",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checklist", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answers", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("signature", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_signed_checklist_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_checklist")),
    )
    with op.batch_alter_table("signed_checklist", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signed_checklist_subject"), ["subject"], unique=False)

    op.create_table(
        "after_sales_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("told", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["after_sales_case.number"], name=op.f("fk_after_sales_event_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sales_event")),
    )
    with op.batch_alter_table("after_sales_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_after_sales_event_case"), ["case"], unique=False)

    op.create_table(
        "after_sales_line",
        sa.Column("case", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("serial", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("restocked", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.Column("condition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_after_sales_line_quantity")),
        sa.CheckConstraint(
            "restocked BETWEEN 0 AND received AND received + withheld <= quantity",
            name=op.f("ck_after_sales_line_received"),
        ),
        sa.ForeignKeyConstraint(["case"], ["after_sales_case.number"], name=op.f("fk_after_sales_line_case")),
        sa.PrimaryKeyConstraint("case", "sku", name=op.f("pk_after_sales_line")),
    )
    op.create_table(
        "after_sales_photo",
        sa.Column("case", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["after_sales_case.number"], name=op.f("fk_after_sales_photo_case")),
        sa.PrimaryKeyConstraint("case", "hash", name=op.f("pk_after_sales_photo")),
    )
    op.create_table(
        "after_sales_photo_draft",
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_number"], ["orders.number"], name=op.f("fk_after_sales_photo_draft_order_number")
        ),
        sa.PrimaryKeyConstraint("order_number", "hash", name=op.f("pk_after_sales_photo_draft")),
    )
    with op.batch_alter_table("after_sales_photo_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_after_sales_photo_draft_at"), ["at"], unique=False)

    op.create_table(
        "care_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("part", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("every_months", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_care_reminder_order_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_reminder")),
        sa.UniqueConstraint("order_number", "sku", "part", name=op.f("uq_care_reminder_order_number_sku_part")),
    )
    with op.batch_alter_table("care_reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_care_reminder_next_on"), ["next_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_care_reminder_order_number"), ["order_number"], unique=False)

    op.create_table(
        "gate_waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("gate", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("event", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["event"], ["launch_event.id"], name=op.f("fk_gate_waiver_event")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_gate_waiver_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_waiver")),
        sa.UniqueConstraint("event", name=op.f("uq_gate_waiver_event")),
    )
    with op.batch_alter_table("gate_waiver", schema=None) as batch_op:
        batch_op.create_index(
            "ix_gate_waiver_holding",
            ["market", "gate"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_gate_waiver_market"), ["market"], unique=False)

    op.create_table(
        "recall_notice",
        sa.Column("recall", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("items", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("remedy", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "answer IN ('','repair','replacement','refund','no_longer')", name=op.f("ck_recall_notice_answer")
        ),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_recall_notice_order_number")),
        sa.ForeignKeyConstraint(["recall"], ["recall.number"], name=op.f("fk_recall_notice_recall")),
        sa.PrimaryKeyConstraint("recall", "order_number", name=op.f("pk_recall_notice")),
    )
    op.create_table(
        "refund",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("case", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("provider_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('asked','unknown','done','refused')", name=op.f("ck_refund_state")),
        sa.CheckConstraint("minor > 0", name=op.f("ck_refund_minor")),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_refund_order_number")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_refund")),
    )
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_case"), ["case"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_order_number"), ["order_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_state"), ["state"], unique=False)

    op.create_table(
        "owned_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("parcel", sa.Integer(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("serial", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lot", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("returned_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_owned_item_order_number")),
        sa.ForeignKeyConstraint(["parcel"], ["parcel.id"], name=op.f("fk_owned_item_parcel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owned_item")),
    )
    with op.batch_alter_table("owned_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_owned_item_lot"), ["lot"], unique=False)
        batch_op.create_index(batch_op.f("ix_owned_item_order_number"), ["order_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_owned_item_serial"), ["serial"], unique=False)
        batch_op.create_index(batch_op.f("ix_owned_item_sku"), ["sku"], unique=False)
        batch_op.create_index(
            "one_owner",
            ["serial"],
            unique=True,
            sqlite_where=sa.text("serial <> '' AND returned_at IS NULL"),
            postgresql_where=sa.text("serial <> '' AND returned_at IS NULL"),
        )

    op.create_table(
        "parcel_line",
        sa.Column("parcel", sa.Integer(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_parcel_line_quantity")),
        sa.ForeignKeyConstraint(["parcel"], ["parcel.id"], name=op.f("fk_parcel_line_parcel")),
        sa.PrimaryKeyConstraint("parcel", "sku", name=op.f("pk_parcel_line")),
    )
    op.execute(
        "INSERT INTO gate_waiver (market, gate, person, reason, until, made_at, event)"
        " SELECT market, gate, person, reason, until,"
        " coalesce((SELECT max(at) FROM launch_event WHERE id = told), CURRENT_TIMESTAMP), told"
        " FROM (SELECT waiver.*, (SELECT max(id) FROM launch_event WHERE launch_event.market = waiver.market"
        " AND action = 'waive' AND launch_event.reason LIKE waiver.gate || ', %') AS told FROM waiver) AS given"
    )
    op.drop_table("waiver")
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("mailbox", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("place", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.create_index(batch_op.f("ix_hold_address"), ["address"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_hold_mailbox"), ["mailbox"])
        batch_op.create_unique_constraint(batch_op.f("uq_hold_place"), ["place"])

    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("return_class", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="general")
        )
        batch_op.add_column(sa.Column("withheld", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("given_back", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("after_sales", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_check_constraint(batch_op.f("ck_orders_given_back"), "given_back BETWEEN 0 AND total")

    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weight_g", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("delivered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("delivered_source", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
    op.execute(
        "UPDATE order_line SET kind = coalesce((SELECT kind FROM product WHERE product.sku = order_line.sku), ''),"
        " return_class = coalesce((SELECT return_class FROM product WHERE product.sku = order_line.sku), 'general')"
    )


def downgrade() -> None:
    """There is no way back: what was promised after the sale would be lost."""
    raise RuntimeError("there is no way back from 0003; restore the backup made before it")
