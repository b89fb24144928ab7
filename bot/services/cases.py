"""What every noun's use cases have in common: where a thing stands, and who may know of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import datetime

from bot.governance.errors import NotFound
from bot.governance.events import EventType
from bot.governance.histories import Happening
from bot.governance.ids import GroupId
from bot.governance.organisation import Partnership
from bot.services.ports.repository import T
from bot.services.ports.transaction import Transaction


async def board_link(tx: Transaction, partnership: Partnership, name: str) -> str:
    """Where the board of a thing stands; empty while it does not."""
    board = await tx.deliveries.board(name)
    if board is None or board.message_id is None:
        return ""
    return f"https://discord.com/channels/{partnership.guild_id}/{board.channel_id}/{board.message_id}"


def unless_private(title: str, partnership: Partnership, group: GroupId | None) -> str:
    """A title where others than its group read it: a private group's words do not leave it (SCL-2)."""
    return "" if group is not None and partnership.group(group).private else title


async def lately(
    tx: Transaction, of: type[T], partnership: Partnership, since: datetime, now: datetime, types: Iterable[EventType]
) -> list[tuple[T, Happening]]:
    """Things of a noun to which one of these happened after one instant and up to another, with the last of it.

    What happened at the first instant itself was told by the digest before.
    """
    told = await tx.record.since(partnership.id, since, tuple(types))
    last = {each.event.thing: each for each in told if since < each.at <= now}
    found: list[tuple[T, Happening]] = []
    for name, each in last.items():
        with contextlib.suppress(NotFound):
            found.append((await tx.of(of).get(int(name.partition("/")[2])), each))
    return found
