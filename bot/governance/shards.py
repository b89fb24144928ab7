"""Which of the servers one process serves: all of them, or those of a range of shards (RUN-2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?/(\d{1,5})", re.ASCII)


class BadShards(ValueError):
    """Not a range of shards: ``why`` names what is wrong with the ``numbers`` in it."""

    def __init__(self, why: str, *numbers: int) -> None:
        super().__init__(why, *numbers)
        self.why = why
        self.numbers = numbers


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards ``first`` to ``last``, both included, of ``count``. Discord deals servers out among them by id."""

    first: int = 0
    last: int = 0
    count: int = 1

    @property
    def everything(self) -> bool:
        """Whether these are all there are."""
        return self.first == 0 and self.last == self.count - 1

    @property
    def ids(self) -> tuple[int, ...]:
        """Each shard by number."""
        return tuple(range(self.first, self.last + 1))

    def of(self, guild_id: int) -> int:
        """The shard that a server belongs to, whether or not it is one of these."""
        return shard_of(guild_id, self.count)

    def holds(self, guild_id: int) -> bool:
        """Whether a server belongs to one of these."""
        return self.first <= self.of(guild_id) <= self.last

    def may_run_beside(self, other: Shards) -> bool:
        """Whether two processes may run at once: dealt out in the same way, and without a shard in common (RUN-3)."""
        return self.count == other.count and (self.last < other.first or other.last < self.first)

    def __str__(self) -> str:
        return f"{self.first}-{self.last}/{self.count}"


EVERYTHING = Shards()
"""One process serves every server."""


def shard_of(guild_id: int, count: int) -> int:
    """Discord's rule: the shard of a server when there are ``count`` of them."""
    return (guild_id >> 22) % count


def read_shards(text: str) -> Shards:
    """``0-3/16``: the first four of sixteen; ``5/16``: the sixth alone. Raises BadShards."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise BadShards("unreadable")
    first, count = int(found[1]), int(found[3])
    last = int(found[2]) if found[2] else first
    if count == 0:
        raise BadShards("none")
    if last < first:
        raise BadShards("backwards", first, last)
    if last >= count:
        raise BadShards("beyond", last, count, count - 1)
    return Shards(first, last, count)
