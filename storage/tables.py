"""The tables. An aggregate is one row: columns for what must be queried, and a document with all of it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.types import Document, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

PERSON = String(32)
NOBODYS_GROUP = 0
"""Stands for "no group" where a group is part of a key: NULLs would not collide."""


def _partnership(*, primary_key: bool = False) -> Column[int]:
    # Checked at commit, so that one transaction may write things in any order.
    key = ForeignKey("partnerships.id", deferrable=True, initially="DEFERRED")
    return Column("partnership_id", Integer, key, primary_key=primary_key, nullable=False, autoincrement=False)


people = Table(
    "people",
    metadata,
    Column("person_id", PERSON, primary_key=True),
    Column("user_id", BigInteger, nullable=False, unique=True),
)

partnerships = Table(
    "partnerships",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Document, nullable=False),
)

# In order of creation: ids come from one series.
groups = Table(
    "groups",
    metadata,
    _partnership(primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("parent", Integer),
    Column("private", SmallInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    sqlite_with_rowid=False,
)

places = Table(
    "places",
    metadata,
    _partnership(primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("group_id", Integer, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False, index=True),
    Column("lost", Integer, nullable=False),
)

seats = Table(
    "seats",
    metadata,
    Column("id", Integer, primary_key=True),
    _partnership(),
    Column("person_id", PERSON, nullable=False),
    Column("role_id", BigInteger, nullable=False),
    Column("group_id", Integer, nullable=False),
    Column("seat", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("how_gained", Text, nullable=False),
    Column("how_lost", Text),
    Column("lost_by", String(16)),
    Column("at_once", SmallInteger, nullable=False, server_default=text("0")),
    Column("stakeholder_class", Text, nullable=False, server_default=text("''")),
    Column("organisation", Text, nullable=False, server_default=text("''")),
    Index(
        "uq_seats_held",
        "partnership_id",
        "person_id",
        "role_id",
        "group_id",
        "seat",
        unique=True,
        sqlite_where=text("until IS NULL"),
        postgresql_where=text("until IS NULL"),
    ),
)

policies = Table(
    "policies",
    metadata,
    _partnership(primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("proposal_id", Integer),
    Column("at", Instant, nullable=False),
    Column("document", Document, nullable=False),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _partnership(),
    Column("number", Integer),
    Column("group_id", Integer, nullable=False),
    Column("author_id", PERSON, nullable=False),
    Column("type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("title_folded", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("opened_at", Instant),
    Column("closes_at", Instant),
    Column("due_at", Instant),
    Column("version", Integer, nullable=False),
    # Last, so that reading the columns above never touches the pages that a long document overflows into.
    Column("document", Document, nullable=False),
    UniqueConstraint("partnership_id", "number"),
    Index("ix_proposals_state", "partnership_id", "state", "number"),
    Index("ix_proposals_group", "partnership_id", "group_id", "state", "number"),
    Index("ix_proposals_author", "partnership_id", "author_id", "state", "number"),
    Index("ix_proposals_opened", "partnership_id", "author_id", "opened_at"),
    Index(
        "ix_proposals_due",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
)

# When somebody was kept from acting, by proposal: what the dossiers say, to be asked across them (PRO-11).
spells = Table(
    "spells",
    metadata,
    Column("proposal_id", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _partnership(),
    Column("group_id", Integer, nullable=False),
    Column("person_id", PERSON, nullable=False),
    Column("cause", String(32), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Index("ix_spells_person", "partnership_id", "person_id", "until"),
)

# Final votes, by their names in the documents of the proposals that they are on.
votes = Table(
    "votes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("proposal_id", Integer, nullable=False, index=True),
    Column("document", Document, nullable=False),
)

# No instant, no increasing key: a row says nothing but who and what, and is overwritten in place (DEC-3a).
ballots = Table(
    "ballots",
    metadata,
    Column("vote_id", String(64), primary_key=True),
    Column("person_id", PERSON, primary_key=True),
    Column("marks", Document, nullable=False),
    Column("criterion", Text, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    _partnership(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("type", Text, nullable=False),
    Column("thing", Text, nullable=False),
    Column("actor_id", PERSON),
    Column("digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_events_thing", "partnership_id", "thing", "number"),
    Index("ix_events_type", "partnership_id", "type", "at"),
    sqlite_with_rowid=False,
)

# Beside the chain: deleting a row here is erasure, and the chain still verifies (REC-1).
payloads = Table(
    "payloads",
    metadata,
    _partnership(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("salt", String(64), nullable=False),
    Column("payload", Text, nullable=False),
)

heads = Table(
    "heads",
    metadata,
    _partnership(primary_key=True),
    Column("number", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

_WAITING = text("state IN ('pending', 'sending')")

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(120), nullable=False, unique=True),
    _partnership(),
    Column("kind", String(16), nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("proposal_id", Integer, index=True),
    Column("thing", String(40), index=True),
    Column("event", Integer),
    Column("person_id", PERSON),
    Column("state", String(16), nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger, index=True),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", Instant),
    Column("since", Instant),
    # The messages after the first, where one holds not all of it: erasure has to reach them. NULL: nobody noted them.
    Column("more", Document),
    Column("refused", Text),
    Index("ix_deliveries_waiting", "partnership_id", "rank", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
)


# Every message about a proposal that was ever posted: people react to earlier copies as well (OBJ-1).
posted = Table(
    "posted",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("proposal_id", Integer, nullable=False, index=True),
)


def _aggregate(name: str) -> Table:
    """A table of things that are kept whole: columns for what lists and deadlines ask, and the document."""
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        _partnership(),
        Column("number", Integer, nullable=False),
        Column("group_id", Integer, nullable=False),
        Column("state", String(16), nullable=False),
        Column("due_at", Instant),
        Column("version", Integer, nullable=False),
        Column("document", Document, nullable=False),
        UniqueConstraint("partnership_id", "number"),
        Index(f"ix_{name}_state", "partnership_id", "state", "number"),
        Index(
            f"ix_{name}_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )


retros = _aggregate("retros")
surveys = _aggregate("surveys")
meetings = _aggregate("meetings")
feedback = _aggregate("feedback")

# What people write where nobody may know who wrote it: no instant, no increasing key. The author is the person under
# the key of that session; when the session is over, key and rows are deleted together (LRN-1, LRN-2).
sealed = Table(
    "sealed",
    metadata,
    Column("thing", String(40), primary_key=True),
    Column("author", String(64), primary_key=True),
    Column("slot", String(64), primary_key=True),
    Column("content", Text, nullable=False),
    sqlite_with_rowid=False,
)
session_keys = Table(
    "session_keys",
    metadata,
    Column("thing", String(40), primary_key=True),
    Column("key", String(64), nullable=False),
)

# How people want to be reminded, and of what: personal, beside the chain, deleted with the person (RHY-2).
preferences = Table(
    "preferences",
    metadata,
    _partnership(primary_key=True),
    Column("person_id", PERSON, primary_key=True),
    Column("digest_at", Instant),
    Column("document", Document, nullable=False),
    Index(
        "ix_preferences_digest",
        "digest_at",
        sqlite_where=text("digest_at IS NOT NULL"),
        postgresql_where=text("digest_at IS NOT NULL"),
    ),
)

reminders = Table(
    "reminders",
    metadata,
    Column("id", Integer, primary_key=True),
    _partnership(),
    Column("person_id", PERSON, nullable=False),
    Column("thing", String(40), nullable=False),
    Column("topic", String(16), nullable=False),
    Column("occurrence", String(64), nullable=False),
    Column("why", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", Instant),
    Column("expires_at", Instant),
    Column("settled_at", Instant),
    Column("letter", Integer),
    Column("mentioned", Integer, nullable=False),
    UniqueConstraint("partnership_id", "person_id", "thing", "topic", "occurrence", name="uq_reminders_once"),
    Index(
        "ix_reminders_due",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index("ix_reminders_thing", "partnership_id", "thing", "occurrence"),
    Index("ix_reminders_settled", "settled_at"),
)

# One message to one person. What it says is deleted a day after it was sent; that it was sent counts for the budget.
letters = Table(
    "letters",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _partnership(),
    Column("person_id", PERSON, nullable=False),
    Column("at", Instant, nullable=False),
    Column("digest", Integer, nullable=False),
    Column("document", Document),
    Index("ix_letters_person", "partnership_id", "person_id", "at"),
    Index("ix_letters_at", "at"),
)

runtime = Table("runtime", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

sequences = Table(
    "sequences",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("value", Integer, nullable=False),
)

locks = Table(
    "locks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("heartbeat_at", Instant, nullable=False),
)
