"""By whose hand a seat was lost, since when it counts, and who is pinned in what is open (PRO-9).

Whoever sits at this moment counts at once, as they did so far, and is pinned in every process that is open.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import Document

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_FINAL = ("draft", "discarded", "enacted", "not adopted", "withdrawn", "lapsed")
_BY_THEMSELVES = "left the server"

_seats = sa.table(
    "seats",
    *(sa.column(name) for name in ("id", "partnership_id", "person_id", "role_id", "group_id", "seat", "until")),
    *(sa.column(name) for name in ("how_lost", "lost_by", "at_once", "stakeholder_class", "organisation")),
)
_partnerships = sa.table("partnerships", sa.column("id"), sa.column("document", Document()))
_proposals = sa.table(
    "proposals",
    *(sa.column(name) for name in ("id", "partnership_id", "group_id", "state")),
    sa.column("document", Document()),
)


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("seats", sa.Column("lost_by", sa.String(length=16), nullable=True))
    op.add_column("seats", sa.Column("at_once", sa.SmallInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("seats", sa.Column("stakeholder_class", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("seats", sa.Column("organisation", sa.Text(), nullable=False, server_default=sa.text("''")))
    connection = op.get_bind()
    held, lost = _seats.c.until.is_(None), _seats.c.until.is_not(None)
    connection.execute(sa.update(_seats).where(lost).values(lost_by="others"))
    connection.execute(sa.update(_seats).where(_seats.c.how_lost == _BY_THEMSELVES).values(lost_by="themselves"))
    connection.execute(sa.update(_seats).where(held).values(at_once=1))
    for partnership, document in connection.execute(sa.select(_partnerships.c.id, _partnerships.c.document)).all():
        _fill(connection, partnership, document)


def _fill(connection: sa.Connection, partnership: int, document: dict[str, Any]) -> None:
    """What the mapped roles say of seats, and who sits in which group now."""
    live = [m for m in document.get("mappings", ()) if not m.get("lost")]
    live.sort(key=lambda m: (m.get("mapped_at") or "", m["role"]))
    seated: dict[tuple[int, str], dict[str, Any]] = {}
    for mapping in live:
        words = {"stakeholder_class": mapping["stakeholder_class"], "organisation": mapping["organisation"]}
        same = (_seats.c.partnership_id == partnership) & (_seats.c.role_id == mapping["role"])
        connection.execute(sa.update(_seats).where(same).values(**words))
        worn = sa.select(_seats.c.person_id).where(same, _seats.c.until.is_(None))
        people = seated.setdefault((mapping["group"], mapping["seat"]), {})
        for person in connection.execute(worn).scalars():
            people.setdefault(person, {"person": person, **words})
    stakeholders = next((g["id"] for g in document.get("groups", ()) if g["kind"] == "stakeholder group"), 0)
    voters = _in_order(seated.get((stakeholders, "member"), {}))
    running = sa.select(_proposals.c.id, _proposals.c.group_id, _proposals.c.document).where(
        _proposals.c.partnership_id == partnership, _proposals.c.state.not_in(_FINAL)
    )
    for key, group, proposal in connection.execute(running).all():
        facilitators = sorted(seated.get((group, "facilitator"), {}))
        pinned = {"voters": voters, "judges": voters, "facilitators": facilitators}
        connection.execute(sa.update(_proposals).where(_proposals.c.id == key).values(document=proposal | pinned))


def _in_order(people: dict[str, Any]) -> list[Any]:
    return [people[person] for person in sorted(people)]
