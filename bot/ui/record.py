"""The record as members read it: why a proposal went the way it did, receipts, checks (REC-1, REC-2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import discord

from bot.governance import errors
from bot.governance.consistency import Difference
from bot.governance.electorates import reachable, reached
from bot.governance.events import EventType
from bot.governance.objections_events import (
    AppealDecided,
    AppealFiled,
    ConcernRaised,
    ObjectionIntegrated,
    ObjectionLapsed,
    ObjectionMaintained,
    ObjectionOrphaned,
    ObjectionOverruled,
    ObjectionRaised,
    ObjectionStated,
    ObjectionWithdrawn,
    ObjectorSeatLost,
    ObjectorTold,
    OfObjection,
    ReactionGone,
    ReactionsWiped,
    RulingAsked,
    RulingGiven,
    SignAnswered,
    SponsorFound,
    SponsorNeeded,
)
from bot.governance.organisation import Partnership
from bot.governance.proposals import affirmative
from bot.governance.proposals_events import (
    CardLost,
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
    ReviewClosed,
    ReviewExtended,
    ReviewOpened,
    VersionPublished,
)
from bot.governance.proposals_types import Objection, Proposal
from bot.governance.receipts import LEAST_DIGITS, ReceiptStanding
from bot.governance.record_events import ErasuresListed, PersonErased, RestoreConfirmed, RestoreGap, WordsErased
from bot.governance.rolls import acting, ruled_themselves
from bot.governance.stops_events import ClockResumed, ClockStopped
from bot.governance.thresholds import weight
from bot.governance.votes_events import ProposalEscalated, VoteClosed, VoteOpened
from bot.services.ports.record import Recorded, Verdict
from bot.services.record import RecordCheck
from bot.services.views import HeadView, ProposalView
from bot.ui import effects, limits, matrix, seats
from bot.ui import votes_card as votes
from bot.ui.answers import Answer, said
from bot.ui.asking import Help
from bot.ui.audiences import LOG
from bot.ui.labels import HASH, count, listed, share, span, stamp
from bot.ui.logged import LogEntry, Logged, Weight
from bot.ui.notices_context import NoticeContext
from bot.ui.objections_card import threshold
from bot.ui.panels import View, panel
from bot.ui.presenter import Presenter, Refusals
from bot.ui.proposals_card import outcome_reason
from bot.ui.proposals_labels import links_to, named, numbered, state_label, state_meaning
from bot.ui.stops_labels import STOP_REASONS
from bot.ui.text import in_quotes, inline

_QUIET = 0x4E5058
_DIFFERENCES = 900
"""Units given to what differs; the operator's ``verify`` names more of it."""

_TIMELINE: Mapping[EventType, str] = MappingProxyType(
    {
        ReviewOpened: "review opened by {who}",
        VersionPublished: "version {version} published by {who}",
        ReviewExtended: "review extended once: too few had seen it",
        ReviewClosed: "review closed",
        ProposalPassed: "passed: no objection stopped it",
        ProposalDisputed: "disputed: enough objections stand",
        ProposalLapsed: "lapsed",
        ProposalWithdrawn: "withdrawn by {who}",
        ProposalNotAdopted: "not adopted",
        ProposalAdopted: "adopted by vote",
        ProposalEnacted: "takes effect",
        ProposalDone: "done, says {who}",
        ProposalNotDone: "not done after all, says {who}",
        ProposalStale: "stale: what it was written against had changed",
        HaltConsented: "{who} asked to halt",
        ProposalHalted: "halted by a majority of those who may object",
        ClockStopped: "clock stopped since {since}: {reason}",
        ClockResumed: "clock resumed: it stood from {since} for {stood}; every deadline moved by that time",
        Nudged: "reminder to those who had not acted",
        ConcernRaised: "concern raised by {who}",
        ObjectionRaised: "objection No. {objection} raised by {who}",
        ObjectionStated: "objection No. {objection} stated by {who}",
        ObjectionLapsed: "objection No. {objection} was not stated in time and is now a concern",
        ObjectionWithdrawn: "objection No. {objection} withdrawn by {who}",
        ObjectionIntegrated: "objection No. {objection} resolved by version {version}, says {who}",
        ObjectionMaintained: "objection No. {objection} stands against version {version}, says {who}",
        ObjectionOverruled: "objection No. {objection} set aside by the final vote",
        ObjectionOrphaned: "objection No. {objection} ended: nobody took it over",
        RulingAsked: "ruling on objection No. {objection} asked for by {who}",
        RulingGiven: "objection No. {objection} ruled {form} by {who}",
        AppealFiled: "ruling on objection No. {objection} appealed by {who}",
        AppealDecided: "appeal decided: objection No. {objection} {stands}",
        SponsorNeeded: "objection No. {objection} needs somebody to take it over",
        SponsorFound: "objection No. {objection} taken over by {who}",
        ObjectorSeatLost: "the seat behind objection No. {objection} was taken away; the objection stands",
        ReactionGone: "a reaction behind objection No. {objection} disappeared; the objection stands",
        ReactionsWiped: "reactions were wiped; nothing was withdrawn",
        ObjectorTold: "who raised objection No. {objection} was told to state it; the time for that began",
        SignAnswered: "{who} reacted with a sign that is not an objection, and was told how to object",
        ProposalEscalated: "taken to a final vote by {who}",
        VoteOpened: "final vote opened",
        VoteClosed: "final vote closed",
        CardLost: "the card was lost",
        CardPostedAgain: "the card was posted again",
        WordsErased: "words of an entry erased on request",
    }
)
"""What stands in the timeline; readings, ballots and votes on appeals are counted elsewhere."""


def why(view: ProposalView) -> tuple[Answer, str | None]:
    """The rule, its version, the electorate, each ruling and the timeline; whole as a file if too long (REC-2)."""
    proposal = view.proposal
    parts = [_standing(view), _rule(proposal), _electorate(view), _objections(view), _votes(view)]
    lines = [line for line in (_line(view, recorded) for recorded in view.events) if line]
    room = limits.V2_TEXT - sum(limits.units(part) for part in parts) - 300
    shown = limits.fit_lines(lines, max(room, 0), "- … and {} more")
    tail = f"-# Head of the record now: #{view.head[:HASH]}. `/audit verify` checks it."
    answer = said(*parts, f"**What happened**\n{shown}" if lines else "", tail, buttons=links_to(view))
    whole = "\n".join(lines)
    return answer, None if shown == whole else whole


def receipt(kept: HeadView) -> str:
    """The head of the record, for a member to keep (REC-1)."""
    return (
        f"**Receipt for {in_quotes(kept.partnership.name, 100)}**, {stamp(kept.at)}\n"
        f"```\n#{kept.number} · {kept.hash}\n```\n"
        "Keep this line: the number of the latest entry, and its hash. As long as that entry has this hash, nothing "
        "up to it was changed, removed or added. `/audit verify receipt:` with the whole line looks for it; so does "
        "anybody who holds an export, with `python -m bot verify --export FILE --receipt`."
    )


def verdict(partnership: Partnership, checked: RecordCheck) -> str:
    """Whether the chain holds, what is kept beside it agrees, and a receipt stands (REC-1)."""
    parts = [_chain(partnership, checked.verdict), _differences(checked.differences), _looked_for(checked)]
    return "\n".join(part for part in parts if part)


def erased_post(recorded: Recorded, marker: int | None) -> View:
    """What stands in the place of a message whose words were erased on request (REC-1)."""
    end = f"-# Record #{recorded.number} · {recorded.hash[:HASH]}"
    return panel(marker, _QUIET, "What was told here was erased on request. The record still verifies.", end)


def nothing_left(marker: int | None) -> View:
    """The same for a message of which nothing is left to tell."""
    return panel(marker, _QUIET, "What was told here was erased on request.")


def _chain(partnership: Partnership, found: Verdict) -> str:
    name = in_quotes(partnership.name, 100)
    if not found.holds:
        return (
            f"❌ **The record of {name} does not hold.** Entry {found.broken_at} is the first that does not fit "
            f"({inline(found.why, 300)}). Tell the operator; what stands before it is sound."
        )
    erased = f" Words of {count(found.erased, 'entry', 'entries')} erased on request." if found.erased else ""
    if found.unexplained:
        erased += (
            f" {found.unexplained} of them went before erasures were entries of the record: that somebody asked for it "
            "cannot be told from here."
        )
    return (
        f"✅ **The record of {name} holds.** {count(found.events, 'entry', 'entries')} checked, each one tied to "
        f"the one before.{erased}\nHead: `#{found.events} · {found.head[:HASH]}`"
    )


def _differences(found: Sequence[Difference]) -> str:
    if not found:
        return ""
    lines = [f"- {inline(each.thing, 60)}: {inline(each.what, 80)}" for each in found]
    head = (
        "❌ **What is kept beside the record is not as the record tells.** Somebody changed it outside the bot. "
        "Tell the operator, who compares a backup:"
    )
    return f"{head}\n{limits.fit_lines(lines, _DIFFERENCES, '- … and {} more')}"


def _looked_for(checked: RecordCheck) -> str:
    kept, standing = checked.receipt, checked.standing
    if kept is None or standing is None:
        return ""
    shown = f"`{'' if kept.number is None else f'#{kept.number} · '}{kept.digits}`"
    if standing is ReceiptStanding.TOO_SHORT:
        return (
            f"⚠️ **Your receipt {shown} is too short to prove anything**, either way: it has {len(kept.digits)} digits, "
            f"and somebody could make another entry that begins like it by trial. {LEAST_DIGITS} digits are needed. "
            "Receipts from before had 12; `/audit receipt` gives you a new one."
        )
    if standing is ReceiptStanding.STANDS and not checked.verdict.holds:
        return f"Your receipt {shown} stands at its place, but the record around it does not hold."
    if standing is ReceiptStanding.STANDS:
        return f"✅ Your receipt {shown} stands in it."
    why = {
        ReceiptStanding.OTHER: f"Another hash stands at entry {kept.number}.",
        ReceiptStanding.BEYOND: f"The record ends before entry {kept.number}.",
        ReceiptStanding.NOWHERE: "No entry has this hash.",
    }[standing]
    return (
        f"❌ **Your receipt {shown} does not stand in it.** {why} Check that you copied it whole and that it is of "
        "this partnership; if so, tell others."
    )


def _standing(view: ProposalView) -> str:
    proposal = view.proposal
    head = f"### Why {numbered(proposal)}\n{named(proposal)}\n**{state_label(proposal)}.** {state_meaning(proposal)}"
    reason = outcome_reason(proposal)
    return f"{head}\n{reason}" if reason else head


def _rule(proposal: Proposal) -> str:
    called = matrix.label(proposal.type)
    terms = proposal.terms
    if terms is None:
        return f"**Rule**: {called}. Its numbers are fixed when the review opens."
    if proposal.clock.spent and not affirmative(proposal):
        passes = (
            "by a vote of those who may object, not by silence, for people’s acts stopped its clock as long as they "
            f"may; unless {threshold(proposal)} when the time is up (counting now: {weight(proposal)})"
        )
    elif affirmative(proposal):
        passes = f"only by a vote of the stakeholder group: at least {share(terms.supermajority)} of the votes cast"
    else:
        passes = f"by silence, unless {threshold(proposal)} when the time is up (counting now: {weight(proposal)})"
    wait = f", then waits {span(terms.timelock)} before it is carried out" if terms.timelock else ""
    return (
        f"**Rule** (policy version {terms.policy_version}, fixed at opening): {called.lower()}; "
        f"open for {span(terms.window)}; passes {passes}{wait}."
    )


def _electorate(view: ProposalView) -> str:
    proposal = view.proposal
    if not proposal.electors:
        return ""
    took_part, able = len(reached(proposal)), len(reachable(proposal))
    low = " That is below the bar, and marked so." if proposal.low_reach else ""
    return (
        f"**Who decides**: {count(len(proposal.electors), 'member')} of {in_quotes(view.group.name, 80)} at opening, "
        f"{seats.seated(view)}. {took_part} of {able} (author not counted) read it or took part.{low}"
    )


def _objections(view: ProposalView) -> str:
    rulings = [line for line in (_ruling(view, objection) for objection in view.proposal.objections) if line]
    return "**Rulings**\n" + limits.fit_lines(rulings, 1000, "- … and {} more") if rulings else ""


def _votes(view: ProposalView) -> str:
    proposal = view.proposal
    held = [vote for vote in (*proposal.past_votes, proposal.vote) if vote is not None]
    told = [
        f"**Final vote:** {votes.result(vote.tally)}\n{votes.roll(vote, view.mention, 700)}"
        for vote in held
        if vote.tally is not None
    ]
    return "\n".join(told[-2:])


def _ruling(view: ProposalView, objection: Objection) -> str:
    test = objection.test
    if test is None or test.in_form is None:
        return ""
    form = "in form" if test.in_form else "not in form"
    line = (
        f"- Objection No. {objection.number}: {form}, says {view.mention(test.ruled_by)}: {in_quotes(test.reason, 202)}"
    )
    if test.appeal is None:
        return line
    if test.appeal.stands is not None:
        line += f" On appeal the objection {'stands' if test.appeal.stands else 'does not stand'}."
    own = ruled_themselves(objection) & acting(view.proposal.judges)
    names = listed([view.mention(person) for person in sorted(own)])
    return f"{line} {names} asked for the ruling or gave it, and did not judge it." if own else line


def _line(view: ProposalView, recorded: Recorded) -> str:
    event = recorded.event
    words, carried_out = _TIMELINE.get(event.type), effects.happened(event)
    if words is None and not carried_out:
        return ""
    when = discord.utils.format_dt(recorded.at, "f")
    if recorded.erased:
        return f"- {when} · {event.name} (erased on request)"
    return f"- {when} · " + (carried_out if words is None else words.format_map(_Words(view, recorded)))


class _Words(dict[str, str]):
    """The words that a line of the timeline may ask for; what an event lacks reads "?"."""

    def __init__(self, view: ProposalView, recorded: Recorded) -> None:
        super().__init__(who=view.mention(recorded.event.actor))
        told = NoticeContext(view, recorded)
        match recorded.event.fact:
            case VersionPublished(version=version):
                self["version"] = str(version)
            case ClockStopped(reason=reason) | ClockResumed(reason=reason):
                self["since"], self["stood"] = discord.utils.format_dt(told.stopped_at, "f"), span(told.stood)
                self["reason"] = STOP_REASONS.get(reason, inline(reason, 100))
            case OfObjection(objection=number) as fact:
                self["objection"] = str(number)
                match fact:
                    case ObjectionIntegrated(version=version) | ObjectionMaintained(version=version):
                        self["version"] = str(version)
                    case RulingGiven(in_form=in_form):
                        self["form"] = "in form" if in_form else "not in form"
                    case AppealDecided(stands=stands):
                        self["stands"] = "stands" if stands else "does not stand"

    def __missing__(self, key: str) -> str:
        return "?"


def _not_erasable(refusal: errors.NotErasable) -> str:
    return f"Entry {refusal.number} says what was erased, or which rules came first. It holds nobody's words and stays."


def _restored(told: Logged) -> list[str]:
    return [
        "### ⚠️ The record was restored from a backup",
        "Entries shown here before are missing from it. Nothing is decided until an operator confirms this.",
    ]


def _confirmed(told: Logged) -> list[str]:
    return [
        "### The restored record was confirmed",
        "Deciding goes on. Numbers continue above the highest shown.",
    ]


PRESENTER = Presenter(
    name="record",
    refusals=Refusals(
        not_found={
            "event": "There is no such entry in the record.",
        },
        spoken={
            errors.NotErasable: _not_erasable,
        },
        wanted={
            "receipt": "a number and at least {} characters of a hash (0-9 and a-f)",
        },
    ),
    audiences={
        RestoreGap: (LOG,),
        RestoreConfirmed: (LOG,),
        WordsErased: (),
        PersonErased: (),
        ErasuresListed: (),
    },
    help=Help(
        everyone=("`/audit verify` – check that nothing in the record was changed",),
    ),
    log={
        RestoreGap: LogEntry(_restored, Weight.INCIDENT),
        RestoreConfirmed: LogEntry(_confirmed),
    },
)
