"""Private answers about proposals: what a person's own act led to, and what they can do next."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.governance import halts
from bot.governance.errors import AmountUnclear, BadValue, Refiled, Refusal, Unfit
from bot.governance.money import shown, written_amount
from bot.governance.proposals_types import Proposal, ProposalState, Version
from bot.services.proposals import Similar
from bot.services.views import ProposalView
from bot.ui import effects, errors, forms, limits, matrix, proposals_ids, versions
from bot.ui import proposals_card as proposals
from bot.ui.answers import Answer, said
from bot.ui.labels import count, stamp
from bot.ui.panels import LINE, Button, button, link
from bot.ui.proposals_labels import FIELDS, STATE_LABELS, links_to, named, numbered
from bot.ui.text import in_quotes, quote

_MOST_CHANGE = 2400
"""Units of what a revision changes so far, in the private answer."""

_PRIMARY, _PLAIN, _DANGER = discord.ButtonStyle.primary, discord.ButtonStyle.secondary, discord.ButtonStyle.danger


def overview(view: ProposalView, hindrance: Refusal | None) -> Answer:
    """A proposal as it stands: a draft to go on with, or the card with everything that can be done."""
    return draft(view, hindrance) if view.proposal.state is ProposalState.DRAFT else proposals.card(view, None)


def preview(view: ProposalView) -> Answer:
    """The card as it would stand if the review opened now; its buttons wait until then."""
    if view.proposal.state is ProposalState.DRAFT:
        return said(
            f"### Preview\n{named(view.proposal)}: its card can be shown when nothing is missing any more. "
            "So far it says:",
            _draft_text(view),
        )
    card = proposals.card(view, None)
    for item in card.walk_children():
        if isinstance(item, discord.ui.Button) and item.custom_id:
            item.disabled = True
    note = "### Preview: only you see this. The buttons work once the review is open."
    if card.content_length() + len(note) <= limits.V2_TEXT:
        below = card.children[:]
        card.clear_items()
        for item in (discord.ui.TextDisplay[Answer](note), *below):
            card.add_item(item)
    return card


def draft(view: ProposalView, hindrance: Refusal | None) -> Answer:
    """The draft as kept, what still keeps its review from opening, and what to do next (PRO-1)."""
    proposal = view.proposal
    head = (
        f"### Your draft is kept\n{named(proposal)}\n"
        f"-# {matrix.label(proposal.type)} · decided by {in_quotes(view.group.name, 80)} · only you see this"
    )
    if hindrance is None:
        state = (
            "**Nothing is missing.** Look at the preview, then open the review: from then on the words are frozen "
            "and everyone who decides is told."
        )
    else:
        state = f"**Still needed before the review can open:** {_needed(hindrance)}"
    note = "-# Kept for 14 days. Only what you send in is kept: a form that you close unsent is lost."
    styles = (_PLAIN, _PRIMARY) if hindrance is None else (_PRIMARY, _PLAIN)
    return said(
        head,
        LINE,
        _draft_text(view),
        LINE,
        state,
        note,
        buttons=[
            *_readings(proposal, hindrance),
            button("Details", proposals_ids.button("details", proposal.id), styles[0]),
            button("Edit", proposals_ids.button("edit", proposal.id), styles[0]),
            button("Preview", proposals_ids.button("preview", proposal.id)),
            button("Open review", proposals_ids.button("open", proposal.id), styles[1]),
            button("Discard", proposals_ids.button("discard", proposal.id), _DANGER),
            button("Filed before", proposals_ids.button("again", proposal.id))
            if proposal.refiles or view.refused_before
            else None,
        ],
    )


def similar(view: ProposalView, found: Sequence[Similar]) -> Answer:
    """What says much the same already, before the review opens; it never blocks (PRO-3)."""
    lines = [
        f"- **P-{proposal.number}** {in_quotes(proposal.text.title, 102)} · {STATE_LABELS[proposal.state]}"
        for proposal in (each.proposal for each in found)
    ]
    return said(
        f"### Is it one of these?\n{named(view.proposal)} says much the same as:",
        "\n".join(lines),
        "If yours adds nothing, it may be better to speak up there. Nothing is open yet, and your draft is kept.",
        buttons=[
            button("Open anyway", proposals_ids.button("open-anyway", view.proposal.id), _PRIMARY),
            button("Back to the draft", proposals_ids.button("show", view.proposal.id)),
            *(link(f"P-{each.proposal.number}", each.card) for each in found),
        ],
    )


def _readings(proposal: Proposal, hindrance: Refusal | None) -> list[Button]:
    """What an amount may mean, to choose from."""
    faults = hindrance.faults if isinstance(hindrance, Unfit) else (hindrance,)
    found = [each for fault in faults if isinstance(fault, AmountUnclear) for each in fault.readings]
    return [
        button(f"It is {written_amount(*each)}", proposals_ids.amount(proposal.id, *each), _PRIMARY) for each in found
    ]


def opened(view: ProposalView) -> Answer:
    """The review is open."""
    proposal = view.proposal
    closes = f" It is open until {stamp(proposal.closes_at)}." if proposal.closes_at else ""
    return said(
        f"### Review opened\n{named(proposal)} is before {in_quotes(view.group.name, 80)}.{closes}\n"
        "Its words are frozen. To change them, revise: that makes a new version with more time to read.",
        buttons=[*links_to(view), button("Revise", proposals_ids.button("revise", proposal.id))],
    )


def discarded(view: ProposalView) -> Answer:
    """A draft was thrown away."""
    return said("Your draft is discarded and its words are deleted. Nobody else has seen it.")


def withdrawn(view: ProposalView) -> Answer:
    """A proposal was taken back."""
    return said(f"{named(view.proposal)} is withdrawn. It stays in the record.", buttons=links_to(view))


def read(view: ProposalView) -> Answer:
    """A reading was noted (PRO-8)."""
    return said(
        f"Noted: you have read version {view.proposal.current.number} of {named(view.proposal)}. "
        "That is not support; you can still object or raise a concern until the review closes.",
        buttons=links_to(view),
    )


def kept(view: ProposalView, hindrance: Refusal | None) -> Answer:
    """What was sent in and only its author sees: a draft, or words for the next version (PRO-1, PRO-5)."""
    return draft(view, hindrance) if view.proposal.state is ProposalState.DRAFT else revision(view, hindrance)


def revision(view: ProposalView, hindrance: Refusal | None) -> Answer:
    """What the next version will change so far, what keeps it from being published, and its pages (PRO-5)."""
    proposal, now = view.proposal, view.proposal.next_words
    coming = Version(now.of + 1, now.text, now.effects, "", view.now)
    begun = proposal.revision is not None
    left = proposal.pinned.most_versions - coming.number
    if not begun:
        change, state = "Nothing is changed yet.", "Change the words, the details, or both; then publish them together."
    else:
        first, *more = versions.packed(versions.changed(proposal.current, coming), _MOST_CHANGE)
        change = first + ("\n-# … and more; the forms open with all of it." if more else "")
        state = f"**Nothing is missing.** Publishing makes this version {coming.number}, for everybody to read."
        if hindrance is not None:
            needed = _needed(hindrance, "The words", _details(view))
            state = f"**Still needed before it can be published:** {needed}"
    return said(
        f"### Revise {numbered(proposal)}\n{named(proposal)}\n-# Only you see this until you publish it.",
        LINE,
        change,
        LINE,
        state,
        f"-# After this one, {count(left, 'more version')} can follow. Those who decide get more time with each. Only "
        "what you send in is kept: a form that you close unsent is lost.",
        buttons=[
            *_readings(proposal, hindrance),
            button("The words", proposals_ids.button("edit", proposal.id), _PLAIN if begun else _PRIMARY),
            button(_details(view), proposals_ids.button("details", proposal.id), _PLAIN if begun else _PRIMARY),
            *(
                (
                    button(f"Publish version {coming.number}", proposals_ids.button("publish", proposal.id), _PRIMARY),
                    button("Start over", proposals_ids.button("start-over", proposal.id), _DANGER),
                )
                if begun
                else ()
            ),
        ],
    )


def revised(view: ProposalView) -> Answer:
    """A version was published (PRO-5)."""
    proposal = view.proposal
    until = f" The review is open until {stamp(proposal.closes_at)}." if proposal.closes_at else ""
    return said(
        f"### Version {proposal.current.number} is published\n{named(proposal)}.{until}\n"
        "Everyone sees what changed, word by word. Each objector is asked whether it resolves their objection.",
        buttons=links_to(view),
    )


def halted(view: ProposalView) -> Answer:
    """Consent to a halt was noted, perhaps the last one needed (EFF-3)."""
    proposal = view.proposal
    if proposal.state is ProposalState.DISPUTED:
        return said(
            f"{named(proposal)} is halted: a majority asked for it. It is disputed again.", buttons=links_to(view)
        )
    agreeing, needed = halts.agreeing(proposal), halts.needed(proposal)
    return said(
        f"Noted: you ask to halt {named(proposal)}. {agreeing} of the {needed} needed have asked so far.",
        buttons=links_to(view),
    )


def marked(view: ProposalView) -> Answer:
    """Somebody said that it is done, or that it is not after all (POL-3)."""
    proposal = view.proposal
    words = "is marked as done, by you." if proposal.done_at else "is marked as not done: it is still for people to do."
    return said(f"{named(proposal)} {words} Everyone sees it on the card.", buttons=links_to(view))


def text(view: ProposalView) -> tuple[Answer, str | None]:
    """The full text of the version on the table; as a file too, where it is too long for a message."""
    proposal = view.proposal
    version = proposal.versions[-1] if proposal.versions else None
    parts = [f"{label}\n{quote(words, limits.V2_TEXT)}" for label, words in _sections(view)]
    head = f"### Text of {numbered(proposal)}\n{named(proposal)}" + (
        f"\n-# Version {version.number} · written by {view.mention(proposal.author)}" if version else ""
    )
    fits = sum(limits.units(part) for part in (head, *parts)) <= limits.V2_TEXT
    if fits:
        return said(head, *parts, buttons=links_to(view)), None
    whole = "\n\n".join(f"{label.strip('*')}\n{words}" for label, words in _sections(view))
    short = [f"{label}\n{quote(words, 450)}" for label, words in _sections(view)]
    return said(head, *short, "-# The whole text is in the file below.", buttons=links_to(view)), whole


def options(view: ProposalView, acts: Sequence[str]) -> Answer:
    """What the asker can do with a proposal beside what its card offers to everybody."""
    proposal = view.proposal
    words = "As its author you can do this; everything else stands on the card."
    if not acts:
        words = "All that you can do now stands on its card or in its discussion. Only its author may change it."
    return said(
        f"### More on {numbered(proposal)}\n{named(proposal)}\n{words}",
        buttons=[*(button(_ACTS[act], proposals_ids.button(act, proposal.id)) for act in acts), *links_to(view)],
    )


_ACTS = {"revise": "Revise", "withdraw": "Withdraw"}


def _details(view: ProposalView) -> str:
    asked = effects.filing(view.proposal.type, view.proposal.next_words.effects)
    return asked[0].button if asked else matrix.page_2(view.row)


def _needed(hindrance: Refusal, words: str = "Edit", details: str = "Details") -> str:
    """What is still missing, and behind which button it is mended."""
    if isinstance(hindrance, Unfit):
        return "\n" + "\n".join(f"- {_needed(each, words, details)}" for each in hindrance.faults)
    field = getattr(hindrance, "field", "")
    page = words if field in forms.PAGE_1 else details
    if isinstance(hindrance, Refiled) or field == "changed":
        page = "Filed before"
    if isinstance(hindrance, AmountUnclear) and hindrance.readings:
        return errors.speak(hindrance, kept="")
    if isinstance(hindrance, BadValue) and not hindrance.text.strip():
        name = FIELDS.get(field, field)
        return f"**{name}** is missing: {errors.wanted(hindrance)}. Press *{page}*."
    said_so = errors.speak(hindrance, kept="")
    return said_so if f"*{page}*" in said_so else f"{said_so} Press *{page}*."


def _draft_text(view: ProposalView) -> str:
    return "\n".join(f"{label}\n{quote(words, 450)}" for label, words in _sections(view))


def _sections(view: ProposalView) -> list[tuple[str, str]]:
    proposal = view.proposal
    content = proposal.text
    amount = shown(content.amount, content.amount_written, content.currency)
    heading, change = effects.drafted(proposal.type, proposal.effects)
    found = [
        ("**What is asked**", content.ask),
        ("**Why, and which purpose it serves**", content.why),
        ("**Expected outcome**", content.outcome),
        ("**Risks**", content.risks),
        (f"**{heading}**", change),
        ("**Amount**", amount),
        ("**Paid to**", content.payee),
        ("**From which account**", content.account),
        ("**Timeline**", content.timeline),
        ("**Summary**", content.summary),
    ]
    if proposal.refiles:
        found.append((f"**Files P-{proposal.refiles} again; what has changed since**", proposal.changed_since))
    return [(label, words) for label, words in found if words.strip()]
