"""Work that many ask for at once, done once for all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable


class Coalesced:
    """Looks at a server one time after whatever was asked for last: a burst of changes costs two looks, not one each.

    Who asks while a look is under way does not wait: what they saw is looked at by the next one.
    """

    def __init__(self, look: Callable[[int], Awaitable[None]]) -> None:
        self._look = look
        self._looking: set[int] = set()
        self._again: set[int] = set()

    async def __call__(self, guild_id: int) -> None:
        """Look at this server now, or once more as soon as the look under way is over."""
        self._again.add(guild_id)
        if guild_id in self._looking:
            return
        self._looking.add(guild_id)
        try:
            while guild_id in self._again:
                self._again.discard(guild_id)
                try:
                    await self._look(guild_id)
                except Exception:
                    if guild_id not in self._again:
                        raise
        finally:
            self._looking.discard(guild_id)
