"""What the thread is told of objections and concerns: a sentence or a few for each event (OBJ-1 to OBJ-8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.governance.events import EventType
from bot.governance.objections_events import (
    AppealDecided,
    AppealFiled,
    BySpeaker,
    ConcernRaised,
    ObjectionIntegrated,
    ObjectionLapsed,
    ObjectionMaintained,
    ObjectionOrphaned,
    ObjectionRaised,
    ObjectionStated,
    ObjectionWithdrawn,
    ObjectorSeatLost,
    ReactionGone,
    ReactionsWiped,
    RulingAsked,
    RulingGiven,
    SignAnswered,
    SponsorFound,
    SponsorNeeded,
)
from bot.governance.proposals_types import ObjectionState
from bot.governance.rolls import judges_of
from bot.ui.labels import count, fixed
from bot.ui.notices_context import WORDS_OF_PEOPLE, NoticeContext
from bot.ui.objections_labels import CRITERION_LABELS
from bot.ui.text import in_quotes, quote, said

MOST_SIGNS = 8
"""Code points of which one emoji in any variant is made."""

_CUSTOM = re.compile(r"<a?:(\w+):\d+>")

_RULING = (
    "A facilitator may rule{} on its form only: whether a criterion is named, a reason given, and it is about this "
    "proposal. Never whether the reason is true."
)


def _raised(told: NoticeContext) -> str:
    found = told.objection
    state_by = found.state_by if found else None
    if found is not None and found.untold:  # by this very message: their time begins with it
        state_by = told.view.now + told.view.proposal.pinned.stating
    until = f"until {fixed(state_by)} " if state_by else ""
    how = "Your reaction is" if told.event.says(ObjectionRaised).via == "reaction" else "It is"
    return (
        f"✋ {told.objector}, you raised {told.number}. {how} recorded and counts from now on.\n"
        f"You have {until}to state it: choose a published criterion and give a reason. "
        "Unstated it becomes a concern, which is heard and does not block. "
        "Taking your reaction away does not withdraw it; the button does."
    )


def _in_whose_place(told: NoticeContext) -> str:
    """Where a colleague acted with the one voice of their organisation: whose objection it is (OBJ-6)."""
    said = told.event.says(BySpeaker)
    if said.raised_by is None:
        return ""
    return (
        f" {told.objector} raised it. Both speak for {in_quotes(said.organisation, 82)}: here an "
        "organisation has one voice, and its members may change it."
    )


def _stated(told: NoticeContext) -> str:
    stated = told.event.says(ObjectionStated)
    criterion = CRITERION_LABELS.get(stated.criterion, stated.criterion)
    lines = [f"✋ **{told.number_first} is stated.** Criterion: **{criterion}**.{_in_whose_place(told)}"]
    if agreement := stated.agreement.strip():
        lines.append(f"The agreement it names: {in_quotes(agreement, 242)}.")
    lines.append(said(told.actor, stated.reason, WORDS_OF_PEOPLE))
    if suggestion := stated.suggestion.strip():
        lines.append(f"A change that would resolve it:\n{quote(suggestion, WORDS_OF_PEOPLE // 2)}")
    found = told.objection
    until = f" until {fixed(found.rule_by)}" if found and found.rule_by else ""
    lines.append(f"{told.author}, you can revise the proposal together. {_RULING.format(until)}")
    return "\n".join(lines)


def _lapsed(told: NoticeContext) -> str:
    return (
        f"💬 {told.number_first} by {told.objector} was not stated in time. It is a concern from now on: "
        "heard, answered, and not blocking."
    )


def _withdrawn(told: NoticeContext) -> str:
    return f"{told.actor} withdrew {told.number}. It stays on the record and counts no more.{_in_whose_place(told)}"


def _integrated(told: NoticeContext) -> str:
    resolved = f"version {told.event.says(ObjectionIntegrated).version} resolves {told.number}"
    return f"✅ {told.actor} says that {resolved}. It counts no more.{_in_whose_place(told)}"


def _maintained(told: NoticeContext) -> str:
    after = f"after version {told.event.says(ObjectionMaintained).version}"
    stands = f"{told.number} stands, {told.author}."
    return f"✋ {told.actor} is still objecting {after}: {stands}{_in_whose_place(told)}"


def _orphaned(told: NoticeContext) -> str:
    return f"{told.number_first} ended: the objector left, and nobody took it over in time. It counts no more."


def _test_asked(told: NoticeContext) -> str:
    found = told.objection
    until = f" until {fixed(found.rule_by)}" if found and found.rule_by else ""
    return (
        f"🔎 {told.actor} asked for a test of the form of {told.number} by {told.objector}. A facilitator of the "
        f"deciding group, who is neither author nor objector nor of the author's organisation, can rule{until}. "
        "Without a ruling the objection stands."
    )


def _ruled(told: NoticeContext) -> str:
    ruling = told.event.says(RulingGiven)
    in_form = ruling.in_form
    verdict = "is in form: it stands" if in_form else "is not in form: it counts no more"
    loser = told.author if in_form else told.objector
    found = told.objection
    test = found.test if found else None
    until = f" until {fixed(test.appeal_by)}" if test and test.appeal_by else ""
    return "\n".join(
        (
            f"⚖️ **Ruling:** {told.number} {verdict}. This says nothing about whether its reason is true.",
            said(told.actor, ruling.reason, WORDS_OF_PEOPLE),
            f"{loser} may appeal once{until}: then the stakeholder group decides.",
        )
    )


def _appealed(told: NoticeContext) -> str:
    found = told.objection
    appeal = found.test.appeal if found and found.test else None
    until = f" until {fixed(appeal.decide_by)}" if appeal else ""
    words = said(told.actor, told.event.says(AppealFiled).reason, WORDS_OF_PEOPLE)
    if told.recorded.event.actor is None:
        words = (
            "A seat behind this objection was taken away and nobody appealed in time, so the rules do: "
            "taking a seat away decides nothing."
        )
    return f"⚖️ **Appeal** against the ruling on {told.number} by {told.objector}.\n{words}\n{_judged(told, until)}"


def _judged(told: NoticeContext, until: str) -> str:
    """Who decides: not who is a party, nor who asked for the ruling or gave it (OBJ-4, ORG-6)."""
    others = "Author, objector, and who asked for the ruling or gave it do not vote on it."
    left = len(judges_of(told.view.proposal, told.objection)) if told.objection else 0
    if not left:
        return f"{others} Nobody else of the stakeholder group may decide it: without a decision the objection stands."
    decide = count(left, "person of the stakeholder group decides", "people of the stakeholder group decide")
    does = f"{decide} by majority{until}: does the objection stand or fall?"
    return f"{does} {others} Without votes, and on a tie, it stands."


def _appeal_decided(told: NoticeContext) -> str:
    decided = told.event.says(AppealDecided)
    verdict = "stands and counts" if decided.stands else "falls and counts no more"
    return (
        f"⚖️ **Appeal decided:** {told.number} by {told.objector} {verdict}. "
        f"{count(decided.votes_stands, 'vote')} that it stands, {decided.votes_against} that it falls. This is final."
    )


def _sponsor_needed(told: NoticeContext) -> str:
    found = told.objection
    until = f" until {fixed(found.sponsor_by)}" if found and found.sponsor_by else ""
    if found is not None and found.guarded:
        return (
            f"🪑 Nobody with a seat speaks for {told.number} any more. A seat behind it was taken away, so it stands "
            "and counts as before. Anyone else who may object can speak for it."
        )
    return (
        f"🪑 {told.objector} gave up the seat behind {told.number}. Anyone else who may object can take it "
        f"over{until}. If nobody does, it ends."
    )


def _sponsor_found(told: NoticeContext) -> str:
    return f"🪑 {told.actor} took over {told.number} and speaks for it from now on."


def _seat_lost(told: NoticeContext) -> str:
    words = (
        f"🪑 The seat behind {told.number} by {told.objector} was taken away by somebody else or with its role. "
        "That weakens no objection: it stands and counts as before. Anyone else who may object can speak for it: "
        "state it, and appeal a ruling on it."
    )
    found = told.objection
    if found is not None and found.state is ObjectionState.RAISED:
        words += " It was not stated yet, and goes on counting without that for as long as the seat is missing."
    return words


def _reaction_gone(told: NoticeContext) -> str:
    return (
        f"{told.objector}, your reaction for {told.number} disappeared. By whom, Discord does not say, so the "
        "objection is kept. **Withdraw it?** This is asked once; without an answer it stands."
    )


def _wiped(told: NoticeContext) -> str:
    return (
        "Reactions on the card were wiped. Nothing is withdrawn by that: every objection and concern is recorded and "
        "stands. The reactions to press are put back."
    )


def _sign(told: NoticeContext) -> str:
    terms, sign = told.view.proposal.pinned, shown_emoji(told.event.says(SignAnswered).emoji)
    return (
        f"{told.actor}, you reacted with {sign}. **Nothing was recorded from it, and it "
        f"does not stop anything.** To object, react with {terms.objection_emoji} or press the button below; to be "
        f"heard without blocking, react with {terms.concern_emoji} or raise a concern. This is said once."
    )


def shown_emoji(emoji: str) -> str:
    """An emoji in a sentence; one of a server's own by its name, for others may not see it."""
    custom = _CUSTOM.fullmatch(emoji)
    return in_quotes(custom[1], 42) if custom else emoji if len(emoji) <= MOST_SIGNS else "an emoji"


def _concern(told: NoticeContext) -> str:
    concern = told.event.says(ConcernRaised)
    text = concern.text.strip()
    head = f"💬 {told.actor} raised a concern. It is heard and does not block; {told.author} can answer it here."
    if concern.why == "joined later":
        head = (
            f"💬 {told.actor} objected, but had not held the member seat for a week when the review opened. So it is "
            "recorded as a concern: heard, answered, not blocking."
        )
    return f"{head}\nThe words:\n{quote(text, WORDS_OF_PEOPLE)}" if text else head


WORDS: Mapping[EventType, Callable[[NoticeContext], str]] = MappingProxyType(
    {
        ConcernRaised: _concern,
        ObjectionRaised: _raised,
        ObjectionStated: _stated,
        ObjectionLapsed: _lapsed,
        ObjectionWithdrawn: _withdrawn,
        ObjectionIntegrated: _integrated,
        ObjectionMaintained: _maintained,
        ObjectionOrphaned: _orphaned,
        RulingAsked: _test_asked,
        RulingGiven: _ruled,
        AppealFiled: _appealed,
        AppealDecided: _appeal_decided,
        SponsorNeeded: _sponsor_needed,
        SponsorFound: _sponsor_found,
        ObjectorSeatLost: _seat_lost,
        ReactionGone: _reaction_gone,
        ReactionsWiped: _wiped,
        SignAnswered: _sign,
    }
)
