"""first shape"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this shape."""

    op.create_table(
        "acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wording", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
        sa.UniqueConstraint("order_number", "kind", name=op.f("uq_acceptance_order_number_kind")),
    )
    with op.batch_alter_table("acceptance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acceptance_order_number"), ["order_number"], unique=False)

    op.create_table(
        "accepted_text",
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rules", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "language", name=op.f("pk_accepted_text")),
    )
    op.create_table(
        "certificate",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("mark", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("holder", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("market", "kind", "mark", name=op.f("pk_certificate")),
    )
    op.create_table(
        "effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("payload", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("dead_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("error", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effect")),
        sa.UniqueConstraint("key", name=op.f("uq_effect_key")),
    )
    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_effect_due_at"), ["due_at"], unique=False)

    op.create_table(
        "exporter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("legal_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("brand", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("home_market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("director", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("company_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tax_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exporter")),
    )
    op.create_table(
        "job_lease",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_lease")),
    )
    op.create_table(
        "mains_supply",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("volts", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hertz", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("plugs", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("market", name=op.f("pk_mains_supply")),
    )
    op.create_table(
        "market",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("languages", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tax_display", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tax_label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_answer_minutes", sa.Integer(), nullable=False),
        sa.Column("fluent_after_minutes", sa.Integer(), nullable=False),
        sa.Column("other_language_after_minutes", sa.Integer(), nullable=False),
        sa.Column("other_languages", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("holidays", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("specialist", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pause_mode", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("audience", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("percent_bp", sa.Integer(), nullable=False),
        sa.Column("draw", sa.Integer(), nullable=False),
        sa.Column("in_chooser", sa.Boolean(), nullable=False),
        sa.Column("order_cap", sa.Integer(), nullable=True),
        sa.Column("ever_sold", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft','ready','soft','open','paused','winding_down','closed')", name=op.f("ck_market_state")
        ),
        sa.CheckConstraint("percent_bp BETWEEN 0 AND 10000", name=op.f("ck_market_percent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market")),
    )
    op.create_table(
        "market_rule",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("verdict", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("months", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("market", "subject", "reason", name=op.f("pk_market_rule")),
    )
    op.create_table(
        "person",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("markets", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("password_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "picture",
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("family", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_picture")),
        sa.UniqueConstraint("family", name=op.f("uq_picture_family")),
    )
    op.create_table(
        "product",
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("family", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("plate", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tax_class", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("return_class", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=True),
        sa.Column("width_mm", sa.Integer(), nullable=True),
        sa.Column("depth_mm", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("hs_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("net_quantity", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("net_unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("volt_min", sa.Integer(), nullable=True),
        sa.Column("volt_max", sa.Integer(), nullable=True),
        sa.Column("hertz", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("plugs", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("power_w", sa.Integer(), nullable=True),
        sa.Column("noise_db", sa.Integer(), nullable=True),
        sa.Column("battery", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("serial", sa.Boolean(), nullable=False),
        sa.Column("contains", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("may_contain", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fits", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("serial_from", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("replace_months", sa.Integer(), nullable=True),
        sa.Column("label_languages", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("manual_languages", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("parent_needed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_product")),
    )
    op.create_table(
        "rate_window",
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("who", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("started", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("what", "who", "started", name=op.f("pk_rate_window")),
    )
    op.create_table(
        "requirement",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("mark", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("market", "kind", "mark", name=op.f("pk_requirement")),
    )
    op.create_table(
        "responsible_person",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("market", "kind", name=op.f("pk_responsible_person")),
    )
    op.create_table(
        "revision",
        sa.Column("scope", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_revision")),
    )
    op.create_table(
        "sign_off",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("market", "kind", "version", "language", name=op.f("pk_sign_off")),
    )
    op.create_table(
        "stop_sale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("lifted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_sale")),
    )
    op.create_table(
        "tillsession",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fingerprint", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("return_url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cancel_url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("payment", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("(status = 'paid') = (payment IS NOT NULL)", name=op.f("ck_tillsession_payment")),
        sa.CheckConstraint("refunded = 0 OR status = 'paid'", name=op.f("ck_tillsession_refunded_when_paid")),
        sa.CheckConstraint("status IN ('open', 'paid', 'expired')", name=op.f("ck_tillsession_status")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_tillsession_amount")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_tillsession_currency")),
        sa.CheckConstraint("refunded BETWEEN 0 AND amount", name=op.f("ck_tillsession_refunded")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tillsession")),
        sa.UniqueConstraint("key", name=op.f("uq_tillsession_key")),
        sa.UniqueConstraint("payment", name=op.f("uq_tillsession_payment")),
    )
    op.create_table(
        "agent",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("skills", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("markets", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("holidays", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("idle_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_agent_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
        sa.UniqueConstraint("person", name=op.f("uq_agent_person")),
    )
    op.create_table(
        "answer_hours",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("names", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_answer_hours_market")),
        sa.PrimaryKeyConstraint("market", "language", "level", "starts_at", name=op.f("pk_answer_hours")),
    )
    op.create_table(
        "exposure",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.CheckConstraint("held >= 0 AND paid >= 0", name=op.f("ck_exposure_counts")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_exposure_market")),
        sa.PrimaryKeyConstraint("market", name=op.f("pk_exposure")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("used <= max_uses", name=op.f("ck_invitation_uses")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_invitation_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_market"), ["market"], unique=False)

    op.create_table(
        "launch_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("to_state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("mode", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("snapshot", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_launch_event_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_event")),
    )
    with op.batch_alter_table("launch_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_launch_event_market"), ["market"], unique=False)

    op.create_table(
        "listing",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("visible_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("buyable_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("max_per_order", sa.Integer(), nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_listing_price")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_listing_market")),
        sa.ForeignKeyConstraint(["sku"], ["product.sku"], name=op.f("fk_listing_sku")),
        sa.PrimaryKeyConstraint("market", "sku", name=op.f("pk_listing")),
    )
    op.create_table(
        "market_locale",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("order_button", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_market_locale_market")),
        sa.PrimaryKeyConstraint("market", "language", name=op.f("pk_market_locale")),
    )
    op.create_table(
        "orders",
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("visitor", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("goods", sa.Integer(), nullable=False),
        sa.Column("shipping", sa.Integer(), nullable=False),
        sa.Column("net", sa.Integer(), nullable=False),
        sa.Column("tax", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("days_min", sa.Integer(), nullable=False),
        sa.Column("days_max", sa.Integer(), nullable=False),
        sa.Column("placed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("paid_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("dispatched_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("delivered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("delivered_source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "state IN ('placed','paid','dispatched','delivered','cancelled','refunded')", name=op.f("ck_orders_state")
        ),
        sa.CheckConstraint("net + tax = total", name=op.f("ck_orders_sum")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_orders_market")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_orders")),
        sa.UniqueConstraint("key", name=op.f("uq_orders_key")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_market"), ["market"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_placed_at"), ["placed_at"], unique=False)

    op.create_table(
        "product_text",
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("summary", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("box", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ingredients", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("care", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("checked_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["product.sku"], name=op.f("fk_product_text_sku")),
        sa.PrimaryKeyConstraint("sku", "language", name=op.f("pk_product_text")),
        sa.UniqueConstraint("language", "slug", name=op.f("uq_product_text_language_slug")),
    )
    op.create_table(
        "shipping_rate",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("free_from", sa.Integer(), nullable=True),
        sa.Column("days_min", sa.Integer(), nullable=False),
        sa.Column("days_max", sa.Integer(), nullable=False),
        sa.Column("carrier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_shipping_rate_market")),
        sa.PrimaryKeyConstraint("market", name=op.f("pk_shipping_rate")),
    )
    op.create_table(
        "signed_in",
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signed_in_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_signed_in")),
    )
    with op.batch_alter_table("signed_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signed_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "stock",
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.CheckConstraint("held >= 0 AND sold >= 0 AND held + sold <= on_hand", name=op.f("ck_stock_never_oversold")),
        sa.ForeignKeyConstraint(["sku"], ["product.sku"], name=op.f("fk_stock_sku")),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_stock")),
    )
    op.create_table(
        "tax_rate",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tax_class", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_tax_rate_market")),
        sa.PrimaryKeyConstraint("market", "tax_class", "starts_on", name=op.f("pk_tax_rate")),
    )
    op.create_table(
        "tillrefund",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("session", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("minor > 0", name=op.f("ck_tillrefund_minor")),
        sa.ForeignKeyConstraint(["session"], ["tillsession.id"], name=op.f("fk_tillrefund_session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tillrefund")),
        sa.UniqueConstraint("key", name=op.f("uq_tillrefund_key")),
    )
    with op.batch_alter_table("tillrefund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tillrefund_session"), ["session"], unique=False)

    op.create_table(
        "waiver",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("gate", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_waiver_market")),
        sa.PrimaryKeyConstraint("market", "gate", name=op.f("pk_waiver")),
    )
    op.create_table(
        "admission",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visitor", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("via", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("invitation", sa.Integer(), nullable=True),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["invitation"], ["invitation.id"], name=op.f("fk_admission_invitation")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_admission_market")),
        sa.PrimaryKeyConstraint("market", "visitor", name=op.f("pk_admission")),
    )
    op.create_table(
        "agent_language",
        sa.Column("agent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("level IN ('native','fluent','basic')", name=op.f("ck_agent_language_level")),
        sa.ForeignKeyConstraint(["agent"], ["agent.id"], name=op.f("fk_agent_language_agent")),
        sa.PrimaryKeyConstraint("agent", "language", name=op.f("pk_agent_language")),
    )
    op.create_table(
        "agent_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("days", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agent"], ["agent.id"], name=op.f("fk_agent_shift_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_shift")),
    )
    with op.batch_alter_table("agent_shift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_shift_agent"), ["agent"], unique=False)

    op.create_table(
        "duty_interval",
        sa.Column("agent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent"], ["agent.id"], name=op.f("fk_duty_interval_agent")),
        sa.PrimaryKeyConstraint("agent", "starts_at", name=op.f("pk_duty_interval")),
    )
    with op.batch_alter_table("duty_interval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_interval_ends_at"), ["ends_at"], unique=False)

    op.create_table(
        "hold",
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('held','sold','released')", name=op.f("ck_hold_state")),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_hold_order_number")),
        sa.PrimaryKeyConstraint("order_number", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hold_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "order_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_order_event_order_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
        sa.UniqueConstraint("order_number", "kind", name=op.f("uq_order_event_order_number_kind")),
    )
    with op.batch_alter_table("order_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_event_order_number"), ["order_number"], unique=False)

    op.create_table(
        "order_line",
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.Column("tax_bp", sa.Integer(), nullable=False),
        sa.Column("net", sa.Integer(), nullable=False),
        sa.Column("tax", sa.Integer(), nullable=False),
        sa.Column("gross", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_line_quantity")),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_order_line_order_number")),
        sa.PrimaryKeyConstraint("order_number", "sku", name=op.f("pk_order_line")),
    )
    op.create_table(
        "parcel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("carrier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tracking", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("dispatched_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expected_from", sa.Date(), nullable=False),
        sa.Column("expected_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_parcel_order_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
    )
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parcel_order_number"), ["order_number"], unique=False)

    op.create_table(
        "payment_attempt",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("provider", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("session", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("payment", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_payment_attempt_order_number")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_payment_attempt")),
        sa.UniqueConstraint("session", name=op.f("uq_payment_attempt_session")),
    )
    with op.batch_alter_table("payment_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_attempt_order_number"), ["order_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_attempt_state"), ["state"], unique=False)

    op.create_table(
        "request",
        sa.Column("ref", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("other_languages", sa.Boolean(), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("order_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("agent", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("reasons", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("on_duty_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("promised_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("first_answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("exporter_told", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('waiting','assigned','answered','closed')", name=op.f("ck_request_state")),
        sa.ForeignKeyConstraint(["agent"], ["agent.id"], name=op.f("fk_request_agent")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_request_market")),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_request")),
        sa.UniqueConstraint("key", name=op.f("uq_request_key")),
    )
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_agent"), ["agent"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_market"), ["market"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_order_number"), ["order_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_promised_at"), ["promised_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_state"), ["state"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reasons", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["request"], ["request.ref"], name=op.f("fk_assignment_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("request", "number", name=op.f("uq_assignment_request_number")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_request"), ["request"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint("kind IN ('customer','ours','note')", name=op.f("ck_message_kind")),
        sa.ForeignKeyConstraint(["request"], ["request.ref"], name=op.f("fk_message_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_request"), ["request"], unique=False)

    op.create_table(
        "request_promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("given_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("on_duty_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("promised_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["request"], ["request.ref"], name=op.f("fk_request_promise_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_promise")),
    )
    with op.batch_alter_table("request_promise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_promise_request"), ["request"], unique=False)


def downgrade() -> None:
    """Go back to the shape before."""

    with op.batch_alter_table("request_promise", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_promise_request"))

    op.drop_table("request_promise")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_request"))

    op.drop_table("message")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_request"))

    op.drop_table("assignment")
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_state"))
        batch_op.drop_index(batch_op.f("ix_request_promised_at"))
        batch_op.drop_index(batch_op.f("ix_request_order_number"))
        batch_op.drop_index(batch_op.f("ix_request_market"))
        batch_op.drop_index(batch_op.f("ix_request_created_at"))
        batch_op.drop_index(batch_op.f("ix_request_agent"))

    op.drop_table("request")
    with op.batch_alter_table("payment_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_attempt_state"))
        batch_op.drop_index(batch_op.f("ix_payment_attempt_order_number"))

    op.drop_table("payment_attempt")
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parcel_order_number"))

    op.drop_table("parcel")
    op.drop_table("order_line")
    with op.batch_alter_table("order_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_event_order_number"))

    op.drop_table("order_event")
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hold_expires_at"))

    op.drop_table("hold")
    with op.batch_alter_table("duty_interval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_interval_ends_at"))

    op.drop_table("duty_interval")
    with op.batch_alter_table("agent_shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agent_shift_agent"))

    op.drop_table("agent_shift")
    op.drop_table("agent_language")
    op.drop_table("admission")
    op.drop_table("waiver")
    with op.batch_alter_table("tillrefund", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tillrefund_session"))

    op.drop_table("tillrefund")
    op.drop_table("tax_rate")
    op.drop_table("stock")
    with op.batch_alter_table("signed_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signed_in_person_id"))

    op.drop_table("signed_in")
    op.drop_table("shipping_rate")
    op.drop_table("product_text")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_orders_placed_at"))
        batch_op.drop_index(batch_op.f("ix_orders_market"))

    op.drop_table("orders")
    op.drop_table("market_locale")
    op.drop_table("listing")
    with op.batch_alter_table("launch_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_launch_event_market"))

    op.drop_table("launch_event")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_market"))

    op.drop_table("invitation")
    op.drop_table("exposure")
    op.drop_table("answer_hours")
    op.drop_table("agent")
    op.drop_table("tillsession")
    op.drop_table("stop_sale")
    op.drop_table("sign_off")
    op.drop_table("revision")
    op.drop_table("responsible_person")
    op.drop_table("requirement")
    op.drop_table("rate_window")
    op.drop_table("product")
    op.drop_table("picture")
    op.drop_table("person")
    op.drop_table("market_rule")
    op.drop_table("market")
    op.drop_table("mains_supply")
    op.drop_table("job_lease")
    op.drop_table("exporter")
    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_effect_due_at"))

    op.drop_table("effect")
    op.drop_table("certificate")
    op.drop_table("accepted_text")
    with op.batch_alter_table("acceptance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acceptance_order_number"))

    op.drop_table("acceptance")
