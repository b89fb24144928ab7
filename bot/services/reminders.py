"""Reminders as other use cases plan them, and how each person wants them (RHY-2)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.governance import authority
from bot.governance import reminders as rules
from bot.governance.authority import Act
from bot.governance.errors import BadValue, TimeUnclear
from bot.governance.ids import PartnershipId, PersonId
from bot.governance.organisation import Partnership
from bot.governance.reminders import EVERYBODY, Preferences, Reminder, ReminderTopic
from bot.services import members, times
from bot.services.organisation import hosted
from bot.services.ports.context import Actor, Context
from bot.services.ports.transaction import Transaction

_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")
DIGEST_DUE = "digest due/"
"""Before a partnership's id: when its next digest is due."""
_NOT_TAKEN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class PreferencesView:
    """How the asker wants to be reminded. ``zone`` is the one that counts, ``budget`` the policy's.

    ``not_taken`` counts letters of the last two weeks that Discord did not take.
    """

    preferences: Preferences
    partnership: Partnership
    zone: str
    budget: int
    digest_at: datetime | None
    not_taken: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """Zone, quiet hours and absence, as typed; empty for none."""

    zone: str
    quiet_from: str
    quiet_to: str
    back: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """How, of what and how often, as chosen and typed. An empty number of mentions is the policy's."""

    way: str
    topics: frozenset[str]
    mentions: str
    digest_day: str
    digest_at: str


async def remind(
    tx: Transaction,
    partnership: PartnershipId,
    thing: str,
    topic: ReminderTopic,
    why: str,
    occurrence: str,
    at: datetime,
    expires_at: datetime | None = None,
    people: Iterable[PersonId] = (EVERYBODY,),
) -> None:
    """Plan a reminder of a thing: of these people, else of everybody whom it asks when it is due.

    Planned again under the same ``occurrence`` nothing changes. Whom the thing no longer asks by then is left alone.
    """
    await tx.reminders.add(
        [Reminder(partnership, each, thing, topic, occurrence, why, at, expires_at) for each in people]
    )


async def preferences(ctx: Context, actor: Actor, id: PartnershipId) -> PreferencesView:
    """How the asker wants to be reminded here. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        partnership = await hosted(tx, actor, id)
        member = await members.reader_of(tx, partnership, actor)
        authority.check(member, Act.LOOK_AROUND)
        return await _view(tx, partnership, member.person, ctx.clock())


async def set_zone(ctx: Context, actor: Actor, id: PartnershipId, zone: str) -> PreferencesView:
    """Quiet hours and digests follow the clocks of this zone. Raises ZoneUnknown, NotFound, NotEligible."""
    await preferences(ctx, actor, id)
    times.check_zone(zone)
    return await _change(ctx, actor, id, lambda before: replace(before, zone=zone))


async def set_hours(ctx: Context, actor: Actor, id: PartnershipId, typed: Hours) -> PreferencesView:
    """Zone, quiet hours and absence.

    Raises ZoneUnknown, BadValue, TimeUnclear, TimePast, TimeSkipped, TimeTwice, NotFound, NotEligible.
    """
    await preferences(ctx, actor, id)
    zone = typed.zone.strip()
    if zone:
        times.check_zone(zone)
    quiet = _quiet(typed.quiet_from, typed.quiet_to)
    async with ctx.uow.read() as tx:
        counts = zone or await zone_of(tx, id)
    back = await _back(typed.back, counts, ctx.clock())
    return await _change(ctx, actor, id, lambda before: replace(before, zone=zone, quiet=quiet, away_until=back))


async def set_wishes(ctx: Context, actor: Actor, id: PartnershipId, typed: Wishes) -> PreferencesView:
    """How, of what and how often. Raises BadValue, NotFound, NotEligible."""
    await preferences(ctx, actor, id)
    ways = {way.value: way for way in rules.Way}
    if typed.way not in ways:
        raise BadValue("way", typed.way, "choice")
    days = {"daily": None} | {str(day): day for day in range(7)}
    if typed.digest_day not in days:
        raise BadValue("digest_day", typed.digest_day, "choice")
    minute = _minute("digest_at", typed.digest_at) if typed.digest_at.strip() else Preferences().digest_minute
    wanted = typed.mentions.strip()
    if wanted and not re.fullmatch(r"[0-9]{1,4}", wanted):
        raise BadValue("mentions", wanted, "whole number", 0, rules.MOST_MENTIONS)
    return await _change(
        ctx,
        actor,
        id,
        lambda before: replace(
            before,
            way=ways[typed.way],
            off=frozenset(topic for topic in ReminderTopic if topic.value not in typed.topics),
            mentions=int(wanted) if wanted else None,
            digest_day=days[typed.digest_day],
            digest_minute=minute,
        ),
    )


async def reset(ctx: Context, actor: Actor, id: PartnershipId) -> PreferencesView:
    """As if nothing had ever been chosen."""
    return await _change(ctx, actor, id, lambda before: None)


async def plan_digest_anew(tx: Transaction, partnership: PartnershipId) -> None:
    """The policy changed: the next digest of a partnership is planned by what it says now."""
    await tx.runtime.put(f"{DIGEST_DUE}{partnership}", "")


async def zone_of(tx: Transaction, partnership: PartnershipId) -> str:
    """The partnership's zone: what counts where nobody chose another."""
    return (await tx.policies.current(partnership)).text("clock.zone")


def zone_named(name: str) -> ZoneInfo:
    """A zone; UTC for one that is not known any more."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


async def _change(
    ctx: Context, actor: Actor, id: PartnershipId, change: Callable[[Preferences], Preferences | None]
) -> PreferencesView:
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        partnership = await hosted(tx, actor, id)
        member = await members.member_of(tx, partnership, actor)
        authority.check(member, Act.LOOK_AROUND)
        kept = await tx.reminders.preferences(id, (member.person,))
        wanted = change(kept[member.person][0] if member.person in kept else Preferences())
        if wanted is None:
            await tx.reminders.unprefer(id, member.person)
        else:
            wanted = rules.checked(wanted)
            zone = zone_named(wanted.zone or await zone_of(tx, id))
            digest_at = rules.next_digest(wanted, zone, now) if wanted.has_digest else None
            await tx.reminders.prefer(id, member.person, wanted, digest_at)
        return await _view(tx, partnership, member.person, now)


async def _view(tx: Transaction, partnership: Partnership, person: PersonId, now: datetime) -> PreferencesView:
    kept = await tx.reminders.preferences(partnership.id, (person,))
    wanted, digest_at = kept.get(person, (Preferences(), None))
    budget = (await tx.policies.current(partnership.id)).count("reminder.mentions")
    not_taken = await tx.reminders.not_taken(partnership.id, person, now - _NOT_TAKEN)
    zone = wanted.zone or await zone_of(tx, partnership.id)
    return PreferencesView(wanted, partnership, zone, budget, digest_at, not_taken, now)


def _quiet(begins: str, ends: str) -> tuple[int, int] | None:
    if not begins.strip() and not ends.strip():
        return None
    return _minute("quiet_from", begins), _minute("quiet_to", ends)


def _minute(field: str, typed: str) -> int:
    """Minutes since midnight. Raises BadValue."""
    found = _CLOCK.fullmatch(typed.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise BadValue(field, typed, "time of day")
    return int(found[1]) * 60 + int(found[2])


async def _back(typed: str, zone: str, now: datetime) -> datetime | None:
    """The instant at which an absence is over; a day alone means its beginning. Raises as ``times.parse``."""
    if not typed.strip():
        return None
    try:
        return (await asyncio.to_thread(times.parse, typed, zone, now)).instant
    except TimeUnclear as unclear:
        if unclear.why != "no time":
            raise
    return (await asyncio.to_thread(times.parse, f"{typed} 00:00", zone, now)).instant
