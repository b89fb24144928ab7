"""What people write where nobody may know who wrote it: under a key that dies with the session (LRN-1, LRN-2)."""

from __future__ import annotations

import secrets

from sqlalchemy import Text, bindparam, delete, select

from bot.services.ports.sealed import Sealed
from storage.session import Session
from storage.tables import sealed, session_keys

_OF_THING = sealed.c.thing == bindparam("thing", type_=Text)
# In the order of keyed names and random slots, so that not even a table scan tells who wrote first.
_OF = select(sealed).where(_OF_THING).order_by(sealed.c.author, sealed.c.slot)
_KEY = select(session_keys.c.key).where(session_keys.c.thing == bindparam("thing", type_=Text))


class Seals:
    """Rows without an instant, named by author and slot, and beside them one key for each session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def key(self, thing: str) -> bytes:
        """The session's key, made at the first asking. Only in a writing transaction.

        Whoever else asks for it waits for the end of this transaction: what is read of a session after its key stays
        as it is until then.
        """
        held = _KEY.with_for_update() if self._session.locks_rows else _KEY
        while True:
            await self._session.put(session_keys, {"thing": thing, "key": secrets.token_hex(32)}, "thing")
            found = (await self._session.connection.execute(held, {"thing": thing})).scalar_one_or_none()
            if found is not None:  # else it was destroyed by whoever we waited for
                return bytes.fromhex(found)

    async def find_key(self, thing: str) -> bytes | None:
        """The session's key, or None before anything was sealed and after it was destroyed."""
        found = (await self._session.connection.execute(_KEY, {"thing": thing})).scalar_one_or_none()
        return None if found is None else bytes.fromhex(found)

    async def put(self, thing: str, seal: Sealed) -> None:
        """Keep, or replace by author and slot."""
        row = {"thing": thing, "author": seal.author, "slot": seal.slot, "content": seal.content}
        await self._session.put(sealed, row, "thing author slot", "content")

    async def drop(self, thing: str, author: str, slot: str) -> None:
        """Take one back."""
        which = (sealed.c.thing == thing) & (sealed.c.author == author) & (sealed.c.slot == slot)
        await self._session.connection.execute(delete(sealed).where(which))
        self._session.wiped = True

    async def of(self, thing: str, author: str | None = None) -> tuple[Sealed, ...]:
        """All of a session, or one author's, in no telling order."""
        chosen = _OF if author is None else _OF.where(sealed.c.author == author)
        rows = await self._session.connection.execute(chosen, {"thing": thing})
        return tuple(Sealed(row.author, row.slot, row.content) for row in rows)

    async def open(self, thing: str) -> tuple[Sealed, ...]:
        """Give what was sealed and delete it; the key stays, so that limits hold while the session runs."""
        found = await self.of(thing)
        await self._session.connection.execute(delete(sealed).where(sealed.c.thing == thing))
        self._session.wiped = True
        return found

    async def destroy(self, thing: str) -> None:
        """Delete what is sealed and the key: from now on nothing links a person to what they wrote."""
        await self._session.connection.execute(delete(sealed).where(sealed.c.thing == thing))
        await self._session.connection.execute(delete(session_keys).where(session_keys.c.thing == thing))
        self._session.wiped = True
