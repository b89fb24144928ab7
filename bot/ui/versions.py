"""The text of a version in the thread: whole for the first, word by word for the others (PRO-2, PRO-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.governance.money import shown
from bot.governance.proposals_types import Objection, Text, Version
from bot.services.views import ProposalView
from bot.ui import diff, effects, matrix
from bot.ui import objections_card as objections
from bot.ui.labels import moment
from bot.ui.limits import units
from bot.ui.panels import Part, View, panel, row
from bot.ui.proposals_labels import FIELDS, STATE_COLOURS
from bot.ui.text import inline, quote_parts

MOST = 3500
"""Units of text in one message, headings not counted."""
ASKED_AT_ONCE = 8
"""Earlier objections with buttons in one message: two buttons each, within 40 components."""


def text_messages(view: ProposalView, version_number: int, marker: int | None, *, afresh: bool = False) -> list[View]:
    """Everything that version ``version_number`` says, over as many messages as it takes, each of them marked.

    A revision shows what changed, and asks each earlier objector whether that resolves their objection. ``afresh``
    shows the whole text all the same: for a thread that lacks the earlier ones.
    """
    proposal = view.proposal
    version = next((v for v in proposal.versions if v.number == version_number), proposal.current)
    earlier = next((v for v in proposal.versions if v.number == version.number - 1), None)
    diffed = earlier is not None and not afresh
    head = f"### P-{proposal.number} · {'What changed in' if diffed else 'Full text of'} version {version.number}"
    head += f"\n-# {matrix.label(proposal.type)} · written by {view.mention(proposal.author)} · "
    head += f"frozen since {moment(version.published_at)}"
    parts = changed(earlier, version) if earlier and not afresh else whole(version, view.mention)
    first, *rest = list(packed(parts, MOST - units(head))) or [""]
    asked = objections.asked_again(proposal) if version is proposal.current and earlier else []
    colour = STATE_COLOURS[proposal.state]
    messages = [panel(marker, colour, head, first, *_asked(view, asked[:ASKED_AT_ONCE]))]
    messages += [panel(marker, colour, more) for more in rest]
    for at in range(ASKED_AT_ONCE, len(asked), ASKED_AT_ONCE):
        messages.append(panel(marker, colour, *_asked(view, asked[at : at + ASKED_AT_ONCE])))
    return messages


def whole(version: Version, mention: effects.Mention | None = None) -> list[str]:
    """Every field that says something, each under its name, in parts that fit a message."""
    text, parts = version.text, []
    for field in ("title", "summary", "ask", "why", "outcome", "risks", "timeline", "amount", "payee", "account"):
        if field == "amount":
            parts += [f"**{FIELDS[field]}**: {money}"] if (money := amount(text)) else []
        elif (written := getattr(text, field)).strip():
            first, *rest = quote_parts(written, MOST - 400)
            parts += [f"**{FIELDS[field]}**\n{first}", *rest]
    if version.effects:
        parts += ["**On pass this will:**", *(f"- {effects.effect(each, mention)}" for each in version.effects)]
    return parts


def changed(before: Version, after: Version) -> list[str]:
    """What matters in words, then each changed field word by word."""
    said = diff.in_words(before.text, after.text) + diff.effects_changed(before, after)
    return [*said, diff.LEGEND, *diff.fields(before.text, after.text, MOST - 400)]


def amount(text: Text) -> str:
    """The amount as people read it, or as it was typed while it cannot be read; nothing where there is none."""
    written = shown(text.amount, text.amount_written, text.currency)
    return inline(written, 80) if written else ""


def packed(parts: Iterable[str], most: int) -> Iterator[str]:
    """Parts joined by lines as long as they fit together."""
    joined = ""
    for part in parts:
        if joined and units(joined) + units(part) + 1 > most:
            yield joined
            joined = ""
        joined = f"{joined}\n{part}" if joined else part
    if joined:
        yield joined


def _asked(view: ProposalView, asked: list[Objection]) -> list[Part]:
    if not asked:
        return []
    names = [f"{view.mention(o.sponsor or o.person)} (objection No. {o.number})" for o in asked]
    question = (
        f"**Does this version resolve your objection?** {', '.join(names)}: only you can say so. "
        "Without an answer it counts as still objecting."
    )
    buttons = [button for o in asked for button in objections.answers(view.proposal, o)]
    return [question, *(row(*buttons[at : at + 4]) for at in range(0, len(buttons), 4))]
