"""What a decision will do and has done, in words, and the form that asks for it (EFF-1).

Adding an effect: its functions here, and one line in ``_WORDS``. Card, diff, feed, ``/proposal why``, notices and forms
say nothing of their own about an effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from bot.governance.effects import REGISTRY, Effect, Governed, PolicyChange, Ratification, carried_by
from bot.governance.events import Event, Fact, Unread
from bot.governance.ids import PersonId
from bot.governance.organisation import Partnership
from bot.governance.organisation_events import PartnershipRatified
from bot.governance.policy_events import EffectApplied, PolicyAmended
from bot.services.views import ProposalView
from bot.ui import fields, policy
from bot.ui.audiences import LOG
from bot.ui.limits import fit_lines
from bot.ui.logged import LogEntry, Logged
from bot.ui.policy_keys import ABOUT
from bot.ui.presenter import Presenter
from bot.ui.text import in_quotes

E = TypeVar("E", bound=Effect)
F = TypeVar("F", bound=Fact)
Mention = Callable[[PersonId], str]
MOST_LISTED = 12
"""Most people mentioned whom a decision lists; the number of the others is told."""


@dataclass(frozen=True, slots=True)
class Filing(Generic[E]):
    """The part of a draft that asks for an effect.

    ``button`` names the page, ``heading`` and ``drafted`` what stands in the draft, ``missing`` what a draft without it
    is told. ``labels`` are the fields of ``parts`` by their ids, which no other form part has; ``taken`` reads them.
    """

    button: str
    heading: str
    drafted: Callable[[E], str]
    missing: str
    labels: Mapping[str, tuple[str, str]]
    parts: Callable[[E | None, Governed], list[fields.Field]]
    taken: Callable[[Mapping[str, str]], E | None]


@dataclass(frozen=True, slots=True)
class EffectWords(Generic[E, F]):
    """All that people read of one kind of effect.

    ``will`` ends the sentence "On pass this will …", ``happened`` is a sentence of its own about what it recorded.
    ``post`` is what the feed says of that where a sentence is not enough. Without ``filing`` nobody files it by a form.
    """

    will: Callable[[E, Mention | None], str]
    happened: Callable[[F], str]
    post: Callable[[F, Partnership, str], list[str]] | None = None
    filing: Filing[E] | None = None


def effect(wanted: Effect, mention: Mention | None = None) -> str:
    """One effect as the end of the sentence "On pass this will …"; people it lists are mentioned where one can."""
    return _words(wanted).will(wanted.current, mention)


def several(wanted: Iterable[Effect], mention: Mention | None = None) -> str:
    """Some effects in one sentence, in their order."""
    return "; ".join(effect(each, mention) for each in wanted)


def on_pass(view: ProposalView, most: int, when: str = "On pass this will") -> str:
    """What happens when it passes, as whole sentences."""
    proposal = view.proposal
    effects = proposal.versions[-1].effects if proposal.versions else proposal.effects
    if effects:
        return _listed(when, effects, view, most)
    if view.row.carries_money:
        return f"**{when}:** be recorded as approved spending. The bot moves no money: people pay."
    return f"**{when}:** be recorded as decided. People carry it out; the bot changes nothing by itself."


def done(view: ProposalView, most: int) -> str:
    """What it did, once it was carried out."""
    effects = view.proposal.current.effects
    if effects:
        return _listed("Carried out", effects, view, most)
    return "The bot changes nothing by itself here: people do what was decided."


def happened(event: Event) -> str:
    """What an effect recorded, as a sentence without its end; nothing for what no effect records."""
    words = _of_event(event)
    if words is None:
        return ""
    return event.name if isinstance(event.fact, Unread) else words.happened(event.fact)


def post(event: Event, partnership: Partnership, by: str) -> list[str]:
    """The feed's post about what an effect recorded; nothing for what no effect records."""
    words = _of_event(event)
    if words is None:
        return []
    if words.post is not None:
        return words.post(event.fact, partnership, by)
    said = words.happened(event.fact)
    return ["### 🧩 A decision was carried out", f"{said[:1].upper()}{said[1:]}, by {by}."]


def filing(type: str, effects: tuple[Effect, ...]) -> tuple[Filing[Any], Effect | None] | None:
    """How this type of decision asks for its effect, with the one that it has already, if any."""
    for kind in (*(each.KIND for each in effects), *(each.KIND for each in carried_by(type))):
        if (found := _WORDS[kind].filing) is not None:
            return found, next((each.current for each in effects if kind == each.KIND), None)
    return None


def filed(effects: tuple[Effect, ...], sent: Mapping[str, str]) -> tuple[Effect, ...]:
    """The effects with what a page of the form asks for; a page that asks for none leaves them as they were."""
    for kind, words in _WORDS.items():
        if words.filing is not None and words.filing.labels.keys() & sent.keys():
            taken = words.filing.taken(sent)
            at = next((place for place, each in enumerate(effects) if kind == each.KIND), len(effects))
            return (*effects[:at], *((taken,) if taken is not None else ()), *effects[at + 1 :])
    return effects


def drafted(type: str, effects: tuple[Effect, ...]) -> tuple[str, str]:
    """The part of a draft that says what it is to do: its heading, and the words."""
    found = filing(type, effects)
    lines = [words.drafted(each.current) for each in effects if (words := _words(each).filing) is not None]
    return found[0].heading if found else "On pass", "\n".join(lines)


def missing(kind: str) -> str:
    """What a draft is told that lacks the effect it is for; nothing for what is no effect."""
    words = _WORDS.get(kind)
    return words.filing.missing if words and words.filing else ""


def _words(wanted: Effect) -> EffectWords[Any, Any]:
    return _WORDS[wanted.KIND]


def _of_event(event: Event) -> EffectWords[Any, Any] | None:
    if isinstance(event.fact, EffectApplied):
        return _WORDS.get(event.fact.effect)
    return _WORDS.get(_RECORDED.get(event.type, ""))


def _listed(when: str, effects: tuple[Effect, ...], view: ProposalView, most: int) -> str:
    if len(effects) == 1:
        return fit_lines([f"**{when}:** {effect(effects[0], view.mention)}."], most)
    lines = [f"**{when}:**", *(f"- {effect(each, view.mention)}" for each in effects)]
    return fit_lines(lines, most, "- … and {} more changes: see the full text")


# ---- change policy -------------------------------------------------------------------------------


def _change_policy(wanted: PolicyChange, _: Mention | None) -> str:
    was = f" from {policy.value(wanted.target, wanted.was)}" if wanted.was else ""
    return f"change the rule {policy.rule(wanted.target)}{was} to {policy.value(wanted.target, wanted.value)}"


def _rule_changed(told: PolicyAmended) -> str:
    was, now = (policy.value(told.key, each) for each in (told.was, told.value))
    return f"the rule {policy.rule(told.key)} changed from {was} to {now}"


def _rule_post(told: PolicyAmended, _: Partnership, by: str) -> list[str]:
    said = _rule_changed(told)
    return [
        f"### 📜 Policy version {told.version}",
        f"{said[:1].upper()}{said[1:]}, by {by}.",
        "-# Proposals already open keep the rules they were opened with.",
    ]


def _rule_drafted(wanted: PolicyChange) -> str:
    about = ABOUT.get(wanted.target, "")
    rule = f"{about} ({wanted.target})" if about else wanted.target or "(no rule chosen)"
    return f"{rule}: to become {policy.value(wanted.target, wanted.value) if wanted.value else '(no value yet)'}"


def _rule_parts(wanted: PolicyChange | None, world: Governed) -> list[fields.Field]:
    kept = wanted or PolicyChange()
    lists = [
        policy.choose(name, *_RULE_LABELS[name], frozenset(kept.target.split(" and ")), world.policy)
        for name in policy.LISTS
    ]
    return [*lists, fields.text("value", *_RULE_LABELS["value"], (0, 100), value=kept.value)]


def _rule_taken(sent: Mapping[str, str]) -> PolicyChange | None:
    """Two rules chosen at once are kept as one unknown rule, so that the draft says so and nothing is lost."""
    chosen = [sent[name] for name in policy.LISTS if sent.get(name)]
    if not chosen and not sent.get("value", "").strip():
        return None
    return PolicyChange(" and ".join(chosen), sent.get("value", "").strip())


_RULE_LABELS = {
    "key-1": ("Rule to change: reviews and objections", "Choose one rule, in one of the three lists"),
    "key-2": ("Rule to change: votes, waits and limits", "Choose one rule, in one of the three lists"),
    "key-3": ("Rule to change: learning and rhythm", "Choose one rule, in one of the three lists"),
    "value": ("New value", "Durations such as 72h or 14d, shares such as 1/3 or 66%, numbers, yes or no"),
}


# ---- ratify partnership --------------------------------------------------------------------------


def _ratify(wanted: Ratification, mention: Mention | None) -> str:
    said = "ratify the partnership: its structure and first policy become binding, and it is provisional no longer"
    if not wanted.listed:
        return said
    shown = [mention(person) for person in wanted.listed[:MOST_LISTED]] if mention else []
    more = len(wanted.listed) - len(shown)
    who = ", ".join([*shown, *([f"{more}{' more' if shown else ''}"] if more else [])])
    return f"{said}; with it is decided who sits where at the opening: {who}"


def _ratified(_: PartnershipRatified) -> str:
    return "the partnership is ratified"


def _ratified_post(_: PartnershipRatified, partnership: Partnership, __: str) -> list[str]:
    return [
        "### 🎉 The partnership is ratified",
        f"The stakeholder group of {in_quotes(partnership.name, 82)} said yes.",
        "Its structure and first policy are binding. Budgets and policy changes can be decided from now on.",
    ]


_WORDS: Mapping[str, EffectWords[Any, Any]] = MappingProxyType(
    {
        PolicyChange.KIND: EffectWords(
            _change_policy,
            _rule_changed,
            _rule_post,
            Filing(
                "Rule, value, summary",
                "Rule to change",
                _rule_drafted,
                "**Which rule to change** is missing. A policy change names one rule and its new value: add them under "
                "*Details*.",
                MappingProxyType(_RULE_LABELS),
                _rule_parts,
                _rule_taken,
            ),
        ),
        Ratification.KIND: EffectWords(_ratify, _ratified, _ratified_post),
    }
)
FIELD_LABELS = MappingProxyType(
    {name: said for words in _WORDS.values() if words.filing for name, said in words.filing.labels.items()}
)
"""Label and description of every form field that asks for an effect."""

_RECORDED = MappingProxyType({each.EVENT: each.KIND for each in REGISTRY.values() if each.EVENT is not EffectApplied})


def _logged(told: Logged) -> list[str]:
    by = "a decision in this feed" if told.event.thing.startswith("proposal/") else "set-up"
    return post(told.event, told.partnership, by)


PRESENTER = Presenter(
    name="effects",
    audiences={
        PartnershipRatified: (LOG,),
        PolicyAmended: (LOG,),
        EffectApplied: (LOG,),
    },
    log={
        PartnershipRatified: LogEntry(_logged),
        PolicyAmended: LogEntry(_logged),
        EffectApplied: LogEntry(_logged),
    },
)
