"""storefront"""

from datetime import date

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this shape."""
    op.create_table(
        "paper",
        sa.Column("family", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("family", "kind", "language", name=op.f("pk_paper")),
    )
    op.create_table(
        "secret_link",
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_secret_link")),
    )
    with op.batch_alter_table("secret_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_secret_link_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_secret_link_subject"), ["subject"], unique=False)

    op.create_table(
        "customer_allowance",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("customer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.CheckConstraint("pieces >= 0", name=op.f("ck_customer_allowance_pieces")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_customer_allowance_market")),
        sa.PrimaryKeyConstraint("market", "sku", "customer", name=op.f("pk_customer_allowance")),
    )
    op.create_table(
        "market_consent",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_market_consent_market")),
        sa.PrimaryKeyConstraint("market", "key", "language", name=op.f("pk_market_consent")),
    )
    op.create_table(
        "old_slug",
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["product.sku"], name=op.f("fk_old_slug_sku")),
        sa.PrimaryKeyConstraint("language", "slug", name=op.f("pk_old_slug")),
    )
    op.create_table(
        "price_change",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_price_change_market")),
        sa.PrimaryKeyConstraint("market", "sku", "at", name=op.f("pk_price_change")),
    )
    op.create_table(
        "stop_sale_text",
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["stop"], ["stop_sale.id"], name=op.f("fk_stop_sale_text_stop")),
        sa.PrimaryKeyConstraint("stop", "language", name=op.f("pk_stop_sale_text")),
    )
    op.create_table(
        "waiting_list_entry",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("told_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_waiting_list_entry_market")),
        sa.PrimaryKeyConstraint("market", "sku", "email", name=op.f("pk_waiting_list_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_waiting_list_entry_hash")),
    )
    with op.batch_alter_table("agent", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("places", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="{}")
        )

    with op.batch_alter_table("answer_hours", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("local_names", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="{}")
        )

    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("max_per_customer", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("allotment", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("taken", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("reduced_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))

    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.create_check_constraint(
            batch_op.f("ck_listing_allotment"), "taken >= 0 AND (allotment IS NULL OR taken <= allotment)"
        )

    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.add_column(sa.Column("price_step", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(
            sa.Column("business_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("prepayment_percent", sa.Integer(), nullable=False, server_default="100"))
        batch_op.add_column(
            sa.Column("payment_methods", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("announced", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tax_e5", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("serial", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))

    op.execute("UPDATE order_line SET tax_e5 = tax_bp * 10")
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_column("tax_bp")

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cart", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("region", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("business_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("shipping_e5", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("due_later", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("parcel", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(batch_op.f("ix_orders_cart"), ["cart"], unique=False)

    with op.batch_alter_table("payment_attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("methods", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))

    with op.batch_alter_table("picture", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=False, server_default="1"))
        batch_op.drop_constraint(batch_op.f("uq_picture_family"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_picture_family_position"), ["family", "position"])

    with op.batch_alter_table("stop_sale", schema=None) as batch_op:
        batch_op.add_column(sa.Column("link", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
    op.execute("UPDATE orders SET parcel = true")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_check_constraint(batch_op.f("ck_orders_due"), "due_later BETWEEN 0 AND total")
    _rates_by_region()


def _rates_by_region() -> None:
    """Make tax_rate anew: the region joins its key, and rates are thousandths of a percent."""
    kept = op.get_bind().execute(sa.text("SELECT market, tax_class, starts_on, rate_bp FROM tax_rate")).all()
    op.drop_table("tax_rate")
    rates = op.create_table(
        "tax_rate",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tax_class", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("region", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("rate_e5", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_tax_rate_market")),
        sa.PrimaryKeyConstraint("market", "tax_class", "region", "starts_on", name=op.f("pk_tax_rate")),
    )
    op.bulk_insert(
        rates,
        [
            {
                "market": row.market,
                "tax_class": row.tax_class,
                "region": "",
                "starts_on": _day(row.starts_on),
                "rate_e5": row.rate_bp * 10,
            }
            for row in kept
        ],
    )


def _day(stored: date | str) -> date:
    """SQLite keeps days as text."""
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


def downgrade() -> None:
    """There is no way back: rates by region and what was accepted since would be lost."""
    raise RuntimeError("there is no way back from 0002; restore the backup made before it")
