"""Preferences, reminders and letters (RHY-2).

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Document, Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "preferences",
        _partnership(),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("digest_at", Instant(), nullable=True),
        sa.Column("document", Document(), nullable=False),
        _reference("preferences"),
        sa.PrimaryKeyConstraint("partnership_id", "person_id", name=op.f("pk_preferences")),
    )
    _index_of_due("preferences", "digest", "digest_at")
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        _partnership(),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("thing", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=16), nullable=False),
        sa.Column("occurrence", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("letter", sa.Integer(), nullable=True),
        sa.Column("mentioned", sa.Integer(), nullable=False),
        _reference("reminders"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("partnership_id", "person_id", "thing", "topic", "occurrence", name="uq_reminders_once"),
    )
    _index_of_due("reminders", "due", "due_at")
    op.create_index("ix_reminders_thing", "reminders", ["partnership_id", "thing", "occurrence"])
    op.create_index("ix_reminders_settled", "reminders", ["settled_at"])
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _partnership(),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("digest", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=True),
        _reference("letters"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index("ix_letters_person", "letters", ["partnership_id", "person_id", "at"])
    op.create_index("ix_letters_at", "letters", ["at"])


def _partnership() -> sa.Column[int]:
    return sa.Column("partnership_id", sa.Integer(), autoincrement=False, nullable=False)


def _reference(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["partnership_id"],
        ["partnerships.id"],
        name=op.f(f"fk_{table}_partnership_id_partnerships"),
        initially="DEFERRED",
        deferrable=True,
    )


def _index_of_due(table: str, name: str, column: str) -> None:
    waiting = sa.text(f"{column} IS NOT NULL")
    op.create_index(f"ix_{table}_{name}", table, [column], sqlite_where=waiting, postgresql_where=waiting)
