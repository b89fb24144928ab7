"""How a request can fail on its way to Discord, at Discord, and on its way back."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any


class How(Enum):
    """What the bot sees in place of a proper answer."""

    STATUS = auto()
    """A status, and what an error says, or ``body`` in place of that (429 with a body: a ban by the front)."""
    DROP = auto()
    """The connection ends without a word (ServerDisconnectedError)."""
    TRUNCATE = auto()
    """The connection ends in the middle of the answer (ClientPayloadError)."""
    SILENCE = auto()
    """No answer, for as long as the fault lasts and the bot waits."""


@dataclass
class Fault:
    """One trouble. ``on`` is a method and path, ``*`` for one part of it: ``POST /channels/*/messages``, ``* **``.

    ``after``: Discord has done what was asked before it fails. ``times``: how many requests fail; None for all.
    ``share``: of those, how many in a hundred fail, by ``chance``.
    """

    on: str
    status: int = 502
    how: How = How.STATUS
    after: bool = False
    times: int | None = 1
    code: int = 0
    message: str = "refused by the stand-in"
    body: Any = None
    retry_after: float = 0.0
    share: int = 100
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    met: list[str] = field(default_factory=list)
    """The requests that failed."""

    def hits(self, asked: str) -> bool:
        """Whether this request fails; counts those that do."""
        if self.times is not None and len(self.met) >= self.times:
            return False
        if not _pattern(self.on).fullmatch(asked) or self.chance.randrange(100) >= self.share:
            return False
        self.met.append(asked)
        return True


@dataclass
class Bucket:
    """A rate limit: ``limit`` requests in ``window`` seconds, for each channel, server or webhook apart."""

    on: str
    limit: int
    window: float
    _taken: dict[str, list[float]] = field(default_factory=dict)

    def covers(self, asked: str) -> bool:
        """Whether this request is counted here."""
        return _pattern(self.on).fullmatch(asked) is not None

    def take(self, major: str) -> tuple[int, float]:
        """How many more may follow, -1 if this one was too many, and in how many seconds all may again."""
        now = asyncio.get_running_loop().time()
        taken = self._taken.setdefault(major, [])
        taken[:] = [at for at in taken if at > now - self.window]
        left = self.limit - len(taken) - 1
        if left >= 0:
            taken.append(now)
        return left, (taken[0] + self.window - now) if taken else self.window


def _pattern(on: str) -> re.Pattern[str]:
    return re.compile("".join(_part(each) for each in re.split(r"(\*\*|\*)", on)))


def _part(text: str) -> str:
    return {"**": ".*", "*": "[^/ ]+"}.get(text) or re.escape(text)


def failing(faults: list[Fault], asked: str) -> Iterator[Fault]:
    """The first fault that this request meets."""
    for fault in faults:
        if fault.hits(asked):
            yield fault
            return
