"""Rows of the servers that one process serves, when there are several processes (RUN-2)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, literal_column, select

from bot.governance.shards import Shards
from storage.tables import partnerships


def is_served(shards: Shards) -> ColumnElement[bool]:
    """Whether a row of ``partnerships`` is of a server that belongs to one of these shards."""
    # Written out, not bound: PostgreSQL shifts by an int only, and a driver would send it a bigint.
    shard: ColumnElement[int] = literal_column(f"((partnerships.guild_id >> 22) % {shards.count})")
    return shard.between(shards.first, shards.last)


def served(shards: Shards) -> Select[tuple[int]]:
    """The partnerships of these servers."""
    return select(partnerships.c.id).where(is_served(shards))
