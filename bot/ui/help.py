"""Help in plain words: what this is, and what the asker can do (HLP-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.governance.organisation import CONTRIBUTOR, FACILITATOR, MEMBER, OBSERVER, SEATS, Partnership, seats_of
from bot.ui import ids
from bot.ui.answers import Answer, said
from bot.ui.labels import listed
from bot.ui.panels import LINE, Button, button
from bot.ui.text import in_quotes
from bot.ui.votes_labels import SECRECY

_HOW = (
    "**How decisions are made here**\n"
    "Somebody files a proposal. It passes *unless* enough members object in time: silence is consent, "
    "so long as people have seen it. An **objection** says that going ahead does harm, and counts. "
    "A **concern** is heard and answered, and never blocks. What cannot be settled goes to a vote."
)
_EVERYONE = (
    "`/inbox` – what needs you now",
    "`/proposal list` and `/proposal show` – what is open, and what you can do with it",
    "`/proposal why` – why it went this way",
    "`/meeting list` and `/meeting agenda` – when your groups meet, and what about",
    "`/survey answer` – say what you are asked, unseen and unnamed; `/survey results`, `/survey trend` – what came out",
    "`/metrics` – how decisions go here, in numbers and pictures; `/health` – whether anybody comes to hold too much",
    "`/audit verify` – check that nothing in the record was changed",
)
_LOOK_BACK = (
    "`/retro join` – take part in a retro; `/retro capture` – note something for the next one, sealed and without your "
    "name; `/retro show` and `/retro list` – what was learned. *Who sees what?* on its board says what is anonymous"
)
_LEAD_BACK = "`/retro start` and `/retro schedule` – lead a retro of your group, now or later; its board guides you"
_REMINDERS = (
    "`/reminders preferences` – when and how you are reminded: quiet hours, time zone, what of, how often, your digest"
)
_SPEAK = "`/feedback give` – speak up, with your name or anonymously; `/feedback list` shows what was answered"
_ACTIVE = (
    "`/propose` – file a proposal. A form opens; what you send in is kept as a draft that only you see",
    "Raise a concern with 💬 or the button on a card",
)
_MEMBERS = (
    "Press “I have read it” on a card: that is not support, it says that you know",
    "Object with ✋, the button on a card, or `/object`; then give your reason",
    "`/vote` in a final vote, `/escalate` a disputed proposal, `/proposal halt` to stop one before it is carried out",
)
_AUTHORS = ("Your own: `/proposal revise` publishes a new version, `/proposal withdraw` takes it back",)
_FACILITATORS = (
    "Rule on the form of objections where you are not involved: `/inbox` shows them",
    "`/survey create` asks your group, or everyone; `/survey open` says beforehand what will have to be withheld",
    "`/meeting schedule` plans a meeting of your group: you confirm it before it stands",
)
_MODERATORS = ("`/setup` makes the channels and roles, `/roles map` gives a role its seat",)
_SEATLESS = "You hold no seat here. Seats come with Discord roles: ask {whom} for the one that fits you."
_GIVES_SEATS = "You hold no seat here. Seats come with Discord roles, which you can give: `/roles list` shows them."
_SECRET = f"**Secret votes**\n{SECRECY}"
_FORMS = "-# Only what you send in is kept: a form that you close unsent is lost. Answers like this one only you see."


def help_page(
    partnership: Partnership | None,
    roles: Iterable[int],
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
    seats = seats_of(partnership, roles)
    names = {group.id: in_quotes(group.name, 60) for group in partnership.groups}
    held = [_held(s.seat) + (f" of {names[s.group]}" if s.group in names else "") for s in seats if s.group or s.seat]
    seatless = _GIVES_SEATS if manages_roles else _SEATLESS.format(whom=_moderators(whom))
    yours = f"Your seats: {listed(held)}." if held else seatless
    kinds = {seat.seat for seat in seats}
    lines = [*_EVERYONE, _REMINDERS, _SPEAK] if kinds else []
    if kinds - {OBSERVER}:
        lines += (*_ACTIVE, _LOOK_BACK)
    if MEMBER in kinds:
        lines += _MEMBERS
    if kinds - {OBSERVER, CONTRIBUTOR}:
        lines += _AUTHORS
    if FACILITATOR in kinds:
        lines += (*_FACILITATORS, _LEAD_BACK)
    if manages_roles:
        lines += _MODERATORS
    if talk and kinds:  # others do not see that channel
        lines.append(f"Every command works in <#{talk}>; Discord hides them where you cannot write")
    todo = "**What you can do**\n" + "\n".join(f"- {line}" for line in lines) if lines else ""
    buttons: list[Button] = [button("My inbox", ids.inbox())] if kinds else []
    does = (todo, LINE) if todo else ()
    return said(
        f"### Help\nThis is {in_quotes(partnership.name, 100)}. {yours}",
        LINE,
        *does,
        _HOW,
        _SECRET,
        _FORMS,
        buttons=buttons,
    )


def _held(seat: str) -> str:
    return seat if seat in SEATS else in_quotes(seat, 40)


def _moderators(whom: Sequence[int]) -> str:
    """Those who can give roles, by name where there are any."""
    return listed([f"<@{user}>" for user in whom], "or") if whom else "a moderator"
