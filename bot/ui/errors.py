"""A refusal in plain words: what happened and by which rule, what was kept, what to do next (HLP-1).

``tests/ui/test_errors.py`` reads the rules and the use cases and fails on a key that has no wording here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bot.governance import errors
from bot.governance.feedback import FeedbackState
from bot.governance.meetings import MeetingState
from bot.governance.money import EXPONENTS, written_amount
from bot.governance.proposals_types import ObjectionState
from bot.governance.surveys import SurveyState
from bot.ui import effects, intrusions, labels, policy, times
from bot.ui.limits import CONTENT, fit_lines
from bot.ui.text import in_quotes, inline

NOTHING_CHANGED = "Nothing was changed."

NOT_ELIGIBLE: Mapping[str, str] = MappingProxyType(
    {
        "author": "You wrote this proposal, so you can neither object to it nor count as a reader of it. "
        "To take it back, use `/proposal withdraw`; to change it, `/proposal revise`.",
        "joined later": "You had not held the member seat for a week when this review opened. Only those who had may "
        "object; that list is fixed, so that nobody can change it by giving or taking roles. You can raise a concern: "
        "it is shown and answered, and it does not block. In reviews that open later you count.",
        "no seat now": "You left and do not hold the member seat again that this needs, even if you held it at the "
        "opening. If that is a mistake, ask a moderator to check `/roles list`.",
        "no seat": "You hold no seat in this partnership, or only that of an observer, who reads along. "
        "Seats come with Discord roles: ask a moderator for the one that fits you. `/help` says how decisions are "
        "made here.",
        "not an elector": "Only members of the deciding group, as it stood when the review opened, may do this. "
        "The button “Who may object?” on the card shows them. Anyone with a seat may raise a concern instead.",
        "mark as done": "Only its author, and people with a seat in the group that filed or decided it, say whether it "
        "is done.",
        "not the objector": "Only the person who raised this objection, or who took it over, may do this.",
        "not the organisation": "Here an organisation has one voice. This objection belongs to whoever raised it and "
        "to those who spoke for the same organisation when the review opened and did not leave since; the author "
        "of the proposal is never among them.",
        "out of its hands": "The seat behind this objection was given up or taken away, so your organisation cannot "
        "change it for its objector. While nobody speaks for it, its notice in the discussion has the button *Take "
        "over this objection*, for anyone who may object.",
        "objector's own word": "A seat behind this objection was taken away. You speak for it: you can state it, "
        "appeal for it and say that it still stands. Only whoever raised it can withdraw it or call it resolved.",
        "own objection": "This is your own objection. It needs somebody else to take it over.",
        "ask test": "Only the author, or a facilitator of the deciding group, may ask for a test of an objection.",
        "rule": "Only a facilitator of the deciding group may rule on an objection. `/roles list` shows who that is.",
        "rule joined later": "Only somebody who had held the facilitator's seat for a week when the review opened may "
        "rule on its objections. So nobody can be made a judge half-way. Without a ruling the objection stands.",
        "appeal": "Only the losing side may appeal a ruling: the objector when it was ruled not in form; the author, "
        "or whoever asked for the test, when it was ruled in form.",
        "appeal vote": "Only those decide appeals who had been members of the stakeholder group for a week when the "
        "review opened. That list is fixed, so that nobody can change it half-way.",
        "vote": "Only members of the stakeholder group take part in a final vote.",
        "vote joined later": "You had not been a member of the stakeholder group for a week when this version was "
        "published. Only those who had may vote on it; you can raise a concern.",
        "may not file": "You hold no seat that may file this type of proposal.",
        "run survey": "A facilitator or lead of a group asks it; where nobody holds such a seat, any of its members "
        "may. The whole partnership is asked by a facilitator or lead of any group. `/roles list` shows who that is.",
        "run meetings": "A facilitator or lead of a group schedules and runs its meetings; where nobody holds such a "
        "seat, any of its members does. `/roles list` shows who that is: ask them. You can still say whether you come, "
        "add to the agenda and write notes.",
        "not asked": "This survey asks those who held a seat there when it opened; that list is fixed, so that results "
        "can be compared. You are not among them. `/survey results` shows what comes out of it.",
        "take feedback": "Only people with a seat in that group (not as observers) take care of its feedback.",
        "be given feedback": "That person has no seat in the group which this feedback is for, or only an observer's, "
        "so it cannot be given to them.",
        "tend feedback": "Only a facilitator or lead of that group gives feedback to somebody else; where it has "
        "neither, any of its members. You can take it on yourself.",
        "answer feedback": "Only whoever takes care of it answers and closes it, or a facilitator or lead of that "
        "group. You can take it on with the button on its card.",
        "hide feedback": "Only a facilitator or lead of that group hides or shows words; where it has neither, any of "
        "its members.",
        "manage roles": "Setting a partnership up and mapping roles takes the permission *Manage Roles* in this "
        "server. Ask a moderator who has it.",
        "run retro": "Retros of a group are led by its facilitators and leads; where a group has neither, by any of "
        "its members. `/roles list` shows who that is. With `/retro capture` you can note something for the next one.",
        "retro seat": "Taking part in this retro takes a seat that is more than an observer's and, where the group is "
        "private, one in that group. You can read along.",
        "not the facilitator": "Only the person who leads this retro may do this; its board says who that is. "
        "Another facilitator of the group can take over with *Hand over*.",
        "cannot lead": "That person holds no seat with which they could take part in this retro, so they cannot lead "
        "it. Choose somebody else.",
        "take over": "The present facilitator leads this retro. Its group's facilitators and leads can take over at "
        "any time; other members only once the facilitator is gone.",
        "action owner": "Only the owner of an action, or who leads the group's retros, can mark it as done.",
        "owner without seat": "That person holds no seat in this partnership, so they cannot own an action. Choose "
        "somebody else, or leave it open: whoever takes it presses *I take it*.",
    }
)
"""Why someone may not do something; the keys of ``NotEligible``."""

_ASK_A_MODERATOR = frozenset({"no seat", "no seat now", "may not file", "manage roles"})
"""Where somebody who can give roles is whom to ask."""

CONFLICTED: Mapping[str, str] = MappingProxyType(
    {
        "author": "You wrote this proposal, so you cannot rule on objections to it.",
        "objector": "This is your own objection, so you cannot rule on it.",
        "organisation": "You speak for the same organisation as the author, so you cannot rule on this objection.",
        "same cell": "You sit in the same group as the author, so you cannot rule on objections to this proposal.",
        "party": "The author and the objector do not vote on this appeal: the others decide.",
        "own ruling": "You asked for the ruling or gave it, so you do not vote on the appeal against it: the others "
        "decide.",
    }
)
"""Who stands too near the matter; the keys of ``Conflicted``."""

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "everyone": "The role @everyone cannot carry a seat: then everybody in the server would hold it.",
        "managed": "That role belongs to an app or to Discord itself, so nobody could give or take it.",
        "powers": "That role also gives power over the server ({detail}), so a seat would give away that power.",
        "gained powers": "It carries a seat and has gained power over the server ({detail}). It stands too high for "
        "the bot to mend: take that power from it in *Server settings → Roles*.",
        "above the bot": "That role stands above the bot's own role, so the bot could not see to it. "
        "Move the bot's role higher in the server's settings.",
        "above you": "That role stands at or above your own highest role. Ask someone with a higher role.",
    }
)
"""Why a Discord role may not carry a seat (ORG-2a); the keys of ``RoleRefused``."""

ACTS: Mapping[str, str] = MappingProxyType(
    {
        "open a review": "Only a draft can be opened for review.",
        "edit": "Only a draft can be edited. Once it is open, use `/proposal revise`.",
        "discard": "Only a draft can be discarded. Once it is open, use `/proposal withdraw`.",
        "revise": "A proposal can be revised while it is open, settling, disputed or stale.",
        "withdraw": "A proposal can be withdrawn while it is open, settling, disputed or stale, "
        "and until its final vote opens.",
        "halt": "A halt is possible only in the waiting time between the decision and carrying it out.",
        "escalate": "Only a disputed proposal can be taken to a final vote.",
        "mark as done": "Only what was decided for people to do is marked as done; the bot does the rest by itself.",
        "enact": "It can be carried out only after it was decided and the waiting time has ended.",
        "vote": "There is no final vote open on this.",
        "raise a concern": "Concerns are taken until a proposal is decided.",
        "state an objection": "The reason can be stated while the objection counts and nobody has asked for a test.",
        "withdraw an objection": "An objection can be withdrawn while it stands and the proposal is not decided.",
        "answer a revision": "This answers whether a revision resolved your objection. "
        "It needs an objection that still counts and a version published after it was raised.",
        "sponsor an objection": "This objection needs nobody to take it over.",
        "test": "Only an objection that was stated and still stands can be tested and ruled on.",
        "appeal": "There is no ruling here that could be appealed.",
        "acknowledge feedback": "It is closed, so there is nothing to note any more.",
        "assign feedback": "Closed feedback is taken care of already.",
        "answer feedback": "Closed feedback keeps its answer.",
        "close feedback": "Feedback is closed once it has a public answer. Answer it first.",
        "say whether feedback is resolved": "You can say that once there is an answer.",
        "vote on an appeal": "There is no appeal open on this objection.",
        "confirm meeting": "What you typed is kept for a day and waits for your confirmation; this is past that.",
        "move meeting": "A meeting can be moved until it begins.",
        "cancel meeting": "A meeting can be cancelled until it begins.",
        "start meeting": "Only a meeting that is scheduled can begin.",
        "end meeting": "Only a meeting that is going on can be ended.",
        "add to agenda": "The agenda is open until the meeting is over.",
        "attend": "You can say whether you come, or are here, until the meeting is over.",
        "write notes": "Notes are written while a meeting is going on. A facilitator can let it begin early.",
        "edit survey": "Only a draft can be changed: other questions would make other answers of those given.",
        "open survey": "Only a draft can be opened.",
        "answer survey": "A survey can be answered while it is open.",
        "cancel survey": "A survey can be cancelled until it is closed.",
        "stop repeating survey": "Only a survey that is not over can stop repeating; the next edition, while it waits, "
        "is called off instead.",
    }
)
"""When an act is possible; the keys of ``WrongState.act``."""

DONE: Mapping[str, str] = MappingProxyType(
    {
        "marked as done": "This is marked as done already; the card says since when.",
        "marked as not done": "This is not marked as done.",
        "appeal": "This ruling was appealed already. There is one appeal.",
        "ask test": "The test was asked for already. A facilitator can rule on it.",
        "halt": "This proposal was halted once already. There is one halt.",
        "confirm meeting": "This meeting is scheduled already: its board stands in the group's channel.",
        "move meeting": "The meeting is at that time already.",
        "add to agenda": "That stands on the agenda already.",
        "attend": "You said that already; it counts.",
        "link decisions": "The meeting is linked to that already.",
        "start meeting": "The meeting has begun already.",
        "end meeting": "The meeting was ended already. Its minutes are published.",
        "stop repeating survey": "This survey does not repeat: there is no next edition.",
        "ask question": "This survey asks that already. Use *Edit* beside the question to change it.",
        "revise": "The new version says the same as the present one. Change something, then publish it again.",
        "rule": "There is a ruling already. The first one holds; the losing side may appeal.",
        "sponsor": "Somebody has taken over this objection already.",
        "acknowledge feedback": "Somebody has noted already that it was seen.",
        "assign feedback": "That person takes care of it already.",
        "hide feedback": "These words are hidden already.",
        "show feedback": "These words are not hidden.",
        "map": "That role carries exactly this seat already.",
        "ratify": "This partnership is ratified already.",
        "open ratification": "The ratification of this partnership is under way already: see the decisions feed.",
        "hand over": "That person leads this retro already.",
        "own action": "Somebody has taken this action already.",
        "finish action": "This action is marked as done already.",
    }
)
"""What was done before; the keys of ``AlreadyDone``."""

LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "versions": "A proposal has at most {most}. Withdraw it and file a new one, or take it to a final vote "
        "once it is disputed.",
        "drafts": "You may keep at most {most}. Open or discard one: `/proposal list` under *Mine* shows them.",
        "meeting length": "A meeting takes at least five minutes and at most {most}.",
        "meetings ahead": "A group has at most {most} ahead. Cancel one, or wait until one is over.",
        "agenda items": "Members add at most {most} to one agenda. Say more in the group's channel.",
        "notes": "The minutes of one meeting have at most {most}. Put the rest into one part.",
        "linked decisions": "A meeting is linked to at most {most}.",
        "survey drafts": "You may keep at most {most} of surveys. Open or discard one: `/survey open` suggests them.",
        "questions": "A survey asks at most {most}: more do not fit into one form. Take one out, or make another.",
        "concerns": "You may raise at most {most} on one proposal. They are all shown; say more in its thread.",
        "limits.open_per_author": "You may have at most {most} open at the same time. Wait for one to be decided, "
        "or withdraw one. Your draft is kept.",
        "limits.filed_per_day": "You may open at most {most} in 24 hours. Your draft is kept: open it later.",
        "feedback.per_day": "You may give at most {most} of feedback a day, named and anonymous together; the day "
        "ends at midnight (UTC). Your words are below, so that you can send them tomorrow.",
        "limits.open_per_group": "This group may have at most {most} open at the same time. Your draft is kept: "
        "open it when another one is decided.",
        "open retros": "A group has at most {most} scheduled or under way. `/retro list` shows them: close or cancel "
        "one.",
        "retro timer": "A timer reaches at most {most} ahead.",
        "retro actions": "A retro holds at most {most}. Few that get done are worth more than many that do not.",
        "retro cards": "You have written {most}, which is the most that one person may. Under *My cards* you can "
        "change one or take one back.",
        "captured cards": "You have {most} waiting for the next retro of this group, which is the most that one "
        "person may. You can take one back.",
        "capture box": "The box of this group is full: it holds {most}. Its next retro empties it.",
        "dots per topic": "You can give at most {most} to one topic.",
        "dots": "You have {most} to give in all. Take some back from another topic first.",
        "retro notes": "One topic takes at most {most}.",
        "more time": "This topic got more time {most} already. The facilitator can still add some.",
    }
)
"""Which cap is used up; the keys of ``LimitReached``."""

REPEATED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("open survey", "open"): "It is open already. Its card has the button *Answer*.",
        ("cancel survey", "cancelled"): "It is cancelled already, and what was answered is deleted.",
        ("open a review", "review"): "Its review is open already.",
        ("discard", "discarded"): "This draft is discarded already.",
        ("edit", "discarded"): "This draft was discarded; its words are deleted. Begin anew with `/propose`.",
        ("withdraw", "withdrawn"): "It is withdrawn already.",
        ("escalate", "escalated"): "It goes to the final vote already. The card shows when that opens and closes.",
        ("withdraw an objection", "withdrawn"): "This objection is withdrawn already. It stays in the record.",
        ("answer a revision", "integrated"): "This objection counts as resolved by the new version already.",
        ("answer a revision", "withdrawn"): "This objection is withdrawn, so it needs no answer any more.",
        ("state an objection", "withdrawn"): "This objection is withdrawn, so its reason is not needed any more.",
    }
)
"""What an act comes too late for because it, or what makes it needless, was done: ``WrongState``'s act and state."""

_LIMIT_NOUNS = {
    "survey drafts": "draft",
    "meeting length": "hour",
    "meetings ahead": "meeting",
    "agenda items": "line",
    "notes": "part",
    "linked decisions": "decision",
    "questions": "question",
    "versions": "version",
    "drafts": "draft",
    "concerns": "concern",
    "limits.filed_per_day": "review",
    "feedback.per_day": "piece",
    "open retros": "retro",
    "retro timer": "day",
    "retro actions": "action",
    "retro cards": "card",
    "captured cards": "card",
    "capture box": "card",
    "dots per topic": "dot",
    "dots": "dot",
    "retro notes": "note",
    "more time": "time",
}

OUTDATED: Mapping[str, str] = MappingProxyType(
    {
        "survey draft": "Somebody changed this draft after it was shown to you, so it was not opened. Look at it again "
        "with `/survey open`: what you see then is what opens.",
    }
)
"""What was changed since it was shown; the keys of ``Outdated``."""

MISSING: Mapping[str, str] = MappingProxyType(
    {
        "proposal": "There is no such proposal, or you may not read it. `/proposal list` shows those you may read.",
        "objection": "There is no such objection on this proposal. The card shows those there are.",
        "group": "There is no such group in this partnership. Pick one from the suggestions.",
        "partnership": "There is no partnership here yet. A moderator can begin with `/setup`.",
        "partnership named": "There is no such partnership in this server. Pick one from the suggestions.",
        "server": "This works only inside a server, not in direct messages. Write in a channel of your partnership.",
        "place": "This partnership has no such channel. A moderator can mend that by running `/setup` again.",
        "meeting": "There is no such meeting, or you may not read it. `/meeting list` shows those you may read.",
        "survey": "There is no such survey, or you may not read it. `/survey results` suggests those you may read.",
        "question": "This survey has no such question. Somebody may have taken it out meanwhile.",
        "person": "That person is not in this server.",
        "feedback": "There is no such feedback, or you may not read it. `/feedback list` shows what you may read.",
        "event": "There is no such entry in the record.",
        "policy": "There is no such version of the policy.",
        "role": "There is no such role in this server any more.",
        "mapping": "That role carries no seat here. `/roles list` shows those that do.",
        "retro": "There is no such retro, or you may not read it. `/retro list` shows those you may read.",
        "topic": "There is no such topic in this retro. Its board shows what there is.",
        "card": "There is no such card of yours any more. *My cards* shows those there are.",
        "action": "There is no such action in this retro.",
        "control": "This button is not known to this version of the bot. `/proposal show` and `/inbox` show what you "
        "can do now.",
        "form": "This form is not known to this version of the bot. Open it again with its command or button.",
        "set-up": "That set-up was finished or cancelled. `/setup start` shows how things stand.",
    }
)
"""What was not found; the keys of ``NotFound.what``."""


_SUBJECTS: Mapping[type, tuple[str, Mapping[Any, str]]] = MappingProxyType(
    {
        ObjectionState: ("The objection", labels.OBJECTION_STATE_LABELS),
        MeetingState: ("The meeting", labels.MEETING_STATE_LABELS),
        SurveyState: ("The survey", labels.SURVEY_STATE_LABELS),
        FeedbackState: ("The feedback", labels.FEEDBACK_STATE_LABELS),
    }
)
"""What a state is of, and what its states are called; any other is a proposal's."""


def speak(
    refusal: errors.Refusal,
    place: str | None = None,
    *,
    kept: str = NOTHING_CHANGED,
    whom: tuple[int, ...] = (),
) -> str:
    """What to answer to someone whose act was refused, in at most 2000 characters.

    ``place`` is a mention of a channel where the person may type commands; ``kept`` says what was kept; ``whom`` are
    the users who can give roles.
    """
    for kind in type(refusal).__mro__:
        if kind in _WORDS:
            lines = [_WORDS[kind](refusal), kept]
            break
    else:
        lines = ["This is not possible now.", kept]
    if whom and isinstance(refusal, errors.NotEligible) and refusal.why in _ASK_A_MODERATOR:
        lines.append(f"Whom to ask here: {labels.listed([f'<@{user}>' for user in whom], 'or')}.")
    if place:
        lines.append(f"You can type commands in {place}.")
    return fit_lines([line for line in lines if line], CONTENT)


def why_not(why: str) -> str:
    """Why someone may not object, for the answer to "Who may object?"."""
    if why == "window closed":
        return "The time for objections to this proposal has ended."
    return NOT_ELIGIBLE.get(why, "The rules of this proposal do not allow it.")


def _not_found(refusal: errors.NotFound) -> str:
    name = f" ({in_quotes(refusal.name, 102)})" if refusal.name else ""
    return MISSING.get(refusal.what, "That does not exist, or you may not see it.") + name


def _not_eligible(refusal: errors.NotEligible) -> str:
    words = why_not(refusal.why)
    if refusal.why == "may not file":
        return f"{words} It takes {inline(refusal.needs, 200)}. `/help` shows your seats."
    return words


def _window_closed(refusal: errors.WindowClosed) -> str:
    return (
        "The time for this has ended, and the rule is the same for everybody: acts count until the deadline, "
        "not at it or after. The card shows what is possible now."
    )


def _wrong_state(refusal: errors.WrongState) -> str:
    if (refusal.act, str(refusal.state)) in REPEATED:
        return REPEATED[refusal.act, str(refusal.state)]
    subject, tables = _SUBJECTS.get(type(refusal.state), ("The proposal", labels.STATE_LABELS))
    name = {state.value: words for state, words in tables.items()}.get(refusal.state, inline(refusal.state, 100))
    words = ACTS.get(refusal.act, "That is not possible at this point.")
    return f"{words} {subject} is now: **{name}**."


def _wrong_phase(refusal: errors.WrongPhase) -> str:
    return labels.RETRO_ACTS.get(refusal.act, "That is not possible at this point.") + (
        f" This retro is now: **{labels.RETRO_STATES.get(refusal.phase, inline(refusal.phase, 60))}**."
    )


def _already_done(refusal: errors.AlreadyDone) -> str:
    return DONE.get(refusal.act, "That was done already.")


def _bad_text(refusal: errors.BadText) -> str:
    name = _field(refusal.field)
    if missing := effects.missing(refusal.field):
        return missing
    if refusal.length < refusal.least:
        had = "is empty" if refusal.length == 0 else f"has {labels.count(refusal.length, 'character')}"
        return f"**{name}** {had}; it needs at least {refusal.least}. Write a little more and send it again."
    return f"**{name}** has {refusal.length} characters; at most {refusal.most} are possible. Shorten it and try again."


def _bad_value(refusal: errors.BadValue) -> str:
    given = f"{in_quotes(refusal.text, 102)}" if refusal.text.strip() else "Nothing"
    return f"**{_field(refusal.field)}**: {given} does not fit here. Expected: {inline(refusal.expected, 300)}."


def _unfit(refusal: errors.Unfit) -> str:
    return "Several things are missing yet:\n" + "\n".join(f"- {speak(each, kept='')}" for each in refusal.faults)


AMOUNTS: Mapping[str, str] = MappingProxyType(
    {
        "empty": "There is none yet. Write a sum and its currency, such as 2500 USD or €1,200.50.",
        "too long": "That is longer than any sum of money. Write it in digits, such as 2500 USD.",
        "no sum": "{text} holds no sum. Write it in digits, such as 2500 USD.",
        "no currency": "{text} names no currency. Write its code or sign too, such as 2500 EUR or €2500.",
        "unknown currency": "{text} is no currency that I know. Write its code, such as EUR, USD or TND.",
        "not a sum": "{text} cannot be read as a sum. Write it in digits, such as 2500 EUR or 1,200.50 USD.",
        "decimals": "{text} has more decimals than {currency} has: {most}.",
        "out of range": "{text} is not a sum above zero that fits into the books.",
        "several": "{text} can be read in more than one way. Choose which one you mean; your words are kept.",
        "decimals or not": "{text} has more decimals than {currency} has, unless the point groups the digits. "
        "Choose the sum if you mean that, else write it anew; your words are kept.",
        "which currency": "The currency of {text} is not certain. Choose what you mean; your words are kept.",
    }
)
"""Why an amount was not understood; the keys of ``AmountUnclear.why``."""


def _amount_unclear(refusal: errors.AmountUnclear) -> str:
    places = EXPONENTS.get(refusal.currency, 2)
    most = f"at most {places}" if places else "it has none"
    text = in_quotes(refusal.text, 102)
    words = f"**Amount**: {AMOUNTS[refusal.why].format(text=text, currency=refusal.currency, most=most)}"
    if not refusal.readings:
        return words
    return f"{words} It may be {labels.listed([written_amount(*each) for each in refusal.readings], 'or')}."


def _unknown_key(refusal: errors.UnknownKey) -> str:
    words = f"There is nothing called {in_quotes(refusal.name, 102)} here."
    if refusal.nearest:
        words += f" Did you mean {labels.listed([f'`{name}`' for name in refusal.nearest], 'or')}?"
    return words


def _out_of_bounds(refusal: errors.OutOfBounds) -> str:
    least, most, given = (policy.value(refusal.key, each) for each in (refusal.floor, refusal.ceiling, refusal.value))
    bounds = f"must lie between {least} and {most}; {given} does not"
    return f"{policy.rule(refusal.key)} {bounds}. No vote can cross these bounds."


def _limit_reached(refusal: errors.LimitReached) -> str:
    most = labels.count(refusal.most, _LIMIT_NOUNS.get(refusal.limit, "proposal"))
    return LIMITS.get(refusal.limit, "At most {most} are possible here.").format(most=most)


def _too_few(refusal: errors.TooFewElectors) -> str:
    people = labels.count(refusal.found, "person", "people")
    return (
        f"Only {people} besides you could object to this, and at least {refusal.least} are needed: silence means "
        "consent only where there is somebody to speak up. Your draft is kept. A moderator can map more "
        "members with `/roles map`."
    )


def _too_few_stakeholders(refusal: errors.TooFewStakeholders) -> str:
    holding = f"{labels.count(refusal.found, 'person', 'people')} besides you hold"
    if refusal.found < 2:
        holding = f"{'one person' if refusal.found else 'nobody'} besides you holds"
    return (
        f"The stakeholder group ratifies the partnership, and so far {holding} its member seat; at "
        f"least {refusal.least} are needed. Give people the stakeholder role in the server's settings "
        "(`/roles list` shows which it is), then run `/setup ratify` again."
    )


def _role_missing(refusal: errors.RoleMissing) -> str:
    return (
        f"A Discord role that gave the member seat of {in_quotes(refusal.group, 82)} was deleted, unmapped or given "
        "another seat. Those who wore it could not object, so nothing is opened or revised until that is mended. "
        "Your draft is kept. `/roles list` shows what is missing; a moderator maps a role to that seat with "
        "`/roles map`. If nobody is meant to hold it any more, that is a role which nobody wears."
    )


def _provisional(refusal: errors.Provisional) -> str:
    return (
        "This partnership is provisional: the stakeholder group has not ratified it yet. Until then budgets and "
        "policy changes cannot be opened. Your draft is kept. The ratification is the partnership's first "
        "proposal: `/proposal list` shows it."
    )


def _conflicted(refusal: errors.Conflicted) -> str:
    words = CONFLICTED.get(refusal.why, "You stand too near this matter to decide on it.")
    return words if refusal.why == "party" else f"{words} Another facilitator of the deciding group can."


def _stale(refusal: errors.Stale) -> str:
    was, now = (policy.value(refusal.what, each) for each in (refusal.was, refusal.now))
    changed = f"{policy.rule(refusal.what)} was {was} and is now {now}"
    return f"What this was written against has changed since: {changed}. Look at it again and revise the proposal."


def _outdated(refusal: errors.Outdated) -> str:
    return OUTDATED.get(refusal.what, "Somebody changed this after it was shown to you. Nothing was done: look again.")


def _refiled(refusal: errors.Refiled) -> str:
    return (
        f"P-{refusal.number} said much the same and was not adopted less than 90 days ago. To file that again, link it "
        "in a draft and say what has changed since: press *Filed before* under your draft. Your words are kept."
    )


def _not_yours(refusal: errors.NotYours) -> str:
    return "Only the author may do this. If you disagree with the proposal, object or raise a concern on its card."


def _not_erasable(refusal: errors.NotErasable) -> str:
    return f"Entry {refusal.number} says what was erased, or which rules came first. It holds nobody's words and stays."


def _role_refused(refusal: errors.RoleRefused) -> str:
    words = ROLES.get(refusal.why, "That role cannot carry a seat.")
    return (
        words.format(detail=inline(refusal.detail.replace("_", " "), 200))
        + " Make a plain role for the seat and map that one."
    )


def _role_suspended(refusal: errors.RoleSuspended) -> str:
    powers = intrusions.permissions(refusal.powers)
    return (
        f"Your seat for this comes with the role {in_quotes(refusal.role, 102)}, and that role has gained power over "
        f"the server ({powers}). Until it is taken away, nobody files, rules or leads by that seat. What you objected, "
        "wrote and voted stands, and you can go on objecting, raising concerns and voting. A moderator mends it in "
        "*Server settings → Roles*, or with `/setup start`; then this works again at once."
    )


def _field(name: str) -> str:
    return labels.FIELD_LABELS.get(name) or f"{inline(name, 100)}"


_WORDS: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        errors.NotFound: _not_found,
        errors.NotEligible: _not_eligible,
        errors.WindowClosed: _window_closed,
        errors.WrongState: _wrong_state,
        errors.WrongPhase: _wrong_phase,
        errors.NotErasable: _not_erasable,
        errors.AlreadyDone: _already_done,
        errors.BadText: _bad_text,
        errors.BadValue: _bad_value,
        errors.Unfit: _unfit,
        errors.AmountUnclear: _amount_unclear,
        errors.UnknownKey: _unknown_key,
        errors.OutOfBounds: _out_of_bounds,
        errors.LimitReached: _limit_reached,
        errors.TooFewElectors: _too_few,
        errors.TooFewStakeholders: _too_few_stakeholders,
        errors.RoleMissing: _role_missing,
        errors.Provisional: _provisional,
        errors.Conflicted: _conflicted,
        errors.Stale: _stale,
        errors.Outdated: _outdated,
        errors.Refiled: _refiled,
        errors.NotYours: _not_yours,
        errors.RoleRefused: _role_refused,
        errors.RoleSuspended: _role_suspended,
        errors.TimeUnclear: times.unclear,
        errors.TimePast: times.past,
        errors.TimeSkipped: times.skipped,
        errors.TimeTwice: times.twice,
        errors.ZoneUnknown: times.unknown_zone,
    }
)
