"""Reactions on what the bot says of a proposal: ✋ raises an objection, 💬 a concern; removals withdraw nothing.

(OBJ-1, OBJ-3, OBJ-5.) Signs that say no and are not taken are answered, once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.discord.guild import DiscordFailure, DiscordGuild, Forbidden, Gone, Reacted
from bot.governance.errors import Refusal
from bot.governance.ids import ProposalId
from bot.governance.policy_values import bare
from bot.governance.signs import Sign, sign_of
from bot.services import objections, outbox
from bot.services.ports.context import Actor, Context

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A reaction that could not be taken when it was told of. ``role_ids`` is None when they were not known then."""

    reacted: Reacted
    role_ids: frozenset[int] | None = None
    manages_roles: bool = False


class Reactions:
    """Takes in what people do with reactions. Values in, no discord.py objects."""

    def __init__(self, ctx: Context, guild: DiscordGuild) -> None:
        self._ctx = ctx
        self._guild = guild
        self._late: dict[int, list[_Waiting]] = {}
        self._to_remove: dict[Reacted, None] = {}
        self._removing: asyncio.Task[None] | None = None
        self.taken_in: Callable[[int], bool] = lambda guild_id: True
        """Whether a server was taken in since the bot was last away; until then times are not what they seem."""
        self.lost_sight: Callable[[int], None] = lambda guild_id: None
        """A reaction could not be taken: the server's cards have to be read again before anything is decided."""

    async def added(
        self,
        guild_id: int,
        channel_id: int,
        message_id: int,
        user_id: int,
        emoji: str,
        role_ids: frozenset[int] | None,
        manages_roles: bool,
        is_bot: bool,
    ) -> None:
        """Somebody reacted. What Discord tells of before a server is taken in waits until it is (PRO-11)."""
        if is_bot:
            return
        waiting = _Waiting(Reacted(channel_id, message_id, user_id, emoji), role_ids, manages_roles)
        if not self.taken_in(guild_id):
            self._late.setdefault(guild_id, []).append(waiting)
            return
        try:
            await self._take(guild_id, waiting, None)
        except DiscordFailure as trouble:
            _log.warning("a reaction waits until its server is taken in again: %s", trouble)
            self._late.setdefault(guild_id, []).append(waiting)
            self.lost_sight(guild_id)
        except Exception:
            self.lost_sight(guild_id)
            raise

    async def found(self, guild_id: int, reacted: Reacted, seen_at: datetime | None) -> None:
        """A reaction found on a message after an outage; ``seen_at`` is when the bot was last ready (PRO-11).

        Discord may have told of it as well, while nothing could be taken: it is one reaction. Raises DiscordFailure.
        """
        same = _key(reacted)
        late = self._late.get(guild_id, [])
        late[:] = [each for each in late if _key(each.reacted) != same]
        await self._take(guild_id, _Waiting(reacted), seen_at)

    async def take_late(self, guild_id: int, seen_at: datetime | None) -> None:
        """Those that waited. Leaves none waiting: nothing else runs between the last look and the return.

        Raises DiscordFailure when one cannot be taken: it and those after it go on waiting.
        """
        while waiting := self._late.get(guild_id):
            first = waiting[0]
            await self._take(guild_id, first, seen_at)
            with contextlib.suppress(ValueError):
                waiting.remove(first)
        self._late.pop(guild_id, None)

    async def _take(self, guild_id: int, waiting: _Waiting, seen_at: datetime | None) -> None:
        reacted, role_ids, manages_roles = waiting.reacted, waiting.role_ids, waiting.manages_roles
        proposal = await outbox.about(self._ctx, reacted.message_id)
        sign = sign_of(proposal.pinned, reacted.emoji) if proposal is not None else None
        if proposal is None or sign is None:
            return
        if role_ids is None:
            known = await self._guild.roles_of(guild_id, reacted.user_id)
            if known is None and sign is Sign.LIKE_NO:
                return
            role_ids, manages_roles = known or (frozenset(), False)
        actor = Actor(reacted.user_id, guild_id, role_ids, manages_roles, channel_id=reacted.channel_id)
        try:
            await self._act(actor, proposal.id, sign, reacted.emoji, seen_at)
        except Refusal:
            await objections.refuse(self._ctx, proposal.id, reacted.user_id)
            if sign is not Sign.LIKE_NO:
                self._remove(reacted)

    async def _act(self, actor: Actor, id: ProposalId, sign: Sign, emoji: str, seen_at: datetime | None) -> None:
        match sign:
            case Sign.OBJECTION:
                raised = await objections.raise_objection(self._ctx, actor, id, "reaction", seen_at)
                if raised.concern and raised.new:
                    await objections.refuse(self._ctx, id, actor.user_id)
            case Sign.CONCERN:
                await objections.concern(self._ctx, actor, id, "")
            case Sign.LIKE_NO:
                await objections.answer_sign(self._ctx, actor, id, emoji)

    async def removed(self, guild_id: int, channel_id: int, message_id: int, user_id: int, emoji: str) -> None:
        """A reaction disappeared. The bot's own removals are of people who hold no objection (OBJ-5)."""
        proposal = await outbox.about(self._ctx, message_id)
        if proposal is not None and sign_of(proposal.pinned, emoji) is Sign.OBJECTION:
            await objections.reaction_gone(self._ctx, proposal.id, user_id)

    async def cleared(self, guild_id: int, channel_id: int, message_id: int) -> None:
        """All reactions were wiped: nothing is withdrawn, the bot puts its own back (OBJ-5)."""
        proposal = await outbox.about(self._ctx, message_id)
        if proposal is not None:
            await objections.reactions_wiped(self._ctx, proposal.id)

    async def cleared_emoji(self, guild_id: int, channel_id: int, message_id: int, emoji: str) -> None:
        """All reactions with one emoji were wiped (OBJ-5)."""
        proposal = await outbox.about(self._ctx, message_id)
        if proposal is not None and sign_of(proposal.pinned, emoji) in {Sign.OBJECTION, Sign.CONCERN}:
            await objections.reactions_wiped(self._ctx, proposal.id)

    def _remove(self, reacted: Reacted) -> None:
        """Take it away when its turn comes: one after the other, however many come at once, each once (OBJ-1)."""
        self._to_remove[reacted] = None
        if self._removing is None or self._removing.done():
            self._removing = asyncio.create_task(self._remove_all(), name="reactions removed")

    async def _remove_all(self) -> None:
        while self._to_remove:
            reacted = next(iter(self._to_remove))
            del self._to_remove[reacted]
            try:
                await self._guild.remove_reaction(
                    reacted.channel_id, reacted.message_id, reacted.emoji, reacted.user_id
                )
            except (Gone, Forbidden, DiscordFailure) as error:
                _log.info("a reaction that counts for nothing was left: %s", error)

    async def close(self) -> None:
        """Leave what was not removed yet; it is found with the next start."""
        self._to_remove.clear()
        if self._removing is not None and not self._removing.done():
            await asyncio.wait({self._removing})


def _key(reacted: Reacted) -> tuple[int, int, str]:
    return reacted.message_id, reacted.user_id, bare(reacted.emoji)
