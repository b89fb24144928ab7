"""What the thread is told of objections and concerns: a sentence or a few for each event (OBJ-1 to OBJ-8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.governance.events import EventType
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
    how = "Your reaction is" if told.text("via") == "reaction" else "It is"
    return (
        f"✋ {told.objector}, you raised {told.number}. {how} recorded and counts from now on.\n"
        f"You have {until}to state it: choose a published criterion and give a reason. "
        "Unstated it becomes a concern, which is heard and does not block. "
        "Taking your reaction away does not withdraw it; the button does."
    )


def _in_whose_place(told: NoticeContext) -> str:
    """Where a colleague acted with the one voice of their organisation: whose objection it is (OBJ-6)."""
    if not told.in_ones_place:
        return ""
    return (
        f" {told.objector} raised it. Both speak for {in_quotes(told.text('organisation'), 82)}: here an "
        "organisation has one voice, and its members may change it."
    )


def _stated(told: NoticeContext) -> str:
    criterion = CRITERION_LABELS.get(told.text("criterion"), told.text("criterion"))
    lines = [f"✋ **{told.number_first} is stated.** Criterion: **{criterion}**.{_in_whose_place(told)}"]
    if agreement := told.text("agreement").strip():
        lines.append(f"The agreement it names: {in_quotes(agreement, 242)}.")
    lines.append(said(told.actor, told.text("reason"), WORDS_OF_PEOPLE))
    if suggestion := told.text("suggestion").strip():
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
    resolved = f"version {told.whole('version')} resolves {told.number}"
    return f"✅ {told.actor} says that {resolved}. It counts no more.{_in_whose_place(told)}"


def _maintained(told: NoticeContext) -> str:
    after = f"after version {told.whole('version')}"
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
    in_form = told.data.get("in_form") is True
    verdict = "is in form: it stands" if in_form else "is not in form: it counts no more"
    loser = told.author if in_form else told.objector
    found = told.objection
    test = found.test if found else None
    until = f" until {fixed(test.appeal_by)}" if test and test.appeal_by else ""
    return "\n".join(
        (
            f"⚖️ **Ruling:** {told.number} {verdict}. This says nothing about whether its reason is true.",
            said(told.actor, told.text("reason"), WORDS_OF_PEOPLE),
            f"{loser} may appeal once{until}: then the stakeholder group decides.",
        )
    )


def _appealed(told: NoticeContext) -> str:
    found = told.objection
    appeal = found.test.appeal if found and found.test else None
    until = f" until {fixed(appeal.decide_by)}" if appeal else ""
    words = said(told.actor, told.text("reason"), WORDS_OF_PEOPLE)
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
    stands = told.data.get("stands") is True
    verdict = "stands and counts" if stands else "falls and counts no more"
    votes_for, votes_against = told.whole("votes_stands"), told.whole("votes_against")
    return (
        f"⚖️ **Appeal decided:** {told.number} by {told.objector} {verdict}. "
        f"{count(votes_for, 'vote')} that it stands, {votes_against} that it falls. This is final."
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
    terms = told.view.proposal.pinned
    return (
        f"{told.actor}, you reacted with {shown_emoji(told.text('emoji'))}. **Nothing was recorded from it, and it "
        f"does not stop anything.** To object, react with {terms.objection_emoji} or press the button below; to be "
        f"heard without blocking, react with {terms.concern_emoji} or raise a concern. This is said once."
    )


def shown_emoji(emoji: str) -> str:
    """An emoji in a sentence; one of a server's own by its name, for others may not see it."""
    custom = _CUSTOM.fullmatch(emoji)
    return in_quotes(custom[1], 42) if custom else emoji if len(emoji) <= MOST_SIGNS else "an emoji"


def _concern(told: NoticeContext) -> str:
    text = told.text("text").strip()
    head = f"💬 {told.actor} raised a concern. It is heard and does not block; {told.author} can answer it here."
    if told.text("why") == "joined later":
        head = (
            f"💬 {told.actor} objected, but had not held the member seat for a week when the review opened. So it is "
            "recorded as a concern: heard, answered, not blocking."
        )
    return f"{head}\nThe words:\n{quote(text, WORDS_OF_PEOPLE)}" if text else head


WORDS: Mapping[EventType, Callable[[NoticeContext], str]] = MappingProxyType(
    {
        EventType.CONCERN_RAISED: _concern,
        EventType.OBJECTION_RAISED: _raised,
        EventType.OBJECTION_STATED: _stated,
        EventType.OBJECTION_LAPSED: _lapsed,
        EventType.OBJECTION_WITHDRAWN: _withdrawn,
        EventType.OBJECTION_INTEGRATED: _integrated,
        EventType.OBJECTION_MAINTAINED: _maintained,
        EventType.OBJECTION_ORPHANED: _orphaned,
        EventType.TEST_ASKED: _test_asked,
        EventType.TEST_RULED: _ruled,
        EventType.APPEAL_FILED: _appealed,
        EventType.APPEAL_DECIDED: _appeal_decided,
        EventType.SPONSOR_NEEDED: _sponsor_needed,
        EventType.SPONSOR_FOUND: _sponsor_found,
        EventType.OBJECTOR_SEAT_LOST: _seat_lost,
        EventType.REACTION_GONE: _reaction_gone,
        EventType.REACTIONS_WIPED: _wiped,
        EventType.SIGN_ANSWERED: _sign,
    }
)
