"""What people write where nobody may know who wrote it (LRN-1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something written by somebody whom only the session's key could name. ``slot`` tells an author's things apart."""

    author: str
    slot: str
    content: str = field(repr=False)


class Seals(Protocol):
    """What people write where nobody may know who wrote it, until the session is over (LRN-1)."""

    async def key(self, thing: str) -> bytes:
        """The session's key, made at the first asking. Only in a writing transaction, which holds it to its end."""
        ...

    async def find_key(self, thing: str) -> bytes | None:
        """The session's key, or None before anything was sealed and after it was destroyed."""
        ...

    async def put(self, thing: str, sealed: Sealed) -> None:
        """Keep, or replace by author and slot."""
        ...

    async def drop(self, thing: str, author: str, slot: str) -> None:
        """Take one back."""
        ...

    async def of(self, thing: str, author: str | None = None) -> tuple[Sealed, ...]:
        """All of a session, or one author's, in no telling order."""
        ...

    async def open(self, thing: str) -> tuple[Sealed, ...]:
        """Give what was sealed and delete it; the key stays, so that limits hold while the session runs."""
        ...

    async def destroy(self, thing: str) -> None:
        """Delete what is sealed and the key: from now on nothing links a person to what they wrote."""
        ...
