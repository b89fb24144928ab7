"""All roles that one set-up mapped, told in one entry of the feed: none is left out, and none alone (ORG-2a).

What is not told yet is kept with each mapping, in its transaction. A set-up tells it when it ends, however it ends;
what a killed process left is told by the sweep.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from bot.governance.events import Event, Json, as_recorded
from bot.governance.ids import PartnershipId, PersonId
from bot.governance.organisation_events import RolesMapped
from bot.services.ports.context import Context
from bot.services.ports.transaction import Transaction

_log = logging.getLogger(__name__)

_PREFIX = "setup mapped/"
LEFT = timedelta(minutes=5)
"""So long after its last mapping a set-up that has not told them is taken for dead."""


async def note(tx: Transaction, id: PartnershipId, mapped: Event, now: datetime) -> None:
    """Keep a mapping for the entry that lists them; mappings by somebody else before are told first."""
    kept = await _kept(tx, id)
    if kept is not None and kept["by"] != mapped.actor:
        await _tell(tx, id, now)
        kept = None
    one = {key: value for key, value in mapped.data.items() if key != "with_others"}
    roles = [*(kept["roles"] if kept else ()), one]
    await tx.runtime.put(_key(id), json.dumps({"by": mapped.actor, "at": now.isoformat(), "roles": roles}))


async def tell(ctx: Context, id: PartnershipId) -> None:
    """Record the entry, if there is anything to tell."""
    async with ctx.uow.write() as tx:
        await _tell(tx, id, ctx.clock())


async def tell_left(ctx: Context, partnerships: Collection[PartnershipId]) -> None:
    """What set-ups have left that ended without telling it."""
    async with ctx.uow.read() as tx:
        left = {key: json.loads(value) for key, value in (await tx.runtime.beginning(_PREFIX)).items() if value}
    for key, kept in left.items():
        where = PartnershipId(int(key.removeprefix(_PREFIX)))
        if where in partnerships and datetime.fromisoformat(kept["at"]) + LEFT <= ctx.clock():
            try:
                await tell(ctx, where)
            except Exception:  # noqa: BLE001 -- logged; it is kept and told with the next sweep
                _log.exception("not told: the roles of the set-up of partnership %s", where)


async def _tell(tx: Transaction, id: PartnershipId, now: datetime) -> None:
    kept = await _kept(tx, id)
    if kept is None:
        return
    by = PersonId(kept["by"]) if kept["by"] else None
    data: dict[str, Json] = {"roles": kept["roles"]}
    await tx.record.append(id, (as_recorded(RolesMapped.NAME, f"partnership/{id}", by, data),), now)
    await tx.runtime.put(_key(id), "")


async def _kept(tx: Transaction, id: PartnershipId) -> dict[str, Any] | None:
    value = await tx.runtime.get(_key(id))
    return json.loads(value) if value else None


def _key(id: PartnershipId) -> str:
    return f"{_PREFIX}{id}"
