"""How healthy a partnership is: readings for those who ask, and one notice when a mark is crossed (ORG-7)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.governance import health as rules
from bot.governance.events import Event
from bot.governance.health import Check, FacilitatorTenure, Marks, Reading
from bot.governance.health_events import HealthMarked
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.organisation import FACILITATOR, GroupKind, Partnership
from bot.services import members
from bot.services.metrics import Scope, decided_in, scope_of
from bot.services.organisation import hosted
from bot.services.ports.context import Actor, Context
from bot.services.ports.transaction import Transaction
from bot.services.seats import group_name, group_thing

_log = logging.getLogger(__name__)

DAILY = timedelta(days=1)
_KEY = "health/"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HealthView:
    """Readings of a group, a scale or the whole partnership, with the marks that its policy sets."""

    scope: Scope
    readings: tuple[Reading, ...]
    marks: Marks
    users: Mapping[PersonId, int]
    now: datetime


async def health(
    ctx: Context, actor: Actor, id: PartnershipId, group: GroupId | None = None, scale: GroupKind | None = None
) -> HealthView:
    """Every check, for somebody with a seat. Raises NotFound, NotEligible."""
    async with ctx.uow.scan() as tx:
        partnership = await hosted(tx, actor, id)
        scope = scope_of(partnership, await members.reader_of(tx, partnership, actor), group, scale)
        found, marks = await _read(tx, scope, ctx.clock())
        users = await tx.people.users_of({person for each in found for person in each.people})
        return HealthView(scope, found, marks, users, ctx.clock())


async def look(ctx: Context, partnerships: Iterable[PartnershipId]) -> int:
    """The daily look at each of these partnerships; how many were looked at. One that fails holds up no other.

    It has a day from one look to the next, the first after it was set up; after a time away it is looked at once.
    """
    async with ctx.uow.read() as tx:
        due = await _due(tx, partnerships, ctx.clock())
    for each in due:
        try:
            await look_at(ctx, each)
        except Exception:  # noqa: BLE001 -- logged; looked at again with the next sweep
            _log.exception("not looked at: the health of partnership %s", each)
    return len(due)


async def look_at(ctx: Context, id: PartnershipId) -> None:
    """What everybody may read of one partnership: who crossed a mark since the last look is told once (ORG-7).

    The record is read beforehand, so that nobody who writes waits for that.
    """
    async with ctx.uow.scan() as tx:
        partnership = await tx.partnerships.get(id)
        public = Scope(partnership, tuple(group for group in partnership.groups if not group.private))
        found, _ = await _read(tx, public, ctx.clock())
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        if not await _due(tx, (id,), now):
            return
        kept = await tx.runtime.get(f"{_KEY}{id}")
        new, over = rules.crossed(found, json.loads(kept)["over"] if kept else [])
        await tx.runtime.put(f"{_KEY}{id}", json.dumps({"next": (now + DAILY).isoformat(), "over": over}))
        await tx.record.append(id, [_marked(each, partnership) for each in new], now)


async def _due(tx: Transaction, partnerships: Iterable[PartnershipId], now: datetime) -> list[PartnershipId]:
    kept = await tx.runtime.beginning(_KEY)
    found = []
    for each in partnerships:
        if value := kept.get(f"{_KEY}{each}"):
            at = datetime.fromisoformat(json.loads(value)["next"])
        else:
            at = ((await tx.partnerships.get(each)).created_at or _LONG_AGO) + DAILY
        if at <= now:
            found.append(each)
    return found


async def _read(tx: Transaction, scope: Scope, now: datetime) -> tuple[tuple[Reading, ...], Marks]:
    partnership = scope.partnership
    marks = rules.marks_of(await tx.policies.current(partnership.id))
    holdings = await tx.seats.holdings(partnership)
    tenures = []
    for person, group in rules.facilitators(scope.ids, holdings):
        held = await tx.seats.held_by(partnership.id, person)
        since = [each.since for each in held if each.group == group and each.seat == FACILITATOR]
        tenures += [FacilitatorTenure(person, group, min(since))] if since else []
    _, decided = await decided_in(tx, scope, now - rules.PERIOD)
    stakeholders = partnership.stakeholders.id
    return rules.readings(scope.groups, holdings, tenures, decided, stakeholders, marks, now), marks


def _marked(reading: Reading, partnership: Partnership) -> Event:
    told = HealthMarked(
        reading.check.value,
        reading.part,
        reading.whole,
        group_name(partnership, reading.group),
        reading.organisation,
        reading.since,
        reading.people[0] if reading.since is not None else None,
        tuple(reading.proposals) if reading.check is Check.REACH else None,
    )
    return Event(told, group_thing(partnership, reading.group))
