"""The text of a partnership's first proposal, put together from its structure and first policy (SCL-5)."""

from __future__ import annotations

from collections.abc import Iterable

from bot.governance import authority
from bot.governance.authority import Act
from bot.governance.drafts import LENGTHS
from bot.governance.effects import Governed
from bot.governance.organisation import Group, GroupKind, Holding
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import written
from bot.governance.proposals_types import Text
from bot.ui.policy_keys import ABOUT

_NOT_WRITTEN = "not written yet"
_MAIN = (
    "review.window",
    "objection.threshold",
    "objection.stating",
    "reach.bar",
    "vote.window",
    "vote.method",
    "vote.quorum",
    "vote.supermajority",
    "timelock.policy",
    "timelock.budget",
    "limits.least_electors",
)


def composed(world: Governed, holdings: Iterable[Holding]) -> Text:
    """What the stakeholder group is asked to ratify. No name of a person stands in it: who sits where is its effect."""
    partnership = world.partnership
    held = tuple(holdings)
    top = partnership.of_kind(GroupKind.TOP_LEVEL)
    groups = [f"{g.name}: {_people(_members(held, g))}{_privacy(g)}" for g in partnership.groups]
    state = [
        f"Initial state of {top.name}",
        f"Purpose: {_short(top.purpose, 500) or _NOT_WRITTEN}",
        f"Members at opening: {_members(held, top) or 'nobody yet'}",
    ]
    asked = [f"Ratify {partnership.name} as it stands: these groups, this state and these rules.", "", *groups]
    purpose = _short(partnership.stakeholders.purpose, 600) or _NOT_WRITTEN
    return Text(
        title=f"Ratify {partnership.name}"[: LENGTHS["title"][1]],
        ask=_short("\n".join([*asked, "", *state]), LENGTHS["ask"][1]),
        why=f"Until its stakeholders ratify it, the partnership is provisional: no budget and no policy change "
        f"can be carried out.\n\nPurpose of the partnership: {purpose}",
        outcome=_rules(world),
        summary=f"Ratify the groups, the first rules and the initial state of {top.name}",
    )


def _rules(world: Governed) -> str:
    changed = [k for k in KEYS.values() if world.policy.values[k.name] != k.default]
    names = dict.fromkeys((*_MAIN, *(key.name for key in changed)))
    values = "\n".join(f"- {ABOUT[name]}: {written(world.policy.values[name])}" for name in names)
    types = ", ".join(row.name for row in world.policy.matrix if not row.founding)
    heading = f"First rules (policy version {world.policy.version}); every other rule has its usual value:"
    return _short(f"Types of decision: {types}.\n\n{heading}\n{values}", LENGTHS["outcome"][1])


def _members(holdings: tuple[Holding, ...], group: Group) -> int:
    return len(authority.holders(Act.BE_ELECTOR, group, holdings))


def _people(count: int) -> str:
    return "1 member" if count == 1 else f"{count} members"


def _privacy(group: Group) -> str:
    return ", read by its own seats only" if group.private else ""


def _short(text: str, most: int) -> str:
    text = text.strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
