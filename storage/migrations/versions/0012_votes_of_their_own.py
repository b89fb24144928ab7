"""A final vote has a row of its own, with its options, and a ballot holds marks of these (DEC-1).

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import Document

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_proposals = sa.table("proposals", sa.column("id", sa.Integer), sa.column("document", Document()))
_votes = sa.table(
    "votes", sa.column("id", sa.Text), sa.column("proposal_id", sa.Integer), sa.column("document", Document())
)
_OF_THE_BALLOT = ("vote_id", "person_id", "criterion", "reason")
_ballots = sa.table(
    "ballots", *(sa.column(name) for name in _OF_THE_BALLOT), sa.column("choice"), sa.column("marks", Document())
)

_OPTIONS = {
    "consent": ["consent", "consent with concern", "stand aside", "object"],
    "majority": ["for", "against", "abstain"],
    "supermajority": ["for", "against", "abstain"],
}
"""What every vote before this version was about."""


def upgrade() -> None:
    """Take the votes out of the proposals, and say in marks what ballots say in a choice."""
    connection = op.get_bind()
    op.create_table(
        "votes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
    )
    op.create_index("ix_votes_proposal_id", "votes", ["proposal_id"])
    for at, document in _documents(connection):
        vote, past = document.get("vote"), document.get("past_votes", [])
        held = [*past, *([vote] if vote else [])]
        if not held:
            continue
        rows = [{"id": each["id"], "proposal_id": at, "document": _with_marks(each)} for each in held]
        connection.execute(sa.insert(_votes), rows)
        names = {"vote": vote and vote["id"], "past_votes": [each["id"] for each in past]}
        _keep(connection, at, document | names)
    kept = connection.execute(sa.select(*(_ballots.c[name] for name in (*_OF_THE_BALLOT, "choice")))).mappings().all()
    _replace_ballots(sa.Column("marks", Document(), nullable=False))
    rows = [{**{name: each[name] for name in _OF_THE_BALLOT}, "marks": {each["choice"]: 1}} for each in kept]
    if rows:
        connection.execute(sa.insert(_ballots), rows)


def downgrade() -> None:
    """Back into the proposals. A ballot of several marks cannot be said as a choice: such votes have to end first."""
    connection = op.get_bind()
    votes = {vote.id: _with_choices(vote.document) for vote in connection.execute(sa.select(_votes)).all()}
    for at, document in _documents(connection):
        if document["vote"] or document["past_votes"]:
            held = {"vote": votes.get(document["vote"]), "past_votes": [votes[each] for each in document["past_votes"]]}
            _keep(connection, at, document | held)
    kept = connection.execute(sa.select(*(_ballots.c[name] for name in (*_OF_THE_BALLOT, "marks")))).mappings().all()
    _replace_ballots(sa.Column("choice", sa.Text(), nullable=False))
    rows = [{**{name: each[name] for name in _OF_THE_BALLOT}, "choice": _choice(each["marks"])} for each in kept]
    if rows:
        connection.execute(sa.insert(_ballots), rows)
    op.drop_table("votes")


def _documents(connection: sa.Connection) -> Any:
    """One after the other: all of them together may be more than memory holds."""
    for at in connection.execute(sa.select(_proposals.c.id).order_by(_proposals.c.id)).scalars().all():
        yield at, connection.execute(sa.select(_proposals.c.document).where(_proposals.c.id == at)).scalar_one()


def _keep(connection: sa.Connection, at: int, document: dict[str, Any]) -> None:
    connection.execute(sa.update(_proposals).where(_proposals.c.id == at).values(document=document))


def _replace_ballots(said: sa.Column[Any]) -> None:
    # Made anew, because SQLite keeps a table without row ids, which tell an order, only as it was made.
    op.drop_table("ballots")
    op.create_table(
        "ballots",
        sa.Column("vote_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        said,
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("vote_id", "person_id", name=op.f("pk_ballots")),
        sqlite_with_rowid=False,
    )


def _with_marks(vote: dict[str, Any]) -> dict[str, Any]:
    ballots = [
        {"marks": {ballot["choice"]: 1}} | {name: value for name, value in ballot.items() if name != "choice"}
        for ballot in vote["ballots"]
    ]
    return vote | {"options": _OPTIONS[vote["method"]], "ballots": ballots}


def _with_choices(vote: dict[str, Any]) -> dict[str, Any]:
    ballots = [
        {"choice": _choice(ballot["marks"])} | {name: value for name, value in ballot.items() if name != "marks"}
        for ballot in vote["ballots"]
    ]
    tally = vote["tally"] and {name: vote["tally"][name] for name in vote["tally"] if name not in {"chosen", "rounds"}}
    return {name: value for name, value in vote.items() if name != "options"} | {"ballots": ballots, "tally": tally}


def _choice(marks: dict[str, int]) -> str:
    (option,) = marks
    return option
