"""Reminders come by one way: who was mentioned and written to at once is mentioned from now on (RHY-2).

Revision ID: 0005
Revises: 0004
"""

import json

import sqlalchemy as sa
from alembic import op

from storage.types import Document

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_preferences = sa.table(
    "preferences",
    sa.column("partnership_id", sa.Integer()),
    sa.column("person_id", sa.String()),
    sa.column("document", Document()),
)


def upgrade() -> None:
    """What was chosen beside the way stays as it is."""
    connection, columns = op.get_bind(), _preferences.c
    for row in connection.execute(sa.select(_preferences)).all():
        kept = json.loads(row.document) if isinstance(row.document, str) else row.document
        if kept.get("way") == "both":
            this = (columns.partnership_id == row.partnership_id) & (columns.person_id == row.person_id)
            connection.execute(sa.update(_preferences).where(this).values(document={**kept, "way": "mention"}))


def downgrade() -> None:
    """A mention is a way that the version before knows."""
