"""Every message about a proposal that was ever posted (OBJ-1).

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KINDS = ("card", "feed", "outcome", "text", "notice")


def upgrade() -> None:
    """Make the table, and note what stands by now."""
    posted = op.create_table(
        "posted",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_posted")),
    )
    op.create_index("ix_posted_proposal_id", "posted", ["proposal_id"])
    deliveries = sa.table(
        "deliveries", *(sa.column(name) for name in ("message_id", "channel_id", "proposal_id", "kind"))
    )
    standing = (
        sa.select(deliveries.c.message_id, sa.func.min(deliveries.c.channel_id), sa.func.min(deliveries.c.proposal_id))
        .where(deliveries.c.message_id.is_not(None), deliveries.c.channel_id.is_not(None))
        .where(deliveries.c.proposal_id.is_not(None), deliveries.c.kind.in_(_KINDS))
        .group_by(deliveries.c.message_id)
    )
    op.execute(sa.insert(posted).from_select(["message_id", "channel_id", "proposal_id"], standing))


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("posted")
