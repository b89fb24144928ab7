"""People: the only table in which a Discord user id stands (REC-1)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

from sqlalchemy import bindparam, delete, select

from bot.governance.ids import PersonId
from storage.session import Session
from storage.tables import people

_MOST_AT_ONCE = 5000
_PAIRS = select(people.c.person_id, people.c.user_id)
_BY_PERSON = _PAIRS.where(people.c.person_id.in_(bindparam("some", expanding=True)))
_BY_USER = _PAIRS.where(people.c.user_id.in_(bindparam("some", expanding=True)))
_PERSON_OF = select(people.c.person_id).where(people.c.user_id == bindparam("user_id"))


class People:
    """Random person ids for Discord users."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._strangers: dict[int, PersonId] = {}

    async def id_of(self, user_id: int) -> PersonId:
        """The person of this Discord user, made on first sight. A reading transaction keeps nothing of a stranger."""
        found = (await self._session.connection.execute(_PERSON_OF, {"user_id": user_id})).scalar_one_or_none()
        return PersonId(found) if found else (await self._met([user_id]))[user_id]

    async def find(self, user_id: int) -> PersonId | None:
        """The person of this Discord user, or None if never seen."""
        found = (await self._session.connection.execute(_PERSON_OF, {"user_id": user_id})).scalar_one_or_none()
        return PersonId(found) if found else None

    async def ids_of(self, user_ids: Iterable[int]) -> dict[int, PersonId]:
        """The same for many at once."""
        wanted = list(dict.fromkeys(user_ids))
        found = await self._known(wanted)
        if missing := [each for each in wanted if each not in found]:
            found |= await self._met(missing)
        return found

    async def users_of(self, people_: Iterable[PersonId]) -> dict[PersonId, int]:
        """Discord user ids; erased people are missing."""
        found: dict[PersonId, int] = {}
        for some in _in_parts(list(dict.fromkeys(people_))):
            rows = await self._session.connection.execute(_BY_PERSON, {"some": some})
            found |= {PersonId(person): user for person, user in rows}
        return found

    async def erase(self, person: PersonId) -> None:
        """Forget who this person is; the record still verifies (REC-1)."""
        await self._session.connection.execute(delete(people).where(people.c.person_id == person))
        self._session.wiped = True

    async def _known(self, user_ids: list[int]) -> dict[int, PersonId]:
        found: dict[int, PersonId] = {}
        for some in _in_parts(user_ids):
            rows = await self._session.connection.execute(_BY_USER, {"some": some})
            found |= {user: PersonId(person) for person, user in rows}
        return found

    async def _met(self, user_ids: list[int]) -> dict[int, PersonId]:
        if not self._session.writes:
            return {each: self._strangers.setdefault(each, _someone()) for each in user_ids}
        # Sorted, so that two processes that meet the same people at once never wait for each other.
        rows = [{"person_id": _someone(), "user_id": each} for each in sorted(user_ids)]
        await self._session.put(people, rows, "user_id")
        return await self._known(user_ids)


def _someone() -> PersonId:
    return PersonId(secrets.token_hex(16))


def _in_parts(things: list[int] | list[PersonId]) -> Iterator[list[int] | list[PersonId]]:
    for start in range(0, len(things), _MOST_AT_ONCE):
        yield things[start : start + _MOST_AT_ONCE]
