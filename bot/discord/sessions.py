"""The gateway sessions of this process, one for each of its shards: which live, and which are taken in (PRO-11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bot.governance.shards import Shards


class Sessions:
    """A session is away, then behind (alive, but what was missed is not taken in yet), then ready."""

    def __init__(self, shards: Shards) -> None:
        self.shards = shards
        self.ready: frozenset[int] = frozenset()
        self.behind: frozenset[int] = frozenset()
        self._lost: Counter[int] = Counter()

    def back(self, shard: int) -> None:
        """A session lives again: Discord replays events, but not for ever, so it has to catch up."""
        self.away(shard)  # also when nobody told that it was: a catching up under way does not count
        self.behind |= {shard}

    def away(self, shard: int) -> None:
        """A session died: nothing of its servers is known any more."""
        self.ready -= {shard}
        self.behind -= {shard}
        self._lost[shard] += 1

    def over(self) -> None:
        """The process ends."""
        for shard in self.shards.ids:
            self.away(shard)

    def marks(self) -> dict[int, int]:
        """Those that are behind, each with how often it was lost: for ``lived_through``."""
        return {shard: self._lost[shard] for shard in sorted(self.behind)}

    def lived_through(self, marks: Mapping[int, int]) -> frozenset[int]:
        """Those of them that were not lost since."""
        return frozenset(shard for shard, lost in marks.items() if self._lost[shard] == lost)

    def caught_up(self, marks: Mapping[int, int]) -> bool:
        """What these missed is taken in, unless they were lost meanwhile. Whether any is ready now."""
        live = self.lived_through(marks)
        self.behind -= live
        self.ready |= live
        return bool(live)

    def follows(self, guild_id: int) -> bool:
        """Whether the session that a server belongs to is ready."""
        return self.shards.of(guild_id) in self.ready
