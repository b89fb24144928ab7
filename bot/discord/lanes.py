"""Turns at Discord: what goes to one place goes one after the other, different places side by side (PRO-10, RUN-3).

There are ``AT_ONCE`` slots, of which no server holds more than ``OF_ONE_SERVER``. The next one goes to the server that
has gone longest without, first for what people wait for. Who takes longer than ``SLOW`` keeps the place but gives the
slot to others: however many channels and servers are slow or limited, they hold up nobody else. Each request ends in
time (``bot.discord.requests``), so that these are bounded as well.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import defaultdict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

AT_ONCE = 40
OF_ONE_SERVER = 4
SLOW = 2.0
"""Seconds."""


class Closed(Exception):
    """No turns are given any more."""


class Order(NamedTuple):
    """Who comes first at a place. What can ``wait`` comes after everything that cannot, in all servers."""

    wait: bool
    rank: int
    number: int


@dataclass(order=True, slots=True)
class _Waiting:
    order: Order
    turn: asyncio.Future[None] = field(compare=False)


@dataclass(slots=True)
class _Server:
    """Who waits for each of its places, which of them are taken, its slots, and when it was last given one."""

    waiting: dict[Hashable, list[_Waiting]] = field(default_factory=dict)
    taken: set[Hashable] = field(default_factory=set)
    slots: int = 0
    served: int = 0

    def first(self) -> tuple[Order, Hashable] | None:
        """Who comes next here, of those whose place is free, and where."""
        free = ((queue[0].order, place) for place, queue in self.waiting.items() if place not in self.taken)
        return min(free, key=lambda each: each[0], default=None)

    def pop(self, place: Hashable) -> asyncio.Future[None]:
        """The first one who waits for this place."""
        queue = self.waiting[place]
        turn = heapq.heappop(queue).turn
        if not queue:
            del self.waiting[place]
        return turn

    def drop(self, place: Hashable, waiting: _Waiting) -> bool:
        """Somebody waits for this place no longer. Whether they did."""
        queue = self.waiting.get(place, [])
        left = [each for each in queue if each is not waiting]
        if len(left) == len(queue):
            return False
        heapq.heapify(left)
        self.waiting[place] = left
        if not left:
            del self.waiting[place]
        return True


class Lanes:
    """Gives turns. It knows neither Discord nor the outbox."""

    def __init__(self, at_once: int = AT_ONCE, of_one_server: int = OF_ONE_SERVER, slow: float = SLOW) -> None:
        self._free = at_once
        self._of_one_server = of_one_server
        self._slow = slow
        self._servers: defaultdict[int, _Server] = defaultdict(_Server)
        self._next: dict[int, tuple[Order, Hashable]] = {}
        """The servers that could use a slot now, with who comes first there, and where."""
        self._served = 0
        self._open = True

    @asynccontextmanager
    async def turn(self, server: int, place: Hashable, order: Order) -> AsyncIterator[None]:
        """Hold a place of a server, alone, for as long as the block takes. Raises Closed."""
        await self._given(server, place, order)
        has_slot = True

        def slow() -> None:
            nonlocal has_slot
            has_slot = False
            self._give_back(server)

        timer = asyncio.get_running_loop().call_later(self._slow, slow)
        try:
            yield
        finally:
            timer.cancel()
            self._servers[server].taken.discard(place)
            self._give_back(server, int(has_slot))

    def close(self) -> None:
        """Give no more turns; those at work go on."""
        self._open = False
        for server in self._servers.values():
            for queue in server.waiting.values():
                for each in queue:
                    if not each.turn.done():
                        each.turn.set_exception(Closed())
            server.waiting.clear()
        self._next.clear()

    async def _given(self, server: int, place: Hashable, order: Order) -> None:
        if not self._open:
            raise Closed
        waiting = _Waiting(order, asyncio.get_running_loop().create_future())
        found = self._servers[server]
        heapq.heappush(found.waiting.setdefault(place, []), waiting)
        self._look(server)
        self._give()
        try:
            await waiting.turn
        except asyncio.CancelledError:
            if found.drop(place, waiting):
                self._look(server)
            elif not waiting.turn.cancelled() and waiting.turn.exception() is None:  # it was their turn just then
                found.taken.discard(place)
                self._give_back(server)
            raise

    def _give_back(self, server: int, slots: int = 1) -> None:
        self._free += slots
        self._servers[server].slots -= slots
        self._look(server)
        self._give()

    def _look(self, server: int) -> None:
        """Reckon again whether a server could use a slot."""
        found = self._servers[server]
        first = found.first() if found.slots < self._of_one_server else None
        if first is None:
            self._next.pop(server, None)
        else:
            self._next[server] = first

    def _give(self) -> None:
        while self._free > 0 and self._next:
            server = min(self._next, key=self._precedence)
            found, place = self._servers[server], self._next[server][1]
            turn = found.pop(place)
            if not turn.done():
                self._free -= 1
                self._served += 1
                found.served = self._served
                found.slots += 1
                found.taken.add(place)
                turn.set_result(None)
            self._look(server)

    def _precedence(self, server: int) -> tuple[bool, int]:
        return self._next[server][0].wait, self._servers[server].served
