"""What waits in the outbox is asked for partnership by partnership (PRO-10).

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_WAITING = sa.text("state IN ('pending', 'sending')")


def upgrade() -> None:
    """The index of what waits begins with the partnership."""
    _index("partnership_id", "rank", "id")


def downgrade() -> None:
    """As before."""
    _index("rank", "id")


def _index(*columns: str) -> None:
    op.drop_index("ix_deliveries_waiting", "deliveries")
    op.create_index("ix_deliveries_waiting", "deliveries", columns, sqlite_where=_WAITING, postgresql_where=_WAITING)
