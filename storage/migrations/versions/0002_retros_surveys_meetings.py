"""Retros, surveys, meetings and feedback, what is sealed in their sessions, and boards in the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Document, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEPT_WHOLE = ("retros", "surveys", "meetings", "feedback")


def upgrade() -> None:
    """Bring the tables forward."""
    for name in _KEPT_WHOLE:
        _kept_whole(name)
    op.create_table(
        "sealed",
        sa.Column("thing", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("thing", "author", "slot", name=op.f("pk_sealed")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "session_keys",
        sa.Column("thing", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("thing", name=op.f("pk_session_keys")),
    )
    op.add_column("deliveries", sa.Column("thing", sa.String(length=40), nullable=True))
    op.create_index("ix_deliveries_thing", "deliveries", ["thing"])


def _kept_whole(name: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("partnership_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f(f"fk_{name}_partnership_id_partnerships"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("partnership_id", "number", name=op.f(f"uq_{name}_partnership_id_number")),
    )
    op.create_index(f"ix_{name}_state", name, ["partnership_id", "state", "number"])
    open_ones = sa.text("due_at IS NOT NULL")
    op.create_index(f"ix_{name}_due", name, ["due_at"], sqlite_where=open_ones, postgresql_where=open_ones)
