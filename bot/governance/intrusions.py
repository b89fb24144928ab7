"""Intrusions: what channels allow to people and roles that the organisation gave nothing there (ORG-2a, SCL-1, SCL-2).

Whoever may set overwrites can hand out powers over a channel, let strangers write, or open it to everybody. All of it
is found by one comparison: before a channel is adopted, after somebody changed it, and when the bot comes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.governance.organisation import POWERS
from bot.governance.scales import GOVERNED, Overwrite

CHANNEL_POWERS = frozenset(POWERS) | {"manage_threads"}
"""What nobody may be allowed by a governed channel: with it they could rewrite, forge or shout over what stands there.

Powers over the whole server are the server's own business; they are not given by a channel.
"""


@dataclass(frozen=True, slots=True)
class Intrusion:
    """What one overwrite gives that it should not. ``target`` is a role's or, for a ``person``, a user's Discord id.

    ``powers`` are among ``CHANNEL_POWERS``, ``opened`` among what the bot governs: reading, writing, threads.
    """

    target: int
    person: bool = False
    powers: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()

    @property
    def gives(self) -> frozenset[str]:
        """All of it."""
        return self.powers | self.opened


def found(
    actual: Iterable[Overwrite],
    desired: Iterable[Overwrite],
    withheld: frozenset[str],
    former: frozenset[int] = frozenset(),
) -> tuple[Intrusion, ...]:
    """Compare a channel's overwrites with those wanted, of which the first is the bot's own (SCL-2).

    ``withheld`` may be allowed to no outsider, ``former`` are roles that carried a seat and carry none any more.
    What is denied to ``@everyone`` and is not any more counts as opened to them.
    """
    own, *others = desired
    wanted = {each.target: each for each in others}
    standing = {each.target: each for each in actual if each.target != own.target}
    intrusions = []
    for target in dict.fromkeys((*standing, *wanted)):
        if isinstance(target, str):
            continue  # a role that is yet to be created stands nowhere
        have = standing.get(target, Overwrite(target))
        want = wanted.get(target)
        if want is not None:
            opened = ((have.allow & GOVERNED) - want.allow) | (want.deny - have.deny)
        else:
            opened = have.allow & (GOVERNED if target in former else withheld)
        powers = have.allow & CHANNEL_POWERS
        if powers or opened:
            intrusions.append(Intrusion(target, have.person, powers, opened))
    return tuple(intrusions)
