"""The ballots of open votes: who and what, and nothing that tells when (DEC-3a)."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from bot.governance.ids import PersonId, VoteId
from bot.governance.proposals_types import Ballot
from storage.session import Session
from storage.tables import ballots

# In the order of random person ids, so that not even a table scan tells who voted first.
_OF = select(ballots).where(ballots.c.vote_id == bindparam("vote")).order_by(ballots.c.person_id)


class Ballots:
    """One row for each person and vote, overwritten in place."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, vote: VoteId, ballot: Ballot) -> None:
        """Keep or replace a ballot."""
        if ballot.person is None:
            raise ValueError("an open ballot is somebody's")
        row = {
            "vote_id": vote,
            "person_id": ballot.person,
            "choice": ballot.choice,
            "criterion": ballot.criterion,
            "reason": ballot.reason,
        }
        await self._session.put(ballots, row, "vote_id person_id", "choice criterion reason")

    async def of(self, vote: VoteId) -> tuple[Ballot, ...]:
        """All ballots, in no telling order."""
        rows = await self._session.connection.execute(_OF, {"vote": vote})
        return tuple(Ballot(row.choice, PersonId(row.person_id), row.criterion, row.reason) for row in rows)

    async def wipe(self, vote: VoteId) -> None:
        """Delete them; called in the transaction that closes the vote."""
        await self._session.connection.execute(delete(ballots).where(ballots.c.vote_id == vote))
        self._session.wiped = True
