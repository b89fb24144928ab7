"""Which acts can be taken now: those in a server whose missed events and deadlines were taken in (PRO-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bot.governance.errors import NotFound
from cogs.base.host import Host

if TYPE_CHECKING:
    from cogs.base import Interaction

PATIENCE = 2.0
"""Seconds that an act waits for the catching up. Discord waits three for the first answer."""


class CatchingUp(Exception):
    """The server was not taken in yet after an interruption: deadlines there may still move (PRO-11)."""


async def admit(interaction: Interaction) -> None:
    """Let an act pass, at once or as soon as its server is taken in: no answer rests on a deadline that may move.

    Raises NotFound for acts outside a server, which can only be forged, and CatchingUp.
    """
    if interaction.guild_id is None:
        raise NotFound("server")
    if not await cast(Host, interaction.client).reconciliation.known_within(interaction.guild_id, PATIENCE):
        raise CatchingUp
