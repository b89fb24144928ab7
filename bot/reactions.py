"""Reactions on cards: ✋ raises an objection, 💬 a concern; removals withdraw nothing (OBJ-1, OBJ-3, OBJ-5)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from bot.governance.dossier import Proposal
from bot.governance.errors import NotEligible, Refusal
from bot.governance.policy import bare
from bot.guild import DiscordGuild, Forbidden, Gone, Trouble
from bot.services import objections, posts
from bot.services.ports import Actor, Context
from bot.services.views import ProposalView
from bot.ui import direct


@dataclass(frozen=True, slots=True)
class _Reacted:
    """One person's reaction. ``role_ids`` is None when Discord did not tell them."""

    channel_id: int
    message_id: int
    user_id: int
    emoji: str
    role_ids: frozenset[int] | None = None
    manages_roles: bool = False


class _Meant(Enum):
    OBJECTION = auto()
    CONCERN = auto()


def _meant(proposal: Proposal, emoji: str) -> _Meant | None:
    """What a reaction on this card says, in any skin tone: by the emoji that its review opened with (OBJ-1, POL-2)."""
    terms = proposal.pinned
    if bare(emoji) == bare(terms.objection_emoji):
        return _Meant.OBJECTION
    return _Meant.CONCERN if bare(emoji) == bare(terms.concern_emoji) else None


class Reactions:
    """Takes in what people do with reactions. Values in, no discord.py objects."""

    def __init__(self, ctx: Context, guild: DiscordGuild) -> None:
        self._ctx = ctx
        self._guild = guild
        self._late: dict[int, list[_Reacted]] = {}
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
        reacted = _Reacted(channel_id, message_id, user_id, emoji, role_ids, manages_roles)
        if self.taken_in(guild_id):
            try:
                await self._take(guild_id, reacted, None)
            except Exception:
                self.lost_sight(guild_id)
                raise
        else:
            self._late.setdefault(guild_id, []).append(reacted)

    async def found(
        self, guild_id: int, channel_id: int, message_id: int, user_id: int, emoji: str, seen_at: datetime | None
    ) -> None:
        """A reaction found on a card after an outage; ``seen_at`` is when the bot was last ready (PRO-11)."""
        await self._take(guild_id, _Reacted(channel_id, message_id, user_id, emoji), seen_at)

    async def take_late(self, guild_id: int, seen_at: datetime | None) -> None:
        """Those that waited. Leaves none waiting: nothing else runs between the last look and the return."""
        while waited := self._late.pop(guild_id, None):
            for reacted in waited:
                await self._take(guild_id, reacted, seen_at)

    async def _take(self, guild_id: int, reacted: _Reacted, seen_at: datetime | None) -> None:
        channel_id, message_id, user_id = reacted.channel_id, reacted.message_id, reacted.user_id
        emoji, role_ids, manages_roles = reacted.emoji, reacted.role_ids, reacted.manages_roles
        proposal = await posts.card_at(self._ctx, message_id)
        meant = _meant(proposal, emoji) if proposal is not None else None
        if proposal is None or meant is None:
            return
        if role_ids is None:
            known = await self._guild.roles_of(guild_id, user_id)
            role_ids, manages_roles = known or (frozenset(), False)
        actor = Actor(user_id, guild_id, role_ids, manages_roles, channel_id=channel_id)
        try:
            if meant is _Meant.OBJECTION:
                raised = await objections.raise_objection(self._ctx, actor, proposal.id, "reaction", seen_at)
                if raised.concern and raised.new:
                    await self._tell(user_id, direct.joined_later(raised.view))
            else:
                await objections.concern(self._ctx, actor, proposal.id, "")
        except Refusal as refusal:
            view = await posts.view(self._ctx, proposal.id)
            await self._refuse(view, channel_id, message_id, user_id, emoji, refusal)

    async def removed(self, guild_id: int, channel_id: int, message_id: int, user_id: int, emoji: str) -> None:
        """A reaction disappeared. The bot's own removals are of people who hold no objection (OBJ-5)."""
        proposal = await posts.card_at(self._ctx, message_id)
        if proposal is not None and _meant(proposal, emoji) is _Meant.OBJECTION:
            await objections.reaction_gone(self._ctx, proposal.id, user_id)

    async def cleared(self, guild_id: int, channel_id: int, message_id: int) -> None:
        """All reactions were wiped: nothing is withdrawn, the bot puts its own back (OBJ-5)."""
        proposal = await posts.card_at(self._ctx, message_id)
        if proposal is not None:
            await objections.reactions_wiped(self._ctx, proposal.id)

    async def cleared_emoji(self, guild_id: int, channel_id: int, message_id: int, emoji: str) -> None:
        """All reactions with one emoji were wiped (OBJ-5)."""
        proposal = await posts.card_at(self._ctx, message_id)
        if proposal is not None and _meant(proposal, emoji) is not None:
            await objections.reactions_wiped(self._ctx, proposal.id)

    async def _refuse(
        self, view: ProposalView, channel_id: int, message_id: int, user_id: int, emoji: str, refusal: Refusal
    ) -> None:
        """Take the reaction away and say why, if direct messages work (OBJ-1)."""
        with contextlib.suppress(Gone, Forbidden, Trouble):
            await self._guild.remove_reaction(channel_id, message_id, emoji, user_id)
        why = refusal.why if isinstance(refusal, NotEligible) else "window closed"
        await self._tell(user_id, direct.not_eligible_reaction(view, why))

    async def _tell(self, user_id: int, text: str) -> None:
        with contextlib.suppress(Trouble):
            await self._guild.direct(user_id, text)
