"""Discord's pace as a model: a clock that skips idle time, and a stand-in of Discord that answers late and limits."""

from __future__ import annotations

import asyncio
import random
import selectors
import time
from collections import deque
from typing import Any

from aiohttp import web

from tests.standin.faults import Bucket
from tests.standin.rest import Asked
from tests.standin.standin import StandIn, _json

LATENCY, JITTER = 0.1, 0.05
"""Seconds until Discord has answered, and by how much that differs at most."""

A_SECOND = 50
"""Requests that Discord takes of one bot in a second; answers to interactions are not counted."""

IN_A_CHANNEL, WINDOW = 5, 5.0
"""Messages that one channel takes, posted or changed, and in how many seconds."""


class ModelLoop(asyncio.SelectorEventLoop):
    """Its time is the processor time of this process, and whatever it would have waited for besides.

    So a minute of waiting takes no time, and what others do on this machine does not count.
    """

    def __init__(self) -> None:
        self._skipped = 0.0
        self._in_threads = 0
        super().__init__(_Skipping(self))

    def time(self) -> float:
        """The model's time."""
        return self._skipped + time.process_time()

    def skip(self, seconds: float) -> None:
        """Nothing happens for so long."""
        self._skipped += seconds

    @property
    def busy_in_threads(self) -> bool:
        """Whether a thread is at work that will be heard of: the disk, a picture."""
        return self._in_threads > 0

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """As ever, but known."""
        self._in_threads += 1
        made = super().run_in_executor(executor, func, *args)
        made.add_done_callback(self._over)
        return made

    def _over(self, _: object) -> None:
        self._in_threads -= 1


class _Skipping(selectors.DefaultSelector):
    """Waits for nothing but what really comes: sockets of this process, and threads."""

    def __init__(self, loop: ModelLoop) -> None:
        super().__init__()
        self._model = loop

    def select(self, timeout: float | None = None) -> Any:
        """What is there now; if nothing is, the time until the next thing is skipped."""
        found = super().select(0)
        if found or (timeout is not None and timeout <= 0):
            return found
        if self._model.busy_in_threads or timeout is None:
            return super().select(0.005)
        found = super().select(0.0002)  # what was just sent to ourselves is there
        if not found:
            self._model.skip(timeout)
        return found


class Paced(StandIn):
    """Answers as late as Discord does, and limits as it says that it does."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.chance = random.Random(20261128)
        self.paced = False
        self.taken: deque[float] = deque()
        """When the requests of the last second came."""
        self.counted = 0
        self.refused = 0
        """Requests over the limit of all."""
        self.last_at = 0.0
        self.first_answers: dict[int, float] = {}
        """When each interaction had its first answer."""
        self.buckets += [
            Bucket("POST /channels/*/messages", IN_A_CHANNEL, WINDOW),
            Bucket("PATCH /channels/*/messages/*", IN_A_CHANNEL, WINDOW),
        ]

    async def _answered(self, request: web.Request, name: str, path: str, asked: Asked) -> web.StreamResponse:
        if not self.paced:
            return await super()._answered(request, name, path, asked)
        whole = LATENCY + self.chance.uniform(-JITTER, JITTER)
        await asyncio.sleep(whole / 2)
        now = asyncio.get_running_loop().time()
        if "/interactions/" in path:
            self.first_answers.setdefault(int(path.split("/")[-3]), now)
        elif "/webhooks/" not in path:
            while self.taken and self.taken[0] <= now - 1:
                self.taken.popleft()
            if len(self.taken) >= A_SECOND:
                self.refused += 1
                wait = self.taken[0] + 1 - now
                headers = {"Via": "1.1 standin", "Retry-After": str(wait), "X-RateLimit-Global": "true"}
                await asyncio.sleep(whole / 2)
                return _json({"message": "Limited.", "retry_after": wait, "global": True}, 429, headers)
            self.taken.append(now)
            self.counted += 1
            self.last_at = now
        answer = await super()._answered(request, name, path, asked)
        await asyncio.sleep(whole / 2)
        return answer
