"""Every version of every partnership's policy, kept for good (POL-1, POL-2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, bindparam, select, type_coerce

from bot.governance.errors import Changed, NotFound
from bot.governance.ids import PartnershipId, ProposalId
from bot.governance.policy import Policy
from storage.mapping import from_text, to_json
from storage.session import Session
from storage.tables import policies

_TEXT = type_coerce(policies.c.document, Text)
_IN_FORCE = "policy"
_CURRENT = (
    select(_TEXT)
    .where(policies.c.partnership_id == bindparam("partnership"))
    .order_by(policies.c.version.desc())
    .limit(1)
)
_VERSION = select(_TEXT).where(
    policies.c.partnership_id == bindparam("partnership"), policies.c.version == bindparam("version")
)


class Policies:
    """Policies by partnership and version."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def current(self, partnership: PartnershipId) -> Policy:
        """The version in force. Raises NotFound."""
        known: Policy | None = self._session.known.get((_IN_FORCE, partnership))
        if known is None:
            found = await self._session.connection.execute(_CURRENT, {"partnership": partnership})
            known = self._session.known[_IN_FORCE, partnership] = _policy(found.scalar_one_or_none(), str(partnership))
        return known

    async def version(self, partnership: PartnershipId, version: int) -> Policy:
        """A version. Raises NotFound."""
        wanted = {"partnership": partnership, "version": version}
        found = await self._session.connection.execute(_VERSION, wanted)
        return _policy(found.scalar_one_or_none(), f"{partnership}, version {version}")

    async def add(self, partnership: PartnershipId, policy: Policy, by: ProposalId | None, at: datetime) -> None:
        """The next version. Raises Changed when it exists."""
        row = {
            "partnership_id": partnership,
            "version": policy.version,
            "proposal_id": by,
            "at": at,
            "document": to_json(policy),
        }
        self._session.known.pop((_IN_FORCE, partnership), None)
        if await self._session.put(policies, row, "partnership_id version") != 1:
            raise Changed(f"policy version {policy.version} of partnership {partnership}")


def _policy(document: str | None, name: str) -> Policy:
    if document is None:
        raise NotFound("policy", name)
    return from_text(Policy, document)
