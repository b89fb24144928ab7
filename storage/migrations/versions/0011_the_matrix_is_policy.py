"""The decision matrix is policy: its rows stand in every version, and in the terms of what was opened by them (POL-3).

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import Document

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_policies = sa.table(
    "policies",
    sa.column("partnership_id", sa.Integer),
    sa.column("version", sa.Integer),
    sa.column("document", Document()),
)
_proposals = sa.table(
    "proposals", sa.column("id", sa.Integer), sa.column("type", sa.Text), sa.column("document", Document())
)

_ALL: dict[str, Any] = {
    "electors": "stakeholder group",
    "chosen": False,
    "passes": "silence",
    "window": "review.window",
    "timelock": "",
    "least": "limits.least_electors",
    "carried_out_by": "people",
    "consulted": [],
    "fields": ["timeline", "summary"],
    "demanded": [],
    "early": False,
    "founding": False,
}
_TOP, _CELL = {"kind": "top-level cell", "seat": ""}, {"kind": "cell", "seat": ""}
_ROWS: dict[str, dict[str, Any]] = {
    str(row["name"]): _ALL | row
    for row in (
        {
            "name": "general",
            "may_file": [{"kind": None, "seat": ""}],
            "electors": "top-level cell",
            "chosen": True,
            "early": True,
        },
        {"name": "operational", "may_file": [_TOP, _CELL], "early": True},
        {
            "name": "budget",
            "may_file": [_TOP],
            "timelock": "timelock.budget",
            "fields": ["amount", "payee", "account", "timeline", "summary"],
            "demanded": ["amount", "payee"],
        },
        {
            "name": "policy",
            "may_file": [{"kind": None, "seat": "member"}],
            "timelock": "timelock.policy",
            "carried_out_by": "bot",
            "fields": ["summary"],
        },
        {
            "name": "ratification",
            "may_file": [],
            "passes": "supermajority",
            "carried_out_by": "bot",
            "early": True,
            "founding": True,
        },
    )
}
"""The rows by which everything before this version was decided, whatever partnerships begin with later."""


def upgrade() -> None:
    """Write down by which rows was decided so far."""
    connection = op.get_bind()
    chosen = sa.select(_policies).order_by(_policies.c.partnership_id, _policies.c.version)
    for each in connection.execute(chosen).all():
        here = (_policies.c.partnership_id == each.partnership_id) & (_policies.c.version == each.version)
        document = each.document | {"matrix": list(_ROWS.values())}
        connection.execute(sa.update(_policies).where(here).values(document=document))
    for at in connection.execute(sa.select(_proposals.c.id).order_by(_proposals.c.id)).scalars().all():
        here = _proposals.c.id == at
        each = connection.execute(sa.select(_proposals).where(here)).one()
        if each.document["terms"] is None:
            continue
        terms = each.document["terms"] | {"row": _ROWS[each.type]}
        connection.execute(sa.update(_proposals).where(here).values(document=each.document | {"terms": terms}))


def downgrade() -> None:
    """Without."""
    connection = op.get_bind()
    for each in connection.execute(sa.select(_policies)).all():
        here = (_policies.c.partnership_id == each.partnership_id) & (_policies.c.version == each.version)
        kept = {name: value for name, value in each.document.items() if name != "matrix"}
        connection.execute(sa.update(_policies).where(here).values(document=kept))
    for at in connection.execute(sa.select(_proposals.c.id)).scalars().all():
        each = connection.execute(sa.select(_proposals).where(_proposals.c.id == at)).one()
        if each.document["terms"] is None:
            continue
        terms = {name: value for name, value in each.document["terms"].items() if name != "row"}
        change = sa.update(_proposals).where(_proposals.c.id == at)
        connection.execute(change.values(document=each.document | {"terms": terms}))
