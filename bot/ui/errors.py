"""A refusal in plain words: what happened and by which rule, what was kept, what to do next (HLP-1).

The words stand with the nouns (``bot.ui.nouns``); this puts them together and makes an answer of them. Whoever starts
the bot is told if a key is named twice, or if a refusal, a limit of the policy or a field has no words;
``tests/ui/test_errors.py`` reads the rules and the use cases and fails on a key that has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from bot.governance import errors
from bot.governance.drafts import LENGTHS
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import Kind
from bot.ui import effects, labels, times
from bot.ui.limits import CONTENT, fit_lines
from bot.ui.nouns import NOUNS
from bot.ui.presenter import Limit, Refusals, States, complete, merged
from bot.ui.text import in_quotes, inline

NOTHING_CHANGED = "Nothing was changed."

_EVERYWHERE = Refusals(
    not_found={
        "server": "This works only inside a server, not in direct messages. Write in a channel of your partnership.",
        "person": "That person is not in this server.",
        "control": "This button is not known to this version of the bot. `/proposal show` and `/inbox` show what you "
        "can do now.",
        "form": "This form is not known to this version of the bot. Open it again with its command or button.",
    },
    fields={"when": "When", "every": "How often", "answer": "Answer"},
    wanted={
        "one of": "one of {all}",
        "whole number": "a whole number from {} to {}",
        "time between": "between {} and {}",
        "letters": "a name with letters or digits",
        "own name": "a name of its own, not words that the bot uses for everybody or for a whole",
        Kind.CHOICE: "one of the choices",
        Kind.COUNT: "a whole number such as 3",
        Kind.DURATION: "a duration such as 72h, 14d or 15min",
        Kind.EMOJI: "one emoji",
        Kind.FLAG: "yes or no",
        Kind.SHARE: "a share such as 1/3 or 66%",
        Kind.ZONE: "a time zone such as Europe/Lisbon",
    },
)
"""What is refused wherever people act, whatever it is about."""

_ALL = (_EVERYWHERE, *(noun.refusals for noun in NOUNS))

MISSING: Mapping[str, str] = merged("what is not found", (each.not_found for each in _ALL))
NOT_ELIGIBLE: Mapping[str, str] = merged("why somebody may not", (each.not_eligible for each in _ALL))
CONFLICTED: Mapping[str, str] = merged("who stands too near", (each.conflicted for each in _ALL))
ACTS: Mapping[str, str] = merged("when an act is possible", (each.wrong_state for each in _ALL))
REPEATED: Mapping[tuple[str, str], str] = merged("what comes too late", (each.repeated for each in _ALL))
DONE: Mapping[str, str] = merged("what was done before", (each.already_done for each in _ALL))
LIMITS: Mapping[str, Limit] = merged("a limit", (each.limit_reached for each in _ALL))
OUTDATED: Mapping[str, str] = merged("what was changed since", (each.outdated for each in _ALL))
ROLES: Mapping[str, str] = merged("why a role carries no seat", (each.role_refused for each in _ALL))
FIELDS: Mapping[str, str] = merged("a field", (each.fields for each in _ALL))
WANTED: Mapping[str, str] = merged("what is wanted", (each.wanted for each in _ALL))
_STATES: Mapping[type, States] = merged("states", (noun.states for noun in NOUNS))
_ASK_A_MODERATOR = frozenset[str]().union(*(each.ask_a_moderator for each in _ALL))


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


def wanted(refusal: errors.BadValue) -> str:
    """What would fit where a value did not, as a clause."""
    parts = [labels.span(part) if isinstance(part, timedelta) else str(part) for part in refusal.parts]
    return WANTED.get(refusal.wanted, refusal.wanted).format(*parts, all=", ".join(parts))


def _not_found(refusal: errors.NotFound) -> str:
    name = f" ({in_quotes(refusal.name, 102)})" if refusal.name else ""
    return MISSING.get(refusal.what, "That does not exist, or you may not see it.") + name


def _not_eligible(refusal: errors.NotEligible) -> str:
    return why_not(refusal.why)


def _window_closed(refusal: errors.WindowClosed) -> str:
    return (
        "The time for this has ended, and the rule is the same for everybody: acts count until the deadline, "
        "not at it or after. The card shows what is possible now."
    )


def _wrong_state(refusal: errors.WrongState) -> str:
    if (refusal.act, str(refusal.state)) in REPEATED:
        return REPEATED[refusal.act, str(refusal.state)]
    words = ACTS.get(refusal.act, "That is not possible at this point.")
    kind = _STATES.get(type(refusal.state), States("It", {}))
    return f"{words} {kind.subject} is now: **{kind.names.get(refusal.state, inline(refusal.state, 100))}**."


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
    return f"**{_field(refusal.field)}**: {given} does not fit here. Expected: {inline(wanted(refusal), 300)}."


def _unfit(refusal: errors.Unfit) -> str:
    return "Several things are missing yet:\n" + "\n".join(f"- {speak(each, kept='')}" for each in refusal.faults)


def _unknown_key(refusal: errors.UnknownKey) -> str:
    words = f"There is nothing called {in_quotes(refusal.name, 102)} here."
    if refusal.nearest:
        words += f" Did you mean {labels.listed([f'`{name}`' for name in refusal.nearest], 'or')}?"
    return words


def _limit_reached(refusal: errors.LimitReached) -> str:
    limit = LIMITS.get(refusal.limit, Limit("At most {most} are possible here."))
    return limit.words.format(most=labels.count(refusal.most, limit.counted))


def _conflicted(refusal: errors.Conflicted) -> str:
    return CONFLICTED.get(refusal.why, "You stand too near this matter to decide on it. Somebody else can.")


def _outdated(refusal: errors.Outdated) -> str:
    return OUTDATED.get(refusal.what, "Somebody changed this after it was shown to you. Nothing was done: look again.")


def _field(name: str) -> str:
    return FIELDS.get(name) or inline(name, 100)


def _subclasses(kind: type[errors.Refusal]) -> Iterable[type[errors.Refusal]]:
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)


_WORDS: Mapping[type[errors.Refusal], Callable[[Any], str]] = merged(
    "a refusal",
    (
        {
            errors.NotFound: _not_found,
            errors.NotEligible: _not_eligible,
            errors.WindowClosed: _window_closed,
            errors.WrongState: _wrong_state,
            errors.AlreadyDone: _already_done,
            errors.BadText: _bad_text,
            errors.BadValue: _bad_value,
            errors.Unfit: _unfit,
            errors.UnknownKey: _unknown_key,
            errors.LimitReached: _limit_reached,
            errors.Conflicted: _conflicted,
            errors.Outdated: _outdated,
            errors.TimeUnclear: times.unclear,
            errors.TimePast: times.past,
            errors.TimeSkipped: times.skipped,
            errors.TimeTwice: times.twice,
            errors.ZoneUnknown: times.unknown_zone,
        },
        *(each.spoken for each in _ALL),
    ),
)
complete("refusals", _subclasses(errors.Refusal), _WORDS)
complete("fields", LENGTHS, FIELDS)
complete("kinds of values", Kind, WANTED)
complete(
    "limits",
    (
        key.removeprefix("limits.") if key == "limits.versions" else key
        for key in KEYS
        if key.startswith("limits.") and key != "limits.least_electors"
    ),
    LIMITS,
)
for _noun in NOUNS:
    for _states, _named in _noun.states.items():
        complete("states", _states, _named.names)
