"""the mark by which a rating's words are found for whoever gave it"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Ratings from before have none, and are looked through by name and address instead."""
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mark", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.create_index(batch_op.f("ix_rating_mark"), ["mark"], unique=False)


def downgrade() -> None:
    """Without the marks, words of ratings are found by name and address only."""
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rating_mark"))
        batch_op.drop_column("mark")
