"""What happened in a period is found without reading the whole record (LRN-3).

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Events by their type and instant."""
    op.create_index("ix_events_type", "events", ["partnership_id", "type", "at"])


def downgrade() -> None:
    """Without."""
    op.drop_index("ix_events_type", "events")
