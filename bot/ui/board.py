"""How a noun that has a board is shown: what a use case gives for it, and what presenters make of that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import discord

from bot.governance.errors import NotFound
from bot.governance.ids import PartnershipId, PersonId
from bot.services.ports.context import Context
from bot.services.ports.deliveries import CalendarEntry
from bot.services.ports.record import Recorded

Drawn: TypeAlias = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be posted: who is pinged by it, and the files it carries, by name."""

    view: discord.ui.LayoutView
    mention: tuple[int, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()


class BoardView(Protocol):
    """What a use case gives a board to show, as far as its way into Discord needs it."""

    @property
    def channel_id(self) -> int | None:
        """Where it stands; None while that channel is gone."""
        ...

    @property
    def over(self) -> bool:
        """Whether a board that somebody deleted is left deleted: nothing is to be done on it any more."""
        ...


def _nothing_told(view: Any, event: Recorded, drawn: Drawn, marker: int) -> Sequence[Message]:
    return ()


def _nothing_drawn(view: Any, event: Recorded) -> Drawn:
    return ()


def _nothing_direct(view: Any, event: Recorded, person: PersonId) -> str:
    return ""


def _no_entry(view: Any) -> CalendarEntry | None:
    return None


def _no_letter(view: Any) -> str:
    return ""


def no_card(view: Any, marker: int) -> discord.ui.LayoutView:
    """Of what is told or sent and has no board of its own."""
    raise NotFound("board", "card")


@dataclass(frozen=True, slots=True)
class Board:
    """How one noun is shown. ``draw`` makes pictures and runs in a thread; the others are presenters.

    ``entry`` is what stands among the server's events while the thing is ahead; None: nothing (any more).
    """

    load: Callable[[Context, int], Awaitable[Any]]
    card: Callable[[Any, int], discord.ui.LayoutView]
    post: Callable[[Any, Recorded, Drawn, int], Sequence[Message]] = field(default=_nothing_told)
    draw: Callable[[Any, Recorded], Drawn] = field(default=_nothing_drawn)
    direct: Callable[[Any, Recorded, PersonId], str] = field(default=_nothing_direct)
    entry: Callable[[Any], CalendarEntry | None] = field(default=_no_entry)
    letter: Callable[[Any], str] = field(default=_no_letter)
    told_by: Callable[[Context, PartnershipId, int], Awaitable[Any]] | None = None
    """What a post shows, where that is found by the number of its event and not by the thing."""
