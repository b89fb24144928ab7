"""Help in plain words: what this is, and what the asker can do (HLP-1)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.governance.organisation import CONTRIBUTOR, FACILITATOR, MEMBER, OBSERVER, SEATS, Member, Partnership
from bot.ui import inbox_ids
from bot.ui.answers import Answer, said
from bot.ui.labels import listed
from bot.ui.nouns import NOUNS
from bot.ui.panels import LINE, Button, button
from bot.ui.text import in_quotes

_HOW = (
    "**How decisions are made here**\n"
    "Somebody files a proposal. It passes *unless* enough members object in time: silence is consent, "
    "so long as people have seen it. An **objection** says that going ahead does harm, and counts. "
    "A **concern** is heard and answered, and never blocks. What cannot be settled goes to a vote."
)
_SEATLESS = "You hold no seat here. Seats come with Discord roles: ask {whom} for the one that fits you."
_GIVES_SEATS = "You hold no seat here. Seats come with Discord roles, which you can give: `/roles list` shows them."
_FORMS = "-# Only what you send in is kept: a form that you close unsent is lost. Answers like this one only you see."


def help_page(
    partnership: Partnership | None,
    member: Member,
    manages_roles: bool,
    talk: int | None,
    whom: Sequence[int] = (),
) -> Answer:
    """What the asker can do with their seats, and how decisions are made. ``whom`` are users who can give roles."""
    if partnership is None:
        begin = (
            "Begin with `/setup`." if manages_roles else f"{_moderators(whom).capitalize()} can begin with `/setup`."
        )
        return said(f"### Help\nThere is no partnership in this server yet. {begin}", _HOW)
    names = {group.id: in_quotes(group.name, 60) for group in partnership.groups}
    held = [
        _held(s.seat) + (f" of {names[s.group]}" if s.group in names else "") for s in member.seats if s.group or s.seat
    ]
    seatless = _GIVES_SEATS if manages_roles else _SEATLESS.format(whom=_moderators(whom))
    yours = f"Your seats: {listed(held)}." if held else seatless
    kinds = {seat.seat for seat in member.seats}
    entitled = {
        "everyone": bool(kinds),
        "active": bool(kinds - {OBSERVER}),
        "members": MEMBER in kinds,
        "authors": bool(kinds - {OBSERVER, CONTRIBUTOR}),
        "facilitators": FACILITATOR in kinds,
        "moderators": manages_roles,
    }
    lines = [line for who, may in entitled.items() if may for noun in NOUNS for line in getattr(noun.help, who)]
    if talk and kinds:  # others do not see that channel
        lines.append(f"Every command works in <#{talk}>; Discord hides them where you cannot write")
    todo = "**What you can do**\n" + "\n".join(f"- {line}" for line in lines) if lines else ""
    passages = [passage for noun in NOUNS for passage in noun.help.passages]
    buttons: list[Button] = [button("My inbox", inbox_ids.SHOW)] if kinds else []
    does = (todo, LINE) if todo else ()
    return said(
        f"### Help\nThis is {in_quotes(partnership.name, 100)}. {yours}",
        LINE,
        *does,
        _HOW,
        *passages,
        _FORMS,
        buttons=buttons,
    )


def _held(seat: str) -> str:
    return seat if seat in SEATS else in_quotes(seat, 40)


def _moderators(whom: Sequence[int]) -> str:
    """Those who can give roles, by name where there are any."""
    return listed([f"<@{user}>" for user in whom], "or") if whom else "a moderator"
