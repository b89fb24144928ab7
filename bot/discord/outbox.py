"""The outbox's worker: what waits is shown in lanes, each in its order (PRO-10, RUN-3).

What belongs to one card, feed entry, thread or board is a *strand*: it is shown in order, after the card or board that
it stands on. Strands go side by side as ``bot.discord.lanes`` gives them turns. A message is marked ``sending`` before
it is posted, so that one sent just before a crash is looked for and adopted.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from bot.discord.delivery import FOLLOWING, Showing, Subject, is_edit
from bot.discord.guild import DiscordGuild
from bot.discord.lanes import Closed, Lanes, Order
from bot.discord.requests import patient
from bot.governance.ids import PartnershipId
from bot.services import outbox
from bot.services.ports.context import Context
from bot.services.ports.deliveries import Delivery, DeliveryKind, DeliveryState

_log = logging.getLogger(__name__)

AT_A_TIME = 200
"""Deliveries of one partnership that are read at a time."""

TOGETHER = 20
"""Deliveries of one strand that are marked or saved together, at most."""

UNSAVED = 1.0
"""Seconds that what was shown may stay unsaved while its strand goes on."""

STALE = 1.0
"""Seconds after which what was read is read again before it is shown."""

_BASE = "base"
"""The strand that others of the same proposal or thing stand on: a card and its thread, a board."""

_PARTS = {
    DeliveryKind.CARD: _BASE,
    DeliveryKind.THREAD: _BASE,
    DeliveryKind.BOARD: _BASE,
    DeliveryKind.FEED: "feed",
    DeliveryKind.OUTCOME: "feed",
    DeliveryKind.TEXT: "thread",
    DeliveryKind.NOTICE: "thread",
}
"""The kinds that share a strand; each other kind has its own."""

_LINKED = FOLLOWING | {DeliveryKind.THREAD}
"""Kinds that other posts link to."""

_STOOD_ON = frozenset({DeliveryKind.CARD, DeliveryKind.THREAD})
"""What other posts of a proposal need before they can be shown."""

_FIRST = (DeliveryKind.CARD, DeliveryKind.THREAD)

_CAN_WAIT = ("digest/", "letter/")
"""Things that nobody waits for."""


class Strand(NamedTuple):
    """What is shown in order."""

    of: Hashable
    part: str


@dataclass(slots=True)
class _Run:
    """A strand at work on what was read of it."""

    deliveries: list[Delivery]
    subject: Subject
    read_at: float
    task: asyncio.Task[None] | None = None
    again: bool = False
    """Whether there is more of it by now."""
    wanted: dict[int, int] = field(default_factory=dict)
    """How often each of its deliveries was asked for when it was read."""


@dataclass(slots=True)
class _Batch:
    """What is saved in one transaction; others waited for what is in ``stand``, and tell of what is in ``turned``."""

    deliveries: list[Delivery] = field(default_factory=list)
    stand: list[Delivery] = field(default_factory=list)
    turned: list[Delivery] = field(default_factory=list)
    saving: asyncio.Task[None] | None = None


class Outbox:
    """Shows what waits in the outbox, in Discord."""

    def __init__(self, ctx: Context, guild: DiscordGuild) -> None:
        self._ctx = ctx
        self.showing = Showing(ctx, guild)
        self._lanes = Lanes()
        self._reader: asyncio.Task[None] | None = None
        self._news: set[PartnershipId] = set()
        self._news_anywhere = False
        self._runs: dict[Strand, _Run] = {}
        self._ended: set[Strand] = set()
        """Strands that came to their end since the reading at hand began: what it says of them is old."""
        self._in_hand: Counter[PartnershipId] = Counter()
        self._more: set[PartnershipId] = set()
        """Where more waits than was read."""
        self._saving = asyncio.Lock()
        self._batch = _Batch()
        self.open = False
        self.rested: Callable[[], None] = lambda: None
        """Told each time that a strand came to its end: what was due of it is done, or is tried again later."""

    def poke(self, partnerships: Iterable[PartnershipId] | None = None) -> None:
        """Something waits in these partnerships, or perhaps anywhere: start working on it."""
        if not self.open:
            return
        if partnerships is None:
            self._news_anywhere = True
        else:
            self._news.update(partnerships)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read(), name="outbox")

    async def close(self, within: float | None = None) -> None:
        """Finish the messages at hand and stop; one that takes longer than these seconds is looked for at the start."""
        self.open = False
        self._lanes.close()
        if tasks := self._tasks():
            await asyncio.wait(tasks, timeout=within)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def drain(self) -> None:
        """Wait until nothing waits that could be shown now."""
        self.poke()
        while tasks := self._tasks():
            await asyncio.wait(tasks)

    def _tasks(self) -> set[asyncio.Task[None]]:
        tasks = (self._reader, *(run.task for run in self._runs.values()))
        return {task for task in tasks if task is not None and not task.done()}

    # ---- reading ---------------------------------------------------------------------------------

    async def _read(self) -> None:
        """Take up what waits, partnership by partnership."""
        try:
            while self.open and (self._news or self._news_anywhere):
                if self._news_anywhere:
                    self._news_anywhere = False
                    self._news.update(await outbox.where_some_wait(self._ctx))
                else:
                    await self._read_of(self._news.pop())
        except Exception:  # noqa: BLE001 -- the database did not answer; what waits is taken up with the next sweep
            _log.exception("the outbox rests until the next sweep")

    async def _read_of(self, partnership: PartnershipId) -> None:
        self._ended.clear()
        limit = self._in_hand[partnership] + AT_A_TIME
        waiting = await outbox.waiting(self._ctx, partnership, limit)
        if not self.open:
            return
        if len(waiting) == limit:
            self._more.add(partnership)
        subjects: dict[Hashable, Subject] = {}
        found: dict[Strand, list[Delivery]] = {}
        for delivery in waiting:
            strand = _strand(delivery)
            if (run := self._runs.get(strand)) is not None:
                run.again = run.again or run.wanted.get(delivery.id, 0) < delivery.wanted
            elif strand in self._ended:
                self._news.add(partnership)
            else:
                found.setdefault(strand, []).append(delivery)
        now = _time()
        for strand in sorted(found, key=lambda each: each.part != _BASE):
            subject = subjects.setdefault(strand.of, Subject(self._ctx, found[strand][0].proposal))
            self._start(strand, _Run(found[strand], subject, now))

    def _start(self, strand: Strand, run: _Run) -> None:
        run.wanted = {each.id: each.wanted for each in run.deliveries}
        self._in_hand[run.deliveries[0].partnership] += len(run.wanted)
        base = self._runs.get(Strand(strand.of, _BASE)) if strand.part != _BASE else None
        self._runs[strand] = run
        run.task = asyncio.create_task(self._show(strand, run, base), name="delivery")

    # ---- showing ---------------------------------------------------------------------------------

    async def _show(self, strand: Strand, run: _Run, base: _Run | None) -> None:
        partnership = run.deliveries[0].partnership
        try:
            if base is not None and base.task is not None:
                await asyncio.wait({base.task})
            with patient():
                await self._show_all(run)
            self.rested()
        except Closed:
            pass
        except Exception:  # noqa: BLE001 -- the database did not answer; what waits is taken up with the next sweep
            _log.exception("a strand of the outbox rests until the next sweep")
        finally:
            del self._runs[strand]
            self._ended.add(strand)
            self._in_hand[partnership] -= len(run.wanted)
            if run.again or (partnership in self._more and self._in_hand[partnership] < AT_A_TIME // 2):
                self._more.discard(partnership)
                self.poke((partnership,))

    async def _show_all(self, run: _Run) -> None:
        """One after the other, each in its turn. What was shown is saved before others build on it, else together."""
        left, ready = list(run.deliveries), 0
        done, turned = list[Delivery](), list[Delivery]()
        adopted = {each.id for each in left if each.state is DeliveryState.SENDING}
        saved_at = _time()
        try:
            while left:
                async with self._lanes.turn(left[0].guild_id, _place(left[0]), _order(left[0])):
                    if not ready:
                        prepared = await self._prepare(run, left[:TOGETHER])
                        left[:TOGETHER], ready = prepared, len(prepared)
                    if not ready:
                        continue
                    before, ready = left.pop(0), ready - 1
                    after = await self.showing.show(before, run.subject, before.id in adopted)
                done.append(after)
                turned += [after] if _turned(before, after) else []
                if _at_once(before, after):
                    if after.shown < before.wanted:
                        run.subject.forget()  # a card that was not shown stops its proposal's clock
                    else:
                        run.subject.moved()
                    await self._save(done, turned, _waited_for(before, after))
                elif len(done) >= TOGETHER or _time() - saved_at > UNSAVED:
                    await self._save(done, turned)
                    saved_at = _time()
        finally:
            await self._save(done, turned)

    async def _prepare(self, run: _Run, some: Sequence[Delivery]) -> list[Delivery]:
        """Mark those that are posted next as being sent: if the process dies now, the next one looks for them.

        What was read a while ago is read again first; what no longer waits is left out.
        """
        if _time() - run.read_at > STALE:
            some = await outbox.still_waiting(self._ctx, some)
            run.wanted.update((each.id, each.wanted) for each in some)
            run.subject.forget()
        now = self._ctx.clock()
        prepared = [
            each
            if is_edit(each) or each.state is DeliveryState.SENDING
            else replace(each, state=DeliveryState.SENDING, since=now)
            for each in some
        ]
        await self._save([after for before, after in zip(some, prepared, strict=True) if after is not before], [])
        return prepared

    async def _save(self, done: list[Delivery], turned: list[Delivery], stands: Delivery | None = None) -> None:
        """Save, together with what other strands want saved by then: one transaction gathers while another commits.

        If the process dies before, the next finds by their markers those that were sent.
        """
        if done:
            batch = self._batch
            batch.deliveries += done
            batch.turned += turned
            batch.stand += [stands] if stands is not None else []
            done.clear()
            turned.clear()
            if batch.saving is None:
                batch.saving = asyncio.create_task(self._keep(batch), name="outbox saves")
            await asyncio.shield(batch.saving)

    async def _keep(self, batch: _Batch) -> None:
        async with self._saving:
            self._batch = _Batch()
            await outbox.keep(self._ctx, batch.deliveries, batch.stand, batch.turned)


def _strand(delivery: Delivery) -> Strand:
    if delivery.kind is DeliveryKind.LOG:
        return Strand(("log", delivery.partnership), "log")
    of = delivery.thing or ("proposal", delivery.proposal)
    return Strand(of, _PARTS.get(delivery.kind, delivery.kind))


def _place(delivery: Delivery) -> Hashable:
    """Where Discord counts it: messages of one channel are posted, and changed, one after the other."""
    match delivery.kind:
        case DeliveryKind.DIRECT:
            return ("direct", delivery.partnership)
        case DeliveryKind.CALENDAR:
            return ("calendar", delivery.partnership)
        case _ if is_edit(delivery):
            return ("edit", delivery.channel_id)
        case DeliveryKind.CARD | DeliveryKind.MENTION:
            return ("group", delivery.partnership, delivery.group)
        case DeliveryKind.THREAD | DeliveryKind.REACTIONS:
            return (delivery.kind, delivery.partnership, delivery.group)
        case DeliveryKind.FEED | DeliveryKind.OUTCOME | DeliveryKind.LOG:
            return ("feed", delivery.partnership)
        case _:
            return _strand(delivery)


def _order(delivery: Delivery) -> Order:
    """Cards and threads first, letters last; what nobody waits for after all that."""
    is_redraw = delivery.kind in FOLLOWING and delivery.shown >= delivery.wanted
    waits = is_redraw or delivery.is_rewrite or delivery.thing.startswith(_CAN_WAIT)
    is_direct = delivery.kind is DeliveryKind.DIRECT
    rank = _FIRST.index(delivery.kind) if delivery.kind in _FIRST else len(_FIRST) + is_direct
    return Order(waits, rank, delivery.id)


def _at_once(before: Delivery, after: Delivery) -> bool:
    """Whether it is saved before anything else: others link to it and people act on it, or it was not shown."""
    return after.shown < after.wanted or (before.kind in _LINKED and before.message_id != after.message_id)


def _turned(before: Delivery, after: Delivery) -> bool:
    """Whether what others say of it has changed: that it is late, and for a meeting's entry whether it is there."""
    is_entry = before.kind is DeliveryKind.CALENDAR
    is_told = is_entry or before.proposal is not None
    fell_behind_or_caught_up = bool(before.attempts) != bool(after.attempts)
    return is_told and (fell_behind_or_caught_up or (is_entry and before.message_id != after.message_id))


def _waited_for(before: Delivery, after: Delivery) -> Delivery | None:
    """It, if other posts need it, and it stands now and did not before."""
    return after if before.kind in _STOOD_ON and after.message_id not in {None, before.message_id} else None


def _time() -> float:
    return asyncio.get_running_loop().time()
