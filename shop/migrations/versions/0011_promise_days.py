"""how many promises of a past day were kept, counted once"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Days from before are counted by the periodic work."""
    op.create_table(
        "promise_day",
        sa.Column("market", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_promise_day_market")),
        sa.PrimaryKeyConstraint("market", "day", name=op.f("pk_promise_day")),
    )


def downgrade() -> None:
    """What was counted is counted again from the promises."""
    op.drop_table("promise_day")
