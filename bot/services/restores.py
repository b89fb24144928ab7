"""After a restore: compare the record with what was posted, and decide nothing until a gap is confirmed (RUN-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.governance.errors import NotFound
from bot.governance.events import Event
from bot.governance.ids import PartnershipId
from bot.governance.record_events import RestoreConfirmed, RestoreGap
from bot.services.noun import Noun
from bot.services.nouns import NOUNS
from bot.services.ports.context import Context
from bot.services.ports.transaction import Transaction
from bot.services.proposals import NOUN as PROPOSALS

RESTORED = "restored"
"""Set by the restore to its instant; each partnership notes it once it was compared, whoever serves it."""

_GAP, _COMPARED = "gap/", "compared/"
_OPEN = "to be confirmed"


async def was_restored(ctx: Context, partnership: PartnershipId) -> bool:
    """Whether the record is of a copy that has not been compared with Discord yet."""
    async with ctx.uow.read() as tx:
        restored = await tx.runtime.get(RESTORED)
        return bool(restored) and await tx.runtime.get(f"{_COMPARED}{partnership}") != restored


@dataclass(frozen=True, slots=True)
class Highest:
    """The highest number and the highest id by which posts call things of one noun; 0 where none does."""

    number: int = 0
    id: int = 0


async def compare(
    ctx: Context, partnership: PartnershipId, posted: tuple[int, str] | None, seen: Mapping[str, Highest]
) -> bool:
    """Whether the head and the numbers last posted stand in the record; if not, that is on record and to be confirmed.

    ``posted`` is its number and the first digits of its hash, None when nothing was posted; ``seen`` the highest by the
    noun's name in the record. New things go above the highest seen, so that two cards never share a number and no old
    button acts on a new thing.
    """
    async with ctx.uow.write() as tx:
        unknown = [each.name for each in NOUNS if not await _goes_on(tx, each, partnership, seen)]
        await tx.runtime.put(f"{_COMPARED}{partnership}", await tx.runtime.get(RESTORED) or "")
        missing = posted is not None and not await _stands(tx, partnership, *posted)
        if not missing and not unknown:
            return True
        if await tx.runtime.get(f"{_GAP}{partnership}"):  # found before the process died: it is on record already
            return False
        number, head = await tx.record.head(partnership)
        event = Event(
            RestoreGap(number, head, posted[0] if posted else 0, seen.get(PROPOSALS.name, Highest()).number),
            f"partnership/{partnership}",
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
            event = Event(RestoreConfirmed(number, head), f"partnership/{partnership}")
            await tx.record.append(partnership, (event,), ctx.clock())
            await tx.runtime.put(f"{_GAP}{partnership}", "")
        return gaps


async def _stands(tx: Transaction, partnership: PartnershipId, number: int, digits: str) -> bool:
    """What the bot itself posted is looked for where it says; the digits need not be many, as for a receipt."""
    found = await tx.record.hash_at(partnership, number)
    return found is not None and found.startswith(digits)


async def _goes_on(tx: Transaction, noun: Noun[Any], partnership: PartnershipId, seen: Mapping[str, Highest]) -> bool:
    """New things of this noun go above what was seen; whether what has the highest number is kept."""
    highest = seen.get(noun.name, Highest())
    await tx.reserve(noun.numbers(partnership), highest.number)
    await tx.reserve(noun.name, highest.id)
    try:
        await tx.of(noun.type).numbered(partnership, highest.number)
    except NotFound:
        return highest.number == 0
    return True


async def _gaps(tx: Transaction) -> frozenset[PartnershipId]:
    kept = await tx.runtime.beginning(_GAP)
    return frozenset(PartnershipId(int(key.removeprefix(_GAP))) for key, value in kept.items() if value)
