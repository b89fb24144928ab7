"""The action card of a proposal (PRO-2): everything to know before deciding, and everything a reader may do.

Whatever a colour, a sign or a bar says, words say too.
"""

from __future__ import annotations

from bot.governance import electorates, halts
from bot.governance import proposals as rules
from bot.governance.clock import is_stopped
from bot.governance.completions import left_to_people
from bot.governance.drafts import summary_of
from bot.governance.proposals import NO_REASON
from bot.governance.proposals_types import FINAL, Proposal, ProposalState, Text
from bot.services.views import ProposalView
from bot.ui import deadlines, effects, matrix, policy, proposals_ids, seats, votes_ids
from bot.ui import objections_card as objections
from bot.ui import votes_card as votes
from bot.ui.deadlines import redraw_at
from bot.ui.labels import count, share, span
from bot.ui.limits import THREAD_NAME
from bot.ui.panels import LINE, Button, Part, Style, View, button, link, panel, row, rows
from bot.ui.proposals_labels import (
    OUTCOME_REASONS,
    STATE_COLOURS,
    STATE_LABELS,
    STATE_SIGNS,
    state_label,
    state_meaning,
)
from bot.ui.text import in_quotes, plain, quote, titled
from bot.ui.versions import amount, text_messages

__all__ = ["card", "controls", "headline", "outcome_reason", "passing", "redraw_at", "text_messages", "thread_name"]

_DECIDED = FINAL | {ProposalState.PASSED, ProposalState.ADOPTED, ProposalState.STALE}
_OBJECTIONS = 1000
"""Units of text left to the list of objections."""


def card(view: ProposalView, marker: int | None) -> View:
    """The card as it stands now. Once final it keeps the full text, "Why?" and the way to the thread.

    First what state it is in and until when, then what is proposed and what happens on pass, how it is decided,
    and what a reader can do.
    """
    proposal = view.proposal
    parts: list[Part] = [
        headline(view),
        behind(view),
        deadlines.stopped(view),
        deadlines.time_left(view),
        provisional(view),
        LINE,
        words(view),
        _then(view),
        LINE,
        passing(view),
        objections.overview(view, _OBJECTIONS),
        reach(view),
        seats.turned(view),
        LINE,
    ]
    return panel(marker, STATE_COLOURS[proposal.state], *parts, *controls(view))


def thread_name(view: ProposalView) -> str:
    """The name of the discussion thread."""
    text = _text(view.proposal)
    return plain(f"P-{view.proposal.number} {text.title}", THREAD_NAME)


def headline(view: ProposalView) -> str:
    """Number and state, the state's sign beside its words; then type, version, who decides and at which scale."""
    proposal = view.proposal
    state = proposal.state
    decider = f"decided by {in_quotes(view.group.name, 80)}"
    standing = f"{STATE_SIGNS[state]} P-{proposal.number} · {state_label(proposal)}"
    if is_stopped(proposal):
        standing = f"⏸️ P-{proposal.number} · Clock stopped ({STATE_LABELS[state].lower()})"
    lines = [
        f"## {standing}",
        f"-# {matrix.label(proposal.type)} · version {len(proposal.versions)} · {decider}",
    ]
    if state is not ProposalState.REVIEW:
        lines.append(state_meaning(proposal))
    if not told_by_vote(proposal) and (why := outcome_reason(proposal)):
        lines.append(why)
    return "\n".join(lines)


def behind(view: ProposalView) -> str:
    """What an enacted one says while not everything about it could be shown yet (EFF-4)."""
    if not view.behind:
        return ""
    return (
        "⏳ **Enacted; Discord still catching up.** It is carried out and in force. Discord did not take everything "
        "that tells of it yet; I go on trying."
    )


def told_by_vote(proposal: Proposal) -> bool:
    """Whether the result of its final vote says already why it ended."""
    tally = proposal.vote.tally if proposal.vote else None
    return tally is not None and tally.reason == proposal.outcome


def outcome_reason(proposal: Proposal) -> str:
    """Why it ended or stands as it does, where there is something to say."""
    if proposal.state not in FINAL | {ProposalState.STALE} or not proposal.outcome:
        return ""
    if proposal.state is ProposalState.ENACTED:
        return ""
    if proposal.state is ProposalState.WITHDRAWN and proposal.outcome != NO_REASON:
        return f"The author's reason:\n{quote(proposal.outcome, 300)}"
    if proposal.outcome in OUTCOME_REASONS:
        return f"Why: {OUTCOME_REASONS[proposal.outcome]}."
    return f"Why: {policy.moved(proposal.outcome)}."


def provisional(view: ProposalView) -> str:
    """The banner of a partnership that is not ratified yet (SCL-5); none on a card that is never drawn again."""
    if not view.partnership.provisional or view.proposal.state in FINAL:
        return ""
    return (
        "🚧 **Provisional partnership.** The stakeholder group has not ratified it yet. "
        "Until then no budget and no policy change takes effect."
    )


def words(view: ProposalView) -> str:
    """What the author says, quoted under their name: title, summary, the beginning of what is asked (TXT-1)."""
    text = _text(view.proposal)
    lines = [titled(view.mention(view.proposal.author), text.title, verb="proposes")]
    lines.append(quote(summary_of(text), 350))
    if (more := text.ask.strip().removeprefix(summary_of(text)).strip()) and not summary_of(text).endswith("…"):
        lines.append(quote(more, 350))
    if money := amount(text):
        lines.append(f"Amount: **{money}**" + (f", paid to {in_quotes(text.payee, 160)}" if text.payee.strip() else ""))
    if view.proposal.refiles:
        lines += [f"It files **P-{view.proposal.refiles}** again, which was not adopted. What has changed since:"]
        lines += [quote(view.proposal.changed_since, 250)]
    return "\n".join(lines)


def passing(view: ProposalView) -> str:
    """How it passes, in words (POL-3, POL-5, OBJ-6)."""
    proposal = view.proposal
    if proposal.state in _DECIDED:
        return _how_it_was_decided(proposal)
    if proposal.state is ProposalState.ESCALATED and proposal.vote is not None:
        return votes.standing(proposal, proposal.vote)
    if proposal.clock.spent and not rules.affirmative(proposal):
        return (
            "**Passes only by a final vote** of those who may object, which opens when the time for objections is "
            f"over. Silence is not enough any more. {votes.how_decided(proposal, proposal.pinned.vote_method)}"
        )
    if rules.affirmative(proposal):
        return (
            "**Passes only by a supermajority vote** of the stakeholder group, which opens when the time for "
            f"objections is over. Silence is not enough here. {votes.how_decided(proposal, 'supermajority')}"
        )
    if proposal.state is ProposalState.DISPUTED:
        return f"**Stopped by objections.** By its rule it passes by silence, unless {objections.threshold(proposal)}."
    if proposal.state is ProposalState.SETTLING:
        return f"**Passes by silence**, unless {objections.threshold(proposal)} once those raised are settled."
    silence = f"**Passes by silence**, unless {objections.threshold(proposal)} when the time is up."
    bar = proposal.pinned.reach_bar
    if bar and not proposal.extended and proposal.state is ProposalState.REVIEW:
        longer = span(proposal.pinned.reach_extension)
        silence += f"\n-# If fewer than {share(bar)} of those who may object have seen it by then, "
        silence += f"the time is extended once by {longer}."
    return silence


def _how_it_was_decided(proposal: Proposal) -> str:
    if proposal.vote is not None and proposal.vote.tally is not None:
        return f"**Final vote:** {votes.result(proposal.vote.tally)}"
    if proposal.state in {ProposalState.PASSED, ProposalState.ENACTED, ProposalState.STALE}:
        return f"**Passed by silence.** By its rule it is stopped only if {objections.threshold(proposal)}."
    return "No decision was taken."


def reach(view: ProposalView) -> str:
    """How many were reached, so that silence can be told from not knowing (PRO-8, PRO-9)."""
    proposal = view.proposal
    reached = len(electorates.reached(proposal))
    of = count(len(electorates.reachable(proposal)), "person", "people")
    electors = count(len(proposal.electors), "person", "people")
    still = f"{electors} could object or consent at the opening; {seats.seated(view)}."
    lines = [
        f"**Reach:** {reached} of {of} have read it, objected, raised a concern or voted.",
        f"-# {len(proposal.readers)} pressed “I have read it”. {still} The author is not counted.",
    ]
    if proposal.extended and proposal.state is ProposalState.REVIEW:
        lines.append("The time was extended once, because too few people had seen it.")
    if proposal.low_reach:
        lines.append("⚠️ **Low reach:** too few people had seen it when the time was up.")
    return "\n".join(lines)


def controls(view: ProposalView) -> list[Part]:
    """The buttons that make sense in this state, the same for everybody: who may press them is checked on the click."""
    proposal = view.proposal
    thread = link("Discussion", view.links.thread)
    if proposal.state in FINAL:
        about = [_act(proposal, "Full text", "text"), _act(proposal, "Why?", "why"), thread]
        if left_to_people(proposal):
            done = _act(proposal, "Not done after all", "not-done") if proposal.done_at else None
            about = [done or _act(proposal, "Mark as done", "done", Style.primary), *about]
        return [*rows(*about)]
    acts = acting(view)
    found: list[Part] = [*rows(*acts)]
    if choices := votes.choices(proposal):
        found = [row(*choices), *rows(button("My vote", votes_ids.mine(proposal.id)), *acts)]
    more = [
        _act(proposal, "Full text", "text"),
        _act(proposal, "Who may object?", "who"),
        _act(proposal, "Why?", "why"),
        _act(proposal, "More …", "options"),
        thread,
    ]
    return [*found, *rows(*more)]


def acting(view: ProposalView) -> list[Button]:
    """What a reader may do now, on the card and in the feed alike (SCL-2a)."""
    proposal = view.proposal
    if proposal.terms is None:
        return []
    concern = _act(proposal, f"{plain(proposal.pinned.concern_emoji, 16)} Raise a concern", "concern")
    match proposal.state:
        case ProposalState.REVIEW:
            return [
                _act(proposal, "I have read it", "read", Style.primary),
                _act(proposal, f"{plain(proposal.pinned.objection_emoji, 16)} Object", "object"),
                concern,
            ]
        case ProposalState.SETTLING:
            return [concern]
        case ProposalState.DISPUTED:
            return [_act(proposal, "Take it to a final vote", "escalate"), concern]
        case ProposalState.ESCALATED:
            return [concern]
        case ProposalState.PASSED | ProposalState.ADOPTED if (
            not proposal.halted and proposal.timelock_ends_at is not None
        ):
            return [_act(proposal, "Ask to halt it", "halt")]
    return []


def _then(view: ProposalView) -> str:
    """What happens on pass, the waiting time before it, and a halt that is under way (EFF-1, EFF-3)."""
    proposal = view.proposal
    if proposal.state is ProposalState.ENACTED:
        return effects.done(view, 500)
    if proposal.state in FINAL:
        return ""
    if proposal.state in {ProposalState.PASSED, ProposalState.ADOPTED}:
        lines = [effects.on_pass(view, 500, "When the waiting time ends, this will")]
    else:
        lines = [effects.on_pass(view, 500)]
        if proposal.pinned.timelock:
            wait = span(proposal.pinned.timelock)
            lines.append(f"-# After the decision {wait} go by before it is carried out: until then it can be halted.")
    if proposal.state in {ProposalState.PASSED, ProposalState.ADOPTED} and proposal.halts:
        agreeing, needed = halts.agreeing(proposal), halts.needed(proposal)
        lines.append(f"**Halt:** {agreeing} of {needed} needed have asked to halt it.")
    return "\n".join(lines)


def _act(proposal: Proposal, label: str, act: str, style: Style = Style.secondary) -> Button:
    return button(label, proposals_ids.button(act, proposal.id), style)


def _text(proposal: Proposal) -> Text:
    return proposal.current.text if proposal.versions else proposal.text
