"""What a noun asks of people, as inbox, reminders and digests say it (RHY-2, RHY-3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.governance.reminders import Entry
from bot.services.noun import InboxItem
from bot.ui.panels import Button


def _no_buttons(item: InboxItem) -> Sequence[Button]:
    return ()


@dataclass(frozen=True, slots=True)
class Waits:
    """What an item of the inbox asks for (``{o}``: the number of an objection), and what settles it: three at most."""

    words: str
    buttons: Callable[[InboxItem], Sequence[Button]] = _no_buttons


@dataclass(frozen=True, slots=True)
class Reminds:
    """What a reminder says, and what is said once it is too late. ``{at}`` is when that is, or was."""

    words: str
    missed: str = ""


def _nothing(entry: Entry) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a digest: its heading, and what each of its lines says after the name."""

    heading: str
    about: Callable[[Entry], str] = _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """What each kind of seat can do with it, a line each (HLP-1)."""

    everyone: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    """All but observers."""
    members: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    """Whoever may file: all but observers and contributors."""
    facilitators: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    """What everybody should know of it, in a text of its own."""
