"""Who is who: the only place where Discord users stand (REC-1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from bot.governance.ids import PersonId


class People(Protocol):
    """The only place where a Discord user id stands (REC-1)."""

    async def id_of(self, user_id: int) -> PersonId:
        """The person of this Discord user, made on first sight."""
        ...

    async def find(self, user_id: int) -> PersonId | None:
        """The person of this Discord user, or None if never seen."""
        ...

    async def ids_of(self, user_ids: Iterable[int]) -> dict[int, PersonId]:
        """The same for many at once."""
        ...

    async def users_of(self, people: Iterable[PersonId]) -> dict[PersonId, int]:
        """Discord user ids; erased people are missing."""
        ...

    async def erase(self, person: PersonId) -> None:
        """Forget who this person is; the record still verifies (REC-1)."""
        ...
