"""A Discord server kept in memory that satisfies the port ``Server``: roles, channels, people and their roles."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace

from bot.governance import scales
from bot.governance.ids import PartnershipId, RoleId
from bot.governance.organisation import RoleFacts
from bot.governance.plans import ChannelSeen, RoleSeen, SetupStep, Snapshot, What
from bot.governance.scales import Draft, Overwrite
from bot.services import scales as use_cases
from bot.services.ports.context import Actor, Context
from bot.services.ports.server import DiscordRefused

GUILD, BOT, MOD = 1, 2, 900


@dataclass
class Town:
    """Discord answers at once, unless ``trouble`` says which request is refused."""

    roles: dict[int, RoleSeen] = field(default_factory=dict)
    channels: dict[int, ChannelSeen] = field(default_factory=dict)
    people: dict[int, set[int]] = field(default_factory=dict)
    permissions: frozenset[str] = scales.GOVERNED | scales.BUILDING
    webhooks: dict[int, tuple[str, ...]] | None = None
    trouble: int = 0
    requests: list[str] = field(default_factory=list)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def building(self, guild_id: int) -> AbstractAsyncContextManager[None]:
        return self.turn

    async def snapshot(self, guild_id: int) -> Snapshot:
        return self.known(guild_id)

    def known(self, guild_id: int) -> Snapshot:
        everyone = RoleSeen("@everyone", RoleFacts(RoleId(GUILD), is_everyone=True))
        roles = (replace(role, wearers=self._wearers(made)) for made, role in self.roles.items())
        channels = tuple(self.channels.values())
        return Snapshot(guild_id, BOT, 40, self.permissions, (everyone, *roles), channels, self.webhooks)

    async def wearers(self, guild_id: int, role_id: int) -> tuple[int, ...]:
        return self._wearers(role_id)

    def _wearers(self, role_id: int) -> tuple[int, ...]:
        return tuple(sorted(user for user, roles in self.people.items() if role_id in roles))

    async def create_role(self, guild_id: int, name: str, partnership: str) -> int:
        self._heard(f"role {name}")
        return self.add_role(name)

    async def disarm_role(self, guild_id: int, role_id: int, partnership: str) -> None:
        self._heard(f"disarm {role_id}")
        self.set_powers(role_id)

    async def create_channel(self, guild_id: int, step: SetupStep, partnership: str) -> int:
        self._heard(f"channel {step.name}")
        made = 500 + len(self.channels)
        self.channels[made] = ChannelSeen(made, step.name, step.what is What.CATEGORY, step.overwrites)
        return made

    async def set_overwrite(self, guild_id: int, channel_id: int, overwrite: Overwrite, partnership: str) -> None:
        self._heard(f"access {channel_id} {overwrite.target}")
        channel = self.channels[channel_id]
        others = tuple(o for o in channel.overwrites if o.target != overwrite.target)
        self.channels[channel_id] = replace(channel, overwrites=(*others, overwrite))

    def add_role(self, name: str, position: int = 5, powers: tuple[str, ...] = ()) -> int:
        """Somebody makes a role."""
        made = 100 + len(self.roles)
        self.roles[made] = RoleSeen(name, RoleFacts(RoleId(made), position=position, powers=powers))
        return made

    def set_powers(self, role: int, *powers: str) -> None:
        """Somebody changes what a role may do in the server."""
        seen = self.roles[role]
        self.roles[role] = replace(seen, facts=replace(seen.facts, powers=powers))

    def named(self, name: str) -> int:
        """The role of this name."""
        return next(made for made, role in self.roles.items() if role.name == name)

    def members(self) -> dict[int, frozenset[int]]:
        """Everybody with their roles."""
        return {user: frozenset(roles) for user, roles in self.people.items()}

    def _heard(self, request: str) -> None:
        self.requests.append(request)
        if self.trouble and len(self.requests) == self.trouble:
            raise DiscordRefused(request, "missing permission", "manage_channels")


def moderator(**changes: object) -> Actor:
    """Somebody with Manage Roles and no seat."""
    return replace(Actor(MOD, GUILD, manages_roles=True, top_position=30), **changes)  # type: ignore[arg-type]


def actor(town: Town, user: int) -> Actor:
    """Somebody with the roles they wear now."""
    return Actor(user, GUILD, frozenset(town.people.get(user, set())))


DRAFT = Draft(name="River", purpose="Keep the river clean.", cells="Commons\nDelivery")


async def founded(ctx: Context, town: Town) -> PartnershipId:
    """A partnership, set up."""
    view = await use_cases.keep_draft(ctx, town, moderator(), DRAFT)
    done = await use_cases.apply(ctx, town, moderator(), view.id)
    assert done.trouble is None
    assert done.plan is not None
    assert not done.plan.todo
    return view.id
