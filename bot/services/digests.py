"""Digests: what is new since the last one, for one person or for everybody (LRN-4, RHY-2)."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.governance import authority
from bot.governance import reminders as rules
from bot.governance.authority import Act
from bot.governance.events import Event
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.organisation import Holding, Member, Partnership
from bot.governance.policy import Policy
from bot.governance.reminders import Entry
from bot.governance.reminders_events import DigestGiven
from bot.services import inbox, members
from bot.services.noun import DigestLine, Waiting
from bot.services.nouns import NOUNS
from bot.services.ports.context import Context
from bot.services.ports.partnerships import PlaceKind
from bot.services.ports.transaction import Transaction
from bot.services.reminders import DIGEST_DUE, zone_named, zone_of

_log = logging.getLogger(__name__)

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST = 8
"""Lines of one section; the rest is counted."""

_SINCE = "digest since/"


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a partnership, and what waits in it for whom."""

    partnership: Partnership
    lines: tuple[DigestLine, ...]
    waiting: tuple[Waiting, ...]
    holdings: tuple[Holding, ...]
    now: datetime

    def open_to_all(self) -> tuple[Entry, ...]:
        """What stands in a channel that the whole partnership reads."""
        return tuple(line.entry for line in self.lines if not self._is_private(line.group))

    def member(self, person: PersonId) -> Member:
        """A person with the seats that they hold now."""
        return members.seated(person, self.holdings)

    def readable(self, member: Member) -> tuple[Entry, ...]:
        """What this member may read."""
        return tuple(
            line.entry for line in self.lines if authority.may(member, Act.READ, self.partnership.domain(line.group))
        )

    def _is_private(self, group: GroupId | None) -> bool:
        return group is not None and self.partnership.group(group).private


@dataclass(frozen=True, slots=True)
class DigestView:
    """The weekly digest of a partnership, as it is posted where everybody may talk."""

    partnership: Partnership
    entries: tuple[Entry, ...]
    since: datetime
    until: datetime
    channel_id: int | None
    over: bool = True


async def news(tx: Transaction, partnership: Partnership, since: datetime, now: datetime) -> News:
    """Everything new since an instant, and what waits."""
    lines = [line for noun in NOUNS for line in await noun.news(tx, partnership, since, now)]
    waiting = await inbox.everything(tx, partnership)
    return News(partnership, tuple(lines), waiting, await tx.seats.holdings(partnership), now)


async def personal(news: News, person: PersonId, told: Collection[str]) -> list[Entry]:
    """What is new to one member, and what waits for them beside what the letter tells already (``told`` by name)."""
    member = news.member(person)
    if not authority.may(member, Act.LOOK_AROUND):
        return []
    items = inbox.of_member(news.waiting, member, news.now)
    waits = [
        Entry("waiting", item.kind, item.name, item.title, item.due_at, item.link or "", text=str(item.objection or ""))
        for item in items
        if item.name not in told
    ]
    return [*_most(waits), *_most_of_each(news.readable(member))]


async def give_due(ctx: Context, partnerships: Collection[PartnershipId]) -> int:
    """Post the weekly digest of each partnership in which it is due: late after downtime, one and not many."""
    async with ctx.uow.read() as tx:
        planned = await tx.runtime.beginning(DIGEST_DUE)
    due = [each for each in partnerships if _is_due(planned.get(f"{DIGEST_DUE}{each}", ""), ctx.clock())]
    for each in due:
        try:
            await _give(ctx, each)
        except Exception:  # noqa: BLE001 -- logged; it stays due and is tried again with the next sweep
            _log.exception("no digest yet: partnership %s", each)
    return len(due)


async def next_due_at(tx: Transaction, partnerships: Collection[PartnershipId] | None) -> datetime | None:
    """When the next digest of a partnership is due."""
    planned = await tx.runtime.beginning(DIGEST_DUE)
    by = {int(key.removeprefix(DIGEST_DUE)): at for key, at in planned.items() if at}
    ours = [at for which, at in by.items() if partnerships is None or which in partnerships]
    return min(map(datetime.fromisoformat, ours), default=None)


async def load(ctx: Context, partnership: PartnershipId, number: int) -> DigestView:
    """The digest that an event gives. Raises NotFound."""
    async with ctx.uow.read() as tx:
        recorded = await tx.record.event(partnership, number)
        found = await tx.partnerships.get(partnership)
        since = fact.since if isinstance(fact := recorded.event.fact, DigestGiven) else recorded.at
        made = await news(tx, found, since, recorded.at)
        talk = [p for p in await tx.partnerships.places(partnership) if p.kind is PlaceKind.TALK and not p.lost]
        entries = tuple(_most_of_each(made.open_to_all()))
        return DigestView(found, entries, since, recorded.at, talk[0].channel_id if talk else None)


async def _give(ctx: Context, id: PartnershipId) -> None:
    async with ctx.uow.write() as tx:
        await tx.next_id(f"digest turn/{id}")  # of two at once, the second finds it given
        now = ctx.clock()
        partnership = await tx.partnerships.get(id)
        at, since = await tx.runtime.get(f"{DIGEST_DUE}{id}"), await tx.runtime.get(f"{_SINCE}{id}")
        policy = await tx.policies.current(id)
        if not _is_due(at or "", now):
            return
        following = _next(policy, zone_named(await zone_of(tx, id)), now)
        await tx.runtime.put(f"{DIGEST_DUE}{id}", following.isoformat())
        if not since:
            await tx.runtime.put(f"{_SINCE}{id}", now.isoformat())
        if not at or not since or policy.text("digest.weekday") == "off":
            return
        begins = datetime.fromisoformat(since)
        if (await news(tx, partnership, begins, now)).open_to_all():
            event = Event(DigestGiven(begins), f"digest/{id}")
            await tx.record.append(id, (event,), now)
        await tx.runtime.put(f"{_SINCE}{id}", now.isoformat())


def _next(policy: Policy, zone: ZoneInfo, now: datetime) -> datetime:
    day = policy.text("digest.weekday")
    weekday = DAYS.index(day) if day in DAYS else 0
    return rules.next_on_wall(weekday, policy.count("digest.hour") * 60, zone, now)


def _is_due(planned: str, now: datetime) -> bool:
    """Also before anything is planned: then it is planned."""
    return not planned or datetime.fromisoformat(planned) <= now


def _most_of_each(entries: Collection[Entry]) -> list[Entry]:
    sections = dict.fromkeys(each.section for each in entries)
    return [each for name in sections for each in _most([e for e in entries if e.section == name])]


def _most(entries: list[Entry]) -> list[Entry]:
    """The first of a section, and how many more there are."""
    if len(entries) <= MOST:
        return entries
    more = Entry(entries[0].section, "more", str(len(entries) - MOST))
    return [*entries[:MOST], more]
