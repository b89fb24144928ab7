"""Erasures are events of the chain; the outbox knows every message of a delivery, and what Discord refused (REC-1).

Each partnership's chain gets two events: the first policy version, so that it can be held against the record, and a
list of every event and person erased before. From then on words that are missing without an erasure were taken away.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.governance.consistency import values_told
from bot.governance.events import Event, Json, as_recorded
from bot.governance.policy import Policy
from bot.governance.policy_events import PolicyAdopted
from bot.governance.record_events import ErasuresListed
from storage.chain import EMPTY, Link, forge
from storage.mapping import from_json
from storage.types import Document, Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_events = sa.table(
    "events",
    sa.column("partnership_id", sa.Integer),
    sa.column("number", sa.Integer),
    sa.column("at", Instant()),
    sa.column("type", sa.Text),
    sa.column("thing", sa.Text),
    sa.column("actor_id", sa.String(32)),
    sa.column("digest", sa.String(64)),
    sa.column("previous", sa.String(64)),
    sa.column("hash", sa.String(64)),
)
_payloads = sa.table(
    "payloads",
    sa.column("partnership_id", sa.Integer),
    sa.column("number", sa.Integer),
    sa.column("salt", sa.String(64)),
    sa.column("payload", sa.Text),
)
_heads = sa.table(
    "heads",
    sa.column("partnership_id", sa.Integer),
    sa.column("number", sa.Integer),
    sa.column("hash", sa.String(64)),
)
_people = sa.table("people", sa.column("person_id", sa.String(32)))
_partnerships = sa.table("partnerships", sa.column("id", sa.Integer))
_policies = sa.table(
    "policies",
    sa.column("partnership_id", sa.Integer),
    sa.column("version", sa.Integer),
    sa.column("document", Document()),
)


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("deliveries") as batch:
        batch.add_column(sa.Column("more", Document(), nullable=True))
        batch.add_column(sa.Column("refused", sa.Text(), nullable=True))
    connection = op.get_bind()
    for partnership in connection.execute(sa.select(_partnerships.c.id).order_by(_partnerships.c.id)).scalars().all():
        _append(connection, partnership, [*_first_policy(connection, partnership), _erased(connection, partnership)])


def _first_policy(connection: sa.Connection, partnership: int) -> list[Event]:
    chosen = sa.select(_policies.c.document).where(_policies.c.partnership_id == partnership)
    document = connection.execute(chosen.order_by(_policies.c.version).limit(1)).scalar_one_or_none()
    if document is None:
        return []
    policy = from_json(Policy, document)
    values: dict[str, Json] = {k: v for k, v in values_told(policy).items() if k in document["values"]}
    data: dict[str, Json] = {"version": policy.version, "values": values}
    return [as_recorded(PolicyAdopted.NAME, f"partnership/{partnership}", None, data)]


def _erased(connection: sa.Connection, partnership: int) -> Event:
    here = _events.c.partnership_id == partnership
    kept = sa.select(_payloads.c.number).where(_payloads.c.partnership_id == partnership)
    numbers = sa.select(_events.c.number).where(here, _events.c.number.not_in(kept)).order_by(_events.c.number)
    people = sa.select(_events.c.actor_id).distinct().where(here, _events.c.actor_id.is_not(None))
    people = people.where(_events.c.actor_id.not_in(sa.select(_people.c.person_id))).order_by(_events.c.actor_id)
    data: dict[str, Json] = {
        "numbers": list(connection.execute(numbers).scalars()),
        "people": list(connection.execute(people).scalars()),
    }
    return as_recorded(ErasuresListed.NAME, f"partnership/{partnership}", None, data)


def _append(connection: sa.Connection, partnership: int, events: list[Event]) -> None:
    """Chain events, dated as the last one before them: a migration reads no clock."""
    head = connection.execute(sa.select(_heads).where(_heads.c.partnership_id == partnership)).first()
    number, previous = (head.number, head.hash) if head is not None else (0, EMPTY)
    last = sa.select(sa.func.max(_events.c.at)).where(_events.c.partnership_id == partnership)
    at: datetime = connection.execute(last).scalar_one_or_none() or datetime(2026, 1, 1, tzinfo=UTC)
    for event in events:
        number += 1
        link = forge(event, at, number, previous)
        previous = link.hash
        connection.execute(sa.insert(_events).values(**_header(partnership, link)))
        row = {"partnership_id": partnership, "number": number, "salt": link.salt, "payload": link.payload}
        connection.execute(sa.insert(_payloads).values(**row))
    end = {"number": number, "hash": previous}
    if head is None:
        connection.execute(sa.insert(_heads).values(partnership_id=partnership, **end))
    else:
        connection.execute(sa.update(_heads).where(_heads.c.partnership_id == partnership).values(**end))


def _header(partnership: int, link: Link) -> dict[str, Any]:
    return {
        "partnership_id": partnership,
        "number": link.number,
        "at": link.at,
        "type": link.type,
        "thing": link.thing,
        "actor_id": link.actor,
        "digest": link.digest,
        "previous": link.previous,
        "hash": link.hash,
    }
