"""What opens a group's channel again to people who must see a card there: overwrites, and no more (PRO-11)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.governance.plans import Site, Snapshot, access_steps
from bot.governance.scales import READING, Overwrite


@dataclass(frozen=True, slots=True)
class OverwriteChange:
    """An overwrite as it is to be, and what that gives: permissions allowed anew and denied no more."""

    overwrite: Overwrite
    allowed: frozenset[str]
    freed: frozenset[str]


def mend(site: Site, seen: Snapshot, channel_id: int, users: Collection[int]) -> tuple[OverwriteChange, ...]:
    """The overwrites to set in this channel: those of the roles that carry seats, as the bot set them, and those with
    which somebody hides the channel from these people. A role's allow outweighs every other role's denial.
    """
    channel = seen.channel(channel_id)
    if channel is None:
        return ()
    roles = frozenset(m.role for m in site.partnership.mappings if not m.lost)
    wanted = [o for step in access_steps(site, seen, roles) if step.id == channel_id for o in step.overwrites]
    wanted += [
        replace(o, deny=o.deny - READING)
        for o in channel.overwrites
        if o.person and o.target in users and o.deny & READING
    ]
    before = {o.target: o for o in channel.overwrites}
    changes = []
    for each in wanted:
        was = before.get(each.target, replace(each, allow=frozenset(), deny=frozenset()))
        changes.append(OverwriteChange(each, each.allow - was.allow, was.deny - each.deny))
    return tuple(change for change in changes if change.allowed or change.freed)
