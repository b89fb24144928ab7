"""Making a role, channel or event once, though Discord may take what it answers with an error (SCL-1).

Nothing in such a request says that it is the same one: every attempt that Discord took has made one more. So it is
sent once and looked for afterwards, and what is too many all the same is taken away.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Protocol, TypeVar

import discord

from bot.discord.requests import FAILED, in_a_line, is_transient, sent_once

_log = logging.getLogger(__name__)
_LOOKED_BACK = 100
"""Entries of the audit log that are looked through."""


class Made(Protocol):
    """A role, channel or event."""

    id: int

    async def delete(self, *, reason: str | None = None) -> None:
        """Take it away."""
        ...


T = TypeVar("T", bound=Made)


async def made_once(
    make: Callable[[], Awaitable[T]],
    look: Callable[[], Awaitable[Iterable[T]]],
    own: Callable[[Collection[int]], Awaitable[Collection[int]]],
    reason: str,
) -> T:
    """What ``make`` made. If it failed, what it made all the same; whatever it made besides is taken away again.

    ``look`` gives what is like it, unused and new; ``own`` says which of some ids the bot made.
    Raises what ``make`` does where it made nothing.
    """
    failed: Exception | None = None
    found: list[T] = []
    try:
        with sent_once():
            found.append(await make())
    except FAILED as error:
        if not is_transient(error):  # a refusal: nothing was made
            raise
        failed = error
    found += await _twins(found, look, own)
    if not found:
        assert failed is not None
        raise failed
    kept, *twins = found
    await _remove(twins, reason)
    return kept


async def made_by(guild: discord.Guild, action: discord.AuditLogAction, ids: Collection[int]) -> frozenset[int]:
    """Which of these the bot made, by Discord's audit log; none while that cannot be read."""
    entries = guild.audit_logs(limit=_LOOKED_BACK, user=guild.me, action=action)
    return frozenset([int(entry.target.id) async for entry in entries if entry.target]) & frozenset(ids)


async def _twins(
    made: Sequence[T],
    look: Callable[[], Awaitable[Iterable[T]]],
    own: Callable[[Collection[int]], Awaitable[Collection[int]]],
) -> list[T]:
    """Those made besides, oldest first. If one cannot look, they stand until the next plan names them."""
    known = {each.id for each in made}
    try:
        alike = sorted((each for each in await look() if each.id not in known), key=lambda each: each.id)
        mine = await own([each.id for each in alike]) if alike else ()
    except FAILED as error:
        _log.warning("not looked for what was made twice: %s", in_a_line(error))
        return []
    return [each for each in alike if each.id in mine]


async def _remove(twins: Iterable[T], reason: str) -> None:
    for twin in twins:
        try:
            await twin.delete(reason=reason)
        except FAILED as error:
            _log.warning("a twin stands on: %s", in_a_line(error), extra={"twin": twin.id})
