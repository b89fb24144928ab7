"""Groups are rows of their own: cells come and go without their partnership being written anew (STA-8).

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import Document

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_partnerships = sa.table("partnerships", sa.column("id", sa.Integer), sa.column("document", Document()))


def upgrade() -> None:
    """Take the groups out of the documents of their partnerships."""
    groups = op.create_table(
        "groups",
        sa.Column("partnership_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("private", sa.SmallInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_groups_partnership_id"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_groups")),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    for here, document in connection.execute(sa.select(_partnerships).order_by(_partnerships.c.id)).all():
        rows = [_row(here, group) for group in document.get("groups", ())]
        if rows:
            connection.execute(sa.insert(groups), rows)
        rest = {name: value for name, value in document.items() if name != "groups"}
        connection.execute(sa.update(_partnerships).where(_partnerships.c.id == here).values(document=rest))


def downgrade() -> None:
    """Put them back."""
    connection = op.get_bind()
    groups = sa.table(
        "groups", *map(sa.column, ("partnership_id", "id", "kind", "name", "parent", "private", "purpose"))
    )
    for here, document in connection.execute(sa.select(_partnerships)).all():
        found = connection.execute(sa.select(groups).where(groups.c.partnership_id == here).order_by(groups.c.id))
        theirs = [{**row._mapping, "private": bool(row.private)} for row in found]
        for each in theirs:
            del each["partnership_id"]
        change = sa.update(_partnerships).where(_partnerships.c.id == here)
        connection.execute(change.values(document=document | {"groups": theirs}))
    op.drop_table("groups")


def _row(partnership: int, group: dict[str, Any]) -> dict[str, Any]:
    return {
        "partnership_id": partnership,
        "id": group["id"],
        "kind": group["kind"],
        "name": group["name"],
        "parent": group.get("parent"),
        "private": int(group.get("private", False)),
        "purpose": group.get("purpose", ""),
    }
