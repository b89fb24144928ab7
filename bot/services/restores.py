"""After a restore: compare the record with what was posted, and decide nothing until a gap is confirmed (RUN-3)."""

from __future__ import annotations

from bot.governance.errors import NotFound
from bot.governance.events import Event, EventType
from bot.governance.ids import PartnershipId
from bot.governance.proposals_types import Proposal
from bot.services.ports.context import Context
from bot.services.ports.transaction import Transaction

RESTORED = "restored"
"""Set by the restore to its instant; each partnership notes it once it was compared, whoever serves it."""

_GAP, _COMPARED = "gap/", "compared/"
_OPEN = "to be confirmed"


async def was_restored(ctx: Context, partnership: PartnershipId) -> bool:
    """Whether the record is of a copy that has not been compared with Discord yet."""
    async with ctx.uow.read() as tx:
        restored = await tx.runtime.get(RESTORED)
        return bool(restored) and await tx.runtime.get(f"{_COMPARED}{partnership}") != restored


async def compare(
    ctx: Context, partnership: PartnershipId, posted: tuple[int, str] | None, highest_number: int, highest_id: int
) -> bool:
    """Whether the head and number last posted stand in the record; if not, the gap is on record and to be confirmed.

    ``posted`` is its number and the first digits of its hash, None when nothing was posted. New proposals go above the
    highest number and id seen, so that two cards never share a number and no old button acts on a new proposal.
    """
    async with ctx.uow.write() as tx:
        await tx.reserve(f"number/{partnership}", highest_number)
        await tx.reserve("proposal", highest_id)
        await tx.runtime.put(f"{_COMPARED}{partnership}", await tx.runtime.get(RESTORED) or "")
        missing = posted is not None and not await _stands(tx, partnership, *posted)
        if not missing and await _known(tx, partnership, highest_number):
            return True
        if await tx.runtime.get(f"{_GAP}{partnership}"):  # found before the process died: it is on record already
            return False
        number, head = await tx.record.head(partnership)
        event = Event(
            EventType.RESTORE_GAP,
            f"partnership/{partnership}",
            None,
            {"number": number, "head": head, "posted_number": posted[0] if posted else 0, "highest": highest_number},
        )
        await tx.record.append(partnership, (event,), ctx.clock())
        await tx.runtime.put(f"{_GAP}{partnership}", _OPEN)
        return False


async def unconfirmed(ctx: Context) -> frozenset[PartnershipId]:
    """Partnerships in which nothing is decided until an operator confirms."""
    async with ctx.uow.read() as tx:
        return await _gaps(tx)


async def confirm(ctx: Context) -> frozenset[PartnershipId]:
    """An operator has seen the gaps: deciding goes on. Gives the partnerships concerned."""
    async with ctx.uow.write() as tx:
        gaps = await _gaps(tx)
        for partnership in sorted(gaps):
            number, head = await tx.record.head(partnership)
            event = Event(
                EventType.RESTORE_CONFIRMED, f"partnership/{partnership}", None, {"number": number, "head": head}
            )
            await tx.record.append(partnership, (event,), ctx.clock())
            await tx.runtime.put(f"{_GAP}{partnership}", "")
        return gaps


async def _stands(tx: Transaction, partnership: PartnershipId, number: int, digits: str) -> bool:
    """What the bot itself posted is looked for where it says; the digits need not be many, as for a receipt."""
    found = await tx.record.hash_at(partnership, number)
    return found is not None and found.startswith(digits)


async def _known(tx: Transaction, partnership: PartnershipId, number: int) -> bool:
    try:
        await tx.of(Proposal).numbered(partnership, number)
    except NotFound:
        return number == 0
    return True


async def _gaps(tx: Transaction) -> frozenset[PartnershipId]:
    kept = await tx.runtime.beginning(_GAP)
    return frozenset(PartnershipId(int(key.removeprefix(_GAP))) for key, value in kept.items() if value)
