"""Final votes, and the ballots of open ones: who and what, and nothing that tells when (DEC-3a)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Text, bindparam, delete, select, type_coerce

from bot.governance.ids import PersonId, ProposalId, VoteId
from bot.governance.votes_types import Ballot, Vote
from storage.mapping import from_text, to_json
from storage.session import Session
from storage.tables import ballots, votes

_ON = select(type_coerce(votes.c.document, Text)).where(votes.c.proposal_id.in_(bindparam("proposals", expanding=True)))

# In the order of random person ids, so that not even a table scan tells who voted first.
_OF = select(ballots).where(ballots.c.vote_id == bindparam("vote")).order_by(ballots.c.person_id)


class Votes:
    """One row for each vote. It is read and saved with the proposal that it is on, in one transaction.

    So the version of the proposal guards both: nothing is decided on it while a ballot is cast, and nothing twice.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def on(self, proposals: Iterable[ProposalId]) -> dict[VoteId, Vote]:
        """All votes that these proposals had, by their names."""
        found = await self._session.connection.execute(_ON, {"proposals": list(proposals)})
        read = (from_text(Vote, document) for document in found.scalars())
        return {vote.id: vote for vote in read}

    async def save(self, proposal: ProposalId, held: Sequence[Vote]) -> None:
        """Keep the votes of a proposal as they are now."""
        rows = [{"id": vote.id, "proposal_id": proposal, "document": to_json(vote)} for vote in held]
        await self._session.put(votes, rows, "id", "document")


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
            "marks": dict(ballot.marks),
            "criterion": ballot.criterion,
            "reason": ballot.reason,
        }
        await self._session.put(ballots, row, "vote_id person_id", "marks criterion reason")

    async def of(self, vote: VoteId) -> tuple[Ballot, ...]:
        """All ballots, in no telling order."""
        rows = await self._session.connection.execute(_OF, {"vote": vote})
        return tuple(Ballot(row.marks, PersonId(row.person_id), row.criterion, row.reason) for row in rows)

    async def wipe(self, vote: VoteId) -> None:
        """Delete them; called in the transaction that closes the vote."""
        await self._session.connection.execute(delete(ballots).where(ballots.c.vote_id == vote))
        self._session.wiped = True
