"""What the thread is told of the proposal itself: a sentence or a few for each event (PRO-6 to PRO-11, DEC-2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from bot.governance.escalations import MOST_DISPUTED
from bot.governance.events import EventType
from bot.governance.proposals_events import (
    CardPostedAgain,
    HaltConsented,
    Nudged,
    ProposalAdopted,
    ProposalDisputed,
    ProposalDone,
    ProposalEnacted,
    ProposalHalted,
    ProposalLapsed,
    ProposalNotAdopted,
    ProposalNotDone,
    ProposalPassed,
    ProposalStale,
    ProposalWithdrawn,
    ReviewExtended,
)
from bot.governance.proposals_types import ObjectionState, ProposalState
from bot.governance.stops_events import ClockResumed, ClockStopped, StopsSpent
from bot.governance.votes_events import ProposalEscalated, VoteClosed, VoteOpened
from bot.governance.votes_types import Vote
from bot.ui import deadlines, effects, policy
from bot.ui import votes_card as votes
from bot.ui.labels import count, fixed, listed, span, stamp
from bot.ui.notices_context import MOST_NAMED, WORDS_OF_PEOPLE, NoticeContext
from bot.ui.proposals_labels import OUTCOME_REASONS
from bot.ui.stops_labels import STOP_REASONS
from bot.ui.text import inline, quote
from bot.ui.votes_labels import METHOD_LABELS


def _extended(told: NoticeContext) -> str:
    said = told.event.says(ReviewExtended)
    return (
        f"⏳ Only {said.reached} of {said.reachable} have seen this, so its time is extended once by "
        f"{span(timedelta(hours=said.hours))}. {deadlines.what_ends(told.view, fixed)}"
    )


def _passed(told: NoticeContext) -> str:
    said = told.event.says(ProposalPassed)
    lines = [f"🟩 **Passed by silence.** {said.reached} of {said.reachable} were reached."]
    if said.low_reach:
        lines.append("⚠️ **Low reach:** too few people had seen it when the time was up.")
    return "\n".join([*lines, *_carried_out(told, said.timelock_hours)])


def _adopted(told: NoticeContext) -> str:
    overruled = [o for o in told.view.proposal.objections if o.state is ObjectionState.OVERRULED]
    lines = ["🟩 **Adopted by the final vote.**"]
    if overruled:
        lines.append(f"{count(len(overruled), 'objection')} set aside by it; authors and reasons stay on the record.")
    return "\n".join([*lines, *_carried_out(told, told.event.says(ProposalAdopted).timelock_hours)])


def _carried_out(told: NoticeContext, timelock_hours: int) -> list[str]:
    ends_at = told.view.proposal.timelock_ends_at
    if not timelock_hours or ends_at is None:
        return []
    return [f"It is carried out {fixed(ends_at)}. Until then a majority of those who may object can halt it."]


def _disputed(told: NoticeContext) -> str:
    until = fixed(told.recorded.at + MOST_DISPUTED)
    said = told.event.says(ProposalDisputed)
    return (
        f"🟧 **Disputed.** Objections counting {said.weight} stand; {said.threshold} is enough. "
        f"{told.author} can revise or withdraw it. The author or anyone who may object can take it to a final vote "
        f"of the stakeholder group. If nobody acts before {until}, it is not adopted."
    )


def _ended(why: str) -> str:
    return f"It does not take effect: {inline(OUTCOME_REASONS.get(why, why), 300)}."


def _not_adopted(told: NoticeContext) -> str:
    why = told.event.says(ProposalNotAdopted).why
    return f"🟥 **Not adopted.** {_ended(why)} It can be filed again; say then what changed."


def _gone(told: NoticeContext) -> str:
    return f"⬜ **Lapsed.** {_ended(told.event.says(ProposalLapsed).why)}"


def _taken_back(told: NoticeContext) -> str:
    reason = told.event.says(ProposalWithdrawn).reason.strip()
    head = f"⬜ **Withdrawn** by its author, {told.author}. It does not take effect."
    return f"{head} The reason:\n{quote(reason, WORDS_OF_PEOPLE)}" if reason else head


def _enacted(told: NoticeContext) -> str:
    proposal = told.view.proposal
    if not proposal.current.effects:
        return "✅ **Decided; now for people to do.** Whoever has done it presses *Mark as done* on the card."
    return f"✅ **Carried out:** {effects.several(proposal.current.effects[:5], told.view.mention)}."


def _done(told: NoticeContext) -> str:
    return f"☑️ **Done**, says {told.actor}."


def _not_done(told: NoticeContext) -> str:
    return f"↩️ **Not done after all**, says {told.actor}. It is still for people to do."


def _stale(told: NoticeContext) -> str:
    moved = policy.moved(told.event.says(ProposalStale).why)
    return (
        f"🟫 **Stale.** What it was written against has changed: {moved}. Nothing was "
        f"carried out. {told.author} can revise it; otherwise it lapses after 14 days."
    )


def _halt_wanted(told: NoticeContext) -> str:
    said = told.event.says(HaltConsented)
    asked = f"{said.agreed} of {said.electors}"
    return f"✋ {told.actor} asks to halt this: {asked}; more than half returns it to “disputed”, once."


def _halted(told: NoticeContext) -> str:
    return f"🟧 **Halted** by a majority in the waiting time: disputed again. {told.author} can revise or withdraw it."


def _stopped(told: NoticeContext) -> str:
    reason = told.event.says(ClockStopped).reason
    why = STOP_REASONS.get(reason, reason)
    since = stamp(told.stopped_at)
    return (
        f"⏸️ **The clock is stopped** since {since}, because {inline(why, 200)}. "
        "Every deadline moves by the time it stands still."
    )


def _resumed(told: NoticeContext) -> str:
    return (
        f"▶️ **The clock runs again.** It stood from {stamp(told.stopped_at)} for {span(told.stood)}; "
        f"every deadline moved by that time. {deadlines.what_ends(told.view, fixed)}"
    )


def _spent(told: NoticeContext) -> str:
    return (
        f"⚠️ **Silence no longer passes this.** Its clock was stopped by people’s acts for as long as that may last. "
        "A final vote decides when the time is up, and those who were kept from acting count in its quorum. "
        f"{deadlines.what_ends(told.view, fixed)}"
    )


def _nudged(told: NoticeContext) -> str:
    people = [told.view.mention(person) for person in told.reminded]
    more = len(told.event.says(Nudged).people) - len(people[:MOST_NAMED])
    shown = listed([*people[:MOST_NAMED], *([f"{more}{' more' if people else ''}"] if more > 0 else [])])
    what = "have not voted yet" if told.view.proposal.state is ProposalState.ESCALATED else "have not taken part yet"
    ends = deadlines.what_ends(told.view, fixed)
    if told.view.proposal.state is ProposalState.DISPUTED:
        return (
            f"⏰ The time is nearly up. {ends}\nThe author can revise or withdraw it, and anyone who could object can "
            f"take it to a final vote: {shown or 'nobody'}. This reminder comes once."
        )
    return f"⏰ The time is nearly up. {ends}\nThese people {what}: {shown or 'nobody'}. This reminder comes once."


def _escalated(told: NoticeContext) -> str:
    wanted = told.event.says(ProposalEscalated).method
    method = METHOD_LABELS.get(wanted, wanted)
    by = f" {told.actor} asked for it." if told.recorded.event.actor else ""
    how = votes.how_decided(told.view.proposal, wanted)
    return f"🟪 **This goes to a final vote** of {votes.whose(told.view.proposal.vote)}, a {method}.{by} {how}"


def _vote_opened(told: NoticeContext) -> str:
    vote = told.view.proposal.vote
    closes = f" It closes {fixed(vote.closes_at)}.{deadlines.closes_early(told.view.proposal)}" if vote else ""
    return (
        f"🗳️ **The final vote is open.** {count(told.event.says(VoteOpened).eligible, 'member')} may vote: "
        f"{votes.whose(vote)}.{closes} A choice can be changed until then."
    )


def _vote_closed(told: NoticeContext) -> str:
    closed = told.event.says(VoteClosed).vote
    found = next((v for v in _all_votes(told) if v.id == closed and v.tally), None)
    if found is None or found.tally is None:
        return "🗳️ **Closed.**"
    said = f"🗳️ **The final vote is closed.** {votes.result(found.tally)}"
    who = votes.roll(found, told.view.mention, WORDS_OF_PEOPLE)
    return f"{said}\n{who}" if who else said


def _all_votes(told: NoticeContext) -> list[Vote]:
    proposal = told.view.proposal
    return [*proposal.past_votes, *([proposal.vote] if proposal.vote else [])]


def _stands_again(told: NoticeContext) -> str:
    called = {"card": "card", "feed": "entry in the feed", "thread": "thread"}
    what = called.get(told.event.says(CardPostedAgain).what, "message")
    return f"ℹ️ The {what} of this proposal was deleted. That decides nothing: the record is the truth. It stands again."


WORDS: Mapping[EventType, Callable[[NoticeContext], str]] = MappingProxyType(
    {
        ReviewExtended: _extended,
        ProposalPassed: _passed,
        ProposalDisputed: _disputed,
        ProposalLapsed: _gone,
        ProposalWithdrawn: _taken_back,
        ProposalNotAdopted: _not_adopted,
        ProposalAdopted: _adopted,
        ProposalEnacted: _enacted,
        ProposalStale: _stale,
        ProposalDone: _done,
        ProposalNotDone: _not_done,
        HaltConsented: _halt_wanted,
        ProposalHalted: _halted,
        ClockStopped: _stopped,
        ClockResumed: _resumed,
        StopsSpent: _spent,
        Nudged: _nudged,
        ProposalEscalated: _escalated,
        VoteOpened: _vote_opened,
        VoteClosed: _vote_closed,
        CardPostedAgain: _stands_again,
    }
)
