"""support_desk"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this shape."""
    op.create_table(
        "attachment_draft",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("form", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attachment_draft")),
    )
    with op.batch_alter_table("attachment_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_draft_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_draft_form"), ["form"], unique=False)

    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("calendar", "day", name=op.f("uq_calendar_day_calendar_day")),
    )
    op.create_table(
        "crisis_card",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("categories", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kinds", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lots", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("serials", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tell", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_answer_minutes", sa.Integer(), nullable=False),
        sa.Column("waking_only", sa.Boolean(), nullable=False),
        sa.Column("legal_clocks", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stop_sale", sa.Boolean(), nullable=False),
        sa.Column("recall", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_crisis_card")),
    )
    op.create_table(
        "crisis_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("deputy", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_contact")),
    )
    with op.batch_alter_table("crisis_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crisis_contact_market"), ["market"], unique=False)

    op.create_table(
        "known_question",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("categories", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("products", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("may_answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("card", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_known_question")),
    )
    op.create_table(
        "macro",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("key", "market", "language", name=op.f("pk_macro")),
    )
    op.create_table(
        "on_call_rotation",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("handoff", sa.Integer(), nullable=False),
        sa.Column("period_days", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("people", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("backup", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("acknowledge_minutes", sa.Integer(), nullable=False),
        sa.Column("promise_minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call_rotation")),
    )
    op.create_table(
        "roster_build",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone_data", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("known_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("came_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_build")),
    )
    op.create_table(
        "crisis_text",
        sa.Column("card", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("what_if", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("collect", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("never_say", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("acknowledgement", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("public", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("steps", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["card"], ["crisis_card.key"], name=op.f("fk_crisis_text_card")),
        sa.PrimaryKeyConstraint("card", "language", name=op.f("pk_crisis_text")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lot", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("opened_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_answer_due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("first_answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("acknowledged_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("acknowledged_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stop_sale", sa.Integer(), nullable=True),
        sa.Column("recall", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lesson", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["card"], ["crisis_card.key"], name=op.f("fk_incident_card")),
        sa.ForeignKeyConstraint(["stop_sale"], ["stop_sale.id"], name=op.f("fk_incident_stop_sale")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_opened_at"), ["opened_at"], unique=False)

    op.create_table(
        "knowledge_gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("request", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("learned_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_knowledge_gap_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_gap")),
    )
    with op.batch_alter_table("knowledge_gap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_knowledge_gap_market"), ["market"], unique=False)

    op.create_table(
        "known_answer",
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["question"], ["known_question.key"], name=op.f("fk_known_answer_question")),
        sa.PrimaryKeyConstraint("question", "market", "language", name=op.f("pk_known_answer")),
    )
    op.create_table(
        "may_answer",
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("roles", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_may_answer_market")),
        sa.ForeignKeyConstraint(["question"], ["known_question.key"], name=op.f("fk_may_answer_question")),
        sa.PrimaryKeyConstraint("question", "market", name=op.f("pk_may_answer")),
    )
    op.create_table(
        "must_know",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_must_know_market")),
        sa.ForeignKeyConstraint(["question"], ["known_question.key"], name=op.f("fk_must_know_question")),
        sa.PrimaryKeyConstraint("market", "question", name=op.f("pk_must_know")),
    )
    op.create_table(
        "on_call_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rotation", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_on_call_override_span")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_on_call_override_person")),
        sa.ForeignKeyConstraint(["rotation"], ["on_call_rotation.id"], name=op.f("fk_on_call_override_rotation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call_override")),
    )
    with op.batch_alter_table("on_call_override", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_on_call_override_rotation"), ["rotation"], unique=False)

    op.create_table(
        "rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_rating_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
    )
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rating_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_rating_market"), ["market"], unique=False)

    op.create_table(
        "training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("signature", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_training_market")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_training_person")),
        sa.ForeignKeyConstraint(["question"], ["known_question.key"], name=op.f("fk_training_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
        sa.UniqueConstraint(
            "person", "market", "question", "hash", name=op.f("uq_training_person_market_question_hash")
        ),
    )
    with op.batch_alter_table("training", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_person"), ["person"], unique=False)

    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ends", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_absence_span")),
        sa.ForeignKeyConstraint(["agent"], ["agent.id"], name=op.f("fk_absence_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_agent"), ["agent"], unique=False)

    op.create_table(
        "incident_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_incident_step_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_step")),
    )
    with op.batch_alter_table("incident_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_step_incident"), ["incident"], unique=False)

    op.create_table(
        "on_call_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("paged_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("look_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("acknowledged_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_on_call_page_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call_page")),
        sa.UniqueConstraint(
            "incident", "rung", "round", "person", name=op.f("uq_on_call_page_incident_rung_round_person")
        ),
    )
    with op.batch_alter_table("on_call_page", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_on_call_page_incident"), ["incident"], unique=False)
        batch_op.create_index(batch_op.f("ix_on_call_page_look_at"), ["look_at"], unique=False)

    op.create_table(
        "shift_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["agent"], ["agent.id"], name=op.f("fk_shift_override_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_override")),
    )
    with op.batch_alter_table("shift_override", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_override_agent"), ["agent"], unique=False)

    op.create_table(
        "shift_swap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("giver", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("taker", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('asked','agreed','declined','withdrawn')", name=op.f("ck_shift_swap_state")),
        sa.ForeignKeyConstraint(["giver"], ["agent.id"], name=op.f("fk_shift_swap_giver")),
        sa.ForeignKeyConstraint(["taker"], ["agent.id"], name=op.f("fk_shift_swap_taker")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_swap")),
    )
    with op.batch_alter_table("shift_swap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_swap_giver"), ["giver"], unique=False)
        batch_op.create_index(batch_op.f("ix_shift_swap_taker"), ["taker"], unique=False)

    op.create_table(
        "draft",
        sa.Column("request", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_draft_person")),
        sa.ForeignKeyConstraint(["request"], ["request.ref"], name=op.f("fk_draft_request")),
        sa.PrimaryKeyConstraint("request", "person", name=op.f("pk_draft")),
    )
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_agent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("to_agent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["request"], ["request.ref"], name=op.f("fk_handover_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_request"), ["request"], unique=False)

    op.create_table(
        "inbound_mail",
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("request", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["request"], ["request.ref"], name=op.f("fk_inbound_mail_request")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_inbound_mail")),
    )
    with op.batch_alter_table("inbound_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbound_mail_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbound_mail_request"), ["request"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("draft", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("told_late_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answered_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_referral_person")),
        sa.ForeignKeyConstraint(["request"], ["request.ref"], name=op.f("fk_referral_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("key", name=op.f("uq_referral_key")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(
            "ix_referral_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("answered_at IS NULL AND told_late_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL AND told_late_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_referral_request"), ["request"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_attachment_message")),
        sa.ForeignKeyConstraint(["request"], ["request.ref"], name=op.f("fk_attachment_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("key", name=op.f("uq_attachment_key")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_message"), ["message"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_request"), ["request"], unique=False)

    with op.batch_alter_table("agent_language", schema=None) as batch_op:
        batch_op.create_index("ix_agent_language_speakers", ["language", "level", "agent"], unique=False)

    with op.batch_alter_table("duty_interval", schema=None) as batch_op:
        batch_op.create_index("ix_duty_interval_whole", ["agent", "starts_at", "ends_at"], unique=False)

    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.add_column(sa.Column("next_answer_minutes", sa.Integer(), nullable=False, server_default="240"))
        batch_op.add_column(sa.Column("resolution_minutes", sa.Integer(), nullable=False, server_default="2400"))
        batch_op.add_column(sa.Column("referral_minutes", sa.Integer(), nullable=False, server_default="480"))
        batch_op.add_column(sa.Column("waking_from", sa.Integer(), nullable=False, server_default="480"))
        batch_op.add_column(sa.Column("waking_until", sa.Integer(), nullable=False, server_default="1320"))
        batch_op.add_column(sa.Column("uncovered_minutes", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_request_state"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_request_state"), "state IN ('waiting','assigned','referred','answered','closed')"
        )
        batch_op.add_column(sa.Column("order_line", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("serial", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("details", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="{}")
        )
        batch_op.add_column(
            sa.Column("language_from", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="page")
        )
        batch_op.add_column(sa.Column("via", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="web"))
        batch_op.add_column(sa.Column("skills", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("severity", sa.Integer(), nullable=False, server_default="2"))
        batch_op.create_check_constraint(batch_op.f("ck_request_severity"), "severity BETWEEN 0 AND 2")
        batch_op.add_column(sa.Column("incident", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False, server_default="1970-01-01 00:00:00"
            )
        )
        batch_op.add_column(sa.Column("look_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("overdue_told_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("waiting_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("paused_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("paused_for", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("customer_seconds", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("exporter_seconds", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("rated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_request_agent"))
        batch_op.drop_index(batch_op.f("ix_request_market"))
        batch_op.drop_index(batch_op.f("ix_request_state"))
        batch_op.create_index("ix_request_agent_queue", ["agent", "state", "severity", "due_at", "ref"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_incident"), ["incident"], unique=False)
        batch_op.create_index(
            "ix_request_language_queue", ["market", "language", "state", "severity", "due_at", "ref"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_request_look_at"), ["look_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_name"), ["name"], unique=False)
        batch_op.create_index("ix_request_queue", ["state", "severity", "due_at", "ref"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_request_incident"), "incident", ["incident"], ["id"])

    with op.batch_alter_table("request_promise", schema=None) as batch_op:
        batch_op.add_column(sa.Column("judged_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_request_promise_promised_at"), ["promised_at"], unique=False)
    op.execute("UPDATE request SET due_at = coalesce(promised_at, created_at)")
    op.execute("UPDATE request SET look_at = due_at WHERE state IN ('waiting', 'assigned')")


def downgrade() -> None:
    """There is no way back: what was asked and promised would be lost."""
    raise RuntimeError("there is no way back from 0004; restore the backup made before it")
